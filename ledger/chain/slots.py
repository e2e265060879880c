"""Where the contracts keep what a declaration's status depends on, for `eth_getProof`.

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


def of_touched(declaration: bytes) -> bytes:
    """Which versions of a declaration touched its risk areas."""
    return _mapped("Consignments", "_touched", declaration)


def of_reliance(declaration: bytes) -> tuple[bytes, ...]:
    """The four recognitions on which a declaration relied last, zeros after the last."""
    first = _mapped("Recognitions", "_reliances", declaration)
    return tuple(_next(first, place) for place in range(4))


def of_recognition(digest: bytes) -> tuple[bytes, ...]:
    """A recognition's parent, declaration, AEO grant and word."""
    first = _mapped("Recognitions", "_nodes", digest)
    return tuple(_next(first, place) for place in range(4))


def of_recognised_control(digest: bytes) -> tuple[bytes, bytes]:
    """The declaration and the word of a control that was recognised."""
    first = _mapped("Recognitions", "_controls", digest)
    return first, _next(first, 2)


def of_aeo_grant(digest: bytes) -> bytes:
    """The word of a grant of AEO status."""
    return _mapped("Recognitions", "_grants", digest)


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


def _next(slot: bytes, places: int = 1) -> bytes:
    return (int.from_bytes(slot, "big") + places).to_bytes(WORD, "big")
