import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.abi import entry_size, record_call
from ledger.chain.errors import NodeError
from ledger.chain.finality import Finality
from ledger.chain.groups import BASE_GAS, GroupFailed, Limits, Simulation, first_group, gas_bound, provisional
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxRecord
from ledger.domain.wire import Digest
from tests.chain.conftest import network_of
from tests.fakes.node import Failure, digest_of_entry


def record(number: int, kind: RecordType = RecordType.DECLARATION, proof: bytes = b"") -> OutboxRecord:
    body = number.to_bytes(32, "big")
    return OutboxRecord(Digest(digest_of_entry(kind, body)), kind, body, b"s" * 65, proof, 10**10)


records = st.lists(
    st.builds(record, st.integers(0, 1000), st.sampled_from(RecordType), st.binary(max_size=500)),
    min_size=1,
    max_size=20,
)
limits = st.builds(Limits, st.integers(1, 10), st.integers(1, 2_000_000), st.integers(1, 5000))


@given(records, limits, st.integers(1, 8))
def test_a_group_is_the_longest_prefix_within_the_limits(waiting, bounds, scale):
    group, gas = first_group(waiting, bounds, scale)
    assert group == waiting[: len(group)]
    assert gas == BASE_GAS + scale * sum(map(gas_bound, group))
    assert group
    if len(group) > 1:
        assert len(group) <= bounds.records
        assert gas <= bounds.gas
        assert sum(map(entry_size, group)) <= bounds.size
    rest = waiting[: len(group) + 1]
    if len(rest) > len(group):
        more = BASE_GAS + scale * sum(map(gas_bound, rest))
        assert len(rest) > bounds.records or more > bounds.gas or sum(map(entry_size, rest)) > bounds.size


@pytest.mark.parametrize("outcome", [one for one in Outcome if one > Outcome.ALREADY_RECORDED])
def test_a_refusal_is_provisional_while_it_may_change(outcome):
    at_once, later = (provisional(outcome, Finality.parse(text)) for text in ("instant", "depth:3"))
    assert at_once <= later  # what may change at once may change later
    final_anywhere = {Outcome.MALFORMED, Outcome.EXPIRED, Outcome.UNKNOWN_RECORD_TYPE, Outcome.JOIN_NOT_PROVEN}
    assert not (later and outcome in final_anywhere)


def test_examples_of_provisional_refusals():
    instant, deep = Finality.parse("instant"), Finality.parse("depth:3")
    assert not provisional(Outcome.STALE_HEAD, instant)
    assert provisional(Outcome.STALE_HEAD, deep)
    assert not provisional(Outcome.TRANSITION_NOT_ALLOWED, Finality.parse("embedded"))
    assert provisional(Outcome.TRANSITION_NOT_ALLOWED, deep)
    assert provisional(Outcome.UNKNOWN_DECLARATION, instant)
    assert provisional(Outcome.OVERRIDE_NEEDED, instant)


@pytest.fixture
def simulation(rpc) -> Simulation:
    return Simulation(rpc, network_of(), b"\7" * 20)


def test_outcomes_of_a_group(node, simulation):
    node.chain.verdict = lambda kind, body: Outcome.STALE_HEAD if body[-1] == 2 else Outcome.RECORDED
    group = [record(1), record(2), record(1)]
    assert simulation.outcomes(group, 10) == [Outcome.RECORDED, Outcome.STALE_HEAD, Outcome.ALREADY_RECORDED]
    assert node.calls == ["eth_call"]


def test_outcomes_of_a_group_of_which_nothing_is_recorded(node, simulation):
    node.chain.verdict = lambda kind, body: Outcome(3 + body[-1])
    assert simulation.outcomes([record(0)], 10) == [Outcome.MALFORMED]
    assert simulation.outcomes([record(1), record(2)], 10) == [Outcome.EXPIRED, Outcome.DEADLINE_TOO_FAR]


def test_a_node_that_fails_is_no_refusal(node, simulation):
    node.fail("eth_call", Failure(-32000, "busy"))
    with pytest.raises(NodeError):
        simulation.outcomes([record(1)], 10)
    node.chain.verdict = lambda kind, body: Outcome.MALFORMED
    node.fail("eth_call", lambda answer: answer, Failure(-32000, "busy"))
    node.faults["eth_call"][0] = Failure(3, "execution reverted", "0x")
    with pytest.raises(NodeError):
        simulation.outcomes([record(1), record(2)], 10)


def test_who_is_to_blame_when_a_group_fails(node, simulation):
    def panic(kind, body):
        if body[-1] == 2:
            raise Failure(3, "execution reverted", "0x4e487b71")
        return Outcome.RECORDED

    node.chain.verdict = panic
    with pytest.raises(GroupFailed) as caught:
        simulation.outcomes([record(1), record(2), record(3)], 10)
    assert caught.value.culprits == (record(2).digest,)
    assert "1 of its records" in str(caught.value)
    with pytest.raises(GroupFailed):
        simulation.outcomes([record(2)], 10)


def test_the_size_of_an_entry_is_what_it_adds():
    group = [record(1), record(2, proof=b"x" * 33)]
    assert len(record_call(group)) - len(record_call(group[:1])) == entry_size(group[1])
