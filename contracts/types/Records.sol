// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// The records of docs/records.md, field for field. All fields are static, so that a record's body is its ABI encoding
// and its EIP-712 encodeData at once. Import as a module (`Records.Declaration`): the events have the same names.

/// @dev How a record travels. `proof` is not signed: it proves itself.
struct Entry {
    uint8 recordType;
    bytes body;
    bytes signature;
    bytes proof;
}

struct Declaration {
    bytes32 consignment;
    address joinKey;
    uint32 declarant;
    uint32 agent;
    uint16 administration;
    uint8 leg;
    uint8 regime;
    uint8 stage;
    bytes32 link;
    uint8 linkKind;
    bytes32 commitment;
    bytes32 schema;
    uint40 effectiveAt;
    uint40 deadline;
}

struct AmendmentRequest {
    bytes32 declaration;
    bytes32 prev;
    uint32 declarant;
    uint32 agent;
    bytes32 commitment;
    bytes32 schema;
    uint40 deadline;
}

struct InvalidationRequest {
    bytes32 declaration;
    bytes32 prev;
    uint32 declarant;
    uint32 agent;
    uint32 reason;
    uint40 deadline;
}

struct PresentationNotice {
    bytes32 declaration;
    bytes32 prev;
    uint32 declarant;
    uint32 agent;
    uint40 effectiveAt;
    uint40 deadline;
}

struct Decision {
    bytes32 declaration;
    bytes32 prev;
    bytes32 request;
    bytes32 supersedes;
    uint16 administration;
    uint32 office;
    uint8 kind;
    uint32 reason;
    bytes32 scope;
    bytes32 commitment;
    uint8 touchedRisks;
    bytes32 reliance;
    bytes32 evidence;
    uint40 effectiveAt;
    uint40 limitAt;
    uint40 deadline;
}

struct Control {
    bytes32 declaration;
    bytes32 prev;
    bytes32 supersedes;
    uint16 administration;
    uint32 office;
    uint16 version;
    uint8 method;
    uint8 outcome;
    uint8 risk;
    bytes32 standard;
    bytes32 seals;
    uint8 sealState;
    bytes32 evidence;
    uint40 effectiveAt;
    uint40 validUntil;
    uint40 deadline;
}

struct Hold {
    bytes32 declaration;
    bytes32 prev;
    uint32 agency;
    uint8 action;
    uint32 reason;
    bytes32 evidence;
    uint40 deadline;
}

struct Erasure {
    bytes32 declaration;
    uint16 version;
    bytes32 commitment;
    uint32 declarant;
    uint32 agent;
    uint16 administration;
    uint8 cause;
    uint40 deadline;
}

struct Admission {
    uint16 administration;
    bytes2 country;
    uint8 action;
    bytes32 councilHead;
    uint16 predecessor;
    address firstKey;
    address secondKey;
    uint40 effectiveAt;
    uint40 deadline;
}

struct OperatorStatus {
    uint16 administration;
    bytes32 orgHead;
    uint32 organisation;
    uint8 kind;
    uint8 status;
    address key;
    uint8 purposes;
    uint40 notBefore;
    uint40 notAfter;
    uint40 deadline;
}

struct KeyAuthorisation {
    uint32 organisation;
    bytes32 orgHead;
    address key;
    uint8 action;
    uint8 purposes;
    uint32 office;
    uint40 notBefore;
    uint40 notAfter;
    uint40 compromisedSince;
    uint40 deadline;
}

struct AdministrationSetting {
    uint16 administration;
    bytes32 orgHead;
    uint32 backdating;
    uint40 deadline;
}

struct Grant {
    uint32 declarant;
    uint32 agent;
    uint64 serial;
    uint8 representation;
    uint16 administration;
    uint8 legs;
    uint40 validFrom;
    uint40 validUntil;
    uint40 deadline;
}

struct EncryptionKey {
    uint32 organisation;
    bytes32 orgHead;
    uint32 version;
    uint8 suite;
    bytes32 key;
    bytes32 hybrid;
    uint40 notBefore;
    uint40 notAfter;
    uint40 deadline;
}

struct Recognition {
    bytes32 declaration;
    bytes32 parent;
    bytes32 supersedes;
    bytes32 arrangement;
    bytes32 aeo;
    uint16 administration;
    uint32 office;
    uint16 version;
    uint8 verdict;
    uint8 risk;
    uint32 reason;
    bytes32 scope;
    bytes32 evidence;
    uint40 effectiveAt;
    uint40 deadline;
}

struct Arrangement {
    uint16 first;
    uint16 second;
    bytes32 predecessor;
    uint16 procedures;
    uint8 methods;
    uint8 risks;
    bytes32 standard;
    bytes32 annex;
    uint40 validFrom;
    uint40 validUntil;
    uint40 deadline;
}

struct ArrangementSuspension {
    uint16 administration;
    bytes32 arrangement;
    bytes32 prev;
    uint8 action;
    uint32 reason;
    uint40 deadline;
}

struct AeoStatus {
    uint16 administration;
    uint32 operator;
    bytes32 grant;
    uint8 status;
    bytes32 programme;
    bytes32 evidence;
    uint40 validFrom;
    uint40 validUntil;
    uint40 deadline;
}

struct Assistance {
    uint16 administration;
    uint16 addressee;
    bytes32 consignment;
    bytes32 request;
    uint8 action;
    uint8 kind;
    bytes32 legalBasis;
    bytes32 commitment;
    uint32 reason;
    uint40 dueAt;
    uint40 deadline;
}

uint8 constant DECLARATION = 1;
uint8 constant AMENDMENT_REQUEST = 2;
uint8 constant INVALIDATION_REQUEST = 3;
uint8 constant PRESENTATION_NOTICE = 4;
uint8 constant DECISION = 5;
uint8 constant CONTROL = 6;
uint8 constant HOLD = 7;
uint8 constant RECOGNITION = 8;
uint8 constant ERASURE = 9;
uint8 constant ADMISSION = 16;
uint8 constant OPERATOR_STATUS = 17;
uint8 constant KEY_AUTHORISATION = 18;
uint8 constant ADMINISTRATION_SETTING = 19;
uint8 constant GRANT = 20;
uint8 constant ENCRYPTION_KEY = 21;
uint8 constant ARRANGEMENT = 22;
uint8 constant ARRANGEMENT_SUSPENSION = 23;
uint8 constant AEO_STATUS = 24;
uint8 constant ASSISTANCE = 25;

bytes32 constant DECLARATION_TYPEHASH = keccak256(
    "Declaration(bytes32 consignment,address joinKey,uint32 declarant,uint32 agent,uint16 administration,uint8 leg,uint8 regime,uint8 stage,bytes32 link,uint8 linkKind,bytes32 commitment,bytes32 schema,uint40 effectiveAt,uint40 deadline)"
);
bytes32 constant AMENDMENT_REQUEST_TYPEHASH = keccak256(
    "AmendmentRequest(bytes32 declaration,bytes32 prev,uint32 declarant,uint32 agent,bytes32 commitment,bytes32 schema,uint40 deadline)"
);
bytes32 constant INVALIDATION_REQUEST_TYPEHASH = keccak256(
    "InvalidationRequest(bytes32 declaration,bytes32 prev,uint32 declarant,uint32 agent,uint32 reason,uint40 deadline)"
);
bytes32 constant PRESENTATION_NOTICE_TYPEHASH = keccak256(
    "PresentationNotice(bytes32 declaration,bytes32 prev,uint32 declarant,uint32 agent,uint40 effectiveAt,uint40 deadline)"
);
bytes32 constant DECISION_TYPEHASH = keccak256(
    "Decision(bytes32 declaration,bytes32 prev,bytes32 request,bytes32 supersedes,uint16 administration,uint32 office,uint8 kind,uint32 reason,bytes32 scope,bytes32 commitment,uint8 touchedRisks,bytes32 reliance,bytes32 evidence,uint40 effectiveAt,uint40 limitAt,uint40 deadline)"
);
bytes32 constant CONTROL_TYPEHASH = keccak256(
    "Control(bytes32 declaration,bytes32 prev,bytes32 supersedes,uint16 administration,uint32 office,uint16 version,uint8 method,uint8 outcome,uint8 risk,bytes32 standard,bytes32 seals,uint8 sealState,bytes32 evidence,uint40 effectiveAt,uint40 validUntil,uint40 deadline)"
);
bytes32 constant HOLD_TYPEHASH = keccak256(
    "Hold(bytes32 declaration,bytes32 prev,uint32 agency,uint8 action,uint32 reason,bytes32 evidence,uint40 deadline)"
);
bytes32 constant ERASURE_TYPEHASH = keccak256(
    "Erasure(bytes32 declaration,uint16 version,bytes32 commitment,uint32 declarant,uint32 agent,uint16 administration,uint8 cause,uint40 deadline)"
);
bytes32 constant ADMISSION_TYPEHASH = keccak256(
    "Admission(uint16 administration,bytes2 country,uint8 action,bytes32 councilHead,uint16 predecessor,address firstKey,address secondKey,uint40 effectiveAt,uint40 deadline)"
);
bytes32 constant OPERATOR_STATUS_TYPEHASH = keccak256(
    "OperatorStatus(uint16 administration,bytes32 orgHead,uint32 organisation,uint8 kind,uint8 status,address key,uint8 purposes,uint40 notBefore,uint40 notAfter,uint40 deadline)"
);
bytes32 constant KEY_AUTHORISATION_TYPEHASH = keccak256(
    "KeyAuthorisation(uint32 organisation,bytes32 orgHead,address key,uint8 action,uint8 purposes,uint32 office,uint40 notBefore,uint40 notAfter,uint40 compromisedSince,uint40 deadline)"
);
bytes32 constant ADMINISTRATION_SETTING_TYPEHASH = keccak256(
    "AdministrationSetting(uint16 administration,bytes32 orgHead,uint32 backdating,uint40 deadline)"
);
bytes32 constant GRANT_TYPEHASH = keccak256(
    "Grant(uint32 declarant,uint32 agent,uint64 serial,uint8 representation,uint16 administration,uint8 legs,uint40 validFrom,uint40 validUntil,uint40 deadline)"
);
bytes32 constant RECOGNITION_TYPEHASH = keccak256(
    "Recognition(bytes32 declaration,bytes32 parent,bytes32 supersedes,bytes32 arrangement,bytes32 aeo,uint16 administration,uint32 office,uint16 version,uint8 verdict,uint8 risk,uint32 reason,bytes32 scope,bytes32 evidence,uint40 effectiveAt,uint40 deadline)"
);
bytes32 constant ARRANGEMENT_TYPEHASH = keccak256(
    "Arrangement(uint16 first,uint16 second,bytes32 predecessor,uint16 procedures,uint8 methods,uint8 risks,bytes32 standard,bytes32 annex,uint40 validFrom,uint40 validUntil,uint40 deadline)"
);
bytes32 constant ARRANGEMENT_SUSPENSION_TYPEHASH = keccak256(
    "ArrangementSuspension(uint16 administration,bytes32 arrangement,bytes32 prev,uint8 action,uint32 reason,uint40 deadline)"
);
bytes32 constant AEO_STATUS_TYPEHASH = keccak256(
    "AeoStatus(uint16 administration,uint32 operator,bytes32 grant,uint8 status,bytes32 programme,bytes32 evidence,uint40 validFrom,uint40 validUntil,uint40 deadline)"
);
bytes32 constant ASSISTANCE_TYPEHASH = keccak256(
    "Assistance(uint16 administration,uint16 addressee,bytes32 consignment,bytes32 request,uint8 action,uint8 kind,bytes32 legalBasis,bytes32 commitment,uint32 reason,uint40 dueAt,uint40 deadline)"
);

bytes32 constant ENCRYPTION_KEY_TYPEHASH = keccak256(
    "EncryptionKey(uint32 organisation,bytes32 orgHead,uint32 version,uint8 suite,bytes32 key,bytes32 hybrid,uint40 notBefore,uint40 notAfter,uint40 deadline)"
);

/// @dev Type hash and length in bytes of a record type's body; of a type that is not known zero, and a length that no
/// body has.
function typeOf(uint256 recordType) pure returns (bytes32 typeHash, uint256 length) {
    if (recordType == DECLARATION) {
        (typeHash, length) = (DECLARATION_TYPEHASH, 14 * 32);
    } else if (recordType == DECISION) {
        (typeHash, length) = (DECISION_TYPEHASH, 16 * 32);
    } else if (recordType == CONTROL) {
        (typeHash, length) = (CONTROL_TYPEHASH, 16 * 32);
    } else if (recordType == HOLD) {
        (typeHash, length) = (HOLD_TYPEHASH, 7 * 32);
    } else if (recordType == AMENDMENT_REQUEST) {
        (typeHash, length) = (AMENDMENT_REQUEST_TYPEHASH, 7 * 32);
    } else if (recordType == INVALIDATION_REQUEST) {
        (typeHash, length) = (INVALIDATION_REQUEST_TYPEHASH, 6 * 32);
    } else if (recordType == PRESENTATION_NOTICE) {
        (typeHash, length) = (PRESENTATION_NOTICE_TYPEHASH, 6 * 32);
    } else if (recordType == OPERATOR_STATUS) {
        (typeHash, length) = (OPERATOR_STATUS_TYPEHASH, 10 * 32);
    } else if (recordType == KEY_AUTHORISATION) {
        (typeHash, length) = (KEY_AUTHORISATION_TYPEHASH, 10 * 32);
    } else if (recordType == GRANT) {
        (typeHash, length) = (GRANT_TYPEHASH, 9 * 32);
    } else if (recordType == ERASURE) {
        (typeHash, length) = (ERASURE_TYPEHASH, 8 * 32);
    } else if (recordType == ENCRYPTION_KEY) {
        (typeHash, length) = (ENCRYPTION_KEY_TYPEHASH, 9 * 32);
    } else if (recordType == ADMISSION) {
        (typeHash, length) = (ADMISSION_TYPEHASH, 9 * 32);
    } else if (recordType == ADMINISTRATION_SETTING) {
        (typeHash, length) = (ADMINISTRATION_SETTING_TYPEHASH, 4 * 32);
    } else if (recordType == RECOGNITION) {
        (typeHash, length) = (RECOGNITION_TYPEHASH, 15 * 32);
    } else if (recordType == ASSISTANCE) {
        (typeHash, length) = (ASSISTANCE_TYPEHASH, 11 * 32);
    } else if (recordType == AEO_STATUS) {
        (typeHash, length) = (AEO_STATUS_TYPEHASH, 9 * 32);
    } else if (recordType == ARRANGEMENT) {
        (typeHash, length) = (ARRANGEMENT_TYPEHASH, 11 * 32);
    } else if (recordType == ARRANGEMENT_SUSPENSION) {
        (typeHash, length) = (ARRANGEMENT_SUSPENSION_TYPEHASH, 6 * 32);
    } else {
        length = type(uint256).max;
    }
}
