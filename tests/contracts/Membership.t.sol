// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {
    AdmissionAction,
    KeyAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    PURPOSE_DECIDE,
    PURPOSE_DECLARE,
    PURPOSE_MANAGE,
    PURPOSE_READ
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice Membership.tree: operators and agencies, an administration's setting, agents' mandates.
contract MembershipTest is World {
    uint32 private constant NEW = 90_001;

    function test_ANewcomer() external {
        bytes32 digest = _record(_admit(B, NEW, OrganisationKind.AUDITOR, PURPOSE_READ));
        _equal(participants.organisation(NEW).status, OrganisationStatus.NONE, "not in this block");
        _pass();
        IParticipants.Participant memory p = participants.organisation(NEW);
        _equal(p.status, OrganisationStatus.ACTIVE, "active");
        _equal(p.kind, OrganisationKind.AUDITOR, "kind");
        _equal(p.sponsor, B, "sponsor");
        _equal(p.backdating, 0, "no setting");
        _equal(p.head, keccak256(abi.encode(bytes32(0), digest)), "head");
        IParticipants.RegisteredKey memory k = participants.key(vm.addr(_key(NEW)));
        _equal(k.organisation, NEW, "key");
        _equal(k.notBefore, block.timestamp, "from the second after");
    }

    function test_Malformed() external {
        address key = vm.addr(_key(NEW));
        Records.OperatorStatus memory r =
            _newcomer(A, 65_535, OrganisationKind.OPERATOR, key, PURPOSE_DECLARE);
        _refused(_given(r), Outcome.MALFORMED);
        r = _newcomer(A, NEW, OrganisationKind.ADMINISTRATION, key, PURPOSE_DECIDE);
        _refused(_given(r), Outcome.MALFORMED);
        r.kind = 5;
        _refused(_given(r), Outcome.MALFORMED);
        r = _newcomer(A, NEW, OrganisationKind.OPERATOR, key, PURPOSE_DECLARE);
        r.status = 0;
        _refused(_given(r), Outcome.MALFORMED);
        r.status = uint8(OrganisationStatus.SUCCEEDED);
        _refused(_given(r), Outcome.MALFORMED);
        r.status = uint8(OrganisationStatus.SUSPENDED);
        _refused(_given(r), Outcome.MALFORMED);
        uint8[5] memory unfit = [0, 2, 4, 9, 32];
        for (uint256 i = 0; i < unfit.length; ++i) {
            r = _newcomer(A, NEW, OrganisationKind.OPERATOR, key, unfit[i]);
            _refused(_given(r), Outcome.MALFORMED);
        }
        r = _newcomer(A, NEW, OrganisationKind.OPERATOR, address(0), 0);
        _refused(_of(r), Outcome.MALFORMED);
        r.notAfter = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _standing(A, OPERATOR, OrganisationStatus.ACTIVE);
        r.kind = uint8(OrganisationKind.AGENCY);
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_HeadsAndIds() external {
        Records.OperatorStatus memory r =
            _newcomer(A, OPERATOR, OrganisationKind.OPERATOR, vm.addr(_stranger()), PURPOSE_DECLARE);
        _refused(_given(r), Outcome.IDENTITY_TAKEN);
        r = _newcomer(A, NEW, OrganisationKind.OPERATOR, vm.addr(_stranger()), PURPOSE_DECLARE);
        r.orgHead = keccak256("head");
        _refused(_given(r), Outcome.UNKNOWN_ORGANISATION);
        r = _standing(A, OPERATOR, OrganisationStatus.SUSPENDED);
        r.orgHead = keccak256("head");
        _refused(_of(r), Outcome.STALE_HEAD);
    }

    function test_OnlyTheSponsorOrItsSuccessor() external {
        Records.OperatorStatus memory r = _standing(B, OPERATOR, OrganisationStatus.EXPELLED);
        _refused(_of(r), Outcome.NOT_COMPETENT);
        Records.Admission memory s = _admission(AdmissionAction.SUCCEED, 9);
        s.predecessor = A;
        s.country = "AA";
        _record(_approved(s, _manager(A, 1), new uint256[](0)));
        _pass();
        _record(_of(_standing(9, OPERATOR, OrganisationStatus.EXPELLED)));
        _pass();
        _equal(participants.organisation(OPERATOR).status, OrganisationStatus.EXPELLED, "expelled");
    }

    function test_ASuspendedAdministrationAdmitsNobody() external {
        _ruled(AdmissionAction.SUSPEND, B);
        Records.Entry memory entry = _admit(B, NEW, OrganisationKind.OPERATOR, PURPOSE_DECLARE);
        _refused(entry, Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_TheKey() external {
        Records.OperatorStatus memory r =
            _newcomer(A, NEW, OrganisationKind.OPERATOR, vm.addr(_key(OTHER)), PURPOSE_DECLARE);
        _refused(_given(r), Outcome.IDENTITY_TAKEN);
        r = _newcomer(A, NEW, OrganisationKind.OPERATOR, vm.addr(_key(NEW)), PURPOSE_DECLARE);
        _refused(_of(r), Outcome.POSSESSION_NOT_PROVEN);
        r.notAfter = uint40(block.timestamp + 1);
        _refused(_given(r), Outcome.WINDOW_INVALID);
        r.notAfter = uint40(block.timestamp + 100);
        r.notBefore = r.notAfter;
        _refused(_given(r), Outcome.WINDOW_INVALID);
    }

    function test_AFurtherKeyNeedsNotice() external {
        vm.chainId(77);
        _deploy(false);
        _record(_admit(A, NEW, OrganisationKind.OPERATOR, PURPOSE_DECLARE));
        _pass();
        Records.OperatorStatus memory r = _standing(A, NEW, OrganisationStatus.ACTIVE);
        r.key = vm.addr(_stranger());
        r.purposes = uint8(PURPOSE_DECLARE);
        r.notBefore = uint40(block.timestamp + 7 days - 1);
        r.notAfter = uint40(block.timestamp + 30 days);
        Records.Entry memory entry =
            _proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(A, 1), _stranger());
        (uint8 outcome,) = participants.recordOne(entry);
        _equal(outcome, Outcome.NOTICE_TOO_SHORT, "a second too early");
        r.notBefore += 1;
        _record(_proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(A, 1), _stranger()));
    }

    function test_SixteenManagingKeysAtMost() external {
        for (uint256 i = 0; i < 16; ++i) {
            _record(_managing(i));
        }
        _refused(_managing(16), Outcome.WINDOW_INVALID);
        _equal(participants.managingKeys(OPERATOR).length, 16, "sixteen");
    }

    function test_ASetting() external {
        bytes32 before = participants.organisationHead(A);
        Records.AdministrationSetting memory r = _setting(A, 99);
        bytes32 digest = _record(_of(r));
        _equal(participants.organisationHead(A), keccak256(abi.encode(before, digest)), "head");
        _equal(participants.backdating(A), 72 hours, "not in this block");
        _pass();
        _equal(participants.backdating(A), 99, "set");
        _equal(participants.organisation(A).backdating, 99, "the same");
        r.backdating = 98;
        _refused(_of(r), Outcome.STALE_HEAD);
    }

    function test_ASettingByWhoMayNot() external {
        Records.AdministrationSetting memory r = _setting(B, 99);
        _ruled(AdmissionAction.SUSPEND, B);
        _record(_of(r));
        _record(_approved(_admission(AdmissionAction.EXPEL, B), _manager(A, 1), _one(_manager(C, 1))));
        _pass();
        _refused(_of(_setting(B, 98)), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_AGrant() external {
        Records.Grant memory r = _grantOf(OPERATOR, AGENT);
        r.administration = B;
        r.legs = 5;
        r.representation = 3;
        _record(_of(r));
        IParticipants.AgentMandate memory m = participants.mandate(OPERATOR, AGENT);
        _true(
            m.serial == r.serial && m.representation == 3 && m.administration == B && m.legs == 5,
            "as granted"
        );
        _true(m.validFrom == r.validFrom && m.validUntil == r.validUntil, "for that time");
        _equal(participants.mandate(AGENT, OPERATOR).serial, 0, "not the other way round");
    }

    function test_AGrantAgainstTheRules() external {
        Records.Grant memory r = _grantOf(OPERATOR, AGENT);
        r.agent = OPERATOR;
        _refused(_of(r), Outcome.MALFORMED);
        r.agent = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _grantOf(OPERATOR, AGENT);
        r.legs = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.legs = 8;
        _refused(_of(r), Outcome.MALFORMED);
        r.legs = 7;
        r.representation = 1;
        _refused(_of(r), Outcome.MALFORMED);
        r.representation = 4;
        _refused(_of(r), Outcome.MALFORMED);
        r = _grantOf(OPERATOR, NEW);
        _refused(_of(r), Outcome.UNKNOWN_ORGANISATION);
        r = _grantOf(OPERATOR, AGENCY);
        _refused(_of(r), Outcome.UNKNOWN_ORGANISATION);
        r = _grantOf(OPERATOR, AGENT);
        r.serial = 0;
        _refused(_of(r), Outcome.SERIAL_NOT_INCREASING);
        r.serial = 7;
        _record(_of(r));
        r.legs = 1;
        _refused(_of(r), Outcome.SERIAL_NOT_INCREASING);
        r.serial = 6;
        _refused(_of(r), Outcome.SERIAL_NOT_INCREASING);
        Records.Grant memory byAgency = _grantOf(AGENCY, AGENT);
        _refused(_of(byAgency), Outcome.KEY_PURPOSE);
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.EXPELLED)));
        _pass();
        _refused(_of(_grantOf(OPERATOR, AGENT)), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_AGrantIsWithdrawn() external {
        _record(_of(_grantOf(OPERATOR, AGENT)));
        Records.Declaration memory d = _declaration();
        d.agent = AGENT;
        _record(_of(d));
        Records.Grant memory r = _grantOf(OPERATOR, AGENT);
        r.validUntil = 0;
        _record(_of(r));
        d = _declaration();
        d.agent = AGENT;
        _refused(_of(d), Outcome.MANDATE_MISSING);
    }

    function _managing(uint256 number) private view returns (Records.Entry memory) {
        uint256 key = _manager(OPERATOR, number);
        Records.OperatorStatus memory r = _standing(A, OPERATOR, OrganisationStatus.ACTIVE);
        r.key = vm.addr(key);
        r.purposes = uint8(PURPOSE_MANAGE);
        r.notBefore = uint40(block.timestamp);
        r.notAfter = uint40(block.timestamp + 400 days);
        return _proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(A, 1), key);
    }

    /// @dev With possession shown by whichever key of this file the record names.
    function _given(Records.OperatorStatus memory r) private view returns (Records.Entry memory) {
        uint256 prover = r.key == vm.addr(_stranger()) ? _stranger() : _key(r.organisation);
        if (r.key == vm.addr(_key(NEW))) prover = _key(NEW);
        return _proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(r.administration, 1), prover);
    }
}
