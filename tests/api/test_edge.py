import json

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from ledger.client import NodeUnreachable
from tests.api.fake_client import fake

BODY = {"content-type": "application/json"}


def test_every_answer_has_a_request_id(web):
    ids = {web.get(url).headers["x-request-id"] for url in ("/healthz", "/nowhere", "/v1/participants")}
    assert len(ids) == 3


def test_problems_have_one_form(web):
    answers = [web.get("/nowhere"), web.delete("/healthz"), web.post("/healthz", json={})]
    assert [answer.status_code for answer in answers] == [404, 405, 405]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].startswith("urn:passavant:problem:")
    assert "GET" in answers[1].headers["allow"]


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/xml;q=0.9"])
def test_other_media_types_are_not_answered(web, accept):
    assert web.get("/healthz", headers={"accept": accept}).status_code == 406


@pytest.mark.parametrize("accept", ["*/*", "text/html, application/json;q=0.5", "Application/*"])
def test_json_is(web, accept):
    assert web.get("/healthz", headers={"accept": accept}).status_code == 200


def test_a_body_that_is_too_large(settings):
    small = settings.model_copy(update={"max_body": 100})
    with TestClient(create_app(small, fake())) as web:
        told = web.post("/v1/prepare", content=b" " * 101, headers=BODY)
        streamed = web.post("/v1/prepare", content=iter([b" " * 60, b" " * 60]), headers=BODY)
        assert [told.status_code, streamed.status_code] == [413, 413]
        assert web.post("/v1/prepare", content=iter([b" " * 60, b" " * 40]), headers=BODY).status_code == 400


def test_a_body_that_is_too_deep(web):
    answer = web.post("/v1/prepare", content=b"[" * 33 + b"]" * 33, headers=BODY)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:passavant:problem:too-deep"
    text = json.dumps({"type": "Hold", "record": {"evidence": "[" * 99}})
    assert web.post("/v1/prepare", content=text, headers=BODY).status_code == 422


def test_a_client_that_asks_too_often(settings):
    slow = settings.model_copy(update={"rate": 0.001, "burst": 2})
    with TestClient(create_app(slow, fake())) as web:
        statuses = [web.get("/healthz") for _ in range(3)]
        assert [one.status_code for one in statuses] == [200, 200, 429]
        assert int(statuses[2].headers["retry-after"]) > 0
        assert web.post("/v1/sessions/challenges", json={"organisation": 1}).status_code == 429


def test_an_unforeseen_error_tells_nothing(settings, capfd):
    ledger_client = fake(fault=RuntimeError("secret reference 5GB1"))
    with TestClient(create_app(settings, ledger_client), raise_server_exceptions=False) as web:
        answer = web.get("/v1/consignments/5GB1/status")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    err = capfd.readouterr().err
    assert "RuntimeError" in err
    assert "fake_client.py" in err
    assert "5GB1" not in err
    assert answer.json()["detail"].split()[-1] in err


def test_a_node_that_is_away(web, ledger_client):
    ledger_client.fault = NodeUnreachable("http://x", "token-in-path")
    answer = web.get("/v1/records/0x" + "00" * 32)
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:passavant:problem:node-unreachable"
    assert "token" not in answer.text


def test_ready_or_not(web, ledger_client):
    assert web.get("/readyz").json() == {"ready": True, "problems": []}
    ledger_client.wrong.append("wrong chain id")
    answer = web.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["wrong chain id"])
    assert web.get("/healthz").status_code == 200


def test_metrics_hold_no_references(web):
    web.get("/v1/consignments/SECRET-REF/status")
    text = web.get("/metrics", headers={"accept": "text/plain"}).text
    assert 'route="/v1/consignments/{ref:reference}/status",status="200"' in text
    assert "passavant_outbox_waiting 3.0" in text
    assert "SECRET" not in text


def test_logs_hold_no_references(settings, capfd):
    with TestClient(create_app(settings.model_copy(update={"log_level": "info"}), fake())) as web:
        web.get("/v1/consignments/SECRET-REF/status?type=UCR", headers={"authorization": "Bearer SECRET-TOKEN"})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["started", "request", "stopped"]
    assert lines[1]["route"] == "/v1/consignments/{ref:reference}/status"
    assert "SECRET" not in json.dumps(lines)


def test_it_starts_and_stops_its_client(settings, ledger_client):
    with TestClient(create_app(settings, ledger_client)):
        assert ledger_client.calls == ["start"]
    assert ledger_client.calls == ["start", "stop", "close"]
