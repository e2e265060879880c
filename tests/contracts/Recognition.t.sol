// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {
    AdmissionAction,
    AeoStanding,
    DecisionKind,
    Outcome,
    PURPOSE_DECIDE,
    SuspensionAction,
    Verdict
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Recognised} from "./Recognised.sol";
import {vm} from "./Vm.sol";

/// @notice Recognition.tree: each reason for which a recognition is refused, and what a recorded one leaves.
contract RecognitionTest is Recognised {
    function test_ARecognitionOfAControl() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        (bytes32 settled, uint256 state) = consignments.declaration(imported);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        bytes32 digest = _record(_of(r, proof));
        IRecognitions.Node memory node = recognitions.recognition(digest);
        _equal(node.parent, control, "parent");
        _equal(node.declaration, imported, "declaration");
        _equal(node.depth, 1, "depth");
        _equal(node.administration, B, "author");
        _equal(recognitions.control(control).declaration, exported, "controlled declaration");
        _equal(recognitions.control(control).validUntil, block.timestamp + 1 days, "validity");
        _stands(digest);
        // It never changes B's status by itself.
        _equal(_settled(imported), settled, "settled head");
        _equal(_state(imported), state, "state");
        _equal(_reliance(imported), 0, "reliance");
    }

    function test_OnceProvenAControlNeedsNoProofAgain() external {
        (, bytes32 control) = _recognised();
        _record(_of(_decision(exported, DecisionKind.RECEIPT)));
        bytes32 again = _record(_of(_recognition(imported, B, control, agreed)));
        _equal(recognitions.recognition(again).depth, 1, "depth");
    }

    function test_ARecognitionOfARecognition() external {
        (bytes32 first,) = _recognised();
        bytes32 withC = _agreed(B, C);
        vm.warp(block.timestamp + 1);
        _record(_of(_recognition(transited, C, first, withC)));
    }

    function test_TheParentIsProven() external {
        Records.Control memory c = _control(exported);
        (bytes32 control, bytes memory proof) = _controlled(c);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        _refused(_of(r), Outcome.PARENT_NOT_PROVEN);
        _refused(_of(r, abi.encode(c)), Outcome.PARENT_NOT_PROVEN);
        c.validUntil += 1 days; // other facts than its own
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), control];
        _refused(
            _of(r, bytes.concat(abi.encode(c), abi.encode(bytes32(0), steps))), Outcome.PARENT_NOT_PROVEN
        );
        r.parent = keccak256("nothing");
        _refused(_of(r, proof), Outcome.PARENT_NOT_PROVEN);
        // A control that A signed and that was never recorded.
        c = _control(exported);
        Records.Entry memory unrecorded = _of(c);
        r.parent = _digest(unrecorded);
        steps[0] = [bytes32(0), r.parent];
        proof = bytes.concat(unrecorded.body, abi.encode(_settled(exported), steps));
        _refused(_of(r, proof), Outcome.PARENT_NOT_PROVEN);
        // A decision is no control.
        r.parent = _record(_of(_decision(exported, DecisionKind.RECEIPT)));
        _refused(_of(r, proof), Outcome.PARENT_NOT_PROVEN);
    }

    function test_OfAnOlderControl() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        bytes32 receipt = _record(_of(_decision(exported, DecisionKind.RECEIPT)));
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        _refused(_of(r, proof), Outcome.PARENT_NOT_PROVEN); // the head has moved on
        proof[16 * 32 + 2 * 32 + 31] = 0x02; // two steps
        _record(_of(r, bytes.concat(proof, bytes32(0), receipt)));
    }

    function test_Malformed() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        r.verdict = 0;
        _refused(_of(r, proof), Outcome.MALFORMED);
        r.verdict = 4;
        _refused(_of(r, proof), Outcome.MALFORMED);
        r = _recognition(imported, B, control, agreed);
        r.risk = 0;
        _refused(_of(r, proof), Outcome.MALFORMED);
        r.risk = 16;
        _refused(_of(r, proof), Outcome.MALFORMED);
        r = _recognition(imported, B, control, agreed);
        r.reason = 10;
        _refused(_of(r, proof), Outcome.MALFORMED);
        r = _recognition(imported, B, control, 0);
        _refused(_of(r, proof), Outcome.MALFORMED);
        r = _recognition(imported, B, control, agreed);
        r.scope = keccak256("items");
        _refused(_of(r, proof), Outcome.MALFORMED); // FULL covers all items
        r = _recognition(imported, B, control, agreed);
        r.verdict = uint8(Verdict.DECLINED);
        r.reason = 2;
        _refused(_of(r, proof), Outcome.MALFORMED); // under no arrangement
        (r.arrangement, r.reason) = (0, 0);
        _refused(_of(r, proof), Outcome.MALFORMED); // without a reason
    }

    function test_ByTheActiveAdministrationOfTheDeclaration() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.Recognition memory r = _recognition(transited, B, control, agreed);
        _refused(_of(r, proof), Outcome.NOT_COMPETENT);
        r.declaration = keccak256("nothing");
        _refused(_of(r, proof), Outcome.UNKNOWN_DECLARATION);
        r = _recognition(imported, B, control, agreed);
        Records.Entry memory entry = _entry(Records.RECOGNITION, abi.encode(r), _manager(B, 1));
        entry.proof = proof;
        _refused(entry, Outcome.KEY_PURPOSE);
        _ruled(AdmissionAction.SUSPEND, B);
        _refused(_of(r, proof), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_AKeyOfAnOfficeRecognisesForThatOfficeOnly() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.KeyAuthorisation memory k = _authorisation(B, vm.addr(_stranger()), PURPOSE_DECIDE);
        k.office = 7;
        _record(_proven(Records.KEY_AUTHORISATION, abi.encode(k), _manager(B, 1), _stranger()));
        _pass();
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        Records.Entry memory entry = _entry(Records.RECOGNITION, abi.encode(r), _stranger());
        entry.proof = proof;
        _refused(entry, Outcome.KEY_PURPOSE);
        r.office = 7;
        entry = _entry(Records.RECOGNITION, abi.encode(r), _stranger());
        entry.proof = proof;
        _record(entry);
    }

    function test_ForAVersionThatExistsOfALiveDeclaration() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        r.version = 0;
        _refused(_of(r, proof), Outcome.UNKNOWN_VERSION);
        r.version = 2;
        _refused(_of(r, proof), Outcome.UNKNOWN_VERSION);
        Records.Decision memory d = _decision(imported, DecisionKind.REJECT);
        d.administration = B;
        _record(_of(d));
        _refused(_of(_recognition(imported, B, control, agreed), proof), Outcome.TRANSITION_NOT_ALLOWED);
    }

    function test_TheEffectLiesWithinBoundsAndAfterTheControl() external {
        Records.Control memory c = _control(exported);
        c.effectiveAt += 60;
        (bytes32 control, bytes memory proof) = _controlled(c);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        _refused(_of(r, proof), Outcome.EFFECTIVE_TOO_EARLY);
        r.effectiveAt = uint40(block.timestamp + 5 minutes + 1);
        _refused(_of(r, proof), Outcome.EFFECTIVE_TOO_LATE);
        r.effectiveAt = uint40(block.timestamp - 72 hours - 1);
        _refused(_of(r, proof), Outcome.EFFECTIVE_TOO_EARLY);
        r.effectiveAt = c.effectiveAt;
        _record(_of(r, proof));
    }

    function test_OnTheSameConsignment() external {
        bytes32 elsewhere = _joined(_lodged(), B, OTHER);
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        _refused(_of(_recognition(elsewhere, B, control, agreed), proof), Outcome.OTHER_CONSIGNMENT);
        bytes32 opener = _record(_of(_outside(B)));
        _refused(_of(_recognition(opener, B, control, agreed), proof), Outcome.OTHER_CONSIGNMENT);
    }

    function test_OfNoControlAndOfDiscrepanciesNothingIsRecognised() external {
        Records.Control memory c = _control(exported);
        c.outcome = 4;
        (bytes32 control, bytes memory proof) = _controlled(c);
        _refused(_of(_recognition(imported, B, control, agreed), proof), Outcome.CONTROL_NOT_CARRIED_OUT);
        for (uint8 outcome = 2; outcome <= 3; ++outcome) {
            c = _control(exported);
            c.outcome = outcome;
            (control, proof) = _controlled(c);
            _refused(_of(_recognition(imported, B, control, agreed), proof), Outcome.DISCREPANCY_FOUND);
        }
    }

    function test_NotAfterItHasExpired() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        vm.warp(block.timestamp + 1 days - 1);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        r.effectiveAt += 1;
        _refused(_of(r, proof), Outcome.CONTROL_EXPIRED);
        r.effectiveAt -= 1;
        Records.Entry memory entry = _of(r, proof);
        vm.warp(block.timestamp + 1);
        _refused(entry, Outcome.CONTROL_EXPIRED); // whatever it says of its effect
    }

    function test_WithinTheRisksOfTheControl() external {
        Records.Control memory c = _control(exported);
        c.risk = 3;
        (bytes32 control, bytes memory proof) = _controlled(c);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        _refused(_of(r, proof), Outcome.OUT_OF_SCOPE); // not all of it
        r.risk = 4;
        r.verdict = uint8(Verdict.PARTIAL);
        _refused(_of(r, proof), Outcome.OUT_OF_SCOPE);
        r.risk = 2;
        _record(_of(r, proof));
    }

    function test_UnderAnArrangementOfTheTwo() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.Recognition memory r = _recognition(imported, B, control, keccak256("nothing"));
        _refused(_of(r, proof), Outcome.UNKNOWN_ARRANGEMENT);
        r.arrangement = _agreed(B, C);
        _refused(_of(r, proof), Outcome.UNKNOWN_ARRANGEMENT);
        r.arrangement = _agreed(A, C);
        _refused(_of(r, proof), Outcome.UNKNOWN_ARRANGEMENT);
    }

    function test_InForceAtTheControlAndNow() external {
        Records.Control memory c = _control(exported);
        c.effectiveAt -= 1;
        (bytes32 control, bytes memory proof) = _controlled(c);
        _refused(_of(_recognition(imported, B, control, agreed), proof), Outcome.ARRANGEMENT_NOT_IN_FORCE);
        Records.Arrangement memory brief = _arrangement(A, B);
        brief.validFrom += 10;
        brief.validUntil = brief.validFrom + 10;
        bytes32 second = _record(_of(brief));
        (control, proof) = _controlled(_control(exported));
        Records.Entry memory named = _of(_recognition(imported, B, control, second), proof);
        _refused(named, Outcome.ARRANGEMENT_NOT_IN_FORCE); // not yet at the control
        vm.warp(block.timestamp + 15);
        Records.Entry memory good = _of(_recognition(imported, B, control, agreed), proof);
        uint256 state = vm.snapshotState();
        _record(good); // the first version at the control, the second now
        vm.revertToState(state);
        vm.warp(block.timestamp + 15);
        _refused(good, Outcome.ARRANGEMENT_NOT_IN_FORCE); // the second has ended, and the first with it
    }

    function test_OfAnActivePartner() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.Entry memory entry = _of(_recognition(imported, B, control, agreed), proof);
        _ruled(AdmissionAction.SUSPEND, A);
        _refused(entry, Outcome.ARRANGEMENT_NOT_IN_FORCE);
    }

    function test_ASuspensionStopsNewRecognitionsOnly() external {
        (bytes32 first, bytes32 control) = _recognised();
        _record(_of(_suspension(A, agreed, SuspensionAction.SUSPEND)));
        _refused(_of(_recognition(imported, B, control, agreed)), Outcome.ARRANGEMENT_SUSPENDED);
        _stands(first);
        _record(_of(_suspension(A, agreed, SuspensionAction.RESUME)));
        _record(_of(_recognition(imported, B, control, agreed)));
    }

    function test_WithinTheScopeOfTheArrangement() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        _isOutside(control, proof, 0x100, 0xf, 15); // not home use, B's procedure
        _isOutside(control, proof, 0x001, 0xf, 15); // not outright export, A's procedure
        _isOutside(control, proof, 0x1ff, 0xe, 15); // not documentary
        _isOutside(control, proof, 0x1ff, 0xf, 14); // not security
    }

    function test_TheScopeOfTheNewVersionCountsToo() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        vm.warp(block.timestamp + 1);
        Records.Arrangement memory narrow = _arrangement(A, B);
        narrow.risks = 2;
        _record(_of(narrow));
        _refused(_of(_recognition(imported, B, control, agreed), proof), Outcome.OUT_OF_SCOPE);
    }

    function test_TheStandardIsMet() external {
        bytes32 name = keccak256("standard") & ~bytes32(uint256(0xff));
        vm.warp(block.timestamp + 1);
        Records.Arrangement memory strict = _arrangement(A, B);
        strict.standard = name | bytes32(uint256(2));
        bytes32 version = _record(_of(strict));
        _meets(version, 0, Outcome.BELOW_STANDARD);
        _meets(version, name | bytes32(uint256(1)), Outcome.BELOW_STANDARD);
        _meets(version, keccak256("another") | bytes32(uint256(0xff)), Outcome.BELOW_STANDARD);
        _meets(version, name | bytes32(uint256(2)), Outcome.RECORDED);
        _meets(version, name | bytes32(uint256(3)), Outcome.RECORDED);
    }

    function test_EightDeepAtMost() external {
        (bytes32 first,) = _recognised();
        bytes32 last = _chain(first, 7);
        _equal(recognitions.recognition(last).depth, 8, "depth");
        bool byA = recognitions.recognition(last).administration == B;
        Records.Recognition memory r = _recognition(byA ? exported : imported, byA ? A : B, last, agreed);
        _refused(_of(r), Outcome.TOO_DEEP);
    }

    function test_NothingRestsOnWhatIsBroken() external {
        bytes32 before = _settled(exported);
        (bytes32 first, bytes32 control) = _recognised();
        bytes32 second = _chain(first, 1);
        _revoke(control, before);
        _standing(first, Outcome.PARENT_BROKEN);
        _standing(second, Outcome.PARENT_BROKEN);
        _refused(_of(_recognition(imported, B, control, agreed)), Outcome.PARENT_BROKEN);
        _refused(_of(_recognition(imported, B, second, agreed)), Outcome.PARENT_BROKEN);
    }

    function test_ItsAuthorAloneSupersedesARecognition() external {
        (bytes32 first, bytes32 control) = _recognised();
        bytes32 child = _chain(first, 1);
        Records.Recognition memory r = _recognition(exported, A, first, agreed);
        r.supersedes = first;
        _refused(_of(r), Outcome.SUPERSEDES_NOT_PROVEN); // on another's declaration
        r = _recognition(imported, B, control, agreed);
        r.supersedes = keccak256("nothing");
        _refused(_of(r), Outcome.SUPERSEDES_NOT_PROVEN);
        r.supersedes = first;
        bytes32 next = _record(_of(r));
        _stands(next);
        _standing(first, Outcome.PARENT_BROKEN);
        _standing(child, Outcome.PARENT_BROKEN);
        r = _recognition(imported, B, control, agreed);
        r.supersedes = first;
        _refused(_of(r), Outcome.ALREADY_SUPERSEDED);
    }

    function test_Declined() external {
        Records.Control memory c = _control(exported);
        c.outcome = 4;
        (bytes32 control, bytes memory proof) = _controlled(c);
        Records.Recognition memory r = _recognition(imported, B, control, 0);
        (r.verdict, r.reason) = (uint8(Verdict.DECLINED), 2);
        bytes32 declined = _record(_of(r, proof)); // also of what could not be recognised
        _untraced(_of(r, proof), Outcome.ALREADY_RECORDED);
        r = _recognition(exported, A, declined, agreed);
        _refused(_of(r), Outcome.CONTROL_NOT_CARRIED_OUT);
        (control, proof) = _controlled(_control(exported));
        r = _recognition(imported, B, control, 0);
        (r.verdict, r.reason) = (uint8(Verdict.DECLINED), 2);
        declined = _record(_of(r, proof));
        _refused(_of(_recognition(exported, A, declined, agreed)), Outcome.PARENT_BROKEN);
    }

    function test_AnAmendmentBreaksForTheRisksThatItTouches() external {
        Records.Control memory c = _control(exported);
        c.risk = 3;
        (bytes32 control, bytes memory proof) = _controlled(c);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        r.verdict = uint8(Verdict.PARTIAL);
        bytes32 security = _record(_of(r, proof));
        r.risk = 2;
        bytes32 safety = _record(_of(r));
        _amend(exported, A, 1);
        _standing(security, Outcome.RISK_TOUCHED);
        _stands(safety);
        r = _recognition(imported, B, control, agreed);
        r.verdict = uint8(Verdict.PARTIAL);
        _refused(_of(r), Outcome.RISK_TOUCHED);
        // Until A reaffirms it: a control of the amended version, which B recognises anew.
        c = _control(exported);
        c.version = 2;
        (control, proof) = _controlled(c);
        _stands(_record(_of(_recognition(imported, B, control, agreed), proof)));
        _standing(security, Outcome.RISK_TOUCHED);
        _equal(consignments.touched(exported), 2, "lanes");
        _amend(exported, A, 9);
        _equal(consignments.touched(exported), 3 | (uint256(3) << 48), "lanes");
    }

    function test_AnAmendmentOfItsOwnDeclarationBreaksItToo() external {
        (bytes32 first, bytes32 control) = _recognised();
        _amend(imported, B, 0);
        _stands(first);
        _amend(imported, B, 1);
        _standing(first, Outcome.RISK_TOUCHED);
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        _refused(_of(r), Outcome.RISK_TOUCHED);
        r.version = 3;
        _record(_of(r));
    }

    function test_TheAeoStatusOfTheDeclarant() external {
        bytes32 granted = _record(_of(_aeo(OPERATOR)));
        bytes32 other = _record(_of(_aeo(AGENT)));
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        r.aeo = keccak256("nothing");
        _refused(_of(r, proof), Outcome.AEO_NOT_VALID);
        r.aeo = other;
        _refused(_of(r, proof), Outcome.AEO_NOT_VALID);
        r.aeo = granted;
        bytes32 digest = _record(_of(r, proof));
        vm.warp(block.timestamp + 1 hours);
        Records.Recognition memory later = _recognition(imported, B, control, agreed);
        later.aeo = granted;
        bytes32 second = _record(_of(later));
        // From its effective date on, which lies between the two.
        _record(_of(_ended(granted, AeoStanding.WITHDRAWN, block.timestamp - 30 minutes)));
        _stands(digest);
        _standing(second, Outcome.PARENT_BROKEN);
        later.evidence = _unique();
        _refused(_of(later), Outcome.AEO_NOT_VALID);
    }

    function _isOutside(bytes32 control, bytes memory proof, uint16 procedures, uint8 methods, uint8 risks)
        private
    {
        uint256 state = vm.snapshotState();
        vm.warp(block.timestamp + 1);
        Records.Arrangement memory narrow = _arrangement(A, B);
        (narrow.procedures, narrow.methods, narrow.risks) = (procedures, methods, risks);
        _record(_of(narrow));
        _refused(_of(_recognition(imported, B, control, agreed), proof), Outcome.OUT_OF_SCOPE);
        vm.revertToState(state);
    }

    function _meets(bytes32 version, bytes32 standard, uint256 outcome) private {
        Records.Control memory c = _control(exported);
        c.standard = standard;
        (bytes32 control, bytes memory proof) = _controlled(c);
        Records.Entry memory entry = _of(_recognition(imported, B, control, version), proof);
        if (outcome == Outcome.RECORDED) _record(entry);
        else _refused(entry, outcome);
    }
}
