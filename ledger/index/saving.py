"""Writing what was folded."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete

from ledger.domain.events import Block
from ledger.index import participants, recognitions
from ledger.index.folding import Step, Working
from ledger.index.rows import declaration_row, erasure_rows, event_row, hold_rows, version_rows
from ledger.index.sql import insert, insert_ignoring, upsert, values_of
from ledger.index.tables import blocks, consignments, cursor, declarations, erasures, events, holds, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CURSOR: Final = 1
_PART: Final = 1_000
_BLOCK: Final = ("number", "hash", "parent", "time")
_CONSIGNMENT: Final = ("id", "head", "declarations")


def save_blocks(connection: "Connection", fresh: Iterable[Block]) -> None:
    """Write new blocks."""
    insert(connection, blocks, [values_of(block, _BLOCK) for block in fresh])


def save_events(connection: "Connection", steps: Iterable[Step]) -> None:
    """Write new events."""
    insert(connection, events, [event_row(step) for step in steps])


def save_folded(connection: "Connection", working: Working) -> None:
    """Write what the working set changed."""
    folded = [one for one in working.declarations.values() if one.changed]
    held = [one for one in folded if one.held]
    upsert(connection, declarations, [declaration_row(one) for one in folded])
    upsert(connection, versions, version_rows(folded))
    upsert(connection, erasures, erasure_rows(folded))
    upsert(connection, consignments, [values_of(one, _CONSIGNMENT) for one in working.consignments.values()])
    for start in range(0, len(held), _PART):
        part = [one.state.id for one in held[start : start + _PART]]
        connection.execute(delete(holds).where(holds.c.declaration.in_(part)))
    insert(connection, holds, hold_rows(held))
    recognitions.save(connection, working.recognised)
    if working.peopled:
        participants.save(connection, working.participants)


def move_cursor(connection: "Connection", block: Block | None) -> None:
    """Let the cursor stand on a block, or before the first."""
    see(connection, block=block.number if block else None, hash=block.hash if block else None)


def see(connection: "Connection", **columns: Any) -> None:
    """Write columns of the cursor's one row."""
    insert_ignoring(connection, cursor, [{"id": _CURSOR}])
    connection.execute(cursor.update().values(columns))
