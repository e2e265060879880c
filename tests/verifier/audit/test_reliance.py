"""Reliance on a real chain: a release that relies on a recognised control, until the control is superseded."""

from dataclasses import dataclass
from typing import Any

import pytest
from eth_abi.abi import encode as abi_encode

from ledger.domain.codes import (
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    Leg,
    Outcome,
    Purpose,
    Regime,
    Stage,
    Verdict,
)
from ledger.domain.keccak import keccak256
from ledger.domain.records import Arrangement, Control, Decision, Declaration, Recognition, Record
from ledger.domain.wire import ZERO, Address, ConsignmentId, DeclarationId, Digest, encode
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.testimony import History, declaration_said, status_said
from passavant_verifier.reliance import why_withdrawn
from tests.model import test_histories
from tests.model.chain import NETWORK_ID, Chain
from tests.model.reading import STEPS
from tests.model.test_histories import play
from tests.model.world import World, founders, signer
from tests.verifier.audit.auditing import network_at, replayed
from tests.verifier.audit.relying import Slots, assert_reliance

SOON = 3_600
SOMETHING = Digest(b"\x11" * 32)


@dataclass
class Story:
    """One consignment of two administrations, told record by record on a chain."""

    chain: Chain
    world: World

    def record(self, record: Record, by: int, purpose: Purpose = Purpose.DECIDE, proof: Any = None) -> Digest:
        digest = self.world.domains.digest(record)
        proven = proof(digest) if callable(proof) else proof or b""
        entry = self.world.sign(record, self.world.key_of(by, purpose), proven)
        play(self.chain, self.world, [entry], 5, expected=Outcome.RECORDED)
        return digest

    def times(self) -> dict[str, Any]:
        return {"effective_at": self.world.now, "deadline": self.world.now + SOON}

    def declare(self, administration: int, consignment: bytes = ZERO) -> Digest:
        key = signer("join")
        record = Declaration(
            consignment=ConsignmentId(consignment),
            join_key=Address(bytes(20) if any(consignment) else key.address),
            declarant=0,
            administration=administration,
            leg=Leg.IMPORT if any(consignment) else Leg.EXPORT,
            regime=Regime.HOME_USE,
            stage=Stage.ARRIVED,
            commitment=SOMETHING,
            schema=SOMETHING,
            **self.times(),
        )
        return self.record(record, administration, proof=key.sign if any(consignment) else None)

    def control(self, declaration: Digest, by: int, supersedes: bytes = ZERO) -> Digest:
        record = Control(
            declaration=DeclarationId(declaration),
            prev=self.world.ledger.declarations[DeclarationId(declaration)].settled,
            supersedes=Digest(supersedes),
            administration=by,
            office=7,
            version=1,
            method=ControlMethod.PHYSICAL,
            outcome=ControlOutcome.NONE_FOUND,
            risk=3,
            valid_until=self.world.now + 10 * SOON,
            **self.times(),
        )
        return self.record(record, by, proof=self.way_to(supersedes) if any(supersedes) else None)

    def way_to(self, digest: bytes) -> bytes:
        """The proof of superseding from a control to the settled head."""
        steps = self.world.steps[self.world.controls[digest].declaration]
        start = next(at for at, (_, _, one) in enumerate(steps) if one == digest)
        return abi_encode(STEPS, (steps[start][0], [(request, one) for _, request, one in steps[start:]]))

    def arrange(self, first: int, second: int) -> Digest:
        record = Arrangement(
            first=first,
            second=second,
            procedures=0x1FF,
            methods=15,
            risks=15,
            valid_from=self.world.now,
            valid_until=self.world.now + 10 * SOON,
            deadline=self.world.now + SOON,
        )
        return self.record(record, first, Purpose.MANAGE, self.world.key_of(second, Purpose.MANAGE).sign)

    def recognise(self, declaration: Digest, by: int, parent: Digest, arrangement: Digest) -> Digest:
        control = self.world.controls.get(parent)
        record = Recognition(
            declaration=DeclarationId(declaration),
            parent=parent,
            arrangement=arrangement,
            administration=by,
            office=7,
            version=1,
            verdict=Verdict.FULL,
            risk=3,
            **self.times(),
        )
        return self.record(record, by, proof=encode(control) + self.way_to(parent) if control else None)

    def release(self, declaration: Digest, by: int, *relied: Digest) -> Digest:
        record = Decision(
            declaration=DeclarationId(declaration),
            prev=self.world.ledger.declarations[DeclarationId(declaration)].settled,
            administration=by,
            office=7,
            kind=DecisionKind.RELEASE,
            reliance=keccak256(*relied),
            **self.times(),
        )
        return self.record(record, by, proof=b"".join(relied))


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
