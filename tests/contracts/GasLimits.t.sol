// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import {
    DecisionKind,
    HoldAction,
    OrganisationStatus,
    SealState,
    SuspensionAction
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Recognised} from "./Recognised.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Invariant 8, swept: with whatever gas a valid record is relayed, it is recorded, or the whole call reverts as
/// one that ran out of gas does, without a verdict.
contract GasLimitsTest is Recognised {
    /// @dev Narrower than what a precompile or a cold slot costs, so that the gas runs out inside each of them.
    uint256 private constant STEP = 100;
    uint256 private constant LEAST = 3000;

    function test_Opening() external {
        _sweep(_of(_declaration()));
    }

    function test_Joining() external {
        _sweep(_of(_joiner(_lodged())));
    }

    function test_ByAnAgent() external {
        _record(_of(_grantOf(OPERATOR, AGENT)));
        Records.Declaration memory r = _declaration();
        r.agent = AGENT;
        _sweep(_of(r));
    }

    function test_Amendment() external {
        _sweep(_of(_amendment(_accepted())));
    }

    function test_Presentation() external {
        _sweep(_of(_presentation(_accepted())));
    }

    function test_Decision() external {
        _sweep(_of(_decision(_lodged(), DecisionKind.ACCEPT)));
    }

    function test_DecisionOnARequest() external {
        bytes32 id = _accepted();
        _record(_of(_amendment(id)));
        _sweep(_of(_decision(id, DecisionKind.GRANT)));
    }

    function test_Superseding() external {
        bytes32 id = _lodged();
        bytes32 before = _settled(id);
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0][1] = _record(_of(_decision(id, DecisionKind.ACCEPT)));
        Records.Decision memory r = _decision(id, DecisionKind.REJECT);
        r.supersedes = steps[0][1];
        Records.Entry memory entry = _of(r);
        entry.proof = abi.encode(before, steps);
        _sweep(entry);
    }

    function test_Control() external {
        _sweep(_of(_control(_accepted())));
    }

    function test_Hold() external {
        _sweep(_of(_hold(_accepted(), HoldAction.SET)));
    }

    function test_Erasure() external {
        _sweep(_of(_erasure(_accepted())));
    }

    function test_EncryptionKey() external {
        _sweep(_of(_encryptionKey(A)));
    }

    function test_Grant() external {
        _sweep(_of(_grantOf(OPERATOR, AGENT)));
    }

    function test_KeyAuthorisation() external {
        Records.KeyAuthorisation memory r = _authorisation(A, vm.addr(_stranger()), 2);
        _sweep(_proven(Records.KEY_AUTHORISATION, abi.encode(r), _manager(A, 1), _stranger()));
    }

    function test_OperatorStatus() external {
        Records.OperatorStatus memory r = _standing(A, OPERATOR, OrganisationStatus.SUSPENDED);
        _sweep(_entry(Records.OPERATOR_STATUS, abi.encode(r), _manager(A, 1)));
    }

    function test_Admission() external {
        Records.Admission memory r;
        (r.administration, r.action, r.councilHead) = (B, 2, participants.councilHead());
        (r.effectiveAt, r.deadline) = (uint40(block.timestamp), _soon());
        bytes memory body = abi.encode(r);
        bytes[] memory approvals = new bytes[](1);
        approvals[0] = _sign(_manager(C, 1), _digest(Records.ADMISSION, body));
        Records.Entry memory entry = _entry(Records.ADMISSION, body, _manager(A, 1));
        entry.proof = abi.encode(approvals, new bytes[](0));
        _sweep(entry);
    }

    function test_Recognition() external {
        (bytes32 control, bytes memory proof) = _controlled(_control(exported));
        _sweep(_of(_recognition(imported, B, control, agreed), proof));
    }

    function test_RecognitionOfARecognition() external {
        (bytes32 recognition,) = _recognised();
        _sweep(_of(_recognition(exported, A, recognition, agreed)));
    }

    function test_Reliance() external {
        (bytes32 recognition,) = _recognised();
        _sweep(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
    }

    function test_ABrokenSeal() external {
        (bytes32 recognition,) = _recognised();
        _record(_relying(imported, DecisionKind.RELEASE, abi.encode(recognition)));
        Records.Control memory r = _control(imported);
        (r.administration, r.sealState) = (B, uint8(SealState.BROKEN));
        _sweep(_of(r));
    }

    function test_Arrangement() external {
        _sweep(_of(_arrangement(A, C)));
    }

    function test_ArrangementSuspension() external {
        _sweep(_of(_suspension(B, agreed, SuspensionAction.SUSPEND)));
    }

    function test_AeoStatus() external {
        _sweep(_of(_aeo(OPERATOR)));
    }

    function test_AeoStatusEnded() external {
        bytes32 granted = _record(_of(_aeo(OPERATOR)));
        _sweep(_of(_ended(granted, 3, block.timestamp)));
    }

    function test_Assistance() external {
        _sweep(_of(_asked()));
    }

    function test_AssistanceAnswered() external {
        bytes32 request = _record(_of(_asked()));
        _sweep(_of(_answered(request)));
    }

    function _sweep(Records.Entry memory entry) private {
        bytes memory data = abi.encodeCall(IRecorder.record, (_list(entry)));
        uint256 start = vm.snapshotState();
        uint256 limit = LEAST;
        while (!_isRecordedWith(limit, data)) {
            vm.revertToState(start);
            limit += STEP;
        }
        _true(limit > LEAST + 100 * STEP, "a sweep over many limits");
    }

    function _isRecordedWith(uint256 limit, bytes memory data) private returns (bool done) {
        bytes memory answer;
        vm.recordLogs();
        // solhint-disable-next-line avoid-low-level-calls
        (done, answer) = address(consignments).call{gas: limit}(data);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (!done) {
            _equal(answer.length, 0, "no verdict, but out of gas");
            return false;
        }
        uint8[] memory outcomes = abi.decode(answer, (uint8[]));
        _equal(outcomes[0], 0, string.concat("recorded with ", vm.toString(limit)));
        _true(logs.length == 1 && logs[0].topics[0] != IRecorder.Refused.selector, "its event");
    }
}
