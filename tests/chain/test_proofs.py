"""Proofs from a node that answers strangely; what a good one gives, the verifier's tests hold."""

import pytest
import rlp

from ledger.chain.errors import BadAnswer
from ledger.chain.proofs import encoded_receipt, header_of, prove_log, prove_state, storage_roots
from ledger.chain.rpc import Rpc
from ledger.chain.slots import of_declaration, position
from ledger.domain.keccak import keccak256

ROOT, LEAF = b"r" * 40, b"l" * 33
ADDRESS, SLOT, TRANSACTION = b"\1" * 20, b"\2" * 32, b"\3" * 32


def hexed(value):
    return f"0x{value.hex()}"


class Told(Rpc):
    """A node that says what it was told to."""

    def __init__(self, **answers):
        super().__init__("http://127.0.0.1:1")
        self.answers = answers
        self.asked = []

    def call(self, method, *params):
        self.asked.append((method, params))
        answer = self.answers[method]
        return answer(*params) if callable(answer) else answer


def log(index):
    return {"address": hexed(ADDRESS), "topics": [hexed(SLOT)], "data": "0x01", "logIndex": hex(index)}


def receipt(place, transaction, *logs, **more):
    return {
        "transactionIndex": hex(place),
        "transactionHash": hexed(transaction),
        "status": "0x1",
        "cumulativeGasUsed": "0x5208",
        "logsBloom": hexed(bytes(256)),
        "logs": list(logs),
        **more,
    }


RECEIPTS = [receipt(0, b"\4" * 32, log(0), type="0x2"), receipt(1, TRANSACTION, log(1), log(2))]


def receipts_root():
    from trie.hexary import HexaryTrie

    trie = HexaryTrie(db={})
    for at, one in enumerate(RECEIPTS):
        trie[rlp.encode(at)] = encoded_receipt(one)
    return trie.root_hash


HEADER = {
    "number": "0x7",
    "stateRoot": hexed(keccak256(ROOT)),
    "receiptsRoot": hexed(receipts_root()),
    "transactions": [],
    "size": "0x1",
}


def proof_of(address, slots, block):
    del address, block
    storage = [{"key": slot, "proof": [hexed(ROOT), hexed(LEAF), "0xc0"]} for slot in slots]
    return {"accountProof": [hexed(ROOT)], "storageHash": hexed(SLOT), "storageProof": storage}


def test_a_state_proof_knows_what_is_needed_for_what():
    node = Told(eth_getBlockByNumber=HEADER, eth_getProof=proof_of)
    other = b"\5" * 32
    found = prove_state(node, 7, {ADDRESS: [SLOT, other]})
    assert found.nodes({ADDRESS: [SLOT]}) == {ROOT, LEAF}  # what is shorter than 32 bytes stands inside its parent
    assert found.header == {name: HEADER[name] for name in ("number", "stateRoot", "receiptsRoot")}
    assert prove_state(node, 7, {ADDRESS: []}).nodes({ADDRESS: []}) == {ROOT}


def test_many_slots_are_asked_for_in_parts():
    node = Told(eth_getBlockByNumber=HEADER, eth_getProof=proof_of)
    slots = [n.to_bytes(32, "big") for n in range(1_200)]
    assert len(prove_state(node, 7, {ADDRESS: slots}).slots) == 1_200
    assert [len(params[1]) for method, params in node.asked if method == "eth_getProof"] == [500, 500, 200]


def test_a_proof_of_another_block_is_none():
    node = Told(eth_getBlockByNumber=HEADER | {"stateRoot": hexed(SLOT)}, eth_getProof=proof_of)
    with pytest.raises(BadAnswer, match="not of block 7"):
        prove_state(node, 7, {ADDRESS: [SLOT]})
    empty = Told(eth_getBlockByNumber=HEADER, eth_getProof=lambda *_: {"accountProof": [], "storageProof": []})
    with pytest.raises(BadAnswer, match="not of block 7"):
        prove_state(empty, 7, {ADDRESS: []})


def test_there_is_no_such_block():
    node = Told(eth_getBlockByNumber=None, eth_getProof=None)
    with pytest.raises(BadAnswer, match="no such block"):
        header_of(node, 7)
    with pytest.raises(BadAnswer, match="no such block"):
        storage_roots(node, 7, [ADDRESS])


def test_a_log_is_found_in_its_receipt():
    node = Told(eth_getBlockByNumber=HEADER, eth_getBlockReceipts=RECEIPTS)
    found = prove_log(node, 7, TRANSACTION, 2)
    assert (found.transaction, found.log) == (1, 1)
    assert keccak256(found.nodes[0]) == receipts_root()


@pytest.mark.parametrize(
    ("receipts", "transaction", "place"),
    [
        (None, TRANSACTION, 2),
        ([], TRANSACTION, 2),
        (RECEIPTS[:1], TRANSACTION, 2),
        (RECEIPTS[1:], TRANSACTION, 2),
        (RECEIPTS, SLOT, 2),
        (RECEIPTS, TRANSACTION, 0),
    ],
)
def test_receipts_that_are_not_the_block_s(receipts, transaction, place):
    node = Told(eth_getBlockByNumber=HEADER, eth_getBlockReceipts=receipts)
    with pytest.raises(BadAnswer, match="receipts of block 7 are not those"):
        prove_log(node, 7, transaction, place)


def test_a_typed_receipt_stands_behind_its_type():
    plain, typed = (encoded_receipt(receipt(0, TRANSACTION, log(0), **more)) for more in ({}, {"type": "0x2"}))
    assert typed == b"\x02" + plain
    status, gas, bloom, [[address, topics, data]] = rlp.decode(plain)
    assert (status, gas, bloom) == (b"\1", b"\x52\x08", bytes(256))
    assert (address, topics, data) == (ADDRESS, [SLOT], b"\1")


def test_slots_are_those_of_the_compiled_contracts():
    assert [position("Consignments", name) for name in ("_declarations", "_requests", "_holds", "_superseded")] == [
        0,
        1,
        2,
        4,
    ]
    assert [position("Participants", name) for name in ("_organisations", "_keys")] == [0, 2]
    settled, state, *_, holds, count = of_declaration(SLOT)
    assert settled == keccak256(SLOT, bytes(32))
    assert int.from_bytes(state, "big") == int.from_bytes(settled, "big") + 1
    assert int.from_bytes(count, "big") == int.from_bytes(holds, "big") + 1
