"""Salted commitments: whether disclosed fields are those that a root was made over (docs/commitments.md).

    root = root_of_fields(schema, [Field(3, "Declaration/ID[1]", "26GB00000000000000", salt)], size=64, siblings=path)
    root == commitment_in_the_signed_record

Written anew from the document, and from the top of the tree downwards where the ledger's own code climbs: both agree
on ``tests/vectors/commitments.json``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from passavant_verifier.keccak import keccak256

DOMAIN: Final = b"passavant/commitment/v1"
HASH: Final = 32
SMALLEST_TREE: Final = 64
LARGEST_TREE: Final = 1 << 31
LARGEST_ITEM: Final = 999


class CommitmentError(ValueError):
    """Fields or items with a proof that leads to no root: why."""


@dataclass(frozen=True, slots=True)
class Field:
    """A disclosed field: the position of its leaf from 0, its path, its value, and its salt."""

    index: int
    path: str
    value: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class Item:
    """A disclosed goods item of a scope: the position of its leaf from 0, its number, and its quantity (None: all)."""

    index: int
    number: int
    quantity: str | None


def schema_id(name: str) -> bytes:
    """The 32-byte id of a schema's name."""
    return keccak256(name.encode())


def root_of_fields(schema: bytes, fields: Sequence[Field], size: int, siblings: Sequence[bytes]) -> bytes:
    """The root, 32 bytes, under which all of these fields stand.

    Raises:
        CommitmentError: the proof is malformed, or the fields are not in the order of their paths, each once.
    """
    if size < SMALLEST_TREE or size & (size - 1):
        raise CommitmentError(f"a tree of {size} leaves: it has a power of two, {SMALLEST_TREE} at least")
    try:
        if any(one.path.encode() >= other.path.encode() for one, other in pairwise(fields)):
            raise CommitmentError("the fields are not in the order of their paths, each once")
        leaves = [(field.index, _leaf(schema, field)) for field in fields]
    except UnicodeEncodeError:
        raise CommitmentError("a path or value is no text") from None
    return _bound(2, size, _top(leaves, size, siblings))


def root_of_items(items: Sequence[Item], size: int, siblings: Sequence[bytes]) -> bytes:
    """The root of the scope, 32 bytes, in which all of these goods items stand with exactly these quantities.

    Raises:
        CommitmentError: the proof is malformed, or the items are not in the order of their numbers, each once.
    """
    if any(not 1 <= item.number <= LARGEST_ITEM for item in items):
        raise CommitmentError(f"a goods item has a number from 1 to {LARGEST_ITEM}")
    if any(one.number >= other.number for one, other in pairwise(items)):
        raise CommitmentError("the items are not in the order of their numbers, each once")
    try:
        leaves = [(item.index, _scope_leaf(item)) for item in items]
    except UnicodeEncodeError:
        raise CommitmentError("a quantity is no text") from None
    return _bound(4, size, _top(leaves, size, siblings))


def _top(leaves: Sequence[tuple[int, bytes]], size: int, siblings: Sequence[bytes]) -> bytes:
    """The top of the tree in which the leaves stand at their positions, and the siblings where there is no leaf."""
    positions = [index for index, _ in leaves]
    if not leaves or not 1 <= size <= LARGEST_TREE:
        raise CommitmentError("nothing is disclosed, or under a tree that there can't be")
    if any(one >= other for one, other in pairwise(positions)) or positions[0] < 0 or positions[-1] >= size:
        raise CommitmentError("positions of leaves ascend inside the tree, each once")
    if any(len(sibling) != HASH for sibling in siblings):
        raise CommitmentError(f"a sibling has {HASH} bytes")
    height = (size - 1).bit_length()
    places = list(_places(positions, height))
    if len(places) != len(siblings):
        raise CommitmentError(f"{len(siblings)} siblings where the leaves need {len(places)}")
    given = dict(zip(places, siblings, strict=True)) | {(0, index): leaf for index, leaf in leaves}
    return _node(given, height, 0)


def _places(positions: Sequence[int], height: int) -> Iterator[tuple[int, int]]:
    """(level, position) of the siblings, in their order: where the neighbour has a leaf under it and they have none."""
    for level in range(height):
        held = {position >> level for position in positions}
        yield from ((level, place ^ 1) for place in sorted(held) if place ^ 1 not in held)


def _node(given: dict[tuple[int, int], bytes], level: int, place: int) -> bytes:
    known = given.get((level, place))
    if known is not None:
        return known
    return keccak256(b"\x01", _node(given, level - 1, 2 * place), _node(given, level - 1, 2 * place + 1))


def _leaf(schema: bytes, field: Field) -> bytes:
    parts = (DOMAIN, schema, field.path.encode(), field.salt, field.value.encode())
    return keccak256(b"\x00", *map(_part, parts))


def _scope_leaf(item: Item) -> bytes:
    quantity = b"" if item.quantity is None else _part(item.quantity.encode())
    return keccak256(b"\x03", _part(DOMAIN), _u32(item.number), quantity)


def _bound(tag: int, count: int, top: bytes) -> bytes:
    return keccak256(bytes([tag]), _u32(count), top)


def _part(content: bytes) -> bytes:
    return _u32(len(content)) + content


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")
