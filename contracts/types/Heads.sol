// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @dev A running hash over an ordered history: whoever knows the last one can tell whether a history is complete.
type Head is bytes32;

using {equals as ==, differs as !=, settle, extend, publish, isZero} for Head global;

function equals(Head a, Head b) pure returns (bool) {
    return Head.unwrap(a) == Head.unwrap(b);
}

function differs(Head a, Head b) pure returns (bool) {
    return Head.unwrap(a) != Head.unwrap(b);
}

function isZero(Head head) pure returns (bool) {
    return Head.unwrap(head) == 0;
}

/// @dev The settled head after a decision or control that names `request` (0: none).
function settle(Head prev, bytes32 request, bytes32 digest) pure returns (Head) {
    return Head.wrap(_hash(Head.unwrap(prev), request, digest));
}

/// @dev The head of holds, of a consignment, of an organisation or of the council after one more record.
function extend(Head prev, bytes32 digest) pure returns (Head) {
    return Head.wrap(Hashes.efficientKeccak256(Head.unwrap(prev), digest));
}

/// @dev The public head: all that the declaration's timeline consists of.
function publish(Head settled, bytes32 request, Head holds) pure returns (bytes32) {
    return _hash(Head.unwrap(settled), request, Head.unwrap(holds));
}

function _hash(bytes32 a, bytes32 b, bytes32 c) pure returns (bytes32 value) {
    // abi.encode would leave 128 bytes of memory behind at each step of a fold; the words go where nothing is kept.
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        let free := mload(0x40)
        mstore(free, a)
        mstore(add(free, 0x20), b)
        mstore(add(free, 0x40), c)
        value := keccak256(free, 0x60)
    }
}
