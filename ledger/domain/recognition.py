"""What mutual recognition rests on, and the walk from a recognition to its control.

Nothing is pushed: a revocation changes one entry here, whatever relies on it, and `standing` walks up from a
recognition, 8 nodes at most. Once broken, a recognition stays so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ledger.domain import heads
from ledger.domain.codes import Outcome, Risk, SuspensionAction, Verdict
from ledger.domain.records import (
    AeoStatus,
    Arrangement,
    ArrangementSuspension,
    Assistance,
    Control,
    Decision,
    Recognition,
)
from ledger.domain.wire import WORD, ZERO, DeclarationId, Digest, Head

MAX_DEPTH: Final = 8
MAX_RELIED: Final = 4


@dataclass(slots=True)
class Node:
    """A recognition: its record, the control at its root, how deep it lies below that, whether it was superseded."""

    record: Recognition
    control: Digest
    depth: int
    withdrawn: bool = False


@dataclass(slots=True)
class Version:
    """A version of an arrangement; `valid_until` is its own end, or the next version's start if that is earlier."""

    record: Arrangement
    valid_until: int

    def in_force(self, time: int) -> bool:
        """Whether it is in force at a moment."""
        return self.record.valid_from <= time < self.valid_until


@dataclass(slots=True)
class Line:
    """What stands between two administrations: the latest version, the fold of all, who suspends."""

    latest: Digest = Digest(ZERO)
    head: Head = Head(ZERO)
    suspended: frozenset[int] = frozenset()


@dataclass(slots=True)
class AeoGrant:
    """A grant of AEO status; `ended_from` is None while it is neither suspended nor withdrawn."""

    record: AeoStatus
    ended_from: int | None = None

    def ended_at(self, time: int) -> bool:
        """Whether it is suspended or withdrawn at a moment."""
        return self.ended_from is not None and time >= self.ended_from


@dataclass(slots=True)
class AssistanceRequest:
    """A request of mutual assistance, and its answer."""

    record: Assistance
    answer: Digest = Digest(ZERO)
    answered_at: int = 0

    def late(self, now: int) -> int:
        """Seconds after it was due that it was answered, or, while it is open, that it is now; 0: in time."""
        return max((self.answered_at or now) - self.record.due_at, 0)


@dataclass(slots=True)
class Recognitions:
    """All that the contract `Recognitions` keeps.

    Attributes:
        nodes: recognitions by digest.
        controls: controls that were recognised, by digest.
        reliances: by declaration, what it relied on last; it counts while the declaration's state says so.
        versions: arrangements by digest.
        lines: by (lower, higher) administration.
        grants: grants of AEO status by digest.
        requests: requests of assistance by digest.
    """

    nodes: dict[Digest, Node] = field(default_factory=dict)
    controls: dict[Digest, Control] = field(default_factory=dict)
    reliances: dict[DeclarationId, tuple[Digest, ...]] = field(default_factory=dict)
    versions: dict[Digest, Version] = field(default_factory=dict)
    lines: dict[tuple[int, int], Line] = field(default_factory=dict)
    grants: dict[Digest, AeoGrant] = field(default_factory=dict)
    requests: dict[Digest, AssistanceRequest] = field(default_factory=dict)

    def line(self, arrangement: Arrangement) -> Line:
        """The line to which an arrangement belongs."""
        return self.lines.get((arrangement.first, arrangement.second), Line())

    def current(self, line: Line, now: int) -> Version:
        """The last version of a line that has started; the first if none has."""
        version = self.versions[line.latest]
        while version.record.valid_from > now and version.record.predecessor != ZERO:
            version = self.versions[version.record.predecessor]
        return version

    def recognise(self, record: Recognition, digest: Digest, control: tuple[Digest, Control] | None) -> None:
        """Fold a recognition; `control` is its parent where that is a control which is new here."""
        parent = self.nodes.get(record.parent)
        if control is not None and parent is None:
            self.controls.setdefault(*control)
        root, depth = (parent.control, parent.depth + 1) if parent else (record.parent, 1)
        self.nodes[digest] = Node(record, root, depth)
        if record.supersedes != ZERO:
            self.nodes[record.supersedes].withdrawn = True

    def arrange(self, record: Arrangement, digest: Digest) -> None:
        """Fold a version of an arrangement."""
        line = self.line(record)
        before = self.versions.get(record.predecessor)
        if before is not None:
            before.valid_until = min(before.valid_until, record.valid_from)
        self.versions[digest] = Version(record, record.valid_until)
        head = heads.organisation(line.head, digest)
        self.lines[record.first, record.second] = Line(digest, head, line.suspended)

    def suspend(self, record: ArrangementSuspension, digest: Digest, party: int) -> None:
        """Fold a suspension or resumption by a party, or by whoever has taken over from it."""
        version = self.versions[record.arrangement].record
        line = self.line(version)
        suspends = record.action == SuspensionAction.SUSPEND
        suspended = line.suspended | {party} if suspends else line.suspended - {party}
        self.lines[version.first, version.second] = Line(line.latest, heads.organisation(line.head, digest), suspended)

    def aeo(self, record: AeoStatus, digest: Digest) -> None:
        """Fold a grant of AEO status, or its end."""
        if record.grant == ZERO:
            self.grants[digest] = AeoGrant(record)
        else:
            self.grants[record.grant].ended_from = record.valid_from

    def assist(self, record: Assistance, digest: Digest, now: int) -> None:
        """Fold a request of assistance, an answer or a refusal, recorded in a block of time `now`."""
        if record.request == ZERO:
            self.requests[digest] = AssistanceRequest(record)
        else:
            request = self.requests[record.request]
            request.answer, request.answered_at = digest, now


@dataclass(frozen=True, slots=True)
class Walk:
    """Reads a web of recognitions upwards.

    Attributes:
        known: the recognitions.
        superseded: whether a control was superseded.
        touched: by risk area, the version in which an amendment of a declaration touched it last.
    """

    known: Recognitions
    superseded: Callable[[Digest], bool]
    touched: Callable[[DeclarationId], tuple[int, ...]]

    def standing(self, digest: Digest) -> Outcome:
        """RECORDED, PARENT_BROKEN or RISK_TOUCHED for a recognition and all its ancestors, in its own risk areas."""
        return self.standing_of(digest, self.known.nodes[digest].record.risk)

    def standing_of(self, digest: Digest, risk: int) -> Outcome:
        """The same of a recognition, or of a control, in risk areas (a bit set)."""
        outcome = Outcome.RECORDED
        while (node := self.known.nodes.get(digest)) is not None:
            if self._is_broken(node):
                return Outcome.PARENT_BROKEN
            if self.is_touched(node.record.declaration, node.record.version, risk):
                outcome = Outcome.RISK_TOUCHED
            digest = node.record.parent
        if self.superseded(digest):
            return Outcome.PARENT_BROKEN
        control = self.known.controls.get(digest)
        if control is not None and self.is_touched(control.declaration, control.version, risk):
            return Outcome.RISK_TOUCHED
        return outcome

    def is_withdrawn(self, declaration: DeclarationId) -> bool:
        """Whether one of the recognitions on which a declaration relied last no longer stands."""
        relied = self.known.reliances.get(declaration, ())
        return any(self.standing(digest) is not Outcome.RECORDED for digest in relied)

    def is_touched(self, declaration: DeclarationId, version: int, risk: int) -> bool:
        """Whether a version later than `version` touched one of the risk areas."""
        areas = zip(Risk, self.touched(declaration), strict=True)
        return any(area & risk and number > version for area, number in areas)

    def _is_broken(self, node: Node) -> bool:
        if node.withdrawn:
            return True
        grant = self.known.grants.get(node.record.aeo)
        return grant is not None and grant.ended_at(node.record.effective_at)


def is_reliable(node: Node | None, declaration: DeclarationId) -> bool:
    """Whether a decision on a declaration could rely on a recognition at all, standing aside."""
    return node is not None and node.record.declaration == declaration and node.record.verdict != Verdict.DECLINED


def meets(met: bytes, wanted: bytes) -> bool:
    """Whether one standard (31 bytes of name, one of level) meets another; 0 asks for nothing."""
    return wanted == ZERO or (met[:31] == wanted[:31] and met[31] >= wanted[31])


def relied_in(record: Decision, proof: bytes) -> tuple[Digest, ...]:
    """The recognitions on which a recorded decision relies: the last words of its proof."""
    if record.reliance == ZERO:
        return ()
    start = 0
    if record.supersedes != ZERO:
        start = 3 * WORD + 2 * WORD * int.from_bytes(proof[2 * WORD : 3 * WORD], "big")
    words = (proof[at : at + WORD] for at in range(start, len(proof), WORD))
    return tuple(Digest(word) for word in words)[:MAX_RELIED]
