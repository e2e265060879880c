"""Transactions under way: what was sent when, what the receipts say, and records that others have recorded."""

import logging
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, Protocol

import msgspec

from ledger.chain.decoding import RECORDED_TOPICS
from ledger.chain.errors import NodeError
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, hexed
from ledger.chain.sending import Answer, send
from ledger.chain.steps import Observer
from ledger.chain.transactions import Fees
from ledger.domain.codes import Outcome
from ledger.domain.keccak import keccak256
from ledger.domain.outbox import Outbox, OutboxState, OutboxTransaction, TransactionState
from ledger.domain.wire import Digest

_log: Final = logging.getLogger(__name__)
_PART: Final = 100

FOREIGN: Final = bytes(20)
"""Stands for the relay of transactions of others that carried records of ours; their nonce is their block's number."""


class Tally(Protocol):
    """The counters that flights move."""

    sent: int
    mined: int
    records_mined: int
    reverted: int
    abandoned: int


class _Receipt(msgspec.Struct):
    status: str = "0x0"


_FOUND: Final[Any] = _Receipt | None


class _Seen(msgspec.Struct):
    topics: list[str]
    transactionHash: str  # noqa: N815  JSON-RPC's spelling
    blockNumber: str  # noqa: N815


class Flights:
    """The relay's transactions that are kept and not yet settled."""

    def __init__(self, rpc: Rpc, outbox: Outbox, relay: bytes, tally: Tally, step: Observer, grace: float) -> None:
        self._rpc = rpc
        self._outbox = outbox
        self._relay = relay
        self._tally = tally
        self._step = step
        self._grace = grace
        self._sent: dict[bytes, float] = {}
        self._first_sent: dict[bytes, float] = {}
        self._missing: dict[bytes, float] = {}
        self._former: dict[int, list[bytes]] = {}
        self.fees: Fees | None = None
        """What the last replacement offered, while it is under way."""
        self.under_way = False

    def recover(self, nonce: int) -> int:
        """Prepare again the transactions that the chain had and has no more; their number."""
        lost = self._outbox.mined(self._relay, from_nonce=nonce)
        for transaction in lost:
            self._outbox.set_transaction(transaction.hash, TransactionState.PREPARED)
            self._forget(transaction.hash)
        return len(lost)

    def recheck(self, nonce: int) -> int:
        """Ask again for the receipts of what was mined from a nonce on, after the chain's history has changed.

        What is gone is prepared again; what now stands there reverted gives its records back. Their number.
        """
        mined = self._outbox.mined(self._relay, from_nonce=nonce)
        changed = 0
        for transaction, receipt in zip(mined, self._receipts(mined), strict=True):
            if receipt is None:
                self._outbox.set_transaction(transaction.hash, TransactionState.PREPARED)
            elif not int(receipt.status, 16):
                self._abandon(transaction.hash, "reverted in another block than before")
            changed += receipt is None or not int(receipt.status, 16)
        return changed

    def settle(self, nonce: int) -> list[OutboxTransaction]:
        """Keep what the chain says of the transactions whose nonce it has used; those still under way, by nonce."""
        prepared = self._outbox.prepared(self._relay)
        used = [transaction for transaction in prepared if transaction.nonce < nonce]
        waiting = [self._waits(one, receipt) for one, receipt in zip(used, self._receipts(used), strict=True)]
        flying = [one for one, waits in zip(used, waiting, strict=True) if waits]
        flying += self._without_gap([one for one in prepared if one.nonce >= nonce], nonce)
        self.under_way = bool(flying)
        if not flying:
            self.fees = None
            self._former.clear()
        return flying

    def send(self, transaction: OutboxTransaction) -> tuple[Answer, str]:
        """Send the kept bytes; gives them up when the node never will take them."""
        now = time.monotonic()
        self._first_sent.setdefault(transaction.hash, now)
        self._tally.sent += 1
        answer, said = send(self._rpc, transaction.raw)
        self.under_way = True
        if answer is not Answer.UNKNOWN:  # else the node may never have heard of it: it is overdue at once
            self._sent[transaction.hash] = now
        if answer is Answer.REFUSED:
            self._abandon(transaction.hash, said)
        elif answer is not Answer.TAKEN:
            _log.info("transaction 0x%s, nonce %d: %s", transaction.hash.hex(), transaction.nonce, said)
        return answer, said

    def overdue(self, flying: Sequence[OutboxTransaction], after: float) -> Iterator[OutboxTransaction]:
        """Those that no node has acknowledged to this process, or not for some time."""
        for transaction in flying:
            sent = self._sent.get(transaction.hash)
            if sent is None or time.monotonic() - sent >= after:
                yield transaction

    def stuck(self, flying: Sequence[OutboxTransaction], after: float | None) -> Iterator[OutboxTransaction]:
        """Those that this process has first sent too long ago, so that they may be replaced."""
        for transaction in flying if after is not None else ():
            first = self._first_sent.get(transaction.hash)
            if first is not None and after is not None and time.monotonic() - first >= after:
                yield transaction

    def replaced(self, old: OutboxTransaction, fees: Fees) -> None:
        """Give up a transaction for one that will offer `fees`; it may yet be the one that is mined."""
        self.fees = fees
        self._former.setdefault(old.nonce, []).append(old.hash)
        self._abandon(old.hash, "replaced by one that offers more")

    def _receipts(self, transactions: Sequence[OutboxTransaction]) -> list[_Receipt | None]:
        calls = [("eth_getTransactionReceipt", (hexed(transaction.hash),)) for transaction in transactions]
        answers: list[_Receipt | NodeError | None] = self._rpc.batch(calls, shape=_FOUND)
        return [None if isinstance(answer, NodeError) else answer for answer in answers]

    def _waits(self, transaction: OutboxTransaction, receipt: _Receipt | None) -> bool:
        """Settle one transaction whose nonce is used; True while it can't be known."""
        if receipt is None:
            return self._waits_for_receipt(transaction)
        self._step("mined")
        if int(receipt.status, 16):
            self._note_mined(transaction.hash, len(transaction.digests))
        else:
            self._tally.reverted += 1
            self._abandon(transaction.hash, "mined, and reverted")
        self._step("settled")
        return False

    def _waits_for_receipt(self, transaction: OutboxTransaction) -> bool:
        if self._former_mined(transaction):
            return False
        since = self._missing.setdefault(transaction.hash, time.monotonic())
        if time.monotonic() - since < self._grace:
            return True
        self._abandon(transaction.hash, "its nonce was used by another transaction")
        return False

    def _former_mined(self, transaction: OutboxTransaction) -> bool:
        """Whether one that this transaction was to replace was mined instead."""
        former = self._former.get(transaction.nonce, [])
        for hash_ in former:
            receipt: _Receipt | None = self._rpc.typed(_FOUND, "eth_getTransactionReceipt", hexed(hash_))
            if receipt is not None:
                self._abandon(transaction.hash, "the one that it was to replace was mined")
                if int(receipt.status, 16):
                    self._note_mined(hash_, len(transaction.digests))
                return True
        return False

    def _without_gap(self, prepared: Sequence[OutboxTransaction], nonce: int) -> list[OutboxTransaction]:
        """Those that can be mined one after the other; what stands behind a gap gives its records back."""
        flying: list[OutboxTransaction] = []
        for transaction in prepared:
            if transaction.nonce <= nonce + len({one.nonce for one in flying}):
                flying.append(transaction)
            else:
                self._abandon(transaction.hash, "a nonce before it is missing")
        return flying

    def _note_mined(self, hash_: bytes, records: int) -> None:
        self._outbox.set_transaction(hash_, TransactionState.MINED)
        self._tally.mined += 1
        self._tally.records_mined += records
        self._forget(hash_)

    def _abandon(self, hash_: bytes, why: str) -> None:
        _log.warning("transaction 0x%s is given up, its records wait again: %s", hash_.hex(), why)
        self._outbox.set_transaction(hash_, TransactionState.ABANDONED)
        self._tally.abandoned += 1
        self._forget(hash_)

    def _forget(self, hash_: bytes) -> None:
        for times in (self._sent, self._first_sent, self._missing):
            times.pop(hash_, None)


class Foreign:
    """Records of ours that a transaction of somebody else's, or an abandoned one of ours, has brought to the chain."""

    def __init__(self, rpc: Rpc, outbox: Outbox, network: Network) -> None:
        self._rpc = rpc
        self._outbox = outbox
        self._network = network

    def settle(self, digests: Collection[Digest]) -> int:
        """Find the transactions that recorded them and keep those as mined; the number of records settled.

        A record whose event is in no block yet goes on waiting. On a node that won't search its logs, it is kept as
        refused because it is recorded already.
        """
        wanted = list(digests)
        settled = 0
        for start in range(0, len(wanted), _PART):
            part = wanted[start : start + _PART]
            try:
                settled += self._keep(self._search(part))
            except NodeError as error:
                _log.warning("the node does not search its logs: %s", error)
                self._outbox.refuse([(digest, Outcome.ALREADY_RECORDED, False) for digest in part])
                settled += len(part)
        return settled

    def recover(self, head: int) -> int:
        """Let the records of foreign transactions in blocks that are gone wait again; the transactions' number."""
        gone = self._outbox.mined(FOREIGN, from_nonce=head + 1)
        for transaction in gone:
            self._outbox.set_transaction(transaction.hash, TransactionState.ABANDONED)
        return len(gone)

    def _search(self, digests: Sequence[Digest]) -> list[_Seen]:
        wanted = {
            "fromBlock": hex(self._network.start_block),
            "toBlock": "latest",
            "address": [hexed(address) for address in self._network.contracts],
            "topics": [sorted(RECORDED_TOPICS), [hexed(digest) for digest in digests]],
        }
        return self._rpc.typed(list[_Seen], "eth_getLogs", wanted)

    def _keep(self, seen: Sequence[_Seen]) -> int:
        found: dict[tuple[int, bytes], list[Digest]] = {}
        for log in seen:
            place = (int(log.blockNumber, 16), bytes.fromhex(log.transactionHash[2:]))
            found.setdefault(place, []).append(Digest(bytes.fromhex(log.topics[1][2:])))
        for (block, hash_), digests in found.items():
            self._note(block, hash_, digests)
            if later := [digest for digest in digests if self._waits(digest)]:
                # The transaction is kept already, with other records: these came to the outbox after it was seen.
                self._note(block, keccak256(hash_, *later), later)
        return len(seen)

    def _note(self, block: int, hash_: bytes, digests: Sequence[Digest]) -> None:
        self._outbox.prepare(OutboxTransaction(hash_, FOREIGN, block, b"", tuple(digests)))
        self._outbox.set_transaction(hash_, TransactionState.MINED)

    def _waits(self, digest: Digest) -> bool:
        record = self._outbox.get(digest)
        return record is not None and record.state is OutboxState.WAITING
