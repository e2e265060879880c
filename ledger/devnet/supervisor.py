"""Keeps an embedded anvil alive, and its chain on disk.

anvil's own dump is not atomic, and a kill loses it. So the supervisor asks for the state whenever blocks moved and
writes it whole or not at all; an anvil that dies is started again from the newest copy that it can read. What was
mined after that copy is lost then: the chain comes back shorter, an alarm says so, and clients with finality
`embedded` roll back and send again.
"""

import contextlib
import threading
import time
from pathlib import Path
from typing import Final

from ledger.chain.errors import ChainError
from ledger.devnet.anvil import Anvil, rescued
from ledger.devnet.errors import BadState, DevnetError, PortTaken
from ledger.devnet.processes import Mark, mark_file
from ledger.devnet.states import Alarms, States

_LOG: Final = "anvil.log"
_PATIENCE: Final = 10.0
_SHARE: Final = 20
"""A dump stops the node for a moment: between two dumps pass at least this many times what the last one took."""
_STARTS: Final = 5
_RECENT: Final = 60.0


class Supervisor:
    """An anvil that comes back, with its chain.

    Args:
        program: the native anvil.
        directory: where copies of the state, the log and the alarms are.
        alarms: where to raise alarms.
        interval: seconds between two looks for new blocks.
    """

    def __init__(self, program: Path, directory: Path, alarms: Alarms, *, interval: float = 1.0) -> None:
        self._program = program
        self._log = directory / _LOG
        self._states = States(directory)
        self._alarms = alarms
        self._interval = interval
        self._saved: str | None = None
        self._pause = interval
        self._starts: list[float] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._anvil: Anvil | None = None
        self.failed: DevnetError | None = None

    @property
    def url(self) -> str:
        """The node's URL; it stays the same when anvil is started again."""
        return self._running.url

    @property
    def pid(self) -> int:
        """Process id of the anvil that runs now."""
        return self._running.program.pid

    def start(self, port: int = 0) -> None:
        """Start anvil from the newest readable copy of its chain, on `port` where that is free, and watch it.

        Raises:
            DevnetError: it can't be started, or there are copies of the chain and none of them can be read.
        """
        self.end_leftover(port)
        try:
            self._anvil = self._started(port)
        except PortTaken:
            self._anvil = self._started(0)
        self._thread = threading.Thread(target=self._watch, name="anvil supervisor", daemon=True)
        self._thread.start()

    def save(self) -> None:
        """Keep a copy of the chain as it is now, if it moved since the last one.

        Raises:
            ChainError: anvil does not answer.
        """
        with self._lock:
            anvil = self._running
            head = str(anvil.rpc.call("erigon_getHeaderByNumber", "latest")["hash"])
            if head == self._saved:
                return
            began = time.monotonic()
            self._states.save(anvil.dump())
            self._saved = head
            self._pause = max(self._interval, _SHARE * (time.monotonic() - began))

    def stop(self) -> None:
        """Keep a last copy of the chain, then end anvil."""
        self._stopping.set()
        if self._thread:
            self._thread.join()
        if self._anvil is None:
            return
        try:
            self.save()
        except ChainError as error:
            self._alarms.raise_("state-not-saved", f"the chain's last blocks were not saved: {error}")
        self._anvil.rpc.close()
        self._anvil.program.end(_PATIENCE)

    def end_leftover(self, port: int) -> bool:
        """End the anvil of a supervisor that was killed; what it still knows of its chain is kept. False: none ran."""
        mark = Mark.load(mark_file(self._log))
        if mark is None:
            return False
        content = rescued(f"http://127.0.0.1:{port}") if port else None
        if content:
            self._states.save(content)
        mark.end(_PATIENCE)
        return True

    @property
    def _running(self) -> Anvil:
        if self._anvil is None:
            raise DevnetError("anvil was not started")
        return self._anvil

    def _watch(self) -> None:
        while not self._stopping.wait(self._pause):
            if self._running.program.runs:
                with contextlib.suppress(ChainError):
                    self.save()
                self._running.program.cut_log()
            else:
                self._bring_back()
                if self.failed:
                    return

    def _bring_back(self) -> None:
        died = self._running
        died.rpc.close()
        self._alarms.raise_("anvil-died", f"anvil ended by itself: {died.program.last_words()}")
        try:
            self._may_start()
            with self._lock:
                self._saved = None
                self._anvil = self._started(died.port)
                head = self._anvil.head()
            self._alarms.raise_("chain-restored", f"anvil runs again; its chain ends at block {head}")
        except (DevnetError, ChainError) as error:
            self.failed = error if isinstance(error, DevnetError) else DevnetError(f"anvil does not answer: {error}")
            self._alarms.raise_("anvil-lost", str(self.failed))

    def _may_start(self) -> None:
        now = time.monotonic()
        self._starts = [then for then in self._starts if now - then < _RECENT] + [now]
        if len(self._starts) > _STARTS:
            raise DevnetError(f"anvil ended {len(self._starts)} times within {_RECENT:.0f} seconds; giving up")

    def _started(self, port: int) -> Anvil:
        copies = self._states.copies()
        for copy in copies:
            try:
                return Anvil(self._program, self._log, port=port, state=self._states.loadable(copy))
            except BadState:
                aside = self._states.put_aside(copy)
                self._alarms.raise_("state-broken", f"anvil can't read {copy}; it is kept as {aside.name}")
            finally:
                self._states.loaded()
        if copies:
            raise DevnetError(
                "no copy of the chain can be read",
                "Restore one from a backup, or start a new network in another home",
            )
        return Anvil(self._program, self._log, port=port)
