import pytest

from ledger.domain.codes import OrganisationKind, Outcome, Purpose, RecordType
from ledger.domain.events import Position, Recorded, Refused
from ledger.domain.records import Hold
from ledger.domain.wire import encode
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import DeclarationView, ParticipantView

AT = Position(5, b"\5" * 32, 1_760_000_000, b"\6" * 32, 2)
RECORD = Hold(declaration=b"\1" * 32, prev=b"\2" * 32, agency=80_000, action=1, deadline=1_760_000_600)
URL = "/v1/declarations/0x" + "0d" * 32


def test_a_declaration_has_both_heads_in_its_etag(web, session, ledger_client):
    view = DeclarationView(b"\x0d" * 32, ORGANISATION, b"\x0e" * 32, b"\x0f" * 32, "rest")
    ledger_client.declarations[view.id, ORGANISATION] = view
    answer = web.get(URL, headers=session)
    assert answer.headers["etag"] == f'"{"0e" * 32}.{"0f" * 32}.rest"'
    assert answer.json()["settled"] == "0x" + "0e" * 32
    assert web.get(URL, headers={**session, "if-none-match": answer.headers["etag"]}).status_code == 304
    assert web.get(URL).text == web.get("/v1/declarations/0x" + "00" * 32, headers=session).text


def test_the_feed_can_be_replayed(web, ledger_client):
    recorded = Recorded(b"\7" * 32, RECORD, b"\4" * 65, b"\1", AT)
    refused = Refused(
        b"\x08" * 32, 80_000, b"\1" * 32, RecordType.HOLD, Outcome.HOLD_ALREADY_OPEN, encode(RECORD), b"", AT
    )
    malformed = Refused(b"\x09" * 32, 80_000, b"\1" * 32, RecordType.HOLD, Outcome.MALFORMED, b"\xff" * 224, b"", AT)
    ledger_client.feed = [recorded, refused, malformed]
    first = web.get("/v1/events", params={"limit": 1}).json()
    rest = web.get("/v1/events", params={"after": first["next"]}).json()
    (event,) = first["events"]
    assert (event["type"], event["outcome"], event["block"], event["log"]) == ("Hold", "RECORDED", 5, 2)
    assert event["body"] == f"0x{encode(RECORD).hex()}"
    assert event["record"]["agency"] == 80_000
    assert [one["outcome"] for one in rest["events"]] == ["HOLD_ALREADY_OPEN", "MALFORMED"]
    assert rest["events"][0]["record"] == event["record"]
    assert rest["events"][1]["record"] is None
    end = web.get("/v1/events", params={"after": rest["next"]}).json()
    assert end == {"events": [], "next": "3"}


@pytest.mark.parametrize(
    ("query", "status"), [("after=zz", 400), ("after=%20", 422), ("limit=0", 422), ("limit=1001", 422)]
)
def test_other_pages(web, query, status):
    assert web.get(f"/v1/events?{query}").status_code == status


def test_participants(web, ledger_client):
    ledger_client.people = [ParticipantView(1, OrganisationKind.ADMINISTRATION, Purpose.DECIDE | Purpose.READ, "FR")]
    answer = web.get("/v1/participants")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.json() == {
        "participants": [{"id": 1, "kind": "ADMINISTRATION", "purposes": ["DECIDE", "READ"], "country": "FR"}],
        "next": None,
    }
