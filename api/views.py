"""The ledger's values as JSON, and what JSON Schema says of them: one rule a kind of value, none a class.

A dataclass is an object with its fields in camel case, bytes are 0x hex, codes go by their names, bit sets are lists
of names, and a whole number is an instant when its field's name says so. A record inside is written as it was signed:
as the message of its typed data, so that whoever reads it can hash it again.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum, IntFlag
from typing import Any, Final

from api.wire import hexed, instant
from ledger.domain.records import RECORDS
from ledger.domain.wire import camel, layout

_INSTANTS: Final = frozenset({"time", "since", "deadline", "not_before", "not_after", "compromised_since", "until"})
_STRUCTS: Final = frozenset(RECORDS.values())
_COUNTRY: Final = 2
_members: dict[type, tuple[tuple[str, str, bool], ...]] = {}


def is_instant(field: str) -> bool:
    """Whether a field of this name holds an instant."""
    return field in _INSTANTS or field.endswith(("_at", "_time", "_from", "_until"))


def plain(value: Any) -> Any:
    """A value as JSON would have it."""
    if value is None or (isinstance(value, str | bool) and not isinstance(value, Enum)):
        return value
    if isinstance(value, bytes):
        return value.decode("ascii", "replace") if len(value) == _COUNTRY else hexed(value)
    if isinstance(value, Enum):
        return _code(value)
    if isinstance(value, int | float):
        return value
    if is_dataclass(value):
        return record(value) if type(value) in _STRUCTS else _object(value)
    return _many(value)


def record(value: Any) -> dict[str, Any]:
    """A record as the message of its typed data, with the type's name beside it."""
    struct = type(value)
    message = {camel(name): _wire(getattr(value, name)) for name, _ in layout(struct)}
    return {"type": struct.__name__, "record": message}


def _wire(value: int | bytes) -> int | str:
    return hexed(value) if isinstance(value, bytes) else int(value)


def _code(value: Enum) -> Any:
    if isinstance(value, IntFlag):
        return [one.name for one in type(value) if one in value]
    return value.name if isinstance(value, IntEnum) else value.value


def _many(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Collection):
        return [plain(one) for one in (sorted(value) if isinstance(value, frozenset | set) else value)]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _object(value: Any) -> dict[str, Any]:
    members = _members.get(type(value))
    if members is None:
        names = [field.name for field in fields(value)]
        members = _members[type(value)] = tuple((name, camel(name), is_instant(name)) for name in names)
    return {camelled: _member(getattr(value, name), timed=timed) for name, camelled, timed in members}


def _member(value: Any, *, timed: bool) -> Any:
    if timed and type(value) is int:
        return instant(value) if value else None
    return plain(value)
