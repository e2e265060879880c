import dataclasses

import msgspec
import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.decoding import (
    FOUNDING_TOPIC,
    REFUSED_TOPIC,
    RawLog,
    decode_founding,
    decode_log,
    event_signature,
    topic,
)
from ledger.chain.errors import AbiError
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.events import Block, Position, Recorded, Refused
from ledger.domain.participants import Founder
from ledger.domain.records import RECORDS, AdministrationSetting
from ledger.domain.wire import Digest, Head, Wire, encode, layout

BLOCK = Block(7, b"\1" * 32, b"\2" * 32, 1234)
DIGEST = Digest(b"\3" * 32)
HASH = b"\4" * 32


def value(wire: Wire):
    if wire.name.startswith("uint"):
        return st.integers(min_value=0, max_value=2 ** (8 * wire.size) - 1)
    return st.binary(min_size=wire.size, max_size=wire.size)


def records():
    structs = [st.builds(struct, **{name: value(wire) for name, wire in layout(struct)}) for struct in RECORDS.values()]
    return st.one_of(*structs)


def log_of(kind: str, data: bytes, topics: tuple[str, ...] = ("0x" + "00" * 32,) * 2) -> RawLog:
    return RawLog("0x", [kind, f"0x{DIGEST.hex()}", *topics], f"0x{data.hex()}", "0x7", "0x", f"0x{HASH.hex()}", "0x5")


def recorded_log(record, signature: bytes, proof: bytes) -> RawLog:
    types = f"({','.join(wire.name for _, wire in layout(type(record)))})"
    data = abi_encode(
        [types, "bytes", "bytes"], [[getattr(record, name) for name, _ in layout(type(record))], signature, proof]
    )
    return log_of(topic(event_signature(record.record_type)), data)


def hexed_addresses(record):
    """eth_abi takes addresses as text."""
    names = [name for name, wire in layout(type(record)) if wire.name == "address"]
    return dataclasses.replace(record, **{name: "0x" + getattr(record, name).hex() for name in names})


@given(records(), st.binary(max_size=70), st.binary(max_size=70))
def test_what_the_contracts_write_is_read(record, signature, proof):
    event = decode_log(recorded_log(hexed_addresses(record), signature, proof), BLOCK)
    assert event == Recorded(DIGEST, record, signature, proof, Position(7, b"\1" * 32, 1234, HASH, 5))


@given(st.sampled_from(RecordType), st.sampled_from(Outcome), st.binary(max_size=100), st.binary(max_size=70))
def test_a_refusal_is_read(kind, outcome, body, signature):
    data = abi_encode(["uint8", "uint8", "bytes", "bytes"], [kind, outcome, body, signature])
    event = decode_log(log_of(REFUSED_TOPIC, data, ("0x" + f"{70_000:064x}", "0x" + "09" * 32)), BLOCK)
    where = Position(7, b"\1" * 32, 1234, HASH, 5)
    assert event == Refused(DIGEST, 70_000, b"\x09" * 32, kind, outcome, body, signature, where)


def good() -> RawLog:
    record = AdministrationSetting(administration=1, org_head=Head(b"\1" * 32), backdating=5, deadline=6)
    return recorded_log(record, b"s" * 65, b"")


def with_word(log: RawLog, at: int, word: str) -> str:
    start = 2 + 64 * at
    return log.data[:start] + word + log.data[start + 64 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda log: {"topics": []},
        lambda log: {"topics": ["0x" + "00" * 32, *log.topics[1:]]},
        lambda log: {"topics": log.topics[:3]},
        lambda log: {"topics": [log.topics[0], "0xzz", *log.topics[2:]]},
        lambda log: {"data": "0x"},
        lambda log: {"data": log.data[:-64]},
        lambda log: {"data": log.data + "z"},
        lambda log: {"data": with_word(log, 0, "ff" * 32)},
        lambda log: {"data": with_word(log, 3, f"{2**40:064x}")},
        lambda log: {"data": with_word(log, 4, f"{2**200:064x}")},
        lambda log: {"data": with_word(log, 6, f"{2**200:064x}")},
        lambda log: {"logIndex": "x"},
        lambda log: {"transactionHash": "0xz"},
    ],
)
def test_a_log_that_the_contracts_never_write_is_refused(change):
    log = good()
    decode_log(log, BLOCK)
    with pytest.raises(AbiError):
        decode_log(msgspec.structs.replace(log, **change(log)), BLOCK)


def test_a_refusal_with_unknown_codes_is_refused():
    for codes in ((99, 4), (1, 99)):
        data = abi_encode(["uint8", "uint8", "bytes", "bytes"], [*codes, b"", b""])
        with pytest.raises(AbiError, match="99"):
            decode_log(log_of(REFUSED_TOPIC, data), BLOCK)


@given(st.binary(max_size=700))
def test_no_data_whatever_breaks_the_reader(data):
    for kind in (REFUSED_TOPIC, good().topics[0]):
        try:
            event = decode_log(log_of(kind, data), BLOCK)
        except AbiError:
            continue
        if isinstance(event, Recorded):
            assert data.startswith(encode(event.record))


def test_a_founder_is_read():
    data = abi_encode(["bytes2", "address", "address"], [b"GB", "0x" + "01" * 20, "0x" + "02" * 20])
    log = RawLog("0x", [FOUNDING_TOPIC, "0x" + f"{5:064x}"], f"0x{data.hex()}", "0x1", "0x", "0x", "0x0")
    assert decode_founding(log) == Founder(5, b"GB", b"\1" * 20, b"\2" * 20)
    for broken in ({"data": "0x12"}, {"data": "0xz"}, {"topics": [FOUNDING_TOPIC]}):
        with pytest.raises(AbiError):
            decode_founding(msgspec.structs.replace(log, **broken))
