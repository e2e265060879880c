// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ConsignmentStore} from "./ConsignmentStore.sol";
import {Lodgement} from "./Lodgement.sol";
import {Recorder} from "./Recorder.sol";
import {Rulings} from "./Rulings.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Bodies} from "./types/Bodies.sol";
import {Outcome} from "./types/Codes.sol";
import "./types/Records.sol" as Records;

/// @title The law of declarations
/// @notice See `IConsignments`.
contract Consignments is Lodgement, Rulings {
    using Bodies for bytes;

    constructor(IParticipants participants_, address predecessor_)
        Recorder(participants_.networkId())
        ConsignmentStore(participants_, predecessor_)
    {}

    function _recordOne(Records.Entry calldata entry) internal override returns (Outcome, bytes32) {
        if (entry.recordType < FIRST_OF_PARTICIPANTS) return _process(entry);
        // slither-disable-next-line calls-loop,reentrancy-benign  Participants is known code and calls nobody
        return participants.recordOne(entry);
    }

    function _apply(Records.Entry calldata entry, bytes32 digest, Author memory author)
        internal
        override
        returns (Outcome)
    {
        uint8 recordType = entry.recordType;
        if (recordType == Records.DECISION) return _decide(entry, digest, author);
        if (recordType == Records.DECLARATION) return _declare(entry, digest, author);
        if (recordType == Records.CONTROL) return _control(entry, digest, author);
        if (recordType == Records.HOLD) return _hold(entry, digest, author);
        return _request(entry, digest, author);
    }

    function _named(uint8 recordType, bytes calldata body)
        internal
        pure
        override
        returns (bool named, uint32 id, uint16 addressed)
    {
        if (recordType == Records.DECISION) return _one(body, 4, 16);
        if (recordType == Records.CONTROL) return _one(body, 3, 16);
        if (recordType == Records.HOLD) return _one(body, 2, 32);
        (named, id,) = _one(body, body.word(3) == 0 ? 2 : 3, 32);
        if (recordType != Records.DECLARATION) return (named, id, 0);
        if (body.word(2) | body.word(3) == 0) (named, id,) = _one(body, 4, 16);
        if (body.above(4, 16) == 0) addressed = uint16(body.word(4));
    }

    function _subject(uint8 recordType, bytes calldata body, bytes32 digest)
        internal
        pure
        override
        returns (bytes32)
    {
        // The first field is the declaration, or the consignment that a declaration joins.
        bytes32 first = bytes32(body.word(0));
        return recordType == Records.DECLARATION && first == 0 ? digest : first;
    }

    function _one(bytes calldata body, uint256 field, uint256 bits)
        private
        pure
        returns (bool, uint32, uint16)
    {
        return (body.above(field, bits) == 0 && body.word(field) != 0, uint32(body.word(field)), 0);
    }
}
