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
_REFERENCE: Final = 32
"""A node of so many bytes is referred to by its hash; a shorter one stands inside its parent."""

_BODY: Final = frozenset({"transactions", "uncles", "withdrawals", "size", "totalDifficulty"})
"""What a node tells with a header and is no part of it."""

Header = Mapping[str, Any]
"""A block's header as the node tells it: JSON-RPC's names and texts."""


Nodes = tuple[bytes, ...]
"""Trie nodes on the way from a root; those shorter than 32 bytes stand inside their parents and are left out."""


@dataclass(frozen=True, slots=True)
class StateProof:
    """Where accounts (20-byte addresses) stand under a block's state root, and slots under their storage roots."""

    header: Header
    accounts: Mapping[bytes, Nodes]
    slots: Mapping[tuple[bytes, bytes], Nodes]

    def nodes(self, wanted: Mapping[bytes, Sequence[bytes]]) -> set[bytes]:
        """The nodes for some of the accounts and slots."""
        found = {node for address in wanted for node in self.accounts[address]}
        return found.union(*(self.slots[address, slot] for address, slots in wanted.items() for slot in slots))


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """Where a log stands under a block's receipts root: index of its transaction, and its own in that receipt."""

    header: Header
    transaction: int
    log: int
    nodes: Nodes


def prove_state(rpc: Rpc, block: int, wanted: Mapping[bytes, Sequence[bytes]]) -> StateProof:
    """Where accounts and slots in their storage stand in the state after a block.

    Raises:
        ChainError: the node can't prove this state (any more).
    """
    header = header_of(rpc, block)
    accounts: dict[bytes, Nodes] = {}
    slots: dict[tuple[bytes, bytes], Nodes] = {}
    for address, keys in wanted.items():
        for start in range(0, max(len(keys), 1), _SLOTS):
            part = keys[start : start + _SLOTS]
            answer = _proof(rpc, address, part, block)
            accounts[address] = _nodes(answer["accountProof"])
            for slot, storage in zip(part, answer["storageProof"], strict=True):
                slots[address, slot] = _nodes(storage["proof"])
    if any(not nodes or keccak256(nodes[0]) != as_bytes(header["stateRoot"]) for nodes in accounts.values()):
        raise BadAnswer("eth_getProof", f"its proof is not of block {block}")
    return StateProof(header, accounts, slots)


def storage_roots(rpc: Rpc, block: int, addresses: Sequence[bytes]) -> list[bytes]:
    """The storage roots of accounts as of a block, 32 bytes each."""
    return [as_bytes(_proof(rpc, address, (), block)["storageHash"]) for address in addresses]


def prove_log(rpc: Rpc, block: int, transaction: bytes, log: int) -> ReceiptProof:
    """Where a log stands in a block's receipts; `log` is its index in the block.

    Raises:
        ChainError: the node does not have the block's receipts.
        BadAnswer: what it has is not what the header names.
    """
    import rlp
    from trie.hexary import HexaryTrie

    header = header_of(rpc, block)
    receipts = rpc.call("eth_getBlockReceipts", hexed(block))
    trie: Any = HexaryTrie(db={})
    for receipt in receipts or ():
        trie[rlp.encode(as_int(receipt["transactionIndex"]))] = encoded_receipt(receipt)
    mine = next((one for one in receipts or () if as_bytes(one["transactionHash"]) == transaction), None)
    places = [as_int(one["logIndex"]) for one in mine["logs"]] if mine else []
    if mine is None or log not in places or trie.root_hash != as_bytes(header["receiptsRoot"]):
        raise BadAnswer("eth_getBlockReceipts", f"the receipts of block {block} are not those that its header names")
    index = as_int(mine["transactionIndex"])
    path = (bytes(rlp.encode(node)) for node in trie.get_proof(rlp.encode(index)))
    return ReceiptProof(header, index, places.index(log), tuple(node for node in path if len(node) >= _REFERENCE))


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


def _proof(rpc: Rpc, address: bytes, slots: Sequence[bytes], block: int) -> dict[str, Any]:
    listed = [hexed(slot) for slot in slots]
    return _object(rpc.call("eth_getProof", hexed(address), listed, hexed(block)), "eth_getProof")


def _nodes(proof: Sequence[str]) -> Nodes:
    return tuple(node for node in map(as_bytes, proof) if len(node) >= _REFERENCE)


def _object(answer: object, method: str) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise BadAnswer(method, "the node has no such block")
    return answer
