from ledger.client import AccessEntry
from tests.api.conftest import ORGANISATION

ID = "0x" + "0d" * 32
BODY = {"declaration": ID, "grantor": ORGANISATION, "reader": 70_001, "serial": 1, "validUntil": 2_000_000_000}
SIGNATURE = "0x" + "05" * 65


def test_a_grant_is_prepared_as_any_wallet_signs_it(web):
    told = web.post("/v1/grants/prepare", json=BODY).json()
    assert told["typedData"]["primaryType"] == "ReadGrant"
    assert told["typedData"]["message"] == {**BODY, "fields": "0x" + "00" * 32}
    assert told["id"] == told["digest"]


def test_grants_are_kept_and_shown(web, session):
    assert web.post("/v1/grants", json={**BODY, "signature": SIGNATURE}).status_code == 201
    over = {**BODY, "serial": 2.0, "validUntil": 5, "signature": SIGNATURE}
    assert web.post("/v1/grants", json=over).status_code == 201
    shown = web.get(f"/v1/declarations/{ID}/grants", headers=session).json()["grants"]
    assert [(one["serial"], one["inForce"]) for one in shown] == [(1, True), (2, False)]
    assert shown[0]["signature"] == SIGNATURE


def test_a_grant_that_nobody_entitled_signed_is_as_for_no_declaration(web):
    assert web.post("/v1/grants", json={**BODY, "grantor": 100_001, "signature": SIGNATURE}).status_code == 404
    assert web.post("/v1/grants", json=BODY).status_code == 422


def test_the_access_log_is_for_parties(web, session, ledger_client):
    url = f"/v1/declarations/{ID}/accesses"
    assert web.get(url, headers=session).status_code == 404
    assert web.get(f"/v1/declarations/{ID}/grants", headers=session).status_code == 404
    assert web.get(url).status_code == 401
    ledger_client.log[b"\x0d" * 32] = [AccessEntry(b"\x0d" * 32, b"\1" * 32, b"\2" * 32, 70_001, "READ", 1_760_000_000)]
    [entry] = web.get(url, headers=session).json()["accesses"]
    assert (entry["reader"], entry["act"], entry["notedAt"]) == (70_001, "READ", "2025-10-09T08:53:20Z")
