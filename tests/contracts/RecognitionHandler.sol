// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {AeoStanding, DecisionKind, Outcome, Verdict} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Recognised} from "./Recognised.sol";
import {vm} from "./Vm.sol";

/// @notice Lets A, B and C recognise, rely, revoke, amend and end AEO status at random, and keeps what was ever seen.
contract RecognitionHandler is Recognised {
    bytes32[] public nodes;
    bytes32[] public controls;
    mapping(bytes32 recognition => bool) public brokenOnce;
    /// @dev What a naive look at the records says of each declaration's seals.
    mapping(bytes32 declaration => bool) public sealsBroken;
    uint256 public sealsFound;
    /// @dev Names what went wrong; empty while nothing did.
    string public wrong;

    bytes32[3] private _ids;
    bytes32[3] private _pairs;
    mapping(bytes32 control => bytes) private _proofs;
    mapping(bytes32 control => bytes32) private _befores;
    bytes32 private _granted;

    function setUp() public override {
        super.setUp();
        _ids = [exported, imported, transited];
        _pairs = [agreed, _agreed(A, C), _agreed(B, C)];
        _granted = _record(_of(_aeo(OPERATOR)));
    }

    function count() external view returns (uint256) {
        return nodes.length;
    }

    function control(uint8 by, uint8 outcome, uint8 risk) external {
        uint256 who = by % 3;
        Records.Control memory r = _control(_ids[who]);
        (r.administration, r.version) = (uint16(who + 1), _version(who));
        (r.outcome, r.risk) = (outcome % 8 == 0 ? 4 : 1, risk % 15 + 1);
        bytes32 before = _settled(_ids[who]);
        (bytes32 digest, bytes memory proof) = _controlled(r);
        controls.push(digest);
        (_proofs[digest], _befores[digest]) = (proof, before);
        _look();
    }

    function recognise(uint8 by, uint16 parent, uint8 risk, uint8 extras) external {
        uint256 all = nodes.length + controls.length;
        if (all == 0) return;
        uint256 at_ = parent % all;
        bytes32 above = at_ < controls.length ? controls[at_] : nodes[at_ - controls.length];
        uint256 who = by % 3;
        (uint16 partner, uint8 covered) = _above(above);
        Records.Recognition memory r = _recognition(_ids[who], uint16(who + 1), above, _between(who, partner));
        (r.version, r.verdict) = (_version(who), uint8(Verdict.PARTIAL));
        r.risk = risk % 15 + 1 & covered == 0 ? covered : uint8(risk % 15 + 1) & covered;
        if (extras & 1 == 1) r.aeo = _granted;
        if (extras & 6 == 6 && nodes.length != 0) r.supersedes = nodes[extras % nodes.length];
        _present(r, above);
        _look();
    }

    function revoke(uint16 which) external {
        if (controls.length == 0) return;
        bytes32 last = controls[which % controls.length];
        Records.Control memory r = _last(last);
        uint256 who = r.administration - 1;
        Records.Control memory next = _control(_ids[who]);
        (next.administration, next.supersedes, next.outcome) = (r.administration, last, 4);
        Records.Entry memory entry = _of(next);
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), last];
        entry.proof = abi.encode(_befores[last], steps);
        _try(entry);
        _look();
    }

    function breakSeal(uint8 by, uint8 seals) external {
        uint256 who = by % 3;
        _sealed(_ids[who], uint16(who + 1), seals % 4);
        if (seals % 4 == 2 && _relies(_ids[who])) {
            sealsBroken[_ids[who]] = true;
            ++sealsFound;
        }
        _look();
    }

    /// @dev A receipt leaves reliance as it is, a release without any drops it.
    function decide(uint8 by, bool drops) external {
        uint256 who = by % 3;
        Records.Decision memory r = _decision(_ids[who], drops ? DecisionKind.RELEASE : DecisionKind.RECEIPT);
        r.administration = uint16(who + 1);
        if (_try(_of(r)) && drops) sealsBroken[_ids[who]] = false;
        _look();
    }

    function amend(uint8 by, uint8 risks) external {
        uint256 who = by % 3;
        _amend(_ids[who], uint16(who + 1), risks % 16);
        _look();
    }

    function endAeo(uint32 earlier) external {
        _try(_of(_ended(_granted, AeoStanding.WITHDRAWN, block.timestamp - earlier % 3600)));
        _look();
    }

    function rely(uint16 first, uint16 second, uint8 kind) external {
        if (nodes.length == 0) return;
        bytes32 one = nodes[first % nodes.length];
        bytes32 other = nodes[second % nodes.length];
        IRecognitions.Node memory node = recognitions.recognition(one);
        bool lifts = kind % 4 != 0;
        Records.Decision memory r =
            _decision(node.declaration, lifts ? DecisionKind.LIFT_CONTROL : DecisionKind.RELEASE);
        bytes memory relied = first == second ? abi.encode(one) : abi.encode(one, other);
        (r.administration, r.reliance) = (node.administration, keccak256(relied));
        Records.Entry memory entry = _of(r);
        entry.proof = relied;
        if (_try(entry)) sealsBroken[node.declaration] = false;
        _look();
    }

    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % 3600);
    }

    // -- what holds after every call

    /// @dev What was broken stays so; each declaration's reliance is what a walk of its own finds.
    function _look() private {
        for (uint256 i = 0; i < nodes.length; ++i) {
            bool broken = recognitions.standing(nodes[i]) != Outcome.RECORDED;
            if (brokenOnce[nodes[i]] && !broken) wrong = "broken un-breaks";
            if (broken != _naive(nodes[i])) wrong = "the walk and the naive one differ";
            if (broken) brokenOnce[nodes[i]] = true;
        }
        for (uint256 i = 0; i < 3; ++i) {
            bool broken = sealsBroken[_ids[i]];
            if ((_state(_ids[i]) >> 10 & 1 == 1) != broken) wrong = "seals";
            uint256 wanted = !_relies(_ids[i]) ? 0 : broken || _anyBroken(_ids[i]) ? 2 : 1;
            if (_reliance(_ids[i]) != wanted) wrong = "reliance";
        }
    }

    function _relies(bytes32 id) private view returns (bool) {
        return _state(id) >> 11 & 1 == 1;
    }

    function _anyBroken(bytes32 id) private view returns (bool) {
        bytes32[4] memory relied = recognitions.reliance(id);
        for (uint256 i = 0; i < 4 && relied[i] != 0; ++i) {
            if (_naive(relied[i])) return true;
        }
        return false;
    }

    /// @dev By recursion over the public views, each cause by itself.
    function _naive(bytes32 digest) private view returns (bool) {
        uint256 risk = recognitions.recognition(digest).risk;
        for (uint256 depth = 0; depth <= 8; ++depth) {
            IRecognitions.Node memory node = recognitions.recognition(digest);
            if (node.declaration == 0) break;
            if (node.withdrawn || _touched(node.declaration, node.version, risk)) return true;
            uint256 ended = recognitions.aeo(node.aeo).endedFrom;
            if (ended != 0 && node.effectiveAt >= ended) return true;
            digest = node.parent;
        }
        IRecognitions.ControlFacts memory facts = recognitions.control(digest);
        return consignments.superseded(digest) || _touched(facts.declaration, facts.version, risk);
    }

    function _touched(bytes32 id, uint256 version, uint256 risk) private view returns (bool) {
        uint256 lanes = consignments.touched(id);
        for (uint256 area = 0; area < 4; ++area) {
            if ((risk >> area) & 1 == 1 && uint16(lanes >> (16 * area)) > version) return true;
        }
        return false;
    }

    // -- helpers

    function _present(Records.Recognition memory r, bytes32 above) private {
        (bytes32 settled, uint256 state) = consignments.declaration(r.declaration);
        Records.Entry memory entry = _of(r, _proofs[above]);
        if (!_try(entry)) return;
        bytes32 digest = _digest(entry);
        IRecognitions.Node memory node = recognitions.recognition(digest);
        IRecognitions.Node memory parent = recognitions.recognition(above);
        // The parent was there before: there are no cycles.
        if (node.depth != parent.depth + 1 || node.depth > 8 || node.parent == digest) wrong = "depth";
        (bytes32 after_, uint256 next) = consignments.declaration(r.declaration);
        if (after_ != settled || next != state) wrong = "a recognition changed a status";
        nodes.push(digest);
    }

    /// @dev A good record beside it is always recorded: no record reverts its group.
    function _try(Records.Entry memory entry) private returns (bool) {
        Records.Entry[] memory group = new Records.Entry[](2);
        (group[0], group[1]) = (entry, _of(_outside(C)));
        return consignments.record(group)[0] == Outcome.RECORDED;
    }

    function _above(bytes32 digest) private view returns (uint16 partner, uint8 risk) {
        IRecognitions.Node memory node = recognitions.recognition(digest);
        if (node.declaration != 0) return (node.administration, node.risk);
        Records.Control memory r = _last(digest);
        return (r.administration, r.risk);
    }

    function _between(uint256 who, uint16 partner) private view returns (bytes32) {
        uint256 sum = who + 1 + partner;
        return _pairs[sum == 3 ? 0 : sum == 4 ? 1 : 2];
    }

    function _last(bytes32 digest) private view returns (Records.Control memory) {
        return abi.decode(_proofs[digest], (Records.Control));
    }

    function _version(uint256 who) private view returns (uint16) {
        return uint16(_state(_ids[who]) >> 64);
    }
}
