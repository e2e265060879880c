from dataclasses import dataclass, fields

import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.records import RECORDS, Declaration, Grant, Hold
from ledger.domain.wire import WORD, Bytes2, WireError, camel, decode, encode, fields_of, layout, type_string
from tests.domain.builders import declaration
from tests.domain.strategies import records


@given(records())
def test_a_body_is_the_abi_encoding_of_its_fields(record):
    types = [wire.name for _, wire in layout(type(record))]
    values = [getattr(record, field.name) for field in fields(record)]
    assert encode(record) == abi_encode(types, values)


@given(records())
def test_decoding_gives_back_what_was_encoded(record):
    assert decode(type(record), encode(record)) == record


@given(st.sampled_from(list(RECORDS.values())), st.binary(max_size=20 * WORD))
def test_bytes_of_any_other_length_are_no_body(struct, body):
    if len(body) != WORD * len(layout(struct)):
        with pytest.raises(WireError, match="body: takes"):
            decode(struct, body)


@given(records(), st.data())
def test_a_word_with_bits_outside_its_type_is_refused_with_the_name_of_its_field(record, data):
    narrow = [(at, name, wire) for at, (name, wire) in enumerate(layout(type(record))) if wire.size < WORD]
    at, name, wire = data.draw(st.sampled_from(narrow))
    padding = range(WORD - wire.size) if wire.numeric else range(wire.size, WORD)
    body = bytearray(encode(record))
    body[at * WORD + data.draw(st.sampled_from(padding))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WireError, match="has bits outside") as refused:
        decode(type(record), bytes(body))
    assert (refused.value.struct, refused.value.field) == (type(record).__name__, name)


@pytest.mark.parametrize("leg", [-1, 256])
def test_a_number_outside_its_type_is_not_encoded(leg):
    with pytest.raises(WireError, match=r"Declaration\.leg: -?\d+ is outside uint8"):
        encode(declaration(leg=leg))


def test_bytes_of_another_length_are_not_encoded():
    with pytest.raises(WireError, match=r"Declaration\.schema: bytes32 takes 32 bytes, not 31"):
        encode(declaration(schema=bytes(31)))


def test_numbers_stand_right_and_bytes_stand_left_in_their_word():
    @dataclass
    class Place:
        country: Bytes2

    assert encode(Place(b"AA")) == b"AA" + bytes(30)
    assert encode(declaration(leg=3))[5 * WORD : 6 * WORD] == bytes(31) + b"\x03"


def test_a_type_string_names_struct_types_and_fields_as_wallets_show_them():
    assert type_string(Hold) == (
        "Hold(bytes32 declaration,bytes32 prev,uint32 agency,uint8 action,uint32 reason,"
        "bytes32 evidence,uint40 deadline)"
    )


def test_wire_names_are_camel_case():
    assert [camel("effective_at"), camel("leg")] == ["effectiveAt", "leg"]
    assert list(fields_of(Grant))[:4] == ["declarant", "agent", "serial", "representation"]


def test_a_layout_is_made_once():
    assert layout(Declaration) is layout(Declaration)
