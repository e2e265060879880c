from ledger.client import Reference, ReferenceType
from ledger.domain.commitment import commit, schema_id, scope_root
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import declaration_answer

SEED = bytes(range(32))
PAYLOAD = {"schema": "wco-dm/3.6/declaration", "seed": f"0x{SEED.hex()}", "fields": [["Declaration/ID[1]", "26GB"]]}
ROOT = commit(schema_id("wco-dm/3.6/declaration"), {"Declaration/ID[1]": "26GB"}, SEED).root
URL = f"/v1/payloads/0x{ROOT.hex()}"


def test_a_payload_comes_back_to_who_may_see_it(web, session):
    assert web.put(URL, json=PAYLOAD, headers=session).json() == {"kept": True}
    assert web.get(URL, headers=session).json() == PAYLOAD


def test_a_scope_is_kept_too(web, session, ledger_client):
    root = scope_root({1: "10", 2: None})
    url = f"/v1/payloads/0x{root.hex()}"
    assert web.put(url, json={"scope": {"1": "10", "2": None}}, headers=session).status_code == 200
    assert ledger_client.payloads[root][1].items == {1: "10", 2: None}


def test_who_may_see_a_declaration_may_not_name_it(web, session, ledger_client):
    ledger_client.declarations[b"\x0d" * 32, ORGANISATION] = declaration_answer(70_001)
    url = "/v1/declarations/0x" + "0d" * 32 + "/references"
    body = {"references": [{"type": "UCR", "value": "A1"}]}
    assert web.put(url, json=body, headers=session).status_code == 404
    assert not ledger_client.references


def test_another_payload_is_refused(web, session):
    answer = web.put("/v1/payloads/0x" + "00" * 32, json=PAYLOAD, headers=session)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:passavant:problem:payload-refused"


def test_who_may_not_see_it_sees_nothing(web, session, ledger_client):
    web.put(URL, json=PAYLOAD, headers=session)
    ledger_client.payloads[ROOT] = (1, ledger_client.payloads[ROOT][1])
    hidden, absent = web.get(URL, headers=session), web.get("/v1/payloads/0x" + "00" * 32, headers=session)
    assert hidden.status_code == 404
    assert hidden.text == absent.text
    assert web.put(URL, json=PAYLOAD).status_code == 401


def test_references_are_added(web, session, ledger_client):
    url = "/v1/declarations/0x" + "0d" * 32 + "/references"
    body = {"references": [{"type": "LRN", "value": "A1", "scope": "GB1"}, {"type": "S10", "value": "RR1"}]}
    assert web.put(url, json=body, headers=session).status_code == 404
    view = declaration_answer(ORGANISATION)
    ledger_client.declarations[b"\x0d" * 32, ORGANISATION] = view
    assert web.put(url, json=body, headers=session).status_code == 200
    ((_, references, owner),) = ledger_client.references
    assert references == (Reference(ReferenceType.LRN, "A1", "GB1"), Reference(ReferenceType.S10, "RR1"))
    assert owner == ORGANISATION


def test_a_reader_is_granted(web, session, ledger_client):
    body = {"reference": {"type": "S10", "value": "RR1"}, "reader": 90_000}
    assert web.post("/v1/readers", json=body, headers=session).status_code == 201
    assert ledger_client.readers == [(Reference(ReferenceType.S10, "RR1"), 90_000, ORGANISATION)]
    assert web.post("/v1/readers", json=body).status_code == 401
