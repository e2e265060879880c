import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.codes import DecisionKind
from ledger.domain.plain import BY_NAME, FieldError, from_plain, to_plain
from ledger.domain.records import Decision, KeyAuthorisation
from ledger.domain.wire import WORD, DeclarationId, Head, decode, layout


def _word(wire):
    raw = st.binary(min_size=wire.size, max_size=wire.size)
    return raw.map(lambda value: value.rjust(WORD, b"\0") if wire.numeric else value.ljust(WORD, b"\0"))


def _bodies(struct):
    return st.tuples(*(_word(wire) for _, wire in layout(struct))).map(b"".join)


RECORDS = st.sampled_from(sorted(BY_NAME)).flatmap(
    lambda name: _bodies(BY_NAME[name]).map(lambda body: decode(BY_NAME[name], body))
)


@given(RECORDS)
def test_a_record_comes_back_from_json(record):
    plain = json.loads(json.dumps(to_plain(record)))
    assert from_plain(type(record).__name__, plain) == record


def test_codes_are_shown_by_name_and_sets_as_lists(decision):
    key = KeyAuthorisation(
        organisation=1, org_head=Head(bytes(32)), key=bytes(20), action=1, purposes=3, deadline=1, not_after=9
    )
    assert to_plain(decision)["kind"] == "RELEASE"
    assert to_plain(key)["purposes"] == ["DECLARE", "DECIDE"]


def test_defaults_may_be_left_out_and_codes_be_numbers(decision):
    plain = to_plain(decision)
    short = {name: value for name, value in plain.items() if name not in ("request", "supersedes", "office", "scope")}
    assert from_plain("Decision", short | {"kind": int(DecisionKind.RELEASE)}) == decision


@pytest.fixture
def decision():
    return Decision(
        declaration=DeclarationId(b"d" * 32),
        prev=Head(b"p" * 32),
        administration=1,
        kind=DecisionKind.RELEASE,
        effective_at=1,
        deadline=2,
    )


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"colour": 1}, "colour", "no such field"),
        ({"kind": "LOVE"}, "kind", "is one of RECEIPT"),
        ({"kind": ["RELEASE"]}, "kind", "is one of RECEIPT"),
        ({"kind": True}, "kind", "one of RECEIPT"),
        ({"kind": 2.5}, "kind", "is a number or one of"),
        ({"touchedRisks": ["LOVE"]}, "touchedRisks", "SECURITY"),
        ({"administration": "1"}, "administration", "whole number"),
        ({"administration": -1}, "administration", "outside uint16"),
        ({"administration": 1 << 16}, "administration", "outside uint16"),
        ({"prev": 7}, "prev", "32 bytes as 0x hex"),
        ({"prev": "70" * 32}, "prev", "32 bytes as 0x hex"),
        ({"prev": "0xzz"}, "prev", "32 bytes as 0x hex"),
        ({"prev": "0x70"}, "prev", "32 bytes, not 1"),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(decision, change, field, reason):
    with pytest.raises(FieldError, match=reason) as caught:
        from_plain("Decision", to_plain(decision) | change)
    assert caught.value.field == field


def test_a_missing_field_is_named(decision):
    plain = to_plain(decision)
    del plain["prev"]
    with pytest.raises(FieldError, match="is missing") as caught:
        from_plain("Decision", plain)
    assert caught.value.field == "prev"


def test_an_unknown_type_is_answered_with_the_known_ones():
    with pytest.raises(FieldError, match="AmendmentRequest"):
        from_plain("Wish", {})


def test_a_code_outside_its_list_stays_a_number(decision):
    plain = to_plain(replace(decision, reason=200, touched_risks=200))
    assert (plain["reason"], plain["touchedRisks"]) == (200, 200)
