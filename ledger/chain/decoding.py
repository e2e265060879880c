"""Logs to events at speed: over 100,000 a second and core, where web3.py does some thousands.

A record's event is ``Name(bytes32 indexed digest, <two indexed subjects>, struct, bytes signature, bytes proof)``,
and the struct is static: its body is the first n words of the data, then come the two offsets.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ledger.chain.errors import AbiError
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.events import Block, Event, Position, Recorded, Refused
from ledger.domain.keccak import keccak256
from ledger.domain.participants import Founder
from ledger.domain.records import RECORDS, Record
from ledger.domain.wire import WORD, Digest, Wire, layout

_FORMATS: Final = {
    "uint8": "31xB",
    "uint16": "30xH",
    "uint32": "28xI",
    "uint40": "24xQ",
    "uint64": "24xQ",
    "address": "12x20s",
    "bytes2": "2s30x",
    "bytes32": "32s",
}
_U40_LIMIT: Final = 1 << 40
_TOPICS: Final = 4

SUBJECTS: Final = {kind: ("uint32" if kind >= RecordType.ADMISSION else "bytes32", "uint32") for kind in RecordType} | {
    RecordType.KEY_AUTHORISATION: ("uint32", "address"),
    RecordType.ARRANGEMENT_SUSPENSION: ("bytes32", "uint32"),
    RecordType.ASSISTANCE: ("bytes32", "uint32"),
}
"""Types of the two indexed subjects of each record's event."""


class RawLog(msgspec.Struct):
    """A log as nodes write it."""

    address: str
    topics: list[str]
    data: str
    blockNumber: str  # noqa: N815  JSON-RPC's spelling, here and below
    blockHash: str  # noqa: N815
    transactionHash: str  # noqa: N815
    logIndex: str  # noqa: N815
    removed: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to read one record type's event.

    A frozen dataclass sets its fields through `object.__setattr__`, which would be most of the work here; the slots'
    own setters take half the time. Everything else about the record stays as its class says.
    """

    kind: type[Record]
    setters: tuple[Callable[[Record, object], None], ...]
    words: struct.Struct  # the fields, then the offsets of signature and proof
    short: tuple[int, ...]  # positions of uint40, which the format reads as 64 bits

    def record(self, values: tuple[Any, ...]) -> Record:
        """The record of the event's values; the two offsets behind them are left over."""
        made: Record = object.__new__(self.kind)
        for set_field, value in zip(self.setters, values, strict=False):
            set_field(made, value)
        return made


def event_signature(record_type: RecordType) -> str:
    """The signature of a record type's event, from its dataclass."""
    record = RECORDS[record_type]
    body = ",".join(wire.name for _, wire in layout(record))
    return f"{record.__name__}(bytes32,{','.join(SUBJECTS[record_type])},({body}),bytes,bytes)"


REFUSED_SIGNATURE: Final = "Refused(bytes32,uint32,bytes32,uint8,uint8,bytes,bytes)"


FOUNDING_SIGNATURE: Final = "Founding(uint16,bytes2,address,address)"
"""Emitted once for each founding administration, by the constructor of ``Participants``."""


def topic(signature: str) -> str:
    """An event's first topic, as JSON-RPC writes it."""
    return f"0x{keccak256(signature.encode()).hex()}"


def _plan(record_type: RecordType) -> _Plan:
    record = RECORDS[record_type]
    fields: tuple[tuple[str, Wire], ...] = layout(record)
    return _Plan(
        kind=record,
        setters=tuple(getattr(record, name).__set__ for name, _ in fields),
        words=struct.Struct(">" + "".join(_FORMATS[wire.name] for _, wire in fields) + 2 * _FORMATS["uint64"]),
        short=tuple(at for at, (_, wire) in enumerate(fields) if wire.name == "uint40"),
    )


_PLANS: Final = {topic(event_signature(kind)): _plan(kind) for kind in RecordType}
REFUSED_TOPIC: Final = topic(REFUSED_SIGNATURE)
RECORDED_TOPICS: Final = frozenset(_PLANS)
FOUNDING_TOPIC: Final = topic(FOUNDING_SIGNATURE)
_FOUNDER: Final = struct.Struct(">2s30x12x20s12x20s")


def decode_founding(log: RawLog) -> Founder:
    """The founding administration of a ``Founding`` event.

    Raises:
        AbiError: the log is none.
    """
    try:
        country, first, second = _FOUNDER.unpack(bytes.fromhex(log.data[2:]))
        administration = int(log.topics[1], 16)
    except (ValueError, IndexError, struct.error):
        raise AbiError("a founding event is not what the contracts write") from None
    return Founder(administration, country, first, second)


def decode_log(log: RawLog, block: Block) -> Event:
    """The event of a log in a block.

    Raises:
        AbiError: the log is not what the contracts write. To skip it would be to claim a completeness that is none.
    """
    first = log.topics[0] if log.topics else ""
    plan = _PLANS.get(first)
    if plan is None and first != REFUSED_TOPIC:
        raise AbiError(f"the contracts have no event {first or 'without topics'}")
    if len(log.topics) != _TOPICS:
        raise AbiError(f"an event has {_TOPICS} topics, not {len(log.topics)}")
    try:
        data = bytes.fromhex(log.data[2:])
        digest = Digest(bytes.fromhex(log.topics[1][2:]))
        transaction = bytes.fromhex(log.transactionHash[2:])
        position = Position(block.number, block.hash, block.time, transaction, int(log.logIndex, 16))
    except ValueError:
        raise AbiError("a log has a field that is no hex") from None
    return _refused(digest, log, data, position) if plan is None else _recorded(plan, digest, data, position)


def _recorded(plan: _Plan, digest: Digest, data: bytes, position: Position) -> Recorded:
    words = plan.words
    if len(data) < words.size:
        raise AbiError(f"an event of {len(data)} bytes is too short for a {plan.kind.__name__}")
    values = words.unpack_from(data)
    if words.pack(*values) != data[: words.size] or any(values[at] >= _U40_LIMIT for at in plan.short):
        raise AbiError(f"a {plan.kind.__name__} in an event has bits outside its types")
    signature, proof = _bytes(data, values[-2]), _bytes(data, values[-1])
    return Recorded(digest, plan.record(values), signature, proof, position)


def _refused(digest: Digest, log: RawLog, data: bytes, position: Position) -> Refused:
    kind, outcome = _number(data, 0), _number(data, WORD)
    try:
        found, why = RecordType(kind), Outcome(outcome)
    except ValueError:
        raise AbiError(f"a refusal names type {kind} and outcome {outcome}") from None
    author, subject = int(log.topics[2], 16), bytes.fromhex(log.topics[3][2:])
    body, signature = (_bytes(data, _number(data, at * WORD)) for at in (2, 3))
    return Refused(digest, author, subject, found, why, body, signature, position)


def _bytes(data: bytes, at: int) -> bytes:
    start = at + WORD
    end = start + _number(data, at)
    if end > len(data) or start > len(data):
        raise AbiError("an event's bytes reach beyond its data")
    return data[start:end]


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + WORD], "big")
