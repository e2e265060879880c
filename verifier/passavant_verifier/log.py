"""Merkle proofs of RFC 6962 (SHA-256), as the ledger log uses them: this leaf is in it, this log continues that one."""

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's content; in the ledger log that is a block hash."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees' parent."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes (RFC 6962, section 2.1)."""
    if not hashes:
        return EMPTY_ROOT
    stack: list[tuple[int, bytes]] = []  # complete subtrees, largest first: size, hash
    for one in hashes:
        size, joined = 1, one
        while stack and stack[-1][0] == size:
            joined = node_hash(stack.pop()[1], joined)
            size *= 2
        stack.append((size, joined))
    root = stack.pop()[1]
    while stack:
        root = node_hash(stack.pop()[1], root)
    return root


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of `size` leaves that a leaf hash at `index` and its audit path lead to (RFC 9162, 2.1.3.2).

    None: no path of this length leads there. Whoever calls compares the root.
    """
    if not 0 <= index < size:
        return None
    place, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_included(leaf: bytes, index: int, root: bytes, size: int, path: Sequence[bytes]) -> bool:
    """True when the audit path proves the leaf hash at `index` under the root of `size` leaves."""
    return root_by_inclusion(leaf, index, size, path) == root


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """True when the path proves that the log (size, root) `new` begins with the log `old` (RFC 9162, 2.1.4.2)."""
    size, root = old
    if not 0 < size <= new[0]:
        return size == 0 and not path and root == EMPTY_ROOT
    if size == new[0]:
        return not path and root == new[1]
    steps = list(path)
    if size & (size - 1) == 0:
        steps.insert(0, root)
    if not steps:
        return False
    return _roots(size - 1, new[0] - 1, steps) == (root, new[1])


def _roots(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of both logs that a consistency proof leads to."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place & 1 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None
