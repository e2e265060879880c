"""Folding what administrations have to do: which events make an item of whose work list.

An item is made once, by the event at whose place it stands, and depends on the events before that place alone. Whether
it is still open is judged when the list is read (`ledger.index.worklist`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import TYPE_CHECKING, Final

from ledger.domain.codes import Verdict
from ledger.domain.events import Recorded
from ledger.domain.records import Assistance, Control, Declaration, Recognition
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from ledger.index.breaks import Web, load_web
from ledger.index.folding import Step
from ledger.index.reading import Session
from ledger.index.sql import insert, values_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COLUMNS: Final = ("administration", "kind", "subject", "about")


@unique
class Work(IntEnum):
    """Kinds of work: a control that may be relied on, a reliance that was withdrawn, mutual assistance."""

    CONTROL = 1
    WITHDRAWN = 2
    ASSISTANCE = 3


@dataclass(frozen=True, slots=True, order=True)
class WorkItem:
    """Something for an administration to look at.

    Attributes:
        subject: its declaration; of assistance, the consignment.
        about: the control or recognition to be relied on; the recognition that broke, or the control that found a seal
            broken; the request of assistance, or its answer.
    """

    administration: int
    kind: Work
    subject: bytes
    about: Digest


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item as it is kept: the place and block time of the event that made it, and what it is about."""

    block: int
    log: int
    place: int
    kind: Work
    subject: bytes
    about: Digest
    time: int
    block_hash: bytes


@dataclass(frozen=True, slots=True)
class Ground:
    """A control, or a recognition that may be passed on: where, and by whom."""

    digest: Digest
    declaration: DeclarationId
    author: int


@dataclass(slots=True)
class WorkFolding:
    """What a batch of events needs of what came before it, and how they make items of it.

    Attributes:
        web: the recognitions that the batch may break.
        members: by consignment, its declarations with their administrations.
        grounds: by consignment, what was controlled and recognised in it.
        asked: by request of assistance, its consignment.
    """

    web: Web = field(default_factory=Web)
    members: defaultdict[bytes, dict[DeclarationId, int]] = field(default_factory=lambda: defaultdict(dict))
    grounds: defaultdict[bytes, list[Ground]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[Digest, ConsignmentId] = field(default_factory=dict)

    def fold(self, step: Step) -> list[WorkItem]:
        """The items that an event makes, in order."""
        if not isinstance(step.event, Recorded):
            return []
        return sorted([*self._to_rely_on(step.event, step.state), *self._withdrawn(step), *self._assisting(step.event)])

    def _to_rely_on(self, event: Recorded, state: DeclarationState | None) -> Iterator[WorkItem]:
        if state is None:
            return
        if isinstance(event.record, Declaration):
            self.members[state.consignment][state.id] = state.administration
            for one in self.grounds[state.consignment]:
                yield from _told(one, state.id, state.administration)
        elif (ground := _ground(event)) is not None:
            self.grounds[state.consignment].append(ground)
            for member, administration in self.members[state.consignment].items():
                yield from _told(ground, member, administration)

    def _withdrawn(self, step: Step) -> Iterator[WorkItem]:
        for digest in self.web.fallen(step):
            record = self.web.nodes[digest]
            yield WorkItem(record.administration, Work.WITHDRAWN, record.declaration, digest)
        if step.was is not None and step.state is not None and step.state.seal_broken > step.was.seal_broken:
            yield WorkItem(step.state.administration, Work.WITHDRAWN, step.state.id, Digest(step.event.digest))

    def _assisting(self, event: Recorded) -> Iterator[WorkItem]:
        record, digest = event.record, Digest(event.digest)
        if not isinstance(record, Assistance):
            return
        if record.request == ZERO:
            self.asked[digest] = record.consignment
        consignment = self.asked.get(record.request, record.consignment)
        yield WorkItem(record.addressee, Work.ASSISTANCE, consignment, digest)


def _told(ground: Ground, to: DeclarationId, administration: int) -> Iterator[WorkItem]:
    """One's own controls are no news."""
    if administration != ground.author and to != ground.declaration:
        yield WorkItem(administration, Work.CONTROL, to, ground.digest)


def _ground(event: Recorded) -> Ground | None:
    record = event.record
    declined = isinstance(record, Recognition) and record.verdict == Verdict.DECLINED
    if declined or not isinstance(record, Control | Recognition):
        return None
    return Ground(Digest(event.digest), record.declaration, record.administration)


def load_work(session: Session, steps: Sequence[Step]) -> WorkFolding:
    """What a batch of events needs of what came before it; the store stands before the batch."""
    folding = WorkFolding(load_web(session, steps))
    controlled = {one.state.consignment for one in steps if one.state and _is_ground(one)}
    sql = "SELECT consignment, id, administration FROM declarations WHERE consignment IN ({keys})"
    for consignment, declaration, administration in session.within(sql, controlled):
        folding.members[consignment][declaration] = administration
    joined = {one.state.consignment for one in steps if one.state and _joins(one)}
    _load_grounds(session, folding, joined)
    records = (getattr(one.event, "record", None) for one in steps)
    answered = {record.request for record in records if isinstance(record, Assistance)} - {ZERO}
    sql = "SELECT digest, consignment FROM assistance WHERE digest IN ({keys})"
    folding.asked.update((row[0], row[1]) for row in session.within(sql, answered))
    return folding


def save_work(connection: "Connection", folding: WorkFolding, steps: Sequence[Step]) -> None:
    """Fold a batch of events, and write the items that it makes."""
    from ledger.index.recognition_tables import work_items

    rows = [
        {**values_of(step.event.position, ("block", "log")), "place": place, **values_of(item, _COLUMNS)}
        for step in steps
        for place, item in enumerate(folding.fold(step))
    ]
    insert(connection, work_items, rows)


def _load_grounds(session: Session, folding: WorkFolding, consignments: Collection[bytes]) -> None:
    for table, which in (("controls", "1 = 1"), ("recognitions", f"verdict <> {int(Verdict.DECLINED)}")):
        sql = (
            "SELECT d.consignment, t.digest, t.declaration, t.administration"  # noqa: S608 - names of our own tables
            f" FROM {table} t JOIN declarations d ON d.id = t.declaration WHERE {which} AND d.consignment IN ({{keys}})"
        )
        for consignment, *ground in session.within(sql, consignments):
            folding.grounds[consignment].append(Ground(*ground))


def _is_ground(step: Step) -> bool:
    return isinstance(step.event, Recorded) and _ground(step.event) is not None


def _joins(step: Step) -> bool:
    state = step.state
    lodged = isinstance(step.event, Recorded) and isinstance(step.event.record, Declaration)
    return lodged and state is not None and state.consignment != bytes(state.id)
