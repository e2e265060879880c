"""Planted values stay with the clients: through real processes, and then looked for wherever something may have leaked.

A network with its gateway runs in processes of its own; declarations, amendments, evidence, grants and withdrawals go
through the command line and over HTTP. What is planted in payloads must be in no place that a gateway's operator can
read: database with its write-ahead log, the network's state, logs, metrics, temporary files, environment, command
line, memory.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.cli.session import open_desk
from ledger.devnet import Devnet
from ledger.devnet.network import CHAIN
from ledger.documents.references import S10
from ledger.domain.commitment import scope_root
from ledger.home import Home, encryption_file
from ledger.sealing import keys_from_json
from tests.api.running import Participant
from tests.client.letters import MESSAGES
from tests.confidentiality.scanner import Scanner

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ITEM = str(S10("LX", "83920175", "GB"))
ASKED = str(S10("LX", "71920384", "GB"))
PLANTED = {
    "description": "Zinnoberroter Kanarienvogelk\u00e4fig No 83",
    "consignee": "Wilhelmine Canary-Quist",
    "value": "7391846.02",
    "commodity code": "6193827455",
    "tracking number": ITEM,
    "evidence": "Canary seen at bay 3391",
    "question": "Does Kanarienhandel Quist GmbH exist at 7 Aviary Row?",
    "legal basis": "Canary Islands Protocol, Article 7391",
    "answer": "It moved to a birdhouse in 1839.",
    "attachment's name": "zinnober-8391.pdf",
}
SECRETS_AT_HOME = ("keys", "tickets", "index.key", "session.key")
"""Files of the home that are there to keep secrets, readable by their owner alone."""


@dataclass
class Stage:
    """A network in processes of its own, and what was told by commands."""

    home: Path
    temporary: Path
    environ: dict[str, str]
    said: list[bytes] = field(default_factory=list)

    def run(self, *arguments: object, code: int = 0) -> Any:
        command = [sys.executable, "-m", "ledger.cli", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, env=self.environ, check=False, cwd=self.home.parent)
        assert done.returncode == code, done.stderr.decode()
        self.said.append(done.stderr)
        return json.loads(done.stdout) if "--json" in arguments else {}

    @property
    def processes(self) -> dict[str, int]:
        marks = {path.stem: json.loads(path.read_text())["pid"] for path in (self.home / CHAIN).glob("*.pid")}
        assert {"gateway", "devnet"} <= marks.keys()
        return marks

    @property
    def gateway(self) -> str:
        url = Home.load(self.home).gateway
        assert url
        return url


def planted_message(folder: Path) -> Path:
    text = (MESSAGES / "import.xml").read_text(encoding="utf-8")
    for old, new in {
        "Knitted cotton T-shirts, adult, printed": PLANTED["description"],
        "Atelier Nordet SARL": PLANTED["consignee"],
        "186.40": PLANTED["value"],
        "61091000": PLANTED["commodity code"],
        "LX473124829GB": PLANTED["tracking number"],
    }.items():
        assert old in text
        text = text.replace(old, new)
    file = folder / "planted.xml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    root = tmp_path_factory.mktemp("canaries")
    temporary, home = root / "tmp", root / "home"
    temporary.mkdir()
    environ = {**os.environ, "PASSAVANT_HOME": str(home), "TMPDIR": str(temporary)}
    with Devnet(home, gateway=False) as founded:
        known = founded.home
    replace(known, blobs="file:blobs").save()
    made = Stage(home, temporary, environ)
    made.run("devnet", "up", "--detach")
    yield made
    made.run("devnet", "down")


@pytest.fixture(scope="module")
def scanner(stage, tmp_path_factory):
    """Everything is done, and what is to be looked for is known."""
    letters = tmp_path_factory.mktemp("letters")
    file = planted_message(letters)
    lodged = stage.run("declare", file, "--as", "platform", "--json")["declaration"]
    for name in ("customs-fr", "bazaar"):  # where it is no record it is kept as evidence
        stage.run("ingest", file, "--as", name)
    for name in ("import-02-registered", "import-01-accepted"):
        stage.run("ingest", MESSAGES / f"{name}.xml", "--as", "customs-fr")
    stage.run("amend", MESSAGES / "import-cor.xml", "--ref", lodged, "--as", "platform")
    stage.run("decide", lodged, "grant", "--evidence", f"note={PLANTED['evidence']}", "--as", "customs-fr")
    stage.run("grant", lodged, "express", "--as", "platform")
    shown = stage.run("payload", lodged, "--as", "express", "--version", "1", "--json")
    assert PLANTED["consignee"] in shown["fields"].values()
    stage.run("grant", lodged, "post", "--fields", "Declaration/InvoiceAmount", "--as", "platform")
    assert stage.run("payload", lodged, "--as", "post", "--json")["chosen"]
    assist(stage, letters, lodged)
    stage.run("grant", lodged, "safety-fr", "--as", "customs-fr")
    stage.run("withdraw", lodged, "safety-fr", "--as", "customs-fr")
    assert stage.run("status", ITEM, "--as", "platform", "--json")["version"] == 2
    return Scanner({**PLANTED, **over_http(stage, lodged, shown["commitment"]), **secrets_of(stage, lodged)})


def assist(stage, letters, lodged):
    """One administration asks another, and is answered; what stood on a command line went with its process."""
    attached = letters / PLANTED["attachment's name"]
    attached.write_text("seen")
    (letters / "question.txt").write_text(PLANTED["question"])
    asked = stage.run(
        "assist", "request", lodged, "--to", "customs-gb", "--kind", "information", "--basis", PLANTED["legal basis"],
        "--due", "30d", "--question", f"@{letters / 'question.txt'}", "--attach", attached,
        "--as", "customs-fr", "--json",
    )["id"]  # fmt: skip
    stage.run("assist", "answer", asked, "--text", PLANTED["answer"], "--as", "customs-gb")
    thread = stage.run("assist", "show", asked, "--as", "customs-fr", "--json")
    assert (thread["question"]["text"], thread["answer"]["text"]) == (PLANTED["question"], PLANTED["answer"])
    home = Home.load(stage.home)
    with httpx.Client(base_url=stage.gateway) as web:
        other = Participant.of(home, "customs-gb", web).log_in()
        told = other.get(f"/v1/recognition/assistance/{asked}").json()
        for commitment in (told["commitment"], told["reply"]["commitment"]):
            other.get(f"/v1/payloads/{commitment}").raise_for_status()
        for name in ("platform", "auditor"):
            stranger = Participant.of(home, name, web).log_in()
            assert stranger.get(f"/v1/payloads/{told['commitment']}").status_code == 404
            assert stranger.get(f"/v1/recognition/assistance/{asked}").status_code == 404


def over_http(stage, lodged, commitment):
    """Ask the gateway for everything; what passes through it in plain, by name."""
    home = Home.load(stage.home)
    with httpx.Client(base_url=stage.gateway) as web:
        for name in ("express", "platform", "customs-fr"):
            me = Participant.of(home, name, web).log_in()
            found = me.get(f"/v1/payloads/{commitment}").json()["sealed"]
            [sealed] = [one for one in found if not int(one["fields"], 16)]
            assert sealed["wrap"]
            again = {
                "declaration": sealed["declaration"],
                "schema": sealed["schema"],
                "ciphertext": sealed["ciphertext"],
                "wraps": [{"recipient": me.organisation, **sealed["wrap"]}],
            }
            answer = web.put(f"/v1/payloads/{commitment}", json=again, headers=me.headers)
            assert answer.status_code == (200 if sealed["owner"] == me.organisation else 409)
        references = {"references": [{"type": "S10", "value": ASKED}]}
        url = f"/v1/declarations/{lodged}/references"
        web.put(url, json=references, headers=me.headers).raise_for_status()
        assert me.get(f"/v1/consignments/{ASKED}/status").json()["declaration"] == lodged
        for path in (f"/v1/declarations/{lodged}/grants", f"/v1/declarations/{lodged}/accesses", "/v1/participants"):
            me.get(path).raise_for_status()
        return {"asked over HTTP": ASKED, "bearer token": me.headers["authorization"].split()[1]}


def secrets_of(stage, lodged):
    """Seeds, content keys and private keys: known to the clients only."""
    home = Home.load(stage.home)
    found = {}
    with open_desk(home, "platform") as desk:
        for one in desk.client.shareable(bytes.fromhex(lodged[2:]), desk.identity.organisation):
            if one.wrap:
                name = one.sealed.content_hash.hex()[:8]
                found[f"seed {name}"] = desk.sealer.opened(one).seed
                found[f"content key {name}"] = desk.sealer.content_key(one)
    assert len(found) >= 4
    for name in ("platform", "customs-fr", "express"):
        [key] = keys_from_json(encryption_file(home.identity(name)).read_text())
        found |= {f"x25519 of {name}": key.x25519, f"ML-KEM of {name}": key.mlkem}
    return found


IN_PASSING = {"asked over HTTP", "bearer token"}
"""What the gateway is told in plain, and may still have in memory that it has not used again."""


def test_no_file_has_them(stage, scanner):
    """Database and write-ahead log, ciphertexts, the chain's state, logs, and whatever else lies in home or TMPDIR."""
    assert list(stage.home.glob("store.sqlite-wal"))
    assert any(path.is_file() for path in (stage.home / "blobs").rglob("*"))
    assert scanner.files(stage.home, stage.temporary, but=SECRETS_AT_HOME) == {}


def test_no_log_and_no_metric_has_them(stage, scanner):
    metrics = httpx.get(f"{stage.gateway}/metrics").content
    assert b"passavant_http_requests" in metrics
    assert scanner.text(metrics) == set()
    assert scanner.text(b"".join(stage.said)) == set()
    assert scanner.text((stage.home / CHAIN / "gateway.log").read_bytes()) == set()


def test_no_process_has_them(stage, scanner):
    for name, pid in stage.processes.items():
        found = scanner.process(pid)
        allowed = IN_PASSING if name == "gateway" else set()
        assert found.pop("memory", set()) <= allowed, name
        assert found == {}, name


def test_the_gateways_memory_is_what_is_scanned(stage):
    """The control: what must be in it is found in it."""
    told = Scanner({"its own name": stage.gateway})
    assert told.process(stage.processes["gateway"])["memory"] == {"its own name"}


def test_what_a_gateway_is_given_in_plain_is_found(stage):
    """The control: quantities of partial decisions are part of the status answer, and so in plain."""
    quantity = "4711.0815 canaries"
    home = Home.load(stage.home)
    with httpx.Client(base_url=stage.gateway) as web:
        me = Participant.of(home, "customs-fr", web).log_in()
        url = f"/v1/payloads/0x{scope_root({1: quantity}).hex()}"
        web.put(url, json={"scope": {"1": quantity}}, headers=me.headers).raise_for_status()
    found = Scanner({"quantity": quantity}).files(stage.home, but=SECRETS_AT_HOME)
    assert any(path.endswith(("store.sqlite", "store.sqlite-wal")) for path in found)
