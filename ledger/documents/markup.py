"""XML in and out: hardened reading of what real senders send, deterministic writing.

Refused: any DOCTYPE (and with it every entity definition), external references, texts between elements, and more
than the limits below. Put right: a byte order mark, white space before the XML declaration, no declaration at all,
comments inside a value (the text around them is joined), namespaces missing or mangled (``mdMetaData``,
``_2WCOTypeName``, ``pDateTimeString``: the colon of a prefix went astray on the way).
"""

import codecs
import re
from typing import TYPE_CHECKING, Final, NoReturn, cast

from ledger.documents.tree import Document, Element
from ledger.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_ELEMENTS: Final = 250_000
MAX_DEPTH: Final = 40
MAX_MARKS: Final = 4 * MAX_ELEMENTS

METADATA_NAMESPACE: Final = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
NAMESPACES: Final = {
    "Declaration": "urn:wco:datamodel:WCO:DEC-DMS:2",
    "Response": "urn:wco:datamodel:WCO:RES-DMS:2",
}
MOVEMENT_NAMESPACE: Final = "http://gov.uk/customs/inventoryLinking/v1"

# a prefix that lost its colon: lower case, digits and underscores before a WCO name, which starts with a capital
_LOST_PREFIX = re.compile(r"^[a-z_][a-z0-9_.-]*?(?=[A-Z])")
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_MANGLED_DECLARATION = re.compile(r"^(xmlns|xsi)")


def wco_name(name: str) -> str:
    """A local name without the prefix that lost its colon: ``mdMetaData`` is ``MetaData``."""
    return _LOST_PREFIX.sub("", name)


def parse(data: bytes, source: str = "") -> Element:
    """The root element of an XML text.

    Raises:
        DocumentError: not well-formed (with line and column), a DOCTYPE, beyond a limit, or text between elements.
    """
    from lxml import etree

    data = _trimmed(data, source)
    _refuse_doctype(data, source)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        _not_well_formed(error.msg or "no XML", error.lineno, max(error.offset or 0, 1), source)
    return _Reader(source).element(root, 1)


def _trimmed(data: bytes, source: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES:,} bytes", "Split it into several files", file=source or None)
    # an upper bound of what the parser would build, before it builds anything
    if data.count(b"<") > MAX_MARKS:
        raise DocumentError(f"more than {MAX_MARKS:,} marks", "Split it into several files", file=source or None)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data
    return data.removeprefix(codecs.BOM_UTF8).lstrip()


class _PrologEndError(Exception):
    """The first element is reached: nothing that comes later can declare a document type."""


def _refuse_doctype(data: bytes, source: str) -> None:
    """Read the prolog only, with a parser that stops before it would expand anything."""
    from xml.parsers import expat

    def doctype(*_: object) -> NoReturn:
        hint = "Remove the document type declaration; customs messages need none"
        line = parser.CurrentLineNumber
        raise DocumentError("a DOCTYPE is not accepted", hint, file=source or None, line=line)

    def element(*_: object) -> NoReturn:
        raise _PrologEndError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except _PrologEndError:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        text = expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)
        _not_well_formed(text, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, source)


def _not_well_formed(text: str, line: int | None, column: int | None, source: str) -> NoReturn:
    hint = "Ask the sender for the file as it was sent, or repair it at this place"
    reason = f"not well-formed XML: {text.split(', line ', maxsplit=1)[0]}"
    raise DocumentError(reason, hint, file=source or None, line=line or None, column=column or None) from None


class _Reader:
    """Turns a parsed tree into `Element`s, counting."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.count = 0

    def element(self, node: "_Element", depth: int) -> Element:
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_ELEMENTS:
            limit = f"{MAX_DEPTH} levels" if depth > MAX_DEPTH else f"{MAX_ELEMENTS:,} elements"
            raise self.refusal(node, f"more than {limit}", "Split it into several files")
        text = [node.text or ""]
        children = []
        for child in node:
            # a comment's tag is a function; so is an entity reference's, which has no definition without a DOCTYPE
            if isinstance(child.tag, str):
                children.append(self.element(child, depth + 1))
            text.append(child.tail or "")
        value = "".join(text)
        if children and value.strip():
            raise self.refusal(node, "text between elements", "Give the text an element of its own")
        return Element(_local(node.tag), "" if children else value, self.attributes(node), tuple(children), _line(node))

    def attributes(self, node: "_Element") -> tuple[tuple[str, str], ...]:
        kept: dict[str, str] = {}
        for key, value in node.attrib.items():
            name = str(key)
            # where a schema lies is nothing that the sender declares to customs
            if name.startswith(_SCHEMA_INSTANCE) or _MANGLED_DECLARATION.match(name):
                continue
            if _local(name) in kept:
                raise self.refusal(node, f"two attributes {_local(name)}", "Keep one of them")
            kept[_local(name)] = str(value)
        return tuple(kept.items())

    def refusal(self, node: "_Element", reason: str, hint: str) -> DocumentError:
        name = _local(node.tag)
        return DocumentError(reason, hint, file=self.source or None, line=_line(node), element=name)


def _line(node: "_Element") -> int | None:
    return cast("int | None", node.sourceline)  # the stubs leave it open


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def write(document: Document) -> bytes:
    """The message as XML: UTF-8, two spaces of indentation, namespaces of the WCO model, `MetaData` when there is one.

    The same document gives the same bytes, and reading them gives the same leaves.

    Raises:
        DocumentError: a name or text that XML can't carry, such as a control character.
    """
    from lxml import etree

    root = document.root
    namespace = NAMESPACES.get(root.name, MOVEMENT_NAMESPACE)
    try:
        node = _node(root, namespace)
        if document.header is not None:
            inside, node = node, _node(document.header, METADATA_NAMESPACE, {"md": METADATA_NAMESPACE})
            node.append(inside)
    except ValueError as error:
        raise DocumentError("a name or text can't stand in XML", str(error), file=document.source or None) from None
    _indent(node, 0)
    return etree.tostring(node, encoding="UTF-8", xml_declaration=True) + b"\n"


def _node(element: Element, namespace: str, nsmap: dict[str, str] | None = None) -> "_Element":
    from lxml import etree

    default = cast("dict[str, str]", {None: namespace})  # the stubs forget the default namespace
    node = etree.Element(f"{{{namespace}}}{element.name}", dict(element.attributes), nsmap=nsmap or default)
    node.text = element.text or None
    for child in element.children:
        node.append(_node(child, namespace))
    return node


def _indent(node: "_Element", depth: int) -> None:
    """Indent between elements; the text of a leaf stays as it is."""
    if len(node):
        node.text = "\n" + "  " * (depth + 1)
        for child in node:
            _indent(child, depth + 1)
            child.tail = "\n" + "  " * (depth + 1)
        node[-1].tail = "\n" + "  " * depth
