"""The verifier stands alone: what it imports, and that it installs from its own folder."""

import os
import subprocess
import sys
from pathlib import Path

from passavant_verifier.errors import UnreadableError
from passavant_verifier.keccak import keccak256

ROOT = Path(__file__).parents[2]
ALL_MODULES = """
import importlib, pkgutil, sys
sys.path = [entry for entry in sys.path if entry not in ("", {root!r})]
import passavant_verifier
for module in pkgutil.walk_packages(passavant_verifier.__path__, "passavant_verifier."):
    importlib.import_module(module.name)
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
OTHERS = {"ledger", "api", "fastapi", "starlette", "sqlalchemy", "sqlite3", "psycopg", "web3", "pydantic"}


def test_no_module_of_it_brings_in_the_ledger_a_web_framework_or_a_database(tmp_path):
    program = ALL_MODULES.format(root=str(ROOT))
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # it needs sqlite3
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=unmeasured, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "passavant_verifier" in loaded
    assert not loaded & OTHERS


def test_keccak_is_ethereums():
    assert keccak256().hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"a", b"bc") == keccak256(b"abc")


def test_an_error_says_where_and_what():
    error = UnreadableError("receipt.json", "no JSON")
    assert str(error) == "receipt.json: no JSON"
    assert (error.where, error.problem) == ("receipt.json", "no JSON")
