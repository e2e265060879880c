"""From notices to decisions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ledger.documents import Document, Element, Known, Notice, NoticeError, notice_decision
from ledger.documents.notices import TABLE
from ledger.domain.codes import DecisionKind, Reason
from ledger.errors import DocumentError

ISSUED = datetime(2025, 10, 14, 8, tzinfo=UTC)
EARLIER = ISSUED - timedelta(days=20)


def _notice(code, **fields):
    return Notice(document=Document(Element("Response")), function_code=code, reference="n", issued_at=ISSUED, **fields)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("export-02-registered", DecisionKind.RECEIPT),
        ("export-01-accepted", DecisionKind.ACCEPT),
        ("toys-03", DecisionKind.REJECT),
        ("export-05-control", DecisionKind.REQUIRE_CONTROL),
        ("import-06-documents", DecisionKind.REQUIRE_DOCUMENTS),
        ("import-07-amended", DecisionKind.AMEND),
        ("export-08-released", DecisionKind.RELEASE),
        ("export-09-cleared", DecisionKind.CLEAR),
        ("tableware-10-invalidated", DecisionKind.INVALIDATE),
        ("import-11-granted", DecisionKind.GRANT),
        ("low-value-11-denied", DecisionKind.REFUSE_REQUEST),
        ("import-13-indicative", DecisionKind.ASSESS),
        ("import-13-secured", DecisionKind.SECURE),
        ("import-13-final", DecisionKind.ASSESS_FINALLY),
        ("import-14-balance", DecisionKind.REQUIRE_PAYMENT),
        ("import-15-reminder", DecisionKind.REQUIRE_PAYMENT),
        ("export-16-exited", DecisionKind.CONFIRM_EXIT),
        ("export-18-exit-reminder", DecisionKind.REMIND_EXIT),
        ("import-51-query", DecisionKind.QUERY),
    ],
)
def test_every_function_code_states_its_decision(message, name, kind):
    notice = message(name)
    assert notice_decision(notice).kind is kind
    assert notice.function_code in TABLE


def test_an_unknown_function_code_is_an_error():
    with pytest.raises(DocumentError, match="unknown function code 99"):
        notice_decision(_notice("99"))


@pytest.mark.parametrize(
    ("known", "kind", "request_lrn"),
    [
        (Known(), DecisionKind.REJECT, None),
        (Known("D"), DecisionKind.REFUSE_REQUEST, "R"),
        (Known(None, {"R"}), DecisionKind.REFUSE_REQUEST, "R"),
        (Known("R"), DecisionKind.REJECT, None),
        (Known("R", accepted=True), DecisionKind.REFUSE_REQUEST, "R"),
        (Known("R", {"R"}), DecisionKind.REJECT, None),
        (Known("R", {"R"}, accepted=True), DecisionKind.REFUSE_REQUEST, "R"),
    ],
)
def test_a_03_refuses_the_request_that_it_names(known, kind, request_lrn):
    decision = notice_decision(_notice("03", lrn="R", rejected_at=EARLIER), known)
    assert (decision.kind, decision.request, decision.effective_at) == (kind, request_lrn, EARLIER)


def test_a_03_by_mrn_alone_rejects_before_acceptance_only():
    assert notice_decision(_notice("03", mrn="M")).kind is DecisionKind.REJECT
    assert notice_decision(_notice("03", mrn="M"), Known(accepted=True)).kind is DecisionKind.REFUSE_REQUEST


def test_errors_in_other_notices_are_warnings():
    decision = notice_decision(_notice("01", lrn="D", errors=(NoticeError("CDS1"), NoticeError("")), texts=("dear",)))
    assert decision.kind is DecisionKind.ACCEPT
    assert decision.detail == ("CDS1", "dear")


def test_a_version_that_was_asked_for_is_no_correction():
    assert notice_decision(_notice("07", lrn="R"), Known("D", {"R"})).reason is Reason.REQUEST
    assert notice_decision(_notice("07", lrn="D"), Known("D")).reason is Reason.CORRECTION


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("01", "accepted_at"),
        ("08", "released_at"),
        ("09", "effective_at"),
        ("10", "cancelled_at"),
        ("16", "effective_at"),
    ],
)
def test_the_legal_moment_is_the_notice_s_own(code, field):
    assert notice_decision(_notice(code, **{field: EARLIER})).effective_at == EARLIER
    assert notice_decision(_notice(code)).effective_at == ISSUED


def test_a_limit_is_kept():
    assert notice_decision(_notice("06", limit_at=EARLIER)).limit_at == EARLIER


def test_order_is_by_instant_then_by_what_comes_first():
    codes = ["02", "11", "01", "13", "05", "07", "08", "09", "16", "10", "51"]
    assert sorted(map(_notice, reversed(codes)), key=lambda notice: notice.order) == list(map(_notice, codes))
    same = {_notice(code).order[1] for code in ("05", "06", "14", "15")}
    assert len(same) == 1
    earlier = Notice(document=Document(Element("Response")), function_code="10", reference="n", issued_at=EARLIER)
    for first, second in pairwise([earlier, _notice("02")]):
        assert first.order < second.order
