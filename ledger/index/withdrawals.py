"""Reliances that were withdrawn and that the declaration still rests on: which, and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from ledger.domain.codes import Flag, RecordType, Risk
from ledger.domain.events import Recorded
from ledger.domain.recognition import Node
from ledger.domain.records import Decision, author_of
from ledger.domain.wire import DeclarationId, Digest
from ledger.index.reading import Session
from ledger.index.recognitions import load_nodes
from ledger.index.rows import RECORDED, recorded
from ledger.index.work import KeptItem, Work


@unique
class Cause(StrEnum):
    """Why a reliance was withdrawn."""

    CONTROL_SUPERSEDED = "CONTROL_SUPERSEDED"
    RECOGNITION_REPLACED = "RECOGNITION_REPLACED"
    AEO_ENDED = "AEO_ENDED"
    RISK_TOUCHED = "RISK_TOUCHED"
    SEAL_BROKEN = "SEAL_BROKEN"


_CAUSES: Final = {
    RecordType.CONTROL: Cause.CONTROL_SUPERSEDED,
    RecordType.RECOGNITION: Cause.RECOGNITION_REPLACED,
    RecordType.AEO_STATUS: Cause.AEO_ENDED,
    RecordType.DECISION: Cause.RISK_TOUCHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A recognition on which a declaration rests, and that no longer stands.

    Attributes:
        recognition: the declaration's own recognition; None where a broken seal takes all that it rests on.
        control: the control at its root; None likewise.
        risk: risk areas that it waived.
        cause: what broke it, perhaps far above it.
        by: whose record that was.
        record: that record.
    """

    recognition: Digest | None
    control: Digest | None
    risk: Risk
    cause: Cause
    by: int
    record: Digest


def load_withdrawals(session: Session, items: Sequence[KeptItem]) -> Mapping[KeptItem, Withdrawal]:
    """Of items, those whose declaration still rests on what was withdrawn."""
    rests = _resting(session, {DeclarationId(one.subject) for one in items})
    sealed = _broken_seals(session, rests)
    still = [one for one in items if one.about in (*rests.get(one.subject, ()), sealed.get(one.subject))]
    nodes = dict(load_nodes(session, {digest for one in still for digest in rests[one.subject]}))
    causes = _events(session, still)
    return {
        one: _withdrawal(
            one.about, {digest: nodes[digest] for digest in rests[one.subject]}, causes[one.block, one.log]
        )
        for one in still
    }


def _resting(session: Session, declarations: set[DeclarationId]) -> Mapping[bytes, list[Digest]]:
    """What declarations rest on now; those that rest on nothing are left out."""
    sql = (
        "SELECT r.declaration, r.recognition FROM reliances r JOIN declarations d ON d.id = r.declaration"
        " WHERE d.relies = 1 AND r.declaration IN ({keys}) ORDER BY r.declaration, r.place"
    )
    found: dict[bytes, list[Digest]] = {}
    for declaration, recognition in session.within(sql, declarations):
        found.setdefault(declaration, []).append(recognition)
    return found


def _broken_seals(session: Session, declarations: Collection[bytes]) -> Mapping[bytes, Digest]:
    """By declaration whose seal is broken now, the control that found it: the latest that made an item."""
    flagged = session.within("SELECT id, flags FROM declarations WHERE id IN ({keys})", declarations)
    sql = (
        "SELECT w.subject, w.about FROM work_items w JOIN controls c ON c.digest = w.about"  # noqa: S608 - a number
        f" WHERE w.kind = {int(Work.WITHDRAWN)} AND w.subject IN ({{keys}}) ORDER BY w.block, w.log"
    )
    rows = session.within(sql, {row[0] for row in flagged if row[1] & Flag.SEAL_BROKEN})
    return {row[0]: row[1] for row in rows}


def _events(session: Session, items: Sequence[KeptItem]) -> Mapping[tuple[int, int], Recorded]:
    """The events that made items, by place."""
    sql = (
        f"SELECT {RECORDED} FROM events JOIN blocks ON number = block WHERE block IN ({{keys}})"  # noqa: S608
        " AND EXISTS (SELECT 1 FROM work_items w WHERE w.block = events.block AND w.log = events.log"
        f" AND w.kind = {int(Work.WITHDRAWN)})"
    )
    found = map(recorded, session.within(sql, {one.block for one in items}))
    return {(one.position.block, one.position.log): one for one in found}


def _withdrawal(about: Digest, rests_on: Mapping[Digest, Node], event: Recorded) -> Withdrawal:
    node = rests_on.get(about)
    risk = Risk(0)
    for one in rests_on.values() if node is None else [node]:
        risk |= Risk(one.record.risk)
    return Withdrawal(
        recognition=None if node is None else about,
        control=None if node is None else node.control,
        risk=risk,
        cause=_cause(node, event),
        by=author_of(event.record),
        record=Digest(event.digest),
    )


def _cause(node: Node | None, event: Recorded) -> Cause:
    if node is None:
        return Cause.SEAL_BROKEN
    record = event.record
    superseding = isinstance(record, Decision) and record.supersedes == node.control
    return Cause.CONTROL_SUPERSEDED if superseding else _CAUSES[record.record_type]
