"""Salted commitments: one Merkle root per version on the chain, every field disclosable on its own.

>>> seed = bytes(32)  # in earnest: secrets.token_bytes(32), fresh for each version
>>> schema = schema_id("wco-dm/3.6/declaration")
>>> made = commit(schema, {"Declaration/ID[1]": "26GB00000000000000"}, seed)
>>> path = "Declaration/ID[1]"
>>> verify(made.root, schema, path, "26GB00000000000000", made.salt(path), made.proof(path))
True

Every part is length-prefixed, because plain concatenation lets one hash open as two different fields; values are
exact UTF-8 bytes, never normalised. The number of fields is hidden: leaves are padded to a power of two of at least
64, and the padded size is bound into the root. Proofs are bound to an index, as in RFC 6962. Erasing the seed erases
all salts, while disclosing one field reveals one salt. `docs/commitments.md` says the same for other languages.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ledger.domain.keccak import keccak256
from ledger.domain.merkle import (
    HASH_SIZE,
    Levels,
    MultiProof,
    Proof,
    climb_all,
    levels_of,
    power_of_two,
    prove,
    prove_all,
)
from ledger.errors import CommitmentError

DOMAIN: Final = b"passavant/commitment/v1"
SEED_SIZE: Final = 32
SMALLEST_TREE: Final = 64
LARGEST_ITEM: Final = 999

_LEAF, _ROOT, _SCOPE_LEAF, _SCOPE_ROOT = (bytes([tag]) for tag in (0, 2, 3, 4))  # 1 is a node

Fields = Mapping[str, str] | Iterable[tuple[str, str]]


def schema_id(name: str) -> bytes:
    """The 32-byte id of a schema: keccak256 of its name, such as ``wco-dm/3.6/declaration``."""
    return keccak256(name.encode())


def salt_of(seed: bytes, path: str) -> bytes:
    """The 32-byte salt of the field at `path`: HMAC-SHA256 of the version's seed (RFC 2104)."""
    return hmac.digest(seed, path.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Commitment:
    """A root and what is needed to open it, field by field; the root alone is public.

    Attributes:
        root: 32 bytes; this goes into the signed record.
        schema: 32-byte id of the schema that gives the paths their meaning.
        seed: 256 random bits, this version's secret; whoever has it can derive every salt.
    """

    root: bytes
    schema: bytes
    seed: bytes = field(repr=False)
    _paths: Mapping[str, int] = field(repr=False)
    _levels: Levels = field(repr=False)

    @property
    def size(self) -> int:
        """Number of leaves of the padded tree."""
        return len(self._levels[0])

    def salt(self, path: str) -> bytes:
        """The salt of the field at `path`, 32 bytes; raises `CommitmentError` when there is no such field."""
        self._index(path)
        return salt_of(self.seed, path)

    def proof(self, path: str) -> Proof:
        """Where the field at `path` stands; raises `CommitmentError` when there is no such field."""
        return prove(self._levels, self._index(path), self.size)

    def multiproof(self, paths: Collection[str]) -> MultiProof:
        """Where the fields at several paths stand, in the order of their paths as bytes.

        Raises:
            CommitmentError: no path, or one that there is no field at.
        """
        if not paths:
            raise CommitmentError("a disclosure opens one field at least")
        return prove_all(self._levels, [self._index(path) for path in paths], self.size)

    def _index(self, path: str) -> int:
        index = self._paths.get(path)
        if index is None:
            raise CommitmentError("the commitment holds no field with this path", path)
        return index


def commit(schema: bytes, fields: Fields, seed: bytes) -> Commitment:
    """Commit to fields of a version.

    Args:
        schema: 32-byte id, see `schema_id`.
        fields: (path, value) pairs in any order; paths unique, not empty, not starting with NUL.
        seed: 32 random bytes, fresh for each version.

    Raises:
        CommitmentError: a path is empty, starts with NUL or comes twice, a text is no Unicode, or schema or seed
            have a wrong length.
    """
    if len(schema) != HASH_SIZE or len(seed) != SEED_SIZE:
        raise CommitmentError("schema and seed must be 32 bytes each")
    pairs = _sorted(fields)
    leaves = [_leaf(schema, path, salt_of(seed, path), value) for path, value in pairs]
    leaves += [_padding(seed, index) for index in range(len(leaves), _padded(len(leaves)))]
    levels = levels_of(leaves)
    paths = {path: index for index, (path, _) in enumerate(pairs)}
    return Commitment(_bind(_ROOT, len(leaves), levels[-1][0]), schema, seed, paths, levels)


def verify(root: bytes, schema: bytes, path: str, value: str, salt: bytes, proof: Proof) -> bool:
    """Whether the root was made over this value at this path: the audit path leads from the leaf to the root.

    False for every malformed proof too: a size that is no power of two or below 64, an index outside, a wrong number
    or length of siblings, text that is no Unicode.
    """
    several = MultiProof((proof.index,), proof.size, proof.siblings)
    return verify_all(root, schema, [Opened(path, value, salt)], several)


@dataclass(frozen=True, slots=True)
class Opened:
    """A field that somebody discloses: where, what, and its salt (32 bytes)."""

    path: str
    value: str = field(repr=False)
    salt: bytes = field(repr=False)


def verify_all(root: bytes, schema: bytes, fields: Sequence[Opened], proof: MultiProof) -> bool:
    """Whether the root was made over all of these values at these paths.

    Fields stand in the order of their paths as bytes, each path once, as their leaves do. False for every malformed
    proof too, see `verify`.
    """
    if proof.size < SMALLEST_TREE or proof.size != power_of_two(proof.size):
        return False
    try:
        ordered = all(one.path.encode() < other.path.encode() for one, other in pairwise(fields))
        leaves = [_leaf(schema, one.path, one.salt, one.value) for one in fields]
    except UnicodeEncodeError:
        return False
    return ordered and _leads_to(root, _ROOT, proof.size, climb_all(leaves, proof))


@dataclass(frozen=True, slots=True)
class Scope:
    """Goods items, with quantities, that a decision is about (WCOID 006, and 144 or 130 as exact text).

    Attributes:
        root: 32 bytes; this goes into the signed decision.
        items: item number to quantity text; None is the whole item.
    """

    root: bytes
    items: Mapping[int, str | None]
    _levels: Levels = field(repr=False)

    def proof(self, item: int) -> Proof:
        """Where the item stands in the scope; raises `CommitmentError` when it doesn't."""
        return prove(self._levels, self._index(item), len(self.items))

    def multiproof(self, items: Collection[int]) -> MultiProof:
        """Where several items stand in the scope, in their order; raises `CommitmentError` when one doesn't."""
        if not items:
            raise CommitmentError("a disclosure opens one goods item at least")
        return prove_all(self._levels, [self._index(item) for item in items], len(self.items))

    def _index(self, item: int) -> int:
        if item not in self.items:
            raise CommitmentError("the scope holds no such goods item", str(item))
        return sorted(self.items).index(item)


def scope_of(items: Mapping[int, str | None]) -> Scope:
    """The scope of a decision over goods items: a Merkle root over (item, quantity), items in ascending order.

    Nothing of it is secret to who knows the declaration, so leaves are neither salted nor padded with noise; the
    tree is filled up with zero leaves, and the number of items is bound into the root.

    Raises:
        CommitmentError: no item, or one outside 1..999.
    """
    if not items or min(items) < 1 or max(items) > LARGEST_ITEM:
        raise CommitmentError(f"a scope holds goods items with numbers from 1 to {LARGEST_ITEM}")
    try:
        leaves = [_scope_leaf(item, items[item]) for item in sorted(items)]
    except UnicodeEncodeError:
        raise CommitmentError("a quantity holds a half of a surrogate pair") from None
    levels = levels_of(leaves + [bytes(HASH_SIZE)] * (power_of_two(len(leaves)) - len(leaves)))
    return Scope(_bind(_SCOPE_ROOT, len(items), levels[-1][0]), dict(items), levels)


def scope_root(items: Mapping[int, str | None]) -> bytes:
    """The 32-byte root of `scope_of(items)`."""
    return scope_of(items).root


def verify_scope(root: bytes, item: int, quantity: str | None, proof: Proof) -> bool:
    """Whether the scope holds this goods item with exactly this quantity; False for a malformed proof too."""
    several = MultiProof((proof.index,), proof.size, proof.siblings)
    return verify_scope_all(root, [(item, quantity)], several)


def verify_scope_all(root: bytes, items: Sequence[tuple[int, str | None]], proof: MultiProof) -> bool:
    """Whether the scope holds all of these goods items with exactly these quantities; items ascend, each once."""
    ascending = all(one < other for (one, _), (other, _) in pairwise(items))
    if not ascending or not all(1 <= item <= LARGEST_ITEM for item, _ in items):
        return False
    try:
        leaves = [_scope_leaf(item, quantity) for item, quantity in items]
    except UnicodeEncodeError:
        return False
    return _leads_to(root, _SCOPE_ROOT, proof.size, climb_all(leaves, proof))


def _sorted(fields: Fields) -> list[tuple[str, str]]:
    pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
    for path, value in pairs:
        # a path with a leading NUL would share its HMAC input with a padding leaf
        if not path or path[0] == "\0":
            raise CommitmentError("a path is neither empty nor starts with NUL", path)
        try:
            (path + value).encode()
        except UnicodeEncodeError:
            raise CommitmentError("a text holds a half of a surrogate pair", ascii(path)) from None
    pairs.sort(key=lambda pair: pair[0].encode())
    for (path, _), (following, _) in pairwise(pairs):
        if path == following:
            raise CommitmentError("a path may come only once", path)
    return pairs


def _u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def _part(content: bytes) -> bytes:
    return _u32(len(content)) + content


def _leaf(schema: bytes, path: str, salt: bytes, value: str) -> bytes:
    parts = (DOMAIN, schema, path.encode(), salt, value.encode())
    return keccak256(_LEAF + b"".join(map(_part, parts)))


def _scope_leaf(item: int, quantity: str | None) -> bytes:
    # no quantity has no part at all: an empty quantity is a different thing
    amount = b"" if quantity is None else _part(quantity.encode())
    return keccak256(_SCOPE_LEAF + _part(DOMAIN) + _u32(item) + amount)


def _padding(seed: bytes, index: int) -> bytes:
    return hmac.digest(seed, b"\0" + _u32(index), "sha256")


def _bind(tag: bytes, count: int, top: bytes) -> bytes:
    return keccak256(tag + _u32(count) + top)


def _leads_to(root: bytes, tag: bytes, count: int, top: bytes | None) -> bool:
    return top is not None and hmac.compare_digest(_bind(tag, count, top), root)


def _padded(count: int) -> int:
    return power_of_two(max(SMALLEST_TREE, count))
