"""Proofs from a node: of storage under a block's state root, of a transaction's receipt under its receipts root.

A proof is a set of trie nodes; whoever verifies walks from the root that the header names (`docs/receipts.md`).
Sources: EIP-1186 (`eth_getProof`), EIP-2718 (typed receipts); yellow paper, appendices B and D.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.errors import BadAnswer
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed
from ledger.domain.keccak import keccak256

_SLOTS: Final = 500
"""Storage slots per request."""

_BODY: Final = frozenset({"transactions", "uncles", "withdrawals", "size", "totalDifficulty"})
"""What a node tells with a header and is no part of it."""

Header = Mapping[str, Any]
"""A block's header as the node tells it: JSON-RPC's names and texts."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Trie nodes under a root of a block's header, each once, by their keccak-256."""

    header: Header
    nodes: Mapping[bytes, bytes]


def prove_state(rpc: Rpc, block: int, wanted: Mapping[bytes, Sequence[bytes]]) -> Proven:
    """Nodes that lead from a block's state root to accounts (20-byte addresses) and to slots in their storage.

    Raises:
        ChainError: the node can't prove this state (any more).
    """
    number = hexed(block)
    header = header_of(rpc, block)
    nodes: dict[bytes, bytes] = {}
    for address, slots in wanted.items():
        for start in range(0, max(len(slots), 1), _SLOTS):
            part = [hexed(slot) for slot in slots[start : start + _SLOTS]]
            answer = _object(rpc.call("eth_getProof", hexed(address), part, number), "eth_getProof")
            _collect(nodes, answer["accountProof"])
            for storage in answer["storageProof"]:
                _collect(nodes, storage["proof"])
    if as_bytes(header["stateRoot"]) not in nodes:
        raise BadAnswer("eth_getProof", f"its proof is not of block {block}")
    return Proven(header, nodes)


def storage_roots(rpc: Rpc, block: int, addresses: Sequence[bytes]) -> list[bytes]:
    """The storage roots of accounts as of a block, 32 bytes each."""
    answers = [rpc.call("eth_getProof", hexed(address), [], hexed(block)) for address in addresses]
    return [as_bytes(_object(answer, "eth_getProof")["storageHash"]) for answer in answers]


def prove_receipt(rpc: Rpc, block: int, transaction: bytes) -> tuple[Proven, int]:
    """Nodes that lead from a block's receipts root to a transaction's receipt, and its index in the block.

    Raises:
        ChainError: the node does not have the block's receipts.
        BadAnswer: what it has is not what the header names.
    """
    import rlp
    from trie.hexary import HexaryTrie

    header = header_of(rpc, block)
    receipts = rpc.call("eth_getBlockReceipts", hexed(block))
    if not isinstance(receipts, list):
        raise BadAnswer("eth_getBlockReceipts", f"the node has no receipts of block {block}")
    trie: Any = HexaryTrie(db={})
    index = -1
    for receipt in receipts:
        place = as_int(receipt["transactionIndex"])
        trie[rlp.encode(place)] = encoded_receipt(receipt)
        index = place if as_bytes(receipt["transactionHash"]) == transaction else index
    if index < 0 or trie.root_hash != as_bytes(header["receiptsRoot"]):
        raise BadAnswer("eth_getBlockReceipts", f"the receipts of block {block} are not those that its header names")
    path = [rlp.encode(node) for node in trie.get_proof(rlp.encode(index))]
    return Proven(header, {keccak256(node): node for node in path}), index


def encoded_receipt(receipt: Mapping[str, Any]) -> bytes:
    """A receipt as it stands in the trie: RLP, behind its type's byte when it has one."""
    import rlp

    logs = [
        [as_bytes(log["address"]), [as_bytes(topic) for topic in log["topics"]], as_bytes(log["data"])]
        for log in receipt["logs"]
    ]
    kind = as_int(receipt.get("type", "0x0"))
    status = as_int(receipt["status"])
    payload = rlp.encode([status, as_int(receipt["cumulativeGasUsed"]), as_bytes(receipt["logsBloom"]), logs])
    return (bytes([kind]) if kind else b"") + bytes(payload)


def header_of(rpc: Rpc, block: int) -> Header:
    """A block's header fields.

    Raises:
        BadAnswer: the node has no such block.
    """
    found = _object(rpc.call("eth_getBlockByNumber", hexed(block), False), "eth_getBlockByNumber")  # noqa: FBT003
    return {name: value for name, value in found.items() if name not in _BODY}


def _object(answer: object, method: str) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise BadAnswer(method, "the node has no such block")
    return answer


def _collect(nodes: dict[bytes, bytes], proof: Sequence[str]) -> None:
    for text in proof:
        node = as_bytes(text)
        nodes[keccak256(node)] = node
