"""Read grants and the access log: who may read a declaration's payloads, and who did."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.grants import ReadGrant
from ledger.domain.wire import DeclarationId
from ledger.index.errors import StaleGrant
from ledger.index.sealed_tables import accesses, read_grants
from ledger.index.sql import insert, upsert
from ledger.index.store import Store

_GRANT = "declaration, grantor, reader, fields, serial, valid_until, signature"


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """A grant with the grantor's signature (65 bytes)."""

    grant: ReadGrant
    signature: bytes


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """Somebody got, or changed, what is sealed.

    Attributes:
        declaration, commitment: of which version (32 bytes each).
        content_hash: which ciphertext.
        reader: the organisation.
        act: READ, REPLACED, WRAPPED; or FETCHED, from another gateway into this store.
        noted_at: when (seconds).
    """

    declaration: bytes
    commitment: bytes
    content_hash: bytes
    reader: int
    act: str
    noted_at: int


class ReadGrants:
    """The read grants of a store."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def put(self, grant: ReadGrant, signature: bytes) -> None:
        """Keep a grant in place of the one with a lower serial; the same once more changes nothing.

        Raises:
            StaleGrant: one with this serial, or a higher one, is kept.
        """
        for kept in self.of_declaration(grant.declaration):
            if kept.grant == grant:
                return
            if _place(kept.grant) == _place(grant) and kept.grant.serial >= grant.serial:
                raise StaleGrant(kept.grant.serial)
        row = {name: getattr(grant, name) for name in ReadGrant.__slots__}
        row |= {"serial": str(grant.serial), "signature": signature, "created": int(self._store.clock())}
        with self._store.writing() as connection:
            upsert(connection, read_grants, [row])

    def of_declaration(self, declaration: bytes) -> Sequence[KeptGrant]:
        """All grants of a declaration, newest first, also those that are over."""
        sql = f"SELECT {_GRANT} FROM read_grants WHERE declaration = ? ORDER BY created DESC, reader"  # noqa: S608
        with self._store.reading() as session:
            return [_kept(row) for row in session.rows(sql, declaration)]


def _place(grant: ReadGrant) -> tuple[int, int, bytes]:
    return grant.grantor, grant.reader, grant.fields


def _kept(row: Sequence[object]) -> KeptGrant:
    declaration, grantor, reader, fields, serial, valid_until, signature = row
    grant = ReadGrant(
        declaration=DeclarationId(declaration),  # type: ignore[arg-type]
        grantor=grantor,  # type: ignore[arg-type]
        reader=reader,  # type: ignore[arg-type]
        fields=fields,  # type: ignore[arg-type]
        serial=int(serial),  # type: ignore[call-overload]
        valid_until=valid_until,  # type: ignore[arg-type]
    )
    return KeptGrant(grant, signature)  # type: ignore[arg-type]


class AccessLog:
    """Who read or changed what is sealed, as this store saw it."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def add(self, declaration: bytes, commitment: bytes, content_hash: bytes, reader: int, act: str) -> None:
        """Note that an organisation got or changed something."""
        row = {
            "declaration": declaration,
            "commitment": commitment,
            "content_hash": content_hash,
            "reader": reader,
            "act": act,
            "at": int(self._store.clock()),
        }
        with self._store.writing() as connection:
            insert(connection, accesses, [row])

    def of_declaration(self, declaration: bytes) -> Sequence[AccessEntry]:
        """What was noted about a declaration, oldest first."""
        sql = (
            "SELECT declaration, commitment, content_hash, reader, act, at FROM accesses"
            " WHERE declaration = ? ORDER BY id"
        )
        with self._store.reading() as session:
            return [AccessEntry(*row) for row in session.rows(sql, declaration)]
