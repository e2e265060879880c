"""What decisions do to the content: requests outside the ledger and on it, and what customs write themselves."""

import pytest

from ledger.domain.codes import DecisionKind, Pending
from ledger.ingest import Fate, ingest
from tests.client.letters import PLATFORM_EORI, Case, folder, message
from tests.client.networks import PLATFORM

VALUE = "Declaration/InvoiceAmount[1]"


@pytest.fixture
def customs(team, tmp_path):
    rooms = iter(range(1000))

    def take(*messages: bytes):
        lines = ingest(team.desk("customs-fr"), [folder(tmp_path / f"{next(rooms)}", *messages)]).lines
        assert {line.fate for line in lines} <= {Fate.RECORDED, Fate.EVIDENCE, Fate.KNOWN}, lines
        return lines

    return take


def content(team, declaration):
    """Number and invoice amount of the version in force."""
    state = team.client.state(declaration)
    return state.version.number, team.desk("customs-fr").fields(state)[VALUE]


def kinds(team, declaration):
    return [DecisionKind(one.kind).name for one in team.client.decisions(declaration)]


@pytest.fixture
def outside(customs):
    """A declaration that customs received outside the ledger."""
    case = Case()
    lines = customs(case.declaration(), case.notice("02", "0600"), case.notice("01", "0700"))
    return case, lines[0].declaration


@pytest.fixture
def lodged(team, customs):
    """A declaration that the platform lodged, and customs accepted."""
    case = Case(declarant=PLATFORM_EORI)
    written = team.recorded(team.desk("platform").declare(message(case.declaration())))
    customs(case.notice("02", "0600"), case.notice("01", "0700"))
    return case, written.declaration


def test_a_request_outside_the_ledger_is_granted(team, customs, outside):
    case, declaration = outside
    asked, granted = customs(case.request("import-cor", "COR-1"), case.notice("11", status="39", lrn="COR-1"))
    assert (asked.fate, asked.declaration, granted.fate) == (Fate.EVIDENCE, declaration, Fate.RECORDED)
    assert content(team, declaration) == (2, "234.60")
    customs(case.like("import-07-amended"))  # confirms it
    assert content(team, declaration) == (2, "234.60")
    assert kinds(team, declaration)[2:] == ["GRANT", "AMEND"]


def test_request_and_answer_in_different_runs(team, customs, outside):
    case, declaration = outside
    customs(case.request("import-cor", "COR-1"))
    customs(case.notice("11", status="39", lrn="COR-1"))
    assert content(team, declaration) == (2, "234.60")


def test_a_request_that_came_before_its_declaration(team, customs):
    case = Case()
    assert customs(case.request("import-cor", "COR-1"))[0].declaration is None
    lines = customs(case.declaration(), case.notice("01", "0700"), case.notice("11", status="39", lrn="COR-1"))
    assert content(team, lines[0].declaration) == (2, "234.60")


def test_a_grant_that_names_the_declaration_answers_the_first_that_waits(team, customs, outside):
    case, declaration = outside
    customs(case.request("import-cor", "COR-1"), case.notice("11", status="39"))
    assert content(team, declaration) == (2, "234.60")
    customs(case.notice("11", "0905", status="39"))  # nothing waits any more
    assert content(team, declaration) == (2, "234.60")


def test_a_grant_that_names_another_request_brings_no_version(team, customs, outside):
    case, declaration = outside
    customs(case.request("import-cor", "COR-1"), case.notice("11", status="39", lrn="COR-2"))
    assert content(team, declaration) == (1, "186.40")


def test_a_refused_request_is_answered(team, customs, outside):
    case, declaration = outside
    customs(case.request("import-cor", "COR-1"), case.notice("11", status="41", lrn="COR-1"))
    customs(case.notice("11", "0910", status="39"))  # whatever it grants, not that one
    assert content(team, declaration) == (1, "186.40")
    assert kinds(team, declaration)[2:] == ["REFUSE_REQUEST", "GRANT"]


def test_customs_own_amendments(team, customs, outside):
    case, declaration = outside
    customs(case.like("import-07-amended"))
    assert content(team, declaration) == (2, "234.60")
    later = {"11284": "11300", "234.60": "250.00"}
    customs(case.like("import-07-amended", **later))  # no grant lies between: a change of its own
    assert content(team, declaration) == (3, "250.00")
    customs(case.notice("07", "1500"))  # says only that there is one
    assert content(team, declaration) == (3, "250.00")


def test_customs_own_amendment_after_a_confirmed_grant(team, customs, outside):
    case, declaration = outside
    customs(case.request("import-cor", "COR-1"), case.notice("11", status="39", lrn="COR-1"))
    customs(case.like("import-07-amended"))
    customs(case.like("import-07-amended", **{"11284": "11300", "234.60": "250.00"}))
    assert content(team, declaration) == (3, "250.00")


def test_an_amendment_that_does_not_apply_is_recorded_without_a_version(team, customs, outside):
    case, declaration = outside
    wrong = case.like("import-07-amended", **{"<TagID>109": "<TagID>999"})
    [line] = customs(wrong)
    assert line.fate is Fate.RECORDED
    assert "AMEND is recorded without a new version: " in line.detail
    assert "unknown field tag 999" in line.detail
    assert content(team, declaration) == (1, "186.40")


def test_what_differs_beside_an_amendment_is_told(team, customs, outside):
    case, declaration = outside
    aside = case.like(
        "import-07-amended", **{"<FunctionCode>9<": "<TotalPackageQuantity>7</TotalPackageQuantity><FunctionCode>9<"}
    )
    [line] = customs(aside)
    assert "TotalPackageQuantity" in line.detail
    assert content(team, declaration)[0] == 2


def test_a_request_on_the_ledger_is_granted(team, customs, lodged):
    case, declaration = lodged
    asked = team.recorded(team.desk("platform").amend(declaration, message(case.request("import-cor", "COR-1"))))
    assert team.client.state(declaration).standing.pending is Pending.AMENDMENT
    customs(
        case.notice("11", status="39", lrn="COR-1"),
        case.like("import-07-amended", **{"20251014112841": "20251014122841"}),
    )
    granted, confirmed = team.client.decisions(declaration)[-2:]
    assert (granted.request, confirmed.request) == (asked.digest, bytes(32))
    assert content(team, declaration) == (2, "234.60")
    assert kinds(team, declaration)[2:] == ["GRANT", "AMEND"]
    shown = team.client.declaration(declaration, PLATFORM)
    assert shown.versions[-1].author == PLATFORM


def test_grant_and_confirmation_in_different_runs(team, customs, lodged):
    case, declaration = lodged
    team.recorded(team.desk("platform").amend(declaration, message(case.request("import-cor", "COR-1"))))
    customs(case.notice("11", status="39", lrn="COR-1"))
    customs(case.like("import-07-amended"))
    assert content(team, declaration) == (2, "234.60")
    # the next request is not what is being confirmed
    team.recorded(team.desk("platform").present(declaration))
    customs(case.like("import-07-amended", **{"11284": "12284", "234.60": "299.00"}))
    assert content(team, declaration) == (3, "299.00")


def test_a_confirmation_leaves_the_next_request_pending(team, customs, lodged):
    case, declaration = lodged
    desk = team.desk("platform")
    team.recorded(desk.amend(declaration, message(case.request("import-cor", "COR-1"))))
    customs(case.notice("11", status="39", lrn="COR-1"))
    next_one = case.request("import-cor", "COR-2", **{"234.60": "240.00"})
    team.recorded(desk.amend(declaration, message(next_one)))
    customs(case.like("import-07-amended"))
    assert team.client.state(declaration).standing.pending is Pending.AMENDMENT
    customs(case.notice("11", "1500", status="39", lrn="COR-2"))
    assert content(team, declaration) == (3, "240.00")


def test_a_notice_of_amendment_alone_grants_what_is_pending(team, customs, lodged):
    case, declaration = lodged
    team.recorded(team.desk("platform").amend(declaration, message(case.request("import-cor", "COR-1"))))
    customs(case.notice("07"))
    assert content(team, declaration) == (2, "234.60")
    assert kinds(team, declaration)[-1] == "GRANT"


def test_customs_own_words_answer_what_is_pending(team, customs, lodged):
    case, declaration = lodged
    team.recorded(team.desk("platform").amend(declaration, message(case.request("import-cor", "COR-1"))))
    customs(case.like("import-07-amended", **{"234.60": "260.00"}))
    assert content(team, declaration) == (2, "260.00")
    assert team.client.state(declaration).standing.pending is Pending.NONE


def test_decisions_name_what_is_pending(team, customs, lodged):
    """A safeguarding one does not; an invalidation is granted first, and then it happens."""
    case, declaration = lodged
    asked = team.recorded(team.desk("platform").invalidate(declaration))
    customs(
        case.notice("05", "0800"),
        case.notice("02", "0805", lrn="INV-1"),
        case.notice("11", "0810", status="39", lrn="INV-1"),
        case.notice("10", "0815"),
    )
    control, receipt, granted, invalidated = team.client.decisions(declaration)[2:]
    assert [one.request for one in (control, receipt, granted, invalidated)] == [
        bytes(32),
        asked.digest,
        asked.digest,
        bytes(32),
    ]
    assert content(team, declaration)[0] == 1


def test_requests_of_others_are_no_content(team, customs, lodged):
    """What somebody else handed in as evidence never becomes customs' version."""
    case, declaration = lodged
    packed = team.desk("bazaar").sealer.seal_received(b"{}", declaration)
    team.client.keep_evidence("amendment request", packed, [], declaration, None, by=100_002)
    customs(case.notice("11", status="39"))
    assert content(team, declaration)[0] == 1


def test_nothing_is_amended_that_is_not_known(team, customs):
    case = Case()
    [line] = customs(case.like("import-07-amended"))
    assert team.client.state(line.declaration).version.number == 1
