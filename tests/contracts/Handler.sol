// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import "../../contracts/types/Codes.sol" as Codes;
import {Head} from "../../contracts/types/Heads.sol";
import "../../contracts/types/Records.sol" as Records;
import {State} from "../../contracts/types/State.sol";
import {Drafts} from "./Drafts.sol";
import {Entitlement} from "./Entitlement.sol";
import {Vm, vm} from "./Vm.sol";

/// @notice Relays random groups and looks at each from outside. A rule that does not hold is noted in `broken`, for the
/// invariant of that name; INVARIANTS.md tells the rules.
contract Handler is Drafts {
    enum Rule {
        ONLY_A_COMPETENT_VALID_KEY,
        TERMINAL_IS_LEFT_BY_REINSTATE,
        NOBODY_ELSE,
        A_REFUSED_RECORD_CHANGES_NOTHING,
        NO_RECORD_REVERTS_ITS_GROUP,
        NO_GAS_LIMIT_REFUSES,
        AN_OUTSIDER_LEAVES_NO_TRACE
    }

    /// @dev All that a call did.
    struct Effect {
        bool done;
        bytes answer;
        Vm.Log[] logs;
        bytes32[] written;
        bytes32[] writtenToParticipants;
        bytes32[] writtenToRecognitions;
    }

    mapping(Rule rule => string what) public broken;
    uint256 public recorded;
    uint256 public refused;
    uint256 public corrected;
    Entitlement private immutable _ENTITLEMENT;

    constructor(IConsignments consignments_, IParticipants participants_) {
        (consignments, participants) = (consignments_, participants_);
        recognitions = consignments_.recognitions();
        _ENTITLEMENT = new Entitlement(consignments_, participants_);
        _councilHead = Head.wrap(participants_.councilHead());
        // Later versions come and go; without a first one few controls would ever be recognised.
        _record(_of(_arrangement(A, B)));
        _record(_of(_arrangement(A, C)));
        uint32[7] memory members = [A, B, C, OPERATOR, AGENT, OTHER, AGENCY];
        for (uint256 i = 0; i < members.length; ++i) {
            _organisationHeads[members[i]] = Head.wrap(participants_.organisationHead(members[i]));
        }
    }

    // -- actions

    /// @notice One to four random records, every other time with one among them that must be recorded.
    function relay(uint256 seed) external {
        _seed(seed);
        uint256 size = 1 + _random(4);
        Records.Entry[] memory group = new Records.Entry[](size);
        uint256 safe = _random(2 * size);
        for (uint256 i = 0; i < size; ++i) {
            group[i] = i == safe ? _safe() : _draw();
        }
        _submit(group, safe);
    }

    function relayWithLittleGas(uint256 seed) external {
        _seed(seed);
        Records.Entry[] memory group = _list(_random(4) == 0 ? _safe() : _draw());
        uint256 start = vm.snapshotState();
        Effect memory free = _send(group, gasleft());
        vm.revertToState(start);
        Effect memory starved = _send(group, 10_000 + _random(150_000));
        vm.revertToState(start);
        bool judged = starved.done || _isPolite(starved);
        bool same = starved.done == free.done && keccak256(starved.answer) == keccak256(free.answer);
        _rule(Rule.NO_GAS_LIMIT_REFUSES, !judged || same, "another answer with less gas");
        if (free.done) _submit(group, 1);
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + 1 + time % 5 hours);
    }

    // -- one group

    /// @dev `safe` is the place of a record that must be recorded; beyond the group: there is none.
    function _submit(Records.Entry[] memory group, uint256 safe) private {
        uint256 start = vm.snapshotState();
        Effect memory whole = _send(group, gasleft());
        if (!whole.done) {
            bool fair = _isPolite(whole) && safe >= group.length;
            _rule(Rule.NO_RECORD_REVERTS_ITS_GROUP, fair, "the group is lost");
            return;
        }
        uint8[] memory outcomes = abi.decode(whole.answer, (uint8[]));
        if (safe < group.length) {
            _rule(Rule.NO_RECORD_REVERTS_ITS_GROUP, outcomes[safe] == 0, "a good record is refused");
        }
        vm.revertToState(start);
        _isTraced(group, outcomes, whole.logs);
        Effect memory alone = _send(_recordedOf(group, outcomes), gasleft());
        _rule(Rule.A_REFUSED_RECORD_CHANGES_NOTHING, _sameEffect(whole, alone), "the refused have an effect");
        for (uint256 i = 0; i < alone.logs.length; ++i) {
            _follow(alone.logs[i]);
        }
        recorded += alone.logs.length;
        refused += group.length - alone.logs.length;
    }

    /// @dev Anybody sends: a founder, the council, a relayer.
    function _send(Records.Entry[] memory group, uint256 gas_) private returns (Effect memory effect) {
        bytes memory data = abi.encodeCall(IRecorder.record, (group));
        uint256 sender = uint256(keccak256(data)) % 3;
        vm.recordLogs();
        vm.record();
        vm.prank(vm.addr(sender == 0 ? _manager(A, 1) : sender == 1 ? _manager(B, 1) : _stranger()));
        // solhint-disable-next-line avoid-low-level-calls
        (effect.done, effect.answer) = address(consignments).call{gas: gas_}(data);
        (, effect.written) = vm.accesses(address(consignments));
        (, effect.writtenToParticipants) = vm.accesses(address(participants));
        (, effect.writtenToRecognitions) = vm.accesses(address(recognitions));
        effect.logs = vm.getRecordedLogs();
    }

    function _recordedOf(Records.Entry[] memory group, uint8[] memory outcomes)
        private
        pure
        returns (Records.Entry[] memory kept)
    {
        uint256 count = 0;
        for (uint256 i = 0; i < group.length; ++i) {
            if (outcomes[i] == Codes.Outcome.RECORDED) ++count;
        }
        kept = new Records.Entry[](count);
        for (uint256 i = group.length; i > 0; --i) {
            if (outcomes[i - 1] == Codes.Outcome.RECORDED) kept[--count] = group[i - 1];
        }
    }

    // -- rules

    /// @dev Before the fold moves on: who signed, and where the declaration stood.
    function _follow(Vm.Log memory log) private {
        bool decides = log.topics[0] == IConsignments.Decision.selector;
        bool moves = decides || log.topics[0] == IConsignments.Control.selector;
        Story storage story = _stories[log.topics[2]];
        bool entitled = _ENTITLEMENT.holds(log, story.state);
        _rule(moves ? Rule.ONLY_A_COMPETENT_VALID_KEY : Rule.NOBODY_ELSE, entitled, "signed by another");
        bool terminal = _isTerminal(story.state.status());
        _fold(log);
        if (!terminal || _isTerminal(story.state.status())) return;
        (Records.Decision memory r,,) = abi.decode(log.data, (Records.Decision, bytes, bytes));
        bool reinstates = decides && r.kind == Codes.DecisionKind.REINSTATE;
        _rule(Rule.TERMINAL_IS_LEFT_BY_REINSTATE, reinstates, "another record left a terminal status");
        ++corrected;
    }

    /// @dev Each entry leaves its own event, its refusal, or nothing: no event is left over.
    function _isTraced(Records.Entry[] memory group, uint8[] memory outcomes, Vm.Log[] memory logs) private {
        uint256 next = 0;
        for (uint256 i = 0; i < group.length; ++i) {
            uint256 outcome = outcomes[i];
            if (!_ENTITLEMENT.isAuthentic(group[i])) {
                bool quiet = outcome == Codes.Outcome.NOT_AUTHENTIC || outcome == Codes.Outcome.MALFORMED
                    || outcome == Codes.Outcome.UNKNOWN_RECORD_TYPE;
                _rule(Rule.AN_OUTSIDER_LEAVES_NO_TRACE, quiet, "an outsider is heard");
            } else if (outcome != Codes.Outcome.ALREADY_RECORDED) {
                bool present = next < logs.length && logs[next].topics[1] == _digest(group[i])
                    && (logs[next].topics[0] == IRecorder.Refused.selector) == (outcome != 0);
                _rule(Rule.AN_OUTSIDER_LEAVES_NO_TRACE, present, "another event than the entry's");
                ++next;
            }
        }
        _rule(Rule.AN_OUTSIDER_LEAVES_NO_TRACE, next == logs.length, "an event of no entry");
    }

    /// @dev The same slots written and the same events, but for the refusals.
    function _sameEffect(Effect memory whole, Effect memory alone) private pure returns (bool) {
        if (!alone.done || !_same(_slotsOf(whole), _slotsOf(alone))) return false;
        uint256 next = 0;
        for (uint256 i = 0; i < whole.logs.length; ++i) {
            if (whole.logs[i].topics[0] == IRecorder.Refused.selector) continue;
            if (next == alone.logs.length) return false;
            if (!_same(abi.encode(whole.logs[i]), abi.encode(alone.logs[next++]))) return false;
        }
        return next == alone.logs.length;
    }

    function _slotsOf(Effect memory effect) private pure returns (bytes memory) {
        return abi.encode(effect.written, effect.writtenToParticipants, effect.writtenToRecognitions);
    }

    function _same(bytes memory a, bytes memory b) private pure returns (bool) {
        return keccak256(a) == keccak256(b);
    }

    /// @dev The call says that it recorded nothing, in its own words.
    function _isPolite(Effect memory effect) private pure returns (bool) {
        return !effect.done && bytes4(effect.answer) == IRecorder.NothingRecorded.selector;
    }

    function _isTerminal(uint256 status) private pure returns (bool) {
        return status == Codes.Status.REJECTED || status == Codes.Status.INVALIDATED
            || status == Codes.Status.DESTROYED || status == Codes.Status.CLOSED;
    }

    function _rule(Rule rule, bool holds, string memory what) private {
        if (!holds && bytes(broken[rule]).length == 0) broken[rule] = what;
    }

    // -- the fold, for the invariants

    function ids() external view returns (bytes32[] memory) {
        return _ids;
    }

    function consignmentIds() external view returns (bytes32[] memory) {
        return _consignments;
    }

    function folded(bytes32 id)
        external
        view
        returns (Head settled, bytes32 request, Head holds, State state)
    {
        Story storage story = _stories[id];
        return (story.settled, story.request, story.holds, story.state);
    }

    function erasedBy(bytes32 id, uint16 version) external view returns (bytes32) {
        return _erased[id][version];
    }

    function encryptionVersion(uint32 id) external view returns (uint32) {
        return _encryptionVersions[id];
    }

    /// @notice How many recognitions stand in events, how many declarations rely, and how many seals broke.
    function recognised() external view returns (uint256 nodes, uint256 relying, uint256 seals) {
        for (uint256 i = 0; i < _ids.length; ++i) {
            if (_stories[_ids[i]].state.relies()) ++relying;
            if (_stories[_ids[i]].state.sealBroken()) ++seals;
        }
        nodes = _nodes.length;
    }

    function stepsOf(bytes32 id) external view returns (bytes32[2][] memory) {
        return _stories[id].steps;
    }

    function consignmentHead(bytes32 id) external view returns (Head) {
        return _consignmentHeads[id];
    }

    function organisationHead(uint32 id) external view returns (Head) {
        return _organisationHeads[id];
    }

    function councilHead() external view returns (Head) {
        return _councilHead;
    }

    function wasSuperseded(bytes32 digest) external view returns (bool) {
        return _supersededBefore[digest];
    }
}
