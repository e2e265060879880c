// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {KeyRing} from "./KeyRing.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {EncryptionSuite, Outcome, PURPOSE_MANAGE} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import "./types/Records.sol" as Records;
import "./types/Words.sol" as Words;

/// @title The keys to which others encrypt for an organisation
/// @notice Versioned from 1 without gaps. They sign nothing; the chain keeps the last version's number, the events the keys.
abstract contract EncryptionKeys is KeyRing {
    using Bodies for Records.Entry;
    using Bodies for bytes;

    /// @dev Length of an ML-KEM-768 encapsulation key (FIPS 203).
    uint256 private constant _MLKEM_LENGTH = 1184;

    function _encryptionKey(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.EncryptionKey calldata r = body.encryptionKey();
        uint32 id = author.id();
        Head next = Head.wrap(r.orgHead).extend(digest);
        if (next == _heads[id]) return Outcome.ALREADY_RECORDED;
        if (!Forms.encryptionKey(r)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_mayKeepKeys(author)) return Outcome.ORGANISATION_NOT_ACTIVE;
        if (Head.wrap(r.orgHead) != _heads[id]) return Outcome.STALE_HEAD;
        if (r.version != uint256(_encryptionVersions[id]) + 1) return Outcome.UNKNOWN_VERSION;
        // It starts one second after the block at the earliest.
        if (r.notAfter <= r.notBefore || r.notAfter <= block.timestamp + 1) return Outcome.WINDOW_INVALID;
        if (!_isWhole(r, entry.proofOf())) return Outcome.ENCRYPTION_KEY_INVALID;

        _heads[id] = next;
        _encryptionVersions[id] = uint32(r.version);
        _emit(entry, EncryptionKey.selector, digest, bytes32(uint256(id)), r.version);
    }

    /// @dev The proof is the ML-KEM part, which the record names by its hash.
    function _isWhole(Words.EncryptionKey calldata r, bytes calldata proof) private pure returns (bool) {
        if (r.suite != EncryptionSuite.HYBRID) return true;
        return proof.length == _MLKEM_LENGTH && keccak256(proof) == r.hybrid;
    }
}
