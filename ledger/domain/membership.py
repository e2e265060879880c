"""The rules of participation, but for the council's: operators, keys, settings, mandates.

The twin of the contracts `Membership`, `KeyRing` and `EncryptionKeys`. Order of the checks: as in
`ledger.domain.rules`.
"""

from dataclasses import dataclass
from typing import Final

from ledger.domain import council, heads, values
from ledger.domain.codes import EncryptionSuite, KeyAction, OrganisationKind, OrganisationStatus, Outcome, Purpose
from ledger.domain.keccak import keccak256
from ledger.domain.participants import Key, Organisation, Participants
from ledger.domain.records import (
    NO_ADDRESS,
    AdministrationSetting,
    Admission,
    EncryptionKey,
    Grant,
    KeyAuthorisation,
    OperatorStatus,
    author_of,
)
from ledger.domain.signing import Presented
from ledger.domain.wire import ZERO

MAX_MANAGING_KEYS: Final = 16
"""Managing keys that have not ended, beside which an organisation gets no further one."""
LEAST_MANAGING_KEYS: Final = 2
"""Managing keys in effect that an administration keeps."""
MLKEM_LENGTH: Final = 1_184
"""Bytes of an ML-KEM-768 encapsulation key (FIPS 203)."""

_Office = OperatorStatus | KeyAuthorisation | AdministrationSetting | EncryptionKey
_Newcomer = OperatorStatus | KeyAuthorisation


def record(participants: Participants, entry: Presented, now: int, *, development: bool) -> Outcome:
    """Take a participant record in a block of time `now`: RECORDED, or why not; a refused one changes nothing."""
    notice = 0 if development else council.NOTICE
    if isinstance(entry.record, Admission):
        return council.record(participants, entry, entry.record, now, notice)
    if not isinstance(entry.record, _Office | Grant):
        return Outcome.UNKNOWN_RECORD_TYPE
    outcome = _Registrar(participants, entry, now, notice).judge(entry.record)
    if outcome is Outcome.RECORDED:
        participants.apply(entry.record, entry.digest, now)
    return outcome


@dataclass(frozen=True, slots=True)
class _Registrar:
    """Judges one entry."""

    participants: Participants
    entry: Presented
    now: int
    notice: int

    def judge(self, record: _Office | Grant) -> Outcome:
        """RECORDED, or why not."""
        author = author_of(record)
        if author == 0:
            return Outcome.MALFORMED
        key = self.participants.keys.get(self.entry.signer or b"")
        if key is None or key.organisation != author:
            return Outcome.NOT_AUTHENTIC
        if self._is_recorded(record):
            return Outcome.ALREADY_RECORDED
        organisation = self.participants.organisations[author]
        return (
            self._check_values(record, organisation)
            or values.check_deadline(record.deadline, self.now)
            or self._check_key(key, record)
            or self._check_author(organisation, record)
            or self._check_rules(record)
        )

    def _is_recorded(self, record: _Office | Grant) -> bool:
        if isinstance(record, Grant):
            return self.participants.grants.get((record.declarant, record.agent)) == self.entry.digest
        subject = self._subject(record)
        return subject is not None and subject.head == heads.organisation(record.org_head, self.entry.digest)

    def _subject(self, record: _Office) -> Organisation | None:
        subject = record.administration if isinstance(record, AdministrationSetting) else record.organisation
        return self.participants.organisations.get(subject)

    def _check_values(self, record: _Office | Grant, author: Organisation) -> Outcome:
        if isinstance(record, KeyAuthorisation) and record.action == KeyAction.AUTHORISE:
            fits = values.purposes_fit(record.purposes, author.kind)
            return values.check(record) if fits else Outcome.MALFORMED
        return values.check(record)

    def _check_key(self, key: Key, record: _Office | Grant) -> Outcome:
        if not key.valid_at(self.now):
            return Outcome.KEY_NOT_VALID
        purpose = Purpose.DECLARE if isinstance(record, Grant) else Purpose.MANAGE
        return Outcome.RECORDED if purpose in key.purposes else Outcome.KEY_PURPOSE

    def _check_author(self, author: Organisation, record: _Office | Grant) -> Outcome:
        return Outcome.RECORDED if self._may_act(author, record) else Outcome.ORGANISATION_NOT_ACTIVE

    def _may_act(self, author: Organisation, record: _Office | Grant) -> bool:
        if isinstance(record, OperatorStatus):
            return self.participants.is_active(author.id, OrganisationKind.ADMINISTRATION, self.now)
        if isinstance(record, Grant):
            return self.participants.is_active_member(author.id, OrganisationKind.OPERATOR, self.now)
        if author.kind is OrganisationKind.ADMINISTRATION:  # a suspended one must still take a stolen key out of use
            return author.status_at(self.now) in (OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED)
        is_member = isinstance(record, KeyAuthorisation | EncryptionKey)
        return is_member and self.participants.is_active_member(author.id, author.kind, self.now)

    def _check_rules(self, record: _Office | Grant) -> Outcome:
        if isinstance(record, Grant):
            return self._check_grant(record)
        subject = self._subject(record)
        if isinstance(record, OperatorStatus):
            standing = _check_newcomer(record) if subject is None else self._check_member(record, subject)
            return standing or (self._check_given_key(record) if record.key != NO_ADDRESS else Outcome.RECORDED)
        if subject is None or record.org_head != subject.head:
            return Outcome.STALE_HEAD
        if isinstance(record, EncryptionKey):
            return self._check_encryption_key(record)
        return self._check_key_action(record, subject) if isinstance(record, KeyAuthorisation) else Outcome.RECORDED

    def _check_encryption_key(self, record: EncryptionKey) -> Outcome:
        """Versions go up one by one; the window starts one second after the block at the earliest."""
        known = self.participants.encryption_keys
        if record.version != 1 + sum(owner == record.organisation for owner, _ in known):
            return Outcome.UNKNOWN_VERSION
        if record.not_after <= max(record.not_before, self.now + 1):
            return Outcome.WINDOW_INVALID
        proof = self.entry.proof
        whole = len(proof) == MLKEM_LENGTH and keccak256(proof) == record.hybrid
        fits = whole or record.suite != EncryptionSuite.HYBRID
        return Outcome.RECORDED if fits else Outcome.ENCRYPTION_KEY_INVALID

    def _check_grant(self, record: Grant) -> Outcome:
        known = self.participants.mandates.get((record.declarant, record.agent))
        if record.serial <= (known.serial if known else 0):
            return Outcome.SERIAL_NOT_INCREASING
        agent = self.participants.organisations.get(record.agent)
        is_operator = agent is not None and agent.kind is OrganisationKind.OPERATOR
        return Outcome.RECORDED if is_operator else Outcome.UNKNOWN_ORGANISATION

    def _check_member(self, record: OperatorStatus, member: Organisation) -> Outcome:
        if record.org_head == ZERO:
            return Outcome.IDENTITY_TAKEN
        if self.participants.competent_for(member.administration, self.now) != record.administration:
            return Outcome.NOT_COMPETENT
        if record.org_head != member.head:
            return Outcome.STALE_HEAD
        return Outcome.RECORDED if record.kind == member.kind else Outcome.MALFORMED

    def _check_given_key(self, record: OperatorStatus) -> Outcome:
        """A member's further key waits as long as one of its own choice, so that it can veto it."""
        if record.key in self.participants.keys:
            return Outcome.IDENTITY_TAKEN
        further = record.organisation in self.participants.organisations
        if further and record.not_before < self.now + self.notice:
            return Outcome.NOTICE_TOO_SHORT
        if record.not_after <= max(record.not_before, self.now + 1) or self._is_full(record):
            return Outcome.WINDOW_INVALID
        return self._check_possession(record)

    def _check_possession(self, record: _Newcomer) -> Outcome:
        proven = record.key in self.entry.provers
        return Outcome.RECORDED if proven else Outcome.POSSESSION_NOT_PROVEN

    def _check_key_action(self, record: KeyAuthorisation, subject: Organisation) -> Outcome:
        if record.action == KeyAction.AUTHORISE:
            return self._check_authorise(record)
        key = self.participants.keys.get(record.key)
        if key is None or key.organisation != subject.id:
            return Outcome.NOT_COMPETENT
        if record.action == KeyAction.SHORTEN:
            return self._check_shorten(key, record, subject)
        if record.action == KeyAction.VETO:
            return self._check_veto(key)
        earlier = key.compromised_since == 0 or record.compromised_since < key.compromised_since
        return Outcome.RECORDED if record.compromised_since <= self.now and earlier else Outcome.WINDOW_INVALID

    def _check_authorise(self, record: KeyAuthorisation) -> Outcome:
        if record.key in self.participants.keys:
            return Outcome.IDENTITY_TAKEN
        if not self.now < record.not_before < record.not_after:
            return Outcome.WINDOW_INVALID
        if record.purposes == Purpose.MANAGE:
            if record.not_before < self.now + self.notice:
                return Outcome.NOTICE_TOO_SHORT
            if self._is_full(record):
                return Outcome.WINDOW_INVALID
        return self._check_possession(record)

    def _is_full(self, record: _Newcomer) -> bool:
        """Whether a further managing key would be one too many."""
        count = sum(key.not_after > self.now for key in self._managing(record.organisation))
        return record.purposes == Purpose.MANAGE and count >= MAX_MANAGING_KEYS

    def _check_shorten(self, key: Key, record: KeyAuthorisation, subject: Organisation) -> Outcome:
        if not self.now < record.not_after < key.not_after:
            return Outcome.WINDOW_INVALID
        if not key.manages:
            return Outcome.RECORDED
        if record.not_after < self.now + self.notice:
            return Outcome.NOTICE_TOO_SHORT
        if subject.kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.RECORDED
        others = [other for other in self._managing(subject.id) if other.address != key.address]
        # One that is not in effect yet could still be vetoed.
        remaining = sum(other.valid_at(self.now) and other.valid_at(record.not_after) for other in others)
        return Outcome.RECORDED if remaining >= LEAST_MANAGING_KEYS else Outcome.MANAGING_KEYS_NEEDED

    def _check_veto(self, key: Key) -> Outcome:
        waits = key.pending_at(self.now) or (key.restores != 0 and self.now < key.not_after)
        possible = key.manages and key.address != self.entry.signer and waits
        return Outcome.RECORDED if possible else Outcome.VETO_NOT_POSSIBLE

    def _managing(self, organisation: int) -> list[Key]:
        return [key for key in self.participants.keys.values() if key.organisation == organisation and key.manages]


def _check_newcomer(record: OperatorStatus) -> Outcome:
    if record.org_head != ZERO:
        return Outcome.UNKNOWN_ORGANISATION
    complete = record.status == OrganisationStatus.ACTIVE and record.key != NO_ADDRESS
    return Outcome.RECORDED if complete else Outcome.MALFORMED
