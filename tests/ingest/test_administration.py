"""An administration's messages: notices are decisions, and what is unknown is opened until it turns up."""

import pytest

from ledger.client import Answer, StatusQuery
from ledger.domain.codes import DecisionKind, Flag, Leg, RecordType, Stage, Status
from ledger.index.answers import Deliver
from ledger.index.references import Reference, ReferenceType
from ledger.ingest import Fate, ingest
from tests.client.letters import PLATFORM_EORI, Case, folder, message
from tests.client.networks import FR, GB


@pytest.fixture
def customs(team, tmp_path):
    """Ingests messages as French customs; the lines of its report."""
    rooms = iter(range(1000))

    def take(*messages: bytes, name: str = "customs-fr"):
        return ingest(team.desk(name), [folder(tmp_path / f"{next(rooms)}", *messages)]).lines

    return take


@pytest.fixture
def state(team):
    def of(line):
        return team.client.state(line.declaration)

    return of


def kinds(team, line):
    return [DecisionKind(one.kind) for one in team.client.decisions(line.declaration)]


def test_received_outside_the_ledger(team, customs, state):
    case = Case()
    lodged, registered = customs(case.declaration(), case.notice("02", "0700"))
    assert (lodged.fate, lodged.detail) == (Fate.RECORDED, "received outside the ledger")
    found = state(lodged)
    assert (found.declarant, found.administration, found.stage) == (0, FR, Stage.PRE_LODGED)
    assert Flag.RECEIVED_OUTSIDE in found.standing.flags
    assert registered.declaration == lodged.declaration
    shown = team.client.declaration(lodged.declaration, FR)
    assert shown.lodged_at == 1_760_425_200  # as it says nothing itself: 2025-10-14 07:00, when it was heard of


def test_a_declarant_without_number(customs, state):
    assert state(customs(Case(declarant="").declaration())[0]).declarant == 0


def test_a_jurisdiction_of_others_is_evidence(team, customs):
    case = Case(country="GB", template="export")
    lines = customs(case.declaration(), case.notice("09"))
    assert [line.fate for line in lines] == [Fate.EVIDENCE] * 2
    assert lines[0].detail == "bound to GB, another administration's jurisdiction"
    assert lines[1].detail == "a notice of GB, another administration"
    assert not team.client.named(Reference(ReferenceType.MRN, case.mrn))


def test_an_unknown_declaration_is_reported(team, customs, state):
    case = Case()
    [line] = customs(case.notice("09"))
    found = state(line)
    assert (found.stage, found.standing.status, found.leg) == (Stage.REPORTED, Status.CLEARED, Leg.IMPORT)
    answer = team.client.status(StatusQuery(reference=case.mrn), FR)
    assert (answer.answer, answer.deliver, answer.regime) == (Answer.RELEASED, Deliver.NO, None)


def test_an_unknown_export_is_reported_as_one(customs, state):
    assert state(customs(Case().notice("16"))[0]).leg is Leg.EXPORT


def test_an_unknown_declaration_without_mrn(customs, state):
    case = Case()
    first, second = customs(case.notice("01", "0700", mrn=None), case.notice("09", mrn=None))
    assert first.declaration == second.declaration
    assert state(first).stage is Stage.REPORTED


@pytest.mark.parametrize(
    ("codes", "early", "kind"),
    [
        ((), True, None),
        (("02",), True, DecisionKind.REGISTER_PRE_LODGED),
        (("02",), False, DecisionKind.REGISTER),
        (("01",), False, DecisionKind.AMEND),
    ],
)
def test_the_original_turns_up(team, customs, state, codes, early, kind):
    case = Case()
    customs(*(case.notice(code, "0800") for code in codes))
    original = case.declaration() if early else case.declaration(IMD="IMA")
    [line] = customs(original)
    assert line.fate is Fate.RECORDED
    if kind is None:
        assert state(line).stage is Stage.PRE_LODGED
        return
    assert line.detail == "turned up for a declaration that was known by its MRN only"
    assert kinds(team, line)[-1] is kind
    assert state(line).version.number == 2
    assert team.client.status(StatusQuery(reference=case.item), FR).declaration == line.declaration
    assert customs(original)[0].fate is Fate.KNOWN
    assert customs(case.declaration(IMD="IMZ"))[0].fate is Fate.KNOWN  # by declarant and LRN now


def test_the_original_turns_up_too_late(customs):
    """Nothing follows an invalidation; the content stays evidence."""
    case = Case()
    customs(case.notice("10"))
    [line] = customs(case.declaration())
    assert line.fate is Fate.EVIDENCE
    assert "no such step" in line.detail
    assert customs(case.declaration())[0].fate is Fate.EVIDENCE  # it may be reinstated: looked at anew


def test_a_number_that_others_claim_counts_for_nothing(team, customs, state):
    """Whoever names another's MRN as its own must not get its decisions."""
    fraud, honest = Case(declarant=PLATFORM_EORI), Case()
    written = team.recorded(team.desk("platform").declare(message(fraud.declaration())))
    team.client.add_references(written.declaration, [Reference(ReferenceType.MRN, honest.mrn)], 100_001)
    [line] = customs(honest.notice("09"))
    assert line.declaration != written.declaration
    assert team.client.state(written.declaration).standing.status is Status.PRE_LODGED


def test_a_number_that_has_another_mrn(customs):
    """An LRN used again: the declaration that has an MRN is not meant by a notice with another one."""
    case = Case()
    lodged, _ = customs(case.declaration(), case.notice("01"))
    [other] = customs(case.notice("01", mrn=case.mrn.replace("XXX4", "YYY7")))
    assert (other.fate, other.declaration == lodged.declaration) == (Fate.RECORDED, False)


def test_notices_of_the_successor_country(customs, state):
    """A jurisdiction of the administration that is not its country; and a message that names none."""
    case = Case(country="GB", template="export")
    lines = customs(case.declaration(), case.notice("01", country="XI", mrn=None), name="customs-gb")
    assert [line.fate for line in lines] == [Fate.RECORDED] * 2
    assert state(lines[0]).administration == GB


def test_repeats(customs):
    """Recognised by the notice's own number, in one run and later."""
    case = Case()
    notice = case.notice("09", reference=f"same-{case.own}")
    again = case.notice("09", "0901", reference=f"same-{case.own}")
    assert [line.fate for line in customs(notice, again)] == [Fate.RECORDED, Fate.KNOWN]
    assert customs(again)[0].fate is Fate.KNOWN


def test_steps_out_of_order_are_kept_until_they_fit(customs, state):
    case = Case()
    exited = case.notice("16", "1200")
    lodged, kept = customs(case.declaration(), exited)
    assert (kept.fate, kept.detail) == (Fate.EVIDENCE, "the ledger has no such step here: TRANSITION_NOT_ALLOWED")
    _, then = customs(case.notice("09", "1100"), exited)
    assert then.fate is Fate.RECORDED
    assert state(lodged).standing.status is Status.EXITED


def test_a_limit_in_the_past_stays_in_the_evidence(team, customs):
    moment = '<LimitDateTime><DateTimeString formatCode="304">{}</DateTimeString></LimitDateTime>'
    limit = f"<AdditionalInformation>{moment}</AdditionalInformation>"
    case = Case()
    lines = customs(
        case.declaration(),
        case.notice("06", "0900", head=limit.format("20251001000000Z")),
        case.notice("14", "0950", head=limit.format("20991001000000Z")),
        case.notice("01", "0800"),
    )
    assert {line.fate for line in lines} == {Fate.RECORDED}
    limits = {DecisionKind(one.kind): one.limit_at for one in team.client.decisions(lines[0].declaration)}
    assert limits[DecisionKind.REQUIRE_DOCUMENTS] == 0
    assert limits[DecisionKind.REQUIRE_PAYMENT] == 4_094_496_000


def test_unknown_function_codes_are_refused_and_the_rest_goes_on(customs):
    case = Case()
    wrong, fine = customs(case.notice("99", "0700"), case.notice("01"))
    assert wrong.fate is Fate.REFUSED
    assert "unknown function code 99" in wrong.detail
    assert fine.fate is Fate.RECORDED


def test_times_that_no_record_holds_are_refused(customs):
    case = Case()
    [line] = customs(case.notice("01", day="19010101"))
    assert line.fate is Fate.REFUSED
    assert "outside uint40" in line.detail


def test_an_endless_number_names_nothing(customs):
    case = Case()
    [line] = customs(case.notice("01", lrn="9" * 600))
    assert (line.fate, line.detail) == (Fate.REFUSED, "LRN: it is longer than 512 characters")


def test_movements_show_in_the_timeline(team, customs):
    case = Case(country="GB", template="export")
    movement = case.like("export-movement")
    lodged, _, moved = customs(case.declaration(), case.notice("01"), movement, name="customs-gb")
    assert (moved.fate, moved.detail) == (Fate.EVIDENCE, "EDL: an event of carrier or port")
    assert moved.declaration == lodged.declaration
    told = team.client.provenance(StatusQuery(reference=case.mrn), GB)
    assert [(one.what, one.type) for one in told if one.what == "EVIDENCE"] == [("EVIDENCE", "movement message EDL")]
    assert {one.type for one in told if one.what == "RECORDED"} == {"Declaration", "Decision"}


def test_records_are_what_the_feed_tells(team, customs):
    case = Case()
    customs(case.notice("09"))
    page = team.client.events(None, 10_000)
    mine = [one for one in page.items if one.record_type in {RecordType.DECLARATION, RecordType.DECISION}]
    assert mine
