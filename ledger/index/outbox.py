"""The outbox in the store: implements `ledger.domain.outbox.Outbox` for several processes at once."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxRecord, OutboxState, OutboxTransaction, TransactionState
from ledger.domain.wire import WORD, Digest
from ledger.index.reading import CHUNK, Row
from ledger.index.sql import insert, upsert
from ledger.index.store import Lock, Store
from ledger.index.tables import leases, outbox_records, outbox_transactions

_RECORD: Final = (
    "SELECT digest, record_type, body, signature, proof, deadline, state, transaction_hash, outcome, provisional"
    " FROM outbox_records"
)
_TRANSACTION: Final = "SELECT hash, relay, nonce, raw, digests, state FROM outbox_transactions"


class StoreOutbox:
    """The outbox of a store."""

    def __init__(self, store: Store) -> None:
        """Keep it in a store."""
        self._store = store

    def put(self, records: Sequence[OutboxRecord]) -> list[bool]:
        """Keep records, once each by digest; per record whether it is new.

        A LOST or provisionally REFUSED one waits anew, with the signature and proof that come with it now.
        """
        given = {record.digest: record for record in reversed(records)}
        with self._store.writing(Lock.OUTBOX) as connection:
            known = {digest: _waits_anew(*rest) for digest, *rest in _standing(connection, given)}
            anew = [digest for digest, again in known.items() if again]
            for part in _parts(anew):
                connection.execute(delete(outbox_records).where(outbox_records.c.digest.in_(part)))
            ordered = dict.fromkeys(record.digest for record in records)
            insert(connection, outbox_records, [_row(given[one]) for one in ordered if known.get(one, True)])
        firsts = set(given) - set(known)
        return [_take(firsts, record.digest) for record in records]

    def get(self, digest: Digest) -> OutboxRecord | None:
        """The record of a digest, if it is kept."""
        with self._store.reading() as session:
            rows = session.rows(f"{_RECORD} WHERE digest = ?", digest)
        return _record(rows[0]) if rows else None

    def waiting(self, limit: int) -> list[OutboxRecord]:
        """The records that wait, in the order in which they came."""
        with self._store.reading() as session:
            rows = session.rows(f"{_RECORD} WHERE state = ? ORDER BY place LIMIT ?", int(OutboxState.WAITING), limit)
        return [_record(row) for row in rows]

    def prepare(self, transaction: OutboxTransaction) -> None:
        """Keep a transaction before it is sent; its records are SENDING from now on."""
        with self._store.writing(Lock.OUTBOX) as connection:
            if _digests(connection, transaction.hash) is not None:
                return
            insert(connection, outbox_transactions, [_transaction_row(transaction)])
            _move(connection, transaction.digests, OutboxState.SENDING, transaction.hash)

    def prepared(self, relay: bytes) -> list[OutboxTransaction]:
        """Transactions not yet mined, by nonce."""
        return self._transactions(relay, TransactionState.PREPARED, 0)

    def mined(self, relay: bytes, *, from_nonce: int) -> list[OutboxTransaction]:
        """Transactions believed mined from a nonce on, by nonce: a chain that came back shorter may have lost them."""
        return self._transactions(relay, TransactionState.MINED, from_nonce)

    def set_transaction(self, transaction: bytes, state: TransactionState) -> None:
        """MINED: its records are MINED. PREPARED: again SENDING. ABANDONED: its records wait again.

        A record that another transaction carries meanwhile stays with that one, unless this one was mined.
        """
        with self._store.writing(Lock.OUTBOX) as connection:
            digests = _digests(connection, transaction)
            if digests is None:
                return
            table = outbox_transactions
            connection.execute(update(table).where(table.c.hash == transaction).values(state=int(state)))
            if state is TransactionState.MINED:
                _move(connection, digests, OutboxState.MINED, transaction)
            elif state is TransactionState.PREPARED:
                again = _carried(transaction, OutboxState.MINED)
                connection.execute(again.values(state=int(OutboxState.SENDING)))
            else:
                back = _carried(transaction, OutboxState.SENDING, OutboxState.MINED)
                connection.execute(back.values(state=int(OutboxState.WAITING), transaction_hash=None))

    def refuse(self, outcomes: Sequence[tuple[Digest, Outcome, bool]]) -> None:
        """Note refusals of simulated calls: (digest, outcome, provisional)."""
        table = outbox_records
        with self._store.writing(Lock.OUTBOX) as connection:
            for digest, outcome, provisional in outcomes:
                values = {"state": int(OutboxState.REFUSED), "outcome": int(outcome), "provisional": provisional}
                connection.execute(
                    update(table).where(table.c.digest == digest).values(transaction_hash=None, **values)
                )

    def lose(self, digests: Collection[Digest]) -> None:
        """Note records whose deadline passed before they reached the chain."""
        with self._store.writing(Lock.OUTBOX) as connection:
            _move(connection, digests, OutboxState.LOST, None)

    def next_nonce(self, relay: bytes) -> int:
        """One more than the largest nonce kept for the relay that is not abandoned; 0 when there is none."""
        with self._store.reading() as session:
            sql = "SELECT max(nonce) FROM outbox_transactions WHERE relay = ? AND state <> ?"
            largest = session.rows(sql, relay, int(TransactionState.ABANDONED))[0][0]
        return 0 if largest is None else int(largest) + 1

    def lease(self, relay: bytes, holder: str, seconds: float) -> bool:
        """Take or renew the relay's lease: one serial writer per relay key. False while another holder has it."""
        now = self._store.clock()
        with self._store.writing(Lock.OUTBOX) as connection:
            taken = select(leases.c.holder).where(leases.c.relay == relay, leases.c.expires > now)
            if connection.scalar(taken) not in {None, holder}:
                return False
            upsert(connection, leases, [{"relay": relay, "holder": holder, "expires": now + seconds}])
        return True

    def release(self, relay: bytes, holder: str) -> None:
        """Give the lease back."""
        with self._store.writing(Lock.OUTBOX) as connection:
            connection.execute(delete(leases).where(leases.c.relay == relay, leases.c.holder == holder))

    def counts(self) -> dict[OutboxState, int]:
        """How many records stand where; for metrics and for a graceful stop."""
        with self._store.reading() as session:
            rows = session.rows("SELECT state, count(*) FROM outbox_records GROUP BY state")
        return {OutboxState(state): int(count) for state, count in rows}

    def _transactions(self, relay: bytes, state: TransactionState, from_nonce: int) -> list[OutboxTransaction]:
        sql = f"{_TRANSACTION} WHERE relay = ? AND state = ? AND nonce >= ? ORDER BY nonce, hash"
        with self._store.reading() as session:
            return [_transaction(row) for row in session.rows(sql, relay, int(state), from_nonce)]


def _take(firsts: set[Digest], digest: Digest) -> bool:
    new = digest in firsts
    firsts.discard(digest)
    return new


def _waits_anew(state: int, provisional: bool) -> bool:  # noqa: FBT001 - a column's value
    return state == OutboxState.LOST or (state == OutboxState.REFUSED and bool(provisional))


def _parts(digests: Iterable[Digest]) -> Iterable[Sequence[Digest]]:
    listed = list(digests)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))


def _standing(connection: Connection, digests: Iterable[Digest]) -> Iterable[Any]:
    table = outbox_records
    for part in _parts(digests):
        found = select(table.c.digest, table.c.state, table.c.provisional).where(table.c.digest.in_(part))
        yield from connection.execute(found)


def _move(connection: Connection, digests: Iterable[Digest], state: OutboxState, transaction: bytes | None) -> None:
    table = outbox_records
    values = {"state": int(state), "transaction_hash": transaction, "outcome": None, "provisional": False}
    for part in _parts(digests):
        connection.execute(update(table).where(table.c.digest.in_(part)).values(values))


def _carried(transaction: bytes, *states: OutboxState) -> Any:
    table = outbox_records
    return update(table).where(table.c.transaction_hash == transaction, table.c.state.in_([int(one) for one in states]))


def _digests(connection: Connection, transaction: bytes) -> list[Digest] | None:
    table = outbox_transactions
    joined = connection.scalar(select(table.c.digests).where(table.c.hash == transaction))
    return None if joined is None else _split(joined)


def _split(joined: bytes) -> list[Digest]:
    return [Digest(joined[start : start + WORD]) for start in range(0, len(joined), WORD)]


def _row(record: OutboxRecord) -> dict[str, Any]:
    return {
        "digest": record.digest,
        "record_type": int(record.record_type),
        "body": record.body,
        "signature": record.signature,
        "proof": record.proof,
        "deadline": record.deadline,
        "state": int(OutboxState.WAITING),
        "transaction_hash": None,
        "outcome": None,
        "provisional": False,
    }


def _record(row: Row) -> OutboxRecord:
    digest, kind, body, signature, proof, deadline, state, transaction, outcome, provisional = row
    return OutboxRecord(
        digest=Digest(digest),
        record_type=RecordType(kind),
        body=body,
        signature=signature,
        proof=proof,
        deadline=deadline,
        state=OutboxState(state),
        transaction=transaction,
        outcome=None if outcome is None else Outcome(outcome),
        provisional=bool(provisional),
    )


def _transaction_row(transaction: OutboxTransaction) -> dict[str, Any]:
    return {
        "hash": transaction.hash,
        "relay": transaction.relay,
        "nonce": transaction.nonce,
        "raw": transaction.raw,
        "digests": b"".join(transaction.digests),
        "state": int(TransactionState.PREPARED),
    }


def _transaction(row: Row) -> OutboxTransaction:
    hash_, relay, nonce, raw, digests, state = row
    return OutboxTransaction(hash_, relay, nonce, raw, tuple(_split(digests)), TransactionState(state))
