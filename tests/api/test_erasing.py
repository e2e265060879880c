import time
from typing import Any

import pytest

from ledger.client import Retained
from ledger.domain.codes import Outcome, Status
from tests.api.conftest import ORGANISATION

ID = "0x" + "0d" * 32
URL = f"/v1/declarations/{ID}"
RECORD = {
    "declaration": ID,
    "version": 1,
    "commitment": "0x" + "01" * 32,
    "declarant": ORGANISATION,
    "cause": "REQUESTED",
}
SIGNATURE = "0x" + "05" * 65


def kept(**changed):
    values: dict[str, Any] = {
        "version": 1,
        "country": "FR",
        "status": Status.RELEASED,
        "due_at": 1_900_000_000,
        "due": False,
    }
    values |= {"why": "3 years from the end of the year", "erased_at": None}
    return Retained(declaration=b"\x0d" * 32, **values | changed)


def body(**changed):
    record = {**RECORD, "deadline": int(time.time()) + 60, **changed}
    return {"type": "Erasure", "record": record, "signature": SIGNATURE}


@pytest.fixture
def retained(ledger_client):
    def keep(*lines):
        ledger_client.kept[b"\x0d" * 32, ORGANISATION] = list(lines)

    return keep


def test_until_when_content_is_kept_is_told_to_who_may_erase_it(web, session, retained):
    assert web.get(f"{URL}/retention", headers=session).status_code == 404
    assert web.get(f"{URL}/retention").status_code == 401
    retained(kept())
    [line] = web.get(f"{URL}/retention", headers=session).json()["versions"]
    assert (line["version"], line["country"], line["dueAt"], line["due"]) == (1, "FR", "2030-03-17T17:46:40Z", False)
    assert (line["why"], line["erasedAt"]) == ("3 years from the end of the year", None)


def test_what_is_due_is_erased(web, session, retained, ledger_client):
    retained(kept(due=True, due_at=1_700_000_000))
    taken = web.post(f"{URL}/erasures", json=body(), headers=session)
    assert (taken.status_code, taken.json()["new"]) == (202, True)
    assert taken.headers["location"] == f"/v1/records/{taken.json()['id']}"
    [known] = ledger_client.taken.values()
    assert known.record_type.name == "ERASURE"


def test_what_is_not_due_is_kept_unless_the_administration_orders(web, session, retained):
    retained(kept())
    early = web.post(f"{URL}/erasures", json=body(), headers=session)
    assert (early.status_code, early.json()["type"]) == (409, "urn:passavant:problem:retained")
    assert early.json()["detail"] == "FR: 3 years from the end of the year"
    order = body(cause="ORDERED", administration=ORGANISATION % 65_536, declarant=0)
    assert web.post(f"{URL}/erasures", json=order, headers=session).status_code == 404  # another author than asks
    ordered = body(cause="ORDERED")
    assert web.post(f"{URL}/erasures", json=ordered, headers=session).status_code == 202  # the ledger says the rest


def test_nobody_erases_what_is_not_its_own(web, session, retained):
    assert web.post(f"{URL}/erasures", json=body(), headers=session).status_code == 404
    retained(kept(due=True))
    assert web.post(f"{URL}/erasures", json=body()).status_code == 401
    assert web.post(f"{URL}/erasures", json=body(declaration="0x" + "0e" * 32), headers=session).status_code == 404
    other = {"type": "Hold", "record": {"declaration": ID, "prev": ID, "agency": 1, "action": 1, "deadline": 1}}
    assert web.post(f"{URL}/erasures", json={**other, "signature": SIGNATURE}, headers=session).status_code == 404


def test_a_signature_by_another_keeps_nothing(web, session, retained, ledger_client):
    retained(kept(due=True))
    given = body()
    digest = web.post("/v1/prepare", json={"type": "Erasure", "record": given["record"]}).json()["digest"]
    ledger_client.refusals[bytes.fromhex(digest[2:])] = Outcome.NOT_AUTHENTIC
    assert web.post(f"{URL}/erasures", json=given, headers=session).status_code == 403
