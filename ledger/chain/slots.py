"""Where the two contracts keep what a declaration's status depends on, for `eth_getProof`.

Source: Solidity's "Layout of State Variables in Storage"; the positions are those of the compiled contracts.
"""

from functools import cache

from ledger.chain.abi import artifact
from ledger.domain.keccak import keccak256
from ledger.domain.wire import WORD


@cache
def position(contract: str, variable: str) -> int:
    """The slot of a contract's state variable, such as ``_declarations``."""
    return next(int(one["slot"]) for one in artifact(contract)["storageLayout"]["storage"] if one["label"] == variable)


def of_declaration(declaration: bytes) -> tuple[bytes, ...]:
    """Settled head, state word, pending request, hold head and number of open holds, 32 bytes each."""
    declared = _mapped("Consignments", "_declarations", declaration)
    held = _mapped("Consignments", "_holds", declaration)
    request = _mapped("Consignments", "_requests", declaration)
    return (declared, _next(declared), request, held, _next(held))


def of_superseded(digest: bytes) -> bytes:
    """Whether a decision or control was superseded."""
    return _mapped("Consignments", "_superseded", digest)


def of_organisation(organisation: int) -> bytes:
    """An organisation's word."""
    return _mapped("Participants", "_organisations", organisation.to_bytes(WORD, "big"))


def of_key(address: bytes) -> bytes:
    """A key's word."""
    return _mapped("Participants", "_keys", address.rjust(WORD, b"\0"))


def _mapped(contract: str, variable: str, key: bytes) -> bytes:
    return keccak256(key, position(contract, variable).to_bytes(WORD, "big"))


def _next(slot: bytes) -> bytes:
    return (int.from_bytes(slot, "big") + 1).to_bytes(WORD, "big")
