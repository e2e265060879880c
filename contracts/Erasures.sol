// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Lodgement} from "./Lodgement.sol";
import {Rulings} from "./Rulings.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {OrganisationKind, Outcome, PURPOSE_DECLARE} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import "./types/Records.sol" as Records;
import {State} from "./types/State.sol";
import "./types/Words.sol" as Words;

/// @title What tells erasure from loss
/// @notice Once per version, in every status. No head moves: the record says something of the content, which is not here.
abstract contract Erasures is Lodgement, Rulings {
    using Bodies for bytes;

    function _erase(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Erasure calldata r = body.erasure();
        bytes32 before = _erasures[r.declaration][r.version];
        if (before == digest) return Outcome.ALREADY_RECORDED;
        if (!Forms.erasure(r)) return Outcome.MALFORMED;
        outcome = _mayErase(r, author);
        if (outcome != Outcome.RECORDED) return outcome;
        State state = _declarations[r.declaration].state;
        if (!state.exists()) return Outcome.UNKNOWN_DECLARATION;
        outcome = _checkEraser(r, state);
        if (outcome != Outcome.RECORDED) return outcome;
        if (r.version == 0 || r.version > state.version()) return Outcome.UNKNOWN_VERSION;
        if (before != 0) return Outcome.ALREADY_ERASED;

        _erasures[r.declaration][r.version] = digest;
        _emit(entry, Erasure.selector, digest, r.declaration, author.id());
    }

    /// @dev An operator of an expelled administration may still erase what is its own.
    function _mayErase(Words.Erasure calldata r, Author author) private view returns (uint256 outcome) {
        if (r.administration != 0) return _mayRule(author, r.deadline, 0);
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_DECLARE);
        if (outcome != Outcome.RECORDED) return outcome;
        bool active = author.organisation().acts(OrganisationKind.OPERATOR, block.timestamp);
        return active ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _checkEraser(Words.Erasure calldata r, State state) private view returns (uint256) {
        if (r.administration != 0) {
            return _isCompetent(state, r.administration) ? Outcome.RECORDED : Outcome.NOT_COMPETENT;
        }
        if (r.declarant != state.declarant()) return Outcome.NOT_COMPETENT;
        if (r.agent == 0) return Outcome.RECORDED;
        return _checkRequestMandate(Records.ERASURE, state, uint32(r.agent));
    }
}
