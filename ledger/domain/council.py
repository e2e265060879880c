"""The rules of the council: administrations admit, suspend, reinstate, expel and succeed each other.

The twin of the contract `Council`. Two thirds of the active administrations approve, or a predecessor signs for its
successor.
"""

from dataclasses import dataclass
from typing import Final

from ledger.domain import heads, values
from ledger.domain.codes import AdmissionAction, OrganisationKind, OrganisationStatus, Outcome
from ledger.domain.participants import Key, Organisation, Participants
from ledger.domain.records import Admission
from ledger.domain.signing import Presented

NOTICE: Final = 7 * 24 * 3600
"""Delay before a change of managing keys, or of an administration's standing, in seconds; 0 in development."""
SUCCESSION_NOTICE: Final = 30 * 24 * 3600
"""Delay before a succession that the predecessor did not sign, in seconds; everywhere."""

_ANY_COUNTRY: Final = b"\0\0"
_MAY_FOLLOW: Final = {
    AdmissionAction.SUSPEND: frozenset({OrganisationStatus.ACTIVE}),
    AdmissionAction.REINSTATE: frozenset({OrganisationStatus.SUSPENDED}),
    AdmissionAction.EXPEL: frozenset({OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED}),
}


def record(participants: Participants, entry: Presented, admission: Admission, now: int, notice: int) -> Outcome:
    """Take an Admission in a block of time `now`: RECORDED, or why not; a refused one changes nothing."""
    session = _Session(participants, entry, now, notice)
    outcome = session.judge(admission)
    if outcome is Outcome.RECORDED:
        by_council = admission.action == AdmissionAction.SUCCEED and not session.is_by_predecessor(admission)
        participants.apply(admission, entry.digest, now, by_council=by_council)
    return outcome


def approvals_needed(active: int) -> int:
    """How many of the active administrations must approve: two thirds, rounded up."""
    return -(-2 * active // 3)


@dataclass(frozen=True, slots=True)
class _Session:
    """Judges one admission."""

    participants: Participants
    entry: Presented
    now: int
    notice: int

    def judge(self, admission: Admission) -> Outcome:
        """RECORDED, or why not."""
        key = self._key(self.entry.signer)
        if key is None or self.participants.organisations[key.organisation].kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.NOT_AUTHENTIC
        if self.participants.council_head == heads.organisation(admission.council_head, self.entry.digest):
            return Outcome.ALREADY_RECORDED
        return (
            values.check(admission)
            or values.check_deadline(admission.deadline, self.now)
            or self._check_key(key)
            or self._check_approvals(admission)
            or self._check_notice(admission)
            or self._check_action(admission)
        )

    def is_by_predecessor(self, admission: Admission) -> bool:
        """Whether the predecessor itself signed."""
        key = self._key(self.entry.signer)
        return key is not None and key.organisation == admission.predecessor

    def _key(self, address: bytes | None) -> Key | None:
        return self.participants.keys.get(address or b"")

    def _check_key(self, key: Key) -> Outcome:
        if not key.valid_at(self.now):
            return Outcome.KEY_NOT_VALID
        if not key.manages:
            return Outcome.KEY_PURPOSE
        return Outcome.RECORDED if self._votes(key.organisation) else Outcome.ORGANISATION_NOT_ACTIVE

    def _votes(self, organisation: int) -> bool:
        return self.participants.is_active(organisation, OrganisationKind.ADMINISTRATION, self.now)

    def _check_approvals(self, admission: Admission) -> Outcome:
        if not self.is_by_predecessor(admission):
            active = {one for one in self.participants.organisations if self._votes(one)}
            if len(self._approving() & active) < approvals_needed(len(active)):
                return Outcome.APPROVALS_MISSING
        current = admission.council_head == self.participants.council_head
        return Outcome.RECORDED if current else Outcome.STALE_HEAD

    def _approving(self) -> set[int]:
        """Organisations of which a valid managing key approves; an approval that does not count is passed over."""
        keys = (self._key(address) for address in (self.entry.signer, *self.entry.approvers))
        return {key.organisation for key in keys if key is not None and key.manages and key.valid_at(self.now)}

    def _check_notice(self, admission: Admission) -> Outcome:
        takes_over = admission.action == AdmissionAction.SUCCEED and not self.is_by_predecessor(admission)
        earliest = self.now + (SUCCESSION_NOTICE if takes_over else self.notice)
        return Outcome.RECORDED if admission.effective_at >= earliest else Outcome.NOTICE_TOO_SHORT

    def _check_action(self, admission: Admission) -> Outcome:
        if admission.action not in values.NEW:
            return self._check_target(admission)
        succeeds = admission.action == AdmissionAction.SUCCEED
        checked = self._check_succession(admission) if succeeds else self._check_country(admission)
        return checked or self._check_keys(admission)

    def _check_target(self, admission: Admission) -> Outcome:
        target = self.participants.organisations.get(admission.administration)
        if target is None or target.kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.UNKNOWN_ORGANISATION
        if admission.country not in (_ANY_COUNTRY, target.country):
            return Outcome.MALFORMED
        action = AdmissionAction(admission.action)
        if target.next_status not in _MAY_FOLLOW[action]:
            return Outcome.TRANSITION_NOT_ALLOWED
        # Meanwhile the country may have got another administration.
        replaced = action is AdmissionAction.REINSTATE and self._incumbent(target.country) is not target
        return Outcome.IDENTITY_TAKEN if replaced else Outcome.RECORDED

    def _check_country(self, admission: Admission) -> Outcome:
        if admission.administration in self.participants.organisations:
            return Outcome.IDENTITY_TAKEN
        incumbent = self._incumbent(admission.country)
        taken = incumbent is not None and (
            incumbent.next_status in (OrganisationStatus.ACTIVE, OrganisationStatus.SUCCEEDED)
            or incumbent.status_at(admission.effective_at) is OrganisationStatus.ACTIVE
        )
        return Outcome.IDENTITY_TAKEN if taken else Outcome.RECORDED

    def _check_succession(self, admission: Admission) -> Outcome:
        before = self.participants.organisations.get(admission.predecessor)
        if before is None or before.kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.UNKNOWN_ORGANISATION
        if before.country != admission.country:
            return Outcome.MALFORMED
        known = admission.administration in self.participants.organisations
        if known or self._incumbent(admission.country) is not before:
            return Outcome.IDENTITY_TAKEN
        # A predecessor signs only while nothing against it is on its way.
        last = before.next_status
        by_itself = self.is_by_predecessor(admission)
        is_open = last is OrganisationStatus.ACTIVE if by_itself else last is not OrganisationStatus.SUCCEEDED
        return Outcome.RECORDED if is_open else Outcome.TRANSITION_NOT_ALLOWED

    def _incumbent(self, country: bytes) -> Organisation | None:
        """The administration last admitted for a country."""
        of_country = [one for one in self.participants.organisations.values() if one.country == country]
        return of_country[-1] if of_country else None

    def _check_keys(self, admission: Admission) -> Outcome:
        keys = (admission.first_key, admission.second_key)
        if any(key in self.participants.keys for key in keys):
            return Outcome.IDENTITY_TAKEN
        return Outcome.RECORDED if tuple(self.entry.provers) == keys else Outcome.POSSESSION_NOT_PROVEN
