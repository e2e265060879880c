import pytest
from eth_abi.abi import encode as abi_encode

from ledger.chain.decoding import FOUNDING_TOPIC
from ledger.chain.errors import AbiError, BadAnswer
from ledger.chain.founding import Founding, read_founding
from ledger.domain.keccak import keccak256
from ledger.domain.participants import Founder
from tests.chain.conftest import network_of
from tests.fakes.node import null

FOUNDERS = tuple(Founder(number, b"GB", b"\1" * 20, b"\2" * 20) for number in (7, 5))


def event(founder: Founder) -> dict[str, object]:
    keys = ("0x" + founder.first_key.hex(), "0x" + founder.second_key.hex())
    data = abi_encode(["bytes2", "address", "address"], [founder.country, *keys])
    topics = [FOUNDING_TOPIC, f"0x{founder.administration:064x}"]
    return {"address": "0x" + "04" * 20, "data": "0x" + data.hex(), "topics": topics}


def test_founders_in_their_order_and_when(node, rpc):
    node.chain.block()
    node.chain.block([event(founder) for founder in FOUNDERS])
    assert read_founding(rpc, network_of()) == Founding(FOUNDERS, 2, 1002)


def test_no_network_begins_without_founders(node, rpc):
    with pytest.raises(BadAnswer, match="no founder"):
        read_founding(rpc, network_of())


def test_a_node_that_contradicts_itself(node, rpc):
    node.chain.block([event(FOUNDERS[0])])
    node.fail("eth_getBlockByNumber", null)
    with pytest.raises(BadAnswer, match="not the block"):
        read_founding(rpc, network_of())
    node.chain.block([{**event(FOUNDERS[0]), "data": "0x12"}])
    with pytest.raises(AbiError):
        read_founding(rpc, network_of())


def test_the_councils_first_head_is_the_founders_hash():
    listed = [(f.administration, f.country, "0x" + f.first_key.hex(), "0x" + f.second_key.hex()) for f in FOUNDERS]
    encoded = abi_encode(["(uint16,bytes2,address,address)[]"], [listed])
    assert Founding(FOUNDERS, 0, 0).council_head == keccak256(encoded)
