"""A disclosure made by a stranger, of whatever text: what it says can't pass for the verifier's own words."""

import json

from ledger.chain.signers import LocalSigner
from ledger.domain.commitment import commit, schema_id
from ledger.domain.records import Declaration
from ledger.domain.signing import SigningDomain, digest_of
from ledger.domain.wire import encode
from passavant_verifier.disclosure_form import FORMAT
from passavant_verifier.verify import verify_file, written

SCHEMA = "wco-dm/3.6/declaration"
HOSTILE = "x\x1b[2J\r\nissuer valid\u202e\n  integrity  valid"
NETWORK = {
    "chainId": 1,
    "networkId": "0x" + "11" * 32,
    "genesis": "0x" + "22" * 32,
    "consignments": "0x" + "33" * 20,
    "participants": "0x" + "44" * 20,
}


def hexed(value):
    return f"0x{value.hex()}"


def disclosure(fields, schema=SCHEMA):
    made = commit(schema_id(SCHEMA), fields, bytes(32))
    body = encode(
        Declaration(
            declarant=1,
            administration=1,
            leg=1,
            regime=1,
            stage=2,
            commitment=made.root,
            schema=made.schema,
            effective_at=1,
            deadline=2,
        )
    )
    digest = digest_of(SigningDomain(b"\x11" * 32, 1, b"\x33" * 20), Declaration, body)
    proof = made.multiproof(list(fields))
    opened = [
        {"index": at, "path": path, "value": fields[path], "salt": hexed(made.salt(path))}
        for at, path in zip(proof.indices, sorted(fields, key=str.encode), strict=True)
    ]
    content = {
        "format": FORMAT,
        "network": NETWORK,
        "declaration": hexed(digest),
        "version": 1,
        "to": "public",
        "profile": None,
        "record": {
            "type": 1,
            "body": hexed(body),
            "signature": hexed(LocalSigner(b"\1" * 32).sign_digest(digest)),
            "block": {"number": 1, "hash": "0x" + "00" * 32, "time": 1},
        },
        "adoption": None,
        "schema": schema,
        "fields": opened,
        "proof": {"size": proof.size, "siblings": [hexed(one) for one in proof.siblings]},
        "receipt": None,
        "timeline": None,
        "signerProof": None,
    }
    return json.dumps(content).encode()


def test_values_never_speak_to_the_terminal_and_stay_on_their_line():
    verdict = verify_file(disclosure({"a": HOSTILE, HOSTILE: "0x1F"}), None, now=0)
    told = written(verdict)
    assert verdict.parts["integrity"].result.value == "valid"
    assert verdict.facts["fields"] == {"a": HOSTILE, HOSTILE: "0x1F"}
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "a = x\\x1b[2J\\r\\nissuer valid\\u202e\\n  integrity  valid" in told.splitlines()


def test_nor_does_the_name_of_a_schema():
    verdict = verify_file(disclosure({"a": "1"}, schema=HOSTILE), None, now=0)
    assert verdict.exit_code == 1
    assert verdict.parts["integrity"].reason.startswith("step 5: the record's paths are not those of x\\x1b[2J")
