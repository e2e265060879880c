"""A small ledger made of tries alone, whose receipts tests can bend in any way: no node, no contract.

What the contracts store is written here by hand, slot by slot; the tests in `test_receipts_of_a_node.py` hold the
verifier against real contracts.
"""

import base64
from dataclasses import dataclass, field
from typing import Any

from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passavant_verifier.codes import DecisionKind, Leg, OrganisationKind, Purpose, RecordType, Regime, Status
from passavant_verifier.contents import JSON_FORMAT
from passavant_verifier.events import topic_of
from passavant_verifier.headers import FORKS, Header
from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import (
    Key,
    Organisation,
    State,
    hold_head_slot,
    key_slot,
    open_holds_slot,
    organisation_slot,
    request_slot,
    settled_slot,
    state_slot,
    superseded_slot,
)
from passavant_verifier.log import leaf_hash, root_of
from passavant_verifier.mpt import proof_of
from passavant_verifier.mpt import root_of as trie_root
from passavant_verifier.notes import Checkpoint, VerifierKey, origin_of
from passavant_verifier.records import FORMS, Domain, Record
from passavant_verifier.rlp import Item, encode, encode_number, number_bytes
from passavant_verifier.trust import NetworkId, Trust, Witnesses
from tests.verifier.sealing_headers import address_of, sealed
from tests.verifier.test_log import path_of

FORM = FORMS[RecordType.DECISION]
NETWORK = NetworkId(31337, b"\x12" * 32, b"\x34" * 32, b"\xc0" * 20, b"\xa0" * 20)
CODES = (b"\xcc" * 32, b"\xaa" * 32, b"\xee" * 32)
DECLARATION = keccak256(b"declaration")
FRANCE, SUCCESSOR, OTHER = 250, 251, 826
NOW = 1_760_000_000
DECIDED, SHOWN = NOW - 7_200, NOW - 3_600
FOR_EVER = 2**40 - 1


class Witness:
    """Somebody who signs checkpoints."""

    def __init__(self, name):
        self.private = Ed25519PrivateKey.from_private_bytes(keccak256(name.encode()))
        self.key = VerifierKey(name, self.private.public_key().public_bytes_raw())

    def line(self, text):
        value = self.key.key_id + self.private.sign(text.encode())
        return f"— {self.key.name} {base64.b64encode(value).decode()}\n"


AUDITOR, CUSTOMS, GATEWAY = Witness("auditor.example"), Witness("customs.example"), Witness("gateway.example")


def trust_in(*witnesses, threshold=2, operators=(GATEWAY,), **changes):
    anchor = Witnesses(threshold, tuple(one.key for one in witnesses), tuple(one.key for one in operators))
    return Trust(**{"name": "test", "network": NETWORK, "codes": CODES, "anchor": anchor, **changes})


TRUST = trust_in(AUDITOR, CUSTOMS)


def administration(**changes):
    values = {"kind": OrganisationKind.ADMINISTRATION, "next_status": 1, "status_from": 1, "country": 0x4652}
    return Organisation(**{**values, **changes})


@dataclass
class World:
    """What the contracts would store, and how the decision would have been recorded."""

    decision: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    key: dict[str, Any] = field(default_factory=dict)
    organisations: dict[int, Organisation] = field(default_factory=lambda: {FRANCE: administration()})
    steps: list[tuple[bytes, bytes]] = field(default_factory=list)
    request: bytes = bytes(32)
    holds: tuple[bytes, int] = (bytes(32), 0)
    superseded: bool = False
    signers: tuple[Witness, ...] = (AUDITOR, CUSTOMS)
    later_leaves: int = 0
    places: tuple[int, int] = (2, 5)
    absent: bool = False
    raw: dict[bytes, bytes] = field(default_factory=dict)
    noise: int = 60
    validators: dict[bytes, PrivateKey] | None = None
    event_changes: dict[str, Any] = field(default_factory=dict)
    compact: bool = False
    standing: dict[bytes, int] = field(default_factory=dict)
    web: dict[bytes, int] = field(default_factory=dict)
    group: int = 3
    signer: PrivateKey = field(default_factory=lambda: PrivateKey(keccak256(b"decider")))

    @property
    def record(self):
        values = {
            "declaration": DECLARATION,
            "prev": keccak256(b"before"),
            "administration": FRANCE,
            "office": 12,
            "kind": DecisionKind.RELEASE,
            "effectiveAt": DECIDED - 60,
            "deadline": DECIDED + 3_600,
        }
        return Record(FORM, FORM.encode(**{**values, **self.decision}))

    @property
    def digest(self):
        return Domain(NETWORK.network_id, NETWORK.chain_id, NETWORK.consignments).digest(self.record)

    @property
    def signature(self):
        raw = self.signer.sign_recoverable(self.digest, hasher=None)
        return raw[:64] + bytes([raw[64] + 27])

    @property
    def settled(self):
        head = keccak256(self.record.word("prev"), self.record.word("request"), self.digest)
        for request, digest in self.steps:
            head = keccak256(head, request, digest)
        return head

    @property
    def state_word(self):
        values = {
            "status": Status.RELEASED,
            "leg": Leg.IMPORT,
            "seal_broken": 0,
            "relies": 0,
            "regime": Regime.HOME_USE,
            "administration": FRANCE,
            "declarant": 70_000,
            "version": 1,
            "flags": 0,
            "anchor": 7,
        }
        return State(**{**values, **self.state}).pack()

    @property
    def key_word(self):
        values = {"organisation": FRANCE, "purposes": Purpose.DECIDE, "not_before": 1, "not_after": FOR_EVER}
        return Key(**{**values, **self.key}).pack()

    def storages(self):
        consignments = {
            settled_slot(DECLARATION): int.from_bytes(self.settled),
            state_slot(DECLARATION): self.state_word,
            request_slot(DECLARATION): int.from_bytes(self.request),
            hold_head_slot(DECLARATION): int.from_bytes(self.holds[0]),
            open_holds_slot(DECLARATION): self.holds[1],
            superseded_slot(self.digest): int(self.superseded),
        }
        participants = {key_slot(address_of(self.signer)): self.key_word}
        participants |= {organisation_slot(one): word.pack() for one, word in self.organisations.items()}
        written = {keccak256(slot): value for slot, value in self.raw.items()}
        slots = (consignments | self.standing, participants, self.web)
        storages = [_storage(one, self.noise) for one in slots]
        return [{**one, **{key: value for key, value in written.items() if key in one}} for one in storages]

    def wanted(self):
        """The slots that a receipt shows, of each contract."""
        line = [self.state.get("administration", FRANCE)]
        current = self.organisations.get(line[0], Organisation())
        while current.status_at(SHOWN) == 4 and current.successor and len(line) < 64:
            line.append(current.successor)
            current = self.organisations.get(line[-1], Organisation())
        settled, held = settled_slot(DECLARATION), hold_head_slot(DECLARATION)
        consignments = [settled, state_slot(DECLARATION), request_slot(DECLARATION), held]
        consignments += [open_holds_slot(DECLARATION), superseded_slot(self.digest), *self.standing]
        return consignments, [key_slot(address_of(self.signer)), *map(organisation_slot, line)], list(self.web)

    def state_proof(self):
        """State root, storage roots and nodes of block M."""
        storages = self.storages()
        roots = [trie_root(storage) for storage in storages]
        accounts = {
            keccak256(bytes([n])): encode([b"\1", b"", bytes([n]) * 32, bytes(32)]) for n in range(self.noise // 3)
        }
        addresses = NETWORK.contracts.values()
        for address, root, code in zip(addresses, roots, CODES, strict=True):
            accounts[keccak256(address)] = encode([b"\1", b"", root, code])
        if self.absent:
            del accounts[keccak256(NETWORK.participants)]
        nodes = {node for address in addresses for node in proof_of(accounts, keccak256(address))}
        for storage, slots in zip(storages, self.wanted(), strict=True):
            nodes.update(node for slot in slots for node in proof_of(storage, keccak256(slot)))
        return trie_root(accounts), roots, nodes

    def receipts(self):
        """The receipts of block N: a group of records in the second of three transactions."""
        event: dict[str, Any] = {
            "address": NETWORK.consignments,
            "topics": [topic_of(FORM), self.digest, DECLARATION, self.record.word("administration")],
            "body": self.record.body,
            "signature": self.signature,
            "status": b"\1",
            **self.event_changes,
        }
        head = b"".join(number.to_bytes(32, "big") for number in (576, 704, 65))
        data = event["body"] + head + event["signature"].ljust(96, b"\0") + bytes(32)
        mine: Item = event.get("log", [event["address"], event["topics"], data])
        others: list[Item] = [[bytes([n]) * 20, [bytes([n]) * 32], bytes([n]) * 100] for n in range(1, self.group)]
        logs = [[*others, mine] if place == 1 else others for place in range(3)]
        return {
            encode_number(place): b"\2" + encode([event["status"], number_bytes(21_000), bytes(256), some])
            for place, some in enumerate(logs)
        }

    def checkpoint(self, header, leaves, roots):
        origin = origin_of(NETWORK.chain_id, NETWORK.network_id)
        block, time = (keccak256(b"head"), SHOWN + 600)
        said = Checkpoint(origin, len(leaves), root_of(leaves), header.number + 9, block, time, keccak256(*roots))
        return f"{said.text}\n" + "".join(one.line(said.text) for one in self.signers)

    def content(self, format_=JSON_FORMAT, **changes):
        """The receipt as content: change it and write it in either form."""
        state_root, roots, nodes = self.state_proof()
        receipts = self.receipts()
        first = header(10, DECIDED, receiptsRoot=trie_root(receipts))
        last = header(20, SHOWN, stateRoot=state_root)
        leaves = [leaf_hash(bytes([n])) for n in range(5)]
        leaves += [leaf_hash(b"")]
        leaves[self.places[0]], leaves[self.places[1]] = leaf_hash(first.hash), leaf_hash(last.hash)
        leaves += [leaf_hash(bytes([n])) for n in range(self.later_leaves)]
        blocks = [block(first, self.places[0], leaves), block(last, self.places[1], leaves)]
        if self.validators:
            blocks = [{"header": dict(sealed(one, self.validators).fields), "inclusion": None} for one in (first, last)]
        if not self.compact:
            nodes |= set(proof_of(receipts, encode_number(1)))
        content = {
            "blocks": blocks[1:] if self.compact else blocks,
            "checkpoint": None if self.validators else self.checkpoint(last, leaves, roots),
            "decision": {"body": self.record.body, "signature": self.signature, "type": 5},
            "event": None if self.compact else {"log": self.group - 1, "transaction": 1},
            "format": format_,
            "network": {
                "chainId": NETWORK.chain_id,
                "consignments": NETWORK.consignments,
                "genesis": NETWORK.genesis,
                "networkId": NETWORK.network_id,
                "participants": NETWORK.participants,
            },
            "nodes": sorted(nodes),
            "relied": [],
            "steps": [list(step) for step in self.steps],
        }
        return {**content, **changes}


def header(number, time, **changes):
    fields = {name: 1 if size == 0 else bytes(max(size, 0)) for name, size in FORKS["Cancun"].items()}
    return Header({**fields, "number": number, "timestamp": time, "extraData": b"x", **changes})


def block(of, leaf, leaves):
    return {"header": dict(of.fields), "inclusion": {"leaf": leaf, "path": path_of(leaves, leaf)}}


def _storage(slots, noise):
    """A storage trie: these slots, without zeros, among others."""
    entries = {keccak256(keccak256(b"other", bytes([n]))): encode_number(n + 1) for n in range(noise)}
    return entries | {keccak256(slot): encode_number(number) for slot, number in slots.items() if number}
