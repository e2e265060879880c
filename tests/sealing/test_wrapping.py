"""Wraps: a content key for one reader, of one ciphertext."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sealing import EncryptionKey, KeyUnusable, MalformedSeal, Sealed, Suite, WrapRefused, seal, unwrap, wrap_for
from tests.sealing.makers import CLASSIC, HYBRID, OTHER, SUBJECT, sealed_for

READERS = [CLASSIC, HYBRID]


@pytest.mark.parametrize("reader", READERS)
def test_the_reader_gets_the_key(reader):
    sealed, key = seal(SUBJECT, b"content")
    wrap = wrap_for(reader.public, sealed, key)
    assert (wrap.recipient, wrap.key_version, wrap.suite) == (826, reader.version, reader.suite)
    assert unwrap(wrap, sealed, reader) == key
    assert key.hex() not in repr(wrap)


@pytest.mark.parametrize("reader", READERS)
@given(data=st.data())
def test_no_byte_of_a_wrap_can_be_changed(reader, data):
    sealed, [wrap] = sealed_for(reader)
    at = data.draw(st.integers(0, len(wrap.wrapped) - 1))
    flipped = bytearray(wrap.wrapped)
    flipped[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WrapRefused):
        unwrap(replace(wrap, wrapped=bytes(flipped)), sealed, reader)


@pytest.mark.parametrize("reader", READERS)
def test_a_wrap_is_one_readers_and_one_ciphertexts(reader):
    sealed, [wrap] = sealed_for(reader)
    again, _ = sealed_for(reader)
    elsewhere = Sealed(replace(SUBJECT, declaration=b"\7" * 32), sealed.ciphertext)
    for strange, of in ((wrap, again), (wrap, elsewhere), (replace(wrap, recipient=827), sealed)):
        with pytest.raises(WrapRefused, match="not for this reader and this ciphertext"):
            unwrap(strange, of, reader)
    with pytest.raises(WrapRefused):
        unwrap(replace(wrap, key_version=9), sealed, reader)
    with pytest.raises(WrapRefused):
        unwrap(wrap, sealed, OTHER)


def test_a_content_key_has_its_size():
    sealed, _ = seal(SUBJECT, b"content")
    with pytest.raises(MalformedSeal):
        wrap_for(HYBRID.public, sealed, b"short")


@pytest.mark.parametrize(("recipient", "size"), [(0, 80), (1 << 32, 80), (7, 81)])
def test_what_is_no_wrap(recipient, size):
    _, [wrap] = sealed_for(CLASSIC)
    with pytest.raises(MalformedSeal):
        replace(wrap, recipient=recipient, wrapped=bytes(size))


def test_a_wrap_of_another_suite_is_refused():
    sealed, [wrap] = sealed_for(CLASSIC)
    with pytest.raises(WrapRefused):
        unwrap(wrap, sealed, HYBRID)


def test_nothing_is_encrypted_to_a_point_of_small_order():
    sealed, key = seal(SUBJECT, b"content")
    with pytest.raises(KeyUnusable):
        wrap_for(EncryptionKey(7, 1, Suite.X25519, bytes(32)), sealed, key)
