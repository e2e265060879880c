"""Whether what a declaration relies on stands, read from the storage of block M (step 10 of docs/receipts.md).

Nothing is pushed on a ledger: a withdrawal changes one slot somewhere, and who asks walks up from each recognition to
its control, as the contract does. All slots of the web are looked up whatever is found first, so that a receipt shows
the whole of it and nothing else: 4 recognitions, each at most 8 deep.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from passavant_verifier.layout import after, superseded_slot, touched_slot
from passavant_verifier.proving import BrokenProofError, Storage
from passavant_verifier.records import WORD, ZERO
from passavant_verifier.webs import (
    MAX_DEPTH,
    MAX_RELIED,
    AeoWord,
    ControlWord,
    NodeWord,
    control_slot,
    grant_slot,
    node_slot,
    reliance_slot,
    touches,
)

_STEP: Final = 10


@dataclass(frozen=True, slots=True)
class _Node:
    """A recognition as block M's state has it."""

    parent: bytes
    declaration: bytes
    aeo: bytes
    word: NodeWord

    @classmethod
    def of(cls, storage: Storage, digest: bytes) -> Self:
        """The recognition of that digest.

        Raises:
            BrokenProofError: it is not proven, or there is none.
        """
        slots = (after(node_slot(digest), place) for place in range(4))
        parent, declaration, aeo, word = (
            _asked(storage, slot, "a recognition").to_bytes(WORD, "big") for slot in slots
        )
        node = cls(parent, declaration, aeo, NodeWord.unpack(int.from_bytes(word)))
        if node.declaration == ZERO or not 1 <= node.word.depth <= MAX_DEPTH:
            raise BrokenProofError(_STEP, "it relies on a recognition that leads to no control", "status")
        return node


def why_withdrawn(storage: Storage, declaration: bytes) -> str:
    """Why reliance was withdrawn, a sentence without a full stop; empty while all that it relies on stands.

    Raises:
        BrokenProofError: a slot is not proven, or the web is none that the contracts write.
    """
    slots = (reliance_slot(declaration, place) for place in range(MAX_RELIED))
    listed = [_asked(storage, slot, "what it relies on") for slot in slots]
    digests = [one.to_bytes(WORD, "big") for one in listed if one]
    if not digests:
        raise BrokenProofError(
            _STEP, "the state word says that it relies on recognitions, and there are none", "status"
        )
    found = [reason for digest in digests for reason in _broken(storage, digest)]
    return found[0] if found else ""


def _broken(storage: Storage, digest: bytes) -> list[str]:
    """What breaks a recognition, in its own risk areas: from itself up to the control."""
    node = _Node.of(storage, digest)
    risk = node.word.risk
    found: list[str] = []
    for left in range(node.word.depth, 0, -1):
        found += _at_node(storage, node, risk)
        if left > 1:
            node = _Node.of(storage, node.parent)
    return [*found, *_at_control(storage, node.parent, risk)]


def _at_node(storage: Storage, node: _Node, risk: int) -> Iterator[str]:
    if node.word.superseded:
        yield "a recognition that it relies on was superseded"
    if node.aeo != ZERO:
        grant = AeoWord.unpack(_asked(storage, grant_slot(node.aeo), "an AEO grant"))
        if grant.ended_at(node.word.effective_at):
            yield "the AEO status on which a recognition rests was ended"
    if _is_touched(storage, node.declaration, node.word.version, risk):
        yield "an amendment touched what was recognised"


def _at_control(storage: Storage, digest: bytes, risk: int) -> Iterator[str]:
    slot = control_slot(digest)
    declaration = _asked(storage, slot, "the control").to_bytes(WORD, "big")
    word = ControlWord.unpack(_asked(storage, after(slot, 2), "the control"))
    if storage.of_consignments(superseded_slot(digest), _STEP, "whether the control was superseded"):
        yield "the control that it relies on was superseded"
    if _is_touched(storage, declaration, word.version, risk):
        yield "an amendment touched what was controlled"


def _is_touched(storage: Storage, declaration: bytes, version: int, risk: int) -> bool:
    lanes = storage.of_consignments(touched_slot(declaration), _STEP, "what amendments touched")
    return touches(lanes, version, risk)


def _asked(storage: Storage, slot: bytes, what: str) -> int:
    return storage.of_recognitions(slot, _STEP, what)
