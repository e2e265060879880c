"""The command line as a whole: help with examples that work, completion, what is imported, how it ends."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

COMMANDS = (
    "accesses",
    "amend",
    "aeo grant",
    "aeo show",
    "aeo suspend",
    "aeo withdraw",
    "arrange",
    "arrangements",
    "assist answer",
    "assist forget",
    "assist list",
    "assist refuse",
    "assist request",
    "assist show",
    "completion",
    "control",
    "controls",
    "decide",
    "declare",
    "devnet apart",
    "devnet down",
    "devnet status",
    "devnet up",
    "disclose",
    "erase",
    "fetch",
    "grant",
    "grants",
    "hold",
    "ingest",
    "invalidate",
    "key publish",
    "key rewrap",
    "open-arrangement",
    "participants",
    "payload",
    "present",
    "provenance",
    "readers grant",
    "checkpoint key",
    "checkpoint make",
    "checkpoint latest",
    "checkpoint add",
    "checkpoint accept",
    "checkpoint trust",
    "receipt",
    "verify",
    "recognise",
    "recognition-benefits",
    "relied",
    "record",
    "replay",
    "retention",
    "shared",
    "simulate-arrangement",
    "status",
    "suspend-arrangement",
    "ticket",
    "withdraw",
    "worklist",
)
WITHOUT_JSON = {"completion"}
RUN_APART = {"completion", "declare", "devnet", "erase", "fetch", "ingest", "present", "record"}
BY_TWO = {"assist", "open-arrangement", "recognise", "relied", "suspend-arrangement"}
"""What two administrations must have agreed on before: see test_recognising.py."""
HEAVY = ("web3", "fastapi", "alembic", "eth_account", "lxml", "sqlalchemy", "starlette", "rich", "httpx", "eth_abi")


def typed(*arguments, **environ):
    """As a user types it: a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ledger.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200", **environ},
        check=False,
    )


def example(passavant, name):
    told = passavant(*name.split(), "--help")
    assert told.code == 0
    found = re.search(r"Example:\s+(.*)", told.out, re.DOTALL)
    assert found, f"{name} --help has no example"
    return shlex.split(" ".join(found[1].split()))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_json(passavant, name):
    words = example(passavant, name)
    if name != "completion":
        assert words[0] == "passavant"
        assert " ".join(words[1:]).startswith(name)
    if name not in WITHOUT_JSON:
        assert "--json" in passavant(*name.split(), "--help").out


def test_every_command_is_in_this_list(passavant):
    listed = set(re.findall(r"^  ([a-z-]+) ", passavant("--help").out.partition("Commands:")[2], re.MULTILINE))
    assert listed == {name.split()[0] for name in COMMANDS}


def test_the_examples_run(passavant, network, messages):
    def run(name):
        words = example(passavant, name)
        told = passavant(*words[1:])
        assert told.code == 0, f"{shlex.join(words)}: {told.err}{told.out}"
        return told

    lodged = run("declare")
    for name in ("import", "low-value", "tableware", "plants"):
        assert passavant("declare", f"{name}.xml", "--as", "platform").code == 0
    run("ingest")
    notices = [f"{name}-01-accepted.xml" for name in ("import", "low-value", "tableware", "plants")]
    assert passavant("ingest", *notices, "--as", "customs-fr").code == 0
    for name in COMMANDS:
        if name.split()[0] not in RUN_APART | BY_TWO:
            run(name)
    assert passavant("decide", "25FR00128B4M7QX9K2", "grant", "--as", "customs-fr").code == 0
    run("present")
    run("erase")
    digest = re.findall(r"Record (0x[0-9a-f]{64})", lodged.out)[0]
    words = [digest if word == "0x<64 digits>" else word for word in _joined(example(passavant, "record"))]
    assert passavant(*words[1:]).code == 0


def _joined(words):
    at = words.index("0x<64")
    return [*words[:at], " ".join(words[at : at + 2]), *words[at + 2 :]]


def test_status_imports_nothing_heavy(network, messages, passavant):
    assert passavant("declare", "export.xml", "--as", "platform").code == 0
    code = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
sys.argv = ["passavant", "status", "LX473124829GB", "--as", "platform"]
from ledger.cli import main
main()
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("Not released yet")
    loaded = {module.partition(".")[0] for module in json.loads(told.stderr.splitlines()[-1])}
    assert loaded & set(HEAVY) == set()


def test_help_imports_even_less():
    code = "import sys; import ledger.cli.app; print('\\n'.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {module.partition(".")[0] for module in told.stdout.split()}
    assert loaded & {*HEAVY, "msgspec", "coincurve"} == set()


def test_as_a_user_types_it(home):
    told = typed("status", "X", "--as", "nobody")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(f"passavant: {home}: knows no participant 'nobody'. It has ")
    assert "Traceback" not in typed("devnet", "status").stderr
    assert typed("no-such-command").returncode == 2


def test_a_reader_that_goes_away_gets_no_traceback(home):
    command = [sys.executable, "-m", "ledger.cli", "participants", "--help"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    told = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert told == b""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(passavant, shell):
    told = passavant("completion", shell)
    assert told.code == 0
    assert "_PASSAVANT_COMPLETE" in told.out


def test_completion_of_an_unknown_shell(passavant):
    told = passavant("completion", "csh")
    assert (told.code, "is none of bash" in told.err) == (2, True)


def test_completion_knows_participants_and_codes(home):
    asked = {"_PASSAVANT_COMPLETE": "complete_bash"}
    words = typed(COMP_WORDS="passavant decide X re", COMP_CWORD="3", **asked).stdout.split()
    assert {"release", "refuse", "receipt"} <= set(words)
    names = typed(COMP_WORDS="passavant status X --as cus", COMP_CWORD="4", **asked).stdout.split()
    assert names == ["customs-gb", "customs-gb-heathrow", "customs-fr", "customs-fr-roissy"]
