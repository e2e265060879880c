"""Relay transactions, built and signed by hand: legacy (EIP-155) and type 2 (EIP-1559). Gas price 0 is valid."""

from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from ledger.domain.keccak import keccak256

Rlp: TypeAlias = "bytes | int | list[Rlp]"

_SHORT: Final = 55
_TYPE_2: Final = b"\x02"
_BASE_V: Final = 27


class DigestSigner(Protocol):
    """Signs 32-byte digests: the relay's own key. Participants' keys sign records only (`signers.Signer`)."""

    @property
    def address(self) -> bytes:
        """20 bytes."""

    def sign_digest(self, digest: bytes) -> bytes:
        """65 bytes, r ‖ s ‖ v, low s, v 27 or 28."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction offers per unit of gas, in wei.

    Attributes:
        price: the gas price (legacy) or ``maxFeePerGas`` (type 2).
        tip: ``maxPriorityFeePerGas``; type 2 only.
        legacy: envelope of EIP-155, for engines that know no other.
    """

    price: int = 0
    tip: int = 0
    legacy: bool = False

    def raised(self, percent: int) -> "Fees":
        """At least `percent` more, rounded up: what a replacement must offer (nodes want 10 to 12.5)."""
        price, tip = (-(-fee * (100 + percent) // 100) for fee in (self.price, self.tip))
        return Fees(price, tip, self.legacy)


NO_FEES: Final = Fees()


@dataclass(frozen=True, slots=True)
class Transaction:
    """An unsigned transaction. `to` is 20 bytes, or empty to create a contract; gas in units, value in wei."""

    chain_id: int
    nonce: int
    to: bytes
    data: bytes
    gas: int
    fees: Fees = NO_FEES
    value: int = 0


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """What goes to the node (``eth_sendRawTransaction``), and its 32-byte hash."""

    raw: bytes
    hash: bytes


def sign_transaction(transaction: Transaction, signer: DigestSigner) -> SignedTransaction:
    """Sign with a local key."""
    raw = _legacy(transaction, signer) if transaction.fees.legacy else _type_2(transaction, signer)
    return SignedTransaction(raw, keccak256(raw))


def _legacy(transaction: Transaction, signer: DigestSigner) -> bytes:
    """EIP-155: the chain id is signed in place of the signature, and is part of v."""
    t = transaction
    fields: list[Rlp] = [t.nonce, t.fees.price, t.gas, t.to, t.value, t.data]
    r, s, parity = _signed(signer, rlp([*fields, t.chain_id, 0, 0]))
    return rlp([*fields, 35 + 2 * t.chain_id + parity, r, s])


def _type_2(transaction: Transaction, signer: DigestSigner) -> bytes:
    """EIP-1559, without an access list."""
    t = transaction
    fields: list[Rlp] = [t.chain_id, t.nonce, t.fees.tip, t.fees.price, t.gas, t.to, t.value, t.data, []]
    r, s, parity = _signed(signer, _TYPE_2 + rlp(fields))
    return _TYPE_2 + rlp([*fields, parity, r, s])


def _signed(signer: DigestSigner, preimage: bytes) -> tuple[int, int, int]:
    signature = signer.sign_digest(keccak256(preimage))
    r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
    return r, s, signature[64] - _BASE_V


def rlp(item: Rlp) -> bytes:
    """Recursive length prefix encoding (Ethereum yellow paper, appendix B); numbers without leading zeros."""
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _prefix(len(item), 0x80) + item  # noqa: PLR2004
    body = b"".join(rlp(part) for part in item)
    return _prefix(len(body), 0xC0) + body


def _prefix(length: int, base: int) -> bytes:
    if length <= _SHORT:
        return bytes([base + length])
    size = (length.bit_length() + 7) // 8
    return bytes([base + _SHORT + size]) + length.to_bytes(size, "big")
