import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passavant_verifier.canonical import (
    DEEPEST,
    GREATEST,
    Content,
    NotCanonicalError,
    read,
    read_cbor,
    read_json,
    to_cbor,
    to_json,
)
from passavant_verifier.errors import UnreadableError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(lambda text: not text.startswith("0x"))
scalars = st.one_of(st.none(), st.integers(0, GREATEST), st.binary(max_size=40), texts)
contents = st.dictionaries(
    texts,
    st.recursive(
        scalars,
        lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(texts, inner, max_size=5)),
        max_leaves=20,
    ),
    max_size=5,
)


@given(contents)
def test_both_forms_hold_the_same_content_in_one_spelling(content):
    assert read(to_json(content)) == content
    assert read(to_cbor(content)) == content


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_are_the_one_spelling(data):
    try:
        content = read(data)
    except UnreadableError:
        return
    assert data in (to_json(content), to_cbor(content))


def test_the_forms_byte_by_byte():
    content: Content = {"b": [1, b"\xab", None], "a": {"text": "é\n"}, "aa": 2**32}
    assert to_json(content) == '{"a":{"text":"é\\n"},"aa":4294967296,"b":[1,"0xab",null]}'.encode()
    assert to_cbor(content).hex() == (
        "a3" "6161" "a1" "6474657874" "63c3a90a" "6162" "83" "01" "41ab" "f6" "626161" "1b0000000100000000"
    )  # fmt: skip


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, GREATEST])
def test_numbers_in_their_shortest_form(number):
    assert read(to_cbor({"a": number})) == {"a": number}
    assert read(to_json({"a": number})) == {"a": number}


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1} ',
        ' {"a":1}',
        '{"a": 1}',
        '{"b":1,"a":2}',
        '{"\\u0061":1}',
        '{"a":"0xAB"}',
        '{"a":"\\u00e9"}',
        '{"a":"\\/"}',
    ],
)
def test_another_spelling_of_json_is_refused(text):
    with pytest.raises(UnreadableError):
        read(text.encode())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"{", "JSON"),
        (b'{"a":1.0}', "no integer"),
        (b'{"a":NaN}', "no integer"),
        (b'{"a":-1}', "2\\^53"),
        (b'{"a":9007199254740992}', "2\\^53"),
        (b'{"a":true}', "2\\^53"),
        (b'{"a":"0xZZ"}', "not hex"),
        (b'{"0xab":1}', "not hex"),
        (b'{"a":"0xa"}', "not hex"),
        (b'{"a":1,"a":2}', "stands twice"),
        (b'{"a":"\\ud800"}', "JSON"),
        (b'{"a":"\xff"}', "JSON"),
        (b"[" * 17 + b"]" * 17, "nests deeper"),
        (b'{"a":' + b"9" * 5_000 + b"}", "JSON"),
    ],
)
def test_json_that_is_no_content(data, problem):
    with pytest.raises(UnreadableError, match=problem):
        read_json(data, "the file")


def test_brackets_in_texts_do_not_nest():
    text = json.dumps({"a": '[[[[[[[[[[[[[[[[[[[[\\"[[['})
    assert read_json(text.encode(), "it") == json.loads(text)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("1801", "canonical"),
        ("190001", "canonical"),
        ("5801ab", "canonical"),
        ("a2616201616102", "canonical"),
        ("a2616101616102", "canonical"),
        ("1b0020000000000000", "2\\^53"),
        ("21", "not used here"),
        ("c001", "not used here"),
        ("f5", "not used here"),
        ("f97e00", "not used here"),
        ("9f01ff", "indefinite"),
        ("1c", "indefinite"),
        ("19", "ends too early"),
        ("42ab", "ends too early"),
        ("82", "ends too early"),
        ("9bffffffffffffffff", "ends too early"),
        ("a101", "no text"),
        ("a16161", "ends too early"),
        ("62c328", "CBOR"),
        ("623078", "not hex"),
        ("0101", "left over"),
        ("81" * 17 + "01", "nests deeper"),
    ],
)
def test_cbor_that_is_not_deterministic_or_no_content(data, problem):
    with pytest.raises(UnreadableError, match=problem):
        read(bytes.fromhex(data))


def test_what_can_be_read_but_is_spelled_otherwise_is_told_apart():
    with pytest.raises(NotCanonicalError, match="written again"):
        read(b'{ "a":1}')
    with pytest.raises(UnreadableError, match="left over"):
        read_cbor(b"\x01\x01", "it")


def test_sixteen_levels_are_enough():
    nested: object = 1
    for _ in range(DEEPEST):
        nested = [nested]
    assert read(json.dumps(nested).encode()) == nested
    with pytest.raises(UnreadableError):
        read(json.dumps([nested]).encode())
