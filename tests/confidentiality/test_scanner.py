"""The scanner finds what is there: without this, finding nothing would say nothing."""

import base64
import sqlite3
import subprocess
import sys

import pytest

from tests.confidentiality.scanner import Scanner, spellings

TEXT = "Gr\u00fcner Kanarienvogel 4711"
SECRET = bytes(range(7, 39))
SCANNER = Scanner({"text": TEXT, "secret": SECRET})


@pytest.mark.parametrize(
    "content",
    [
        SECRET,
        SECRET.hex().encode(),
        SECRET.hex().upper().encode(),
        *(base64.b64encode(bytes(shift) + SECRET + b"after") for shift in range(4)),
        base64.urlsafe_b64encode(b"\xff\xfe" + SECRET),
    ],
)
def test_it_finds_bytes_as_they_are_written(content):
    assert SCANNER.text(b"before" + content + b"after") == {"secret"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-32-le"])
def test_it_finds_text_as_it_is_written(encoding):
    assert SCANNER.text(b"\0\1" + TEXT.encode(encoding)) == {"text"}


def test_it_finds_nothing_where_nothing_is():
    assert SCANNER.text(bytes(100_000) + TEXT[:-1].encode()) == set()
    assert all(len(one) >= 10 for one in spellings(SECRET))


def test_it_finds_what_a_database_holds_also_before_a_checkpoint(tmp_path):
    database = sqlite3.connect(tmp_path / "store.sqlite")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA wal_autocheckpoint=0")
    database.execute("CREATE TABLE plain (content TEXT)")
    database.execute("INSERT INTO plain VALUES (?)", (TEXT,))
    database.commit()
    assert {path.rpartition("/")[2]: names for path, names in SCANNER.files(tmp_path).items()} == {
        "store.sqlite-wal": {"text"}
    }
    assert SCANNER.files(tmp_path, but=["store.sqlite-wal"]) == {}
    database.close()
    assert SCANNER.files(tmp_path)


def test_it_finds_names_of_files(tmp_path):
    (tmp_path / SECRET.hex()).touch()
    assert list(SCANNER.files(tmp_path).values()) == [{"secret"}]


HOLDS = """
import sys
text, secret = sys.stdin.readline().split()
held = [bytes.fromhex(text).decode(), bytes.fromhex(secret), {"deep": bytes.fromhex(text).decode() * 2}]
del text, secret
print("ready", flush=True)
sys.stdin.readline()
"""


def test_it_finds_what_a_process_holds():
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, SECRET.hex()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"CANARY": "x" + SECRET.hex()},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{TEXT.encode().hex()} {SECRET.hex()}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
        found = SCANNER.process(process.pid)
        process.stdin.close()
    assert found == {"memory": {"text", "secret"}, "environment": {"secret"}, "command line": {"secret"}}


def test_a_canary_is_long_enough_not_to_be_found_by_chance():
    with pytest.raises(AssertionError, match="too short"):
        Scanner({"text": "short"})
