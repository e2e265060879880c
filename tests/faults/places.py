"""What fault tests work with: gateways that can be killed, signed records, and the chain asked itself."""

import contextlib
import secrets
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import httpx

from ledger.chain.decoding import RECORDED_TOPICS
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, hexed
from ledger.chain.signers import open_local_signer
from ledger.chain.steps import FAULT
from ledger.client import Client, Entry
from ledger.devnet.gateway import environment, free_port, url_of
from ledger.devnet.processes import Program
from ledger.domain import heads
from ledger.domain.codes import DecisionKind
from ledger.domain.plain import to_plain
from ledger.domain.records import Decision, Declaration
from ledger.home import Home

GB = 826
ENDS = ("final", "refused", "lost")


def wait_for(question):
    """The first true answer; pytest's timeout ends what never comes."""
    while not (answer := question()):
        time.sleep(0.02)
    return answer


@dataclass
class Place:
    """A store of a test's own beside a chain that it may share with others."""

    home: Home
    directory: Path
    rpc: str | None = None
    """The node by another way, such as a proxy."""

    @cached_property
    def network(self):
        return Network.load(self.home.path / self.home.network)

    def settings(self, **changes):
        database = f"sqlite:///{self.directory / 'store.sqlite'}"
        index_key = self.directory / "index.key"
        rpc = self.rpc or self.home.rpc
        return replace(self.home.settings(), database=database, index_key=index_key, rpc=rpc, **changes)

    @contextlib.contextmanager
    def client(self):
        """A client in this process that follows and sends in threads."""
        with Client.open(self.settings()) as client:
            client.sync()  # until the participants' keys are known, nobody's signature is authentic
            client.start()
            yield client
            client.stop(10)

    def gateway(self, fault=None):
        """A gateway in a process of its own, as far as its start; see `Served.ready`."""
        port, settings = free_port(), self.settings()
        environ = environment(self.home, port)
        environ["PASSAVANT_DATABASE"] = settings.database
        environ["PASSAVANT_INDEX_KEY"] = str(settings.index_key)
        environ["PASSAVANT_SESSION_KEY"] = str(self.directory / "session.key")
        environ["PASSAVANT_RPC"] = settings.rpc
        if fault:
            environ[FAULT] = f"kill@{fault}"
        log = self.directory / f"gateway-{port}.log"
        return Served(Program([sys.executable, "-m", "tests.faults.launcher"], log, environ), url_of(port))

    # --- records ------------------------------------------------------------------------------------------------------

    def signed(self, name, record):
        domains = self.network.domains
        return Entry(record, open_local_signer(self.home.identity(name).signer).sign(domains.of(record), record))

    def digest(self, entry):
        return self.network.domains.digest(entry.record)

    def declaration(self, seconds=3_600):
        now = int(time.time())
        record = Declaration(
            join_key=secrets.token_bytes(20),
            declarant=self.home.identity("platform").organisation,
            administration=GB,
            leg=3,
            regime=1,
            stage=2,
            commitment=secrets.token_bytes(32),
            schema=b"\5" * 32,
            effective_at=now,
            deadline=now + seconds,
        )
        return self.signed("platform", record)

    def release(self, declaration):
        """One of many possible decisions, all on the head that the lodgement gave."""
        now = int(time.time())
        record = Decision(
            declaration=declaration,
            prev=heads.opened(declaration),
            administration=GB,
            kind=DecisionKind.RELEASE,
            evidence=secrets.token_bytes(32),
            effective_at=now,
            deadline=now + 3_600,
        )
        return self.signed("customs-gb", record)

    # --- what the chain itself says -----------------------------------------------------------------------------------

    def recorded(self):
        """How often each digest is recorded, from the chain's own logs."""
        rpc = Rpc(self.home.rpc)
        wanted = {
            "fromBlock": "0x0",
            "toBlock": "latest",
            "address": [hexed(self.network.consignments)],
            "topics": [sorted(RECORDED_TOPICS)],
        }
        logs = rpc.call("eth_getLogs", wanted)
        rpc.close()
        return Counter(bytes.fromhex(log["topics"][1][2:]) for log in logs)


def body(entry):
    record = to_plain(entry.record)
    return {"type": type(entry.record).__name__, "record": record, "signature": f"0x{entry.signature.hex()}"}


@dataclass
class Served:
    """A gateway's process, and a connection to it."""

    program: Program
    url: str
    web: httpx.Client = field(init=False)

    def __post_init__(self):
        self.web = httpx.Client(base_url=self.url, timeout=30)

    def __enter__(self):
        return self.ready()

    def __exit__(self, *_):
        self.web.close()
        self.program.end(15)

    def ready(self):
        wait_for(lambda: self._answers() or not self.program.runs)
        assert self.program.runs, self.program.said()
        return self

    def _answers(self):
        with contextlib.suppress(httpx.TransportError):
            return self.web.get("/readyz").status_code == 200
        return False

    def post(self, entry):
        """The answer's status; None when none came."""
        with contextlib.suppress(httpx.TransportError):
            return self.web.post("/v1/records", json=body(entry)).status_code
        return None

    def record(self, digest):
        return self.web.get(f"/v1/records/0x{digest.hex()}")

    def end(self, digest):
        """What became of a record in the end."""

        def ended():
            state = self.record(digest).json()
            return state if state["state"] in ENDS else None

        return wait_for(ended)
