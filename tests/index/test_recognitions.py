"""Mutual recognition in the index: who relies on what, and what that says of a status."""

from typing import Any

import pytest

from ledger.domain import records
from ledger.domain.codes import DecisionKind, Leg, Outcome, Reliance, SealState, SuspensionAction, Verdict
from ledger.domain.keccak import keccak256
from ledger.domain.wire import ZERO, ConsignmentId, Digest
from ledger.index.answers import Answer
from ledger.index.basis import Bases
from ledger.index.recognitions import load_arrangements, load_grants, load_nodes, load_requests, walk_from
from ledger.index.replaying import replay
from ledger.index.timeline import Timeline
from tests.index.streams import CN, GB, PLATFORM
from tests.index.test_replaying import stream
from tests.index.worlds import World

SOON = 600


class Web:
    """A consignment that GB exports and CN imports, with an arrangement between the two."""

    def __init__(self, world: World) -> None:
        self.world, self.chain = world, world.chain
        self.exported = self.chain.declare(leg=Leg.EXPORT)
        self.imported = self.chain.declare(consignment=ConsignmentId(self.exported), administration=CN)
        self.agreed = self.arrange()

    def record(self, record: Any, proof: bytes = b"") -> Digest:
        return self.chain._record(record, proof)

    def arrange(self, predecessor: bytes = ZERO, **given: Any) -> Digest:
        start = self.chain.time
        values = {"valid_from": start, "valid_until": start + 10_000, "deadline": start + SOON}
        scope = {"procedures": 0x1FF, "methods": 15, "risks": 15}
        first, second = sorted((GB, CN))
        return self.record(
            records.Arrangement(first=first, second=second, predecessor=Digest(predecessor), **values | scope | given)
        )

    def recognise(self, parent: Digest, by: int = CN, **given: Any) -> Digest:
        declaration = self.imported if by == CN else self.exported
        values: dict[str, Any] = {
            "declaration": declaration,
            "parent": parent,
            "arrangement": self.agreed,
            "administration": by,
            "version": 1,
            "verdict": Verdict.FULL,
            "risk": 1,
            "effective_at": self.chain.time,
            "deadline": self.chain.time + SOON,
        }
        return self.record(records.Recognition(**values | given))

    def release(self, *relied: Digest, kind: DecisionKind = DecisionKind.RELEASE, **given: Any) -> Digest:
        state = self.chain.declarations[self.imported]
        record = records.Decision(
            declaration=self.imported,
            prev=state.settled,
            administration=CN,
            kind=kind,
            reliance=keccak256(*relied),
            effective_at=self.chain.time,
            deadline=self.chain.time + SOON,
            **given,
        )
        return self.chain._advance(record, b"".join(relied))

    def standing(self, digest: Digest) -> Outcome:
        self.world.index()
        with self.world.store.reading() as session:
            return walk_from(session, [digest]).standing(digest)


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def test_a_released_parcel_learns_of_a_revocation_in_the_same_block(web):
    control = web.chain.control(web.exported)
    recognition = web.recognise(control)
    web.release(recognition)
    before = web.world.ask(web.imported)
    shown = web.world.queries.declaration(web.imported, PLATFORM)
    assert (before.answer, before.reliance, shown.reliance) == (Answer.RELEASED, Reliance.STANDS, Reliance.STANDS)
    web.chain.control(web.exported, supersedes=control, outcome=4)
    after = web.world.ask(web.imported)
    later = web.world.queries.declaration(web.imported, PLATFORM)
    assert (after.answer, after.reliance, later.reliance) == (Answer.RELEASED, Reliance.WITHDRAWN, Reliance.WITHDRAWN)
    assert after.public_head == before.public_head
    assert after.etag != before.etag
    assert later.etag != shown.etag
    assert web.world.ask(web.exported).reliance is None


def test_a_decision_anew_ends_it(web):
    control = web.chain.control(web.exported)
    web.release(web.recognise(control))
    web.chain.control(web.exported, supersedes=control, outcome=4)
    web.world.index()
    web.chain.decide(web.imported, DecisionKind.RECEIPT)
    assert web.world.ask(web.imported).reliance is Reliance.WITHDRAWN
    web.chain.decide(web.imported, DecisionKind.CLEAR)
    assert web.world.ask(web.imported).reliance is None


def test_a_broken_seal_shows_at_its_own_declaration_alone(web):
    web.release(web.recognise(web.chain.control(web.exported)))
    before = web.world.ask(web.imported)
    web.chain.control(web.imported, seal_state=SealState.BROKEN)
    after = web.world.ask(web.imported)
    shown = web.world.queries.declaration(web.imported, PLATFORM)
    assert (before.reliance, before.seal_broken) == (Reliance.STANDS, False)
    assert (after.answer, after.reliance, after.seal_broken) == (Answer.RELEASED, Reliance.WITHDRAWN, True)
    assert (shown.reliance, "SEAL_BROKEN" in shown.flags) == (Reliance.WITHDRAWN, True)
    assert shown.etag.endswith("withdrawn")
    assert after.etag != before.etag
    assert web.world.ask(web.exported).reliance is None
    assert replay(web.world.store, stream(web.chain)).differences == []
    web.chain.decide(web.imported, DecisionKind.CLEAR)
    cleared = web.world.ask(web.imported)
    assert (cleared.reliance, cleared.seal_broken) == (None, False)


def test_a_broken_seal_that_is_taken_back_breaks_nothing(web):
    web.release(web.recognise(web.chain.control(web.exported)))
    web.world.index()
    kept = web.chain.blocks[-1].number
    web.chain.control(web.imported, seal_state=SealState.BROKEN)
    assert web.world.ask(web.imported).reliance is Reliance.WITHDRAWN
    web.world.indexer.rollback(kept)
    assert web.world.queries.declaration(web.imported, PLATFORM).reliance is Reliance.STANDS


@pytest.mark.parametrize("apart", [True, False], ids=["each in its own block", "all in one block"])
def test_a_chain_of_recognitions_breaks_with_its_root(web, apart):
    control = web.chain.control(web.exported)
    parent = web.recognise(control)
    for by in (GB, CN, GB):
        if apart:
            web.world.index()
        parent = web.recognise(parent, by)
    assert web.standing(parent) is Outcome.RECORDED
    web.chain.control(web.exported, supersedes=control, outcome=4)
    assert web.standing(parent) is Outcome.PARENT_BROKEN
    with web.world.store.reading() as session:
        (found,) = dict(load_nodes(session, [parent])).values()
    assert (found.depth, found.control) == (4, control)


def test_a_touched_risk_breaks(web):
    recognition = web.recognise(web.chain.control(web.exported))
    assert web.standing(recognition) is Outcome.RECORDED
    web.chain.decide(web.exported, DecisionKind.AMEND, commitment=b"\1" * 32, touched_risks=2)
    assert web.standing(recognition) is Outcome.RECORDED
    web.chain.decide(web.exported, DecisionKind.AMEND, commitment=b"\2" * 32, touched_risks=9)
    assert web.standing(recognition) is Outcome.RISK_TOUCHED


def test_a_recognition_is_replaced(web):
    control = web.chain.control(web.exported)
    first = web.recognise(control)
    web.world.index()
    web.recognise(control, supersedes=first)
    assert web.standing(first) is Outcome.PARENT_BROKEN


def test_an_aeos_status_ends(web):
    chain = web.chain
    shared: dict[str, Any] = {"administration": GB, "operator": PLATFORM, "deadline": chain.time + SOON}
    granted = web.record(records.AeoStatus(status=1, valid_from=chain.time, valid_until=chain.time + 9_999, **shared))
    recognition = web.recognise(chain.control(web.exported), aeo=granted)
    assert web.standing(recognition) is Outcome.RECORDED
    web.record(records.AeoStatus(status=3, grant=granted, valid_from=chain.time, **shared))
    assert web.standing(recognition) is Outcome.RECORDED  # from its own time on
    web.record(records.AeoStatus(status=3, grant=granted, valid_from=chain.time - 100, **shared))
    assert web.standing(recognition) is Outcome.PARENT_BROKEN
    with web.world.store.reading() as session:
        (found,) = dict(load_grants(session, [granted])).values()
    assert found.record.operator == PLATFORM


def test_versions_and_suspensions_of_an_arrangement(web):
    web.world.index()
    second = web.arrange(web.agreed, valid_from=web.chain.time + 50)
    web.world.index()
    with web.world.store.reading() as session:
        known = load_arrangements(session)
    (line,) = known.lines.values()
    assert (line.latest, line.suspended) == (second, frozenset())
    assert known.versions[web.agreed].valid_until == known.versions[second].record.valid_from
    web.record(
        records.ArrangementSuspension(
            administration=CN,
            arrangement=second,
            prev=line.head,
            action=SuspensionAction.SUSPEND,
            deadline=web.chain.time + SOON,
        )
    )
    web.world.index()
    with web.world.store.reading() as session:
        (line,) = load_arrangements(session).lines.values()
    assert line.suspended == {CN}


def test_assistance_is_asked_for_and_answered(web):
    shared: dict[str, Any] = {"consignment": ConsignmentId(web.exported), "kind": 2, "commitment": b"\1" * 32}
    deadline = web.chain.time + SOON
    request = web.record(
        records.Assistance(administration=CN, addressee=GB, action=1, due_at=deadline, deadline=deadline, **shared)
    )
    web.world.index()
    answer = web.record(
        records.Assistance(administration=GB, addressee=CN, action=2, request=request, deadline=deadline, **shared)
    )
    web.world.index()
    with web.world.store.reading() as session:
        (found,) = dict(load_requests(session, [request])).values()
    assert (found.answer, found.answered_at, found.record.addressee) == (answer, web.chain.time, GB)


def test_the_timeline_of_the_relying_declaration_has_it(web):
    recognition = web.recognise(web.chain.control(web.exported))
    web.world.index()
    with web.world.store.reading() as session:
        entry = Timeline(session).entries([web.imported])[-1]
    assert (entry.type, entry.digest, entry.by) == ("Recognition", recognition, CN)
    assert entry.fields is not None
    assert entry.fields["verdict"] == "FULL"
    assert entry.head_before == entry.head_after


def test_whose_control_was_recognised_sees_by_whom(web):
    web.chain.block()
    control = web.chain.control(web.exported)
    web.recognise(control)
    web.world.index()
    with web.world.store.reading() as session:
        entries = Timeline(session).entries([web.exported])
    assert [(entry.type, entry.by) for entry in entries][-2:] == [("Control", GB), ("Recognition", CN)]
    with web.world.store.reading() as session:
        both = Timeline(session).entries([web.exported, web.imported])
    assert len({entry.digest for entry in both}) == len(both) == 4


def test_a_recognition_of_what_was_never_recorded_is_a_gap(web):
    web.recognise(Digest(b"\7" * 32))
    with pytest.raises(Exception, match="its parent"):
        web.world.index()


def test_taken_back_it_stands_again_and_a_replay_agrees(web):
    control = web.chain.control(web.exported)
    recognition = web.recognise(control)
    web.release(recognition)
    web.world.index()
    kept = web.chain.blocks[-1].number
    web.chain.control(web.exported, supersedes=control, outcome=4)
    web.recognise(recognition, GB)
    web.arrange(web.agreed, valid_from=web.chain.time + 50)
    assert web.world.ask(web.imported).reliance is Reliance.WITHDRAWN
    assert replay(web.world.store, stream(web.chain)).differences == []
    web.world.indexer.rollback(kept)
    other = web.chain.branch(kept, b"other")
    assert web.world.queries.declaration(web.imported, PLATFORM).reliance is Reliance.STANDS
    assert replay(web.world.store, stream(other)).differences == []


def test_what_a_receipt_proves_of_reliance_is_all_that_it_relies_on(web: Web, world: World):
    control = web.chain.control(web.exported, risk=1)
    near = web.recognise(Digest(control))
    web.release(near)
    world.index()
    with world.store.reading() as session:
        bases = Bases(session, web.chain.blocks[-1].number)
        relying, other = bases.of(web.imported), bases.of(web.exported)
    assert relying is not None
    assert relying.walk is not None
    assert (set(relying.walk.known.nodes), set(relying.walk.known.controls)) == ({near}, {control})
    assert other is None
