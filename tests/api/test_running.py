"""The gateway as its users meet it: a process over a chain of its own."""

import contextlib
import json
import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from ledger.chain.network import Network
from ledger.devnet import Devnet
from ledger.devnet.gateway import Gateway, environment, free_port
from ledger.devnet.processes import Program
from tests.api.running import Participant

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """The home of a network that was set up and stopped."""
    home = tmp_path_factory.mktemp("founded") / "home"
    with Devnet(home, gateway=False):
        pass
    return home


@pytest.fixture
def fragile(founded, tmp_path):
    """A chain, gateway and declarant of a test's own; taken before the shared chain moves on."""
    home = shutil.copytree(founded, tmp_path / "home", ignore=shutil.ignore_patterns("*.pid", "devnet.lock", "ready"))
    with Devnet(home, gateway=False) as chain:
        gateway = Gateway(chain.home, tmp_path, free_port())
        try:
            with httpx.Client(base_url=gateway.url, timeout=30) as web:
                yield chain, gateway, Participant.of(chain.home, "bazaar", web).log_in()
        finally:
            gateway.stop()


@pytest.fixture(scope="module")
def chain(founded):
    """A chain that all tests here share, but those that hurt it."""
    with Devnet(founded, gateway=False) as devnet:
        yield devnet


@pytest.fixture(scope="module")
def gateway(chain, tmp_path_factory):
    gateway = Gateway(chain.home, tmp_path_factory.mktemp("gateway"), free_port())
    yield gateway
    gateway.stop()


@pytest.fixture
def web(gateway):
    with httpx.Client(base_url=gateway.url, timeout=30) as web:
        yield web


@pytest.fixture
def bazaar(chain, web):
    return Participant.of(chain.home, "bazaar", web).log_in()


@pytest.fixture
def customs(chain, web):
    return Participant.of(chain.home, "customs-fr", web).log_in()


# tests on a chain of their own come first: they copy the home before the shared chain runs in it


def test_what_was_promised_survives_a_kill(fragile, tmp_path):
    chain, gateway, bazaar = fragile
    bodies = [bazaar.signed("Declaration", bazaar.declaration()) for _ in range(20)]
    results = bazaar.post(bodies).json()["results"]
    os.kill(gateway.program.pid, signal.SIGKILL)
    gateway.program.wait(10)
    again = Gateway(chain.home, tmp_path, free_port())
    try:
        with httpx.Client(base_url=again.url, timeout=30) as web:
            bazaar.web = web
            assert {bazaar.settled(f"/v1/records/{one['id']}")["state"] for one in results} == {"final"}
            repeated = bazaar.post(bodies).json()["results"]
            assert [one["id"] for one in repeated] == [one["id"] for one in results]
            assert not any(one["new"] for one in repeated)
    finally:
        again.stop()


def test_an_outage_is_unknown_and_what_comes_waits(fragile):
    chain, _, bazaar = fragile
    body = bazaar.signed("Declaration", bazaar.declaration())
    first = bazaar.post(body).json()["id"]
    assert bazaar.settled(f"/v1/records/{first}")["state"] == "final"
    status = f"/v1/consignments/{first}/status"
    assert bazaar.get(status).json()["answer"] == "LODGED"
    chain.supervisor.stop()
    while (answer := bazaar.get(status)).json()["answer"] != "UNKNOWN":
        assert answer.json()["answer"] == "LODGED"
    assert answer.status_code == 200
    assert answer.json()["asOf"]["reachable"] is False
    assert answer.json()["asOf"]["block"] > 0
    assert answer.json()["status"] is None
    ready = bazaar.web.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["problems"]
    waiting = bazaar.post(bazaar.signed("Declaration", bazaar.declaration()))
    assert waiting.status_code == 202
    assert bazaar.get(waiting.headers["location"]).json()["state"] in ("waiting", "sending")


def test_from_a_declaration_to_its_release(chain, web, bazaar, customs):
    posted = bazaar.post(bazaar.signed("Declaration", bazaar.declaration()))
    assert posted.status_code == 202
    declaration = posted.json()["id"]
    assert bazaar.settled(posted.headers["location"])["state"] == "final"

    references = {"references": [{"type": "UCR", "value": "5FR-A/B 7"}]}
    url = f"/v1/declarations/{declaration}/references"
    assert web.put(url, json=references, headers=bazaar.headers).status_code == 200
    status = "/v1/consignments/5FR-A%2FB 7/status?type=UCR&for=FR"
    lodged = bazaar.get(status)
    assert (lodged.json()["answer"], lodged.json()["deliver"]) == ("LODGED", "NO")
    assert bazaar.get(status, **{"if-none-match": lodged.headers["etag"]}).status_code == 304

    seen = customs.get(f"/v1/declarations/{declaration}")
    release = customs.signed("Decision", customs.decision(declaration, seen.json()["settledHead"], "RELEASE"))
    headers = {**customs.headers, "if-match": seen.headers["etag"]}
    assert customs.settled(customs.post(release, **headers).headers["location"])["state"] == "final"
    again = customs.signed("Decision", customs.decision(declaration, seen.json()["settledHead"], "CLEAR"))
    assert customs.post(again, **headers).status_code == 412
    refused = customs.settled(customs.post(again).headers["location"])
    assert (refused["state"], refused["outcome"]) == ("refused", "STALE_HEAD")

    released = bazaar.get(status, **{"if-none-match": lodged.headers["etag"]})
    assert (released.status_code, released.json()["answer"], released.json()["deliver"]) == (200, "RELEASED", "YES")
    timeline = bazaar.get("/v1/consignments/5FR-A%2FB 7/provenance").json()["entries"]
    assert [one["type"] for one in timeline if one["what"] == "RECORDED"] == ["Declaration", "Decision"]

    outsider = Participant.of(chain.home, "express", web).log_in()
    nothing = web.get(status.replace("5FR", "6FR"), headers=outsider.headers)
    assert outsider.get(status).json() == nothing.json()
    assert outsider.get(f"/v1/declarations/{declaration}").status_code == 404
    reader = {"reference": {"type": "UCR", "value": "5fr-a/b7"}, "reader": outsider.organisation}
    assert web.post("/v1/readers", json=reader, headers=bazaar.headers).status_code == 201
    assert outsider.get(status).json()["answer"] == "RELEASED"
    assert outsider.get(f"/v1/declarations/{declaration}").status_code == 404

    auditor = Participant.of(chain.home, "auditor", web).log_in()
    cursor, types = "", []
    while page := auditor.get(f"/v1/events?limit=5{cursor}").json():
        types += [event["type"] for event in page["events"]]
        if not page["events"]:
            break
        cursor = f"&after={page['next']}"
    assert types[-2:] == ["Declaration", "Decision"]


def test_nobody_signs_for_somebody_else(bazaar, customs):
    body = bazaar.signed("Declaration", bazaar.declaration())
    body["signature"] = customs.signed("Declaration", body["record"])["signature"]
    assert bazaar.post(body).status_code == 403
    unknown = bazaar.signed("Declaration", bazaar.declaration())
    digest = bazaar.web.post("/v1/prepare", json={k: unknown[k] for k in ("type", "record")}).json()["id"]
    assert bazaar.get(f"/v1/records/{digest}").status_code == 404


def test_the_wrong_code_is_not_ready(chain, tmp_path):
    network = Network.load(chain.places.network)
    replace(network, consignments_code=bytes(32)).save(tmp_path / "network.json")
    settings = environment(chain.home, free_port())
    settings |= {"PASSAVANT_NETWORK": str(tmp_path / "network.json"), "PASSAVANT_DATABASE": f"sqlite:///{tmp_path}/s"}
    del settings["PASSAVANT_RELAY"]
    program = Program((sys.executable, "-m", "api"), tmp_path / "log", settings)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{settings['PASSAVANT_PORT']}") as web:
            while program.runs:
                with contextlib.suppress(httpx.TransportError):
                    ready = web.get("/readyz")
                    break
            assert ready.status_code == 503
            assert "code hash of Consignments" in " ".join(ready.json()["problems"])
            assert web.get("/healthz").status_code == 200
    finally:
        assert program.end(30)
    assert '"event":"stopped"' in program.said()


def test_what_can_not_be_opened_is_said(tmp_path):
    settings = {
        "NETWORK": str(tmp_path / "none"),
        "RPC": "http://127.0.0.1:1",
        "DATABASE": "sqlite://",
        "INDEX_KEY": "k",
    }
    environ = {**os.environ, **{f"PASSAVANT_{name}": value for name, value in settings.items()}}
    program = Program((sys.executable, "-m", "api"), tmp_path / "log", environ)
    assert program.wait(60)
    assert '"event":"can\'t start"' in program.said()
    assert "DescriptorError" in program.said()


def test_many_posts_at_once_are_all_kept(web, bazaar):
    bodies = [bazaar.signed("Declaration", bazaar.declaration()) for _ in range(120)]
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(bazaar.post, bodies))
    assert {answer.status_code for answer in answers} == {202}
    assert {bazaar.settled(answer.headers["location"])["state"] for answer in answers} == {"final"}
    metrics = web.get("/metrics").text
    groups = float(metrics.split("passavant_group_commit_records_count ")[1].split("\n")[0])
    assert groups < len(bodies)


def test_ndjson_goes_through(web, bazaar):
    bodies = [bazaar.signed("Declaration", bazaar.declaration()) for _ in range(3)]
    lines = "\n".join([*map(json.dumps, bodies), "nonsense"])
    answer = web.post("/v1/records", content=lines, headers={"content-type": "application/x-ndjson"})
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [202, 202, 202, 400]
    assert bazaar.settled(f"/v1/records/{results[2]['id']}")["state"] == "final"
