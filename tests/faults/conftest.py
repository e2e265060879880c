import shutil

import pytest

from ledger.devnet import Devnet
from tests.faults.places import Place


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """The home of a network that was set up and stopped; copy it."""
    home = tmp_path_factory.mktemp("founded") / "home"
    with Devnet(home, gateway=False):
        pass
    return home


@pytest.fixture(scope="module")
def network(founded, tmp_path_factory):
    """A chain that the tests of a module share."""
    home = shutil.copytree(founded, tmp_path_factory.mktemp("network") / "home")
    with Devnet(home, gateway=False) as devnet:
        yield devnet


@pytest.fixture
def place(network, tmp_path):
    return Place(network.home, tmp_path)


@pytest.fixture
def fragile(founded, tmp_path):
    """A chain of a test's own, to be killed."""
    home = shutil.copytree(founded, tmp_path / "home")
    with Devnet(home, gateway=False, interval=0.1) as devnet:
        yield devnet
