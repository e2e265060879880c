"""Which key signed a record."""

from ledger.domain.keccak import keccak256
from ledger.domain.wire import Digest

SIGNATURE: int = 65
_LOW_V = 27


def signer_of(digest: Digest, signature: bytes) -> bytes | None:
    """The 20-byte address of the key that signed a digest, or None for a signature of nobody."""
    from coincurve import PublicKey

    if len(signature) != SIGNATURE:
        return None
    compact = signature[:-1] + bytes([(signature[-1] - _LOW_V) & 0xFF])
    try:
        key = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except Exception:  # noqa: BLE001 - coincurve raises nothing narrower
        return None
    return keccak256(key.format(compressed=False)[1:])[12:]
