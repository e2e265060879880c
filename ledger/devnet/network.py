"""A development network: chain, contracts, participants and gateway on one machine, in one home directory.

A home apart (`ledger.devnet.apart`) has participants and a gateway of its own, and the chain of another home.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from ledger.chain.network import Network
from ledger.chain.rpc import Rpc
from ledger.devnet.anvil import find_anvil
from ledger.devnet.deploy import Sender, deploy
from ledger.devnet.errors import DevnetError, PortTaken
from ledger.devnet.gateway import LOG, Gateway, free_port
from ledger.devnet.keys import KeyRing
from ledger.devnet.participants import Casting
from ledger.devnet.processes import Mark, Program, mark_file
from ledger.devnet.states import Alarm, Alarms, States
from ledger.devnet.supervisor import Supervisor
from ledger.home import CONFIG, Home

CHAIN: Final = "chain"

_NETWORK: Final = "network.json"
_RELAY: Final = "relay"
_LOOK: Final = 0.5
_PATIENCE: Final = 60.0
_GATEWAY_STARTS: Final = 5
_TICK: Final = 0.05
_STOP_IT: Final = "Stop it by `passavant devnet down`"


@dataclass(frozen=True, slots=True)
class Places:
    """The files of a development network."""

    home: Path

    @property
    def chain(self) -> Path:
        """Copies of the chain's state, logs and marks of processes."""
        return self.home / CHAIN

    @property
    def network(self) -> Path:
        """The network descriptor; when it is there, the network was set up whole."""
        return self.home / _NETWORK

    @property
    def lock(self) -> Path:
        """Locked by the process that keeps the network up."""
        return self.chain / "devnet.lock"

    @property
    def log(self) -> Path:
        """Output of a network that was started in the background."""
        return self.chain / "devnet.log"

    @property
    def mark(self) -> Path:
        """Names the process that keeps the network up."""
        return mark_file(self.log)

    @property
    def ready(self) -> Path:
        """There while the network is up."""
        return self.chain / "ready"


class Devnet:
    """A development network that runs while this object is entered; its data stays in the home.

        with Devnet(tmp_path / "home", gateway=False) as devnet:
            client = Client.open(devnet.home.settings())

    Args:
        path: the home directory; made when missing.
        gateway: whether to start the gateway too.
        tell: called with each alarm, from another thread.
        interval: seconds between two copies of the chain, at least.
    """

    def __init__(
        self, path: Path, *, gateway: bool = True, tell: Callable[[Alarm], None] | None = None, interval: float = 1.0
    ) -> None:
        self.places = Places(path.absolute())
        self._with_gateway = gateway
        self._tell = tell
        self._interval = interval
        self._lock = -1
        self._home: Home | None = None
        self._supervisor: Supervisor | None = None
        self._gateway: Gateway | None = None
        self._gateway_starts = 0
        self._alarms: Alarms | None = None

    @property
    def home(self) -> Home:
        """The home's configuration, with the addresses of what runs now."""
        if self._home is None:
            raise DevnetError("the network was not started")
        return self._home

    @property
    def supervisor(self) -> Supervisor:
        """Who keeps the chain alive."""
        if self._supervisor is None:
            raise DevnetError("the network was not started")
        return self._supervisor

    @property
    def alarms(self) -> list[Alarm]:
        """Every alarm of this network so far."""
        return Alarms(self.places.chain).all()

    def __enter__(self) -> Self:
        """Start everything; see `start`."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self.stop()

    def start(self) -> None:
        """Start the chain, set the network up when it is new, and start the gateway; of a home apart the gateway alone.

        Raises:
            DevnetError: it does not start, or it runs already.
        """
        places = self.places
        places.chain.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._take_lock()
        _end_leftover_gateway(places)
        self._alarms = Alarms(places.chain, self._tell)
        before = Home.load(places.home) if (places.home / CONFIG).exists() else None
        if before and before.keeper:
            self._home = self._visited(before, Path(before.keeper))
        else:
            self._start_chain(before)
        if self._with_gateway:
            self._start_gateway()
        places.ready.touch()

    def _start_chain(self, before: Home | None) -> None:
        places = self.places
        if places.network.exists() and not States(places.chain).copies():
            raise DevnetError(
                f"{places.home} holds a network, but no copy of its chain",
                "Restore chain/state.json from a backup, or start a new network in another home",
            )
        alarms = Alarms(places.chain, self._tell)
        self._supervisor = Supervisor(find_anvil(), places.chain, alarms, interval=self._interval)
        self._supervisor.start(_port(before.rpc if before else None))
        self._home = self._known(before, self.supervisor.url) if before and places.network.exists() else self._founded()

    def watch(self, stop: threading.Event) -> None:
        """Keep everything up until `stop` is set.

        Raises:
            DevnetError: something can't be kept up.
        """
        while not stop.wait(_LOOK):
            if self._supervisor and self._supervisor.failed:
                raise self._supervisor.failed
            if self._gateway and not self._gateway.program.runs:
                self._bring_gateway_back(self._gateway)

    def stop(self) -> None:
        """Stop the gateway, keep a last copy of the chain, stop anvil. Safe to repeat."""
        if self._lock >= 0:
            self.places.ready.unlink(missing_ok=True)
        if self._gateway:
            self._gateway.stop()
            self._gateway = None
        if self._supervisor:
            self._supervisor.stop()
            self._supervisor = None
        if self._lock >= 0:
            self.places.mark.unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1

    def _take_lock(self) -> None:
        self._lock = os.open(self.places.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = -1
            raise DevnetError(f"the network in {self.places.home} runs already", _STOP_IT) from None
        self.places.ready.unlink(missing_ok=True)
        mark = Mark.of(os.getpid())
        if mark:
            mark.save(self.places.mark)

    def _visited(self, before: Home, keeper: Path) -> Home:
        if not standing(keeper).ready:
            raise DevnetError(
                f"the chain, which {keeper} keeps, is not up", f"Start it: passavant devnet up --home {keeper}"
            )
        return self._known(before, Home.load(keeper).rpc)

    def _known(self, before: Home, rpc_url: str) -> Home:
        home = replace(before, rpc=rpc_url)
        home.save()
        rpc = Rpc(home.rpc)
        Network.load(self.places.network).check(rpc)
        rpc.close()
        return home

    def _founded(self) -> Home:
        """Set a new network up. The descriptor comes last: until it is there, nothing of it counts."""
        keys = KeyRing(self.places.home)
        casting = Casting(keys)
        rpc = Rpc(self.supervisor.url)
        sender = Sender(rpc, keys.create(_RELAY))
        network = deploy(sender, casting.founders())
        casting.record(sender, network)
        rpc.close()
        self.supervisor.save()
        home = Home(
            path=self.places.home,
            rpc=self.supervisor.url,
            relay=KeyRing.uri(_RELAY),
            mine=True,
            participants=casting.identities(),
        )
        home.save()
        network.save(self.places.network)
        return home

    def _start_gateway(self) -> None:
        try:
            port = free_port(_port(self.home.gateway))
        except PortTaken:
            port = free_port()
        self._gateway = Gateway(self.home, self.places.chain, port)
        self._home = replace(self.home, gateway=self._gateway.url)
        self._home.save()

    def _bring_gateway_back(self, died: Gateway) -> None:
        self._gateway_starts += 1
        if self._alarms:
            self._alarms.raise_("gateway-died", f"the gateway ended by itself: {died.program.last_words()}")
        if self._gateway_starts > _GATEWAY_STARTS:
            raise DevnetError(f"the gateway ended {self._gateway_starts} times; giving up", f"See {died.program.log}")
        self._gateway = Gateway(self.home, self.places.chain, died.port)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a development network stands. `process`: who keeps it up; `ready`: everything of it answers."""

    process: int | None
    ready: bool
    alarms: tuple[Alarm, ...]


def standing(path: Path) -> Standing:
    """How the development network in a home stands."""
    places = Places(path.absolute())
    mark = Mark.load(places.mark)
    alarms = tuple(Alarms(places.chain).all())
    return Standing(mark.pid if mark else None, mark is not None and places.ready.exists(), alarms)


def start_keeper(path: Path, command: Sequence[str], patience: float) -> None:
    """Start a command that keeps the network of a home up, as a process of its own, and wait until it is ready.

    Raises:
        DevnetError: it runs already, or the command ended or took longer than `patience` seconds.
    """
    places = Places(path.absolute())
    places.chain.mkdir(parents=True, exist_ok=True, mode=0o700)
    if Mark.load(places.mark):
        raise DevnetError(f"the network in {places.home} runs already", _STOP_IT)
    places.ready.unlink(missing_ok=True)
    keeper = Program(command, places.log)
    until = time.monotonic() + patience
    while not places.ready.exists():
        if keeper.wait(_TICK):
            raise DevnetError(f"the network does not start: {keeper.last_words()}", f"See {places.log}")
        if time.monotonic() > until:
            keeper.end(_PATIENCE)
            raise DevnetError(f"the network is not ready after {patience:.0f} seconds", f"See {places.log}")


def down(path: Path) -> bool:
    """Stop the development network in a home, also one whose keeper was killed. False: nothing of it ran.

    Raises:
        DevnetError: it had to be killed; the chain's last blocks may be lost.
    """
    places = Places(path.absolute())
    mark = Mark.load(places.mark)
    if mark is None:
        return _end_leftovers(places)
    if not mark.end(_PATIENCE):
        _end_leftovers(places)
        raise DevnetError(f"the network did not stop within {_PATIENCE:.0f} seconds and was killed")
    return True


def _end_leftovers(places: Places) -> bool:
    found = _end_leftover_gateway(places)
    home = Home.load(places.home) if (places.home / CONFIG).exists() else None
    if home is None:
        return found
    supervisor = Supervisor(Path(), places.chain, Alarms(places.chain))
    return supervisor.end_leftover(_port(home.rpc)) or found


def _end_leftover_gateway(places: Places) -> bool:
    mark = Mark.load(mark_file(places.chain / LOG))
    if mark:
        mark.end(_PATIENCE)
    return mark is not None


def _port(url: str | None) -> int:
    return (urlsplit(url).port or 0) if url else 0
