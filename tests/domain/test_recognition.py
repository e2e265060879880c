"""Random webs of recognitions and revocations: the walk up says what a naive recomputation of everything says."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.codes import AeoStanding, ControlMethod, ControlOutcome, Outcome, Risk, Verdict
from ledger.domain.recognition import AeoGrant, AssistanceRequest, Recognitions, Walk, meets, relied_in
from ledger.domain.records import AeoStatus, Assistance, Control, Decision, Recognition
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head

ADMINISTRATIONS = 6
FAN_OUT = 1_000
DEPTH = 8
OFTEN = settings(max_examples=40, deadline=None)


def _digest(kind: int, number: int) -> Digest:
    return Digest(bytes([kind]) + number.to_bytes(31, "big"))


@dataclass
class Web:
    """Recognitions, as a contract keeps them, and all that ever happened, from which the naive one starts anew."""

    random: Random
    known: Recognitions = field(default_factory=Recognitions)
    superseded: set[Digest] = field(default_factory=set)
    touched: dict[DeclarationId, tuple[int, ...]] = field(default_factory=dict)
    versions: dict[DeclarationId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in range(ADMINISTRATIONS):
            declaration = DeclarationId(_digest(1, number))
            self.touched[declaration], self.versions[declaration] = (0, 0, 0, 0), 1
        for number in range(2):
            grant = AeoStatus(
                administration=1, operator=70_000, status=AeoStanding.GRANTED, valid_from=1, valid_until=99, deadline=0
            )
            self.known.grants[_digest(4, number)] = AeoGrant(grant)

    @property
    def walk(self) -> Walk:
        return Walk(self.known, self.superseded.__contains__, self.touched.__getitem__)

    def control(self) -> Digest:
        declaration = self.random.choice(list(self.versions))
        digest = _digest(2, len(self.known.controls))
        self.known.controls[digest] = Control(
            declaration=declaration,
            prev=Head(ZERO),
            administration=1,
            version=self.random.randint(1, self.versions[declaration]),
            method=ControlMethod.PHYSICAL,
            outcome=ControlOutcome.NONE_FOUND,
            risk=self.random.randint(1, 15),
            effective_at=0,
            valid_until=100,
            deadline=0,
        )
        return digest

    def recognise(self, parent: Digest) -> Digest:
        declaration = self.random.choice(list(self.versions))
        above = self.known.nodes[parent].record.risk if parent in self.known.nodes else self.known.controls[parent].risk
        risk = self.random.choice([r for r in range(1, 16) if r & above == r])
        supersedes = self.random.choice([*self.known.nodes, *[Digest(ZERO)] * 40])
        digest = _digest(3, len(self.known.nodes))
        record = Recognition(
            declaration=declaration,
            parent=parent,
            supersedes=supersedes if supersedes != parent else Digest(ZERO),
            aeo=self.random.choice([*self.known.grants, *[Digest(ZERO)] * 6]),
            administration=1,
            version=self.random.randint(1, self.versions[declaration]),
            verdict=Verdict.PARTIAL,
            risk=risk,
            effective_at=self.random.randint(1, 9),
            deadline=0,
        )
        self.known.recognise(record, digest, None)
        return digest

    def grow(self) -> None:
        """One more recognition, of whatever lies high enough."""
        low = [digest for digest, node in self.known.nodes.items() if node.depth < DEPTH]
        self.recognise(self.random.choice(low + list(self.known.controls)))

    def happen(self) -> None:
        """Something breaks."""
        kind = self.random.randrange(3)
        if kind == 0:
            self.superseded.add(self.random.choice(list(self.known.controls)))
        elif kind == 1:
            grant = self.known.grants[self.random.choice(list(self.known.grants))]
            since = self.random.randint(1, 9)
            grant.ended_from = since if grant.ended_from is None else min(grant.ended_from, since)
        else:
            self.amend(self.random.choice(list(self.versions)), self.random.randint(0, 15))

    def amend(self, declaration: DeclarationId, risks: int) -> None:
        version = self.versions[declaration] = self.versions[declaration] + 1
        before = self.touched[declaration]
        self.touched[declaration] = tuple(
            version if area & risks else lane for area, lane in zip(Risk, before, strict=True)
        )

    def naive(self) -> dict[Digest, set[Risk]]:
        """For every recognition the risk areas in which it no longer stands: pushed down from all causes, at once."""
        children: dict[Digest, list[Digest]] = {}
        for digest, node in self.known.nodes.items():
            children.setdefault(node.record.parent, []).append(digest)
        lost: dict[Digest, set[Risk]] = {digest: set() for digest in self.known.nodes}
        for control, record in self.known.controls.items():
            whole = set(Risk) if control in self.superseded else set()
            self._push(children, lost, control, whole | self._touched(record.declaration, record.version))
        for digest, node in self.known.nodes.items():
            own = self._touched(node.record.declaration, node.record.version)
            if node.record.aeo != ZERO and self._ended(node.record):
                own = set(Risk)
            if any(other.record.supersedes == digest for other in self.known.nodes.values()):
                own = set(Risk)
            lost[digest] |= own
            self._push(children, lost, digest, own)
        return lost

    def _push(
        self, children: dict[Digest, list[Digest]], lost: dict[Digest, set[Risk]], of: Digest, risks: Iterable[Risk]
    ) -> None:
        found = set(risks)
        if not found:
            return
        for child in children.get(of, []):
            lost[child] |= found
            self._push(children, lost, child, found)

    def _touched(self, declaration: DeclarationId, version: int) -> set[Risk]:
        lanes = zip(Risk, self.touched[declaration], strict=True)
        return {area for area, lane in lanes if lane > version}

    def _ended(self, record: Recognition) -> bool:
        since = self.known.grants[record.aeo].ended_from
        return since is not None and record.effective_at >= since

    def flags(self) -> dict[Digest, bool]:
        return {digest: self.walk.standing(digest) is not Outcome.RECORDED for digest in self.known.nodes}

    def naive_flags(self) -> dict[Digest, bool]:
        lost = self.naive()
        return {
            digest: any(area & node.record.risk for area in lost[digest]) for digest, node in self.known.nodes.items()
        }


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 12))
@OFTEN
def test_the_walk_agrees_with_a_naive_recomputation(seed, size, events):
    web = Web(Random(seed))
    for _ in range(1 + size // 10):
        web.control()
    for _ in range(size):
        web.grow()
    broken = web.flags()
    for _ in range(events):
        web.happen()
        web.grow()
        now = web.flags()
        assert now == web.naive_flags()
        assert all(now[digest] for digest, flag in broken.items() if flag), "broken never un-breaks"
        broken = now


@given(st.integers(0, 2**32))
@settings(max_examples=3, deadline=None)
def test_a_wide_and_deep_web(seed):
    web = Web(Random(seed))
    parent = control = web.control()
    for _ in range(DEPTH - 2):
        parent = web.recognise(parent)
    leaves = [web.recognise(parent) for _ in range(FAN_OUT)]
    for leaf in leaves[:FAN_OUT:50]:
        web.recognise(leaf)
    assert max(node.depth for node in web.known.nodes.values()) == DEPTH
    assert web.flags() == web.naive_flags()
    for _ in range(3):
        web.happen()
        assert web.flags() == web.naive_flags()
    web.superseded.add(control)
    assert all(web.flags().values())


def test_a_read_walks_thirty_two_nodes_at_most():
    web = Web(Random(7))
    asked: list[Digest] = []
    relied = []
    for _ in range(4):
        parent = web.control()
        for _ in range(DEPTH):
            parent = web.recognise(parent)
        relied.append(parent)
    declaration = DeclarationId(_digest(1, 0))
    web.known.reliances[declaration] = tuple(relied)

    class Counting(dict[Digest, object]):
        def get(self, key: Digest, default: object = None) -> object:
            asked.append(key)
            return super().get(key, default)

    web.known.nodes = Counting(web.known.nodes)  # type: ignore[assignment]
    for node in web.known.nodes.values():
        node.withdrawn = False
    web.known.grants.clear()
    assert not web.walk.is_withdrawn(declaration)
    assert len([key for key in asked if key in web.known.nodes]) == 32


def test_a_standard_is_met_by_its_name_at_its_level_or_above():
    assert meets(ZERO, ZERO)
    assert meets(b"\x01" * 31 + b"\x02", b"\x01" * 31 + b"\x02")
    assert not meets(b"\x02" * 31 + b"\x03", b"\x01" * 31 + b"\x02")


@given(steps=st.integers(0, 5), relied=st.integers(1, 4))
def test_what_is_relied_on_follows_the_proof_of_what_is_superseded(steps, relied):
    """docs/records.md, Reliance: the words of the superseding proof come first, then 1 to 4 digests."""
    named = tuple(_digest(9, number) for number in range(relied))
    superseding = ZERO + (64).to_bytes(32, "big") + steps.to_bytes(32, "big") + b"\xee" * 64 * steps
    alone = Decision(
        declaration=DeclarationId(_digest(1, 0)),
        prev=Head(ZERO),
        administration=1,
        kind=1,
        reliance=_digest(8, 0),
        effective_at=1,
        deadline=2,
    )
    assert relied_in(alone, b"".join(named)) == named
    assert relied_in(replace(alone, supersedes=_digest(7, 0)), superseding + b"".join(named)) == named
    assert relied_in(replace(alone, reliance=ZERO), superseding) == ()


@pytest.mark.parametrize(
    ("answered_at", "now", "late"), [(0, 100, 0), (0, 101, 1), (0, 90, 0), (100, 500, 0), (130, 500, 30)]
)
def test_a_request_of_assistance_is_late_until_it_is_answered(answered_at, now, late):
    record = Assistance(
        administration=1, addressee=2, consignment=ConsignmentId(ZERO), action=1, kind=1, due_at=100, deadline=9
    )
    assert AssistanceRequest(record, answered_at=answered_at).late(now) == late
