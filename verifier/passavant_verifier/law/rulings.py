"""What authorities record: decisions, controls, agencies' holds; and erasures, by whoever may."""

from typing import Final

from passavant_verifier.codes import (
    DecisionKind,
    Flag,
    HoldAction,
    OrganisationKind,
    Outcome,
    Pending,
    Purpose,
    Reason,
    RecordType,
    SealState,
)
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.consignments import Consignments, Declared, Holds
from passavant_verifier.law.entry import Entry, check_deciding_key, check_key, need
from passavant_verifier.law.forms import is_well_formed
from passavant_verifier.law.lodgement import check_effect, check_requester
from passavant_verifier.law.participants import Participants
from passavant_verifier.law.proofs import parted, supersedes
from passavant_verifier.law.recognising import UNTOLD, Law, relied_on
from passavant_verifier.layout import State
from passavant_verifier.lifecycle import LIVE, TABLE, Ruling, decide, pending_of
from passavant_verifier.records import ZERO, Record
from passavant_verifier.webs import LANE

_LAST_VERSION: Final = 0xFFFF


def decision(law: Law, entry: Entry) -> None:
    """Check a Decision and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, state, participants = entry.record, law.consignments, law.participants
    identity = record.word("declaration")
    head = keccak256(record.word("prev"), record.word("request"), entry.digest)
    _check_new(state, identity, head)
    need(is_well_formed(record), Outcome.MALFORMED)
    _check_office(participants, entry, record.number("office"))
    known = _competently(state, participants, entry, identity)
    after = _transition(state, record, known.state)
    _check_superseding(state, entry, known.settled)
    _check_limit(record)
    check_effect(participants, entry, entry.author)
    granted = _granted(state, record, known.state)
    commitment = granted or record.word("commitment")
    if commitment != ZERO:
        need(known.state.version < _LAST_VERSION, Outcome.VERSIONS_EXHAUSTED)
        after = after._replace(version=after.version + 1)
    relied = _relied(law, entry)
    entry.conclude()
    if commitment != ZERO:
        known.commitments.append(commitment)
        _touch(state, record, after.version)
    if relied:
        law.recognitions.reliances[identity] = relied
    known.settled, known.state = head, _with_reliance(record, after, relied)
    _leave(state, record, after)


def control(state: Consignments, participants: Participants, entry: Entry) -> None:
    """Check a Control and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    identity = record.word("declaration")
    head = keccak256(record.word("prev"), ZERO, entry.digest)
    _check_new(state, identity, head)
    need(is_well_formed(record), Outcome.MALFORMED)
    _check_office(participants, entry, record.number("office"))
    known = _competently(state, participants, entry, identity)
    need(1 <= record.number("version") <= known.state.version, Outcome.UNKNOWN_VERSION)
    need(known.state.status in LIVE, Outcome.TRANSITION_NOT_ALLOWED)
    _check_superseding(state, entry, known.settled)
    check_effect(participants, entry, entry.author)
    entry.conclude()
    known.settled = head
    if record.number("sealState") == SealState.BROKEN and known.state.relies:
        known.state = known.state._replace(seal_broken=1)
    state.controls[entry.digest] = record
    if record.number("supersedes"):
        state.superseded.add(record.word("supersedes"))


def hold(state: Consignments, participants: Participants, entry: Entry) -> None:
    """Check a Hold and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    identity, agency = record.word("declaration"), entry.author
    holds = state.holds_on(identity)
    head = keccak256(record.word("prev"), entry.digest)
    need(head != holds.head, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, participants.keys[entry.signer], Purpose.HOLD)
    active = participants.is_active_member(agency, OrganisationKind.AGENCY, entry.time)
    need(active, Outcome.ORGANISATION_NOT_ACTIVE)
    need(identity in state.declarations, Outcome.UNKNOWN_DECLARATION)
    known = state.declarations[identity]
    sponsor = participants.competent_for(participants.organisation(agency).sponsor, entry.time)
    answering = {participants.organisation(agency).sponsor, sponsor}
    line = any(participants.is_competent(known.state.administration, one, entry.time) for one in answering)
    need(line, Outcome.NOT_COMPETENT)
    need(record.word("prev") == holds.head, Outcome.STALE_HEAD)
    if record.number("action") == HoldAction.SET:
        need(agency not in holds.open, Outcome.HOLD_ALREADY_OPEN)
    else:
        need(agency in holds.open, Outcome.HOLD_NOT_OPEN)
    need(known.state.status in LIVE, Outcome.TRANSITION_NOT_ALLOWED)
    entry.conclude()
    holds.head = head
    state.holds[identity] = holds
    _hold(known, holds, agency, sets=record.number("action") == HoldAction.SET)


def erasure(state: Consignments, participants: Participants, entry: Entry) -> None:
    """Check an Erasure and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    identity, version = record.word("declaration"), record.number("version")
    before = state.erasures.get((identity, version))
    need(before != entry.digest, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    if record.number("administration"):
        _check_office(participants, entry, 0)
        known = _known(state, identity)
        competent = participants.is_competent(known.state.administration, entry.author, entry.time)
        need(competent, Outcome.NOT_COMPETENT)
    else:
        check_key(entry, participants.keys[entry.signer], Purpose.DECLARE)
        acts = participants.acts(entry.author, OrganisationKind.OPERATOR, entry.time)
        need(acts, Outcome.ORGANISATION_NOT_ACTIVE)
        known = _known(state, identity)
        check_requester(participants, entry, known.state)
    need(1 <= version <= known.state.version, Outcome.UNKNOWN_VERSION)
    need(before is None, Outcome.ALREADY_ERASED)
    entry.conclude()
    state.erasures[identity, version] = entry.digest


def _known(state: Consignments, identity: bytes) -> Declared:
    need(identity in state.declarations, Outcome.UNKNOWN_DECLARATION)
    return state.declarations[identity]


def _check_new(state: Consignments, identity: bytes, head: bytes) -> None:
    known = state.declarations.get(identity)
    need(known is None or known.settled != head, Outcome.ALREADY_RECORDED)


def _check_office(participants: Participants, entry: Entry, office: int) -> None:
    check_deciding_key(entry, participants.keys[entry.signer], office)
    need(participants.is_in_office(entry.author, entry.time), Outcome.ORGANISATION_NOT_ACTIVE)


def _competently(state: Consignments, participants: Participants, entry: Entry, identity: bytes) -> Declared:
    """The declaration, whose administration (or a successor) is the author, at the head that the record extends."""
    known = _known(state, identity)
    competent = participants.is_competent(known.state.administration, entry.author, entry.time)
    need(competent, Outcome.NOT_COMPETENT)
    need(entry.record.word("prev") == known.settled, Outcome.STALE_HEAD)
    return known


def _transition(state: Consignments, record: Record, before: State) -> State:
    kind = record.number("kind")
    waiting = pending_of(before.flags) != Pending.NONE and not TABLE[kind].safeguards
    to_name = state.requests[record.word("declaration")] if waiting else ZERO
    need(record.word("request") == to_name, Outcome.REQUEST_NOT_NAMED)
    ruling = Ruling(
        scoped=record.number("scope") != 0,
        supersedes=record.number("supersedes") != 0,
        overrides=record.number("reason") == Reason.OVERRIDE and record.number("evidence") != 0,
        names_request=waiting,
    )
    outcome, status, flags = decide(kind, ruling, before.status, before.flags)
    need(outcome == Outcome.RECORDED, outcome)
    return before._replace(status=int(status), flags=int(flags))


def _check_superseding(state: Consignments, entry: Entry, settled: bytes) -> None:
    """The opening declaration is the history's first step, but no decision."""
    target = entry.record.word("supersedes")
    if target == ZERO:
        return
    need(target != entry.record.word("declaration"), Outcome.SUPERSEDES_NOT_PROVEN)
    # What a decision relies on follows the proof; a control relies on nothing.
    relies = entry.record.code is RecordType.DECISION and entry.record.number("reliance") != 0

    def proven(proof: bytes) -> bool:
        first = parted(proof, superseding=True)[0] if relies else proof
        return supersedes(first, target, settled)

    entry.needs_proof(proven, Outcome.SUPERSEDES_NOT_PROVEN)
    need(target not in state.superseded, Outcome.ALREADY_SUPERSEDED)


def _check_limit(record: Record) -> None:
    limit = record.number("limitAt")
    if limit == 0:
        need(record.number("kind") != DecisionKind.CONDITIONALLY_RELEASE, Outcome.LIMIT_INVALID)
    else:
        need(limit > record.number("effectiveAt"), Outcome.LIMIT_INVALID)


def _granted(state: Consignments, record: Record, before: State) -> bytes | None:
    """The commitment of the pending amendment that a GRANT names; None: it grants none."""
    grants = record.number("kind") == DecisionKind.GRANT and record.number("request")
    if not grants or pending_of(before.flags) != Pending.AMENDMENT:
        return None
    return state.requested[record.word("declaration")]


def _relied(law: Law, entry: Entry) -> tuple[bytes, ...]:
    """The recognitions on which the decision relies; none when it does not, or when its proof is unknown."""
    if not entry.record.number("reliance"):
        return ()
    if entry.proof is None:
        entry.doubts |= UNTOLD
        return ()
    return relied_on(law, entry, parted(entry.proof, superseding=entry.record.number("supersedes") != 0)[1])


def _with_reliance(record: Record, after: State, relied: tuple[bytes, ...]) -> State:
    """A receipt or an assessment must not make a withdrawn reliance, or a broken seal, disappear."""
    row = TABLE[record.number("kind")]
    ends = not record.number("scope") and (row.releases or row.withholds)
    return after._replace(relies=1 if relied else 0, seal_broken=0) if relied or ends else after


def _touch(state: Consignments, record: Record, version: int) -> None:
    """Mark the risk areas with the version that touches them."""
    identity, risks = record.word("declaration"), record.number("touchedRisks")
    lanes = state.touched.get(identity, 0)
    for at in (LANE * area for area in range(risks.bit_length()) if risks >> area & 1):
        lanes = lanes & ~(_LAST_VERSION << at) | version << at
    if lanes:
        state.touched[identity] = lanes


def _leave(state: Consignments, record: Record, after: State) -> None:
    """What a decision leaves beside head and state: the superseded one, and an answered request."""
    if record.number("supersedes"):
        state.superseded.add(record.word("supersedes"))
    if record.number("request") and pending_of(after.flags) == Pending.NONE:
        state.requests.pop(record.word("declaration"), None)
        state.requested.pop(record.word("declaration"), None)


def _hold(known: Declared, holds: Holds, agency: int, *, sets: bool) -> None:
    """A new hold asks for a new override; the last lift ends both."""
    flags = known.state.flags
    if sets:
        holds.open.add(agency)
        flags = (flags | Flag.AGENCY) & ~Flag.OVERRIDDEN
    else:
        holds.open.discard(agency)
        if not holds.open:
            flags &= ~(Flag.AGENCY | Flag.OVERRIDDEN)
    known.state = known.state._replace(flags=int(flags))
