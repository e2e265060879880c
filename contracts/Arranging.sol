// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {RecognitionStore} from "./RecognitionStore.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {OrganisationKind, Outcome, PURPOSE_MANAGE, SuspensionAction} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {Key} from "./types/Key.sol";
import {Organisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import {Signatures} from "./types/Signatures.sol";
import "./types/Words.sol" as Words;

/// @title Arrangements between two administrations, and their suspension
abstract contract Arranging is RecognitionStore {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Signatures for bytes;

    function _arrange(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Arrangement calldata r = body.arrangement();
        if (_versions[digest].first != 0) return Outcome.ALREADY_RECORDED;
        if (!Forms.arrangement(r)) return Outcome.MALFORMED;
        outcome = _mayBind(author, r.deadline);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_isCountersigned(digest, entry.proofOf(), r.second)) return Outcome.APPROVALS_MISSING;
        Line storage line_ = _lines[_pair(r.first, r.second)];
        if (r.predecessor != line_.latest) return Outcome.STALE_HEAD;
        Version storage predecessor = _versions[r.predecessor];
        if (r.validFrom < block.timestamp || r.validFrom <= predecessor.validFrom) {
            return Outcome.WINDOW_INVALID;
        }

        if (r.predecessor != 0 && r.validFrom < predecessor.validUntil) {
            predecessor.validUntil = uint40(r.validFrom);
        }
        _versions[digest] = _versionOf(r);
        line_.latest = digest;
        line_.head = Head.unwrap(Head.wrap(line_.head).extend(digest));
        _emit(entry, Arrangement.selector, digest, bytes32(r.first), r.second);
    }

    function _suspend(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.ArrangementSuspension calldata r = body.arrangementSuspension();
        Version storage version = _versions[r.arrangement];
        Line storage line_ = _lines[_pair(version.first, version.second)];
        bytes32 next = Head.unwrap(Head.wrap(r.prev).extend(digest));
        if (next == line_.head) return Outcome.ALREADY_RECORDED;
        if (!Forms.arrangementSuspension(r)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_isInOffice(author.organisation())) return Outcome.ORGANISATION_NOT_ACTIVE;
        if (version.first == 0) return Outcome.UNKNOWN_ARRANGEMENT;
        bool byFirst = _standsFor(version.first, uint16(r.administration));
        if (!byFirst && !_standsFor(version.second, uint16(r.administration))) return Outcome.NOT_COMPETENT;
        if (r.arrangement != line_.latest || r.prev != line_.head) return Outcome.STALE_HEAD;
        bool suspends = r.action == SuspensionAction.SUSPEND;
        if (suspends == (byFirst ? line_.suspendedByFirst : line_.suspendedBySecond)) {
            return Outcome.TRANSITION_NOT_ALLOWED;
        }

        if (byFirst) line_.suspendedByFirst = suspends;
        else line_.suspendedBySecond = suspends;
        line_.head = next;
        _emit(entry, ArrangementSuspension.selector, digest, r.arrangement, r.administration);
    }

    /// @dev The key manages, and the administration is active.
    function _mayBind(Author author, uint256 deadline) private view returns (uint256 outcome) {
        outcome = _checkKey(author.key(), deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        bool active = author.organisation().acts(OrganisationKind.ADMINISTRATION, block.timestamp);
        return active ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    /// @dev True when `proof` is the signature of a managing key of the second party, which is active.
    function _isCountersigned(bytes32 digest, bytes calldata proof, uint256 second)
        private
        view
        returns (bool)
    {
        // slither-disable-next-line unused-return,calls-loop  Participants is known code and cannot be made to fail
        (Key key, Organisation party,,) = participants.signedBy(proof.signerOf(digest), second, 0);
        return key.manages() && key.validAt(block.timestamp)
            && party.acts(OrganisationKind.ADMINISTRATION, block.timestamp);
    }

    function _versionOf(Words.Arrangement calldata r) private pure returns (Version memory) {
        return Version({
            first: uint16(r.first),
            second: uint16(r.second),
            procedures: uint16(r.procedures),
            methods: uint8(r.methods),
            risks: uint8(r.risks),
            validFrom: uint40(r.validFrom),
            validUntil: uint40(r.validUntil),
            standard: r.standard,
            predecessor: r.predecessor
        });
    }
}
