"""What an administration has to do: made once, judged open when it is read, taken back with its block."""

from typing import Any

import pytest

from ledger.domain import records
from ledger.domain.codes import AdmissionAction, DecisionKind, Risk, SealState, Verdict
from ledger.domain.proposals import Goods
from ledger.domain.wire import ConsignmentId
from ledger.index.errors import CursorError
from ledger.index.goods import GoodsIndex
from ledger.index.queries import Queries
from ledger.index.replaying import replay
from ledger.index.withdrawals import Cause
from ledger.index.work import Work
from ledger.index.worklist import WorkFilter, Worklist
from tests.index.streams import CN, GB, PLATFORM
from tests.index.test_recognitions import SOON, Web
from tests.index.test_replaying import stream
from tests.index.worlds import World

ALL = WorkFilter()
HEIR = 827


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def page(web, viewer=CN, which=ALL, after=None, limit=100, now=None):
    web.world.index()
    queries = Queries(web.world.store, clock=lambda: float(now or web.chain.time))
    goods = GoodsIndex(web.world.store, web.world.references)
    with web.world.store.reading() as session:
        return Worklist(session, queries.access(session, viewer), goods, which).page(after, limit)


def listed(web, viewer=CN, which=ALL, **given):
    return [(one.kind, one.declaration) for one in page(web, viewer, which, **given).items]


def test_a_control_is_listed_until_it_is_recognised(web):
    control = web.chain.control(web.exported)
    [found] = page(web).items
    assert (found.kind, found.declaration, found.consignment) == (Work.CONTROL, web.imported, web.exported)
    assert (found.control.parent, found.control.usable, found.declarant) == (control, Risk.SECURITY, PLATFORM)
    assert listed(web, GB) == []
    web.recognise(control)
    assert listed(web) == []


def test_a_declaration_that_joins_later_has_the_controls_before_it(web):
    control = web.chain.control(web.exported)
    web.chain.block()
    late = web.chain.declare(consignment=ConsignmentId(web.exported), administration=CN)
    assert sorted(listed(web)) == sorted([(Work.CONTROL, web.imported), (Work.CONTROL, late)])
    found = {one.declaration: one for one in page(web).items}
    assert found[late].block >= found[web.imported].block
    assert found[late].control.parent == control


def test_what_is_not_usable_is_not_listed(web):
    web.chain.control(web.exported, outcome=2)
    web.chain.control(web.exported, risk=1, valid_until=web.chain.time + 20)
    assert len(listed(web)) == 1
    assert listed(web, now=web.chain.time + 60) == []


def test_a_reliance_is_listed_as_withdrawn_until_it_is_decided_anew(web):
    control = web.chain.control(web.exported)
    recognition = web.recognise(control)
    web.release(recognition)
    assert listed(web) == []
    revoked = web.chain.control(web.exported, supersedes=control, outcome=4)
    [found] = page(web).items
    told = found.withdrawal
    assert (found.kind, found.declaration) == (Work.WITHDRAWN, web.imported)
    assert (told.recognition, told.control, told.cause, told.by) == (recognition, control, Cause.CONTROL_SUPERSEDED, GB)
    assert (told.record, told.risk) == (revoked, Risk.SECURITY)
    web.chain.decide(web.imported, DecisionKind.RECEIPT)
    assert listed(web) == [(Work.WITHDRAWN, web.imported)]
    web.chain.decide(web.imported, DecisionKind.CLEAR)
    assert listed(web) == []


def breaking(web: Web, cause: Cause, control: Any, recognition: Any, granted: Any) -> None:
    chain = web.chain
    if cause is Cause.CONTROL_SUPERSEDED:
        chain.control(web.exported, supersedes=control)
    elif cause is Cause.SEAL_BROKEN:
        chain.control(web.imported, seal_state=SealState.BROKEN)
    elif cause is Cause.RECOGNITION_REPLACED:
        web.recognise(control, supersedes=recognition, verdict=Verdict.DECLINED, reason=1)
    elif cause is Cause.AEO_ENDED:
        ended = {"status": 3, "grant": granted, "valid_from": chain.time - 100, "deadline": chain.time + SOON}
        web.record(records.AeoStatus(administration=GB, operator=PLATFORM, **ended))
    else:
        chain.decide(web.exported, DecisionKind.AMEND, commitment=b"\2" * 32, touched_risks=1)


@pytest.mark.parametrize("apart", [True, False], ids=["in blocks of their own", "in one block"])
@pytest.mark.parametrize("cause", Cause)
def test_every_cause_reaches_it_however_events_are_batched(web, cause, apart):
    chain = web.chain
    shared: dict[str, Any] = {"administration": GB, "operator": PLATFORM, "deadline": chain.time + SOON}
    granted = web.record(records.AeoStatus(status=1, valid_from=chain.time, valid_until=chain.time + 9_999, **shared))
    control = chain.control(web.exported)
    recognition = web.recognise(control, aeo=granted)
    web.release(recognition)
    if apart:
        web.world.index()
    breaking(web, cause, control, recognition, granted)
    [found] = page(web, which=WorkFilter(kind=Work.WITHDRAWN)).items
    alone = None if cause is Cause.SEAL_BROKEN else recognition
    assert (found.withdrawal.recognition, found.withdrawal.cause, found.withdrawal.risk) == (
        alone,
        cause,
        Risk.SECURITY,
    )
    assert replay(web.world.store, stream(web.chain)).differences == []


def test_what_was_dropped_before_it_broke_is_no_work(web):
    control = web.chain.control(web.exported)
    web.release(web.recognise(control))
    web.chain.decide(web.imported, DecisionKind.CLEAR)
    web.chain.control(web.exported, supersedes=control, outcome=4)
    assert listed(web) == []


def test_a_seal_broken_again_after_a_decision_anew_is_one_matter(web):
    control = web.chain.control(web.exported)
    recognition = web.recognise(control)
    web.release(recognition)
    first = web.chain.control(web.imported, seal_state=SealState.BROKEN)
    web.chain.control(web.imported, seal_state=SealState.BROKEN)
    assert [one.withdrawal.record for one in page(web, which=WorkFilter(kind=Work.WITHDRAWN)).items] == [first]
    web.release(recognition, kind=DecisionKind.LIFT_CONTROL)
    assert listed(web, which=WorkFilter(kind=Work.WITHDRAWN)) == []
    third = web.chain.control(web.imported, seal_state=SealState.BROKEN)
    assert [one.withdrawal.record for one in page(web, which=WorkFilter(kind=Work.WITHDRAWN)).items] == [third]


def assistance(web: Web, by: int, to: int, **given: Any) -> Any:
    values: dict[str, Any] = {
        "consignment": ConsignmentId(web.exported),
        "kind": 2,
        "deadline": web.chain.time + SOON,
        "action": 1,
    }
    return web.record(records.Assistance(administration=by, addressee=to, **values | given))


@pytest.mark.parametrize("action", [2, 3], ids=["answer", "refusal"])
def test_a_request_is_due_until_it_is_answered_and_the_answer_is_told_to_whoever_asked(web, action):
    due = web.chain.time + 100
    asked = assistance(web, CN, GB, commitment=b"\1" * 32, due_at=due)
    [found] = page(web, GB).items
    assert (found.kind, found.declaration, found.consignment) == (Work.ASSISTANCE, None, web.exported)
    told = found.assistance
    assert (told.request, told.kind.name, told.partner, told.due_at) == (asked, "VERIFICATION", CN, due)
    assert (told.late, told.answer, told.refused) == (False, None, None)
    assert [one.assistance.late for one in page(web, GB, now=due + 1).items] == [True]
    assert listed(web, CN) == []
    answer = assistance(web, GB, CN, request=asked, action=action, commitment=b"\1" * 32 if action == 2 else bytes(32))
    assert listed(web, GB) == []
    [told] = [one.assistance for one in page(web, CN).items]
    assert (told.answer, told.refused, told.partner, told.late) == (answer, action == 3, GB, False)
    assert listed(web, CN, now=web.chain.time + 31 * 86_400) == []


def test_an_opening_declaration_is_told_from_its_consignment(web):
    joined = [web.chain.declare(consignment=ConsignmentId(web.exported), administration=GB) for _ in range(6)]
    assert min(joined) < web.exported
    web.chain.control(web.imported)
    web.chain.block()
    assistance(web, CN, GB, commitment=b"\1" * 32, due_at=web.chain.time + 900)
    controls = {one.control.declaration: one.declaration for one in page(web, GB, WorkFilter(kind=Work.CONTROL)).items}
    every = {one.control.declaration: one.declaration for one in page(web, GB).items if one.control}
    assert set(every) == {web.exported, *joined}
    assert every == controls == {one: one for one in every}


def test_whoever_takes_over_has_its_predecessors_work(web):
    web.chain.control(web.imported)
    assistance(web, CN, GB, commitment=b"\1" * 32, due_at=web.chain.time + 900)
    before = listed(web, GB)
    assert before == [(Work.CONTROL, web.exported), (Work.ASSISTANCE, None)]
    keys = {"first_key": bytes(19) + b"1", "second_key": b"2" * 20}
    web.chain.council(HEIR, AdmissionAction.SUCCEED, b"GB", predecessor=GB, **keys)
    web.world.index()
    web.chain.block()
    assert listed(web, HEIR) == before
    assert listed(web, GB) == []


def test_filters(web):
    web.chain.control(web.exported, risk=Risk.SECURITY | Risk.IPR)
    assistance(web, GB, CN, commitment=b"\1" * 32, due_at=web.chain.time + 100)
    control = [(Work.CONTROL, web.imported)]
    both = [*control, (Work.ASSISTANCE, None)]
    assert listed(web) == both
    assert listed(web, which=WorkFilter(kind=Work.CONTROL)) == control
    assert listed(web, which=WorkFilter(risk=Risk.IPR | Risk.FISCAL)) == control
    assert listed(web, which=WorkFilter(risk=Risk.FISCAL)) == []
    assert listed(web, which=WorkFilter(operator=PLATFORM)) == both
    assert listed(web, which=WorkFilter(operator=PLATFORM + 1)) == []
    assert listed(web, which=WorkFilter(route=("GB", "CN"))) == both
    assert listed(web, which=WorkFilter(route=("FR", "CN"))) == []
    assert listed(web, which=WorkFilter(route=("GB", "FR"))) == []
    assert listed(web, viewer=PLATFORM) == listed(web, viewer=None) == []


def test_by_chapter_only_what_is_known_to_lie_in_it(web):
    web.chain.control(web.exported)
    which = WorkFilter(chapter="61")
    assert listed(web, which=which) == []
    state = web.chain.declarations[web.imported]
    goods = GoodsIndex(web.world.store, web.world.references)
    goods.note(web.imported, state.version.commitment, Goods(frozenset({"61", "07"}), frozenset({3})))
    assert listed(web, which=which) == listed(web, which=WorkFilter(chapter="07", operator=PLATFORM))
    assert len(listed(web, which=which)) == 1
    assert listed(web, which=WorkFilter(chapter="62")) == []
    web.chain.decide(web.imported, DecisionKind.AMEND, commitment=b"\2" * 32)
    assert listed(web, which=which) == []


def test_pages_go_on_and_the_last_cursor_is_a_feed(web):
    controls = [web.chain.control(web.exported) for _ in range(5)]
    first = page(web, limit=2)
    second = page(web, limit=2, after=first.next)
    third = page(web, limit=2, after=second.next)
    found = [one.control.parent for some in (first, second, third) for one in some.items]
    assert found == controls
    assert [one.more for one in (first, second, third)] == [True, True, False]
    end = page(web, after=third.next)
    assert (end.items, end.next, end.more) == ((), third.next, False)
    new = web.chain.control(web.exported)
    assert [one.control.parent for one in page(web, after=third.next).items] == [new]


def test_a_page_ends_short_when_it_looked_at_much(web, monkeypatch):
    monkeypatch.setattr("ledger.index.worklist.MOST_LOOKED_AT", 1)
    for _ in range(2):
        web.chain.control(web.exported, outcome=2)
    control = web.chain.control(web.exported)
    first = page(web, limit=1)
    assert (first.items, first.more) == ((), True)
    assert [one.control.parent for one in page(web, limit=1, after=first.next).items] == [control]


def test_taken_back_an_item_is_gone_and_its_cursor_too(web):
    web.chain.control(web.exported)
    web.world.index()
    kept = web.chain.blocks[-1].number
    web.chain.control(web.exported)
    last = page(web)
    assert len(last.items) == 2
    web.world.indexer.rollback(kept)
    other = web.chain.branch(kept, b"other")
    assert replay(web.world.store, stream(other)).differences == []
    queries = Queries(web.world.store, clock=lambda: float(web.chain.time))
    with web.world.store.reading() as session:
        worklist = Worklist(session, queries.access(session, CN), GoodsIndex(web.world.store, web.world.references))
        assert len(worklist.page(None, 100).items) == 1
        with pytest.raises(CursorError):
            worklist.page(last.next, 100)
