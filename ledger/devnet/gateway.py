"""The gateway as a process of its own: ``python -m api`` with settings from the environment."""

import http.client
import os
import socket
import sys
import time
from pathlib import Path
from typing import Final

from ledger.devnet.errors import DevnetError, PortTaken
from ledger.devnet.processes import Program
from ledger.home import Home

LOG: Final = "gateway.log"

_COMMAND: Final = (sys.executable, "-m", "api")
_START: Final = 60.0
_STOP: Final = 10.0
_TICK: Final = 0.05
_OK: Final = 200


class Gateway:
    """A running gateway.

    Args:
        home: the network, store and relay key that it works with.
        directory: where its log is.
        port: on the loopback interface.

    Raises:
        DevnetError: it does not start, or does not become ready.
    """

    def __init__(self, home: Home, directory: Path, port: int) -> None:
        self.port = port
        self.program = Program(_COMMAND, directory / LOG, environment(home, port))
        try:
            self._wait_until_ready()
        except BaseException:
            self.program.end(_STOP)
            raise

    @property
    def url(self) -> str:
        """Where it answers."""
        return url_of(self.port)

    def stop(self) -> bool:
        """Have it drain and end; False when it had to be killed."""
        return self.program.end(_STOP + 5)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _START
        while time.monotonic() < until:
            if not self.program.runs:
                raise DevnetError(f"the gateway does not start: {self.program.last_words()}", f"See {self.program.log}")
            if _answers(self.port, "/readyz"):
                return
            time.sleep(_TICK)
        raise DevnetError(f"the gateway is not ready after {_START:.0f} seconds", f"See {self.program.log}")


def url_of(port: int) -> str:
    """The URL of a gateway on this machine."""
    return f"http://127.0.0.1:{port}"


def environment(home: Home, port: int) -> dict[str, str]:
    """The environment of a gateway over a home: the caller's, with the network's settings in place."""
    settings = {
        "NETWORK": str(home.path / home.network),
        "RPC": home.rpc,
        "DATABASE": home.database_url,
        "BLOBS": home.blobs_url or "",
        "INDEX_KEY": str(home.path / home.index_key),
        "RELAY": home.relay_uri or "",
        "MINE": str(home.mine).lower(),
        "GATEWAY": url_of(port),
        "SESSION_KEY": str(home.path / "session.key"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STOP_SECONDS": str(_STOP),
    }
    return {**os.environ, **{f"PASSAVANT_{name}": value for name, value in settings.items() if value}}


def free_port(wanted: int = 0) -> int:
    """A port on the loopback interface that nobody listens on: `wanted`, when it is one.

    Raises:
        PortTaken: `wanted` is none.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise PortTaken(f"port {wanted} is taken") from None
        return int(probe.getsockname()[1])


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
