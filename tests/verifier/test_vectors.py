"""What other verifiers are held against is what this one says."""

import json

import pytest

from tests.vectors.make_receipts import FILE, vectors

EXPECTED = {
    "released": "valid valid valid valid",
    "released, compact": "valid valid valid valid",
    "released, sealed by validators": "valid valid valid valid",
    "later decisions followed": "valid valid valid valid",
    "seized since": "valid valid stale valid",
    "held by an agency": "valid valid stale valid",
    "superseded": "valid valid stale valid",
    "relies on a recognised control": "valid valid valid valid",
    "reliance withdrawn": "valid valid stale valid",
    "a seal was found broken": "valid valid stale valid",
    "one witness of two": "unknown unknown unknown unknown",
    "the operator alone": "unknown unknown unknown unknown",
    "the key was not valid yet": "valid invalid valid valid",
    "the key is reported as compromised": "valid unknown valid valid",
    "another log than the decision's": "invalid unknown unknown unknown",
}


def test_the_vectors_are_what_the_code_says():
    assert json.loads(FILE.read_text()) == json.loads(json.dumps(vectors()))


@pytest.mark.parametrize("case", json.loads(FILE.read_text())["receipts"], ids=lambda case: case["name"])
def test_every_case_has_the_verdict_that_its_name_asks_for(case):
    assert " ".join(case["parts"].values()) == EXPECTED[case["name"]]
