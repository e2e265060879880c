// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import "../../contracts/types/Codes.sol" as Codes;
import {Head} from "../../contracts/types/Heads.sol";
import "../../contracts/types/Records.sol" as Records;
import {State} from "../../contracts/types/State.sol";
import {Fold} from "./Fold.sol";
import {Recognised} from "./Recognised.sol";

/// @notice Random records of mutual recognition that could mostly be recorded as they are.
abstract contract RecognitionDrafts is Recognised, Fold {
    struct Draft {
        uint8 recordType;
        bytes body;
        uint256 signer;
        uint256 prover;
        bytes proof;
    }

    /// @dev A number below `n`.
    function _random(uint256 n) internal virtual returns (uint256);

    function _anyId() internal virtual returns (bytes32);

    function _amongPartners(uint256 which) internal returns (Draft memory) {
        if (which == 0) return _random(2) == 0 ? _arranges() : _recognises();
        if (which == 1) return _random(2) == 0 ? _suspends() : _arranges();
        if (which == 2) return _saysWhoIsTrusted();
        if (which == 3) return _assists();
        return _recognises();
    }

    function _pair() private returns (uint16 first, uint16 second) {
        uint256 which = _random(3);
        return which == 0 ? (A, B) : which == 1 ? (A, C) : (B, C);
    }

    function _arranges() private returns (Draft memory) {
        (uint16 first, uint16 second) = _pair();
        Records.Arrangement memory r = _arrangement(first, second);
        if (_random(4) == 0) r.validFrom += uint40(_random(2 days));
        if (_random(4) == 0) r.risks = uint8(1 + _random(Codes.MAX_RISKS));
        return Draft(Records.ARRANGEMENT, abi.encode(r), _manager(first, 1), _manager(second, 1), "");
    }

    function _suspends() private returns (Draft memory) {
        (uint16 first, uint16 second) = _pair();
        IRecognitions.Line memory line = recognitions.line(first, second);
        if (line.latest == 0) return _arranges();
        bool byFirst = _random(2) == 0;
        bool already = byFirst ? line.suspendedByFirst : line.suspendedBySecond;
        uint16 by = byFirst ? first : second;
        Records.ArrangementSuspension memory r = _suspension(by, line.latest, already ? 2 : 1);
        return Draft(Records.ARRANGEMENT_SUSPENSION, abi.encode(r), _manager(by, 1), 0, "");
    }

    function _saysWhoIsTrusted() private returns (Draft memory) {
        bool ends = _grants.length != 0 && _random(2) == 0;
        Records.AeoStatus memory r = _aeo(OPERATOR);
        r.validUntil += uint40(_random(9 days));
        if (ends) {
            bytes32 granted = _grants[_random(_grants.length)];
            r = _ended(granted, 2 + _random(2), block.timestamp - _random(1 hours));
        }
        return Draft(Records.AEO_STATUS, abi.encode(r), _key(r.administration), 0, "");
    }

    function _assists() private returns (Draft memory) {
        Records.Assistance memory r = _asked();
        r.consignment = _consignments[_random(_consignments.length)];
        if (_asks.length != 0 && _random(2) == 0) {
            r = _answered(_asks[_random(_asks.length)]);
            if (_random(2) == 0) {
                (r.action, r.commitment, r.reason) = (uint8(Codes.AssistanceAction.REFUSAL), 0, 1);
            }
        }
        return Draft(Records.ASSISTANCE, abi.encode(r), _key(r.administration), 0, "");
    }

    function _recognises() private returns (Draft memory) {
        if (_controls.length + _nodes.length == 0) return _arranges();
        // The last controls mostly, because the first have expired.
        uint256 recent = _controls.length < 4 ? _controls.length : 4;
        bool byControl = _nodes.length == 0 || (recent != 0 && _random(3) != 0);
        bytes32 parent = byControl
            ? _controls[_controls.length - 1 - _random(recent)]
            : _nodes[_nodes.length - 1 - _random(_nodes.length)];
        bytes32 above = _declarationOf[parent];
        bytes32 own = _near(above);
        State state = _stories[own].state;
        uint16 by = state.administration();
        uint16 partner = _stories[above].state.administration();
        (uint16 first, uint16 second) = by < partner ? (by, partner) : (partner, by);
        Records.Recognition memory r =
            _recognition(own, by, parent, _versionAt(recognitions.line(first, second).latest, parent));
        (r.version, r.effectiveAt) = (state.version(), uint40(block.timestamp));
        if (_random(8) == 0) {
            (r.verdict, r.reason, r.arrangement) = (uint8(Codes.Verdict.DECLINED), 1, 0);
        } else if (_grants.length != 0 && _random(4) == 0) {
            r.aeo = _grants[_random(_grants.length)];
        }
        bytes32[] storage mine = _nodesOf[own];
        if (mine.length != 0 && _random(6) == 0) r.supersedes = mine[_random(mine.length)];
        bytes memory proof = byControl ? _leadingTo(parent) : bytes("");
        return Draft(Records.RECOGNITION, abi.encode(r), _key(by), 0, proof);
    }

    /// @dev The version that was in force when the control, or the recognition, took effect.
    function _versionAt(bytes32 version, bytes32 parent) private view returns (bytes32) {
        bool byControl = _bodies[parent].length != 0;
        uint256 time = byControl
            ? abi.decode(_bodies[parent], (Records.Control)).effectiveAt
            : recognitions.recognition(parent).effectiveAt;
        for (uint256 i = 0; i < 9 && recognitions.arrangement(version).validFrom > time; ++i) {
            bytes32 before = recognitions.arrangement(version).predecessor;
            if (before == 0) break;
            version = before;
        }
        return version;
    }

    /// @dev Mostly another administration's declaration of the same consignment.
    function _near(bytes32 above) private returns (bytes32 own) {
        bytes32 consignment = _consignmentOf[above];
        uint16 other = _stories[above].state.administration();
        if (_stories[consignment].state.administration() != other && _random(2) == 0) return consignment;
        for (uint256 i = 0; i < 6 && _joiners.length != 0; ++i) {
            own = _joiners[_random(_joiners.length)];
            if (_consignmentOf[own] == consignment && _stories[own].state.administration() != other) {
                return own;
            }
        }
        return _ids[_random(_ids.length)];
    }

    /// @dev A control's body, and the steps from it to the settled head.
    function _leadingTo(bytes32 control) private view returns (bytes memory) {
        Story storage story = _stories[_declarationOf[control]];
        uint256 from = _stepOf[control];
        bytes32[2][] memory steps = new bytes32[2][](story.steps.length - from);
        for (uint256 i = 0; i < steps.length; ++i) {
            steps[i] = story.steps[from + i];
        }
        return bytes.concat(_bodies[control], abi.encode(Head.unwrap(story.befores[from]), steps));
    }

    /// @dev What a decision of a declaration relies on; mostly nothing.
    function _reliedBy(bytes32 id, uint256 kind) internal returns (bytes memory) {
        bytes32[] storage mine = _nodesOf[id];
        bool may = kind == Codes.DecisionKind.RELEASE || kind == Codes.DecisionKind.LIFT_CONTROL
            || kind == Codes.DecisionKind.LIFT_DOCUMENTS || kind == Codes.DecisionKind.CLEAR;
        if (!may || mine.length == 0 || _random(3) == 0) return "";
        bytes32 first = mine[_random(mine.length)];
        return _random(3) == 0 ? abi.encode(first, mine[_random(mine.length)]) : abi.encode(first);
    }
}
