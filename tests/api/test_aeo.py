"""AEO status over HTTP: any participant with a session, any moment."""

import pytest

from ledger.client import AeoAnswer
from ledger.domain.aeo import AeoEnd, AeoGranted, AeoPartner, AeoState
from ledger.domain.codes import AeoStanding
from ledger.domain.wire import Digest
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import AS_OF

URL = "/v1/participants/70000/aeo"
NOON = 1_767_225_600 + 43_200


def answer() -> AeoAnswer:
    granted = AeoGranted(
        grant=Digest(b"\x01" * 32),
        administration=826,
        competent=826,
        programme=b"\x02" * 32,
        programme_name=None,
        valid_from=NOON,
        valid_until=NOON + 60,
        recorded_at=NOON,
        state=AeoState.VALID,
        evidence=None,
        end=AeoEnd(Digest(b"\x03" * 32), AeoStanding.WITHDRAWN, NOON + 30, NOON + 31, None),
        partners=(AeoPartner(250, Digest(b"\x04" * 32), None, (826,)),),
    )
    return AeoAnswer(operator=70_000, holds_at=NOON, known_at=NOON, authorised=True, grants=(granted,), as_of=AS_OF)


def test_it_is_told_to_whoever_has_a_session(web, session, ledger_client):
    ledger_client.authorised[70_000] = answer()
    told = web.get(URL, params={"at": "2026-01-01T12:00:00Z", "known": "2026-01-01T12:00:01Z"}, headers=session)
    assert told.status_code == 200
    assert ledger_client.asked_aeo == [(70_000, ORGANISATION, NOON, NOON + 1)]
    content = told.json()
    [one] = content["grants"]
    assert (content["authorised"], content["holdsAt"], one["state"]) == (True, "2026-01-01T12:00:00Z", "VALID")
    assert (one["end"]["status"], one["end"]["validFrom"]) == ("WITHDRAWN", "2026-01-01T12:00:30Z")
    assert one["partners"] == [
        {"administration": 250, "arrangement": "0x" + "04" * 32, "recognises": None, "suspendedBy": [826]}
    ]
    assert "no-store" in told.headers["cache-control"]


def test_without_moments_it_is_now_and_without_an_operator_there_is_nothing(web, session, ledger_client):
    assert web.get(URL, headers=session).status_code == 404
    assert ledger_client.asked_aeo == [(70_000, ORGANISATION, None, None)]


def test_without_a_session_nothing_is_told(web, ledger_client):
    assert web.get(URL).status_code == 401
    assert ledger_client.asked_aeo == []


@pytest.mark.parametrize("wrong", [{"at": "2026-02-30T12:00:00Z"}, {"at": "soon"}, {"known": "2026-01-01"}])
def test_a_moment_that_is_none_is_refused(web, session, wrong):
    told = web.get(URL, params=wrong, headers=session)
    assert (told.status_code, told.json()["type"]) == (422, "urn:passavant:problem:invalid")
