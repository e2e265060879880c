"""The rules of the ledger, in one class that knows no chain: the contracts' twin, for pre-checks and model tests.

`Ledger.record` takes an entry as the contracts do and answers with the same `Outcome`. The checks, in their order
(``docs/records.md``): 2 author's key, 3 not yet recorded, 4 values, 5 deadline, 6 key's window and purpose, 7 the
organisation may act, 8 the rules of the type. A refused entry changes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from ledger.domain import heads, membership, values
from ledger.domain.codes import (
    DecisionKind,
    Flag,
    HoldAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Pending,
    Purpose,
)
from ledger.domain.lifecycle import LIVE, TABLE, decide
from ledger.domain.participants import Key, Organisation, Participants
from ledger.domain.records import (
    ConsignmentRecord,
    Control,
    Decision,
    Declaration,
    Hold,
    PresentationNotice,
    Record,
    Request,
    author_of,
)
from ledger.domain.state import DeclarationState, advance, lodge, ruling_of
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head

MAX_DEADLINE: Final = 7 * 24 * 3600
MAX_AHEAD: Final = 5 * 60
MAX_VERSION: Final = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Presented:
    """An entry whose signatures were recovered.

    Attributes:
        record: the record.
        digest: its digest.
        signer: address that signed the digest, or None when the signature recovers to nothing.
        provers: addresses that signed the digest in the proof: a join key, a key's possession.
        approvers: addresses that approved an Admission, `signer` included.
        timeline: (prev, steps) of a superseding record's proof; a step is (request, digest).
    """

    record: Record
    digest: Digest
    signer: bytes | None
    provers: Collection[bytes] = ()
    approvers: Collection[bytes] = ()
    timeline: tuple[Head, tuple[tuple[Digest, Digest], ...]] | None = None


@dataclass(slots=True)
class Ledger:
    """All that the contracts know, and the rules by which it changes."""

    participants: Participants
    development: bool = False
    declarations: dict[DeclarationId, DeclarationState] = field(default_factory=dict)
    consignments: dict[ConsignmentId, Head] = field(default_factory=dict)
    superseded: set[Digest] = field(default_factory=set)

    def record(self, entry: Presented, now: int) -> Outcome:
        """Take an entry in a block of time `now`: RECORDED, or why not."""
        if isinstance(entry.record, Declaration | Request | Decision | Control | Hold):
            outcome = self._judge(entry, entry.record, now)
            if outcome is Outcome.RECORDED:
                self._apply(entry.record, entry.digest)
            return outcome
        return membership.record(self.participants, entry, now, development=self.development)

    def _judge(self, entry: Presented, record: ConsignmentRecord, now: int) -> Outcome:
        key = self.participants.keys.get(entry.signer or b"")
        if key is None or key.organisation != author_of(record):
            return Outcome.NOT_AUTHENTIC
        if self._recorded(record, entry.digest):
            return Outcome.ALREADY_RECORDED
        return (
            values.check(record)
            or check_deadline(record.deadline, now)
            or self._check_key(key, record, now)
            or self._check_rules(entry, record, now)
        )

    def _recorded(self, record: ConsignmentRecord, digest: Digest) -> bool:
        if isinstance(record, Declaration):
            return DeclarationId(digest) in self.declarations
        state = self.declarations.get(record.declaration)
        if state is None:
            return False
        if isinstance(record, Hold):
            return state.hold_head == heads.held(record.prev, digest)
        if isinstance(record, Decision | Control):
            request = record.request if isinstance(record, Decision) else Digest(ZERO)
            return state.settled == heads.settled(record.prev, request, digest)
        return state.request == digest

    def _check_key(self, key: Key, record: ConsignmentRecord, now: int) -> Outcome:
        if not key.valid_at(now):
            return Outcome.KEY_NOT_VALID
        purpose = _purpose(record)
        office = record.office if isinstance(record, Decision | Control) else key.office
        if purpose not in key.purposes or key.office not in (0, office):
            return Outcome.KEY_PURPOSE
        organisation = self.participants.organisations[key.organisation]
        return Outcome.RECORDED if self._may_act(organisation, record, now) else Outcome.ORGANISATION_NOT_ACTIVE

    def _may_act(self, organisation: Organisation, record: ConsignmentRecord, now: int) -> bool:
        if organisation.kind is not _kind(record):
            return False
        status = organisation.status_at(now)
        if isinstance(record, Decision | Control) and status is OrganisationStatus.SUSPENDED:
            return True
        if status is not OrganisationStatus.ACTIVE:
            return False
        home = self.participants.organisations[organisation.administration].status_at(now)
        expelled = home is OrganisationStatus.EXPELLED
        return not expelled or (isinstance(record, Request) and not isinstance(record, PresentationNotice))

    def _check_rules(self, entry: Presented, record: ConsignmentRecord, now: int) -> Outcome:
        if isinstance(record, Declaration):
            return self._check_declaration(entry, record, now)
        state = self.declarations.get(record.declaration)
        if state is None:
            return Outcome.UNKNOWN_DECLARATION
        if isinstance(record, Hold):
            return self._check_hold(state, record)
        if isinstance(record, Decision | Control):
            return self._check_decided(entry, state, record, now)
        return self._check_request(state, record, now)

    def _check_declaration(self, entry: Presented, record: Declaration, now: int) -> Outcome:
        administration = self.participants.organisations.get(record.administration)
        if administration is None or administration.kind is not OrganisationKind.ADMINISTRATION:
            return Outcome.UNKNOWN_ORGANISATION
        if administration.status_at(now) is not OrganisationStatus.ACTIVE:
            return Outcome.ORGANISATION_NOT_ACTIVE
        if not self._mandated(record, record.leg, record.administration, now):
            return Outcome.MANDATE_MISSING
        if record.link != ZERO and record.link not in self.declarations:
            return Outcome.UNKNOWN_LINK
        return self._check_joining(entry, record) or check_effective(record.effective_at, administration, now)

    def _check_joining(self, entry: Presented, record: Declaration) -> Outcome:
        if record.consignment == ZERO:
            return Outcome.RECORDED
        opener = self.declarations.get(DeclarationId(record.consignment))
        if opener is None or Flag.JOINED in opener.standing.flags:
            return Outcome.UNKNOWN_CONSIGNMENT
        return Outcome.RECORDED if opener.join_key in entry.provers else Outcome.JOIN_NOT_PROVEN

    def _check_request(self, state: DeclarationState, record: Request, now: int) -> Outcome:
        if record.declarant != state.declarant:
            return Outcome.NOT_COMPETENT
        if not self._mandated(record, state.leg, state.administration, now):
            return Outcome.MANDATE_MISSING
        if record.prev != state.settled:
            return Outcome.STALE_HEAD
        if state.request != ZERO:
            return Outcome.REQUEST_PENDING
        if state.standing.status not in LIVE:
            return Outcome.TRANSITION_NOT_ALLOWED
        if isinstance(record, PresentationNotice):
            return check_effective(record.effective_at, self.participants.organisations[state.administration], now)
        return Outcome.RECORDED

    def _check_decided(
        self, entry: Presented, state: DeclarationState, record: Decision | Control, now: int
    ) -> Outcome:
        if not self.competent(record.administration, state.administration):
            return Outcome.NOT_COMPETENT
        if record.prev != state.settled:
            return Outcome.STALE_HEAD
        outcome = self._check_decision(state, record) if isinstance(record, Decision) else _check_control(state, record)
        author = self.participants.organisations[record.administration]
        return (
            outcome
            or check_effective(record.effective_at, author, now)
            or self._check_superseding(entry, record, state)
        )

    def _check_decision(self, state: DeclarationState, record: Decision) -> Outcome:
        safeguards = TABLE[DecisionKind(record.kind)].safeguards
        if record.request != (ZERO if safeguards else state.request):
            return Outcome.REQUEST_NOT_NAMED
        standing = decide(state.standing, ruling_of(record))
        if isinstance(standing, Outcome):
            return standing
        grants = record.kind == DecisionKind.GRANT and state.standing.pending is Pending.AMENDMENT
        if (grants or record.commitment != ZERO) and state.version.number == MAX_VERSION:
            return Outcome.VERSIONS_EXHAUSTED
        return Outcome.RECORDED

    def _check_superseding(self, entry: Presented, record: Decision | Control, state: DeclarationState) -> Outcome:
        if record.supersedes == ZERO:
            return Outcome.RECORDED
        if entry.timeline is None or not entry.timeline[1] or entry.timeline[1][0][1] != record.supersedes:
            return Outcome.SUPERSEDES_NOT_PROVEN
        head, steps = entry.timeline
        for request, digest in steps:
            head = heads.settled(head, request, digest)
        if head != state.settled:
            return Outcome.SUPERSEDES_NOT_PROVEN
        return Outcome.ALREADY_SUPERSEDED if record.supersedes in self.superseded else Outcome.RECORDED

    def _check_hold(self, state: DeclarationState, record: Hold) -> Outcome:
        agency = self.participants.organisations[record.agency]
        if not self.competent(agency.administration, state.administration):
            return Outcome.NOT_COMPETENT
        if record.prev != state.hold_head:
            return Outcome.STALE_HEAD
        if state.standing.status not in LIVE:
            return Outcome.TRANSITION_NOT_ALLOWED
        is_open = record.agency in state.holders
        if record.action == HoldAction.SET:
            return Outcome.HOLD_ALREADY_OPEN if is_open else Outcome.RECORDED
        return Outcome.RECORDED if is_open else Outcome.HOLD_NOT_OPEN

    def _mandated(self, record: Declaration | Request, leg: int, administration: int, now: int) -> bool:
        if not record.agent:
            return True
        mandate = self.participants.mandates.get((record.declarant, record.agent))
        return mandate is not None and mandate.covers(now, leg, administration)

    def competent(self, administration: int, bound_to: int) -> bool:
        """Whether an administration is the one a declaration is bound to, or its successor in any generation."""
        while administration != bound_to:
            bound = self.participants.organisations.get(bound_to)
            if bound is None or not bound.successor:
                return False
            bound_to = bound.successor
        return True

    def _apply(self, record: ConsignmentRecord, digest: Digest) -> None:
        if isinstance(record, Declaration):
            self.declarations[DeclarationId(digest)] = lodge(record, digest)
            if record.consignment != ZERO:
                head = self.consignments.get(record.consignment, Head(record.consignment))
                self.consignments[record.consignment] = heads.joined(head, DeclarationId(digest))
            return
        self.declarations[record.declaration] = advance(self.declarations[record.declaration], record, digest)
        if isinstance(record, Decision | Control) and record.supersedes != ZERO:
            self.superseded.add(record.supersedes)


def check_deadline(deadline: int, now: int) -> Outcome:
    """EXPIRED, DEADLINE_TOO_FAR or RECORDED."""
    if now > deadline:
        return Outcome.EXPIRED
    return Outcome.DEADLINE_TOO_FAR if deadline > now + MAX_DEADLINE else Outcome.RECORDED


def check_effective(effective_at: int, administration: Organisation, now: int) -> Outcome:
    """EFFECTIVE_TOO_LATE, EFFECTIVE_TOO_EARLY or RECORDED, by the administration's own setting."""
    if effective_at > now + MAX_AHEAD:
        return Outcome.EFFECTIVE_TOO_LATE
    earliest = now - administration.backdating_at(now)
    return Outcome.EFFECTIVE_TOO_EARLY if effective_at < earliest else Outcome.RECORDED


def _check_control(state: DeclarationState, record: Control) -> Outcome:
    if state.standing.status not in LIVE:
        return Outcome.TRANSITION_NOT_ALLOWED
    known = 1 <= record.version <= state.version.number
    return Outcome.RECORDED if known else Outcome.UNKNOWN_VERSION


def _kind(record: ConsignmentRecord) -> OrganisationKind:
    if isinstance(record, Decision | Control):
        return OrganisationKind.ADMINISTRATION
    if isinstance(record, Declaration) and not record.declarant:
        return OrganisationKind.ADMINISTRATION
    return OrganisationKind.AGENCY if isinstance(record, Hold) else OrganisationKind.OPERATOR


def _purpose(record: ConsignmentRecord) -> Purpose:
    purposes = {
        OrganisationKind.ADMINISTRATION: Purpose.DECIDE,
        OrganisationKind.AGENCY: Purpose.HOLD,
        OrganisationKind.OPERATOR: Purpose.DECLARE,
    }
    return purposes[_kind(record)]
