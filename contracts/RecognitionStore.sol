// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ParticipantsReader} from "./ParticipantsReader.sol";
import {IConsignments} from "./interfaces/IConsignments.sol";
import {IRecognitions} from "./interfaces/IRecognitions.sol";
import {Outcome} from "./types/Codes.sol";

/// @title What is stored of recognitions and of what they rest on; the walk from a recognition to its control
abstract contract RecognitionStore is IRecognitions, ParticipantsReader {
    uint256 internal constant MAX_RELIED = 4;
    uint256 internal constant MAX_DEPTH = 8;
    /// @dev A declaration's touched risks: per risk area, the version in which an amendment touched it last.
    uint256 internal constant LANE = 16;

    /// @inheritdoc IRecognitions
    IConsignments public immutable consignments;

    mapping(bytes32 digest => Node) internal _nodes;
    mapping(bytes32 digest => ControlFacts) internal _controls;
    mapping(bytes32 declaration => bytes32[4]) internal _reliances;
    mapping(bytes32 digest => Version) internal _versions;
    mapping(uint32 pair => Line) internal _lines;
    mapping(bytes32 digest => AeoGrant) internal _grants;
    mapping(bytes32 digest => AssistanceRequest) internal _assistance;

    constructor(IConsignments consignments_) {
        consignments = consignments_;
    }

    /// @inheritdoc IRecognitions
    function reliance(bytes32 declaration) external view returns (bytes32[4] memory) {
        return _reliances[declaration];
    }

    /// @inheritdoc IRecognitions
    function withdrawn(bytes32 declaration) external view returns (bool) {
        bytes32[4] storage relied = _reliances[declaration];
        for (uint256 i = 0; i < MAX_RELIED && relied[i] != 0; ++i) {
            if (_standing(relied[i]) != Outcome.RECORDED) return true;
        }
        return false;
    }

    /// @inheritdoc IRecognitions
    function standing(bytes32 recognition_) external view returns (uint8) {
        return uint8(_standing(recognition_));
    }

    /// @inheritdoc IRecognitions
    function recognition(bytes32 digest) external view returns (Node memory) {
        return _nodes[digest];
    }

    /// @inheritdoc IRecognitions
    function control(bytes32 digest) external view returns (ControlFacts memory) {
        return _controls[digest];
    }

    /// @inheritdoc IRecognitions
    function arrangement(bytes32 digest) external view returns (Version memory) {
        return _versions[digest];
    }

    /// @inheritdoc IRecognitions
    function line(uint16 first, uint16 second) external view returns (Line memory) {
        return _lines[_pair(first, second)];
    }

    /// @inheritdoc IRecognitions
    function aeo(bytes32 digest) external view returns (AeoGrant memory) {
        return _grants[digest];
    }

    /// @inheritdoc IRecognitions
    function assistance(bytes32 digest) external view returns (AssistanceRequest memory) {
        return _assistance[digest];
    }

    /// @dev RECORDED, PARENT_BROKEN or RISK_TOUCHED for a recognition and all its ancestors, in the risk areas that it
    /// covers itself.
    function _standing(bytes32 digest) internal view returns (uint256) {
        return _standingOf(digest, _nodes[digest].risk);
    }

    /// @dev The same of a recognition or a control that is known, in the risk areas `risk`.
    function _standingOf(bytes32 digest, uint256 risk) internal view returns (uint256 outcome) {
        outcome = Outcome.RECORDED;
        // A recognition's parent was recorded before it, and none lies deeper than MAX_DEPTH: this ends.
        for (Node storage node = _nodes[digest]; node.declaration != 0; node = _nodes[digest]) {
            if (_isBroken(node)) return Outcome.PARENT_BROKEN;
            if (_isTouched(node.declaration, node.version, risk)) outcome = Outcome.RISK_TOUCHED;
            digest = node.parent;
        }
        // slither-disable-next-line calls-loop  Consignments is known code
        if (consignments.superseded(digest)) return Outcome.PARENT_BROKEN;
        ControlFacts storage facts = _controls[digest];
        return _isTouched(facts.declaration, facts.version, risk) ? Outcome.RISK_TOUCHED : outcome;
    }

    function _isBroken(Node storage node) private view returns (bool) {
        if (node.withdrawn) return true;
        if (node.aeo == 0) return false;
        uint256 endedFrom = _grants[node.aeo].endedFrom;
        return endedFrom != 0 && node.effectiveAt >= endedFrom;
    }

    /// @dev True when a version later than `version` touched one of the risk areas.
    function _isTouched(bytes32 declaration, uint256 version, uint256 risk) internal view returns (bool) {
        // slither-disable-next-line calls-loop  Consignments is known code
        uint256 lanes = consignments.touched(declaration);
        for (; lanes != 0; (lanes, risk) = (lanes >> LANE, risk >> 1)) {
            if (risk & 1 == 1 && uint16(lanes) > version) return true;
        }
        return false;
    }

    /// @dev True when `organisation` is `party`, or has taken over from it.
    function _standsFor(uint16 party, uint16 organisation) internal view returns (bool) {
        // slither-disable-next-line calls-loop  Participants is known code and cannot be made to fail
        return party == organisation || participants.competent(party, organisation);
    }

    function _pair(uint256 first, uint256 second) internal pure returns (uint32) {
        return uint32((first << 16) | second);
    }
}
