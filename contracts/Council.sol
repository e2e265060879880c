// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ManagingKeys} from "./ManagingKeys.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {
    AdmissionAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    PURPOSE_MANAGE
} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {Key} from "./types/Key.sol";
import {MARK_TAKEN_OVER, Organisation} from "./types/Organisation.sol";
import {Proofs} from "./types/Proofs.sol";
import "./types/Records.sol" as Records;
import {Signatures} from "./types/Signatures.sol";
import "./types/Words.sol" as Words;

/// @title What the council of administrations records: admission, suspension, expulsion, succession
abstract contract Council is ManagingKeys {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Signatures for bytes;
    using Proofs for bytes;

    uint256 internal constant NOTICE = 7 days;
    uint256 internal constant NOTICE_OF_TAKING_OVER = 30 days;

    function _admission(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Admission calldata r = body.admission();
        Head next = Head.wrap(r.councilHead).extend(digest);
        if (next == _council) return Outcome.ALREADY_RECORDED;
        if (!Forms.admission(r)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!author.organisation().acts(OrganisationKind.ADMINISTRATION, block.timestamp)) {
            return Outcome.ORGANISATION_NOT_ACTIVE;
        }
        bool byPredecessor = r.predecessor != 0 && r.predecessor == author.id();
        if (!byPredecessor && _approvals(digest, entry.proofOf(), author.id()) < _approvalsNeeded()) {
            return Outcome.APPROVALS_MISSING;
        }
        if (Head.wrap(r.councilHead) != _council) return Outcome.STALE_HEAD;
        if (r.effectiveAt < block.timestamp + _notice(r.predecessor != 0 && !byPredecessor)) {
            return Outcome.NOTICE_TOO_SHORT;
        }
        outcome = _checkTarget(r, byPredecessor);
        if (outcome == Outcome.RECORDED && r.firstKey != 0) {
            outcome = _checkNewKeys(r, digest, entry.proofOf());
        }
        if (outcome != Outcome.RECORDED) return outcome;

        _council = next;
        _admit(r, r.predecessor != 0 && !byPredecessor ? MARK_TAKEN_OVER : 0);
        _emit(entry, Admission.selector, digest, bytes32(r.administration), author.id());
    }

    /// @dev The delay before a change of managing keys, and of an administration's standing.
    function _notice(bool takingOver) internal view returns (uint256) {
        if (takingOver) return NOTICE_OF_TAKING_OVER;
        return development ? 0 : NOTICE;
    }

    /// @dev How many administrations approve, the author of the first signature included. An approval that does not
    /// count is passed over, so that nobody spoils an admission by adding one.
    function _approvals(bytes32 digest, bytes calldata proof, uint32 first)
        private
        view
        returns (uint256 approvals)
    {
        uint256[256] memory seen; // a bit for each administration id
        seen[first >> 8] |= 1 << (first & 0xff);
        approvals = 1;
        // slither-disable-next-line unused-return  possessions are looked at elsewhere
        (uint256 count,) = proof.counts();
        for (uint256 i = 0; i < count; ++i) {
            Key key = _keys[proof.approval(count, i).signerOf(digest)];
            uint32 id = key.organisation();
            bool votes = id != 0 && id <= type(uint16).max && key.manages() && key.validAt(block.timestamp)
                && _organisations[id].acts(OrganisationKind.ADMINISTRATION, block.timestamp);
            if (!votes || (seen[id >> 8] >> (id & 0xff)) & 1 == 1) continue;
            seen[id >> 8] |= 1 << (id & 0xff);
            ++approvals;
        }
    }

    function _checkTarget(Words.Admission calldata r, bool byPredecessor) private view returns (uint256) {
        uint256 action = r.action;
        if (action == AdmissionAction.ADMIT) return _checkAdmission(r);
        if (action == AdmissionAction.SUCCEED) return _checkSuccession(r, byPredecessor);
        Organisation target = _organisations[uint32(r.administration)];
        if (!target.isA(OrganisationKind.ADMINISTRATION)) return Outcome.UNKNOWN_ORGANISATION;
        if (r.country != 0 && bytes2(r.country) != target.country()) return Outcome.MALFORMED;
        uint256 last = target.lastStatus();
        bool suspended = last == OrganisationStatus.SUSPENDED;
        if (action == AdmissionAction.REINSTATE) {
            // Meanwhile the country may have got another active administration.
            bool taken = _administrationOf[target.country()] != r.administration;
            if (suspended && taken) return Outcome.IDENTITY_TAKEN;
            return suspended ? Outcome.RECORDED : Outcome.TRANSITION_NOT_ALLOWED;
        }
        bool expels = action == AdmissionAction.EXPEL && suspended;
        return last == OrganisationStatus.ACTIVE || expels ? Outcome.RECORDED : Outcome.TRANSITION_NOT_ALLOWED;
    }

    function _checkAdmission(Words.Admission calldata r) private view returns (uint256) {
        if (_isKnown(uint32(r.administration))) return Outcome.IDENTITY_TAKEN;
        Organisation incumbent = _organisations[_administrationOf[bytes2(r.country)]];
        bool taken = incumbent.lastStatus() == OrganisationStatus.ACTIVE
            || incumbent.lastStatus() == OrganisationStatus.SUCCEEDED
            || incumbent.isAt(OrganisationStatus.ACTIVE, r.effectiveAt);
        return taken ? Outcome.IDENTITY_TAKEN : Outcome.RECORDED;
    }

    /// @dev A predecessor signs only while nothing against it is on its way: else it would evade its suspension.
    function _checkSuccession(Words.Admission calldata r, bool byPredecessor) private view returns (uint256) {
        Organisation former = _organisations[uint32(r.predecessor)];
        if (!former.isA(OrganisationKind.ADMINISTRATION)) return Outcome.UNKNOWN_ORGANISATION;
        if (former.country() != bytes2(r.country)) return Outcome.MALFORMED;
        if (_isKnown(uint32(r.administration)) || _administrationOf[bytes2(r.country)] != r.predecessor) {
            return Outcome.IDENTITY_TAKEN;
        }
        uint256 last = former.lastStatus();
        bool open = byPredecessor ? last == OrganisationStatus.ACTIVE : last != OrganisationStatus.SUCCEEDED;
        return open ? Outcome.RECORDED : Outcome.TRANSITION_NOT_ALLOWED;
    }

    function _checkNewKeys(Words.Admission calldata r, bytes32 digest, bytes calldata proof)
        private
        view
        returns (uint256)
    {
        if (_isKeyTaken(_address(r.firstKey)) || _isKeyTaken(_address(r.secondKey))) {
            return Outcome.IDENTITY_TAKEN;
        }
        (uint256 approvals, uint256 possessions) = proof.counts();
        bool proven = possessions == 2
            && proof.possession(approvals, 2, 0).signerOf(digest) == _address(r.firstKey)
            && proof.possession(approvals, 2, 1).signerOf(digest) == _address(r.secondKey);
        return proven ? Outcome.RECORDED : Outcome.POSSESSION_NOT_PROVEN;
    }

    function _admit(Words.Admission calldata r, uint256 mark) private {
        uint256 from = r.effectiveAt > block.timestamp ? r.effectiveAt : block.timestamp + 1;
        uint256 action = r.action;
        if (r.firstKey != 0) {
            _enrol(
                uint16(r.administration),
                bytes2(r.country),
                from,
                mark,
                [_address(r.firstKey), _address(r.secondKey)]
            );
        }
        if (action == AdmissionAction.SUCCEED) {
            Organisation former = _organisations[uint32(r.predecessor)].withSuccessor(r.administration);
            _organisations[uint32(r.predecessor)] =
                former.withStatus(OrganisationStatus.SUCCEEDED, from, block.timestamp);
        } else if (action != AdmissionAction.ADMIT) {
            Organisation target = _organisations[uint32(r.administration)];
            _organisations[uint32(r.administration)] =
                target.withStatus(uint256(_statusAfter(action)), from, block.timestamp);
            if (action == AdmissionAction.EXPEL) _warnOfExpulsion();
        }
    }

    /// @dev From now on whoever addresses an administration looks at the one that answers for itself, too.
    function _warnOfExpulsion() private {
        for (uint256 i = 0; i < _administrations.length; ++i) {
            uint32 id = _administrations[i];
            _organisations[id] = _organisations[id].withWarning();
        }
    }

    function _statusAfter(uint256 action) private pure returns (uint256) {
        if (action == AdmissionAction.SUSPEND) return OrganisationStatus.SUSPENDED;
        return action == AdmissionAction.EXPEL ? OrganisationStatus.EXPELLED : OrganisationStatus.ACTIVE;
    }

    function _address(uint256 word) internal pure returns (address) {
        return address(uint160(word));
    }
}
