"""Keccak-256 (Ethereum's padding, not SHA-3's): the hash of records, heads and tries."""

from sha3 import keccak_256  # safe-pysha3


def keccak256(*parts: bytes) -> bytes:
    """The 32-byte keccak-256 of the parts, joined."""
    return bytes(keccak_256(b"".join(parts)).digest())
