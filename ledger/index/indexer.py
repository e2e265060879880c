"""The indexer: folds the chain's events into the read model, cursor and rows in one transaction."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ledger.domain.events import Block, Event, Recorded
from ledger.domain.records import Declaration, Erasure, ParticipantRecord, RecognitionRecord
from ledger.domain.wire import ZERO
from ledger.index import participants, recognitions
from ledger.index.alarms import Alarms
from ledger.index.errors import ForkError, GapError, StoreError
from ledger.index.folding import Working, declaration_of, superseded_by
from ledger.index.ledgerlog import extend
from ledger.index.network import Network, pinned
from ledger.index.reading import EngineSession, Session
from ledger.index.recognised import Wanted
from ledger.index.rollback import roll_back
from ledger.index.rows import load_commitments, load_consignments, load_declarations, load_kinds
from ledger.index.saving import move_cursor, save_blocks, save_events, save_folded, see
from ledger.index.signers import signer_of
from ledger.index.store import Lock, Store
from ledger.index.work import load_work, save_work

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Indexer:
    """Writes the read model of a store. One at a time works; a second process waits for the first's transaction."""

    def __init__(self, store: Store) -> None:
        """Index into a store whose network is pinned.

        Raises:
            StoreError: it is not.
        """
        network = pinned(store)
        if network is None:
            raise StoreError("its network is not pinned: open it with one first")
        self._store = store
        self._network: Network = network
        self._alarms = Alarms(store)

    def cursor(self) -> Block | None:
        """The block that the index stands on; None before the first."""
        with self._store.reading() as session:
            return _cursor(session)

    def block(self, number: int) -> Block | None:
        """A block of the index's chain, to find where it and a node's chain part."""
        with self._store.reading() as session:
            rows = session.rows("SELECT number, hash, parent, time FROM blocks WHERE number = ?", number)
        return Block(*rows[0]) if rows else None

    def apply(self, blocks: Sequence[Block], events: Sequence[Event]) -> int:
        """Take consecutive blocks with all their events, in order; how many events were new.

        Blocks that the index has are skipped with their events, so that anything may be given twice.

        Raises:
            ForkError: a block does not extend the one before it; nothing was written.
            GapError: an event is missing; nothing was written but the alarm.
        """
        try:
            with self._store.writing(Lock.INDEX) as connection:
                return _apply(connection, blocks, events, self._network)
        except GapError as error:
            self._alarms.sound("gap", str(error))
            raise

    def rollback(self, to_block: int) -> list[bytes]:
        """Forget all blocks after `to_block`; the digests of records that were recorded in them, in order.

        What remains is exactly what applying the remaining blocks had given.
        """
        with self._store.writing(Lock.INDEX) as connection:
            return roll_back(connection, to_block, self._network)

    def observe(self, *, node_head: int, final: int) -> None:
        """Note how far the node is, and up to which block nothing can change any more."""
        with self._store.writing(Lock.INDEX) as connection:
            see(connection, node_head=node_head, final=final, seen_at=self._store.clock())


def _cursor(session: Session) -> Block | None:
    rows = session.rows("SELECT number, hash, parent, time FROM blocks ORDER BY number DESC LIMIT 1")
    return Block(*rows[0]) if rows else None


def _apply(connection: "Connection", blocks: Sequence[Block], events: Sequence[Event], network: Network) -> int:
    session = EngineSession(connection)
    stands = _cursor(session)
    fresh = _new_blocks(session, stands, blocks)
    if not fresh:
        return 0
    news = _new_events(fresh, events)
    working = _load(session, news)
    steps = working.fold(news)
    work = load_work(session, steps)
    save_blocks(connection, fresh)
    save_events(connection, steps)
    save_folded(connection, working)
    save_work(connection, work, steps)
    extend(connection, session, network)
    move_cursor(connection, fresh[-1])
    return len(news)


def _new_blocks(session: Session, stands: Block | None, blocks: Sequence[Block]) -> list[Block]:
    """The blocks after the cursor, each checked to extend the one before it; those before it, to be the same."""
    known = {block.number for block in blocks if stands and block.number <= stands.number}
    rows = session.within("SELECT number, hash FROM blocks WHERE number IN ({keys})", known)
    have = {row[0]: row[1] for row in rows}
    for block in blocks:
        if block.number in known and have.get(block.number) != block.hash:
            raise ForkError(block.number, have.get(block.number, b""), block.hash)
    fresh = [block for block in blocks if block.number not in known]
    for block in fresh:
        if stands and (block.number, block.parent) != (stands.number + 1, stands.hash):
            raise ForkError(stands.number, stands.hash, block.parent)
        stands = block
    return fresh


def _new_events(fresh: Sequence[Block], events: Iterable[Event]) -> list[Event]:
    """The events of the new blocks; each must stand in the block that it names, after the one before it."""
    hashes = {block.number: block.hash for block in fresh}
    last = (-1, -1)
    news: list[Event] = []
    for event in events:
        place = event.position
        if place.block < fresh[0].number:
            continue
        if hashes.get(place.block) != place.block_hash or (place.block, place.log) <= last:
            raise GapError(event.digest, place.block, place.log, "it does not stand in the blocks given, in order")
        last = (place.block, place.log)
        news.append(event)
    return news


def _load(session: Session, news: Iterable[Event]) -> Working:
    ids: set[bytes] = set()
    joined: set[bytes] = set()
    superseded: set[bytes] = set()
    erased: set[bytes] = set()
    touched = participants.Touched()
    wanted = Wanted()
    for event in news:
        ids.add(declaration_of(event) or ZERO)
        superseded.add(superseded_by(event) or ZERO)
        if not isinstance(event, Recorded):
            continue
        if isinstance(event.record, Declaration):
            joined.add(event.record.consignment)
        elif isinstance(event.record, Erasure):
            erased.add(event.record.declaration)
        elif isinstance(event.record, RecognitionRecord):
            wanted.add(event.record)
        elif isinstance(event.record, ParticipantRecord):
            touched.add(event.record)
            if participants.is_succession(event.record):
                touched.keys.add(signer_of(event.digest, event.signature) or b"")
    if wanted.suspends:  # by a party, or by whoever has taken over from it
        touched.organisations |= {one.id for one in participants.load_administrations(session)}
    return Working(
        participants.load(session, touched),
        load_declarations(session, ids - {ZERO}),
        load_consignments(session, joined - {ZERO}),
        load_kinds(session, superseded - {ZERO}),
        load_commitments(session, erased),
        recognised=recognitions.load(session, wanted),
    )
