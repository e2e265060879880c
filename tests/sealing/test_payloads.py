"""Payloads: what is sealed."""

import pytest

from ledger.domain.commitment import commit, schema_id
from ledger.sealing import Payload, PayloadRefused
from tests.sealing.makers import PAYLOAD


def test_a_payload_opens_its_commitment():
    assert PAYLOAD.root == commit(schema_id(PAYLOAD.schema), PAYLOAD.fields, PAYLOAD.seed).root
    assert "26GB" not in repr(PAYLOAD)


def test_payloads_as_json_and_bytes():
    assert Payload.from_json(PAYLOAD.to_json()) == PAYLOAD
    assert Payload.from_bytes(PAYLOAD.to_bytes()) == PAYLOAD


@pytest.mark.parametrize(
    "payload", [Payload("s", b"short", ()), Payload("s", bytes(32), (("", "x"),)), Payload("\ud800", bytes(32), ())]
)
def test_some_open_none(payload):
    with pytest.raises(PayloadRefused, match="opens no commitment"):
        payload.root  # noqa: B018 - computed


@pytest.mark.parametrize(
    "values",
    [
        None,
        {},
        {"schema": 1, "seed": "0x", "fields": []},
        {"schema": "s", "seed": "0x", "fields": {}},
        {"schema": "s", "seed": "0x", "fields": [["a"]]},
        {"schema": "s", "seed": "0x", "fields": [["a", 1]]},
        {"schema": "s", "seed": "0xzz", "fields": []},
        {"schema": "s", "seed": "11", "fields": []},
        {"schema": "s", "seed": 11, "fields": []},
        {"schema": "s", "seed": "0x11", "fields": [], "more": 1},
    ],
)
def test_what_is_no_payload(values):
    with pytest.raises(PayloadRefused):
        Payload.from_json(values)


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_payload(content):
    with pytest.raises(PayloadRefused):
        Payload.from_bytes(content)
