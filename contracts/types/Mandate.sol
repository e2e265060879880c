// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "./Words.sol" as Words;

/// @dev What a declarant's last grant to an agent says, in one slot, lowest bits first: serial 64, representation 8,
/// administration 16, legs 8, validFrom 40, validUntil 40, first 80 bits of the grant's digest. Zero: none.
type Mandate is uint256;

using {serial, representation, administration, legs, validFrom, validUntil, isOf, covers} for Mandate global;

/// @dev Takes a grant whose words fit their fields.
function newMandate(Words.Grant calldata grant, bytes32 digest) pure returns (Mandate) {
    return Mandate.wrap(
        grant.serial | (grant.representation << 64) | (grant.administration << 72) | (grant.legs << 88)
            | (grant.validFrom << 96) | (grant.validUntil << 136) | (uint256(digest) >> 176 << 176)
    );
}

function serial(Mandate self) pure returns (uint64) {
    return uint64(Mandate.unwrap(self));
}

function representation(Mandate self) pure returns (uint8) {
    return uint8(Mandate.unwrap(self) >> 64);
}

/// @dev The only administration before which it holds; 0: any.
function administration(Mandate self) pure returns (uint16) {
    return uint16(Mandate.unwrap(self) >> 72);
}

function legs(Mandate self) pure returns (uint8) {
    return uint8(Mandate.unwrap(self) >> 88);
}

function validFrom(Mandate self) pure returns (uint40) {
    return uint40(Mandate.unwrap(self) >> 96);
}

function validUntil(Mandate self) pure returns (uint40) {
    return uint40(Mandate.unwrap(self) >> 136);
}

/// @dev True when `digest` is the grant that was recorded last, as far as 80 bits tell.
function isOf(Mandate self, bytes32 digest) pure returns (bool) {
    return Mandate.unwrap(self) != 0 && Mandate.unwrap(self) >> 176 == uint256(digest) >> 176;
}

/// @dev True when it holds at `time` for that leg before that administration.
function covers(Mandate self, uint256 leg, uint256 before, uint256 time) pure returns (bool) {
    return self.validFrom() <= time && time < self.validUntil()
        && (uint256(self.legs()) >> (leg - 1)) & 1 == 1
        && (self.administration() == 0 || self.administration() == before);
}
