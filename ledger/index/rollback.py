"""Taking blocks back: what they touched is folded anew from the events that remain, so no undo log can be wrong."""

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete

from ledger.domain.codes import RecordType
from ledger.domain.events import Block, Recorded
from ledger.domain.participants import Participants
from ledger.domain.records import Control, Decision, RecognitionRecord
from ledger.domain.wire import ConsignmentId, DeclarationId, Head
from ledger.index import participants, recognitions
from ledger.index.folding import Alone, Consignment, Working
from ledger.index.ledgerlog import shorten
from ledger.index.network import Network
from ledger.index.proofs import forget_proofs
from ledger.index.reading import EngineSession, Session
from ledger.index.recognised import Recognised
from ledger.index.recognition_tables import work_items
from ledger.index.rows import RECORDED, recorded
from ledger.index.saving import move_cursor, save_folded
from ledger.index.tables import blocks, consignments, declarations, events

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Table

_RECOGNITION: Final = frozenset(
    {
        RecordType.DECISION,
        RecordType.CONTROL,
        RecordType.RECOGNITION,
        RecordType.ARRANGEMENT,
        RecordType.ARRANGEMENT_SUSPENSION,
        RecordType.AEO_STATUS,
        RecordType.ASSISTANCE,
    }
)
"""What mutual recognition is folded from."""
_PART: Final = 1_000
_FROM: Final = f"SELECT {RECORDED} FROM events JOIN blocks ON number = block WHERE outcome = 0"  # noqa: S608
_ORDER: Final = "ORDER BY block, log"


def roll_back(connection: "Connection", to_block: int, network: Network) -> list[bytes]:
    """Forget all blocks after `to_block`; the digests that were recorded in them, in order."""
    session = EngineSession(connection)
    gone = session.rows(
        "SELECT digest, declaration, organisation, record_type FROM events"
        " WHERE outcome = 0 AND block > ? ORDER BY block, log",
        to_block,
    )
    touched = {row[1] for row in gone if row[1] is not None}
    joined = _consignments(session, touched)
    shorten(connection, to_block)
    forget_proofs(connection, to_block)
    connection.execute(delete(events).where(events.c.block > to_block))
    connection.execute(delete(blocks).where(blocks.c.number > to_block))
    connection.execute(delete(work_items).where(work_items.c.block > to_block))  # made by no later event
    _delete(connection, declarations, touched)
    _delete(connection, consignments, joined)
    _fold_declarations(connection, session, touched)
    _fold_consignments(connection, session, joined)
    if any(row[2] is not None for row in gone):
        _fold_participants(connection, session, network)
    if any(row[3] in _RECOGNITION for row in gone):
        _fold_recognitions(connection, session, network)
    rows = session.rows("SELECT number, hash, parent, time FROM blocks ORDER BY number DESC LIMIT 1")
    move_cursor(connection, Block(*rows[0]) if rows else None)
    return [row[0] for row in gone]


def _consignments(session: Session, ids: "Collection[bytes]") -> set[bytes]:
    return {row[0] for row in session.within("SELECT consignment FROM declarations WHERE id IN ({keys})", ids)}


def _delete(connection: "Connection", table: "Table", ids: "Collection[bytes]") -> None:
    listed = list(ids)
    for start in range(0, len(listed), _PART):
        connection.execute(delete(table).where(table.c.id.in_(listed[start : start + _PART])))


def _fold_declarations(connection: "Connection", session: Session, ids: "Collection[bytes]") -> None:
    rows = session.within(f"{_FROM} AND declaration IN ({{keys}}) {_ORDER}", ids)
    folded = Alone(Participants(Head(bytes(32))))
    folded.fold(_events(rows))
    save_folded(connection, folded)


def _events(rows: "Collection[Any]") -> "list[Recorded]":
    return [recorded(row) for row in rows]


def _fold_consignments(connection: "Connection", session: Session, ids: "Collection[bytes]") -> None:
    sql = "SELECT consignment, id FROM declarations WHERE consignment IN ({keys}) ORDER BY opened_block, opened_log"
    working = Working(Participants(Head(bytes(32))))
    for consignment, declaration in session.within(sql, ids):
        known = working.consignments.get(consignment)
        if known is None:
            working.consignments[consignment] = Consignment(ConsignmentId(consignment), Head(consignment), 1)
        else:
            working.consignments[consignment] = known.joined(DeclarationId(declaration))
    save_folded(connection, working)


def _fold_recognitions(connection: "Connection", session: Session, network: Network) -> None:
    about = ", ".join(str(int(kind)) for kind in _RECOGNITION)
    rows = session.rows(f"{_FROM} AND (record_type IN ({about}) OR organisation IS NOT NULL) {_ORDER}")
    recognitions.erase(connection)
    recognised, known = Recognised(), Working(network.founding())
    for event in _events(rows):
        record = event.record
        if isinstance(record, RecognitionRecord):
            recognised.fold(event, record, known.participants)
        elif isinstance(record, Decision | Control):
            recognised.decided(event, record)
        else:
            known.fold([event])
    recognitions.save(connection, recognised)


def _fold_participants(connection: "Connection", session: Session, network: Network) -> None:
    rows = session.rows(f"{_FROM} AND organisation IS NOT NULL {_ORDER}")
    participants.erase(connection)
    working = Working(network.founding())
    working.peopled = True
    working.fold(_events(rows))
    save_folded(connection, working)
