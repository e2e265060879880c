"""Which fields somebody is shown: patterns over paths, and named profiles of them.

Profiles are data: ``profiles.json`` beside this file, or a file of the same form (an arrangement agrees on its own). A
profile has a version, which a disclosure names; changing a profile's fields means raising it.

A pattern is a path with or without positions, such as ``Declaration/ID`` or ``Declaration/**/Packaging[1]/TypeCode``:
``*`` is any one step, ``**`` any number of them. A pattern covers the attributes of what it names (an amount says
nothing without its currency). ``145`` and the like name every field with that WCOID.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from ledger.documents.elements import wcoid
from ledger.errors import DocumentError

_WCOID: Final = re.compile(r"[A-Z]?\d{3}")
_INDEXED: Final = re.compile(r"(@?\w+)(\[[1-9]\d*\])?")
_ANY: Final = "(?:[^/]+/)*"
_BELOW: Final = r"(?:/DateTimeString\[1\])?(?:/@\w+)?"  # the value of a date stands one step below its element


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of fields.

    Attributes:
        name: such as ``statistics``.
        version: from 1; a disclosure names it.
        purpose: for whom and for what, one sentence.
        fields: patterns; none: no field at all.
        coarser: what the purpose would need less of than these fields tell, and why; or empty.
    """

    name: str
    version: int
    purpose: str
    fields: tuple[str, ...]
    coarser: str = ""


def profiles(file: Path | None = None) -> Mapping[str, Profile]:
    """Profiles by name: the shipped ones, and those of a file, which may replace shipped ones.

    Raises:
        DocumentError: the file can't be read, or holds something else.
    """
    if file is None:
        return _shipped()
    try:
        return {**_shipped(), **_profiles(json.loads(file.read_text(encoding="utf-8")))}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"no profiles of disclosure: {type(error).__name__} {error}"
        raise DocumentError(reason, "A profile has version, purpose and fields", str(file)) from None


def agreed(named: str) -> Profile | None:
    """The profile that an arrangement's annex names, ``NAME`` or ``NAME@VERSION``; None: it names none.

    Raises:
        DocumentError: there is none of that name and version.
    """
    name, _, version = named.partition("@")
    found = _shipped().get(name)
    if not named or (found and version in {"", str(found.version)}):
        return found
    known = ", ".join(f"{one.name}@{one.version}" for one in _shipped().values())
    raise DocumentError(f"there is no profile of disclosure {named!r}", f"There are {known}")


def chosen(paths: Collection[str], patterns: Iterable[str]) -> list[str]:
    """The paths that patterns name, in the order of their bytes.

    Raises:
        DocumentError: a pattern is none.
    """
    found = {path for pattern in patterns for path in matching(paths, pattern)}
    return sorted(found, key=str.encode)


def matching(paths: Collection[str], pattern: str) -> Sequence[str]:
    """The paths that one pattern names.

    Raises:
        DocumentError: it is no pattern.
    """
    if _WCOID.fullmatch(pattern):
        return [path for path in paths if wcoid(path) == pattern]
    whole = re.compile(_expression(pattern))
    return [path for path in paths if whole.fullmatch(path)]


@cache
def _shipped() -> Mapping[str, Profile]:
    return _profiles(json.loads(files(__package__).joinpath("profiles.json").read_text(encoding="utf-8")))


def _profiles(values: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Profile]:
    return {name: _profile(name, one) for name, one in values.items()}


def _profile(name: str, values: Mapping[str, Any]) -> Profile:
    fields = tuple(values["fields"])
    for pattern in fields:
        _expression(pattern)
    return Profile(name, int(values["version"]), str(values["purpose"]), fields, str(values.get("coarser", "")))


@cache
def _expression(pattern: str) -> str:
    *above, last = pattern.split("/")
    begin = "".join(_ANY if step == "**" else f"{_step(pattern, step)}/" for step in above)
    return begin + (".+" if last == "**" else _step(pattern, last)) + _BELOW


def _step(pattern: str, step: str) -> str:
    if step == "*":
        return "[^/@]+"
    known = _INDEXED.fullmatch(step)
    if known is None:
        hint = "Such as Declaration/ID, Declaration/**/Classification/ID or 145"
        raise DocumentError(f"{pattern!r} names no fields", hint)
    return re.escape(step) if known[2] else rf"{known[1]}(?:\[\d+\])?"
