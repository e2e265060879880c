"""A whole network for tests of client, desk and ingestion: one anvil for all, a store of its own for each.

The chain is shared, so each test writes about declarations of its own.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.chain.signers import open_signer
from ledger.client import Client, ClientSettings, RecordAnswer, RecordProgress
from ledger.desk import Desk, Directory, Identity, Written
from ledger.devnet import Devnet
from ledger.domain.codes import OrganisationKind
from ledger.home import encryption_file
from ledger.sealing import keys_from_json

GB, FR = 826, 250
PLATFORM, BAZAAR, EXPRESS, POST, SAFETY, AUDITOR = 100_001, 100_002, 100_003, 100_004, 200_001, 300_001
PATIENCE = 60.0


@pytest.fixture(scope="session")
def founded(tmp_path_factory) -> Path:
    """The home of a network that was set up, indexed and stopped; copy it."""
    home: Path = tmp_path_factory.getbasetemp() / "founded-for-clients"
    if not home.exists():
        with Devnet(home, gateway=False) as devnet, Client.open(devnet.home.settings()) as client:
            client.sync()
    return home


@pytest.fixture(scope="session")
def devnet(founded, tmp_path_factory) -> Iterator[Devnet]:
    """The network that runs; its own store is nobody's."""
    home = shutil.copytree(founded, tmp_path_factory.mktemp("running") / "home")
    with Devnet(home, gateway=False, interval=3_600) as running:
        yield running


@pytest.fixture
def settings(devnet, founded, tmp_path) -> ClientSettings:
    """A store of one's own."""
    shutil.copy(founded / "store.sqlite", tmp_path / "store.sqlite")
    shutil.copy(founded / "index.key", tmp_path / "index.key")
    running: ClientSettings = devnet.home.settings()
    return replace(running, database=f"sqlite:///{tmp_path}/store.sqlite", index_key=tmp_path / "index.key")


@pytest.fixture
def client(settings) -> Iterator[Client]:
    with Client.open(settings) as opened:
        opened.sync()
        yield opened


@dataclass(frozen=True)
class Team:
    """Everybody's desk, over one store."""

    client: Client
    devnet: Devnet

    def desk(self, name: str, **changed: object) -> Desk:
        return desk_of(self.client, self.devnet, name, **changed)

    def told(self, *written: Written) -> list[RecordAnswer]:
        """What became of records."""
        return self.client.wait([one.digest for one in written], PATIENCE)

    def recorded(self, *written: Written) -> Written:
        """The last of records, all of which are recorded now."""
        for told in self.told(*written):
            assert told.progress is RecordProgress.FINAL, told
        return written[-1]


def desk_of(client: Client, devnet: Devnet, name: str, **changed: object) -> Desk:
    people = devnet.home.participants
    one = devnet.home.identity(name)
    kind = OrganisationKind[one.kind]
    signer = open_signer(one.signer)
    keys = tuple(keys_from_json(encryption_file(one).read_text(encoding="utf-8")))
    identity = Identity(one.organisation, kind, one.administration, signer, one.jurisdictions, one.office, keys)
    identifiers = {number: other.organisation for other in people.values() for number in other.identifiers}
    directory = Directory(identifiers, {"GB": GB, "XI": GB, "FR": FR})
    clock = changed.pop("clock", None)
    identity = replace(identity, **changed)  # type: ignore[arg-type]
    return Desk(client, identity, directory, **({"clock": clock} if clock else {}))  # type: ignore[arg-type]


@pytest.fixture
def team(client, devnet) -> Team:
    return Team(client, devnet)


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    import time

    def wait_for(condition: Callable[[], object]) -> None:
        while not condition():
            time.sleep(0.01)  # pytest's timeout ends what never happens

    return wait_for
