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
    /// The caller has read the entry's body and signature before, so that their bounds were checked.
    function log(
        Records.Entry calldata entry,
        bytes32 selector,
        bytes32 digest_,
        bytes32 second,
        bytes32 third
    ) internal {
        bytes calldata proof = entry.proof;
        assembly ("memory-safe") {
            function append(to, from, length) -> next {
                mstore(to, length)
                let start := add(to, 0x20)
                let padded := and(add(length, 0x1f), not(0x1f))
                next := add(start, padded)
                if length { mstore(sub(next, 0x20), 0) }
                calldatacopy(start, from, length)
            }
            let body := add(entry, calldataload(add(entry, 0x20)))
            let signature := add(entry, calldataload(add(entry, 0x40)))
            let free := mload(0x40)
            calldatacopy(free, add(body, 0x20), calldataload(body))
            let offsets := add(free, calldataload(body))
            let signatureAt := add(offsets, 0x40)
            let proofAt := append(signatureAt, add(signature, 0x20), calldataload(signature))
            let end := append(proofAt, proof.offset, proof.length)
            mstore(offsets, sub(signatureAt, free))
            mstore(add(offsets, 0x20), sub(proofAt, free))
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
}
