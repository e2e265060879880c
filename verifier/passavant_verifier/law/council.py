"""What the council of administrations records: admission, suspension, reinstatement, expulsion, succession."""

from typing import Final

from passavant_verifier.codes import AdmissionAction, OrganisationKind, OrganisationStatus, Outcome, Purpose
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.entry import Entry, check_key, need
from passavant_verifier.law.forms import is_well_formed
from passavant_verifier.law.participants import LARGEST_ADMINISTRATION, Participants, with_status
from passavant_verifier.law.proofs import signatures
from passavant_verifier.records import Record, signer_of

_TAKEN_OVER: Final = 1
"""Mark of a successor that the council, not its predecessor, made."""
_POSSESSIONS: Final = 2
_STATUS_AFTER: Final = {
    AdmissionAction.SUSPEND: OrganisationStatus.SUSPENDED,
    AdmissionAction.REINSTATE: OrganisationStatus.ACTIVE,
    AdmissionAction.EXPEL: OrganisationStatus.EXPELLED,
}


def admission(state: Participants, entry: Entry) -> None:
    """Check an Admission and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record = entry.record
    head = keccak256(record.word("councilHead"), entry.digest)
    need(head != state.council, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, state.keys[entry.signer], Purpose.MANAGE)
    acts = state.acts(entry.author, OrganisationKind.ADMINISTRATION, entry.time)
    need(acts, Outcome.ORGANISATION_NOT_ACTIVE)
    predecessor = record.number("predecessor")
    by_predecessor = predecessor != 0 and predecessor == entry.author
    if not by_predecessor:
        entry.needs_proof(lambda proof: _approved(state, entry, proof), Outcome.APPROVALS_MISSING)
    need(record.word("councilHead") == state.council, Outcome.STALE_HEAD)
    taking_over = predecessor != 0 and not by_predecessor
    timely = record.number("effectiveAt") >= entry.time + state.notice(taking_over=taking_over)
    need(timely, Outcome.NOTICE_TOO_SHORT)
    _check_target(state, record, by_predecessor=by_predecessor)
    if record.number("firstKey"):
        _check_keys(state, entry)
    entry.conclude()
    state.council = head
    _take_in(state, entry, _TAKEN_OVER if taking_over else 0)


def approvals_needed(state: Participants, time: int) -> int:
    """Two thirds of the active administrations, rounded up."""
    return (2 * state.active_administrations(time) + 2) // 3


def _approved(state: Participants, entry: Entry, proof: bytes) -> bool:
    approving = {entry.author}
    for approval in signatures(proof)[0]:
        key = state.keys.get(signer_of(entry.digest, approval) or b"")
        if key is None or not key.purposes & Purpose.MANAGE or not key.valid_at(entry.time):
            continue
        administration = key.organisation <= LARGEST_ADMINISTRATION
        if administration and state.acts(key.organisation, OrganisationKind.ADMINISTRATION, entry.time):
            approving.add(key.organisation)
    return len(approving) >= approvals_needed(state, entry.time)


def _check_target(state: Participants, record: Record, *, by_predecessor: bool) -> None:
    action = record.number("action")
    if action == AdmissionAction.ADMIT:
        _check_admission(state, record)
    elif action == AdmissionAction.SUCCEED:
        _check_succession(state, record, by_predecessor=by_predecessor)
    else:
        _check_standing(state, record, action)


def _check_admission(state: Participants, record: Record) -> None:
    need(not state.organisation(record.number("administration")).kind, Outcome.IDENTITY_TAKEN)
    incumbent = state.organisation(state.administration_of.get(_country(record), 0))
    lasting = incumbent.next_status in (OrganisationStatus.ACTIVE, OrganisationStatus.SUCCEEDED)
    until = incumbent.status_at(record.number("effectiveAt")) == OrganisationStatus.ACTIVE
    need(not lasting and not until, Outcome.IDENTITY_TAKEN)


def _check_succession(state: Participants, record: Record, *, by_predecessor: bool) -> None:
    """A predecessor signs only while nothing against it is on its way: else it would evade its suspension."""
    predecessor = record.number("predecessor")
    former = state.organisation(predecessor)
    need(former.kind == OrganisationKind.ADMINISTRATION, Outcome.UNKNOWN_ORGANISATION)
    need(former.country == int.from_bytes(_country(record)), Outcome.MALFORMED)
    unused = not state.organisation(record.number("administration")).kind
    last = state.administration_of.get(_country(record)) == predecessor
    need(unused and last, Outcome.IDENTITY_TAKEN)
    if by_predecessor:
        need(former.next_status == OrganisationStatus.ACTIVE, Outcome.TRANSITION_NOT_ALLOWED)
    else:
        need(former.next_status != OrganisationStatus.SUCCEEDED, Outcome.TRANSITION_NOT_ALLOWED)


def _check_standing(state: Participants, record: Record, action: int) -> None:
    administration = record.number("administration")
    target = state.organisation(administration)
    need(target.kind == OrganisationKind.ADMINISTRATION, Outcome.UNKNOWN_ORGANISATION)
    country = int.from_bytes(_country(record))
    need(country in (0, target.country), Outcome.MALFORMED)
    last = target.next_status
    if action == AdmissionAction.REINSTATE:
        need(last == OrganisationStatus.SUSPENDED, Outcome.TRANSITION_NOT_ALLOWED)
        # Meanwhile the country may have got another administration.
        latest = state.administration_of[target.country.to_bytes(2, "big")]
        need(latest == administration, Outcome.IDENTITY_TAKEN)
        return
    expels = action == AdmissionAction.EXPEL and last == OrganisationStatus.SUSPENDED
    need(last == OrganisationStatus.ACTIVE or expels, Outcome.TRANSITION_NOT_ALLOWED)


def _check_keys(state: Participants, entry: Entry) -> None:
    record = entry.record
    keys = (record.address("firstKey"), record.address("secondKey"))
    need(not any(key in state.keys for key in keys), Outcome.IDENTITY_TAKEN)

    def possessed(proof: bytes) -> bool:
        possessions = signatures(proof)[1]
        signers = tuple(signer_of(entry.digest, one) for one in possessions)
        return len(possessions) == _POSSESSIONS and signers == keys

    entry.needs_proof(possessed, Outcome.POSSESSION_NOT_PROVEN)


def _take_in(state: Participants, entry: Entry, mark: int) -> None:
    record, time = entry.record, entry.time
    since = max(record.number("effectiveAt"), time + 1)
    action, administration = record.number("action"), record.number("administration")
    if record.number("firstKey"):
        keys = (record.address("firstKey"), record.address("secondKey"))
        state.enrol(administration, _country(record), since, keys, mark=mark)
    if action == AdmissionAction.SUCCEED:
        predecessor = record.number("predecessor")
        former = state.organisation(predecessor)._replace(successor=administration)
        state.organisations[predecessor] = with_status(former, OrganisationStatus.SUCCEEDED, since, time)
    elif action != AdmissionAction.ADMIT:
        target = state.organisation(administration)
        status = _STATUS_AFTER[AdmissionAction(action)]
        state.organisations[administration] = with_status(target, status, since, time)
        if action == AdmissionAction.EXPEL:
            state.warn()


def _country(record: Record) -> bytes:
    return record.word("country")[:2]
