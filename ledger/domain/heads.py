"""Heads: folds that make a timeline provably complete. Each formula stands here once; vectors hold Solidity to it."""

from ledger.domain.keccak import keccak256
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head


def opened(declaration: DeclarationId) -> Head:
    """The settled head of a declaration that was just lodged."""
    return settled(Head(ZERO), Digest(ZERO), Digest(declaration))


def settled(prev: Head, request: Digest, digest: Digest) -> Head:
    """The settled head after a decision or control that names `request` (0: none)."""
    return Head(keccak256(prev, request, digest))


def held(prev: Head, digest: Digest) -> Head:
    """The hold head after an agency's hold."""
    return Head(keccak256(prev, digest))


def public(settled_head: Head, request: Digest, hold_head: Head) -> Head:
    """The public head: all that a status depends on, but for time and participants."""
    return Head(keccak256(settled_head, request, hold_head))


def joined(prev: Head | ConsignmentId, declaration: DeclarationId) -> Head:
    """The consignment's head after one more declaration; it starts at the consignment's id."""
    return Head(keccak256(prev, declaration))


def organisation(prev: Head, digest: Digest) -> Head:
    """The head of an organisation's records, or of the council's."""
    return Head(keccak256(prev, digest))
