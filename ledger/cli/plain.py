"""The ledger's values as JSON, spelled as the gateway spells them: camel case, 0x hex, names of codes, RFC 3339."""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum, IntEnum, IntFlag
from typing import TYPE_CHECKING, Any, Final

from ledger.domain.records import RECORDS
from ledger.domain.wire import camel

if TYPE_CHECKING:
    from ledger.index.history import RecordAnswer

_INSTANTS: Final = ("time", "since", "deadline", "not_before", "not_after", "compromised_since", "until", "limit")
_ENDINGS: Final = ("_at", "_time", "_from", "_until")
_STRUCTS: Final = frozenset(RECORDS.values())
_COUNTRY: Final = 2
_LAST: Final = 253_402_300_799
"""The last second of the year 9999."""


def instant(seconds: int) -> str | None:
    """Seconds since the epoch as RFC 3339; None for none (0) and for a time without end, which has no such form."""
    if not 0 < seconds <= _LAST:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: Any) -> Any:
    """A value as JSON would have it; a record inside is the message of its typed data."""
    if isinstance(value, bytes):
        return value.decode("ascii", "replace") if len(value) == _COUNTRY else f"0x{value.hex()}"
    if isinstance(value, Enum):
        return _code(value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        timed = type(value) not in _STRUCTS
        return {
            camel(field.name): _member(field.name, getattr(value, field.name), timed=timed) for field in fields(value)
        }
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(one) for key, one in value.items()}
    if isinstance(value, Collection):
        return [plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def record(state: "RecordAnswer") -> dict[str, Any]:
    """What became of a record."""
    return {"id": f"0x{state.digest.hex()}", **{k: v for k, v in plain(state).items() if k != "digest"}}


def _member(name: str, value: Any, *, timed: bool) -> Any:
    if timed and type(value) is int and (name in _INSTANTS or name.endswith(_ENDINGS)):
        return instant(value)
    return plain(value)


def _code(value: Enum) -> Any:
    if isinstance(value, IntFlag):
        return [one.name for one in type(value) if one in value]
    return value.name if isinstance(value, IntEnum) else value.value
