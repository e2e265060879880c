"""Writes ``receipts.json``: receipts with the trust files and verdicts that go with them, for other verifiers.

Run ``python -m tests.vectors.make_receipts`` after a change; ``tests/verifier/test_vectors.py`` fails until then.
"""

import json
from pathlib import Path
from typing import Any

from passavant_verifier.canonical import Content, to_cbor, to_json
from passavant_verifier.codes import Flag, Status
from passavant_verifier.contents import CBOR_FORMAT
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.trust import FORMAT, read_trust
from tests.verifier.receipt_worlds import AUDITOR, CODES, CUSTOMS, DECIDED, GATEWAY, NETWORK, NOW, World
from tests.verifier.relied_worlds import relying
from tests.verifier.sealing_headers import validators

FILE = Path(__file__).parent / "receipts.json"
SMALL: dict[str, Any] = {"noise": 12, "group": 2}
LATER = [(bytes(32), b"\1" * 32)]
KEYS = validators(4)


def trust_file(**anchor: Content) -> bytes:
    """A trust file of the worlds' network."""
    network: Content = {
        "chainId": NETWORK.chain_id,
        "consignments": NETWORK.consignments,
        "consignmentsCode": CODES[0],
        "genesis": NETWORK.genesis,
        "name": "vectors",
        "networkId": NETWORK.network_id,
        "participants": NETWORK.participants,
        "participantsCode": CODES[1],
        "recognitionsCode": CODES[2],
    }
    return to_json({"format": FORMAT, "network": network, **anchor})


TRUST = {
    "checkpoint": trust_file(
        checkpoint={
            "operators": [GATEWAY.key.text],
            "threshold": 2,
            "witnesses": [AUDITOR.key.text, CUSTOMS.key.text],
        }
    ),
    "qbft": trust_file(qbft={"transitions": [], "validators": list[Content](KEYS)}),
}

WORLDS = {
    "released": World(**SMALL),
    "released, compact": World(**SMALL, compact=True),
    "released, sealed by validators": World(**SMALL, validators=KEYS, compact=True),
    "later decisions followed": World(**SMALL, compact=True, steps=LATER),
    "seized since": World(**SMALL, compact=True, steps=LATER, state={"status": Status.SEIZED}),
    "held by an agency": World(**SMALL, compact=True, state={"flags": Flag.AGENCY}, holds=(b"\7" * 32, 1)),
    "superseded": World(**SMALL, compact=True, steps=LATER, superseded=True),
    "relies on a recognised control": relying(**SMALL, compact=True),
    "reliance withdrawn": relying(**SMALL, compact=True, near={"superseded": 1}),
    "a seal was found broken": relying(**SMALL, compact=True, state={"seal_broken": 1}),
    "one witness of two": World(**SMALL, compact=True, signers=(AUDITOR,)),
    "the operator alone": World(**SMALL, compact=True, signers=(GATEWAY,)),
    "the key was not valid yet": World(**SMALL, key={"not_before": DECIDED + 1}),
    "the key is reported as compromised": World(**SMALL, key={"compromised_since": DECIDED}),
    "another log than the decision's": World(**SMALL, event_changes={"signature": b"\1" * 65}),
}


def _case(name: str, world: World) -> dict[str, Any]:
    scheme = "qbft" if world.validators else "checkpoint"
    raw = to_cbor(world.content(CBOR_FORMAT)) if world.compact else to_json(world.content())
    verdict = verify_receipt(raw, read_trust(TRUST[scheme], scheme), now=NOW)
    file = {"cbor": f"0x{raw.hex()}"} if world.compact else {"json": raw.decode()}
    parts = {part: found.result.value for part, found in verdict.parts.items()}
    return {"name": name, "trust": scheme, **file, "parts": parts, "facts": verdict.facts}


def vectors() -> dict[str, Any]:
    """All of the file."""
    return {
        "now": NOW,
        "trust": {name: json.loads(raw) for name, raw in TRUST.items()},
        "receipts": [_case(name, world) for name, world in WORLDS.items()],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=2) + "\n")
