"""The ledger's values as JSON, and what JSON Schema says of them: one rule a kind of value, none a class.

A dataclass is an object with its fields in camel case, bytes are 0x hex, codes go by their names, bit sets are lists
of names, and a whole number is an instant when its field's name says so. A record inside is written as it was signed:
as the message of its typed data, so that whoever reads it can hash it again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum, IntFlag
from functools import cache
from typing import Any, Final

from api.wire import hexed, instant
from ledger.domain.records import RECORDS
from ledger.domain.wire import camel, layout

_INSTANTS: Final = frozenset({"time", "since", "deadline", "not_before", "not_after", "compromised_since", "until", "limit"})
_STRUCTS: Final = frozenset(RECORDS.values())
_SAME: Final = frozenset({str, int, float, bool, type(None)})


def is_instant(field: str) -> bool:
    """Whether a field of this name holds an instant."""
    return field in _INSTANTS or field.endswith(("_at", "_time", "_from", "_until"))


def plain(value: Any) -> Any:
    """A value as JSON would have it."""
    return writer(type(value))(value)


@cache
def writer(kind: type) -> Callable[[Any], Any]:
    """What writes values of exactly this class."""
    if kind in _SAME:
        return _same
    if issubclass(kind, bytes):
        return _bytes
    if issubclass(kind, Enum):
        return _flags if issubclass(kind, IntFlag) else _name if issubclass(kind, IntEnum) else _value
    if kind in _STRUCTS:
        return record
    if is_dataclass(kind):
        return _object(kind)
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Mapping):
        return _mapping
    if issubclass(kind, Collection):
        return _sorted if issubclass(kind, Set) else _each
    raise TypeError(f"{kind.__name__} has no form in JSON")


def record(value: Any) -> dict[str, Any]:
    """A record as the message of its typed data, with the type's name beside it."""
    struct = type(value)
    message = {camel(name): _wire(getattr(value, name)) for name, _ in layout(struct)}
    return {"type": struct.__name__, "record": message}


def _wire(value: int | bytes) -> int | str:
    return hexed(value) if isinstance(value, bytes) else int(value)


def _same(value: Any) -> Any:
    return value


def _bytes(value: bytes) -> str:
    return f"0x{value.hex()}"


def _flags(value: Any) -> list[str]:
    return [one.name for one in type(value) if one in value]


def _name(value: Any) -> Any:
    return value.name


def _value(value: Any) -> Any:
    return value.value


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(plain(key)): plain(one) for key, one in value.items()}


def _each(value: Iterable[Any]) -> list[Any]:
    return [writer(type(one))(one) for one in value]


def _sorted(value: Iterable[Any]) -> list[Any]:
    return _each(sorted(value))


def _object(kind: type) -> Callable[[Any], dict[str, Any]]:
    members = tuple((field.name, camel(field.name), is_instant(field.name)) for field in fields(kind))

    def write(value: Any) -> dict[str, Any]:
        found = {}
        for name, camelled, timed in members:
            one = getattr(value, name)
            cls = type(one)
            if timed and cls is int:
                found[camelled] = instant(one) if one else None
            else:
                found[camelled] = one if cls in _SAME else writer(cls)(one)
        return found

    return write
