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

    function _recordOne(Records.Entry calldata entry) internal override returns (uint256, bytes32) {
        uint256 recordType = entry.typeWord();
        if (recordType < Records.RECOGNITION || recordType == Records.ERASURE) {
            return _process(recordType, entry);
        }
        if (recordType > type(uint8).max) return (Outcome.UNKNOWN_RECORD_TYPE, 0);
        // slither-disable-next-line calls-loop,reentrancy-benign  Recognitions is known code, which only reads from here
        if (_isOfRecognitions(recordType)) return recognitions.recordOne(entry);
        // slither-disable-next-line calls-loop,reentrancy-benign  Participants is known code and calls nobody
        return participants.recordOne(entry);
    }

    function _apply(
        uint256 recordType,
        Records.Entry calldata entry,
        bytes calldata body,
        bytes32 digest,
        Author author
    ) internal override returns (uint256) {
        if (recordType == Records.DECISION) return _decide(entry, body, digest, author);
        if (recordType == Records.DECLARATION) return _declare(entry, body, digest, author);
        if (recordType == Records.CONTROL) return _control(entry, body, digest, author);
        if (recordType == Records.HOLD) return _hold(entry, body, digest, author);
        if (recordType == Records.ERASURE) return _erase(entry, body, digest, author);
        return _request(entry, body, digest, author);
    }

    function _named(uint256 recordType, bytes calldata body)
        internal
        pure
        override
        returns (uint256 id, uint256 addressed)
    {
        if (recordType == Records.DECISION) return (_fitting(body.decision().administration, 16), 0);
        if (recordType == Records.CONTROL) return (_fitting(body.control().administration, 16), 0);
        if (recordType == Records.HOLD) return (_fitting(body.hold().agency, 32), 0);
        if (recordType == Records.ERASURE) return (_eraser(body), 0);
        // Declarant and agent stand at the same place in a declaration and in all requests.
        (uint256 declarant, uint256 agent) = (body.word(2), body.word(3));
        id = _fitting(agent == 0 ? declarant : agent, 32);
        if (recordType != Records.DECLARATION) return (id, 0);
        uint256 administration = body.declaration().administration;
        if (administration >> 16 == 0) addressed = administration;
        return (declarant | agent == 0 ? _fitting(administration, 16) : id, addressed);
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
            // 0 becomes the greatest of all numbers.
            return (id - 1 | id) >> bits == 0 ? id : NOBODY;
        }
    }
}
