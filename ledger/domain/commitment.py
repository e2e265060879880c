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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ledger.domain.keccak import keccak256
from ledger.errors import CommitmentError

DOMAIN: Final = b"passavant/commitment/v1"
HASH_SIZE: Final = 32
SEED_SIZE: Final = 32
SMALLEST_TREE: Final = 64
LARGEST_ITEM: Final = 999

_LARGEST_TREE: Final = 1 << 31

_LEAF, _NODE, _ROOT, _SCOPE_LEAF, _SCOPE_ROOT = (bytes([tag]) for tag in range(5))

Fields = Mapping[str, str] | Iterable[tuple[str, str]]


def schema_id(name: str) -> bytes:
    """The 32-byte id of a schema: keccak256 of its name, such as ``wco-dm/3.6/declaration``."""
    return keccak256(name.encode())


def salt_of(seed: bytes, path: str) -> bytes:
    """The 32-byte salt of the field at `path`: HMAC-SHA256 of the version's seed (RFC 2104)."""
    return hmac.digest(seed, path.encode(), "sha256")


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
    _levels: Sequence[Sequence[bytes]] = field(repr=False)

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
        index = self._index(path)
        return Proof(index, self.size, _audit_path(self._levels, index))

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
    levels = _levels(leaves)
    paths = {path: index for index, (path, _) in enumerate(pairs)}
    return Commitment(_bind(_ROOT, len(leaves), levels[-1][0]), schema, seed, paths, levels)


def verify(root: bytes, schema: bytes, path: str, value: str, salt: bytes, proof: Proof) -> bool:
    """Whether the root was made over this value at this path: the audit path leads from the leaf to the root.

    False for every malformed proof too: a size that is no power of two or below 64, an index outside, a wrong number
    or length of siblings, text that is no Unicode.
    """
    if proof.size < SMALLEST_TREE or not _well_formed(proof) or proof.size != _power_of_two(proof.size):
        return False
    try:
        leaf = _leaf(schema, path, salt, value)
    except UnicodeEncodeError:
        return False
    return hmac.compare_digest(_bind(_ROOT, proof.size, _climb(leaf, proof)), root)


@dataclass(frozen=True, slots=True)
class Scope:
    """Goods items, with quantities, that a decision is about (WCOID 006, and 144 or 130 as exact text).

    Attributes:
        root: 32 bytes; this goes into the signed decision.
        items: item number to quantity text; None is the whole item.
    """

    root: bytes
    items: Mapping[int, str | None]
    _levels: Sequence[Sequence[bytes]] = field(repr=False)

    def proof(self, item: int) -> Proof:
        """Where the item stands in the scope; raises `CommitmentError` when it doesn't."""
        if item not in self.items:
            raise CommitmentError("the scope holds no such goods item", str(item))
        index = sorted(self.items).index(item)
        return Proof(index, len(self.items), _audit_path(self._levels, index))


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
    levels = _levels(leaves + [bytes(HASH_SIZE)] * (_power_of_two(len(leaves)) - len(leaves)))
    return Scope(_bind(_SCOPE_ROOT, len(items), levels[-1][0]), dict(items), levels)


def scope_root(items: Mapping[int, str | None]) -> bytes:
    """The 32-byte root of `scope_of(items)`."""
    return scope_of(items).root


def verify_scope(root: bytes, item: int, quantity: str | None, proof: Proof) -> bool:
    """Whether the scope holds this goods item with exactly this quantity; False for a malformed proof too."""
    if not 1 <= item <= LARGEST_ITEM or not _well_formed(proof):
        return False
    try:
        leaf = _scope_leaf(item, quantity)
    except UnicodeEncodeError:
        return False
    return hmac.compare_digest(_bind(_SCOPE_ROOT, proof.size, _climb(leaf, proof)), root)


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


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()


def _padded(count: int) -> int:
    return _power_of_two(max(SMALLEST_TREE, count))


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([keccak256(_NODE + below[i] + below[i + 1]) for i in range(0, len(below), 2)])
    return levels


def _audit_path(levels: Sequence[Sequence[bytes]], index: int) -> tuple[bytes, ...]:
    return tuple(level[(index >> height) ^ 1] for height, level in enumerate(levels[:-1]))


def _well_formed(proof: Proof) -> bool:
    """The index lies among the leaves, and the siblings are as many as the tree is high."""
    return (
        0 <= proof.index < proof.size <= _LARGEST_TREE
        and len(proof.siblings) == (proof.size - 1).bit_length()
        and all(len(sibling) == HASH_SIZE for sibling in proof.siblings)
    )


def _climb(leaf: bytes, proof: Proof) -> bytes:
    digest = leaf
    for height, sibling in enumerate(proof.siblings):
        right = proof.index >> height & 1
        pair = sibling + digest if right else digest + sibling
        digest = keccak256(_NODE + pair)
    return digest
