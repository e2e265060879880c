"""Erasing: what recorded erasures tell to destroy is destroyed in this store for good.

Of an erased version go: whatever is sealed for its commitment, chosen fields for single readers among it, with all
wraps; what the index of goods tells of it; what is sealed behind the rulings and the requests that were made while it
was in force; and messages that were received about the declaration while the version was on its way or in force. What
another version is made of stays.

Only what was sealed for the erased declaration itself goes: whoever copies a commitment into a declaration of its own
and erases that erases nothing of others. Each step may be done twice, and what is done is noted last; a rollback of the
chain brings nothing back, and the note stays to tell so.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete

from ledger.domain.records import (
    AmendmentRequest,
    Control,
    Decision,
    Declaration,
    Erasure,
    Hold,
    ParticipantRecord,
    RecognitionRecord,
)
from ledger.domain.state import DeclarationState, advance, lodge
from ledger.domain.wire import ZERO
from ledger.index.due import REMNANTS, Due, due, has_remnants
from ledger.index.grants import AccessLog
from ledger.index.rows import RECORDED, recorded
from ledger.index.sealed import SealedPayloads
from ledger.index.sealed_tables import erased_here, goods_private
from ledger.index.sql import upsert
from ledger.index.store import Store
from ledger.index.tables import evidence, meta

if TYPE_CHECKING:
    from ledger.domain.events import Recorded

_ACT: Final = "ERASED"
_ALWAYS: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class _Related:
    """What belongs to a version: commitments, and the time [since, until) in which messages about it were received."""

    commitments: set[bytes]
    since: int
    until: int


class Erasing:
    """Destroys in one store what its index says was erased."""

    def __init__(self, store: Store, payloads: SealedPayloads) -> None:
        """Erase in a store, and wherever its ciphertexts lie."""
        self._store = store
        self._payloads = payloads

    def sweep(self, *postponed: Due) -> list[Due]:
        """Destroy what is due, but for what is postponed; what that was.

        Raises:
            StoreError: a place can't be written now; do it again.
        """
        found = [one for one in due(self._store) if one not in postponed]
        for one in found:
            self._erase(one)
        if has_remnants(self._store) and self._store.scrub():
            with self._store.writing() as connection:
                connection.execute(delete(meta).where(meta.c.key == REMNANTS))
        return found

    def _erase(self, one: Due) -> None:
        related = self._related(one)
        kept = self._payloads.of_declaration(one.declaration)
        hashes = [each.content_hash for each in kept if each.subject.commitment in related.commitments]
        self._payloads.clear(hashes)
        self._payloads.forget(hashes)
        row = {"declaration": one.declaration, "version": one.version, "commitment": one.commitment}
        with self._store.writing() as connection:
            mine = evidence.c.declaration == one.declaration
            when = evidence.c.received.between(related.since, related.until - 1)
            connection.execute(delete(evidence).where(mine, when))
            told = goods_private.c.commitment.in_(sorted(related.commitments))
            connection.execute(delete(goods_private).where(goods_private.c.declaration == one.declaration, told))
            upsert(connection, meta, [{"key": REMNANTS, "value": ""}])
            upsert(connection, erased_here, [{**row, "digest": one.digest, "at": int(self._store.clock())}])
        if hashes:
            AccessLog(self._store).add(one.declaration, one.commitment, hashes[0], one.author, _ACT)

    def _related(self, one: Due) -> _Related:
        with self._store.reading() as session:
            where = "outcome = 0 AND declaration = ? ORDER BY block, log"
            sql = f"SELECT {RECORDED} FROM events JOIN blocks ON number = block WHERE {where}"  # noqa: S608
            events = [recorded(row) for row in session.rows(sql, one.declaration)]
            sql = "SELECT number, commitment FROM versions WHERE declaration = ?"
            versions = {row[0]: bytes(row[1]) for row in session.rows(sql, one.declaration)}
        return _related(one, events, versions)


def _related(one: Due, events: "Sequence[Recorded]", versions: Mapping[int, bytes]) -> _Related:
    began: dict[int, int] = {}
    found = {one.commitment}
    state: DeclarationState | None = None
    for event in events:
        record = event.record
        if isinstance(record, Declaration):
            state = lodge(record, event.digest)
        elif state is not None and not isinstance(record, Erasure | ParticipantRecord | RecognitionRecord):
            before = state.version.number
            state = advance(state, record, event.digest)
            found |= _behind(record, {before, state.version.number}, one.version)
        if state is not None:
            began.setdefault(state.version.number, event.position.time)
    others = {commitment for number, commitment in versions.items() if number != one.version}
    waiting = {state.requested.commitment} if state and state.requested else set()
    since, until = began.get(one.version - 1, 0), began.get(one.version + 1, _ALWAYS)
    return _Related(found - others - waiting - {ZERO}, since, until)


def _behind(record: object, numbers: Collection[int], version: int) -> set[bytes]:
    """The commitments behind a record, when it was made about a version."""
    if isinstance(record, Control):
        return {record.evidence} if record.version == version else set()
    if version not in numbers:
        return set()
    if isinstance(record, AmendmentRequest):
        return {record.commitment}
    return {record.evidence} if isinstance(record, Decision | Hold) else set()
