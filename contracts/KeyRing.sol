// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Council} from "./Council.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {KeyAction, OrganisationKind, Outcome, PURPOSE_MANAGE} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {Key, newKey} from "./types/Key.sol";
import {Organisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import {Signatures} from "./types/Signatures.sol";
import "./types/Words.sol" as Words;

/// @title What a managing key does with the keys of its organisation
abstract contract KeyRing is Council {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Signatures for bytes;

    uint256 private constant _LEAST_MANAGING_KEYS = 2;

    function _keyAuthorisation(
        Records.Entry calldata entry,
        bytes calldata body,
        bytes32 digest,
        Author author
    ) internal returns (uint256 outcome) {
        Words.KeyAuthorisation calldata r = body.keyAuthorisation();
        Head next = Head.wrap(r.orgHead).extend(digest);
        if (next == _heads[author.id()]) return Outcome.ALREADY_RECORDED;
        if (!Forms.keyAuthorisation(r) || !_purposesFit(r, author)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_MANAGE);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_mayKeepKeys(author)) return Outcome.ORGANISATION_NOT_ACTIVE;
        if (Head.wrap(r.orgHead) != _heads[author.id()]) return Outcome.STALE_HEAD;
        outcome = _actOnKey(r, digest, entry.proofOf(), author);
        if (outcome != Outcome.RECORDED) return outcome;
        _heads[author.id()] = next;
        _emit(entry, KeyAuthorisation.selector, digest, bytes32(uint256(author.id())), r.key);
    }

    /// @dev A suspended administration can still take a stolen key out of use.
    function _mayKeepKeys(Author author) internal view returns (bool) {
        Organisation organisation_ = author.organisation();
        return organisation_.isA(OrganisationKind.ADMINISTRATION)
            ? _isInOffice(organisation_)
            : _isActiveMember(organisation_, author.sponsor(), organisation_.kind());
    }

    /// @dev Writes the key only when it returns RECORDED.
    function _actOnKey(Words.KeyAuthorisation calldata r, bytes32 digest, bytes calldata proof, Author author)
        private
        returns (uint256 outcome)
    {
        uint256 action = r.action;
        Key key = _keys[_address(r.key)];
        if (action == KeyAction.AUTHORISE) {
            outcome = _checkNewKey(r, digest, proof);
            if (outcome == Outcome.RECORDED) _authorise(r);
            return outcome;
        }
        if (key.organisation() != author.id()) return Outcome.NOT_COMPETENT;
        if (action == KeyAction.SHORTEN) (outcome, key) = _shorten(r, key, author.organisation());
        else if (action == KeyAction.COMPROMISED) (outcome, key) = _compromise(r, key);
        else (outcome, key) = _veto(key, author.signer() == _address(r.key));
        if (outcome == Outcome.RECORDED) _keys[_address(r.key)] = key;
    }

    function _purposesFit(Words.KeyAuthorisation calldata r, Author author) private pure returns (bool) {
        return r.action != KeyAction.AUTHORISE || Forms.purposesFit(r.purposes, author.organisation().kind());
    }

    function _checkNewKey(Words.KeyAuthorisation calldata r, bytes32 digest, bytes calldata proof)
        private
        view
        returns (uint256)
    {
        if (_isKeyTaken(_address(r.key))) return Outcome.IDENTITY_TAKEN;
        if (r.notBefore <= block.timestamp || r.notAfter <= r.notBefore) return Outcome.WINDOW_INVALID;
        if (r.purposes == PURPOSE_MANAGE) {
            if (r.notBefore < block.timestamp + _notice(false)) return Outcome.NOTICE_TOO_SHORT;
            if (_isFull(uint32(r.organisation))) return Outcome.WINDOW_INVALID;
        }
        return proof.signerOf(digest) == _address(r.key) ? Outcome.RECORDED : Outcome.POSSESSION_NOT_PROVEN;
    }

    function _authorise(Words.KeyAuthorisation calldata r) private {
        bool manages = r.purposes == PURPOSE_MANAGE;
        _keys[_address(r.key)] = newKey(r.organisation, r.purposes, r.office, r.notBefore, r.notAfter);
        if (manages) _addManagingKey(uint32(r.organisation), _address(r.key));
    }

    function _shorten(Words.KeyAuthorisation calldata r, Key key, Organisation organisation)
        private
        view
        returns (uint256, Key)
    {
        uint40 until = key.notAfter();
        if (r.notAfter >= until || r.notAfter <= block.timestamp) return (Outcome.WINDOW_INVALID, key);
        if (!key.manages()) return (Outcome.RECORDED, key.withNotAfter(r.notAfter));
        if (r.notAfter < block.timestamp + _notice(false)) return (Outcome.NOTICE_TOO_SHORT, key);
        if (
            organisation.isA(OrganisationKind.ADMINISTRATION)
                && _remaining(key.organisation(), _address(r.key), r.notAfter) < _LEAST_MANAGING_KEYS
        ) {
            return (Outcome.MANAGING_KEYS_NEEDED, key);
        }
        // A veto gives back the window from before the first shortening that had not taken effect.
        uint40 former = key.unshortened() == 0 ? until : key.unshortened();
        return (Outcome.RECORDED, key.withNotAfter(r.notAfter).withUnshortened(former));
    }

    function _compromise(Words.KeyAuthorisation calldata r, Key key) private view returns (uint256, Key) {
        uint40 since = key.compromisedSince();
        if (r.compromisedSince > block.timestamp || (since != 0 && r.compromisedSince >= since)) {
            return (Outcome.WINDOW_INVALID, key);
        }
        return (Outcome.RECORDED, key.withCompromisedSince(r.compromisedSince));
    }

    function _veto(Key key, bool byItself) private view returns (uint256, Key) {
        if (byItself) return (Outcome.VETO_NOT_POSSIBLE, key);
        uint40 from = key.notBefore();
        if (key.manages() && block.timestamp < from && from < key.notAfter()) {
            return (Outcome.RECORDED, key.withNotAfter(from).withUnshortened(0));
        }
        uint40 former = key.unshortened();
        if (former == 0 || block.timestamp >= key.notAfter()) return (Outcome.VETO_NOT_POSSIBLE, key);
        return (Outcome.RECORDED, key.withNotAfter(former).withUnshortened(0));
    }
}
