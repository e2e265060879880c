// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {RecognitionStore} from "./RecognitionStore.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {AeoStanding, AssistanceAction, OrganisationKind, Outcome} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Organisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import "./types/Words.sol" as Words;

/// @title What administrations tell each other: AEO status, requests of assistance and their answers
abstract contract Assisting is RecognitionStore {
    using Bodies for Records.Entry;
    using Bodies for bytes;

    function _aeoStatus(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.AeoStatus calldata r = body.aeoStatus();
        if (_grants[digest].administration != 0) return Outcome.ALREADY_RECORDED;
        if (!Forms.aeoStatus(r)) return Outcome.MALFORMED;
        outcome = _mayDecide(author, r.deadline);
        if (outcome != Outcome.RECORDED) return outcome;
        outcome = _checkHome(uint32(r.operator), uint16(r.administration));
        if (outcome != Outcome.RECORDED) return outcome;
        outcome = r.status == AeoStanding.GRANTED ? _grant(r, digest) : _end(r, author.organisation());
        if (outcome != Outcome.RECORDED) return outcome;
        _emit(entry, AeoStatus.selector, digest, bytes32(r.operator), r.administration);
    }

    function _assist(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Assistance calldata r = body.assistance();
        bool asks = r.action == AssistanceAction.REQUEST;
        AssistanceRequest storage request = _assistance[asks ? digest : r.request];
        if (asks ? request.administration != 0 : request.answer == digest) return Outcome.ALREADY_RECORDED;
        if (!Forms.assistance(r)) return Outcome.MALFORMED;
        outcome = _mayDecide(author, r.deadline);
        if (outcome != Outcome.RECORDED) return outcome;
        outcome = asks ? _checkRequest(r) : _checkAnswer(r, request);
        if (outcome != Outcome.RECORDED) return outcome;

        if (asks) {
            _assistance[digest] = AssistanceRequest({
                administration: uint16(r.administration),
                addressee: uint16(r.addressee),
                dueAt: uint40(r.dueAt),
                answeredAt: 0,
                answer: 0
            });
        } else {
            (request.answeredAt, request.answer) = (uint40(block.timestamp), digest);
        }
        _emit(entry, Assistance.selector, digest, r.consignment, r.administration);
    }

    /// @dev A suspended administration still ends an AEO's status, and answers.
    function _mayDecide(Author author, uint256 deadline) private view returns (uint256 outcome) {
        // A key of one office only serves no record that names none.
        outcome = _checkDecidingKey(author, deadline, 0);
        if (outcome != Outcome.RECORDED) return outcome;
        return _isInOffice(author.organisation()) ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    function _checkHome(uint32 operator, uint16 administration) private view returns (uint256) {
        // slither-disable-next-line calls-loop  Participants is known code and cannot be made to fail
        IParticipants.Participant memory member = participants.organisation(operator);
        if (member.kind != OrganisationKind.OPERATOR) return Outcome.UNKNOWN_ORGANISATION;
        return _standsFor(member.sponsor, administration) ? Outcome.RECORDED : Outcome.NOT_COMPETENT;
    }

    function _grant(Words.AeoStatus calldata r, bytes32 digest) private returns (uint256) {
        _grants[digest] = AeoGrant({
            administration: uint16(r.administration),
            operator: uint32(r.operator),
            validFrom: uint40(r.validFrom),
            validUntil: uint40(r.validUntil),
            endedFrom: 0
        });
        return Outcome.RECORDED;
    }

    /// @dev The end only moves earlier: what was broken by it stays so.
    function _end(Words.AeoStatus calldata r, Organisation administration) private returns (uint256) {
        AeoGrant storage granted = _grants[r.grant];
        if (granted.administration == 0 || granted.operator != r.operator) return Outcome.AEO_NOT_VALID;
        uint256 time = block.timestamp;
        if (r.validFrom + administration.backdatingAt(time) < time) return Outcome.EFFECTIVE_TOO_EARLY;
        if (granted.endedFrom == r.validFrom) return Outcome.ALREADY_RECORDED;
        if (granted.endedFrom != 0 && granted.endedFrom < r.validFrom) return Outcome.TRANSITION_NOT_ALLOWED;
        granted.endedFrom = uint40(r.validFrom);
        return Outcome.RECORDED;
    }

    function _checkRequest(Words.Assistance calldata r) private view returns (uint256) {
        // slither-disable-next-line unused-return,calls-loop  only the head counts; Consignments is known code
        (bytes32 head,) = consignments.consignment(r.consignment);
        if (head == 0) return Outcome.UNKNOWN_CONSIGNMENT;
        if (r.dueAt <= block.timestamp) return Outcome.LIMIT_INVALID;
        // slither-disable-next-line unused-return,calls-loop  only the id counts
        (uint16 asked, Organisation word) = participants.competentFor(uint16(r.addressee));
        bool there = asked == r.addressee && word.isA(OrganisationKind.ADMINISTRATION) && _isInOffice(word);
        return there ? Outcome.RECORDED : Outcome.UNKNOWN_ORGANISATION;
    }

    function _checkAnswer(Words.Assistance calldata r, AssistanceRequest storage request)
        private
        view
        returns (uint256)
    {
        if (request.administration == 0) return Outcome.UNKNOWN_REQUEST;
        if (!_standsFor(request.addressee, uint16(r.administration))) return Outcome.NOT_COMPETENT;
        if (request.administration != r.addressee) return Outcome.UNKNOWN_REQUEST;
        return request.answer == 0 ? Outcome.RECORDED : Outcome.ALREADY_ANSWERED;
    }
}
