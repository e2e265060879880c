"""The ordered log source: every block and event after a known block, in order, parent-checked, without a gap.

>>> for batch in LogSource(rpc, network).batches(after=store.cursor()):  # doctest: +SKIP
...     store.apply(batch)

What the source promises: blocks follow each other by number and parent hash, from `after` on; each event stands in one
of the batch's blocks, in the order of (block, log); a chunk whose logs and headers do not belong together (the chain
moved meanwhile) is asked for again. That no event is missing is proven by the heads, which the reader folds.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import msgspec

from ledger.chain.decoding import FOUNDING_TOPIC, RawLog, decode_log
from ledger.chain.errors import BadAnswer, Diverged, HistoryChanged, NodeError
from ledger.chain.finality import Finality
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed
from ledger.domain.events import Block, Event

Known = Callable[[int], bytes | None]
"""The 32-byte hash that the reader has kept of the block at a height; None when it keeps none."""

_LARGEST_SPAN: Final = 1_000


class _Header(msgspec.Struct):
    number: str
    hash: str
    parentHash: str  # noqa: N815  JSON-RPC's spelling
    timestamp: str


_FOUND: Final[Any] = _Header | None
_FOUNDING: Final = [FOUNDING_TOPIC]


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive blocks with their events.

    Attributes:
        blocks: at least one, each the parent of the next.
        events: of these blocks, in order.
        head: number of the node's newest block when the batch was read.
        final: number of the newest final block then.
    """

    blocks: tuple[Block, ...]
    events: tuple[Event, ...]
    head: int
    final: int


class _Moved(Exception):  # noqa: N818  never leaves this module
    """The chain moved while it was read."""


class LogSource:
    """Reads the contracts' events of a network.

    Args:
        rpc: a connection of its own.
        network: what to read; `Network.check` is the caller's.
        chunk: logs per request to aim at; the span of blocks adapts to it.
        attempts: how often a chunk is read in all, when the chain moves meanwhile.
        pause: seconds between these attempts.
    """

    def __init__(
        self, rpc: Rpc, network: Network, *, chunk: int = 2_000, attempts: int = 5, pause: float = 0.1
    ) -> None:
        self._rpc = rpc
        self._network = network
        self._finality = Finality.parse(network.finality)
        self._addresses = [hexed(address) for address in network.contracts]
        self._chunk = chunk
        self._attempts = attempts
        self._pause = pause
        self._span = 64

    def head(self) -> Block:
        """The node's newest block."""
        return self._block("latest")

    def final(self, head: int) -> int:
        """Number of the newest final block when the newest block is `head`."""
        return self._finality.final(self._rpc, head)

    def batches(self, after: Block | None, known: Known | None = None) -> Iterator[Batch]:
        """Every block after `after` (None: from the network's start block) up to the node's head, with its events.

        Ends at once when the node lags: its head is behind `after`, and `known` has the same hash for that height.

        Raises:
            HistoryChanged: the chain no longer has `after`, on a network of instant finality.
            Diverged: the same elsewhere; `ancestor` tells where to go on.
            BadAnswer: logs and blocks of the node do not belong together, again and again.
            AbiError: an event is not what the contracts write.
        """
        head = self.head()
        if after is not None and not self._stands(after, head, known):
            return
        first = self._network.start_block if after is None else after.number + 1
        while first <= head.number:
            last = min(first + self._span - 1, head.number)
            blocks, events = self._read(first, last, after)
            yield Batch(blocks, events, head.number, self.final(head.number))
            after, first = blocks[-1], blocks[-1].number + 1

    def ancestor(self, known: Known, below: Block, final: int = -1) -> Block | None:
        """The newest block that the node and the reader share, to roll back to; None when there is none.

        Args:
            known: the reader's hashes, without a gap up to `below`.
            below: the reader's newest block.
            final: number of the newest block that the reader has called final; -1: none.

        Raises:
            HistoryChanged: the ancestor is older than what was final, where that can't be.
        """
        low, high = self._network.start_block - 1, below.number
        while low < high:  # the chains agree at low, or low is before all; they may agree at high
            middle = (low + high + 1) // 2
            block = self._maybe(hex(middle))
            if block is not None and block.hash == known(middle):
                low = middle
            else:
                high = middle - 1
        if not self._finality.may_roll_back or (low < final and not self._finality.alarms_on_rollback):
            raise HistoryChanged(below.number, below.hash, self._hash(below.number))
        return self._block(hex(low)) if low >= self._network.start_block else None

    def _stands(self, after: Block, head: Block, known: Known | None) -> bool:
        """Whether there is anything to read after `after`; False when the node lags."""
        if head.number >= after.number:
            found = head.hash if head.number == after.number else self._hash(after.number)
            if found != after.hash:
                raise self._diverged(after, found)
            return head.number > after.number
        expected = known(head.number) if known else None
        if self._finality.alarms_on_rollback or expected not in {None, head.hash}:
            raise self._diverged(after, None)
        return False

    def _diverged(self, after: Block, found: bytes | None) -> Diverged:
        kind = Diverged if self._finality.may_roll_back else HistoryChanged
        return kind(after.number, after.hash, found)

    def _read(self, first: int, last: int, after: Block | None) -> tuple[tuple[Block, ...], tuple[Event, ...]]:
        for attempt in range(self._attempts):
            if attempt:
                time.sleep(self._pause)
            try:
                blocks = self._blocks(first, last, after)
                events = self._events(blocks)
            except _Moved:
                continue
            except NodeError:  # mostly that the range has too many logs
                if first == last:
                    raise
                last = first + (last - first) // 2
                self._span = last - first + 1
            else:
                self._adapt(len(blocks), len(events))
                return blocks, events
        raise BadAnswer("eth_getLogs", f"logs and blocks {first} to {last} do not belong together")

    def _blocks(self, first: int, last: int, after: Block | None) -> tuple[Block, ...]:
        calls = [("eth_getBlockByNumber", (hex(number), False)) for number in range(first, last + 1)]
        headers: list[_Header | NodeError | None] = self._rpc.batch(calls, shape=_FOUND)
        blocks: list[Block] = []
        parent = after.hash if after else None
        for number, header in enumerate(headers, first):
            if isinstance(header, NodeError):
                raise header
            block = _block_of(header) if header is not None else None
            if block is None or block.number != number:
                raise _Moved
            if parent is not None and block.parent != parent:
                if after is not None and not blocks:
                    raise self._diverged(after, block.parent)
                raise _Moved
            blocks.append(block)
            parent = block.hash
        return tuple(blocks)

    def _events(self, blocks: tuple[Block, ...]) -> tuple[Event, ...]:
        wanted = {
            "fromBlock": hex(blocks[0].number),
            "toBlock": hex(blocks[-1].number),
            "address": self._addresses,
        }
        logs = self._rpc.typed(list[RawLog], "eth_getLogs", wanted)
        by_hash = {hexed(block.hash): block for block in blocks}
        events = tuple(decode_log(log, self._home(log, by_hash)) for log in logs if log.topics[:1] != _FOUNDING)
        places = [(event.position.block, event.position.log) for event in events]
        if any(here >= there for here, there in pairwise(places)):
            raise _Moved  # an event twice, or out of order
        return events

    def _home(self, log: RawLog, by_hash: dict[str, Block]) -> Block:
        block = by_hash.get(log.blockHash)
        if block is None or log.removed or int(log.blockNumber, 16) != block.number:
            raise _Moved
        if log.address.lower() not in self._addresses:
            raise BadAnswer("eth_getLogs", f"a log of {log.address} was not asked for")
        return block

    def _adapt(self, blocks: int, events: int) -> None:
        if events > self._chunk:
            self._span = max(blocks * self._chunk // events, 1)
        elif 2 * events < self._chunk and blocks >= self._span:
            self._span = min(2 * self._span, _LARGEST_SPAN)

    def _hash(self, number: int) -> bytes | None:
        block = self._maybe(hex(number))
        return block.hash if block else None

    def _block(self, at: str) -> Block:
        block = self._maybe(at)
        if block is None:
            raise BadAnswer("eth_getBlockByNumber", f"the node has no block {at}")
        return block

    def _maybe(self, at: str) -> Block | None:
        header: _Header | None = self._rpc.typed(_FOUND, "eth_getBlockByNumber", at, False)  # noqa: FBT003  JSON-RPC
        return _block_of(header) if header is not None else None


def _block_of(header: _Header) -> Block:
    return Block(
        as_int(header.number),
        as_bytes(header.hash),
        as_bytes(header.parentHash),
        as_int(header.timestamp),
    )
