"""Filling the table of work items of a store that has events from before there was one."""

from typing import TYPE_CHECKING, Final

import msgspec

from ledger.domain.events import Block
from ledger.index.network import NETWORK_KEY, Network, pin
from ledger.index.reading import EngineSession
from ledger.index.rows import RECORDED, recorded
from ledger.index.sql import insert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.domain.events import Event
    from ledger.index.reading import Session
    from ledger.index.store import Store

_PART: Final = 5_000


def refold_work(connection: "Connection") -> None:
    """Fold all events of a store anew, in memory, and take the items from there.

    Only a migration calls this: it reads blocks and events alone, whose columns were there from the first revision on.
    """
    session = EngineSession(connection)
    pinned = session.rows("SELECT value FROM meta WHERE key = ?", NETWORK_KEY)
    if not pinned or not session.rows("SELECT 1 FROM events LIMIT 1"):
        return
    fresh = _folded(session, msgspec.json.decode(pinned[0][0], type=Network))
    try:
        _copy(fresh, connection)
    finally:
        fresh.close()


def _folded(session: "Session", network: Network) -> "Store":
    from ledger.index import proof_tables, recognition_tables, sealed_tables, tables  # noqa: F401 - all fill the metadata
    from ledger.index.columns import metadata
    from ledger.index.indexer import Indexer
    from ledger.index.store import Store

    fresh = Store("sqlite://")
    metadata.create_all(fresh.engine)  # not by Alembic, which can't run inside itself
    pin(fresh, network)
    indexer = Indexer(fresh)
    for blocks, events in _stream(session):
        indexer.apply(blocks, events)
    return fresh


def _stream(session: "Session") -> "Iterator[tuple[list[Block], list[Event]]]":
    """What was recorded, in parts; what was refused makes no work."""
    start = -1
    columns = f"SELECT {RECORDED} FROM events JOIN blocks ON number = block"  # noqa: S608 - names of our own tables
    while True:
        sql = "SELECT number, hash, parent, time FROM blocks WHERE number > ? ORDER BY number LIMIT ?"
        blocks = [Block(*row) for row in session.rows(sql, start, _PART)]
        if not blocks:
            return
        sql = f"{columns} WHERE outcome = 0 AND block BETWEEN ? AND ? ORDER BY block, log"
        yield blocks, [recorded(row) for row in session.rows(sql, blocks[0].number, blocks[-1].number)]
        start = blocks[-1].number


def _copy(fresh: "Store", connection: "Connection") -> None:
    from ledger.index.recognition_tables import work_items

    names = [column.name for column in work_items.columns]
    with fresh.reading() as session:
        rows = session.rows(f"SELECT {', '.join(names)} FROM work_items")  # noqa: S608 - names of our own tables
    insert(connection, work_items, [dict(zip(names, row, strict=True)) for row in rows])
