"""Between administrations: arrangements and their suspension, AEO status, requests of assistance and answers."""

from passavant_verifier.codes import (
    AeoStanding,
    AssistanceAction,
    OrganisationKind,
    Outcome,
    Purpose,
    SuspensionAction,
)
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.entry import Entry, check_deciding_key, check_key, need
from passavant_verifier.law.forms import is_well_formed
from passavant_verifier.law.participants import Participants
from passavant_verifier.law.recognising import Law
from passavant_verifier.law.recognitions import Line, Request, Version
from passavant_verifier.records import ZERO, signer_of
from passavant_verifier.webs import AeoWord, RequestWord, VersionWord


def arrangement(law: Law, entry: Entry) -> None:
    """Check an Arrangement and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, known, people = entry.record, law.recognitions, law.participants
    need(entry.digest not in known.versions, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, people.keys[entry.signer], Purpose.MANAGE)
    acts = people.acts(entry.author, OrganisationKind.ADMINISTRATION, entry.time)
    need(acts, Outcome.ORGANISATION_NOT_ACTIVE)
    second = record.number("second")
    need(people.acts(second, OrganisationKind.ADMINISTRATION, entry.time), Outcome.APPROVALS_MISSING)
    entry.needs_proof(lambda proof: _manages(people, entry, proof, second), Outcome.APPROVALS_MISSING)
    pair = (record.number("first"), second)
    line = known.lines.get(pair) or Line()
    need(record.word("predecessor") == line.latest, Outcome.STALE_HEAD)
    before, begins = known.version(line.latest), record.number("validFrom")
    need(begins >= entry.time and begins > before.word.valid_from, Outcome.WINDOW_INVALID)
    entry.conclude()
    if line.latest != ZERO:
        before.word = before.word._replace(end=min(before.word.end, begins))
    known.versions[entry.digest] = _version_of(entry)
    line.latest, line.head = entry.digest, keccak256(line.head, entry.digest)
    known.lines[pair] = line


def suspension(law: Law, entry: Entry) -> None:
    """Check an ArrangementSuspension and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, known, people = entry.record, law.recognitions, law.participants
    name = record.word("arrangement")
    version = known.version(name).word
    line = known.line(version)
    head = keccak256(record.word("prev"), entry.digest)
    need(head != line.head, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, people.keys[entry.signer], Purpose.MANAGE)
    need(people.is_in_office(entry.author, entry.time), Outcome.ORGANISATION_NOT_ACTIVE)
    need(name in known.versions, Outcome.UNKNOWN_ARRANGEMENT)
    parties = (version.first, version.second)
    places = [at for at, party in enumerate(parties) if people.is_competent(party, entry.author, entry.time)]
    need(places, Outcome.NOT_COMPETENT)
    need(name == line.latest and record.word("prev") == line.head, Outcome.STALE_HEAD)
    suspends = record.number("action") == SuspensionAction.SUSPEND
    need(suspends != (places[0] in line.suspends), Outcome.TRANSITION_NOT_ALLOWED)
    entry.conclude()
    line.suspends ^= {places[0]}
    line.head = head


def aeo_status(law: Law, entry: Entry) -> None:
    """Check an AeoStatus and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, known = entry.record, law.recognitions
    need(entry.digest not in known.grants, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    _check_office(law.participants, entry)
    operator = law.participants.organisation(record.number("operator"))
    need(operator.kind == OrganisationKind.OPERATOR, Outcome.UNKNOWN_ORGANISATION)
    home = law.participants.is_competent(operator.sponsor, entry.author, entry.time)
    need(home, Outcome.NOT_COMPETENT)
    if record.number("status") != AeoStanding.GRANTED:
        _end(law, entry)
        return
    entry.conclude()
    names = ("operator", "validFrom", "validUntil")
    known.grants[entry.digest] = AeoWord(entry.author, *(record.number(name) for name in names))


def assistance(law: Law, entry: Entry) -> None:
    """Check an Assistance and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, requests = entry.record, law.recognitions.requests
    asks = record.number("action") == AssistanceAction.REQUEST
    request = requests.get(entry.digest if asks else record.word("request"))
    repeated = request is not None and (asks or request.answer == entry.digest)
    need(not repeated, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    _check_office(law.participants, entry)
    if asks:
        _ask(law, entry)
    else:
        need(request is not None, Outcome.UNKNOWN_REQUEST)
        _answer(law, entry, requests[record.word("request")])


def _manages(people: Participants, entry: Entry, signature: bytes, organisation: int) -> bool:
    key = people.keys.get(signer_of(entry.digest, signature) or b"")
    if key is None or key.organisation != organisation:
        return False
    return bool(key.purposes & Purpose.MANAGE) and key.valid_at(entry.time)


def _version_of(entry: Entry) -> Version:
    record = entry.record
    names = ("first", "second", "procedures", "methods", "risks", "validFrom", "validUntil")
    word = VersionWord(*(record.number(name) for name in names))
    return Version(word, record.word("standard"), record.word("predecessor"))


def _check_office(people: Participants, entry: Entry) -> None:
    """A suspended administration still ends an AEO's status, and answers; a key of one office decides neither."""
    check_deciding_key(entry, people.keys[entry.signer], 0)
    need(people.is_in_office(entry.author, entry.time), Outcome.ORGANISATION_NOT_ACTIVE)


def _end(law: Law, entry: Entry) -> None:
    """The end of an AEO grant only moves earlier: what was broken by it stays so."""
    record, known = entry.record, law.recognitions
    grant, ends = known.grants.get(record.word("grant"), AeoWord()), record.number("validFrom")
    need(grant.administration and grant.operator == record.number("operator"), Outcome.AEO_NOT_VALID)
    backdating = law.participants.organisation(entry.author).backdating_at(entry.time)
    need(ends + backdating >= entry.time, Outcome.EFFECTIVE_TOO_EARLY)
    need(grant.ended_from != ends, Outcome.ALREADY_RECORDED)
    need(not grant.ended_at(ends), Outcome.TRANSITION_NOT_ALLOWED)
    entry.conclude()
    known.grants[record.word("grant")] = grant._replace(ended_from=ends)


def _ask(law: Law, entry: Entry) -> None:
    record, people = entry.record, law.participants
    need(law.consignments.opens(record.word("consignment")), Outcome.UNKNOWN_CONSIGNMENT)
    need(record.number("dueAt") > entry.time, Outcome.LIMIT_INVALID)
    asked = record.number("addressee")
    there = people.organisation(asked).kind == OrganisationKind.ADMINISTRATION and people.is_in_office(
        asked, entry.time
    )
    need(there, Outcome.UNKNOWN_ORGANISATION)
    entry.conclude()
    word = RequestWord(entry.author, asked, record.number("dueAt"))
    law.recognitions.requests[entry.digest] = Request(word)


def _answer(law: Law, entry: Entry, request: Request) -> None:
    competent = law.participants.is_competent(request.word.addressee, entry.author, entry.time)
    need(competent, Outcome.NOT_COMPETENT)
    need(request.word.administration == entry.record.number("addressee"), Outcome.UNKNOWN_REQUEST)
    need(request.answer == ZERO, Outcome.ALREADY_ANSWERED)
    entry.conclude()
    request.answer, request.word = entry.digest, request.word._replace(answered_at=entry.time)
