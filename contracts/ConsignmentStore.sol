// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ParticipantsReader} from "./ParticipantsReader.sol";
import {Recognitions} from "./Recognitions.sol";
import {IConsignments} from "./interfaces/IConsignments.sol";
import {IRecognitions} from "./interfaces/IRecognitions.sol";
import {Reliance} from "./types/Codes.sol";
import {Head} from "./types/Heads.sol";
import {Organisation} from "./types/Organisation.sol";
import {State} from "./types/State.sol";

/// @title What is stored of declarations and consignments, and its views
/// @notice A declaration takes two slots, a consignment one from its second declaration on; everything else is written
/// only when it is used.
abstract contract ConsignmentStore is IConsignments, ParticipantsReader {
    struct Declared {
        Head settled;
        State state;
    }

    /// @dev A consignment's head starts at its id and is stored from its second declaration on.
    struct Joined {
        Head head;
    }

    struct Holds {
        Head head;
        uint256 open;
        mapping(uint32 agency => bool) ofAgency;
    }

    /// @inheritdoc IConsignments
    IRecognitions public immutable recognitions;
    /// @inheritdoc IConsignments
    address public immutable predecessor;

    mapping(bytes32 id => Declared) internal _declarations;
    mapping(bytes32 id => bytes32 digest) internal _requests;
    mapping(bytes32 id => Holds) internal _holds;
    mapping(bytes32 consignment => Joined) internal _joined;
    mapping(bytes32 digest => bool) internal _superseded;
    mapping(bytes32 id => mapping(uint256 version => bytes32 digest)) internal _erasures;
    mapping(bytes32 id => uint256 lanes) internal _touched;

    constructor(address predecessor_) {
        if (predecessor_ != address(0) && predecessor_.code.length == 0) {
            revert Consignments_PredecessorWithoutCode(predecessor_);
        }
        recognitions = new Recognitions(participants);
        predecessor = predecessor_;
    }

    /// @inheritdoc IConsignments
    function declaration(bytes32 id) external view returns (bytes32 settled, uint256 state) {
        Declared storage declared = _declarations[id];
        return (Head.unwrap(declared.settled), State.unwrap(declared.state));
    }

    /// @inheritdoc IConsignments
    function consignment(bytes32 id) external view returns (bytes32 head, address joinKey) {
        State state = _declarations[id].state;
        if (state.opens()) return (Head.unwrap(_headOf(_joined[id], id)), state.anchor());
    }

    /// @inheritdoc IConsignments
    function statusMany(bytes32[] calldata ids) external view returns (Standing[] memory standings) {
        standings = new Standing[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            standings[i] = status(ids[i]);
        }
    }

    /// @inheritdoc IConsignments
    function heads(bytes32 id)
        external
        view
        returns (bytes32 settled, bytes32 request, bytes32 holds, bytes32 publicHead)
    {
        Head head = _declarations[id].settled;
        if (head.isZero()) return (0, 0, 0, 0);
        request = _requests[id];
        Head held = _holds[id].head;
        return (Head.unwrap(head), request, Head.unwrap(held), head.publish(request, held));
    }

    /// @inheritdoc IConsignments
    function holdOpen(bytes32 id, uint32 agency) external view returns (bool) {
        return _holds[id].ofAgency[agency];
    }

    /// @inheritdoc IConsignments
    function openHolds(bytes32 id) external view returns (uint256) {
        return _holds[id].open;
    }

    /// @inheritdoc IConsignments
    function touched(bytes32 id) external view returns (uint256) {
        return _touched[id];
    }

    /// @inheritdoc IConsignments
    function superseded(bytes32 digest) external view returns (bool) {
        return _superseded[digest];
    }

    /// @inheritdoc IConsignments
    function erasure(bytes32 id, uint16 version) external view returns (bytes32) {
        return _erasures[id][version];
    }

    /// @inheritdoc IConsignments
    function status(bytes32 id) public view returns (Standing memory) {
        Declared storage declared = _declarations[id];
        State state = declared.state;
        if (!state.exists()) return Standing(0, 0, 0, 0, 0, 0);
        // slither-disable-next-line unused-return,calls-loop  only the standing counts; Participants is known code
        (, Organisation administration) = participants.competentFor(state.administration());
        return Standing({
            settled: Head.unwrap(declared.settled),
            request: _requests[id],
            holds: Head.unwrap(_holds[id].head),
            state: State.unwrap(state),
            authority: uint8(administration.statusAt(block.timestamp)),
            reliance: state.relies() ? _reliance(id, state) : 0
        });
    }

    function _reliance(bytes32 id, State state) private view returns (uint8) {
        // slither-disable-next-line calls-loop  Recognitions is known code
        bool ended = state.sealBroken() || recognitions.withdrawn(id);
        return uint8(ended ? Reliance.WITHDRAWN : Reliance.STANDS);
    }

    function _headOf(Joined storage joined, bytes32 id) internal view returns (Head head) {
        head = joined.head;
        if (head.isZero()) head = Head.wrap(id);
    }

    /// @dev True when the organisation is the declaration's administration or has taken over from it.
    function _isCompetent(State state, uint256 organisation) internal view returns (bool) {
        if (state.administration() == organisation) return true;
        // slither-disable-next-line calls-loop  Participants is known code and cannot be made to fail
        return participants.competent(state.administration(), uint32(organisation));
    }
}
