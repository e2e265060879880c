"""The rules of mutual recognition: record types 8 and 22 to 25, as the contract `Recognitions` checks them."""

from dataclasses import dataclass
from typing import Final

from ledger.domain import heads, values
from ledger.domain.checks import check_effective, leads_to
from ledger.domain.codes import (
    AeoStanding,
    AssistanceAction,
    ControlOutcome,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    SuspensionAction,
    Verdict,
)
from ledger.domain.lifecycle import LIVE
from ledger.domain.participants import Organisation, Participants
from ledger.domain.recognition import MAX_DEPTH, Recognitions, Version, Walk, meets
from ledger.domain.records import (
    AeoStatus,
    Arrangement,
    ArrangementSuspension,
    Assistance,
    Control,
    Recognition,
    RecognitionRecord,
    author_of,
)
from ledger.domain.signing import Presented
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest

_IN_OFFICE: Final = frozenset({OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED})
_OK: Final = Outcome.RECORDED


@dataclass(frozen=True, slots=True)
class Root:
    """What a recognition goes back to.

    Attributes:
        control: the control and its digest.
        partner: the administration that made the parent.
        depth: how deep the recognition lies below the control.
        risk: risk areas of the parent, a bit set.
    """

    digest: Digest
    control: Control
    partner: int
    depth: int
    risk: int


@dataclass(frozen=True, slots=True)
class Recognising:
    """Judges and folds the records of mutual recognition.

    Attributes:
        participants: who takes part.
        declarations: all declarations.
        known: what is kept of recognitions.
        walk: reads them upwards.
    """

    participants: Participants
    declarations: dict[DeclarationId, DeclarationState]
    known: Recognitions
    walk: Walk

    def record(self, entry: Presented, record: RecognitionRecord, now: int) -> Outcome:
        """Take an entry in a block of time `now`: RECORDED, or why not."""
        author = author_of(record)
        if author == 0:
            return Outcome.MALFORMED
        key = self.participants.keys.get(entry.signer or b"")
        if key is None or key.organisation != author:
            return Outcome.NOT_AUTHENTIC
        if self._recorded(record, entry.digest):
            return Outcome.ALREADY_RECORDED
        outcome = (
            values.check(record)
            or values.check_deadline(record.deadline, now)
            or self._check_key(entry.signer or b"", record, now)
            or self._check_author(author, record, now)
            or self._check_rules(entry, record, now)
        )
        if outcome is _OK:
            self.fold(record, entry.digest, now, entry.control)
        return outcome

    def fold(self, record: RecognitionRecord, digest: Digest, now: int, control: tuple[Digest, Control] | None) -> None:
        """Fold a record that was recorded in a block of time `now`."""
        if isinstance(record, Recognition):
            self.known.recognise(record, digest, control)
        elif isinstance(record, Arrangement):
            self.known.arrange(record, digest)
        elif isinstance(record, ArrangementSuspension):
            version = self.known.versions[record.arrangement].record
            party = next(one for one in (version.first, version.second) if self._for(one, record.administration, now))
            self.known.suspend(record, digest, party)
        elif isinstance(record, AeoStatus):
            self.known.aeo(record, digest)
        else:
            self.known.assist(record, digest, now)

    def _recorded(self, record: RecognitionRecord, digest: Digest) -> bool:
        known = self.known
        if isinstance(record, ArrangementSuspension):
            version = known.versions.get(record.arrangement)
            return version is not None and known.line(version.record).head == heads.organisation(record.prev, digest)
        answered = known.requests.get(record.request) if isinstance(record, Assistance) else None
        taken = digest in known.nodes or digest in known.versions or digest in known.grants
        return taken or digest in known.requests or (answered is not None and answered.answer == digest)

    def _check_key(self, signer: bytes, record: RecognitionRecord, now: int) -> Outcome:
        key = self.participants.keys[signer]
        if not key.valid_at(now):
            return Outcome.KEY_NOT_VALID
        if isinstance(record, Arrangement | ArrangementSuspension):
            return _OK if Purpose.MANAGE in key.purposes else Outcome.KEY_PURPOSE
        office = record.office if isinstance(record, Recognition) else 0
        fits = Purpose.DECIDE in key.purposes and key.office in (0, office)
        return _OK if fits else Outcome.KEY_PURPOSE

    def _check_author(self, author: int, record: RecognitionRecord, now: int) -> Outcome:
        organisation = self.participants.organisations[author]
        if isinstance(record, Recognition | Arrangement):  # a suspended administration recognises nothing
            may = self._active(author, now)
        else:
            in_office = organisation.status_at(now) in _IN_OFFICE
            may = organisation.kind is OrganisationKind.ADMINISTRATION and in_office
        return _OK if may else Outcome.ORGANISATION_NOT_ACTIVE

    def _check_rules(self, entry: Presented, record: RecognitionRecord, now: int) -> Outcome:
        if isinstance(record, Recognition):
            return self._check_recognition(entry, record, now)
        if isinstance(record, Arrangement):
            return self._check_arrangement(entry, record, now)
        if isinstance(record, ArrangementSuspension):
            return self._check_suspension(record, now)
        if isinstance(record, AeoStatus):
            return self._check_aeo(record, now)
        return self._check_assistance(record, now)

    def _check_recognition(self, entry: Presented, record: Recognition, now: int) -> Outcome:
        author = self.participants.organisations[record.administration]
        outcome = (
            self._check_own(record, now)
            or check_effective(record.effective_at, author, now)
            or self._check_replaced(record)
        )
        if outcome is not _OK:
            return outcome
        root = self._root(entry, record)
        return Outcome.PARENT_NOT_PROVEN if root is None else self.weigh(record, root, now)

    def weigh(self, record: Recognition, root: Root, now: int) -> Outcome:
        """Whether what a recognition goes back to may be relied on, in a block of time `now`: RECORDED, or why not.

        All that is checked of a recognition but its author and the proof of its parent.
        """
        if root.depth > MAX_DEPTH:
            return Outcome.TOO_DEEP
        own, controlled = self.declarations[record.declaration], self.declarations[root.control.declaration]
        if own.consignment != controlled.consignment:
            return Outcome.OTHER_CONSIGNMENT
        if record.verdict == Verdict.DECLINED:
            return _OK
        return (
            _check_control(record, root, now)
            or self._check_scope(record, root, now)
            or self._check_status(record, root, now)
            or self._check_standing(record, root)
        )

    def root_of(self, parent: Digest) -> Root | None:
        """What a recognition of `parent` goes back to, as far as it is known here without a proof."""
        node = self.known.nodes.get(parent)
        if node is not None:
            control, above = self.known.controls[node.control], node.record
            return Root(node.control, control, above.administration, node.depth + 1, above.risk)
        known = self.known.controls.get(parent)
        return None if known is None else Root(parent, known, known.administration, 1, known.risk)

    def _check_own(self, record: Recognition, now: int) -> Outcome:
        state = self.declarations.get(record.declaration)
        if state is None:
            return Outcome.UNKNOWN_DECLARATION
        if not self._for(state.administration, record.administration, now):
            return Outcome.NOT_COMPETENT
        if not 1 <= record.version <= state.version.number:
            return Outcome.UNKNOWN_VERSION
        return _OK if state.standing.status in LIVE else Outcome.TRANSITION_NOT_ALLOWED

    def _check_replaced(self, record: Recognition) -> Outcome:
        if record.supersedes == ZERO:
            return _OK
        replaced = self.known.nodes.get(record.supersedes)
        if replaced is None or replaced.record.declaration != record.declaration:
            return Outcome.SUPERSEDES_NOT_PROVEN
        return Outcome.ALREADY_SUPERSEDED if replaced.withdrawn else _OK

    def _root(self, entry: Presented, record: Recognition) -> Root | None:
        known = self.root_of(record.parent)
        if known is not None:
            return known
        found = self._proven(entry, record.parent)
        return None if found is None else Root(record.parent, found, found.administration, 1, found.risk)

    def _proven(self, entry: Presented, parent: Digest) -> Control | None:
        """The control of the entry's proof, if it stands in its declaration's settled timeline."""
        if entry.control is None or entry.control[0] != parent:
            return None
        state = self.declarations.get(entry.control[1].declaration)
        proven = state is not None and leads_to(entry, parent, state.settled)
        return entry.control[1] if proven else None

    def _check_scope(self, record: Recognition, root: Root, now: int) -> Outcome:
        version = self.known.versions.get(record.arrangement)
        if version is None or not self._between(version, record.administration, root.partner, now):
            return Outcome.UNKNOWN_ARRANGEMENT
        line = self.known.line(version.record)
        both = (version, self.known.current(line, now))
        in_force = version.in_force(root.control.effective_at) and both[1].in_force(now)
        if not in_force or not self._active(self.participants.competent_for(root.partner, now), now):
            return Outcome.ARRANGEMENT_NOT_IN_FORCE
        if line.suspended:
            return Outcome.ARRANGEMENT_SUSPENDED
        if not all(self._covers(one, record, root) for one in both):
            return Outcome.OUT_OF_SCOPE
        met = all(meets(root.control.standard, one.record.standard) for one in both)
        return _OK if met else Outcome.BELOW_STANDARD

    def _between(self, version: Version, one: int, other: int, now: int) -> bool:
        first, second = version.record.first, version.record.second
        straight = self._for(first, one, now) and self._for(second, other, now)
        return straight or (self._for(second, one, now) and self._for(first, other, now))

    def _covers(self, version: Version, record: Recognition, root: Root) -> bool:
        """Both declarations' procedures, the control's method and the recognition's risk areas."""
        regimes = (self.declarations[id_].regime for id_ in (record.declaration, root.control.declaration))
        scope = version.record
        return (
            all(scope.procedures >> (regime - 1) & 1 for regime in regimes)
            and record.risk & ~scope.risks == 0
            and bool(scope.methods >> (root.control.method - 1) & 1)
        )

    def _check_status(self, record: Recognition, root: Root, now: int) -> Outcome:
        if record.aeo == ZERO:
            return _OK
        granted = self.known.grants.get(record.aeo)
        if granted is None:
            return Outcome.AEO_NOT_VALID
        latest = max(record.effective_at, now)
        grant = granted.record
        valid = (
            grant.operator == self.declarations[root.control.declaration].declarant
            and self._for(grant.administration, root.control.administration, now)
            and grant.valid_from <= record.effective_at
            and latest < grant.valid_until
            and not granted.ended_at(latest)
        )
        return _OK if valid else Outcome.AEO_NOT_VALID

    def _check_standing(self, record: Recognition, root: Root) -> Outcome:
        parent = self.known.nodes.get(record.parent)
        if parent is not None and parent.record.verdict == Verdict.DECLINED:
            return Outcome.PARENT_BROKEN
        standing = self.walk.standing_of(record.parent, record.risk)
        if standing is not _OK:
            return standing
        control = root.control
        touched = self.walk.is_touched(record.declaration, record.version, record.risk) or self.walk.is_touched(
            control.declaration, control.version, record.risk
        )
        return Outcome.RISK_TOUCHED if touched else _OK

    def _check_arrangement(self, entry: Presented, record: Arrangement, now: int) -> Outcome:
        signers = (self.participants.keys.get(address) for address in entry.provers)
        signed = any(
            key is not None and key.organisation == record.second and key.manages and key.valid_at(now)
            for key in signers
        )
        if not signed or not self._active(record.second, now):
            return Outcome.APPROVALS_MISSING
        if record.predecessor != self.known.line(record).latest:
            return Outcome.STALE_HEAD
        before = self.known.versions.get(record.predecessor)
        too_early = record.valid_from < now or (before is not None and record.valid_from <= before.record.valid_from)
        return Outcome.WINDOW_INVALID if too_early else _OK

    def _check_suspension(self, record: ArrangementSuspension, now: int) -> Outcome:
        version = self.known.versions.get(record.arrangement)
        if version is None:
            return Outcome.UNKNOWN_ARRANGEMENT
        parties = (version.record.first, version.record.second)
        party = next((one for one in parties if self._for(one, record.administration, now)), None)
        if party is None:
            return Outcome.NOT_COMPETENT
        line = self.known.line(version.record)
        if record.arrangement != line.latest or record.prev != line.head:
            return Outcome.STALE_HEAD
        suspends = record.action == SuspensionAction.SUSPEND
        return Outcome.TRANSITION_NOT_ALLOWED if suspends == (party in line.suspended) else _OK

    def _check_aeo(self, record: AeoStatus, now: int) -> Outcome:
        operator = self.participants.organisations.get(record.operator)
        if operator is None or operator.kind is not OrganisationKind.OPERATOR:
            return Outcome.UNKNOWN_ORGANISATION
        if not self._for(operator.administration, record.administration, now):
            return Outcome.NOT_COMPETENT
        if record.status == AeoStanding.GRANTED:
            return _OK
        return self._check_end(record, self.participants.organisations[record.administration], now)

    def _check_end(self, record: AeoStatus, administration: Organisation, now: int) -> Outcome:
        granted = self.known.grants.get(record.grant)
        if granted is None or granted.record.operator != record.operator:
            return Outcome.AEO_NOT_VALID
        if record.valid_from + administration.backdating_at(now) < now:
            return Outcome.EFFECTIVE_TOO_EARLY
        if granted.ended_from == record.valid_from:
            return Outcome.ALREADY_RECORDED
        return Outcome.TRANSITION_NOT_ALLOWED if granted.ended_at(record.valid_from) else _OK

    def _check_assistance(self, record: Assistance, now: int) -> Outcome:
        if record.action == AssistanceAction.REQUEST:
            return self._check_request(record, now)
        request = self.known.requests.get(record.request)
        if request is None:
            return Outcome.UNKNOWN_REQUEST
        if not self._for(request.record.addressee, record.administration, now):
            return Outcome.NOT_COMPETENT
        if request.record.administration != record.addressee:
            return Outcome.UNKNOWN_REQUEST
        return _OK if request.answer == ZERO else Outcome.ALREADY_ANSWERED

    def _check_request(self, record: Assistance, now: int) -> Outcome:
        opener = self.declarations.get(DeclarationId(record.consignment))
        if opener is None or opener.consignment != ConsignmentId(opener.id):
            return Outcome.UNKNOWN_CONSIGNMENT
        if record.due_at <= now:
            return Outcome.LIMIT_INVALID
        asked = self.participants.organisations.get(record.addressee)
        there = asked is not None and asked.kind is OrganisationKind.ADMINISTRATION
        return _OK if there and asked is not None and asked.status_at(now) in _IN_OFFICE else _UNKNOWN

    def _active(self, administration: int, now: int) -> bool:
        return self.participants.is_active(administration, OrganisationKind.ADMINISTRATION, now)

    def _for(self, party: int, organisation: int, now: int) -> bool:
        return self.participants.competent(party, organisation, now)


_UNKNOWN: Final = Outcome.UNKNOWN_ORGANISATION


def _check_control(record: Recognition, root: Root, now: int) -> Outcome:
    control = root.control
    if control.outcome == ControlOutcome.NOT_CARRIED_OUT:
        return Outcome.CONTROL_NOT_CARRIED_OUT
    if control.outcome != ControlOutcome.NONE_FOUND:
        return Outcome.DISCREPANCY_FOUND
    if record.effective_at < control.effective_at:
        return Outcome.EFFECTIVE_TOO_EARLY
    if control.valid_until <= max(record.effective_at, now):
        return Outcome.CONTROL_EXPIRED
    outside = record.risk & ~root.risk or (record.verdict == Verdict.FULL and record.risk != root.risk)
    return Outcome.OUT_OF_SCOPE if outside else _OK
