// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Council} from "./Council.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    PURPOSE_DECLARE,
    PURPOSE_MANAGE
} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {newKey} from "./types/Key.sol";
import {Mandate, newMandate} from "./types/Mandate.sol";
import {Organisation, newOrganisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import {Signatures} from "./types/Signatures.sol";
import "./types/Words.sol" as Words;

/// @title What administrations and declarants record of others: operators, settings, mandates
abstract contract Membership is Council {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Signatures for bytes;

    function _operatorStatus(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.OperatorStatus calldata r = body.operatorStatus();
        uint32 id = uint32(r.organisation);
        Head next = Head.wrap(r.orgHead).extend(digest);
        if (next == _heads[id]) return Outcome.ALREADY_RECORDED;
        if (!Forms.operatorStatus(r)) return Outcome.MALFORMED;
        outcome = _mayManage(author, r.deadline);
        if (outcome == Outcome.RECORDED) {
            outcome = _isKnown(id) ? _checkMember(r, author.id()) : _checkNewcomer(r);
        }
        if (outcome == Outcome.RECORDED && r.key != 0) {
            outcome = _checkGivenKey(r, digest, entry.proofOf());
        }
        if (outcome != Outcome.RECORDED) return outcome;

        if (r.key != 0) _giveKey(r);
        _heads[id] = next;
        _organisations[id] = _withMembership(r);
        _emit(entry, OperatorStatus.selector, digest, bytes32(uint256(id)), author.id());
    }

    function _setting(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.AdministrationSetting calldata r = body.administrationSetting();
        Head next = Head.wrap(r.orgHead).extend(digest);
        if (next == _heads[author.id()]) return Outcome.ALREADY_RECORDED;
        if (!Forms.administrationSetting(r)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_isInOffice(author.organisation())) return Outcome.ORGANISATION_NOT_ACTIVE;
        if (Head.wrap(r.orgHead) != _heads[author.id()]) return Outcome.STALE_HEAD;

        _heads[author.id()] = next;
        _organisations[author.id()] = author.organisation().withBackdating(r.backdating, block.timestamp);
        _emit(entry, AdministrationSetting.selector, digest, bytes32(uint256(author.id())), author.id());
    }

    function _grant(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        if (body.word(1) >> 32 != 0) return Outcome.MALFORMED;
        Words.Grant calldata r = body.grant();
        Mandate last = _mandates[author.id()][uint32(r.agent)];
        if (last.isOf(digest)) return Outcome.ALREADY_RECORDED;
        if (!Forms.grant(r)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_DECLARE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_isActiveMember(author.organisation(), author.sponsor(), OrganisationKind.OPERATOR)) {
            return Outcome.ORGANISATION_NOT_ACTIVE;
        }
        if (r.serial <= last.serial()) return Outcome.SERIAL_NOT_INCREASING;
        // Whoever gets the id later would hold a mandate that was not meant for it.
        if (!_organisations[uint32(r.agent)].isA(OrganisationKind.OPERATOR)) {
            return Outcome.UNKNOWN_ORGANISATION;
        }

        _mandates[author.id()][uint32(r.agent)] = newMandate(r, digest);
        _emit(entry, Grant.selector, digest, bytes32(uint256(author.id())), r.agent);
    }

    /// @dev The key serves, and the administration is active.
    function _mayManage(Author author, uint256 deadline) internal view returns (uint256 outcome) {
        outcome = _checkKey(author.key(), deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        bool active = author.organisation().acts(OrganisationKind.ADMINISTRATION, block.timestamp);
        return active ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _checkNewcomer(Words.OperatorStatus calldata r) private pure returns (uint256) {
        if (r.orgHead != 0) return Outcome.UNKNOWN_ORGANISATION;
        bool complete = r.status == OrganisationStatus.ACTIVE && r.key != 0;
        return complete ? Outcome.RECORDED : Outcome.MALFORMED;
    }

    function _checkMember(Words.OperatorStatus calldata r, uint32 author) private view returns (uint256) {
        if (r.orgHead == 0) return Outcome.IDENTITY_TAKEN;
        Organisation member = _organisations[uint32(r.organisation)];
        (uint16 sponsor,) = competentFor(member.sponsor());
        if (sponsor != author) return Outcome.NOT_COMPETENT;
        if (Head.wrap(r.orgHead) != _heads[uint32(r.organisation)]) return Outcome.STALE_HEAD;
        return member.kind() == r.kind ? Outcome.RECORDED : Outcome.MALFORMED;
    }

    /// @dev A further key is given with notice, so that the organisation can veto or shorten the key of an
    /// administration that would sign in its name.
    function _checkGivenKey(Words.OperatorStatus calldata r, bytes32 digest, bytes calldata proof)
        private
        view
        returns (uint256)
    {
        if (_isKeyTaken(_address(r.key))) return Outcome.IDENTITY_TAKEN;
        if (_isKnown(uint32(r.organisation)) && r.notBefore < block.timestamp + _notice(false)) {
            return Outcome.NOTICE_TOO_SHORT;
        }
        if (r.notAfter <= _startOf(r)) return Outcome.WINDOW_INVALID;
        if (r.purposes == PURPOSE_MANAGE && _isFull(uint32(r.organisation))) return Outcome.WINDOW_INVALID;
        return proof.signerOf(digest) == _address(r.key) ? Outcome.RECORDED : Outcome.POSSESSION_NOT_PROVEN;
    }

    function _giveKey(Words.OperatorStatus calldata r) private {
        _keys[_address(r.key)] = newKey(r.organisation, r.purposes, 0, _startOf(r), r.notAfter);
        if (r.purposes == PURPOSE_MANAGE) _addManagingKey(uint32(r.organisation), _address(r.key));
    }

    /// @dev One second after the block at the earliest.
    function _startOf(Words.OperatorStatus calldata r) private view returns (uint256) {
        return r.notBefore > block.timestamp ? r.notBefore : block.timestamp + 1;
    }

    function _withMembership(Words.OperatorStatus calldata r) private view returns (Organisation) {
        if (!_isKnown(uint32(r.organisation))) {
            return newOrganisation(r.kind, block.timestamp + 1, 0, r.administration, 0);
        }
        Organisation member = _organisations[uint32(r.organisation)];
        return member.withStatus(r.status, block.timestamp + 1, block.timestamp);
    }
}
