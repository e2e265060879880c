"""The JSON form of a message: the same names, nested; for senders who have no XML.

A leaf is a string; a leaf with attributes is ``{"@currencyID": "GBP", "#text": "998"}``; several elements of one
name are an array. A message with a header is ``{"MetaData": {…, "Declaration": {…}}}``. Values are strings only: a
number would lose the text that was declared (``1.10`` is not ``1.1``).
"""

import json
from typing import Any, Final, NoReturn

from ledger.documents.markup import MAX_BYTES, MAX_DEPTH
from ledger.documents.tree import Document, Element
from ledger.domain.depth import nests_deeper
from ledger.errors import DocumentError

_METADATA: Final = "MetaData"
_TEXT: Final = "#text"
_MESSAGES: Final = ("Declaration", "Response")


def to_json(document: Document) -> str:
    """The message as JSON text, UTF-8 when encoded; the same document gives the same text."""
    inside: dict[str, Any] = {document.root.name: _value(document.root)}
    if document.header is not None:
        header = _value(document.header)
        inside = {_METADATA: (header if isinstance(header, dict) else {}) | inside}
    return json.dumps(inside, ensure_ascii=False, indent=2)


def from_json(data: bytes | str, source: str = "") -> Document:
    """The document in a JSON text; `to_json` and this preserve every leaf.

    Raises:
        DocumentError: no JSON (with line and column), a name twice, a value that is no string, or too large or deep.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES:,} bytes", "Split it into several files", file=source or None)
    reader = _Reader(source)
    if nests_deeper(data if isinstance(data, bytes) else data.encode(errors="replace"), 2 * MAX_DEPTH):
        raise DocumentError(f"more than {MAX_DEPTH} levels", file=source or None)
    try:
        parsed = json.loads(data, object_pairs_hook=reader.pairs)
        json.dumps(parsed, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        reason = f"no JSON: {error.msg}"
        raise DocumentError(reason, file=source or None, line=error.lineno, column=error.colno) from None
    except UnicodeError:
        raise DocumentError("the text is no UTF-8", "Send it as UTF-8", file=source or None) from None
    return reader.document(parsed)


class _Reader:
    """Turns parsed JSON into elements."""

    def __init__(self, source: str) -> None:
        self.source = source

    def refuse(self, reason: str, hint: str = "") -> NoReturn:
        raise DocumentError(reason, hint, file=self.source or None)

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.refuse("a name comes twice in one object", "Write several elements of one name as an array")
        return found

    def document(self, parsed: object) -> Document:
        if not isinstance(parsed, dict) or len(parsed) != 1:
            self.refuse("a message is an object with one name", 'Such as {"Declaration": {...}}')
        [(name, value)] = parsed.items()
        if name != _METADATA:
            return Document(self.one(name, value), None, self.source)
        inside = [key for key in _MESSAGES if isinstance(value, dict) and key in value]
        if len(inside) != 1:
            self.refuse("MetaData holds one Declaration or Response")
        root = self.one(inside[0], value.pop(inside[0]))
        return Document(root, self.one(_METADATA, value), self.source)

    def one(self, name: str, value: object, depth: int = 1) -> Element:
        if depth > MAX_DEPTH:
            self.refuse(f"more than {MAX_DEPTH} levels")
        if isinstance(value, str):
            return Element(name, value)
        if not isinstance(value, dict):
            self.refuse(f"{name} is no text", "Write every value as a string, so that its exact text is kept")
        attributes = tuple((key[1:], self.text(key, value[key])) for key in value if key.startswith("@"))
        inside = [key for key in value if key != _TEXT and not key.startswith("@")]
        if inside and _TEXT in value:
            self.refuse(f"{name} has text and elements")
        children = tuple(
            self.one(key, each, depth + 1)
            for key in inside
            for each in (value[key] if isinstance(value[key], list) else [value[key]])
        )
        return Element(name, self.text(_TEXT, value.get(_TEXT, "")), attributes, children)

    def text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            self.refuse(f"{name} is no text", "Write every value as a string, so that its exact text is kept")
        return value


def _value(element: Element) -> str | dict[str, Any]:
    attributes = {f"@{name}": value for name, value in element.attributes}
    if not element.children:
        return attributes | {_TEXT: element.text} if attributes else element.text
    grouped: dict[str, list[Any]] = {}
    for child in element.children:
        grouped.setdefault(child.name, []).append(_value(child))
    return attributes | {name: values[0] if len(values) == 1 else values for name, values in grouped.items()}
