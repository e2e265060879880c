import pytest

from ledger.chain.errors import BadAnswer, DescriptorError
from ledger.chain.finality import Finality
from tests.fakes.node import null


@pytest.mark.parametrize(
    ("text", "final"), [("instant", 9), ("embedded", 9), ("depth:0", 9), ("depth:4", 5), ("depth:99", 0)]
)
def test_the_final_block(rpc, text, final):
    assert Finality.parse(text).final(rpc, 9) == final


def test_the_tag_is_the_nodes(node, rpc):
    for _ in range(5):
        node.chain.block()
    node.chain.finalized = 3
    assert Finality.parse("tag").final(rpc, 5) == 3
    assert Finality.parse("tag").final(rpc, 2) == 2
    node.fail("eth_getBlockByNumber", null)
    with pytest.raises(BadAnswer):
        Finality.parse("tag").final(rpc, 5)


def test_what_a_change_of_history_means():
    facts = {
        text: (policy.at_inclusion, policy.may_roll_back, policy.alarms_on_rollback)
        for text in ("instant", "tag", "depth:2", "embedded")
        for policy in [Finality.parse(text)]
    }
    assert facts == {
        "instant": (True, False, False),
        "tag": (False, True, False),
        "depth:2": (False, True, False),
        "embedded": (True, True, True),
    }


@pytest.mark.parametrize("text", ["", "depth", "depth:", "depth:-1", "depth:x", "instant:1", "soon", "depth:²"])
def test_what_is_no_policy(text):
    with pytest.raises(DescriptorError):
        Finality.parse(text)
