// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    DEBT_SHIFT,
    Debt,
    DecisionKind,
    FLAGS_DEBT,
    FLAGS_PENDING,
    FLAG_AGENCY,
    FLAG_CLEARED,
    FLAG_CONTROL,
    FLAG_DETENTION,
    FLAG_DOCUMENTS,
    FLAG_EXIT_DUE,
    FLAG_OVERRIDDEN,
    FLAG_PARTIAL,
    FLAG_PAYMENT,
    Outcome,
    PENDING_SHIFT,
    Pending,
    Status
} from "./Codes.sol";

/// @dev One kind of decision, packed, lowest bits first: source statuses 24 (a bit each), target 8 (0: the status
/// stays), flags set 16, flags cleared 16, debt 8 (0: it stays), answered requests 8 (a bit each), properties 8.
type Row is uint256;

using {safeguards, versions, releases, settlesGoods, decide} for Row global;

/// @dev What the lifecycle looks at in a decision beside its kind, a bit set.
uint256 constant RULING_SCOPED = 1;
uint256 constant RULING_SUPERSEDES = 2;
uint256 constant RULING_OVERRIDES = 4;
uint256 constant RULING_NAMES_REQUEST = 8;

uint256 constant TARGET_AT = 24;
uint256 constant SETS_AT = 32;
uint256 constant CLEARS_AT = 48;
uint256 constant DEBT_AT = 64;
uint256 constant ANSWERS_AT = 72;
uint256 constant SAFEGUARDS = 1 << 80;
uint256 constant RELEASES = 1 << 81;
uint256 constant WITHHOLDS = 1 << 82;
uint256 constant VERSIONS = 1 << 83;
uint256 constant CORRECTS = 1 << 84;

// Sets of statuses.
uint256 constant IS_REPORTED = 1 << Status.REPORTED;
uint256 constant IS_ACCEPTED = 1 << Status.ACCEPTED;
uint256 constant IS_RELEASED = 1 << Status.RELEASED;
uint256 constant IS_CONDITIONAL = 1 << Status.CONDITIONALLY_RELEASED;
uint256 constant IS_PARTLY = 1 << Status.PARTLY_RELEASED;
uint256 constant IS_CLEARED = 1 << Status.CLEARED;
uint256 constant IS_EXITED = 1 << Status.EXITED;
uint256 constant IS_REFUSED = 1 << Status.REFUSED;
uint256 constant IS_SEIZED = 1 << Status.SEIZED;
uint256 constant IS_RETURNED = 1 << Status.RETURNED;
uint256 constant IS_RE_EXPORTED = 1 << Status.RE_EXPORTED;
uint256 constant IS_ABANDONED = 1 << Status.ABANDONED;
uint256 constant IS_CLOSED = 1 << Status.CLOSED;
uint256 constant TERMINAL =
    (1 << Status.REJECTED) | (1 << Status.INVALIDATED) | (1 << Status.DESTROYED) | IS_CLOSED;
uint256 constant LIVE = ((1 << (Status.CLOSED + 1)) - 2) & ~TERMINAL;
/// @dev From here the target does not depend on where a declaration comes from.
uint256 constant PLAIN = LIVE & ~(1 << Status.EXITED);
uint256 constant BEFORE = IS_REPORTED | (1 << Status.PRE_LODGED) | (1 << Status.LODGED);
uint256 constant OPEN = BEFORE | IS_ACCEPTED;
uint256 constant PARTWAY = IS_CONDITIONAL | IS_PARTLY;
uint256 constant UNRELEASED = OPEN | PARTWAY;
uint256 constant AT_DISPOSAL = IS_RELEASED | IS_CONDITIONAL | IS_CLEARED;
uint256 constant IN_REACH = OPEN | PARTWAY | IS_RELEASED | IS_CLEARED | IS_REFUSED;

// Targets.
uint256 constant TO_PRE_LODGED = Status.PRE_LODGED << TARGET_AT;
uint256 constant TO_LODGED = Status.LODGED << TARGET_AT;
uint256 constant TO_ACCEPTED = Status.ACCEPTED << TARGET_AT;
uint256 constant TO_RELEASED = Status.RELEASED << TARGET_AT;
uint256 constant TO_CONDITIONAL = Status.CONDITIONALLY_RELEASED << TARGET_AT;
uint256 constant TO_CLEARED = Status.CLEARED << TARGET_AT;
uint256 constant TO_EXITED = Status.EXITED << TARGET_AT;
uint256 constant TO_REFUSED = Status.REFUSED << TARGET_AT;
uint256 constant TO_SEIZED = Status.SEIZED << TARGET_AT;
uint256 constant TO_RETURNED = Status.RETURNED << TARGET_AT;
uint256 constant TO_RE_EXPORTED = Status.RE_EXPORTED << TARGET_AT;
uint256 constant TO_ABANDONED = Status.ABANDONED << TARGET_AT;
uint256 constant TO_REJECTED = Status.REJECTED << TARGET_AT;
uint256 constant TO_INVALIDATED = Status.INVALIDATED << TARGET_AT;
uint256 constant TO_DESTROYED = Status.DESTROYED << TARGET_AT;
uint256 constant TO_CLOSED = Status.CLOSED << TARGET_AT;

// Flags cleared and requests answered.
uint256 constant CLEARS_HOLDS = (FLAG_CONTROL | FLAG_DOCUMENTS | FLAG_DETENTION | FLAG_PAYMENT) << CLEARS_AT;
uint256 constant ANSWERS_AMENDMENT = 1 << (ANSWERS_AT + Pending.AMENDMENT);
uint256 constant ANSWERS_ANY = ANSWERS_AMENDMENT | (1 << (ANSWERS_AT + Pending.INVALIDATION))
    | (1 << (ANSWERS_AT + Pending.PRESENTATION));

// The table.
uint256 constant RECEIPT = LIVE;
uint256 constant REGISTER = IS_REPORTED | TO_LODGED | VERSIONS;
uint256 constant REGISTER_PRE_LODGED = IS_REPORTED | TO_PRE_LODGED | VERSIONS;
uint256 constant ACCEPT = BEFORE | TO_ACCEPTED;
uint256 constant REJECT = BEFORE | TO_REJECTED | ANSWERS_ANY;
uint256 constant REQUIRE_CONTROL = UNRELEASED | (FLAG_CONTROL << SETS_AT) | SAFEGUARDS;
uint256 constant REQUIRE_DOCUMENTS = UNRELEASED | (FLAG_DOCUMENTS << SETS_AT) | SAFEGUARDS;
uint256 constant REQUIRE_PAYMENT =
    IS_REPORTED | IS_ACCEPTED | IS_RELEASED | PARTWAY | (FLAG_PAYMENT << SETS_AT) | SAFEGUARDS;
uint256 constant DETAIN = IN_REACH | (FLAG_DETENTION << SETS_AT) | SAFEGUARDS;
uint256 constant LIFT_CONTROL = LIVE | (FLAG_CONTROL << CLEARS_AT);
uint256 constant LIFT_DOCUMENTS = LIVE | (FLAG_DOCUMENTS << CLEARS_AT);
uint256 constant LIFT_PAYMENT = LIVE | (FLAG_PAYMENT << CLEARS_AT);
uint256 constant LIFT_DETENTION = LIVE | (FLAG_DETENTION << CLEARS_AT);
uint256 constant QUERY = LIVE;
uint256 constant GRANT = LIVE | ANSWERS_ANY | VERSIONS;
uint256 constant REFUSE_REQUEST = LIVE | ANSWERS_ANY;
uint256 constant AMEND = LIVE | ANSWERS_AMENDMENT | VERSIONS;
uint256 constant RELEASE = UNRELEASED | IS_REFUSED | IS_SEIZED | TO_RELEASED | CLEARS_HOLDS | RELEASES;
uint256 constant CONDITIONALLY_RELEASE =
    OPEN | IS_PARTLY | IS_REFUSED | IS_SEIZED | TO_CONDITIONAL | CLEARS_HOLDS | RELEASES;
uint256 constant CLEAR =
    UNRELEASED | IS_RELEASED | IS_EXITED | TO_CLEARED | (FLAG_CLEARED << SETS_AT) | CLEARS_HOLDS | RELEASES;
uint256 constant CONFIRM_EXIT =
    IS_REPORTED | IS_RELEASED | IS_CLEARED | TO_EXITED | (FLAG_EXIT_DUE << CLEARS_AT);
uint256 constant REMIND_EXIT = IS_REPORTED | IS_CLEARED | (FLAG_EXIT_DUE << SETS_AT);
uint256 constant INVALIDATE = UNRELEASED | IS_RELEASED | IS_CLEARED | TO_INVALIDATED | ANSWERS_ANY;
uint256 constant REFUSE = UNRELEASED | TO_REFUSED | WITHHOLDS;
uint256 constant SEIZE = IN_REACH | TO_SEIZED | WITHHOLDS | SAFEGUARDS;
uint256 constant RETURN = UNRELEASED | IS_RELEASED | IS_REFUSED | IS_SEIZED | TO_RETURNED | WITHHOLDS;
uint256 constant RE_EXPORT = UNRELEASED | IS_RELEASED | IS_REFUSED | IS_SEIZED | TO_RE_EXPORTED | WITHHOLDS;
uint256 constant DESTROY = UNRELEASED | IS_REFUSED | IS_SEIZED | IS_ABANDONED | TO_DESTROYED | WITHHOLDS;
uint256 constant ABANDON = UNRELEASED | IS_REFUSED | IS_SEIZED | TO_ABANDONED | WITHHOLDS;
uint256 constant CLOSE = IS_CLEARED | IS_EXITED | IS_REFUSED | IS_SEIZED | IS_RETURNED | IS_RE_EXPORTED
    | IS_ABANDONED | TO_CLOSED | ANSWERS_ANY;
uint256 constant REINSTATE = TERMINAL | TO_ACCEPTED | CORRECTS;
uint256 constant ASSESS = LIVE | (Debt.INDICATIVE << DEBT_AT);
uint256 constant SECURE = LIVE | (Debt.SECURED << DEBT_AT);
uint256 constant ASSESS_FINALLY = LIVE | (Debt.FINAL << DEBT_AT);
uint256 constant REASSESS = LIVE | IS_CLOSED | (Debt.REVISED << DEBT_AT);

/// @dev True for a kind that checks the settled head only and names no request.
function safeguards(Row row) pure returns (bool) {
    return _has(row, SAFEGUARDS);
}

/// @dev True for a kind that puts goods at the declarant's disposal.
function releases(Row row) pure returns (bool) {
    return _has(row, RELEASES);
}

/// @dev True for a kind that puts goods at disposal or takes them away.
function settlesGoods(Row row) pure returns (bool) {
    return Row.unwrap(row) & (RELEASES | WITHHOLDS) != 0;
}

/// @dev True for a kind that may carry the commitment of a version that customs wrote.
function versions(Row row) pure returns (bool) {
    return _has(row, VERSIONS);
}

/// @dev The status and flags after a decision, or the outcome that says why it cannot be taken. A status is a number
/// here, because each conversion to its enum is a check, and decisions are what is recorded most.
function decide(Row row, uint256 status, uint256 flags, uint256 ruling)
    pure
    returns (uint256 outcome, uint256 nextStatus, uint256 nextFlags)
{
    // Most decisions are plain, on a declaration beside whose status nothing stands: what remains of all rules then.
    if (flags | ruling == 0 && _within(status, Row.unwrap(row) & PLAIN)) {
        uint256 target = _target(row);
        return
            (Outcome.RECORDED, target == 0 ? status : target, _bits(row, SETS_AT) | _debt(row) << DEBT_SHIFT);
    }
    if (!_allowed(row, status, ruling)) return (Outcome.TRANSITION_NOT_ALLOWED, status, flags);
    if (_has(row, RELEASES) && flags & (FLAG_AGENCY | FLAG_OVERRIDDEN) == FLAG_AGENCY) {
        if (ruling & RULING_OVERRIDES == 0) return (Outcome.OVERRIDE_NEEDED, status, flags);
    }
    nextStatus = _nextStatus(row, status, flags, ruling);
    nextFlags = _nextFlags(row, flags, ruling, nextStatus);
}

function _allowed(Row row, uint256 status, uint256 ruling) pure returns (bool) {
    bool listed = _within(status, Row.unwrap(row));
    if (_has(row, CORRECTS)) {
        return listed && ruling & (RULING_SCOPED | RULING_SUPERSEDES) == RULING_SUPERSEDES;
    }
    return listed || (ruling & RULING_SUPERSEDES != 0 && _target(row) != 0 && _within(status, LIVE));
}

function _nextStatus(Row row, uint256 status, uint256 flags, uint256 ruling) pure returns (uint256) {
    uint256 target = _target(row);
    if (target == 0) return status;
    if (ruling & RULING_SCOPED != 0) return _nextStatusScoped(row, status);
    if (target == Status.CLEARED && status == Status.EXITED) return status;
    bool partly = flags & FLAG_PARTIAL != 0 && _has(row, RELEASES) && ruling & RULING_SUPERSEDES == 0;
    return partly ? Status.PARTLY_RELEASED : target;
}

function _nextStatusScoped(Row row, uint256 status) pure returns (uint256) {
    bool atDisposal = _within(status, AT_DISPOSAL);
    bool frees = _has(row, RELEASES) && !atDisposal && status != Status.EXITED;
    return frees || (_has(row, WITHHOLDS) && atDisposal) ? Status.PARTLY_RELEASED : status;
}

function _nextFlags(Row row, uint256 flags, uint256 ruling, uint256 next) pure returns (uint256 result) {
    result = _holdsAfter(row, flags, ruling & RULING_SCOPED != 0);
    if (_has(row, RELEASES) && result & FLAG_AGENCY != 0) result |= FLAG_OVERRIDDEN;
    if (ruling & (RULING_SUPERSEDES | RULING_SCOPED) == RULING_SUPERSEDES && _target(row) != 0) {
        result &= ~_undone(row, next);
    }
    uint256 debt = _debt(row);
    if (debt != 0) result = (result & ~FLAGS_DEBT) | (debt << DEBT_SHIFT);
    bool ends = ruling & RULING_NAMES_REQUEST != 0 && _answers(row, flags);
    if (ends || _within(next, TERMINAL)) result &= ~FLAGS_PENDING;
}

/// @dev Part of the goods is never cleared, and a lift over some items leaves the hold on the others.
function _holdsAfter(Row row, uint256 flags, bool scoped) pure returns (uint256) {
    if (!scoped) return (flags & ~_bits(row, CLEARS_AT)) | _bits(row, SETS_AT);
    if (_has(row, RELEASES)) return flags & ~_bits(row, CLEARS_AT);
    return flags | _bits(row, SETS_AT) | (_has(row, WITHHOLDS) ? FLAG_PARTIAL : 0);
}

/// @dev What a decision takes back by superseding an earlier one, over the whole declaration.
function _undone(Row row, uint256 next) pure returns (uint256) {
    uint256 cleared = next == Status.CLEARED || next == Status.EXITED ? 0 : FLAG_CLEARED | FLAG_EXIT_DUE;
    return cleared | (_has(row, RELEASES) ? FLAG_PARTIAL : 0);
}

/// @dev A presentation is ended by every decision that names it.
function _answers(Row row, uint256 flags) pure returns (bool) {
    uint256 pending = (flags & FLAGS_PENDING) >> PENDING_SHIFT;
    return pending == Pending.PRESENTATION || (Row.unwrap(row) >> (ANSWERS_AT + pending)) & 1 == 1;
}

function _target(Row row) pure returns (uint256) {
    return uint8(Row.unwrap(row) >> TARGET_AT);
}

function _debt(Row row) pure returns (uint256) {
    return uint8(Row.unwrap(row) >> DEBT_AT);
}

function _bits(Row row, uint256 shift) pure returns (uint256) {
    return uint16(Row.unwrap(row) >> shift);
}

function _has(Row row, uint256 property) pure returns (bool) {
    return Row.unwrap(row) & property != 0;
}

function _within(uint256 status, uint256 statuses) pure returns (bool) {
    return (statuses >> status) & 1 == 1;
}

/// @title The lifecycle of one declaration
/// @notice Knows no clock, no key and no storage. The same table is `ledger/domain/lifecycle.py`;
/// `tests/vectors/lifecycle.json` proves that they agree.
library Lifecycle {
    /// @notice True for a status that decisions, requests and holds may still meet.
    function isLive(uint256 status) internal pure returns (bool) {
        return _within(status, LIVE);
    }

    /// @notice The table's row of a kind from its list.
    function rowOf(uint256 kind) internal pure returns (Row) {
        if (kind <= DecisionKind.LIFT_DETENTION) {
            return Row.wrap(_untilAcceptance(kind));
        }
        if (kind <= DecisionKind.INVALIDATE) {
            return Row.wrap(_untilInvalidation(kind));
        }
        return Row.wrap(_afterwards(kind));
    }

    function _untilAcceptance(uint256 kind) private pure returns (uint256) {
        if (kind == DecisionKind.RECEIPT) return RECEIPT;
        if (kind == DecisionKind.REGISTER) return REGISTER;
        if (kind == DecisionKind.REGISTER_PRE_LODGED) return REGISTER_PRE_LODGED;
        if (kind == DecisionKind.ACCEPT) return ACCEPT;
        if (kind == DecisionKind.REJECT) return REJECT;
        if (kind == DecisionKind.REQUIRE_CONTROL) return REQUIRE_CONTROL;
        if (kind == DecisionKind.REQUIRE_DOCUMENTS) return REQUIRE_DOCUMENTS;
        if (kind == DecisionKind.REQUIRE_PAYMENT) return REQUIRE_PAYMENT;
        if (kind == DecisionKind.DETAIN) return DETAIN;
        if (kind == DecisionKind.LIFT_CONTROL) return LIFT_CONTROL;
        if (kind == DecisionKind.LIFT_DOCUMENTS) return LIFT_DOCUMENTS;
        if (kind == DecisionKind.LIFT_PAYMENT) return LIFT_PAYMENT;
        return kind == DecisionKind.LIFT_DETENTION ? LIFT_DETENTION : 0;
    }

    function _untilInvalidation(uint256 kind) private pure returns (uint256) {
        if (kind == DecisionKind.RELEASE) return RELEASE;
        if (kind == DecisionKind.CLEAR) return CLEAR;
        if (kind == DecisionKind.GRANT) return GRANT;
        if (kind == DecisionKind.QUERY) return QUERY;
        if (kind == DecisionKind.REFUSE_REQUEST) return REFUSE_REQUEST;
        if (kind == DecisionKind.AMEND) return AMEND;
        if (kind == DecisionKind.CONDITIONALLY_RELEASE) return CONDITIONALLY_RELEASE;
        if (kind == DecisionKind.CONFIRM_EXIT) return CONFIRM_EXIT;
        return kind == DecisionKind.REMIND_EXIT ? REMIND_EXIT : INVALIDATE;
    }

    function _afterwards(uint256 kind) private pure returns (uint256) {
        if (kind == DecisionKind.REFUSE) return REFUSE;
        if (kind == DecisionKind.SEIZE) return SEIZE;
        if (kind == DecisionKind.RETURN) return RETURN;
        if (kind == DecisionKind.RE_EXPORT) return RE_EXPORT;
        if (kind == DecisionKind.DESTROY) return DESTROY;
        if (kind == DecisionKind.ABANDON) return ABANDON;
        if (kind == DecisionKind.CLOSE) return CLOSE;
        if (kind == DecisionKind.REINSTATE) return REINSTATE;
        if (kind == DecisionKind.ASSESS) return ASSESS;
        if (kind == DecisionKind.SECURE) return SECURE;
        return kind == DecisionKind.ASSESS_FINALLY ? ASSESS_FINALLY : REASSESS;
    }
}
