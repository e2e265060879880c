"""Wraps: the content key of a ciphertext, encrypted to one reader's published key by HPKE (RFC 9180, base mode).

HPKE's `info` names the reader, the key's version and all that the ciphertext is: a wrap opens nothing else.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke

from ledger.sealing.envelope import KEY_SIZE, Sealed
from ledger.sealing.errors import KeyUnusable, MalformedSeal, WrapRefused
from ledger.sealing.keys import DecryptionKey, EncryptionKey, Suite

DOMAIN: Final = b"passavant/wrap/v1"
_SUITES: Final = {
    Suite.X25519: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    Suite.HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}
_ENCAPSULATED: Final = {Suite.X25519: 32, Suite.HYBRID: 1_120}
_TAG: Final = 16
_ORGANISATIONS: Final = 1 << 32
SIZES: Final = {suite: size + KEY_SIZE + _TAG for suite, size in _ENCAPSULATED.items()}
"""Bytes of a wrap: the encapsulated key, the encrypted content key, the tag."""


@dataclass(frozen=True, slots=True)
class Wrap:
    """A content key for one reader.

    Attributes:
        recipient: the reading organisation.
        key_version: which of its encryption keys opens it.
        suite: of that key.
        wrapped: HPKE's encapsulated key (32 or 1,120 bytes) and ciphertext (48 bytes).
    """

    recipient: int
    key_version: int
    suite: Suite
    wrapped: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """What can't be a wrap is refused early."""
        numbers = 0 < self.recipient < _ORGANISATIONS and 0 < self.key_version < _ORGANISATIONS
        if not numbers or len(self.wrapped) != SIZES[self.suite]:
            raise MalformedSeal(f"no wrapped key of suite {int(self.suite)}: it has {SIZES[self.suite]} bytes")


def wrap_for(reader: EncryptionKey, sealed: Sealed, key: bytes) -> Wrap:
    """Wrap a ciphertext's content key for a reader.

    Raises:
        KeyUnusable: the reader's published key is none.
    """
    info = _info(reader.organisation, reader.version, reader.suite, sealed)
    try:
        wrapped = _SUITES[reader.suite].encrypt(key, _public(reader), info=info)
    except ValueError:  # a point of small order
        raise KeyUnusable(reader.organisation, reader.version) from None
    return Wrap(reader.organisation, reader.version, reader.suite, wrapped)


def unwrap(wrap: Wrap, sealed: Sealed, reader: DecryptionKey) -> bytes:
    """The content key, 32 bytes.

    Raises:
        WrapRefused: it is another reader's, record's or ciphertext's, or was changed.
    """
    if wrap.suite is not reader.suite:
        raise WrapRefused
    info = _info(wrap.recipient, wrap.key_version, wrap.suite, sealed)
    try:
        key = _SUITES[wrap.suite].decrypt(wrap.wrapped, reader.handle(), info=info)
    except (InvalidTag, ValueError):
        raise WrapRefused from None
    return key  # of its size: a wrap has a fixed one


def _info(organisation: int, version: int, suite: Suite, sealed: Sealed) -> bytes:
    numbers = organisation.to_bytes(4, "big") + version.to_bytes(4, "big") + bytes([suite])
    return DOMAIN + numbers + sealed.subject.bound + sealed.content_hash


@lru_cache(maxsize=1_000)
def _public(reader: EncryptionKey) -> Any:
    return reader.handle()
