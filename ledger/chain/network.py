"""The network descriptor: what pins a client to one network and to the code of its contracts (``networks/``)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from ledger.chain.errors import DescriptorError, Difference, NodeError, WrongNetwork
from ledger.chain.finality import Finality
from ledger.chain.rpc import Rpc, as_bytes, as_int
from ledger.domain.keccak import keccak256
from ledger.domain.signing import SigningDomain, SigningDomains

FORMAT: Final = 1
"""The number of the descriptor's format, its field ``format``."""

_SIZES: Final = {
    "genesis_hash": 32,
    "network_id": 32,
    "consignments": 20,
    "participants": 20,
    "consignments_code": 32,
    "participants_code": 32,
    "recognitions_code": 32,
}


@dataclass(frozen=True)
class Network:
    """One network, without secrets.

    Attributes:
        name: for people.
        chain_id: EIP-155 chain id.
        genesis_hash: hash of block 0, or of the first block that the network's nodes keep; 32 bytes.
        network_id: the contracts' own 32 random bytes.
        consignments: address of ``Consignments``, 20 bytes.
        participants: address of ``Participants``, 20 bytes.
        consignments_code: keccak-256 of the deployed code, 32 bytes.
        participants_code: the same of ``Participants``.
        recognitions_code: the same of ``Recognitions``, whose address follows from that of ``Consignments``.
        start_block: the first block that may hold an event.
        finality: policy, as text: see `ledger.chain.finality`.
        first_block: number of the block whose hash is `genesis_hash`.
    """

    name: str
    chain_id: int
    genesis_hash: bytes
    network_id: bytes
    consignments: bytes
    participants: bytes
    consignments_code: bytes
    participants_code: bytes
    recognitions_code: bytes
    start_block: int
    finality: str
    first_block: int = 0

    def __post_init__(self) -> None:
        """Check sizes and the finality policy.

        Raises:
            DescriptorError: a value can't be right.
        """
        for field, size in _SIZES.items():
            if len(getattr(self, field)) != size:
                raise DescriptorError(self.name, f"{field} takes {size} bytes")
        if self.chain_id < 1 or self.start_block < 0 or self.first_block < 0:
            raise DescriptorError(self.name, "chain_id is positive, start_block and first_block are not negative")
        Finality.parse(self.finality)

    @cached_property
    def domains(self) -> SigningDomains:
        """The EIP-712 domains of the network's contracts."""
        consignments, participants = (
            SigningDomain(self.network_id, self.chain_id, address) for address in (self.consignments, self.participants)
        )
        return SigningDomains(consignments, participants)

    @property
    def recognitions(self) -> bytes:
        """Address of ``Recognitions``, 20 bytes."""
        return self.domains.recognitions.contract

    @property
    def contracts(self) -> tuple[bytes, bytes, bytes]:
        """The addresses of all contracts: Consignments, Participants, Recognitions."""
        return self.consignments, self.participants, self.recognitions

    def check(self, rpc: Rpc) -> None:
        """Hold the node against the descriptor: chain id, genesis hash, code of the contracts.

        Raises:
            WrongNetwork: with every difference.
            NodeUnreachable: nothing can be said.
        """
        found = tuple(self._differences(rpc))
        if found:
            raise WrongNetwork(self.name, found)

    def _differences(self, rpc: Rpc) -> Iterator[Difference]:
        chain, genesis, *codes = rpc.batch(
            (
                ("eth_chainId", ()),
                ("eth_getBlockByNumber", (hex(self.first_block), False)),
                *(("eth_getCode", (f"0x{address.hex()}", "latest")) for address in self.contracts),
            )
        )
        if (found := _chain_id(chain)) != str(self.chain_id):
            yield Difference("chain id", str(self.chain_id), found)
        yield from _differing("genesis hash", self.genesis_hash, _hash_in(genesis))
        pinned = (
            ("Consignments", self.consignments_code),
            ("Participants", self.participants_code),
            ("Recognitions", self.recognitions_code),
        )
        for (name, expected), code in zip(pinned, codes, strict=True):
            yield from _differing(f"code hash of {name}", expected, _code_hash(code))

    def to_json(self) -> str:
        """The descriptor's text."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {name: f"0x{v.hex()}" if isinstance(v, bytes) else v for name, v in values.items()}
        return json.dumps({"format": FORMAT, **plain}, indent=2) + "\n"

    def save(self, path: Path) -> None:
        """Write the descriptor, whole or not at all."""
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(self.to_json(), encoding="utf-8")
        fresh.replace(path)

    @classmethod
    def from_json(cls, text: str, source: str = "descriptor") -> "Network":
        """The network of a descriptor's text.

        Raises:
            DescriptorError: it can't be read, or a field is missing, unknown or of the wrong kind.
        """
        try:
            values = json.loads(text)
        except ValueError as error:
            raise DescriptorError(source, f"no JSON: {error}") from None
        if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
            raise DescriptorError(source, f"no network descriptor of format {FORMAT}")
        return cls(**_arguments(values, source))

    @classmethod
    def load(cls, path: Path) -> "Network":
        """Read a descriptor.

        Raises:
            DescriptorError: it can't be read.
        """
        try:
            return cls.from_json(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise DescriptorError(str(path), str(error)) from None


def code_hash(rpc: Rpc, address: bytes) -> bytes:
    """Keccak-256 of the code at an address."""
    return keccak256(as_bytes(rpc.call("eth_getCode", f"0x{address.hex()}", "latest")))


def _arguments(values: Mapping[str, Any], source: str) -> dict[str, Any]:
    expected = {field.name: field for field in fields(Network)}
    unknown = [name for name in values if name not in expected]
    missing = [name for name in expected if name not in values and name != "first_block"]
    if unknown or missing:
        raise DescriptorError(source, f"unknown fields {unknown}, missing fields {missing}")
    return {name: _argument(name, expected[name].type, value, source) for name, value in values.items()}


def _argument(name: str, kind: object, value: object, source: str) -> object:
    if kind is bytes:
        if not isinstance(value, str) or not value.startswith("0x"):
            raise DescriptorError(source, f"{name} is not 0x and hex digits")
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            raise DescriptorError(source, f"{name} is not 0x and hex digits") from None
    if type(value) is not kind:
        raise DescriptorError(source, f"{name} is of the wrong kind")
    return value


def _differing(what: str, expected: bytes, found: bytes | None) -> Iterator[Difference]:
    if found != expected:
        yield Difference(what, f"0x{expected.hex()}", f"0x{found.hex()}" if found else "not there")


def _chain_id(answer: object) -> str:
    return str(answer) if isinstance(answer, NodeError) else str(as_int(answer))


def _hash_in(block: object) -> bytes | None:
    return as_bytes(block["hash"]) if isinstance(block, dict) else None


def _code_hash(code: object) -> bytes | None:
    return keccak256(as_bytes(code)) if isinstance(code, str) and code != "0x" else None
