// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Council} from "./Council.sol";
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

/// @title What administrations and declarants record of others: operators, settings, mandates
abstract contract Membership is Council {
    using Bodies for bytes;

    function _operatorStatus(Records.Entry calldata entry, bytes32 digest, Author memory author)
        internal
        returns (Outcome outcome)
    {
        Records.OperatorStatus calldata r = entry.body.operatorStatus();
        uint32 id = uint32(entry.body.word(2));
        Head next = Head.wrap(r.orgHead).extend(digest);
        if (next == _heads[id]) return Outcome.ALREADY_RECORDED;
        if (!Forms.operatorStatus(entry.body)) return Outcome.MALFORMED;
        outcome = _mayManage(author, r.deadline);
        if (outcome == Outcome.RECORDED) {
            outcome = _isKnown(id) ? _checkMember(r, author.id) : _checkNewcomer(r);
        }
        if (outcome == Outcome.RECORDED && r.key != address(0)) {
            outcome = _checkGivenKey(r, digest, entry.proof);
        }
        if (outcome != Outcome.RECORDED) return outcome;

        if (r.key != address(0)) _giveKey(r);
        _heads[id] = next;
        _organisations[id] = _withMembership(r);
        _emit(entry, OperatorStatus.selector, digest, bytes32(uint256(id)), author.id);
    }

    function _setting(Records.Entry calldata entry, bytes32 digest, Author memory author)
        internal
        returns (Outcome outcome)
    {
        Records.AdministrationSetting calldata r = entry.body.administrationSetting();
        Head next = Head.wrap(r.orgHead).extend(digest);
        if (next == _heads[author.id]) return Outcome.ALREADY_RECORDED;
        if (!Forms.administrationSetting(entry.body)) return Outcome.MALFORMED;
        outcome = _mayManage(author, r.deadline);
        if (outcome == Outcome.RECORDED && Head.wrap(r.orgHead) != _heads[author.id]) {
            outcome = Outcome.STALE_HEAD;
        }
        if (outcome != Outcome.RECORDED) return outcome;

        _heads[author.id] = next;
        _organisations[author.id] = author.organisation.withBackdating(r.backdating, block.timestamp);
        _emit(entry, AdministrationSetting.selector, digest, bytes32(uint256(author.id)), author.id);
    }

    function _grant(Records.Entry calldata entry, bytes32 digest, Author memory author)
        internal
        returns (Outcome outcome)
    {
        if (entry.body.above(1, 32) != 0) return Outcome.MALFORMED;
        Records.Grant calldata r = entry.body.grant();
        Mandate last = _mandates[author.id][r.agent];
        if (last.isOf(digest)) return Outcome.ALREADY_RECORDED;
        if (!Forms.grant(entry.body)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key, r.deadline, PURPOSE_DECLARE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_isActiveMember(author.organisation, author.sponsor, OrganisationKind.OPERATOR)) {
            return Outcome.ORGANISATION_NOT_ACTIVE;
        }
        if (r.serial <= last.serial()) return Outcome.SERIAL_NOT_INCREASING;
        // Whoever gets the id later would hold a mandate that was not meant for it.
        if (!_organisations[r.agent].isA(OrganisationKind.OPERATOR)) return Outcome.UNKNOWN_ORGANISATION;

        _mandates[author.id][r.agent] = newMandate(r, digest);
        _emit(entry, Grant.selector, digest, bytes32(uint256(author.id)), r.agent);
    }

    /// @dev The key serves, and the administration is active.
    function _mayManage(Author memory author, uint256 deadline) internal view returns (Outcome outcome) {
        outcome = _checkKey(author.key, deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        bool active = author.organisation.acts(OrganisationKind.ADMINISTRATION, block.timestamp);
        return active ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _checkNewcomer(Records.OperatorStatus calldata r) private pure returns (Outcome) {
        if (r.orgHead != 0) return Outcome.UNKNOWN_ORGANISATION;
        bool complete = r.status == uint256(OrganisationStatus.ACTIVE) && r.key != address(0);
        return complete ? Outcome.RECORDED : Outcome.MALFORMED;
    }

    function _checkMember(Records.OperatorStatus calldata r, uint32 author) private view returns (Outcome) {
        if (r.orgHead == 0) return Outcome.IDENTITY_TAKEN;
        Organisation member = _organisations[r.organisation];
        // slither-disable-next-line unused-return  only the id counts
        (uint16 sponsor,) = competentFor(member.sponsor());
        if (sponsor != author) return Outcome.NOT_COMPETENT;
        if (Head.wrap(r.orgHead) != _heads[r.organisation]) return Outcome.STALE_HEAD;
        return member.kind() == r.kind ? Outcome.RECORDED : Outcome.MALFORMED;
    }

    /// @dev A further key is given with notice, so that a managing key of the organisation can veto an administration
    /// that would sign in its name.
    function _checkGivenKey(Records.OperatorStatus calldata r, bytes32 digest, bytes calldata proof)
        private
        view
        returns (Outcome)
    {
        if (_isKeyTaken(r.key)) return Outcome.IDENTITY_TAKEN;
        if (_isKnown(r.organisation) && r.notBefore < block.timestamp + _notice(false)) {
            return Outcome.NOTICE_TOO_SHORT;
        }
        if (r.notAfter <= _startOf(r)) return Outcome.WINDOW_INVALID;
        return _signer(digest, proof) == r.key ? Outcome.RECORDED : Outcome.POSSESSION_NOT_PROVEN;
    }

    function _giveKey(Records.OperatorStatus calldata r) private {
        bool manages = r.purposes == PURPOSE_MANAGE;
        bool further = _isKnown(r.organisation);
        _keys[r.key] = newKey(r.organisation, r.purposes, 0, _startOf(r), r.notAfter, further);
        if (manages) _managingKeys[r.organisation].push(r.key);
    }

    /// @dev One second after the block at the earliest.
    function _startOf(Records.OperatorStatus calldata r) private view returns (uint256) {
        return r.notBefore > block.timestamp ? r.notBefore : block.timestamp + 1;
    }

    function _withMembership(Records.OperatorStatus calldata r) private view returns (Organisation) {
        if (!_isKnown(r.organisation)) {
            return newOrganisation(OrganisationKind(r.kind), block.timestamp + 1, 0, r.administration, 0);
        }
        Organisation member = _organisations[r.organisation];
        return member.withStatus(OrganisationStatus(r.status), block.timestamp + 1, block.timestamp);
    }
}
