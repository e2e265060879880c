"""Looks for planted values wherever a process can leave them: files, memory, environment, command line.

A value is looked for as it is and as it is likely to be written: hex, base64 at each alignment, UTF-16 and UTF-32.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 64 << 20
_RANGE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+ *(.*)")
_UNREADABLE = ("[vvar", "[vsyscall")


def spellings(value: str | bytes) -> set[bytes]:
    """How a value may be written."""
    raw = value.encode() if isinstance(value, str) else value
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):  # the characters that depend on the value alone, wherever it begins
        written = base64.b64encode(bytes(shift) + raw)
        whole = written[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
        found |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    if isinstance(value, str):
        found |= {value.encode("utf-16-le"), value.encode("utf-32-le")}
    return found


@dataclass(frozen=True)
class Scanner:
    """Knows what to look for: canaries by name, each at least ten characters long so that chance does not find it."""

    canaries: Mapping[str, str | bytes]

    def __post_init__(self) -> None:
        short = [name for name, value in self.canaries.items() if len(value) < 10]
        assert not short, f"too short to be told from chance: {short}"

    def text(self, content: bytes) -> set[str]:
        """The canaries in some bytes."""
        return {name for name, value in self.canaries.items() if any(one in content for one in spellings(value))}

    def files(self, *places: Path, but: Iterable[str] = ()) -> dict[str, set[str]]:
        """The canaries in files at and below places, and in their names; `but`: names of files and folders left out."""
        found = {}
        for place in places:
            for path in [place, *sorted(place.rglob("*"))]:
                inside = path.relative_to(place).parts
                if not set(inside) & set(but):
                    content = path.read_bytes() if path.is_file() else b""
                    found[str(path)] = self.text(content + b"\0" + str(path).encode())
        return {path: names for path, names in found.items() if names}

    def process(self, pid: int) -> dict[str, set[str]]:
        """The canaries in a process's memory, environment and command line."""
        memory = set[str]()
        for part in memory_of(pid):
            memory |= self.text(part)
        found = {
            "memory": memory,
            "environment": self.text(Path(f"/proc/{pid}/environ").read_bytes()),
            "command line": self.text(Path(f"/proc/{pid}/cmdline").read_bytes()),
        }
        return {where: names for where, names in found.items() if names}


def memory_of(pid: int) -> Iterator[bytes]:
    """What a process has in its readable mappings: a heap dump, and more."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            match = _RANGE.match(line)
            if match and not match[3].startswith(_UNREADABLE):
                yield from _read(memory, int(match[1], 16), int(match[2], 16))


def _read(memory: "object", start: int, end: int) -> Iterator[bytes]:
    at = start
    while at < end:
        try:
            memory.seek(at)  # type: ignore[attr-defined]
            part = memory.read(min(_CHUNK, end - at))  # type: ignore[attr-defined]
        except (OSError, ValueError, OverflowError):  # a guard page, or gone meanwhile
            return
        if not part:
            return
        yield part
        at += len(part)
