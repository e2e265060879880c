// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {FLAGS_PENDING, FLAG_JOINED, PENDING_SHIFT} from "./Codes.sol";
import {both} from "./Logic.sol";

/// @dev A declaration's state in one slot, lowest bits first: status 8, leg 2,
/// a seal broken while it relied 1, relies on recognitions 1, regime 4, administration 16,
/// declarant 32, version 16, flags 16, anchor 160 (an opener's join key; of a joiner the first 20 bytes of its
/// consignment's id).
type State is uint256;

using {
    exists,
    status,
    leg,
    sealBroken,
    relies,
    regime,
    administration,
    declarant,
    version,
    flags,
    pending,
    anchor,
    opens,
    consignmentKey,
    withStanding,
    withPending,
    withVersion,
    withReliance,
    withBrokenSeal
} for State global;

uint256 constant LEG_AT = 8;
uint256 constant SEAL_BROKEN = 1 << 10;
uint256 constant RELIES = 1 << 11;
uint256 constant REGIME_AT = 12;
uint256 constant ADMINISTRATION_AT = 16;
uint256 constant DECLARANT_AT = 32;
uint256 constant VERSION_AT = 64;
uint256 constant FLAGS_AT = 80;
uint256 constant ANCHOR_AT = 96;
uint256 constant STANDING_MASK = (0xffff << FLAGS_AT) | 0xff;

function exists(State state) pure returns (bool) {
    return State.unwrap(state) != 0;
}

/// @dev A code of Status.
function status(State state) pure returns (uint256) {
    return uint8(State.unwrap(state));
}

function leg(State state) pure returns (uint256) {
    return (State.unwrap(state) >> LEG_AT) & 0x3;
}

/// @dev True once its own administration found a seal broken while it relied; FLAG_SEAL_BROKEN to readers.
function sealBroken(State state) pure returns (bool) {
    return State.unwrap(state) & SEAL_BROKEN != 0;
}

/// @dev True while the last decision over the goods relies on recognitions.
function relies(State state) pure returns (bool) {
    return State.unwrap(state) & RELIES != 0;
}

function regime(State state) pure returns (uint256) {
    return (State.unwrap(state) >> REGIME_AT) & 0xf;
}

function administration(State state) pure returns (uint16) {
    return uint16(State.unwrap(state) >> ADMINISTRATION_AT);
}

function declarant(State state) pure returns (uint32) {
    return uint32(State.unwrap(state) >> DECLARANT_AT);
}

function version(State state) pure returns (uint16) {
    return uint16(State.unwrap(state) >> VERSION_AT);
}

function flags(State state) pure returns (uint256) {
    return uint16(State.unwrap(state) >> FLAGS_AT);
}

/// @dev A code of Pending.
function pending(State state) pure returns (uint256) {
    return (state.flags() & FLAGS_PENDING) >> PENDING_SHIFT;
}

function anchor(State state) pure returns (address) {
    return address(uint160(State.unwrap(state) >> ANCHOR_AT));
}

/// @dev What two declarations of one consignment have in common: the first 160 bits of its id.
function consignmentKey(State state, bytes32 id) pure returns (address) {
    return state.opens() ? address(bytes20(id)) : state.anchor();
}

/// @dev True for the declaration that opened its consignment.
function opens(State state) pure returns (bool) {
    return both(state.exists(), state.flags() & FLAG_JOINED == 0);
}

function withStanding(State state, uint256 next, uint256 nextFlags) pure returns (State) {
    return State.wrap((State.unwrap(state) & ~STANDING_MASK) | next | (nextFlags << FLAGS_AT));
}

function withPending(State state, uint256 next) pure returns (State) {
    return
        state.withStanding(
            state.status(), (state.flags() & ~FLAGS_PENDING) | (uint256(next) << PENDING_SHIFT)
        );
}

/// @dev The caller has made sure that `next` fits 16 bits.
function withVersion(State state, uint256 next) pure returns (State) {
    return State.wrap((State.unwrap(state) & ~(uint256(0xffff) << VERSION_AT)) | (next << VERSION_AT));
}

/// @dev Restates or drops what it relies on: a seal that broke before counts no longer.
function withReliance(State state, bool next) pure returns (State) {
    uint256 rest = State.unwrap(state) & ~(RELIES | SEAL_BROKEN);
    return State.wrap(next ? rest | RELIES : rest);
}

function withBrokenSeal(State state) pure returns (State) {
    return State.wrap(State.unwrap(state) | SEAL_BROKEN);
}
