"""Keys that sign checkpoints: Ed25519 keys of C2SP signed notes, in the text form of Go's `note` package.

A private key is one line, ``PRIVATE+KEY+name+id+base64(0x01 ‖ seed)``; what others pin is its verifier key,
``name+id+base64(0x01 ‖ public key)``. Such a key has no authority on the ledger: it says what somebody saw.
"""

import base64
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.chain.errors import SignerError

_ED25519: Final = b"\x01"
_SEED: Final = 32
_NAME: Final = re.compile(r"[^\s+]+")
_PREFIX: Final = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that signs notes under a name."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str) -> "NoteKey":
        """A new key.

        Raises:
            SignerError: the name is empty, or has spaces or a plus sign in it.
        """
        return cls(_checked(name), secrets.token_bytes(_SEED))

    @classmethod
    def load(cls, file: Path) -> "NoteKey":
        """The key in a file.

        Raises:
            SignerError: there is none.
        """
        try:
            line = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SignerError(str(file), "there is no key of a witness. Make one: passavant checkpoint key") from None
        name, _, rest = line.removeprefix(_PREFIX).partition("+")
        encoded = rest.partition("+")[2]
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError:
            raw = b""
        if not line.startswith(_PREFIX) or raw[:1] != _ED25519 or len(raw) != 1 + _SEED:
            raise SignerError(str(file), f"this is no key of a witness ({_PREFIX}name+id+key)")
        key = cls(_checked(name), raw[1:])
        if key.text != line:
            raise SignerError(str(file), "the key's id is not that of its name and key")
        return key

    @property
    def verifier(self) -> str:
        """What others pin."""
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(_ED25519 + self._public).decode()}"

    @property
    def text(self) -> str:
        """The private key as a line."""
        return f"{_PREFIX}{self.name}+{self._id.hex()}+{base64.b64encode(_ED25519 + self.seed).decode()}"

    def sign(self, text: str) -> str:
        """The signature line over a note's text."""
        signature = self._private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(self._id + signature).decode()}"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    @property
    def _id(self) -> bytes:
        return _id_of(self.name, self._public)


def is_by(verifier: str, text: str, line: str) -> bool:
    """Whether a signature line over a note's text is a verifier key's."""
    name, _, rest = verifier.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw, blob = base64.b64decode(encoded, validate=True), base64.b64decode(line.rpartition(" ")[2], validate=True)
        if line.split(" ")[1:2] != [name] or blob[:4].hex() != key_id or raw[:1] != _ED25519:
            return False
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def check_verifier(verifier: str) -> str:
    """A verifier key, as it was given.

    Raises:
        SignerError: it is none.
    """
    name, _, rest = verifier.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    right = len(raw) == 1 + _SEED and raw[:1] == _ED25519 and _id_of(_checked(name), raw[1:]).hex() == key_id
    if not right:
        raise SignerError(verifier, "this is no verifier key (name+id+key)")
    return verifier


def _id_of(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SignerError(repr(name), "a witness's name has neither spaces nor a plus sign, such as customs.example/1")
    return name
