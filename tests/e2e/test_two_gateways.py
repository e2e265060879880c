"""Two administrations, each with its own home, keys, store and gateway, play mutual recognition over one chain.

Everything goes through the command line and over HTTP. Home one has everybody but French customs, who moved out.
"""

import io
import json
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_keyfile.keyfile import decode_keyfile_json

from ledger.chain import Rpc, open_signer
from ledger.chain.rpc import as_int, hexed
from ledger.chain.signers import LocalSigner
from ledger.cli.app import command
from ledger.domain.sessions import SessionClaim
from ledger.home import Home

pytestmark = pytest.mark.e2e

MESSAGES = Path(__file__).parents[1] / "messages"
CHAIN_ID = 31337
GB, FR = 826, 250
PLAN = {
    "first": "FR",
    "second": "GB",
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["PHYSICAL", "NON_INTRUSIVE"],
    "risks": ["SECURITY"],
    "validUntil": "2036-01-01",
    "annex": {"hsChapters": ["61", "85"]},
}
CANARIES = (b"Atelier Nordet", b"quai des Tanneurs", b"TLM251006-IM-118")
"""What stands in the import declaration."""


@dataclass
class House:
    """A home, with its command line and its gateway."""

    path: Path
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return Home.load(self.path)

    @property
    def gateway(self) -> str:
        url = self.home.gateway
        assert url
        return url

    def run(self, *arguments: object, code: int = 0) -> Any:
        """What a command tells as JSON."""
        out, err = io.StringIO(), io.StringIO()
        words = [*map(str, arguments), "--home", str(self.path), "--json"]
        with redirect_stdout(out), redirect_stderr(err):
            ended = command(words)
        assert ended == code, f"{words}: {ended}, {err.getvalue()}{out.getvalue()}"
        return json.loads(out.getvalue() or "null")

    def get(self, path: str, who: "Visitor") -> httpx.Response:
        """What the gateway answers in somebody's session."""
        token = self.tokens.get(who.name) or self.tokens.setdefault(who.name, who.enter(self.gateway))
        return httpx.get(f"{self.gateway}{path}", headers={"authorization": f"Bearer {token}"})

    def reached(self, block: int) -> None:
        """Wait until the gateway has read a block."""
        anything = f"{self.gateway}/v1/consignments/NOBODY/status"
        while httpx.get(anything).json()["asOf"]["block"] < block:
            time.sleep(0.02)  # pytest's timeout ends what never happens

    def files(self) -> bytes:
        return b"\n".join(path.read_bytes() for path in sorted(self.path.rglob("*")) if path.is_file())


@dataclass(frozen=True)
class Visitor:
    """A participant who asks gateways, with the key of its home."""

    name: str
    house: House

    def claim(self, gateway: str, called: str) -> dict[str, object]:
        """The answer to a gateway's challenge, signed for a gateway of some name."""
        one = self.house.home.identity(self.name)
        signer = open_signer(one.signer)
        assert isinstance(signer, LocalSigner)
        asked = httpx.post(f"{gateway}/v1/sessions/challenges", json={"organisation": one.organisation}).json()
        message = asked["typedData"]["message"]
        claim = SessionClaim(called, bytes.fromhex(message["nonce"][2:]), one.organisation, message["deadline"])
        met = {name: message[name] for name in ("nonce", "organisation", "deadline")}
        return {**met, "signature": hexed(signer.sign_digest(claim.digest(CHAIN_ID)))}

    def enter(self, gateway: str) -> str:
        answer = httpx.post(f"{gateway}/v1/sessions", json=self.claim(gateway, gateway))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


@dataclass
class Played:
    """What happened, and between whom."""

    one: House
    two: House
    leaving: str = ""
    arriving: str = ""
    nothing: str = ""
    control: str = ""
    recognition: str = ""
    revoked_in: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    def visitor(self, name: str) -> Visitor:
        return Visitor(name, self.two if name.startswith("customs-fr") else self.one)

    def candidates(self) -> dict[str, Any]:
        path = f"/v1/recognition/candidates?administration=FR&reference={self.arriving}"
        told = self.two.get(path, self.visitor("customs-fr")).json()
        return {one["parent"]: one for one in told["candidates"]}

    def status(self, house: House) -> httpx.Response:
        """As French customs ask either gateway about their import."""
        return house.get(f"/v1/consignments/{self.arriving}/status", self.visitor("customs-fr"))


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    place = tmp_path_factory.mktemp("two")
    one, two = House(place / "one"), House(place / "two")
    try:
        one.run("devnet", "up", "--detach")
        one.run("devnet", "apart", "customs-fr", "--to", two.path)
        yield play(Played(one, two), place)
    finally:
        for house in (two, one):
            command(["devnet", "down", "--home", str(house.path)])


def play(story, place):
    one, two = story.one, story.two
    agreed(one, two, place)
    ticket = place / "ticket.json"
    story.leaving = one.run("declare", MESSAGES / "export.xml", "--ticket", ticket, "--as", "platform")["declaration"]
    story.arriving = one.run("declare", MESSAGES / "import.xml", "--join", ticket, "--as", "platform")["declaration"]
    two.run("payload", story.arriving, "--as", "customs-fr", code=1)
    story.nothing = controlled(story, "non-intrusive", "not-carried-out")["id"]
    unknown = two.run("controls", story.arriving, "--for", "FR", "--as", "customs-fr")["candidates"]
    story.told["before the content"] = [one["annex"] for one in unknown]
    story.told["fetched"] = two.run("fetch", story.arriving, "--from", one.gateway, "--as", "customs-fr")
    done = controlled(story, "physical", "none-found")
    story.control = done["id"]
    two.reached(done["block"])
    story.told["candidates"] = story.candidates()
    tried = ("recognise", story.arriving, story.nothing, "--verdict", "full", "--as", "customs-fr")
    story.told["refused"] = two.run(*tried, code=1)
    taken = two.run("recognise", story.arriving, story.control, "--verdict", "full", "--as", "customs-fr")
    story.recognition = taken["id"]
    released = two.run("decide", story.arriving, "release", "--rely", story.recognition, "--as", "customs-fr")
    one.reached(released["block"])
    story.told["before"] = story.status(one).json()
    story.told["timeline"] = one.run("provenance", story.leaving, "--as", "customs-gb")["entries"]
    story.revoked_in = controlled(story, "physical", "not-carried-out", "--supersedes", story.control)["block"]
    for house in (one, two):
        house.reached(story.revoked_in)
    story.told["after"] = [story.status(house) for house in (one, two)]
    return story


def agreed(one, two, place):
    """Signed with a managing key in one home, countersigned and sent in the other."""
    plan = place / "plan.json"
    plan.write_text(json.dumps(PLAN), encoding="utf-8")
    signed = one.run("arrange", plan, "--begins-in", "6s", "--as", "customs-gb")
    assert signed["missing"] == [FR]
    assert two.run("arrange", signed["draft"], "--as", "customs-fr")["progress"] == "FINAL"
    begins = datetime.fromisoformat(signed["validFrom"]).timestamp()
    time.sleep(max(0.0, begins + 1 - time.time()))


def controlled(story, method, found, *more):
    what = ("--method", method, "--outcome", found, "--risk", "security", *more)
    return story.one.run("control", story.leaving, *what, "--as", "customs-gb")


# --- what is told ----------------------------------------------------------------------------------------------------


def test_french_customs_read_what_they_fetched(played):
    [item] = played.told["fetched"]["items"]
    assert (item["what"], item["version"], item["fate"]) == ("content", 1, "FETCHED")
    read = played.two.run("payload", played.arriving, "--as", "customs-fr")
    assert read == played.one.run("payload", played.arriving, "--as", "platform")
    assert "Atelier Nordet SARL" in read["fields"].values()


def test_the_other_gateway_notes_who_fetched(played):
    log = played.one.run("accesses", played.arriving, "--as", "platform")["accesses"]
    assert [(one["reader"], one["act"]) for one in log] == [(FR, "READ")]
    own = played.two.run("accesses", played.arriving, "--as", "customs-fr")["accesses"]
    assert [(one["reader"], one["act"]) for one in own] == [(FR, "FETCHED")]


def test_fetching_again_and_what_is_of_no_concern(played):
    again = played.two.run("fetch", played.arriving, "--from", played.one.gateway, "--as", "customs-fr")
    assert [one["fate"] for one in again["items"]] == ["HERE"]
    other = ("fetch", played.leaving, "--from", played.one.gateway, "--as", "customs-fr")
    assert [one["fate"] for one in played.two.run(*other, code=1)["items"]] == ["NOT_THERE"]
    whole = played.two.run(
        "fetch", played.arriving, "--consignment", "--from", played.one.gateway, "--as", "customs-fr"
    )
    assert [one["fate"] for one in whole["items"]] == ["NOT_THERE", "HERE"]


def test_references_of_what_was_fetched_are_known_in_both_homes(played):
    status = played.two.run("status", "TLM251006-IM-118", "--type", "lrn", "--as", "customs-fr")
    assert status["declaration"] == played.arriving
    assert (played.one.path / "index.key").read_bytes() != (played.two.path / "index.key").read_bytes()


def test_chosen_fields_of_the_export_are_granted_here_and_fetched_there(played):
    one, two = played.one, played.two
    asked = ("fetch", played.leaving, "--from", one.gateway, "--as", "customs-fr")
    one.run("grant", played.leaving, "customs-fr", "--fields", "Declaration/InvoiceAmount", "--as", "platform")
    assert [(item["what"], item["fate"]) for item in two.run(*asked)["items"]] == [
        ("grant", "FETCHED"),
        ("chosen fields", "FETCHED"),
    ]
    read = two.run("payload", played.leaving, "--as", "customs-fr")
    assert (read["chosen"], len(read["fields"])) == (True, 2)
    one.run("withdraw", played.leaving, "customs-fr", "--fields", "Declaration/InvoiceAmount", "--as", "platform")
    two.run(*asked)
    two.run("payload", played.leaving, "--as", "customs-fr", code=1)


def test_goods_items_of_a_french_decision_are_fetched_by_the_declarant(played):
    one, two = played.one, played.two
    lodged = one.run("declare", MESSAGES / "low-value.xml", "--as", "platform")["declaration"]
    for more in (("detain", "--reason", "risk"), ("refuse", "--items", "2", "--reason", "compliance"), ("release",)):
        two.run("decide", lodged, *more, "--as", "customs-fr")

    def refused():
        parts = one.run("status", lodged, "--as", "platform")["parts"]
        return [part["items"] for part in parts if part["decided"]["kind"] == "REFUSE"]

    assert refused() == [None]
    told = one.run("fetch", lodged, "--from", two.gateway, "--as", "platform")["items"]
    assert ("goods items", "FETCHED") in [(item["what"], item["fate"]) for item in told]
    assert [[item["number"] for item in items] for items in refused()] == [[2]]


def test_candidates_come_from_the_own_gateway(played):
    found = played.told["candidates"]
    assert found[played.control]["usable"] == ["SECURITY"]
    assert found[played.nothing]["refused"] == "CONTROL_NOT_CARRIED_OUT"


def test_the_annex_is_judged_once_the_content_was_fetched(played):
    assert played.told["before the content"] == ["NOT_JUDGED"]
    assert {one["annex"] for one in played.told["candidates"].values()} == {"WITHIN"}


def test_the_chain_refuses_what_was_not_carried_out(played):
    assert (played.told["refused"]["progress"], played.told["refused"]["outcome"]) == (
        "REFUSED",
        "CONTROL_NOT_CARRIED_OUT",
    )


def test_the_british_side_and_the_declarant_see_who_recognised(played):
    seen = [(one["type"], one["by"]) for one in played.told["timeline"]]
    assert ("Recognition", FR) in seen
    for house in (played.one, played.two):
        told = house.get(f"/v1/consignments/{played.leaving}/provenance", played.visitor("platform")).json()
        assert ("Recognition", FR) in [(one["type"], one["by"]) for one in told["entries"]]


def test_both_gateways_say_that_reliance_is_withdrawn_and_since_when(played):
    assert (played.told["before"]["answer"], played.told["before"]["reliance"]) == ("RELEASED", "STANDS")
    one, two = played.told["after"]
    for answer in (one, two):
        told = answer.json()
        assert (told["answer"], told["reliance"], told["asOf"]["block"]) == ("RELEASED", "WITHDRAWN", played.revoked_in)
    assert one.headers["etag"] == two.headers["etag"] != played.told["before"]["etag"]
    assert one.json()["publicHead"] == two.json()["publicHead"]
    assert played.candidates()[played.control]["stands"] is False


def test_the_work_list_has_the_withdrawn_reliance(played):
    [item] = played.two.run("worklist", "--kind", "withdrawn", "--as", "customs-fr")["items"]
    assert (item["declaration"], item["withdrawal"]["recognition"]) == (played.arriving, played.recognition)
    path = "/v1/recognition/worklist?kind=WITHDRAWN"
    for house in (played.one, played.two):
        [told] = house.get(path, played.visitor("customs-fr")).json()["items"]
        assert told["withdrawal"]["record"] == item["withdrawal"]["record"]
    assert played.one.get(path, played.visitor("platform")).status_code == 403


def test_a_question_and_its_answer_are_fetched_by_either_side(played):
    one, two = played.one, played.two
    said = ("--basis", "Protocol, Article 5", "--due", "30d", "--question", "Whose seal was it?")
    asked = two.run("assist", "request", played.arriving, "--to", "customs-gb", "--kind", "verification", *said,
                    "--as", "customs-fr")["request"]  # fmt: skip
    [due] = one.run("worklist", "--kind", "assistance", "--as", "customs-gb")["items"]
    assert due["assistance"]["request"] == asked
    before = one.run("assist", "show", asked, "--as", "customs-gb")
    assert before["question"] is None
    [item] = one.run("fetch", asked, "--from", two.gateway, "--as", "customs-gb")["items"]
    assert (item["what"], item["fate"]) == ("request", "FETCHED")
    assert one.run("assist", "show", asked, "--as", "customs-gb")["question"]["text"] == "Whose seal was it?"
    answered = one.run("assist", "answer", asked, "--text", "Another parcel's.", "--as", "customs-gb")["id"]
    fetched = two.run("fetch", answered, "--from", one.gateway, "--as", "customs-fr")["items"]
    assert [(one["what"], one["fate"]) for one in fetched] == [("request", "HERE"), ("answer", "FETCHED")]
    assert two.run("assist", "show", asked, "--as", "customs-fr")["answer"]["text"] == "Another parcel's."
    log = two.run("accesses", asked, "--as", "customs-fr")["accesses"]
    assert [(entry["reader"], entry["act"]) for entry in log] == [(GB, "READ"), (FR, "FETCHED")]
    strange = ("fetch", asked, "--from", two.gateway, "--as", "platform")
    assert {item["fate"] for item in one.run(*strange, code=1)["items"]} == {"NOT_THERE"}


def test_both_gateways_tell_the_same_events(played):
    auditor = played.visitor("auditor")
    feeds = [house.get("/v1/events?limit=1000", auditor).json()["events"] for house in (played.one, played.two)]
    assert feeds[0] == feeds[1]
    assert len(feeds[0]) > 20


def test_both_relays_wrote(played):
    rpc = Rpc(played.one.home.rpc)
    relays = [open_signer(house.home.relay_uri or "").address for house in (played.one, played.two)]
    assert relays[0] != relays[1]
    assert all(as_int(rpc.call("eth_getTransactionCount", hexed(one), "latest")) >= 3 for one in relays)
    rpc.close()


def private_keys(house):
    password = (house.path / "keys" / "password").read_text(encoding="utf-8").strip().encode()
    signing = [path for path in (house.path / "keys").glob("*.json") if not path.name.endswith(".encryption.json")]
    found = [bytes(decode_keyfile_json(json.loads(path.read_text(encoding="utf-8")), password)) for path in signing]
    for path in (house.path / "keys").glob("*.encryption.json"):
        found += [bytes.fromhex(one["x25519"]) for one in json.loads(path.read_text(encoding="utf-8"))["keys"]]
    return found


def test_neither_home_holds_a_key_of_the_other(played):
    for mine, other in ((played.one, played.two), (played.two, played.one)):
        held, keys = mine.files(), private_keys(other)
        assert len(keys) >= 6
        assert not [key for key in keys if key in held or key.hex().encode() in held]
        assert not set(mine.home.participants) & set(other.home.participants)


def test_the_french_home_has_no_plaintext(played):
    held = played.two.files()
    assert held
    assert not [one for one in CANARIES if one in held]


def test_a_session_of_one_gateway_opens_nothing_at_the_other(played):
    french = played.visitor("customs-fr")
    for_the_british = french.claim(played.two.gateway, played.one.gateway)
    refused = httpx.post(f"{played.two.gateway}/v1/sessions", json=for_the_british)
    assert (refused.status_code, refused.json()["type"]) == (401, "urn:passavant:problem:session-refused")
    token = french.enter(played.one.gateway)
    path = f"{played.two.gateway}/v1/consignments/{played.arriving}/status"
    elsewhere = httpx.get(path, headers={"authorization": f"Bearer {token}"})
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (401, "urn:passavant:problem:session-invalid")


def test_errors_of_fetch_are_for_people(played):
    def told(url, *more, code=1):
        asked = ("fetch", played.arriving, "--from", url, *more, "--as", "customs-fr")
        return played.two.run(*asked, code=code)["message"]

    assert "does not answer" in told("http://127.0.0.1:1", code=3)
    name = played.one.gateway.replace("127.0.0.1", "localhost")
    assert "it calls itself" in told(name)
    assert "must not travel over plain http" in told("http://gateway.example")
    by_its_name = played.two.run(
        "fetch", played.arriving, "--from", name, "--called", played.one.gateway, "--as", "customs-fr"
    )
    assert by_its_name["items"][0]["fate"] == "HERE"


def test_the_chain_ends_with_the_first_home_and_comes_back(played):
    """Last, because it stops what the others need."""
    one, two = played.one, played.two
    assert one.run("devnet", "down") == {"stopped": True}
    assert two.run("devnet", "status")["ready"]
    while played.status(two).json()["answer"] != "UNKNOWN":
        time.sleep(0.05)
    one.run("devnet", "up", "--detach")
    while played.status(two).json()["answer"] != "RELEASED":
        time.sleep(0.05)
    assert two.run("devnet", "down") == {"stopped": True}
    assert one.run("devnet", "status")["ready"]
    two.run("devnet", "up", "--detach")
    assert played.status(two).json()["reliance"] == "WITHDRAWN"
