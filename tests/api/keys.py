"""A key that signs at home."""

from coincurve import PrivateKey

from ledger.domain.keccak import keccak256


class Signer:
    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        self.address = keccak256(self._key.public_key.format(compressed=False)[1:])[12:]

    def sign(self, digest: bytes) -> str:
        signature = self._key.sign_recoverable(digest, hasher=None)
        return f"0x{signature[:64].hex()}{27 + signature[64]:02x}"
