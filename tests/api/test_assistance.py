"""Requests of assistance at the gateway: by a fake, and over HTTP alone between two administrations."""

import base64
import time

import httpx
import pytest

from ledger.client import AssistanceFilter, AssistanceShown
from ledger.desk import ASSISTANCE_SCHEMA, Letter
from ledger.devnet import Devnet
from ledger.devnet.gateway import Gateway, free_port
from ledger.domain.codes import AssistanceKind, OrganisationKind, Reason
from ledger.domain.commitment import schema_id
from ledger.home import encryption_file
from ledger.index.assistance import AssistanceReply, AssistanceState
from ledger.sealing import (
    EncryptionKey,
    Sealed,
    Subject,
    Suite,
    Wrap,
    keys_from_json,
    open_payload,
    seal,
    wrap_for,
)
from tests.api.conftest import open_session
from tests.api.fake_client import participant
from tests.api.keys import Signer
from tests.api.running import Participant

URL = "/v1/recognition/assistance"
REQUEST = b"\x0a" * 32
SHOWN = AssistanceShown(
    id=REQUEST,
    state=AssistanceState.REFUSED,
    sent=True,
    administration=250,
    addressee=826,
    consignment=b"\x0b" * 32,
    declarations=(b"\x0d" * 32,),
    kind=AssistanceKind.VERIFICATION,
    legal_basis=b"\x01" * 32,
    commitment=b"\x02" * 32,
    recorded_at=1_900_000_000,
    due_at=1_900_000_001,
    late=7,
    reply=AssistanceReply(
        id=b"\x03" * 32, administration=826, recorded_at=1_900_000_008, commitment=None, reason=Reason.COMPLIANCE
    ),
)


@pytest.fixture
def customs(web, ledger_client):
    """The headers of a session of administration 250."""
    signer = Signer(b"\x33" * 32)
    ledger_client.keys[signer.address] = participant(250, signer.address, OrganisationKind.ADMINISTRATION)
    ledger_client.assistance.shown[REQUEST] = SHOWN
    return {"authorization": f"Bearer {open_session(web, signer, 250).json()['token']}"}


def test_a_page_of_requests(web, customs, ledger_client):
    answer = web.get(URL, params={"late": "true", "after": "7", "limit": 3}, headers=customs)
    [told] = answer.json()["assistance"]
    assert (told["state"], told["late"], told["kind"], told["sent"]) == ("REFUSED", 7, "VERIFICATION", True)
    assert (told["dueAt"], told["reply"]["reason"], told["reply"]["commitment"]) == (
        "2030-03-17T17:46:41Z",
        "COMPLIANCE",
        None,
    )
    assert (answer.json()["next"], answer.headers["cache-control"]) == ("8", "no-store")
    assert ledger_client.assistance.asked == [(250, AssistanceFilter(late=True), "7", 3)]


def test_one_request(web, customs):
    assert web.get(f"{URL}/0x{REQUEST.hex()}", headers=customs).json()["addressee"] == 826
    absent = web.get(f"{URL}/0x{'00' * 32}", headers=customs)
    assert (absent.status_code, web.get(f"{URL}/0x12", headers=customs).status_code) == (404, 422)


def test_it_is_for_the_administrations(web, session, customs):
    assert (web.get(URL).status_code, web.get(f"{URL}/0x{REQUEST.hex()}").status_code) == (401, 401)
    assert web.get(URL, headers=session).status_code == 403
    assert web.get(URL, params={"open": "yes"}, headers=customs).status_code == 422
    assert web.get(URL, params={"after": "x"}, headers=customs).status_code == 409
    hidden = web.get(f"{URL}/0x{REQUEST.hex()}", headers=session)
    absent = web.get(f"{URL}/0x{'00' * 32}", headers=session)
    assert (hidden.status_code, hidden.text) == (404, absent.text)


# --- over HTTP alone --------------------------------------------------------------------------------------------------


class Office:
    """An administration that has its keys, and a gateway that somebody else runs."""

    def __init__(self, home, name, web):
        self.me = Participant.of(home, name, web).log_in()
        self.number, self.web = self.me.organisation, web
        self.keys = keys_from_json(encryption_file(home.identity(name)).read_text())

    def record(self, **given):
        now = int(time.time())
        return {"administration": self.number, "kind": "VERIFICATION", "deadline": now + 3600, **given}

    def digest(self, record):
        return self.web.post("/v1/prepare", json={"type": "Assistance", "record": record}).json()["digest"]

    def send(self, record):
        return self.me.settled(self.me.post(self.me.signed("Assistance", record)).headers["location"])

    def put(self, request, letter_payload, reader):
        subject = Subject(bytes.fromhex(request[2:]), letter_payload.root, letter_payload.schema_id)
        sealed, key = seal(subject, letter_payload.to_bytes())
        wraps = [wrap_for(one, sealed, key) for one in (self.keys[0].public, self.published(reader))]
        body = {
            "declaration": request,
            "schema": f"0x{subject.schema.hex()}",
            "ciphertext": base64.b64encode(sealed.ciphertext).decode(),
            "wraps": [
                {
                    "recipient": one.recipient,
                    "keyVersion": one.key_version,
                    "suite": int(one.suite),
                    "wrap": base64.b64encode(one.wrapped).decode(),
                }
                for one in wraps
            ],
        }
        url = f"/v1/payloads/0x{letter_payload.root.hex()}"
        self.web.put(url, json=body, headers=self.me.headers).raise_for_status()

    def published(self, organisation):
        people = {one["id"]: one for one in self.web.get("/v1/participants").json()["participants"]}
        one = next(key for key in people[organisation]["encryptionKeys"] if key["current"])
        parts = (bytes.fromhex(one[name][2:]) for name in ("key", "mlkem"))
        return EncryptionKey(organisation, one["version"], Suite[one["suite"]], *parts)

    def read(self, request, commitment):
        [found] = self.me.get(f"/v1/payloads/{commitment}").json()["sealed"]
        subject = Subject(bytes.fromhex(request[2:]), bytes.fromhex(commitment[2:]), schema_id(ASSISTANCE_SCHEMA))
        own = found["wrap"]
        wrap = Wrap(self.number, own["keyVersion"], Suite(own["suite"]), base64.b64decode(own["wrap"]))
        return Letter.of(open_payload(Sealed(subject, base64.b64decode(found["ciphertext"])), wrap, self.keys))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assistance")
    with Devnet(folder / "home", gateway=False) as chain:
        gateway = Gateway(chain.home, folder, free_port())
        with httpx.Client(base_url=gateway.url, timeout=30) as web:
            yield chain.home, web
        gateway.stop()


@pytest.mark.e2e
def test_two_administrations_ask_and_answer_over_http(running):
    home, web = running
    france, britain = Office(home, "customs-fr", web), Office(home, "customs-gb", web)
    declarant = Participant.of(home, "platform", web).log_in()
    lodged = declarant.post(declarant.signed("Declaration", declarant.declaration(france.number)))
    consignment = lodged.json()["id"]
    assert declarant.settled(lodged.headers["location"])["state"] == "final"

    letter = Letter(text="Is it genuine?", legal_basis="Protocol, Article 5")
    question = letter.payload()
    asked = france.record(
        addressee=britain.number,
        consignment=consignment,
        action="REQUEST",
        legalBasis=f"0x{letter.basis_hash.hex()}",
        commitment=f"0x{question.root.hex()}",
        dueAt=int(time.time()) + 86_400,
    )
    request = france.digest(asked)
    france.put(request, question, britain.number)  # contents first: nobody else sees them yet
    assert britain.me.get(f"/v1/payloads/{asked['commitment']}").status_code == 404
    assert france.send(asked)["state"] == "final"

    [received] = britain.me.get(URL).json()["assistance"]
    assert (received["id"], received["sent"], received["state"], received["late"]) == (request, False, "OPEN", 0)
    assert britain.read(request, received["commitment"]) == letter

    reply = Letter(text="It is.").payload()
    answered = britain.record(
        addressee=france.number,
        consignment=consignment,
        request=request,
        action="ANSWER",
        commitment=f"0x{reply.root.hex()}",
    )
    assert britain.send(answered)["state"] == "final"  # the record first
    britain.put(request, reply, france.number)
    told = france.me.get(f"{URL}/{request}").json()
    assert (told["state"], told["reply"]["administration"]) == ("ANSWERED", britain.number)
    assert france.read(request, told["reply"]["commitment"]).text == "It is."
    assert france.me.get(URL + "?open=true").json()["assistance"] == []

    timeline = france.me.get(f"/v1/consignments/{consignment}/provenance").json()["entries"]
    told_of = [one["fields"] for one in timeline if one["type"] == "Assistance"]
    assert [(one["action"], one["late"]) for one in told_of] == [("REQUEST", 0), ("ANSWER", 0)]
    assert (told_of[0]["state"], told_of[0]["kind"], told_of[0]["addressee"]) == ("ANSWERED", "VERIFICATION", 826)
    own = declarant.get(f"/v1/consignments/{consignment}/provenance").json()["entries"]
    assert {one["type"] for one in own} == {"Declaration"}

    again = britain.record(
        addressee=france.number, consignment=consignment, request=request, action="REFUSAL", reason="COMPLIANCE"
    )
    refused = britain.send(again)
    assert (refused["state"], refused["outcome"]) == ("refused", "ALREADY_ANSWERED")
    assert "answered already" in refused["reason"]
    strangers_learn_nothing(home, web, request, asked["commitment"], told["reply"]["commitment"])


def strangers_learn_nothing(home, web, request, *commitments):
    """Declarant, carrier, agency and auditor get the answers about what does not exist."""
    nothing = f"0x{'ab' * 32}"
    for name in ("platform", "express", "safety-fr", "auditor"):
        stranger = Participant.of(home, name, web).log_in()
        assert stranger.get(URL).status_code == 403
        paths = [(f"{URL}/{request}", f"{URL}/{nothing}")]
        paths += [(f"/v1/payloads/{one}", f"/v1/payloads/{nothing}") for one in commitments]
        paths += [
            (f"/v1/declarations/{request}{of}", f"/v1/declarations/{nothing}{of}")
            for of in ("", "/accesses", "/grants", "/retention", "/receipt")
        ]
        for there, absent in paths:
            hidden, none = stranger.get(there), stranger.get(absent)
            assert (hidden.status_code, hidden.text) == (none.status_code, none.text), there
        assert stranger.get(f"/v1/consignments/{request}/provenance").status_code == 404
