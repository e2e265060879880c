import pytest

from passavant_verifier.audit.rpc import Node
from scripts import stage, story
from tests.model import test_histories
from tests.model.chain import NETWORK_ID, Chain
from tests.model.world import founders
from tests.verifier.audit.auditing import Played, Told, network_at


class Player(test_histories.Histories):
    """Plays a history without hypothesis: the same one every time."""


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """A chain with a history of some forty transactions: records of every kind, and refusals."""
    with (
        Chain(tmp_path_factory.mktemp("played"), founders(), development=True) as chain,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(test_histories, "event", lambda _: None)  # hypothesis's, which there is not here
        player = Player(test_histories.Stage(chain))
        player.begins(start=21)
        for group in range(40):
            player.a_group_is_recorded(seeds=[group, 1000 + group, 2000 + group], wait=60)
        url = f"http://127.0.0.1:{chain.anvil.port}"
        node = Node(url)
        network = network_at(node, NETWORK_ID, chain.consignments, chain.participants)
        yield Played(url, network, chain, player.world)
        node.close()


@pytest.fixture(scope="session")
def told():
    """The demo's network after its story: chain, gateway, and the court of audit's key."""
    with stage.temporary_home() as home:
        story.tell(home)
        yield Told.of(home)
