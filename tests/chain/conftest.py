import pytest

from ledger.chain.network import Network
from ledger.chain.rpc import Rpc
from tests.chain.anvils import Ledger, deploy, running
from tests.fakes.node import FakeNode


@pytest.fixture
def node():
    fake = FakeNode()
    yield fake
    fake.close()


@pytest.fixture
def rpc(node):
    made = Rpc(node.url, pause=0.001, timeout=5)
    yield made
    made.close()


def network_of(finality: str = "instant", **changes) -> Network:
    values = {
        "name": "fake",
        "chain_id": 31337,
        "genesis_hash": b"\1" * 32,
        "network_id": b"\2" * 32,
        "consignments": b"\3" * 20,
        "participants": b"\4" * 20,
        "consignments_code": b"\5" * 32,
        "participants_code": b"\6" * 32,
        "recognitions_code": b"\7" * 32,
        "start_block": 0,
        "finality": finality,
    }
    return Network(**{**values, **changes})


@pytest.fixture(scope="module")
def anvil():
    with running() as node:
        yield node


@pytest.fixture(scope="module")
def ledger(anvil) -> Ledger:
    return deploy(anvil)
