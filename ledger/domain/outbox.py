"""The outbox: what the submitter must not forget, and the port through which a store keeps it.

Invariants: a record is put once by digest; a transaction's raw bytes and nonce are kept before they are sent; at any
restart the same bytes are sent again; what becomes of a record is read from the chain's events, never from here,
unless it never reached the chain (refused when simulated, or lost).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Protocol

from ledger.domain.codes import Outcome, RecordType
from ledger.domain.wire import Digest


@unique
class OutboxState(IntEnum):
    """Where a record stands on its way to the chain."""

    WAITING = 1
    """Kept; not in a transaction."""
    SENDING = 2
    """In a transaction whose raw bytes are kept; sent or about to be."""
    MINED = 3
    """In a mined transaction; its event, or its Refused event, tells the rest."""
    REFUSED = 4
    """Refused by a simulated call, so that no event tells it; `outcome` says why."""
    LOST = 5
    """Its deadline passed before it reached the chain, or after a chain that came back shorter had dropped it."""


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """A signed record on its way. `deadline` in seconds (UTC); `provisional`: the refusal may not be the last word."""

    digest: Digest
    record_type: RecordType
    body: bytes
    signature: bytes
    proof: bytes
    deadline: int
    state: OutboxState = OutboxState.WAITING
    transaction: bytes | None = None
    outcome: Outcome | None = None
    provisional: bool = False


@unique
class TransactionState(IntEnum):
    """Where a transaction stands."""

    PREPARED = 1
    """Kept; maybe sent, maybe not: the same bytes may be sent again."""
    MINED = 2
    """In the chain as last seen."""
    ABANDONED = 3
    """Its nonce was used by another transaction, or it was given up; its records went back to waiting."""


@dataclass(frozen=True, slots=True)
class OutboxTransaction:
    """A signed transaction of the relay key, with the records that it carries, in order."""

    hash: bytes
    relay: bytes
    nonce: int
    raw: bytes
    digests: tuple[Digest, ...]
    state: TransactionState = TransactionState.PREPARED


class Outbox(Protocol):
    """The store's side of the outbox. Every method is one database transaction and is safe to repeat."""

    def put(self, records: Sequence[OutboxRecord]) -> list[bool]:
        """Keep records, once each by digest; tells which are new. A LOST or provisionally REFUSED one waits anew."""

    def get(self, digest: Digest) -> OutboxRecord | None:
        """The record of a digest, if it is kept."""

    def waiting(self, limit: int) -> list[OutboxRecord]:
        """The records that wait, in the order in which they came."""

    def prepare(self, transaction: OutboxTransaction) -> None:
        """Keep a transaction before it is sent; its records are SENDING from now on."""

    def prepared(self, relay: bytes) -> list[OutboxTransaction]:
        """Transactions not yet mined, by nonce."""

    def mined(self, relay: bytes, *, from_nonce: int) -> list[OutboxTransaction]:
        """Transactions believed mined from a nonce on, by nonce: a chain that came back shorter may have lost them."""

    def set_transaction(self, transaction: bytes, state: TransactionState) -> None:
        """MINED: its records are MINED. PREPARED: again SENDING. ABANDONED: its records wait again."""

    def refuse(self, outcomes: Sequence[tuple[Digest, Outcome, bool]]) -> None:
        """Note refusals of simulated calls: (digest, outcome, provisional)."""

    def lose(self, digests: Collection[Digest]) -> None:
        """Note records whose deadline passed before they reached the chain."""

    def next_nonce(self, relay: bytes) -> int:
        """One more than the largest nonce kept for the relay that is not abandoned; 0 when there is none."""

    def lease(self, relay: bytes, holder: str, seconds: float) -> bool:
        """Take or renew the relay's lease: one serial writer per relay key. False while another holder has it."""

    def release(self, relay: bytes, holder: str) -> None:
        """Give the lease back."""
