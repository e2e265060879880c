// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "../../contracts/types/Records.sol" as Records;
import {World} from "./World.sol";

/// @notice Entries whose parts do not lie within the calldata, which no encoder of an ABI makes but anybody may send.
contract BodiesTest is World {
    function test_WhatLiesBeyondTheCalldataReadsAsZero() external {
        Records.Entry memory entry = _of(_declaration());
        entry.proof = "";
        bytes memory data = abi.encodeCall(consignments.record, (_list(entry)));
        _true(_call(_cut(data, 32)), "the proof's length, which is 0, may be missing");
        _true(_settled(_digest(entry)) != 0, "recorded");
    }

    function test_ABodyBeyondTheCalldataIsNoRecord() external {
        Records.Entry memory entry = _of(_declaration());
        bytes memory data = abi.encodeCall(consignments.record, (_list(entry)));
        _true(!_call(_cut(data, 14 * 32)), "the author's signature is not over zeros");
        _true(_settled(_digest(entry)) == 0, "not recorded");
    }

    /// @dev It would overflow where the event is put together.
    function test_NoProofIsLongerThanAnyCalldata() external {
        Records.Entry memory entry = _of(_declaration());
        entry.proof = "";
        bytes memory data = abi.encodeCall(consignments.record, (_list(entry)));
        uint256[3] memory lengths = [uint256(1 << 32), type(uint256).max, type(uint256).max - 0x3f];
        for (uint256 i = 0; i < lengths.length; ++i) {
            _true(!_call(abi.encodePacked(_cut(data, 32), lengths[i])), "refused with its group");
        }
        _true(_call(data), "recorded with an empty one");
    }

    function _call(bytes memory data) private returns (bool done) {
        (done,) = address(consignments).call(data);
    }

    function _cut(bytes memory data, uint256 bytesLess) private pure returns (bytes memory cut) {
        cut = new bytes(data.length - bytesLess);
        for (uint256 i = 0; i < cut.length; ++i) {
            cut[i] = data[i];
        }
    }
}
