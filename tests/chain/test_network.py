import dataclasses
import json

import pytest

from ledger.chain.errors import DescriptorError, NodeUnreachable, WrongNetwork
from ledger.chain.network import Network, code_hash
from ledger.chain.rpc import Rpc
from ledger.domain.keccak import keccak256
from tests.chain.conftest import network_of
from tests.fakes.node import Failure


def standing(node) -> Network:
    """A descriptor that fits the fake node."""
    recognitions = f"0x{network_of().recognitions.hex()}"
    node.chain.code = {"0x" + "03" * 20: "0x6001", "0x" + "04" * 20: "0x6002", recognitions: "0x6004"}
    return network_of(
        genesis_hash=node.chain.blocks[0].hash,
        consignments_code=keccak256(b"\x60\x01"),
        participants_code=keccak256(b"\x60\x02"),
        recognitions_code=keccak256(b"\x60\x04"),
    )


def test_the_right_node_passes(node, rpc):
    network = standing(node)
    network.check(rpc)
    assert code_hash(rpc, network.consignments) == network.consignments_code


def test_every_difference_is_named(node, rpc):
    network = standing(node)
    node.chain.chain_id = 1
    node.chain.salt = 1
    node.chain.blocks[0].salt = 1
    node.chain.code = {"0x" + "03" * 20: "0x6003"}
    with pytest.raises(WrongNetwork) as caught:
        network.check(rpc)
    found = {difference.what: difference for difference in caught.value.differences}
    codes = {f"code hash of {name}" for name in ("Consignments", "Participants", "Recognitions")}
    assert set(found) == {"chain id", "genesis hash"} | codes
    assert (found["chain id"].expected, found["chain id"].found) == ("31337", "1")
    assert found["code hash of Participants"].found == "not there"
    assert "chain id is 1, not 31337" in str(caught.value)


def test_a_node_that_does_not_tell_is_the_wrong_one(node, rpc):
    network = standing(node)
    node.fail("eth_chainId", Failure(-32601, "no such method"))
    node.fail("eth_getBlockByNumber", Failure(-32601, "no such method"))
    with pytest.raises(WrongNetwork) as caught:
        network.check(rpc)
    assert [one.what for one in caught.value.differences] == ["chain id", "genesis hash"]


def test_an_unreachable_node_is_not_a_wrong_one():
    with pytest.raises(NodeUnreachable):
        network_of().check(Rpc("http://127.0.0.1:1", attempts=1))


def test_the_first_block_need_not_be_zero(node, rpc):
    block = node.chain.block()
    network = dataclasses.replace(standing(node), first_block=1, genesis_hash=block.hash)
    network.check(rpc)


def test_domains_are_the_two_contracts():
    network = network_of()
    assert network.domains.consignments.contract == network.consignments
    assert network.domains.participants.contract == network.participants
    assert network.domains.consignments.chain_id == network.chain_id
    assert network.domains is network.domains


def test_a_descriptor_survives_its_file(tmp_path):
    path = tmp_path / "net.json"
    network_of("depth:3").save(path)
    assert Network.load(path) == network_of("depth:3")
    assert [file.name for file in tmp_path.iterdir()] == ["net.json"]


def test_the_readme_shows_all_fields():
    readme = open("networks/README.md").read()  # noqa: SIM115, PTH123
    shown = json.loads(readme.partition("```json")[2].partition("```")[0])
    assert list(shown) == ["format", *(field.name for field in dataclasses.fields(Network))]


def changed(**changes) -> str:
    values = {**json.loads(network_of().to_json()), **changes}
    return json.dumps({name: value for name, value in values.items() if value is not ...})


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        changed(format=2),
        changed(chain_id=...),
        changed(extra=1),
        changed(chain_id="31337"),
        changed(chain_id=True),
        changed(chain_id=0),
        changed(start_block=-1),
        changed(genesis_hash="0x12"),
        changed(genesis_hash="zz"),
        changed(genesis_hash="0xzz"),
        changed(consignments=5),
        changed(finality="soon"),
        changed(name=None),
    ],
)
def test_a_descriptor_that_can_not_be_right(text):
    with pytest.raises(DescriptorError):
        Network.from_json(text)


def test_the_first_block_may_be_left_out():
    assert Network.from_json(changed(first_block=...)).first_block == 0


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DescriptorError, match="No such file"):
        Network.load(tmp_path / "none.json")
