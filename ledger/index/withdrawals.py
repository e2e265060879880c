"""Reliances that were withdrawn and that the declaration still rests on: which, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from ledger.domain.codes import RecordType, Risk
from ledger.domain.events import Recorded
from ledger.domain.recognition import Node
from ledger.domain.records import Decision, author_of
from ledger.domain.wire import DeclarationId, Digest
from ledger.index.reading import Session
from ledger.index.recognitions import load_nodes
from ledger.index.rows import RECORDED, recorded
from ledger.index.work import KeptItem


@unique
class Cause(StrEnum):
    """Why a reliance was withdrawn."""

    CONTROL_SUPERSEDED = "CONTROL_SUPERSEDED"
    RECOGNITION_REPLACED = "RECOGNITION_REPLACED"
    AEO_ENDED = "AEO_ENDED"
    RISK_TOUCHED = "RISK_TOUCHED"


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
        recognition: the declaration's own recognition.
        control: the control at its root.
        risk: risk areas that it waived.
        cause: what broke it, perhaps far above it.
        by: whose record that was.
        record: that record.
    """

    recognition: Digest
    control: Digest
    risk: Risk
    cause: Cause
    by: int
    record: Digest


def load_withdrawals(session: Session, items: Sequence[KeptItem]) -> Mapping[KeptItem, Withdrawal]:
    """Of items, those whose declaration still rests on the recognition."""
    rests = _resting(session, {DeclarationId(one.subject) for one in items})
    still = [one for one in items if (one.subject, one.about) in rests]
    nodes = dict(load_nodes(session, {one.about for one in still}))
    causes = _events(session, still)
    return {one: _withdrawal(one.about, nodes[one.about], causes[one.block, one.log]) for one in still}


def _resting(session: Session, declarations: set[DeclarationId]) -> set[tuple[bytes, bytes]]:
    sql = (
        "SELECT r.declaration, r.recognition FROM reliances r JOIN declarations d ON d.id = r.declaration"
        " WHERE d.relies = 1 AND r.declaration IN ({keys})"
    )
    return {(row[0], row[1]) for row in session.within(sql, declarations)}


def _events(session: Session, items: Sequence[KeptItem]) -> Mapping[tuple[int, int], Recorded]:
    """The events that made items, by place."""
    sql = f"SELECT {RECORDED} FROM events JOIN blocks ON number = block WHERE block = ? AND log = ?"  # noqa: S608
    return {place: recorded(session.rows(sql, *place)[0]) for place in {(one.block, one.log) for one in items}}


def _withdrawal(recognition: Digest, node: Node, event: Recorded) -> Withdrawal:
    record = event.record
    superseding = isinstance(record, Decision) and record.supersedes == node.control
    return Withdrawal(
        recognition=recognition,
        control=node.control,
        risk=Risk(node.record.risk),
        cause=Cause.CONTROL_SUPERSEDED if superseding else _CAUSES[record.record_type],
        by=author_of(record),
        record=Digest(event.digest),
    )
