// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {PURPOSE_MANAGE} from "./Codes.sol";
import {both} from "./Logic.sol";

/// @dev A registered key in one slot, lowest bits first: organisation 32, purposes 8, office 32, notBefore 40,
/// notAfter 40, compromisedSince 40, notAfter before a shortening that may still be vetoed 40.
/// Zero: no such key.
type Key is uint256;

using {
    organisation,
    purposes,
    office,
    notBefore,
    notAfter,
    compromisedSince,
    unshortened,
    manages,
    validAt,
    withNotAfter,
    withCompromisedSince,
    withUnshortened
} for Key global;

uint256 constant _OFFICE_AT = 40;
uint256 constant _NOT_BEFORE_AT = 72;
uint256 constant _NOT_AFTER_AT = 112;
uint256 constant _COMPROMISED_AT = 152;
uint256 constant _UNSHORTENED_AT = 192;
uint256 constant _TIME = type(uint40).max;

function newKey(uint256 owner, uint256 purposeSet, uint256 atOffice, uint256 from, uint256 until)
    pure
    returns (Key)
{
    return Key.wrap(
        owner | (purposeSet << 32) | (atOffice << _OFFICE_AT) | (from << _NOT_BEFORE_AT)
            | (until << _NOT_AFTER_AT)
    );
}

function organisation(Key key) pure returns (uint32) {
    return uint32(Key.unwrap(key));
}

function purposes(Key key) pure returns (uint8) {
    return uint8(Key.unwrap(key) >> 32);
}

function office(Key key) pure returns (uint32) {
    return uint32(Key.unwrap(key) >> _OFFICE_AT);
}

function notBefore(Key key) pure returns (uint40) {
    return uint40(Key.unwrap(key) >> _NOT_BEFORE_AT);
}

function notAfter(Key key) pure returns (uint40) {
    return uint40(Key.unwrap(key) >> _NOT_AFTER_AT);
}

function compromisedSince(Key key) pure returns (uint40) {
    return uint40(Key.unwrap(key) >> _COMPROMISED_AT);
}

/// @dev The end of the window before a shortening that may still be vetoed; 0: none was recorded.
function unshortened(Key key) pure returns (uint40) {
    return uint40(Key.unwrap(key) >> _UNSHORTENED_AT);
}

function manages(Key key) pure returns (bool) {
    return key.purposes() & PURPOSE_MANAGE != 0;
}

function validAt(Key key, uint256 time) pure returns (bool) {
    return both(key.notBefore() <= time, time < key.notAfter());
}

function withNotAfter(Key key, uint256 until) pure returns (Key) {
    return _with(key, _NOT_AFTER_AT, until);
}

function withCompromisedSince(Key key, uint256 since) pure returns (Key) {
    return _with(key, _COMPROMISED_AT, since);
}

function withUnshortened(Key key, uint256 until) pure returns (Key) {
    return _with(key, _UNSHORTENED_AT, until);
}

function _with(Key key, uint256 shift, uint256 time) pure returns (Key) {
    return Key.wrap((Key.unwrap(key) & ~(_TIME << shift)) | (time << shift));
}
