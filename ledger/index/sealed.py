"""Sealed payloads: which ciphertext belongs to which record, and the wraps of its key. Who may read, `rights` says.

This store can't open any of it, and so can't tell whether it is what its record commits to; readers can.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from ledger.domain.keccak import keccak256
from ledger.domain.wire import ZERO
from ledger.index.blobs import Blobs
from ledger.index.sealed_tables import sealed, wraps
from ledger.index.sql import insert_missing, upsert
from ledger.index.store import Store
from ledger.sealing import Sealed, Subject, Suite, Wrap

_COLUMNS = "content_hash, declaration, commitment, schema, owner, reader, fields, created"


@dataclass(frozen=True, slots=True)
class Custody:
    """Whose a ciphertext is.

    Attributes:
        owner: the organisation that handed it in.
        reader: 0 for the payload of a version; else whom these chosen fields were put together for.
        fields: hash of the field set (32 bytes); zeros for a whole payload.
    """

    owner: int
    reader: int = 0
    fields: bytes = ZERO


@dataclass(frozen=True, slots=True)
class KeptSealed:
    """What the store knows of a ciphertext. `created` in seconds."""

    content_hash: bytes
    subject: Subject
    custody: Custody
    created: int


class SealedPayloads:
    """The sealed payloads of a store."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        """Use a store, and a place for ciphertexts."""
        self._store = store
        self._blobs = blobs

    def place(self, one: Sealed) -> None:
        """Put a ciphertext where it will lie when that is outside the database: before `put`, and in no transaction."""
        if self._blobs.elsewhere:
            self._blobs.put(one.content_hash, one.ciphertext)

    def put(self, one: Sealed, custody: Custody, wrapped: Iterable[Wrap]) -> list[bytes]:
        """Keep a ciphertext with its wraps; the hashes of the owner's earlier ones, whose place it takes.

        The place of their ciphertexts is not cleared here: do it when this is kept for good.
        """
        if not self._blobs.elsewhere:
            self._blobs.put(one.content_hash, one.ciphertext)
        subject = one.subject
        row = {
            "content_hash": one.content_hash,
            "declaration": subject.declaration,
            "commitment": subject.commitment,
            "schema": subject.schema,
            "owner": custody.owner,
            "reader": custody.reader,
            "fields": custody.fields,
            "created": int(self._store.clock()),
        }
        earlier = [kept.content_hash for kept in self.behind(subject.commitment) if kept.custody == custody]
        replaced = [found for found in earlier if found != one.content_hash]
        self.forget(replaced)
        with self._store.writing() as connection:
            insert_missing(connection, sealed, row)
        self.add_wraps(one.content_hash, wrapped)
        return replaced

    def behind(self, commitment: bytes) -> Sequence[KeptSealed]:
        """Everything sealed for a commitment, oldest first."""
        return self._read("commitment = ?", commitment)

    def named(self, content_hash: bytes) -> KeptSealed | None:
        """What is known of a ciphertext."""
        return next(iter(self._read("content_hash = ?", content_hash)), None)

    def of_declaration(self, declaration: bytes) -> Sequence[KeptSealed]:
        """Everything sealed for a declaration, oldest first."""
        return self._read("declaration = ?", declaration)

    def _read(self, which: str, value: bytes) -> list[KeptSealed]:
        with self._store.reading() as session:
            rows = session.rows(f"SELECT {_COLUMNS} FROM sealed WHERE {which} ORDER BY created", value)  # noqa: S608
        return [KeptSealed(row[0], Subject(*row[1:4]), Custody(*row[4:7]), row[7]) for row in rows]

    def ciphertext(self, content_hash: bytes) -> bytes | None:
        """A ciphertext; None when its place has lost or spoilt it."""
        content = self._blobs.get(content_hash)
        return content if content is not None and keccak256(content) == content_hash else None

    def wraps(self, content_hash: bytes) -> list[Wrap]:
        """The wraps of a ciphertext, by recipient."""
        sql = "SELECT recipient, key_version, suite, wrapped FROM wraps WHERE content_hash = ? ORDER BY recipient"
        with self._store.reading() as session:
            rows = session.rows(sql, content_hash)
        return [Wrap(row[0], row[1], Suite(row[2]), bytes(row[3])) for row in rows]

    def add_wraps(self, content_hash: bytes, wrapped: Iterable[Wrap]) -> None:
        """Keep wraps of a ciphertext's key, each in place of an earlier one for the same recipient."""
        rows = [
            {
                "content_hash": content_hash,
                "recipient": one.recipient,
                "key_version": one.key_version,
                "suite": int(one.suite),
                "wrapped": one.wrapped,
            }
            for one in wrapped
        ]
        with self._store.writing() as connection:
            upsert(connection, wraps, rows)

    def drop_wraps(self, declaration: bytes, recipient: int) -> None:
        """Destroy every wrap that a reader has of a declaration's payloads."""
        theirs = [kept.content_hash for kept in self.of_declaration(declaration)]
        with self._store.writing() as connection:
            connection.execute(delete(wraps).where(wraps.c.content_hash.in_(theirs), wraps.c.recipient == recipient))

    def forget(self, content_hashes: Collection[bytes]) -> None:
        """Destroy what is known of ciphertexts, with their wraps; the ciphertexts stay."""
        if content_hashes:
            with self._store.writing() as connection:
                connection.execute(delete(wraps).where(wraps.c.content_hash.in_(list(content_hashes))))
                connection.execute(delete(sealed).where(sealed.c.content_hash.in_(list(content_hashes))))

    def clear(self, content_hashes: Iterable[bytes]) -> None:
        """Destroy ciphertexts."""
        for content_hash in content_hashes:
            self._blobs.delete(content_hash)
