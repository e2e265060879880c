"""Besu's QBFT: the validators' commit seals in a header's extraData.

extraData is RLP [vanity (32 bytes), validators, vote, round, seals]. What a validator seals is the header's hash with
the list of seals emptied and the round kept; the hash by which other blocks refer to it has the round 0 as well. A seal
is 65 bytes, r ‖ s ‖ recovery id (0 or 1).

Built from the published rules (Besu's documentation and source); **no header of a live Besu network was seen yet**.
Who the validators are comes from the trust file alone: a header's own list must equal it and proves nothing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from passavant_verifier.headers import Header
from passavant_verifier.records import signer_of
from passavant_verifier.rlp import Item, RlpError, decode_list, encode, number_of, string_of

_VANITY: Final = 32
_ADDRESS: Final = 20
_ITEMS: Final = 5
_SEAL: Final = 65
_RECOVERY: Final = (0, 1)


class SealError(ValueError):
    """The seals do not vouch for the header."""


@dataclass(frozen=True, slots=True)
class ValidatorSets:
    """Who may seal: the genesis block's validators, and each later set with the first block that it seals."""

    genesis: frozenset[bytes]
    transitions: tuple[tuple[int, frozenset[bytes]], ...] = ()

    def at(self, number: int) -> frozenset[bytes]:
        """The validators of a block."""
        place = bisect_right([block for block, _ in self.transitions], number)
        return self.transitions[place - 1][1] if place else self.genesis


@dataclass(frozen=True, slots=True)
class ExtraData:
    """A QBFT header's extraData, read. `vote` stays as it is."""

    vanity: bytes
    validators: tuple[bytes, ...]
    vote: Item
    round: int
    seals: tuple[bytes, ...]

    @classmethod
    def read(cls, data: bytes) -> "ExtraData":
        """Read extraData.

        Raises:
            SealError: it is not of this form.
        """
        try:
            items = decode_list(data)
            if len(items) != _ITEMS:
                raise SealError(f"extraData has {len(items)} items, not {_ITEMS}")
            return cls(string_of(items[0]), _strings(items[1]), items[2], number_of(items[3]), _strings(items[4]))
        except RlpError as error:
            raise SealError(f"extraData can't be read: {error}") from None

    def __post_init__(self) -> None:
        """Check sizes.

        Raises:
            SealError: a part has not its size.
        """
        if len(self.vanity) != _VANITY or any(len(one) != _ADDRESS for one in self.validators):
            raise SealError("extraData's vanity or a validator has the wrong size")
        if any(len(seal) != _SEAL or seal[64] not in _RECOVERY for seal in self.seals):
            raise SealError("a seal is not 65 bytes r, s, recovery id")

    def encode(self, *, round_: int, seals: Sequence[bytes] = ()) -> bytes:
        """Itself as RLP, with this round and these seals."""
        number = round_.to_bytes((round_.bit_length() + 7) // 8, "big")
        return encode([self.vanity, list(self.validators), self.vote, number, list(seals)])


def seal_hash(header: Header) -> bytes:
    """What the header's validators sealed, 32 bytes.

    Raises:
        SealError: extraData is not QBFT's.
    """
    extra = ExtraData.read(header.data("extraData"))
    return header.with_extra(extra.encode(round_=extra.round)).hash


def block_hash(header: Header) -> bytes:
    """The hash by which other blocks refer to the header, 32 bytes.

    Raises:
        SealError: extraData is not QBFT's.
    """
    extra = ExtraData.read(header.data("extraData"))
    return header.with_extra(extra.encode(round_=0)).hash


def quorum(validators: int) -> int:
    """How many of so many validators must have sealed: two thirds, rounded up."""
    return -(-2 * validators // 3)


def check_seals(header: Header, sets: ValidatorSets) -> frozenset[bytes]:
    """The validators that sealed the header.

    Raises:
        SealError: its validators are not those of its number; a seal is another's, or one sealed twice; too few sealed.
    """
    extra = ExtraData.read(header.data("extraData"))
    expected = sets.at(header.number)
    if len(extra.validators) != len(set(extra.validators)) or set(extra.validators) != expected:
        raise SealError(f"block {header.number} names other validators than the trust file")
    digest = seal_hash(header)
    sealed = [signer_of(digest, seal[:64] + bytes([seal[64] + 27])) for seal in extra.seals]
    if any(signer not in expected for signer in sealed):
        raise SealError(f"block {header.number} has a seal of somebody who is no validator")
    signers = frozenset(signer for signer in sealed if signer)
    if len(signers) != len(sealed):
        raise SealError(f"block {header.number} is sealed twice by one validator")
    if len(signers) < quorum(len(expected)):
        raise SealError(f"block {header.number} is sealed by {len(signers)} of {len(expected)} validators")
    return signers


def _strings(item: Item) -> tuple[bytes, ...]:
    if isinstance(item, bytes):
        raise SealError("extraData has a string where a list is wanted")
    return tuple(string_of(one) for one in item)
