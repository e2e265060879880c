"""Who relied on a control or a recognition, and what became of it."""

import pytest

from ledger.domain.codes import DecisionKind, SealState
from ledger.domain.wire import Digest
from ledger.index.queries import Queries
from ledger.index.relied import Relying, load_relied
from tests.index.streams import AUDITOR, CN, GB, PLATFORM
from tests.index.test_recognitions import Web
from tests.index.worlds import World


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def relied(web, about, viewer=AUDITOR):
    web.world.index()
    queries = Queries(web.world.store, clock=lambda: float(web.chain.time))
    with web.world.store.reading() as session:
        return load_relied(session, queries.access(session, viewer), about)


def test_a_decision_is_listed_with_what_became_of_it(web):
    control = web.chain.control(web.exported)
    assert relied(web, control).decisions == ()
    recognition = web.recognise(control)
    decision = web.release(recognition)
    [found] = relied(web, control).decisions
    assert (found.decision, found.declaration, found.recognition) == (decision, web.imported, recognition)
    assert (found.administration, found.state) == (CN, Relying.STANDS)
    web.chain.control(web.exported, supersedes=control, outcome=4)
    assert [one.state for one in relied(web, control).decisions] == [Relying.WITHDRAWN]
    assert [one.state for one in relied(web, recognition).decisions] == [Relying.WITHDRAWN]
    web.chain.decide(web.imported, DecisionKind.CLEAR)
    [found] = relied(web, control).decisions
    assert (found.decision, found.state) == (decision, Relying.DECIDED_ANEW)
    assert [(one.administration, one.decisions, one.decided_anew) for one in relied(web, control).counts] == [
        (CN, 1, 1)
    ]


def test_a_broken_seal_withdraws_it(web):
    control = web.chain.control(web.exported)
    web.release(web.recognise(control))
    web.chain.control(web.imported, seal_state=SealState.BROKEN)
    assert [one.state for one in relied(web, control).decisions] == [Relying.WITHDRAWN]


def test_it_reaches_through_further_recognitions_and_no_further(web):
    control = web.chain.control(web.exported)
    first = web.recognise(control)
    further = web.recognise(web.recognise(first, GB))
    web.release(first, further)
    both = relied(web, control)
    assert [one.recognition for one in both.decisions] == [first, further]
    assert [(one.decisions, one.stands, one.withdrawn) for one in both.counts] == [(1, 1, 0)]
    assert [one.recognition for one in relied(web, further).decisions] == [further]
    assert relied(web, further).control == control


def test_the_author_counts_and_sees_no_declaration_of_its_partner(web):
    control = web.chain.control(web.exported)
    recognition = web.recognise(control)
    web.release(recognition)
    told = relied(web, control, GB)
    assert (told.author, told.decisions) == (GB, ())
    assert [(one.administration, one.stands) for one in told.counts] == [(CN, 1)]
    assert len(relied(web, recognition, CN).decisions) == 1


@pytest.mark.parametrize("viewer", [CN, PLATFORM, None])
def test_others_learn_nothing(web, viewer):
    assert relied(web, web.chain.control(web.exported), viewer) is None


def test_of_what_is_not_known_nothing_is_told(web):
    assert relied(web, Digest(b"\7" * 32)) is None
