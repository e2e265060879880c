"""What the benchmarks write: a development network, and records of its participants."""

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ledger.chain.signers import LocalSigner, open_local_signer
from ledger.client import Client, Entry
from ledger.devnet import Devnet
from ledger.domain.codes import Leg, Regime, Stage
from ledger.domain.records import Declaration, Record
from ledger.domain.signing import SigningDomains
from ledger.home import Home

LIFE = 86_400


@dataclass(frozen=True)
class Author:
    """A participant with its key at hand."""

    home: Home
    name: str
    domains: SigningDomains

    @cached_property
    def organisation(self) -> int:
        return self.home.identity(self.name).organisation

    @cached_property
    def signer(self) -> LocalSigner:
        return open_local_signer(self.home.identity(self.name).signer)

    def entry(self, record: Record, proof: bytes = b"") -> Entry:
        return Entry(record, self.signer.sign(self.domains.of(record), record), proof)

    def declaration(self, administration: int, join_key: bytes | None = None) -> Declaration:
        """One that opens a consignment."""
        now = int(time.time())
        return Declaration(
            join_key=join_key or secrets.token_bytes(20),
            declarant=self.organisation,
            administration=administration,
            leg=Leg.IMPORT,
            regime=Regime.HOME_USE,
            stage=Stage.ARRIVED,
            commitment=secrets.token_bytes(32),
            schema=b"\5" * 32,
            effective_at=now,
            deadline=now + LIFE,
        )

    def openings(self, administration: int, count: int) -> list[Entry]:
        """Signed declarations, each opening a consignment."""
        return [self.entry(self.declaration(administration)) for _ in range(count)]


class Founded:
    """A network that was set up once, and is copied for every benchmark."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._home = directory / "founded"
        with Devnet(self._home, gateway=False):
            pass

    @contextmanager
    def network(self, name: str) -> Iterator[Devnet]:
        """A copy that runs."""
        leave = shutil.ignore_patterns("*.pid", "*.lock", "ready")
        home = shutil.copytree(self._home, self._directory / name, ignore=leave)
        with Devnet(home, gateway=False) as devnet:
            yield devnet


@contextmanager
def opened(devnet: Devnet) -> Iterator[Client]:
    """A client of a network, which has caught up."""
    with Client.open(devnet.home.settings()) as client:
        client.sync()
        yield client
