import dataclasses

import pytest

from ledger.client import Answer, ReferenceType, StatusAnswer, StatusQuery
from ledger.domain.codes import Leg
from ledger.index.answers import Deliver
from ledger.index.history import Entry as TimelineEntry
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import AS_OF

REF = "5GB123456789000-A/B(1)"
STATUS = f"/v1/consignments/{REF}/status"


@pytest.fixture
def released(ledger_client):
    answer = StatusAnswer(
        answer=Answer.RELEASED,
        as_of=AS_OF,
        deliver=Deliver.YES,
        declaration=b"\1" * 32,
        leg=Leg.IMPORT,
        released_at=1_760_000_000,
        etag="tag-1",
    )
    ledger_client.answers[REF, ORGANISATION] = answer
    return answer


def test_a_status_says_as_of_when(web, session, released, ledger_client):
    answer = web.get(STATUS, params={"type": "DUCR", "for": "GB", "around": "2026-01-31"}, headers=session)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["answer"], body["deliver"], body["releasedAt"]) == ("RELEASED", "YES", "2025-10-09T08:53:20Z")
    assert body["asOf"]["block"] == 7
    assert answer.headers["passavant-as-of"] == "block=7, time=2025-10-09T08:53:20Z, lag=0"
    assert answer.headers["cache-control"] == "no-store"
    noon = 1_769_860_800
    assert ledger_client.asked[-1] == StatusQuery(reference=REF, type=ReferenceType.DUCR, country="GB", around=noon)


def test_nothing_changed_is_304_with_its_freshness(web, session, released):
    etag = web.get(STATUS, headers=session).headers["etag"]
    answer = web.get(STATUS, headers={**session, "if-none-match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert "passavant-as-of" in answer.headers
    assert web.get(STATUS, headers={**session, "if-none-match": "*"}).status_code == 304
    assert web.get(STATUS, headers={**session, "if-none-match": '"other"'}).status_code == 200


def test_the_answer_to_a_stranger_is_the_answer_about_nothing(web, released):
    stranger, nothing = web.get(STATUS), web.get("/v1/consignments/none/status")
    assert stranger.json()["answer"] == "NOT_FOUND_OR_NOT_ENTITLED"
    assert stranger.text == nothing.text
    assert stranger.headers["etag"] == nothing.headers["etag"]


def test_an_outage_is_unknown(web, session, ledger_client):
    as_of = dataclasses.replace(AS_OF, node_head=None, lag=None, reachable=False)
    unknown = StatusAnswer(answer=Answer.UNKNOWN, as_of=as_of)
    ledger_client.answers[REF, ORGANISATION] = unknown
    answer = web.get(STATUS, headers=session)
    assert answer.status_code == 200
    assert answer.json()["answer"] == "UNKNOWN"
    assert answer.json()["asOf"] == {**answer.json()["asOf"], "block": 7, "reachable": False}
    assert answer.headers["passavant-as-of"] == "block=7, time=2025-10-09T08:53:20Z"


def test_many_at_once_in_order(web, session, released):
    queries = [{"reference": REF, "type": "DUCR", "for": "GB", "around": "2026-01-31"}, {"reference": "none"}]
    answer = web.post("/v1/status", json={"queries": queries}, headers=session)
    assert [one["answer"] for one in answer.json()["answers"]] == ["RELEASED", "NOT_FOUND_OR_NOT_ENTITLED"]


@pytest.mark.parametrize(
    "query",
    [{}, {"reference": "-"}, {"reference": "a\u0000"}, {"reference": "a", "type": "X"}, {"reference": "a", "z": 1}],
)
def test_other_questions_are_refused(web, query):
    assert web.post("/v1/status", json={"queries": [query]}).status_code == 422


@pytest.mark.parametrize(
    "query", ["type=X", "for=gb", "for=", "around=yesterday", "around=20260131", "z=1", "type=UCR&type=UCR"]
)
def test_other_parameters_are_refused(web, query):
    answer = web.get(f"{STATUS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.split("=")[0].split("&")[0]


def test_a_reference_that_is_none_is_refused(web):
    for path in ("", "%0A", "-", "a%00", "a" * 201):
        assert web.get(f"/v1/consignments/{path}/status").status_code == 422


def test_provenance_is_a_timeline(web, session, ledger_client):
    fields = {"effective_at": 1_760_000_000, "prev": b"\2" * 32, "kind": "RELEASE", "risk": ["IPR"], "limit_at": 0}
    entry = TimelineEntry(what="RECORDED", type="Decision", by=1, time=1_760_000_000, fields=fields)
    ledger_client.timelines[REF, ORGANISATION] = [entry]
    url = f"/v1/consignments/{REF}/provenance"
    (found,) = web.get(url, params={"type": "DUCR"}, headers=session).json()["entries"]
    assert (found["type"], found["time"]) == ("Decision", "2025-10-09T08:53:20Z")
    assert found["fields"] == {
        "effectiveAt": "2025-10-09T08:53:20Z",
        "prev": "0x" + "02" * 32,
        "kind": "RELEASE",
        "risk": ["IPR"],
        "limitAt": None,
    }
    assert web.get(url).status_code == 404
    assert web.get(url).text == web.get("/v1/consignments/none/provenance").text


def test_before_the_first_block_nothing_is_known(web, session, ledger_client):
    as_of = dataclasses.replace(AS_OF, block=None, block_hash=None, time=None)
    ledger_client.answers[REF, ORGANISATION] = StatusAnswer(answer=Answer.UNKNOWN, as_of=as_of)
    assert "passavant-as-of" not in web.get(STATUS, headers=session).headers
