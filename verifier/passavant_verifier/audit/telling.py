"""The progress bar, and what the command says at the end."""

from collections.abc import Mapping
from time import monotonic
from typing import Any, Final, TextIO

_WIDTH: Final = 30
_SECONDS: Final = 0.1
_VERDICTS: Final = {
    "clean": "nothing diverges",
    "divergence": "SOMETHING DIVERGES",
    "unknown": "not everything could be known",
}


class Bar:
    """A bar on a terminal; nothing elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told = 0.0
        self._open = False

    @property
    def is_shown(self) -> bool:
        """True on a terminal."""
        return self._stream.isatty()

    def tell(self, phase: str, done: int, of: int) -> None:
        """How far a phase is."""
        if done != of and monotonic() - self._told < _SECONDS:
            return
        self._told, self._open = monotonic(), True
        filled = _WIDTH * done // max(of, 1)
        self._stream.write(f"\r{phase:<14}[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{of}\x1b[K")
        self._stream.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._open:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._open = False


def summary(report: Mapping[str, Any]) -> str:
    """A few lines for people."""
    as_of, lines = report["asOf"], [f"{report['network']['name']}: {_VERDICTS[report['verdict']]}"]
    if as_of is not None:
        counted = (
            f"{as_of['events']} events, {as_of['declarations']} declarations, {as_of['participants']} participants"
        )
        lines.append(f"as of block {as_of['block']} ({as_of['time']}): {counted}")
    first = report["firstDivergence"]
    if first is not None:
        lines += [
            f"first divergence, step {first['step']} ({first['title']}): {first['rule']}",
            f"  where     {_where(first)}",
            f"  expected  {first['expected']}",
            f"  found     {first['found']}",
        ]
    lines += [f"unknown, step {one['step']}: {one['text']}" for one in report["unknown"]]
    lines += [f"{name}, {count}" for name, count in report["counts"].items() if "'s annex: " in name]
    kinds = {name.removeprefix("note: "): count for name, count in report["counts"].items() if name.startswith("note")}
    lines += [f"note: {kind}, {count} time{'s' if count > 1 else ''}" for kind, count in kinds.items()]
    return "\n".join(lines)


def _where(one: Mapping[str, Any]) -> str:
    parts = [one["what"], *(f"{name} {one[name]}" for name in ("block", "log", "record") if one[name] is not None)]
    return ", ".join(part for part in parts if part)
