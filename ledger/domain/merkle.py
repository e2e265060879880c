"""Binary Merkle trees over 2ⁿ leaves, and index-bound proofs of one leaf or of several.

Node: ``keccak256(0x01 ‖ left ‖ right)``. The index decides which side a sibling stands on (RFC 6962); pairs are never
sorted, because a sorted pair doesn't bind the position. What a leaf is and how a root binds the number of leaves is
the business of `ledger.domain.commitment`; `docs/commitments.md` says the same for other languages.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ledger.domain.keccak import keccak256

HASH_SIZE: Final = 32
LARGEST_TREE: Final = 1 << 31

_NODE: Final = b"\x01"

Levels = Sequence[Sequence[bytes]]
"""All nodes of a tree: the leaves first, the top last."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a leaf stands under a root; to open a field, its salt is needed as well.

    Attributes:
        index: position of the leaf in the padded tree, from 0.
        size: number of leaves that the root binds: the padded size of a commitment, the items of a scope.
        siblings: the audit path, 32 bytes each, from the leaf upwards.
    """

    index: int
    size: int
    siblings: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class MultiProof:
    """Where several leaves stand under one root.

    There is one such proof for a set of leaves and it holds no more than is needed: a node that follows from the
    opened leaves is not in it. For one leaf it is that leaf's `Proof`.

    Attributes:
        indices: positions of the leaves, strictly ascending, at least one.
        size: number of leaves that the root binds, as in `Proof`.
        siblings: 32 bytes each, level by level from the leaves upwards, from left to right inside a level.
    """

    indices: tuple[int, ...]
    size: int
    siblings: tuple[bytes, ...]


def power_of_two(count: int) -> int:
    """The smallest power of two that holds `count` leaves."""
    return 1 << (count - 1).bit_length()


def levels_of(leaves: list[bytes]) -> list[list[bytes]]:
    """The tree over 2ⁿ leaves."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([keccak256(_NODE + below[i] + below[i + 1]) for i in range(0, len(below), 2)])
    return levels


def prove(levels: Levels, index: int, size: int) -> Proof:
    """The proof of one leaf; `size` is what the root binds."""
    siblings = tuple(level[(index >> height) ^ 1] for height, level in enumerate(levels[:-1]))
    return Proof(index, size, siblings)


def prove_all(levels: Levels, indices: Collection[int], size: int) -> MultiProof:
    """The proof of several leaves, at least one; `size` is what the root binds."""
    opened = tuple(sorted(set(indices)))
    known: Sequence[int] = opened
    siblings: list[bytes] = []
    for level in levels[:-1]:
        siblings += [level[index] for index in _missing(known)]
        known = _parents(known)
    return MultiProof(opened, size, tuple(siblings))


def climb_all(leaves: Sequence[bytes], proof: MultiProof) -> bytes | None:
    """The top that a proof leads to from its leaves, in the order of their indices; None when it is malformed.

    Malformed: no leaf, an index outside or out of order, a sibling too few, too many or of another length, a size
    outside 1..2³¹.
    """
    if not _well_formed(proof, len(leaves)):
        return None
    siblings = iter(proof.siblings)
    known = dict(zip(proof.indices, leaves, strict=True))
    for _ in range((proof.size - 1).bit_length()):
        known.update(zip(_missing(tuple(known)), siblings, strict=False))
        known = {index: _node(known, index) for index in _parents(tuple(known))}
    return known[0]


def _well_formed(proof: MultiProof, leaves: int) -> bool:
    return (
        1 <= proof.size <= LARGEST_TREE
        and len(proof.indices) == leaves > 0
        and proof.indices[0] >= 0
        and proof.indices[-1] < proof.size
        and all(one < other for one, other in pairwise(proof.indices))
        and len(proof.siblings) == _needed(proof)
        and all(len(sibling) == HASH_SIZE for sibling in proof.siblings)
    )


def _needed(proof: MultiProof) -> int:
    """How many siblings the proof of these leaves has."""
    known, needed = proof.indices, 0
    for _ in range((proof.size - 1).bit_length()):
        needed += len(list(_missing(known)))
        known = _parents(known)
    return needed


def _missing(known: Sequence[int]) -> Iterator[int]:
    """The siblings that are not known themselves, from left to right."""
    held = set(known)
    return (index ^ 1 for index in known if index ^ 1 not in held)


def _parents(known: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(index >> 1 for index in known))


def _node(below: Mapping[int, bytes], index: int) -> bytes:
    return keccak256(_NODE + below[2 * index] + below[2 * index + 1])
