// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    ALL_LEGS,
    ALL_METHODS,
    ALL_REGIMES,
    AdmissionAction,
    AeoStanding,
    AssistanceAction,
    DecisionKind,
    EncryptionSuite,
    ErasureCause,
    KeyAction,
    MAX_ADMISSION_ACTION,
    MAX_AEO_STANDING,
    MAX_ASSISTANCE_ACTION,
    MAX_ASSISTANCE_KIND,
    MAX_CONTROL_METHOD,
    MAX_CONTROL_OUTCOME,
    MAX_DECISION_KIND,
    MAX_ENCRYPTION_SUITE,
    MAX_ERASURE_CAUSE,
    MAX_HOLD_ACTION,
    MAX_KEY_ACTION,
    MAX_LEG,
    MAX_LINK_KIND,
    MAX_REASON,
    MAX_REGIME,
    MAX_RISKS,
    MAX_SEAL_STATE,
    MAX_STAGE,
    MAX_SUSPENSION_ACTION,
    MAX_VERDICT,
    OrganisationKind,
    OrganisationStatus,
    PURPOSE_DECIDE,
    PURPOSE_DECLARE,
    PURPOSE_HOLD,
    PURPOSE_MANAGE,
    PURPOSE_READ,
    REPRESENTATION_DIRECT,
    REPRESENTATION_INDIRECT,
    Stage,
    Verdict
} from "./Codes.sol";
import {Lifecycle} from "./Lifecycle.sol";
import {both, either} from "./Logic.sol";
import "./Words.sol" as Words;

/// @title The form of each record
/// @notice True when every value fits its type and code list and the combination makes sense: all that can be said of
/// a record by looking at nothing else. A value that is compared with the end of its list needs no look at its width.
library Forms {
    function declaration(Words.Declaration calldata r) internal pure returns (bool) {
        uint256 wide = ((r.declarant | r.agent) >> 32) | ((r.effectiveAt | r.deadline) >> 40);
        bool fits = wide | (r.joinKey >> 160) | (r.administration >> 16) == 0;
        fits = both(fits, both(_within(r.leg, MAX_LEG), _within(r.regime, MAX_REGIME)));
        fits = both(fits, both(_within(r.stage, MAX_STAGE), r.linkKind <= MAX_LINK_KIND));
        fits = both(fits, (r.link == 0) == (r.linkKind == 0));
        fits = both(fits, (r.consignment == 0) == (r.joinKey != 0));
        fits = both(fits, both(r.commitment != 0, r.schema != 0));
        // An administration has no agent, and nobody else reports a declaration of which only the number is known.
        fits = both(fits, either(r.declarant != 0, r.agent == 0));
        return both(fits, either(r.declarant == 0, r.stage != Stage.REPORTED));
    }

    function amendmentRequest(Words.AmendmentRequest calldata r) internal pure returns (bool) {
        return _requester(r.declarant, r.agent) && _time(r.deadline) && r.commitment != 0 && r.schema != 0;
    }

    function invalidationRequest(Words.InvalidationRequest calldata r) internal pure returns (bool) {
        return _requester(r.declarant, r.agent) && _time(r.deadline) && r.reason <= MAX_REASON;
    }

    function presentationNotice(Words.PresentationNotice calldata r) internal pure returns (bool) {
        return _requester(r.declarant, r.agent) && _time(r.effectiveAt | r.deadline);
    }

    function decision(Words.Decision calldata r) internal pure returns (bool) {
        uint256 wide = (r.administration >> 16) | (r.office >> 32);
        wide |= (r.effectiveAt | r.limitAt | r.deadline) >> 40;
        if (wide != 0 || r.reason > MAX_REASON) return false;
        uint256 kind = r.kind;
        if (!_within(kind, MAX_DECISION_KIND)) return false;
        if (r.touchedRisks | uint256(r.commitment) | uint256(r.reliance) == 0) return true;
        if (r.reliance != 0 && !_mayRely(kind)) return false;
        bool amends = kind == DecisionKind.GRANT || kind == DecisionKind.AMEND;
        if (r.touchedRisks > (amends ? MAX_RISKS : 0)) return false;
        if (r.commitment == 0) return true;
        return Lifecycle.rowOf(kind).versions() && (kind != DecisionKind.GRANT || r.request == 0);
    }

    function control(Words.Control calldata r) internal pure returns (bool) {
        if (r.administration >> 16 != 0 || r.office >> 32 != 0 || r.version >> 16 != 0) return false;
        return _time(r.effectiveAt | r.validUntil | r.deadline) && r.validUntil > r.effectiveAt
            && _within(r.method, MAX_CONTROL_METHOD) && _within(r.outcome, MAX_CONTROL_OUTCOME)
            && _within(r.risk, MAX_RISKS) && r.sealState <= MAX_SEAL_STATE;
    }

    function hold(Words.Hold calldata r) internal pure returns (bool) {
        return
            _party(r.agency) && _time(r.deadline) && r.reason <= MAX_REASON
                && _within(r.action, MAX_HOLD_ACTION);
    }

    /// @notice The administration itself names no declarant, and only it orders.
    function erasure(Words.Erasure calldata r) internal pure returns (bool) {
        if (!_party(r.declarant | r.agent) || (r.version | r.administration) >> 16 != 0) return false;
        if (!_time(r.deadline) || r.commitment == 0 || !_within(r.cause, MAX_ERASURE_CAUSE)) return false;
        if (r.administration != 0) return r.declarant | r.agent == 0;
        return r.declarant != 0 && r.cause != ErasureCause.ORDERED;
    }

    function recognition(Words.Recognition calldata r) internal pure returns (bool) {
        if ((r.administration | r.version) >> 16 != 0 || r.office >> 32 != 0) return false;
        if (!_time(r.effectiveAt | r.deadline) || r.reason > MAX_REASON) return false;
        if (!_within(r.verdict, MAX_VERDICT) || !_within(r.risk, MAX_RISKS)) return false;
        if (r.verdict == Verdict.DECLINED) {
            return r.reason != 0 && r.arrangement | r.aeo | r.scope == 0;
        }
        return r.arrangement != 0 && (r.verdict == Verdict.PARTIAL || r.scope == 0);
    }

    function arrangement(Words.Arrangement calldata r) internal pure returns (bool) {
        if (r.second >> 16 != 0 || r.first >= r.second) return false;
        return _time(r.validFrom | r.validUntil | r.deadline) && r.validUntil > r.validFrom
            && _within(r.procedures, ALL_REGIMES) && _within(r.methods, ALL_METHODS)
            && _within(r.risks, MAX_RISKS);
    }

    function arrangementSuspension(Words.ArrangementSuspension calldata r) internal pure returns (bool) {
        return r.administration >> 16 == 0 && _within(r.action, MAX_SUSPENSION_ACTION)
            && r.reason <= MAX_REASON && _time(r.deadline);
    }

    function aeoStatus(Words.AeoStatus calldata r) internal pure returns (bool) {
        if (r.administration >> 16 != 0 || !_party(r.operator)) return false;
        if (!_time(r.validFrom | r.validUntil | r.deadline)) return false;
        if (!_within(r.status, MAX_AEO_STANDING) || r.validFrom == 0) return false;
        if (r.status == AeoStanding.GRANTED) return r.grant == 0 && r.validUntil > r.validFrom;
        return r.grant != 0 && r.validUntil == 0;
    }

    function assistance(Words.Assistance calldata r) internal pure returns (bool) {
        if ((r.administration | r.addressee) >> 16 != 0 || r.addressee == 0) return false;
        if (r.administration == r.addressee || !_time(r.dueAt | r.deadline)) return false;
        if (!_within(r.action, MAX_ASSISTANCE_ACTION) || r.reason > MAX_REASON) return false;
        if (!_within(r.kind, MAX_ASSISTANCE_KIND)) return false;
        if (r.action == AssistanceAction.REQUEST) return r.request == 0 && r.commitment != 0 && r.dueAt != 0;
        return r.request != 0 && r.dueAt == 0 && (r.action == AssistanceAction.REFUSAL) == (r.commitment == 0);
    }

    function admission(Words.Admission calldata r) internal pure returns (bool) {
        if ((r.administration | r.predecessor) >> 16 != 0 || (r.firstKey | r.secondKey) >> 160 != 0) {
            return false;
        }
        if (r.administration == 0 || !_time(r.effectiveAt | r.deadline)) return false;
        if (!_within(r.action, MAX_ADMISSION_ACTION) || uint256(r.country) << 16 != 0) {
            return false;
        }
        bool succeeds = r.action == AdmissionAction.SUCCEED;
        if (succeeds != (r.predecessor != 0)) return false;
        if (!succeeds && r.action != AdmissionAction.ADMIT) return r.firstKey | r.secondKey == 0;
        return
            _isCountry(bytes2(r.country)) && r.firstKey != 0 && r.secondKey != 0 && r.firstKey != r.secondKey;
    }

    function operatorStatus(Words.OperatorStatus calldata r) internal pure returns (bool) {
        if (r.administration >> 16 != 0 || r.key >> 160 != 0 || !_party(r.organisation)) return false;
        if (!_time(r.notBefore | r.notAfter | r.deadline) || r.organisation <= type(uint16).max) {
            return false;
        }
        if (r.kind < OrganisationKind.OPERATOR || r.kind > OrganisationKind.AUDITOR) {
            return false;
        }
        if (!_within(r.status, OrganisationStatus.EXPELLED)) return false;
        return r.key == 0 ? r.purposes | r.notBefore | r.notAfter == 0 : purposesFit(r.purposes, r.kind);
    }

    /// @notice Whether the purposes of a key to authorise fit its organisation is another matter: `purposesFit`.
    function keyAuthorisation(Words.KeyAuthorisation calldata r) internal pure returns (bool) {
        if (!_party(r.organisation | r.office) || r.key == 0 || r.key >> 160 != 0) return false;
        if (!_time(r.notBefore | r.notAfter | r.compromisedSince | r.deadline) || r.purposes >> 8 != 0) {
            return false;
        }
        if (!_within(r.action, MAX_KEY_ACTION)) return false;
        if (r.action == KeyAction.AUTHORISE) return r.compromisedSince == 0;
        return r.purposes | r.office | r.notBefore == 0
            && (r.action == KeyAction.SHORTEN) == (r.notAfter != 0)
            && (r.action == KeyAction.COMPROMISED) == (r.compromisedSince != 0);
    }

    function administrationSetting(Words.AdministrationSetting calldata r) internal pure returns (bool) {
        return r.administration >> 16 == 0 && r.backdating >> 32 == 0 && _time(r.deadline);
    }

    function grant(Words.Grant calldata r) internal pure returns (bool) {
        if (!_party(r.declarant | r.agent) || r.serial >> 64 != 0 || r.administration >> 16 != 0) {
            return false;
        }
        return _time(r.validFrom | r.validUntil | r.deadline) && r.agent != 0 && r.agent != r.declarant
            && _within(r.legs, ALL_LEGS)
            && (r.representation == REPRESENTATION_DIRECT || r.representation == REPRESENTATION_INDIRECT);
    }

    function encryptionKey(Words.EncryptionKey calldata r) internal pure returns (bool) {
        return _party(r.organisation | r.version) && _time(r.notBefore | r.notAfter | r.deadline)
            && r.version != 0 && r.key != 0 && _within(r.suite, MAX_ENCRYPTION_SUITE)
            && (r.suite == EncryptionSuite.HYBRID) == (r.hybrid != 0);
    }

    /// @notice MANAGE alone, or a non-empty set of what an organisation of this kind does.
    function purposesFit(uint256 purposes, uint256 kind) internal pure returns (bool) {
        if (purposes == PURPOSE_MANAGE) return true;
        uint256 fitting = PURPOSE_READ;
        if (kind == OrganisationKind.ADMINISTRATION) fitting |= PURPOSE_DECIDE;
        if (kind == OrganisationKind.OPERATOR) fitting |= PURPOSE_DECLARE;
        if (kind == OrganisationKind.AGENCY) fitting |= PURPOSE_HOLD;
        return purposes != 0 && purposes & ~fitting == 0;
    }

    /// @dev Where a control is waived.
    function _mayRely(uint256 kind) private pure returns (bool) {
        return Lifecycle.rowOf(kind).releases() || kind == DecisionKind.LIFT_CONTROL
            || kind == DecisionKind.LIFT_DOCUMENTS;
    }

    function _requester(uint256 declarant, uint256 agent) private pure returns (bool) {
        return declarant != 0 && _party(declarant | agent);
    }

    function _party(uint256 ids) private pure returns (bool) {
        return ids >> 32 == 0;
    }

    function _time(uint256 times) private pure returns (bool) {
        return times >> 40 == 0;
    }

    function _isCountry(bytes2 country) private pure returns (bool) {
        return country[0] >= "A" && country[0] <= "Z" && country[1] >= "A" && country[1] <= "Z";
    }

    function _within(uint256 value, uint256 greatest) private pure returns (bool) {
        unchecked {
            // 0 becomes the greatest of all numbers.
            return value - 1 < greatest;
        }
    }
}
