"""What a receipt file holds (docs/receipts.md), read into values: shapes and limits, and nothing of what they claim."""

from dataclasses import dataclass
from typing import Final

from passavant_verifier.canonical import Content, read
from passavant_verifier.errors import UnreadableError
from passavant_verifier.headers import Header, HeaderError
from passavant_verifier.shapes import array, data, members, number, text
from passavant_verifier.trust import NetworkId, read_network

JSON_FORMAT: Final = "application/vnd.passavant.receipt+json;version=1"
CBOR_FORMAT: Final = "application/vnd.passavant.receipt+cbor;version=1"
FORMATS: Final = frozenset({JSON_FORMAT, CBOR_FORMAT})

MOST_NODES: Final = 4_096
MOST_STEPS: Final = 4_096
LONGEST_PATH: Final = 64

_DECISION: Final = 5
_BODY: Final = 512
_SIGNATURE: Final = 65
_NAMES: Final = ("blocks", "checkpoint", "decision", "event", "format", "network", "nodes", "relied", "steps")


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A block's place in the ledger log, and the audit path that proves it."""

    leaf: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A header, and its place in the ledger log; None on QBFT networks."""

    header: Header
    inclusion: Inclusion | None


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where the decision's event stands in its block."""

    transaction: int
    log: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it is written; nothing of it is checked yet but its form."""

    network: NetworkId
    body: bytes
    signature: bytes
    steps: tuple[tuple[bytes, bytes], ...]
    blocks: tuple[Block, ...]
    event: EventPlace | None
    checkpoint: str | None
    nodes: tuple[bytes, ...]

    @property
    def state_block(self) -> Block:
        """Block M, whose state is shown."""
        return self.blocks[-1]


def read_receipt(raw: bytes, where: str = "the receipt") -> Receipt:
    """The receipt of a file's bytes.

    Raises:
        UnreadableError: it is none, of an unknown version, beyond the limits, or not in canonical form.
    """
    content = read(raw, where)
    top = members(content, where, _NAMES)
    expected = JSON_FORMAT if raw[:1] == b"{" else CBOR_FORMAT
    if top["format"] != expected:
        raise UnreadableError(where, f"its format is not {expected}")
    decision = members(top["decision"], f"{where}: decision", ("body", "signature", "type"))
    if decision["type"] != _DECISION:
        raise UnreadableError(where, "it is not about a decision (type 5)")
    array(top["relied"], f"{where}: relied", 0)
    return _consistent(
        Receipt(
            network=read_network(top["network"], f"{where}: network"),
            body=data(decision["body"], f"{where}: decision.body", _BODY),
            signature=data(decision["signature"], f"{where}: decision.signature", _SIGNATURE),
            steps=tuple(_step(one, f"{where}: steps") for one in array(top["steps"], f"{where}: steps", MOST_STEPS)),
            blocks=tuple(_block(one, f"{where}: blocks") for one in array(top["blocks"], f"{where}: blocks", 2, 1)),
            event=_event(top["event"], f"{where}: event"),
            checkpoint=None if top["checkpoint"] is None else text(top["checkpoint"], f"{where}: checkpoint"),
            nodes=_nodes(top["nodes"], f"{where}: nodes"),
        ),
        where,
    )


def _consistent(receipt: Receipt, where: str) -> Receipt:
    """Refuse what is there without need, or missing for a reason that the form alone shows."""
    if receipt.event is None and len(receipt.blocks) > 1:
        raise UnreadableError(where, "a block without an event in it")
    if any((block.inclusion is None) != (receipt.checkpoint is None) for block in receipt.blocks):
        raise UnreadableError(where, "a checkpoint needs each block's inclusion, and an inclusion a checkpoint")
    return receipt


def _step(content: Content, where: str) -> tuple[bytes, bytes]:
    request, digest = (data(one, where, 32) for one in array(content, where, 2, 2))
    return request, digest


def _block(content: Content, where: str) -> Block:
    block = members(content, where, ("header", "inclusion"))
    fields = block["header"]
    if not isinstance(fields, dict):
        raise UnreadableError(where, "a header is wanted")
    try:
        header = Header({name: value for name, value in fields.items() if isinstance(value, int | bytes)})
    except HeaderError as error:
        raise UnreadableError(f"{where}: header", str(error)) from None
    if len(header.fields) != len(fields):
        raise UnreadableError(f"{where}: header", "a field is neither a number nor bytes")
    return Block(header, None if block["inclusion"] is None else _inclusion(block["inclusion"], f"{where}: inclusion"))


def _inclusion(content: Content, where: str) -> Inclusion:
    inclusion = members(content, where, ("leaf", "path"))
    path = array(inclusion["path"], f"{where}.path", LONGEST_PATH)
    return Inclusion(number(inclusion["leaf"], f"{where}.leaf"), tuple(data(one, f"{where}.path", 32) for one in path))


def _event(content: Content, where: str) -> EventPlace | None:
    if content is None:
        return None
    event = members(content, where, ("log", "transaction"))
    return EventPlace(number(event["transaction"], f"{where}.transaction"), number(event["log"], f"{where}.log"))


def _nodes(content: Content, where: str) -> tuple[bytes, ...]:
    nodes = tuple(data(one, where) for one in array(content, where, MOST_NODES, 1))
    if list(nodes) != sorted(set(nodes)):
        raise UnreadableError(where, "nodes are not ascending, or one stands twice")
    return nodes
