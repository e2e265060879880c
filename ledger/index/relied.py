"""Which decisions relied on a control or a recognition, directly or through further recognitions."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from ledger.domain.codes import OrganisationKind, RecordType
from ledger.domain.recognition import Node, relied_in
from ledger.domain.records import Decision
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.index.access import Access, Level
from ledger.index.folding import Folded
from ledger.index.reading import Session
from ledger.index.recognitions import RECOGNITION, load_controls, load_nodes, load_walk, node_of
from ledger.index.rows import RECORDED, load_declarations, recorded

if TYPE_CHECKING:
    from ledger.domain.events import Recorded

_DECISIONS: Final = (
    f"SELECT {RECORDED} FROM events JOIN blocks ON number = block WHERE declaration IN ({{keys}})"  # noqa: S608
    f" AND outcome = 0 AND record_type = {int(RecordType.DECISION)} ORDER BY block, log"
)


@unique
class Relying(StrEnum):
    """What became of a decision that relied on something: it stands, lost that, or was followed by one anew."""

    STANDS = "STANDS"
    WITHDRAWN = "WITHDRAWN"
    DECIDED_ANEW = "DECIDED_ANEW"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingDecision:
    """A decision that relied on it.

    Attributes:
        recognition: the declaration's own recognition by which it did.
        recorded_at: block time.
    """

    decision: Digest
    declaration: DeclarationId
    administration: int
    recognition: Digest
    effective_at: int
    recorded_at: int
    state: Relying


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingCount:
    """How many decisions of an administration relied on it, and what became of them."""

    administration: int
    decisions: int
    stands: int
    withdrawn: int
    decided_anew: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliedAnswer:
    """Who relied on a control or recognition.

    Attributes:
        about: the control or recognition.
        control: the control at its root.
        author: who made it.
        counts: by administration.
        decisions: those whose history the viewer may see, in the ledger's order: all of them to an auditor.
    """

    about: Digest
    control: Digest
    author: int
    counts: tuple[RelyingCount, ...]
    decisions: tuple[RelyingDecision, ...]


def load_relied(session: Session, access: Access, about: Digest) -> ReliedAnswer | None:
    """Who relied on a control or recognition; None for whoever is neither its author nor an auditor."""
    found = _found(session, about)
    if found is None or not _entitled(access, found[1]):
        return None
    control, author = found
    below = _below(session, about, control)
    declarations = load_declarations(session, {node.record.declaration for node in below.values()})
    relying = list(_relying(session, below, declarations))
    seen = (one for one in relying if access.level(declarations[one.declaration].state) >= Level.HISTORY)
    return ReliedAnswer(about=about, control=control, author=author, counts=_counted(relying), decisions=tuple(seen))


def _found(session: Session, about: Digest) -> tuple[Digest, int] | None:
    """The control at the root of something, and who made it."""
    for node in dict(load_nodes(session, [about])).values():
        return node.control, node.record.administration
    for control in dict(load_controls(session, [about])).values():
        return about, control.administration
    return None


def _entitled(access: Access, author: int) -> bool:
    me = access.viewer
    if me is None:
        return False
    return me.kind is OrganisationKind.AUDITOR or (
        me.kind is OrganisationKind.ADMINISTRATION and me.id == access.competent(author)
    )


def _below(session: Session, about: Digest, control: Digest) -> Mapping[Digest, Node]:
    """The recognitions that go back to something; itself, if it is one."""
    columns = f"digest, control, depth, withdrawn, {', '.join(RECOGNITION)}"
    sql = f"SELECT {columns} FROM recognitions WHERE control = ? ORDER BY depth"  # noqa: S608 - names of our own
    found: dict[Digest, Node] = {}
    for digest, node in map(node_of, session.rows(sql, control)):
        if about in (digest, node.record.parent) or node.record.parent in found:
            found[digest] = node
    return found


def _relying(
    session: Session, below: Collection[Digest], declarations: Mapping[bytes, Folded]
) -> Iterator[RelyingDecision]:
    walk = load_walk(session, declarations)
    last: dict[DeclarationId, Digest] = {}
    found: list[tuple[Recorded, Decision, Digest]] = []
    for event in map(recorded, session.within(_DECISIONS, declarations)):
        record = event.record
        if not isinstance(record, Decision) or record.reliance == ZERO:
            continue
        last[record.declaration] = Digest(event.digest)
        found += ((event, record, one) for one in relied_in(record, event.proof) if one in below)
    for event, record, recognition in found:
        state = declarations[record.declaration].state
        counts = state.relies and last[record.declaration] == event.digest
        lost = state.seal_broken or walk.is_withdrawn(record.declaration)
        yield RelyingDecision(
            decision=Digest(event.digest),
            declaration=record.declaration,
            administration=record.administration,
            recognition=recognition,
            effective_at=record.effective_at,
            recorded_at=event.position.time,
            state=(Relying.WITHDRAWN if lost else Relying.STANDS) if counts else Relying.DECIDED_ANEW,
        )


def _counted(relying: Iterable[RelyingDecision]) -> tuple[RelyingCount, ...]:
    """Each decision counts once, by however many recognitions it relied on the same control."""
    states = {one.decision: (one.administration, one.state) for one in relying}
    by = Counter(states.values())
    return tuple(
        RelyingCount(
            administration=one,
            decisions=sum(count for (who, _), count in by.items() if who == one),
            stands=by[one, Relying.STANDS],
            withdrawn=by[one, Relying.WITHDRAWN],
            decided_anew=by[one, Relying.DECIDED_ANEW],
        )
        for one in sorted({who for who, _ in by})
    )
