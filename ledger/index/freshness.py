"""As of which block an answer is, and whether it may be given at all: a failure to know is never a status."""

from dataclasses import dataclass

from ledger.index.answers import AsOf
from ledger.index.reading import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What the caller knows of its node at this moment.

    Attributes:
        reachable: whether the node answers, with the right chain.
        node_head: its last block; None: as the indexer last saw it.
        final: up to which block nothing can change; None: as the indexer last saw it.
        most_lag: blocks that the index may be behind; None: any number.
    """

    reachable: bool = True
    node_head: int | None = None
    final: int | None = None
    most_lag: int | None = None

    def allows(self, as_of: AsOf) -> bool:
        """Whether an answer as of then may be given."""
        if not self.reachable or as_of.block is None:
            return False
        return self.most_lag is None or as_of.lag is None or as_of.lag <= self.most_lag


FRESH = Freshness()


def as_of(session: Session, freshness: Freshness = FRESH) -> AsOf:
    """As of which block the session's answers are."""
    sql = "SELECT c.block, c.hash, b.time, c.final, c.node_head FROM cursor c LEFT JOIN blocks b ON b.number = c.block"
    rows = session.rows(sql)
    block, block_hash, time, final, node_head = rows[0] if rows else (None,) * 5
    node_head = freshness.node_head if freshness.node_head is not None else node_head
    return AsOf(
        block=block,
        block_hash=block_hash,
        time=time,
        final=freshness.final if freshness.final is not None else final,
        node_head=node_head,
        lag=None if block is None or node_head is None else max(0, node_head - block),
        reachable=freshness.reachable,
    )


def stands_on(session: Session) -> bytes | None:
    """The hash of the block that the index stands on; None before the first."""
    rows = session.rows("SELECT hash FROM cursor")
    return rows[0][0] if rows else None
