"""What a participant signs to open a session at a gateway: ``Session``, EIP-712, kept nowhere.

The domain has no verifying contract, so that no record's signature can ever be a session's, nor the other way round.
The claim names the gateway that it is for: what was signed for one opens nothing at another.
"""

from dataclasses import dataclass
from typing import Any, Final

from ledger.domain.keccak import keccak256
from ledger.domain.wire import WORD

DOMAIN_NAME: Final = "Passavant session"
DOMAIN_VERSION: Final = "1"
_DOMAIN: Final = (("name", "string"), ("version", "string"), ("chainId", "uint256"))
_SESSION: Final = (("gateway", "string"), ("nonce", "bytes32"), ("organisation", "uint32"), ("deadline", "uint40"))


def _type_hash(name: str, members: tuple[tuple[str, str], ...]) -> bytes:
    return keccak256(f"{name}({','.join(f'{kind} {member}' for member, kind in members)})".encode())


_DOMAIN_HASH: Final = _type_hash("EIP712Domain", _DOMAIN)
_SESSION_HASH: Final = _type_hash("Session", _SESSION)


@dataclass(frozen=True, slots=True)
class SessionClaim:
    """A challenge that a gateway gave (32-byte `nonce`). `deadline`: seconds (UTC) until which the signature counts."""

    gateway: str
    nonce: bytes
    organisation: int
    deadline: int

    def digest(self, chain_id: int) -> bytes:
        """Its EIP-712 digest on the network with this chain id."""
        name, version = keccak256(DOMAIN_NAME.encode()), keccak256(DOMAIN_VERSION.encode())
        separator = keccak256(_DOMAIN_HASH, name, version, _word(chain_id))
        gateway = keccak256(self.gateway.encode())
        struct = keccak256(_SESSION_HASH, gateway, self.nonce, _word(self.organisation), _word(self.deadline))
        return keccak256(b"\x19\x01", separator, struct)

    def typed_data(self, chain_id: int) -> dict[str, Any]:
        """The same as JSON, for ``eth_signTypedData_v4``."""
        types = {"EIP712Domain": _DOMAIN, "Session": _SESSION}
        return {
            "types": {name: [{"name": m, "type": kind} for m, kind in members] for name, members in types.items()},
            "primaryType": "Session",
            "domain": {"name": DOMAIN_NAME, "version": DOMAIN_VERSION, "chainId": chain_id},
            "message": {
                "gateway": self.gateway,
                "nonce": f"0x{self.nonce.hex()}",
                "organisation": self.organisation,
                "deadline": self.deadline,
            },
        }


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")
