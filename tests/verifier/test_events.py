import json
import secrets
from pathlib import Path

import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.abi import artifact
from passavant_verifier.codes import Outcome, RecordType
from passavant_verifier.events import (
    FOUNDING_TOPIC,
    REFUSED_TOPIC,
    TOPICS,
    Founding,
    LogError,
    Recorded,
    Refused,
    decode_log,
    signature_of,
    topic_of,
)
from passavant_verifier.keccak import keccak256
from passavant_verifier.records import FORMS

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/records.json").read_text())
CONTRACTS = ("Consignments", "Participants", "Recognitions")
WORD_7 = (7).to_bytes(32, "big")


def topics_of_abi() -> dict[str, bytes]:
    def kind(parameter):
        if parameter["type"] == "tuple":
            return f"({','.join(kind(part) for part in parameter['components'])})"
        return parameter["type"]

    entries = [entry for name in CONTRACTS for entry in artifact(name)["abi"]]
    events = {entry["name"]: entry["inputs"] for entry in entries if entry["type"] == "event"}
    return {
        name: keccak256(f"{name}({','.join(kind(parameter) for parameter in inputs)})".encode())
        for name, inputs in events.items()
    }


def test_the_topics_are_the_compilers():
    ours = {form.name: topic for topic, form in TOPICS.items()}
    ours |= {"Refused": REFUSED_TOPIC, "Founding": FOUNDING_TOPIC}
    theirs = topics_of_abi()
    del theirs["EIP712DomainChanged"]  # of ERC-5267's interface; nothing emits it
    assert theirs == ours


def body_of(form):
    return form.encode(**{field.name: 1 if field.numeric else b"\1" * field.size for field in form.fields})


def recorded(form, signature: bytes = b"\2" * 65, proof: bytes = b"") -> tuple[list[bytes], bytes]:
    body = body_of(form)
    tail = abi_encode(["bytes", "bytes"], [signature, proof])
    # The struct is static: its words come first, and the two offsets grow by their length.
    offsets = b"".join((int.from_bytes(tail[at : at + 32]) + len(body)).to_bytes(32, "big") for at in (0, 32))
    return [topic_of(form), b"\3" * 32, b"\4" * 32, WORD_7], body + offsets + tail[64:]


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize("proof", [b"", b"\5", b"\5" * 32, b"\5" * 97])
def test_an_event_of_each_type(form, proof):
    topics, data = recorded(form, proof=proof)
    event = decode_log(topics, data)
    assert isinstance(event, Recorded)
    assert event.record.form is form
    assert event.record.body == body_of(form)
    assert (event.digest, event.second, event.third) == (b"\3" * 32, b"\4" * 32, WORD_7)
    assert (event.signature, event.proof) == (b"\2" * 65, proof)


def test_the_text_of_an_event():
    assert signature_of(FORMS[RecordType.HOLD]) == (
        "Hold(bytes32,bytes32,uint32,(bytes32,bytes32,uint32,uint8,uint32,bytes32,uint40),bytes,bytes)"
    )


def refusal(code: int = 7, body: bytes | None = None) -> tuple[list[bytes], bytes]:
    body = body_of(FORMS[7]) if body is None else body
    data = abi_encode(["uint8", "uint8", "bytes", "bytes"], [code, 11, body, b"\2" * 65])
    return [REFUSED_TOPIC, b"\3" * 32, WORD_7, b"\4" * 32], data


def test_a_refusal():
    event = decode_log(*refusal())
    assert isinstance(event, Refused)
    assert (event.author, event.outcome, event.subject) == (7, Outcome.STALE_HEAD, b"\4" * 32)
    assert event.record.form.name == "Hold"


def test_a_founding():
    keys = secrets.token_bytes(20), secrets.token_bytes(20)
    data = abi_encode(["bytes2", "address", "address"], [b"CH", *keys])
    assert decode_log([FOUNDING_TOPIC, WORD_7], data) == Founding(7, b"CH", *keys)


def test_a_refusal_of_what_is_no_record():
    for topics, data in (refusal(code=99), refusal(body=b"short")):
        with pytest.raises(LogError, match="no record type"):
            decode_log(topics, data)


@pytest.mark.parametrize(
    ("topics", "data"),
    [
        ([], b""),
        ([b"\1" * 32], b""),
        ([b"\1" * 32] * 4, b""),
        ([FOUNDING_TOPIC, WORD_7], b""),
        ([FOUNDING_TOPIC, b"\1" * 32], abi_encode(["bytes2", "address", "address"], [b"CH", bytes(20), bytes(20)])),
        ([FOUNDING_TOPIC, WORD_7], b"CH" + bytes(30) + b"\1" * 64),
        ([REFUSED_TOPIC, b"\3" * 32, b"\4" * 32, WORD_7], refusal()[1]),
    ],
)
def test_what_is_no_event(topics, data):
    with pytest.raises(LogError):
        decode_log(topics, data)


@given(st.data())
def test_an_event_is_written_in_one_way_only(data):
    topics, written = recorded(FORMS[RecordType.GRANT], proof=b"\5" * 40)
    place = data.draw(st.integers(0, len(written) - 1))
    other = bytearray(written)
    other[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        event = decode_log(topics, bytes(other))
    except LogError:
        return
    assert isinstance(event, Recorded)
    assert (event.record.body, event.signature, event.proof) != (
        body_of(FORMS[RecordType.GRANT]),
        b"\2" * 65,
        b"\5" * 40,
    )


@given(st.binary(max_size=64))
def test_bytes_too_few_or_too_many(more):
    topics, written = recorded(FORMS[RecordType.GRANT])
    for data in (written[: len(written) - 1 - len(more)], written + b"\0" + more):
        with pytest.raises(LogError):
            decode_log(topics, data)
