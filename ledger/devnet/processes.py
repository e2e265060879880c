"""Processes of a development network, started in a group of their own and ended by their own id, never by name."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.home import write_private

_TICK: Final = 0.02
_LOG_LIMIT: Final = 8 << 20
_STARTED_FIELD: Final = 19  # of /proc/PID/stat, counted after the command's closing bracket: starttime


@dataclass(frozen=True, slots=True)
class Mark:
    """A process that outlives its starter's memory: a pid is used again, a pid with its start time is not."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Mark | None":
        """The mark of a running process; None when there is none."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if stat[0] == "Z" else cls(pid, int(stat[_STARTED_FIELD]))

    @property
    def runs(self) -> bool:
        """Whether this very process still runs."""
        return Mark.of(self.pid) == self

    def save(self, file: Path) -> None:
        """Note it in a file."""
        write_private(file, json.dumps({"pid": self.pid, "started": self.started}) + "\n")

    @classmethod
    def load(cls, file: Path) -> "Mark | None":
        """The mark in a file, if that process still runs."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            mark = cls(int(values["pid"]), int(values["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return mark if mark.runs else None

    def end(self, patience: float) -> bool:
        """Ask the process to end; after `patience` seconds, make it. False when it had to be made."""
        _signal(self.pid, signal.SIGTERM)
        if self._gone_within(patience):
            return True
        _signal(self.pid, signal.SIGKILL)
        self._gone_within(patience)
        return False

    def _gone_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.runs:
            if time.monotonic() > until:
                return False
            time.sleep(_TICK)
        return True


class Program:
    """A program that writes to a log file and is marked in a file beside it while it runs."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> None:
        self.log = log
        self._mark = mark_file(log)
        self._log_start = log.stat().st_size if log.exists() else 0
        # appending, so that the log may be cut while the program writes
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environ is None else dict(environ),
                start_new_session=True,
            )
        mark = Mark.of(self._process.pid)
        if mark:
            mark.save(self._mark)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Wait until it ends; False when it still runs after that time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return not self.runs

    def end(self, patience: float) -> bool:
        """SIGTERM, then after `patience` seconds SIGKILL. False when it had to be made to end."""
        if self.runs:
            self._process.terminate()
        gently = self.wait(patience)
        if not gently:
            self._process.kill()
            self._process.wait()
        self._mark.unlink(missing_ok=True)
        return gently

    def said(self) -> str:
        """What it has written since it was started."""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode("utf-8", "replace")

    def last_words(self) -> str:
        """The last line that it wrote, for people."""
        lines = [line.strip() for line in self.said().splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"

    def cut_log(self) -> None:
        """Empty the log when it has grown large."""
        if self.log.stat().st_size > _LOG_LIMIT:
            os.truncate(self.log, 0)
            self._log_start = 0


def mark_file(log: Path) -> Path:
    """Where a program with this log is marked."""
    return log.with_suffix(".pid")


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
