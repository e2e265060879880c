"""Checkpoints that were handed in: held against this store's own ledger log, and kept for receipts.

Signature lines are checked by whoever hands them to this store, which knows no keys' algorithms.
"""

from typing import Final

from ledger.domain.transparency import Checkpoint, CheckpointError, Note, read_note
from ledger.index.freshness import as_of
from ledger.index.ledgerlog import leaf_at, root_of, size_of
from ledger.index.proof_tables import checkpoints
from ledger.index.reading import Row, Session
from ledger.index.sql import upsert
from ledger.index.store import Store

MOST_SIGNATURES: Final = 16
_WITNESSES: Final = "witnesses"
_COLUMNS: Final = "body, signatures"


class Checkpoints:
    """The checkpoints of a store. Whoever hands one in need not be trusted: readers look at the signatures."""

    def __init__(self, store: Store, origin: str) -> None:
        """Use a store; `origin`: the log's, see `ledger.domain.transparency.origin_of`."""
        self._store = store
        self._origin = origin

    def put(self, note: Note) -> Note:
        """Keep a note; signature lines over a text that is kept already are added to it. The note as kept.

        Raises:
            CheckpointError: it is of another log, or says something else than this store's own log.
        """
        with self._store.reading() as session:
            self._check(session, note.checkpoint)
            kept = _of(session, note.checkpoint)
        merged = kept.with_signatures(note.signatures) if kept else note
        if len(merged.signatures) > MOST_SIGNATURES:
            raise CheckpointError(f"this checkpoint has {MOST_SIGNATURES} signatures already")
        self._write(merged)
        return merged

    def keeps(self, checkpoint: Checkpoint) -> bool:
        """Whether a note over the same text is kept."""
        with self._store.reading() as session:
            return _of(session, checkpoint) is not None

    def accept(self, verifier: str) -> None:
        """From now on, keep what the witness of this verifier key signs."""
        from ledger.index.tables import meta

        known = dict.fromkeys([*self.witnesses(), verifier])
        with self._store.writing() as connection:
            upsert(connection, meta, [{"key": _WITNESSES, "value": "\n".join(known)}])

    def witnesses(self) -> tuple[str, ...]:
        """The verifier keys of accepted witnesses."""
        with self._store.reading() as session:
            rows = session.rows("SELECT value FROM meta WHERE key = ?", _WITNESSES)
        return tuple(rows[0][0].split("\n")) if rows else ()

    def latest(self) -> Note | None:
        """The one with the greatest height."""
        with self._store.reading() as session:
            rows = session.rows(f"SELECT {_COLUMNS} FROM checkpoints ORDER BY height DESC LIMIT 1")  # noqa: S608
        return _note(rows[0]) if rows else None

    def covering(self, index: int) -> Note | None:
        """Of those whose log holds a leaf, one with the most signatures; of these the newest."""
        sql = f"SELECT {_COLUMNS} FROM checkpoints WHERE size > ? ORDER BY height DESC"  # noqa: S608
        with self._store.reading() as session:
            notes = [_note(row) for row in session.rows(sql, index)]
        return max(notes, key=lambda note: len(note.signatures), default=None)

    def _check(self, session: Session, one: Checkpoint) -> None:
        """Hold a checkpoint against this store's own log.

        Raises:
            CheckpointError: it differs, or is ahead of what is final here.
        """
        if one.origin != self._origin:
            raise CheckpointError(f"this is a checkpoint of {one.origin}; this ledger log is {self._origin}")
        final = as_of(session).final
        if final is None or one.height > final or one.size > size_of(session):
            raise CheckpointError("this checkpoint is ahead of this index: hand it in when the index has caught up")
        leaf = leaf_at(session, one.height)
        block = session.rows("SELECT hash, time FROM blocks WHERE number = ?", one.height)
        if not block or tuple(block[0]) != (one.block_hash, one.time):
            raise CheckpointError(f"this checkpoint's block {one.height} is another one than this index has")
        if leaf is None or leaf.index + 1 != one.size or root_of(session, one.size) != one.root:
            raise CheckpointError(f"this checkpoint's log of {one.size} blocks is another one than this index has")

    def _write(self, note: Note) -> None:
        row = {
            "body": note.checkpoint.text,
            "root": note.checkpoint.root,
            "size": note.checkpoint.size,
            "height": note.checkpoint.height,
            "signatures": "\n".join(note.signatures),
            "kept": int(self._store.clock()),
        }
        with self._store.writing() as connection:
            upsert(connection, checkpoints, [row])


def _of(session: Session, one: Checkpoint) -> Note | None:
    rows = session.rows(f"SELECT {_COLUMNS} FROM checkpoints WHERE body = ?", one.text)  # noqa: S608
    return _note(rows[0]) if rows else None


def _note(row: Row) -> Note:
    body, signatures = row
    return read_note(f"{body}\n{signatures}\n")
