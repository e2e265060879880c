// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {AdmissionAction, OrganisationStatus, Outcome} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice Admission.tree: what the council of administrations does. A, B and C are active, so two must approve.
contract AdmissionTest is World {
    uint16 private constant D = 4;

    function test_Admits() external {
        bytes32 before = participants.councilHead();
        bytes32 digest = _record(_of(_admission(AdmissionAction.ADMIT, D)));
        _equal(participants.councilHead(), keccak256(abi.encode(before, digest)), "council head");
        IParticipants.Participant memory p = participants.organisation(D);
        _equal(p.status, OrganisationStatus.NONE, "not yet");
        _equal(p.nextStatus, OrganisationStatus.ACTIVE, "to come");
        _equal(participants.activeAdministrations().length, 3, "three are active");
        _pass();
        p = participants.organisation(D);
        _equal(p.status, OrganisationStatus.ACTIVE, "active");
        _true(p.country == "DD" && participants.administrationOf("DD") == D, "country");
        _equal(participants.activeAdministrations()[3], D, "the fourth");
        _equal(participants.managingKeys(D).length, 2, "managing keys");
        (uint32 owner,,, bool valid,) = participants.keyAt(vm.addr(_manager(D, 2)), uint40(block.timestamp));
        _true(owner == D && valid, "its key");
        _record(_authorise(D, 2));
    }

    function test_FoundersAreTheFirstHead() external view {
        IParticipants.Founder[] memory f = new IParticipants.Founder[](3);
        f[0] = IParticipants.Founder(A, "AA", vm.addr(_manager(A, 1)), vm.addr(_manager(A, 2)));
        f[1] = IParticipants.Founder(B, "BB", vm.addr(_manager(B, 1)), vm.addr(_manager(B, 2)));
        f[2] = IParticipants.Founder(C, "CC", vm.addr(_manager(C, 1)), vm.addr(_manager(C, 2)));
        _equal(participants.councilHead(), keccak256(abi.encode(f)), "council head");
        _equal(participants.organisationHead(A) == 0 ? 1 : 0, 0, "A has recorded");
        _equal(participants.approvalsNeeded(), 2, "two thirds of three");
    }

    function test_Malformed() external {
        Records.Admission memory r = _admission(AdmissionAction.ADMIT, 0);
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(0, D);
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(6, D);
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(AdmissionAction.ADMIT, D);
        r.predecessor = B;
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(AdmissionAction.SUCCEED, D);
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(AdmissionAction.ADMIT, D);
        r.secondKey = r.firstKey;
        _refused(_of(r), Outcome.MALFORMED);
        r.secondKey = address(0);
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(AdmissionAction.ADMIT, D);
        r.country = "D1";
        _refused(_of(r), Outcome.MALFORMED);
        r.country = "d";
        _refused(_of(r), Outcome.MALFORMED);
        r.country = "aD";
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(AdmissionAction.SUSPEND, B);
        r.firstKey = address(1);
        _refused(_of(r), Outcome.MALFORMED);
        r = _admission(AdmissionAction.SUSPEND, B);
        r.country = "CC";
        _refused(_of(r), Outcome.MALFORMED);
        r.country = "BB";
        _record(_of(r));
    }

    function test_TwoThirdsApprove() external {
        Records.Admission memory r = _admission(AdmissionAction.ADMIT, D);
        _refused(_approved(r, _manager(A, 1), new uint256[](0)), Outcome.APPROVALS_MISSING);
        _refused(_approved(r, _manager(A, 1), _one(_manager(A, 2))), Outcome.APPROVALS_MISSING);
        _refused(_approved(r, _manager(A, 1), _one(_manager(A, 1))), Outcome.APPROVALS_MISSING);
        _refused(_approved(r, _manager(A, 1), _one(_key(B))), Outcome.APPROVALS_MISSING);
        _refused(_approved(r, _manager(A, 1), _one(_stranger())), Outcome.APPROVALS_MISSING);
        _refused(_approved(r, _manager(A, 1), _one(_key(OPERATOR))), Outcome.APPROVALS_MISSING);
        _record(_approved(r, _manager(A, 1), _one(_manager(C, 2))));
        _pass();
        _equal(participants.approvalsNeeded(), 3, "two thirds of four");
        r = _admission(AdmissionAction.EXPEL, B);
        _refused(_approved(r, _manager(A, 1), _one(_manager(D, 1))), Outcome.APPROVALS_MISSING);
        uint256[] memory others = new uint256[](2);
        others[0] = _manager(D, 1);
        others[1] = _manager(C, 1);
        _record(_approved(r, _manager(A, 1), others));
    }

    function test_AnApprovalThatDoesNotCountSpoilsNothing() external {
        uint256[] memory others = new uint256[](4);
        others[0] = _stranger();
        others[1] = _manager(A, 2);
        others[2] = _key(AGENCY);
        others[3] = _manager(B, 1);
        _record(_approved(_admission(AdmissionAction.ADMIT, D), _manager(A, 1), others));
    }

    function test_ASuspendedAdministrationDoesNotVote() external {
        _ruled(AdmissionAction.SUSPEND, B);
        Records.Admission memory r = _admission(AdmissionAction.REINSTATE, B);
        _refused(_approved(r, _manager(B, 1), _one(_manager(A, 1))), Outcome.ORGANISATION_NOT_ACTIVE);
        _refused(_approved(r, _manager(A, 1), _one(_manager(B, 1))), Outcome.APPROVALS_MISSING);
        _record(_approved(r, _manager(A, 1), _one(_manager(C, 1))));
    }

    function test_OnlyAdministrationsAreHeard() external {
        Records.Entry memory entry = _of(_admission(AdmissionAction.ADMIT, D));
        entry.signature = _sign(_key(OPERATOR), _digest(entry));
        _untraced(entry, Outcome.NOT_AUTHENTIC);
    }

    function test_AProofThatIsNoCanonicalEncodingHoldsNothing() external {
        Records.Entry memory entry = _of(_admission(AdmissionAction.ADMIT, D));
        bytes memory right = entry.proof;
        for (uint256 i = 0; i < right.length; i += 32) {
            // The first and the last byte of every word, the signatures' own bytes among them.
            _spoilt(entry, right, i);
            _spoilt(entry, right, i + 31);
        }
        entry.proof = bytes.concat(right, hex"00");
        _refused(entry, Outcome.APPROVALS_MISSING);
        entry.proof = abi.encode(uint256(64), type(uint256).max, type(uint256).max);
        _refused(entry, Outcome.APPROVALS_MISSING);
        entry.proof = abi.encode(uint256(64), uint256(96), uint256(256), uint256(0));
        _refused(entry, Outcome.APPROVALS_MISSING);
        entry.proof = "";
        _refused(entry, Outcome.APPROVALS_MISSING);
    }

    function test_OnTheCouncilHead() external {
        Records.Admission memory r = _admission(AdmissionAction.ADMIT, D);
        _record(_of(_admission(AdmissionAction.SUSPEND, C)));
        _refused(_of(r), Outcome.STALE_HEAD);
    }

    function test_IdsCountriesAndKeysAreTakenOnce() external {
        Records.Admission memory r = _admission(AdmissionAction.ADMIT, B);
        _refused(_of(r), Outcome.IDENTITY_TAKEN);
        r = _admission(AdmissionAction.ADMIT, D);
        r.country = "BB";
        _refused(_of(r), Outcome.IDENTITY_TAKEN);
        r = _admission(AdmissionAction.ADMIT, D);
        r.firstKey = vm.addr(_key(OPERATOR));
        _refused(_of(r), Outcome.IDENTITY_TAKEN);
        r = _admission(AdmissionAction.ADMIT, D);
        r.secondKey = vm.addr(_manager(B, 1));
        _refused(_of(r), Outcome.IDENTITY_TAKEN);
    }

    function test_ACountryWhoseAdministrationWasExpelledMayGetAnother() external {
        _ruled(AdmissionAction.EXPEL, B);
        Records.Admission memory r = _admission(AdmissionAction.ADMIT, D);
        r.country = "BB";
        _record(_approved(r, _manager(A, 1), _one(_manager(C, 1))));
        _pass();
        _equal(participants.administrationOf("BB"), D, "the new one");
    }

    function test_NewKeysShowThatTheyExist() external {
        Records.Admission memory r = _admission(AdmissionAction.ADMIT, D);
        r.secondKey = vm.addr(_stranger());
        _refused(_of(r), Outcome.POSSESSION_NOT_PROVEN);
        r = _admission(AdmissionAction.ADMIT, D);
        (r.firstKey, r.secondKey) = (r.secondKey, r.firstKey);
        _refused(_of(r), Outcome.POSSESSION_NOT_PROVEN);
    }

    function test_SuspendsReinstatesExpels() external {
        _refused(_of(_admission(AdmissionAction.SUSPEND, D)), Outcome.UNKNOWN_ORGANISATION);
        _refused(_of(_admission(AdmissionAction.REINSTATE, B)), Outcome.TRANSITION_NOT_ALLOWED);
        _ruled(AdmissionAction.SUSPEND, C);
        _equal(participants.organisation(C).status, OrganisationStatus.SUSPENDED, "suspended");
        (uint8 outcome,) = participants.recordOne(_of(_admission(AdmissionAction.SUSPEND, C)));
        _equal(outcome, Outcome.TRANSITION_NOT_ALLOWED, "once");
        _ruled(AdmissionAction.REINSTATE, C);
        _equal(participants.organisation(C).status, OrganisationStatus.ACTIVE, "reinstated");
        _ruled(AdmissionAction.SUSPEND, C);
        _ruled(AdmissionAction.EXPEL, C);
        _equal(participants.organisation(C).status, OrganisationStatus.EXPELLED, "expelled");
        (outcome,) = participants.recordOne(_of(_admission(AdmissionAction.REINSTATE, C)));
        _equal(outcome, Outcome.TRANSITION_NOT_ALLOWED, "for ever");
    }

    function test_ALaterChangeTakesThePlaceOfOneToCome() external {
        Records.Admission memory r = _admission(AdmissionAction.SUSPEND, C);
        r.effectiveAt = uint40(block.timestamp + 10 days);
        _record(_of(r));
        _equal(participants.organisation(C).nextStatus, OrganisationStatus.SUSPENDED, "to come");
        r = _admission(AdmissionAction.REINSTATE, C);
        _record(_of(r));
        vm.warp(block.timestamp + 11 days);
        _equal(participants.organisation(C).status, OrganisationStatus.ACTIVE, "never suspended");
    }

    function test_Notice() external {
        Records.Admission memory r = _admission(AdmissionAction.SUSPEND, C);
        r.effectiveAt = uint40(block.timestamp - 1);
        _refused(_of(r), Outcome.NOTICE_TOO_SHORT);
        vm.chainId(77);
        _deploy(false);
        r = _admission(AdmissionAction.SUSPEND, C);
        r.effectiveAt -= 1;
        (uint8 outcome,) = participants.recordOne(_of(r));
        _equal(outcome, Outcome.NOTICE_TOO_SHORT, "a second too early");
        r.effectiveAt += 1;
        _record(_of(r));
        vm.warp(r.effectiveAt - 1);
        _equal(participants.organisation(C).status, OrganisationStatus.ACTIVE, "not yet");
        _pass();
        _equal(participants.organisation(C).status, OrganisationStatus.SUSPENDED, "now");
    }

    function test_APredecessorSignsForItsSuccessor() external {
        Records.Admission memory r = _successor(B);
        _record(_approved(r, _manager(B, 1), new uint256[](0)));
        _pass();
        IParticipants.Participant memory p = participants.organisation(B);
        _equal(p.status, OrganisationStatus.SUCCEEDED, "succeeded");
        _equal(p.successor, D, "by D");
        _equal(participants.organisation(D).mark, 0, "in agreement");
        _true(participants.competent(B, D) && participants.competent(B, B), "competent");
        _true(!participants.competent(D, B) && !participants.competent(B, C), "nobody else");
        (uint16 now_,) = participants.competentFor(B);
        _equal(now_, D, "for B");
        _equal(participants.administrationOf("BB"), D, "for the country");
    }

    function test_TheCouncilTakesOverAfterThirtyDays() external {
        Records.Admission memory r = _successor(B);
        _refused(_of(_with(r, A)), Outcome.NOTICE_TOO_SHORT);
        r.effectiveAt = uint40(block.timestamp + 30 days);
        _record(_approved(r, _manager(A, 1), _one(_manager(C, 1))));
        _equal(participants.organisation(D).mark, 1, "marked for ever");
        _true(!participants.competent(B, D), "not yet");
        vm.warp(r.effectiveAt);
        _true(participants.competent(B, D), "now");
    }

    function test_ASuccessionAgainstTheRules() external {
        Records.Admission memory r = _successor(9);
        _refused(_of(_late(r)), Outcome.UNKNOWN_ORGANISATION);
        r = _successor(B);
        r.country = "CC";
        _refused(_of(_late(r)), Outcome.MALFORMED);
        r = _successor(B);
        r.administration = C;
        _refused(_of(_late(r)), Outcome.IDENTITY_TAKEN);
        _record(_of(_admission(AdmissionAction.SUSPEND, B)));
        // Its suspension is on its way: it may not evade it by a successor of its own choice.
        r = _successor(B);
        _refused(_approved(r, _manager(B, 1), new uint256[](0)), Outcome.TRANSITION_NOT_ALLOWED);
        _pass();
        _refused(_approved(r, _manager(B, 1), new uint256[](0)), Outcome.ORGANISATION_NOT_ACTIVE);
        _record(_approved(_late(r), _manager(A, 1), _one(_manager(C, 1))));
        r = _successor(B);
        r.administration = 5;
        Records.Entry memory entry = _approved(_late(r), _manager(A, 1), _one(_manager(C, 1)));
        _refused(entry, Outcome.IDENTITY_TAKEN);
    }

    function _successor(uint16 of_) private view returns (Records.Admission memory r) {
        r = _admission(AdmissionAction.SUCCEED, D);
        r.predecessor = of_;
        r.country = "BB";
    }

    function _late(Records.Admission memory r) private view returns (Records.Admission memory) {
        r.effectiveAt = uint40(block.timestamp + 30 days);
        return r;
    }

    function _with(Records.Admission memory r, uint16) private pure returns (Records.Admission memory) {
        return r;
    }

    function _spoilt(Records.Entry memory entry, bytes memory right, uint256 i) private {
        entry.proof = bytes.concat(right);
        entry.proof[i] = bytes1(uint8(entry.proof[i]) ^ 1);
        (uint8 outcome,) = participants.recordOne(entry);
        bool refused = outcome == Outcome.APPROVALS_MISSING || outcome == Outcome.POSSESSION_NOT_PROVEN;
        _true(refused, vm.toString(i));
    }
}
