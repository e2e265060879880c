// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Who signed a digest
/// @notice The same answers as OpenZeppelin's `ECDSA.tryRecoverCalldata`, held against it by a test, for 300 gas less:
/// every record asks at least once.
library Signatures {
    /// @dev Half of secp256k1's order: of the two s that fit a digest and a key, the lower counts.
    uint256 private constant _GREATEST_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice The address whose key signed; 0: not 65 bytes r ‖ s ‖ v of a signature with low s and v 27 or 28.
    function signerOf(bytes calldata signature, bytes32 digest) internal view returns (address signer) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            if gt(eq(signature.length, 65), gt(calldataload(add(signature.offset, 0x20)), _GREATEST_S)) {
                let free := mload(0x40)
                mstore(free, digest)
                mstore(add(free, 0x20), byte(0, calldataload(add(signature.offset, 0x40))))
                calldatacopy(add(free, 0x40), signature.offset, 0x40)
                mstore(0x00, 0)
                // The precompile answers nothing to what is no signature; it fails only for want of gas.
                if iszero(staticcall(gas(), 1, free, 0x80, 0x00, 0x20)) { revert(0, 0) }
                signer := mload(0x00)
            }
        }
    }
}
