"""Block headers by their JSON-RPC names: which fields a fork has, their RLP, their hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from passavant_verifier.keccak import keccak256
from passavant_verifier.rlp import Item, encode, number_bytes

Fields: TypeAlias = Mapping[str, int | bytes]

_ANY: Final = -1
_FRONTIER: Final = {
    "parentHash": 32,
    "sha3Uncles": 32,
    "miner": 20,
    "stateRoot": 32,
    "transactionsRoot": 32,
    "receiptsRoot": 32,
    "logsBloom": 256,
    "difficulty": 0,
    "number": 0,
    "gasLimit": 0,
    "gasUsed": 0,
    "timestamp": 0,
    "extraData": _ANY,
    "mixHash": 32,
    "nonce": 8,
}
_LONDON: Final = {**_FRONTIER, "baseFeePerGas": 0}
_SHANGHAI: Final = {**_LONDON, "withdrawalsRoot": 32}
_CANCUN: Final = {**_SHANGHAI, "blobGasUsed": 0, "excessBlobGas": 0, "parentBeaconBlockRoot": 32}
_PRAGUE: Final = {**_CANCUN, "requestsHash": 32}

FORKS: Final[Mapping[str, Mapping[str, int]]] = {
    "Paris": _FRONTIER,
    "London": _LONDON,
    "Shanghai": _SHANGHAI,
    "Cancun": _CANCUN,
    "Prague": _PRAGUE,
}
"""By fork, its fields in RLP order with their sizes in bytes; 0: a number; -1: any number of bytes."""

MOST_EXTRA: Final = 65_536


class HeaderError(ValueError):
    """These fields are no header."""


@dataclass(frozen=True)
class Header:
    """A block header, all fields of its fork."""

    fields: Fields

    def __post_init__(self) -> None:
        """Check that the fields are those of one fork.

        Raises:
            HeaderError: a field is missing, unknown, or of the wrong kind or size.
        """
        sizes = next((sizes for sizes in FORKS.values() if sizes.keys() == self.fields.keys()), None)
        if sizes is None:
            raise HeaderError("the fields are not those of any fork known here (Paris to Prague)")
        for name, size in sizes.items():
            if not _fits(self.fields[name], size):
                raise HeaderError(f"{name} is of the wrong kind or size")

    def data(self, name: str) -> bytes:
        """A field that is bytes."""
        value = self.fields[name]
        return value if isinstance(value, bytes) else number_bytes(value)

    def integer(self, name: str) -> int:
        """A field that is a number."""
        value = self.fields[name]
        return value if isinstance(value, int) else int.from_bytes(value, "big")

    @property
    def number(self) -> int:
        """The block's number."""
        return self.integer("number")

    @property
    def time(self) -> int:
        """The block's time, in seconds (UTC)."""
        return self.integer("timestamp")

    @property
    def rlp(self) -> bytes:
        """The header as RLP, as it is hashed."""
        order = next(sizes for sizes in FORKS.values() if sizes.keys() == self.fields.keys())
        items: list[Item] = [self.data(name) for name in order]
        return encode(items)

    @property
    def hash(self) -> bytes:
        """The block's hash, 32 bytes. On QBFT networks ask `passavant_verifier.qbft.block_hash`."""
        return keccak256(self.rlp)

    def with_extra(self, extra: bytes) -> "Header":
        """Itself with another extraData."""
        return Header({**self.fields, "extraData": extra})


def _fits(value: int | bytes, size: int) -> bool:
    if size == 0:
        return isinstance(value, int) and value >= 0
    if not isinstance(value, bytes):
        return False
    return len(value) <= MOST_EXTRA if size == _ANY else len(value) == size


def header_of(block: Mapping[str, object]) -> Header:
    """The header of a block as JSON-RPC answers it, all fields in hex; fields that are no header's are left out.

    Raises:
        HeaderError: fields are missing or can't be read.
    """
    sizes = next((sizes for sizes in reversed(list(FORKS.values())) if sizes.keys() <= block.keys()), None)
    if sizes is None:
        raise HeaderError("a field of the header is missing")
    try:
        return Header({name: _read(str(block[name]), size) for name, size in sizes.items()})
    except ValueError as error:
        raise HeaderError(f"the header can't be read: {error}") from None


def _read(text: str, size: int) -> int | bytes:
    return int(text, 16) if size == 0 else bytes.fromhex(text.removeprefix("0x"))
