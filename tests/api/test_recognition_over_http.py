"""Arrangements, annexes and candidates over HTTP: two administrations at a gateway in a process of its own."""

import json
import time
from typing import Any

import httpx
import pytest

from ledger.chain.signers import open_local_signer
from ledger.cli.session import open_desk
from ledger.desk import ControlOptions, LodgementOptions
from ledger.devnet import Devnet
from ledger.devnet.gateway import Gateway, free_port
from ledger.domain.codes import ControlMethod, ControlOutcome, Risk
from ledger.domain.proposals import Annex
from ledger.domain.wire import Digest
from ledger.home import Home
from tests.api.running import Participant
from tests.client.letters import PLATFORM_EORI, Case, message

pytestmark = pytest.mark.e2e

PATIENCE = 30.0
ANNEX = Annex(chapters=frozenset({"61"}), programmes=("EU AEOS", "UK AEOS"))  # the goods are of 61 and 85
ARRANGEMENTS = "/v1/recognition/arrangements"


class Stage:
    """A consignment that GB exports and FR imports, GB's control of it, and an arrangement that is in force."""

    def __init__(self, home: Home, web: httpx.Client) -> None:
        self.home, self.web = home, web
        self.fr, self.gb, self.platform, self.auditor = (
            Participant.of(home, name, web).log_in() for name in ("customs-fr", "customs-gb", "platform", "auditor")
        )
        self.exported, self.imported = self.lodge()
        self.arrangement = self.agree()
        self.control, self.proof = self.controlled()

    def lodge(self) -> tuple[Any, Any]:
        with open_desk(self.home, "platform") as desk:
            opened = desk.declare(message(Case("export", "GB", PLATFORM_EORI).declaration()))
            joining = message(Case(declarant=PLATFORM_EORI).declaration())
            joined = desk.declare(joining, LodgementOptions(ticket=opened.ticket))
            desk.client.wait([opened.digest, joined.digest], PATIENCE)
            return opened.declaration, joined.declaration

    def agree(self) -> str:
        start = int(time.time()) + 4
        record = {
            "first": self.fr.organisation,
            "second": self.gb.organisation,
            "procedures": 0x1FF,
            "methods": 15,
            "risks": 15,
            "annex": f"0x{ANNEX.digest().hex()}",
            "validFrom": start,
            "validUntil": start + 86_400,
            "deadline": start + 600,
        }
        fr, gb = (open_local_signer(self.home.identity(name).managers[0]) for name in ("customs-fr", "customs-gb"))
        digest = self.web.post("/v1/prepare", json={"type": "Arrangement", "record": record}).json()["digest"]
        signatures = [f"0x{one.sign_digest(bytes.fromhex(digest[2:])).hex()}" for one in (fr, gb)]
        body = {"type": "Arrangement", "record": record, "signature": signatures[0], "proof": signatures[1]}
        assert self.fr.settled(self.fr.post(body).headers["location"])["state"] == "final"
        while time.time() <= start + 1:
            time.sleep(0.05)
        return str(digest)

    def controlled(self) -> tuple[str, str]:
        with open_desk(self.home, "customs-gb") as desk:
            options = ControlOptions(
                method=ControlMethod.PHYSICAL, outcome=ControlOutcome.NONE_FOUND, risk=Risk.SECURITY
            )
            written = desk.control(self.exported, options)
            desk.client.wait([written.digest], PATIENCE)
            return f"0x{written.digest.hex()}", f"0x{desk.client.recognition.proof(Digest(written.digest)).hex()}"

    def recognition(self, **given: Any) -> dict[str, Any]:
        now = int(time.time())
        record = {
            "declaration": f"0x{self.imported.hex()}",
            "parent": self.control,
            "arrangement": self.arrangement,
            "administration": self.fr.organisation,
            "version": 1,
            "verdict": "FULL",
            "risk": int(Risk.SECURITY),
            "effectiveAt": now,
            "deadline": now + 600,
        }
        return {**self.fr.signed("Recognition", record | given), "proof": self.proof}

    def candidate(self) -> dict[str, Any]:
        asked = {"administration": "FR", "reference": f"0x{self.imported.hex()}"}
        url = "/v1/recognition/candidates"
        answer = self.web.get(url, params=asked, headers=self.fr.headers).raise_for_status()
        [found] = answer.json()["candidates"]
        return dict(found)

    def hand_in(self, by: Participant, annex: Annex, digest: bytes = ANNEX.digest()) -> httpx.Response:
        url = f"/v1/recognition/annexes/0x{digest.hex()}"
        return self.web.put(url, json=annex.plain(), headers=by.headers)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recognition")
    with Devnet(folder / "home", gateway=False) as chain:
        gateway = Gateway(chain.home, folder, free_port())
        with httpx.Client(base_url=gateway.url, timeout=30) as web:
            yield Stage(chain.home, web)
        gateway.stop()


def test_first_the_annex_is_not_known_then_a_party_hands_it_in(stage):
    [shown] = stage.fr.get(ARRANGEMENTS).json()["arrangements"]
    assert (shown["annex"], shown["annexContent"]) == (f"0x{ANNEX.digest().hex()}", None)
    assert stage.candidate()["annex"] == "NOT_JUDGED"
    assert stage.hand_in(stage.platform, ANNEX).status_code == 404
    assert stage.hand_in(stage.fr, ANNEX, b"\x01" * 32).status_code == 404
    other = stage.hand_in(stage.fr, Annex(modes=frozenset({4})))
    assert (other.status_code, other.json()["type"]) == (409, "urn:passavant:problem:annex-refused")
    assert stage.hand_in(stage.gb, ANNEX).status_code == 200
    with open_desk(stage.home, "customs-fr") as desk:
        known = desk.client.recognition
        assert (known.annex(ANNEX.digest()), known.annex(bytes(32))) == (ANNEX, Annex())
        assert known.annex(b"\x01" * 32) is None
    [shown] = stage.fr.get(ARRANGEMENTS).json()["arrangements"]
    assert shown["annexContent"] == {
        "hsChapters": ["61"],
        "modes": [],
        "aeoProgrammes": ["EU AEOS", "UK AEOS"],
        "disclosureProfile": "",
    }
    found = stage.candidate()
    assert (found["annex"], found["usable"], found["refused"]) == ("OUTSIDE", [], None)
    assert "lie outside the annex" in found["reason"]


def test_arrangements_are_told_to_parties_and_auditors_page_by_page(stage):
    [shown] = stage.gb.get(ARRANGEMENTS).json()["arrangements"]
    assert (shown["arrangement"], shown["inForce"], shown["suspendedBy"]) == (stage.arrangement, True, [])
    assert shown["methods"] == ["DOCUMENTARY", "NON_INTRUSIVE", "PHYSICAL", "LABORATORY"]
    assert (shown["procedures"][0], shown["risks"][0], shown["standard"]) == ("HOME_USE", "SECURITY", None)
    assert stage.auditor.get(f"{ARRANGEMENTS}?with=826").json()["arrangements"] == [shown]
    assert stage.auditor.get(f"{ARRANGEMENTS}?with=1").json() == {"arrangements": [], "next": None}
    assert stage.platform.get(ARRANGEMENTS).status_code == 403
    assert stage.web.get(ARRANGEMENTS).status_code == 401
    assert stage.gb.get(f"{ARRANGEMENTS}?after=AAAA").status_code == 409


def test_a_gateway_refuses_what_it_knows_to_be_outside_by_whatever_way_it_comes(stage):
    stage.hand_in(stage.fr, ANNEX).raise_for_status()
    body = stage.recognition()
    alone = stage.fr.post(body)
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:passavant:problem:outside-annex")
    assert "control of their own" in alone.json()["detail"]
    [item] = stage.fr.post([body]).json()["results"]
    assert (item["status"], item["problem"]["type"]) == (409, "urn:passavant:problem:outside-annex")
    lines = {"content-type": "application/x-ndjson"}
    many = stage.web.post("/v1/records", content=json.dumps(body).encode(), headers=lines).json()["results"]
    assert [one["status"] for one in many] == [409]
    unsigned = {name: body[name] for name in ("type", "record")}
    digest = stage.web.post("/v1/prepare", json=unsigned).json()["digest"]
    assert stage.web.get(f"/v1/records/{digest}").status_code == 404


def test_who_does_not_sign_learns_nothing_of_the_goods(stage):
    stage.hand_in(stage.fr, ANNEX).raise_for_status()
    body = stage.recognition()
    forged = {**body, "signature": stage.gb.signed("Recognition", body["record"])["signature"]}
    assert stage.gb.post(forged).json()["type"] == "urn:passavant:problem:not-authentic"


def test_declined_it_is_taken_and_so_is_what_can_not_be_judged(stage):
    stage.hand_in(stage.fr, ANNEX).raise_for_status()
    declined = stage.recognition(verdict="DECLINED", reason="RISK", arrangement=f"0x{bytes(32).hex()}")
    assert stage.fr.settled(stage.fr.post(declined).headers["location"])["state"] == "final"
    with open_desk(stage.home, "customs-fr") as desk, desk.client.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM goods_private")
    assert (stage.candidate()["annex"], stage.candidate()["usable"]) == ("NOT_JUDGED", ["SECURITY"])
    taken = stage.fr.post(stage.recognition())
    assert taken.status_code == 202, taken.text
    assert stage.fr.settled(taken.headers["location"])["state"] == "final"
