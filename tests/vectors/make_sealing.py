"""Writes ``sealing.json``: envelopes and wraps, for implementers in other languages.

Run ``python -m tests.vectors.make_sealing`` after a change; ``tests/sealing/test_vectors.py`` fails until then. HPKE
draws its own randomness, so that each run writes other wraps; what must stay is that they open.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.sealing import DecryptionKey, Payload, Subject, Suite, wrap_for
from ledger.sealing.envelope import seal_with

FILE = Path(__file__).parent / "sealing.json"
SCHEMA = "wco-dm/3.6/declaration"
CONTENTS = {
    "one field": (("Declaration/FunctionalReferenceID[1]", "LRN-1"),),
    "one byte more than the smallest padding holds": (("Declaration/A[1]", "x" * 3_929),),
}


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"


def _drawn(text: str, size: int = 32) -> bytes:
    return (sha256(text.encode()).digest() * 2)[:size]


def _reader(suite: Suite) -> DecryptionKey:
    mlkem = _drawn("mlkem", 64) if suite is Suite.HYBRID else b""
    return DecryptionKey(100_000 + suite, int(suite), suite, _drawn(f"x25519 {suite}"), mlkem)


def _case(name: str, fields: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    payload = Payload(SCHEMA, _drawn(f"seed {name}"), fields)
    subject = Subject(_drawn(f"declaration {name}"), payload.root, payload.schema_id)
    key, nonce = _drawn(f"key {name}"), _drawn(f"nonce {name}", 12)
    sealed = seal_with(subject, payload.to_bytes(), key, nonce)
    wraps = [wrap_for(_reader(suite).public, sealed, key) for suite in Suite]
    return {
        "name": name,
        "declaration": _hex(subject.declaration),
        "commitment": _hex(subject.commitment),
        "schema": _hex(subject.schema),
        "content": payload.to_bytes().decode(),
        "key": _hex(key),
        "nonce": _hex(nonce),
        "ciphertext": _hex(sealed.ciphertext),
        "contentHash": _hex(sealed.content_hash),
        "wraps": [
            {
                "recipient": wrap.recipient,
                "keyVersion": wrap.key_version,
                "suite": int(wrap.suite),
                "wrap": _hex(wrap.wrapped),
            }
            for wrap in wraps
        ],
    }


def _key(key: DecryptionKey) -> dict[str, Any]:
    return {
        "organisation": key.organisation,
        "version": key.version,
        "suite": int(key.suite),
        "private": {"x25519": _hex(key.x25519), "mlkem": _hex(key.mlkem)},
        "public": {"x25519": _hex(key.public.x25519), "mlkem": _hex(key.public.mlkem)},
    }


def made() -> dict[str, Any]:
    """The content of the file."""
    cases = [_case(name, fields) for name, fields in CONTENTS.items()]
    return {"readers": [_key(_reader(suite)) for suite in Suite], "sealed": cases}


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), indent=1) + "\n", encoding="utf-8")
