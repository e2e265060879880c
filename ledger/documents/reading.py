"""From bytes to typed messages: finds the messages of a file, whatever envelope is around them, and types each.

>>> [message] = read(b"<Declaration><FunctionCode>13</FunctionCode><TypeCode>GPR</TypeCode></Declaration>", "a.xml")
>>> type(message).__name__
'PresentationMessage'
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ledger.documents import json_form, markup
from ledger.documents._declarations import (
    amendment_request,
    invalidation_request,
    lodged_declaration,
    presentation,
)
from ledger.documents._notices import notice
from ledger.documents._values import Values
from ledger.documents.markup import wco_name
from ledger.documents.messages import Message, Movement
from ledger.documents.references import Reference, ReferenceKind
from ledger.documents.tree import Document, Element, walk
from ledger.errors import DocumentError

_METADATA: Final = "MetaData"
_DECLARATION: Final = "Declaration"
_RESPONSE: Final = "Response"
_MOVEMENT: Final = "inventorylinking"
_ORIGINAL: Final = "9"

# TypeCode (D013) of a request; FunctionCode (017) is 13 in all of them
_REQUESTS: Final[Mapping[str, Callable[[Document], Message]]] = MappingProxyType(
    {"COR": amendment_request, "INV": invalidation_request, "GPR": presentation}
)
_KNOWN: Final = (
    "Known are Declaration with FunctionCode 9 (original) or 13 (COR, INV, GPR), Response (notice) and inventory "
    "linking messages (movement)"
)
_MOVEMENT_REFERENCES: Final[Mapping[str, ReferenceKind]] = MappingProxyType(
    {
        "ucr": ReferenceKind.UCR,
        "masterUCR": ReferenceKind.MUCR,
        "inventoryConsignmentReference": ReferenceKind.MUCR,
        "entryNumber": ReferenceKind.MRN,
        "declarationId": ReferenceKind.MRN,
    }
)


def read(data: bytes, source: str = "") -> list[Message]:
    """The messages in one file or request body, XML or the JSON form, in the order of the file; at least one.

    Args:
        data: the bytes as received.
        source: name for error messages.

    Raises:
        DocumentError: not well-formed, refused by a limit, no message of a known kind in it, or a key is missing.
    """
    return [typed(document) for document in documents(data, source)]


def documents(data: bytes, source: str = "") -> list[Document]:
    """The messages of a file as trees, not typed yet: what `validate` takes. Raises as `read`."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return [json_form.from_json(data, source)]
    root = markup.parse(data, source)
    found = list(_messages(root, None, source))
    if not found:
        raise DocumentError(
            f"no message of a known kind: the root is {root.name}", _KNOWN, file=source or None, line=root.line
        )
    return found


def _messages(element: Element, header: Element | None, source: str) -> Iterator[Document]:
    """The outermost messages at and below an element, each with the `MetaData` that it stands in."""
    name = wco_name(element.name)
    if name in {_DECLARATION, _RESPONSE}:
        yield Document(_repaired(element), header, source)
    elif element.name.lower().startswith(_MOVEMENT):
        yield Document(element, None, source)
    else:
        inside = _header(element) if name == _METADATA else header
        for child in element.children:
            yield from _messages(child, inside, source)


def _header(metadata: Element) -> Element:
    rest = [child for child in metadata.children if wco_name(child.name) not in {_DECLARATION, _RESPONSE}]
    return _repaired(Element(metadata.name, "", metadata.attributes, tuple(rest), metadata.line))


def _repaired(element: Element) -> Element:
    """The element with its WCO names put right, all the way down."""
    children = tuple(map(_repaired, element.children))
    return Element(wco_name(element.name), element.text, element.attributes, children, element.line)


def typed(document: Document) -> Message:
    """The typed message of a tree; raises `DocumentError` naming what was seen when its kind is unknown."""
    root = document.root
    if root.name == _RESPONSE:
        return notice(document)
    if root.name != _DECLARATION:
        return _movement(document)
    function, type_code = root.value("FunctionCode"), root.value("TypeCode")
    request = _REQUESTS.get(type_code or "")
    if request:
        return request(document)
    if function and function.lstrip("0") == _ORIGINAL:
        return lodged_declaration(document)
    seen = f"a Declaration with FunctionCode {function or 'missing'} and TypeCode {type_code or 'missing'}"
    raise document.error(f"unknown kind of message: {seen}", _KNOWN, path="Declaration/FunctionCode[1]")


def _movement(document: Document) -> Movement:
    values = Values(document)
    texts = {element.name: element.text.strip() for _, element in walk(document.root) if element.text.strip()}
    references = tuple(
        Reference(_movement_kind(element.name, texts), element.text.strip(), "", path)
        for path, element in walk(document.root)
        if element.name in _MOVEMENT_REFERENCES and element.text.strip()
    )
    when = texts.get("goodsDepartureDateTime") or texts.get("goodsArrivalDateTime")
    return Movement(
        document=document,
        country=values.country_of(texts.get("entryNumber")),
        name=document.root.name,
        code=texts.get("messageCode"),
        references=references,
        location=texts.get("goodsLocation"),
        occurred_at=values.instant_of(when, None, document.root.name) if when else None,
    )


def _movement_kind(name: str, texts: Mapping[str, str]) -> ReferenceKind:
    """A `ucr` is a declaration's or a master one; `ucrType` says which: D or M."""
    if name == "ucr" and texts.get("ucrType"):
        return ReferenceKind.MUCR if texts["ucrType"].upper().startswith("M") else ReferenceKind.DUCR
    return _MOVEMENT_REFERENCES[name]
