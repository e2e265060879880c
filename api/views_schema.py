"""JSON Schema of the ledger's values as `api.views` writes them, from their type hints."""

import types
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum, IntEnum, IntFlag
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from api.views import is_instant
from ledger.domain.wire import camel

_PLAIN: Final[Mapping[Any, dict[str, Any]]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bytes: {"type": "string"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
    Any: {},
    object: {},
}
_INSTANT: Final = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}


class Components:
    """The schemas of all classes that were asked about, each once."""

    def __init__(self) -> None:
        self.schemas: dict[str, dict[str, Any]] = {}

    def of(self, hint: Any) -> dict[str, Any]:
        """The schema of a type hint."""
        hint = getattr(hint, "__supertype__", hint)
        if hint in _PLAIN:
            return _PLAIN[hint]
        if get_origin(hint) in (Union, types.UnionType):
            return self._union(get_args(hint))
        if get_origin(hint) is not None:
            return self._generic(get_origin(hint), get_args(hint))
        if isinstance(hint, type) and issubclass(hint, Enum):
            return _code(hint)
        return self._class(hint)

    def _union(self, hints: tuple[Any, ...]) -> dict[str, Any]:
        found: list[dict[str, Any]] = []
        for schema in map(self.of, hints):
            if schema not in found:
                found.append(schema)
        return found[0] if len(found) == 1 else {"anyOf": found}

    def _generic(self, origin: Any, hints: tuple[Any, ...]) -> dict[str, Any]:
        if hasattr(origin, "__metadata__") or not isinstance(origin, type):
            return self.of(hints[0])
        if issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(hints[1])}
        if origin is tuple and Ellipsis not in hints:
            return {"type": "array", "prefixItems": [self.of(one) for one in hints]}
        return {"type": "array", "items": self.of(hints[0])} if issubclass(origin, Collection) else {}

    def _class(self, cls: Any) -> dict[str, Any]:
        if not isinstance(cls, type) or not is_dataclass(cls):
            raise TypeError(f"{cls} has no schema")
        reference = {"$ref": f"#/components/schemas/{cls.__name__}"}
        if cls.__name__ in self.schemas:
            return reference
        schema = self.schemas[cls.__name__] = {"type": "object", "description": (cls.__doc__ or "").split("\n")[0]}
        hints = get_type_hints(cls)
        members = {
            camel(field.name): _INSTANT if _timed(field.name, hints[field.name]) else self.of(hints[field.name])
            for field in fields(cls)
        }
        schema |= {"properties": members, "required": list(members)}
        return reference


def _timed(name: str, hint: Any) -> bool:
    return is_instant(name) and int in (hint, *get_args(hint))


def _code(codes: type[Enum]) -> dict[str, Any]:
    if issubclass(codes, IntFlag):
        return {"type": "array", "items": {"type": "string", "enum": [one.name for one in codes]}}
    named = issubclass(codes, IntEnum)
    return {"type": "string", "enum": [one.name if named else one.value for one in codes]}
