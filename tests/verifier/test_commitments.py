"""The verifier's own commitments, held against the vectors that the ledger's code wrote."""

import json
from pathlib import Path

import pytest

from passavant_verifier.commitments import (
    CommitmentError,
    Field,
    Item,
    root_of_fields,
    root_of_items,
    schema_id,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "commitments.json").read_text())
SCHEMA = bytes.fromhex(VECTORS["schema"]["id"][2:])


def raw(text):
    return bytes.fromhex(text[2:])


def siblings_of(proof):
    return [raw(one) for one in proof["siblings"]]


def salt_of(seed, path):
    import hmac

    return hmac.digest(raw(seed), path.encode(), "sha256")


def together(vector):
    for case in vector["together"]:
        fields = [
            Field(index, path, vector["fields"][path], salt_of(vector["seed"], path))
            for index, path in zip(case["proof"]["indices"], case["paths"], strict=True)
        ]
        yield fields, case["proof"]["size"], siblings_of(case["proof"])


@pytest.mark.parametrize("vector", VECTORS["commitments"], ids=lambda one: one["name"])
def test_the_vectors_open(vector):
    assert schema_id(VECTORS["schema"]["name"]) == SCHEMA
    for one in vector["opened"]:
        field = Field(one["proof"]["index"], one["path"], one["value"], raw(one["salt"]))
        root = root_of_fields(SCHEMA, [field], one["proof"]["size"], siblings_of(one["proof"]))
        assert root == raw(vector["root"])
    for fields, size, siblings in together(vector):
        assert root_of_fields(SCHEMA, fields, size, siblings) == raw(vector["root"])


@pytest.mark.parametrize("vector", VECTORS["scopes"], ids=lambda one: one["name"])
def test_scopes_open(vector):
    quantities = {one["item"]: one["quantity"] for one in vector["items"]}
    for one in vector["opened"]:
        item = Item(one["proof"]["index"], one["item"], one["quantity"])
        assert root_of_items([item], one["proof"]["size"], siblings_of(one["proof"])) == raw(vector["root"])
    for case in vector["together"]:
        proof = case["proof"]
        items = [Item(at, n, quantities[n]) for at, n in zip(proof["indices"], case["items"], strict=True)]
        assert root_of_items(items, proof["size"], siblings_of(proof)) == raw(vector["root"])


def test_nothing_else_opens():
    vector = VECTORS["commitments"][-1]
    fields, size, siblings = list(together(vector))[1]
    root = raw(vector["root"])
    for at, field in enumerate(fields):
        for other in (
            Field(field.index, field.path, field.value + "x", field.salt),
            Field(field.index, field.path, field.value, bytes(32)),
        ):
            changed = [*fields[:at], other, *fields[at + 1 :]]
            assert root_of_fields(SCHEMA, changed, size, siblings) != root
    for at in range(len(siblings)):
        changed = [*siblings[:at], bytes(32), *siblings[at + 1 :]]
        assert root_of_fields(SCHEMA, fields, size, changed) != root


ONE = Field(0, "a", "1", bytes(32))
TWO = Field(1, "b", "2", bytes(32))
PATH = [bytes(32)] * 5


@pytest.mark.parametrize(
    ("fields", "size", "siblings", "what"),
    [
        ([], 64, [], "nothing is disclosed"),
        ([ONE], 32, PATH, "power of two"),
        ([ONE], 65, PATH, "power of two"),
        ([ONE], 1 << 40, [bytes(32)] * 40, "that there can't be"),
        ([TWO, ONE], 64, PATH, "in the order of their paths"),
        ([ONE, ONE], 64, PATH, "in the order of their paths"),
        ([Field(1, "a", "", b""), Field(0, "b", "", b"")], 64, PATH, "positions of leaves ascend"),
        ([Field(-1, "a", "", b"")], 64, PATH, "positions of leaves ascend"),
        ([Field(64, "a", "", b"")], 64, PATH, "positions of leaves ascend"),
        ([ONE], 64, PATH, "5 siblings where the leaves need 6"),
        ([ONE], 64, [*PATH, b""], "a sibling has 32 bytes"),
        ([Field(0, "\ud800", "", b"")], 64, PATH, "no text"),
    ],
)
def test_malformed_proofs(fields, size, siblings, what):
    with pytest.raises(CommitmentError, match=what):
        root_of_fields(SCHEMA, fields, size, siblings)


@pytest.mark.parametrize(
    ("items", "what"),
    [
        ([Item(0, 0, None)], "from 1 to 999"),
        ([Item(0, 1000, None)], "from 1 to 999"),
        ([Item(0, 2, None), Item(1, 1, None)], "in the order of their numbers"),
        ([Item(0, 1, "\ud800")], "no text"),
        ([], "nothing is disclosed"),
    ],
)
def test_malformed_scopes(items, what):
    with pytest.raises(CommitmentError, match=what):
        root_of_items(items, 2, [bytes(32)])
