"""The ledger's values as JSON, and what JSON Schema says of them: one rule a kind of value, none a class.

A dataclass is an object with its fields in camel case, bytes are 0x hex, codes go by their names, bit sets are lists
of names, and a whole number is an instant when its field's name says so. So do the keys of a mapping.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum, IntFlag
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from api.wire import hexed, instant
from ledger.domain.records import Record
from ledger.domain.wire import camel, layout

_INSTANTS: Final = frozenset(
    {"time", "since", "deadline", "not_before", "not_after", "compromised_since", "until", "limit"}
)
_SAME: Final = frozenset({str, int, float, bool, type(None)})


def is_instant(field: str) -> bool:
    """Whether a field of this name holds an instant."""
    return field in _INSTANTS or field.endswith(("_at", "_time", "_from", "_until"))


def plain(value: Any) -> Any:
    """A value as JSON would have it."""
    return _WRITERS[type(value)](value)


class _Writers(dict[type, Callable[[Any], Any]]):
    """What writes values of exactly a class, found out once."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        found = self[kind] = _writer(kind)
        return found


_WRITERS: Final = _Writers()
_instant: Final = lru_cache(maxsize=1_024)(instant)


def _writer(kind: type) -> Callable[[Any], Any]:
    if kind in _SAME:
        return _same
    if issubclass(kind, bytes):
        return _bytes
    if issubclass(kind, Enum):
        return _flags if issubclass(kind, IntFlag) else _name if issubclass(kind, IntEnum) else _value
    if is_dataclass(kind):
        return _object(kind)
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Mapping):
        return _mapping
    if issubclass(kind, Collection):
        return _sorted if issubclass(kind, set | frozenset) else _each
    raise TypeError(f"{kind.__name__} has no form in JSON")


def message(record: Record) -> dict[str, int | str]:
    """A record as the message of its typed data, so that whoever reads it can hash it again."""
    return {camel(name): _wire(getattr(record, name)) for name, _ in layout(type(record))}


def _wire(value: int | bytes) -> int | str:
    return hexed(value) if isinstance(value, bytes) else int(value)


def _same(value: Any) -> Any:
    return value


def _bytes(value: bytes) -> str:
    return f"0x{value.hex()}"


def _flags(value: Any) -> list[str]:
    return [one.name for one in type(value) if one in value]


_name: Final = attrgetter("_name_")  # what `name` and `value` would look up by way of a Python function
_value: Final = attrgetter("_value_")


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {camel(str(key)): _member(one, timed=is_instant(str(key))) for key, one in value.items()}


def _member(value: Any, *, timed: bool) -> Any:
    kind = type(value)
    if timed and kind is int:
        return _instant(value) if value else None
    return value if kind in _SAME else _WRITERS[kind](value)


def _each(value: Iterable[Any]) -> list[Any]:
    return [plain(one) for one in value]


def _sorted(value: Iterable[Any]) -> list[Any]:
    return _each(sorted(value))


def _object(kind: type) -> Callable[[Any], dict[str, Any]]:
    members = tuple((field.name, camel(field.name), is_instant(field.name)) for field in fields(kind))

    def write(value: Any) -> dict[str, Any]:
        found = {}
        for name, camelled, timed in members:  # what `_member` does, without a call for each field of each answer
            one = getattr(value, name)
            its = type(one)
            if timed and its is int:
                found[camelled] = _instant(one) if one else None
            else:
                found[camelled] = one if its in _SAME else _WRITERS[its](one)
        return found

    return write
