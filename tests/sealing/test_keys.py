"""Encryption keys and their files."""

import json

import pytest

from ledger.sealing import DecryptionKey, EncryptionKey, KeyUnusable, MalformedSeal, Suite, keys_from_json, keys_to_json
from tests.sealing.makers import CLASSIC, HYBRID


def test_a_key_file_holds_all_versions_newest_first():
    assert keys_from_json(keys_to_json([CLASSIC, HYBRID])) == [HYBRID, CLASSIC]
    assert keys_from_json(keys_to_json([HYBRID]))[0].public == HYBRID.public


@pytest.mark.parametrize("suite", Suite)
def test_public_parts_have_their_sizes(suite):
    public = DecryptionKey.generate(7, 1, suite).public
    assert (public.organisation, public.version, public.suite) == (7, 1, suite)
    assert len(public.x25519) == 32
    assert len(public.mlkem) == (1_184 if suite is Suite.HYBRID else 0)
    public.handle()


def test_private_keys_are_not_shown():
    assert HYBRID.x25519.hex() not in repr(HYBRID)
    assert "mlkem" not in repr(HYBRID)


@pytest.mark.parametrize(
    "values",
    [
        [],
        {},
        {"organisation": 1, "keys": [{"version": 1, "suite": 9, "x25519": "00" * 32, "mlkem": ""}]},
        {"organisation": 1, "keys": [{"version": 1, "suite": 1, "x25519": "00", "mlkem": ""}]},
        {"organisation": 1, "keys": [{"version": 1, "suite": 1, "x25519": "00" * 32, "mlkem": "00"}]},
        {"organisation": 1, "keys": [{"version": 1, "suite": 2, "x25519": "00" * 32, "mlkem": ""}]},
        {"organisation": 1, "keys": [{"version": 1, "suite": 1, "x25519": "zz", "mlkem": ""}]},
    ],
)
def test_what_is_no_key_file(values):
    with pytest.raises(MalformedSeal, match="no file of encryption keys"):
        keys_from_json(json.dumps(values))


@pytest.mark.parametrize(
    "key",
    [
        EncryptionKey(7, 1, Suite.X25519, b"short"),
        EncryptionKey(7, 1, Suite.HYBRID, HYBRID.public.x25519, b"short"),
    ],
)
def test_published_bytes_that_are_no_key(key):
    with pytest.raises(KeyUnusable, match="encryption key 1 of organisation 7"):
        key.handle()
