// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// The code table of docs/records.md. Lists that count from zero without gaps are enums; a value from a record is
// range-checked before it is converted, because a failed conversion would revert the whole group.
// `tests/vectors/codes.json` proves that every number equals the Python client's.

enum Status {
    NONE,
    REPORTED,
    PRE_LODGED,
    LODGED,
    ACCEPTED,
    RELEASED,
    CONDITIONALLY_RELEASED,
    PARTLY_RELEASED,
    CLEARED,
    EXITED,
    REFUSED,
    SEIZED,
    RETURNED,
    RE_EXPORTED,
    ABANDONED,
    REJECTED,
    INVALIDATED,
    DESTROYED,
    CLOSED
}

enum DecisionKind {
    NONE,
    RECEIPT,
    REGISTER,
    REGISTER_PRE_LODGED,
    ACCEPT,
    REJECT,
    REQUIRE_CONTROL,
    REQUIRE_DOCUMENTS,
    REQUIRE_PAYMENT,
    DETAIN,
    LIFT_CONTROL,
    LIFT_DOCUMENTS,
    LIFT_PAYMENT,
    LIFT_DETENTION,
    QUERY,
    GRANT,
    REFUSE_REQUEST,
    AMEND,
    RELEASE,
    CONDITIONALLY_RELEASE,
    CLEAR,
    CONFIRM_EXIT,
    REMIND_EXIT,
    INVALIDATE,
    REFUSE,
    SEIZE,
    RETURN,
    RE_EXPORT,
    DESTROY,
    ABANDON,
    CLOSE,
    REINSTATE,
    ASSESS,
    SECURE,
    ASSESS_FINALLY,
    REASSESS
}

enum Outcome {
    RECORDED,
    NOT_AUTHENTIC,
    ALREADY_RECORDED,
    MALFORMED,
    EXPIRED,
    DEADLINE_TOO_FAR,
    KEY_NOT_VALID,
    KEY_PURPOSE,
    ORGANISATION_NOT_ACTIVE,
    NOT_COMPETENT,
    UNKNOWN_DECLARATION,
    STALE_HEAD,
    REQUEST_NOT_NAMED,
    REQUEST_PENDING,
    TRANSITION_NOT_ALLOWED,
    OVERRIDE_NEEDED,
    LIMIT_INVALID,
    EFFECTIVE_TOO_EARLY,
    EFFECTIVE_TOO_LATE,
    SUPERSEDES_NOT_PROVEN,
    ALREADY_SUPERSEDED,
    UNKNOWN_CONSIGNMENT,
    JOIN_NOT_PROVEN,
    UNKNOWN_LINK,
    MANDATE_MISSING,
    UNKNOWN_VERSION,
    HOLD_NOT_OPEN,
    HOLD_ALREADY_OPEN,
    VERSIONS_EXHAUSTED,
    IDENTITY_TAKEN,
    UNKNOWN_ORGANISATION,
    POSSESSION_NOT_PROVEN,
    APPROVALS_MISSING,
    NOTICE_TOO_SHORT,
    WINDOW_INVALID,
    VETO_NOT_POSSIBLE,
    SERIAL_NOT_INCREASING,
    MANAGING_KEYS_NEEDED,
    UNKNOWN_RECORD_TYPE
}

enum OrganisationKind {
    NONE,
    ADMINISTRATION,
    OPERATOR,
    AGENCY,
    AUDITOR
}

enum OrganisationStatus {
    NONE,
    ACTIVE,
    SUSPENDED,
    EXPELLED,
    SUCCEEDED
}

enum Pending {
    NONE,
    AMENDMENT,
    INVALIDATION,
    PRESENTATION
}

enum Debt {
    NONE,
    INDICATIVE,
    SECURED,
    FINAL,
    REVISED
}

enum Stage {
    NONE,
    PRE_LODGED,
    ARRIVED,
    SUPPLEMENTARY,
    REPORTED
}

enum HoldAction {
    NONE,
    SET,
    LIFT
}

enum AdmissionAction {
    NONE,
    ADMIT,
    SUSPEND,
    REINSTATE,
    EXPEL,
    SUCCEED
}

enum KeyAction {
    NONE,
    AUTHORISE,
    SHORTEN,
    COMPROMISED,
    VETO
}

/// @dev Greatest values of the lists of which the contracts look at nothing but the range.
uint256 constant MAX_LEG = 3;
uint256 constant MAX_REGIME = 9;
uint256 constant MAX_LINK_KIND = 6;
uint256 constant MAX_REASON = 9;
uint256 constant MAX_RISKS = 15;
uint256 constant MAX_CONTROL_METHOD = 4;
uint256 constant MAX_CONTROL_OUTCOME = 4;
uint256 constant MAX_SEAL_STATE = 3;

uint256 constant REASON_OVERRIDE = 7;
uint256 constant REPRESENTATION_DIRECT = 2;
uint256 constant REPRESENTATION_INDIRECT = 3;

/// @dev What a key may sign, a bit set. MANAGE stands alone.
uint256 constant PURPOSE_DECLARE = 1;
uint256 constant PURPOSE_DECIDE = 2;
uint256 constant PURPOSE_HOLD = 4;
uint256 constant PURPOSE_MANAGE = 8;
uint256 constant PURPOSE_READ = 16;

/// @dev Legs of a grant, a bit set: bit (leg - 1).
uint256 constant ALL_LEGS = 7;

/// @dev What stands beside the status: 16 bits of the state word.
uint256 constant FLAG_CONTROL = 1 << 0;
uint256 constant FLAG_DOCUMENTS = 1 << 1;
uint256 constant FLAG_DETENTION = 1 << 2;
uint256 constant FLAG_PAYMENT = 1 << 3;
uint256 constant FLAG_AGENCY = 1 << 4;
uint256 constant FLAG_OVERRIDDEN = 1 << 5;
uint256 constant FLAG_CLEARED = 1 << 6;
uint256 constant FLAG_EXIT_DUE = 1 << 7;
uint256 constant FLAG_RECEIVED_OUTSIDE = 1 << 8;
uint256 constant FLAG_PARTIAL = 1 << 9;
uint256 constant FLAGS_PENDING = 3 << 10;
uint256 constant FLAGS_DEBT = 7 << 12;
uint256 constant FLAG_JOINED = 1 << 15;
uint256 constant PENDING_SHIFT = 10;
uint256 constant DEBT_SHIFT = 12;
