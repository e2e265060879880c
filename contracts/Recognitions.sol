// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Arranging} from "./Arranging.sol";
import {Assisting} from "./Assisting.sol";
import {ParticipantsReader} from "./ParticipantsReader.sol";
import {Recognising} from "./Recognising.sol";
import {RecognitionStore} from "./RecognitionStore.sol";
import {Recorder} from "./Recorder.sol";
import {IConsignments} from "./interfaces/IConsignments.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {IRecognitions} from "./interfaces/IRecognitions.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {Outcome, Verdict} from "./types/Codes.sol";
import "./types/Records.sol" as Records;

/// @title The law of mutual recognition
/// @notice See `IRecognitions`. Made by the constructor of `Consignments`.
contract Recognitions is Recognising, Arranging, Assisting {
    using Bodies for Records.Entry;
    using Bodies for bytes;

    constructor(IParticipants participants_)
        Recorder(participants_.networkId())
        ParticipantsReader(participants_)
        RecognitionStore(IConsignments(msg.sender))
    {}

    /// @inheritdoc IRecognitions
    function recordOne(Records.Entry calldata entry) external returns (uint8 code, bytes32 digest) {
        uint256 outcome;
        (outcome, digest) = _recordOne(entry);
        code = uint8(outcome);
    }

    /// @inheritdoc IRecognitions
    function rely(bytes32 declaration, uint256 effectiveAt, bytes32 reliance_, bytes calldata relied)
        external
        returns (uint256 outcome)
    {
        if (msg.sender != address(consignments)) revert Recognitions_NotConsignments(msg.sender);
        uint256 count = relied.length / 32;
        bool proven =
            relied.length % 32 == 0 && count != 0 && count <= MAX_RELIED && keccak256(relied) == reliance_;
        if (!proven) return Outcome.RELIANCE_NOT_PROVEN;
        // slither-disable-next-line uninitialized-local  what is not relied on stays 0
        bytes32[4] memory list;
        for (uint256 i = 0; i < count; ++i) {
            list[i] = bytes32(relied.word(i));
            outcome = _checkRelied(list[i], declaration, effectiveAt);
            if (outcome != Outcome.RECORDED) return outcome;
        }
        _reliances[declaration] = list;
    }

    function _recordOne(Records.Entry calldata entry) internal override returns (uint256, bytes32) {
        uint256 recordType = entry.typeWord();
        bool mine = recordType == Records.RECOGNITION
            || (recordType >= Records.ARRANGEMENT && recordType <= Records.ASSISTANCE);
        return mine ? _process(recordType, entry) : (Outcome.UNKNOWN_RECORD_TYPE, bytes32(0));
    }

    function _apply(
        uint256 recordType,
        Records.Entry calldata entry,
        bytes calldata body,
        bytes32 digest,
        Author author
    ) internal override returns (uint256) {
        if (recordType == Records.RECOGNITION) return _recognise(entry, body, digest, author);
        if (recordType == Records.ARRANGEMENT) return _arrange(entry, body, digest, author);
        if (recordType == Records.ARRANGEMENT_SUSPENSION) return _suspend(entry, body, digest, author);
        if (recordType == Records.AEO_STATUS) return _aeoStatus(entry, body, digest, author);
        return _assist(entry, body, digest, author);
    }

    function _named(uint256 recordType, bytes calldata body)
        internal
        pure
        override
        returns (uint256 id, uint256)
    {
        id = recordType == Records.RECOGNITION ? body.recognition().administration : body.word(0);
        // A word that fits no id has no key either, but a body without an author is malformed, not unauthentic.
        if (id == 0 || id >> 16 != 0) id = NOBODY;
        return (id, 0);
    }

    function _subject(uint256 recordType, bytes calldata body, bytes32)
        internal
        pure
        override
        returns (bytes32)
    {
        if (recordType == Records.RECOGNITION || recordType == Records.ARRANGEMENT) {
            return bytes32(body.word(0));
        }
        return bytes32(body.word(recordType == Records.ASSISTANCE ? 2 : 1));
    }

    /// @dev A decision relies on what was recognised for its own declaration, has not expired and still stands.
    function _checkRelied(bytes32 digest, bytes32 declaration, uint256 effectiveAt)
        private
        view
        returns (uint256)
    {
        Node storage node = _nodes[digest];
        if (node.declaration != declaration || node.verdict == Verdict.DECLINED) {
            return Outcome.RELIANCE_INVALID;
        }
        if (_controls[_rootOf(digest)].validUntil <= effectiveAt) return Outcome.CONTROL_EXPIRED;
        return _standing(digest);
    }
}
