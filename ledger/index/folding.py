"""Folding events into declarations, consignments and participants, in memory: the rules are the domain's.

A `Working` set holds what a batch of events touches; loading and saving it is `ledger.index.rows`' business.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Final

from msgspec.structs import replace

from ledger.domain import heads
from ledger.domain.codes import HoldAction, RecordType
from ledger.domain.events import Event, Recorded, Refused
from ledger.domain.participants import DEFAULT_BACKDATING, Participants
from ledger.domain.records import (
    Admission,
    Control,
    Decision,
    Declaration,
    Erasure,
    Hold,
    ParticipantRecord,
    PresentationNotice,
    Recognition,
    RecognitionRecord,
    Record,
    Request,
    author_of,
)
from ledger.domain.state import BrokenTimeline, DeclarationState, advance, lodge
from ledger.domain.wire import WORD, ZERO, ConsignmentId, DeclarationId, Head
from ledger.index.errors import GapError
from ledger.index.facts import Facts, decided
from ledger.index.participants import head_of, is_succession, named_head
from ledger.index.recognised import Recognised
from ledger.index.signers import signer_of

LATE: Final = DEFAULT_BACKDATING
_ABOUT_DECLARATIONS: Final = frozenset(
    {
        RecordType.AMENDMENT_REQUEST,
        RecordType.INVALIDATION_REQUEST,
        RecordType.PRESENTATION_NOTICE,
        RecordType.DECISION,
        RecordType.CONTROL,
        RecordType.HOLD,
        RecordType.ERASURE,
        RecordType.RECOGNITION,
    }
)


class Remark(IntFlag):
    """What the index notices about a record and the chain does not forbid."""

    LATE = 1
    """Recorded more than 72 hours after it took effect."""
    BEFORE_LODGEMENT = 2
    """It takes effect before its declaration was lodged."""
    SUPERSEDES_OTHER_TYPE = 4
    """A control that supersedes a decision, or the other way round."""
    ERASES_OTHER_CONTENT = 8
    """An erasure that names another commitment than its version has."""


@dataclass(frozen=True, slots=True)
class OpenHold:
    """An agency's hold: its record, since when, why."""

    agency: int
    reason: int
    evidence: bytes
    digest: bytes
    since: int


@dataclass(frozen=True, slots=True)
class VersionAuthor:
    """Who wrote a version: the organisation, and the digest of the record that brought it."""

    number: int
    commitment: bytes
    schema: bytes
    author: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class ErasedVersion:
    """An erasure: of which version, what it says was there, why, by whom, in which record, when (block time)."""

    version: int
    commitment: bytes
    cause: int
    author: int
    digest: bytes
    at: int


@dataclass(slots=True)
class Folded:
    """A declaration as folded so far, with what answers need beside its state.

    Attributes:
        changed: whether this working set changed it.
        held: whether this working set changed its holds.
        versions: those that this working set added.
        erasures: those that this working set added.
    """

    state: DeclarationState
    link: bytes
    link_kind: int
    lodged_at: int
    opened: tuple[int, int]
    updated: tuple[int, int]
    facts: Facts = field(default_factory=Facts)
    holds: dict[int, OpenHold] = field(default_factory=dict)
    versions: list[VersionAuthor] = field(default_factory=list)
    erasures: list[ErasedVersion] = field(default_factory=list)
    changed: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class Consignment:
    """A consignment: its head, and how many declarations it has."""

    id: ConsignmentId
    head: Head
    declarations: int

    def joined(self, declaration: DeclarationId) -> "Consignment":
        """Itself with one more declaration."""
        return Consignment(self.id, heads.joined(self.head, declaration), self.declarations + 1)


@dataclass(frozen=True, slots=True)
class Step:
    """What an event did: heads of its subject before and after it, what the index remarks, the declaration likewise."""

    event: Event
    before: Head
    after: Head
    remarks: int = 0
    was: DeclarationState | None = None
    state: DeclarationState | None = None


@dataclass(slots=True)
class Working:
    """What a batch of events touches, as folded so far.

    Attributes:
        kinds: record types of records that others supersede.
        commitments: of versions that are erased, by (declaration, version).
        peopled: whether a participant was changed.
        recognised: mutual recognition, as far as the events touch it.
    """

    participants: Participants
    declarations: dict[bytes, Folded] = field(default_factory=dict)
    consignments: dict[bytes, Consignment] = field(default_factory=dict)
    kinds: dict[bytes, int] = field(default_factory=dict)
    commitments: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    peopled: bool = False
    recognised: Recognised = field(default_factory=Recognised)

    def fold(self, events: Iterable[Event]) -> list[Step]:
        """Fold events, in order.

        Raises:
            GapError: one does not extend what was folded so far.
        """
        return [self._step(event) for event in events]

    def _step(self, event: Event) -> Step:
        if isinstance(event, Refused):
            head = self._head(declaration_of(event))
            return Step(event, head, head)
        try:
            return self._recorded(event)
        except BrokenTimeline as error:
            raise _gap(event, error.reason) from None
        except (KeyError, ValueError) as error:
            raise _gap(event, f"{type(error).__name__} {error}") from None

    def _recorded(self, event: Recorded) -> Step:
        record = event.record
        if isinstance(record, Declaration):
            return self._lodged(event, record)
        if isinstance(record, ParticipantRecord):
            return self._participant(event, record)
        if isinstance(record, RecognitionRecord):
            return self._recognition(event, record)
        folded = self.declarations.get(record.declaration)
        if folded is None:
            raise _gap(event, "its declaration is unknown")
        was = folded.state
        if isinstance(record, Erasure):
            folded.erasures.append(_erased(event, record))
        else:
            self._advance(folded, event, record)
            if isinstance(record, Decision | Control):
                self.recognised.decided(event, record)
        folded.updated = (event.position.block, event.position.log)
        folded.changed = True
        remarks = self._remarks(event, folded)
        return Step(event, was.public_head, folded.state.public_head, remarks, was, folded.state)

    def _head(self, declaration: bytes | None) -> Head:
        folded = self.declarations.get(declaration or b"")
        return folded.state.public_head if folded else Head(ZERO)

    def _lodged(self, event: Recorded, record: Declaration) -> Step:
        state = lodge(record, event.digest)
        place = (event.position.block, event.position.log)
        first = VersionAuthor(1, record.commitment, record.schema, author_of(record), event.digest)
        folded = Folded(
            state, record.link, record.link_kind, record.effective_at, place, place, versions=[first], changed=True
        )
        self.declarations[event.digest] = folded
        self._join(event, state)
        return Step(event, Head(ZERO), state.public_head, self._remarks(event, folded), None, state)

    def _join(self, event: Recorded, state: DeclarationState) -> None:
        if state.consignment == bytes(state.id):
            self.consignments[state.id] = Consignment(state.consignment, Head(state.id), 1)
        elif state.consignment in self.consignments:
            self.consignments[state.consignment] = self.consignments[state.consignment].joined(state.id)
        else:
            raise _gap(event, "its consignment is unknown")

    @staticmethod
    def _advance(folded: Folded, event: Recorded, record: Request | Decision | Control | Hold) -> None:
        before = folded.state
        folded.state = after = advance(before, record, event.digest)
        if isinstance(record, Hold):
            _set_hold(folded, record, event)
        elif isinstance(record, Decision):
            if after.version.number > before.version.number:
                folded.versions.append(_version(folded, record, event))
            folded.facts = decided(folded.facts, record, event.digest, before.standing, after.standing)
        elif not isinstance(record, Control):
            folded.facts = replace(folded.facts, requester=author_of(record))

    def _recognition(self, event: Recorded, record: RecognitionRecord) -> Step:
        self.recognised.fold(event, record, self.participants)
        folded = self.declarations.get(declaration_of(event) or b"")
        head = folded.state.public_head if folded else Head(ZERO)
        return Step(event, head, head, self._remarks_of(event, record), state=folded.state if folded else None)

    @staticmethod
    def _remarks_of(event: Recorded, record: RecognitionRecord) -> Remark:
        late = isinstance(record, Recognition) and event.position.time - record.effective_at > LATE
        return Remark.LATE if late else Remark(0)

    def _participant(self, event: Recorded, record: ParticipantRecord) -> Step:
        before = head_of(self.participants, record)
        if before != named_head(record):
            raise _gap(event, "its organisation's timeline has another head")
        council = is_succession(record) and self._by_council(event, record)
        self.peopled = True
        self.participants.apply(record, event.digest, event.position.time, by_council=council)
        return Step(event, before or Head(ZERO), head_of(self.participants, record) or Head(ZERO))

    def _by_council(self, event: Recorded, record: Admission) -> bool:
        key = self.participants.keys.get(signer_of(event.digest, event.signature) or b"")
        if key is None or key.organisation != record.predecessor:
            return True
        return not (key.manages and key.valid_at(event.position.time))

    def _remarks(self, event: Recorded, folded: Folded) -> Remark:
        record, remarks = event.record, Remark(0)
        if isinstance(record, Declaration | PresentationNotice | Decision | Control):
            if event.position.time - record.effective_at > LATE:
                remarks |= Remark.LATE
            if record.effective_at < folded.lodged_at:
                remarks |= Remark.BEFORE_LODGEMENT
        if isinstance(record, Erasure) and record.commitment != self._commitment(folded, record):
            remarks |= Remark.ERASES_OTHER_CONTENT
        if isinstance(record, Decision | Control):
            self.kinds[event.digest] = record.record_type
            if record.supersedes != ZERO and self.kinds.get(record.supersedes) != record.record_type:
                remarks |= Remark.SUPERSEDES_OTHER_TYPE
        return remarks

    def _commitment(self, folded: Folded, record: Erasure) -> bytes | None:
        fresh = (one.commitment for one in folded.versions if one.number == record.version)
        return next(fresh, self.commitments.get((record.declaration, record.version)))


class Alone(Working):
    """Declarations without their consignments, which are folded by themselves."""

    def _join(self, event: Recorded, state: DeclarationState) -> None:
        pass

    def _recognition(self, event: Recorded, record: RecognitionRecord) -> Step:  # noqa: ARG002 - as its base
        """It is no part of the declaration's own timeline, and folded by itself."""
        return Step(event, Head(ZERO), Head(ZERO))


def declaration_of(event: Event) -> DeclarationId | None:
    """The declaration that an event is about; for a refused lodgement, the id that it would have got."""
    kind = event.record_type if isinstance(event, Refused) else event.record.record_type
    if kind is RecordType.DECLARATION:
        return DeclarationId(event.digest)
    if kind not in _ABOUT_DECLARATIONS:
        return None
    return DeclarationId(event.body[:WORD] if isinstance(event, Refused) else _declaration(event.record))


def superseded_by(event: Event) -> bytes | None:
    """The digest that a decision or control supersedes."""
    record = event.record if isinstance(event, Recorded) else None
    supersedes = record.supersedes if isinstance(record, Decision | Control) else ZERO
    return None if supersedes == ZERO else supersedes


def _declaration(record: Record) -> bytes:
    declaration: bytes = getattr(record, "declaration")  # noqa: B009 - all of _ABOUT_DECLARATIONS have it
    return declaration


def _version(folded: Folded, record: Decision, event: Recorded) -> VersionAuthor:
    version = folded.state.version
    if record.commitment != ZERO:
        return VersionAuthor(version.number, version.commitment, version.schema, record.administration, event.digest)
    return VersionAuthor(version.number, version.commitment, version.schema, folded.facts.requester, record.request)


def _erased(event: Recorded, record: Erasure) -> ErasedVersion:
    author = author_of(record)
    return ErasedVersion(record.version, record.commitment, record.cause, author, event.digest, event.position.time)


def _set_hold(folded: Folded, record: Hold, event: Recorded) -> None:
    folded.held = True
    if record.action == HoldAction.SET:
        hold = OpenHold(record.agency, record.reason, record.evidence, event.digest, event.position.time)
        folded.holds[record.agency] = hold
    else:
        folded.holds.pop(record.agency, None)


def _gap(event: Event, reason: str) -> GapError:
    return GapError(event.digest, event.position.block, event.position.log, reason)
