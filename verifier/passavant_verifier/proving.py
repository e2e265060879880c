"""Steps 2 to 8 and 12 of a receipt's verification (docs/receipts.md): what its bytes prove, whoever is to be believed.

Each step raises `BrokenProofError` when the receipt does not prove what it must.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from passavant_verifier.codes import DecisionKind, RecordType
from passavant_verifier.contents import Block, EventPlace, Receipt
from passavant_verifier.events import LogError, Recorded, decode_log
from passavant_verifier.headers import Header
from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import settled_slot
from passavant_verifier.log import is_included, leaf_hash
from passavant_verifier.mpt import Pool, ProofError
from passavant_verifier.notes import Checkpoint, Note, NoteError, count_holders, origin_of, read_note, signers
from passavant_verifier.qbft import SealError, ValidatorSets, check_seals
from passavant_verifier.records import FORMS, WORD, Domain, Record, signer_of
from passavant_verifier.rlp import Item, RlpError, decode, decode_list, encode_number, number_of, string_of
from passavant_verifier.trust import Trust, Witnesses
from passavant_verifier.verdict import VALID, Part, unknown

_ACCOUNT: Final = 4
_RECEIPT: Final = 4
_LOG: Final = 3
_TYPED: Final = 0x7F


class BrokenProofError(Exception):
    """A step does not hold: the part of the verdict that it belongs to is invalid.

    Attributes:
        part: that part.
        reason: a sentence without a full stop.
    """

    def __init__(self, step: int, reason: str, part: str = "integrity") -> None:
        super().__init__(reason)
        self.part = part
        self.reason = f"step {step}: {reason}"


@dataclass(frozen=True, slots=True)
class Anchors:
    """Step 4's result.

    Attributes:
        part: valid, or why the blocks are not known to be the network's.
        vouchers: who counted: names of witnesses, or addresses of validators.
        checkpoint: what the note says; None on QBFT networks.
        later: how many ledger blocks the checkpoint's log has after block M.
    """

    part: Part
    vouchers: tuple[str, ...] = ()
    checkpoint: Checkpoint | None = None
    later: int = 0

    def known_until(self, header: Header) -> tuple[int, int]:
        """The last block (number, time) up to which the state shown at M holds."""
        if self.checkpoint is None or self.later:
            return header.number, header.time
        return self.checkpoint.height, self.checkpoint.time


@dataclass(frozen=True, slots=True)
class Signed:
    """Step 6's result: the decision, its identity, and whose signature it bears."""

    record: Record
    kind: DecisionKind
    digest: bytes
    signer: bytes


@dataclass(frozen=True, slots=True)
class Storage:
    """Step 5's result: the storage of the contracts in block M's state, as far as the nodes show it."""

    pool: Pool
    consignments: bytes
    participants: bytes
    recognitions: bytes

    def of_consignments(self, slot: bytes, step: int, what: str) -> int:
        """The number in a slot of Consignments; 0 when it is proven to hold none."""
        return _slot(self.pool, self.consignments, slot, step, what)

    def of_participants(self, slot: bytes, step: int, what: str) -> int:
        """The number in a slot of Participants."""
        return _slot(self.pool, self.participants, slot, step, what)

    def of_recognitions(self, slot: bytes, step: int, what: str) -> int:
        """The number in a slot of Recognitions."""
        return _slot(self.pool, self.recognitions, slot, step, what)


def check_network(receipt: Receipt, trust: Trust) -> None:
    """Step 2: the receipt is of the network that the trust file describes."""
    if receipt.network != trust.network:
        raise BrokenProofError(2, f"it is of another network than {trust.name}, which the trust file describes")


def check_headers(receipt: Receipt) -> None:
    """Step 3: blocks ascend. Their fields were read with the form, and each computes its own hash."""
    headers = [block.header for block in receipt.blocks]
    for earlier, later in pairwise(headers):
        if earlier.number >= later.number or earlier.time > later.time:
            raise BrokenProofError(3, "the block of the decision is not before the block of the state")


def check_anchors(receipt: Receipt, trust: Trust | None) -> Anchors:
    """Step 4: each block is vouched for."""
    if receipt.checkpoint is None:
        return _by_seals(receipt.blocks, trust)
    try:
        note = read_note(receipt.checkpoint)
        said = note.checkpoint
        _check_inclusion(receipt, said)
        part, vouchers = _by_witnesses(note, trust)
    except NoteError as error:
        raise BrokenProofError(4, str(error)) from None
    place = receipt.state_block.inclusion
    return Anchors(part, vouchers, said, said.size - 1 - place.leaf if place else 0)


def _by_seals(blocks: Sequence[Block], trust: Trust | None) -> Anchors:
    if trust is None:
        return Anchors(unknown("no trust file was given: no validators are known"))
    if not isinstance(trust.anchor, ValidatorSets):
        return Anchors(unknown("the receipt shows no checkpoint, and the trust file knows no validators"))
    try:
        sealed = [check_seals(block.header, trust.anchor) for block in blocks]
    except SealError as error:
        raise BrokenProofError(4, str(error)) from None
    return Anchors(VALID, tuple(sorted(f"0x{address.hex()}" for address in frozenset.intersection(*sealed))))


def _by_witnesses(note: Note, trust: Trust | None) -> tuple[Part, tuple[str, ...]]:
    """Whether enough witnesses signed, and which.

    Raises:
        NoteError: a known signer's signature is wrong.
    """
    if trust is None:
        return unknown("no trust file was given: nobody is known whose checkpoint counts"), ()
    if not isinstance(trust.anchor, Witnesses):
        return unknown("the trust file knows validators, and the receipt shows a checkpoint"), ()
    anchor = trust.anchor
    found = signers(note, anchor.witnesses + anchor.operators)
    counted = [key for key in found if key in anchor.witnesses]
    names = tuple(sorted({key.name for key in counted}))
    count = count_holders(counted)
    if count >= anchor.threshold:
        return VALID, names
    operator = " beside the ledger's own operator" if len(found) > len(counted) else ""
    return unknown(f"the checkpoint is signed by {count} of {anchor.threshold} witnesses needed{operator}"), names


def _check_inclusion(receipt: Receipt, said: Checkpoint) -> None:
    network = receipt.network
    if said.origin != origin_of(network.chain_id, network.network_id):
        raise BrokenProofError(4, "the checkpoint is of another ledger log")
    leaf = -1
    for block in receipt.blocks:
        place, header = block.inclusion, block.header
        if place is None or place.leaf <= leaf:
            raise BrokenProofError(4, "the blocks do not ascend in the ledger log")
        if not is_included(leaf_hash(header.hash), place.leaf, said.root, said.size, place.path):
            raise BrokenProofError(4, f"block {header.number} is not in the ledger log of the checkpoint")
        leaf = place.leaf
    header = receipt.state_block.header
    ahead = header.number > said.height or header.time > said.time
    if ahead or (header.number == said.height and header.hash != said.block):
        raise BrokenProofError(4, "the checkpoint's height does not fit the blocks in its log")


def check_accounts(receipt: Receipt, trust: Trust | None, pool: Pool, anchors: Anchors) -> Storage:
    """Step 5: the contracts stand in block M's state with the pinned code, and the checkpoint folds their storage."""
    root = receipt.state_block.header.data("stateRoot")
    roots = []
    for place, (name, address) in enumerate(receipt.network.contracts.items()):
        storage, code = _account(pool, root, address, name)
        if trust is not None and code != trust.codes[place]:
            raise BrokenProofError(5, f"the code of {name} is not the one that the trust file names")
        roots.append(storage)
    said = anchors.checkpoint
    if said is not None and anchors.later == 0 and keccak256(*roots) != said.fold:
        raise BrokenProofError(5, "the checkpoint folds another storage than block M's state has")
    return Storage(pool, *roots)


def _account(pool: Pool, root: bytes, address: bytes, name: str) -> tuple[bytes, bytes]:
    """Storage root and code hash."""
    try:
        value = pool.lookup_secure(root, address)
        items = decode_list(value) if value is not None else []
        if len(items) != _ACCOUNT:
            raise BrokenProofError(5, f"{name} does not exist in block M's state")
        return string_of(items[2]), string_of(items[3])
    except (ProofError, RlpError) as error:
        raise BrokenProofError(5, f"the proof of {name}'s account is broken: {error}") from None


def check_signature(receipt: Receipt) -> Signed:
    """Step 6: the decision is well formed, and its signature is somebody's."""
    network = receipt.network
    record = Record(FORMS[RecordType.DECISION], receipt.body)
    kind = record.number("kind")
    if not record.fits() or kind not in set(DecisionKind):
        raise BrokenProofError(6, "the decision has a value that its field can't have", "issuer")
    digest = Domain(network.network_id, network.chain_id, network.consignments).digest(record)
    signer = signer_of(digest, receipt.signature)
    if signer is None:
        raise BrokenProofError(6, "the decision's signature is nobody's", "issuer")
    return Signed(record, DecisionKind(kind), digest, signer)


def check_event(receipt: Receipt, signed: Signed, pool: Pool) -> None:
    """Step 7: the decision's event stands where the receipt says, unless that was left out."""
    if receipt.event is None:
        return
    header = receipt.blocks[0].header
    try:
        address, event = _log(pool, header, receipt.event)
    except (ProofError, RlpError, LogError) as error:
        raise BrokenProofError(7, f"the proof of the decision's event is broken: {error}") from None
    record = signed.record
    told = isinstance(event, Recorded) and (
        event.record.code is record.code
        and (event.digest, event.second, event.third)
        == (signed.digest, record.word("declaration"), record.word("administration"))
        and (event.record.body, event.signature) == (receipt.body, receipt.signature)
    )
    if not told or address != receipt.network.consignments:
        raise BrokenProofError(7, f"that log of block {header.number} is not this decision's event")


def _log(pool: Pool, header: Header, place: EventPlace) -> tuple[bytes, object]:
    """Address and event of the log at a place of a transaction that succeeded."""
    value = pool.lookup(header.data("receiptsRoot"), encode_number(place.transaction))
    if value is None:
        raise ProofError("the block has no such transaction")
    items = decode_list(value[1:] if value[0] <= _TYPED else value)
    if len(items) != _RECEIPT or items[0] != b"\1" or isinstance(items[3], bytes) or place.log >= len(items[3]):
        raise ProofError("the transaction failed, or has no such log")
    log = items[3][place.log]
    if isinstance(log, bytes) or len(log) != _LOG or isinstance(log[1], bytes):
        raise ProofError("the log is none")
    return string_of(log[0]), decode_log(_topics(log[1]), string_of(log[2]))


def _topics(items: Sequence[Item]) -> list[bytes]:
    return [string_of(item) for item in items]


def check_history(receipt: Receipt, signed: Signed, storage: Storage) -> bytes:
    """Step 8: folding the further steps onto the decision ends in the settled head. That head."""
    record = signed.record
    head = keccak256(record.word("prev"), record.word("request"), signed.digest)
    for request, digest in receipt.steps:
        head = keccak256(head, request, digest)
    shown = storage.of_consignments(settled_slot(record.word("declaration")), 8, "the settled head")
    if head != shown.to_bytes(WORD, "big"):
        raise BrokenProofError(8, "the decision is not in the history that block M's state has")
    return head


def check_nothing_left(pool: Pool) -> None:
    """Step 12: every node was needed."""
    if pool.unused:
        raise BrokenProofError(12, f"{pool.unused} of its trie nodes prove nothing")


def _slot(pool: Pool, root: bytes, slot: bytes, step: int, what: str) -> int:
    try:
        value = pool.lookup_secure(root, slot)
        number = number_of(decode(value)) if value is not None else 0
    except (ProofError, RlpError) as error:
        raise BrokenProofError(step, f"the proof of {what} is broken: {error}") from None
    if number >> 8 * WORD:
        raise BrokenProofError(step, f"the proof of {what} shows more than a slot can hold")
    return number
