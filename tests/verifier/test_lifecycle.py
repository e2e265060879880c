"""The auditor's table is the contracts', row by row and case by case."""

import json
from pathlib import Path

from passavant_verifier.codes import DecisionKind, Outcome, Status
from passavant_verifier.lifecycle import LIVE, TABLE, TERMINAL, Ruling, decide

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/lifecycle.json").read_text())


def names(codes) -> list[str]:
    return sorted(Status(code).name for code in codes)


def test_live_and_terminal():
    assert names(LIVE) == VECTORS["live"]
    assert names(TERMINAL) == VECTORS["terminal"]


def test_every_row():
    ours = [
        {
            "kind": DecisionKind(kind).name,
            "from": names(row.sources),
            "to": None if row.target is None else row.target.name,
            "sets": int(row.sets),
            "clears": int(row.clears),
            "debt": None if row.debt is None else int(row.debt),
            "answers": sorted(pending.name for pending in row.answers),
            **{name: getattr(row, name) for name in ("safeguards", "releases", "withholds", "versions", "corrects")},
        }
        for kind, row in TABLE.items()
    ]
    assert ours == VECTORS["table"]


def test_every_case():
    data, size = bytes.fromhex(VECTORS["cases"][2:]), VECTORS["case_bytes"]
    cases = [data[at : at + size] for at in range(0, len(data), size)]
    assert len(cases) == VECTORS["count"] > 20_000
    for case in cases:
        kind, status, flags, bits = case[0], case[1], int.from_bytes(case[2:4]), case[4]
        ruling = Ruling(*(bool(bits >> place & 1) for place in range(4)))
        expected = Outcome(case[5]), case[6], int.from_bytes(case[7:9])
        assert decide(kind, ruling, status, flags) == expected, (DecisionKind(kind), ruling, Status(status), flags)
