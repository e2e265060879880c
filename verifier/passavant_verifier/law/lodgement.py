"""What declarants and their agents record: declarations and requests."""

from typing import Final

from passavant_verifier.codes import Flag, OrganisationKind, Outcome, Pending, Purpose, RecordType, Stage, Status
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.consignments import Consignments, Declared
from passavant_verifier.law.entry import Entry, check_key, need
from passavant_verifier.law.forms import is_well_formed
from passavant_verifier.law.participants import Participants
from passavant_verifier.layout import Mandate, State
from passavant_verifier.lifecycle import LIVE, pending_of, with_pending
from passavant_verifier.records import ZERO, Record, signer_of

LATEST_EFFECT: Final = 300
_FIRST_STATUS: Final = {
    Stage.PRE_LODGED: Status.PRE_LODGED,
    Stage.ARRIVED: Status.LODGED,
    Stage.SUPPLEMENTARY: Status.LODGED,
    Stage.REPORTED: Status.REPORTED,
}
_PENDING: Final = {
    RecordType.AMENDMENT_REQUEST: Pending.AMENDMENT,
    RecordType.INVALIDATION_REQUEST: Pending.INVALIDATION,
    RecordType.PRESENTATION_NOTICE: Pending.PRESENTATION,
}


def check_effect(participants: Participants, entry: Entry, administration: int) -> None:
    """The legal moment lies neither ahead of now nor further back than the administration lets it.

    Raises:
        RefusedError: EFFECTIVE_TOO_LATE or EFFECTIVE_TOO_EARLY.
    """
    effective_at, time = entry.record.number("effectiveAt"), entry.time
    need(effective_at <= time + LATEST_EFFECT, Outcome.EFFECTIVE_TOO_LATE)
    backdating = participants.organisation(administration).backdating_at(time)
    need(effective_at >= time - backdating, Outcome.EFFECTIVE_TOO_EARLY)


def declaration(state: Consignments, participants: Participants, entry: Entry) -> None:
    """Check a Declaration and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    need(entry.digest not in state.declarations, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    declarant, agent = record.number("declarant"), record.number("agent")
    check_key(entry, participants.keys[entry.signer], Purpose.DECLARE if declarant else Purpose.DECIDE)
    if declarant:
        active = participants.is_active_member(entry.author, OrganisationKind.OPERATOR, entry.time)
        need(active, Outcome.ORGANISATION_NOT_ACTIVE)
    administration = record.number("administration")
    acts = participants.acts(administration, OrganisationKind.ADMINISTRATION, entry.time)
    need(acts, Outcome.ORGANISATION_NOT_ACTIVE)
    _check_place(state, entry)
    if agent:
        _check_mandate(participants, entry, record.number("leg"), administration)
        active = participants.is_active_member(declarant, OrganisationKind.OPERATOR, entry.time)
        need(active, Outcome.ORGANISATION_NOT_ACTIVE)
    check_effect(participants, entry, administration)
    entry.conclude()
    _lodge(state, entry)


def request(state: Consignments, participants: Participants, entry: Entry) -> None:
    """Check an amendment or invalidation request or a presentation notice, and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    identity = record.word("declaration")
    need(state.requests.get(identity) != entry.digest, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, participants.keys[entry.signer], Purpose.DECLARE)
    need(_may_ask(participants, entry, entry.author), Outcome.ORGANISATION_NOT_ACTIVE)
    need(identity in state.declarations, Outcome.UNKNOWN_DECLARATION)
    known = state.declarations[identity]
    check_requester(participants, entry, known.state)
    need(record.word("prev") == known.settled, Outcome.STALE_HEAD)
    need(pending_of(known.state.flags) == Pending.NONE, Outcome.REQUEST_PENDING)
    need(known.state.status in LIVE, Outcome.TRANSITION_NOT_ALLOWED)
    if record.code is RecordType.PRESENTATION_NOTICE:
        competent = participants.competent_for(known.state.administration, entry.time)
        check_effect(participants, entry, competent)
    entry.conclude()
    state.requests[identity] = entry.digest
    if record.code is RecordType.AMENDMENT_REQUEST:
        state.requested[identity] = record.word("commitment")
    flags = with_pending(known.state.flags, _PENDING[record.code])
    known.state = known.state._replace(flags=flags)


def check_requester(participants: Participants, entry: Entry, state: State) -> None:
    """It is the declaration's declarant that asks, or its agent with a mandate.

    Raises:
        RefusedError: NOT_COMPETENT, MANDATE_MISSING or ORGANISATION_NOT_ACTIVE.
    """
    need(entry.record.number("declarant") == state.declarant, Outcome.NOT_COMPETENT)
    if entry.record.number("agent"):
        _check_mandate(participants, entry, state.leg, state.administration)
        # What the declarant may not ask for itself, its agent may not either.
        need(_may_ask(participants, entry, state.declarant), Outcome.ORGANISATION_NOT_ACTIVE)


def _may_ask(participants: Participants, entry: Entry, operator: int) -> bool:
    """An operator of an expelled administration may still ask for amendment and invalidation."""
    if entry.record.code is RecordType.PRESENTATION_NOTICE:
        return participants.is_active_member(operator, OrganisationKind.OPERATOR, entry.time)
    return participants.acts(operator, OrganisationKind.OPERATOR, entry.time)


def _check_mandate(participants: Participants, entry: Entry, leg: int, administration: int) -> None:
    parties = entry.record.number("declarant"), entry.record.number("agent")
    mandate = participants.mandates.get(parties, Mandate())
    in_force = mandate.valid_from <= entry.time < mandate.valid_until
    covered = mandate.legs >> (leg - 1) & 1 and mandate.administration in (0, administration)
    need(in_force and covered, Outcome.MANDATE_MISSING)


def _check_place(state: Consignments, entry: Entry) -> None:
    """The consignment that it joins, and the declaration to which it is linked."""
    consignment, link = entry.record.word("consignment"), entry.record.word("link")
    if consignment != ZERO:
        need(state.opens(consignment), Outcome.UNKNOWN_CONSIGNMENT)
        join_key = state.declarations[consignment].state.anchor.to_bytes(20, "big")
        entry.needs_proof(lambda proof: signer_of(entry.digest, proof) == join_key, Outcome.JOIN_NOT_PROVEN)
    need(link == ZERO or link in state.declarations, Outcome.UNKNOWN_LINK)


def _lodge(state: Consignments, entry: Entry) -> None:
    record, digest = entry.record, entry.digest
    state.declarations[digest] = Declared(
        settled=keccak256(ZERO, ZERO, digest),
        state=_first_state(record),
        effective_at=record.number("effectiveAt"),
        commitments=[record.word("commitment")],
    )
    consignment = record.word("consignment")
    if consignment != ZERO:
        state.joined[consignment] = keccak256(state.consignment_head(consignment), digest)


def _first_state(record: Record) -> State:
    joins = record.number("consignment") != 0
    flags = Flag.JOINED if joins else 0
    if not record.number("declarant"):
        flags |= Flag.RECEIVED_OUTSIDE
    return State(
        status=_FIRST_STATUS[Stage(record.number("stage"))],
        leg=record.number("leg"),
        seal_broken=0,
        relies=0,
        regime=record.number("regime"),
        administration=record.number("administration"),
        declarant=record.number("declarant"),
        version=1,
        flags=int(flags),
        anchor=int.from_bytes(record.word("consignment")[:20]) if joins else record.number("joinKey"),
    )
