import pytest

from ledger.client import FeedItem
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.records import Hold
from ledger.domain.wire import DeclarationId, Head, encode
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import DOMAINS, declaration_answer, participant

RECORD = Hold(
    declaration=DeclarationId(b"\1" * 32), prev=Head(b"\2" * 32), agency=80_000, action=1, deadline=1_760_000_600
)
URL = "/v1/declarations/0x" + "0d" * 32


def test_a_declaration_has_both_heads_in_its_etag(web, session, ledger_client):
    view = declaration_answer(ORGANISATION)
    ledger_client.declarations[view.id, ORGANISATION] = view
    answer = web.get(URL, headers=session)
    assert answer.headers["etag"].startswith(f'"{"0e" * 32}.{"0f" * 32}.')
    assert answer.headers["etag"] == f'"{answer.json()["etag"]}"'
    assert answer.json()["settledHead"] == "0x" + "0e" * 32
    assert web.get(URL, headers={**session, "if-none-match": answer.headers["etag"]}).status_code == 304
    assert web.get(URL).text == web.get("/v1/declarations/0x" + "00" * 32, headers=session).text


def item(outcome, body):
    return FeedItem(
        digest=b"\7" * 32,
        record_type=RecordType.HOLD,
        outcome=outcome,
        author=80_000,
        body=body,
        signature=b"\4" * 65,
        proof=b"\1",
        block=5,
        log=2,
        time=1_760_000_000,
        transaction=b"\6" * 32,
        block_hash=b"\5" * 32,
        head_before=b"\2" * 32,
        head_after=b"\3" * 32,
    )


def test_the_feed_can_be_replayed(web, audit, ledger_client):
    body = encode(RECORD)
    outcomes = [Outcome.RECORDED, Outcome.HOLD_ALREADY_OPEN, Outcome.MALFORMED]
    ledger_client.feed = [item(outcome, body) for outcome in outcomes[:2]] + [item(outcomes[2], b"\xff" * 224)]
    first = web.get("/v1/events", params={"limit": 1}, headers=audit).json()
    rest = web.get("/v1/events", params={"after": first["next"]}, headers=audit).json()
    (event,) = first["events"]
    assert (event["type"], event["outcome"], event["block"], event["log"]) == ("Hold", "RECORDED", 5, 2)
    assert (event["body"], event["headBefore"], event["headAfter"]) == (
        f"0x{body.hex()}",
        "0x" + "02" * 32,
        "0x" + "03" * 32,
    )
    assert event["record"]["agency"] == 80_000
    assert [one["outcome"] for one in rest["events"]] == ["HOLD_ALREADY_OPEN", "MALFORMED"]
    assert rest["events"][0]["record"] == event["record"]
    assert rest["events"][1]["record"] is None
    end = web.get("/v1/events", params={"after": rest["next"]}, headers=audit).json()
    assert end == {"events": [], "next": "3"}


def test_the_feed_is_for_auditors(web, session):
    assert web.get("/v1/events").status_code == 401
    answer = web.get("/v1/events", headers=session)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:passavant:problem:not-entitled"


@pytest.mark.parametrize(
    ("query", "status"), [("after=zz", 409), ("after=%20", 422), ("limit=0", 422), ("limit=1001", 422)]
)
def test_other_pages(web, audit, query, status):
    assert web.get(f"/v1/events?{query}", headers=audit).status_code == status


def test_participants(web, ledger_client):
    ledger_client.people = [participant(70_000, b"\1" * 20)]
    answer = web.get("/v1/participants")
    assert answer.headers["cache-control"] == "no-cache"
    (found,) = answer.json()["participants"]
    assert answer.json()["next"] is None
    assert (found["id"], found["kind"], found["country"], found["status"]) == (70_000, "OPERATOR", "FR", "ACTIVE")
    (key,) = found["keys"]
    assert (key["address"], key["notBefore"], key["notAfter"]) == ("0x" + "01" * 20, None, "9999-12-31T23:59:59Z")


def test_which_network_a_gateway_serves(web):
    answer = web.get("/v1/network")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.json() == {
        "gateway": "passavant",
        "chainId": 31337,
        "networkId": "0x" + "01" * 32,
        "consignments": "0x" + "02" * 20,
        "participants": "0x" + "03" * 20,
        "recognitions": f"0x{DOMAINS.recognitions.contract.hex()}",
    }
