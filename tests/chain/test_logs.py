"""The log source against a node whose chain moves.

Invariants: what is yielded follows block by block from what is known; nothing is yielded of a chain that does not hold
what is known; a lagging node yields nothing and is no change of history.
"""

import pytest

from ledger.chain.decoding import FOUNDING_TOPIC, event_signature, topic
from ledger.chain.errors import AbiError, BadAnswer, Diverged, HistoryChanged, NodeError
from ledger.chain.logs import LogSource
from ledger.domain.codes import RecordType
from ledger.domain.events import Block
from ledger.domain.records import AdministrationSetting
from ledger.domain.wire import Head, encode
from tests.chain.conftest import network_of
from tests.fakes.node import Failure, null

TOPIC = topic(event_signature(RecordType.ADMINISTRATION_SETTING))


def log(number: int, **changes) -> dict[str, object]:
    record = AdministrationSetting(administration=1, org_head=Head(bytes(32)), backdating=number, deadline=1)
    words = len(encode(record))
    data = encode(record) + b"".join((words + 64 + 32 * at).to_bytes(32, "big") for at in (0, 1)) + bytes(64)
    made = {
        "address": "0x" + "04" * 20,
        "data": "0x" + data.hex(),
        "topics": [TOPIC, "0x" + bytes(32).hex(), "0x", "0x"],
    }
    return {**made, **changes}


def fill(chain, blocks: int, per_block: int = 1) -> None:
    for _ in range(blocks):
        number = len(chain.blocks)
        chain.block([log(100 * number + at) for at in range(per_block)])


def source(rpc, finality="instant", **settings) -> LogSource:
    return LogSource(rpc, network_of(finality), pause=0.001, **settings)


def seen(batches) -> tuple[list[int], list[int]]:
    batches = list(batches)
    blocks = [block.number for batch in batches for block in batch.blocks]
    return blocks, [event.record.backdating for batch in batches for event in batch.events]


def known(chain):
    """What a reader has kept of a chain as it is now."""
    kept = [block.hash for block in chain.blocks]
    return lambda number: kept[number] if number < len(kept) else None


def block(chain, number: int) -> Block:
    kept = chain.blocks[number]
    return Block(number, kept.hash, kept.parent, 1000 + number)


def test_everything_in_order(node, rpc):
    fill(node.chain, 5, per_block=2)
    blocks, events = seen(source(rpc, chunk=3).batches(None))
    assert blocks == [0, 1, 2, 3, 4, 5]
    assert events == [100, 101, 200, 201, 300, 301, 400, 401, 500, 501]


def test_from_a_known_block_on(node, rpc):
    fill(node.chain, 5)
    logs = source(rpc)
    assert seen(logs.batches(block(node.chain, 3))) == ([4, 5], [400, 500])
    assert seen(logs.batches(block(node.chain, 5))) == ([], [])
    assert logs.head() == block(node.chain, 5)


def test_a_batch_tells_head_and_final_block(node, rpc):
    fill(node.chain, 5)
    (batch,) = source(rpc, "depth:2").batches(None)
    assert (batch.head, batch.final) == (5, 3)
    assert batch.events[0].position == batch.events[0].position
    assert batch.events[0].position.time == 1001


def test_the_span_follows_the_logs(node, rpc):
    logs = source(rpc, chunk=10)
    fill(node.chain, 200)
    assert seen(logs.batches(None))[1] == [100 * number for number in range(1, 201)]
    crowded, empty = logs._span, LogSource(rpc, network_of(), chunk=1_000_000)
    list(empty.batches(None))
    assert crowded < 20 < empty._span


def test_a_node_that_refuses_a_range_is_asked_for_less(node, rpc):
    fill(node.chain, 8)
    node.fail("eth_getLogs", *[Failure(-32005, "more than 10000 results")] * 3)
    assert seen(source(rpc).batches(None))[0] == list(range(9))


def test_a_node_that_refuses_everything_fails(node, rpc):
    fill(node.chain, 1)
    node.fail("eth_getLogs", *[Failure(-32005, "no")] * 9)
    with pytest.raises(NodeError):
        list(source(rpc).batches(None))


def test_a_header_that_fails(node, rpc):
    fill(node.chain, 3)
    node.fail("eth_getBlockByNumber", lambda head: head, Failure(-32000, "busy"))
    assert seen(source(rpc).batches(None))[0] == [0, 1, 2, 3]


def moved(**changes):
    return lambda logs: [{**logs[0], **changes}, *logs[1:]]


@pytest.mark.parametrize(
    "fault",
    [
        moved(blockHash="0x" + "77" * 32),
        moved(removed=True),
        moved(blockNumber="0x3"),
        lambda logs: [logs[0], *logs],
        lambda logs: logs[::-1],
    ],
    ids=["of a block that is gone", "taken back", "of another block", "twice", "out of order"],
)
def test_logs_that_do_not_belong_to_the_blocks_are_asked_for_again(node, rpc, fault):
    fill(node.chain, 3)
    node.fail("eth_getLogs", fault, fault)
    assert seen(source(rpc).batches(None)) == ([0, 1, 2, 3], [100, 200, 300])
    node.fail("eth_getLogs", *[fault] * 5)
    with pytest.raises(BadAnswer, match="do not belong together"):
        list(source(rpc).batches(None))


@pytest.mark.parametrize(
    "fault", [null, lambda head: {**head, "number": "0x63"}, lambda head: {**head, "parentHash": "0x" + "77" * 32}]
)
def test_a_block_that_does_not_fit_is_asked_for_again(node, rpc, fault):
    fill(node.chain, 3)
    node.fail("eth_getBlockByNumber", lambda head: head, lambda head: head, lambda head: head, fault)
    assert seen(source(rpc).batches(None))[0] == [0, 1, 2, 3]


def test_a_log_of_somebody_else_is_refused(node, rpc):
    node.chain.block([log(1, address="0x" + "09" * 20)])
    with pytest.raises(BadAnswer, match="not asked for"):
        list(source(rpc).batches(None))


def test_an_event_that_can_not_be_read_is_never_skipped(node, rpc):
    node.chain.block([log(1, topics=["0x" + "77" * 32])])
    with pytest.raises(AbiError):
        list(source(rpc).batches(None))


def test_a_lagging_node_is_no_change_of_history(node, rpc):
    fill(node.chain, 5)
    after, kept = block(node.chain, 5), known(node.chain)
    node.chain.blocks = node.chain.blocks[:4]
    for finality in ("instant", "tag", "depth:2"):
        assert seen(source(rpc, finality).batches(after, kept)) == ([], [])
        assert seen(source(rpc, finality).batches(after)) == ([], [])


def test_an_embedded_chain_that_is_shorter_has_lost_blocks(node, rpc):
    fill(node.chain, 5)
    after, kept = block(node.chain, 5), known(node.chain)
    node.chain.truncate(3, salt=1)
    logs = source(rpc, "embedded")
    with pytest.raises(Diverged) as caught:
        list(logs.batches(after, kept))
    assert not isinstance(caught.value, HistoryChanged)
    assert (caught.value.number, caught.value.found) == (5, None)
    assert "no block" in str(caught.value)
    assert logs.ancestor(kept, after, final=5) == block(node.chain, 3)
    fill(node.chain, 2)
    assert seen(logs.batches(logs.ancestor(kept, after, final=5))) == ([4, 5], [400, 500])


@pytest.mark.parametrize("finality", ["tag", "depth:3", "embedded"])
@pytest.mark.parametrize("height", [0, 1, 5, 8])
def test_a_reorganisation_is_rolled_back_to_the_common_ancestor(node, rpc, finality, height):
    fill(node.chain, 9)
    after, kept = block(node.chain, 9), known(node.chain)
    node.chain.truncate(height, salt=1)
    fill(node.chain, 12)
    logs = source(rpc, finality)
    with pytest.raises(Diverged) as caught:
        list(logs.batches(after, kept))
    assert (caught.value.expected, caught.value.found) == (after.hash, node.chain.blocks[9].hash)
    ancestor = logs.ancestor(kept, after)
    assert ancestor == block(node.chain, height)
    assert seen(logs.batches(ancestor))[0] == list(range(height + 1, height + 13))


def test_a_shorter_chain_with_other_blocks_is_a_reorganisation(node, rpc):
    fill(node.chain, 9)
    after, kept = block(node.chain, 9), known(node.chain)
    node.chain.truncate(2, salt=1)
    fill(node.chain, 3)
    with pytest.raises(Diverged):
        list(source(rpc, "tag").batches(after, kept))


def test_nothing_in_common(node, rpc):
    fill(node.chain, 3)
    after = block(node.chain, 3)
    assert source(rpc, "tag").ancestor(lambda number: b"\x77" * 32, after) is None


def test_on_instant_finality_a_change_of_history_is_an_alarm(node, rpc):
    fill(node.chain, 9)
    after, kept = block(node.chain, 9), known(node.chain)
    node.chain.truncate(5, salt=1)
    fill(node.chain, 9)
    with pytest.raises(HistoryChanged):
        list(source(rpc).batches(after, kept))
    with pytest.raises(HistoryChanged):
        source(rpc).ancestor(kept, after)


def test_below_a_final_block_nothing_is_rolled_back(node, rpc):
    fill(node.chain, 9)
    after, kept = block(node.chain, 9), known(node.chain)
    node.chain.truncate(5, salt=1)
    fill(node.chain, 9)
    assert source(rpc, "depth:2").ancestor(kept, after, final=5) == block(node.chain, 5)
    with pytest.raises(HistoryChanged):
        source(rpc, "depth:2").ancestor(kept, after, final=6)


def test_a_reorganisation_while_reading(node, rpc):
    fill(node.chain, 9)
    after = block(node.chain, 5)

    def reorganise(head):
        node.chain.truncate(3, salt=1)
        fill(node.chain, 9)
        return head

    node.fail("eth_getBlockByNumber", lambda head: head, reorganise)
    with pytest.raises(Diverged) as caught:
        list(source(rpc, "tag").batches(after))
    assert caught.value.number == 5


def test_a_node_without_its_head(node, rpc):
    node.fail("eth_getBlockByNumber", null)
    with pytest.raises(BadAnswer, match="no block"):
        source(rpc).head()


def test_founders_are_no_events(node, rpc):
    """They are read by `read_founding`."""
    node.chain.block([log(0, topics=[FOUNDING_TOPIC, f"0x{1:064x}"])])
    fill(node.chain, 1)
    assert seen(source(rpc).batches(None)) == ([0, 1, 2], [200])
