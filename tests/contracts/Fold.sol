// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import "../../contracts/types/Codes.sol" as Codes;
import {Head} from "../../contracts/types/Heads.sol";
import {Lifecycle} from "../../contracts/types/Lifecycle.sol";
import "../../contracts/types/Records.sol" as Records;
import {State} from "../../contracts/types/State.sol";
import {Vm} from "./Vm.sol";

/// @notice What a reader makes of the events alone. The contracts must say the same; nothing here asks them.
abstract contract Fold {
    /// @dev One declaration: the steps of its settled head, each with the head before it, and what stands beside.
    struct Story {
        State state;
        Head settled;
        bytes32 request;
        Head holds;
        uint256 open;
        Head[] befores;
        bytes32[2][] steps;
    }

    error Impossible(string what);

    bytes32[] internal _ids;
    bytes32[] internal _consignments;
    bytes32[] internal _joiners;
    mapping(bytes32 id => bytes32) internal _consignmentOf;
    mapping(bytes32 id => Story) internal _stories;
    mapping(bytes32 id => mapping(uint32 agency => bool)) internal _held;
    mapping(bytes32 consignment => Head) internal _consignmentHeads;
    mapping(uint32 id => Head) internal _organisationHeads;
    mapping(bytes32 digest => bool) internal _supersededBefore;
    mapping(bytes32 id => mapping(uint16 version => bytes32)) internal _erased;
    mapping(uint32 id => uint32) internal _encryptionVersions;
    mapping(Head settled => bool) internal _reached;
    Head internal _councilHead;
    // Of mutual recognition, what later records may name.
    bytes32[] internal _controls;
    bytes32[] internal _nodes;
    bytes32[] internal _grants;
    bytes32[] internal _asks;
    mapping(bytes32 controlOrNode => bytes32 declaration) internal _declarationOf;
    mapping(bytes32 id => bytes32[] nodes) internal _nodesOf;
    mapping(bytes32 control => uint256 step) internal _stepOf;
    mapping(bytes32 control => bytes body) internal _bodies;

    function _fold(Vm.Log memory log) internal {
        bytes32 name = log.topics[0];
        (bytes32 digest, bytes32 second) = (log.topics[1], log.topics[2]);
        if (name == IConsignments.Declaration.selector) {
            _foldDeclaration(digest, second, log.data);
        } else if (name == IConsignments.Decision.selector) {
            _foldDecision(digest, second, log.data);
        } else if (name == IConsignments.Control.selector) {
            _foldControl(digest, second, log.data);
        } else if (name == IConsignments.Hold.selector) {
            _foldHold(digest, second, log.data);
        } else if (name == IConsignments.Erasure.selector) {
            _foldErasure(digest, second, log.data);
        } else if (_isRequest(name)) {
            _foldRequest(name, digest, second);
        } else if (name == IParticipants.Admission.selector) {
            _councilHead = _councilHead.extend(digest);
        } else if (name == IParticipants.EncryptionKey.selector) {
            _foldEncryptionKey(digest, second, log.topics[3]);
        } else if (_isOrganisational(name)) {
            _foldOrganisation(digest, uint32(uint256(second)));
        } else if (!_foldRecognised(name, digest, second, log.data) && name != IParticipants.Grant.selector) {
            revert Impossible("an event of no record");
        }
    }

    function _foldDeclaration(bytes32 digest, bytes32 consignment, bytes memory data) private {
        (Records.Declaration memory r,,) = abi.decode(data, (Records.Declaration, bytes, bytes));
        Story storage story = _stories[digest];
        story.state = _opened(r);
        _settle(story, 0, digest);
        _ids.push(digest);
        if (r.consignment == 0) {
            _consignments.push(digest);
            _consignmentHeads[digest] = Head.wrap(digest);
            _consignmentOf[digest] = digest;
        } else {
            _joiners.push(digest);
            _consignmentOf[digest] = consignment;
            _consignmentHeads[consignment] = _consignmentHeads[consignment].extend(digest);
        }
    }

    function _foldDecision(bytes32 digest, bytes32 id, bytes memory data) private {
        (Records.Decision memory r,,) = abi.decode(data, (Records.Decision, bytes, bytes));
        Story storage story = _stories[id];
        _settle(story, r.request, digest);
        State state = story.state;
        uint256 ruling = (r.scope != 0 ? 1 : 0) | (r.supersedes != 0 ? 2 : 0);
        ruling |= (r.reason == Codes.REASON_OVERRIDE && r.evidence != 0 ? 4 : 0) | (r.request != 0 ? 8 : 0);
        (, uint256 status, uint256 flags) =
            Lifecycle.rowOf(r.kind).decide(state.status(), state.flags(), ruling);
        bool adopts = r.kind == Codes.DecisionKind.GRANT && r.request != 0
            && state.pending() == Codes.Pending.AMENDMENT;
        if (adopts || r.commitment != 0) state = state.withVersion(uint256(state.version()) + 1);
        story.state = _relating(r, state.withStanding(status, flags));
        if (story.state.pending() == Codes.Pending.NONE) story.request = 0;
        if (r.supersedes != 0) _supersede(r.supersedes);
    }

    function _foldControl(bytes32 digest, bytes32 id, bytes memory data) private {
        (Records.Control memory r,,) = abi.decode(data, (Records.Control, bytes, bytes));
        _settle(_stories[id], 0, digest);
        State state = _stories[id].state;
        if (r.sealState == Codes.SealState.BROKEN && state.relies()) {
            _stories[id].state = state.withBrokenSeal();
        }
        _controls.push(digest);
        (_declarationOf[digest], _bodies[digest]) = (id, abi.encode(r));
        _stepOf[digest] = _stories[id].steps.length - 1;
        if (r.supersedes != 0) _supersede(r.supersedes);
    }

    /// @dev What a decision says of reliance: restated, ended, or left as it is with whatever seal broke.
    function _relating(Records.Decision memory r, State state) private pure returns (State) {
        if (r.reliance != 0) return state.withReliance(true);
        bool ends = r.scope == 0 && Lifecycle.rowOf(r.kind).settlesGoods();
        return ends ? state.withReliance(false) : state;
    }

    /// @dev Neither a head nor a state moves by them. False: the event is none of theirs.
    function _foldRecognised(bytes32 name, bytes32 digest, bytes32 second, bytes memory data)
        private
        returns (bool)
    {
        if (name == IRecognitions.Recognition.selector) {
            _nodes.push(digest);
            _nodesOf[second].push(digest);
            _declarationOf[digest] = second;
        } else if (name == IRecognitions.AeoStatus.selector) {
            (Records.AeoStatus memory r,,) = abi.decode(data, (Records.AeoStatus, bytes, bytes));
            if (r.grant == 0) _grants.push(digest);
        } else if (name == IRecognitions.Assistance.selector) {
            (Records.Assistance memory r,,) = abi.decode(data, (Records.Assistance, bytes, bytes));
            if (r.request == 0) _asks.push(digest);
        } else {
            return name == IRecognitions.Arrangement.selector
                || name == IRecognitions.ArrangementSuspension.selector;
        }
        return true;
    }

    function _foldHold(bytes32 digest, bytes32 id, bytes memory data) private {
        (Records.Hold memory r,,) = abi.decode(data, (Records.Hold, bytes, bytes));
        Story storage story = _stories[id];
        story.holds = story.holds.extend(digest);
        bool sets = r.action == Codes.HoldAction.SET;
        if (_held[id][r.agency] == sets) revert Impossible("a hold set, or lifted, twice");
        _held[id][r.agency] = sets;
        story.open = sets ? story.open + 1 : story.open - 1;
        uint256 flags = story.state.flags();
        if (sets || story.open == 0) flags &= ~Codes.FLAG_OVERRIDDEN;
        flags = story.open == 0 ? flags & ~Codes.FLAG_AGENCY : flags | Codes.FLAG_AGENCY;
        story.state = story.state.withStanding(story.state.status(), flags);
    }

    function _foldRequest(bytes32 name, bytes32 digest, bytes32 id) private {
        uint256 pending = Codes.Pending.PRESENTATION;
        if (name == IConsignments.AmendmentRequest.selector) pending = Codes.Pending.AMENDMENT;
        if (name == IConsignments.InvalidationRequest.selector) pending = Codes.Pending.INVALIDATION;
        if (_stories[id].request != 0) revert Impossible("a second request");
        _stories[id].request = digest;
        _stories[id].state = _stories[id].state.withPending(pending);
    }

    /// @dev Neither a head nor the state moves.
    function _foldErasure(bytes32 digest, bytes32 id, bytes memory data) private {
        (Records.Erasure memory r,,) = abi.decode(data, (Records.Erasure, bytes, bytes));
        if (_erased[id][r.version] != 0) revert Impossible("a version erased twice");
        if (r.version == 0 || r.version > _stories[id].state.version()) revert Impossible("no such version");
        _erased[id][r.version] = digest;
    }

    function _foldEncryptionKey(bytes32 digest, bytes32 organisation, bytes32 version) private {
        uint32 id = uint32(uint256(organisation));
        if (uint256(version) != ++_encryptionVersions[id]) revert Impossible("a version left out");
        _foldOrganisation(digest, id);
    }

    function _foldOrganisation(bytes32 digest, uint32 id) private {
        _organisationHeads[id] = _organisationHeads[id].extend(digest);
    }

    function _settle(Story storage story, bytes32 request, bytes32 digest) private {
        story.befores.push(story.settled);
        story.steps.push([request, digest]);
        story.settled = story.settled.settle(request, digest);
        if (_reached[story.settled]) revert Impossible("a settled head twice");
        _reached[story.settled] = true;
    }

    function _supersede(bytes32 digest) private {
        if (_supersededBefore[digest]) revert Impossible("superseded twice");
        _supersededBefore[digest] = true;
    }

    /// @dev The state word as docs/records.md lays it out.
    function _opened(Records.Declaration memory r) private pure returns (State) {
        uint256 status = Codes.Status.LODGED;
        if (r.stage == Codes.Stage.PRE_LODGED) status = Codes.Status.PRE_LODGED;
        if (r.stage == Codes.Stage.REPORTED) status = Codes.Status.REPORTED;
        uint256 flags = (r.declarant == 0 ? 1 << 8 : 0) | (r.consignment != 0 ? 1 << 15 : 0);
        uint256 anchor = r.consignment == 0 ? uint160(r.joinKey) : uint256(r.consignment) >> 96;
        uint256 word = status | (uint256(r.leg) << 8) | (uint256(r.regime) << 12);
        word |= (uint256(r.administration) << 16) | (uint256(r.declarant) << 32) | (1 << 64);
        return State.wrap(word | (flags << 80) | (anchor << 96));
    }

    function _isRequest(bytes32 name) private pure returns (bool) {
        return name == IConsignments.AmendmentRequest.selector
            || name == IConsignments.InvalidationRequest.selector
            || name == IConsignments.PresentationNotice.selector;
    }

    function _isOrganisational(bytes32 name) private pure returns (bool) {
        return name == IParticipants.OperatorStatus.selector
            || name == IParticipants.KeyAuthorisation.selector
            || name == IParticipants.AdministrationSetting.selector;
    }
}
