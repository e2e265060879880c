from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from api.views import plain
from api.views_schema import Components
from ledger.domain.codes import Flag, Leg
from ledger.domain.wire import U8, Digest


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    """An inner thing."""

    id: Digest
    leg: Leg


@dataclass(frozen=True)
class Outer:
    """An outer thing.

    More about it.
    """

    inner: Inner | None
    again: tuple[Inner, ...]
    flags: Flag
    colour: Colour
    limit_at: int
    released_at: int | None
    lag: float
    day: date
    items: Mapping[int, str | None]
    pair: tuple[int, str]
    agencies: frozenset[int]
    small: U8
    anything: Any


INNER = Inner(Digest(b"\1" * 32), Leg.IMPORT)
OUTER = Outer(
    INNER, (INNER,), Flag.CONTROL | Flag.PARTIAL, Colour.RED, 0, 1_760_000_000, 0.5, date(2026, 1, 2), {2: None},
    (1, "a"), frozenset({3, 1}), 4, {"a": True},
)  # fmt: skip


def test_values_as_json():
    inner = {"id": "0x" + "01" * 32, "leg": "IMPORT"}
    assert plain(OUTER) == {
        "inner": inner,
        "again": [inner],
        "flags": ["CONTROL", "PARTIAL"],
        "colour": "red",
        "limitAt": None,
        "releasedAt": "2025-10-09T08:53:20Z",
        "lag": 0.5,
        "day": "2026-01-02",
        "items": {"2": None},
        "pair": [1, "a"],
        "agencies": [1, 3],
        "small": 4,
        "anything": {"a": True},
    }


def test_their_schema():
    components = Components()
    assert components.of(Outer) == {"$ref": "#/components/schemas/Outer"}
    assert components.schemas["Outer"]["description"] == "An outer thing."
    members = components.schemas["Outer"]["properties"]
    assert members["inner"] == {"anyOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]}
    assert members["again"] == {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}}
    assert members["colour"] == {"type": "string", "enum": ["red"]}
    assert members["limitAt"] == members["releasedAt"]
    assert members["items"] == {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    }
    assert members["pair"] == {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}
    assert members["small"] == {"type": "integer"}
    assert members["anything"] == {}
    assert components.schemas["Inner"]["properties"]["leg"] == {
        "type": "string",
        "enum": ["EXPORT", "TRANSIT", "IMPORT"],
    }


def test_what_has_no_form_is_an_error():
    with pytest.raises(TypeError):
        plain(object())
    with pytest.raises(TypeError):
        Components().of(memoryview)
