"""The outbox against a model in memory: whatever a submitter does, in whatever order, the two agree."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxRecord, OutboxState, OutboxTransaction, TransactionState
from ledger.domain.wire import Digest
from ledger.index.outbox import StoreOutbox
from ledger.index.store import Store
from tests.index.streams import hashed

RELAY = b"r" * 20
RECORDS = [
    OutboxRecord(Digest(hashed(bytes([number]))), RecordType.HOLD, b"b", b"s", b"", number) for number in range(5)
]
STORE = Store.open("sqlite://")
picks = st.lists(st.sampled_from(RECORDS), min_size=1, max_size=3, unique=True)


class Model:
    """The port's sentences, word for word, over two dictionaries; a dictionary's order is the waiting order."""

    def __init__(self) -> None:
        self.records: dict[bytes, OutboxRecord] = {}
        self.transactions: dict[bytes, OutboxTransaction] = {}

    def put(self, records):
        return [self._put(record) for record in records]

    def _put(self, record):
        kept = self.records.get(record.digest)
        if kept is None or kept.state is OutboxState.LOST or kept.provisional:
            self.records.pop(record.digest, None)
            self.records[record.digest] = record
        return kept is None

    def prepare(self, transaction):
        if transaction.hash not in self.transactions:
            self.transactions[transaction.hash] = transaction
            for digest in transaction.digests:
                self._set(digest, state=OutboxState.SENDING, transaction=transaction.hash)

    def set_transaction(self, name, state):
        self.transactions[name] = replace(self.transactions[name], state=state)
        for digest in self.transactions[name].digests:
            kept = self.records[digest]
            if state is TransactionState.MINED:
                self._set(digest, state=OutboxState.MINED, transaction=name)
            elif kept.transaction == name and kept.state in (OutboxState.SENDING, OutboxState.MINED):
                waits = state is TransactionState.ABANDONED
                to = OutboxState.WAITING if waits else OutboxState.SENDING
                self._set(digest, state=to, transaction=None if waits else name)

    def refuse(self, outcomes):
        for digest, outcome, provisional in outcomes:
            values = {"outcome": outcome, "provisional": provisional, "transaction": None}
            self._set(digest, state=OutboxState.REFUSED, **values)

    def lose(self, digests):
        for digest in digests:
            self._set(digest, state=OutboxState.LOST, transaction=None)

    def _set(self, digest, **values):
        if values["state"] is not OutboxState.REFUSED:
            values |= {"outcome": None, "provisional": False}
        self.records[digest] = replace(self.records[digest], **values)


class OutboxMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.store = STORE
        with self.store.writing() as connection:
            for table in ("outbox_records", "outbox_transactions"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        self.outbox, self.model = StoreOutbox(self.store), Model()
        self.nonce = 0

    @rule(records=st.lists(st.sampled_from(RECORDS), max_size=4))
    def put(self, records):
        assert self.outbox.put(records) == self.model.put(records)

    @rule(records=picks, data=st.data())
    def prepare(self, records, data):
        digests = tuple(one.digest for one in records if one.digest in self.model.records)
        self.nonce += data.draw(st.integers(0, 1))
        raw = bytes([len(self.model.transactions)])
        sent = OutboxTransaction(hashed(raw), RELAY, self.nonce, raw, digests)
        for box in (self.outbox, self.model, self.outbox):
            box.prepare(sent)

    @rule(state=st.sampled_from(TransactionState), data=st.data())
    def set_transaction(self, state, data):
        if self.model.transactions:
            name = data.draw(st.sampled_from(sorted(self.model.transactions)))
            for box in (self.outbox, self.model, self.outbox):
                box.set_transaction(name, state)

    @rule(records=picks, provisional=st.booleans())
    def refuse(self, records, provisional):
        known = [(one.digest, Outcome.STALE_HEAD, provisional) for one in records if one.digest in self.model.records]
        for box in (self.outbox, self.model):
            box.refuse(known)

    @rule(records=picks)
    def lose(self, records):
        known = [one.digest for one in records if one.digest in self.model.records]
        for box in (self.outbox, self.model):
            box.lose(known)

    @invariant()
    def they_agree(self):
        for record in RECORDS:
            assert self.outbox.get(record.digest) == self.model.records.get(record.digest)
        waiting = [one for one in self.model.records.values() if one.state is OutboxState.WAITING]
        assert self.outbox.waiting(9) == waiting
        known = self.model.transactions.values()
        for state, told in (
            (TransactionState.PREPARED, self.outbox.prepared(RELAY)),
            (TransactionState.MINED, self.outbox.mined(RELAY, from_nonce=1)),
        ):
            expected = [
                one for one in known if one.state is state and (one.nonce or state is TransactionState.PREPARED)
            ]
            assert sorted(told, key=lambda one: one.hash) == sorted(expected, key=lambda one: one.hash)
            assert [one.nonce for one in told] == sorted(one.nonce for one in told)
        nonces = [one.nonce for one in known if one.state is not TransactionState.ABANDONED]
        assert self.outbox.next_nonce(RELAY) == max(nonces, default=-1) + 1


OutboxMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestOutbox = OutboxMachine.TestCase
