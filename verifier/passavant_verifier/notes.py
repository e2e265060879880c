"""Checkpoints of the ledger log: C2SP signed notes (signed-note, tlog-checkpoint) with Ed25519.

docs/receipts.md has the form. Reading knows no key; `signers` says which of the keys given have signed.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519: Final = 1
_KEY_ID: Final = 4
_LONGEST: Final = 16_384
_MOST_SIGNATURES: Final = 64
_NUMBER: Final = "(0|[1-9][0-9]{0,15})"
_TEXT: Final = re.compile(
    rf"(passavant/[1-9][0-9]{{0,15}}/[0-9a-f]{{16}})\n{_NUMBER}\n([A-Za-z0-9+/]{{43}}=)\n"
    rf"height {_NUMBER} ([0-9a-f]{{64}}) {_NUMBER}\nfold ([0-9a-f]{{64}})\n"
)
_LINE: Final = re.compile("— ([^\\s+]{1,255}) ([A-Za-z0-9+/]{4,1024}={0,2})\n")
_VERIFIER: Final = re.compile(r"([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class NoteError(ValueError):
    """This is no checkpoint, or a signature on it is wrong."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says: the ledger log's size and root as of a height, and the fold of both storage roots there."""

    origin: str
    size: int
    root: bytes
    height: int
    block: bytes
    time: int
    fold: bytes

    @property
    def text(self) -> str:
        """The five lines that are signed."""
        root = base64.b64encode(self.root).decode()
        height = f"height {self.height} {self.block.hex()} {self.time}"
        return f"{self.origin}\n{self.size}\n{root}\n{height}\nfold {self.fold.hex()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who, the key's id (4 bytes), and what follows it."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint with the signature lines under it, of which nothing is checked yet."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """An Ed25519 key that a signer of notes is known by."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Its id in signature lines, 4 bytes."""
        return sha256(self.name.encode() + b"\n" + bytes([_ED25519]) + self.public).digest()[:_KEY_ID]

    @property
    def text(self) -> str:
        """The form in which it is pinned: ``name+id+base64``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([_ED25519]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key of its text.

        Raises:
            NoteError: it is none, or its id is another's.
        """
        parts = _VERIFIER.fullmatch(text)
        raw = _base64(parts[3]) if parts else None
        if parts is None or raw is None or len(raw) != 1 + 32 or raw[0] != _ED25519:
            raise NoteError(f"{text[:80]!r} is no Ed25519 verifier key (name+id+base64)")
        key = cls(parts[1], raw[1:])
        if key.text != text:
            raise NoteError(f"the id in {text[:80]!r} is not that of its name and key")
        return key

    def verifies(self, signature: Signature, text: str) -> bool:
        """True when the line's signature over the text is by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature.value, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def origin_of(chain_id: int, network_id: bytes) -> str:
    """The first line of the checkpoints of a network's ledger log."""
    return f"passavant/{chain_id}/{network_id[:8].hex()}"


def read_note(text: str) -> Note:
    """The note of its text.

    Raises:
        NoteError: it is not written as docs/receipts.md says.
    """
    if len(text) > _LONGEST:
        raise NoteError("the checkpoint is too long")
    body, gap, rest = text.partition("\n\n")
    said = _TEXT.fullmatch(f"{body}\n")
    lines = rest.splitlines(keepends=True)
    if said is None or not gap or not 1 <= len(lines) <= _MOST_SIGNATURES:
        raise NoteError("this is no checkpoint: five lines, an empty one, and 1 to 64 signature lines are wanted")
    root = _base64(said[3])
    if root is None:
        raise NoteError("the checkpoint's root is not written in its one form")
    checkpoint = Checkpoint(
        said[1], int(said[2]), root, int(said[4]), bytes.fromhex(said[5]), int(said[6]), bytes.fromhex(said[7])
    )
    return Note(checkpoint, tuple(map(_signature, lines)))


def signers(note: Note, keys: Iterable[VerifierKey]) -> frozenset[VerifierKey]:
    """Which of the keys have signed the note. Lines of others are left alone.

    Raises:
        NoteError: a line names one of the keys, and its signature is not that key's.
    """
    text = note.checkpoint.text
    known = {(key.name, key.key_id): key for key in keys}
    found = set()
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.verifies(line, text):
            raise NoteError(f"the signature of {key.name} on the checkpoint is wrong")
        found.add(key)
    return frozenset(found)


def count_holders(keys: Iterable[VerifierKey]) -> int:
    """How many different holders the keys are of: one name is one holder, and so is one key under several names."""
    groups: list[tuple[set[str], set[bytes]]] = []
    for key in keys:
        names, publics = {key.name}, {key.public}
        for group in [group for group in groups if key.name in group[0] or key.public in group[1]]:
            groups.remove(group)
            names, publics = names | group[0], publics | group[1]
        groups.append((names, publics))
    return len(groups)


def _signature(line: str) -> Signature:
    parts = _LINE.fullmatch(line)
    raw = _base64(parts[2]) if parts else None
    if parts is None or raw is None or len(raw) <= _KEY_ID:
        raise NoteError("a signature line of the checkpoint can't be read")
    return Signature(parts[1], raw[:_KEY_ID], raw[_KEY_ID:])


def _base64(text: str) -> bytes | None:
    """The bytes of base64 in its one form; None: it is none."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None
