// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {RecognitionHandler} from "./RecognitionHandler.sol";

/// @notice INVARIANTS.md, "Mutual recognition".
contract RecognitionInvariantsTest {
    RecognitionHandler private _handler;

    function setUp() external {
        _handler = new RecognitionHandler();
        _handler.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function excludeSelectors() external view returns (Selectors[] memory excluded) {
        excluded = new Selectors[](1);
        excluded[0].target = address(_handler);
        excluded[0].selectors = new bytes4[](1);
        excluded[0].selectors[0] = RecognitionHandler.setUp.selector;
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function invariant_BrokenStaysBrokenAndNothingElseChanges() external view {
        string memory wrong = _handler.wrong();
        if (bytes(wrong).length != 0) revert(wrong);
    }

    /// @dev The handler reaches what it is there for.
    function test_TheHandlerIsBusy() external {
        for (uint256 i = 0; i < 60; ++i) {
            uint256 n = uint256(keccak256(abi.encode(i)));
            if (i % 6 == 0) _handler.control(uint8(n), 1, uint8(n >> 8));
            _handler.recognise(uint8(n >> 16), uint16(n >> 24), uint8(n >> 40), uint8(n >> 48));
            if (i % 5 == 4) _handler.rely(uint16(n >> 56), uint16(n >> 72), uint8(n >> 88));
            if (i % 7 == 6) _handler.breakSeal(uint8(n >> 120), uint8(n >> 128) | 2);
            if (i % 9 == 8) _handler.amend(uint8(n >> 96), uint8(n >> 104));
            if (i % 11 == 10) _handler.revoke(uint16(n >> 112));
        }
        uint256 broken;
        for (uint256 i = 0; i < _handler.count(); ++i) {
            if (_handler.brokenOnce(_handler.nodes(i))) ++broken;
        }
        if (_handler.sealsFound() == 0) revert("no seal breaks");
        if (_handler.count() < 10 || broken == 0 || broken == _handler.count()) revert("idle");
        string memory wrong = _handler.wrong();
        if (bytes(wrong).length != 0) revert(wrong);
    }
}
