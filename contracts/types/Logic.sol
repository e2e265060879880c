// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// On the way that every record takes, a look at the second side costs less than the jump that spares it.

/// @dev `a && b`, without a jump.
function both(bool a, bool b) pure returns (bool result) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        result := and(a, b)
    }
}

/// @dev `a || b`, without a jump.
function either(bool a, bool b) pure returns (bool result) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        result := or(a, b)
    }
}

/// @dev 1 for true, 0 for false.
function bit(bool a) pure returns (uint256 result) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        result := a
    }
}
