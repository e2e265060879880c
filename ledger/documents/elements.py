"""The WCO Data Model elements that customs messages use: names, WCOIDs, class tags and formats.

The table is ``elements.json`` beside this file: class name to its tag (as pointers name it), whether its parent holds
it at most once, and its fields with WCOID and format (``an..35``; None where the model has none or we know none).
Source: WCO Data Model 3.6 as used in declarations (DEC) and responses (RES).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_INDEX: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the model: what holds fields and other classes.

    Attributes:
        name: such as ``GoodsShipment``.
        tag: such as ``67A``; None when no pointer can name it.
        single: whether its parent holds it at most once, so that a pointer's sequence number says nothing.
        fields: field name to (WCOID, format).
    """

    name: str
    tag: str | None
    single: bool
    fields: Mapping[str, tuple[str | None, str | None]]

    def field_of(self, wcoid: str) -> str | None:
        """Name of the field with this WCOID, or None."""
        return next((name for name, (tag, _) in self.fields.items() if tag == wcoid), None)


@cache
def classes() -> Mapping[str, Class]:
    """All classes by name."""
    table = json.loads(files(__package__).joinpath("elements.json").read_text())
    return {
        name: Class(name, row["tag"], row["single"], {key: (tag, form) for key, (tag, form) in row["fields"].items()})
        for name, row in table.items()
    }


@cache
def classes_by_tag() -> Mapping[str, Class]:
    """The classes that a pointer can name, by tag."""
    return {row.tag: row for row in classes().values() if row.tag}


def wcoid(path: str) -> str | None:
    """The WCOID of the element at a canonical path (``D014`` for ``Declaration/ID[1]``), or None when unknown."""
    steps = [step for step in _INDEX.sub("", path).split("/") if not step.startswith("@")]
    if len(steps) > 1 and steps[-1] == "DateTimeString":  # the value of a date stands one step below its element
        steps.pop()
    known = classes().get(steps[-1])
    if len(steps) == 1 or known:
        return known.tag if known else None
    return _field(steps)[0]


def form(path: str) -> str | None:
    """The format of the field at a canonical path, such as ``an..35``, or None."""
    steps = _INDEX.sub("", path).split("/")
    return _field(steps)[1] if len(steps) > 1 else None


def _field(steps: list[str]) -> tuple[str | None, str | None]:
    parent = classes().get(steps[-2])
    return parent.fields.get(steps[-1], (None, None)) if parent else (None, None)
