"""Real messages, when they are there: PASSAVANT_SAMPLES, or ``shared/samples/wco-dms`` beside the repository.

Nothing here knows their names or contents. What a status must be, an own small fold of the lifecycle table tells.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from ledger.client import Client
from ledger.documents import LodgedDeclaration, Notice, RequestMessage, iter_sources, read
from ledger.domain.codes import Debt, DecisionKind, Flag, Status
from ledger.errors import DocumentError
from ledger.index.references import Reference, ReferenceType
from ledger.ingest import Fate, ingest
from tests.client.letters import MESSAGES
from tests.client.networks import FR, GB, desk_of

BESIDE = Path(__file__).parents[3] / "shared" / "samples" / "wco-dms"
SAMPLES = Path(os.environ.get("PASSAVANT_SAMPLES") or BESIDE)
ORDER = ("02", "11", "01", "13", "05", "06", "14", "15", "07", "08", "09", "16", "10", "03", "18", "51")
TIED = {"06": "05", "14": "05", "15": "05"}
HOLDS = {"05": "CONTROL", "06": "DOCUMENTS", "14": "PAYMENT", "15": "PAYMENT"}

real = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason=f"no real messages: PASSAVANT_SAMPLES is not set and {BESIDE.name} is not there"
)


def fold(notices, requests, stage):
    """Status and holds that a declaration's notices say, by the lifecycle table of the domain."""
    status, holds, seen = stage or "REPORTED", set(), set()
    early = {"REPORTED", "PRE_LODGED", "LODGED"}
    for notice in sorted(notices, key=order):
        code = notice.function_code
        if notice.reference in seen:
            continue
        seen.add(notice.reference)
        if code == "01" and status in early:
            status = "ACCEPTED"
        elif code == "03" and status in early and notice.lrn not in requests:
            status = "REJECTED"
        elif code in HOLDS:
            holds.add(HOLDS[code])
        elif code == "08" and status in early | {"ACCEPTED"}:
            status, holds = "RELEASED", set()
        elif code == "09" and status in early | {"ACCEPTED", "RELEASED"}:
            status, holds = "CLEARED", set()
        elif code == "16" and status in {"REPORTED", "RELEASED", "CLEARED"}:
            status = "EXITED"
        elif code == "10":
            status = "INVALIDATED"
    return status, holds


def order(notice):
    code = TIED.get(notice.function_code, notice.function_code)
    return notice.issued_at, ORDER.index(code) if code in ORDER else len(ORDER), notice.reference


class Read:
    """Everything below a path, by kind; what can't be read is counted."""

    def __init__(self, path):
        self.messages, self.broken = [], 0
        for name, data in iter_sources([path]):
            try:
                self.messages += read(data, name)
            except DocumentError:
                self.broken += 1

    def of(self, kind):
        return [one for one in self.messages if isinstance(one, kind)]

    def mrns(self, country):
        notices = self.of(Notice)
        return {one.mrn: [n for n in notices if n.mrn == one.mrn] for one in notices if one.mrn and ours(one, country)}

    def said(self, mrn):
        """What the notices of an MRN say."""
        notices = [one for one in self.of(Notice) if one.mrn == mrn]
        numbers = {one.lrn for one in notices}
        lodged = [one for one in self.of(LodgedDeclaration) if one.lrn in numbers or one.mrn == mrn]
        requests = {one.lrn for one in self.of(RequestMessage)} - {one.lrn for one in lodged}
        stage = None
        if lodged:
            stage = "PRE_LODGED" if lodged[0].type_code[2:] in set("DEFK") else "LODGED"
        return fold(notices, requests, stage)


def ours(notice, country):
    return notice.country is None or notice.country in country


def statuses(client, mrns, administration):
    """What is recorded of each MRN as its administration knows it: (status, holds), and how many declarations."""
    found = {}
    for mrn in mrns:
        named = client.named(Reference(ReferenceType.MRN, mrn, str(administration)))
        [state] = [client.state(one) for one in named if client.is_written(one)]
        flags = state.standing.flags
        found[mrn] = (
            state.standing.status.name,
            {flag.name for flag in (Flag.CONTROL, Flag.DOCUMENTS, Flag.PAYMENT) if flag in flags},
        )
    return found


@real
def test_all_real_messages(client, devnet, tmp_path):
    corpus = Read(SAMPLES)
    desk = desk_of(client, devnet, "customs-gb")
    broken = tmp_path / "broken.xml"
    broken.write_text("<Declaration>\n  <ID>1</ID")
    report = ingest(desk, [SAMPLES, broken])

    # every message of a known kind is recorded or kept as what it is, and the broken one is named with its place
    assert len(report.lines) == len(corpus.messages) + corpus.broken + 1
    unreadable = [line for line in report.lines if line.fate is Fate.UNREADABLE]
    assert len(unreadable) == corpus.broken + 1
    assert any(f"{broken}:2:" in line.detail for line in unreadable)
    assert report.exit_code == 1
    fates = {line.fate for line in report.lines} - {Fate.UNREADABLE}
    assert fates <= {Fate.RECORDED, Fate.EVIDENCE, Fate.KNOWN}
    for line in report.lines:
        if line.kind.startswith("notice") and line.fate is Fate.EVIDENCE:
            assert "another administration" in line.detail, line

    # the status per MRN is what its notices say
    mrns = corpus.mrns({"GB", "XI"})
    assert mrns
    assert statuses(client, mrns, GB) == {mrn: corpus.said(mrn) for mrn in mrns}

    # 13 never changes a status, only the debt
    for mrn, notices in mrns.items():
        taxed = [one for one in sorted(notices, key=order) if one.function_code == "13"]
        if taxed:
            [declaration] = client.named(Reference(ReferenceType.MRN, mrn, str(GB)))
            expected = {"4": Debt.FINAL, "115": Debt.SECURED}.get(taxed[-1].status_code or "", Debt.INDICATIVE)
            assert client.state(declaration).standing.debt is expected

    # a second run records nothing new
    block = client.as_of().block
    again = ingest(desk, [SAMPLES])
    assert client.as_of().block == block
    assert not any(line.fate is Fate.RECORDED for line in again.lines)
    assert again.exit_code == int(corpus.broken > 0)
    assert not client.replay().differences


@pytest.fixture
def own(settings, devnet):
    """The project's own messages, ingested by everybody in an order; what is left on the ledger."""

    def by(*names):
        with Client.open(settings) as client:
            client.sync()
            for name in names:
                report = ingest(desk_of(client, devnet, name), [MESSAGES])
                assert {line.fate for line in report.lines} <= {
                    Fate.RECORDED,
                    Fate.EVIDENCE,
                    Fate.KNOWN,
                    Fate.UNREADABLE,
                }
            corpus = Read(MESSAGES)
            found: dict[str, Any] = {}
            for administration, countries in ((GB, {"GB", "XI"}), (FR, {"FR", "MC"})):
                found |= statuses(client, corpus.mrns(countries), administration)
            assert not client.replay().differences
            return found, client.as_of().block

    return by


@pytest.mark.parametrize(
    "names",
    [
        ("platform", "customs-gb", "customs-fr"),
        ("customs-fr", "customs-gb", "platform", "customs-fr", "customs-gb"),
    ],
)
def test_own_messages_by_everybody(own, names):
    corpus = Read(MESSAGES)
    found, block = own(*names)
    assert found == {mrn: corpus.said(mrn) for mrn in found}
    assert {Status[status] for status, _ in found.values()} >= {Status.EXITED, Status.CLEARED, Status.INVALIDATED}
    # once more: nothing new, but for what waited for an answer
    again, _ = own(*names)
    assert again == found
    assert own(*names)[1] == own(*names)[1] >= block


def test_the_fold_knows_the_kinds_of_decisions():
    """The fold above stands for itself; this holds its codes against the decisions that notices become."""
    from ledger.documents.notices import TABLE

    assert set(ORDER) == set(TABLE)
    assert {TABLE[code].kind for code in HOLDS} == {
        DecisionKind.REQUIRE_CONTROL,
        DecisionKind.REQUIRE_DOCUMENTS,
        DecisionKind.REQUIRE_PAYMENT,
    }
