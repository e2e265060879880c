"""Read grants: who may read a declaration's payloads, signed by the grantor and kept at gateways, not on the chain.

The domain has no verifying contract, so that no record's signature can ever be a grant's, nor the other way round.
"""

from dataclasses import dataclass
from typing import Any, Final

from ledger.domain.keccak import keccak256
from ledger.domain.signing import VERSION, SigningDomain, type_hash
from ledger.domain.wire import U32, U40, U64, WORD, ZERO, Bytes32, DeclarationId, Digest, camel, encode, layout

_DOMAIN_FIELDS: Final = (("name", "string"), ("version", "string"), ("chainId", "uint256"))
_DOMAIN_TYPE_HASH: Final = keccak256(
    f"EIP712Domain({','.join(f'{kind} {name}' for name, kind in _DOMAIN_FIELDS)})".encode()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadGrant:
    """Lets an organisation read a declaration's payloads; a withdrawal is the same with a time that has passed.

    Attributes:
        declaration: whose payloads, of all versions.
        grantor: the declarant, its agent or the competent administration.
        reader: the organisation that may read.
        fields: hash of the field set that it may read; zeros for everything.
        serial: higher than that of the grant whose place it takes.
        valid_until: seconds (UTC).
    """

    declaration: DeclarationId
    grantor: U32
    reader: U32
    fields: Bytes32 = ZERO
    serial: U64
    valid_until: U40


def digest_of_grant(grant: ReadGrant, network: SigningDomain) -> Digest:
    """The EIP-712 digest that the grantor signs; `network` is any domain of the network.

    Raises:
        WireError: a value does not fit its type.
    """
    name, version = keccak256(_name(network).encode()), keccak256(VERSION.encode())
    separator = keccak256(_DOMAIN_TYPE_HASH, name, version, network.chain_id.to_bytes(WORD, "big"))
    return Digest(keccak256(b"\x19\x01", separator, keccak256(type_hash(ReadGrant), encode(grant))))


def typed_grant(grant: ReadGrant, network: SigningDomain) -> dict[str, Any]:
    """The same as JSON, for ``eth_signTypedData_v4``."""
    fields = layout(ReadGrant)
    return {
        "types": {
            "EIP712Domain": [{"name": name, "type": kind} for name, kind in _DOMAIN_FIELDS],
            "ReadGrant": [{"name": camel(name), "type": wire.name} for name, wire in fields],
        },
        "primaryType": "ReadGrant",
        "domain": {"name": _name(network), "version": VERSION, "chainId": network.chain_id},
        "message": {camel(name): _plain(getattr(grant, name)) for name, _ in fields},
    }


def _plain(value: int | bytes) -> int | str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else value


def _name(network: SigningDomain) -> str:
    return f"Passavant grants 0x{network.network_id.hex()}"
