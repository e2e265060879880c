import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import command
from ledger.devnet import Devnet

MESSAGES = Path(__file__).parent.parent / "messages"
ARRANGEMENT = MESSAGES.parents[1] / "docs" / "examples" / "arrangement.json"


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: object) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = command([str(one) for one in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture
def passavant():
    """Runs a command in this process."""
    return run


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """The home of a network that was set up and stopped; copy it."""
    home = tmp_path_factory.mktemp("founded") / "home"
    with Devnet(home, gateway=False):
        pass
    return home


@pytest.fixture
def home(founded, tmp_path, monkeypatch):
    """A network of one's own that is stopped."""
    monkeypatch.delenv("PASSAVANT_AS", raising=False)
    monkeypatch.setenv("PASSAVANT_HOME", str(tmp_path / "home"))
    return shutil.copytree(founded, tmp_path / "home")


@pytest.fixture
def network(home):
    """The same, running, without a gateway: commands send for themselves."""
    with Devnet(home, gateway=False) as devnet:
        yield devnet


@pytest.fixture
def messages(tmp_path, monkeypatch):
    """The test messages in the working directory, and the arrangement of the docs as plan.json."""
    folder = shutil.copytree(MESSAGES, tmp_path / "messages")
    shutil.copy(ARRANGEMENT, folder / "plan.json")
    monkeypatch.chdir(folder)
    return folder
