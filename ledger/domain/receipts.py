"""Release receipts as values, and their one JSON spelling (`docs/receipts.md` is the format).

A receipt repeats nothing that its proofs say. Bytes stay bytes here; `to_json` writes them as 0x hex. The CBOR form
is written by `ledger.documents.receipt_forms`.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

JSON_TYPE: Final = "application/vnd.passavant.receipt+json;version=1"
CBOR_TYPE: Final = "application/vnd.passavant.receipt+cbor;version=1"

_FIELDS: Final = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty"),
    *("number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce"),
    *("baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash"),
)
_NUMBERS: Final = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)
_BFT_MARK: Final = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
"""mixHash of Besu's BFT engines: their headers carry seals, which vouch for them."""


@dataclass(frozen=True, slots=True)
class LedgerBlock:
    """A block of a receipt.

    Attributes:
        header: its header's fields, as a node tells them.
        leaf: its index in the ledger log.
        path: its audit path in the checkpoint's log; None without a checkpoint.
    """

    header: Mapping[str, Any]
    leaf: int
    path: tuple[bytes, ...] | None

    @property
    def number(self) -> int:
        """Its number."""
        return int(self.header["number"], 16)

    @property
    def time(self) -> int:
        """Its time, seconds (UTC)."""
        return int(self.header["timestamp"], 16)

    def plain(self) -> dict[str, Any]:
        """As the receipt has it."""
        inclusion = None if self.path is None else {"leaf": self.leaf, "path": list(self.path)}
        return {"header": header_fields(self.header), "inclusion": inclusion}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt.

    Attributes:
        network: chain id, network id, hash of block 0, addresses, by their names in the receipt.
        decision: body and signature of the decision that it is about.
        steps: (request or 0, digest) of each decision and control after it.
        blocks: N and M, or M alone.
        event: (transaction, log) of the decision's event in block N; None in the compact form.
        checkpoint: the note's text.
        nodes: every trie node of every proof.
    """

    network: Mapping[str, int | bytes]
    decision: tuple[bytes, bytes]
    steps: Sequence[tuple[bytes, bytes]]
    blocks: Sequence[LedgerBlock]
    event: tuple[int, int] | None
    checkpoint: str | None
    nodes: Collection[bytes]

    def plain(self, media_type: str) -> dict[str, Any]:
        """Its members, with bytes as bytes."""
        body, signature = self.decision
        return {
            "blocks": [block.plain() for block in self.blocks],
            "checkpoint": self.checkpoint,
            "decision": {"body": body, "signature": signature, "type": 5},
            "event": None if self.event is None else {"log": self.event[1], "transaction": self.event[0]},
            "format": media_type,
            "network": dict(self.network),
            "nodes": sorted(self.nodes),
            "relied": [],
            "steps": [list(step) for step in self.steps],
        }

    def to_json(self) -> bytes:
        """The receipt in its one JSON spelling (RFC 8785)."""
        text = json.dumps(
            self.plain(JSON_TYPE), default=_hex, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return text.encode()


def header_fields(header: Mapping[str, Any]) -> dict[str, int | bytes]:
    """The fields of a header that its hash is over: numbers as such, the rest as bytes."""
    return {
        name: int(header[name], 16) if name in _NUMBERS else bytes.fromhex(header[name][2:])
        for name in _FIELDS
        if header.get(name) is not None
    }


def is_sealed(header: Mapping[str, Any]) -> bool:
    """Whether validators' seals in the header vouch for it, so that it needs no checkpoint."""
    return header.get("mixHash") == _BFT_MARK


def _hex(value: object) -> str:
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    raise TypeError(type(value).__name__)  # pragma: no cover - a receipt has no other values
