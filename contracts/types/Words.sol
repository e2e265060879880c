// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

// The records of `Records.sol` as they lie in a body before anything is known of it: field for field the same, each
// as its whole word. Solidity would revert, and with it the whole group, at a word that does not fit a narrower type;
// and it would look again at each reading. `Forms` says whether every word fits its field.

struct Declaration {
    bytes32 consignment;
    uint256 joinKey;
    uint256 declarant;
    uint256 agent;
    uint256 administration;
    uint256 leg;
    uint256 regime;
    uint256 stage;
    bytes32 link;
    uint256 linkKind;
    bytes32 commitment;
    bytes32 schema;
    uint256 effectiveAt;
    uint256 deadline;
}

struct AmendmentRequest {
    bytes32 declaration;
    bytes32 prev;
    uint256 declarant;
    uint256 agent;
    bytes32 commitment;
    bytes32 schema;
    uint256 deadline;
}

struct InvalidationRequest {
    bytes32 declaration;
    bytes32 prev;
    uint256 declarant;
    uint256 agent;
    uint256 reason;
    uint256 deadline;
}

struct PresentationNotice {
    bytes32 declaration;
    bytes32 prev;
    uint256 declarant;
    uint256 agent;
    uint256 effectiveAt;
    uint256 deadline;
}

struct Decision {
    bytes32 declaration;
    bytes32 prev;
    bytes32 request;
    bytes32 supersedes;
    uint256 administration;
    uint256 office;
    uint256 kind;
    uint256 reason;
    bytes32 scope;
    bytes32 commitment;
    uint256 touchedRisks;
    bytes32 reliance;
    bytes32 evidence;
    uint256 effectiveAt;
    uint256 limitAt;
    uint256 deadline;
}

struct Control {
    bytes32 declaration;
    bytes32 prev;
    bytes32 supersedes;
    uint256 administration;
    uint256 office;
    uint256 version;
    uint256 method;
    uint256 outcome;
    uint256 risk;
    bytes32 standard;
    bytes32 seals;
    uint256 sealState;
    bytes32 evidence;
    uint256 effectiveAt;
    uint256 validUntil;
    uint256 deadline;
}

struct Hold {
    bytes32 declaration;
    bytes32 prev;
    uint256 agency;
    uint256 action;
    uint256 reason;
    bytes32 evidence;
    uint256 deadline;
}

struct Erasure {
    bytes32 declaration;
    uint256 version;
    bytes32 commitment;
    uint256 declarant;
    uint256 agent;
    uint256 administration;
    uint256 cause;
    uint256 deadline;
}

struct Admission {
    uint256 administration;
    bytes32 country;
    uint256 action;
    bytes32 councilHead;
    uint256 predecessor;
    uint256 firstKey;
    uint256 secondKey;
    uint256 effectiveAt;
    uint256 deadline;
}

struct OperatorStatus {
    uint256 administration;
    bytes32 orgHead;
    uint256 organisation;
    uint256 kind;
    uint256 status;
    uint256 key;
    uint256 purposes;
    uint256 notBefore;
    uint256 notAfter;
    uint256 deadline;
}

struct KeyAuthorisation {
    uint256 organisation;
    bytes32 orgHead;
    uint256 key;
    uint256 action;
    uint256 purposes;
    uint256 office;
    uint256 notBefore;
    uint256 notAfter;
    uint256 compromisedSince;
    uint256 deadline;
}

struct AdministrationSetting {
    uint256 administration;
    bytes32 orgHead;
    uint256 backdating;
    uint256 deadline;
}

struct Grant {
    uint256 declarant;
    uint256 agent;
    uint256 serial;
    uint256 representation;
    uint256 administration;
    uint256 legs;
    uint256 validFrom;
    uint256 validUntil;
    uint256 deadline;
}

struct EncryptionKey {
    uint256 organisation;
    bytes32 orgHead;
    uint256 version;
    uint256 suite;
    bytes32 key;
    bytes32 hybrid;
    uint256 notBefore;
    uint256 notAfter;
    uint256 deadline;
}

struct Recognition {
    bytes32 declaration;
    bytes32 parent;
    bytes32 supersedes;
    bytes32 arrangement;
    bytes32 aeo;
    uint256 administration;
    uint256 office;
    uint256 version;
    uint256 verdict;
    uint256 risk;
    uint256 reason;
    bytes32 scope;
    bytes32 evidence;
    uint256 effectiveAt;
    uint256 deadline;
}

struct Arrangement {
    uint256 first;
    uint256 second;
    bytes32 predecessor;
    uint256 procedures;
    uint256 methods;
    uint256 risks;
    bytes32 standard;
    bytes32 annex;
    uint256 validFrom;
    uint256 validUntil;
    uint256 deadline;
}

struct ArrangementSuspension {
    uint256 administration;
    bytes32 arrangement;
    bytes32 prev;
    uint256 action;
    uint256 reason;
    uint256 deadline;
}

struct AeoStatus {
    uint256 administration;
    uint256 operator;
    bytes32 grant;
    uint256 status;
    bytes32 programme;
    bytes32 evidence;
    uint256 validFrom;
    uint256 validUntil;
    uint256 deadline;
}

struct Assistance {
    uint256 administration;
    uint256 addressee;
    bytes32 consignment;
    bytes32 request;
    uint256 action;
    uint256 kind;
    bytes32 legalBasis;
    bytes32 commitment;
    uint256 reason;
    uint256 dueAt;
    uint256 deadline;
}
