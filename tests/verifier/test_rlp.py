import pytest
import rlp as reference
from hypothesis import given
from hypothesis import strategies as st

from passavant_verifier.rlp import RlpError, decode, decode_list, encode, encode_number, number_of, string_of

items = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=20), max_leaves=30)


@given(items)
def test_encodes_as_the_rlp_package_and_decodes_its_own(item):
    encoded = encode(item)
    assert encoded == reference.encode(item)
    assert decode(encoded) == item


@given(st.binary(max_size=60))
def test_whatever_is_decoded_is_the_one_encoding(data):
    try:
        item = decode(data)
    except RlpError:
        return
    assert encode(item) == data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("", "too early"),
        ("83aabb", "too early"),
        ("8105", "single byte"),
        ("b801aa", "shortest"),
        ("b90000", "leading zero"),
        ("b9ff", "too early"),
        ("f800", "leading zero"),
        ("c28100", "single byte"),
        ("8080", "left over"),
        ("c3c2c1", "too early"),
        ("ff" + "ff" * 8, "too early"),
    ],
)
def test_refuses_every_other_form(data, problem):
    with pytest.raises(RlpError, match=problem):
        decode(bytes.fromhex(data))


def test_refuses_to_nest_without_end():
    data = encode([])
    for _ in range(60):
        data = (
            encode([decode(data)]) if len(data) < 10 else bytes([0xC0 + len(data)]) + data if len(data) < 56 else data
        )
    with pytest.raises(RlpError, match="nests"):
        decode(data)


def test_numbers_and_strings():
    assert encode_number(0) == b"\x80"
    assert encode_number(1024) == b"\x82\x04\x00"
    assert number_of(b"\x04\x00") == 1024
    with pytest.raises(RlpError, match="leading zero"):
        number_of(b"\0\1")
    with pytest.raises(RlpError, match="a list"):
        string_of([])
    with pytest.raises(RlpError, match="a string"):
        decode_list(b"\x80")
