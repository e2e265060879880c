"""Participants as the fold of their records: organisations, keys, mandates, the council.

Nothing here checks who signed or whether it was allowed (`ledger.domain.membership` does). Times are seconds (UTC);
what a record changes takes effect one second after its block at the earliest, or at the later time that it names.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from ledger.domain import heads
from ledger.domain.codes import AdmissionAction, KeyAction, OrganisationKind, OrganisationStatus, Purpose
from ledger.domain.records import (
    NO_ADDRESS,
    AdministrationSetting,
    Admission,
    EncryptionKey,
    Grant,
    KeyAuthorisation,
    OperatorStatus,
    ParticipantRecord,
)
from ledger.domain.wire import ZERO, Digest, Head

FOREVER: Final = (1 << 40) - 1
DEFAULT_BACKDATING: Final = 72 * 3600
MARK_SUCCEEDED_BY_COUNCIL: Final = 1

_STATUS_AFTER: Final = {
    AdmissionAction.SUSPEND: OrganisationStatus.SUSPENDED,
    AdmissionAction.REINSTATE: OrganisationStatus.ACTIVE,
    AdmissionAction.EXPEL: OrganisationStatus.EXPELLED,
}


@dataclass(frozen=True, slots=True)
class Organisation:
    """A participant.

    Attributes:
        administration: itself for an administration, else the one that admitted it.
        status: before `status_from`; `next_status` from then on.
        backdating: seconds before `backdating_from`; `next_backdating` from then on.
        successor: the administration that took over, or 0.
    """

    id: int
    kind: OrganisationKind
    administration: int
    country: bytes = b"\0\0"
    status: OrganisationStatus = OrganisationStatus.NONE
    next_status: OrganisationStatus = OrganisationStatus.ACTIVE
    status_from: int = 0
    backdating: int = DEFAULT_BACKDATING
    next_backdating: int = DEFAULT_BACKDATING
    backdating_from: int = 0
    head: Head = Head(ZERO)
    successor: int = 0
    marks: int = 0

    def status_at(self, time: int) -> OrganisationStatus:
        """Its status at a moment."""
        return self.next_status if time >= self.status_from else self.status

    def backdating_at(self, time: int) -> int:
        """How far back its records may take effect, at a moment, in seconds."""
        return self.next_backdating if time >= self.backdating_from else self.backdating

    def succeeded_at(self, time: int) -> bool:
        """Whether another administration has taken over by a moment."""
        return self.status_at(time) is OrganisationStatus.SUCCEEDED

    def becomes(self, status: OrganisationStatus, since: int, now: int) -> "Organisation":
        """Itself with another status from `since` on."""
        return replace(self, status=self.status_at(now), next_status=status, status_from=since)


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its one window [not_before, not_after).

    Attributes:
        restores: the window's end before a shortening that may still be vetoed, or 0.
        compromised_since: what it signed from then on is disputed; 0: nothing is.
    """

    address: bytes
    organisation: int
    purposes: Purpose
    office: int
    not_before: int
    not_after: int
    restores: int = 0
    compromised_since: int = 0

    def valid_at(self, time: int) -> bool:
        """Whether its window holds at a moment."""
        return self.not_before <= time < self.not_after

    def pending_at(self, time: int) -> bool:
        """Whether it has not taken effect, and will."""
        return time < self.not_before < self.not_after

    @property
    def manages(self) -> bool:
        """Whether it is a managing key."""
        return Purpose.MANAGE in self.purposes


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a declarant lets an agent do; `legs` bit set, `administration` 0 = any."""

    serial: int
    representation: int
    administration: int
    legs: int
    valid_from: int
    valid_until: int

    def covers(self, time: int, leg: int, administration: int) -> bool:
        """Whether it is in force at a moment for a leg and an administration."""
        return (
            self.valid_from <= time < self.valid_until
            and bool(self.legs >> (leg - 1) & 1)
            and self.administration in (0, administration)
        )


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """An encryption key as it was published, for [not_before, not_after); `key` and `hybrid` as in its record."""

    organisation: int
    version: int
    suite: int
    key: bytes
    hybrid: bytes
    not_before: int
    not_after: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class Founder:
    """A founding administration with its two managing keys (20-byte addresses)."""

    administration: int
    country: bytes
    first_key: bytes
    second_key: bytes


@dataclass(slots=True)
class Participants:
    """All participants; `apply` folds one record into them.

    Attributes:
        organisations: by id, in the order of their admission.
        keys: by address.
        mandates: by (declarant, agent).
        grants: digest of the record behind each mandate.
        encryption_keys: by (organisation, version).
    """

    council_head: Head
    organisations: dict[int, Organisation] = field(default_factory=dict)
    keys: dict[bytes, Key] = field(default_factory=dict)
    mandates: dict[tuple[int, int], Mandate] = field(default_factory=dict)
    grants: dict[tuple[int, int], Digest] = field(default_factory=dict)
    encryption_keys: dict[tuple[int, int], PublishedKey] = field(default_factory=dict)

    def competent_for(self, administration: int, now: int) -> int:
        """Who is competent for what was addressed to an administration: itself, or who has taken over from it."""
        while (known := self.organisations.get(administration)) and known.succeeded_at(now):
            administration = known.successor
        return administration

    def competent(self, administration: int, organisation: int, now: int) -> bool:
        """Whether an organisation is the administration, or one that has taken over from it."""
        while administration != organisation:
            known = self.organisations.get(administration)
            if known is None or not known.succeeded_at(now):
                return False
            administration = known.successor
        return True

    def is_active(self, organisation: int, kind: OrganisationKind, now: int) -> bool:
        """Whether an organisation of this kind may act, as far as its own status tells."""
        known = self.organisations.get(organisation)
        return known is not None and known.kind is kind and known.status_at(now) is OrganisationStatus.ACTIVE

    def is_active_member(self, organisation: int, kind: OrganisationKind, now: int) -> bool:
        """As `is_active`; of others than administrations, the one that answers for it is not expelled either."""
        return self.is_active(organisation, kind, now) and not self.is_orphaned(organisation, now)

    def is_orphaned(self, organisation: int, now: int) -> bool:
        """Whether the administration that answers for an organisation is expelled."""
        sponsor = self.competent_for(self.organisations[organisation].administration, now)
        return self.organisations[sponsor].status_at(now) is OrganisationStatus.EXPELLED

    def admit(self, founder: Founder, since: int) -> None:
        """A new administration with its two managing keys, from a moment on."""
        self.organisations[founder.administration] = Organisation(
            founder.administration,
            OrganisationKind.ADMINISTRATION,
            founder.administration,
            founder.country,
            status_from=since,
        )
        for address in (founder.first_key, founder.second_key):
            self.keys[address] = Key(address, founder.administration, Purpose.MANAGE, 0, since, FOREVER)

    def apply(self, record: ParticipantRecord, digest: Digest, now: int, *, by_council: bool = False) -> None:
        """Fold a record that was recorded in a block of time `now`.

        Args:
            record: the record.
            digest: its digest.
            now: its block's time.
            by_council: for a succession: decided by the council, not signed by the predecessor.
        """
        if isinstance(record, Grant):
            self._grant(record)
            self.grants[record.declarant, record.agent] = digest
        elif isinstance(record, Admission):
            self._admission(record, now, by_council=by_council)
            self.council_head = heads.organisation(self.council_head, digest)
        else:
            if isinstance(record, EncryptionKey):
                self._encryption(record, digest, now)
            subject = self._organisation_record(record, now)
            before = self.organisations[subject]
            self.organisations[subject] = replace(before, head=heads.organisation(before.head, digest))

    def _grant(self, record: Grant) -> None:
        self.mandates[record.declarant, record.agent] = Mandate(
            record.serial,
            record.representation,
            record.administration,
            record.legs,
            record.valid_from,
            record.valid_until,
        )

    def _admission(self, record: Admission, now: int, *, by_council: bool) -> None:
        since = max(record.effective_at, now + 1)
        status = _STATUS_AFTER.get(AdmissionAction(record.action))
        if status is not None:
            target = self.organisations[record.administration]
            self.organisations[target.id] = target.becomes(status, since, now)
            return
        self.admit(Founder(record.administration, record.country, record.first_key, record.second_key), since)
        if record.action == AdmissionAction.SUCCEED:
            before = self.organisations[record.predecessor]
            gone = before.becomes(OrganisationStatus.SUCCEEDED, since, now)
            self.organisations[before.id] = replace(gone, successor=record.administration)
        if record.action == AdmissionAction.SUCCEED and by_council:
            heir = self.organisations[record.administration]
            self.organisations[heir.id] = replace(heir, marks=heir.marks | MARK_SUCCEEDED_BY_COUNCIL)

    def _organisation_record(
        self, record: OperatorStatus | KeyAuthorisation | AdministrationSetting | EncryptionKey, now: int
    ) -> int:
        if isinstance(record, AdministrationSetting):
            self._setting(record, now)
            return record.administration
        if isinstance(record, OperatorStatus):
            self._operator(record, now)
        elif isinstance(record, KeyAuthorisation):
            self._key(record, now)
        return record.organisation

    def _encryption(self, record: EncryptionKey, digest: Digest, now: int) -> None:
        self.encryption_keys[record.organisation, record.version] = PublishedKey(
            record.organisation,
            record.version,
            record.suite,
            record.key,
            record.hybrid,
            max(record.not_before, now + 1),
            record.not_after,
            digest,
        )

    def _setting(self, record: AdministrationSetting, now: int) -> None:
        before = self.organisations[record.administration]
        self.organisations[before.id] = replace(
            before,
            backdating=before.backdating_at(now),
            next_backdating=record.backdating,
            backdating_from=now + 1,
        )

    def _operator(self, record: OperatorStatus, now: int) -> None:
        known = self.organisations.get(record.organisation)
        if known is None:
            kind = OrganisationKind(record.kind)
            known = Organisation(record.organisation, kind, record.administration, status_from=now + 1)
        self.organisations[known.id] = known.becomes(OrganisationStatus(record.status), now + 1, now)
        if record.key != NO_ADDRESS:
            start = max(record.not_before, now + 1)
            self.keys[record.key] = Key(record.key, known.id, Purpose(record.purposes), 0, start, record.not_after)

    def _key(self, record: KeyAuthorisation, now: int) -> None:
        if record.action == KeyAction.AUTHORISE:
            self.keys[record.key] = Key(
                record.key,
                record.organisation,
                Purpose(record.purposes),
                record.office,
                record.not_before,
                record.not_after,
            )
            return
        key = self.keys[record.key]
        if record.action == KeyAction.SHORTEN:
            restores = (key.restores or key.not_after) if key.manages else 0
            key = replace(key, not_after=record.not_after, restores=restores)
        elif record.action == KeyAction.COMPROMISED:
            key = replace(key, compromised_since=record.compromised_since)
        else:
            key = replace(key, not_after=key.not_before if key.pending_at(now) else key.restores, restores=0)
        self.keys[record.key] = key
