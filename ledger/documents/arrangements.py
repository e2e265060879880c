"""Proposed arrangements as files, and what their annex looks at in a declaration.

A file is JSON with the names of the record `Arrangement` (codes by name), and of its annex::

    {"first": "FR", "second": "GB", "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"], "methods": ["PHYSICAL"],
     "risks": ["SECURITY", "SAFETY"], "standard": {"name": "security/1", "level": 1},
     "validFrom": "2027-01-01", "validUntil": "2030-01-01",
     "annex": {"hsChapters": ["61", "62"], "modes": [4, 5], "aeoProgrammes": ["EU AEOS"],
               "disclosureProfile": "statistics"}}

Administrations go by number or country. `standard`, `validFrom`, `validUntil` and `annex`, and everything in an annex,
may be left out.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from ledger.domain import values
from ledger.domain.codes import ControlMethod, Regime, Risk
from ledger.domain.keccak import keccak256
from ledger.domain.participants import FOREVER
from ledger.domain.proposals import Annex, Goods, Proposal
from ledger.domain.records import Arrangement
from ledger.domain.wire import ZERO
from ledger.errors import DocumentError

T = TypeVar("T")

_NAMES: Final = ("first", "second", "procedures", "methods", "risks")
_MORE: Final = ("standard", "validFrom", "validUntil", "annex")
_ANNEX: Final = ("hsChapters", "modes", "aeoProgrammes", "disclosureProfile")
_CHAPTER: Final = re.compile(r"(?!00)[0-9][0-9]")
_MODES: Final = range(1, 10)
_HIGHEST_LEVEL: Final = 255
_ITEM: Final = re.compile(r"(Declaration/.*GovernmentAgencyGoodsItem\[\d+\])/")
_CODE: Final = re.compile(
    r"(Declaration/.*GovernmentAgencyGoodsItem\[\d+\])/Commodity\[1\]/Classification\[\d+\]/ID\[1\]"
)
_MODE: Final = re.compile(r"Declaration/(?:.*/)?BorderTransportMeans\[1\]/ModeCode\[1\]")
_HS_DIGITS: Final = 6
"""Classifications with fewer digits are national additions, not commodity codes."""


def read_proposal(path: Path, administrations: Mapping[str, int]) -> Proposal:
    """The arrangement that a file proposes; `administrations` are ids by country.

    Raises:
        DocumentError: the file can't be read, or what it says is no arrangement.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DocumentError(f"can't be read: {error.strerror or error}", file=str(path)) from None
    except ValueError as error:
        raise DocumentError(f"is not JSON: {error}", file=str(path)) from None
    try:
        return _proposal(given, administrations)
    except _WrongError as error:
        hint = "docs/recognition.md has an example"
        raise DocumentError(error.reason, hint, str(path), element=error.name) from None


def read_annex(given: object) -> Annex:
    """The annex of JSON values, in any order.

    Raises:
        DocumentError: it is none.
    """
    try:
        return _annex(given)
    except _WrongError as error:
        raise DocumentError(error.reason, "docs/recognition.md has an example", element=error.name) from None


def standard(name: str, level: int = 0) -> bytes:
    """A minimum standard: 31 bytes for its name, and a level; the same name and at least the level meet it."""
    return keccak256(name.encode())[:-1] + bytes([level])


def goods_of(fields: Mapping[str, str]) -> Goods:
    """Chapters and modes that the fields of a declaration name; an item without a commodity code has chapter "".

    Sources: WCOID 145 (classification), T022 (mode of transport at the border).
    """
    items = {found[1] for path in fields if (found := _ITEM.match(path))}
    chapters: dict[str, str] = dict.fromkeys(items, "")
    for path, value in fields.items():
        found = _CODE.fullmatch(path)
        if found and value.isdigit() and len(value) >= _HS_DIGITS:
            chapters[found[1]] = value[:2]
    modes = (value for path, value in fields.items() if _MODE.fullmatch(path))
    return Goods(frozenset(chapters.values()), frozenset(int(one) for one in modes if one.isdigit()))


class _WrongError(Exception):
    """What is wrong with a member, by its name."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(name, reason)


def _proposal(given: object, administrations: Mapping[str, int]) -> Proposal:
    members = _object("arrangement", given, (*_NAMES, *_MORE))
    missing = [name for name in _NAMES if name not in members]
    if missing:
        raise _WrongError(missing[0], "is missing")
    parties = sorted(_administration(name, members[name], administrations) for name in ("first", "second"))
    arrangement = Arrangement(
        first=parties[0],
        second=parties[1],
        procedures=_bits("procedures", members["procedures"], Regime),
        methods=_bits("methods", members["methods"], ControlMethod),
        risks=sum(_several("risks", members["risks"], lambda one: _code("risks", one, Risk))),
        standard=_standard(members.get("standard")),
        valid_from=_day("validFrom", members["validFrom"]) if "validFrom" in members else 0,
        valid_until=_day("validUntil", members["validUntil"]) if "validUntil" in members else FOREVER,
        deadline=0,
    )
    if values.check(arrangement):
        raise _WrongError("arrangement", "needs two administrations, a scope, and an end after its beginning")
    return Proposal(arrangement, _annex(members.get("annex", {})))


def _annex(given: object) -> Annex:
    members = _object("annex", given, _ANNEX)
    return Annex(
        chapters=frozenset(_several("hsChapters", members.get("hsChapters", []), _chapter)),
        modes=frozenset(_several("modes", members.get("modes", []), _mode)),
        programmes=_several("aeoProgrammes", members.get("aeoProgrammes", []), _programme),
        profile=_text("disclosureProfile", members.get("disclosureProfile", "")),
    )


def _object(name: str, given: object, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise _WrongError(name, "is an object")
    unknown = given.keys() - set(known)
    if unknown:
        raise _WrongError(min(unknown), f"is unknown; there are {', '.join(known)}")
    return given


def _several(name: str, given: object, read: Callable[[object], T]) -> tuple[T, ...]:
    if not isinstance(given, list):
        raise _WrongError(name, "is a list")
    found = tuple(read(one) for one in given)
    if len(set(found)) < len(found):
        raise _WrongError(name, "names something twice")
    return found


def _administration(name: str, given: object, known: Mapping[str, int]) -> int:
    if isinstance(given, str) and given in known:
        return known[given]
    if isinstance(given, int) and given in known.values():
        return int(given)
    raise _WrongError(name, f"is none of {', '.join(f'{country} ({one})' for country, one in sorted(known.items()))}")


def _code(name: str, given: object, codes: type[IntEnum] | type[Risk]) -> int:
    found = codes.__members__.get(given) if isinstance(given, str) else None
    if found is None:
        raise _WrongError(name, f"is one of {', '.join(codes.__members__)}")
    return int(found)


def _bits(name: str, given: object, codes: type[IntEnum]) -> int:
    return sum(1 << bit for bit in _several(name, given, lambda one: _code(name, one, codes) - 1))


def _standard(given: object) -> bytes:
    if given is None:
        return ZERO
    members = _object("standard", given, ("name", "level"))
    level = members.get("level", 0)
    if not isinstance(level, int) or not 0 <= level <= _HIGHEST_LEVEL:
        raise _WrongError("level", "is a number from 0 to 255")
    return standard(_text("name", members.get("name")), level)


def _day(name: str, given: object) -> int:
    try:
        return int(datetime.combine(date.fromisoformat(str(given)), time(), UTC).timestamp())
    except ValueError:
        raise _WrongError(name, "is a date, such as 2027-01-01") from None


def _chapter(given: object) -> str:
    if not isinstance(given, str) or not _CHAPTER.fullmatch(given):
        raise _WrongError("hsChapters", "are texts of two digits, from 01")
    return given


def _mode(given: object) -> int:
    if type(given) is not int or given not in _MODES:
        raise _WrongError("modes", "are numbers from 1 to 9 (UN/CEFACT recommendation 19)")
    return given


def _programme(given: object) -> str:
    programme = _text("aeoProgrammes", given)
    if not programme:
        raise _WrongError("aeoProgrammes", "names one by an empty text")
    return programme


def _text(name: str, given: object) -> str:
    if not isinstance(given, str):
        raise _WrongError(name, "is a text")
    if any("\ud800" <= one <= "\udfff" for one in given):
        raise _WrongError(name, "has half a character in it, which no UTF-8 can say")
    return given
