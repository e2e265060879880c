// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "./Records.sol" as Records;
import "./Words.sol" as Words;

// solhint-disable no-inline-assembly
// Solidity reads a struct out of `bytes calldata` only by abi.decode, which copies it and reverts the whole group at a
// value that does not fit its type. Here it is read in place, word by word.

/// @title Records in calldata
/// @notice The caller has made sure that `body` is as long as the record's type says.
library Bodies {
    /// @notice The i-th entry, wherever the calldata says that it lies.
    function entryAt(Records.Entry[] calldata entries, uint256 i)
        internal
        pure
        returns (Records.Entry calldata entry)
    {
        assembly ("memory-safe") {
            entry := add(entries.offset, calldataload(add(entries.offset, shl(5, i))))
        }
    }

    /// @notice The entry's type as its whole word.
    function typeWord(Records.Entry calldata entry) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(entry)
        }
    }

    // slither-disable-start write-after-write  place and length are two words
    /// @notice An entry's body and signature, wherever the calldata says that they lie. What lies beyond its end reads
    /// as 0, for digest and event alike.
    /// @dev The lengths are compared with the only ones that a record of its type may have before anything is copied.
    function parts(Records.Entry calldata entry)
        internal
        pure
        returns (bytes calldata body, bytes calldata signature)
    {
        assembly ("memory-safe") {
            let start := add(entry, calldataload(add(entry, 0x20)))
            body.offset := add(start, 0x20)
            body.length := calldataload(start)
            start := add(entry, calldataload(add(entry, 0x40)))
            signature.offset := add(start, 0x20)
            signature.length := calldataload(start)
        }
    }

    /// @notice The entry's proof, likewise.
    function proofOf(Records.Entry calldata entry) internal pure returns (bytes calldata proof) {
        assembly ("memory-safe") {
            let start := add(entry, calldataload(add(entry, 0x60)))
            proof.offset := add(start, 0x20)
            proof.length := calldataload(start)
        }
    }

    // slither-disable-end write-after-write

    /// @notice The record's identity: its EIP-712 digest under the domain.
    function digest(bytes calldata body, bytes32 domainSeparator, bytes32 typeHash)
        internal
        pure
        returns (bytes32 value)
    {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 0x20), body.offset, body.length)
            let structHash := keccak256(free, add(body.length, 0x20))
            mstore(free, hex"1901")
            mstore(add(free, 0x02), domainSeparator)
            mstore(add(free, 0x22), structHash)
            value := keccak256(free, 0x42)
        }
    }

    /// @notice Emits the record's event. The body, which is the struct's encoding, is the head of the event's data.
    /// The caller has found the body as long as its type says, and a signature of 65 bytes. Reverts when the proof, which
    /// may be of any length, is longer than any calldata.
    function log(
        Records.Entry calldata entry,
        bytes32 selector,
        bytes32 digest_,
        bytes32 second,
        bytes32 third
    ) internal {
        bytes calldata proof = proofOf(entry);
        assembly ("memory-safe") {
            // A length that makes a place overflow would leave an event that nobody can read.
            if shr(32, proof.length) { revert(0, 0) }
            // Of each dynamic part its length and its bytes are copied at once, after its last word was cleared.
            let body := add(entry, calldataload(add(entry, 0x20)))
            let signature := add(entry, calldataload(add(entry, 0x40)))
            let length := calldataload(body)
            let free := mload(0x40)
            calldatacopy(free, add(body, 0x20), length)
            let to := add(free, length)
            mstore(to, add(length, 0x40))
            mstore(add(to, 0x20), add(length, 0xc0))
            mstore(add(to, 0xa0), 0)
            calldatacopy(add(to, 0x40), signature, 0x61)
            to := add(to, 0xc0)
            let end := add(to, and(add(proof.length, 0x3f), not(0x1f)))
            mstore(sub(end, 0x20), 0)
            calldatacopy(to, sub(proof.offset, 0x20), add(proof.length, 0x20))
            log4(free, sub(end, free), selector, digest_, second, third)
        }
    }

    /// @notice The field's whole word, whatever its type.
    function word(bytes calldata body, uint256 field) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(body.offset, shl(5, field)))
        }
    }

    function declaration(bytes calldata body) internal pure returns (Words.Declaration calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function amendmentRequest(bytes calldata body)
        internal
        pure
        returns (Words.AmendmentRequest calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function invalidationRequest(bytes calldata body)
        internal
        pure
        returns (Words.InvalidationRequest calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function presentationNotice(bytes calldata body)
        internal
        pure
        returns (Words.PresentationNotice calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function decision(bytes calldata body) internal pure returns (Words.Decision calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function control(bytes calldata body) internal pure returns (Words.Control calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function hold(bytes calldata body) internal pure returns (Words.Hold calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function erasure(bytes calldata body) internal pure returns (Words.Erasure calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function admission(bytes calldata body) internal pure returns (Words.Admission calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function operatorStatus(bytes calldata body)
        internal
        pure
        returns (Words.OperatorStatus calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function keyAuthorisation(bytes calldata body)
        internal
        pure
        returns (Words.KeyAuthorisation calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function administrationSetting(bytes calldata body)
        internal
        pure
        returns (Words.AdministrationSetting calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function grant(bytes calldata body) internal pure returns (Words.Grant calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function encryptionKey(bytes calldata body) internal pure returns (Words.EncryptionKey calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function recognition(bytes calldata body) internal pure returns (Words.Recognition calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function arrangement(bytes calldata body) internal pure returns (Words.Arrangement calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function arrangementSuspension(bytes calldata body)
        internal
        pure
        returns (Words.ArrangementSuspension calldata record)
    {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function aeoStatus(bytes calldata body) internal pure returns (Words.AeoStatus calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }

    function assistance(bytes calldata body) internal pure returns (Words.Assistance calldata record) {
        assembly ("memory-safe") {
            record := body.offset
        }
    }
}
