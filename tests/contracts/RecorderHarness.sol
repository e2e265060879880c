// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Recorder} from "../../contracts/Recorder.sol";
import "../../contracts/types/Records.sol" as Records;

/// @notice Shows whom the contracts take for the signer.
contract RecorderHarness is Recorder(0) {
    function signer(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return _signer(digest, signature);
    }

    function _recordOne(Records.Entry calldata) internal override returns (uint256, bytes32) {}
    function _apply(uint256, Records.Entry calldata, bytes calldata, bytes32, Author memory)
        internal
        override
        returns (uint256)
    {}
    function _named(uint256, bytes calldata) internal pure override returns (uint256, uint256) {}
    function _lookUp(Author memory, uint256, uint256) internal view override {}
    function _subject(uint256, bytes calldata, bytes32) internal pure override returns (bytes32) {}
}
