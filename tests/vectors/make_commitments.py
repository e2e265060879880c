"""Writes ``commitments.json``: salted commitments and scopes, for implementers in other languages.

Run ``python -m tests.vectors.make_commitments`` after a change; ``tests/domain/test_commitment.py`` fails until then.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.domain.commitment import DOMAIN, Commitment, commit, salt_of, schema_id, scope_of
from ledger.domain.merkle import MultiProof, Proof

FILE = Path(__file__).parent / "commitments.json"
SCHEMA = "wco-dm/3.6/declaration"

_BIG = {f"Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem[{n}]/SequenceNumeric[1]": str(n) for n in range(1, 71)}
FIELDS: dict[str, dict[str, str]] = {
    "nothing": {},
    "one field": {"Declaration/FunctionalReferenceID[1]": "LRN-1"},
    "an attribute and an empty value": {
        "Declaration/InvoiceAmount[1]": "186.40",
        "Declaration/InvoiceAmount[1]/@currencyID": "GBP",
        "Declaration/GoodsShipment[1]/Consignee[1]/Name[1]": "",
    },
    "exact bytes: padding, line ends, accents composed and not, beyond the basic plane": {
        "Declaration/A[1]": " 24GB ",
        "Declaration/B[1]": "two\r\nlines",
        "Declaration/C[1]": "é",
        "Declaration/D[1]": "e\u0301",
        "Declaration/E[1]": "📦",
    },
    "sorted by bytes, not by characters of UTF-16": {
        "Declaration/\uff5e[1]": "last in UTF-16",
        "Declaration/\U00010000[1]": "last in UTF-8",
        "Declaration/Item[10]": "10",
        "Declaration/Item[2]": "2",
    },
    "seventy fields: a tree of 128 leaves": _BIG,
}
SCOPES: dict[str, dict[int, str | None]] = {
    "one whole item": {1: None},
    "an empty quantity is not a whole item": {1: ""},
    "two items with quantities": {2: "12", 3: "0.650"},
    "three items, so that one leaf is filled up": {1: "8", 5: None, 999: "1"},
}


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"


def _proof(proof: Proof) -> dict[str, Any]:
    return {"index": proof.index, "size": proof.size, "siblings": [_hex(sibling) for sibling in proof.siblings]}


def _several(proof: MultiProof) -> dict[str, Any]:
    siblings = [_hex(sibling) for sibling in proof.siblings]
    return {"indices": list(proof.indices), "size": proof.size, "siblings": siblings}


def _together(made: Commitment, fields: dict[str, str]) -> list[dict[str, Any]]:
    """Every field at once, every second one, and first and last."""
    ordered = sorted(fields, key=str.encode)
    chosen = {tuple(ordered): None, tuple(ordered[::2]): None, tuple(dict.fromkeys(ordered[:1] + ordered[-1:])): None}
    return [{"paths": list(paths), "proof": _several(made.multiproof(paths))} for paths in chosen if paths]


def _commitment(name: str, fields: dict[str, str]) -> dict[str, Any]:
    seed = sha256(name.encode()).digest()
    made = commit(schema_id(SCHEMA), fields, seed)
    opened = sorted(fields, key=str.encode)[:3] + sorted(fields, key=str.encode)[3:][-1:]
    proofs = [
        {"path": path, "value": fields[path], "salt": _hex(salt_of(seed, path)), "proof": _proof(made.proof(path))}
        for path in opened
    ]
    return {
        "name": name,
        "seed": _hex(seed),
        "fields": fields,
        "root": _hex(made.root),
        "opened": proofs,
        "together": _together(made, fields),
    }


def _scope(name: str, items: dict[int, str | None]) -> dict[str, Any]:
    made = scope_of(items)
    proofs = [{"item": n, "quantity": quantity, "proof": _proof(made.proof(n))} for n, quantity in items.items()]
    rows = [{"item": n, "quantity": quantity} for n, quantity in items.items()]
    together = {"items": sorted(items), "proof": _several(made.multiproof(items))}
    return {"name": name, "items": rows, "root": _hex(made.root), "opened": proofs, "together": [together]}


def vectors() -> dict[str, Any]:
    """All of the file."""
    return {
        "domain": DOMAIN.decode(),
        "schema": {"name": SCHEMA, "id": _hex(schema_id(SCHEMA))},
        "commitments": [_commitment(name, fields) for name, fields in FIELDS.items()],
        "scopes": [_scope(name, items) for name, items in SCOPES.items()],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=2) + "\n")
