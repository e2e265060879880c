"""Merkle Patricia tries (Yellow Paper, appendix D): what a proof shows under a root, and the root of a whole map.

    pool = Pool(nodes)
    pool.lookup(root, key)        # the value, or None: proven that there is none
    secure_root({key: value})     # what a contract's storage root must be

Own code, and not the `trie` package: that one answers from a database and raises when a node is missing, while a proof
needs to know that *every* node given was needed, and that a node is in its one form; and it brings eleven packages with
it. Tests hold both against each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from passavant_verifier.keccak import keccak256
from passavant_verifier.rlp import Item, RlpError, decode_list, encode, string_of

EMPTY_ROOT: Final = keccak256(b"\x80")
"""The root of a trie without keys."""

_HASH: Final = 32
_BRANCH: Final = 17
_PAIR: Final = 2
_LEAF: Final = 2
_ODD: Final = 1


class ProofError(ValueError):
    """The nodes do not prove what is asked."""


@dataclass
class Pool:
    """The nodes of any number of proofs, each once.

    Attributes:
        nodes: as they were given.
        used: the hashes of those that some lookup went through.
    """

    nodes: Mapping[bytes, bytes]
    used: set[bytes] = field(default_factory=set)

    @classmethod
    def of(cls, nodes: Iterable[bytes]) -> "Pool":
        """A pool of encoded nodes."""
        return cls({keccak256(node): node for node in nodes})

    @property
    def unused(self) -> int:
        """How many nodes no lookup went through."""
        return len(self.nodes) - len(self.used)

    def lookup(self, root: bytes, key: bytes) -> bytes | None:
        """The value of a key under a root; None when the nodes prove that there is none.

        Raises:
            ProofError: a node is missing, or is no trie node in its one form.
        """
        if root == EMPTY_ROOT:
            return None
        node, path = self._node(root), _nibbles(key)
        while True:
            child, rest = _step(node, path)
            if rest is None:
                return _value(child)
            node, path = child if isinstance(child, list) else self._node(child), rest

    def lookup_secure(self, root: bytes, key: bytes) -> bytes | None:
        """As `lookup`, in a trie by the keys' hashes: accounts by address, storage by slot."""
        return self.lookup(root, keccak256(key))

    def _node(self, digest: bytes) -> list[Item]:
        node = self.nodes.get(digest)
        if node is None:
            raise ProofError(f"the trie node 0x{digest.hex()} is missing")
        self.used.add(digest)
        try:
            return decode_list(node)
        except RlpError as error:
            raise ProofError(f"0x{digest.hex()} is no trie node: {error}") from None


def _step(node: list[Item], path: list[int]) -> tuple[Item, list[int] | None]:
    """Where a path goes on: the child and the rest of the path; where it ends: the value (empty: none) and None."""
    if len(node) == _BRANCH:
        if not path:
            return node[16], None
        return node[path[0]], path[1:] if node[path[0]] else None
    if len(node) != _PAIR:
        raise ProofError("a trie node has neither 17 items nor 2")
    prefix, is_leaf = _unpacked(node[0])
    if is_leaf:
        return node[1] if path == prefix else b"", None
    if not prefix or not node[1]:
        raise ProofError("an extension without a path or a child")
    if path[: len(prefix)] != prefix:
        return b"", None
    return node[1], path[len(prefix) :]


def _value(item: Item) -> bytes | None:
    if not isinstance(item, bytes):
        raise ProofError("a list where a value is wanted")
    return item or None


def _nibbles(key: bytes) -> list[int]:
    return [half for byte in key for half in (byte >> 4, byte & 15)]


def _unpacked(item: Item) -> tuple[list[int], bool]:
    """The nibbles of a hex-prefix encoding, and whether they end at a leaf."""
    try:
        nibbles = _nibbles(string_of(item))
    except RlpError as error:
        raise ProofError(str(error)) from None
    if not nibbles or nibbles[0] > (_LEAF | _ODD):
        raise ProofError("a path is not in hex-prefix form")
    odd = nibbles[0] & _ODD
    if not odd and nibbles[1] != 0:
        raise ProofError("a path is not in hex-prefix form")
    return nibbles[1 if odd else 2 :], bool(nibbles[0] & _LEAF)


def _packed(nibbles: Sequence[int], *, is_leaf: bool) -> bytes:
    odd = len(nibbles) % 2
    first = (_LEAF if is_leaf else 0) | odd
    whole = [first, *nibbles] if odd else [first, 0, *nibbles]
    return bytes(high << 4 | low for high, low in zip(whole[::2], whole[1::2], strict=True))


def root_of(entries: Mapping[bytes, bytes]) -> bytes:
    """The root of the trie with exactly these keys and values; no value is empty.

    Raises:
        ValueError: a value is empty: tries hold none.
    """
    return keccak256(encode(_trie(entries, {}))) if entries else EMPTY_ROOT


def secure_root(entries: Mapping[bytes, bytes]) -> bytes:
    """As `root_of`, of a trie by the keys' hashes. Values of storage are RLP of the number in the slot."""
    return root_of({keccak256(key): value for key, value in entries.items()})


def proof_of(entries: Mapping[bytes, bytes], key: bytes) -> list[bytes]:
    """The encoded nodes, root first, that prove what the trie with these entries has under a key."""
    nodes: dict[bytes, bytes] = {}
    if not entries:
        return []
    root = encode(_trie(entries, nodes))
    nodes[keccak256(root)] = root
    pool = Pool(nodes)
    pool.lookup(keccak256(root), key)
    return [node for digest, node in reversed(nodes.items()) if digest in pool.used]


def _trie(entries: Mapping[bytes, bytes], nodes: dict[bytes, bytes]) -> Item:
    """The root node over entries; `nodes` collects the encoded nodes below it by hash."""
    if not all(entries.values()):
        raise ValueError("a trie holds no empty values")
    ordered = sorted((_nibbles(key), value) for key, value in entries.items())
    return _subtrie(ordered, 0, nodes)


def _subtrie(ordered: Sequence[tuple[list[int], bytes]], depth: int, nodes: dict[bytes, bytes]) -> Item:
    """The node over sorted (path, value) that agree in their first `depth` nibbles."""
    if len(ordered) == 1:
        path, value = ordered[0]
        return [_packed(path[depth:], is_leaf=True), value]
    shared = _shared(ordered[0][0], ordered[-1][0], depth)
    if shared > depth:
        below = _reference(_subtrie(ordered, shared, nodes), nodes)
        return [_packed(ordered[0][0][depth:shared], is_leaf=False), below]
    branch: list[Item] = [b""] * _BRANCH
    if len(ordered[0][0]) == depth:
        branch[16] = ordered[0][1]
        ordered = ordered[1:]
    for nibble, group in _groups(ordered, depth):
        branch[nibble] = _reference(_subtrie(group, depth + 1, nodes), nodes)
    return branch


def _shared(first: Sequence[int], last: Sequence[int], depth: int) -> int:
    """Up to where the first and the last of sorted paths, and so all between them, agree."""
    end = min(len(first), len(last))
    while depth < end and first[depth] == last[depth]:
        depth += 1
    return depth


def _groups(
    ordered: Sequence[tuple[list[int], bytes]], depth: int
) -> Iterator[tuple[int, Sequence[tuple[list[int], bytes]]]]:
    start = 0
    for end in range(1, len(ordered) + 1):
        if end == len(ordered) or ordered[end][0][depth] != ordered[start][0][depth]:
            yield ordered[start][0][depth], ordered[start:end]
            start = end


def _reference(node: Item, nodes: dict[bytes, bytes]) -> Item:
    """A node as its parent holds it: itself while it is shorter than a hash, else its hash."""
    encoded = encode(node)
    if len(encoded) < _HASH:
        return node
    digest = keccak256(encoded)
    nodes[digest] = encoded
    return digest
