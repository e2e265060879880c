"""What the chain tells: blocks, and the events from which all state can be rebuilt."""

from dataclasses import dataclass

from ledger.domain.codes import Outcome, RecordType
from ledger.domain.records import Record
from ledger.domain.wire import Digest


@dataclass(frozen=True, slots=True)
class Block:
    """A block's place in its chain. Hashes are 32 bytes; `time` is its timestamp in seconds (UTC)."""

    number: int
    hash: bytes
    parent: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where an event stands: total order is (block, log)."""

    block: int
    block_hash: bytes
    time: int
    transaction: bytes
    log: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that the ledger took. The record's class name is the contract event's name."""

    digest: Digest
    record: Record
    signature: bytes
    proof: bytes
    position: Position


@dataclass(frozen=True, slots=True)
class Refused:
    """An authentic record that the ledger refused, and why. Never a status: the digest may be recorded elsewhere."""

    digest: Digest
    author: int
    subject: bytes
    record_type: RecordType
    outcome: Outcome
    body: bytes
    signature: bytes
    position: Position


Event = Recorded | Refused
