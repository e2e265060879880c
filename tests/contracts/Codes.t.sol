// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "../../contracts/types/Codes.sol" as Codes;
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";

/// @notice Every code of the contracts has the number of `tests/vectors/codes.json`, and no number is missing here.
contract CodesTest {
    string private _json;

    function setUp() external {
        _json = vm.readFile("tests/vectors/codes.json");
    }

    function test_RecordType() external view {
        _is("RecordType.DECLARATION", Records.DECLARATION);
        _is("RecordType.AMENDMENT_REQUEST", Records.AMENDMENT_REQUEST);
        _is("RecordType.INVALIDATION_REQUEST", Records.INVALIDATION_REQUEST);
        _is("RecordType.PRESENTATION_NOTICE", Records.PRESENTATION_NOTICE);
        _is("RecordType.DECISION", Records.DECISION);
        _is("RecordType.CONTROL", Records.CONTROL);
        _is("RecordType.HOLD", Records.HOLD);
        _is("RecordType.RECOGNITION", Records.RECOGNITION);
        _is("RecordType.ADMISSION", Records.ADMISSION);
        _is("RecordType.OPERATOR_STATUS", Records.OPERATOR_STATUS);
        _is("RecordType.KEY_AUTHORISATION", Records.KEY_AUTHORISATION);
        _is("RecordType.ADMINISTRATION_SETTING", Records.ADMINISTRATION_SETTING);
        _is("RecordType.GRANT", Records.GRANT);
        _is("RecordType.ERASURE", Records.ERASURE);
        _is("RecordType.ENCRYPTION_KEY", Records.ENCRYPTION_KEY);
        _is("RecordType.ARRANGEMENT", Records.ARRANGEMENT);
        _is("RecordType.ARRANGEMENT_SUSPENSION", Records.ARRANGEMENT_SUSPENSION);
        _is("RecordType.AEO_STATUS", Records.AEO_STATUS);
        _is("RecordType.ASSISTANCE", Records.ASSISTANCE);
        _counts("RecordType", 19);
    }

    function test_Status() external view {
        _is("Status.NONE", Codes.Status.NONE);
        _is("Status.REPORTED", Codes.Status.REPORTED);
        _is("Status.PRE_LODGED", Codes.Status.PRE_LODGED);
        _is("Status.LODGED", Codes.Status.LODGED);
        _is("Status.ACCEPTED", Codes.Status.ACCEPTED);
        _is("Status.RELEASED", Codes.Status.RELEASED);
        _is("Status.CONDITIONALLY_RELEASED", Codes.Status.CONDITIONALLY_RELEASED);
        _is("Status.PARTLY_RELEASED", Codes.Status.PARTLY_RELEASED);
        _is("Status.CLEARED", Codes.Status.CLEARED);
        _is("Status.EXITED", Codes.Status.EXITED);
        _is("Status.REFUSED", Codes.Status.REFUSED);
        _is("Status.SEIZED", Codes.Status.SEIZED);
        _is("Status.RETURNED", Codes.Status.RETURNED);
        _is("Status.RE_EXPORTED", Codes.Status.RE_EXPORTED);
        _is("Status.ABANDONED", Codes.Status.ABANDONED);
        _is("Status.REJECTED", Codes.Status.REJECTED);
        _is("Status.INVALIDATED", Codes.Status.INVALIDATED);
        _is("Status.DESTROYED", Codes.Status.DESTROYED);
        _is("Status.CLOSED", Codes.Status.CLOSED);
        _counts("Status", 19);
    }

    function test_DecisionKind() external view {
        _is("DecisionKind.RECEIPT", Codes.DecisionKind.RECEIPT);
        _is("DecisionKind.REGISTER", Codes.DecisionKind.REGISTER);
        _is("DecisionKind.REGISTER_PRE_LODGED", Codes.DecisionKind.REGISTER_PRE_LODGED);
        _is("DecisionKind.ACCEPT", Codes.DecisionKind.ACCEPT);
        _is("DecisionKind.REJECT", Codes.DecisionKind.REJECT);
        _is("DecisionKind.REQUIRE_CONTROL", Codes.DecisionKind.REQUIRE_CONTROL);
        _is("DecisionKind.REQUIRE_DOCUMENTS", Codes.DecisionKind.REQUIRE_DOCUMENTS);
        _is("DecisionKind.REQUIRE_PAYMENT", Codes.DecisionKind.REQUIRE_PAYMENT);
        _is("DecisionKind.DETAIN", Codes.DecisionKind.DETAIN);
        _is("DecisionKind.LIFT_CONTROL", Codes.DecisionKind.LIFT_CONTROL);
        _is("DecisionKind.LIFT_DOCUMENTS", Codes.DecisionKind.LIFT_DOCUMENTS);
        _is("DecisionKind.LIFT_PAYMENT", Codes.DecisionKind.LIFT_PAYMENT);
        _is("DecisionKind.LIFT_DETENTION", Codes.DecisionKind.LIFT_DETENTION);
        _is("DecisionKind.QUERY", Codes.DecisionKind.QUERY);
        _is("DecisionKind.GRANT", Codes.DecisionKind.GRANT);
        _is("DecisionKind.REFUSE_REQUEST", Codes.DecisionKind.REFUSE_REQUEST);
        _is("DecisionKind.AMEND", Codes.DecisionKind.AMEND);
        _is("DecisionKind.RELEASE", Codes.DecisionKind.RELEASE);
        _is("DecisionKind.CONDITIONALLY_RELEASE", Codes.DecisionKind.CONDITIONALLY_RELEASE);
        _is("DecisionKind.CLEAR", Codes.DecisionKind.CLEAR);
        _is("DecisionKind.CONFIRM_EXIT", Codes.DecisionKind.CONFIRM_EXIT);
        _is("DecisionKind.REMIND_EXIT", Codes.DecisionKind.REMIND_EXIT);
        _is("DecisionKind.INVALIDATE", Codes.DecisionKind.INVALIDATE);
        _is("DecisionKind.REFUSE", Codes.DecisionKind.REFUSE);
        _is("DecisionKind.SEIZE", Codes.DecisionKind.SEIZE);
        _is("DecisionKind.RETURN", Codes.DecisionKind.RETURN);
        _is("DecisionKind.RE_EXPORT", Codes.DecisionKind.RE_EXPORT);
        _is("DecisionKind.DESTROY", Codes.DecisionKind.DESTROY);
        _is("DecisionKind.ABANDON", Codes.DecisionKind.ABANDON);
        _is("DecisionKind.CLOSE", Codes.DecisionKind.CLOSE);
        _is("DecisionKind.REINSTATE", Codes.DecisionKind.REINSTATE);
        _is("DecisionKind.ASSESS", Codes.DecisionKind.ASSESS);
        _is("DecisionKind.SECURE", Codes.DecisionKind.SECURE);
        _is("DecisionKind.ASSESS_FINALLY", Codes.DecisionKind.ASSESS_FINALLY);
        _is("DecisionKind.REASSESS", Codes.DecisionKind.REASSESS);
        _counts("DecisionKind", 35);
    }

    function test_Outcome() external view {
        _is("Outcome.RECORDED", Codes.Outcome.RECORDED);
        _is("Outcome.NOT_AUTHENTIC", Codes.Outcome.NOT_AUTHENTIC);
        _is("Outcome.ALREADY_RECORDED", Codes.Outcome.ALREADY_RECORDED);
        _is("Outcome.MALFORMED", Codes.Outcome.MALFORMED);
        _is("Outcome.EXPIRED", Codes.Outcome.EXPIRED);
        _is("Outcome.DEADLINE_TOO_FAR", Codes.Outcome.DEADLINE_TOO_FAR);
        _is("Outcome.KEY_NOT_VALID", Codes.Outcome.KEY_NOT_VALID);
        _is("Outcome.KEY_PURPOSE", Codes.Outcome.KEY_PURPOSE);
        _is("Outcome.ORGANISATION_NOT_ACTIVE", Codes.Outcome.ORGANISATION_NOT_ACTIVE);
        _is("Outcome.NOT_COMPETENT", Codes.Outcome.NOT_COMPETENT);
        _is("Outcome.UNKNOWN_DECLARATION", Codes.Outcome.UNKNOWN_DECLARATION);
        _is("Outcome.STALE_HEAD", Codes.Outcome.STALE_HEAD);
        _is("Outcome.REQUEST_NOT_NAMED", Codes.Outcome.REQUEST_NOT_NAMED);
        _is("Outcome.REQUEST_PENDING", Codes.Outcome.REQUEST_PENDING);
        _is("Outcome.TRANSITION_NOT_ALLOWED", Codes.Outcome.TRANSITION_NOT_ALLOWED);
        _is("Outcome.OVERRIDE_NEEDED", Codes.Outcome.OVERRIDE_NEEDED);
        _is("Outcome.LIMIT_INVALID", Codes.Outcome.LIMIT_INVALID);
        _is("Outcome.EFFECTIVE_TOO_EARLY", Codes.Outcome.EFFECTIVE_TOO_EARLY);
        _is("Outcome.EFFECTIVE_TOO_LATE", Codes.Outcome.EFFECTIVE_TOO_LATE);
        _is("Outcome.SUPERSEDES_NOT_PROVEN", Codes.Outcome.SUPERSEDES_NOT_PROVEN);
        _is("Outcome.ALREADY_SUPERSEDED", Codes.Outcome.ALREADY_SUPERSEDED);
        _is("Outcome.UNKNOWN_CONSIGNMENT", Codes.Outcome.UNKNOWN_CONSIGNMENT);
        _is("Outcome.JOIN_NOT_PROVEN", Codes.Outcome.JOIN_NOT_PROVEN);
        _is("Outcome.UNKNOWN_LINK", Codes.Outcome.UNKNOWN_LINK);
        _is("Outcome.MANDATE_MISSING", Codes.Outcome.MANDATE_MISSING);
        _is("Outcome.UNKNOWN_VERSION", Codes.Outcome.UNKNOWN_VERSION);
        _is("Outcome.HOLD_NOT_OPEN", Codes.Outcome.HOLD_NOT_OPEN);
        _is("Outcome.HOLD_ALREADY_OPEN", Codes.Outcome.HOLD_ALREADY_OPEN);
        _is("Outcome.VERSIONS_EXHAUSTED", Codes.Outcome.VERSIONS_EXHAUSTED);
        _is("Outcome.IDENTITY_TAKEN", Codes.Outcome.IDENTITY_TAKEN);
        _is("Outcome.UNKNOWN_ORGANISATION", Codes.Outcome.UNKNOWN_ORGANISATION);
        _is("Outcome.POSSESSION_NOT_PROVEN", Codes.Outcome.POSSESSION_NOT_PROVEN);
        _is("Outcome.APPROVALS_MISSING", Codes.Outcome.APPROVALS_MISSING);
        _is("Outcome.NOTICE_TOO_SHORT", Codes.Outcome.NOTICE_TOO_SHORT);
        _is("Outcome.WINDOW_INVALID", Codes.Outcome.WINDOW_INVALID);
        _is("Outcome.VETO_NOT_POSSIBLE", Codes.Outcome.VETO_NOT_POSSIBLE);
        _is("Outcome.SERIAL_NOT_INCREASING", Codes.Outcome.SERIAL_NOT_INCREASING);
        _is("Outcome.MANAGING_KEYS_NEEDED", Codes.Outcome.MANAGING_KEYS_NEEDED);
        _is("Outcome.UNKNOWN_RECORD_TYPE", Codes.Outcome.UNKNOWN_RECORD_TYPE);
        _is("Outcome.ALREADY_ERASED", Codes.Outcome.ALREADY_ERASED);
        _is("Outcome.ENCRYPTION_KEY_INVALID", Codes.Outcome.ENCRYPTION_KEY_INVALID);
        _is("Outcome.UNKNOWN_ARRANGEMENT", Codes.Outcome.UNKNOWN_ARRANGEMENT);
        _is("Outcome.ARRANGEMENT_NOT_IN_FORCE", Codes.Outcome.ARRANGEMENT_NOT_IN_FORCE);
        _is("Outcome.ARRANGEMENT_SUSPENDED", Codes.Outcome.ARRANGEMENT_SUSPENDED);
        _is("Outcome.OUT_OF_SCOPE", Codes.Outcome.OUT_OF_SCOPE);
        _is("Outcome.BELOW_STANDARD", Codes.Outcome.BELOW_STANDARD);
        _is("Outcome.PARENT_NOT_PROVEN", Codes.Outcome.PARENT_NOT_PROVEN);
        _is("Outcome.CONTROL_NOT_CARRIED_OUT", Codes.Outcome.CONTROL_NOT_CARRIED_OUT);
        _is("Outcome.DISCREPANCY_FOUND", Codes.Outcome.DISCREPANCY_FOUND);
        _is("Outcome.CONTROL_EXPIRED", Codes.Outcome.CONTROL_EXPIRED);
        _is("Outcome.RISK_TOUCHED", Codes.Outcome.RISK_TOUCHED);
        _is("Outcome.PARENT_BROKEN", Codes.Outcome.PARENT_BROKEN);
        _is("Outcome.TOO_DEEP", Codes.Outcome.TOO_DEEP);
        _is("Outcome.OTHER_CONSIGNMENT", Codes.Outcome.OTHER_CONSIGNMENT);
        _is("Outcome.AEO_NOT_VALID", Codes.Outcome.AEO_NOT_VALID);
        _is("Outcome.RELIANCE_NOT_PROVEN", Codes.Outcome.RELIANCE_NOT_PROVEN);
        _is("Outcome.RELIANCE_INVALID", Codes.Outcome.RELIANCE_INVALID);
        _is("Outcome.UNKNOWN_REQUEST", Codes.Outcome.UNKNOWN_REQUEST);
        _is("Outcome.ALREADY_ANSWERED", Codes.Outcome.ALREADY_ANSWERED);
        _counts("Outcome", 59);
    }

    function test_OrganisationKind() external view {
        _is("OrganisationKind.ADMINISTRATION", Codes.OrganisationKind.ADMINISTRATION);
        _is("OrganisationKind.OPERATOR", Codes.OrganisationKind.OPERATOR);
        _is("OrganisationKind.AGENCY", Codes.OrganisationKind.AGENCY);
        _is("OrganisationKind.AUDITOR", Codes.OrganisationKind.AUDITOR);
        _counts("OrganisationKind", 4);
    }

    function test_OrganisationStatus() external view {
        _is("OrganisationStatus.NONE", Codes.OrganisationStatus.NONE);
        _is("OrganisationStatus.ACTIVE", Codes.OrganisationStatus.ACTIVE);
        _is("OrganisationStatus.SUSPENDED", Codes.OrganisationStatus.SUSPENDED);
        _is("OrganisationStatus.EXPELLED", Codes.OrganisationStatus.EXPELLED);
        _is("OrganisationStatus.SUCCEEDED", Codes.OrganisationStatus.SUCCEEDED);
        _counts("OrganisationStatus", 5);
    }

    function test_Pending() external view {
        _is("Pending.NONE", Codes.Pending.NONE);
        _is("Pending.AMENDMENT", Codes.Pending.AMENDMENT);
        _is("Pending.INVALIDATION", Codes.Pending.INVALIDATION);
        _is("Pending.PRESENTATION", Codes.Pending.PRESENTATION);
        _counts("Pending", 4);
    }

    function test_Debt() external view {
        _is("Debt.NONE", Codes.Debt.NONE);
        _is("Debt.INDICATIVE", Codes.Debt.INDICATIVE);
        _is("Debt.SECURED", Codes.Debt.SECURED);
        _is("Debt.FINAL", Codes.Debt.FINAL);
        _is("Debt.REVISED", Codes.Debt.REVISED);
        _counts("Debt", 5);
    }

    function test_Stage() external view {
        _is("Stage.PRE_LODGED", Codes.Stage.PRE_LODGED);
        _is("Stage.ARRIVED", Codes.Stage.ARRIVED);
        _is("Stage.SUPPLEMENTARY", Codes.Stage.SUPPLEMENTARY);
        _is("Stage.REPORTED", Codes.Stage.REPORTED);
        _counts("Stage", 4);
    }

    function test_HoldAction() external view {
        _is("HoldAction.SET", Codes.HoldAction.SET);
        _is("HoldAction.LIFT", Codes.HoldAction.LIFT);
        _counts("HoldAction", 2);
    }

    function test_ErasureCause() external view {
        _is("ErasureCause.REQUESTED", Codes.ErasureCause.REQUESTED);
        _is("ErasureCause.RETENTION_ENDED", Codes.ErasureCause.RETENTION_ENDED);
        _is("ErasureCause.ORDERED", Codes.ErasureCause.ORDERED);
        _counts("ErasureCause", 3);
    }

    function test_EncryptionSuite() external view {
        _is("EncryptionSuite.X25519", Codes.EncryptionSuite.X25519);
        _is("EncryptionSuite.HYBRID", Codes.EncryptionSuite.HYBRID);
        _counts("EncryptionSuite", 2);
    }

    function test_AdmissionAction() external view {
        _is("AdmissionAction.ADMIT", Codes.AdmissionAction.ADMIT);
        _is("AdmissionAction.SUSPEND", Codes.AdmissionAction.SUSPEND);
        _is("AdmissionAction.REINSTATE", Codes.AdmissionAction.REINSTATE);
        _is("AdmissionAction.EXPEL", Codes.AdmissionAction.EXPEL);
        _is("AdmissionAction.SUCCEED", Codes.AdmissionAction.SUCCEED);
        _counts("AdmissionAction", 5);
    }

    function test_KeyAction() external view {
        _is("KeyAction.AUTHORISE", Codes.KeyAction.AUTHORISE);
        _is("KeyAction.SHORTEN", Codes.KeyAction.SHORTEN);
        _is("KeyAction.COMPROMISED", Codes.KeyAction.COMPROMISED);
        _is("KeyAction.VETO", Codes.KeyAction.VETO);
        _counts("KeyAction", 4);
    }

    function test_Flag() external view {
        _is("Flag.CONTROL", Codes.FLAG_CONTROL);
        _is("Flag.DOCUMENTS", Codes.FLAG_DOCUMENTS);
        _is("Flag.DETENTION", Codes.FLAG_DETENTION);
        _is("Flag.PAYMENT", Codes.FLAG_PAYMENT);
        _is("Flag.AGENCY", Codes.FLAG_AGENCY);
        _is("Flag.OVERRIDDEN", Codes.FLAG_OVERRIDDEN);
        _is("Flag.CLEARED", Codes.FLAG_CLEARED);
        _is("Flag.EXIT_DUE", Codes.FLAG_EXIT_DUE);
        _is("Flag.RECEIVED_OUTSIDE", Codes.FLAG_RECEIVED_OUTSIDE);
        _is("Flag.PARTIAL", Codes.FLAG_PARTIAL);
        _is("Flag.JOINED", Codes.FLAG_JOINED);
        _is("Flag.SEAL_BROKEN", Codes.FLAG_SEAL_BROKEN);
        _counts("Flag", 12);
    }

    function test_Purpose() external view {
        _is("Purpose.DECLARE", Codes.PURPOSE_DECLARE);
        _is("Purpose.DECIDE", Codes.PURPOSE_DECIDE);
        _is("Purpose.HOLD", Codes.PURPOSE_HOLD);
        _is("Purpose.MANAGE", Codes.PURPOSE_MANAGE);
        _is("Purpose.READ", Codes.PURPOSE_READ);
        _counts("Purpose", 5);
    }

    function test_Representation() external view {
        _is("Representation.DIRECT", Codes.REPRESENTATION_DIRECT);
        _is("Representation.INDIRECT", Codes.REPRESENTATION_INDIRECT);
        _counts("Representation", 2);
    }

    function test_Recognition() external view {
        _is("ControlOutcome.NONE_FOUND", Codes.ControlOutcome.NONE_FOUND);
        _is("ControlOutcome.MINOR_DISCREPANCY", Codes.ControlOutcome.MINOR_DISCREPANCY);
        _is("ControlOutcome.MAJOR_DISCREPANCY", Codes.ControlOutcome.MAJOR_DISCREPANCY);
        _is("ControlOutcome.NOT_CARRIED_OUT", Codes.ControlOutcome.NOT_CARRIED_OUT);
        _is("SealState.INTACT", Codes.SealState.INTACT);
        _is("SealState.BROKEN", Codes.SealState.BROKEN);
        _is("SealState.REPLACED", Codes.SealState.REPLACED);
        _is("Verdict.FULL", Codes.Verdict.FULL);
        _is("Verdict.PARTIAL", Codes.Verdict.PARTIAL);
        _is("Verdict.DECLINED", Codes.Verdict.DECLINED);
        _is("SuspensionAction.SUSPEND", Codes.SuspensionAction.SUSPEND);
        _is("SuspensionAction.RESUME", Codes.SuspensionAction.RESUME);
        _is("AeoStanding.GRANTED", Codes.AeoStanding.GRANTED);
        _is("AeoStanding.SUSPENDED", Codes.AeoStanding.SUSPENDED);
        _is("AeoStanding.WITHDRAWN", Codes.AeoStanding.WITHDRAWN);
        _is("AssistanceAction.REQUEST", Codes.AssistanceAction.REQUEST);
        _is("AssistanceAction.ANSWER", Codes.AssistanceAction.ANSWER);
        _is("AssistanceAction.REFUSAL", Codes.AssistanceAction.REFUSAL);
        _is("Reliance.NONE", Codes.Reliance.NONE);
        _is("Reliance.STANDS", Codes.Reliance.STANDS);
        _is("Reliance.WITHDRAWN", Codes.Reliance.WITHDRAWN);
    }

    /// @dev Lists of which the contracts look at nothing but the range.
    function test_TheGreatestOfAList() external view {
        _ends("Leg", Codes.MAX_LEG);
        _ends("Regime", Codes.MAX_REGIME);
        _ends("Stage", Codes.MAX_STAGE);
        _ends("LinkKind", Codes.MAX_LINK_KIND);
        _ends("DecisionKind", Codes.MAX_DECISION_KIND);
        _ends("Reason", Codes.MAX_REASON);
        _ends("ControlMethod", Codes.MAX_CONTROL_METHOD);
        _ends("ControlOutcome", Codes.MAX_CONTROL_OUTCOME);
        _ends("SealState", Codes.MAX_SEAL_STATE);
        _ends("HoldAction", Codes.MAX_HOLD_ACTION);
        _ends("ErasureCause", Codes.MAX_ERASURE_CAUSE);
        _ends("EncryptionSuite", Codes.MAX_ENCRYPTION_SUITE);
        _ends("Verdict", Codes.MAX_VERDICT);
        _ends("SuspensionAction", Codes.MAX_SUSPENSION_ACTION);
        _ends("AeoStanding", Codes.MAX_AEO_STANDING);
        _ends("AssistanceAction", Codes.MAX_ASSISTANCE_ACTION);
        _ends("AssistanceKind", Codes.MAX_ASSISTANCE_KIND);
        _ends("AdmissionAction", Codes.MAX_ADMISSION_ACTION);
        _ends("KeyAction", Codes.MAX_KEY_ACTION);
    }

    function test_SingleCodes() external view {
        _is("Reason.OVERRIDE", Codes.REASON_OVERRIDE);
        _is("Risk.FISCAL", (Codes.MAX_RISKS + 1) / 2);
        _is("Leg.IMPORT", Codes.MAX_LEG);
    }

    function _is(string memory name, uint256 code) private view {
        uint256 wanted = vm.parseJsonUint(_json, string.concat(".lists.", name));
        if (wanted != code) revert(name);
    }

    function _counts(string memory list, uint256 count) private view {
        if (vm.parseJsonKeys(_json, string.concat(".lists.", list)).length != count) revert(list);
    }

    /// @dev True of a list without gaps: as many codes above 0 as the greatest says.
    function _ends(string memory list, uint256 greatest) private view {
        string[] memory names = vm.parseJsonKeys(_json, string.concat(".lists.", list));
        uint256 positive = 0;
        for (uint256 i = 0; i < names.length; ++i) {
            uint256 code = vm.parseJsonUint(_json, string.concat(".lists.", list, ".", names[i]));
            if (code > greatest) revert(list);
            if (code != 0) ++positive;
        }
        if (positive != greatest) revert(list);
    }
}
