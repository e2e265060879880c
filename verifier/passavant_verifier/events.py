"""The events of the contracts, read from logs.

    event = decode_log(topics, data)

Only the encoding that the contracts write is an event: whatever else stands in a log is a `LogError`, because an
event that can be written in two ways could be shown in two ways.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from passavant_verifier.codes import RecordType
from passavant_verifier.errors import VerifierError
from passavant_verifier.keccak import keccak256
from passavant_verifier.records import FORMS, WORD, Form, Record


class LogError(VerifierError):
    """A log that no event of the contracts can be."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that a contract took.

    Attributes:
        digest: the first topic, the record's digest as the log tells it.
        second: the second topic, 32 bytes.
        third: the third topic, 32 bytes.
        record: the struct.
        signature: its author's signature.
        proof: what proved it, by its type.
    """

    digest: bytes
    second: bytes
    third: bytes
    record: Record
    signature: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """An authentic record that was refused; its words may be anything.

    Attributes:
        digest: the record's digest as the log tells it.
        author: the organisation that signed.
        subject: the declaration, consignment or organisation of which it speaks, 32 bytes.
        outcome: why, a code of Outcome.
        record: the struct.
        signature: its author's signature.
    """

    digest: bytes
    author: int
    subject: bytes
    outcome: int
    record: Record
    signature: bytes


@dataclass(frozen=True, slots=True)
class Founding:
    """The constructor enrolled a founding administration."""

    administration: int
    country: bytes
    first_key: bytes
    second_key: bytes


Event = Recorded | Refused | Founding

_SUBJECTS: Final = {
    RecordType.DECLARATION: "bytes32,uint32",
    RecordType.ADMISSION: "uint32,uint32",
    RecordType.OPERATOR_STATUS: "uint32,uint32",
    RecordType.KEY_AUTHORISATION: "uint32,address",
    RecordType.ADMINISTRATION_SETTING: "uint32,uint32",
    RecordType.GRANT: "uint32,uint32",
    RecordType.ENCRYPTION_KEY: "uint32,uint32",
    RecordType.ARRANGEMENT: "uint32,uint32",
    RecordType.AEO_STATUS: "uint32,uint32",
}
"""Types of the second and third indexed parameter; the declaration's id and the author where nothing else is said."""


def signature_of(form: Form) -> str:
    """The text whose hash is the event's first topic."""
    subjects = _SUBJECTS.get(form.code, "bytes32,uint32")
    struct = ",".join(field.type for field in form.fields)
    return f"{form.name}(bytes32,{subjects},({struct}),bytes,bytes)"


def topic_of(form: Form) -> bytes:
    """The event's first topic, 32 bytes."""
    return keccak256(signature_of(form).encode())


REFUSED_TOPIC: Final = keccak256(b"Refused(bytes32,uint32,bytes32,uint8,uint8,bytes,bytes)")
FOUNDING_TOPIC: Final = keccak256(b"Founding(uint16,bytes2,address,address)")
TOPICS: Final[Mapping[bytes, Form]] = {topic_of(form): form for form in FORMS.values()}
"""The form that a first topic announces."""

_RECORDED_TOPICS: Final = 4
_FOUNDING_TOPICS: Final = 2


def decode_log(topics: Sequence[bytes], data: bytes) -> Event:
    """The event of a log.

    Raises:
        LogError: the log is no event of the contracts, or not written as they write it.
    """
    first = topics[0] if topics else b""
    if first == FOUNDING_TOPIC and len(topics) == _FOUNDING_TOPICS:
        return _founding(topics, data)
    if len(topics) != _RECORDED_TOPICS:
        raise LogError(f"{len(topics)} topics, the first {first.hex()}: no event of the contracts")
    if first == REFUSED_TOPIC:
        return _refused(topics, data)
    form = TOPICS.get(first)
    if form is None:
        raise LogError(f"the topic {first.hex()} is no event of the contracts")
    return _recorded(form, topics, data)


def _recorded(form: Form, topics: Sequence[bytes], data: bytes) -> Recorded:
    signature, proof = _tail(data, form.size)
    record = Record(form, data[: form.size])
    if not record.fits():
        raise LogError(f"a {form.name} with a value that does not fit its field")
    return Recorded(topics[1], topics[2], topics[3], record, signature, proof)


def _refused(topics: Sequence[bytes], data: bytes) -> Refused:
    body, signature = _tail(data, 2 * WORD)
    code, outcome = int.from_bytes(data[:WORD]), int.from_bytes(data[WORD : 2 * WORD])
    form = FORMS.get(code)
    if form is None or len(body) != form.size:
        raise LogError(f"a refusal of type {code} with a body of {len(body)} bytes: no record type")
    return Refused(topics[1], _narrow(topics[2], 32), topics[3], outcome, Record(form, body), signature)


def _founding(topics: Sequence[bytes], data: bytes) -> Founding:
    if len(data) != 3 * WORD or any(data[2:WORD]):
        raise LogError("a Founding that is not written as the contract writes it")
    administration = _narrow(topics[1], 16)
    keys = (data[WORD : 2 * WORD], data[2 * WORD :])
    if any(key[:12] != bytes(12) for key in keys):
        raise LogError("a Founding with a key that is no address")
    return Founding(administration, data[:2], keys[0][12:], keys[1][12:])


def _narrow(topic: bytes, bits: int) -> int:
    value = int.from_bytes(topic)
    if value >> bits:
        raise LogError(f"the topic {topic.hex()} does not fit {bits} bits")
    return value


def _tail(data: bytes, head: int) -> tuple[bytes, bytes]:
    """The two byte strings after a static head of that many bytes, in their canonical encoding."""
    start = head + 2 * WORD
    first = _bytes_at(data, start)
    second_at = start + WORD + _padded(len(first))
    second = _bytes_at(data, second_at)
    offsets = (int.from_bytes(data[head : head + WORD]), int.from_bytes(data[head + WORD : start]))
    end = second_at + WORD + _padded(len(second))
    padding = data[start + WORD + len(first) : second_at] + data[second_at + WORD + len(second) : end]
    if offsets != (start, second_at) or len(data) != end or any(padding):
        raise LogError("data that is not written as the contracts write it")
    return first, second


def _bytes_at(data: bytes, at: int) -> bytes:
    length = int.from_bytes(data[at : at + WORD])
    if at + WORD + length > len(data):
        raise LogError("data that ends too early")
    return data[at + WORD : at + WORD + length]


def _padded(length: int) -> int:
    return -(-length // WORD) * WORD
