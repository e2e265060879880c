// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AdmissionAction,
    DecisionKind,
    FLAG_AGENCY,
    FLAG_DETENTION,
    FLAG_OVERRIDDEN,
    FLAG_PARTIAL,
    HoldAction,
    OrganisationStatus,
    Outcome,
    REASON_OVERRIDE,
    Status
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice Decision.tree
contract DecisionTest is World {
    function test_MovesTheSettledHead() external {
        bytes32 id = _lodged();
        bytes32 before = _settled(id);
        bytes32 digest = _record(_of(_decision(id, DecisionKind.ACCEPT)));
        _equal(_settled(id), keccak256(abi.encode(before, bytes32(0), digest)), "settled head");
        _equal(uint8(_state(id)), Status.ACCEPTED, "status");
    }

    function test_AnswersTheRequestThatItNames() external {
        bytes32 id = _accepted();
        bytes32 request = _record(_of(_amendment(id)));
        bytes32 before = _settled(id);
        bytes32 digest = _record(_of(_decision(id, DecisionKind.GRANT)));
        (bytes32 settled, bytes32 pending,,) = consignments.heads(id);
        _equal(settled, keccak256(abi.encode(before, request, digest)), "the head binds the request");
        _equal(pending, 0, "answered");
        _equal(uint16(_state(id) >> 64), 2, "version");
    }

    function test_ARequestThatItDoesNotAnswerStays() external {
        bytes32 id = _accepted();
        bytes32 request = _record(_of(_amendment(id)));
        _record(_of(_decision(id, DecisionKind.RELEASE)));
        (, bytes32 pending,,) = consignments.heads(id);
        _equal(pending, request, "still pending");
        _equal(uint16(_state(id) >> 64), 1, "version");
    }

    function test_Malformed() external {
        bytes32 id = _accepted();
        Records.Decision memory r = _decision(id, 0);
        _refused(_of(r), Outcome.MALFORMED);
        r.kind = 36;
        _refused(_of(r), Outcome.MALFORMED);
        r = _decision(id, DecisionKind.QUERY);
        r.reason = 10;
        _refused(_of(r), Outcome.MALFORMED);
        r = _decision(id, DecisionKind.QUERY);
        r.reliance = keccak256("reliance");
        _refused(_of(r), Outcome.MALFORMED);
        r = _decision(id, DecisionKind.QUERY);
        r.touchedRisks = 1;
        _refused(_of(r), Outcome.MALFORMED);
        r.kind = uint8(DecisionKind.AMEND);
        r.touchedRisks = 16;
        _refused(_of(r), Outcome.MALFORMED);
        r = _decision(id, DecisionKind.QUERY);
        r.commitment = keccak256("version");
        _refused(_of(r), Outcome.MALFORMED);
        bytes32 request = _record(_of(_amendment(id)));
        r = _decision(id, DecisionKind.GRANT);
        _equal(r.request, request, "named");
        r.commitment = keccak256("version");
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_AKeyOfAnOfficeDecidesForThatOfficeOnly() external {
        Records.KeyAuthorisation memory k = _authorisation(A, vm.addr(_stranger()), 2);
        k.office = 60;
        _record(_proven(Records.KEY_AUTHORISATION, abi.encode(k), _manager(A, 1), _stranger()));
        _pass();
        Records.Decision memory r = _decision(_lodged(), DecisionKind.ACCEPT);
        r.office = 61;
        _refused(_entry(Records.DECISION, abi.encode(r), _stranger()), Outcome.KEY_PURPOSE);
        r.office = 0;
        _refused(_entry(Records.DECISION, abi.encode(r), _stranger()), Outcome.KEY_PURPOSE);
        r.office = 60;
        _record(_entry(Records.DECISION, abi.encode(r), _stranger()));
        Records.Control memory c = _control(_lodged());
        _refused(_entry(Records.CONTROL, abi.encode(c), _stranger()), Outcome.KEY_PURPOSE);
    }

    function test_ByTheAdministrationOfTheDeclaration() external {
        bytes32 id = _lodged();
        Records.Decision memory r = _decision(id, DecisionKind.ACCEPT);
        r.administration = B;
        _refused(_of(r), Outcome.NOT_COMPETENT);
        _refused(_of(_decision(keccak256("nothing"), DecisionKind.ACCEPT)), Outcome.UNKNOWN_DECLARATION);
    }

    function test_ASuspendedAdministrationFinishesWhatIsOpen() external {
        bytes32 id = _record(_of(_outside(B)));
        _ruled(AdmissionAction.SUSPEND, B);
        Records.Decision memory r = _decision(id, DecisionKind.ACCEPT);
        r.administration = B;
        _record(_of(r));
    }

    function test_AnExpelledAdministrationDecidesNothing() external {
        bytes32 id = _record(_of(_outside(B)));
        _ruled(AdmissionAction.EXPEL, B);
        Records.Decision memory r = _decision(id, DecisionKind.ACCEPT);
        r.administration = B;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        _equal(consignments.status(id).authority, OrganisationStatus.EXPELLED, "authority withdrawn");
    }

    function test_ASuccessorDecides() external {
        bytes32 id = _record(_of(_outside(B)));
        Records.Admission memory s = _admission(AdmissionAction.SUCCEED, 9);
        s.predecessor = B;
        s.country = "BB";
        _record(_approved(s, _manager(B, 1), new uint256[](0)));
        _pass();
        Records.Decision memory r = _decision(id, DecisionKind.ACCEPT);
        r.administration = B;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        _record(_authorise(9, 2));
        _pass();
        r.administration = 9;
        _record(_of(r));
        _equal(consignments.status(id).authority, OrganisationStatus.ACTIVE, "its successor's standing");
    }

    function test_OnTheSettledHead() external {
        bytes32 id = _lodged();
        Records.Decision memory r = _decision(id, DecisionKind.ACCEPT);
        _record(_of(_decision(id, DecisionKind.RECEIPT)));
        _refused(_of(r), Outcome.STALE_HEAD);
    }

    function test_NamesWhatIsPending() external {
        bytes32 id = _lodged();
        Records.Decision memory r = _decision(id, DecisionKind.ACCEPT);
        r.request = keccak256("request");
        _refused(_of(r), Outcome.REQUEST_NOT_NAMED);
        bytes32 request = _record(_of(_amendment(id)));
        _refused(_of(r), Outcome.REQUEST_NOT_NAMED);
        r.request = 0;
        _refused(_of(r), Outcome.REQUEST_NOT_NAMED);
        r.kind = uint8(DecisionKind.DETAIN);
        r.request = request;
        _refused(_of(r), Outcome.REQUEST_NOT_NAMED);
        r.request = 0;
        _record(_of(r));
        _equal(uint16(_state(id) >> 80) & FLAG_DETENTION, FLAG_DETENTION, "safeguarded");
    }

    function test_AsTheLifecycleAllows() external {
        bytes32 id = _lodged();
        _refused(_of(_decision(id, DecisionKind.REGISTER)), Outcome.TRANSITION_NOT_ALLOWED);
        _refused(_of(_decision(id, DecisionKind.CONFIRM_EXIT)), Outcome.TRANSITION_NOT_ALLOWED);
        _record(_of(_decision(id, DecisionKind.REJECT)));
        for (uint256 kind = 1; kind <= DecisionKind.REASSESS; ++kind) {
            _refused(_of(_decision(id, kind)), Outcome.TRANSITION_NOT_ALLOWED);
        }
    }

    function test_ANarrowerDecisionReleasesPartly() external {
        bytes32 id = _accepted();
        Records.Decision memory r = _decision(id, DecisionKind.REFUSE);
        r.scope = keccak256("one item");
        _record(_of(r));
        _equal(uint8(_state(id)), Status.ACCEPTED, "the whole is not refused");
        _equal(uint16(_state(id) >> 80), FLAG_PARTIAL, "part is");
        _record(_of(_decision(id, DecisionKind.RELEASE)));
        _equal(uint8(_state(id)), Status.PARTLY_RELEASED, "the rest is released");
    }

    function test_Supersedes() external {
        bytes32 id = _accepted();
        bytes32 before = _settled(id);
        bytes32 refused = _record(_of(_decision(id, DecisionKind.REFUSE)));
        Records.Decision memory r = _decision(id, DecisionKind.RELEASE);
        r.supersedes = refused;
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), refused];
        Records.Entry memory entry = _of(r);
        entry.proof = abi.encode(before, steps);
        _record(entry);
        _true(consignments.superseded(refused), "superseded");
        _equal(uint8(_state(id)), Status.RELEASED, "status");
        r = _decision(id, DecisionKind.REFUSE);
        r.supersedes = refused;
        steps = new bytes32[2][](2);
        steps[0] = [bytes32(0), refused];
        steps[1] = [bytes32(0), _digest(entry)];
        entry = _of(r);
        entry.proof = abi.encode(before, steps);
        _refused(entry, Outcome.ALREADY_SUPERSEDED);
    }

    function test_TheSupersededMustBeProven() external {
        bytes32 id = _accepted();
        bytes32 before = _settled(id);
        bytes32 refused = _record(_of(_decision(id, DecisionKind.REFUSE)));
        Records.Decision memory r = _decision(id, DecisionKind.RELEASE);
        r.supersedes = refused;
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), refused];
        Records.Entry memory entry = _of(r);
        _unproven(entry, "");
        _unproven(entry, abi.encode(id, steps));
        bytes memory right = abi.encode(before, steps);
        _unproven(entry, bytes.concat(right, hex"00"));
        _unproven(entry, abi.encodePacked(right, bytes32(0)));
        _unproven(entry, abi.encode(before, uint256(96), uint256(1), bytes32(0), refused));
        _unproven(entry, abi.encode(before, uint256(64), uint256(0)));
        _unproven(entry, abi.encode(before, uint256(64), type(uint256).max));
        _unproven(entry, abi.encode(before, uint256(64), uint256(1) << 250, bytes32(0), refused));
        steps[0] = [bytes32(uint256(1)), refused];
        _unproven(entry, abi.encode(before, steps));
        _unproven(entry, abi.encode(before, new bytes32[2][](257)));
        r.supersedes = keccak256("another");
        _unproven(_of(r), right);
    }

    function test_TheOpeningIsNoDecision() external {
        bytes32 id = _lodged();
        Records.Decision memory r = _decision(id, DecisionKind.RELEASE);
        r.supersedes = id;
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), id];
        _unproven(_of(r), abi.encode(bytes32(0), steps));
    }

    function test_ATerminalStatusIsLeftBySupersedingOnly() external {
        bytes32 id = _lodged();
        bytes32 before = _settled(id);
        bytes32 rejected = _record(_of(_decision(id, DecisionKind.REJECT)));
        Records.Decision memory r = _decision(id, DecisionKind.REINSTATE);
        _refused(_of(r), Outcome.TRANSITION_NOT_ALLOWED);
        r.supersedes = rejected;
        r.scope = keccak256("some items");
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), rejected];
        Records.Entry memory entry = _of(r);
        entry.proof = abi.encode(before, steps);
        _refused(entry, Outcome.TRANSITION_NOT_ALLOWED);
        r.scope = 0;
        entry = _of(r);
        entry.proof = abi.encode(before, steps);
        _record(entry);
        _equal(uint8(_state(id)), Status.ACCEPTED, "reinstated");
    }

    function test_LimitsLieAfterTheEffect() external {
        bytes32 id = _accepted();
        Records.Decision memory r = _decision(id, DecisionKind.CONDITIONALLY_RELEASE);
        _refused(_of(r), Outcome.LIMIT_INVALID);
        r.limitAt = r.effectiveAt;
        _refused(_of(r), Outcome.LIMIT_INVALID);
        r.kind = uint8(DecisionKind.REQUIRE_DOCUMENTS);
        _refused(_of(r), Outcome.LIMIT_INVALID);
        r.limitAt = r.effectiveAt + 1;
        _record(_of(r));
        r = _decision(id, DecisionKind.CONDITIONALLY_RELEASE);
        r.limitAt = r.effectiveAt + 1;
        _record(_of(r));
        _equal(uint8(_state(id)), Status.CONDITIONALLY_RELEASED, "status");
    }

    function test_TheEffectLiesWithinBounds() external {
        Records.Decision memory r = _decision(_lodged(), DecisionKind.ACCEPT);
        r.effectiveAt = uint40(block.timestamp + 5 minutes + 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_LATE);
        r.effectiveAt = uint40(block.timestamp - 72 hours - 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_EARLY);
        r.effectiveAt += 1;
        _record(_of(r));
    }

    function test_AnOpenHoldNeedsAnOverride() external {
        bytes32 id = _accepted();
        _record(_of(_hold(id, HoldAction.SET)));
        Records.Decision memory r = _decision(id, DecisionKind.RELEASE);
        _refused(_of(r), Outcome.OVERRIDE_NEEDED);
        r.reason = uint32(REASON_OVERRIDE);
        r.evidence = 0;
        _refused(_of(r), Outcome.OVERRIDE_NEEDED);
        r.evidence = keccak256("reasons");
        _record(_of(r));
        _equal(uint16(_state(id) >> 80), FLAG_AGENCY | FLAG_OVERRIDDEN, "overridden");
        _record(_of(_decision(id, DecisionKind.CLEAR)));
    }

    function test_CustomsWriteVersions() external {
        bytes32 id = _accepted();
        Records.Decision memory r = _decision(id, DecisionKind.AMEND);
        r.commitment = keccak256("version");
        r.touchedRisks = 15;
        _record(_of(r));
        _equal(uint16(_state(id) >> 64), 2, "amended");
        r = _decision(id, DecisionKind.GRANT);
        r.commitment = keccak256("another");
        _record(_of(r));
        _equal(uint16(_state(id) >> 64), 3, "granted unasked");
        _record(_of(_decision(id, DecisionKind.AMEND)));
        _equal(uint16(_state(id) >> 64), 3, "without a commitment there is no version");
    }

    function _unproven(Records.Entry memory entry, bytes memory proof) private {
        entry.proof = proof;
        _refused(entry, Outcome.SUPERSEDES_NOT_PROVEN);
    }
}
