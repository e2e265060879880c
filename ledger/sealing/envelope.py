"""The envelope: AES-256-GCM under a key of its own for each version, bound to the record that it belongs to.

A ciphertext is ``0x01 ‖ nonce (12) ‖ AES-256-GCM(padded content) ‖ tag (16)``. Its identity is its keccak-256.
"""

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.domain.keccak import keccak256
from ledger.sealing.errors import CiphertextRefused, MalformedSeal

DOMAIN: Final = b"passavant/sealed/v1"
FORM: Final = b"\x01"
KEY_SIZE: Final = 32
SMALLEST: Final = 4_096
"""Bytes that the shortest content is padded to."""
OVERHEAD: Final = len(FORM) + 12 + 16

_NONCE: Final = 12
_LENGTH: Final = 4
_HASH: Final = 32


@dataclass(frozen=True, slots=True)
class Subject:
    """What something sealed belongs to; nobody can pass it off as anything else's.

    Attributes:
        declaration: id of the declaration, 32 bytes; zeros for what is about none that is known.
        commitment: root that the content opens, 32 bytes.
        schema: id of the content's schema, 32 bytes.
    """

    declaration: bytes
    commitment: bytes
    schema: bytes

    def __post_init__(self) -> None:
        """Fixed lengths make the parts unambiguous."""
        if {len(self.declaration), len(self.commitment), len(self.schema)} != {_HASH}:
            raise MalformedSeal("declaration, commitment and schema have 32 bytes each")

    @property
    def bound(self) -> bytes:
        """The bytes that ciphertext and wraps are bound to."""
        return self.declaration + self.commitment + self.schema


@dataclass(frozen=True)
class Sealed:
    """A ciphertext, and what it belongs to. All of it may be shown to anybody.

    Attributes:
        subject: what it belongs to.
        ciphertext: form, nonce, encrypted content and tag.
    """

    subject: Subject
    ciphertext: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """What can't be a ciphertext is refused early."""
        if not is_ciphertext(self.ciphertext):
            raise MalformedSeal("no ciphertext of this format: a first byte 1, and a padded length")

    @cached_property
    def content_hash(self) -> bytes:
        """Its identity, 32 bytes."""
        return keccak256(self.ciphertext)


def is_ciphertext(content: bytes) -> bool:
    """Whether bytes have the form and one of the lengths of a ciphertext."""
    padded = len(content) - OVERHEAD
    return content[:1] == FORM and padded >= SMALLEST and padded & (padded - 1) == 0


def seal(subject: Subject, content: bytes) -> tuple[Sealed, bytes]:
    """Encrypt content under a fresh key; the ciphertext, and the key (32 bytes), which is for wrapping only."""
    key = secrets.token_bytes(KEY_SIZE)
    return seal_with(subject, content, key, secrets.token_bytes(_NONCE)), key


def seal_with(subject: Subject, content: bytes, key: bytes, nonce: bytes) -> Sealed:
    """As `seal`, under a key and nonce that were never used before: for vectors."""
    encrypted = AESGCM(key).encrypt(nonce, pad(content), DOMAIN + subject.bound)
    return Sealed(subject, FORM + nonce + encrypted)


def unseal(sealed: Sealed, key: bytes) -> bytes:
    """The content.

    Raises:
        CiphertextRefused: another key's or another record's, or changed.
        MalformedSeal: decrypted, but not padded as it must be.
    """
    start = len(FORM) + _NONCE
    nonce, encrypted = sealed.ciphertext[len(FORM) : start], sealed.ciphertext[start:]
    try:
        return unpad(AESGCM(key).decrypt(nonce, encrypted, DOMAIN + sealed.subject.bound))
    except InvalidTag:
        raise CiphertextRefused from None


def pad(content: bytes) -> bytes:
    """Its length (4 bytes, big-endian), itself, and zeros up to the next power of two, at least 4,096 in all."""
    size = max(SMALLEST, 1 << (_LENGTH + len(content) - 1).bit_length())
    return (len(content).to_bytes(_LENGTH, "big") + content).ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """The content of its padded form.

    Raises:
        MalformedSeal: it is none.
    """
    content = padded[_LENGTH : _LENGTH + int.from_bytes(padded[:_LENGTH], "big")]
    if pad(content) != padded:
        raise MalformedSeal("the decrypted content is not padded as it must be")
    return content
