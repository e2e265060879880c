"""The command: what it prints, and how it ends."""

import json
import os
import subprocess
import sys

import pytest

from passavant_verifier import verify
from passavant_verifier.canonical import Content, to_cbor, to_json
from passavant_verifier.contents import CBOR_FORMAT
from passavant_verifier.trust import FORMAT
from tests.verifier.receipt_worlds import AUDITOR, CODES, CUSTOMS, GATEWAY, NETWORK, NOW, World


def main(arguments):
    return verify.main(arguments, clock=lambda: NOW)


@pytest.fixture
def trust(tmp_path):
    content: Content = {
        "format": FORMAT,
        "network": {
            "chainId": NETWORK.chain_id,
            "consignments": NETWORK.consignments,
            "consignmentsCode": CODES[0],
            "genesis": NETWORK.genesis,
            "name": "the test's network",
            "networkId": NETWORK.network_id,
            "participants": NETWORK.participants,
            "participantsCode": CODES[1],
            "recognitionsCode": CODES[2],
        },
        "checkpoint": {
            "operators": [GATEWAY.key.text],
            "threshold": 2,
            "witnesses": [AUDITOR.key.text, CUSTOMS.key.text],
        },
    }
    return written(tmp_path / "trust.json", to_json(content))


def written(path, raw):
    path.write_bytes(raw)
    return str(path)


@pytest.fixture
def receipt(tmp_path):
    return written(tmp_path / "receipt.json", to_json(World().content()))


def test_says_what_was_proven_by_whom_and_as_of_when(receipt, trust, capsys):
    assert main([receipt, "--trust", trust]) == 0
    told = capsys.readouterr().out
    assert told.startswith("receipt: valid\n")
    for words in ("decided release", "As of block 20", "may be handed over", "auditor.example", "Nothing is known of"):
        assert words in told


def test_compact_receipts_are_recognised_by_their_format(tmp_path, trust):
    compact = written(tmp_path / "receipt.cbor", to_cbor(World(compact=True).content(CBOR_FORMAT)))
    assert main([compact, "--trust", trust]) == 0


def test_json_for_machines(receipt, trust, capsys):
    assert main([receipt, "--trust", trust, "--json", "--max-age", "10"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["valid"], told["parts"]["freshness"]["result"]) == ("receipt", False, "stale")
    assert told["parts"]["status"] == {"result": "valid", "reason": None}
    assert told["facts"]["now"]["answer"] == "RELEASED"


def test_without_a_trust_file_nothing_is_known(receipt, capsys):
    assert main([receipt]) == 3
    assert "nothing is wrong, but it can't be known" in capsys.readouterr().out


def test_what_is_stale_is_told(receipt, trust, capsys):
    assert main([receipt, "--trust", trust, "--max-age", "10"]) == 3
    assert "no longer so, or too old" in capsys.readouterr().out


def test_a_changed_receipt_is_invalid(tmp_path, trust, capsys):
    content = World().content()
    content["blocks"][0]["header"]["timestamp"] += 1
    assert main([written(tmp_path / "changed.json", to_json(content)), "--trust", trust]) == 1
    assert "INVALID: do not rely on it" in capsys.readouterr().out


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nothing",
        b"{}",
        b" {",
        b'{"format":7}',
        b'{"format":"other"}',
        b"\xff\xff",
        b"\x00",
        b"[" * 100_000,
        b"\x81" * 100_000,
    ],
)
def test_what_is_no_receipt_gets_a_sentence_and_no_traceback(tmp_path, raw, capsys):
    assert main([written(tmp_path / "file", raw)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("file: INVALID")
    assert "integrity  invalid: the file: " in told.out
    assert told.err == ""


def test_files_that_can_not_be_read_are_usage(tmp_path, receipt, capsys):
    assert main([str(tmp_path / "missing")]) == 2
    assert main([receipt, "--trust", str(tmp_path / "missing")]) == 2
    assert main([receipt, "--trust", receipt]) == 2
    assert main([str(tmp_path)]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--max-age", "x", "file"], ["--max-age", "-1", "file"], ["file", "more"]])
def test_a_wrong_call_is_usage(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_a_terminal_without_the_letters_gets_others(receipt, tmp_path):
    name = written(tmp_path / "r\u00e9c\u00e9piss\u00e9.json", b"{}")
    command = [sys.executable, "-m", "passavant_verifier.verify", receipt, "--trust", name]
    done = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert b"r\\xe9c\\xe9piss\\xe9.json" in done.stderr


def test_runs_as_a_program(receipt):
    command = [sys.executable, "-m", "passavant_verifier.verify", receipt, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert json.loads(done.stdout)["kind"] == "receipt"
