"""Payloads: the content behind commitments, for those whose business it is. Erasing one leaves the chain as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete

from ledger.index.answers import Item
from ledger.index.sql import insert_missing, upsert
from ledger.index.store import Store
from ledger.index.tables import payloads, scopes

_COLUMNS = "commitment, schema, content, owner, declaration"


@dataclass(frozen=True, slots=True)
class Payload:
    """The content of one version.

    Attributes:
        commitment: its salted root (32 bytes).
        schema: id of its schema (32 bytes).
        content: the bytes as they were handed in; this store does not look into them.
        owner: the organisation that handed it in.
        declaration: whose version it is, once that is known.
    """

    commitment: bytes
    schema: bytes
    content: bytes
    owner: int
    declaration: bytes | None = None


class Payloads:
    """The payloads of a store. Who may read one, `Queries.may_read_payload` says."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def put(self, payload: Payload) -> bool:
        """Keep a payload; False when its commitment is kept already, whatever content came with it then."""
        row = {name: getattr(payload, name) for name in Payload.__slots__}
        with self._store.writing() as connection:
            return insert_missing(connection, payloads, {**row, "created": int(self._store.clock())})

    def get(self, commitment: bytes) -> Payload | None:
        """The payload of a commitment."""
        with self._store.reading() as session:
            rows = session.rows(f"SELECT {_COLUMNS} FROM payloads WHERE commitment = ?", commitment)  # noqa: S608
        return Payload(*rows[0]) if rows else None

    def of_declaration(self, declaration: bytes) -> Sequence[Payload]:
        """The payloads of a declaration's versions, as far as they are here, by version."""
        sql = (
            "SELECT p.commitment, p.schema, p.content, p.owner, v.declaration FROM payloads p"
            " JOIN versions v ON v.commitment = p.commitment WHERE v.declaration = ? ORDER BY v.number"
        )
        with self._store.reading() as session:
            return [Payload(*row) for row in session.rows(sql, declaration)]

    def erase(self, commitment: bytes) -> None:
        """Destroy a payload."""
        with self._store.writing() as connection:
            connection.execute(delete(payloads).where(payloads.c.commitment == commitment))

    def put_scope(self, root: bytes, items: Mapping[int, str | None]) -> None:
        """Keep which goods items, with which quantities, a decision's scope names."""
        listed = [Item(number, items[number]) for number in sorted(items)]
        with self._store.writing() as connection:
            upsert(connection, scopes, [{"root": root, "items": msgspec.json.encode(listed).decode()}])
