// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AeoStanding, AssistanceAction, DecisionKind, Outcome, Verdict} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {World} from "./World.sol";

/// @notice A consignment that A exports and B and C import, an arrangement between each two of them, and records of
/// mutual recognition that would be recorded as they are.
abstract contract Recognised is World {
    uint32 internal constant ALL_RISKS = 15;

    bytes32 internal exported;
    bytes32 internal imported;
    bytes32 internal transited;
    bytes32 internal agreed;

    function setUp() public virtual override {
        super.setUp();
        exported = _accepted();
        imported = _joined(exported, B, OTHER);
        transited = _joined(exported, C, 0);
        agreed = _agreed(A, B);
    }

    function _joined(bytes32 consignment, uint16 administration, uint32 declarant)
        internal
        returns (bytes32)
    {
        Records.Declaration memory r = _joiner(consignment);
        (r.administration, r.declarant, r.leg, r.regime) = (administration, declarant, 3, 1);
        return _record(_of(r));
    }

    // -- arrangements

    function _agreed(uint16 first, uint16 second) internal returns (bytes32) {
        return _record(_of(_arrangement(first, second)));
    }

    function _arrangement(uint16 first, uint16 second) internal view returns (Records.Arrangement memory r) {
        (r.first, r.second) = (first, second);
        r.predecessor = recognitions.line(first, second).latest;
        (r.procedures, r.methods, r.risks) = (0x1ff, 0xf, uint8(ALL_RISKS));
        r.annex = keccak256("annex");
        r.validFrom = uint40(block.timestamp);
        r.validUntil = uint40(block.timestamp + 365 days);
        r.deadline = _soon();
    }

    function _of(Records.Arrangement memory r) internal view returns (Records.Entry memory) {
        return
            _proven(Records.ARRANGEMENT, abi.encode(r), _manager(uint32(r.first), 1), _manager(r.second, 1));
    }

    function _suspension(uint16 by, bytes32 arrangement, uint256 action)
        internal
        view
        returns (Records.ArrangementSuspension memory)
    {
        uint16 first = recognitions.arrangement(arrangement).first;
        uint16 second = recognitions.arrangement(arrangement).second;
        bytes32 head = recognitions.line(first, second).head;
        return Records.ArrangementSuspension(by, arrangement, head, uint8(action), 1, _soon());
    }

    function _of(Records.ArrangementSuspension memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.ARRANGEMENT_SUSPENSION, abi.encode(r), _manager(r.administration, 1));
    }

    // -- controls and recognitions

    /// @dev A's control of the exported goods; the proof that a recognition of it needs.
    function _controlled(Records.Control memory r) internal returns (bytes32 digest, bytes memory proof) {
        bytes32 before = _settled(r.declaration);
        digest = _record(_of(r));
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), digest];
        proof = bytes.concat(abi.encode(r), abi.encode(before, steps));
    }

    function _recognition(bytes32 declaration, uint16 by, bytes32 parent, bytes32 arrangement)
        internal
        returns (Records.Recognition memory r)
    {
        r.declaration = declaration;
        r.parent = parent;
        r.arrangement = arrangement;
        r.administration = by;
        r.version = 1;
        r.verdict = uint8(Verdict.FULL);
        r.risk = 1;
        r.evidence = _unique();
        r.effectiveAt = uint40(block.timestamp);
        r.deadline = _soon();
    }

    function _of(Records.Recognition memory r, bytes memory proof)
        internal
        view
        returns (Records.Entry memory entry)
    {
        entry = _entry(Records.RECOGNITION, abi.encode(r), _key(r.administration));
        entry.proof = proof;
    }

    function _of(Records.Recognition memory r) internal view returns (Records.Entry memory) {
        return _of(r, "");
    }

    /// @dev B's recognition of a new control of A.
    function _recognised() internal returns (bytes32 digest, bytes32 control) {
        bytes memory proof;
        (control, proof) = _controlled(_control(exported));
        digest = _record(_of(_recognition(imported, B, control, agreed), proof));
    }

    /// @dev A chain of recognitions between A's and B's declarations, each of the one before.
    function _chain(bytes32 parent, uint256 length) internal returns (bytes32) {
        for (uint256 i = 0; i < length; ++i) {
            bool byA = recognitions.recognition(parent).administration == B;
            parent = _record(_of(_recognition(byA ? exported : imported, byA ? A : B, parent, agreed)));
        }
        return parent;
    }

    /// @dev A supersedes its last control by one that found nothing to rely on.
    function _revoke(bytes32 control, bytes32 before) internal returns (bytes32) {
        Records.Control memory r = _control(exported);
        (r.supersedes, r.outcome) = (control, 4);
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), control];
        Records.Entry memory entry = _of(r);
        entry.proof = abi.encode(before, steps);
        return _record(entry);
    }

    // -- reliance

    /// @dev A control that says how it found the seals.
    function _sealed(bytes32 declaration, uint16 by, uint256 seals) internal returns (bytes32) {
        Records.Control memory r = _control(declaration);
        (r.administration, r.sealState) = (by, uint8(seals));
        return _record(_of(r));
    }

    function _relying(bytes32 declaration, uint256 kind, bytes memory relied)
        internal
        returns (Records.Entry memory entry)
    {
        Records.Decision memory r = _decision(declaration, kind);
        (r.administration,) = (declaration == imported ? B : declaration == transited ? C : A, 0);
        r.reliance = keccak256(relied);
        entry = _of(r);
        entry.proof = relied;
    }

    function _reliance(bytes32 declaration) internal view returns (uint256) {
        return consignments.status(declaration).reliance;
    }

    // -- AEO status, assistance

    function _aeo(uint32 operator) internal view returns (Records.AeoStatus memory r) {
        r.administration = A;
        r.operator = operator;
        r.status = uint8(AeoStanding.GRANTED);
        r.programme = keccak256("programme");
        r.validFrom = uint40(block.timestamp);
        r.validUntil = uint40(block.timestamp + 365 days);
        r.deadline = _soon();
    }

    function _ended(bytes32 granted, uint256 status, uint256 from)
        internal
        view
        returns (Records.AeoStatus memory r)
    {
        r = _aeo(recognitions.aeo(granted).operator);
        (r.grant, r.status, r.validFrom, r.validUntil) = (granted, uint8(status), uint40(from), 0);
    }

    function _of(Records.AeoStatus memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.AEO_STATUS, abi.encode(r), _key(r.administration));
    }

    function _asked() internal returns (Records.Assistance memory r) {
        (r.administration, r.addressee, r.consignment) = (B, A, exported);
        (r.action, r.kind) = (uint8(AssistanceAction.REQUEST), 1);
        (r.legalBasis, r.commitment) = (keccak256("basis"), _unique());
        (r.dueAt, r.deadline) = (uint40(block.timestamp + 30 days), _soon());
    }

    function _answered(bytes32 request) internal returns (Records.Assistance memory r) {
        r = _asked();
        (r.administration, r.addressee, r.request) = (A, B, request);
        (r.action, r.dueAt) = (uint8(AssistanceAction.ANSWER), 0);
    }

    function _of(Records.Assistance memory r) internal view returns (Records.Entry memory) {
        return _entry(Records.ASSISTANCE, abi.encode(r), _key(r.administration));
    }

    function _standing(bytes32 recognition, uint256 wanted) internal view {
        _equal(recognitions.standing(recognition), wanted, "standing");
    }

    function _stands(bytes32 recognition) internal view {
        _standing(recognition, Outcome.RECORDED);
    }

    /// @dev An amendment of a declaration that touches risk areas.
    function _amend(bytes32 declaration, uint16 by, uint8 risks) internal {
        Records.Decision memory d = _decision(declaration, DecisionKind.AMEND);
        (d.administration, d.commitment, d.touchedRisks) = (by, _unique(), risks);
        _record(_of(d));
    }
}
