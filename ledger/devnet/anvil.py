"""One anvil process: found, started on the loopback interface, and asked for its state."""

import gzip
import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.chain.errors import ChainError
from ledger.chain.rpc import Rpc, as_bytes, as_int
from ledger.devnet.errors import BadState, DevnetError, PortTaken
from ledger.devnet.processes import Program

CHAIN_ID: Final = 31337
BLOCK_GAS: Final = 10_000_000_000
"""Far more than any group takes: a block more than half full would raise the base fee above 0."""

_LISTENING: Final = re.compile(r"^Listening on (127\.0\.0\.1:\d+)", re.MULTILINE)
_START: Final = 120.0
_TICK: Final = 0.02
_PLATFORM_PACKAGE: Final = Path("node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil")
_OPTIONS: Final = (
    "--host=127.0.0.1",
    "--no-mining",
    f"--chain-id={CHAIN_ID}",
    "--hardfork=cancun",
    f"--gas-limit={BLOCK_GAS}",
    "--gas-price=0",
    "--block-base-fee-per-gas=0",
    "--disable-min-priority-fee",
    "--no-request-size-limit",
    "--accounts=0",
    "--disable-default-create2-deployer",
    "--color=never",
)


def find_anvil(environ: Mapping[str, str] | None = None) -> Path:
    """The native anvil: the variable ``ANVIL``, else npm's platform package, else the PATH.

    Raises:
        DevnetError: there is none.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("ANVIL")
    if named:
        if not os.access(named, os.X_OK):
            raise DevnetError(f"ANVIL names {named}, which is no program")
        return Path(named)
    packaged = Path(__file__).resolve().parents[2] / _PLATFORM_PACKAGE
    if os.access(packaged, os.X_OK):
        return packaged
    found = shutil.which("anvil", path=environ.get("PATH"))
    if not found:
        raise DevnetError("there is no anvil", "Run scripts/setup, or install Foundry 1.7 and put anvil on PATH")
    return Path(found)


class Anvil:
    """A running anvil.

    Args:
        program: the native binary (npm's shim hides exit codes).
        log: file that its output is appended to.
        port: 0 for any.
        state: file to start from, as `decoded` writes it.

    Raises:
        PortTaken: somebody else listens on `port`.
        BadState: the state can't be read.
        DevnetError: it does not start.
    """

    def __init__(self, program: Path, log: Path, *, port: int = 0, state: Path | None = None) -> None:
        loading = [f"--load-state={state}"] if state else []
        self.program = Program([str(program), f"--port={port}", *_OPTIONS, *loading], log)
        try:
            self.url = f"http://{self._address(port, state)}"
        except BaseException:
            self.program.end(0)
            raise
        self.rpc = Rpc(self.url, attempts=1)

    @property
    def port(self) -> int:
        """The port on the loopback interface."""
        return int(self.url.rpartition(":")[2])

    def head(self) -> int:
        """The newest block's number."""
        return as_int(self.rpc.call("eth_blockNumber"))

    def dump(self) -> bytes:
        """The chain as JSON text, in the form that `state` takes."""
        return decoded(self.rpc)

    def _address(self, port: int, state: Path | None) -> str:
        """Read from its own output: on a taken port our calls would reach another node."""
        until = time.monotonic() + _START
        while time.monotonic() < until:
            runs = self.program.runs
            said = self.program.said()
            if found := _LISTENING.search(said):
                return found[1]
            if not runs:
                raise self._failure(said, port, state)
            time.sleep(_TICK)
        raise DevnetError(f"anvil does not listen after {_START:.0f} seconds: {self.program.last_words()}")

    def _failure(self, said: str, port: int, state: Path | None) -> DevnetError:
        if "in use" in said:
            return PortTaken(f"port {port} is taken")
        if state and ("--load-state" in said or "state" in said):
            return BadState(f"anvil can't read {state}")
        return DevnetError(f"anvil does not start: {self.program.last_words()}")


def decoded(rpc: Rpc) -> bytes:
    """The state of a node's ``anvil_dumpState``: hex of gzip there, plain JSON where it is loaded.

    Raises:
        ChainError: the node does not answer.
    """
    return gzip.decompress(as_bytes(rpc.call("anvil_dumpState")))


def rescued(url: str) -> bytes | None:
    """The state of an anvil that lost its supervisor; None when it does not answer any more."""
    rpc = Rpc(url, attempts=1, timeout=30)
    try:
        return decoded(rpc)
    except (ChainError, OSError, EOFError):
        return None
    finally:
        rpc.close()
