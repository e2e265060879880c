import os
import shutil
import time
from pathlib import Path

import pytest

from ledger.devnet import Devnet


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """The home of a network that was set up and stopped; copy it."""
    home = tmp_path_factory.mktemp("founded") / "home"
    with Devnet(home, gateway=False):
        pass
    return home


@pytest.fixture
def home(founded, tmp_path):
    return shutil.copytree(founded, tmp_path / "home")


@pytest.fixture
def eventually():
    def wait_for(condition):
        while not condition():
            time.sleep(0.02)  # pytest's timeout ends what never happens
        return True

    return wait_for


@pytest.fixture
def bound():
    """A port on which this process listens."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture(autouse=True)
def _nothing_stays():
    """No test leaves an anvil behind."""
    before = _anvils()
    yield
    assert _anvils() <= before


def _anvils():
    found = set()
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = file.read_text(encoding="utf-8").rpartition(")")
        except OSError:
            continue
        if name.endswith("(anvil") and rest.split()[0] != "Z" and int(rest.split()[1]) == os.getpid():
            found.add(name)
    return found
