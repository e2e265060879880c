"""Folding what mutual recognition consists of, in memory; `ledger.index.recognitions` loads and saves it."""

from dataclasses import dataclass, field

from ledger.domain.events import Recorded
from ledger.domain.participants import Participants
from ledger.domain.recognition import Recognitions, relied_in
from ledger.domain.records import (
    AeoStatus,
    Arrangement,
    ArrangementSuspension,
    Assistance,
    Control,
    Decision,
    Recognition,
    RecognitionRecord,
)
from ledger.domain.wire import ZERO, DeclarationId, Digest


@dataclass(slots=True)
class Wanted:
    """What of mutual recognition a batch of events reads or writes."""

    nodes: set[bytes] = field(default_factory=set)
    controls: set[bytes] = field(default_factory=set)
    versions: set[bytes] = field(default_factory=set)
    grants: set[bytes] = field(default_factory=set)
    requests: set[bytes] = field(default_factory=set)
    pairs: set[tuple[int, int]] = field(default_factory=set)
    suspends: bool = False

    def add(self, record: RecognitionRecord) -> None:
        """Note those of one record."""
        if isinstance(record, Recognition):
            self.nodes |= {record.parent, record.supersedes}
            self.controls.add(record.parent)
        elif isinstance(record, Arrangement):
            self.versions.add(record.predecessor)
            self.pairs.add((record.first, record.second))
        elif isinstance(record, ArrangementSuspension):
            self.versions.add(record.arrangement)
            self.suspends = True
        elif isinstance(record, AeoStatus):
            self.grants.add(record.grant)
        else:
            self.requests.add(record.request)


@dataclass(slots=True)
class Recognised:
    """Mutual recognition as far as a batch touches it.

    Attributes:
        known: what was loaded and folded so far.
        changed: digests of recognitions, controls, arrangements, grants and requests that this set changed.
        lines: pairs whose line it changed.
        relied: declarations whose reliance it changed.
        superseded: digests superseded in it, each by which record.
        at: block times of the recognitions and requests in it.
    """

    known: Recognitions = field(default_factory=Recognitions)
    changed: set[Digest] = field(default_factory=set)
    lines: set[tuple[int, int]] = field(default_factory=set)
    relied: set[DeclarationId] = field(default_factory=set)
    superseded: dict[Digest, Digest] = field(default_factory=dict)
    at: dict[Digest, int] = field(default_factory=dict)

    def fold(self, event: Recorded, record: RecognitionRecord, participants: Participants) -> None:
        """Fold one record.

        Raises:
            KeyError: what it refers to is unknown: an event is missing.
        """
        known, digest = self.known, event.digest
        self.changed.add(digest)
        self.at[digest] = event.position.time
        if isinstance(record, Recognition):
            self._recognition(record, digest)
        elif isinstance(record, Arrangement):
            known.arrange(record, digest)
            self.changed |= {record.predecessor} & known.versions.keys()
            self.lines.add((record.first, record.second))
        elif isinstance(record, ArrangementSuspension):
            self._suspension(event, record, participants)
        elif isinstance(record, AeoStatus):
            known.aeo(record, digest)
            self.changed.add(record.grant)
        else:
            self._assistance(record, digest, event.position.time)

    def decided(self, event: Recorded, record: Decision | Control) -> None:
        """Fold what a decision or control means for recognition."""
        if isinstance(record, Control):
            self.known.controls[event.digest] = record
            self.changed.add(event.digest)
        elif record.reliance != ZERO:
            self.known.reliances[record.declaration] = relied_in(record, event.proof)
            self.relied.add(record.declaration)
        if record.supersedes != ZERO:
            self.superseded[record.supersedes] = event.digest

    def _recognition(self, record: Recognition, digest: Digest) -> None:
        known = self.known
        if record.parent not in known.nodes and record.parent not in known.controls:
            raise KeyError("its parent")
        known.recognise(record, digest, None)
        if record.supersedes != ZERO:
            self.changed.add(record.supersedes)

    def _suspension(self, event: Recorded, record: ArrangementSuspension, participants: Participants) -> None:
        version = self.known.versions[record.arrangement].record
        pair = (version.first, version.second)
        now, by = event.position.time, record.administration
        party = next(one for one in pair if participants.competent(one, by, now))
        self.known.suspend(record, event.digest, party)
        self.lines.add(pair)

    def _assistance(self, record: Assistance, digest: Digest, now: int) -> None:
        self.known.assist(record, digest, now)
        self.changed.add(record.request)
