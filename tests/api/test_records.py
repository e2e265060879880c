import json

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ledger.client import RecordAnswer, RecordProgress, StoreError
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.reasons import REASONS
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import declaration_answer
from tests.api.samples import declaration, hold, request, signed


def test_prepare_gives_typed_data_and_stores_nothing(web, ledger_client):
    answer = web.post("/v1/prepare", json={"type": "Declaration", "record": declaration()})
    assert answer.status_code == 200
    body = answer.json()
    assert body["id"] == body["digest"]
    assert body["typedData"]["primaryType"] == "Declaration"
    assert body["typedData"]["message"] == declaration()
    assert not ledger_client.taken


def test_a_record_is_kept_then_followed(web, ledger_client):
    prepared = web.post("/v1/prepare", json={"type": "Declaration", "record": declaration()}).json()
    first = web.post("/v1/records", json=signed("Declaration", declaration()))
    assert first.status_code == 202
    assert first.json() == {"id": prepared["id"], "new": True, "outcome": None}
    assert first.headers["location"] == f"/v1/records/{prepared['id']}"
    again = web.post("/v1/records", json=signed("Declaration", declaration(), proof="0x00"))
    assert again.json() == {"id": prepared["id"], "new": False, "outcome": None}
    followed = web.get(first.headers["location"]).json()
    assert (followed["state"], followed["type"], followed["outcome"]) == ("waiting", "Declaration", None)


def test_a_refusal_has_its_reason(web, ledger_client):
    digest = b"\x01" * 32
    ledger_client.taken[digest] = RecordAnswer(
        digest=digest,
        progress=RecordProgress.REFUSED,
        record_type=RecordType.DECISION,
        outcome=Outcome.STALE_HEAD,
        provisional=True,
        block=4,
        transaction=b"\2" * 32,
        time=1_760_000_000,
    )
    assert web.get(f"/v1/records/0x{digest.hex()}").json() == {
        "id": "0x" + "01" * 32,
        "type": "Decision",
        "state": "refused",
        "outcome": "STALE_HEAD",
        "reason": "The timeline has moved on: the record extends a head that is not the current one.",
        "provisional": True,
        "block": 4,
        "blockTime": "2025-10-09T08:53:20Z",
        "transaction": "0x" + "02" * 32,
    }


def test_an_unknown_record_is_not_found(web):
    assert web.get("/v1/records/0x" + "00" * 32).status_code == 404
    assert web.get("/v1/records/0x00").status_code == 422


def test_an_array_has_a_result_each(web, ledger_client):
    body = [
        signed("Declaration", declaration()),
        signed("Declaration", declaration(leg="IMPORT?")),
        {"type": "Nonsense"},
        signed("Declaration", declaration()),
    ]
    answer = web.post("/v1/records", json=body)
    assert answer.status_code == 202
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [202, 422, 422, 202]
    assert [results[0]["new"], results[3]["new"]] == [True, False]
    assert results[1]["problem"]["errors"] == [
        {"pointer": "/record/leg", "detail": "is one of EXPORT, TRANSIT, IMPORT"}
    ]
    assert ledger_client.groups == [2]


def test_ndjson_has_a_result_a_line(web):
    lines = [json.dumps(signed("Declaration", declaration(declarant=n))) for n in (1, 2)]
    body = "\n".join([lines[0], "", "{broken", "[" * 40 + "]" * 40, lines[1]])
    answer = web.post("/v1/records", content=body, headers={"content-type": "application/x-ndjson; charset=utf-8"})
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [202, 400, 400, 202]
    kinds = [result["problem"]["type"].rpartition(":")[2] for result in results if "problem" in result]
    assert kinds == ["malformed-json", "too-deep"]


@pytest.mark.parametrize(
    ("body", "status"), [("[1]", 422), ("[", 400), ("[]", 202), (json.dumps([{}] * 1001), 422), ("7", 422), ("", 400)]
)
def test_other_bodies(web, body, status):
    answer = web.post("/v1/records", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status


def test_ndjson_is_for_records_alone(web):
    answer = web.post("/v1/prepare", content="{}", headers={"content-type": "application/x-ndjson"})
    assert answer.status_code == 415


def test_one_bad_record_stops_no_other(web, ledger_client):
    good, bad = signed("Declaration", declaration()), signed("Declaration", declaration(declarant=9))
    bad_id = web.post("/v1/prepare", json={"type": "Declaration", "record": bad["record"]}).json()["id"]
    ledger_client.bad.add(bytes.fromhex(bad_id[2:]))
    results = web.post("/v1/records", json=[good, bad]).json()["results"]
    assert [result["status"] for result in results] == [202, 422]
    assert web.post("/v1/records", json=bad).status_code == 422


def test_who_signs_for_somebody_else_leaves_no_trace(web, ledger_client):
    body = signed("Declaration", declaration())
    digest = bytes.fromhex(web.post("/v1/prepare", json={k: body[k] for k in ("type", "record")}).json()["id"][2:])
    ledger_client.refusals[digest] = Outcome.NOT_AUTHENTIC
    answer = web.post("/v1/records", json=body)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:passavant:problem:not-authentic"
    (result,) = web.post("/v1/records", json=[body]).json()["results"]
    assert (result["status"], result["problem"]["status"]) == (403, 403)
    assert not ledger_client.taken


def test_what_can_never_be_recorded_is_kept_with_the_reason(web, ledger_client):
    body = signed("Declaration", declaration())
    digest = bytes.fromhex(web.post("/v1/prepare", json={k: body[k] for k in ("type", "record")}).json()["id"][2:])
    ledger_client.refusals[digest] = Outcome.EXPIRED
    assert web.post("/v1/records", json=body).json()["outcome"] == "EXPIRED"
    (result,) = web.post("/v1/records", json=[body]).json()["results"]
    assert (result["status"], result["outcome"]) == (202, "EXPIRED")


def test_a_store_that_fails_promises_nothing(web, ledger_client):
    ledger_client.fault = StoreError("disk full")
    for body in (signed("Declaration", declaration()), [signed("Declaration", declaration())]):
        answer = web.post("/v1/records", json=body)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:passavant:problem:store-unavailable"


def etag(web, session):
    return web.get("/v1/declarations/0x" + "0d" * 32, headers=session).headers["etag"]


@pytest.fixture
def known(ledger_client):
    view = declaration_answer(ORGANISATION)
    ledger_client.declarations[b"\x0d" * 32, ORGANISATION] = view
    return view


def test_if_match_maps_to_prev(web, session, known):
    headers = {**session, "if-match": etag(web, session)}
    for body in (signed("InvalidationRequest", request()), signed("Hold", hold())):
        assert web.post("/v1/records", json=body, headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        (signed("InvalidationRequest", request(prev="0x" + "aa" * 32)), None),
        (signed("Hold", hold(prev="0x" + "0e" * 32)), None),
        (signed("InvalidationRequest", request()), f'"{"aa" * 32}.{"0f" * 32}.x"'),
        (signed("InvalidationRequest", request()), f'W/"{"0e" * 32}.{"0f" * 32}.x"'),
        (signed("InvalidationRequest", request()), "nonsense"),
        (signed("InvalidationRequest", request(declaration="0x" + "cc" * 32)), "*"),
        (signed("Declaration", declaration()), "*"),
    ],
)
def test_another_head_is_412(web, session, known, ledger_client, body, condition):
    headers = {**session, "if-match": condition or etag(web, session)}
    answer = web.post("/v1/records", json=body, headers=headers)
    assert answer.status_code == 412
    assert answer.json()["type"] == "urn:passavant:problem:stale-head"
    assert not ledger_client.taken


def test_a_head_that_has_moved_is_412(web, session, known, ledger_client):
    headers = {**session, "if-match": etag(web, session)}
    moved = declaration_answer(ORGANISATION, settled=b"\x99" * 32)
    ledger_client.declarations[known.id, ORGANISATION] = moved
    body = signed("InvalidationRequest", request())
    assert web.post("/v1/records", json=body, headers=headers).status_code == 412


def test_any_current_head_matches_a_star(web, session, known):
    body = signed("InvalidationRequest", request())
    assert web.post("/v1/records", json=body, headers={**session, "if-match": "*"}).status_code == 202


def test_if_match_wants_a_session(web, known):
    body = signed("InvalidationRequest", request())
    assert web.post("/v1/records", json=body, headers={"if-match": "*"}).status_code == 401


def test_a_gateway_without_a_relay_key_takes_nothing(settings, ledger_client):
    with TestClient(create_app(settings.model_copy(update={"relay": None}), ledger_client)) as web:
        answer = web.post("/v1/records", json=signed("Declaration", declaration()))
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:passavant:problem:no-relay"


def test_every_outcome_has_its_words():
    assert set(REASONS) == set(Outcome)
