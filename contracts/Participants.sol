// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EncryptionKeys} from "./EncryptionKeys.sol";
import {Membership} from "./Membership.sol";
import {ParticipantStore} from "./ParticipantStore.sol";
import {Recorder} from "./Recorder.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {Outcome} from "./types/Codes.sol";
import "./types/Records.sol" as Records;

/// @title The law of participants
/// @notice See `IParticipants`.
contract Participants is EncryptionKeys, Membership {
    using Bodies for Records.Entry;
    using Bodies for bytes;

    constructor(bytes32 network, bool development_, Founder[] memory founders)
        Recorder(network)
        ParticipantStore(development_, founders)
    {}

    /// @inheritdoc IParticipants
    function recordOne(Records.Entry calldata entry) external returns (uint8 code, bytes32 digest) {
        uint256 outcome;
        (outcome, digest) = _recordOne(entry);
        code = uint8(outcome);
    }

    function _recordOne(Records.Entry calldata entry) internal override returns (uint256, bytes32) {
        uint256 recordType = entry.typeWord();
        if (recordType < FIRST_OF_PARTICIPANTS || recordType >= Records.ARRANGEMENT) {
            return (Outcome.UNKNOWN_RECORD_TYPE, 0);
        }
        return _process(recordType, entry);
    }

    function _apply(
        uint256 recordType,
        Records.Entry calldata entry,
        bytes calldata body,
        bytes32 digest,
        Author author
    ) internal override returns (uint256) {
        if (recordType == Records.OPERATOR_STATUS) {
            return _operatorStatus(entry, body, digest, author);
        }
        if (recordType == Records.KEY_AUTHORISATION) return _keyAuthorisation(entry, body, digest, author);
        if (recordType == Records.GRANT) return _grant(entry, body, digest, author);
        if (recordType == Records.ENCRYPTION_KEY) return _encryptionKey(entry, body, digest, author);
        if (recordType == Records.ADMISSION) return _admission(entry, body, digest, author);
        return _setting(entry, body, digest, author);
    }

    function _named(uint256 recordType, bytes calldata body)
        internal
        pure
        override
        returns (uint256 id, uint256)
    {
        // The council is the author of an admission: the first approval is any administration's.
        if (recordType == Records.ADMISSION) return (ANY_ADMINISTRATION, 0);
        id = body.word(0);
        // A word that fits no id has no key either, but a body without an author is malformed, not unauthentic.
        bool byAdministration =
            recordType == Records.OPERATOR_STATUS || recordType == Records.ADMINISTRATION_SETTING;
        if (id == 0 || id >> (byAdministration ? 16 : 32) != 0) id = NOBODY;
        return (id, 0);
    }

    function _subject(uint256 recordType, bytes calldata body, bytes32)
        internal
        pure
        override
        returns (bytes32)
    {
        return bytes32(body.word(recordType == Records.OPERATOR_STATUS ? 2 : 0));
    }
}
