"""An outbox in memory, for tests of the submitter: as the store's, it survives the submitter that used it."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from ledger.domain.codes import Outcome
from ledger.domain.outbox import OutboxRecord, OutboxState, OutboxTransaction, TransactionState
from ledger.domain.wire import Digest


class MemoryOutbox:
    """Implements `ledger.domain.outbox.Outbox`."""

    def __init__(self):
        self.records: dict[Digest, OutboxRecord] = {}
        self.transactions: dict[bytes, OutboxTransaction] = {}
        self.holder: str | None = None

    def put(self, records: Sequence[OutboxRecord]) -> list[bool]:
        new = []
        for record in records:
            known = self.records.get(record.digest)
            again = known and (known.state is OutboxState.LOST or known.provisional)
            if known is None or again:
                self.records.pop(record.digest, None)
                self.records[record.digest] = record
            new.append(known is None)
        return new

    def get(self, digest: Digest) -> OutboxRecord | None:
        return self.records.get(digest)

    def waiting(self, limit: int) -> list[OutboxRecord]:
        return [record for record in self.records.values() if record.state is OutboxState.WAITING][:limit]

    def prepare(self, transaction: OutboxTransaction) -> None:
        if transaction.hash not in self.transactions:
            self.transactions[transaction.hash] = transaction
            self._move(transaction.digests, OutboxState.SENDING, transaction.hash)

    def prepared(self, relay: bytes) -> list[OutboxTransaction]:
        return self._of(relay, TransactionState.PREPARED)

    def mined(self, relay: bytes, *, from_nonce: int) -> list[OutboxTransaction]:
        return [one for one in self._of(relay, TransactionState.MINED) if one.nonce >= from_nonce]

    def set_transaction(self, transaction: bytes, state: TransactionState) -> None:
        kept = self.transactions[transaction]
        self.transactions[transaction] = replace(kept, state=state)
        if state is TransactionState.MINED:
            self._move(kept.digests, OutboxState.MINED, transaction)
            return
        mine = [digest for digest in kept.digests if self.records[digest].transaction == transaction]
        waits = state is TransactionState.ABANDONED
        self._move(mine, OutboxState.WAITING if waits else OutboxState.SENDING, None if waits else transaction)

    def refuse(self, outcomes: Sequence[tuple[Digest, Outcome, bool]]) -> None:
        for digest, outcome, provisional in outcomes:
            self._change(digest, state=OutboxState.REFUSED, outcome=outcome, provisional=provisional)

    def lose(self, digests: Collection[Digest]) -> None:
        self._move(digests, OutboxState.LOST, None)

    def next_nonce(self, relay: bytes) -> int:
        kept = [one for one in self.transactions.values() if one.relay == relay]
        return max((one.nonce + 1 for one in kept if one.state is not TransactionState.ABANDONED), default=0)

    def lease(self, relay: bytes, holder: str, seconds: float) -> bool:
        self.holder = self.holder or holder
        return self.holder == holder

    def release(self, relay: bytes, holder: str) -> None:
        if self.holder == holder:
            self.holder = None

    def states(self) -> list[OutboxState]:
        """The records' states, in the order in which they were put."""
        return [record.state for record in self.records.values()]

    def _of(self, relay: bytes, state: TransactionState) -> list[OutboxTransaction]:
        found = [one for one in self.transactions.values() if one.relay == relay and one.state is state]
        return sorted(found, key=lambda one: one.nonce)

    def _move(self, digests: Collection[Digest], state: OutboxState, transaction: bytes | None) -> None:
        for digest in digests:
            self._change(digest, state=state, transaction=transaction)

    def _change(self, digest: Digest, **values) -> None:
        self.records[digest] = replace(self.records[digest], **values)
