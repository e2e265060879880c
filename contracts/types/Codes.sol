// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// The code table of docs/records.md. Codes are plain numbers, not enums: what a record carries may be any number, and
// a failed conversion would revert the whole group; nor is each comparison to pay for a check of its operands.
// `tests/vectors/codes.json` proves that every number equals the Python client's.

library Status {
    uint256 internal constant NONE = 0;
    uint256 internal constant REPORTED = 1;
    uint256 internal constant PRE_LODGED = 2;
    uint256 internal constant LODGED = 3;
    uint256 internal constant ACCEPTED = 4;
    uint256 internal constant RELEASED = 5;
    uint256 internal constant CONDITIONALLY_RELEASED = 6;
    uint256 internal constant PARTLY_RELEASED = 7;
    uint256 internal constant CLEARED = 8;
    uint256 internal constant EXITED = 9;
    uint256 internal constant REFUSED = 10;
    uint256 internal constant SEIZED = 11;
    uint256 internal constant RETURNED = 12;
    uint256 internal constant RE_EXPORTED = 13;
    uint256 internal constant ABANDONED = 14;
    uint256 internal constant REJECTED = 15;
    uint256 internal constant INVALIDATED = 16;
    uint256 internal constant DESTROYED = 17;
    uint256 internal constant CLOSED = 18;
}

library DecisionKind {
    uint256 internal constant NONE = 0;
    uint256 internal constant RECEIPT = 1;
    uint256 internal constant REGISTER = 2;
    uint256 internal constant REGISTER_PRE_LODGED = 3;
    uint256 internal constant ACCEPT = 4;
    uint256 internal constant REJECT = 5;
    uint256 internal constant REQUIRE_CONTROL = 6;
    uint256 internal constant REQUIRE_DOCUMENTS = 7;
    uint256 internal constant REQUIRE_PAYMENT = 8;
    uint256 internal constant DETAIN = 9;
    uint256 internal constant LIFT_CONTROL = 10;
    uint256 internal constant LIFT_DOCUMENTS = 11;
    uint256 internal constant LIFT_PAYMENT = 12;
    uint256 internal constant LIFT_DETENTION = 13;
    uint256 internal constant QUERY = 14;
    uint256 internal constant GRANT = 15;
    uint256 internal constant REFUSE_REQUEST = 16;
    uint256 internal constant AMEND = 17;
    uint256 internal constant RELEASE = 18;
    uint256 internal constant CONDITIONALLY_RELEASE = 19;
    uint256 internal constant CLEAR = 20;
    uint256 internal constant CONFIRM_EXIT = 21;
    uint256 internal constant REMIND_EXIT = 22;
    uint256 internal constant INVALIDATE = 23;
    uint256 internal constant REFUSE = 24;
    uint256 internal constant SEIZE = 25;
    uint256 internal constant RETURN = 26;
    uint256 internal constant RE_EXPORT = 27;
    uint256 internal constant DESTROY = 28;
    uint256 internal constant ABANDON = 29;
    uint256 internal constant CLOSE = 30;
    uint256 internal constant REINSTATE = 31;
    uint256 internal constant ASSESS = 32;
    uint256 internal constant SECURE = 33;
    uint256 internal constant ASSESS_FINALLY = 34;
    uint256 internal constant REASSESS = 35;
}

library Outcome {
    uint256 internal constant RECORDED = 0;
    uint256 internal constant NOT_AUTHENTIC = 1;
    uint256 internal constant ALREADY_RECORDED = 2;
    uint256 internal constant MALFORMED = 3;
    uint256 internal constant EXPIRED = 4;
    uint256 internal constant DEADLINE_TOO_FAR = 5;
    uint256 internal constant KEY_NOT_VALID = 6;
    uint256 internal constant KEY_PURPOSE = 7;
    uint256 internal constant ORGANISATION_NOT_ACTIVE = 8;
    uint256 internal constant NOT_COMPETENT = 9;
    uint256 internal constant UNKNOWN_DECLARATION = 10;
    uint256 internal constant STALE_HEAD = 11;
    uint256 internal constant REQUEST_NOT_NAMED = 12;
    uint256 internal constant REQUEST_PENDING = 13;
    uint256 internal constant TRANSITION_NOT_ALLOWED = 14;
    uint256 internal constant OVERRIDE_NEEDED = 15;
    uint256 internal constant LIMIT_INVALID = 16;
    uint256 internal constant EFFECTIVE_TOO_EARLY = 17;
    uint256 internal constant EFFECTIVE_TOO_LATE = 18;
    uint256 internal constant SUPERSEDES_NOT_PROVEN = 19;
    uint256 internal constant ALREADY_SUPERSEDED = 20;
    uint256 internal constant UNKNOWN_CONSIGNMENT = 21;
    uint256 internal constant JOIN_NOT_PROVEN = 22;
    uint256 internal constant UNKNOWN_LINK = 23;
    uint256 internal constant MANDATE_MISSING = 24;
    uint256 internal constant UNKNOWN_VERSION = 25;
    uint256 internal constant HOLD_NOT_OPEN = 26;
    uint256 internal constant HOLD_ALREADY_OPEN = 27;
    uint256 internal constant VERSIONS_EXHAUSTED = 28;
    uint256 internal constant IDENTITY_TAKEN = 29;
    uint256 internal constant UNKNOWN_ORGANISATION = 30;
    uint256 internal constant POSSESSION_NOT_PROVEN = 31;
    uint256 internal constant APPROVALS_MISSING = 32;
    uint256 internal constant NOTICE_TOO_SHORT = 33;
    uint256 internal constant WINDOW_INVALID = 34;
    uint256 internal constant VETO_NOT_POSSIBLE = 35;
    uint256 internal constant SERIAL_NOT_INCREASING = 36;
    uint256 internal constant MANAGING_KEYS_NEEDED = 37;
    uint256 internal constant UNKNOWN_RECORD_TYPE = 38;
    uint256 internal constant ALREADY_ERASED = 39;
    uint256 internal constant ENCRYPTION_KEY_INVALID = 40;
    uint256 internal constant UNKNOWN_ARRANGEMENT = 41;
    uint256 internal constant ARRANGEMENT_NOT_IN_FORCE = 42;
    uint256 internal constant ARRANGEMENT_SUSPENDED = 43;
    uint256 internal constant OUT_OF_SCOPE = 44;
    uint256 internal constant BELOW_STANDARD = 45;
    uint256 internal constant PARENT_NOT_PROVEN = 46;
    uint256 internal constant CONTROL_NOT_CARRIED_OUT = 47;
    uint256 internal constant DISCREPANCY_FOUND = 48;
    uint256 internal constant CONTROL_EXPIRED = 49;
    uint256 internal constant RISK_TOUCHED = 50;
    uint256 internal constant PARENT_BROKEN = 51;
    uint256 internal constant TOO_DEEP = 52;
    uint256 internal constant OTHER_CONSIGNMENT = 53;
    uint256 internal constant AEO_NOT_VALID = 54;
    uint256 internal constant RELIANCE_NOT_PROVEN = 55;
    uint256 internal constant RELIANCE_INVALID = 56;
    uint256 internal constant UNKNOWN_REQUEST = 57;
    uint256 internal constant ALREADY_ANSWERED = 58;
}

library OrganisationKind {
    uint256 internal constant NONE = 0;
    uint256 internal constant ADMINISTRATION = 1;
    uint256 internal constant OPERATOR = 2;
    uint256 internal constant AGENCY = 3;
    uint256 internal constant AUDITOR = 4;
}

library OrganisationStatus {
    uint256 internal constant NONE = 0;
    uint256 internal constant ACTIVE = 1;
    uint256 internal constant SUSPENDED = 2;
    uint256 internal constant EXPELLED = 3;
    uint256 internal constant SUCCEEDED = 4;
}

library Pending {
    uint256 internal constant NONE = 0;
    uint256 internal constant AMENDMENT = 1;
    uint256 internal constant INVALIDATION = 2;
    uint256 internal constant PRESENTATION = 3;
}

library Debt {
    uint256 internal constant NONE = 0;
    uint256 internal constant INDICATIVE = 1;
    uint256 internal constant SECURED = 2;
    uint256 internal constant FINAL = 3;
    uint256 internal constant REVISED = 4;
}

library Stage {
    uint256 internal constant NONE = 0;
    uint256 internal constant PRE_LODGED = 1;
    uint256 internal constant ARRIVED = 2;
    uint256 internal constant SUPPLEMENTARY = 3;
    uint256 internal constant REPORTED = 4;
}

library HoldAction {
    uint256 internal constant NONE = 0;
    uint256 internal constant SET = 1;
    uint256 internal constant LIFT = 2;
}

library AdmissionAction {
    uint256 internal constant NONE = 0;
    uint256 internal constant ADMIT = 1;
    uint256 internal constant SUSPEND = 2;
    uint256 internal constant REINSTATE = 3;
    uint256 internal constant EXPEL = 4;
    uint256 internal constant SUCCEED = 5;
}

library KeyAction {
    uint256 internal constant NONE = 0;
    uint256 internal constant AUTHORISE = 1;
    uint256 internal constant SHORTEN = 2;
    uint256 internal constant COMPROMISED = 3;
    uint256 internal constant VETO = 4;
}

library ErasureCause {
    uint256 internal constant NONE = 0;
    uint256 internal constant REQUESTED = 1;
    uint256 internal constant RETENTION_ENDED = 2;
    uint256 internal constant ORDERED = 3;
}

library EncryptionSuite {
    uint256 internal constant NONE = 0;
    uint256 internal constant X25519 = 1;
    uint256 internal constant HYBRID = 2;
}

library ControlOutcome {
    uint256 internal constant NONE = 0;
    uint256 internal constant NONE_FOUND = 1;
    uint256 internal constant MINOR_DISCREPANCY = 2;
    uint256 internal constant MAJOR_DISCREPANCY = 3;
    uint256 internal constant NOT_CARRIED_OUT = 4;
}

library SealState {
    uint256 internal constant NOT_APPLICABLE = 0;
    uint256 internal constant INTACT = 1;
    uint256 internal constant BROKEN = 2;
    uint256 internal constant REPLACED = 3;
}

library Verdict {
    uint256 internal constant NONE = 0;
    uint256 internal constant FULL = 1;
    uint256 internal constant PARTIAL = 2;
    uint256 internal constant DECLINED = 3;
}

library SuspensionAction {
    uint256 internal constant NONE = 0;
    uint256 internal constant SUSPEND = 1;
    uint256 internal constant RESUME = 2;
}

library AeoStanding {
    uint256 internal constant NONE = 0;
    uint256 internal constant GRANTED = 1;
    uint256 internal constant SUSPENDED = 2;
    uint256 internal constant WITHDRAWN = 3;
}

library AssistanceAction {
    uint256 internal constant NONE = 0;
    uint256 internal constant REQUEST = 1;
    uint256 internal constant ANSWER = 2;
    uint256 internal constant REFUSAL = 3;
}

library Reliance {
    uint256 internal constant NONE = 0;
    uint256 internal constant STANDS = 1;
    uint256 internal constant WITHDRAWN = 2;
}

/// @dev Greatest values of the lists of which the contracts look at nothing but the range.
uint256 constant MAX_STAGE = Stage.REPORTED;
uint256 constant MAX_DECISION_KIND = DecisionKind.REASSESS;
uint256 constant MAX_HOLD_ACTION = HoldAction.LIFT;
uint256 constant MAX_ADMISSION_ACTION = AdmissionAction.SUCCEED;
uint256 constant MAX_KEY_ACTION = KeyAction.VETO;
uint256 constant MAX_ERASURE_CAUSE = ErasureCause.ORDERED;
uint256 constant MAX_ENCRYPTION_SUITE = EncryptionSuite.HYBRID;
uint256 constant MAX_LEG = 3;
uint256 constant MAX_REGIME = 9;
uint256 constant MAX_LINK_KIND = 6;
uint256 constant MAX_REASON = 9;
uint256 constant MAX_RISKS = 15;
uint256 constant MAX_CONTROL_METHOD = 4;
uint256 constant MAX_CONTROL_OUTCOME = ControlOutcome.NOT_CARRIED_OUT;
uint256 constant MAX_SEAL_STATE = SealState.REPLACED;
uint256 constant MAX_VERDICT = Verdict.DECLINED;
uint256 constant MAX_SUSPENSION_ACTION = SuspensionAction.RESUME;
uint256 constant MAX_AEO_STANDING = AeoStanding.WITHDRAWN;
uint256 constant MAX_ASSISTANCE_ACTION = AssistanceAction.REFUSAL;
uint256 constant MAX_ASSISTANCE_KIND = 4;
/// @dev Procedures of an arrangement, a bit set: bit (regime - 1); methods likewise.
uint256 constant ALL_REGIMES = (1 << MAX_REGIME) - 1;
uint256 constant ALL_METHODS = (1 << MAX_CONTROL_METHOD) - 1;

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

/// @dev What stands beside the status: 16 bits of the state word, and the last one in a bit of its own (SEAL_BROKEN).
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
uint256 constant FLAG_SEAL_BROKEN = 1 << 16;
uint256 constant PENDING_SHIFT = 10;
uint256 constant DEBT_SHIFT = 12;
