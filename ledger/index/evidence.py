"""Evidence: what was received and is no status. Notices under a foreign key, movement messages, raw messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ledger.index.sql import insert_ignoring, insert_missing
from ledger.index.store import Store
from ledger.index.tables import evidence, evidence_references

_COLUMNS = "id, hash, kind, organisation, received, effective, declaration, content"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """Something received.

    Attributes:
        hash: of the content (32 bytes): the same content is kept once.
        kind: what it is, such as ``notice 09`` or ``movement EAL``.
        organisation: who handed it in.
        received: when (seconds).
        effective: when it says that it happened (seconds).
        declaration: which declaration it is about, if that is known.
        content: the bytes as they came.
    """

    hash: bytes
    kind: str
    organisation: int
    received: int
    effective: int
    content: bytes
    declaration: bytes | None = None


class Evidence:
    """The evidence of a store."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def add(self, item: EvidenceItem, tokens: Collection[bytes] = ()) -> bool:
        """Keep it, under a declaration and under tokens of references; False when its content is kept already."""
        row = {name: getattr(item, name) for name in EvidenceItem.__slots__}
        with self._store.writing() as connection:
            new = insert_missing(connection, evidence, row)
            number = connection.scalar(select(evidence.c.id).where(evidence.c.hash == item.hash))
            rows = [{"evidence": number, "token": token} for token in sorted(set(tokens))]
            insert_ignoring(connection, evidence_references, rows)
        return new

    def get(self, content_hash: bytes) -> EvidenceItem | None:
        """The evidence with a content."""
        found = self._read("WHERE hash = ?", content_hash)
        return found[0] if found else None

    def under(self, token: bytes) -> Sequence[EvidenceItem]:
        """The evidence under a reference, oldest first."""
        return self._read("JOIN evidence_references ON evidence = id WHERE token = ? ORDER BY received, id", token)

    def of_declaration(self, declaration: bytes) -> Sequence[EvidenceItem]:
        """The evidence about a declaration, oldest first."""
        return self._read("WHERE declaration = ? ORDER BY received, id", declaration)

    def _read(self, rest: str, value: bytes) -> list[EvidenceItem]:
        with self._store.reading() as session:
            rows = session.rows(f"SELECT {_COLUMNS} FROM evidence {rest}", value)  # noqa: S608
        return [
            EvidenceItem(
                hash=row[1],
                kind=row[2],
                organisation=row[3],
                received=row[4],
                effective=row[5],
                declaration=row[6],
                content=row[7],
            )
            for row in rows
        ]
