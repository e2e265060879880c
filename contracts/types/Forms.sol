// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Bodies} from "./Bodies.sol";
import {
    ALL_LEGS,
    AdmissionAction,
    DecisionKind,
    HoldAction,
    KeyAction,
    MAX_CONTROL_METHOD,
    MAX_CONTROL_OUTCOME,
    MAX_LEG,
    MAX_LINK_KIND,
    MAX_REASON,
    MAX_REGIME,
    MAX_RISKS,
    MAX_SEAL_STATE,
    OrganisationKind,
    OrganisationStatus,
    PURPOSE_DECIDE,
    PURPOSE_DECLARE,
    PURPOSE_HOLD,
    PURPOSE_MANAGE,
    PURPOSE_READ,
    REPRESENTATION_DIRECT,
    REPRESENTATION_INDIRECT,
    Stage
} from "./Codes.sol";
import {Lifecycle} from "./Lifecycle.sol";
import "./Records.sol" as Records;

/// @title The form of each record
/// @notice True when every value fits its type and code list and the combination makes sense: all that can be said of
/// a record by looking at nothing else. Each takes a body of the right length.
library Forms {
    using Bodies for bytes;

    function declaration(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(1, 160) | body.above(2, 32) | body.above(3, 32) | body.above(4, 16)
            | body.above(5, 8) | body.above(6, 8) | body.above(7, 8) | body.above(9, 8) | body.above(12, 40)
            | body.above(13, 40);
        if (dirty != 0) return false;
        Records.Declaration calldata r = body.declaration();
        return _within(r.leg, MAX_LEG) && _within(r.regime, MAX_REGIME)
            && _within(r.stage, uint256(Stage.REPORTED)) && r.linkKind <= MAX_LINK_KIND
            && (r.link == 0) == (r.linkKind == 0) && (r.consignment == 0) == (r.joinKey != address(0))
            && r.commitment != 0 && r.schema != 0 && (r.declarant != 0 || r.agent == 0)
            && (r.stage != uint256(Stage.REPORTED) || r.declarant == 0);
    }

    function amendmentRequest(bytes calldata body) internal pure returns (bool) {
        if (body.above(2, 32) | body.above(3, 32) | body.above(6, 40) != 0) return false;
        Records.AmendmentRequest calldata r = body.amendmentRequest();
        return r.declarant != 0 && r.commitment != 0 && r.schema != 0;
    }

    function invalidationRequest(bytes calldata body) internal pure returns (bool) {
        if (body.above(2, 32) | body.above(3, 32) | body.above(4, 32) | body.above(5, 40) != 0) return false;
        Records.InvalidationRequest calldata r = body.invalidationRequest();
        return r.declarant != 0 && r.reason <= MAX_REASON;
    }

    function presentationNotice(bytes calldata body) internal pure returns (bool) {
        if (body.above(2, 32) | body.above(3, 32) | body.above(4, 40) | body.above(5, 40) != 0) return false;
        Records.PresentationNotice calldata r = body.presentationNotice();
        return r.declarant != 0;
    }

    function decision(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(4, 16) | body.above(5, 32) | body.above(6, 8) | body.above(7, 32)
            | body.above(10, 8) | body.above(13, 40) | body.above(14, 40) | body.above(15, 40);
        if (dirty != 0) return false;
        Records.Decision calldata r = body.decision();
        if (!_within(r.kind, uint256(type(DecisionKind).max)) || r.reason > MAX_REASON || r.reliance != 0) {
            return false;
        }
        return _mayWriteVersion(r) && _mayTouchRisks(r);
    }

    function control(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(3, 16) | body.above(4, 32) | body.above(5, 16) | body.above(6, 8)
            | body.above(7, 8) | body.above(8, 8) | body.above(11, 8) | body.above(13, 40)
            | body.above(14, 40) | body.above(15, 40);
        if (dirty != 0) return false;
        Records.Control calldata r = body.control();
        return _within(r.method, MAX_CONTROL_METHOD) && _within(r.outcome, MAX_CONTROL_OUTCOME)
            && _within(r.risk, MAX_RISKS) && r.sealState <= MAX_SEAL_STATE && r.validUntil > r.effectiveAt;
    }

    function hold(bytes calldata body) internal pure returns (bool) {
        if (body.above(2, 32) | body.above(3, 8) | body.above(4, 32) | body.above(6, 40) != 0) return false;
        Records.Hold calldata r = body.hold();
        return _within(r.action, uint256(type(HoldAction).max)) && r.reason <= MAX_REASON;
    }

    function admission(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(0, 16) | body.above(2, 8) | body.above(4, 16) | body.above(5, 160)
            | body.above(6, 160) | body.above(7, 40) | body.above(8, 40) | (body.word(1) << 16);
        if (dirty != 0) return false;
        Records.Admission calldata r = body.admission();
        if (r.administration == 0 || !_within(r.action, uint256(type(AdmissionAction).max))) return false;
        AdmissionAction action = AdmissionAction(r.action);
        if ((action == AdmissionAction.SUCCEED) != (r.predecessor != 0)) return false;
        if (action == AdmissionAction.ADMIT || action == AdmissionAction.SUCCEED) {
            return _isCountry(r.country) && _distinct(r.firstKey, r.secondKey);
        }
        return r.firstKey == address(0) && r.secondKey == address(0);
    }

    function operatorStatus(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(0, 16) | body.above(2, 32) | body.above(3, 8) | body.above(4, 8)
            | body.above(5, 160) | body.above(6, 8) | body.above(7, 40) | body.above(8, 40)
            | body.above(9, 40);
        if (dirty != 0) return false;
        Records.OperatorStatus calldata r = body.operatorStatus();
        if (r.kind < uint256(OrganisationKind.OPERATOR) || r.kind > uint256(OrganisationKind.AUDITOR)) {
            return false;
        }
        if (!_within(r.status, uint256(OrganisationStatus.EXPELLED)) || r.organisation <= type(uint16).max) {
            return false;
        }
        if (r.key == address(0)) return r.purposes == 0 && r.notBefore == 0 && r.notAfter == 0;
        return purposesFit(r.purposes, OrganisationKind(r.kind));
    }

    function keyAuthorisation(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(0, 32) | body.above(2, 160) | body.above(3, 8) | body.above(4, 8)
            | body.above(5, 32) | body.above(6, 40) | body.above(7, 40) | body.above(8, 40)
            | body.above(9, 40);
        if (dirty != 0) return false;
        Records.KeyAuthorisation calldata r = body.keyAuthorisation();
        if (r.key == address(0) || !_within(r.action, uint256(type(KeyAction).max))) return false;
        KeyAction action = KeyAction(r.action);
        if (action == KeyAction.AUTHORISE) return r.compromisedSince == 0;
        if (r.purposes != 0 || r.office != 0 || r.notBefore != 0) return false;
        return (action == KeyAction.SHORTEN) == (r.notAfter != 0)
            && (action == KeyAction.COMPROMISED) == (r.compromisedSince != 0);
    }

    function administrationSetting(bytes calldata body) internal pure returns (bool) {
        return body.above(0, 16) | body.above(2, 32) | body.above(3, 40) == 0;
    }

    function grant(bytes calldata body) internal pure returns (bool) {
        uint256 dirty = body.above(0, 32) | body.above(1, 32) | body.above(2, 64) | body.above(3, 8)
            | body.above(4, 16) | body.above(5, 8) | body.above(6, 40) | body.above(7, 40) | body.above(8, 40);
        if (dirty != 0) return false;
        Records.Grant calldata r = body.grant();
        return r.agent != 0 && r.agent != r.declarant && _within(r.legs, ALL_LEGS)
            && (r.representation == REPRESENTATION_DIRECT || r.representation == REPRESENTATION_INDIRECT);
    }

    /// @notice MANAGE alone, or a non-empty set of what an organisation of this kind does.
    function purposesFit(uint256 purposes, OrganisationKind kind) internal pure returns (bool) {
        if (purposes == PURPOSE_MANAGE) return true;
        uint256 fitting = PURPOSE_READ;
        if (kind == OrganisationKind.ADMINISTRATION) fitting |= PURPOSE_DECIDE;
        if (kind == OrganisationKind.OPERATOR) fitting |= PURPOSE_DECLARE;
        if (kind == OrganisationKind.AGENCY) fitting |= PURPOSE_HOLD;
        return purposes != 0 && purposes & ~fitting == 0;
    }

    function _mayWriteVersion(Records.Decision calldata r) private pure returns (bool) {
        if (r.commitment == 0) return true;
        return Lifecycle.rowOf(r.kind).versions() && (r.kind != uint256(DecisionKind.GRANT) || r.request == 0);
    }

    function _mayTouchRisks(Records.Decision calldata r) private pure returns (bool) {
        bool amends = r.kind == uint256(DecisionKind.GRANT) || r.kind == uint256(DecisionKind.AMEND);
        return r.touchedRisks <= (amends ? MAX_RISKS : 0);
    }

    function _isCountry(bytes2 country) private pure returns (bool) {
        return country[0] >= "A" && country[0] <= "Z" && country[1] >= "A" && country[1] <= "Z";
    }

    function _distinct(address first, address second) private pure returns (bool) {
        return first != address(0) && second != address(0) && first != second;
    }

    function _within(uint256 value, uint256 greatest) private pure returns (bool) {
        return value != 0 && value <= greatest;
    }
}
