"""Reliance on a real chain: a release that relies on a recognised control, until the control is superseded."""

from dataclasses import dataclass

import pytest

from ledger.domain.wire import Digest
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.testimony import History, declaration_said, status_said
from passavant_verifier.reliance import why_withdrawn
from tests.model import story as stories
from tests.model import test_histories
from tests.model.chain import NETWORK_ID, Chain
from tests.model.test_histories import play as presented
from tests.model.world import founders
from tests.verifier.audit.auditing import network_at, replayed
from tests.verifier.audit.relying import Slots, assert_reliance


@dataclass
class Story(stories.Story):
    """Each of its records is presented to the contracts and to the model."""

    play: stories.Play = presented


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    with Chain(tmp_path_factory.mktemp("relied"), founders(), development=True) as chain:
        yield chain


def test_a_cascade_is_seen_from_the_state_and_from_the_events(chain: Chain):
    story = Story(chain, test_histories.Stage(chain).world)
    exported = story.declare(1)
    imported = story.declare(2, exported)
    onward = story.declare(3, exported)
    agreed, further = story.arrange(1, 2), story.arrange(2, 3)
    control = story.control(exported, 1)
    near = story.recognise(imported, 2, control, agreed)
    far = story.recognise(onward, 3, near, further)
    story.release(imported, 2, near)
    story.release(onward, 3, far)
    assert [told(story, one) for one in (imported, onward, exported)] == ["STANDS", "STANDS", None]
    story.control(exported, 1, supersedes=control)
    assert [told(story, one) for one in (imported, onward, exported)] == ["WITHDRAWN", "WITHDRAWN", None]


def told(story: Story, declaration: Digest) -> str | None:
    """What the auditor expects a gateway to say, once receipt's verifier, auditor and model agree."""
    chain, history = story.chain, History()
    node = Node(f"http://127.0.0.1:{chain.anvil.port}")
    network = network_at(node, NETWORK_ID, chain.consignments, chain.participants)
    replay, findings = replayed(node, network, history)
    assert not findings.divergences
    assert_reliance(node, network, replay.ledger, story.world.ledger.walk)
    relies = declaration in replay.ledger.recognitions.reliances
    reason = why_withdrawn(Slots(node, network), declaration) if relies else ""  # type: ignore[arg-type]
    node.close()
    said = declaration_said(replay.ledger, history, declaration, story.world.now)["reliance"]
    assert status_said(replay.ledger, history, declaration, story.world.now)["reliance"] == said
    assert reason == ("the control that it relies on was superseded" if said == "WITHDRAWN" else "")
    return None if said is None else str(said)
