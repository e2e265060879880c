"""What the façade takes and gives, besides the answers of the index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledger.domain.codes import Outcome
from ledger.domain.records import Record
from ledger.domain.wire import Digest
from ledger.errors import PassavantError
from ledger.sealing.errors import PayloadRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """Where a client finds what it needs.

    Attributes:
        network: the network descriptor, a JSON file.
        rpc: URL of a node.
        database: ``sqlite:///PATH`` or ``postgresql://…``.
        blobs: where ciphertexts lie, ``file:///FOLDER`` or ``s3://BUCKET/PREFIX``; None: in the database.
        index_key: secret of the private index of references; made when it is missing.
        relay: URI of the relay's signer (``keystore:`` or ``env:``); None: this client only reads.
        finality: policy instead of the descriptor's.
        mine: the node is an embedded one that waits to be told to mine.
        max_lag: blocks behind the node from which on nothing is known for sure.
        retention: file of retention periods; None: those that come with this version.
    """

    network: Path
    rpc: str
    database: str
    index_key: Path
    blobs: str | None = None
    relay: str | None = None
    finality: str | None = None
    mine: bool = False
    max_lag: int = 20
    retention: Path | None = None


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
    """What became of an entry at the door.

    Attributes:
        digest: the record's.
        new: it was not here before.
        refused: why the ledger would not take it.
        outside: why it is not let in although the ledger would take it, in words: outside the annex of its arrangement.
    """

    digest: Digest
    new: bool
    refused: Outcome | None = None
    outside: str = ""


class NotEntitled(PassavantError):  # noqa: N818 - the name says what happened
    """This participant may not do this. Said to nobody who could learn from it that something exists."""


class SealRefused(PassavantError):  # noqa: N818 - the name says what happened
    """Something sealed, a wrap or a grant that can't be kept: why."""


class AnnexRefused(PassavantError):  # noqa: N818 - the name says what happened
    """Something handed in that is not the annex it should be: why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The goods items of a narrower decision: number to quantity (exact text; None: the whole item)."""

    items: Mapping[int, str | None] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"scope": {str(item): quantity for item, quantity in self.items.items()}}


def scope_from_json(values: object) -> Scope:
    """The scope of JSON values.

    Raises:
        PayloadRefused: they are none.
    """
    if isinstance(values, dict) and values.keys() == {"scope"} and isinstance(values["scope"], dict):
        return Scope({_item(item): _quantity(quantity) for item, quantity in values["scope"].items()})
    raise PayloadRefused("a scope has scope: goods items with quantities")


def _item(text: object) -> int:
    if isinstance(text, str) and text.isascii() and text.isdigit():
        return int(text)
    raise PayloadRefused("a goods item is a number from 1 to 999")


def _quantity(text: object) -> str | None:
    if text is None or isinstance(text, str):
        return text
    raise PayloadRefused("a quantity is a text, or null for the whole item")
