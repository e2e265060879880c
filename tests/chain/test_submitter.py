"""The submitter against a node that misbehaves.

Invariants, whatever fails: a record that the chain takes is recorded exactly once; no record is in no state; what was
refused or lost says so; bytes that were kept are sent again, not others in their place, until they are settled.
"""

import contextlib
import threading
from dataclasses import replace

import pytest

from ledger.chain.errors import NodeError, NodeUnreachable, TransactionRefused
from ledger.chain.flights import FOREIGN
from ledger.chain.groups import Limits
from ledger.chain.rpc import Rpc
from ledger.chain.signers import LocalSigner
from ledger.chain.steps import STEPS
from ledger.chain.submitter import Submitter, SubmitterSettings
from ledger.chain.transactions import Fees, Transaction, sign_transaction
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxRecord, OutboxState, TransactionState
from ledger.domain.wire import Digest
from tests.chain.anvils import wait_for
from tests.chain.conftest import network_of
from tests.fakes.node import Failure, Unanswered, data_of, digest_of_entry, lose, nonce_of, null
from tests.fakes.outbox import MemoryOutbox

RELAY = LocalSigner(b"\x11" * 32)
NOW = SubmitterSettings(miner="evm_mine", grace=0.0, resend_after=0.0, idle=0.01, poll=0.001, backoff=0.001)


class Crash(BaseException):
    """The process dies here."""


def record(number: int, kind: RecordType = RecordType.DECLARATION) -> OutboxRecord:
    body = number.to_bytes(32, "big")
    digest = Digest(digest_of_entry(kind, body))
    return OutboxRecord(digest, kind, body, b"s" * 65, b"", deadline=10**10)


class Desk:
    """An outbox, and submitters that come and go."""

    def __init__(self, node):
        self.node = node
        self.chain = node.chain
        self.outbox = MemoryOutbox()

    def submitter(self, settings: SubmitterSettings = NOW, finality: str = "embedded", **more) -> Submitter:
        self.outbox.holder = None  # the lease of one that has crashed has run out
        rpc = Rpc(self.node.url, pause=0.001, timeout=5)
        return Submitter(rpc, network_of(finality), self.outbox, RELAY, settings, **more)

    def put(self, count: int, start: int = 0) -> list[OutboxRecord]:
        records = [record(start + number) for number in range(count)]
        self.outbox.put(records)
        return records

    def states(self) -> set[OutboxState]:
        return set(self.outbox.states())

    def all_recorded_once(self) -> bool:
        times = self.chain.recorded()
        return self.states() == {OutboxState.MINED} and all(times.get(d) == 1 for d in self.outbox.records)


@pytest.fixture
def desk(node):
    return Desk(node)


@contextlib.contextmanager
def running(submitter: Submitter):
    """The submitter as a thread, told to stop at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=submitter.run, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    submitter.wake()
    thread.join(timeout=10)
    assert not thread.is_alive()


def pump(submitter: Submitter, cycles: int = 50) -> None:
    """Pump until nothing moves; failures of the node end a cycle, as in `run`."""
    for _ in range(cycles):
        try:
            if not submitter.pump():
                return
        except (NodeError, NodeUnreachable, TransactionRefused):
            continue


def test_what_waits_goes_into_one_transaction(desk):
    desk.put(5)
    submitter = desk.submitter()
    assert submitter.pump()
    assert not submitter.pump()
    assert desk.all_recorded_once()
    assert submitter.counters.prepared == submitter.counters.mined == 1
    assert (submitter.counters.records_mined, submitter.counters.simulated) == (5, 5)


def test_a_group_keeps_to_the_limits(desk):
    desk.put(5)
    submitter = desk.submitter(replace(NOW, limits=Limits(records=2)))
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.mined == 3


def test_without_the_lease_nothing_is_done(desk):
    desk.put(1)
    submitter = desk.submitter()
    desk.outbox.holder = "another"
    assert not submitter.pump()
    assert desk.states() == {OutboxState.WAITING}
    assert desk.node.calls == []
    desk.outbox.holder = None
    pump(submitter)
    assert desk.outbox.holder is not None
    submitter.release()
    assert desk.outbox.holder is None
    assert desk.all_recorded_once()


def test_refused_ones_are_taken_out_with_their_reason(desk):
    ones = desk.put(6)
    verdicts = {
        ones[1].body: Outcome.STALE_HEAD,
        ones[2].body: Outcome.MALFORMED,
        ones[3].body: Outcome.EXPIRED,
        ones[4].body: Outcome.ORGANISATION_NOT_ACTIVE,
    }
    desk.chain.verdict = lambda kind, body: verdicts.get(body, Outcome.RECORDED)
    submitter = desk.submitter()
    pump(submitter)
    stale, malformed, expired, inactive = (desk.outbox.records[one.digest] for one in ones[1:5])
    assert (stale.state, stale.outcome, stale.provisional) == (OutboxState.REFUSED, Outcome.STALE_HEAD, False)
    assert (malformed.outcome, malformed.provisional) == (Outcome.MALFORMED, False)
    assert expired.state is OutboxState.LOST
    assert (inactive.outcome, inactive.provisional) == (Outcome.ORGANISATION_NOT_ACTIVE, True)
    assert set(desk.chain.recorded()) == {ones[0].digest, ones[5].digest}
    assert (submitter.counters.refused, submitter.counters.lost) == (3, 1)


def test_a_stale_head_is_provisional_where_a_block_is_not_final_at_once(desk):
    (one,) = desk.put(1)
    desk.chain.verdict = lambda kind, body: Outcome.STALE_HEAD
    pump(desk.submitter(finality="depth:5"))
    assert desk.outbox.records[one.digest].provisional
    desk.chain.verdict = lambda kind, body: Outcome.RECORDED
    desk.outbox.put([one])
    pump(desk.submitter(finality="depth:5"))
    assert desk.all_recorded_once()


def test_a_group_of_refused_ones_tells_each_ones_reason(desk):
    ones = desk.put(3)
    reasons = {ones[0].body: Outcome.STALE_HEAD, ones[1].body: Outcome.NOT_AUTHENTIC, ones[2].body: Outcome.KEY_PURPOSE}
    desk.chain.verdict = lambda kind, body: reasons[body]
    pump(desk.submitter())
    assert [r.outcome for r in desk.outbox.records.values()] == list(reasons.values())
    assert desk.chain.pool == []


def recorded_by_another(desk, ones) -> bytes:
    """Another relay's transaction, mined."""
    from ledger.chain.abi import record_call

    raw = sign_transaction(Transaction(31337, desk.chain.nonce(), b"\3" * 20, record_call(ones), 1), RELAY).raw
    desk.chain.pool.append(raw)
    desk.chain.mine()
    return raw


def test_what_another_has_recorded_is_mined(desk):
    ones = desk.put(2)
    recorded_by_another(desk, ones)
    submitter = desk.submitter()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.already == 2
    assert submitter.counters.prepared == 0


def test_what_came_after_it_was_recorded_by_another_is_mined_too(desk):
    ones = [record(1), record(2)]
    recorded_by_another(desk, ones)
    submitter = desk.submitter()
    for one in ones:
        desk.outbox.put([one])
        pump(submitter)
    assert desk.all_recorded_once()
    assert len(desk.outbox.mined(FOREIGN, from_nonce=0)) == 2


def test_anothers_transaction_in_a_block_that_is_gone_is_recorded_again(desk):
    ones = desk.put(2)
    recorded_by_another(desk, ones)
    pump(desk.submitter())
    desk.chain.truncate(0, salt=1)
    submitter = desk.submitter()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.shortened == 1


def test_already_recorded_in_no_block_yet_waits(desk):
    ones = desk.put(1)
    recorded_by_another(desk, ones)
    desk.node.fail("eth_getLogs", lambda logs: [])
    submitter = desk.submitter()
    assert not submitter.pump()
    assert desk.states() == {OutboxState.WAITING}
    pump(submitter)
    assert desk.all_recorded_once()


def test_already_recorded_on_a_node_that_does_not_search(desk):
    ones = desk.put(1)
    recorded_by_another(desk, ones)
    desk.node.fail("eth_getLogs", Failure(-32005, "range too large"))
    pump(desk.submitter())
    kept = desk.outbox.records[ones[0].digest]
    assert (kept.state, kept.outcome) == (OutboxState.REFUSED, Outcome.ALREADY_RECORDED)


@pytest.mark.parametrize("fees", [Fees(), Fees(legacy=True), Fees(7, 2)])
@pytest.mark.parametrize("at", [step for step in STEPS if step != "accepted"])
def test_a_crash_at_each_step_loses_nothing_and_repeats_nothing(desk, at, fees):
    def crash(step):
        if step == at:
            raise Crash

    desk.put(3)
    with pytest.raises(Crash):
        desk.submitter(replace(NOW, fees=fees), step=crash).pump()
    kept = [transaction.raw for transaction in desk.outbox.transactions.values()]
    pump(desk.submitter(replace(NOW, fees=fees)))
    assert desk.all_recorded_once()
    assert kept in ([], [transaction.raw for transaction in desk.outbox.transactions.values()])


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("eth_sendRawTransaction", lose),
        ("eth_sendRawTransaction", Unanswered()),
        ("eth_sendRawTransaction", Failure(-32000, "internal error")),
        ("evm_mine", lose),
        ("evm_mine", Unanswered()),
        ("eth_getTransactionReceipt", Failure(-32000, "internal error")),
        ("eth_getTransactionReceipt", lose),
        ("eth_call", Failure(-32005, "too many requests")),
        ("eth_call", lose),
        ("eth_getBlockByNumber", Failure(-32005, "too many requests")),
        ("eth_getTransactionCount", Failure(-32005, "too many requests")),
    ],
)
def test_a_swallowed_answer_or_a_fault_of_the_node_changes_nothing(desk, method, fault):
    desk.put(3)
    desk.node.fail(method, fault)
    submitter = desk.submitter(replace(NOW, grace=60.0))
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.abandoned == 0


def test_receipts_that_are_null_prove_nothing(desk):
    desk.put(3)
    desk.node.fail("eth_getTransactionReceipt", null, null, null, null)
    submitter = desk.submitter(replace(NOW, grace=60.0))
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.prepared == submitter.counters.mined == 1


def test_a_nonce_used_by_another_transaction(desk):
    """A receipt that never comes, for a used nonce: the records wait again, and nothing is recorded twice."""
    desk.put(2)

    def usurp(step):
        if step == "prepared" and not desk.chain.mined:
            recorded_by_another(desk, [record(99)])

    submitter = desk.submitter(step=usurp)
    pump(submitter)
    assert desk.chain.recorded()[record(99).digest] == 1
    assert desk.all_recorded_once()
    assert submitter.counters.abandoned == 1


def test_a_receipt_that_is_never_shown(desk):
    """Given up although it was mined: its records are found recorded, and it is mined after all."""
    desk.put(2)
    desk.node.fail("eth_getTransactionReceipt", *[null] * 2)
    submitter = desk.submitter()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.abandoned == 1
    assert [t.state for t in desk.outbox.transactions.values()] == [TransactionState.MINED]


def test_a_transaction_that_was_mined_and_reverted(desk):
    desk.put(2)
    desk.chain.reverts = True
    submitter = desk.submitter()
    submitter.pump()
    assert desk.states() == {OutboxState.WAITING}
    desk.chain.reverts = False
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.reverted == 1


def test_a_chain_that_came_back_shorter(desk):
    submitter = desk.submitter()
    for start in (0, 10, 20):
        desk.put(2, start)
        pump(submitter)
    before = sorted(transaction.raw for transaction in desk.outbox.transactions.values())
    desk.chain.truncate(1, salt=1)
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.shortened == 1
    assert sorted(transaction.raw for transaction in desk.outbox.transactions.values()) == before


def test_a_reorganisation_that_takes_a_transaction_to_another_block_changes_nothing(desk):
    desk.put(2)
    submitter = desk.submitter(finality="depth:5")
    pump(submitter)
    (raw,) = [transaction.raw for transaction in desk.outbox.transactions.values()]
    desk.chain.truncate(0, salt=1)
    desk.chain.block()
    desk.chain.pool = [raw]
    desk.chain.mine()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.shortened == 0


def test_a_reorganisation_in_which_a_transaction_reverts(desk):
    desk.put(2)
    submitter = desk.submitter(finality="depth:5")
    pump(submitter)
    (raw,) = [transaction.raw for transaction in desk.outbox.transactions.values()]
    desk.chain.truncate(0, salt=1)
    desk.chain.pool, desk.chain.reverts = [raw], True
    desk.chain.mine()
    desk.chain.reverts = False
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.shortened == 1


@pytest.mark.parametrize("restart", [True, False])
def test_a_reorganisation_in_which_another_uses_the_nonce(desk, restart):
    desk.put(2)
    submitter = desk.submitter(finality="tag")
    pump(submitter)
    desk.chain.truncate(0, salt=1)
    recorded_by_another(desk, [record(99)])
    pump(desk.submitter(finality="tag") if restart else submitter)
    assert desk.all_recorded_once()


def test_what_another_had_recorded_in_a_block_that_is_gone_while_the_chain_went_on(desk):
    ones = desk.put(2)
    recorded_by_another(desk, ones)
    for finality in ("embedded", "depth:5"):
        submitter = desk.submitter(finality=finality)
        pump(submitter)
        desk.chain.truncate(0, salt=1 + desk.chain.salt)
        for _ in range(3):
            desk.chain.block()
        pump(submitter)
        assert desk.all_recorded_once()


def test_a_record_that_expired_while_the_chain_was_away_is_lost_not_dropped(desk):
    submitter = desk.submitter()
    old, new = desk.put(1)[0], None
    pump(submitter)
    desk.chain.truncate(0, salt=1)
    desk.chain.verdict = lambda kind, body: Outcome.EXPIRED if body == old.body else Outcome.RECORDED
    (new,) = desk.put(1, start=5)
    pump(submitter)
    assert desk.outbox.records[old.digest].state is OutboxState.LOST
    assert desk.outbox.records[new.digest].state is OutboxState.MINED


def test_what_stands_behind_a_missing_nonce_gives_its_records_back(desk):
    submitter = desk.submitter()
    desk.put(1)
    pump(submitter)
    desk.chain.reverts = True
    desk.put(1, start=10)
    submitter.pump()
    desk.chain.reverts = False
    pump(submitter)
    assert [t.nonce for t in desk.outbox.prepared(RELAY.address)] == []
    desk.chain.truncate(0, salt=1)  # nonces 0 and 2 were mined, 1 was reverted and given up
    pump(submitter)
    assert desk.all_recorded_once()


def test_a_stuck_transaction_is_sent_again(desk):
    desk.put(1)
    submitter = desk.submitter(replace(NOW, miner="none"))
    submitter.pump()
    desk.chain.pool.clear()  # the node forgot it
    submitter.pump()
    desk.chain.mine()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.prepared == 1
    assert submitter.counters.sent == 2


def test_a_stuck_transaction_is_not_sent_again_at_once(desk):
    desk.put(1)
    submitter = desk.submitter(replace(NOW, miner="none", resend_after=60.0))
    assert [submitter.pump() for _ in range(3)] == [True] * 3
    assert submitter.counters.sent == 1


def test_what_the_node_may_not_have_heard_is_sent_again_at_once(desk):
    desk.put(1)
    desk.node.fail("eth_sendRawTransaction", *[Failure(-32000, "internal error")] * 2)
    submitter = desk.submitter(replace(NOW, resend_after=3_600.0))
    pump(submitter)
    assert desk.all_recorded_once()
    assert (submitter.counters.sent, submitter.counters.prepared) == (3, 1)


PAYING = replace(NOW, miner="none", fees=Fees(100, 10), replace_after=0.0)


def price_of(raw: bytes) -> int:
    from tests.fakes.node import fields_of

    return int.from_bytes(fields_of(raw)[3], "big")


def test_a_stuck_transaction_that_pays_is_replaced_by_one_that_pays_more(desk):
    desk.put(2)
    submitter = desk.submitter(PAYING)
    submitter.pump()
    submitter.pump()
    submitter.pump()
    first, second, third = desk.chain.pool
    assert [nonce_of(raw) for raw in (first, second, third)] == [0, 0, 0]
    assert [price_of(raw) for raw in (first, second, third)] == [100, 113, 128]
    assert len({data_of(raw) for raw in (first, second, third)}) == 1
    desk.chain.pool = [third]
    desk.chain.mine()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.replaced == 2


@pytest.mark.parametrize("restart", [False, True])
def test_the_replaced_one_is_mined_after_all(desk, restart):
    desk.put(2)
    submitter = desk.submitter(PAYING)
    submitter.pump()
    submitter.pump()
    desk.chain.pool = desk.chain.pool[:1]
    desk.chain.mine()
    if restart:
        submitter = desk.submitter(PAYING)
    pump(submitter)
    assert desk.all_recorded_once()
    states = [transaction.state for transaction in desk.outbox.transactions.values()]
    assert states == [TransactionState.MINED, TransactionState.ABANDONED]


def test_the_replaced_one_is_mined_and_reverts(desk):
    desk.put(2)
    submitter = desk.submitter(PAYING)
    submitter.pump()
    submitter.pump()
    desk.chain.pool = desk.chain.pool[:1]
    desk.chain.reverts = True
    desk.chain.mine()
    desk.chain.reverts = False
    assert submitter.pump()
    submitter.pump()
    desk.chain.mine()
    pump(submitter)
    assert desk.all_recorded_once()


@pytest.mark.parametrize("settings", [replace(PAYING, highest_price=100), replace(PAYING, fees=Fees())])
def test_nothing_is_replaced_beyond_the_highest_price_or_without_fees(desk, settings):
    desk.put(1)
    submitter = desk.submitter(settings)
    for _ in range(3):
        submitter.pump()
    assert submitter.counters.prepared == 1


def test_a_transaction_that_no_node_takes_gives_its_records_back(desk):
    desk.put(8)
    desk.node.fail("eth_sendRawTransaction", Failure(-32000, "exceeds block gas limit"))
    submitter = desk.submitter()
    with pytest.raises(TransactionRefused, match="block gas limit"):
        submitter.pump()
    assert desk.states() == {OutboxState.WAITING}
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.mined == 2  # in smaller groups: of four, then of what is left


def test_no_money_stops_nothing_for_ever(desk):
    desk.put(8)
    desk.node.fail("eth_sendRawTransaction", Failure(-32000, "insufficient funds"))
    pump(desk.submitter())
    assert desk.all_recorded_once()


def test_one_poisoned_record_does_not_block_the_others(desk):
    ones = desk.put(4)

    def panic(kind, body):
        if body == ones[1].body:
            raise Failure(3, "execution reverted", "0x4e487b71")
        return Outcome.RECORDED

    desk.chain.verdict = panic
    pump(desk.submitter())
    kept = desk.outbox.records[ones[1].digest]
    assert (kept.state, kept.outcome, kept.provisional) == (OutboxState.REFUSED, Outcome.MALFORMED, True)
    assert sorted(desk.chain.recorded()) == sorted(one.digest for one in ones if one is not ones[1])


def test_a_group_that_fails_as_a_whole_only_is_halved(desk):
    desk.put(4)
    desk.node.fail("eth_call", Failure(3, "execution reverted", "0x"))
    submitter = desk.submitter()
    pump(submitter)
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter.counters.mined == 2


def test_a_group_that_runs_out_of_gas_is_halved_and_offers_more(desk):
    desk.put(4)
    desk.node.fail("eth_call", Failure(-32003, "EVM error OutOfGas"))
    submitter = desk.submitter()
    pump(submitter)
    assert desk.all_recorded_once()
    assert submitter._scale == 2


def test_the_thread_survives_whatever_happens_and_stops_when_told(desk):
    desk.node.fail("eth_getBlockByNumber", null, lambda block: block, Failure(-32000, "internal error"))
    broken = desk.outbox.waiting
    failures: list[int] = []

    def once(limit):
        if not failures:
            failures.append(limit)
            raise OSError("disk full")
        return broken(limit)

    desk.outbox.waiting = once
    submitter = desk.submitter(replace(NOW, idle=60.0))
    with running(submitter):
        wait_for(lambda: submitter.counters.cycles >= 4)
        desk.put(2)
        submitter.wake()
        wait_for(desk.all_recorded_once)
    assert submitter.counters.failures == 3
    assert "disk full" in submitter.counters.last_failure
    assert desk.outbox.holder is None


def test_the_thread_waits_for_a_network_that_mines_by_itself(desk):
    desk.put(2)
    with running(desk.submitter(replace(NOW, miner="none"))):
        wait_for(lambda: desk.chain.pool)
        desk.chain.mine()
        wait_for(desk.all_recorded_once)
