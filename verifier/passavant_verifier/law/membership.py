"""What administrations and declarants record of others: members, settings, mandates."""

from passavant_verifier.codes import OrganisationKind, OrganisationStatus, Outcome, Purpose
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.entry import Entry, check_key, need
from passavant_verifier.law.forms import is_well_formed
from passavant_verifier.law.participants import Participants, new_organisation, with_status
from passavant_verifier.layout import Key, Mandate
from passavant_verifier.records import signer_of


def operator_status(state: Participants, entry: Entry) -> None:
    """Check an OperatorStatus and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    member = record.number("organisation")
    head = keccak256(record.word("orgHead"), entry.digest)
    need(head != state.head(member), Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, state.keys[entry.signer], Purpose.MANAGE)
    acts = state.acts(entry.author, OrganisationKind.ADMINISTRATION, entry.time)
    need(acts, Outcome.ORGANISATION_NOT_ACTIVE)
    known = state.organisation(member).kind != 0
    if known:
        _check_member(state, entry, member)
    else:
        _check_newcomer(entry)
    if record.number("key"):
        _check_key(state, entry, member, known=known)
    entry.conclude()
    if record.number("key"):
        _give_key(state, entry, member)
    state.heads[member] = head
    _take_in(state, entry, member, known=known)


def administration_setting(state: Participants, entry: Entry) -> None:
    """Check an AdministrationSetting and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, author, time = entry.record, entry.author, entry.time
    head = keccak256(record.word("orgHead"), entry.digest)
    need(head != state.head(author), Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, state.keys[entry.signer], Purpose.MANAGE)
    need(state.is_in_office(author, time), Outcome.ORGANISATION_NOT_ACTIVE)
    need(record.word("orgHead") == state.head(author), Outcome.STALE_HEAD)
    entry.conclude()
    word = state.organisation(author)
    state.heads[author] = head
    state.organisations[author] = word._replace(
        backdating=word.backdating_at(time), next_backdating=record.number("backdating"), backdating_from=time + 1
    )


def grant(state: Participants, entry: Entry) -> None:
    """Check a Grant and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, author = entry.record, entry.author
    agent = record.number("agent")
    need(agent < 1 << 32, Outcome.MALFORMED)
    last = state.mandates.get((author, agent), Mandate())
    shortened = int.from_bytes(entry.digest[:10])
    need(last == Mandate() or last.grant != shortened, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, state.keys[entry.signer], Purpose.DECLARE)
    active = state.is_active_member(author, OrganisationKind.OPERATOR, entry.time)
    need(active, Outcome.ORGANISATION_NOT_ACTIVE)
    need(record.number("serial") > last.serial, Outcome.SERIAL_NOT_INCREASING)
    # Whoever gets the id later would hold a mandate that was not meant for it.
    need(state.organisation(agent).kind == OrganisationKind.OPERATOR, Outcome.UNKNOWN_ORGANISATION)
    entry.conclude()
    state.mandates[author, agent] = Mandate(
        serial=record.number("serial"),
        representation=record.number("representation"),
        administration=record.number("administration"),
        legs=record.number("legs"),
        valid_from=record.number("validFrom"),
        valid_until=record.number("validUntil"),
        grant=shortened,
    )


def _check_newcomer(entry: Entry) -> None:
    record = entry.record
    need(not record.number("orgHead"), Outcome.UNKNOWN_ORGANISATION)
    complete = record.number("status") == OrganisationStatus.ACTIVE and record.number("key")
    need(complete, Outcome.MALFORMED)


def _check_member(state: Participants, entry: Entry, member: int) -> None:
    record = entry.record
    need(record.number("orgHead"), Outcome.IDENTITY_TAKEN)
    word = state.organisation(member)
    competent = state.competent_for(word.sponsor, entry.time)
    need(competent == entry.author, Outcome.NOT_COMPETENT)
    need(record.word("orgHead") == state.head(member), Outcome.STALE_HEAD)
    need(word.kind == record.number("kind"), Outcome.MALFORMED)


def _check_key(state: Participants, entry: Entry, member: int, *, known: bool) -> None:
    """A further key is given with notice, so that no administration can sign in its operator's name at once."""
    record, time = entry.record, entry.time
    address = record.address("key")
    need(address not in state.keys, Outcome.IDENTITY_TAKEN)
    if known:
        need(record.number("notBefore") >= time + state.notice(), Outcome.NOTICE_TOO_SHORT)
    need(record.number("notAfter") > _start(entry), Outcome.WINDOW_INVALID)
    if record.number("purposes") == Purpose.MANAGE:
        need(state.has_room(member, time), Outcome.WINDOW_INVALID)
    entry.needs_proof(lambda proof: signer_of(entry.digest, proof) == address, Outcome.POSSESSION_NOT_PROVEN)


def _give_key(state: Participants, entry: Entry, member: int) -> None:
    record = entry.record
    address, purposes = record.address("key"), record.number("purposes")
    state.keys[address] = Key(member, purposes, 0, _start(entry), record.number("notAfter"))
    if purposes == Purpose.MANAGE:
        state.add_managing_key(member, address, entry.time)


def _start(entry: Entry) -> int:
    """One second after the block at the earliest."""
    return max(entry.record.number("notBefore"), entry.time + 1)


def _take_in(state: Participants, entry: Entry, member: int, *, known: bool) -> None:
    record, since = entry.record, entry.time + 1
    if known:
        status = record.number("status")
        state.organisations[member] = with_status(state.organisation(member), status, since, entry.time)
    else:
        word = new_organisation(OrganisationKind(record.number("kind")), since)
        state.organisations[member] = word._replace(sponsor=record.number("administration"))
