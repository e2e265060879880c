"""Copies of the chain's state on disk: written whole or not at all, the previous one kept, broken ones put aside.

A trap of anvil 1.7: a process makes a first block of its own before it loads a state, and dumps both; the next process
to load that takes either as its first block. So copies lose all first blocks but the chain's own before they are
loaded; it is the oldest.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import msgspec

from ledger.devnet.errors import BadState

CURRENT: Final = "state.json"
PREVIOUS: Final = "state.previous.json"
ALARMS: Final = "alarms.jsonl"

_LOADABLE: Final = ".loading.json"
_BLOCKS: Final = "blocks"


class _Header(msgspec.Struct):
    number: str
    timestamp: str


class _Block(msgspec.Struct):
    header: _Header


class States:
    """The copies in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._current = directory / CURRENT
        self._previous = directory / PREVIOUS

    def save(self, content: bytes) -> None:
        """Keep a new copy: first beside the others, on the disk, then in place by renaming."""
        fresh = self._directory / f".{CURRENT}.new"
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if self._current.exists():
            self._current.replace(self._previous)
        fresh.replace(self._current)
        self._settle()

    def copies(self) -> list[Path]:
        """The copies there are, newest first."""
        return [file for file in (self._current, self._previous) if file.exists()]

    def loadable(self, copy: Path) -> Path:
        """The file of a copy that anvil may load: with one first block.

        Raises:
            BadState: the copy is broken.
        """
        try:
            state = msgspec.json.decode(copy.read_bytes(), type=dict[str, msgspec.Raw])
            blocks = msgspec.json.decode(state[_BLOCKS], type=list[msgspec.Raw])
            state[_BLOCKS] = msgspec.Raw(msgspec.json.encode(_with_one_genesis(blocks)))
        except (msgspec.MsgspecError, KeyError, ValueError) as error:
            raise BadState(f"{copy} is broken: {error}") from None
        file = self._directory / _LOADABLE
        file.write_bytes(msgspec.json.encode(state))
        return file

    def loaded(self) -> None:
        """Remove what `loadable` made."""
        (self._directory / _LOADABLE).unlink(missing_ok=True)

    def put_aside(self, copy: Path) -> Path:
        """Rename a broken copy, so that it is kept but never tried again; its new name."""
        aside = copy.with_name(f"{copy.name}.broken-{time.time_ns()}")
        return copy.rename(aside)

    def _settle(self) -> None:
        directory = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _with_one_genesis(blocks: list[msgspec.Raw]) -> list[msgspec.Raw]:
    headers = [msgspec.json.decode(block, type=_Block).header for block in blocks]
    first = [(int(header.timestamp, 16), at) for at, header in enumerate(headers) if int(header.number, 16) == 0]
    own = min(first, default=(0, 0))
    others = {at for _, at in first} - {own[1]}
    return [block for at, block in enumerate(blocks) if at not in others]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that an operator must know. `at`: seconds (UTC)."""

    at: int
    kind: str
    text: str


class Alarms:
    """Alarms of a development network: told at once, and kept in a file with one JSON object per line."""

    def __init__(self, directory: Path, tell: Callable[[Alarm], None] | None = None) -> None:
        self._file = directory / ALARMS
        self._tell = tell

    def raise_(self, kind: str, text: str) -> None:
        """Raise an alarm."""
        alarm = Alarm(int(time.time()), kind, text)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(alarm)) + "\n")
        if self._tell:
            self._tell(alarm)

    def all(self) -> list[Alarm]:
        """Every alarm so far, oldest first."""
        if not self._file.exists():
            return []
        return [Alarm(**json.loads(line)) for line in self._file.read_text(encoding="utf-8").splitlines()]
