"""Kept proofs: what a node showed while it remembered the state, compressed; nobody needs to believe them."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ledger.index.proof_tables import event_proofs, state_proofs
from ledger.index.sql import insert_ignoring, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from ledger.index.store import Store

_CURSOR: Final = "proofs"


class KeptState(msgspec.Struct, frozen=True):
    """The state of one declaration as of a block: header (JSON-RPC's fields) and trie nodes."""

    block: int
    header: dict[str, Any]
    nodes: tuple[bytes, ...]


class KeptEvent(msgspec.Struct, frozen=True):
    """Where a record's event stands in its block: index of its transaction, of the log in that receipt; nodes."""

    block: int
    header: dict[str, Any]
    transaction: int
    log: int
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Proofs:
    """The kept proofs of a store."""

    _store: "Store"

    def keep_states(self, proofs: "Iterable[tuple[bytes, KeptState]]", upto: int | None = None) -> None:
        """Keep proofs by declaration, in place of older ones; `upto`: all decisions up to that block have theirs."""
        from ledger.index.tables import meta

        rows = [{"declaration": key, "block": one.block, "content": _packed(one)} for key, one in proofs]
        with self._store.writing() as connection:
            upsert(connection, state_proofs, rows)
            if upto is not None:
                upsert(connection, meta, [{"key": _CURSOR, "value": str(upto)}])

    def taken_upto(self) -> int:
        """Up to which block all decisions that bear on release have their proofs; -1: none yet."""
        with self._store.reading() as session:
            rows = session.rows("SELECT value FROM meta WHERE key = ?", _CURSOR)
        return int(rows[0][0]) if rows else -1

    def state(self, declaration: bytes) -> KeptState | None:
        """The kept proof of a declaration's state."""
        found = self._content("SELECT content FROM state_proofs WHERE declaration = ?", declaration)
        return None if found is None else msgspec.msgpack.decode(zlib.decompress(found), type=KeptState)

    def keep_event(self, digest: bytes, proof: KeptEvent) -> None:
        """Keep the proof of a record's event."""
        with self._store.writing() as connection:
            insert_ignoring(
                connection, event_proofs, [{"digest": digest, "block": proof.block, "content": _packed(proof)}]
            )

    def event(self, digest: bytes) -> KeptEvent | None:
        """The kept proof of a record's event."""
        found = self._content("SELECT content FROM event_proofs WHERE digest = ?", digest)
        return None if found is None else msgspec.msgpack.decode(zlib.decompress(found), type=KeptEvent)

    def _content(self, sql: str, key: bytes) -> bytes | None:
        with self._store.reading() as session:
            rows = session.rows(sql, key)
        return rows[0][0] if rows else None


def forget_proofs(connection: "Connection", to_block: int) -> None:
    """Forget the proofs of later blocks; their declarations' proofs of earlier ones are then to be taken anew."""
    from sqlalchemy import delete

    from ledger.index.tables import meta

    connection.execute(delete(event_proofs).where(event_proofs.c.block > to_block))
    if connection.execute(delete(state_proofs).where(state_proofs.c.block > to_block)).rowcount:
        connection.execute(delete(meta).where(meta.c.key == _CURSOR))


def _packed(proof: KeptState | KeptEvent) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(proof), 1)
