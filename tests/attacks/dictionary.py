"""The dictionary attack on a commitment: try every guess of what was declared until the root is the one on the chain.

The attacker is given more than it ever has: the schema, every field but those in question, exact to the byte, and the
place of each. All that is missing are the salts, and so the seed that they are made of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import product

from sha3 import keccak_256

from ledger.domain.commitment import DOMAIN, commit, salt_of

NODE, ROOT = b"\1", b"\2"


def attack(
    root: bytes, schema: bytes, known: Mapping[str, str], guesses: Mapping[str, Sequence[str]], seed: bytes
) -> dict[str, str] | None:
    """The guess that opens a root under a seed, if one does.

    Args:
        root: 32 bytes from the chain.
        schema: 32-byte id.
        known: the other fields, by path.
        guesses: for each path in question every value to try; all combinations are tried.
        seed: 32 bytes that the salts may have been made of; zeros: as if they were not salted.
    """
    fields = {**known, **{path: values[0] for path, values in guesses.items()}}
    made = commit(schema, fields, seed)
    paths = sorted(guesses, key=lambda path: made.proof(path).index)
    leaves = {path: [_leaf(schema, path, value, seed) for value in guesses[path]] for path in paths}
    *outer, inner = paths
    level = list(made._levels[0])
    for chosen in product(*(range(len(leaves[path])) for path in outer)):
        for path, number in zip(outer, chosen, strict=True):
            level[made.proof(path).index] = leaves[path][number]
        steps = list(_audit(level, made.proof(inner).index))
        found = _climb(leaves[inner], steps, made.size, root)
        if found is not None:
            picked = {path: guesses[path][number] for path, number in zip(outer, chosen, strict=True)}
            return {**picked, inner: guesses[inner][found]}
    return None


def _climb(leaves: Iterable[bytes], steps: Sequence[tuple[bytes, bytes]], size: int, root: bytes) -> int | None:
    """Which leaf leads to the root: the loop that runs a million times."""
    hashed, head = keccak_256, ROOT + size.to_bytes(4, "big")
    for number, leaf in enumerate(leaves):
        digest = leaf
        for before, after in steps:
            digest = hashed(before + digest + after).digest()
        if hashed(head + digest).digest() == root:
            return number
    return None


def _leaf(schema: bytes, path: str, value: str, seed: bytes) -> bytes:
    parts = (DOMAIN, schema, path.encode(), salt_of(seed, path), value.encode())
    joined = b"\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return bytes(keccak_256(joined).digest())


def _audit(leaves: Sequence[bytes], index: int) -> Iterator[tuple[bytes, bytes]]:
    """What stands before and after a digest on its way from a leaf to the top."""
    level = list(leaves)
    while len(level) > 1:
        sibling = level[index ^ 1]
        yield (NODE + sibling, b"") if index & 1 else (NODE, sibling)
        level = [keccak_256(NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level), 2)]
        index >>= 1


def s10_of(prefix: str, country: str) -> list[str]:
    """Every S10 identifier (UPU) that begins so (two letters, two digits): 10^6 serials with their check digits."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    known = [int(digit) * weight for digit, weight in zip(prefix[2:], weights, strict=False)]
    found = []
    for serial in range(10**6):
        digits = f"{serial:06}"
        rest = 11 - (sum(known) + sum(int(d) * w for d, w in zip(digits, weights[2:], strict=True))) % 11
        found.append(f"{prefix}{digits}{ {10: 0, 11: 5}.get(rest, rest) }{country}")
    return found


def candidates(material: Iterable[bytes]) -> Iterator[bytes]:
    """Every seed that one could hope to find in bytes: each 32 of them as they stand, and their hash."""
    for content in material:
        for start in range(0, len(content) - 31, 32):
            yield content[start : start + 32]
        yield sha256(content).digest()
