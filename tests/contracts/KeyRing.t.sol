// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {
    AdmissionAction,
    KeyAction,
    OrganisationStatus,
    Outcome,
    PURPOSE_DECIDE,
    PURPOSE_DECLARE,
    PURPOSE_HOLD,
    PURPOSE_MANAGE,
    PURPOSE_READ
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice KeyRing.tree: on a production network, where changes of managing keys wait seven days.
contract KeyRingTest is World {
    uint256 private constant THIRD = 3;

    function setUp() public override {
        vm.chainId(77);
        vm.warp(START);
        _deploy(false);
        _populate();
    }

    function test_AuthorisesABusinessKey() external {
        bytes32 before = participants.organisationHead(A);
        Records.KeyAuthorisation memory r =
            _authorisation(A, vm.addr(_stranger()), PURPOSE_DECIDE | PURPOSE_READ);
        r.office = 60;
        bytes32 digest = _record(_possessed(r, _stranger()));
        _equal(participants.organisationHead(A), keccak256(abi.encode(before, digest)), "head");
        IParticipants.RegisteredKey memory k = participants.key(vm.addr(_stranger()));
        _true(k.organisation == A && k.purposes == 18 && k.office == 60, "as authorised");
        _true(k.notBefore == r.notBefore && k.notAfter == r.notAfter && k.unshortened == 0, "window");
        (,,, bool valid,) = participants.keyAt(vm.addr(_stranger()), uint40(block.timestamp));
        _true(!valid, "not in this block");
        (,,, valid,) = participants.keyAt(vm.addr(_stranger()), r.notBefore);
        _true(valid, "from then on");
        (,,, valid,) = participants.keyAt(vm.addr(_stranger()), r.notAfter);
        _true(!valid, "not any more");
    }

    function test_Malformed() external {
        Records.KeyAuthorisation memory r = _authorisation(A, address(0), PURPOSE_DECIDE);
        _refused(_of(r), Outcome.MALFORMED);
        r = _authorisation(A, vm.addr(_stranger()), PURPOSE_DECIDE);
        r.action = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.action = 5;
        _refused(_of(r), Outcome.MALFORMED);
        r = _authorisation(A, vm.addr(_stranger()), PURPOSE_DECIDE);
        r.compromisedSince = 1;
        _refused(_of(r), Outcome.MALFORMED);
        uint8[6] memory unfit = [0, 1, 4, 10, 24, 32];
        for (uint256 i = 0; i < unfit.length; ++i) {
            _refused(_of(_authorisation(A, vm.addr(_stranger()), unfit[i])), Outcome.MALFORMED);
        }
        for (uint256 action = KeyAction.SHORTEN; action <= KeyAction.VETO; ++action) {
            r = _keyRecord(A, vm.addr(_key(A)), action);
            if (action == KeyAction.SHORTEN) r.compromisedSince = 1;
            r.notAfter = action == KeyAction.COMPROMISED ? 1 : 0;
            if (action == KeyAction.VETO) r.office = 1;
            _refused(_of(r), Outcome.MALFORMED);
            r = _keyRecord(A, vm.addr(_key(A)), action);
            r.notAfter = action == KeyAction.SHORTEN ? uint40(block.timestamp + 10) : 0;
            r.compromisedSince = action == KeyAction.COMPROMISED ? uint40(block.timestamp) : 0;
            r.purposes = 2;
            _refused(_of(r), Outcome.MALFORMED);
            r.purposes = 0;
            r.notBefore = 1;
            _refused(_of(r), Outcome.MALFORMED);
        }
    }

    function test_ANewKeyIsNewAndShowsItself() external {
        Records.KeyAuthorisation memory r = _authorisation(A, vm.addr(_key(B)), PURPOSE_DECIDE);
        _refused(_possessed(r, _key(B)), Outcome.IDENTITY_TAKEN);
        r = _authorisation(A, vm.addr(_stranger()), PURPOSE_DECIDE);
        _refused(_possessed(r, _key(B)), Outcome.POSSESSION_NOT_PROVEN);
        _refused(_of(r), Outcome.POSSESSION_NOT_PROVEN);
        r.notBefore = uint40(block.timestamp);
        _refused(_possessed(r, _stranger()), Outcome.WINDOW_INVALID);
        r.notBefore = r.notAfter;
        _refused(_possessed(r, _stranger()), Outcome.WINDOW_INVALID);
        r.notBefore -= 1;
        r.orgHead = keccak256("head");
        _refused(_possessed(r, _stranger()), Outcome.STALE_HEAD);
    }

    function test_AManagingKeyWaitsSevenDays() external {
        Records.KeyAuthorisation memory r = _third();
        r.notBefore -= 1;
        _refused(_possessed(r, _manager(A, THIRD)), Outcome.NOTICE_TOO_SHORT);
        _record(_possessed(_third(), _manager(A, THIRD)));
        _refused(_byThird(_setting(A, 1)), Outcome.KEY_NOT_VALID);
        vm.warp(block.timestamp + 7 days);
        _record(_byThird(_setting(A, 1)));
    }

    function test_AnotherManagingKeyVetoesANewOne() external {
        _record(_possessed(_third(), _manager(A, THIRD)));
        Records.KeyAuthorisation memory r = _keyRecord(A, vm.addr(_manager(A, THIRD)), KeyAction.VETO);
        _record(_by(r, _manager(A, 2)));
        IParticipants.RegisteredKey memory k = participants.key(r.key);
        _equal(k.notAfter, k.notBefore, "never valid");
        _refused(_of(_keyRecord(A, r.key, KeyAction.VETO)), Outcome.VETO_NOT_POSSIBLE);
        vm.warp(block.timestamp + 8 days);
        _refused(_byThird(_setting(A, 1)), Outcome.KEY_NOT_VALID);
    }

    function test_WhatIsInEffectIsNotVetoed() external {
        _record(_possessed(_third(), _manager(A, THIRD)));
        vm.warp(block.timestamp + 7 days);
        _refused(_of(_keyRecord(A, vm.addr(_manager(A, THIRD)), KeyAction.VETO)), Outcome.VETO_NOT_POSSIBLE);
        _refused(_of(_keyRecord(A, vm.addr(_key(A)), KeyAction.VETO)), Outcome.VETO_NOT_POSSIBLE);
    }

    function test_ABusinessKeyIsShortenedAtOnce() external {
        Records.KeyAuthorisation memory r = _keyRecord(A, vm.addr(_key(A)), KeyAction.SHORTEN);
        r.notAfter = uint40(block.timestamp);
        _refused(_of(r), Outcome.WINDOW_INVALID);
        r.notAfter = participants.key(r.key).notAfter;
        _refused(_of(r), Outcome.WINDOW_INVALID);
        r.notAfter = uint40(block.timestamp + 1);
        _record(_of(r));
        bytes32 id = _lodged();
        _record(_of(_decision(id, 4)));
        _pass();
        _refused(_of(_decision(id, 1)), Outcome.KEY_NOT_VALID);
        _refused(_of(_keyRecord(A, r.key, KeyAction.VETO)), Outcome.VETO_NOT_POSSIBLE);
    }

    function test_AnAdministrationKeepsTwoManagingKeys() external {
        Records.KeyAuthorisation memory r = _shortening(2);
        _refused(_of(r), Outcome.MANAGING_KEYS_NEEDED);
        _record(_possessed(_third(), _manager(A, THIRD)));
        // The third may still be vetoed.
        _refused(_of(_shortening(2)), Outcome.MANAGING_KEYS_NEEDED);
        vm.warp(block.timestamp + 7 days);
        r = _shortening(2);
        r.notAfter -= 1;
        _refused(_of(r), Outcome.NOTICE_TOO_SHORT);
        _record(_of(_shortening(2)));
        _equal(participants.key(r.key).unshortened, type(uint40).max, "may be given back");
        _refused(_of(_shortening(3)), Outcome.MANAGING_KEYS_NEEDED);
    }

    function test_AShorteningIsVetoed() external {
        _record(_possessed(_third(), _manager(A, THIRD)));
        vm.warp(block.timestamp + 7 days);
        Records.KeyAuthorisation memory r = _shortening(2);
        _record(_of(r));
        r = _shortening(2);
        r.notAfter = uint40(block.timestamp + 7 days);
        Records.KeyAuthorisation memory veto = _keyRecord(A, r.key, KeyAction.VETO);
        _refused(_by(veto, _manager(A, 2)), Outcome.VETO_NOT_POSSIBLE);
        _record(_by(veto, _manager(A, THIRD)));
        IParticipants.RegisteredKey memory k = participants.key(r.key);
        _true(k.notAfter == type(uint40).max && k.unshortened == 0, "as it was");
        _refused(_of(_keyRecord(A, r.key, KeyAction.VETO)), Outcome.VETO_NOT_POSSIBLE);
    }

    function test_TwoShorteningsAreVetoedAtOnce() external {
        _record(_possessed(_third(), _manager(A, THIRD)));
        vm.warp(block.timestamp + 7 days);
        Records.KeyAuthorisation memory r = _shortening(2);
        r.notAfter += 100;
        _record(_of(r));
        _record(_of(_shortening(2)));
        _record(_of(_keyRecord(A, r.key, KeyAction.VETO)));
        _equal(participants.key(r.key).notAfter, type(uint40).max, "from before the first");
    }

    function test_AShorteningThatTookEffectIsFinal() external {
        _record(_possessed(_third(), _manager(A, THIRD)));
        vm.warp(block.timestamp + 7 days);
        Records.KeyAuthorisation memory r = _shortening(2);
        _record(_of(r));
        vm.warp(r.notAfter);
        _refused(_of(_keyRecord(A, r.key, KeyAction.VETO)), Outcome.VETO_NOT_POSSIBLE);
    }

    function test_AnEndedManagingKeyGivesItsPlace() external {
        _record(_possessed(_third(), _manager(A, THIRD)));
        vm.warp(block.timestamp + 7 days);
        Records.KeyAuthorisation memory r = _shortening(2);
        _record(_of(r));
        vm.warp(r.notAfter);
        _record(_possessed(_numbered(4), _manager(A, 4)));
        address[] memory keys = participants.managingKeys(A);
        _equal(keys.length, 3, "three");
        _true(keys[1] == vm.addr(_manager(A, 4)), "in the place of the second");
    }

    function test_SixteenManagingKeysAtMost() external {
        for (uint256 i = 3; i <= 16; ++i) {
            _record(_possessed(_numbered(i), _manager(A, i)));
        }
        _refused(_possessed(_numbered(17), _manager(A, 17)), Outcome.WINDOW_INVALID);
    }

    function test_ACompromiseFlagsAndMovesEarlierOnly() external {
        address key = vm.addr(_key(A));
        Records.KeyAuthorisation memory r = _keyRecord(A, key, KeyAction.COMPROMISED);
        r.compromisedSince = uint40(block.timestamp + 1);
        _refused(_of(r), Outcome.WINDOW_INVALID);
        r.compromisedSince = uint40(block.timestamp - 100);
        _record(_of(r));
        (,,, bool valid, bool disputed) = participants.keyAt(key, uint40(block.timestamp - 101));
        _true(!disputed, "before");
        (,,, valid, disputed) = participants.keyAt(key, uint40(block.timestamp));
        _true(valid && disputed, "valid all the same");
        r = _keyRecord(A, key, KeyAction.COMPROMISED);
        r.compromisedSince = uint40(block.timestamp - 100);
        _refused(_of(r), Outcome.WINDOW_INVALID);
        r.compromisedSince -= 1;
        _record(_of(r));
    }

    function test_TheKeysOfOthersAreOutOfReach() external {
        Records.KeyAuthorisation memory r = _keyRecord(A, vm.addr(_key(B)), KeyAction.SHORTEN);
        r.notAfter = uint40(block.timestamp + 10);
        _refused(_of(r), Outcome.NOT_COMPETENT);
        r = _keyRecord(A, vm.addr(_stranger()), KeyAction.VETO);
        _refused(_of(r), Outcome.NOT_COMPETENT);
        r = _keyRecord(A, vm.addr(_key(OPERATOR)), KeyAction.COMPROMISED);
        r.compromisedSince = 1;
        _refused(_of(r), Outcome.NOT_COMPETENT);
    }

    function test_ASuspendedAdministrationTakesAStolenKeyOutOfUse() external {
        Records.Admission memory s = _admission(AdmissionAction.SUSPEND, B);
        _record(_of(s));
        vm.warp(s.effectiveAt);
        Records.KeyAuthorisation memory r = _keyRecord(B, vm.addr(_key(B)), KeyAction.SHORTEN);
        r.notAfter = uint40(block.timestamp + 1);
        _record(_of(r));
        s = _admission(AdmissionAction.EXPEL, B);
        _record(_approved(s, _manager(A, 1), _one(_manager(C, 1))));
        vm.warp(s.effectiveAt);
        _refused(
            _of(_authorisation(B, vm.addr(_stranger()), PURPOSE_DECIDE)), Outcome.ORGANISATION_NOT_ACTIVE
        );
    }

    function test_AnOperatorManagesItsOwnKeys() external {
        Records.OperatorStatus memory o = _standing(A, OPERATOR, OrganisationStatus.ACTIVE);
        o.key = vm.addr(_manager(OPERATOR, 1));
        o.purposes = uint8(PURPOSE_MANAGE);
        o.notBefore = uint40(block.timestamp + 7 days);
        o.notAfter = type(uint40).max;
        _record(_proven(Records.OPERATOR_STATUS, abi.encode(o), _manager(A, 1), _manager(OPERATOR, 1)));
        vm.warp(o.notBefore);
        _refused(_of(_authorisation(OPERATOR, vm.addr(_stranger()), PURPOSE_HOLD)), Outcome.MALFORMED);
        Records.KeyAuthorisation memory r = _authorisation(OPERATOR, vm.addr(_stranger()), PURPOSE_DECLARE);
        _record(_possessed(r, _stranger()));
        // It has no second managing key and needs none.
        r = _keyRecord(OPERATOR, o.key, KeyAction.SHORTEN);
        r.notAfter = uint40(block.timestamp + 7 days);
        _record(_of(r));
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.SUSPENDED)));
        _pass();
        r = _keyRecord(OPERATOR, vm.addr(_stranger()), KeyAction.COMPROMISED);
        r.compromisedSince = 1;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function _third() private view returns (Records.KeyAuthorisation memory) {
        return _numbered(THIRD);
    }

    function _numbered(uint256 number) private view returns (Records.KeyAuthorisation memory r) {
        r = _authorisation(A, vm.addr(_manager(A, number)), PURPOSE_MANAGE);
        r.notBefore = uint40(block.timestamp + 7 days);
    }

    function _shortening(uint256 number) private view returns (Records.KeyAuthorisation memory r) {
        r = _keyRecord(A, vm.addr(_manager(A, number)), KeyAction.SHORTEN);
        r.notAfter = uint40(block.timestamp + 7 days);
    }

    function _possessed(Records.KeyAuthorisation memory r, uint256 prover)
        private
        view
        returns (Records.Entry memory)
    {
        return _proven(Records.KEY_AUTHORISATION, abi.encode(r), _manager(r.organisation, 1), prover);
    }

    function _by(Records.KeyAuthorisation memory r, uint256 signer)
        private
        view
        returns (Records.Entry memory)
    {
        return _entry(Records.KEY_AUTHORISATION, abi.encode(r), signer);
    }

    function _byThird(Records.AdministrationSetting memory r) private view returns (Records.Entry memory) {
        return _entry(Records.ADMINISTRATION_SETTING, abi.encode(r), _manager(A, THIRD));
    }
}
