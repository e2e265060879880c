// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ConsignmentStore} from "./ConsignmentStore.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {
    FLAG_JOINED,
    FLAG_RECEIVED_OUTSIDE,
    OrganisationKind,
    Outcome,
    PURPOSE_DECIDE,
    PURPOSE_DECLARE,
    Pending,
    Stage,
    Status
} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {Lifecycle} from "./types/Lifecycle.sol";
import {bit, both, either} from "./types/Logic.sol";
import {Mandate} from "./types/Mandate.sol";
import {Organisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import {Signatures} from "./types/Signatures.sol";
import {
    ADMINISTRATION_AT,
    ANCHOR_AT,
    DECLARANT_AT,
    FLAGS_AT,
    LEG_AT,
    REGIME_AT,
    State,
    VERSION_AT
} from "./types/State.sol";
import "./types/Words.sol" as Words;

/// @title What declarants and their agents record: declarations and requests
abstract contract Lodgement is ConsignmentStore {
    /// @dev The first status by stage, a byte each.
    uint256 private constant _FIRST_STATUSES = (Status.PRE_LODGED << (Stage.PRE_LODGED * 8))
        | (Status.LODGED << (Stage.ARRIVED * 8)) | (Status.LODGED << (Stage.SUPPLEMENTARY * 8))
        | (Status.REPORTED << (Stage.REPORTED * 8));

    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Signatures for bytes;

    function _declare(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Declared storage declared = _declarations[digest];
        if (declared.state.exists()) return Outcome.ALREADY_RECORDED;
        Words.Declaration calldata r = body.declaration();
        if (!Forms.declaration(r)) return Outcome.MALFORMED;
        outcome = _mayDeclare(r, author);
        if (outcome != Outcome.RECORDED) return outcome;
        if (r.consignment != 0) {
            outcome = _checkTicket(entry.proofOf(), digest, _declarations[r.consignment].state);
            if (outcome != Outcome.RECORDED) return outcome;
        }
        if (r.link != 0) {
            if (!_declarations[r.link].state.exists()) return Outcome.UNKNOWN_LINK;
        }
        if (r.agent != 0) {
            outcome = _checkMandate(r.declarant, r.agent, r.leg, r.administration);
            if (outcome != Outcome.RECORDED) return outcome;
        }
        outcome = _checkEffect(r.effectiveAt, author.addressed());
        if (outcome != Outcome.RECORDED) return outcome;

        declared.settled = Head.wrap(0).settle(0, digest);
        declared.state = _firstState(r);
        bytes32 id = r.consignment;
        if (id == 0) {
            id = digest;
        } else {
            Joined storage joined = _joined[id];
            joined.head = _headOf(joined, id).extend(digest);
        }
        _emit(entry, Declaration.selector, digest, id, r.declarant);
    }

    /// @dev Amendment and invalidation requests and presentation notices: the first four fields are the same.
    function _request(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        bytes32 id = bytes32(body.word(0));
        if (_requests[id] == digest) return Outcome.ALREADY_RECORDED;
        if (!_isRequestWellFormed(entry.recordType, body)) return Outcome.MALFORMED;
        outcome = _mayRequest(entry.recordType, body, author);
        if (outcome == Outcome.RECORDED) outcome = _checkRequest(entry.recordType, body, _declarations[id]);
        if (outcome == Outcome.RECORDED && entry.recordType == Records.PRESENTATION_NOTICE) {
            outcome = _checkPresentation(body.presentationNotice().effectiveAt, _declarations[id].state);
        }
        if (outcome != Outcome.RECORDED) return outcome;

        _requests[id] = digest;
        _declarations[id].state = _declarations[id].state.withPending(_pendingOf(entry.recordType));
        _emit(entry, _eventOf(entry.recordType), digest, id, author.id());
    }

    function _mayDeclare(Words.Declaration calldata r, Author author) private view returns (uint256 outcome) {
        bool byOperator = r.declarant != 0;
        outcome = _checkKey(author.key(), r.deadline, byOperator ? PURPOSE_DECLARE : PURPOSE_DECIDE);
        if (outcome == Outcome.RECORDED) {
            bool may = author.addressed().acts(OrganisationKind.ADMINISTRATION, block.timestamp);
            bool member = _isActiveMember(author.organisation(), author.sponsor(), OrganisationKind.OPERATOR);
            if (!both(may, either(!byOperator, member))) outcome = Outcome.ORGANISATION_NOT_ACTIVE;
        }
    }

    /// @dev Who joins a consignment holds the key that its opener made for it.
    function _checkTicket(bytes calldata proof, bytes32 digest, State opener)
        private
        view
        returns (uint256 outcome)
    {
        if (!opener.opens()) outcome = Outcome.UNKNOWN_CONSIGNMENT;
        else if (proof.signerOf(digest) != opener.anchor()) outcome = Outcome.JOIN_NOT_PROVEN;
    }

    function _checkMandate(uint256 declarant, uint256 agent, uint256 leg, uint256 administration)
        private
        view
        returns (uint256)
    {
        // slither-disable-next-line calls-loop  Participants is known code and cannot be made to fail
        (Mandate mandate, Organisation giver, Organisation sponsor) =
            participants.mandateOf(uint32(declarant), uint32(agent));
        if (!mandate.covers(leg, administration, block.timestamp)) return Outcome.MANDATE_MISSING;
        // A suspended declarant must not go on through its agent.
        bool active = _isActiveMember(giver, sponsor, OrganisationKind.OPERATOR);
        return active ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _firstState(Words.Declaration calldata r) private pure returns (State) {
        uint256 first = (_FIRST_STATUSES >> (r.stage << 3)) & 0xff;
        uint256 flags =
            (bit(r.declarant == 0) * FLAG_RECEIVED_OUTSIDE) | (bit(r.consignment != 0) * FLAG_JOINED);
        // One of the two is 0.
        uint256 anchor = r.joinKey | (uint256(r.consignment) >> ANCHOR_AT);
        return State.wrap(
            first | (r.leg << LEG_AT) | (r.regime << REGIME_AT) | (r.administration << ADMINISTRATION_AT)
                | (r.declarant << DECLARANT_AT) | (1 << VERSION_AT) | (flags << FLAGS_AT)
                | (anchor << ANCHOR_AT)
        );
    }

    function _isRequestWellFormed(uint8 recordType, bytes calldata body) private pure returns (bool) {
        if (recordType == Records.AMENDMENT_REQUEST) return Forms.amendmentRequest(body.amendmentRequest());
        if (recordType == Records.INVALIDATION_REQUEST) {
            return Forms.invalidationRequest(body.invalidationRequest());
        }
        return Forms.presentationNotice(body.presentationNotice());
    }

    /// @dev An operator of an expelled administration may still ask for amendment and invalidation.
    function _mayRequest(uint8 recordType, bytes calldata body, Author author)
        private
        view
        returns (uint256 outcome)
    {
        uint256 deadline = body.word(body.length / 32 - 1);
        outcome = _checkKey(author.key(), deadline, PURPOSE_DECLARE);
        if (outcome != Outcome.RECORDED) return outcome;
        bool may = _mayAsk(recordType, author.organisation(), author.sponsor());
        return may ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _mayAsk(uint8 recordType, Organisation operator, Organisation sponsor)
        private
        view
        returns (bool)
    {
        return recordType == Records.PRESENTATION_NOTICE
            ? _isActiveMember(operator, sponsor, OrganisationKind.OPERATOR)
            : operator.acts(OrganisationKind.OPERATOR, block.timestamp);
    }

    function _checkRequest(uint8 recordType, bytes calldata body, Declared storage declared)
        private
        view
        returns (uint256)
    {
        State state = declared.state;
        if (!state.exists()) return Outcome.UNKNOWN_DECLARATION;
        if (body.word(2) != state.declarant()) return Outcome.NOT_COMPETENT;
        if (body.word(3) != 0) {
            uint256 outcome = _checkRequestMandate(recordType, state, uint32(body.word(3)));
            if (outcome != Outcome.RECORDED) return outcome;
        }
        if (Head.wrap(bytes32(body.word(1))) != declared.settled) return Outcome.STALE_HEAD;
        if (state.pending() != Pending.NONE) return Outcome.REQUEST_PENDING;
        return Lifecycle.isLive(state.status()) ? Outcome.RECORDED : Outcome.TRANSITION_NOT_ALLOWED;
    }

    /// @dev What the declarant may not ask for itself, its agent may not either.
    function _checkRequestMandate(uint8 recordType, State state, uint32 agent)
        internal
        view
        returns (uint256)
    {
        (
            Mandate mandate,
            Organisation giver,
            Organisation sponsor
            // slither-disable-next-line calls-loop  Participants is known code and cannot be made to fail
        ) = participants.mandateOf(state.declarant(), agent);
        if (!mandate.covers(state.leg(), state.administration(), block.timestamp)) {
            return Outcome.MANDATE_MISSING;
        }
        return _mayAsk(recordType, giver, sponsor) ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _checkPresentation(uint256 effectiveAt, State state) private view returns (uint256) {
        // slither-disable-next-line unused-return,calls-loop  only the setting counts
        (, Organisation administration) = participants.competentFor(state.administration());
        return _checkEffect(effectiveAt, administration);
    }

    function _pendingOf(uint8 recordType) private pure returns (uint256) {
        if (recordType == Records.AMENDMENT_REQUEST) return Pending.AMENDMENT;
        return recordType == Records.INVALIDATION_REQUEST ? Pending.INVALIDATION : Pending.PRESENTATION;
    }

    function _eventOf(uint8 recordType) private pure returns (bytes32) {
        if (recordType == Records.AMENDMENT_REQUEST) return AmendmentRequest.selector;
        return recordType == Records.INVALIDATION_REQUEST
            ? InvalidationRequest.selector
            : PresentationNotice.selector;
    }
}
