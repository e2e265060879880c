// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {DecisionKind, Outcome, Reliance, SealState, Status, Verdict} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {SEAL_BROKEN} from "../../contracts/types/State.sol";
import {Recognised} from "./Recognised.sol";
import {vm} from "./Vm.sol";

/// @notice Reliance.tree: decisions that rely on recognitions, and what becomes of them when those break.
/// forge-config: default.isolate = true
contract RelianceTest is Recognised {
    function test_AReleaseReliesAndIsWithdrawnInTheSameBlock() external {
        bytes32 before = _settled(exported);
        (bytes32 recognition, bytes32 control) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        _equal(_reliance(imported), Reliance.STANDS, "stands");
        _equal(uint8(_state(imported)), Status.RELEASED, "released");
        _equal(recognitions.reliance(imported)[0], recognition, "what it relies on");
        _revoke(control, before);
        _equal(_reliance(imported), Reliance.WITHDRAWN, "withdrawn");
        _equal(uint8(_state(imported)), Status.RELEASED, "released as before");
        bytes32[] memory ids = new bytes32[](2);
        (ids[0], ids[1]) = (exported, imported);
        _equal(consignments.statusMany(ids)[0].reliance, 0, "nothing");
        _equal(consignments.statusMany(ids)[1].reliance, Reliance.WITHDRAWN, "withdrawn");
    }

    function test_WhatDecisionsMayRely() external {
        (bytes32 recognition,) = _recognised();
        for (uint256 kind = 1; kind <= DecisionKind.REASSESS; ++kind) {
            bool may = kind == DecisionKind.LIFT_CONTROL || kind == DecisionKind.LIFT_DOCUMENTS
                || (kind >= DecisionKind.RELEASE && kind <= DecisionKind.CLEAR);
            if (may || kind == DecisionKind.CONDITIONALLY_RELEASE) continue;
            _refused(_relying(imported, kind, abi.encode(recognition)), Outcome.MALFORMED);
        }
        _record(_relying(imported, DecisionKind.LIFT_CONTROL, abi.encode(recognition)));
        _equal(_reliance(imported), Reliance.STANDS, "stands");
    }

    function test_TheListIsProven() external {
        (bytes32 r,) = _recognised();
        Records.Entry memory entry = _relying(imported, DecisionKind.RELEASE, abi.encode(r));
        entry.proof = "";
        _refused(entry, Outcome.RELIANCE_NOT_PROVEN);
        entry.proof = abi.encode(keccak256("another"));
        _refused(entry, Outcome.RELIANCE_NOT_PROVEN);
        entry = _relying(imported, DecisionKind.RELEASE, "");
        _refused(entry, Outcome.RELIANCE_NOT_PROVEN);
        entry = _relying(imported, DecisionKind.RELEASE, abi.encodePacked(r, bytes1(0)));
        _refused(entry, Outcome.RELIANCE_NOT_PROVEN);
        entry = _relying(imported, DecisionKind.RELEASE, abi.encode(r, r, r, r, r));
        _refused(entry, Outcome.RELIANCE_NOT_PROVEN);
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(r, r, r, r)));
    }

    function test_OnRecognitionsOfItsOwnThatStand() external {
        bytes32 before = _settled(exported);
        (bytes32 recognition, bytes32 control) = _recognised();
        bytes memory unknown = abi.encode(keccak256("nothing"));
        _refused(_relying(imported, DecisionKind.RELEASE, unknown), Outcome.RELIANCE_INVALID);
        Records.Entry memory entry = _relying(transited, DecisionKind.RELEASE, abi.encode(recognition));
        _refused(entry, Outcome.RELIANCE_INVALID);
        Records.Recognition memory r = _recognition(imported, B, control, 0);
        (r.verdict, r.reason) = (uint8(Verdict.DECLINED), 2);
        bytes32 declined = _record(_of(r));
        entry = _relying(imported, DecisionKind.RELEASE, abi.encode(recognition, declined));
        _refused(entry, Outcome.RELIANCE_INVALID);
        uint256 state = vm.snapshotState();
        vm.warp(block.timestamp + 1 days);
        entry = _relying(imported, DecisionKind.RELEASE, abi.encode(recognition));
        _refused(entry, Outcome.CONTROL_EXPIRED);
        vm.revertToState(state);
        _amend(imported, B, 1);
        _refused(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)), Outcome.RISK_TOUCHED);
        vm.revertToState(state);
        _revoke(control, before);
        _refused(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)), Outcome.PARENT_BROKEN);
    }

    function test_AnExpiryWithdrawsNothing() external {
        (bytes32 recognition,) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        vm.warp(block.timestamp + 30 days);
        _equal(_reliance(imported), Reliance.STANDS, "stands");
    }

    function test_OnlyADecisionOverTheGoodsDropsIt() external {
        bytes32 before = _settled(exported);
        (bytes32 recognition, bytes32 control) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        _revoke(control, before);
        _byB(DecisionKind.RECEIPT, 0);
        _byB(DecisionKind.ASSESS, 0);
        _byB(DecisionKind.DETAIN, 0);
        _byB(DecisionKind.CLEAR, keccak256("some items"));
        _equal(_reliance(imported), Reliance.WITHDRAWN, "withdrawn");
        _byB(DecisionKind.CLEAR, 0);
        _equal(_reliance(imported), 0, "decided anew");
    }

    function test_BRestatesItsReliance() external {
        bytes32 before = _settled(exported);
        (bytes32 recognition, bytes32 control) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        _revoke(control, before);
        bytes memory proof;
        (control, proof) = _controlled(_control(exported));
        Records.Recognition memory r = _recognition(imported, B, control, agreed);
        bytes32 anew = _record(_of(r, proof));
        _record(_relying(imported, DecisionKind.CLEAR, abi.encode(anew)));
        _equal(_reliance(imported), Reliance.STANDS, "stands");
        bytes32[4] memory relied = recognitions.reliance(imported);
        _equal(relied[0], anew, "restated");
        _equal(relied[1], 0, "nothing else");
    }

    // -- seals that break

    function test_ABrokenSealFlagsItsOwnDeclarationAlone() external {
        (bytes32 recognition, bytes32 control) = _recognised();
        bytes32 onward = _record(_of(_recognition(transited, C, recognition, _agreed(B, C))));
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        _record(_relying(transited, DecisionKind.RELEASE, abi.encode(onward)));
        uint256 before = _state(imported);
        _sealed(imported, B, SealState.BROKEN);
        _equal(_state(imported), before | SEAL_BROKEN, "one bit");
        _equal(_reliance(imported), Reliance.WITHDRAWN, "B's");
        _equal(_reliance(transited), Reliance.STANDS, "C's");
        _stands(recognition);
        _true(!consignments.superseded(control), "A's control");
        _sealed(imported, B, SealState.INTACT);
        _equal(_reliance(imported), Reliance.WITHDRAWN, "no control mends it");
    }

    function test_OtherStatesOfSealsAndOthersThatRelyOnNothing() external {
        _sealed(imported, B, SealState.BROKEN);
        _true(_state(imported) & SEAL_BROKEN == 0, "it relies on nothing");
        (bytes32 recognition,) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        _equal(_reliance(imported), Reliance.STANDS, "what broke before, B knew");
        _sealed(imported, B, SealState.NOT_APPLICABLE);
        _sealed(imported, B, SealState.INTACT);
        _sealed(imported, B, SealState.REPLACED);
        _equal(_reliance(imported), Reliance.STANDS, "stands");
    }

    function test_ABrokenSealStaysUntilBDecidesAnew() external {
        (bytes32 recognition,) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        _sealed(imported, B, SealState.BROKEN);
        _byB(DecisionKind.RECEIPT, 0);
        _byB(DecisionKind.ASSESS, 0);
        _byB(DecisionKind.CLEAR, keccak256("some items"));
        _equal(_reliance(imported), Reliance.WITHDRAWN, "withdrawn");
        uint256 snapshot = vm.snapshotState();
        _record(_relying(imported, DecisionKind.CLEAR, abi.encode(recognition)));
        _equal(_reliance(imported), Reliance.STANDS, "restated");
        _true(_state(imported) & SEAL_BROKEN == 0, "cleared by restating");
        vm.revertToState(snapshot);
        _byB(DecisionKind.CLEAR, 0);
        _equal(_reliance(imported), Reliance.NONE, "dropped");
        _true(_state(imported) & SEAL_BROKEN == 0, "cleared by dropping");
    }

    function test_ASupersedingControlReportsItToo() external {
        bytes32 before = _settled(exported);
        (bytes32 recognition, bytes32 control) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        Records.Control memory r = _control(exported);
        (r.supersedes, r.sealState) = (control, uint8(SealState.BROKEN));
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), control];
        Records.Entry memory entry = _of(r);
        entry.proof = abi.encode(before, steps);
        _record(entry);
        _equal(_reliance(imported), Reliance.WITHDRAWN, "as any superseding");
        _true(_state(imported) & SEAL_BROKEN == 0, "not B's seal");
        _true(_state(exported) & SEAL_BROKEN == 0, "A relies on nothing");
    }

    /// @dev The report moves one bit, and only of a declaration that relies: whatever the seals, whoever relies.
    function testFuzz_TheFlagIsTheLastReportsSinceTheDecision(uint8 seals, bool relies, uint8 further)
        external
    {
        (bytes32 recognition,) = _recognised();
        if (relies) _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        uint256 before = _state(imported);
        uint256 seal = seals % 4;
        _sealed(imported, B, seal);
        _sealed(imported, B, further % 2);
        bool broken = relies && seal == SealState.BROKEN;
        _equal(_state(imported), broken ? before | SEAL_BROKEN : before, "state");
        uint256 wanted = !relies ? Reliance.NONE : broken ? Reliance.WITHDRAWN : Reliance.STANDS;
        _equal(_reliance(imported), wanted, "reliance");
    }

    function test_ASupersedingDecisionRelies() external {
        (bytes32 recognition,) = _recognised();
        bytes32 before = _settled(imported);
        Records.Decision memory d = _decision(imported, DecisionKind.RELEASE);
        d.administration = B;
        bytes32 first = _record(_of(d));
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), first];
        d = _decision(imported, DecisionKind.RELEASE);
        (d.administration, d.supersedes) = (B, first);
        d.reliance = keccak256(abi.encode(recognition));
        Records.Entry memory entry = _of(d);
        entry.proof = abi.encode(before, steps);
        _refused(entry, Outcome.RELIANCE_NOT_PROVEN);
        entry.proof = bytes.concat(abi.encode(before, steps), recognition);
        _record(entry);
        _equal(_reliance(imported), Reliance.STANDS, "stands");
        _true(consignments.superseded(first), "superseded");
    }

    function test_OnlyConsignmentsSaysOnWhatADeclarationRelies() external {
        vm.expectRevert(
            abi.encodeWithSelector(IRecognitions.Recognitions_NotConsignments.selector, address(this))
        );
        recognitions.rely(imported, block.timestamp, 0, "");
    }

    /// @dev The same gas whether nobody relies, one, or a thousand; and a status reads at most 32 nodes.
    function test_ARevocationCostsTheSameWhateverTheFanOut() external {
        bytes32 before = _settled(exported);
        (bytes32 recognition, bytes32 control) = _recognised();
        uint256 alone = _gasOfRevoking(control, before);
        _record(_of(_recognition(imported, B, control, agreed)));
        _equal(_gasOfRevoking(control, before), alone, "fan-out 1");
        for (uint256 i = 0; i < 1000; ++i) {
            Records.Entry memory entry = _of(_recognition(imported, B, control, agreed));
            _record(entry);
        }
        _equal(_gasOfRevoking(control, before), alone, "fan-out 1,000");
        emit Spent(alone);
        _stands(recognition);
    }

    event Spent(uint256 gas);

    function test_AReadWalksThirtyTwoNodesAtMost() external {
        (bytes32 first,) = _recognised();
        bytes32 second = _chain(first, 1);
        bytes memory relied;
        for (uint256 i = 0; i < 4; ++i) {
            relied = bytes.concat(relied, _chain(second, 6));
        }
        _record(_relying(exported, DecisionKind.RELEASE, relied));
        vm.record();
        consignments.status(exported);
        (bytes32[] memory reads,) = vm.accesses(address(recognitions));
        // A node takes four slots, the facts of a control three, the list four: none is read by more than each walk.
        _true(reads.length <= 4 + 4 * (1 + 8 * 6 + 3), vm.toString(reads.length));
        uint256 spent = gasleft();
        consignments.status(exported);
        spent -= gasleft();
        _true(spent < 1_000_000, vm.toString(spent));
    }

    function _byB(uint256 kind, bytes32 scope) private {
        Records.Decision memory d = _decision(imported, kind);
        (d.administration, d.scope, d.limitAt) = (B, scope, 0);
        _record(_of(d));
    }

    /// @dev Revokes, and takes it back.
    function _gasOfRevoking(bytes32 control, bytes32 before) private returns (uint256 spent) {
        uint256 state = vm.snapshotState();
        Records.Control memory r = _control(exported);
        (r.supersedes, r.outcome, r.evidence) = (control, 4, keccak256("evidence"));
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), control];
        Records.Entry memory entry = _of(r);
        entry.signature = _sign(_key(A), _digest(entry));
        entry.proof = abi.encode(before, steps);
        consignments.record(_list(entry));
        spent = vm.lastCallGas().gasTotalUsed;
        vm.revertToState(state);
    }
}
