import pytest

from ledger.domain.benefits import Benefit, Interval
from ledger.domain.codes import OrganisationKind
from ledger.domain.proposals import Period
from tests.api.conftest import AUDITOR, open_session
from tests.api.fake_client import participant
from tests.api.keys import Signer

URL = "/v1/recognition/benefits"
DAY = 86_400


@pytest.fixture
def customs(web, ledger_client):
    """The headers of a session of administration 250."""
    signer = Signer(b"\x33" * 32)
    ledger_client.keys[signer.address] = participant(250, signer.address, OrganisationKind.ADMINISTRATION)
    return {"authorization": f"Bearer {open_session(web, signer, 250).json()['token']}"}


def test_the_report_is_told_as_it_was_counted(web, customs, ledger_client):
    ledger_client.benefit = [Benefit("2026-Q1", 250, 826, 3, 1, {"RISK": 2}, 1, 0, 4)]
    asked = {"from": "2026-01-01", "to": "2026-03-31", "by": "quarter"}
    answer = web.get(URL, params=asked, headers=customs)
    assert answer.json() == {
        "benefits": [
            {
                "period": "2026-Q1",
                "administration": 250,
                "partner": 826,
                "recognised": 3,
                "partly": 1,
                "declined": {"RISK": 2},
                "withdrawn": 1,
                "replaced": 0,
                "waived": 4,
            }
        ]
    }
    start = 1_767_225_600
    assert ledger_client.reported == [(250, Period(start, start + 90 * DAY), Interval.QUARTER)]
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_period_it_is_about_all_there_is(web, audit, ledger_client):
    assert web.get(URL, headers=audit).json() == {"benefits": []}
    [(viewer, period, interval)] = ledger_client.reported
    assert (viewer, period.start, period.holds(1 << 39), interval) == (AUDITOR, 0, True, None)


def test_it_is_for_administrations_and_auditors(web, session, ledger_client):
    assert web.get(URL).status_code == 401
    assert web.get(URL, headers=session).status_code == 403
    assert ledger_client.reported == []


@pytest.mark.parametrize("wrong", [{"from": "2026-02-30"}, {"to": "soon"}, {"by": "week"}, {"from": "20260101"}])
def test_a_period_that_is_none_is_refused(web, audit, wrong):
    answer = web.get(URL, params=wrong, headers=audit)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:passavant:problem:invalid")
