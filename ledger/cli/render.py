"""Text for people: words, not codes; times in UTC; columns that stand below each other."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.domain.codes import Risk

if TYPE_CHECKING:
    from ledger.home import Home
    from ledger.index.history import RecordAnswer

SHORT: Final = 10
_STATES: Final = {
    "WAITING": "waiting for its turn",
    "SENDING": "on its way to the chain",
    "INCLUDED": "in block {block}, not final yet",
    "FINAL": "recorded in block {block}, final",
    "REFUSED": "refused",
    "LOST": "lost: it never reached the chain; write it again",
    "UNHEARD_OF": "not known here",
}


def words(member: Enum | str) -> str:
    """A code in words: ``REQUIRE_DOCUMENTS`` is "require documents"."""
    return (member if isinstance(member, str) else str(member.name)).replace("_", " ").lower()


def spaced(name: str) -> str:
    """A class's name in words: ``AmendmentRequest`` is "amendment request"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def moment(seconds: int | None) -> str:
    """A time for people, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else "-"


def span(seconds: int) -> str:
    """A length of time for people, in its largest unit: "3 days"."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' if seconds >= 2 * size else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def late(seconds: int) -> str:
    """By how much something is, or was, late; empty when it is in time."""
    return f"late by {span(seconds)}" if seconds else ""


def printable(text: str) -> str:
    """Text from elsewhere, without what would steer a terminal; line ends stay."""
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)


def short(value: bytes) -> str:
    """A hash for people: its first digits, which tell it from the others at hand."""
    return f"0x{value.hex()[:SHORT]}…"


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values, two columns; what has no value is left out."""
    kept = [(name, value) for name, value in pairs if value]
    width = max((len(name) for name, _ in kept), default=0)
    return "\n".join(f"  {name.ljust(width)}  {_hanging(value, width + 4)}" for name, value in kept)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under a header; numbers stand to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    numeric = [all(row[at].isdigit() for row in rows) for at in range(len(header))]

    def line(row: Sequence[str]) -> str:
        cells = zip(row, widths, numeric, strict=True)
        return "  ".join(c.rjust(w) if n else c.ljust(w) for c, w, n in cells).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, rows)])


def followed(state: "RecordAnswer") -> str:
    """Where a record stands."""
    told = _STATES[state.progress.name].format(block=state.block)
    why = words(state.outcome) if state.outcome and state.progress.name == "REFUSED" else ""
    pairs = [
        ("state", ": ".join(filter(None, [told, why]))),
        ("note", "it may be taken later: send it again" if why and state.provisional else ""),
        ("transaction", f"0x{state.transaction.hex()}" if state.transaction else ""),
    ]
    return f"Record 0x{state.digest.hex()}\n{facts(pairs)}"


def written(did: str, declaration: bytes, state: "RecordAnswer", ticket: Path | None = None) -> str:
    """What became of a record that somebody just signed."""
    pairs = [
        ("declaration", f"0x{declaration.hex()}"),
        ("ticket", f"{ticket} (lets a declaration join this consignment; keep it secret)" if ticket else ""),
    ]
    return f"{_done(did, state)}.\n{facts(pairs)}\n{followed(state)}"


def recorded(did: str, state: "RecordAnswer") -> str:
    """What became of a record that is about no declaration."""
    return f"{_done(did, state)}.\n{followed(state)}"


def _done(did: str, state: "RecordAnswer") -> str:
    done, undone = f"{did[:1].upper()}{did[1:]}", f"Not {did}"
    begin = {"FINAL": done, "INCLUDED": done, "REFUSED": undone, "LOST": undone}
    return begin.get(state.progress.name, f"Sent: {did}")


def areas(risk: Risk) -> str:
    """Risk areas in words."""
    return ", ".join(words(str(area.name)) for area in Risk if area & risk)


def devnet(path: Path, home: "Home | None", ready: bool, alarms: Sequence[tuple[int, str]]) -> str:
    """A development network: where it is, who takes part, what to do next."""
    if home is None:
        return f"There is no network in {path}. Start one: passavant devnet up"
    lines = [f"The network in {path} is {'up' if ready else f'down. Start it: passavant devnet up{_of(path, home)}'}."]
    if ready:
        kept = ("chain", f"kept by {home.keeper}" if home.keeper else "")
        lines.append(facts([("node", home.rpc), ("gateway", home.gateway or ""), kept]))
    if alarms:
        lines += ["", "Alarms", facts((moment(at), text) for at, text in alarms[-SHORT:])]
    if ready:
        rows = [[name, one.title, words(one.kind), str(one.organisation)] for name, one in home.participants.items()]
        who = next(iter(home.participants), "PARTICIPANT")
        lines += ["", table(["--as", "participant", "kind", "number"], rows), "", _next(path, who)]
    return "\n".join(lines)


def _of(path: Path, home: "Home") -> str:
    return f" --home {path}" if home.keeper else ""


def _next(path: Path, name: str) -> str:
    return textwrap.dedent(f"""\
        Next
          export PASSAVANT_HOME={path}
          passavant ingest MESSAGES --as {name}      take in WCO DM messages: files, folders, archives
          passavant status REF --as {name}           is it released?
          passavant provenance REF --as {name}       who did what, when, with which key
          passavant devnet down                          stop; the data stay""")


def _hanging(text: str, indent: int) -> str:
    return text.replace("\n", "\n" + " " * indent)
