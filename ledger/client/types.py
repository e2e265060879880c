"""What the façade takes and gives, besides the answers of the index."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.domain.codes import Outcome
from ledger.domain.records import Record
from ledger.domain.wire import Digest
from ledger.errors import PassavantError


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """Where a client finds what it needs.

    Attributes:
        network: the network descriptor, a JSON file.
        rpc: URL of a node.
        database: ``sqlite:///PATH`` or ``postgresql://…``.
        index_key: secret of the private index of references; made when it is missing.
        relay: URI of the relay's signer (``keystore:`` or ``env:``); None: this client only reads.
        finality: policy instead of the descriptor's.
        mine: the node is an embedded one that waits to be told to mine.
        max_lag: blocks behind the node from which on nothing is known for sure.
    """

    network: Path
    rpc: str
    database: str
    index_key: Path
    relay: str | None = None
    finality: str | None = None
    mine: bool = False
    max_lag: int = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A signed record as somebody brings it."""

    record: Record
    signature: bytes
    proof: bytes = b""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a participant signs: EIP-712 typed data, and its digest for signers that take only that."""

    typed_data: dict[str, Any]
    digest: Digest


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of an entry at the door. `new`: it was not here before; `refused`: why it was not let in."""

    digest: Digest
    new: bool
    refused: Outcome | None = None


class PayloadRefused(PassavantError):  # noqa: N818 - the name says what happened
    """A payload that does not open the commitment that it was given for, or is no payload."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The fields of a version, or of evidence, with the seed of their salts: all that opens a commitment."""

    schema: str
    seed: bytes = field(repr=False)
    fields: tuple[tuple[str, str], ...] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"schema": self.schema, "seed": f"0x{self.seed.hex()}", "fields": [list(pair) for pair in self.fields]}


@dataclass(frozen=True, slots=True)
class Scope:
    """The goods items of a narrower decision: number to quantity (exact text; None: the whole item)."""

    items: Mapping[int, str | None] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"scope": {str(item): quantity for item, quantity in self.items.items()}}


def payload_from_json(values: object) -> Payload | Scope:
    """The payload or scope of JSON values.

    Raises:
        PayloadRefused: they are neither.
    """
    if isinstance(values, dict) and values.keys() == {"scope"} and isinstance(values["scope"], dict):
        return Scope({_item(item): _quantity(quantity) for item, quantity in values["scope"].items()})
    if not isinstance(values, dict) or values.keys() != {"schema", "seed", "fields"}:
        raise PayloadRefused("a payload has schema, seed and fields; a scope has scope")
    schema, seed, pairs = values["schema"], values["seed"], values["fields"]
    if not isinstance(schema, str) or not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
        raise PayloadRefused("schema is a text, fields is a list of pairs of path and value")
    return Payload(schema, _seed(seed), tuple((path, value) for path, value in pairs))


def payload_from_bytes(content: bytes) -> Payload | Scope:
    """The payload or scope of stored bytes."""
    return payload_from_json(json.loads(content))


def payload_to_bytes(payload: Payload | Scope) -> bytes:
    """What is stored of a payload."""
    return json.dumps(payload.to_json(), separators=(",", ":"), ensure_ascii=False).encode()


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == len(("path", "value")) and all(isinstance(one, str) for one in pair)


def _seed(text: object) -> bytes:
    try:
        if isinstance(text, str) and text.startswith("0x"):
            return bytes.fromhex(text[2:])
    except ValueError:
        pass
    raise PayloadRefused("seed is 32 bytes as 0x hex")


def _item(text: object) -> int:
    if isinstance(text, str) and text.isascii() and text.isdigit():
        return int(text)
    raise PayloadRefused("a goods item is a number from 1 to 999")


def _quantity(text: object) -> str | None:
    if text is None or isinstance(text, str):
        return text
    raise PayloadRefused("a quantity is a text, or null for the whole item")
