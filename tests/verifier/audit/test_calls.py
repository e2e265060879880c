"""Refusals that only their proof can tell are judged by the transaction that sent them, where it called directly."""

from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode as abi_encode
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.abi import Entry, record_call
from ledger.domain.codes import ControlMethod, ControlOutcome, DecisionKind, Purpose
from ledger.domain.keccak import keccak256
from ledger.domain.records import Control, Decision, Record
from ledger.domain.wire import DeclarationId, Digest
from passavant_verifier.audit.calls import Call, Calls, NotProvenError, entries_of, read_calls
from passavant_verifier.audit.chain import Block, ChainReader
from passavant_verifier.audit.execution import Log
from passavant_verifier.audit.findings import DivergedError, Findings
from passavant_verifier.audit.replay import Replay
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.steps import Step
from passavant_verifier.codes import Outcome
from passavant_verifier.events import LogError, Refused, decode_log
from passavant_verifier.mpt import EMPTY_ROOT, root_of
from passavant_verifier.rlp import encode_number
from tests.fakes.liar import Liar
from tests.model import test_histories
from tests.model.chain import NETWORK_ID, Chain
from tests.model.test_histories import play
from tests.model.world import founders
from tests.verifier.audit.auditing import audited, network_at
from tests.verifier.audit.test_reliance import Story

UNKNOWN = Digest(b"\x77" * 32)
WORD = 32


class Refusing(Story):
    """A story with groups of which one record is taken and another one refused."""

    def refuse(self, exported: Digest, imported: Digest, *proofs: bytes) -> None:
        taken = Control(
            declaration=DeclarationId(exported),
            prev=self.world.ledger.declarations[DeclarationId(exported)].settled,
            administration=1,
            office=7,
            version=1,
            method=ControlMethod.PHYSICAL,
            outcome=ControlOutcome.NONE_FOUND,
            risk=3,
            valid_until=self.world.now + 3_600,
            **self.times(),
        )
        refused = Decision(
            declaration=DeclarationId(imported),
            prev=self.world.ledger.declarations[DeclarationId(imported)].settled,
            administration=2,
            office=7,
            kind=DecisionKind.RELEASE,
            reliance=keccak256(UNKNOWN),
            **self.times(),
        )
        entries = [self.signed(taken, 1), *(self.signed(refused, 2, proof) for proof in proofs)]
        play(self.chain, self.world, entries, 5)

    def signed(self, record: Record, by: int, proof: bytes = b"") -> Entry:
        return self.world.sign(record, self.world.key_of(by, Purpose.DECIDE), proof)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    with Chain(tmp_path_factory.mktemp("calls"), founders(), development=True) as chain:
        story = Refusing(chain, test_histories.Stage(chain).world)
        exported = story.declare(1)
        imported = story.declare(2, exported)
        story.refuse(exported, imported, b"")
        story.refuse(exported, imported, UNKNOWN)
        story.refuse(exported, imported, b"", UNKNOWN)
        yield story


@pytest.fixture
def node(story):
    node = Node(f"http://127.0.0.1:{story.chain.anvil.port}")
    yield node
    node.close()


def network(story: Refusing, node: Node) -> Any:
    return network_at(node, NETWORK_ID, story.chain.consignments, story.chain.participants)


def replayed(story: Refusing, node: Node, change: Any = lambda log: log) -> Findings:
    """The chain, folded, with logs as `change` leaves them."""
    known, findings = network(story, node), Findings()
    replay = Replay(known, findings, calls=Calls(node, frozenset(known.codes)))
    reader = ChainReader(node, findings, (known.first_block, known.genesis_hash))
    for block in reader.read(reader.head()):
        replay.take(replace(block, logs=tuple(map(change, block.logs))))
    return findings


def refusal(log: Log) -> Refused | None:
    try:
        event = decode_log(log.topics, log.data)
    except LogError:
        return None
    return event if isinstance(event, Refused) else None


def retold(told: Outcome, instead: Outcome) -> Any:
    """The first refusal for a reason tells another one."""

    def change(log: Log) -> Log:
        event = refusal(log)
        if event is None or event.outcome != told:
            return log
        return replace(log, data=log.data[:WORD] + instead.to_bytes(WORD, "big") + log.data[2 * WORD :])

    return change


def test_each_refusal_is_judged_by_what_it_was_sent_with(story, node):
    findings = replayed(story, node)
    assert findings.counts["refusals judged by their call"] == 2
    assert findings.counts["refusals believed"] == 2
    assert {note.text.partition(": ")[2] for note in findings.notes} == {"its transaction sends it with several proofs"}


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        (Outcome.RELIANCE_NOT_PROVEN, Outcome.RELIANCE_INVALID),
        (Outcome.RELIANCE_INVALID, Outcome.RELIANCE_NOT_PROVEN),
        (Outcome.RELIANCE_INVALID, Outcome.PARENT_BROKEN),
    ],
)
def test_step_14_a_refusal_for_another_reason_is_found_where_only_its_proof_tells(story, node, told, instead):
    with pytest.raises(DivergedError) as diverged:
        replayed(story, node, retold(told, instead))
    found = diverged.value.divergence
    assert (found.step, found.expected, found.found) == (Step.REFUSALS, told.name, f"a refusal as {instead.name}")


def believed(story: Refusing, node: Node, url: str) -> set[str]:
    """Why refusals are believed, when the node is asked at an address."""
    _, findings = audited(network(story, node), url)
    assert findings.exit_code == 0, (findings.divergences, findings.unknown)
    assert findings.counts["refusals believed"] == 4
    return {
        note.text.partition(": ")[2].partition(":")[0] for note in findings.notes if note.kind == "refusal believed"
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one: one | {"input": "0x"}, "transactions that can't be read"),
        (lambda one: one | {"type": "0x9"}, "transactions that can't be read"),
        (lambda one: {name: value for name, value in one.items() if name != "r"}, "transactions that can't be read"),
    ],
)
def test_what_the_header_does_not_prove_settles_nothing(story, node, change, why):
    def lie(method: str, parameters: Any, answer: Any) -> Any:
        if method == "eth_getBlockByNumber" and parameters[1] is True:
            return answer | {"transactions": [change(one) for one in answer["transactions"]]}
        return answer

    with Liar(f"http://127.0.0.1:{story.chain.anvil.port}", node=lie) as liar:
        assert believed(story, node, liar.url) == {why}


class Silent:
    """A node that has calls, but not the one that is asked for."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def ask(self, block: Block, log: Log, event: Refused) -> bytes:
        node: Any = None
        calls = Calls(node, frozenset({b"\x01" * 20}), (block.number, [self.call]))
        return calls.proof(block, log, event)


def test_what_another_contract_sent_settles_nothing(story, node):
    known = network(story, node)
    reader = ChainReader(node, Findings(), (known.first_block, known.genesis_hash))
    block, log = next((one, log) for one in reader.read(reader.head()) for log in one.logs if refusal(log))
    event = refusal(log)
    assert event
    for call, why in ((Call(b"\x02" * 20, b""), "another contract"), (Call(b"\x01" * 20, b""), "nothing sends it")):
        with pytest.raises(NotProvenError, match=why):
            Silent(call).ask(block, replace(log, transaction=0), event)


# --- transactions and calldata

KEY = "0x" + "11" * 32
COMMON = {"nonce": 3, "gas": 21_000, "value": 5, "data": "0xabcd", "chainId": 31_337, "to": "0x" + "22" * 20}
ACCESSES = [{"address": "0x" + "33" * 20, "storageKeys": ["0x" + "44" * 32]}]
FEES = {"maxFeePerGas": 7, "maxPriorityFeePerGas": 2}
TRANSACTIONS = [
    {**COMMON, "gasPrice": 7},
    {**COMMON, "gasPrice": 7, "to": ""},
    {**COMMON, "gasPrice": 7, "type": 1, "accessList": ACCESSES},
    {**COMMON, **FEES, "type": 2, "accessList": ACCESSES},
]


def signed(transaction: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """A transaction as a node tells it, and as it is hashed."""
    made = Account.sign_transaction(transaction, KEY)
    numbers = {name: hex(value) for name, value in transaction.items() if isinstance(value, int)}
    kind = transaction.get("type", 0)
    told: dict[str, Any] = {
        **numbers,
        "type": hex(kind),
        "to": transaction["to"] or None,
        "input": transaction["data"],
        "accessList": transaction.get("accessList", []),
        "r": hex(made.r),
        "s": hex(made.s),
        "v": hex(made.v),
    }
    return told, bytes(made.raw_transaction)


def test_transactions_of_every_type_hash_to_their_root():
    told, encoded = zip(*map(signed, TRANSACTIONS), strict=True)
    root = root_of({encode_number(place): raw for place, raw in enumerate(encoded)})
    calls = read_calls(told, root)
    assert [call.data for call in calls] == [b"\xab\xcd"] * len(told)
    assert calls[1].to == b""
    with_parity = [one | {"yParity": one["v"]} if one["type"] != "0x0" else one for one in told]
    assert read_calls(with_parity, root) == calls
    with pytest.raises(ValueError, match="do not hash"):
        read_calls(told, EMPTY_ROOT)


ENTRIES = st.lists(
    st.tuples(st.integers(0, 255), st.binary(max_size=70), st.binary(max_size=70), st.binary(max_size=70)), max_size=4
)


@given(ENTRIES)
def test_entries_are_those_of_the_call(entries):
    assert list(entries_of(record_call([Entry(*one) for one in entries]))) == entries
    selector = keccak256(b"recordOne((uint8,bytes,bytes,bytes))")[:4]
    for one in entries:
        assert list(entries_of(selector + abi_encode(["(uint8,bytes,bytes,bytes)"], [one]))) == [one]


@given(st.binary(max_size=300), st.sampled_from([b"", record_call([])[:4]]))
def test_whatever_a_call_says_it_ends(data, selector):
    for _, *parts in entries_of(selector + data):
        assert all(len(part) <= len(data) for part in parts)
