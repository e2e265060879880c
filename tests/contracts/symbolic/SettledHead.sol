// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {OrganisationStatus, Outcome, PURPOSE_DECIDE, SealState} from "../../../contracts/types/Codes.sol";
import {Key} from "../../../contracts/types/Key.sol";
import {both, either} from "../../../contracts/types/Logic.sol";
import {Organisation} from "../../../contracts/types/Organisation.sol";
import "../../../contracts/types/Records.sol" as Records;
import {RELIES, SEAL_BROKEN} from "../../../contracts/types/State.sol";
import {cheats, halmos} from "./Symbols.sol";
import {AnyParticipants, Transition} from "./Transition.sol";

/// @notice Only a competent, valid key moves a settled head. Whatever the state, the time, the decision or control, its signer
/// and what is registered of it: where one of the conditions is missing, the record is refused, and head and state stay as they are.
contract SettledHead {
    /// @dev A decision or control by whoever signed it.
    struct Ruling {
        bool control;
        bytes32[16] body;
        bytes32 digest;
        address signer;
        uint256 key;
        uint256 organisation;
    }

    AnyParticipants private _participants;
    Transition private _law;

    function setUp() public {
        _participants = new AnyParticipants();
        _law = new Transition(_participants);
    }

    function check_AKeyOutsideItsWindowMovesNoHead(Ruling memory r, uint40 time) external {
        _anyState(time);
        Key key = Key.wrap(r.key);
        cheats.assume(either(time < key.notBefore(), time >= key.notAfter()));
        _stays(r);
    }

    function check_AKeyWithoutThePurposeMovesNoHead(Ruling memory r, uint40 time) external {
        _anyState(time);
        cheats.assume(Key.wrap(r.key).purposes() & PURPOSE_DECIDE == 0);
        _stays(r);
    }

    function check_AKeyOfAnotherOfficeMovesNoHead(Ruling memory r, uint40 time) external {
        _anyState(time);
        uint256 office = Key.wrap(r.key).office();
        cheats.assume(both(office != 0, office != uint256(r.body[r.control ? 4 : 5])));
        _stays(r);
    }

    function check_AnAdministrationOutOfOfficeMovesNoHead(Ruling memory r, uint40 time) external {
        _anyState(time);
        uint256 status = Organisation.wrap(r.organisation).statusAt(time);
        cheats.assume(both(status != OrganisationStatus.ACTIVE, status != OrganisationStatus.SUSPENDED));
        _stays(r);
    }

    function check_AnotherAdministrationMovesNoHead(Ruling memory r, uint40 time) external {
        _anyState(time);
        (, uint256 state) = _law.declaration(r.body[0]);
        uint256 administration = uint256(r.body[r.control ? 3 : 4]);
        cheats.assume(uint16(state >> 16) != administration);
        cheats.assume(!_participants.competent(uint16(state >> 16), uint32(administration)));
        _stays(r);
    }

    function check_ARulingOnAnotherHeadMovesNoHead(Ruling memory r, uint40 time) external {
        _anyState(time);
        (bytes32 settled,) = _law.declaration(r.body[0]);
        cheats.assume(r.body[1] != settled);
        _stays(r);
    }

    /// @dev Of a control that is recorded or refused: whatever else it says, nothing but a broken seal changes the state, and
    /// that one bit, of a declaration that relies.
    function check_AControlChangesNothingButABrokenSeal(Ruling memory r, uint40 time) external {
        _anyState(time);
        r.control = true;
        (, uint256 before) = _law.declaration(r.body[0]);
        uint256 outcome = _settle(r);
        (, uint256 stands) = _law.declaration(r.body[0]);
        bool breaks = both(uint256(r.body[11]) == SealState.BROKEN, before & RELIES != 0);
        assert(stands == (both(breaks, outcome == Outcome.RECORDED) ? before | SEAL_BROKEN : before));
    }

    function _anyState(uint40 time) private {
        cheats.warp(time);
        halmos.enableSymbolicStorage(address(_participants));
        halmos.enableSymbolicStorage(address(_law));
    }

    function _stays(Ruling memory r) private {
        (bytes32 before, uint256 stood) = _law.declaration(r.body[0]);
        uint256 outcome = _settle(r);
        (bytes32 settled, uint256 stands) = _law.declaration(r.body[0]);
        assert(both(both(settled == before, stands == stood), outcome != Outcome.RECORDED));
    }

    function _settle(Ruling memory r) private returns (uint256) {
        uint8 recordType = r.control ? Records.CONTROL : Records.DECISION;
        Records.Entry memory entry = Records.Entry(recordType, abi.encode(r.body), new bytes(65), "");
        return _law.settle(entry, r.digest, r.signer, r.key, r.organisation);
    }
}
