"""The outbox against a model in memory, and its rules one by one."""

import multiprocessing
from dataclasses import replace

import pytest

from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxRecord, OutboxState, OutboxTransaction, TransactionState
from ledger.domain.wire import Digest
from ledger.index.outbox import StoreOutbox
from ledger.index.store import Store
from tests.index.streams import hashed

RELAY = b"r" * 20


def record(number: int) -> OutboxRecord:
    digest = Digest(hashed(str(number).encode()))
    return OutboxRecord(digest, RecordType.DECISION, b"body", b"signature", b"", 1_000 + number)


def transaction(nonce: int, *records: OutboxRecord, raw: bytes = b"raw") -> OutboxTransaction:
    digests = tuple(one.digest for one in records)
    return OutboxTransaction(hashed(raw, bytes([nonce])), RELAY, nonce, raw, digests)


@pytest.fixture
def outbox(store):
    return StoreOutbox(store)


A, B, C = record(1), record(2), record(3)


def state(outbox, one):
    return outbox.get(one.digest).state


def test_records_are_put_once_and_wait_in_order(outbox):
    assert outbox.put([B, A, B]) == [True, True, False]
    assert outbox.put([A, C]) == [False, True]
    assert outbox.waiting(10) == [B, A, C]
    assert outbox.waiting(1) == [B]
    assert outbox.get(A.digest) == A
    assert outbox.get(Digest(bytes(32))) is None
    assert outbox.counts() == {OutboxState.WAITING: 3}
    assert outbox.put([]) == []


def test_the_way_of_a_transaction(outbox):
    outbox.put([A, B])
    sent = transaction(4, B, A)
    outbox.prepare(sent)
    outbox.prepare(sent)
    assert outbox.prepared(RELAY) == [sent]
    assert outbox.get(A.digest) == replace(A, state=OutboxState.SENDING, transaction=sent.hash)
    assert outbox.waiting(10) == []
    assert outbox.next_nonce(RELAY) == 5
    outbox.set_transaction(sent.hash, TransactionState.MINED)
    assert state(outbox, A) is OutboxState.MINED
    assert outbox.prepared(RELAY) == []
    assert outbox.mined(RELAY, from_nonce=4) == [replace(sent, state=TransactionState.MINED)]
    assert outbox.mined(RELAY, from_nonce=5) == []
    outbox.prepare(sent)
    assert state(outbox, A) is OutboxState.MINED


def test_a_mined_transaction_that_the_chain_lost_is_sent_again(outbox):
    outbox.put([A])
    sent = transaction(0, A)
    outbox.prepare(sent)
    outbox.set_transaction(sent.hash, TransactionState.MINED)
    outbox.set_transaction(sent.hash, TransactionState.PREPARED)
    assert state(outbox, A) is OutboxState.SENDING
    assert outbox.prepared(RELAY) == [sent]


@pytest.mark.parametrize("before", [TransactionState.PREPARED, TransactionState.MINED])
def test_an_abandoned_transactions_records_wait_again(outbox, before):
    outbox.put([A, B])
    sent = transaction(0, A)
    outbox.prepare(sent)
    outbox.set_transaction(sent.hash, before)
    outbox.set_transaction(sent.hash, TransactionState.ABANDONED)
    assert outbox.waiting(10) == [A, B]
    assert outbox.next_nonce(RELAY) == 0


def test_a_replaced_transactions_records_stay_with_the_replacement(outbox):
    outbox.put([A])
    first, second = transaction(0, A), transaction(0, A, raw=b"dearer")
    outbox.prepare(first)
    outbox.prepare(second)
    assert {one.hash for one in outbox.prepared(RELAY)} == {first.hash, second.hash}
    outbox.set_transaction(first.hash, TransactionState.ABANDONED)
    assert outbox.get(A.digest).transaction == second.hash
    outbox.set_transaction(first.hash, TransactionState.MINED)
    outbox.set_transaction(second.hash, TransactionState.ABANDONED)
    assert outbox.get(A.digest) == replace(A, state=OutboxState.MINED, transaction=first.hash)


def test_refusals_and_losses(outbox):
    outbox.put([A, B, C])
    outbox.refuse([(A.digest, Outcome.STALE_HEAD, True), (B.digest, Outcome.MALFORMED, False)])
    outbox.lose([C.digest])
    assert outbox.get(A.digest) == replace(A, state=OutboxState.REFUSED, outcome=Outcome.STALE_HEAD, provisional=True)
    assert state(outbox, C) is OutboxState.LOST
    again = [replace(one, signature=b"another") for one in (C, B, A)]
    assert outbox.put(again) == [False, False, False]
    assert outbox.waiting(10) == [again[0], again[2]]
    assert outbox.get(B.digest).outcome is Outcome.MALFORMED


def test_a_lost_record_that_was_mined_after_all(outbox):
    outbox.put([A])
    sent = transaction(0, A)
    outbox.prepare(sent)
    outbox.lose([A.digest])
    outbox.set_transaction(sent.hash, TransactionState.MINED)
    assert state(outbox, A) is OutboxState.MINED


def test_a_transaction_that_nobody_prepared_changes_nothing(outbox):
    outbox.put([A])
    outbox.set_transaction(b"x" * 32, TransactionState.MINED)
    assert outbox.waiting(10) == [A]


def test_one_holder_of_a_relay_at_a_time(url):
    now = [0.0]
    store = Store.open(url, clock=lambda: now[0])
    outbox = StoreOutbox(store)
    assert outbox.lease(RELAY, "one", 10)
    assert not outbox.lease(RELAY, "two", 10)
    assert outbox.lease(b"other" * 4, "two", 10)
    now[0] = 9
    assert outbox.lease(RELAY, "one", 10)
    now[0] = 19
    assert outbox.lease(RELAY, "two", 10)
    outbox.release(RELAY, "one")
    assert not outbox.lease(RELAY, "one", 10)
    outbox.release(RELAY, "two")
    assert outbox.lease(RELAY, "one", 10)
    store.close()


def writer(url: str, first: int, queue) -> None:
    store = Store.open(url)
    outbox = StoreOutbox(store)
    new = 0
    for number in range(first, first + 50):
        new += sum(outbox.put([record(number), record(number + 1)]))
    queue.put((new, outbox.lease(RELAY, str(first), 100)))
    store.close()


def test_two_processes_on_one_store(url):
    Store.open(url).close()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=writer, args=(url, first, queue)) for first in (0, 25, 50)]
    for process in processes:
        process.start()
    told = [queue.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert sum(new for new, _ in told) == 101
    assert sorted(leased for _, leased in told) == [False, False, True]
    store = Store.open(url)
    assert len(StoreOutbox(store).waiting(1_000)) == 101
    store.close()
