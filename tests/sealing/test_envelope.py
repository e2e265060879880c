"""The envelope: what was sealed comes back, for its own record only, and its length tells little."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sealing import CiphertextRefused, MalformedSeal, Sealed, Subject, seal, unseal
from ledger.sealing.envelope import OVERHEAD, is_ciphertext, pad, seal_with, unpad
from tests.sealing.makers import SUBJECT

hashes = st.binary(min_size=32, max_size=32)


@given(st.binary(max_size=9_000), st.builds(Subject, hashes, hashes, hashes))
def test_what_was_sealed_comes_back(content, subject):
    sealed, key = seal(subject, content)
    assert unseal(sealed, key) == content
    assert is_ciphertext(sealed.ciphertext)


@given(st.integers(0, 70_000))
def test_the_length_tells_the_magnitude_only(size):
    padded = len(pad(bytes(size)))
    assert padded >= 4_096
    assert padded & (padded - 1) == 0
    assert padded == 4_096 or padded < 2 * (size + 4)


def test_no_two_ciphertexts_are_alike():
    (one, key), (other, second) = seal(SUBJECT, b"same"), seal(SUBJECT, b"same")
    assert one.ciphertext != other.ciphertext
    assert one.content_hash != other.content_hash
    assert key != second


@given(st.data())
def test_no_byte_can_be_changed(data):
    sealed, key = seal(SUBJECT, b"content")
    at = data.draw(st.integers(0, len(sealed.ciphertext) - 1))
    flipped = bytearray(sealed.ciphertext)
    flipped[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((CiphertextRefused, MalformedSeal)):
        unseal(Sealed(SUBJECT, bytes(flipped)), key)


@pytest.mark.parametrize("part", ["declaration", "commitment", "schema"])
def test_it_belongs_to_one_record(part):
    sealed, key = seal(SUBJECT, b"content")
    with pytest.raises(CiphertextRefused, match="does not belong to this record"):
        unseal(Sealed(replace(SUBJECT, **{part: b"\7" * 32}), sealed.ciphertext), key)


def test_another_key_opens_nothing():
    sealed, _ = seal(SUBJECT, b"content")
    with pytest.raises(CiphertextRefused):
        unseal(sealed, bytes(32))


@pytest.mark.parametrize("padded", [b"", bytes(4_095), b"\xff" * 4_096, bytes(4_095) + b"\1", bytes(8_192)])
def test_padding_is_exact(padded):
    with pytest.raises(MalformedSeal, match="padded"):
        unpad(padded)


@pytest.mark.parametrize("content", [b"", b"\1", b"\2" + bytes(4_096 + OVERHEAD - 1), b"\1" + bytes(4_097 + OVERHEAD)])
def test_what_is_no_ciphertext(content):
    assert not is_ciphertext(content)
    with pytest.raises(MalformedSeal):
        Sealed(SUBJECT, content)


def test_subjects_have_fixed_lengths():
    with pytest.raises(MalformedSeal, match="32 bytes each"):
        Subject(b"\1" * 31, b"\2" * 33, b"\3" * 32)


def test_nothing_is_shown():
    sealed = seal_with(SUBJECT, b"content", bytes(32), bytes(12))
    assert "ciphertext" not in repr(sealed)
