"""Which reliances events break: the web of recognitions read downwards, from what breaks to who relies on it.

The chain pushes nothing. Here the trees of recognitions that a batch of events may break are loaded whole, and followed
through the batch in order, so that an event's answer depends on the events before it and not on how they were batched.
Broken never un-breaks, so each recognition breaks once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ledger.domain.codes import Outcome, Risk
from ledger.domain.recognition import Recognitions, Walk, relied_in
from ledger.domain.records import AeoStatus, Control, Decision, Recognition
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.index.folding import Step, superseded_by
from ledger.index.reading import Session
from ledger.index.recognitions import (
    RECOGNITION,
    load_controls,
    load_grants,
    load_superseded,
    load_touched,
    node_of,
)

_ALL: Final = Risk(15)
_SUSPECT: Final = (
    ("recognitions", "control", "digest"),
    ("recognitions", "control", "aeo"),
    ("recognitions", "control", "declaration"),
    ("controls", "digest", "declaration"),
)
"""Where the controls stand whose trees may break: table, the control's column, and the column that is looked for."""


@dataclass(slots=True)
class Web:
    """Recognitions, with what lies below them.

    Attributes:
        nodes: recognitions.
        below: by control or recognition, the recognitions of it.
        on: by declaration, the recognitions on it.
        looked: by declaration, the controls of it, each with the version that it looked at.
        relied: by declaration, the recognitions on which it relies now.
        broken: those that no longer stand.
    """

    nodes: dict[Digest, Recognition] = field(default_factory=dict)
    below: defaultdict[Digest, list[Digest]] = field(default_factory=lambda: defaultdict(list))
    on: defaultdict[DeclarationId, list[Digest]] = field(default_factory=lambda: defaultdict(list))
    looked: defaultdict[DeclarationId, dict[Digest, int]] = field(default_factory=lambda: defaultdict(dict))
    relied: defaultdict[DeclarationId, set[Digest]] = field(default_factory=lambda: defaultdict(set))
    broken: set[Digest] = field(default_factory=set)

    def add(self, digest: Digest, record: Recognition) -> None:
        """Know a recognition."""
        self.nodes[digest] = record
        self.below[record.parent].append(digest)
        self.on[record.declaration].append(digest)

    def fallen(self, step: Step) -> list[Digest]:
        """Follow an event; the digests of recognitions that it breaks and on which a declaration relies."""
        record, digest = getattr(step.event, "record", None), Digest(step.event.digest)
        broken = [one for one, areas in self._points(step) for one in self._break(one, areas)]
        fallen = [one for one in broken if one in self.relied[self.nodes[one].declaration]]
        if isinstance(record, Recognition):
            self.add(digest, record)
        elif isinstance(record, Control):
            self.looked[record.declaration][digest] = record.version
        elif isinstance(record, Decision):
            self._decided(step, record)
        return fallen

    def _points(self, step: Step) -> Iterator[tuple[Digest, Risk]]:
        """Where an event breaks the web: recognitions that fall with all that lies below, each in which risk areas."""
        record = getattr(step.event, "record", None)
        superseded = superseded_by(step.event)
        if superseded is not None:
            yield from ((one, _ALL) for one in self.below[Digest(superseded)])
        if isinstance(record, Recognition) and record.supersedes != ZERO:
            yield record.supersedes, _ALL
        if isinstance(record, AeoStatus) and record.grant != ZERO:
            yield from ((one, _ALL) for one in self._resting_on(record))
        for area, version in touched_now(step):
            yield from ((one, area) for one in self._looking(step, version))

    def _resting_on(self, end: AeoStatus) -> list[Digest]:
        return [
            digest
            for digest, record in self.nodes.items()
            if record.aeo == end.grant and record.effective_at >= end.valid_from
        ]

    def _looking(self, step: Step, version: int) -> Iterator[Digest]:
        """Recognitions that look at a version of a declaration before `version`, or whose control does."""
        declaration = _subject(step.state)
        yield from (one for one in self.on[declaration] if self.nodes[one].version < version)
        for control, looked_at in self.looked[declaration].items():
            if looked_at < version:
                yield from self.below[control]

    def _break(self, top: Digest, areas: Risk) -> Iterator[Digest]:
        waiting = [top] if top in self.nodes else []
        while waiting:
            digest = waiting.pop()
            waiting += self.below[digest]
            if digest not in self.broken and self.nodes[digest].risk & areas:
                self.broken.add(digest)
                yield digest

    def _decided(self, step: Step, record: Decision) -> None:
        if record.reliance != ZERO:
            self.relied[record.declaration] = set(relied_in(record, getattr(step.event, "proof", b"")))
        elif step.state is not None and not step.state.relies:
            self.relied.pop(record.declaration, None)


def touched_now(step: Step) -> Iterator[tuple[Risk, int]]:
    """The risk areas that a decision touched, each with the version that did."""
    if step.was is not None and step.state is not None and step.was.touched != step.state.touched:
        lanes = zip(Risk, step.was.touched, step.state.touched, strict=True)
        yield from ((area, after) for area, before, after in lanes if after != before)


def load_web(session: Session, steps: Iterable[Step]) -> Web:
    """The trees that a batch of events may break, as they stand before it; what the batch adds, it brings itself."""
    roots = _suspects(session, steps)
    web = Web()
    if not roots:
        return web
    columns = f"digest, control, depth, withdrawn, {', '.join(RECOGNITION)}"
    sql = f"SELECT {columns} FROM recognitions WHERE control IN ({{keys}})"  # noqa: S608 - names of our own tables
    known = Recognitions(nodes=dict(map(node_of, session.within(sql, roots))))
    known.controls.update(load_controls(session, roots))
    known.grants.update(load_grants(session, {node.record.aeo for node in known.nodes.values()} - {ZERO}))
    for digest, node in known.nodes.items():
        web.add(digest, node.record)
    for control, record in known.controls.items():
        web.looked[record.declaration][control] = record.version
    web.broken |= _broken(session, known)
    _load_reliances(session, web)
    return web


def _suspects(session: Session, steps: Iterable[Step]) -> set[bytes]:
    """The controls whose trees a batch may break."""
    roots: set[bytes] = set()
    wanted: list[set[bytes]] = [set(), set(), set()]
    for step in steps:
        record = getattr(step.event, "record", None)
        roots.add(superseded_by(step.event) or ZERO)
        if isinstance(record, Recognition):
            wanted[0].add(record.supersedes)
        elif isinstance(record, AeoStatus):
            wanted[1].add(record.grant)
        elif any(touched_now(step)):
            wanted[2].add(_subject(step.state))
    for (table, control, column), keys in zip(_SUSPECT, (*wanted, wanted[2]), strict=True):
        sql = f"SELECT DISTINCT {control} FROM {table} WHERE {column} IN ({{keys}})"  # noqa: S608 - as above
        roots |= {row[0] for row in session.within(sql, keys - {ZERO})}
    return roots - {ZERO}


def _broken(session: Session, known: Recognitions) -> set[Digest]:
    about = {node.record.declaration for node in known.nodes.values()}
    about |= {control.declaration for control in known.controls.values()}
    superseded, touched = load_superseded(session, known.controls), load_touched(session, about)
    walk = Walk(known, superseded.__contains__, touched.__getitem__)
    return {digest for digest in known.nodes if walk.standing(digest) is not Outcome.RECORDED}


def _load_reliances(session: Session, web: Web) -> None:
    sql = (
        "SELECT r.declaration, r.recognition FROM reliances r JOIN declarations d ON d.id = r.declaration"
        " WHERE d.relies = 1 AND r.recognition IN ({keys})"
    )
    for declaration, recognition in session.within(sql, web.nodes):
        web.relied[declaration].add(recognition)


def _subject(state: DeclarationState | None) -> DeclarationId:
    return DeclarationId(ZERO) if state is None else state.id
