// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {OrganisationStatus} from "./Codes.sol";
import {bit, both} from "./Logic.sol";

/// @dev A participant in one slot, lowest bits first: kind 8, status 8, status to come 8, its time 40, country 16,
/// sponsor 16 (the administration that admitted it), successor 16, backdating 32, backdating to come 32, its time 40,
/// mark 8, warning 1 (of administrations: one of them was expelled, or will be). Zero: no such participant. A change is written with the time at which it takes effect; until then the
/// former value counts.
type Organisation is uint256;

using {
    exists,
    kind,
    isA,
    isAt,
    acts,
    statusAt,
    lastStatus,
    statusFrom,
    country,
    sponsor,
    successor,
    successorAt,
    backdatingAt,
    mark,
    warns,
    withStatus,
    withSuccessor,
    withBackdating,
    withWarning
} for Organisation global;

uint256 constant DEFAULT_BACKDATING = 72 hours;
uint256 constant MARK_TAKEN_OVER = 1;

uint256 constant _STATUS_AT = 8;
uint256 constant _NEXT_STATUS_AT = 2 * _STATUS_AT;
uint256 constant _STATUS_FROM_AT = 24;
uint256 constant _COUNTRY_AT = 64;
uint256 constant _SPONSOR_AT = 80;
uint256 constant _SUCCESSOR_AT = 96;
uint256 constant _BACKDATING_AT = 112;
uint256 constant _NEXT_BACKDATING_AT = 144;
uint256 constant _BACKDATING_FROM_AT = 176;
uint256 constant _MARK_AT = 216;
uint256 constant _WARNING_AT = 224;

/// @dev A participant that becomes active at `from`.
function newOrganisation(uint256 ofKind, uint256 from, bytes2 inCountry, uint256 admittedBy, uint256 withMark)
    pure
    returns (Organisation)
{
    return Organisation.wrap(
        ofKind | (OrganisationStatus.ACTIVE << _NEXT_STATUS_AT) | (from << _STATUS_FROM_AT)
            | (uint256(uint16(inCountry)) << _COUNTRY_AT) | (admittedBy << _SPONSOR_AT)
            | (DEFAULT_BACKDATING << _BACKDATING_AT) | (DEFAULT_BACKDATING << _NEXT_BACKDATING_AT)
            | (withMark << _MARK_AT)
    );
}

function exists(Organisation self) pure returns (bool) {
    return Organisation.unwrap(self) != 0;
}

/// @dev A code of OrganisationKind.
function kind(Organisation self) pure returns (uint256) {
    return uint8(Organisation.unwrap(self));
}

function isA(Organisation self, uint256 ofKind) pure returns (bool) {
    return self.kind() == uint256(ofKind);
}

function isAt(Organisation self, uint256 status, uint256 time) pure returns (bool) {
    return self.statusAt(time) == uint256(status);
}

/// @dev True when it has this kind and is active.
function acts(Organisation self, uint256 ofKind, uint256 time) pure returns (bool) {
    return both(self.isA(ofKind), self.isAt(OrganisationStatus.ACTIVE, time));
}

/// @dev A code of OrganisationStatus.
function statusAt(Organisation self, uint256 time) pure returns (uint256) {
    return uint8(Organisation.unwrap(self) >> (_STATUS_AT << bit(time >= self.statusFrom())));
}

/// @dev The status that was recorded last, in effect or not.
function lastStatus(Organisation self) pure returns (uint256) {
    return uint8(Organisation.unwrap(self) >> _NEXT_STATUS_AT);
}

function statusFrom(Organisation self) pure returns (uint40) {
    return uint40(Organisation.unwrap(self) >> _STATUS_FROM_AT);
}

function country(Organisation self) pure returns (bytes2) {
    return bytes2(uint16(Organisation.unwrap(self) >> _COUNTRY_AT));
}

function sponsor(Organisation self) pure returns (uint16) {
    return uint16(Organisation.unwrap(self) >> _SPONSOR_AT);
}

function successor(Organisation self) pure returns (uint16) {
    return uint16(Organisation.unwrap(self) >> _SUCCESSOR_AT);
}

/// @dev Who has taken over by `time`; 0: nobody.
function successorAt(Organisation self, uint256 time) pure returns (uint16) {
    return self.isAt(OrganisationStatus.SUCCEEDED, time) ? self.successor() : 0;
}

function backdatingAt(Organisation self, uint256 time) pure returns (uint32) {
    uint256 changed = bit(time >= uint40(Organisation.unwrap(self) >> _BACKDATING_FROM_AT));
    return uint32(Organisation.unwrap(self) >> (_BACKDATING_AT + (changed << 5)));
}

/// @dev 1: the council, not the predecessor, made it a successor.
function mark(Organisation self) pure returns (uint8) {
    return uint8(Organisation.unwrap(self) >> _MARK_AT);
}

/// @dev Of an administration: true when an expulsion was ever recorded, of whichever. As long as none was, nobody has to
/// look at the administration that answers for an operator.
function warns(Organisation self) pure returns (bool) {
    return (Organisation.unwrap(self) >> _WARNING_AT) & 1 == 1;
}

/// @dev `next` counts from `from` on and takes the place of a change that has not taken effect by `time`.
function withStatus(Organisation self, uint256 next, uint256 from, uint256 time) pure returns (Organisation) {
    uint256 rest = Organisation.unwrap(self) & ~(((uint256(1) << 56) - 1) << 8);
    return Organisation.wrap(
        rest | (self.statusAt(time) << 8) | (next << _NEXT_STATUS_AT) | (from << _STATUS_FROM_AT)
    );
}

function withSuccessor(Organisation self, uint256 next) pure returns (Organisation) {
    uint256 rest = Organisation.unwrap(self) & ~(uint256(0xffff) << _SUCCESSOR_AT);
    return Organisation.wrap(rest | (next << _SUCCESSOR_AT));
}

function withWarning(Organisation self) pure returns (Organisation) {
    return Organisation.wrap(Organisation.unwrap(self) | (1 << _WARNING_AT));
}

/// @dev `next` counts from the second after `time`.
function withBackdating(Organisation self, uint256 next, uint256 time) pure returns (Organisation) {
    uint256 rest = Organisation.unwrap(self) & ~(((uint256(1) << 104) - 1) << _BACKDATING_AT);
    return Organisation.wrap(
        rest | (uint256(self.backdatingAt(time)) << _BACKDATING_AT) | (next << _NEXT_BACKDATING_AT)
            | ((time + 1) << _BACKDATING_FROM_AT)
    );
}
