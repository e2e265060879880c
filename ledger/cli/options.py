"""Options that commands share, and the parsers of their values; a value that can't be right is a usage error."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from ledger.domain.codes import (
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    HoldAction,
    LinkKind,
    Reason,
    Risk,
    SealState,
)

E = TypeVar("E", bound=Enum)

_ISO_DATE: Final = len("2026-01-31")
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def word(member: Enum) -> str:
    """How a code is written on the command line: ``require-documents``."""
    return str(member.name).lower().replace("_", "-")


def code(codes: type[E], text: str) -> E:
    """The code that a word names.

    Raises:
        BadParameter: none; all words are told.
    """
    found = {word(member): member for member in codes}.get(text.lower().replace("_", "-"))
    if found is None:
        raise typer.BadParameter(f"{text!r} is none of {listed(codes)}")
    return found


def listed(codes: Iterable[Enum]) -> str:
    """The words of codes."""
    return ", ".join(map(word, codes))


def completer(codes: type[Enum]) -> Callable[[str], list[str]]:
    """Completion of a code's words."""
    return lambda incomplete: [word(member) for member in codes if word(member).startswith(incomplete.lower())]


def moment(text: str) -> int:
    """Seconds (UTC) of an ISO 8601 date or date and time; without a zone it is UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date or time, such as 2026-01-31 or 2026-01-31T12:00:00Z") from None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def until(text: str) -> int:
    """The end of a period: of a date, the end of that day (UTC)."""
    return moment(text) + (_UNITS["d"] if len(text) == _ISO_DATE else 0)


def day(text: str) -> int:
    """Seconds (UTC) of the middle of an ISO 8601 date."""
    try:
        return int(datetime.combine(date.fromisoformat(text), time(12), UTC).timestamp())
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date, such as 2026-01-31") from None


def duration(text: str) -> int:
    """Seconds of a number with a unit, such as ``30d``; a bare number is seconds."""
    number, unit = (text[:-1], text[-1:]) if text[-1:] in _UNITS else (text, "s")
    if not number.isascii() or not number.isdigit():
        raise typer.BadParameter(f"{text!r} is no duration, such as 90s, 15m, 12h or 30d")
    return int(number) * _UNITS[unit]


def digest(text: str) -> bytes:
    """32 bytes as 0x hex."""
    if not re.fullmatch(r"0x[0-9a-fA-F]{64}", text):
        raise typer.BadParameter(f"{text!r} is no id: 0x and 64 hex digits")
    return bytes.fromhex(text[2:])


def country(text: str) -> str:
    """Two letters."""
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise typer.BadParameter(f"{text!r} is no country code of two letters")
    return text.upper()


def items(texts: list[str]) -> dict[int, str | None] | None:
    """Goods items with quantities: ``2`` is the whole item, ``2=5`` five of it; several by comma or repetition."""
    found: dict[int, str | None] = {}
    for text in (part.strip() for group in texts for part in group.split(",")):
        number, equals, quantity = text.partition("=")
        if not number.isascii() or not number.isdigit() or (equals and not quantity):
            raise typer.BadParameter(f"{text!r} is no goods item, such as 2 or 2=5")
        found[int(number)] = quantity if equals else None
    return found or None


def pairs(texts: list[str]) -> dict[str, str] | None:
    """``NAME=VALUE`` pairs, such as the fields of an evidence."""
    found = dict(text.partition("=")[::2] for text in texts)
    if bad := next((text for text in texts if not text.partition("=")[0] or "=" not in text), None):
        raise typer.BadParameter(f"{bad!r} is no NAME=VALUE")
    return found or None


def risks(texts: list[str]) -> Risk:
    """Risk areas: words, by comma or repetition."""
    found = Risk(0)
    for text in (part.strip() for group in texts for part in group.split(",")):
        found |= code(Risk, text)
    return found


def _participants(incomplete: str) -> list[str]:
    from ledger.errors import PassavantError
    from ledger.home import Home, home_path

    try:
        return [name for name in Home.load(home_path()).participants if name.startswith(incomplete)]
    except PassavantError:
        return []


HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Home directory (also PASSAVANT_HOME; else ~/.passavant).", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
CsvOption = Annotated[
    Path | None,
    typer.Option("--csv", help="Also write them all into this CSV file.", metavar="FILE", show_default=False),
]
AsOption = Annotated[
    str,
    typer.Option(
        "--as",
        help="Participant of this home who signs (also PASSAVANT_AS).",
        envvar="PASSAVANT_AS",
        show_envvar=False,
        autocompletion=_participants,
        metavar="PARTICIPANT",
    ),
]
ViewerOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="Participant of this home who asks (also PASSAVANT_AS).",
        envvar="PASSAVANT_AS",
        show_envvar=False,
        autocompletion=_participants,
        metavar="PARTICIPANT",
        show_default=False,
    ),
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", help="Seconds to wait for the ledger's word; then exit code 3.", min=0)
]
ReferenceArgument = Annotated[
    str, typer.Argument(help="A declaration's id (0x…) or a reference: MRN, UCR, tracking number, …", metavar="REF")
]
TypeOption = Annotated[
    str | None,
    typer.Option(
        "--type",
        help="What the reference is: ucr, ducr, mucr, mrn, lrn, hawb, s10, tracking, order, ioss or invoice.",
        metavar="TYPE",
        show_default=False,
    ),
]
CountryOption = Annotated[
    str | None,
    typer.Option("--for", help="Country of import or export.", parser=country, metavar="COUNTRY", show_default=False),
]
AroundOption = Annotated[
    int | None,
    typer.Option("--around", help="About when, a day: some references are used again.", parser=day, metavar="DATE"),
]
EvidenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--evidence", help="NAME=VALUE, kept off the chain under a salted commitment; repeat it.", metavar="NAME=VALUE"
    ),
]
EffectiveOption = Annotated[
    int | None,
    typer.Option("--effective", help="The legal moment, if it is not now (ISO 8601).", parser=moment, metavar="TIME"),
]
ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason",
        help=f"Coarse class, public: {listed(Reason)}.",
        autocompletion=completer(Reason),
        metavar="REASON",
    ),
]
KindArgument = Annotated[
    str,
    typer.Argument(
        help=f"What is decided: {listed(DecisionKind)}.", autocompletion=completer(DecisionKind), metavar="KIND"
    ),
]
ActionArgument = Annotated[
    str, typer.Argument(help="set or lift.", autocompletion=completer(HoldAction), metavar="ACTION")
]
MethodOption = Annotated[
    str | None,
    typer.Option(
        "--method", help=f"How: {listed(ControlMethod)}.", autocompletion=completer(ControlMethod), metavar="METHOD"
    ),
]
FoundOption = Annotated[
    str | None,
    typer.Option(
        "--outcome",
        help=f"What was found: {listed(ControlOutcome)}.",
        autocompletion=completer(ControlOutcome),
        metavar="OUTCOME",
    ),
]
SealOption = Annotated[
    str | None,
    typer.Option(
        "--seal-state", help=f"Of the seals: {listed(SealState)}.", autocompletion=completer(SealState), metavar="STATE"
    ),
]
RiskOption = Annotated[
    list[str],
    typer.Option("--risk", help=f"Risk areas covered: {listed(Risk)}; several by comma.", metavar="RISKS"),
]
LinkKindOption = Annotated[
    str | None,
    typer.Option(
        "--link-kind",
        help=f"How it relates: {listed(kind for kind in LinkKind if kind)}.",
        autocompletion=completer(LinkKind),
        metavar="KIND",
        show_default=False,
    ),
]
