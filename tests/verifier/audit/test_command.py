"""The command: exit codes, files, signatures, the page; in a process of its own and in this one."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from passavant_verifier.audit.command import SESSION_VARIABLE, main
from passavant_verifier.audit.report import check_report
from passavant_verifier.audit.signing import SigningKey
from passavant_verifier.audit.steps import DESCRIPTIONS, Step
from passavant_verifier.audit.telling import Bar
from passavant_verifier.errors import UnreadableError
from passavant_verifier.notes import read_note, signers
from tests.fakes.liar import Liar
from tests.verifier.audit.auditing import Played


@pytest.fixture
def descriptor(played, tmp_path):
    path = tmp_path / "network.json"
    values = {name: getattr(played.network, name) for name in played.network.__dataclass_fields__}
    plain = {name: f"0x{v.hex()}" if isinstance(v, bytes) else v for name, v in values.items()}
    path.write_text(json.dumps({"format": 1, "start_block": 0, **plain}))
    return str(path)


@pytest.fixture
def key(tmp_path, capsys):
    path = tmp_path / "audit.key"
    assert main(["keygen", str(path), "--name", "auditor.example"]) == 0
    assert capsys.readouterr().out.strip() == SigningKey.load(path).public.text
    return path


def run(*arguments: str):
    command = [sys.executable, "-m", "passavant_verifier.audit.command", *arguments]
    environment = {**os.environ, "PYTHONPATH": "verifier"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


def test_a_clean_audit_signs_report_and_checkpoint(played: Played, descriptor, key, tmp_path):
    report, page, checkpoint = (tmp_path / name for name in ("report.json", "report.html", "checkpoint"))
    files = ["--report", str(report), "--html", str(page), "--checkpoint", str(checkpoint), "--sign", str(key)]
    ended = run("--network", descriptor, "--rpc", played.url, *files)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("test: nothing diverges\nas of block")
    public = SigningKey.load(key).public
    assert check_report(report.read_text(), "report", [public]) == ["auditor.example"]
    note = read_note(checkpoint.read_text())
    assert signers(note, [public]) == {public}
    said = json.loads(report.read_text())["report"]
    assert (said["verdict"], said["firstDivergence"], said["checkpoint"]) == ("clean", None, note.checkpoint.text)
    assert said["asOf"]["block"] == note.checkpoint.height
    assert "Nothing diverges" in page.read_text()
    # The next audit continues from it.
    again = run("--network", descriptor, "--rpc", played.url, *files)
    assert again.returncode == 0
    said = json.loads(report.read_text())["report"]
    assert said["sources"]["checkpointSignedBy"] == ["auditor.example"]


def test_a_witness_countersigns(played: Played, descriptor, key, tmp_path):
    checkpoint, witness = tmp_path / "checkpoint", tmp_path / "witness.key"
    arguments = ["--network", descriptor, "--rpc", played.url, "--checkpoint", str(checkpoint)]
    assert main([*arguments, "--sign", str(key)]) == 0
    first = checkpoint.read_text()
    main(["keygen", str(witness), "--name", "witness.example"])
    assert main([*arguments, "--sign", str(witness), "--countersign"]) == 0
    assert checkpoint.read_text().startswith(first)
    keys = [SigningKey.load(path).public for path in (key, witness)]
    assert signers(read_note(checkpoint.read_text()), keys) == set(keys)


def test_a_divergence_ends_with_1_names_it_and_signs_no_checkpoint(played: Played, descriptor, key, tmp_path, capsys):
    report, page, checkpoint = (tmp_path / name for name in ("report.json", "report.html", "checkpoint"))

    def lie(method, _, result):
        altered = method == "eth_getBlockByNumber" and result["number"] == "0x9"
        return {**result, "stateRoot": "0x" + "7" * 64} if altered else result

    with Liar(played.url, node=lie) as liar:
        files = ["--report", str(report), "--html", str(page), "--checkpoint", str(checkpoint), "--sign", str(key)]
        assert main(["--network", descriptor, "--rpc", liar.url, *files]) == 1
    said = json.loads(report.read_text())["report"]
    assert said["firstDivergence"]["step"] == 2
    assert said["firstDivergence"]["block"] == 9
    assert said["checkpoint"] is None
    assert not checkpoint.exists()
    out = capsys.readouterr().out
    assert "first divergence, step 2 (Headers): the header's fields hash to the block's hash" in out
    assert "The first divergence" in page.read_text()
    assert "block 9" in page.read_text()


def test_an_outage_ends_with_3(descriptor, capsys, tmp_path):
    report = tmp_path / "report.json"
    arguments = ["--network", descriptor, "--rpc", "http://127.0.0.1:1", "--report", str(report), "--timeout", "1"]
    assert main([*arguments, "--html", str(tmp_path / "page.html")]) == 3
    assert "not everything could be known" in capsys.readouterr().out
    assert json.loads(report.read_text())["report"]["asOf"] is None


WRONG = {
    "no descriptor": (["--network", "/nowhere", "--rpc", "http://x"], "no network descriptor"),
    "a wrong address": (["--rpc", "ftp://x"], "no http or https address"),
    "a wrong gateway": (["--rpc", "http://x", "--gateway", "x"], "no http or https address"),
    "no key": (["--rpc", "http://x", "--sign", "/nowhere"], "the key can't be read"),
    "a checkpoint that is missing": (["--rpc", "http://x", "--checkpoint", "/nowhere"], "checkpoint can't be read"),
    "countersigning without a key": (["--rpc", "http://x", "--countersign"], "it wants --checkpoint and --sign"),
    "my key without my records": (["--rpc", "http://x", "--mine", "0x" + "1" * 40], "one wants the other"),
    "a wrong witness": (["--rpc", "http://x", "--witness", "x"], "no Ed25519 verifier key"),
    "a session key that is missing": (["--rpc", "http://x", "--session-key", "/nowhere"], "No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(descriptor, capsys, name):
    arguments, message = WRONG[name]
    given = arguments if "--network" in arguments else ["--network", descriptor, *arguments]
    assert main(given) == 2
    said = capsys.readouterr().err
    assert said.startswith("passavant-audit: ")
    assert message in said
    assert "Traceback" not in said


def test_usage_is_told():
    for arguments in ([], ["--sample", "-1"], ["--sample", "x"], ["keygen"], ["check"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2


def test_a_session_key_comes_from_the_environment_or_a_file(played, descriptor, tmp_path, monkeypatch, capsys):
    arguments = ["--network", descriptor, "--rpc", played.url, "--gateway", "http://127.0.0.1:1", "--timeout", "1"]
    file = tmp_path / "session"
    file.write_text("zz")
    assert main([*arguments, "--session-key", str(file)]) == 2
    file.write_text("0" * 64)
    assert main([*arguments, "--session-key", str(file)]) == 2
    assert "a private key has 64 hex digits" in capsys.readouterr().err
    monkeypatch.setenv(SESSION_VARIABLE, "ab" * 32)
    assert main(arguments) == 3
    assert "ab" * 32 not in capsys.readouterr().out


def test_key_files_are_the_owners_alone(key, tmp_path, capsys):
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert main(["keygen", str(key), "--name", "auditor.example"]) == 2  # never over another
    assert main(["keygen", str(tmp_path / "new"), "--name", "two words"]) == 2
    key.chmod(0o644)
    with pytest.raises(UnreadableError, match="others may read this key"):
        SigningKey.load(key)
    key.chmod(0o600)
    text = key.read_text()
    for wrong in ("nonsense", text.replace("auditor", "other"), text[:-9] + "AAAAAAAA"):
        key.write_text(wrong)
        with pytest.raises(UnreadableError, match="no Ed25519 signing key"):
            SigningKey.load(key)


def test_a_report_that_was_changed_is_found(played: Played, descriptor, key, tmp_path, capsys):
    report = tmp_path / "report.json"
    main(["--network", descriptor, "--rpc", played.url, "--report", str(report), "--sign", str(key), "--quiet"])
    public = SigningKey.load(key).public.text
    capsys.readouterr()
    assert main(["check", str(report), "--key", public]) == 0
    assert capsys.readouterr().out == "signed by auditor.example\n"
    other = SigningKey("other.example", bytes(32)).public.text
    assert main(["check", str(report), "--key", other]) == 1
    report.write_text(report.read_text().replace('"verdict": "clean"', '"verdict": "unknown"'))
    assert main(["check", str(report), "--key", public]) == 2
    assert "the report was changed" in capsys.readouterr().err
    report.write_text("{}")
    assert main(["check", str(report), "--key", public]) == 2


def test_what_stands_in_the_report_cannot_become_markup(played: Played, descriptor, tmp_path):
    values = json.loads(Path(descriptor).read_text())
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**values, "name": "<script>alert(1)</script>"}))
    page = tmp_path / "page.html"
    assert main(["--network", str(other), "--rpc", played.url, "--html", str(page)]) == 0
    assert "<script>" not in page.read_text()
    assert "&lt;script&gt;" in page.read_text()
    assert not re.search(r"(src|href)=", page.read_text())


def test_every_step_has_a_description():
    assert list(DESCRIPTIONS) == list(Step)


def test_the_progress_bar(capsys):
    class Terminal:
        written = ""

        def isatty(self):
            return True

        def write(self, text):
            self.written += text

        def flush(self):
            pass

    terminal = Terminal()
    bar = Bar(terminal)  # type: ignore[arg-type]
    assert bar.is_shown
    bar.end()
    assert terminal.written == ""
    bar.tell("blocks", 10, 10)
    bar.tell("blocks", 5, 10)  # too soon after the last
    assert "[##############################] 10/10" in terminal.written
    assert "5/10" not in terminal.written
    bar.end()
    assert terminal.written.endswith("\r\x1b[K")
