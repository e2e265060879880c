"""Drafts of arrangements as they travel between two administrations."""

import json

import pytest

from ledger.desk import DeskError
from ledger.desk.arranging import Draft
from ledger.domain.proposals import Annex
from ledger.domain.records import Arrangement

ANNEX = Annex(chapters=frozenset({"61"}), modes=frozenset({4}))
RECORD = Arrangement(
    first=250,
    second=826,
    procedures=1,
    methods=4,
    risks=3,
    annex=ANNEX.digest(),
    valid_from=1_900_000_000,
    valid_until=1_900_000_001,
    deadline=1_900_000_000,
)


def test_a_draft_is_read_as_it_was_written():
    draft = Draft(RECORD, ANNEX, {826: b"\x07" * 65})
    assert Draft.from_json(draft.to_json()) == draft
    assert draft.missing == (250,)


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"first": "FR"}'])
def test_what_is_no_draft_is_none(text):
    assert Draft.from_json(text) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"record": {"first": 250}}, "is missing"),
        ({"record": None}, "damaged"),
        ({"annex": {"modes": [5]}}, "somebody changed it"),
        ({"annex": {"modes": ["air"]}}, "damaged: are numbers from 1 to 9"),
        ({"signatures": {"826": "0x07"}}, "65 bytes"),
        ({"signatures": {"GB": "0x07"}}, "damaged"),
    ],
)
def test_a_damaged_draft_is_refused_with_the_reason(changed, reason):
    text = json.dumps({**json.loads(Draft(RECORD, ANNEX).to_json()), **changed})
    with pytest.raises(DeskError, match=reason):
        Draft.from_json(text)
