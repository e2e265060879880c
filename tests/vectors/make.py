"""Writes the shared vectors: the same files hold Solidity, Python and anybody's client to one format.

Run ``python -m tests.vectors.make`` after a change of the format; ``tests/domain/test_vectors.py`` fails until then.
"""

import json
from enum import IntEnum, IntFlag
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from coincurve import PrivateKey

from ledger.domain import codes, heads
from ledger.domain.codes import CODE_TABLE_VERSION, DecisionKind, Flag, Outcome, Status
from ledger.domain.keccak import keccak256
from ledger.domain.lifecycle import LIVE, TABLE, TERMINAL, Row, Ruling, Standing, decide
from ledger.domain.records import RECORDS
from ledger.domain.signing import SigningDomain, SigningDomains, type_hash
from ledger.domain.wire import (
    WORD,
    ConsignmentId,
    DeclarationId,
    Digest,
    Head,
    Wire,
    decode,
    encode,
    layout,
    type_string,
)

HERE = Path(__file__).parent
FLAG_FIELDS = Flag.PENDING | Flag.DEBT


def _hex(value: bytes) -> str:
    return f"0x{value.hex()}"


def code_table() -> dict[str, Any]:
    lists = {
        name: {member.name: int(member) for member in code}
        for name, code in vars(codes).items()
        if isinstance(code, type) and issubclass(code, IntEnum | IntFlag) and code not in (IntEnum, IntFlag)
    }
    return {"version": CODE_TABLE_VERSION, "lists": lists}


def _row(kind: DecisionKind, row: Row) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "from": sorted(status.name for status in row.sources),
        "to": row.target.name if row.target is not None else None,
        "sets": int(row.sets),
        "clears": int(row.clears),
        "debt": int(row.debt) if row.debt is not None else None,
        "answers": sorted(pending.name for pending in row.answers),
        "safeguards": row.safeguards,
        "releases": row.releases,
        "withholds": row.withholds,
        "versions": row.versions,
        "corrects": row.corrects,
    }


def _some_flags(random: Random) -> Flag:
    flags = random.getrandbits(16)
    debt = random.randrange(5)
    return Flag((flags & ~int(Flag.DEBT)) | debt << codes.DEBT_SHIFT)


def _case(kind: DecisionKind, status: Status, bits: int, flags: Flag) -> bytes:
    ruling = Ruling(kind, *(bool(bits >> place & 1) for place in range(4)))
    after = decide(Standing(status, flags), ruling)
    outcome, after = (after, Standing(status, flags)) if isinstance(after, Outcome) else (Outcome.RECORDED, after)
    head = bytes([kind, status]) + int(flags).to_bytes(2, "big") + bytes([bits, outcome, after.status])
    return head + int(after.flags).to_bytes(2, "big")


def lifecycle() -> dict[str, Any]:
    random = Random(1973)  # the year of the Kyoto Convention
    cases = [
        _case(kind, status, bits, flags)
        for kind, status, bits in product(DecisionKind, Status, range(16))
        for flags in (Flag(0), _some_flags(random))
    ]
    return {
        "live": sorted(status.name for status in LIVE),
        "terminal": sorted(status.name for status in TERMINAL),
        "table": [_row(kind, row) for kind, row in TABLE.items()],
        "layout": "kind 1, status 1, flags 2, ruling 1 (scoped 1, supersedes 2, overrides 4, names request 8), "
        "outcome 1, next status 1, next flags 2 bytes; a refused case keeps status and flags",
        "case_bytes": 9,
        "count": len(cases),
        "cases": _hex(b"".join(cases)),
    }


def _word(random: Random, wire: Wire) -> bytes:
    raw = random.randbytes(wire.size)
    return raw.rjust(WORD, b"\0") if wire.numeric else raw.ljust(WORD, b"\0")


def records() -> dict[str, Any]:
    random = Random(2018)  # the year of the Framework of Standards
    chain_id, network_id = 31337, keccak256(b"network")
    domains = SigningDomains(
        SigningDomain(network_id, chain_id, random.randbytes(20)),
        SigningDomain(network_id, chain_id, random.randbytes(20)),
    )
    key = PrivateKey(keccak256(b"a key that everybody knows"))
    made = []
    for record_type, struct in RECORDS.items():
        record = decode(struct, b"".join(_word(random, wire) for _, wire in layout(struct)))
        digest = domains.digest(record)
        signature = key.sign_recoverable(digest, hasher=None)
        made.append(
            {
                "type": int(record_type),
                "name": struct.__name__,
                "type_string": type_string(struct),
                "type_hash": _hex(type_hash(struct)),
                "body": _hex(encode(record)),
                "struct_hash": _hex(keccak256(type_hash(struct), encode(record))),
                "digest": _hex(digest),
                "signature": _hex(signature[:64] + bytes([27 + signature[64]])),
            }
        )
    return {
        "domain": {
            "name": domains.consignments.name,
            "version": "1",
            "chain_id": chain_id,
            "network_id": _hex(network_id),
            "consignments": _hex(domains.consignments.contract),
            "participants": _hex(domains.participants.contract),
            "recognitions": _hex(domains.recognitions.contract),
            "consignments_separator": _hex(domains.consignments.separator),
            "participants_separator": _hex(domains.participants.separator),
            "recognitions_separator": _hex(domains.recognitions.separator),
        },
        "signer": _hex(keccak256(key.public_key.format(compressed=False)[1:])[12:]),
        "records": made,
    }


def head_folds() -> dict[str, Any]:
    random = Random(1952)  # the year of the first Customs Co-operation Council
    cases = []
    for _ in range(8):
        first, second, third = (random.randbytes(32) for _ in range(3))
        cases.append(
            {
                "a": _hex(first),
                "b": _hex(second),
                "c": _hex(third),
                "opened": _hex(heads.opened(DeclarationId(first))),
                "settled": _hex(heads.settled(Head(first), Digest(second), Digest(third))),
                "held": _hex(heads.held(Head(first), Digest(second))),
                "joined": _hex(heads.joined(ConsignmentId(first), DeclarationId(second))),
                "public": _hex(heads.public(Head(first), Digest(second), Head(third))),
                "organisation": _hex(heads.organisation(Head(first), Digest(second))),
            }
        )
    return {"cases": cases}


VECTORS = {"codes": code_table, "lifecycle": lifecycle, "records": records, "heads": head_folds}


def main() -> None:
    for name, make in VECTORS.items():
        (HERE / f"{name}.json").write_text(json.dumps(make(), indent=1) + "\n")


if __name__ == "__main__":
    main()
