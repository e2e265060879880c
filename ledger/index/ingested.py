"""Which messages were ingested already: by content hash, and by what a message says it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from ledger.index.sql import insert_ignoring
from ledger.index.store import Store
from ledger.index.tables import ingested


@dataclass(frozen=True, slots=True)
class IngestedMessage:
    """A message that was dealt with.

    Attributes:
        key: 32 bytes that the message is recognised by: H of its content, or of its FunctionalReferenceID.
        kind: what it was.
        outcome: what became of it, one word.
        digest: the record it gave, if it gave one.
    """

    key: bytes
    kind: str
    outcome: str
    digest: bytes | None = None


class Ingested:
    """The ingested messages of a store."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def add(self, messages: Collection[IngestedMessage]) -> None:
        """Note messages; what was noted before stays."""
        at = int(self._store.clock())
        names = IngestedMessage.__slots__
        rows = [{**{name: getattr(one, name) for name in names}, "at": at} for one in messages]
        with self._store.writing() as connection:
            insert_ignoring(connection, ingested, rows)

    def known(self, keys: Collection[bytes]) -> dict[bytes, IngestedMessage]:
        """Those of the keys that were dealt with."""
        sql = "SELECT key, kind, outcome, digest FROM ingested WHERE key IN ({keys})"
        with self._store.reading() as session:
            return {row[0]: IngestedMessage(*row) for row in session.within(sql, keys)}

    def forget(self, keys: Collection[bytes]) -> None:
        """Take notes back, so that their messages are dealt with again."""
        with self._store.writing() as connection:
            connection.execute(delete(ingested).where(ingested.c.key.in_(list(keys))))

    def counts(self) -> Sequence[tuple[str, str, int]]:
        """How many messages of each kind had which outcome."""
        sql = "SELECT kind, outcome, count(*) FROM ingested GROUP BY kind, outcome ORDER BY kind, outcome"
        with self._store.reading() as session:
            return [(row[0], row[1], int(row[2])) for row in session.rows(sql)]
