"""The ledger log: an RFC 6962 Merkle tree over the blocks that hold an event, and the checkpoints that name its root.

Leaf i is the i-th block, in order, that holds at least one event of the two contracts; the founders' make leaf 0.
Leaf: ``SHA-256(0x00 ‖ block hash)``; node: ``SHA-256(0x01 ‖ left ‖ right)``; the tree of n leaves splits at the largest
power of two below n (RFC 6962, 2.1). Complete subtrees never change while the log grows, so they are kept once and
every root and proof follows from a logarithm of them.

A checkpoint is a C2SP signed note (tlog-checkpoint): `Checkpoint.text` is what is signed.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ledger.errors import PassavantError

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = sha256().digest()

Node = Callable[[int, int], bytes]
"""The hash of a complete subtree by (level, position): over the leaves from position·2^level on."""

_NUMBER: Final = "(?:0|[1-9][0-9]{0,17})"
_ORIGIN: Final = re.compile(rf"passavant/{_NUMBER}/[0-9a-f]{{16}}")
_HEIGHT: Final = re.compile(rf"height ({_NUMBER}) ([0-9a-f]{{64}}) ({_NUMBER})")
_FOLD: Final = re.compile(r"fold ([0-9a-f]{64})")
_SIGNATURE: Final = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_SHORTEST_SIGNATURE: Final = 4 + 64
_LINES: Final = 5
_LONGEST: Final = 16_384


class CheckpointError(PassavantError):
    """A text that is no checkpoint of this kind, or not one that this ledger can stand by."""


def leaf_hash(block_hash: bytes) -> bytes:
    """The leaf of a block."""
    return sha256(b"\x00" + block_hash).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def grown(size: int, leaf: bytes, node: Node) -> Iterator[tuple[int, int, bytes]]:
    """The complete subtrees (level, position, hash) that a log of `size` leaves gains with one more."""
    level, position, digest = 0, size, leaf
    yield level, position, digest
    while position & 1:
        digest = node_hash(node(level, position - 1), digest)
        level, position = level + 1, position >> 1
        yield level, position, digest


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _hash(0, size, node) if size else EMPTY_ROOT


def inclusion(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """The audit path of a leaf under the root of the first `size` leaves, from the leaf upwards; index < size."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_hash(middle, end, node))
            end = middle
        else:
            path.append(_hash(start, middle, node))
            start = middle
    return tuple(reversed(path))


def _hash(start: int, end: int, node: Node) -> bytes:
    """The subtree over leaves start to end (not with it); `start` is where such a subtree may begin."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_hash(start, middle, node), _hash(middle, end, node))


def _split(count: int) -> int:
    """The largest power of two below a number of leaves, 2 at least."""
    return 1 << (count - 1).bit_length() - 1


def origin_of(chain_id: int, network_id: bytes) -> str:
    """The first line of a network's checkpoints."""
    return f"passavant/{chain_id}/{network_id[:8].hex()}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What somebody says a network's ledger log was, at a height.

    Attributes:
        origin: which log, see `origin_of`.
        size: number of leaves.
        root: of the first `size` leaves, 32 bytes.
        height: number of the last block that its author had seen; it may be later than the last leaf.
        block_hash: that block's, 32 bytes.
        time: that block's, seconds (UTC).
        fold: keccak-256 of the three contracts' storage roots as of that height, 32 bytes.
    """

    origin: str
    size: int
    root: bytes
    height: int
    block_hash: bytes
    time: int
    fold: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        lines = [
            self.origin,
            str(self.size),
            base64.b64encode(self.root).decode(),
            f"height {self.height} {self.block_hash.hex()} {self.time}",
            f"fold {self.fold.hex()}",
        ]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint with its signature lines, not checked here: ``— name base64(key id ‖ signature)``."""

    checkpoint: Checkpoint
    signatures: tuple[str, ...]

    @property
    def text(self) -> str:
        """The note as a file's text."""
        return self.checkpoint.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    def with_signatures(self, lines: tuple[str, ...]) -> "Note":
        """Itself with further signature lines, each once."""
        return Note(self.checkpoint, tuple(dict.fromkeys((*self.signatures, *lines))))


def read_note(text: str) -> Note:
    """The checkpoint of a note's text, in exactly the form that is signed.

    Raises:
        CheckpointError: it is none: what is wrong with it.
    """
    if len(text) > _LONGEST:
        raise CheckpointError("this is no checkpoint: it is too long")
    body, gap, rest = text.partition("\n\n")
    lines = rest.splitlines()
    if not gap or not lines or not rest.endswith("\n") or not all(map(_is_signature, lines)):
        raise CheckpointError("this is no signed note: a checkpoint, an empty line, and signature lines are wanted")
    checkpoint = _read(body.split("\n"))
    if checkpoint.text != f"{body}\n":
        raise CheckpointError("this is no checkpoint of a ledger log: it is not spelled as it is signed")
    return Note(checkpoint, tuple(lines))


def _read(lines: list[str]) -> Checkpoint:
    if len(lines) != _LINES or not _ORIGIN.fullmatch(lines[0]):
        raise CheckpointError("this is no checkpoint of a ledger log: origin, size, root, height and fold are wanted")
    height, fold = _HEIGHT.fullmatch(lines[3]), _FOLD.fullmatch(lines[4])
    top = _base64(lines[2])
    counted = re.fullmatch(_NUMBER, lines[1]) and lines[1] != "0"
    if not counted or len(top) != HASH_SIZE or height is None or fold is None:
        raise CheckpointError("this is no checkpoint of a ledger log: a line of it can't be read")
    return Checkpoint(
        lines[0], int(lines[1]), top, int(height[1]), bytes.fromhex(height[2]), int(height[3]), bytes.fromhex(fold[1])
    )


def _is_signature(line: str) -> bool:
    parts = _SIGNATURE.fullmatch(line)
    # a name that is not printable could speak to the terminal of whoever looks at the note
    return parts is not None and line.isprintable() and len(_base64(parts[2])) >= _SHORTEST_SIGNATURE


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
