"""Status readers: whom a declarant lets ask "is it released?" by a transport reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from ledger.index.references import Reference, References
from ledger.index.sql import upsert
from ledger.index.store import Store
from ledger.index.tables import readers


@dataclass(frozen=True, slots=True)
class ReaderGrant:
    """A grant: who, until when (seconds); the reference itself is kept as its token only."""

    declarant: int
    token: bytes
    reader: int
    valid_from: int
    valid_until: int


class Readers:
    """The status readers of a store."""

    def __init__(self, store: Store, references: References) -> None:
        """Use a store and its private index."""
        self._store = store
        self._references = references

    def grant(self, declarant: int, reference: Reference, reader: int, *, valid_from: int, valid_until: int) -> None:
        """Let an organisation read the status of the declarant's declarations under a reference; again: other dates."""
        token = self._references.token(reference)
        row = {"declarant": declarant, "token": token, "reader": reader}
        with self._store.writing() as connection:
            upsert(connection, readers, [{**row, "valid_from": valid_from, "valid_until": valid_until}])

    def revoke(self, declarant: int, reference: Reference, reader: int) -> None:
        """Take a grant back."""
        token, table = self._references.token(reference), readers.c
        one = delete(readers).where(table.declarant == declarant, table.token == token, table.reader == reader)
        with self._store.writing() as connection:
            connection.execute(one)

    def of(self, declarant: int) -> Sequence[ReaderGrant]:
        """What a declarant has granted."""
        columns = "declarant, token, reader, valid_from, valid_until"
        sql = f"SELECT {columns} FROM readers WHERE declarant = ? ORDER BY reader, token"  # noqa: S608
        with self._store.reading() as session:
            return [ReaderGrant(*row) for row in session.rows(sql, declarant)]
