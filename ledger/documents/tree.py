"""The tree of a message: elements by their WCO names, every leaf with path, index and exact value.

The canonical path of a leaf names each step below the root with its 1-based position among siblings of the same
name: ``Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem[2]/Commodity[1]/Classification[1]/ID[1]``, and an
attribute as ``…/InvoiceAmount[1]/@currencyID``. These paths are the field names of a commitment.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ledger.documents import elements
from ledger.errors import DocumentError

SCHEMAS: Final = {"Declaration": "wco-dm/3.6/declaration", "Response": "wco-dm/3.6/response"}
MOVEMENT_SCHEMA: Final = "inventory-linking/movement"

_NAME = r"[^\W\d][\w.-]*"
_STEP = re.compile(rf"({_NAME})\[([1-9]\d{{0,5}})\]")
_WHOLE = re.compile(r"[0-9]{1,9}")
_ATTRIBUTE = re.compile(rf"@({_NAME})")


def whole_number(text: str | None) -> int | None:
    """The number that up to nine digits mean, or None for anything else; longer ones would only cost time."""
    return int(text) if text and _WHOLE.fullmatch(text) else None


class Leaf(NamedTuple):
    """One value of a message: canonical path, exact text, 1-based line in the source when known."""

    path: str
    value: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Element:
    """An element: a leaf with a text, or a node with children, never both.

    Attributes:
        name: local WCO name, such as ``GoodsShipment``.
        text: exact text of a leaf; empty for a node.
        attributes: (name, value) pairs in the order of the source.
        children: in the order of the source; none for a leaf.
        line: 1-based line in the source, or None.
    """

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element", ...] = ()
    line: int | None = field(default=None, compare=False)

    def every(self, name: str) -> list["Element"]:
        """The children of this name, in order."""
        return [child for child in self.children if child.name == name]

    def find(self, path: str) -> "Element | None":
        """The first element at a path of names such as ``GoodsShipment/UCR``, or None."""
        here: Element | None = self
        for name in path.split("/"):
            here = next((child for child in here.children if child.name == name), None) if here else None
        return here

    def value(self, path: str) -> str | None:
        """The text at a path of names, without padding; None when it is absent or blank."""
        found = self.find(path)
        return (found.text.strip() or None) if found else None

    def attribute(self, name: str) -> str | None:
        """The value of an attribute, or None."""
        return dict(self.attributes).get(name)


@dataclass(frozen=True, slots=True)
class Document:
    """One message as it was received.

    Attributes:
        root: the message itself: ``Declaration``, ``Response`` or a movement message.
        header: the ``MetaData`` around it without the message, or None; what envelopes said is not kept.
        source: name of the file or request that it came from.
    """

    root: Element
    header: Element | None = None
    source: str = field(default="", compare=False)

    @property
    def schema(self) -> str:
        """Name of the schema that gives the paths of `fields` their meaning."""
        return SCHEMAS.get(self.root.name, MOVEMENT_SCHEMA)

    @property
    def fields(self) -> dict[str, str]:
        """Every leaf of the message, canonical path to exact value, in the order of the source."""
        return {leaf.path: leaf.value for leaf in leaves(self.root)}

    def error(self, reason: str, hint: str = "", *, path: str | None = None) -> DocumentError:
        """An error about this message, naming file, element, line and WCOID."""
        line = self.root.line
        if path is not None:
            line = next((leaf.line for leaf in leaves(self.root) if leaf.path == path), line)
        wcoid = elements.wcoid(path) if path else None
        return DocumentError(reason, hint, file=self.source or None, line=line, element=path, wcoid=wcoid)


def leaves(root: Element) -> Iterator[Leaf]:
    """Every leaf below and including `root`, depth first, attributes before what is inside."""
    for path, element in walk(root):
        for name, value in element.attributes:
            yield Leaf(f"{path}/@{name}", value, element.line)
        if not element.children:
            yield Leaf(path, element.text, element.line)


def walk(element: Element, path: str | None = None) -> Iterator[tuple[str, Element]]:
    """Every element with its canonical path, depth first; `path` is that of `element`, its name when left out."""
    path = path or element.name
    yield path, element
    seen: Counter[str] = Counter()
    for child in element.children:
        seen[child.name] += 1
        yield from walk(child, f"{path}/{child.name}[{seen[child.name]}]")


def build(fields: Mapping[str, str]) -> Element:
    """The tree with exactly these leaves: the inverse of `Document.fields`.

    Raises:
        DocumentError: a path is not canonical, positions have gaps, roots differ, or a leaf has something inside.
    """
    if not fields:
        raise DocumentError("a message has at least one field")
    root = _Growing(next(iter(fields)).partition("/")[0])
    for path, value in fields.items():
        root.insert(path, value)
    return root.element()


class _Growing:
    """An element under construction."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: str | None = None
        self.attributes: dict[str, str] = {}
        self.children: list[_Growing] = []
        self.by_step: dict[str, _Growing] = {}
        self.count: Counter[str] = Counter()

    def insert(self, path: str, value: str) -> None:
        first, *steps = path.split("/")
        if first != self.name:
            raise DocumentError(f"two roots: {self.name} and {first}", element=path)
        here = self
        for step in steps:
            attribute = _ATTRIBUTE.fullmatch(step)
            if attribute and step == steps[-1]:
                here.attributes[attribute[1]] = value
                return
            here = here.child(step, path)
        here.text = value

    def child(self, step: str, path: str) -> "_Growing":
        if step not in self.by_step:
            match = _STEP.fullmatch(step)
            if not match or int(match[2]) != self.count[match[1]] + 1:
                hint = "A step is Name[n], with n counting siblings of this name from 1 without gaps"
                raise DocumentError(f"{step} is no step of a canonical path here", hint, element=path)
            self.count[match[1]] += 1
            self.children.append(_Growing(match[1]))
            self.by_step[step] = self.children[-1]
        return self.by_step[step]

    def element(self) -> Element:
        if self.text is not None and self.children:
            raise DocumentError("a leaf can't have something inside", element=self.name)
        inside = tuple(child.element() for child in self.children)
        return Element(self.name, self.text or "", tuple(self.attributes.items()), inside)
