"""Random webs over several consignments: the folded items, judged when read, are what a naive recomputation lists.

Invariants: an item does not depend on how events were batched; what is open is what the records alone say is open; what
remains after a rollback is what the remaining blocks had given.
"""

import shutil
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain import records
from ledger.domain.codes import AeoStanding, AssistanceAction, DecisionKind, Leg, Risk, SealState, Verdict
from ledger.domain.events import Recorded
from ledger.domain.keccak import keccak256
from ledger.domain.lifecycle import TABLE
from ledger.domain.recognition import relied_in
from ledger.domain.state import BrokenTimeline
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from ledger.index.candidates import load_candidates
from ledger.index.goods import GoodsIndex
from ledger.index.replaying import replay
from ledger.index.store import Store
from ledger.index.work import Work
from ledger.index.worklist import Worklist, WorkShown
from tests.index.streams import CN, GB, NETWORK, PLATFORM
from tests.index.test_replaying import stream
from tests.index.worlds import World

SOON = 600
DEPTH = 8
MATTERS = (DecisionKind.RELEASE, DecisionKind.LIFT_CONTROL, DecisionKind.CONDITIONALLY_RELEASE)
OPEN = (DecisionKind.RELEASE, DecisionKind.CLEAR, DecisionKind.SEIZE, DecisionKind.RECEIPT, DecisionKind.LIFT_CONTROL)
Item = tuple[Work, bytes, bytes]


@dataclass
class Life:
    """A random history that the contracts would have taken."""

    world: World
    random: Random
    grants: list[Digest] = field(default_factory=list)
    agreed: Digest = field(init=False)

    def __post_init__(self) -> None:
        start = self.chain.time
        first, second = sorted((GB, CN))
        arrangement = records.Arrangement(
            first=first,
            second=second,
            procedures=0x1FF,
            methods=15,
            risks=15,
            valid_from=start,
            valid_until=start + 100_000,
            deadline=start + SOON,
        )
        self.agreed = self.chain._record(arrangement)
        for _ in range(2):
            self.chain.declare(leg=Leg.EXPORT)
            self.chain.block()
            self.join()
            self.grants.append(self.chain._record(self.aeo(AeoStanding.GRANTED, self.chain.time, valid_until=2**39)))
        self.control()

    @property
    def chain(self) -> Any:
        return self.world.chain

    def aeo(self, status: AeoStanding, since: int, **given: Any) -> records.AeoStatus:
        who: dict[str, Any] = {"administration": GB, "operator": PLATFORM, "deadline": self.chain.time + SOON}
        return records.AeoStatus(status=status, valid_from=since, **who | given)

    # --- what may happen

    def happen(self) -> None:
        """One more record, or a block, or a reading of the blocks so far."""
        often = (self.control, self.chain.block, self.world.index, *[self.recognise] * 10, *[self.rely] * 5)
        rarely = (self.supersede, self.amend, self.end, self.seal, self.decide, self.ask, self.answer, self.join)
        self.random.choice((*often, *rarely))()

    def join(self) -> None:
        consignments = [one for one in self.chain.declarations if self.state(one).consignment == one]
        administration = self.random.choice((GB, CN))
        self.chain.declare(consignment=ConsignmentId(self.random.choice(consignments)), administration=administration)

    def control(self, supersedes: bytes = ZERO) -> None:
        controls = Naive(self.chain).controls
        at = controls[supersedes].declaration if supersedes in controls else self.random.choice(list(self.declared))
        outcome = self.random.choice((1, 1, 1, 2, 4))
        self.chain.control(at, risk=self.random.randint(1, 15), outcome=outcome, supersedes=Digest(supersedes))

    def supersede(self) -> None:
        naive = Naive(self.chain)
        left = [one for one in naive.controls if one not in naive.superseded]
        self.control(self.random.choice(left) if left else ZERO)

    def recognise(self) -> None:
        naive = Naive(self.chain)
        good = [one for one, control in naive.controls.items() if control.outcome == 1]
        passed = [one for one, node in naive.nodes.items() if node.verdict != Verdict.DECLINED]
        parent = self.random.choice(good + passed * 3) if good else None
        if parent is None or naive.depth(parent) >= DEPTH:
            return
        above = naive.risk_of(parent)
        risk = self.random.choice([one for one in range(1, 16) if one & above == one])
        own = self.random.choice(self.others(naive.declaration_of(parent)))
        if own is None or naive.lost(parent, risk):
            return
        before = [one for one, node in naive.nodes.items() if node.declaration == own and one not in naive.replaced]
        self.chain._record(
            records.Recognition(
                declaration=own,
                parent=Digest(parent),
                supersedes=Digest(self.random.choice([ZERO, ZERO, ZERO, *before])),
                arrangement=self.agreed,
                aeo=self.random.choice([*[g for g in self.grants if g not in naive.ended], *[Digest(ZERO)] * 4]),
                administration=self.state(own).administration,
                version=self.state(own).version.number,
                verdict=self.random.choice((Verdict.PARTIAL, Verdict.PARTIAL, Verdict.PARTIAL, Verdict.DECLINED)),
                risk=risk,
                effective_at=self.chain.time,
                deadline=self.chain.time + SOON,
            )
        )

    def rely(self) -> None:
        naive = Naive(self.chain)
        good = [one for one in naive.nodes if naive.stands(one)]
        if good:
            declaration = naive.nodes[self.random.choice(good)].declaration
            own = [one for one in good if naive.nodes[one].declaration == declaration]
            relied = self.random.sample(own, self.random.randint(1, min(4, len(own))))
            self.decided(declaration, self.random.choice(MATTERS), relied)

    def decide(self) -> None:
        self.decided(self.random.choice(list(self.declared)), self.random.choice(OPEN), [])

    def decided(self, declaration: bytes, kind: DecisionKind, relied: list[bytes]) -> None:
        state = self.state(declaration)
        record = records.Decision(
            declaration=DeclarationId(declaration),
            prev=state.settled,
            administration=state.administration,
            kind=kind,
            reliance=Digest(keccak256(*relied)) if relied else Digest(ZERO),
            effective_at=self.chain.time,
            limit_at=self.chain.time + SOON if kind is DecisionKind.CONDITIONALLY_RELEASE else 0,
            deadline=self.chain.time + SOON,
        )
        try:
            self.chain._advance(record, b"".join(relied))
        except BrokenTimeline:
            self.chain._waiting.pop()

    def shake(self) -> None:
        """Something breaks, and perhaps more."""
        self.random.choice((self.supersede, self.amend, self.amend, self.end, self.seal, self.happen))()

    def seal(self) -> None:
        """A broken seal, perhaps where nothing is relied on."""
        resting = [one for one in self.declared if self.state(one).relies]
        self.chain.control(self.random.choice(resting or self.declared), seal_state=SealState.BROKEN)

    def amend(self) -> None:
        naive = Naive(self.chain)
        at = naive.declaration_of(self.random.choice([*naive.controls, *naive.nodes]))
        content, risks = self.random.randbytes(32), self.random.randint(1, 15)
        try:
            self.chain.decide(at, DecisionKind.AMEND, commitment=content, touched_risks=risks)
        except BrokenTimeline:
            self.chain._waiting.pop()

    def end(self) -> None:
        left = [one for one in self.grants if one not in Naive(self.chain).ended]
        if left and self.random.random() < 0.5:
            since = self.chain.time - self.random.randint(0, 30)
            self.chain._record(self.aeo(AeoStanding.WITHDRAWN, since, grant=self.random.choice(left)))

    def ask(self) -> None:
        by, to = self.random.sample((GB, CN), 2)
        consignment = self.state(self.random.choice(list(self.declared))).consignment
        self.assist(by, to, AssistanceAction.REQUEST, consignment=consignment, due_at=self.chain.time + 20)

    def answer(self) -> None:
        naive = Naive(self.chain)
        waiting = [one for one in naive.requests if one not in naive.answers]
        if waiting:
            asked = naive.requests[one := self.random.choice(waiting)]
            to = {"request": Digest(one), "consignment": asked.consignment}
            self.assist(asked.addressee, asked.administration, AssistanceAction.ANSWER, **to)

    def assist(self, by: int, to: int, action: AssistanceAction, **given: Any) -> None:
        content = self.random.randbytes(32)
        fixed: dict[str, Any] = {"kind": 1, "commitment": content, "deadline": self.chain.time + SOON}
        self.chain._record(records.Assistance(administration=by, addressee=to, action=action, **fixed | given))

    # --- what there is

    @property
    def declared(self) -> list[bytes]:
        return list(self.chain.declarations)

    def state(self, declaration: bytes) -> Any:
        return self.chain.declarations[declaration]

    def others(self, declaration: bytes) -> list[Any]:
        mine = self.state(declaration)
        found = [
            one
            for one in self.declared
            if self.state(one).consignment == mine.consignment and self.state(one).administration != mine.administration
        ]
        return [DeclarationId(one) for one in found] or [None]


class Naive:
    """All that the records say, from the beginning, without any index."""

    def __init__(self, chain: Any) -> None:
        self.controls: dict[bytes, records.Control] = {}
        self.nodes: dict[bytes, records.Recognition] = {}
        self.superseded: set[bytes] = set()
        self.replaced: set[bytes] = set()
        self.ended: dict[bytes, int] = {}
        self.requests: dict[bytes, records.Assistance] = {}
        self.answers: dict[bytes, bytes] = {}
        self.relied: dict[bytes, tuple[Digest, ...]] = {}
        self.seals: dict[bytes, bytes] = {}
        self.states = chain.declarations
        for event in [*chain.events, *(make(chain_position()) for make in chain._waiting)]:
            if isinstance(event, Recorded):
                self._take(event, event.record, event.digest)

    def _take(self, event: Recorded, record: Any, digest: bytes) -> None:
        if isinstance(record, records.Control):
            self.controls[digest] = record
            self.superseded.add(record.supersedes)
            if record.seal_state == SealState.BROKEN and record.declaration in self.relied:
                self.seals.setdefault(record.declaration, digest)
        elif isinstance(record, records.Recognition):
            self.nodes[digest] = record
            self.replaced.add(record.supersedes)
        elif isinstance(record, records.AeoStatus) and record.grant != ZERO:
            self.ended[record.grant] = record.valid_from
        elif isinstance(record, records.Decision):
            self._decided(event, record)
        elif isinstance(record, records.Assistance) and record.request == ZERO:
            self.requests[digest] = record
        elif isinstance(record, records.Assistance):
            self.answers[record.request] = digest

    def _decided(self, event: Recorded, record: records.Decision) -> None:
        row = TABLE[DecisionKind(record.kind)]
        if record.reliance != ZERO or row.releases or row.withholds:
            self.relied.pop(record.declaration, None)
            self.seals.pop(record.declaration, None)
        if record.reliance != ZERO:
            self.relied[record.declaration] = relied_in(record, event.proof)

    def depth(self, digest: bytes) -> int:
        return 1 + self.depth(self.nodes[digest].parent) if digest in self.nodes else 0

    def risk_of(self, digest: bytes) -> int:
        return int((self.nodes.get(digest) or self.controls[digest]).risk)

    def declaration_of(self, digest: bytes) -> bytes:
        return (self.nodes.get(digest) or self.controls[digest]).declaration

    def stands(self, digest: bytes) -> bool:
        node = self.nodes[digest]
        return node.verdict != Verdict.DECLINED and not self.lost(digest, node.risk)

    def lost(self, digest: bytes, risk: int) -> bool:
        """Whether a control, or a recognition with all above it, no longer stands in risk areas."""
        node = self.nodes.get(digest)
        if node is None:
            control = self.controls[digest]
            return digest in self.superseded or self.touched(control.declaration, control.version, risk)
        ended = self.ended.get(node.aeo)
        own = digest in self.replaced or (ended is not None and node.effective_at >= ended)
        return own or self.touched(node.declaration, node.version, risk) or self.lost(node.parent, risk)

    def touched(self, declaration: bytes, version: int, risk: int) -> bool:
        lanes = zip(Risk, self.states[declaration].touched, strict=True)
        return any(area & risk and lane > version for area, lane in lanes)

    def open_for(self, viewer: int) -> set[Item]:
        """Withdrawn reliances and assistance: controls are asked of the candidates."""
        withdrawn = {
            (Work.WITHDRAWN, one, digest)
            for one, relied in self.relied.items()
            for digest in relied
            if self.states[one].administration == viewer and not self.stands(digest)
        }
        sealed = {(Work.WITHDRAWN, *one) for one in self.seals.items() if self.states[one[0]].administration == viewer}
        asked = {
            (Work.ASSISTANCE, record.consignment, digest)
            for digest, record in self.requests.items()
            if record.addressee == viewer and digest not in self.answers
        }
        answered = {
            (Work.ASSISTANCE, self.requests[request].consignment, answer)
            for request, answer in self.answers.items()
            if self.requests[request].administration == viewer
        }
        return withdrawn | sealed | asked | answered


def live(life: Life, size: int) -> None:
    """So many records, and then some that break what there is."""
    for _ in range(size):
        life.happen()
    for _ in range(life.random.randint(1, 8)):
        life.shake()
    life.world.index()


def chain_position() -> Any:
    return None


def shown(item: WorkShown) -> Item:
    if item.control is not None:
        return item.kind, item.declaration or b"", item.control.parent
    if item.withdrawal is not None:
        return item.kind, item.declaration or b"", item.withdrawal.recognition or item.withdrawal.record
    assert item.assistance is not None
    return item.kind, item.consignment, item.assistance.answer or item.assistance.request


def folded(life: Life, viewer: int, limit: int) -> list[Item]:
    world = life.world
    goods = GoodsIndex(world.store, world.references)
    found, cursor, more = [], None, True
    with world.store.reading() as session:
        worklist = Worklist(session, world.queries.access(session, viewer), goods)
        while more:
            page = worklist.page(cursor, limit)
            assert len(page.items) <= limit
            found += [shown(one) for one in page.items]
            cursor, more = page.next, page.more
    return found


def usable(life: Life, viewer: int) -> set[Item]:
    own = [one for one in life.declared if life.state(one).administration == viewer]
    goods = GoodsIndex(life.world.store, life.world.references)
    with life.world.store.reading() as session:
        access = life.world.queries.access(session, viewer)
        weighed = [found for one in own for found in load_candidates(session, access, [one], goods)]
    return {(Work.CONTROL, one.declaration, one.parent) for one in weighed if one.usable and one.stands is not True}


@given(st.integers(0, 2**32), st.integers(10, 120))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_folded_and_judged_is_what_the_records_say(migrated_file, tmp_path, seed, size):
    random = Random(seed)
    database = tmp_path / f"{seed}-{size}.db"
    shutil.copy(migrated_file, database)
    store = Store.open(f"sqlite:///{database}", NETWORK)
    try:
        life = Life(World(store, tmp_path), random)
        live(life, size)
        naive = Naive(life.chain)
        for viewer in (GB, CN):
            found = folded(life, viewer, random.choice((1, 3, 100)))
            assert len(found) == len(set(found)), "each once"
            assert set(found) == naive.open_for(viewer) | usable(life, viewer)
        assert replay(store, stream(life.chain, 1)).differences == []
        kept = random.randrange(len(life.chain.blocks))
        life.world.indexer.rollback(kept)
        assert replay(store, stream(life.chain.branch(kept, b""))).differences == []
    finally:
        store.close()


@pytest.mark.postgres
def test_the_same_on_postgres(world):
    if world.store.is_sqlite:
        pytest.skip("on SQLite the property above says it")
    life = Life(world, Random(4))
    live(life, 120)
    for viewer in (GB, CN):
        assert set(folded(life, viewer, 3)) == Naive(life.chain).open_for(viewer) | usable(life, viewer)
    assert replay(world.store, stream(world.chain, 3)).differences == []
