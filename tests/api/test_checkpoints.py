import base64

from ledger.domain.transparency import Checkpoint, Note, origin_of

ONE = Checkpoint(origin_of(31337, bytes(32)), 7, bytes(32), 12, bytes([1]) * 32, 1_760_000_000, bytes(32))
NOTE = Note(ONE, ("— customs.example " + base64.b64encode(bytes(68)).decode(),)).text


def test_a_checkpoint_is_handed_in_and_had(web, session):
    assert web.get("/v1/checkpoints/latest").status_code == 404
    put = web.put("/v1/checkpoints", json={"note": NOTE}, headers=session)
    assert (put.status_code, put.json()["size"], put.json()["signatures"]) == (200, 7, 1)
    got = web.get("/v1/checkpoints/latest").json()
    assert got["note"] == NOTE
    assert (got["height"], got["time"], got["blockHash"]) == (12, "2025-10-09T08:53:20Z", "0x" + "01" * 32)


def test_who_hands_one_in_has_a_session(web):
    assert web.put("/v1/checkpoints", json={"note": NOTE}).status_code == 401


def test_what_is_none_is_refused_and_said(web, session):
    answer = web.put("/v1/checkpoints", json={"note": "hello"}, headers=session)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:passavant:problem:checkpoint-refused")
    assert "no signed note" in answer.json()["detail"]
    assert web.put("/v1/checkpoints", json={"note": ""}, headers=session).status_code == 422
