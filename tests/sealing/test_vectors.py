"""The vectors are the format: they are made anew the same, and open."""

import json

from ledger.sealing import DecryptionKey, Sealed, Subject, Suite, Wrap, open_payload, unwrap
from tests.vectors import make_sealing

WRITTEN = json.loads(make_sealing.FILE.read_text(encoding="utf-8"))


def _bytes(text):
    return bytes.fromhex(text[2:])


def test_the_vectors_are_up_to_date():
    def fixed(values):
        return [{**one, "wraps": len(one["wraps"])} for one in values["sealed"]]

    made = make_sealing.made()
    assert WRITTEN["readers"] == made["readers"]
    assert fixed(WRITTEN) == fixed(made)


def test_the_vectors_open():
    readers = [
        DecryptionKey(
            one["organisation"],
            one["version"],
            Suite(one["suite"]),
            _bytes(one["private"]["x25519"]),
            _bytes(one["private"]["mlkem"]),
        )
        for one in WRITTEN["readers"]
    ]
    for case in WRITTEN["sealed"]:
        subject = Subject(*(_bytes(case[name]) for name in ("declaration", "commitment", "schema")))
        sealed = Sealed(subject, _bytes(case["ciphertext"]))
        assert sealed.content_hash == _bytes(case["contentHash"])
        for written in case["wraps"]:
            suite = Suite(written["suite"])
            wrap = Wrap(written["recipient"], written["keyVersion"], suite, _bytes(written["wrap"]))
            reader = next(one for one in readers if one.suite is suite)
            assert unwrap(wrap, sealed, reader) == _bytes(case["key"])
            assert open_payload(sealed, wrap, readers).to_bytes() == case["content"].encode()
