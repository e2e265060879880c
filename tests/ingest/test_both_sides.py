"""Declarant and administration ingest the same messages: one declaration, whoever comes first."""

import pytest

from ledger.client import Answer, StatusQuery
from ledger.domain.codes import Stage, Status
from ledger.index.references import Reference, ReferenceType
from ledger.ingest import Fate, ingest
from tests.client.letters import EXPRESS_EORI, PLATFORM_EORI, Case, folder
from tests.client.networks import FR, PLATFORM


def fates(report):
    return [line.fate for line in report.lines]


def declarations(client, case):
    """The recorded declarations with a case's numbers."""
    names = [Reference(ReferenceType.LRN, case.lrn), Reference(ReferenceType.MRN, case.mrn)]
    return {one for name in names for one in client.named(name) if client.is_written(one)}


@pytest.fixture
def case():
    return Case(declarant=PLATFORM_EORI)


@pytest.fixture
def everything(case, tmp_path):
    notices = [case.notice("02", "0700"), case.notice("01", "0800"), case.notice("09", "0900")]
    return folder(tmp_path / "all", case.declaration(), *notices)


def test_first_the_declarant(team, case, everything):
    mine = ingest(team.desk("platform"), [everything])
    assert fates(mine) == [Fate.RECORDED, *[Fate.EVIDENCE] * 3]
    theirs = ingest(team.desk("customs-fr"), [everything])
    assert fates(theirs) == [Fate.KNOWN, *[Fate.RECORDED] * 3]
    assert len(declarations(team.client, case)) == 1
    assert team.client.status(StatusQuery(reference=case.mrn), PLATFORM).answer is Answer.RELEASED


def test_first_the_administration(team, case, everything):
    theirs = ingest(team.desk("customs-fr"), [everything])
    assert fates(theirs) == [Fate.EVIDENCE] * 4
    assert "has not lodged it yet" in theirs.lines[1].detail
    mine = ingest(team.desk("platform"), [everything])
    assert fates(mine)[0] is Fate.RECORDED
    assert fates(ingest(team.desk("customs-fr"), [everything])) == [Fate.KNOWN, *[Fate.RECORDED] * 3]
    assert len(declarations(team.client, case)) == 1
    for name in ("platform", "customs-fr"):
        assert set(fates(ingest(team.desk(name), [everything]))) == {Fate.KNOWN}
    assert team.client.status(StatusQuery(reference=case.mrn), PLATFORM).answer is Answer.RELEASED


def test_notices_about_requests_wait_with_the_others(team, case, tmp_path):
    receipt = case.notice("02", "0710", lrn="REQUEST-1")
    first = folder(tmp_path / "first", case.declaration(), case.notice("02", "0700"))
    ingest(team.desk("customs-fr"), [first])
    then = folder(tmp_path / "then", receipt)
    assert "has not lodged it yet" in ingest(team.desk("customs-fr"), [then]).lines[0].detail
    ingest(team.desk("platform"), [first])
    assert fates(ingest(team.desk("customs-fr"), [then])) == [Fate.RECORDED]
    assert len(declarations(team.client, case)) == 1


def test_a_declarant_who_is_no_participant_yet(team, tmp_path):
    case = Case(declarant="FR99999999900077")
    messages = folder(tmp_path / "all", case.declaration(), case.notice("01"))
    assert fates(ingest(team.desk("customs-fr"), [messages])) == [Fate.RECORDED] * 2
    late = team.desk("platform")
    late.directory = type(late.directory)({case.declarant: PLATFORM}, late.directory.administrations)
    told = ingest(late, [messages]).lines[0]
    assert told.fate is Fate.EVIDENCE
    assert "its administration has recorded it" in told.detail
    assert len(declarations(team.client, case)) == 1


def test_reported_first_then_the_declarant(team, case, tmp_path):
    """By the MRN of the declarant's own notices."""
    ingest(team.desk("customs-fr"), [folder(tmp_path / "notices", case.notice("01", lrn=None))])
    [reported] = declarations(team.client, case)
    everything = folder(tmp_path / "all", case.declaration(), case.notice("01", "1000"))
    told = ingest(team.desk("platform"), [everything]).lines[0]
    assert (told.fate, told.declaration) == (Fate.EVIDENCE, reported)
    assert declarations(team.client, case) == {reported}


def test_reported_under_its_lrn_first_then_the_declarant(team, case, tmp_path):
    ingest(team.desk("customs-fr"), [folder(tmp_path / "notices", case.notice("01"))])
    [reported] = declarations(team.client, case)
    told = ingest(team.desk("platform"), [folder(tmp_path / "own", case.declaration())]).lines[0]
    assert (told.fate, told.declaration) == (Fate.EVIDENCE, reported)
    # the content turns up at customs too
    found = ingest(team.desk("customs-fr"), [folder(tmp_path / "own")]).lines[0]
    assert (found.fate, found.declaration) == (Fate.RECORDED, reported)
    assert team.client.state(reported).version.number == 2
    assert declarations(team.client, case) == {reported}


def test_the_agent_and_the_declarant(team, tmp_path):
    """An agent without a mandate is refused; then the declarant itself lodges, once."""
    case = Case(declarant=PLATFORM_EORI)
    own = folder(tmp_path / "own", case.declaration())
    refused = ingest(team.desk("express"), [own])
    assert (refused.lines[0].fate, refused.lines[0].detail.split()[0]) == (Fate.REFUSED, "MANDATE_MISSING")
    assert refused.exit_code == 1
    assert fates(ingest(team.desk("platform"), [own])) == [Fate.RECORDED]
    assert fates(ingest(team.desk("express"), [own])) == [Fate.KNOWN]
    assert EXPRESS_EORI in own.joinpath("000.xml").read_text()


def test_another_declarant_with_the_same_number(team, tmp_path):
    """An LRN is unique for one declarant only."""
    one = Case(declarant=PLATFORM_EORI)
    other = Case(declarant="FR90000000300012", lrn=one.lrn)
    ingest(team.desk("platform"), [folder(tmp_path / "one", one.declaration())])
    assert fates(ingest(team.desk("bazaar"), [folder(tmp_path / "other", other.declaration())])) == [Fate.RECORDED]
    assert len(declarations(team.client, one)) == 2
    # a notice that can't tell them apart is neither's
    report = ingest(team.desk("customs-fr"), [folder(tmp_path / "notice", one.notice("09"))])
    assert fates(report) == [Fate.RECORDED]
    state = team.client.state(report.lines[0].declaration)
    assert (state.stage, state.standing.status) == (Stage.REPORTED, Status.CLEARED)
    # the asker's own number is the asker's own declaration
    answer = team.client.status(StatusQuery(reference=one.lrn, type=ReferenceType.LRN), PLATFORM)
    assert answer.answer is Answer.PRE_LODGED
    assert team.client.status(StatusQuery(reference=one.lrn, type=ReferenceType.LRN), FR).answer is Answer.RELEASED
