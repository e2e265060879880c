"""The ledger's values as JSON, and what JSON Schema says of them: one rule a kind of value, none a class.

A dataclass is an object with its fields in camel case, bytes are 0x hex, codes go by their names, bit sets are lists
of names, and a whole number is an instant when its field's name says so. So do the keys of a mapping.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum, IntFlag
from typing import Any, Final

from api.wire import hexed, instant
from ledger.domain.records import Record
from ledger.domain.wire import camel, layout

_INSTANTS: Final = frozenset(
    {"time", "since", "deadline", "not_before", "not_after", "compromised_since", "until", "limit"}
)
_writers: dict[type, Callable[[Any], Any]] = {}
_PLAIN: Final = frozenset({str, bool})
_SAME: Final = frozenset({str, int, float, bool, type(None)})


def is_instant(field: str) -> bool:
    """Whether a field of this name holds an instant."""
    return field in _INSTANTS or field.endswith(("_at", "_time", "_from", "_until"))


def plain(value: Any) -> Any:
    """A value as JSON would have it."""
    return writer(type(value))(value)


def writer(kind: type) -> Callable[[Any], Any]:
    """What writes values of exactly this class."""
    known = _writers.get(kind)
    if known is None:
        known = _writers[kind] = _writer(kind)
    return known


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


def _name(value: Any) -> Any:
    return value.name


def _value(value: Any) -> Any:
    return value.value


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {camel(str(key)): _member(one, timed=is_instant(str(key))) for key, one in value.items()}


def _member(value: Any, *, timed: bool) -> Any:
    if timed and type(value) is int:
        return instant(value) if value else None
    return writer(type(value))(value)


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
            found[camelled] = one if one is None or type(one) in _PLAIN else _member(one, timed=timed)
        return found

    return write
