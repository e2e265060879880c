// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {AdmissionAction, Outcome, SuspensionAction} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Recognised} from "./Recognised.sol";
import {vm} from "./Vm.sol";

/// @notice Arrangement.tree: two signatures, versions in a line, suspension by either side.
contract ArrangementTest is Recognised {
    function test_BothSign() external view {
        IRecognitions.Version memory version = recognitions.arrangement(agreed);
        _equal(version.first, A, "first");
        _equal(version.second, B, "second");
        _equal(version.validUntil, block.timestamp + 365 days, "end");
        IRecognitions.Line memory line = recognitions.line(A, B);
        _equal(line.latest, agreed, "latest");
        _equal(line.head, keccak256(abi.encode(bytes32(0), agreed)), "head");
    }

    function test_OneAloneBindsNobody() external {
        Records.Arrangement memory r = _arrangement(A, C);
        Records.Entry memory entry = _of(r);
        entry.proof = "";
        _refused(entry, Outcome.APPROVALS_MISSING);
        entry.proof = _sign(_manager(A, 2), _digest(entry));
        _refused(entry, Outcome.APPROVALS_MISSING);
        entry.proof = _sign(_key(C), _digest(entry)); // a key that does not manage
        _refused(entry, Outcome.APPROVALS_MISSING);
        entry.proof = _sign(_manager(C, 2), _digest(entry));
        uint256 state = vm.snapshotState();
        _record(entry);
        vm.revertToState(state);
        _ruled(AdmissionAction.SUSPEND, C);
        Records.Entry[] memory group = new Records.Entry[](2);
        (group[0], group[1]) = (entry, _of(_outside(B)));
        _equal(consignments.record(group)[0], Outcome.APPROVALS_MISSING, "of a suspended party");
    }

    function test_TheFirstManagesAndIsActive() external {
        Records.Arrangement memory r = _arrangement(A, C);
        Records.Entry memory entry = _proven(Records.ARRANGEMENT, abi.encode(r), _key(A), _manager(C, 1));
        _refused(entry, Outcome.KEY_PURPOSE);
        _ruled(AdmissionAction.SUSPEND, A);
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_Malformed() external {
        Records.Arrangement memory r = _arrangement(A, C);
        (r.first, r.second) = (C, A);
        _refused(_of(r), Outcome.MALFORMED);
        r = _arrangement(A, C);
        r.second = A;
        _refused(_of(r), Outcome.MALFORMED);
        r = _arrangement(A, C);
        r.validUntil = r.validFrom;
        _refused(_of(r), Outcome.MALFORMED);
        r = _arrangement(A, C);
        r.procedures = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.procedures = 0x200;
        _refused(_of(r), Outcome.MALFORMED);
        r = _arrangement(A, C);
        r.methods = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.methods = 0x10;
        _refused(_of(r), Outcome.MALFORMED);
        r = _arrangement(A, C);
        r.risks = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.risks = 16;
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_NotForThePast() external {
        Records.Arrangement memory r = _arrangement(A, C);
        r.validFrom -= 1;
        _refused(_of(r), Outcome.WINDOW_INVALID);
    }

    function test_AVersionNamesItsPredecessorAndEndsIt() external {
        Records.Arrangement memory r = _arrangement(A, B);
        _refused(_of(r), Outcome.WINDOW_INVALID); // not later than the first
        r.validFrom += 10 days;
        r.predecessor = 0;
        _refused(_of(r), Outcome.STALE_HEAD);
        r.predecessor = agreed;
        bytes32 second = _record(_of(r));
        _untraced(_of(r), Outcome.ALREADY_RECORDED);
        _equal(recognitions.arrangement(agreed).validUntil, r.validFrom, "its end");
        _equal(recognitions.line(A, B).latest, second, "latest");
        r = _arrangement(A, B);
        r.validFrom += 400 days;
        r.validUntil += 800 days;
        _record(_of(r)); // a gap: the second's own end counts
        _equal(recognitions.arrangement(second).validUntil, block.timestamp + 365 days, "its end");
    }

    function test_EitherSideSuspendsAndResumes() external {
        Records.ArrangementSuspension memory first = _suspension(A, agreed, SuspensionAction.SUSPEND);
        _record(_of(first));
        _untraced(_of(first), Outcome.ALREADY_RECORDED);
        _true(recognitions.line(A, B).suspendedByFirst, "by A");
        _refused(_of(_suspension(A, agreed, SuspensionAction.SUSPEND)), Outcome.TRANSITION_NOT_ALLOWED);
        _refused(_of(_suspension(B, agreed, SuspensionAction.RESUME)), Outcome.TRANSITION_NOT_ALLOWED);
        _record(_of(_suspension(B, agreed, SuspensionAction.SUSPEND)));
        _record(_of(_suspension(A, agreed, SuspensionAction.RESUME)));
        _true(!recognitions.line(A, B).suspendedByFirst, "not by A");
        _true(recognitions.line(A, B).suspendedBySecond, "by B");
        _refused(_of(first), Outcome.STALE_HEAD); // a relayer repeats it in vain
    }

    function test_ASuspensionAgainstTheRules() external {
        Records.ArrangementSuspension memory r = _suspension(A, agreed, 3);
        _refused(_of(r), Outcome.MALFORMED);
        r = _suspension(A, agreed, SuspensionAction.SUSPEND);
        r.reason = 10;
        _refused(_of(r), Outcome.MALFORMED);
        r = _suspension(C, agreed, SuspensionAction.SUSPEND);
        _refused(_of(r), Outcome.NOT_COMPETENT);
        r = _suspension(A, keccak256("nothing"), SuspensionAction.SUSPEND);
        _refused(_of(r), Outcome.UNKNOWN_ARRANGEMENT);
        r = _suspension(A, agreed, SuspensionAction.SUSPEND);
        _refused(_entry(Records.ARRANGEMENT_SUSPENSION, abi.encode(r), _key(A)), Outcome.KEY_PURPOSE);
        vm.warp(block.timestamp + 1);
        _agreed(A, B);
        r.prev = recognitions.line(A, B).head;
        _refused(_of(r), Outcome.STALE_HEAD); // the latest version only
        _ruled(AdmissionAction.EXPEL, A);
        r = _suspension(A, recognitions.line(A, B).latest, SuspensionAction.SUSPEND);
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_ASuccessorStandsForItsPredecessor() external {
        bytes memory proof;
        bytes32 control;
        (control, proof) = _controlled(_control(exported));
        Records.Admission memory r = _admission(AdmissionAction.SUCCEED, 4);
        (r.predecessor, r.country) = (A, "AA");
        _record(_of(r));
        _pass();
        _pass();
        _record(_of(_recognition(imported, B, control, agreed), proof));
        Records.ArrangementSuspension memory s = _suspension(4, agreed, SuspensionAction.SUSPEND);
        _record(_of(s));
        _true(recognitions.line(A, B).suspendedByFirst, "in A's place");
    }
}
