"""What is signed: EIP-712 domains, digests, and the typed data that any wallet shows its owner."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from ledger.domain.codes import RecordType
from ledger.domain.keccak import keccak256
from ledger.domain.records import RECORDS, Control, ParticipantRecord, RecognitionRecord, Record
from ledger.domain.wire import WORD, Digest, Head, camel, encode, layout, type_string

VERSION: Final = "1"
_DOMAIN_FIELDS: Final = ("string name", "string version", "uint256 chainId", "address verifyingContract")
_DOMAIN_TYPE_HASH: Final = keccak256(f"EIP712Domain({','.join(_DOMAIN_FIELDS)})".encode())
_type_hashes: dict[type, bytes] = {}


@dataclass(frozen=True)
class SigningDomain:
    """EIP-712 domain of one contract of one network.

    Attributes:
        network_id: 32 random bytes of the network's constructor, so that networks with equal addresses differ.
        chain_id: EIP-155 chain id.
        contract: 20 bytes, the contract that verifies.
    """

    network_id: bytes
    chain_id: int
    contract: bytes

    @property
    def name(self) -> str:
        """The domain's name."""
        return f"Passavant 0x{self.network_id.hex()}"

    @cached_property
    def separator(self) -> bytes:
        """EIP-712 ``domainSeparator``."""
        return keccak256(
            _DOMAIN_TYPE_HASH,
            keccak256(self.name.encode()),
            keccak256(VERSION.encode()),
            self.chain_id.to_bytes(WORD, "big"),
            self.contract.rjust(WORD, b"\0"),
        )


@dataclass(frozen=True)
class SigningDomains:
    """The domains of a network: one for each contract that verifies records."""

    consignments: SigningDomain
    participants: SigningDomain

    @cached_property
    def recognitions(self) -> SigningDomain:
        """That of the contract which `Consignments` makes."""
        return replace(self.consignments, contract=made_by(self.consignments.contract))

    def of(self, record: Record | RecordType) -> SigningDomain:
        """The domain under which a record is signed."""
        kind = record if isinstance(record, RecordType) else record.record_type
        if issubclass(RECORDS[kind], RecognitionRecord):
            return self.recognitions
        return self.participants if issubclass(RECORDS[kind], ParticipantRecord) else self.consignments

    def digest(self, record: Record) -> Digest:
        """The record's identity: its EIP-712 digest.

        Raises:
            WireError: a value does not fit its type.
        """
        return digest_of(self.of(record), type(record), encode(record))


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record as it travels: with its author's signature (65 bytes, r ‖ s ‖ v) and, for some types, a proof."""

    record: Record
    signature: bytes
    proof: bytes = b""


@dataclass(frozen=True, slots=True)
class Presented:
    """A record as its readers see it: with the addresses that its signatures recover to.

    Attributes:
        record: the record.
        digest: its digest.
        signer: address that signed the digest, or None when the signature recovers to nothing.
        provers: addresses that signed the digest in the proof: a join key, keys' possession.
        approvers: addresses that approved an Admission in the proof, beside `signer`.
        proof: the proof's own bytes: of an EncryptionKey, the ML-KEM key.
        timeline: (prev, steps) of a superseding record's proof, or of a Recognition's; a step is (request, digest).
            None: no such proof.
        control: of a Recognition's proof: the control's digest and the control. None: no such proof.
        relied: of a Decision's proof: the recognitions on which it relies.
    """

    record: Record
    digest: Digest
    signer: bytes | None
    provers: Collection[bytes] = ()
    approvers: Collection[bytes] = ()
    proof: bytes = b""
    timeline: tuple[Head, tuple[tuple[Digest, Digest], ...]] | None = None
    control: tuple[Digest, Control] | None = None
    relied: tuple[Digest, ...] = ()


def made_by(consignments: bytes) -> bytes:
    """The address (20 bytes) of `Recognitions`, which `Consignments` makes first of all: EIP-161 nonce 1.

    An address is the end of the hash of the RLP list (creator, nonce).
    """
    return keccak256(b"\xd6\x94", consignments, b"\x01")[12:]


def type_hash(struct: type) -> bytes:
    """EIP-712 ``typeHash`` of a record's struct."""
    known = _type_hashes.get(struct)
    if known is None:
        known = _type_hashes[struct] = keccak256(type_string(struct).encode())
    return known


def digest_of(domain: SigningDomain, struct: type, body: bytes) -> Digest:
    """EIP-712 digest of a body of a struct under a domain."""
    return Digest(keccak256(b"\x19\x01", domain.separator, keccak256(type_hash(struct), body)))


def typed_data(domain: SigningDomain, record: Record) -> dict[str, Any]:
    """EIP-712 typed data as JSON, as ``eth_signTypedData_v4`` takes it: bytes as 0x hex, numbers as decimals."""
    struct = type(record)
    fields = layout(struct)
    return {
        "types": {
            "EIP712Domain": [_field(*entry.split(" ")) for entry in _DOMAIN_FIELDS],
            struct.__name__: [_field(wire.name, camel(name)) for name, wire in fields],
        },
        "primaryType": struct.__name__,
        "domain": {
            "name": domain.name,
            "version": VERSION,
            "chainId": domain.chain_id,
            "verifyingContract": f"0x{domain.contract.hex()}",
        },
        "message": {camel(name): _plain(getattr(record, name)) for name, _ in fields},
    }


def _field(kind: str, name: str) -> dict[str, str]:
    return {"name": name, "type": kind}


def _plain(value: int | bytes) -> int | str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else int(value)


def is_participant_record(record: Record) -> bool:
    """Whether `Participants` verifies it."""
    return isinstance(record, ParticipantRecord)
