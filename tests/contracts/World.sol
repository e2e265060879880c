// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import {
    AdmissionAction,
    DecisionKind,
    EncryptionSuite,
    ErasureCause,
    HoldAction,
    KeyAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    PURPOSE_DECIDE,
    PURPOSE_DECLARE,
    PURPOSE_HOLD,
    PURPOSE_MANAGE,
    Stage
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Vm, vm} from "./Vm.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

/// @notice The participants of every test, records that would be recorded as they are, and what to assert of an entry.
/// The world: administrations A, B and C; an operator, its agent and an agency under A; another operator under B.
abstract contract World {
    uint256 internal constant START = 1_800_000_000;
    bytes32 internal constant NETWORK = keccak256("a network");

    uint16 internal constant A = 1;
    uint16 internal constant B = 2;
    uint16 internal constant C = 3;
    uint32 internal constant OPERATOR = 70_001;
    uint32 internal constant AGENT = 70_002;
    uint32 internal constant OTHER = 70_003;
    uint32 internal constant AGENCY = 80_001;

    IConsignments internal consignments;
    IParticipants internal participants;
    IRecognitions internal recognitions;
    uint256 private _serial;

    function setUp() public virtual {
        vm.warp(START);
        _deploy(true);
        _populate();
    }

    // -- the world

    function _deploy(bool development) internal {
        IParticipants.Founder[] memory founders = new IParticipants.Founder[](3);
        founders[0] = IParticipants.Founder(A, "AA", vm.addr(_manager(A, 1)), vm.addr(_manager(A, 2)));
        founders[1] = IParticipants.Founder(B, "BB", vm.addr(_manager(B, 1)), vm.addr(_manager(B, 2)));
        founders[2] = IParticipants.Founder(C, "CC", vm.addr(_manager(C, 1)), vm.addr(_manager(C, 2)));
        bytes memory arguments = abi.encode(NETWORK, development, founders);
        participants = IParticipants(vm.deployCode("Participants.sol:Participants", arguments));
        arguments = abi.encode(participants, address(0));
        consignments = IConsignments(vm.deployCode("Consignments.sol:Consignments", arguments));
        recognitions = consignments.recognitions();
    }

    function _at(address where) internal pure returns (IConsignments) {
        return IConsignments(where);
    }

    function _domain(IRecorder recorder)
        internal
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return IERC5267(address(recorder)).eip712Domain();
    }

    function _populate() internal {
        _record(_authorise(A, PURPOSE_DECIDE));
        _record(_authorise(B, PURPOSE_DECIDE));
        _record(_authorise(C, PURPOSE_DECIDE));
        _record(_admit(A, OPERATOR, OrganisationKind.OPERATOR, PURPOSE_DECLARE));
        _record(_admit(A, AGENT, OrganisationKind.OPERATOR, PURPOSE_DECLARE));
        _record(_admit(B, OTHER, OrganisationKind.OPERATOR, PURPOSE_DECLARE));
        _record(_admit(A, AGENCY, OrganisationKind.AGENCY, PURPOSE_HOLD));
        vm.warp(block.timestamp + 10);
    }

    /// @dev The private key of an organisation's business key.
    function _key(uint32 organisation) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("business", organisation)));
    }

    function _manager(uint32 organisation, uint256 number) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("manager", organisation, number)));
    }

    function _joinKey() internal pure returns (uint256) {
        return uint256(keccak256("join"));
    }

    function _stranger() internal pure returns (uint256) {
        return uint256(keccak256("stranger"));
    }

    // -- records that would be recorded as they are

    function _declaration() internal returns (Records.Declaration memory r) {
        r.joinKey = vm.addr(_joinKey());
        r.declarant = OPERATOR;
        r.administration = A;
        r.leg = 1;
        r.regime = 9;
        r.stage = uint8(Stage.ARRIVED);
        r.commitment = _unique();
        r.schema = keccak256("schema");
        r.effectiveAt = uint40(block.timestamp);
        r.deadline = _soon();
    }

    /// @dev Received outside the ledger by an administration, which is its author.
    function _outside(uint16 administration) internal returns (Records.Declaration memory r) {
        r = _declaration();
        r.declarant = 0;
        r.administration = administration;
    }

    function _joiner(bytes32 consignment) internal returns (Records.Declaration memory r) {
        r = _declaration();
        r.consignment = consignment;
        r.joinKey = address(0);
    }

    function _amendment(bytes32 id) internal returns (Records.AmendmentRequest memory r) {
        r = Records.AmendmentRequest(id, _settled(id), OPERATOR, 0, _unique(), keccak256("schema"), _soon());
    }

    function _invalidation(bytes32 id) internal view returns (Records.InvalidationRequest memory) {
        return Records.InvalidationRequest(id, _settled(id), OPERATOR, 0, 1, _soon());
    }

    function _presentation(bytes32 id) internal view returns (Records.PresentationNotice memory) {
        return Records.PresentationNotice(id, _settled(id), OPERATOR, 0, uint40(block.timestamp), _soon());
    }

    function _decision(bytes32 id, uint256 kind) internal returns (Records.Decision memory r) {
        r.declaration = id;
        (r.prev, r.request,,) = consignments.heads(id);
        r.administration = A;
        r.kind = uint8(kind);
        r.evidence = _unique();
        r.effectiveAt = uint40(block.timestamp);
        r.deadline = _soon();
    }

    function _control(bytes32 id) internal returns (Records.Control memory r) {
        r.declaration = id;
        r.prev = _settled(id);
        r.administration = A;
        r.version = 1;
        r.method = 1;
        r.outcome = 1;
        r.risk = 1;
        r.evidence = _unique();
        r.effectiveAt = uint40(block.timestamp);
        r.validUntil = uint40(block.timestamp + 1 days);
        r.deadline = _soon();
    }

    function _hold(bytes32 id, uint256 action) internal returns (Records.Hold memory) {
        (,, bytes32 holds,) = consignments.heads(id);
        return Records.Hold(id, holds, AGENCY, uint8(action), 1, _unique(), _soon());
    }

    function _erasure(bytes32 id) internal view returns (Records.Erasure memory r) {
        r.declaration = id;
        r.version = 1;
        r.commitment = keccak256("commitment");
        r.declarant = OPERATOR;
        r.cause = uint8(ErasureCause.REQUESTED);
        r.deadline = _soon();
    }

    /// @dev By an administration, which names no declarant.
    function _order(bytes32 id, uint16 administration) internal view returns (Records.Erasure memory r) {
        r = _erasure(id);
        (r.declarant, r.administration) = (0, administration);
        r.cause = uint8(ErasureCause.ORDERED);
    }

    function _encryptionKey(uint32 organisation) internal view returns (Records.EncryptionKey memory r) {
        r.organisation = organisation;
        r.orgHead = participants.organisationHead(organisation);
        r.version = participants.encryptionVersion(organisation) + 1;
        r.suite = uint8(EncryptionSuite.HYBRID);
        r.key = keccak256("x25519");
        r.hybrid = keccak256(_mlkem());
        r.notAfter = uint40(block.timestamp + 400 days);
        r.deadline = _soon();
    }

    /// @dev As long as an ML-KEM-768 key.
    function _mlkem() internal pure returns (bytes memory key) {
        key = new bytes(1184);
        key[0] = 0x55;
    }

    function _grantOf(uint32 declarant, uint32 agent) internal returns (Records.Grant memory) {
        uint40 now_ = uint40(block.timestamp);
        return Records.Grant(declarant, agent, uint64(++_serial), 2, 0, 7, now_, now_ + 30 days, _soon());
    }

    function _authorisation(uint32 organisation, address key, uint256 purposes)
        internal
        view
        returns (Records.KeyAuthorisation memory r)
    {
        r.organisation = organisation;
        r.orgHead = participants.organisationHead(organisation);
        r.key = key;
        r.action = uint8(KeyAction.AUTHORISE);
        r.purposes = uint8(purposes);
        r.notBefore = uint40(block.timestamp + 1);
        r.notAfter = uint40(block.timestamp + 400 days);
        r.deadline = _soon();
    }

    function _keyRecord(uint32 organisation, address key, uint256 action)
        internal
        view
        returns (Records.KeyAuthorisation memory r)
    {
        r.organisation = organisation;
        r.orgHead = participants.organisationHead(organisation);
        r.key = key;
        r.action = uint8(action);
        r.deadline = _soon();
    }

    function _newcomer(uint16 by, uint32 organisation, uint256 kind, address key, uint256 purposes)
        internal
        view
        returns (Records.OperatorStatus memory r)
    {
        r.administration = by;
        r.organisation = organisation;
        r.kind = uint8(kind);
        r.status = uint8(OrganisationStatus.ACTIVE);
        r.key = key;
        r.purposes = uint8(purposes);
        r.notAfter = uint40(block.timestamp + 400 days);
        r.deadline = _soon();
    }

    function _standing(uint16 by, uint32 organisation, uint256 status)
        internal
        view
        returns (Records.OperatorStatus memory r)
    {
        r = _newcomer(by, organisation, OrganisationKind.OPERATOR, address(0), 0);
        r.kind = participants.organisation(organisation).kind;
        r.notAfter = 0;
        r.orgHead = participants.organisationHead(organisation);
        r.status = uint8(status);
    }

    /// @dev What the council does with an administration; keys and country only where they are needed.
    function _admission(uint256 action, uint16 administration)
        internal
        view
        returns (Records.Admission memory r)
    {
        r.administration = administration;
        r.action = uint8(action);
        r.councilHead = participants.councilHead();
        r.effectiveAt = uint40(block.timestamp + (participants.development() ? 1 : 7 days));
        r.deadline = _soon();
        if (action == AdmissionAction.ADMIT || action == AdmissionAction.SUCCEED) {
            r.country = "DD";
            r.firstKey = vm.addr(_manager(administration, 1));
            r.secondKey = vm.addr(_manager(administration, 2));
        }
    }

    // -- entries

    /// @dev Signed by `signer`, approved by the others, with possession of the new keys if there are any.
    function _approved(Records.Admission memory r, uint256 signer, uint256[] memory others)
        internal
        view
        returns (Records.Entry memory entry)
    {
        entry = _entry(Records.ADMISSION, abi.encode(r), signer);
        bytes[] memory approvals = new bytes[](others.length);
        for (uint256 i = 0; i < others.length; ++i) {
            approvals[i] = _sign(others[i], _digest(entry));
        }
        bytes[] memory possessions = new bytes[](r.firstKey == address(0) ? 0 : 2);
        if (possessions.length == 2) {
            possessions[0] = _sign(_manager(r.administration, 1), _digest(entry));
            possessions[1] = _sign(_manager(r.administration, 2), _digest(entry));
        }
        entry.proof = abi.encode(approvals, possessions);
    }

    /// @dev Approved by A and B, which is two thirds of the founders.
    function _of(Records.Admission memory r) internal view returns (Records.Entry memory) {
        return _approved(r, _manager(A, 1), _one(_manager(B, 1)));
    }

    function _one(uint256 key) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = key;
    }

    function _of(Records.KeyAuthorisation memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.KEY_AUTHORISATION, abi.encode(r), _manager(r.organisation, 1));
    }

    function _of(Records.OperatorStatus memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.OPERATOR_STATUS, abi.encode(r), _manager(r.administration, 1));
    }

    function _of(Records.AdministrationSetting memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.ADMINISTRATION_SETTING, abi.encode(r), _manager(r.administration, 1));
    }

    function _setting(uint16 administration, uint32 backdating)
        internal
        view
        returns (Records.AdministrationSetting memory)
    {
        return Records.AdministrationSetting(
            administration, participants.organisationHead(administration), backdating, _soon()
        );
    }

    function _authorise(uint32 organisation, uint256 purposes) internal view returns (Records.Entry memory) {
        Records.KeyAuthorisation memory r =
            _authorisation(organisation, vm.addr(_key(organisation)), purposes);
        return
            _proven(Records.KEY_AUTHORISATION, abi.encode(r), _manager(organisation, 1), _key(organisation));
    }

    function _admit(uint16 by, uint32 organisation, uint256 kind, uint256 purposes)
        internal
        view
        returns (Records.Entry memory)
    {
        Records.OperatorStatus memory r =
            _newcomer(by, organisation, kind, vm.addr(_key(organisation)), purposes);
        return _proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(by, 1), _key(organisation));
    }

    function _entry(uint8 recordType, bytes memory body, uint256 signer)
        internal
        view
        returns (Records.Entry memory)
    {
        return Records.Entry(recordType, body, _sign(signer, _digest(recordType, body)), "");
    }

    /// @dev An entry whose proof is `prover`'s signature over the digest.
    function _proven(uint8 recordType, bytes memory body, uint256 signer, uint256 prover)
        internal
        view
        returns (Records.Entry memory entry)
    {
        entry = _entry(recordType, body, signer);
        entry.proof = _sign(prover, _digest(recordType, body));
    }

    function _of(Records.Declaration memory r) internal view returns (Records.Entry memory) {
        uint32 author = r.agent != 0 ? r.agent : r.declarant != 0 ? r.declarant : r.administration;
        return _proven(Records.DECLARATION, abi.encode(r), _key(author), _joinKey());
    }

    function _of(Records.AmendmentRequest memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.AMENDMENT_REQUEST, abi.encode(r), _key(r.agent == 0 ? r.declarant : r.agent));
    }

    function _of(Records.InvalidationRequest memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.INVALIDATION_REQUEST, abi.encode(r), _key(r.agent == 0 ? r.declarant : r.agent));
    }

    function _of(Records.PresentationNotice memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.PRESENTATION_NOTICE, abi.encode(r), _key(r.agent == 0 ? r.declarant : r.agent));
    }

    function _of(Records.Decision memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.DECISION, abi.encode(r), _key(r.administration));
    }

    function _of(Records.Control memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.CONTROL, abi.encode(r), _key(r.administration));
    }

    function _of(Records.Hold memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.HOLD, abi.encode(r), _key(r.agency));
    }

    function _of(Records.Erasure memory r) internal view returns (Records.Entry memory) {
        uint32 author = r.administration;
        if (author == 0) author = r.agent == 0 ? r.declarant : r.agent;
        return _entry(Records.ERASURE, abi.encode(r), _key(author));
    }

    function _of(Records.EncryptionKey memory r) internal view returns (Records.Entry memory entry) {
        entry = _entry(Records.ENCRYPTION_KEY, abi.encode(r), _manager(r.organisation, 1));
        if (r.suite == EncryptionSuite.HYBRID) entry.proof = _mlkem();
    }

    function _of(Records.Grant memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.GRANT, abi.encode(r), _key(r.declarant));
    }

    function _digest(uint8 recordType, bytes memory body) internal view returns (bytes32) {
        (bytes32 typeHash,) = Records.typeOf(recordType);
        IRecorder home = _homeOf(recordType);
        bytes32 structHash = keccak256(bytes.concat(typeHash, body));
        return keccak256(abi.encodePacked(hex"1901", home.domainSeparator(), structHash));
    }

    function _homeOf(uint8 recordType) private view returns (IRecorder) {
        if (recordType == Records.RECOGNITION || recordType >= Records.ARRANGEMENT) return recognitions;
        return recordType >= Records.ADMISSION ? IRecorder(participants) : IRecorder(consignments);
    }

    function _digest(Records.Entry memory entry) internal view returns (bytes32) {
        return _digest(entry.recordType, entry.body);
    }

    function _sign(uint256 signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, digest);
        return abi.encodePacked(r, s, v);
    }

    // -- recording

    /// @dev One second later: what was recorded is in effect.
    function _pass() internal {
        vm.warp(block.timestamp + 1);
    }

    /// @dev Lets the council do it, and a second pass.
    function _ruled(uint256 action, uint16 administration) internal {
        _record(_of(_admission(action, administration)));
        _pass();
    }

    /// @dev Records an entry and returns its digest; fails when it is refused.
    function _record(Records.Entry memory entry) internal returns (bytes32) {
        consignments.record(_list(entry));
        return _digest(entry);
    }

    function _lodged() internal returns (bytes32 id) {
        return _record(_of(_declaration()));
    }

    function _accepted() internal returns (bytes32 id) {
        id = _lodged();
        _record(_of(_decision(id, DecisionKind.ACCEPT)));
    }

    function _list(Records.Entry memory entry) internal pure returns (Records.Entry[] memory list) {
        list = new Records.Entry[](1);
        list[0] = entry;
    }

    function _settled(bytes32 id) internal view returns (bytes32 settled) {
        (settled,,,) = consignments.heads(id);
    }

    function _state(bytes32 id) internal view returns (uint256 state) {
        (, state) = consignments.declaration(id);
    }

    function _soon() internal view returns (uint40) {
        return uint40(block.timestamp + 1 hours);
    }

    function _unique() internal returns (bytes32) {
        return keccak256(abi.encode("unique", ++_serial));
    }

    // -- assertions

    /// @dev A record of its own beside it is recorded; the entry is refused with that outcome, writes nothing, and
    /// leaves one Refused when it is authentic and new, else nothing at all.
    function _refused(Records.Entry memory entry, uint256 outcome) internal {
        _refused(entry, outcome, outcome > Outcome.ALREADY_RECORDED);
    }

    function _untraced(Records.Entry memory entry, uint256 outcome) internal {
        _refused(entry, outcome, false);
    }

    function _refused(Records.Entry memory entry, uint256 outcome, bool traced) private {
        Records.Entry[] memory group = new Records.Entry[](2);
        group[0] = entry;
        group[1] = _of(_outside(C));
        vm.recordLogs();
        vm.record();
        uint8[] memory outcomes = consignments.record(group);
        (, bytes32[] memory written) = vm.accesses(address(consignments));
        (, bytes32[] memory elsewhere) = vm.accesses(address(participants));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        _equal(outcomes[0], uint8(outcome), "outcome");
        _equal(outcomes[1], 0, "the record beside it");
        _equal(written.length, 2, "slots written by the record beside it alone");
        _equal(elsewhere.length, 0, "slots written in Participants");
        (, elsewhere) = vm.accesses(address(recognitions));
        _equal(elsewhere.length, 0, "slots written in Recognitions");
        _equal(logs.length, traced ? 2 : 1, "events");
        if (traced) _isRefusal(logs[0], entry, outcome);
    }

    function _isRefusal(Vm.Log memory log, Records.Entry memory entry, uint256 outcome) private view {
        _true(log.topics[0] == IRecorder.Refused.selector, "Refused");
        _true(log.topics[1] == _digest(entry), "its digest");
        (uint8 recordType, uint8 code, bytes memory body, bytes memory signature) =
            abi.decode(log.data, (uint8, uint8, bytes, bytes));
        _equal(recordType, entry.recordType, "its type");
        _equal(code, uint8(outcome), "its outcome");
        _true(keccak256(body) == keccak256(entry.body), "its body");
        _true(keccak256(signature) == keccak256(entry.signature), "its signature");
    }

    function _equal(uint256 found, uint256 wanted, string memory what) internal pure {
        if (found != wanted) {
            revert(string.concat(what, ": ", vm.toString(found), " instead of ", vm.toString(wanted)));
        }
    }

    function _equal(bytes32 found, bytes32 wanted, string memory what) internal pure {
        if (found != wanted) revert(what);
    }

    function _true(bool condition, string memory what) internal pure {
        if (!condition) revert(what);
    }
}
