"""The contracts' accounts and storage in a block's state, against what the events make of them (step 15)."""

import zlib
from collections.abc import Mapping
from typing import Final

from passavant_verifier.audit.chain import Block
from passavant_verifier.audit.findings import DivergedError, Divergence, Findings, Place, UnknowableError
from passavant_verifier.audit.network import Network
from passavant_verifier.audit.rpc import AnswerError, Node, UnreachableError, hexed, parsed, raw
from passavant_verifier.audit.steps import Step
from passavant_verifier.law.ledger import Ledger
from passavant_verifier.mpt import Pool, ProofError, secure_root
from passavant_verifier.rlp import RlpError, decode_list, encode_number, string_of

_ACCOUNT: Final = 4
_GZIP: Final = 31
_LARGEST_DUMP: Final = 1 << 31
_NAMED: Final = 3
"""Slots that a divergence names at most."""


class NoStateError(UnknowableError):
    """The node does not have the state of this block (any more)."""


def storage_roots(node: Node, network: Network, block: Block) -> dict[bytes, bytes]:
    """The storage root of each contract as of a block: proven under its state root, with the expected code.

    Raises:
        DivergedError: the proof shows another code, or proves nothing.
        NoStateError: the node does not have that state.
    """
    roots = {}
    for address, (name, code) in network.codes.items():
        _, _, root, found = _account(node, block, address, name)
        if found != code:
            rule = f"the account of {name} has the expected code"
            raise DivergedError(Divergence(Step.STATE, Place(block.number), rule, hexed(code), hexed(found)))
        roots[address] = root
    return roots


def _account(node: Node, block: Block, address: bytes, name: str) -> list[bytes]:
    """Nonce, balance, storage root and code hash."""
    try:
        answer = node.call("eth_getProof", hexed(address), [], hex(block.number))
        pool = Pool.of(raw(one) for one in answer["accountProof"])
    except (AnswerError, UnreachableError, ValueError, TypeError, KeyError) as error:
        raise NoStateError(Step.STATE, f"{node.name} gives no proof of block {block.number}: {error}") from None
    rule = f"the account of {name} is proven under the state root"
    place = Place(block.number, what=node.name)
    try:
        value = pool.lookup_secure(block.state_root, address)
        account = [string_of(item) for item in decode_list(value)] if value is not None else []
    except (ProofError, RlpError) as error:
        raise DivergedError(Divergence(Step.STATE, place, rule, hexed(block.state_root), str(error))) from None
    if len(account) != _ACCOUNT:
        raise DivergedError(Divergence(Step.STATE, place, rule, "an account", "none"))
    return account


def root_of_storage(slots: Mapping[bytes, int]) -> bytes:
    """The root of a storage trie with exactly these slots; a slot that is 0 stands in it as 0."""
    return secure_root({slot: encode_number(value) for slot, value in slots.items()})


def storage_of(network: Network, ledger: Ledger) -> dict[bytes, dict[bytes, int]]:
    """What the events make of each contract's storage, by address."""
    return {
        network.consignments: ledger.consignments.storage(),
        network.participants: ledger.participants.storage(),
        network.recognitions: ledger.recognitions.storage(),
    }


def check_storage(node: Node, network: Network, block: Block, ledger: Ledger, findings: Findings) -> dict[bytes, bytes]:
    """Step 15: the storage roots, once they are proven to be those of the fold.

    Raises:
        DivergedError: something else stands in the storage.
        NoStateError: the node does not have the state of that block.
    """
    roots = storage_roots(node, network, block)
    folds = storage_of(network, ledger)
    for address, (name, _) in network.codes.items():
        if root_of_storage(folds[address]) != roots[address]:
            _explain(node, block, (address, name), roots[address], folds[address])
            text = f"the engine keeps slots of {name} that are 0; its storage was compared slot by slot"
            findings.note("zero slots", Place(block.number), text)
        findings.passed(Step.STATE)
    return roots


def _explain(node: Node, block: Block, contract: tuple[bytes, str], root: bytes, fold: Mapping[bytes, int]) -> None:
    """Some engines (anvil) keep slots that are 0, even such as were only read: then all slots are compared.

    Raises:
        DivergedError: the roots differ for another reason.
    """
    address, name = contract
    dump = _dump(node, address)
    place = Place(block.number, what=f"storage of {name}")
    rule = "the storage is exactly what the events make"
    if dump is None and _keeps_zeros(node):
        text = f"{node.name} keeps slots that are 0, and gives no dump (anvil_dumpState) to tell them from others"
        raise UnknowableError(Step.STATE, text)
    if dump is None:
        raise DivergedError(Divergence(Step.STATE, place, rule, hexed(root_of_storage(fold)), hexed(root)))
    if root_of_storage(dump) != root:
        # The node has gone on meanwhile, or its dump is not its state.
        raise NoStateError(Step.STATE, f"the state that {node.name} dumps is not that of block {block.number}")
    found = {slot: value for slot, value in dump.items() if value}
    if found != fold:
        differing = sorted(slot for slot in found.keys() | fold.keys() if found.get(slot) != fold.get(slot))
        named = differing[:_NAMED]
        expected = ", ".join(f"{hexed(slot)} = {fold.get(slot, 0):#x}" for slot in named)
        is_ = ", ".join(f"{hexed(slot)} = {found.get(slot, 0):#x}" for slot in named)
        raise DivergedError(Divergence(Step.STATE, place, rule, f"{expected} ({len(differing)} slots differ)", is_))


def _dump(node: Node, address: bytes) -> dict[bytes, int] | None:
    """All slots of a contract, from a node that can dump its state; it must hash to the proven root to count."""
    try:
        packed = raw(node.call("anvil_dumpState"))
        state = parsed(_unpacked(packed))
        slots = state["accounts"][hexed(address)]["storage"]
        return {raw(f"0x{slot[2:].rjust(64, '0')}", 32): _word(value) for slot, value in slots.items()}
    except (AnswerError, UnreachableError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
        return None


def _word(text: str) -> int:
    return int.from_bytes(raw(f"0x{text[2:].rjust(64, '0')}", 32))


def _unpacked(packed: bytes) -> bytes:
    """The content of gzip, up to a limit."""
    found = zlib.decompressobj(_GZIP).decompress(packed, _LARGEST_DUMP) if packed[:2] == b"\x1f\x8b" else packed
    if len(found) >= _LARGEST_DUMP:
        raise ValueError("the dump is too large")
    return found


def _keeps_zeros(node: Node) -> bool:
    """True for the engine that is known to."""
    try:
        return str(node.call("web3_clientVersion")).startswith("anvil")
    except (AnswerError, UnreachableError):
        return False
