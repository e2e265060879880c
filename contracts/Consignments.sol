// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ConsignmentStore} from "./ConsignmentStore.sol";
import {Erasures} from "./Erasures.sol";
import {ParticipantsReader} from "./ParticipantsReader.sol";
import {Recorder} from "./Recorder.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {Outcome} from "./types/Codes.sol";
import {bit} from "./types/Logic.sol";
import "./types/Records.sol" as Records;
import "./types/Words.sol" as Words;

/// @title The law of declarations
/// @notice See `IConsignments`.
contract Consignments is Erasures {
    using Bodies for Records.Entry;
    using Bodies for bytes;

    constructor(IParticipants participants_, address predecessor_)
        Recorder(participants_.networkId())
        ParticipantsReader(participants_)
        ConsignmentStore(predecessor_)
    {}

    function _recordOne(Records.Entry calldata entry)
        internal
        override
        returns (uint256 outcome, bytes32 digest)
    {
        uint256 recordType = entry.typeWord();
        if (recordType < FIRST_OF_PARTICIPANTS && recordType != Records.RECOGNITION) {
            (outcome, digest) = _process(recordType, entry);
        } else if (recordType > type(uint8).max) {
            outcome = Outcome.UNKNOWN_RECORD_TYPE;
        } else if (_isOfRecognitions(recordType)) {
            // slither-disable-next-line calls-loop,reentrancy-benign  Recognitions is known code, which only reads from here
            (outcome, digest) = recognitions.recordOne(entry);
        } else {
            // slither-disable-next-line calls-loop,reentrancy-benign  Participants is known code and calls nobody
            (outcome, digest) = participants.recordOne(entry);
        }
    }

    function _apply(
        uint256 recordType,
        Records.Entry calldata entry,
        bytes calldata body,
        bytes32 digest,
        Author author
    ) internal override returns (uint256 outcome) {
        if (recordType == Records.DECLARATION) {
            outcome = _declare(entry, body, digest, author);
        } else if (recordType == Records.DECISION) {
            outcome = _decide(entry, body, digest, author);
        } else if (recordType == Records.CONTROL) {
            outcome = _control(entry, body, digest, author);
        } else if (recordType == Records.HOLD) {
            outcome = _hold(entry, body, digest, author);
        } else if (recordType == Records.ERASURE) {
            outcome = _erase(entry, body, digest, author);
        } else {
            outcome = _request(entry, body, digest, author);
        }
    }

    function _named(uint256 recordType, bytes calldata body)
        internal
        pure
        override
        returns (uint256 id, uint256 addressed)
    {
        if (recordType < Records.DECISION) (id, addressed) = _lodger(recordType, body);
        else if (recordType == Records.DECISION) id = _fitting(body.decision().administration, 16);
        else if (recordType == Records.CONTROL) id = _fitting(body.control().administration, 16);
        else if (recordType == Records.HOLD) id = _fitting(body.hold().agency, 32);
        else id = _eraser(body);
    }

    function _lodger(uint256 recordType, bytes calldata body)
        private
        pure
        returns (uint256 id, uint256 addressed)
    {
        // Declarant and agent stand at the same place in a declaration and in all requests.
        (uint256 declarant, uint256 agent) = (body.word(2), body.word(3));
        id = agent == 0 ? declarant : agent;
        uint256 bits = 32;
        if (recordType == Records.DECLARATION) {
            // Too wide a value leads to some other administration, and makes the record malformed.
            addressed = body.declaration().administration;
            if (id == 0) (id, bits) = (addressed, 16);
        }
        id = _fitting(id, bits);
    }

    function _subject(uint256 recordType, bytes calldata body, bytes32 digest)
        internal
        pure
        override
        returns (bytes32)
    {
        // The first field is the declaration, or the consignment that a declaration joins.
        bytes32 first = bytes32(body.word(0));
        return recordType == Records.DECLARATION && first == 0 ? digest : first;
    }

    function _eraser(bytes calldata body) private pure returns (uint256) {
        Words.Erasure calldata r = body.erasure();
        if (r.administration != 0) return _fitting(r.administration, 16);
        return _fitting(r.agent == 0 ? r.declarant : r.agent, 32);
    }

    function _isOfRecognitions(uint256 recordType) private pure returns (bool) {
        return recordType == Records.RECOGNITION || recordType >= Records.ARRANGEMENT;
    }

    function _fitting(uint256 id, uint256 bits) private pure returns (uint256) {
        unchecked {
            // 0 becomes the greatest of all numbers, which is NOBODY.
            return id | (0 - bit((id - 1 | id) >> bits != 0));
        }
    }
}
