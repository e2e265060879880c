// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Bodies} from "./Bodies.sol";
import {Head} from "./Heads.sol";

/// @title Proofs in calldata
/// @notice Reads the two proofs that are ABI encodings. Anybody may have written a proof, so nothing in it is trusted:
/// only the canonical encoding counts, whose places follow from its counts alone, and its length is checked against
/// the counts before anything else is read.
library Proofs {
    using Bodies for bytes;

    /// @notice Most steps that a proof of superseding may hold.
    uint256 internal constant MAX_STEPS = 256;
    /// @notice Most approvals, or possessions, that an admission may carry beside its signature.
    uint256 internal constant MAX_SIGNATURES = 255;

    /// @dev offset of the array, its length.
    uint256 private constant STEPS_HEAD = 3 * 32;
    /// @dev two offsets.
    uint256 private constant ARRAYS_HEAD = 2 * 32;
    /// @dev A signature's length, and 65 bytes in three words.
    uint256 private constant ELEMENT = 4 * 32;
    /// @dev The same and its offset.
    uint256 private constant SIGNATURE_ROOM = ELEMENT + 32;
    uint256 private constant SIGNATURE_LENGTH = 65;

    /// @notice True when `proof` is `(bytes32 prev, bytes32[2][] steps)`, the fold of the steps from `prev` ends in
    /// `settled`, and the first step's digest is `superseded`.
    function supersedes(bytes calldata proof, bytes32 superseded, Head settled) internal pure returns (bool) {
        if (proof.length < STEPS_HEAD || proof.word(1) != 64) return false;
        uint256 steps = proof.word(2);
        if (steps == 0 || steps > MAX_STEPS || proof.length != STEPS_HEAD + steps * 64) return false;
        if (bytes32(proof.word(4)) != superseded) return false;
        Head head = Head.wrap(bytes32(proof.word(0)));
        for (uint256 i = 0; i < steps; ++i) {
            head = head.settle(bytes32(proof.word(3 + 2 * i)), bytes32(proof.word(4 + 2 * i)));
        }
        return head == settled;
    }

    /// @notice A proof of superseding, if there is one, and what follows it.
    function parts(bytes calldata proof, bool superseding)
        internal
        pure
        returns (bytes calldata first, bytes calldata rest)
    {
        uint256 end = superseding && proof.length >= STEPS_HEAD ? proof.word(2) : 0;
        if (superseding) end = end > MAX_STEPS ? proof.length : STEPS_HEAD + end * 64;
        if (end > proof.length) end = proof.length;
        return (proof[:end], proof[end:]);
    }

    /// @notice How many approvals and possessions `proof` holds as `(bytes[] approvals, bytes[] possessions)`; an
    /// empty one, and whatever is not that encoding of signatures of 65 bytes, holds none.
    function counts(bytes calldata proof) internal pure returns (uint256 approvals, uint256 possessions) {
        if (proof.length < ARRAYS_HEAD + 64) return (0, 0);
        approvals = proof.word(2);
        if (approvals > MAX_SIGNATURES) return (0, 0);
        uint256 second = ARRAYS_HEAD + 32 + approvals * SIGNATURE_ROOM;
        if (proof.length < second + 32) return (0, 0);
        possessions = proof.word(second / 32);
        if (possessions > MAX_SIGNATURES) return (0, 0);
        if (proof.length != second + 32 + possessions * SIGNATURE_ROOM) return (0, 0);
        bool canonical = proof.word(0) == ARRAYS_HEAD && proof.word(1) == second
            && _areSignatures(proof, ARRAYS_HEAD, approvals) && _areSignatures(proof, second, possessions);
        if (!canonical) return (0, 0);
    }

    /// @notice The i-th of `approvals` approvals that `counts` counted; the caller keeps i below.
    function approval(bytes calldata proof, uint256 approvals, uint256 i)
        internal
        pure
        returns (bytes calldata)
    {
        return _signature(proof, ARRAYS_HEAD, approvals, i);
    }

    /// @notice The i-th of `possessions` possessions that `counts` counted; the caller keeps i below.
    function possession(bytes calldata proof, uint256 approvals, uint256 possessions, uint256 i)
        internal
        pure
        returns (bytes calldata)
    {
        return _signature(proof, ARRAYS_HEAD + 32 + approvals * SIGNATURE_ROOM, possessions, i);
    }

    /// @dev True when offsets, lengths and padding of the array of `length` signatures at `array` are canonical.
    function _areSignatures(bytes calldata proof, uint256 array, uint256 length) private pure returns (bool) {
        for (uint256 i = 0; i < length; ++i) {
            uint256 offset = length * 32 + i * ELEMENT;
            uint256 element = array + 32 + offset;
            if (proof.word(array / 32 + 1 + i) != offset) return false;
            if (proof.word(element / 32) != SIGNATURE_LENGTH || proof.word(element / 32 + 3) << 8 != 0) {
                return false;
            }
        }
        return true;
    }

    /// @dev An array's elements follow its length and its offsets.
    function _signature(bytes calldata proof, uint256 array, uint256 length, uint256 i)
        private
        pure
        returns (bytes calldata)
    {
        uint256 start = array + 32 + length * 32 + i * ELEMENT + 32;
        return proof[start:start + SIGNATURE_LENGTH];
    }
}
