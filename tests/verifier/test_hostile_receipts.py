"""Whoever makes a receipt may have made its chain as well: whatever stands in there, the answer is a verdict."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from passavant_verifier.canonical import to_cbor, to_json
from passavant_verifier.contents import CBOR_FORMAT
from passavant_verifier.layout import (
    Key,
    Organisation,
    State,
    hold_head_slot,
    key_slot,
    open_holds_slot,
    organisation_slot,
    settled_slot,
    state_slot,
)
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.rlp import encode
from passavant_verifier.verdict import Result
from passavant_verifier.verify import written
from tests.verifier.receipt_worlds import DECLARATION, FRANCE, NOW, TRUST, World
from tests.verifier.sealing_headers import address_of

SIGNER = World().signer
SLOTS = [
    settled_slot(DECLARATION),
    state_slot(DECLARATION),
    hold_head_slot(DECLARATION),
    open_holds_slot(DECLARATION),
    key_slot(address_of(SIGNER)),
    organisation_slot(FRANCE),
]
HELD: dict[str, Any] = {"noise": 12, "group": 1, "holds": (b"\7" * 32, 1)}
items = st.recursive(st.binary(max_size=40), lambda inner: st.lists(inner, max_size=4), max_leaves=6)


def words(widths):
    return st.tuples(*(st.integers(0, (1 << width) - 1) for width in widths))


def small(widths):
    return st.tuples(
        *(st.one_of(st.integers(0, min(20, (1 << width) - 1)), st.just((1 << width) - 1)) for width in widths)
    )


def judged(world):
    """A verdict, with and without a trust file, in either form; and never a crash."""
    for raw in (to_json(world.content()), to_cbor(world.content(CBOR_FORMAT))):
        for trust in (TRUST, None):
            verdict = verify_receipt(raw, trust, now=NOW)
            assert written(verdict)
    return verify_receipt(to_json(world.content()), TRUST, now=NOW)


@settings(max_examples=60)
@given(st.sampled_from(SLOTS), st.one_of(st.binary(min_size=1, max_size=60), items.map(encode)))
def test_any_bytes_in_a_slot(slot, value):
    verdict = judged(World(**HELD, raw={slot: value}))
    assert not verdict.valid


@settings(max_examples=60)
@given(st.one_of(words(State.WIDTHS), small(State.WIDTHS)))
def test_any_state_word(fields):
    world = World(noise=12, group=1, state=State(*fields)._asdict())
    verdict = judged(world)
    if verdict.valid:
        assert verdict.facts["now"]["answer"] in {"RELEASED", "CONDITIONALLY_RELEASED", "PARTLY_RELEASED", "EXITED"}
        assert State(*fields).administration == FRANCE


@settings(max_examples=40)
@given(st.one_of(words(Key.WIDTHS), small(Key.WIDTHS)))
def test_any_key_word(fields):
    verdict = judged(World(noise=12, group=1, key=Key(*fields)._asdict()))
    assert (verdict.parts["issuer"].result is Result.VALID) <= (Key(*fields).organisation == FRANCE)


@settings(max_examples=40)
@given(st.one_of(words(Organisation.WIDTHS), small(Organisation.WIDTHS)))
def test_any_participant_word(fields):
    verdict = judged(World(noise=12, group=1, organisations={FRANCE: Organisation(*fields)}))
    assert (verdict.parts["issuer"].result is Result.VALID) <= (Organisation(*fields).kind == 1)


@settings(max_examples=60)
@given(items)
def test_any_items_in_place_of_a_log(log):
    assert not judged(World(noise=12, group=1, event_changes={"log": log})).valid
