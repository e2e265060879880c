"""A checkpoint against the chain (step 16), and the checkpoint that an audit leaves.

The audit folds the whole chain again, so it holds the log's old root against the first `size` leaves themselves: the
strongest form of an RFC 6962 consistency proof.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from passavant_verifier.audit.chain import Block
from passavant_verifier.audit.findings import Divergence, Findings, Place, UnknowableError
from passavant_verifier.audit.network import Network
from passavant_verifier.audit.replay import Replay
from passavant_verifier.audit.rpc import Node, hexed
from passavant_verifier.audit.steps import Step
from passavant_verifier.audit.storage import NoStateError, root_of_storage, storage_of, storage_roots
from passavant_verifier.errors import UnreadableError
from passavant_verifier.keccak import keccak256
from passavant_verifier.log import root_of
from passavant_verifier.notes import Checkpoint, Note, NoteError, VerifierKey, origin_of, read_note, signers


@dataclass(frozen=True, slots=True)
class Milestone:
    """How the chain stood at a checkpoint's height.

    Attributes:
        size: leaves of the ledger log.
        fold: of the storage roots that the events make, without slots that are 0.
    """

    block: Block
    size: int
    fold: bytes


def fold_of(network: Network, roots: dict[bytes, bytes]) -> bytes:
    """What a checkpoint's fold line says of the three storage roots."""
    return keccak256(*(roots[address] for address in network.codes))


def milestone(replay: Replay, block: Block) -> Milestone:
    """How the chain stands after its last block."""
    folds = storage_of(replay.network, replay.ledger)
    roots = {address: root_of_storage(slots) for address, slots in folds.items()}
    return Milestone(block, len(replay.leaves), fold_of(replay.network, roots))


def load_note(text: str, source: str, network: Network) -> Note:
    """The checkpoint of a file, which is of this network.

    Raises:
        UnreadableError: it is none, or another network's.
    """
    try:
        note = read_note(text)
    except NoteError as error:
        raise UnreadableError(source, str(error)) from None
    origin = origin_of(network.chain_id, network.network_id)
    if note.checkpoint.origin != origin:
        raise UnreadableError(source, f"a checkpoint of {note.checkpoint.origin}, not of {origin}")
    return note


def signed_by(note: Note, keys: Iterable[VerifierKey], findings: Findings) -> frozenset[VerifierKey]:
    """Who of the known signed it; a wrong signature of one of them is a divergence."""
    try:
        return signers(note, keys)
    except NoteError as error:
        place = Place(note.checkpoint.height, what="checkpoint")
        rule = "the signatures of known keys verify"
        findings.diverges(Divergence(Step.CHECKPOINT, place, rule, "the key's signature", str(error)))
        return frozenset()


def check_checkpoint(said: Checkpoint, found: Milestone | None, leaves: Sequence[bytes], findings: Findings) -> None:
    """Step 16, but for the fold: the checkpoint's block is there, and the log begins with its leaves."""
    place = Place(said.height, what="checkpoint")
    if found is None:
        rule = "the chain reaches the checkpoint's height"
        findings.diverges(Divergence(Step.CHECKPOINT, place, rule, f"block {said.height}", "a shorter chain"))
        return
    root = root_of(leaves[: said.size])
    for rule, expected, is_ in (
        ("the block at the checkpoint's height is the same", hexed(said.block), hexed(found.block.hash)),
        ("the block's time is the checkpoint's", str(said.time), str(found.block.time)),
        ("as many ledger blocks stand up to that height", str(said.size), str(found.size)),
        ("the ledger log begins with the checkpoint's log", hexed(said.root), hexed(root)),
    ):
        if expected != is_:
            findings.diverges(Divergence(Step.CHECKPOINT, place, rule, expected, is_))
            return
        findings.passed(Step.CHECKPOINT)


def check_fold(node: Node, network: Network, said: Checkpoint, found: Milestone, findings: Findings) -> None:
    """Step 16, the fold: of the events, or of the node's own storage roots at that height where it still has them.

    An engine that keeps slots which are 0 has other roots than its events make; then only its own proofs can tell.

    Raises:
        UnknowableError: the node no longer has that state.
    """
    if said.fold == found.fold:
        findings.passed(Step.CHECKPOINT)
        return
    try:
        roots = storage_roots(node, network, found.block)
    except NoStateError:
        text = f"{node.name} no longer has the state of block {said.height}, so the checkpoint's fold can't be checked"
        raise UnknowableError(Step.CHECKPOINT, text) from None
    fold = fold_of(network, roots)
    if said.fold != fold:
        place = Place(said.height, what="checkpoint")
        rule = "the fold is that of the storage roots"
        findings.diverges(Divergence(Step.CHECKPOINT, place, rule, hexed(said.fold), hexed(fold)))
        return
    findings.passed(Step.CHECKPOINT)


def new_checkpoint(network: Network, replay: Replay, roots: dict[bytes, bytes]) -> Checkpoint:
    """The checkpoint of a chain that was read to its end and found in order."""
    block = replay.last
    if block is None:
        raise AssertionError
    return Checkpoint(
        origin=origin_of(network.chain_id, network.network_id),
        size=len(replay.leaves),
        root=root_of(replay.leaves),
        height=block.number,
        block=block.hash,
        time=block.time,
        fold=fold_of(network, roots),
    )
