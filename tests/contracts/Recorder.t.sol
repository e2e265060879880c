// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import {
    AdmissionAction,
    DecisionKind,
    HoldAction,
    KeyAction,
    OrganisationStatus,
    Outcome,
    PURPOSE_MANAGE,
    PURPOSE_READ,
    SuspensionAction
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Recognised} from "./Recognised.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Recorder.tree: what all record types have in common, before the rules of each.
contract RecorderTest is Recognised {
    uint256 private constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    // -- step 1: type and length

    function test_UnknownTypesLeaveNoTrace() external {
        uint8[6] memory unknown = [0, 10, 15, 26, 128, 255];
        for (uint256 i = 0; i < unknown.length; ++i) {
            Records.Entry memory entry = _of(_declaration());
            entry.recordType = unknown[i];
            _untraced(entry, Outcome.UNKNOWN_RECORD_TYPE);
        }
    }

    function test_BodiesOfAnotherLengthLeaveNoTrace() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            bytes memory body = samples[i].body;
            samples[i].body = bytes.concat(body, hex"00");
            _untraced(samples[i], Outcome.MALFORMED);
            samples[i].body = abi.encodePacked(body, bytes32(0));
            _untraced(samples[i], Outcome.MALFORMED);
            samples[i].body = "";
            _untraced(samples[i], Outcome.MALFORMED);
        }
    }

    // -- step 2: the author's signature

    function test_WithoutAnAuthorThereIsNoTrace() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            uint256 field = _authorField(samples[i].recordType);
            if (field == type(uint256).max) continue; // an admission's author is whoever signed
            _setWord(samples[i].body, field, 0);
            if (samples[i].recordType == Records.DECLARATION) _setWord(samples[i].body, 4, 0);
            _untraced(samples[i], Outcome.MALFORMED);
            _setWord(samples[i].body, field, 1 << 255);
            _untraced(samples[i], Outcome.MALFORMED);
        }
    }

    function test_SignaturesOfOthersLeaveNoTrace() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            samples[i].signature = _sign(_stranger(), _digest(samples[i]));
            _untraced(samples[i], Outcome.NOT_AUTHENTIC);
            samples[i].signature = _sign(_key(OTHER), _digest(samples[i]));
            _untraced(samples[i], Outcome.NOT_AUTHENTIC);
        }
    }

    function test_WhatIsNoSignatureLeavesNoTrace() external {
        Records.Entry memory entry = _of(_declaration());
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(OPERATOR), _digest(entry));
        entry.signature = "";
        _untraced(entry, Outcome.NOT_AUTHENTIC);
        entry.signature = abi.encodePacked(r, s);
        _untraced(entry, Outcome.NOT_AUTHENTIC);
        entry.signature = abi.encodePacked(r, s, v, v);
        _untraced(entry, Outcome.NOT_AUTHENTIC);
        entry.signature = abi.encodePacked(r, s, v - 27);
        _untraced(entry, Outcome.NOT_AUTHENTIC);
        entry.signature = abi.encodePacked(r, s, v + 2);
        _untraced(entry, Outcome.NOT_AUTHENTIC);
        entry.signature = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _untraced(entry, Outcome.NOT_AUTHENTIC);
    }

    // -- step 3: not twice

    function test_WhatIsRecordedIsNotRecordedAgain() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            uint256 state = vm.snapshotState();
            _record(samples[i]);
            _pass();
            _untraced(samples[i], Outcome.ALREADY_RECORDED);
            vm.revertToState(state);
        }
    }

    function test_ASecondSignatureOfTheSameDigestIsTheSameRecord() external {
        _record(
            _proven(Records.KEY_AUTHORISATION, _secondKey(), _manager(OPERATOR, 1), _manager(OPERATOR, 2))
        );
        _pass();
        Records.Entry memory entry = _of(_declaration());
        _record(entry);
        _untraced(entry, Outcome.ALREADY_RECORDED);
    }

    // -- step 4: values

    function test_AValueWiderThanItsFieldIsMalformed() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            for (uint256 field = 0; field < samples[i].body.length / 32; ++field) {
                if (_isWholeWord(samples[i].recordType, field)) continue;
                if (field == _authorField(samples[i].recordType)) continue;
                Records.Entry memory entry = samples[i];
                uint256 former = _word(entry.body, field);
                // The least bit that does not fit a field of any width, left-aligned ones among them.
                _setWord(entry.body, field, former | (1 << 200));
                _resign(entry);
                _refused(entry, Outcome.MALFORMED);
                _setWord(entry.body, field, former);
            }
        }
    }

    // -- step 5: the deadline

    function test_TheDeadlineIsTheLastSecond() external {
        Records.Declaration memory r = _declaration();
        r.deadline = uint40(block.timestamp);
        Records.Entry memory entry = _of(r);
        _pass();
        _refused(entry, Outcome.EXPIRED);
        vm.warp(block.timestamp - 1);
        _record(entry);
    }

    function test_TheDeadlineIsSevenDaysAheadAtMost() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            Records.Entry memory entry = samples[i];
            _setWord(entry.body, entry.body.length / 32 - 1, block.timestamp + 7 days + 1);
            _resign(entry);
            _refused(entry, Outcome.DEADLINE_TOO_FAR);
            _setWord(entry.body, entry.body.length / 32 - 1, block.timestamp - 1);
            _resign(entry);
            _refused(entry, Outcome.EXPIRED);
        }
        Records.Declaration memory r = _declaration();
        r.deadline = uint40(block.timestamp + 7 days);
        _record(_of(r));
    }

    // -- step 6: the key

    function test_AKeyServesWithinItsWindowOnly() external {
        Records.KeyAuthorisation memory r = _authorisation(A, vm.addr(_stranger()), 2);
        r.notBefore = uint40(block.timestamp + 100);
        r.notAfter = uint40(block.timestamp + 200);
        _record(_proven(Records.KEY_AUTHORISATION, abi.encode(r), _manager(A, 1), _stranger()));
        bytes32 id = _lodged();
        vm.warp(r.notBefore - 1);
        _refused(
            _entry(Records.DECISION, abi.encode(_decision(id, DecisionKind.ACCEPT)), _stranger()),
            Outcome.KEY_NOT_VALID
        );
        vm.warp(r.notAfter);
        _refused(
            _entry(Records.DECISION, abi.encode(_decision(id, DecisionKind.ACCEPT)), _stranger()),
            Outcome.KEY_NOT_VALID
        );
        vm.warp(r.notAfter - 1);
        _record(_entry(Records.DECISION, abi.encode(_decision(id, DecisionKind.ACCEPT)), _stranger()));
    }

    function test_AManagingKeySignsNoBusinessAndABusinessKeyManagesNothing() external {
        bytes32 id = _lodged();
        Records.Entry memory entry = _of(_decision(id, DecisionKind.ACCEPT));
        entry.signature = _sign(_manager(A, 1), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
        entry = _of(_control(id));
        entry.signature = _sign(_manager(A, 1), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
        entry = _of(_setting(A, 1));
        entry.signature = _sign(_key(A), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
        entry = _of(_standing(A, OPERATOR, OrganisationStatus.SUSPENDED));
        entry.signature = _sign(_key(A), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
        entry = _of(_admission(AdmissionAction.ADMIT, 4));
        entry.signature = _sign(_key(A), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
    }

    function test_AReadingKeySignsNothing() external {
        _record(
            _proven(
                Records.KEY_AUTHORISATION,
                abi.encode(_authorisation(A, vm.addr(_stranger()), PURPOSE_READ)),
                _manager(A, 1),
                _stranger()
            )
        );
        _pass();
        Records.Entry memory entry = _of(_decision(_lodged(), DecisionKind.ACCEPT));
        entry.signature = _sign(_stranger(), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
    }

    // -- outcomes, events, entry points

    function test_ACallThatRecordsNothingReverts() external {
        Records.Declaration memory r = _declaration();
        r.leg = 4;
        Records.Entry[] memory group = new Records.Entry[](2);
        group[0] = _of(r);
        group[1] = _of(r);
        group[1].signature = "";
        vm.expectRevert(
            abi.encodeWithSelector(
                IRecorder.NothingRecorded.selector, 0, _digest(group[0]), Outcome.MALFORMED
            )
        );
        consignments.record(group);
    }

    function test_ACallWithoutEntriesReverts() external {
        bytes memory reason =
            abi.encodeWithSelector(IRecorder.NothingRecorded.selector, 0, bytes32(0), Outcome.MALFORMED);
        vm.expectRevert(reason);
        consignments.record(new Records.Entry[](0));
        vm.expectRevert(reason);
        participants.record(new Records.Entry[](0));
    }

    function test_TheOutcomesOfAMixedGroup() external {
        bytes32 id = _lodged();
        Records.Entry[] memory group = new Records.Entry[](5);
        group[0] = _of(_decision(id, DecisionKind.ACCEPT));
        group[1] = _of(_decision(id, DecisionKind.RELEASE)); // its head is stale once the first is recorded
        group[2] = _of(_grantOf(OPERATOR, AGENT));
        group[3] = _of(_declaration());
        group[3].recordType = 15;
        group[4] = _of(_setting(A, 5));
        uint8[] memory outcomes = consignments.record(group);
        _equal(outcomes.length, 5, "as many as entries");
        _equal(outcomes[0], Outcome.RECORDED, "first");
        _equal(outcomes[1], Outcome.STALE_HEAD, "second");
        _equal(outcomes[2], Outcome.RECORDED, "third");
        _equal(outcomes[3], Outcome.UNKNOWN_RECORD_TYPE, "fourth");
        _equal(outcomes[4], Outcome.RECORDED, "fifth");
    }

    function test_AnEventHoldsStructSignatureAndProof() external {
        bytes32 id = _lodged();
        Records.Declaration memory r = _joiner(id);
        Records.Entry memory entry = _of(r);
        vm.recordLogs();
        _record(entry);
        Vm.Log memory log = vm.getRecordedLogs()[0];
        _equal(log.topics[0], IConsignments.Declaration.selector, "event");
        _equal(log.topics[1], _digest(entry), "digest");
        _equal(log.topics[2], id, "consignment");
        _equal(log.topics[3], bytes32(uint256(OPERATOR)), "declarant");
        bytes memory encoded = abi.encode(r, entry.signature, entry.proof);
        _equal(keccak256(log.data), keccak256(encoded), "data");
    }

    function test_EveryTypeHasItsEventWithItsBody() external {
        Records.Entry[] memory samples = _samples();
        for (uint256 i = 0; i < samples.length; ++i) {
            uint256 state = vm.snapshotState();
            vm.recordLogs();
            _record(samples[i]);
            Vm.Log[] memory logs = vm.getRecordedLogs();
            _equal(logs.length, 1, "one event");
            _equal(logs[0].topics.length, 4, "topics");
            _equal(logs[0].topics[1], _digest(samples[i]), "digest");
            _isPacked(logs[0].data, samples[i]);
            vm.revertToState(state);
        }
    }

    function test_AnybodyMayCall() external {
        Records.Entry memory entry = _of(_setting(A, 7));
        vm.prank(vm.addr(_stranger()));
        (uint8 outcome, bytes32 digest) = participants.recordOne(entry);
        _equal(outcome, Outcome.RECORDED, "recorded");
        _equal(digest, _digest(entry), "digest");
        (outcome,) = participants.recordOne(_of(_declaration()));
        _equal(outcome, Outcome.UNKNOWN_RECORD_TYPE, "a declaration is not for Participants");
        participants.record(_list(_of(_setting(A, 8))));
        vm.prank(vm.addr(_stranger()));
        consignments.record(_list(_of(_declaration())));
    }

    function test_TheDomainNamesNetworkChainAndContract() external view {
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address where,,) =
            _domain(consignments);
        bytes32 typeHash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 separator = keccak256(
            abi.encode(typeHash, keccak256(bytes(name)), keccak256(bytes(version)), chainId, where)
        );
        _equal(separator, consignments.domainSeparator(), "separator");
        _true(fields == hex"0f" && bytes(name).length == 76 && where == address(consignments), "domain");
        _equal(consignments.networkId(), participants.networkId(), "one network");
    }

    // -- construction

    function test_ProductionRefusesDevelopmentChains() external {
        _founding(31_337, true);
        _founding(1337, true);
        _founding(1, false);
        _refusesFounding(31_337, false);
        _refusesFounding(1337, false);
        _refusesFounding(1, true);
        _refusesFounding(56, true);
    }

    function test_FoundersAreNeededAndWellFormed() external {
        IParticipants.Founder[] memory none = new IParticipants.Founder[](0);
        _refusesFounders(none, abi.encodePacked(IParticipants.Participants_NoFounder.selector));
        IParticipants.Founder[] memory f = new IParticipants.Founder[](2);
        f[0] = IParticipants.Founder(1, "AA", address(1), address(2));
        f[1] = IParticipants.Founder(2, "BB", address(3), address(4));
        bytes memory second = abi.encodeWithSelector(IParticipants.Participants_FounderInvalid.selector, 1);
        f[1].administration = 1;
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(0, "BB", address(3), address(4));
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(2, "AA", address(3), address(4));
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(2, 0, address(3), address(4));
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(2, "BB", address(2), address(4));
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(2, "BB", address(3), address(3));
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(2, "BB", address(0), address(3));
        _refusesFounders(f, second);
        f[1] = IParticipants.Founder(2, "BB", address(3), address(0));
        _refusesFounders(f, second);
    }

    function test_AVersionPointsBackAtItsPredecessor() external {
        address next =
            vm.deployCode("Consignments.sol:Consignments", abi.encode(participants, address(consignments)));
        _true(IConsignments(next).predecessor() == address(consignments), "predecessor");
        _true(address(IConsignments(next).participants()) == address(participants), "participants");
        _true(consignments.predecessor() == address(0), "the first has none");
        bytes memory reason =
            abi.encodeWithSelector(IConsignments.Consignments_PredecessorWithoutCode.selector, address(77));
        _refusesCreation("Consignments.sol:Consignments", abi.encode(participants, address(77)), reason);
    }

    // -- helpers

    function _samples() private returns (Records.Entry[] memory samples) {
        bytes32 id = _lodged();
        bytes32 held = _lodged();
        bytes32 asked = _lodged();
        samples = new Records.Entry[](19);
        samples[0] = _of(_declaration());
        samples[1] = _of(_amendment(asked));
        samples[2] = _of(_invalidation(held));
        samples[3] = _of(_presentation(_lodged()));
        samples[4] = _of(_decision(id, DecisionKind.ACCEPT));
        samples[5] = _of(_control(_lodged()));
        samples[6] = _of(_hold(held, HoldAction.SET));
        samples[7] = _of(_admission(AdmissionAction.ADMIT, 4));
        samples[8] = _of(_standing(A, AGENT, OrganisationStatus.SUSPENDED));
        samples[9] = _authorise(C, 2);
        Records.KeyAuthorisation memory r = _authorisation(C, vm.addr(_stranger()), 2);
        samples[9] = _proven(Records.KEY_AUTHORISATION, abi.encode(r), _manager(C, 1), _stranger());
        samples[10] = _of(_setting(B, 1000));
        samples[11] = _of(_grantOf(OPERATOR, AGENT));
        samples[12] = _of(_erasure(asked));
        samples[13] = _of(_encryptionKey(B));
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        samples[14] = _of(_recognition(imported, B, control, agreed), proof);
        samples[15] = _of(_arrangement(B, C));
        samples[16] = _of(_suspension(B, agreed, SuspensionAction.SUSPEND));
        samples[17] = _of(_aeo(OPERATOR));
        samples[18] = _of(_asked());
    }

    function _resign(Records.Entry memory entry) private view {
        uint8 t = entry.recordType;
        uint256 signer = _key(OPERATOR);
        if (t == Records.DECISION || t == Records.CONTROL) signer = _key(A);
        if (t == Records.HOLD) signer = _key(AGENCY);
        if (t == Records.ADMISSION || t == Records.OPERATOR_STATUS) signer = _manager(A, 1);
        if (t == Records.KEY_AUTHORISATION) signer = _manager(C, 1);
        if (t == Records.ADMINISTRATION_SETTING || t == Records.ENCRYPTION_KEY) signer = _manager(B, 1);
        if (t == Records.RECOGNITION || t == Records.ASSISTANCE) signer = _key(B);
        if (t == Records.AEO_STATUS) signer = _key(A);
        if (t == Records.ARRANGEMENT || t == Records.ARRANGEMENT_SUSPENSION) signer = _manager(B, 1);
        entry.signature = _sign(signer, _digest(entry));
    }

    function _authorField(uint8 t) private pure returns (uint256) {
        if (t == Records.ADMISSION) return type(uint256).max;
        if (t == Records.DECISION) return 4;
        if (t == Records.CONTROL) return 3;
        if (t == Records.ERASURE) return 3;
        if (t == Records.RECOGNITION) return 5;
        return t < Records.ADMISSION ? 2 : 0;
    }

    /// @dev Fields of 32 bytes, and who would be another author: a declaration's agent, an erasure's agent and administration.
    function _isWholeWord(uint8 t, uint256 field) private pure returns (bool) {
        uint256 fields = 0;
        if (t == Records.DECLARATION) fields = (1 << 0) | (1 << 3) | (1 << 8) | (1 << 10) | (1 << 11);
        if (t == Records.AMENDMENT_REQUEST) fields = (1 << 0) | (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5);
        if (t == Records.INVALIDATION_REQUEST || t == Records.PRESENTATION_NOTICE) {
            fields = 1 | (1 << 1) | (1 << 3);
        }
        if (t == Records.DECISION) fields = 0xf | (1 << 8) | (1 << 9) | (1 << 11) | (1 << 12);
        if (t == Records.CONTROL) fields = 7 | (1 << 9) | (1 << 10) | (1 << 12);
        if (t == Records.HOLD) fields = 3 | (1 << 5);
        if (t == Records.ERASURE) fields = 1 | (1 << 2) | (1 << 4) | (1 << 5);
        if (t == Records.ENCRYPTION_KEY) fields = (1 << 1) | (1 << 4) | (1 << 5);
        if (t == Records.RECOGNITION) fields = 0x1f | (1 << 11) | (1 << 12);
        if (t == Records.ARRANGEMENT) fields = (1 << 2) | (1 << 6) | (1 << 7);
        if (t == Records.ARRANGEMENT_SUSPENSION) fields = (1 << 1) | (1 << 2);
        if (t == Records.AEO_STATUS) fields = (1 << 2) | (1 << 4) | (1 << 5);
        if (t == Records.ASSISTANCE) fields = (1 << 2) | (1 << 3) | (1 << 6) | (1 << 7);
        if (t == Records.ADMISSION) fields = 1 << 3;
        if (t >= Records.OPERATOR_STATUS && t <= Records.ADMINISTRATION_SETTING) fields = 1 << 1;
        return (fields >> field) & 1 == 1;
    }

    function _word(bytes memory body, uint256 field) private pure returns (uint256 value) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            value := mload(add(add(body, 0x20), shl(5, field)))
        }
    }

    function _setWord(bytes memory body, uint256 field, uint256 value) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(add(add(body, 0x20), shl(5, field)), value)
        }
    }

    function _isPacked(bytes memory data, Records.Entry memory entry) private pure {
        uint256 head = entry.body.length;
        bytes memory tail = abi.encode(entry.signature, entry.proof); // its two offsets count from its own start
        _equal(data.length, head + tail.length, "length");
        for (uint256 i = 0; i < head / 32; ++i) {
            _equal(_word(data, i), _word(entry.body, i), "body");
        }
        for (uint256 i = 0; i < tail.length / 32; ++i) {
            _equal(_word(data, head / 32 + i), _word(tail, i) + (i < 2 ? head : 0), "signature and proof");
        }
    }

    function _secondKey() private returns (bytes memory) {
        Records.OperatorStatus memory r = _standing(A, OPERATOR, OrganisationStatus.ACTIVE);
        r.key = vm.addr(_manager(OPERATOR, 1));
        r.purposes = uint8(PURPOSE_MANAGE);
        r.notBefore = uint40(block.timestamp);
        r.notAfter = uint40(block.timestamp + 400 days);
        _record(_proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(A, 1), _manager(OPERATOR, 1)));
        _pass();
        return abi.encode(_authorisation(OPERATOR, vm.addr(_manager(OPERATOR, 2)), 1));
    }

    function _founders() private pure returns (IParticipants.Founder[] memory f) {
        f = new IParticipants.Founder[](1);
        f[0] = IParticipants.Founder(1, "AA", address(1), address(2));
    }

    function _founding(uint256 chainId, bool development) private {
        vm.chainId(chainId);
        vm.deployCode("Participants.sol:Participants", abi.encode(NETWORK, development, _founders()));
    }

    function _refusesFounding(uint256 chainId, bool development) private {
        vm.chainId(chainId);
        bytes memory reason =
            abi.encodeWithSelector(IParticipants.Participants_WrongChain.selector, chainId, development);
        bytes memory arguments = abi.encode(NETWORK, development, _founders());
        _refusesCreation("Participants.sol:Participants", arguments, reason);
    }

    function _refusesFounders(IParticipants.Founder[] memory founders, bytes memory reason) private {
        bytes memory arguments = abi.encode(NETWORK, true, founders);
        _refusesCreation("Participants.sol:Participants", arguments, reason);
    }

    function _refusesCreation(string memory artifact, bytes memory arguments, bytes memory reason) private {
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        address made;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
        }
        _true(made == address(0), "not created");
        bytes memory returned = new bytes(reason.length);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            if eq(returndatasize(), mload(reason)) {
                returndatacopy(add(returned, 0x20), 0, mload(reason))
            }
        }
        _equal(keccak256(returned), keccak256(reason), "reason");
    }
}
