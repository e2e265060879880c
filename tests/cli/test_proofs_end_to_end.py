"""Receipts and disclosures through the product's own processes: chain, gateway, command line, verifier.

What a reader gets is checked by the verifier alone, in a process of its own, in an empty folder.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import zxingcpp
from PIL import Image

from ledger.devnet import Devnet
from tests.api.running import Participant
from tests.cli.conftest import run

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MESSAGES = Path(__file__).parent.parent / "messages"
IMPORT = "25FR00128B4M7QX9K2"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A network whose chain was stopped and started again in the middle of its history, and files made before."""
    folder = tmp_path_factory.mktemp("proofs")
    (folder / "empty").mkdir()
    shutil.copytree(MESSAGES, folder / "messages")
    place = Place(folder)
    with Devnet(folder / "home") as network:
        place.devnet = network
        place.type("declare", "messages/import.xml", "--as", "platform")
        place.type(
            "ingest", "messages/import-02-registered.xml", "messages/import-01-accepted.xml", "--as", "customs-fr"
        )
        place.released = json.loads(place.type("decide", IMPORT, "release", "--as", "customs-fr", "--json"))["id"]
        for name in ("auditor", "customs"):
            place.type("checkpoint", "key", f"{name}.key", "--name", f"{name}.example")
        place.type("checkpoint", "trust", "--witness", "auditor.key.pub", "-o", "trust.json")
        place.type("checkpoint", "make", "--key", "auditor.key", "-o", "note.txt")
        place.type("receipt", IMPORT, "-o", "then.json", "--as", "platform")
        place.type("disclose", IMPORT, "--fields", "145", "--to", "public", "-o", "fields.json", "--as", "platform")
    with Devnet(folder / "home") as network:
        place.devnet = network
        yield place


class Place:
    """A folder in which somebody types."""

    devnet: Devnet
    released: str

    def __init__(self, folder):
        self.folder = folder

    def type(self, *words, code=0):
        """A command as typed; those that only set the scene run in this process, which is quicker."""
        if words[0] in {"declare", "ingest", "decide"}:
            with contextlib.chdir(self.folder):
                told = run(*words, "--home", self.folder / "home")
            assert told.code == code, told.out + told.err
            return told.out
        done = self.run([sys.executable, "-m", "ledger.cli", *words], self.folder)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def verify(self, file, *options, code=0):
        """The verifier's words on a file, with nothing but the trust file beside it."""
        empty = self.folder / "empty"
        shutil.copy(self.folder / file, empty / file)
        shutil.copy(self.folder / "trust.json", empty / "trust.json")
        command = [sys.executable, "-m", "passavant_verifier.verify", file, "--trust", "trust.json", *options]
        told = self.run(command, empty)
        assert told.returncode == code, told.stdout + told.stderr
        return told.stdout

    def run(self, command, where):
        environ = {**os.environ, "PASSAVANT_HOME": str(self.folder / "home"), "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, env=environ, cwd=where, check=False)


@pytest.fixture
def web(place):
    with httpx.Client(base_url=place.devnet.home.gateway, timeout=60) as web:
        yield web


@pytest.fixture
def platform(place, web):
    return Participant.of(place.devnet.home, "platform", web).log_in()


@pytest.fixture
def declaration(place):
    return json.loads((place.folder / "fields.json").read_text())["declaration"]


def test_a_receipt_and_a_disclosure_verify_where_there_is_nothing_else(place):
    told = place.verify("then.json")
    assert "The goods may be handed over for home use." in told
    assert "Vouched for, as blocks of" in told
    assert "by auditor.example." in told
    fields = place.verify("fields.json")
    assert "Commodity[1]/Classification[1]/ID[1] = 61091000" in fields
    assert "the ledger took it" in fields


def test_after_a_restart_the_kept_proof_serves(place, platform, declaration):
    """The chain remembers its last state only, and has gone on: what was taken at finality is given again."""
    place.type("declare", "messages/tableware.xml", "--as", "platform")
    place.type("receipt", IMPORT, "-o", "again.json", "--as", "platform")
    assert (place.folder / "again.json").read_bytes() == (place.folder / "then.json").read_bytes()
    assert platform.get(f"/v1/declarations/{declaration}/receipt").content == (place.folder / "then.json").read_bytes()


def test_the_gateway_gives_every_form(place, platform, declaration):
    url = f"/v1/declarations/{declaration}/receipt"
    cbor = platform.get(url, accept="application/cbor")
    (place.folder / "receipt.cbor").write_bytes(cbor.content)
    assert "released" in place.verify("receipt.cbor")
    assert cbor.headers["passavant-checkpoint"].startswith("a checkpoint of height")
    png = platform.get(url, accept="image/png").content
    assert platform.get(url, accept="image/svg+xml").content.startswith(b"<svg")
    assert platform.get(url, accept="application/pdf", **{"accept-language": "fr"}).content.startswith(b"%PDF")
    assert len(zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))) > 1


def test_the_codes_of_the_picture_are_the_receipt(place):
    """Read as a person with a phone would: one symbol after the other, in the order of the captions."""
    place.type("receipt", IMPORT, "-o", "receipt.png", "--as", "platform")
    sheet = Image.open(place.folder / "receipt.png")
    found = zxingcpp.read_barcodes(sheet)
    inorder = sorted(found, key=lambda one: (round(one.position.top_left.y, -2), one.position.top_left.x))
    (place.folder / "scanned.cbor").write_bytes(b"".join(one.bytes for one in inorder))
    assert "released" in place.verify("scanned.cbor")


def test_who_may_not_read_the_status_gets_nothing(place, web, declaration):
    bazaar = Participant.of(place.devnet.home, "bazaar", web).log_in()
    assert bazaar.get(f"/v1/declarations/{declaration}/receipt").status_code == 404
    place.type("receipt", IMPORT, "-o", "none.json", "--as", "bazaar", code=1)


def test_held_and_partly_released_ones(place):
    place.type("declare", "messages/low-value.xml", "--as", "platform")
    declared = json.loads(place.type("declare", "messages/plants.xml", "--as", "platform", "--json"))["declaration"]
    place.type("decide", declared, "accept", "--as", "customs-fr")
    place.type("decide", declared, "require-control", "--as", "customs-fr")
    place.type("checkpoint", "make", "--key", "auditor.key")
    place.type("receipt", declared, "-o", "held.json", "--as", "customs-fr")
    assert "Held by: control." in place.verify("held.json")
    place.type("decide", declared, "lift-control", "--as", "customs-fr")
    place.type("decide", declared, "refuse", "--items", "1=1", "--as", "customs-fr")
    place.type("decide", declared, "release", "--as", "customs-fr")
    place.type("checkpoint", "make", "--key", "auditor.key")
    place.type("receipt", declared, "-o", "partly.json", "--as", "customs-fr")
    assert "partly released" in place.verify("partly.json")


def test_a_revocation_supersedes_and_does_not_unsay(place):
    place.type("decide", IMPORT, "refuse", "--supersedes", place.released, "--as", "customs-fr")
    place.type("receipt", IMPORT, "-o", "unwitnessed.json", "--as", "platform")
    assert "can't be known" in place.verify("unwitnessed.json", code=3)
    place.type("checkpoint", "make", "--key", "auditor.key")
    place.type("receipt", IMPORT, "-o", "now.json", "--as", "platform")
    assert "refused" in place.verify("now.json")
    assert "The goods may be handed over for home use." in place.verify("then.json")
    assert "no longer so, or too old" in place.verify("then.json", "--max-age", "0", code=3)


def test_a_witness_hands_its_checkpoint_to_the_gateway(place, web, platform):
    text = (place.folder / "note.txt").read_text(encoding="utf-8")
    refused = web.put("/v1/checkpoints", json={"note": text}, headers=platform.headers)
    assert (refused.status_code, "witness that this ledger accepts" in refused.json()["detail"]) == (409, True)
    place.type("checkpoint", "accept", "auditor.key.pub")
    taken = web.put("/v1/checkpoints", json={"note": text}, headers=platform.headers)
    assert (taken.status_code, taken.json()["note"]) == (200, text)
    latest = web.get("/v1/checkpoints/latest").json()
    assert latest["height"] >= taken.json()["height"]
