// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ConsignmentStore} from "./ConsignmentStore.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {
    DecisionKind,
    FLAG_AGENCY,
    FLAG_OVERRIDDEN,
    HoldAction,
    OrganisationKind,
    Outcome,
    PURPOSE_HOLD,
    Pending,
    REASON_OVERRIDE,
    SealState
} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {
    Lifecycle,
    RULING_NAMES_REQUEST,
    RULING_OVERRIDES,
    RULING_SCOPED,
    RULING_SUPERSEDES,
    Row
} from "./types/Lifecycle.sol";
import {Organisation} from "./types/Organisation.sol";
import {Proofs} from "./types/Proofs.sol";
import "./types/Records.sol" as Records;
import {RELIES, State} from "./types/State.sol";
import "./types/Words.sol" as Words;

/// @title What authorities record: decisions, controls, agencies' holds
abstract contract Rulings is ConsignmentStore {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Proofs for bytes;

    // slither-disable-start reentrancy-no-eth  Recognitions is known code, which only reads from here
    function _decide(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Decision calldata r = body.decision();
        Declared storage declared = _declarations[r.declaration];
        Head settled = declared.settled;
        Head next = Head.wrap(r.prev).settle(r.request, digest);
        if (next == settled) return Outcome.ALREADY_RECORDED;
        if (!Forms.decision(r)) return Outcome.MALFORMED;
        outcome = _mayRule(author, r.deadline, r.office);
        if (outcome != Outcome.RECORDED) return outcome;
        State state = declared.state;
        if (!state.exists()) return Outcome.UNKNOWN_DECLARATION;
        if (!_isCompetent(state, r.administration)) return Outcome.NOT_COMPETENT;
        if (Head.wrap(r.prev) != settled) return Outcome.STALE_HEAD;
        (outcome, state) = _transition(r, state);
        if (outcome != Outcome.RECORDED) return outcome;
        if (r.supersedes != 0) {
            outcome = _checkSuperseding(_timelineOf(entry, r), r.supersedes, r.declaration, settled);
            if (outcome != Outcome.RECORDED) return outcome;
        }
        outcome = _checkTimes(r, author.organisation());
        if (outcome != Outcome.RECORDED) return outcome;
        uint256 further = uint256(r.commitment | r.request | r.supersedes | r.reliance);
        if (further | (State.unwrap(state) & RELIES) != 0) {
            (outcome, state) = _settleFurther(entry, r, declared.state, state);
            if (outcome != Outcome.RECORDED) return outcome;
        }

        declared.settled = next;
        declared.state = state;
        _emit(entry, Decision.selector, digest, r.declaration, r.administration);
    }

    // slither-disable-end reentrancy-no-eth

    /// @dev All that most decisions do not have: a version, reliance, touched risks, a superseded decision, an answered
    /// request. Writes once nothing can be refused any more.
    function _settleFurther(
        Records.Entry calldata entry,
        Words.Decision calldata r,
        State before,
        State state
    ) private returns (uint256 outcome, State) {
        (outcome, state) = _nextVersion(r, before, state);
        if (outcome == Outcome.RECORDED) (outcome, state) = _relate(entry, r, state);
        if (outcome != Outcome.RECORDED) return (outcome, state);
        if (r.touchedRisks != 0 && state.version() != before.version()) _touch(r, state.version());
        if (r.supersedes != 0) _superseded[r.supersedes] = true;
        // slither-disable-next-line costly-loop  each record of a group pays for its own slots
        if (r.request != 0 && state.pending() == Pending.NONE) delete _requests[r.declaration];
        return (outcome, state);
    }

    /// @dev On which recognitions the declaration relies from now on.
    function _relate(Records.Entry calldata entry, Words.Decision calldata r, State state)
        private
        returns (uint256 outcome, State)
    {
        if (r.reliance != 0) {
            // slither-disable-next-line unused-return  what is superseded is looked at elsewhere
            (, bytes calldata relied) = entry.proofOf().parts(r.supersedes != 0);
            // slither-disable-next-line calls-loop,reentrancy-benign  Recognitions is known code, which only reads from here
            outcome = recognitions.rely(r.declaration, r.effectiveAt, r.reliance, relied);
            return (outcome, state.withReliance(true));
        }
        // A receipt or an assessment must not make a withdrawn reliance disappear.
        bool anew = state.relies() && r.scope == 0 && Lifecycle.rowOf(r.kind).settlesGoods();
        return (Outcome.RECORDED, anew ? state.withReliance(false) : state);
    }

    /// @dev Marks the risk areas with the version that touches them.
    function _touch(Words.Decision calldata r, uint256 version) private {
        uint256 lanes = _touched[r.declaration];
        for (uint256 area = 0; r.touchedRisks >> area != 0; ++area) {
            if ((r.touchedRisks >> area) & 1 == 0) continue;
            lanes = (lanes & ~(uint256(type(uint16).max) << (16 * area))) | (version << (16 * area));
        }
        _touched[r.declaration] = lanes;
    }

    /// @dev The proof of superseding, without the recognitions that may follow it.
    function _timelineOf(Records.Entry calldata entry, Words.Decision calldata r)
        private
        pure
        returns (bytes calldata proof)
    {
        proof = entry.proofOf();
        // slither-disable-next-line unused-return  what is relied on is looked at elsewhere
        if (r.reliance != 0) (proof,) = proof.parts(true);
    }

    function _control(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Control calldata r = body.control();
        Declared storage declared = _declarations[r.declaration];
        Head settled = declared.settled;
        Head next = Head.wrap(r.prev).settle(bytes32(0), digest);
        if (next == settled) return Outcome.ALREADY_RECORDED;
        if (!Forms.control(r)) return Outcome.MALFORMED;
        outcome = _mayRule(author, r.deadline, r.office);
        if (outcome != Outcome.RECORDED) return outcome;
        State state = declared.state;
        if (!state.exists()) return Outcome.UNKNOWN_DECLARATION;
        if (!_isCompetent(state, r.administration)) return Outcome.NOT_COMPETENT;
        if (Head.wrap(r.prev) != settled) return Outcome.STALE_HEAD;
        if (r.version == 0 || r.version > state.version()) return Outcome.UNKNOWN_VERSION;
        if (!Lifecycle.isLive(state.status())) return Outcome.TRANSITION_NOT_ALLOWED;
        if (r.supersedes != 0) {
            outcome = _checkSuperseding(entry.proofOf(), r.supersedes, r.declaration, settled);
        }
        if (outcome == Outcome.RECORDED) outcome = _checkEffect(r.effectiveAt, author.organisation());
        if (outcome != Outcome.RECORDED) return outcome;

        declared.settled = next;
        if (r.sealState == SealState.BROKEN && state.relies()) declared.state = state.withBrokenSeal();
        if (r.supersedes != 0) _superseded[r.supersedes] = true;
        _emit(entry, Control.selector, digest, r.declaration, author.id());
    }

    function _hold(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Hold calldata r = body.hold();
        Holds storage holds = _holds[r.declaration];
        Head next = Head.wrap(r.prev).extend(digest);
        if (next == holds.head) return Outcome.ALREADY_RECORDED;
        if (!Forms.hold(r)) return Outcome.MALFORMED;
        outcome = _checkKey(author.key(), r.deadline, PURPOSE_HOLD);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!_isActiveMember(author.organisation(), author.sponsor(), OrganisationKind.AGENCY)) {
            return Outcome.ORGANISATION_NOT_ACTIVE;
        }
        State state = _declarations[r.declaration].state;
        bool sets = r.action == HoldAction.SET;
        outcome =
            _checkHold(state, author, holds.head == Head.wrap(r.prev), sets == holds.ofAgency[author.id()]);
        if (outcome != Outcome.RECORDED) {
            return outcome == Outcome.HOLD_ALREADY_OPEN && !sets ? Outcome.HOLD_NOT_OPEN : outcome;
        }
        holds.head = next;
        holds.ofAgency[author.id()] = sets;
        if (sets) ++holds.open;
        else --holds.open;
        _declarations[r.declaration].state = _withHolds(state, sets, holds.open);
        _emit(entry, Hold.selector, digest, r.declaration, author.id());
    }

    /// @dev Whose id fits 16 bits and has a key is an administration.
    function _mayRule(Author author, uint256 deadline, uint256 office)
        internal
        view
        returns (uint256 outcome)
    {
        outcome = _checkDecidingKey(author, deadline, office);
        if (outcome != Outcome.RECORDED) return outcome;
        return _isInOffice(author.organisation()) ? Outcome.RECORDED : Outcome.ORGANISATION_NOT_ACTIVE;
    }

    /// @dev Whether the decision names what is pending, and what the lifecycle makes of it.
    function _transition(Words.Decision calldata r, State state) private view returns (uint256, State) {
        Row row = Lifecycle.rowOf(r.kind);
        bytes32 toName =
            state.pending() == Pending.NONE || row.safeguards() ? bytes32(0) : _requests[r.declaration];
        if (r.request != toName) return (Outcome.REQUEST_NOT_NAMED, state);
        (uint256 outcome, uint256 status, uint256 flags) =
            row.decide(state.status(), state.flags(), _ruling(r));
        return (outcome, state.withStanding(status, flags));
    }

    function _ruling(Words.Decision calldata r) private pure returns (uint256 ruling) {
        if (r.scope | r.supersedes | r.request == 0 && r.reason != REASON_OVERRIDE) return 0;
        if (r.scope != 0) ruling |= RULING_SCOPED;
        if (r.supersedes != 0) ruling |= RULING_SUPERSEDES;
        if (r.reason == REASON_OVERRIDE && r.evidence != 0) ruling |= RULING_OVERRIDES;
        if (r.request != 0) ruling |= RULING_NAMES_REQUEST;
    }

    /// @dev The opening declaration is the history's first step, but no decision.
    function _checkSuperseding(bytes calldata proof, bytes32 target, bytes32 id, Head settled)
        private
        view
        returns (uint256)
    {
        if (target == id || !proof.supersedes(target, settled)) return Outcome.SUPERSEDES_NOT_PROVEN;
        return _superseded[target] ? Outcome.ALREADY_SUPERSEDED : Outcome.RECORDED;
    }

    function _checkTimes(Words.Decision calldata r, Organisation author) private view returns (uint256) {
        uint256 limit = r.limitAt;
        bool limited = limit == 0 ? r.kind != DecisionKind.CONDITIONALLY_RELEASE : limit > r.effectiveAt;
        return limited ? _checkEffect(r.effectiveAt, author) : Outcome.LIMIT_INVALID;
    }

    /// @dev A version is added by customs' own commitment, or by granting the amendment that was pending `before`.
    function _nextVersion(Words.Decision calldata r, State before, State state)
        private
        pure
        returns (uint256, State)
    {
        bool grants =
            r.kind == DecisionKind.GRANT && r.request != 0 && before.pending() == Pending.AMENDMENT;
        if (r.commitment == 0 && !grants) return (Outcome.RECORDED, state);
        uint256 version = state.version();
        if (version == type(uint16).max) return (Outcome.VERSIONS_EXHAUSTED, state);
        return (Outcome.RECORDED, state.withVersion(version + 1));
    }

    function _checkHold(State state, Author author, bool current, bool repeats)
        private
        view
        returns (uint256)
    {
        if (!state.exists()) return Outcome.UNKNOWN_DECLARATION;
        if (!_isAgencyOf(state, author)) return Outcome.NOT_COMPETENT;
        if (!current) return Outcome.STALE_HEAD;
        if (repeats) return Outcome.HOLD_ALREADY_OPEN;
        return Lifecycle.isLive(state.status()) ? Outcome.RECORDED : Outcome.TRANSITION_NOT_ALLOWED;
    }

    /// @dev Agency and declaration belong to the same administration, or to the same line of successors.
    function _isAgencyOf(State state, Author author) private view returns (bool) {
        uint16 sponsor = author.organisation().sponsor();
        if (sponsor == state.administration()) return true;
        // slither-disable-next-line unused-return,calls-loop  only the id counts
        (uint16 competentNow,) = participants.competentFor(sponsor);
        return _isCompetent(state, competentNow);
    }

    /// @dev A new hold asks for a new override; the last lift ends both.
    function _withHolds(State state, bool sets, uint256 open) private pure returns (State) {
        uint256 flags = state.flags();
        if (sets) flags = (flags | FLAG_AGENCY) & ~FLAG_OVERRIDDEN;
        else if (open == 0) flags &= ~(FLAG_AGENCY | FLAG_OVERRIDDEN);
        return state.withStanding(state.status(), flags);
    }
}
