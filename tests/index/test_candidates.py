"""What an administration may rely on, as the index weighs it."""

from dataclasses import replace

import pytest

from ledger.domain.annexes import ANNEX_MISSING, GOODS_MISSING, OUTSIDE_GOODS, AnnexVerdict
from ledger.domain.codes import ControlOutcome, DecisionKind, Leg, Outcome, Risk, Verdict
from ledger.domain.proposals import Annex, Goods
from ledger.domain.records import Recognition
from ledger.domain.wire import ConsignmentId, Digest
from ledger.index.annexes import judge, keep_annex
from ledger.index.candidates import load_candidates
from ledger.index.goods import GoodsIndex
from ledger.index.queries import Queries
from tests.index.streams import CN, GB, PLATFORM
from tests.index.test_recognitions import Web
from tests.index.worlds import World


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def goods_of(world: World) -> GoodsIndex:
    return GoodsIndex(world.store, world.references)


def weighed(web, viewer=CN, declaration=None):
    web.world.index()
    queries = Queries(web.world.store, clock=lambda: float(web.chain.time))
    with web.world.store.reading() as session:
        return load_candidates(
            session, queries.access(session, viewer), [declaration or web.imported], goods_of(web.world)
        )


def test_a_good_control_is_usable_until_it_is_recognised_and_broken(web):
    control = web.chain.control(web.exported)
    [found] = weighed(web)
    assert (found.parent, found.control, found.administration, found.arrangement) == (control, control, GB, web.agreed)
    assert (found.usable, found.refused, found.recognised) == (found.risk, None, None)
    recognised = web.recognise(control)
    [found] = weighed(web)
    assert (found.recognised, found.stands) == (recognised, True)


def test_nothing_is_told_to_others_or_of_ones_own(web):
    web.recognise(web.chain.control(web.exported))
    assert weighed(web, viewer=None) == []
    assert weighed(web, viewer=PLATFORM) == []
    assert weighed(web, viewer=GB) == []
    assert weighed(web, viewer=GB, declaration=web.exported) == []


def test_what_is_declined_is_no_parent(web):
    control = web.chain.control(web.exported)
    web.recognise(control, verdict=Verdict.DECLINED, reason=1, arrangement=bytes(32))
    assert [one.parent for one in weighed(web)] == [control]


def test_what_is_not_live_or_stands_under_no_arrangement_says_so(web):
    web.chain.control(web.exported, outcome=ControlOutcome.MINOR_DISCREPANCY, risk=Risk.SECURITY | Risk.IPR)
    [found] = weighed(web)
    assert (found.usable, found.refused) == (Risk(0), Outcome.DISCREPANCY_FOUND)
    assert found.reason == "The control found a discrepancy."
    web.chain.decide(web.imported, DecisionKind.REJECT)
    assert [one.refused for one in weighed(web)] == [Outcome.TRANSITION_NOT_ALLOWED]


def test_without_an_arrangement_nothing_is_usable(world):
    chain = world.chain
    exported = chain.declare(leg=Leg.EXPORT)
    imported = chain.declare(consignment=ConsignmentId(exported), administration=CN)
    chain.control(exported)
    world.index()
    with world.store.reading() as session:
        access = Queries(world.store, clock=lambda: float(chain.time)).access(session, CN)
        [found] = load_candidates(session, access, [imported], goods_of(world))
    assert (found.arrangement, found.refused) == (None, Outcome.UNKNOWN_ARRANGEMENT)


LIMITED = Annex(chapters=frozenset({"61"}))


@pytest.mark.parametrize(
    ("chapter", "verdict", "reason", "usable"),
    [
        ("61", AnnexVerdict.WITHIN, None, Risk.SECURITY),
        ("62", AnnexVerdict.OUTSIDE, OUTSIDE_GOODS, Risk(0)),
        ("", AnnexVerdict.NOT_JUDGED, GOODS_MISSING, Risk.SECURITY),
        (None, AnnexVerdict.NOT_JUDGED, GOODS_MISSING, Risk.SECURITY),
    ],
)
def test_goods_outside_the_annex_are_not_usable_and_what_is_not_known_is_told(web, chapter, verdict, reason, usable):
    web.arrange(web.agreed, annex=LIMITED.digest(), valid_from=web.chain.time + 1)
    web.chain.block(10)
    with web.world.store.writing() as connection:
        keep_annex(connection, LIMITED)
    web.chain.control(web.exported, risk=Risk.SECURITY)
    if chapter is not None:
        commitment = web.chain.declarations[web.imported].version.commitment
        goods_of(web.world).note(web.imported, commitment, Goods(frozenset({chapter}), frozenset()))
    [found] = weighed(web)
    assert (found.annex, found.reason, found.usable, found.refused) == (verdict, reason, usable, None)


def test_an_annex_that_is_not_known_here_is_told(web):
    web.arrange(web.agreed, annex=LIMITED.digest(), valid_from=web.chain.time + 1)
    web.chain.block(10)
    web.chain.control(web.exported, risk=Risk.SECURITY | Risk.IPR, outcome=ControlOutcome.MINOR_DISCREPANCY)
    [found] = weighed(web)
    assert (found.annex, found.usable) == (AnnexVerdict.NOT_JUDGED, Risk(0))
    assert found.reason == f"{ANNEX_MISSING} The control found a discrepancy."


def test_nobody_learns_of_others_goods_by_recognising_for_them(web):
    web.arrange(web.agreed, annex=LIMITED.digest(), valid_from=web.chain.time + 1)
    web.chain.block(10)
    with web.world.store.writing() as connection:
        keep_annex(connection, LIMITED)
    web.world.index()
    states, goods = web.chain.declarations, goods_of(web.world)
    for one in (web.imported, web.exported):
        goods.note(one, states[one].version.commitment, Goods(frozenset({"62"}), frozenset()))
    record = Recognition(
        declaration=web.imported,
        parent=Digest(b"\x0c" * 32),
        arrangement=web.agreed,
        administration=CN,
        version=1,
        verdict=Verdict.FULL,
        risk=1,
        effective_at=0,
        deadline=0,
    )
    access = Queries(web.world.store, clock=lambda: float(web.chain.time))
    with web.world.store.reading() as session:
        asked = (record, replace(record, declaration=web.exported), replace(record, version=2))
        found = [judge(session, access.access(session, None), goods, one) for one in asked]
    assert [one.verdict for one in found] == [AnnexVerdict.OUTSIDE, AnnexVerdict.NONE, AnnexVerdict.NONE]
