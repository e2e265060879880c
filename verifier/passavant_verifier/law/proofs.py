"""The two proofs that are ABI encodings. Anybody may have written a proof: only the canonical encoding counts."""

from collections.abc import Sequence
from typing import Final

from passavant_verifier.keccak import keccak256
from passavant_verifier.records import WORD

MAX_STEPS: Final = 256
"""Most steps that a proof of superseding may hold."""
MAX_SIGNATURES: Final = 255
"""Most approvals, or possessions, that an admission may carry beside its signature."""
_STEPS_HEAD: Final = 3 * WORD
_SIGNATURE: Final = 65
_ELEMENT: Final = 4 * WORD


def supersedes(proof: bytes, superseded: bytes, settled: bytes) -> bool:
    """True when `proof` is `(bytes32 prev, bytes32[2][] steps)` from the superseded record to the settled head."""
    words = [proof[at : at + WORD] for at in range(0, len(proof), WORD)]
    if len(proof) < _STEPS_HEAD + 2 * WORD or len(proof) % WORD or int.from_bytes(words[1]) != 2 * WORD:
        return False
    steps = words[3:]
    if int.from_bytes(words[2]) * 2 != len(steps) or len(steps) > 2 * MAX_STEPS or steps[1] != superseded:
        return False
    head = words[0]
    for request, digest in zip(steps[::2], steps[1::2], strict=True):
        head = keccak256(head, request, digest)
    return head == settled


def parted(proof: bytes, *, superseding: bool) -> tuple[bytes, bytes]:
    """A proof of superseding, by the number of steps that it says it has, and what follows it."""
    if not superseding:
        return b"", proof
    count = int.from_bytes(proof[2 * WORD : _STEPS_HEAD]) if len(proof) >= _STEPS_HEAD else 0
    end = _STEPS_HEAD + 2 * WORD * count if count <= MAX_STEPS else len(proof)
    return proof[:end], proof[end:]


def signatures(proof: bytes) -> tuple[list[bytes], list[bytes]]:
    """The approvals and possessions of `(bytes[] approvals, bytes[] possessions)`; other encodings hold none."""
    counts = [_number(proof, 2 * WORD)]
    second = 2 * WORD + _room(counts[0])
    counts.append(_number(proof, second))
    if max(counts) > MAX_SIGNATURES or len(proof) != second + _room(counts[1]):
        return [], []
    approvals = [_signature(proof, 2 * WORD, counts[0], place) for place in range(counts[0])]
    possessions = [_signature(proof, second, counts[1], place) for place in range(counts[1])]
    if encode_signatures(approvals, possessions) != proof:
        return [], []
    return approvals, possessions


def encode_signatures(approvals: Sequence[bytes], possessions: Sequence[bytes]) -> bytes:
    """The canonical encoding of signatures of 65 bytes."""
    first, second = _array(approvals), _array(possessions)
    offsets = (2 * WORD).to_bytes(WORD, "big") + (2 * WORD + len(first)).to_bytes(WORD, "big")
    return offsets + first + second


def _array(parts: Sequence[bytes]) -> bytes:
    offsets = [len(parts) * WORD + place * _ELEMENT for place in range(len(parts))]
    head = [len(parts), *offsets]
    elements = [_SIGNATURE.to_bytes(WORD, "big") + part.ljust(3 * WORD, b"\0") for part in parts]
    return b"".join(number.to_bytes(WORD, "big") for number in head) + b"".join(elements)


def _room(count: int) -> int:
    return WORD + count * (WORD + _ELEMENT)


def _number(proof: bytes, at: int) -> int:
    """A word as a number; what lies outside is greater than any count."""
    word = proof[at : at + WORD]
    return int.from_bytes(word) if len(word) == WORD else MAX_SIGNATURES + 1


def _signature(proof: bytes, array: int, count: int, place: int) -> bytes:
    start = array + WORD + count * WORD + place * _ELEMENT + WORD
    return proof[start : start + _SIGNATURE]
