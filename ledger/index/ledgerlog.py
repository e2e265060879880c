"""The ledger log of a store: kept subtrees, roots and inclusion proofs; see `ledger.domain.transparency`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete

from ledger.domain.transparency import grown, inclusion, leaf_hash, root
from ledger.index.network import Network
from ledger.index.proof_tables import ledger_log
from ledger.index.reading import Row, Session
from ledger.index.sql import insert

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Leaf:
    """A ledger block: where it stands in the log, and its number and hash."""

    index: int
    block: int
    block_hash: bytes


def size_of(session: Session) -> int:
    """The number of leaves."""
    rows = session.rows("SELECT position FROM ledger_log WHERE level = 0 ORDER BY position DESC LIMIT 1")
    return int(rows[0][0]) + 1 if rows else 0


def root_of(session: Session, size: int) -> bytes:
    """The root of the first `size` leaves, of which there are so many."""
    return root(size, _Nodes(session))


def path_of(session: Session, index: int, size: int) -> tuple[bytes, ...]:
    """The audit path of a leaf under the root of the first `size` leaves."""
    return inclusion(index, size, _Nodes(session))


def leaf_at(session: Session, block: int) -> Leaf | None:
    """The last ledger block at or before a block: its state holds until the next one's."""
    sql = (
        "SELECT l.position, l.block, b.hash FROM ledger_log l JOIN blocks b ON b.number = l.block"
        " WHERE l.level = 0 AND l.block <= ? ORDER BY l.block DESC LIMIT 1"
    )
    rows = session.rows(sql, block)
    return Leaf(*rows[0]) if rows else None


def extend(connection: "Connection", session: Session, network: Network) -> None:
    """Take all blocks with events into the log that are in the store and not in the log yet.

    A store whose network was pinned by an earlier version does not know the founders' block: no log until it does.
    """
    nodes = _Nodes(session)
    fresh = _fresh(session, network)
    rows = []
    for index, (number, block_hash) in enumerate(fresh, size_of(session)):
        for level, position, digest in grown(index, leaf_hash(block_hash), nodes):
            nodes.known[level, position] = digest
            rows.append({"level": level, "position": position, "hash": digest, "block": number})
    insert(connection, ledger_log, rows)


def shorten(connection: "Connection", to_block: int) -> None:
    """Forget all leaves of later blocks, with the subtrees over them."""
    connection.execute(delete(ledger_log).where(ledger_log.c.block > to_block))


def _fresh(session: Session, network: Network) -> Sequence[Row]:
    """(number, hash) of the blocks that the log lacks."""
    if network.founded_in is None:
        return []
    last = session.rows("SELECT block FROM ledger_log WHERE level = 0 ORDER BY position DESC LIMIT 1")
    if last:
        sql = (
            "SELECT number, hash FROM blocks WHERE number > ?"
            " AND number IN (SELECT block FROM events WHERE block > ?) ORDER BY number"
        )
        return session.rows(sql, last[0][0], last[0][0])
    sql = (
        "SELECT number, hash FROM blocks WHERE number = ?"
        " OR number IN (SELECT block FROM events WHERE block > ?) ORDER BY number"
    )
    return session.rows(sql, network.founded_in, network.founded_in)


class _Nodes:
    """Subtrees by (level, position): those just made, else those kept."""

    def __init__(self, session: Session) -> None:
        self.known: dict[tuple[int, int], bytes] = {}
        self._session = session

    def __call__(self, level: int, position: int) -> bytes:
        known = self.known.get((level, position))
        if known is None:
            sql = "SELECT hash FROM ledger_log WHERE level = ? AND position = ?"
            known = self._session.rows(sql, level, position)[0][0]
        return known
