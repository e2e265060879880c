"""Opening, by its numbered steps."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.sealing import (
    CiphertextRefused,
    KeyMissing,
    MalformedSeal,
    NotCommitted,
    Payload,
    PayloadRefused,
    Sealed,
    Subject,
    WrapRefused,
    open_payload,
    seal,
    wrap_for,
)
from tests.sealing.makers import CLASSIC, DECLARATION, HYBRID, OTHER, PAYLOAD, SUBJECT, sealed_for

KEYS = [HYBRID, CLASSIC]
texts = st.text(st.characters(codec="utf-8"), max_size=50)


@pytest.mark.parametrize("reader", KEYS)
def test_a_reader_opens_and_verifies(reader):
    sealed, [_, wrap] = sealed_for(OTHER, reader)
    assert open_payload(sealed, wrap, KEYS) == PAYLOAD


@given(st.dictionaries(texts.filter(lambda text: text and text[0] != "\0"), texts, max_size=80))
def test_any_payload_survives(fields):
    payload = Payload("a/schema", b"\1" * 32, tuple(fields.items()))
    sealed, [wrap] = sealed_for(
        CLASSIC, subject=Subject(DECLARATION, payload.root, payload.schema_id), content=payload.to_bytes()
    )
    assert open_payload(sealed, wrap, KEYS) == payload


def test_step_1_the_key_must_be_held():
    sealed, [wrap] = sealed_for(OTHER)
    with pytest.raises(KeyMissing, match="key 3 of organisation 250"):
        open_payload(sealed, wrap, KEYS)


def test_step_2_wraps_cannot_be_swapped():
    first, [wrap] = sealed_for(HYBRID)
    second, _ = sealed_for(HYBRID)
    with pytest.raises(WrapRefused):
        open_payload(second, wrap, KEYS)
    with pytest.raises(WrapRefused):
        open_payload(Sealed(replace(SUBJECT, declaration=b"\7" * 32), first.ciphertext), wrap, KEYS)
    _, [other] = sealed_for(OTHER)
    with pytest.raises(WrapRefused):
        open_payload(first, replace(other, recipient=HYBRID.organisation), KEYS)


def test_step_3_the_ciphertext_is_bound_to_its_record():
    """Also when somebody who has the content key wraps it anew for another record."""
    sealed, key = seal(SUBJECT, PAYLOAD.to_bytes())
    moved = Sealed(replace(SUBJECT, declaration=b"\7" * 32), sealed.ciphertext)
    with pytest.raises(CiphertextRefused):
        open_payload(moved, wrap_for(HYBRID.public, moved, key), KEYS)


@pytest.mark.parametrize("content", [b"{}", b"no json", b'{"scope":{"1":null}}'])
def test_step_4_the_content_is_a_payload(content):
    sealed, [wrap] = sealed_for(HYBRID, content=content)
    with pytest.raises(PayloadRefused):
        open_payload(sealed, wrap, KEYS)


def test_step_4_the_content_has_the_records_schema():
    sealed, [wrap] = sealed_for(HYBRID, subject=replace(SUBJECT, schema=b"\7" * 32))
    with pytest.raises(PayloadRefused, match="another schema"):
        open_payload(sealed, wrap, KEYS)


def test_step_5_the_root_is_the_chains():
    lie = Payload(PAYLOAD.schema, PAYLOAD.seed, (("Declaration/ID[1]", "another"),))
    sealed, [wrap] = sealed_for(HYBRID, content=lie.to_bytes())
    with pytest.raises(NotCommitted, match="don't rely on it"):
        open_payload(sealed, wrap, KEYS)


@given(data=st.data())
def test_any_flipped_byte_is_noticed(data):
    sealed, [wrap] = sealed_for(CLASSIC)
    parts = [sealed.ciphertext, wrap.wrapped, *(getattr(SUBJECT, name) for name in SUBJECT.__slots__)]
    which = data.draw(st.integers(0, len(parts) - 1))
    at = data.draw(st.integers(0, len(parts[which]) - 1))
    changed = bytearray(parts[which])
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    parts[which] = bytes(changed)
    with pytest.raises((WrapRefused, CiphertextRefused, MalformedSeal)):
        open_payload(Sealed(Subject(*parts[2:]), parts[0]), replace(wrap, wrapped=parts[1]), KEYS)
