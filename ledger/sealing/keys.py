"""Encryption keys: the public ones that organisations publish, and the private ones that their clients hold.

A key has raw parts and no serialisation of its own: 32 bytes of X25519 and, in suite 2, the ML-KEM-768 key (1,184 bytes
public, a seed of 64 bytes private). They are never the signing keys.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Any, Final

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from ledger.sealing.errors import KeyUnusable, MalformedSeal

X25519_SIZE: Final = 32
MLKEM_SIZE: Final = 1_184
MLKEM_SEED_SIZE: Final = 64


@unique
class Suite(IntEnum):
    """HPKE suites (RFC 9180), each with HKDF-SHA256 and AES-256-GCM; the numbers are those of `EncryptionKey`."""

    X25519 = 1
    """DHKEM(X25519)."""
    HYBRID = 2
    """X25519 with ML-KEM-768, as KEM 0x647a: whoever records it today can't open it with a quantum computer later."""


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A published key that one can encrypt to.

    Attributes:
        organisation: whose it is.
        version: its number among that organisation's keys, from 1.
        suite: what it is for.
        x25519: 32 bytes.
        mlkem: 1,184 bytes in suite 2, else none.
    """

    organisation: int
    version: int
    suite: Suite
    x25519: bytes
    mlkem: bytes = b""

    def handle(self) -> Any:
        """The key as the cipher takes it.

        Raises:
            KeyUnusable: its bytes are no key.
        """
        try:
            x25519 = X25519PublicKey.from_public_bytes(self.x25519)
            if self.suite is Suite.X25519:
                return x25519
            return hpke.MLKEM768X25519PublicKey(MLKEM768PublicKey.from_public_bytes(self.mlkem), x25519)
        except ValueError:
            raise KeyUnusable(self.organisation, self.version) from None


@dataclass(frozen=True, slots=True)
class DecryptionKey:
    """A private key, as its owner keeps it. `x25519`: 32 bytes; `mlkem`: the seed of 64 bytes in suite 2, else none."""

    organisation: int
    version: int
    suite: Suite
    x25519: bytes = field(repr=False)
    mlkem: bytes = field(default=b"", repr=False)

    @classmethod
    def generate(cls, organisation: int, version: int, suite: Suite = Suite.HYBRID) -> "DecryptionKey":
        """A fresh key."""
        mlkem = MLKEM768PrivateKey.generate().private_bytes_raw() if suite is Suite.HYBRID else b""
        return cls(organisation, version, suite, X25519PrivateKey.generate().private_bytes_raw(), mlkem)

    @property
    def public(self) -> EncryptionKey:
        """The key to publish."""
        x25519 = X25519PrivateKey.from_private_bytes(self.x25519).public_key().public_bytes_raw()
        mlkem = b""
        if self.suite is Suite.HYBRID:
            mlkem = MLKEM768PrivateKey.from_seed_bytes(self.mlkem).public_key().public_bytes_raw()
        return EncryptionKey(self.organisation, self.version, self.suite, x25519, mlkem)

    def handle(self) -> Any:
        """The key as the cipher takes it."""
        x25519 = X25519PrivateKey.from_private_bytes(self.x25519)
        if self.suite is Suite.X25519:
            return x25519
        return hpke.MLKEM768X25519PrivateKey(MLKEM768PrivateKey.from_seed_bytes(self.mlkem), x25519)


def keys_to_json(keys: Iterable[DecryptionKey]) -> str:
    """One organisation's private keys as the text of a key file; keep it where only their owner reads."""
    listed = list(keys)
    shown = [
        {"version": key.version, "suite": int(key.suite), "x25519": key.x25519.hex(), "mlkem": key.mlkem.hex()}
        for key in listed
    ]
    return json.dumps({"organisation": listed[0].organisation, "keys": shown}, indent=2) + "\n"


def keys_from_json(text: str) -> list[DecryptionKey]:
    """The private keys of a key file, newest first.

    Raises:
        MalformedSeal: it is no key file.
    """
    try:
        values = json.loads(text)
        keys = [_key(int(values["organisation"]), one) for one in values["keys"]]
    except (ValueError, KeyError, TypeError):
        raise MalformedSeal("this is no file of encryption keys: it takes organisation and keys") from None
    return sorted(keys, key=lambda key: -key.version)


def _key(organisation: int, values: dict[str, Any]) -> DecryptionKey:
    suite = Suite(values["suite"])
    x25519, mlkem = bytes.fromhex(values["x25519"]), bytes.fromhex(values["mlkem"])
    if len(x25519) != X25519_SIZE or len(mlkem) != (MLKEM_SEED_SIZE if suite is Suite.HYBRID else 0):
        raise ValueError
    return DecryptionKey(organisation, int(values["version"]), suite, x25519, mlkem)
