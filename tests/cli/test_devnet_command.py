"""``passavant devnet``, with everything that it starts."""

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from ledger.devnet import standing

pytestmark = pytest.mark.e2e


@pytest.fixture
def stopped(home, passavant):
    """A network that is stopped again, whatever happens."""
    yield home
    passavant("devnet", "down")


def test_up_down_and_status(stopped, passavant):
    before = passavant("devnet", "status")
    assert (before.code, "is down. Start it" in before.out) == (1, True)
    up = passavant("devnet", "up", "--detach", "--json")
    assert up.code == 0, up.err
    with urllib.request.urlopen(f"{up.json['gateway']}/readyz") as answer:
        assert answer.status == 200
    again = passavant("devnet", "up", "--detach")
    assert (again.code, "runs already" in again.err) == (1, True)
    status = passavant("devnet", "status", "--json")
    assert (status.code, status.json) == (0, up.json)
    assert passavant("devnet", "down").out == f"The network in {stopped} has stopped.\n"
    assert passavant("devnet", "down", "--json").json == {"stopped": False}
    assert standing(stopped).process is None


def test_a_record_goes_through_the_gateways_submitter(stopped, passavant, messages):
    assert passavant("devnet", "up", "--detach").code == 0
    told = passavant("declare", "export.xml", "--as", "platform", "--json")
    assert (told.code, told.json["progress"]) == (0, "FINAL")
    assert passavant("devnet", "down").code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_in_the_foreground(stopped, number):
    command = [sys.executable, "-m", "ledger.cli", "devnet", "up", "--no-gateway", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout
    text = ""
    while not text.endswith("}\n"):
        line = process.stdout.readline()
        assert line, "it ended"
        text += line
    told = json.loads(text)
    assert (told["ready"], told["process"], told["gateway"]) == (True, process.pid, None)
    os.kill(process.pid, number)
    assert process.wait(60) == 0
    process.stdout.close()
    assert standing(stopped).process is None


def test_alarms_are_told(stopped, passavant):
    command = [sys.executable, "-m", "ledger.cli", "devnet", "up", "--no-gateway", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not standing(stopped).ready:
        assert process.poll() is None
    anvil = json.loads((stopped / "chain" / "anvil.pid").read_text())["pid"]
    os.kill(anvil, signal.SIGKILL)
    assert process.stderr
    assert process.stderr.readline().startswith("passavant: ALARM anvil-died: anvil ended by itself")
    while "chain-restored" not in {alarm.kind for alarm in standing(stopped).alarms}:
        assert process.poll() is None
    alarms = passavant("devnet", "status", "--json").json["alarms"]
    assert [alarm["kind"] for alarm in alarms] == ["anvil-died", "chain-restored"]
    process.terminate()
    assert process.wait(60) == 0
    process.stderr.close()


def test_a_network_that_does_not_start(stopped, passavant):
    (stopped / "chain" / "state.json").unlink()
    (stopped / "chain" / "state.previous.json").unlink()
    told = passavant("devnet", "up", "--detach")
    assert (told.code, "holds a network, but no copy of its chain" in told.err) == (1, True)


def test_a_network_that_takes_too_long(stopped, passavant, monkeypatch):
    from ledger.cli import devnet

    monkeypatch.setattr(devnet, "_PATIENCE", 0.0)
    told = passavant("devnet", "up", "--detach")
    assert (told.code, "is not ready after 0 seconds" in told.err) == (1, True)


def test_a_home_apart(home, passavant, tmp_path):
    there = tmp_path / "douane"
    asked = ("devnet", "apart", "customs-fr", "--to", there, "--no-gateway")
    told = passavant(*asked)
    assert told.code == 0, told.err
    assert told.out == f"The network in {there} is down. Start it: passavant devnet up --home {there}.\n"
    again = passavant(*asked)
    assert (again.code, "has no key of 'customs-fr': another home has" in again.err) == (2, True)
    other = passavant("devnet", "apart", "express", "--to", there)
    assert (other.code, "is not empty. Name a new directory" in other.err) == (1, True)
    down = passavant("devnet", "up", "--detach", "--home", there)
    assert (down.code, f"the chain, which {home} keeps, is not up" in down.err) == (1, True)
    status = passavant("devnet", "status", "--home", there, "--json")
    assert (status.code, status.json["keeper"], status.json["ready"]) == (1, str(home), False)
