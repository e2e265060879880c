"""What an administration may rely on, as the index weighs it."""

import pytest

from ledger.domain.codes import ControlOutcome, DecisionKind, Leg, Outcome, Risk, Verdict
from ledger.domain.wire import ConsignmentId
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
