"""Follows the chain into the index: one reader, ordered, parent-checked; a change of history is never passed over."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from ledger.chain.errors import Diverged, HistoryChanged
from ledger.chain.finality import Finality
from ledger.chain.logs import LogSource
from ledger.chain.network import Network
from ledger.client.prooftaking import ProofTaker
from ledger.client.sight import Sight
from ledger.domain.events import Block, Recorded
from ledger.domain.records import Erasure
from ledger.errors import PassavantError
from ledger.index.alarms import Alarms
from ledger.index.freshness import as_of
from ledger.index.indexer import Indexer
from ledger.index.store import Store

_log: Final = logging.getLogger(__name__)
_OBSERVE_EVERY: Final = 1.0
_POLL: Final = 0.05
_ERASE_EVERY: Final = 60.0
_ERASE_AGAIN: Final = 1.0
_LONGEST_BACKOFF: Final = 5.0


class Follower:
    """The one writer of the read model in this process."""

    def __init__(
        self,
        source: LogSource,
        store: Store,
        network: Network,
        proofs: ProofTaker | None = None,
        erase: Callable[[], bool] = lambda: True,
    ) -> None:
        """Follow a network's log source into a store.

        Args:
            source: of the network's logs.
            store: where to index them.
            network: which network.
            proofs: takes those of what becomes final.
            erase: destroys in the store what the index says was erased; whether that is done.
        """
        self._erase = erase
        self._erase_at = 0.0
        self.sight = Sight()
        self._source = source
        self._store = store
        self._indexer = Indexer(store)
        self._alarms = Alarms(store)
        self._network = network
        self._proofs = proofs
        self._woken = threading.Event()
        self._one = threading.Lock()
        self._observed = 0.0

    def wake(self) -> None:
        """Say that there may be a new block."""
        self._woken.set()

    def sync(self) -> None:
        """Read up to the node's head.

        Raises:
            ChainError: the node can't be read, or its history changed where it may not.
            PassavantError: what it gave does not fit together.
        """
        with self._one:
            try:
                self._catch_up()
            except HistoryChanged as error:
                self._alarms.sound("history", str(error))
                raise
            if time.monotonic() >= self._erase_at:
                self._obey()

    def run(self, stop: threading.Event) -> None:
        """Sync until `stop` is set; failures are noted in `sight`, and following goes on."""
        pause = _POLL
        while not stop.is_set():
            self._woken.clear()
            try:
                self.sync()
                pause = _POLL
            except PassavantError as error:
                pause = min(2 * pause, _LONGEST_BACKOFF)
                self._note(error)
            self._woken.wait(pause)

    def _obey(self) -> None:
        """Destroy what was erased: at once when an erasure was read, else now and then, for what others have read."""
        self._erase_at = time.monotonic() + _ERASE_EVERY
        try:
            if not self._erase():
                self._erase_at = time.monotonic() + _ERASE_AGAIN
        except PassavantError as error:
            _log.warning("what was erased can't be destroyed now: %s", error)
            self._alarms.sound("erasure", str(error))

    def cursor(self) -> Block | None:
        """The block that the index stands on."""
        return self._indexer.cursor()

    def _catch_up(self) -> None:
        try:
            self._read()
        except HistoryChanged:
            raise
        except Diverged as error:
            self._go_back(error)
            self._read()

    def _read(self) -> None:
        cursor = self._indexer.cursor()
        head = final = -1
        for batch in self._source.batches(cursor, self._known):
            self._indexer.apply(batch.blocks, batch.events)
            if any(isinstance(event, Recorded) and isinstance(event.record, Erasure) for event in batch.events):
                self._erase_at = 0.0
            head, final = batch.head, batch.final
        if head < 0:
            head = self._source.head().number
            final = self._source.final(head)
        self._see(head, final)
        if self._proofs:
            self._proofs.take(final)

    def _known(self, number: int) -> bytes | None:
        block = self._indexer.block(number)
        return block.hash if block else None

    def _go_back(self, error: Diverged) -> None:
        below = self._indexer.cursor()
        if below is None:
            raise error
        ancestor = self._source.ancestor(self._known, below, self._final())
        to_block = ancestor.number if ancestor else self._network.start_block - 1
        if to_block >= below.number:  # another process has gone back meanwhile
            return
        gone = self._indexer.rollback(to_block)
        text = f"blocks {to_block + 1} to {below.number} are gone, with {len(gone)} records"
        _log.warning("rolled back: %s", text)
        if Finality.parse(self._network.finality).alarms_on_rollback:
            self._alarms.sound("rollback", text)

    def _final(self) -> int:
        """Up to which block this store has called the chain final, also before this process began; -1: none."""
        with self._store.reading() as session:
            final = as_of(session).final
        return -1 if final is None else final

    def _see(self, head: int, final: int) -> None:
        now = time.time()
        moved = (head, final) != (self.sight.head, self.sight.final)
        self.sight = Sight(head, final, now)
        if moved or now - self._observed > _OBSERVE_EVERY:
            self._indexer.observe(node_head=head, final=final)
            self._observed = now

    def _note(self, error: PassavantError) -> None:
        if self.sight.failure != str(error):
            _log.warning("the chain can't be followed now: %s", error)
        self.sight = Sight(self.sight.head, self.sight.final, self.sight.seen_at, str(error))
