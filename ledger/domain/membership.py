"""The rules of participation: who is admitted, by whom, with which keys (the twin of the contract `Participants`)."""

from typing import TYPE_CHECKING, Final

from ledger.domain import heads
from ledger.domain.codes import (
    AdmissionAction,
    KeyAction,
    Leg,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    Representation,
)
from ledger.domain.participants import Key, Organisation, Participants
from ledger.domain.records import (
    NO_ADDRESS,
    AdministrationSetting,
    Admission,
    Grant,
    KeyAuthorisation,
    OperatorStatus,
)
from ledger.domain.values import listed, within
from ledger.domain.wire import ZERO, Digest, Head

if TYPE_CHECKING:
    from ledger.domain.rules import Presented

NOTICE: Final = 7 * 24 * 3600
SUCCESSION_NOTICE: Final = 30 * 24 * 3600
MAX_ADMINISTRATION: Final = (1 << 16) - 1
MAX_DEADLINE: Final = 7 * 24 * 3600
_NEW: Final = frozenset({AdmissionAction.ADMIT, AdmissionAction.SUCCEED})
_PURPOSES: Final = {
    OrganisationKind.ADMINISTRATION: Purpose.DECIDE | Purpose.READ,
    OrganisationKind.OPERATOR: Purpose.DECLARE | Purpose.READ,
    OrganisationKind.AGENCY: Purpose.HOLD | Purpose.READ,
    OrganisationKind.AUDITOR: Purpose.READ,
}
_ALL_LEGS: Final = (1 << len(Leg)) - 1


def record(participants: Participants, entry: "Presented", now: int, *, development: bool) -> Outcome:
    """Take a participant record: RECORDED, or why not; a refused one changes nothing."""
    notice = 0 if development else NOTICE
    if isinstance(entry.record, Admission):
        return _Council(participants, now, notice).record(entry, entry.record)
    return _Office(participants, now, notice).record(entry)


class _Office:
    """Records of an organisation's managing keys, and mandates."""

    def __init__(self, participants: Participants, now: int, notice: int) -> None:
        self.participants = participants
        self.now = now
        self.notice = notice

    def record(self, entry: "Presented") -> Outcome:
        """Take an OperatorStatus, KeyAuthorisation, AdministrationSetting or Grant."""
        record = entry.record
        if not isinstance(record, OperatorStatus | KeyAuthorisation | AdministrationSetting | Grant):
            return Outcome.UNKNOWN_RECORD_TYPE
        author = _author(record)
        key = self.participants.keys.get(entry.signer or b"")
        if key is None or key.organisation != author:
            return Outcome.NOT_AUTHENTIC
        subject = self.participants.organisations.get(_subject(record))
        if subject is not None and not isinstance(record, Grant) and _extends(subject, record.org_head, entry.digest):
            return Outcome.ALREADY_RECORDED
        outcome = (
            (Outcome.RECORDED if _fits(record) else Outcome.MALFORMED)
            or _check_deadline(record.deadline, self.now)
            or self._check_key(key, record)
            or self._check_rules(entry, record, subject)
        )
        if outcome is Outcome.RECORDED:
            self.participants.apply(record, entry.digest, self.now)
        return outcome

    def _check_key(
        self, key: Key, record: "OperatorStatus | KeyAuthorisation | AdministrationSetting | Grant"
    ) -> Outcome:
        if not key.valid_at(self.now):
            return Outcome.KEY_NOT_VALID
        purpose = Purpose.DECLARE if isinstance(record, Grant) else Purpose.MANAGE
        if purpose not in key.purposes:
            return Outcome.KEY_PURPOSE
        author = self.participants.organisations[key.organisation]
        return Outcome.RECORDED if self._may_act(author, record) else Outcome.ORGANISATION_NOT_ACTIVE

    def _may_act(self, author: Organisation, record: object) -> bool:
        status = author.status_at(self.now)
        is_administration = author.kind is OrganisationKind.ADMINISTRATION
        if isinstance(record, OperatorStatus):
            return is_administration and status is OrganisationStatus.ACTIVE
        if isinstance(record, Grant) and author.kind is not OrganisationKind.OPERATOR:
            return False
        if is_administration:
            return status in (OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED)
        home = self.participants.organisations[author.administration].status_at(self.now)
        return status is OrganisationStatus.ACTIVE and home is not OrganisationStatus.EXPELLED

    def _check_rules(self, entry: "Presented", record: object, subject: Organisation | None) -> Outcome:
        if isinstance(record, OperatorStatus):
            return self._check_operator(entry, record, subject)
        if isinstance(record, Grant):
            return self._check_grant(record)
        if subject is None or record.org_head != subject.head:  # type: ignore[attr-defined]
            return Outcome.STALE_HEAD
        if isinstance(record, KeyAuthorisation):
            return self._check_key_record(entry, record, subject)
        return Outcome.RECORDED

    def _check_operator(self, entry: "Presented", record: OperatorStatus, subject: Organisation | None) -> Outcome:
        if subject is None:
            if record.org_head != ZERO:
                return Outcome.UNKNOWN_ORGANISATION
            if record.key == NO_ADDRESS or record.status != OrganisationStatus.ACTIVE:
                return Outcome.MALFORMED
        elif record.org_head == ZERO:
            return Outcome.IDENTITY_TAKEN
        elif subject.administration != record.administration:
            return Outcome.NOT_COMPETENT
        elif record.org_head != subject.head:
            return Outcome.STALE_HEAD
        elif subject.kind != record.kind:
            return Outcome.MALFORMED
        return self._check_new_key(entry, record.key) if record.key != NO_ADDRESS else Outcome.RECORDED

    def _check_new_key(self, entry: "Presented", key: bytes) -> Outcome:
        if key in self.participants.keys:
            return Outcome.IDENTITY_TAKEN
        record = entry.record
        assert isinstance(record, OperatorStatus | KeyAuthorisation)  # noqa: S101 - narrows for the type checker
        if record.not_before <= self.now:
            return Outcome.NOTICE_TOO_SHORT
        if record.not_after <= record.not_before:
            return Outcome.WINDOW_INVALID
        return Outcome.RECORDED if key in entry.provers else Outcome.POSSESSION_NOT_PROVEN

    def _check_key_record(self, entry: "Presented", record: KeyAuthorisation, subject: Organisation) -> Outcome:
        if record.action == KeyAction.AUTHORISE:
            return self._check_authorise(entry, record, subject)
        key = self.participants.keys.get(record.key)
        if key is None or key.organisation != record.organisation:
            return Outcome.NOT_COMPETENT
        if record.action == KeyAction.SHORTEN:
            return self._check_shorten(key, record, subject)
        if record.action == KeyAction.VETO:
            return self._check_veto(key, entry)
        earlier = key.compromised_since == 0 or record.compromised_since < key.compromised_since
        return Outcome.RECORDED if 0 < record.compromised_since <= self.now and earlier else Outcome.WINDOW_INVALID

    def _check_authorise(self, entry: "Presented", record: KeyAuthorisation, subject: Organisation) -> Outcome:
        purposes = Purpose(record.purposes)
        manages = purposes == Purpose.MANAGE
        if not manages and (not purposes or purposes & ~_PURPOSES[subject.kind]):
            return Outcome.MALFORMED
        outcome = self._check_new_key(entry, record.key)
        if outcome is Outcome.RECORDED and manages and record.not_before < self.now + self.notice:
            return Outcome.NOTICE_TOO_SHORT
        return outcome

    def _check_shorten(self, key: Key, record: KeyAuthorisation, subject: Organisation) -> Outcome:
        if not self.now < record.not_after < key.not_after:
            return Outcome.WINDOW_INVALID
        if not key.manages:
            return Outcome.RECORDED
        if record.not_after < self.now + self.notice:
            return Outcome.NOTICE_TOO_SHORT
        if subject.kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.RECORDED
        remaining = sum(
            other.manages and other.organisation == subject.id and other.not_after > record.not_after
            for other in self.participants.keys.values()
            if other.address != key.address
        )
        return Outcome.RECORDED if remaining >= 2 else Outcome.MANAGING_KEYS_NEEDED  # noqa: PLR2004 - the rule's own number

    def _check_veto(self, key: Key, entry: "Presented") -> Outcome:
        pending = self.now < key.not_before or (key.restores != 0 and self.now < key.not_after)
        possible = key.manages and key.address != entry.signer and pending
        return Outcome.RECORDED if possible else Outcome.VETO_NOT_POSSIBLE

    def _check_grant(self, record: Grant) -> Outcome:
        agent = self.participants.organisations.get(record.agent)
        if agent is None or agent.kind is not OrganisationKind.OPERATOR:
            return Outcome.UNKNOWN_ORGANISATION
        known = self.participants.mandates.get((record.declarant, record.agent))
        newer = known is None or record.serial > known.serial
        return Outcome.RECORDED if newer else Outcome.SERIAL_NOT_INCREASING


class _Council:
    """Admissions: by approvals of two thirds of the active administrations, or by a predecessor."""

    def __init__(self, participants: Participants, now: int, notice: int) -> None:
        self.participants = participants
        self.now = now
        self.notice = notice

    def record(self, entry: "Presented", record: Admission) -> Outcome:
        """Take an Admission."""
        signer = self.participants.keys.get(entry.signer or b"")
        if signer is None or not self._is_voice(signer, record):
            return Outcome.NOT_AUTHENTIC
        if self.participants.council_head == _next_head(record.council_head, entry.digest):
            return Outcome.ALREADY_RECORDED
        outcome = (
            (Outcome.RECORDED if _admission_fits(record) else Outcome.MALFORMED)
            or _check_deadline(record.deadline, self.now)
            or self._check_signer(signer)
            or self._check_admission(entry, record)
        )
        if outcome is Outcome.RECORDED:
            by_council = record.action == AdmissionAction.SUCCEED and signer.organisation != record.predecessor
            self.participants.apply(record, entry.digest, self.now, by_council=by_council)
        return outcome

    def _is_voice(self, key: Key, record: Admission) -> bool:
        kind = self.participants.organisations[key.organisation].kind
        return kind is OrganisationKind.ADMINISTRATION or key.organisation == record.predecessor

    def _check_signer(self, key: Key) -> Outcome:
        if not key.valid_at(self.now):
            return Outcome.KEY_NOT_VALID
        return Outcome.RECORDED if key.manages else Outcome.KEY_PURPOSE

    def _check_admission(self, entry: "Presented", record: Admission) -> Outcome:
        if record.council_head != self.participants.council_head:
            return Outcome.STALE_HEAD
        outcome = self._check_new(entry, record) if record.action in _NEW else self._check_target(record)
        return outcome or self._check_approvals(entry, record)

    def _check_target(self, record: Admission) -> Outcome:
        target = self.participants.organisations.get(record.administration)
        if target is None or target.kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.UNKNOWN_ORGANISATION
        allowed = {
            AdmissionAction.SUSPEND: {OrganisationStatus.ACTIVE},
            AdmissionAction.REINSTATE: {OrganisationStatus.SUSPENDED},
            AdmissionAction.EXPEL: {OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED},
        }[AdmissionAction(record.action)]
        return Outcome.RECORDED if target.status_at(self.now) in allowed else Outcome.TRANSITION_NOT_ALLOWED

    def _check_new(self, entry: "Presented", record: Admission) -> Outcome:
        organisations = self.participants.organisations
        keys = {record.first_key, record.second_key}
        if record.administration in organisations or keys & self.participants.keys.keys():
            return Outcome.IDENTITY_TAKEN
        if record.action == AdmissionAction.SUCCEED:
            before = organisations.get(record.predecessor)
            if before is None or before.successor or before.country != record.country:
                return Outcome.UNKNOWN_ORGANISATION
        elif any(self._takes(other, record.country) for other in organisations.values()):
            return Outcome.IDENTITY_TAKEN
        return Outcome.RECORDED if keys <= set(entry.provers) else Outcome.POSSESSION_NOT_PROVEN

    def _takes(self, other: Organisation, country: bytes) -> bool:
        active = other.next_status in (OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED)
        return other.kind is OrganisationKind.ADMINISTRATION and other.country == country and active

    def _check_approvals(self, entry: "Presented", record: Admission) -> Outcome:
        signer = self.participants.keys[entry.signer or b""]
        succeeds = record.action == AdmissionAction.SUCCEED
        if succeeds and signer.organisation == record.predecessor:
            return self._check_notice(record, self.notice)
        active = {org.id for org in self.participants.organisations.values() if self._votes(org)}
        voices = (self.participants.keys.get(address) for address in entry.approvers)
        approving = {key.organisation for key in voices if key is not None and key.valid_at(self.now) and key.manages}
        if 3 * len(approving & active) < 2 * len(active):
            return Outcome.APPROVALS_MISSING
        return self._check_notice(record, SUCCESSION_NOTICE if succeeds else self.notice)

    def _votes(self, organisation: Organisation) -> bool:
        active = organisation.status_at(self.now) is OrganisationStatus.ACTIVE
        return organisation.kind is OrganisationKind.ADMINISTRATION and active

    def _check_notice(self, record: Admission, notice: int) -> Outcome:
        return Outcome.RECORDED if record.effective_at >= self.now + max(notice, 1) else Outcome.NOTICE_TOO_SHORT


def _author(record: OperatorStatus | KeyAuthorisation | AdministrationSetting | Grant) -> int:
    if isinstance(record, Grant):
        return record.declarant
    return record.organisation if isinstance(record, KeyAuthorisation) else record.administration


def _subject(record: OperatorStatus | KeyAuthorisation | AdministrationSetting | Grant) -> int:
    if isinstance(record, Grant):
        return record.declarant
    return record.administration if isinstance(record, AdministrationSetting) else record.organisation


def _next_head(prev: bytes, digest: Digest) -> bytes:
    return heads.organisation(Head(prev), digest)


def _extends(organisation: Organisation, prev: bytes, digest: Digest) -> bool:
    return organisation.head == _next_head(prev, digest)


def _check_deadline(deadline: int, now: int) -> Outcome:
    if now > deadline:
        return Outcome.EXPIRED
    return Outcome.DEADLINE_TOO_FAR if deadline > now + MAX_DEADLINE else Outcome.RECORDED


def _fits(record: OperatorStatus | KeyAuthorisation | AdministrationSetting | Grant) -> bool:
    if isinstance(record, OperatorStatus):
        kind_fits = listed(OrganisationKind, record.kind) and record.kind != OrganisationKind.ADMINISTRATION
        status_fits = listed(OrganisationStatus, record.status) and record.status in _OPERATOR_STATUSES
        return kind_fits and status_fits and record.organisation > MAX_ADMINISTRATION and _operator_key_fits(record)
    if isinstance(record, KeyAuthorisation):
        return listed(KeyAction, record.action) and within(Purpose, record.purposes) and record.key != NO_ADDRESS
    if isinstance(record, Grant):
        legs_fit = 0 < record.legs <= _ALL_LEGS
        return legs_fit and listed(Representation, record.representation) and record.agent not in (0, record.declarant)
    return True


_OPERATOR_STATUSES: Final = frozenset(
    {OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED, OrganisationStatus.EXPELLED}
)


def _operator_key_fits(record: OperatorStatus) -> bool:
    if record.key == NO_ADDRESS:
        return record.purposes == 0
    purposes = Purpose(record.purposes)
    allowed = _PURPOSES[OrganisationKind(record.kind)]
    return purposes == Purpose.MANAGE or (bool(purposes) and not purposes & ~allowed)


def _admission_fits(record: Admission) -> bool:
    if not listed(AdmissionAction, record.action) or record.administration == 0:
        return False
    succeeds = record.action == AdmissionAction.SUCCEED
    if succeeds != (record.predecessor != 0):
        return False
    if record.action in _NEW:
        return NO_ADDRESS not in (record.first_key, record.second_key) and record.first_key != record.second_key
    return record.first_key == NO_ADDRESS == record.second_key
