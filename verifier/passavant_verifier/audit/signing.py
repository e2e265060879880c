"""Ed25519 keys of auditors and witnesses: they sign checkpoints (C2SP signed notes) and reports.

A key file holds one line, ``PRIVATE+KEY+name+id+base64``, as C2SP's tools write it; only its owner may read it.
"""

import base64
import binascii
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passavant_verifier.errors import UnreadableError
from passavant_verifier.notes import Checkpoint, Note, Signature, VerifierKey

_PREFIX: Final = "PRIVATE+KEY+"
_ED25519: Final = 1
_SEED: Final = 32
_NAME: Final = re.compile(r"[^\s+]{1,255}")
_OTHERS: Final = 0o077


@dataclass(frozen=True)
class SigningKey:
    """A private key and the name under which it signs."""

    name: str
    seed: bytes

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        """A fresh key.

        Raises:
            UnreadableError: the name holds white space or a plus.
        """
        if not _NAME.fullmatch(name):
            raise UnreadableError(repr(name), "a signer's name has no white space and no plus")
        return cls(name, os.urandom(_SEED))

    @property
    def public(self) -> VerifierKey:
        """What others know it by."""
        return VerifierKey(self.name, self._key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        return self._key.sign(message)

    def note(self, checkpoint: Checkpoint) -> Note:
        """The checkpoint, signed."""
        return self.countersigned(Note(checkpoint, ()))

    def countersigned(self, note: Note) -> Note:
        """The note with this key's signature line besides those that it has."""
        mine = Signature(self.name, self.public.key_id, self.sign(note.checkpoint.text.encode()))
        others = tuple(one for one in note.signatures if (one.name, one.key_id) != (mine.name, mine.key_id))
        return Note(note.checkpoint, (*others, mine))

    def save(self, path: Path) -> None:
        """Write the key file, which must not be there yet.

        Raises:
            UnreadableError: it is, or can't be written.
        """
        line = base64.b64encode(bytes([_ED25519]) + self.seed).decode()
        text = f"{_PREFIX}{self.name}+{self.public.key_id.hex()}+{line}\n"
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
        except OSError as error:
            raise UnreadableError(str(path), f"the key can't be written: {error.strerror}") from None

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """Read a key file.

        Raises:
            UnreadableError: it is none, or others may read it.
        """
        try:
            text, mode = path.read_text(encoding="utf-8").strip(), path.stat().st_mode
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableError(str(path), f"the key can't be read: {error}") from None
        if mode & _OTHERS:
            raise UnreadableError(str(path), "others may read this key: chmod 600")
        name, _, rest = text.removeprefix(_PREFIX).partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        key = cls(name, secret[1:])
        whole = text.startswith(_PREFIX) and len(secret) == 1 + _SEED and secret[0] == _ED25519
        if not whole or key.public.key_id.hex() != key_id:
            raise UnreadableError(str(path), "no Ed25519 signing key (PRIVATE+KEY+name+id+base64)")
        return key

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def note_text(note: Note) -> str:
    """The note as its file has it."""
    lines = [f"— {one.name} {base64.b64encode(one.key_id + one.value).decode()}\n" for one in note.signatures]
    return f"{note.checkpoint.text}\n{''.join(lines)}"
