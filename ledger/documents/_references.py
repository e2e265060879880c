"""Collects the references of a declaration from all places where declarants put them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ledger.documents.references import (
    ADDITIONAL_KINDS,
    PREVIOUS_KINDS,
    Reference,
    ReferenceKind,
    parse_ducr,
    parse_mrn,
    parse_s10,
)
from ledger.documents.tree import Element, walk

_LENGTH_OF_MRN: Final = 18
_PLAIN: Final[Mapping[str, ReferenceKind]] = MappingProxyType(
    {
        "Declaration/FunctionalReferenceID[1]": ReferenceKind.LRN,
        "Declaration/ID[1]": ReferenceKind.MRN,
    }
)


def references_of(root: Element) -> tuple[Reference, ...]:
    """All references of a declaration, each (kind, value) once, in document order."""
    found: dict[tuple[ReferenceKind, str], Reference] = {}
    for path, element in walk(root):
        for reference in _references(path, element):
            found.setdefault((reference.kind, reference.value), reference)
    return tuple(found.values())


def _references(path: str, element: Element) -> Iterator[Reference]:
    value = element.text.strip()
    if path in _PLAIN and value:
        yield Reference(_PLAIN[path], value, "", path)
    elif element.name == "MarksNumbersID":
        yield from _postal(value, "", path)
    elif element.name == "UCR":
        yield from _ucr(path, element)
    elif element.name == "Invoice" and element.value("ID"):
        yield Reference(ReferenceKind.INVOICE, element.value("ID") or "", "", f"{path}/ID[1]")
    elif element.name in {"PreviousDocument", "AdditionalDocument"} and element.value("ID"):
        yield from _document(path, element)


def _ucr(path: str, element: Element) -> Iterator[Reference]:
    """UCR/ID (016) and the trader's part (009); either may hold a DUCR."""
    for name in ("ID", "TraderAssignedReferenceID"):
        value, leaf = element.value(name), f"{path}/{name}[1]"
        if value:
            yield Reference(ReferenceKind.UCR, value, "", leaf)
            if parse_ducr(value):
                yield Reference(ReferenceKind.DUCR, value, "", leaf)
            yield from _postal(value, "", leaf)


def _document(path: str, element: Element) -> Iterator[Reference]:
    value, leaf = element.value("ID") or "", f"{path}/ID[1]"
    code = element.value("TypeCode") or ""
    kind: ReferenceKind | None
    if element.name == "PreviousDocument":
        kind = PREVIOUS_KINDS.get(code, ReferenceKind.PREVIOUS)
    else:
        code = (element.value("CategoryCode") or "") + code
        kind = ADDITIONAL_KINDS.get(code)
    if kind is ReferenceKind.PREVIOUS_MRN:
        # an item number may follow the MRN; without an MRN it is a document like any other
        mrn = parse_mrn(value[:_LENGTH_OF_MRN])
        kind, value = (kind, str(mrn)) if mrn else (ReferenceKind.PREVIOUS, value)
    if kind:
        yield Reference(kind, value, code, leaf)
    yield from _postal(value, code, leaf)


def _postal(value: str, code: str, path: str) -> Iterator[Reference]:
    """A postal item identifier with the right check digit is one wherever it stands."""
    identifier = parse_s10(value)
    if identifier:
        yield Reference(ReferenceKind.S10, str(identifier), code, path)
