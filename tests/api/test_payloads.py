import base64
from dataclasses import replace

from ledger.client import Custody, Reference, ReferenceType, Subject, Suite
from ledger.domain.commitment import scope_root
from ledger.sealing import DecryptionKey, Payload, open_payload, seal, wrap_for
from ledger.sealing.envelope import Sealed
from ledger.sealing.wrapping import Wrap
from tests.api.conftest import ORGANISATION
from tests.api.fake_client import declaration_answer

PAYLOAD = Payload("wco-dm/3.6/declaration", bytes(range(32)), (("Declaration/ID[1]", "26GB"),))
SUBJECT = Subject(b"\x0d" * 32, PAYLOAD.root, PAYLOAD.schema_id)
READER = DecryptionKey.generate(ORGANISATION, 1)
STRANGER = DecryptionKey.generate(70_001, 2, Suite.X25519)
SEALED, KEY = seal(SUBJECT, PAYLOAD.to_bytes())
URL = f"/v1/payloads/0x{PAYLOAD.root.hex()}"


def written(wrap):
    return {
        "recipient": wrap.recipient,
        "keyVersion": wrap.key_version,
        "suite": int(wrap.suite),
        "wrap": base64.b64encode(wrap.wrapped).decode(),
    }


def body(*readers, **more):
    return {
        "declaration": f"0x{SUBJECT.declaration.hex()}",
        "schema": f"0x{SUBJECT.schema.hex()}",
        "ciphertext": base64.b64encode(SEALED.ciphertext).decode(),
        "wraps": [written(wrap_for(one.public, SEALED, KEY)) for one in readers or (READER,)],
        **more,
    }


def test_a_payload_comes_back_sealed_to_who_may_open_it(web, session):
    assert web.put(URL, json=body(), headers=session).json() == {"kept": True}
    [found] = web.get(URL, headers=session).json()["sealed"]
    assert found["owner"] == ORGANISATION
    assert found["contentHash"] == f"0x{SEALED.content_hash.hex()}"
    own = found["wrap"]
    wrap = Wrap(ORGANISATION, own["keyVersion"], Suite(own["suite"]), base64.b64decode(own["wrap"]))
    sealed = Sealed(SUBJECT, base64.b64decode(found["ciphertext"]))
    assert open_payload(sealed, wrap, [READER]) == PAYLOAD


def test_what_nobody_wrapped_for_me_has_no_wrap(web, session):
    web.put(URL, json=body(STRANGER), headers=session)
    assert web.get(URL, headers=session).json()["sealed"][0]["wrap"] is None


def test_a_scope_is_kept_too(web, session, ledger_client):
    root = scope_root({1: "10", 2: None})
    url = f"/v1/payloads/0x{root.hex()}"
    assert web.put(url, json={"scope": {"1": "10", "2": None}}, headers=session).status_code == 200
    assert ledger_client.scopes[root].items == {1: "10", 2: None}
    assert web.put(URL, json={"scope": {"1": "10"}}, headers=session).status_code == 409


def test_payloads_in_plain_are_not_taken(web, session):
    assert web.put(URL, json=PAYLOAD.to_json(), headers=session).status_code == 422


def test_what_is_no_ciphertext_or_wrap_is_refused(web, session):
    for strange in (
        body(ciphertext="AAAA"),
        body(wraps=[{**body()["wraps"][0], "wrap": "AAAA"}]),
        body(wraps=[{**body()["wraps"][0], "recipient": 100_001}]),
    ):
        answer = web.put(URL, json=strange, headers=session)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:passavant:problem:payload-refused")
    assert web.put(URL, json=body(ciphertext="?"), headers=session).status_code == 422
    assert web.put(URL, json=body(wraps=[]), headers=session).status_code == 422


def test_one_ciphertext_takes_the_place_of_another(web, session):
    web.put(URL, json=body(), headers=session)
    assert web.put(URL, json=body(replaces=f"0x{SEALED.content_hash.hex()}"), headers=session).status_code == 200
    assert web.put(URL, json=body(replaces="0x" + "00" * 32), headers=session).status_code == 404


def test_chosen_fields_are_for_one_reader(web, session, ledger_client):
    given = body(reader=70_001, fields="0x" + "0f" * 32)
    assert web.put(URL, json=given, headers=session).status_code == 200
    assert ledger_client.custodies[-1] == Custody(ORGANISATION, 70_001, b"\x0f" * 32)


def test_more_readers_are_let_in(web, session, ledger_client):
    web.put(URL, json=body(), headers=session)
    wraps = [written(wrap_for(STRANGER.public, SEALED, KEY))]
    more = {"contentHash": f"0x{SEALED.content_hash.hex()}", "wraps": wraps}
    assert web.post(f"{URL}/wraps", json=more, headers=session).status_code == 201
    assert set(ledger_client.payloads[PAYLOAD.root][1]) == {ORGANISATION, 70_001}
    assert web.post(f"{URL}/wraps", json={**more, "contentHash": "0x" + "00" * 32}, headers=session).status_code == 404
    assert web.post(f"{URL}/wraps", json=more).status_code == 401


def test_who_may_not_see_it_sees_nothing(web, session, ledger_client):
    web.put(URL, json=body(STRANGER), headers=session)
    sealed, wraps, _ = ledger_client.payloads[PAYLOAD.root]
    ledger_client.payloads[PAYLOAD.root] = (replace(sealed), wraps, 1)
    hidden, absent = web.get(URL, headers=session), web.get("/v1/payloads/0x" + "00" * 32, headers=session)
    assert hidden.status_code == 404
    assert hidden.text == absent.text
    assert web.put(URL, json=body()).status_code == 401
    assert web.get(URL).status_code == 401


def test_who_may_see_a_declaration_may_not_name_it(web, session, ledger_client):
    ledger_client.declarations[b"\x0d" * 32, ORGANISATION] = declaration_answer(70_001)
    url = "/v1/declarations/0x" + "0d" * 32 + "/references"
    body = {"references": [{"type": "UCR", "value": "A1"}]}
    assert web.put(url, json=body, headers=session).status_code == 404
    assert not ledger_client.references


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
