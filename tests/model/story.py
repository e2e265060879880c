"""One consignment of several administrations, told record by record: controlled, recognised, released by it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
from tests.model.chain import Chain
from tests.model.drafts import remember_join_key
from tests.model.reading import STEPS
from tests.model.world import World, signer

Play = Callable[..., None]

SOON = 3_600
SOMETHING = Digest(b"\x11" * 32)


@dataclass
class Story:
    """One consignment of two administrations, told record by record on a chain."""

    chain: Chain
    world: World
    play: Play

    def record(self, record: Record, by: int, purpose: Purpose = Purpose.DECIDE, proof: Any = None) -> Digest:
        digest = self.world.domains.digest(record)
        proven = proof(digest) if callable(proof) else proof or b""
        entry = self.world.sign(record, self.world.key_of(by, purpose), proven)
        self.play(self.chain, self.world, [entry], 5, expected=Outcome.RECORDED)
        return digest

    def times(self) -> dict[str, Any]:
        return {"effective_at": self.world.now, "deadline": self.world.now + SOON}

    def declare(self, administration: int, consignment: bytes = ZERO) -> Digest:
        key = signer("join")
        self.world.known(key)
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
        digest = self.record(record, administration, proof=key.sign if any(consignment) else None)
        remember_join_key(self.world, record, digest)
        return digest

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


def relied_on(chain: Chain, world: World, play: Play) -> Digest:
    """A release by administration 2 that relies on a control by 1, and one by 3 that relies on 2's recognition."""
    story = Story(chain, world, play)
    exported = story.declare(1)
    imported, onward = story.declare(2, exported), story.declare(3, exported)
    agreed, further = story.arrange(1, 2), story.arrange(2, 3)
    near = story.recognise(imported, 2, story.control(exported, 1), agreed)
    far = story.recognise(onward, 3, near, further)
    story.release(imported, 2, near)
    return story.release(onward, 3, far)
