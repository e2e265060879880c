"""What an arrangement shares, as the index tells it to the partner; and what is owed, as it tells it to the owner."""

import pytest

from ledger.domain.codes import AdmissionAction, ControlMethod, ControlOutcome, DecisionKind, Leg, Risk, SealState
from ledger.domain.proposals import Annex, Goods
from ledger.domain.wire import ConsignmentId
from ledger.index.annexes import keep_annex
from ledger.index.goods import GoodsIndex
from ledger.index.queries import Queries
from ledger.index.shared import Owed, load_common, load_owed, load_partners, load_shared
from tests.index.streams import AGENCY, AUDITOR, CN, GB, PLATFORM, address
from tests.index.test_recognitions import Web
from tests.index.worlds import World

NO_ANNEX = bytes(32)


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


def read(web, viewer, what, *arguments):
    web.world.index()
    queries = Queries(web.world.store, clock=lambda: float(web.chain.time))
    with web.world.store.reading() as session:
        return what(session, queries.access(session, viewer), *arguments)


def shown(web, *named, viewer=CN):
    return read(web, viewer, load_shared, named or (web.imported,), GoodsIndex(web.world.store, web.world.references))


def test_a_control_with_all_that_its_partner_needs(web):
    control = web.chain.control(web.exported, seal_state=SealState.INTACT, risk=Risk.SECURITY | Risk.IPR)
    [found] = shown(web)
    state = web.chain.declarations[web.exported]
    assert (found.control, found.administration, found.office) == (control, GB, 7)
    assert (found.declaration, found.version, found.arrangement) == (web.exported, 1, web.agreed)
    assert (found.commitment, found.schema) == (state.version.commitment, state.version.schema)
    assert (found.method, found.outcome) == (ControlMethod(2), ControlOutcome.NONE_FOUND)
    assert (found.risk, found.seal_state) == (Risk.SECURITY | Risk.IPR, SealState.INTACT)
    assert (found.superseded, found.touched, found.paused, found.opened) == ((), (), False, False)
    event = next(one for one in web.chain.events if one.digest == control)
    assert (found.time, found.block) == (event.position.time, event.position.block)


def test_what_became_of_it(web):
    first = web.chain.control(web.exported, risk=Risk.SECURITY | Risk.IPR)
    second = web.chain.control(web.exported, supersedes=first, outcome=3)
    third = web.chain.decide(web.exported, DecisionKind.RECEIPT, supersedes=second)
    web.chain.decide(web.exported, DecisionKind.AMEND, commitment=b"\5" * 32, touched_risks=Risk.IPR | Risk.SAFETY)
    found = {one.control: one for one in shown(web)}
    assert [(one.digest, one.type, one.outcome) for one in found[first].superseded] == [
        (second, "Control", ControlOutcome.MAJOR_DISCREPANCY),
        (third, "Decision", None),
    ]
    assert [(one.risk, one.version) for one in found[first].touched] == [(Risk.IPR, 2)]
    assert found[second].touched == ()
    later = web.chain.control(web.exported, risk=Risk.IPR)
    assert next(one for one in shown(web) if one.control == later).touched == ()


def test_nobody_else_is_told_and_nothing_else_is(web):
    web.chain.control(web.exported)
    other = web.chain.declare(leg=Leg.EXPORT)
    web.chain.control(other)
    for viewer in (None, PLATFORM, AGENCY, AUDITOR, GB):
        assert shown(web, viewer=viewer) == []
        assert shown(web, web.exported, viewer=viewer) == []
    assert shown(web, other) == []
    assert shown(web, b"\7" * 32) == []
    assert len(shown(web, other, web.imported)) == 1


def test_goods_that_are_known_to_lie_outside_the_annex(world):
    web, annex = Web(world), Annex(chapters=frozenset({"61"}))
    web.arrange(web.agreed, annex=annex.digest(), valid_from=web.chain.time + 1)
    web.chain.block()
    first = web.chain.control(web.exported)
    web.chain.decide(web.exported, DecisionKind.AMEND, commitment=b"\5" * 32)
    second = web.chain.control(web.exported)
    goods = GoodsIndex(world.store, world.references)
    goods.note(web.exported, b"\5" * 32, Goods(frozenset({"62"}), frozenset()))
    assert [one.control for one in shown(web)] == [first, second]  # what an annex says that is not here, nobody knows
    with world.store.writing() as connection:
        keep_annex(connection, annex)
        keep_annex(connection, Annex(profile="arrangement"))
    assert [one.control for one in shown(web)] == [first]


def test_a_partners_declaration_is_named_by_its_id(web):
    control = web.chain.control(web.exported)
    again = web.chain.declare(leg=Leg.EXPORT, consignment=ConsignmentId(web.exported))
    more = web.chain.control(again)
    assert [one.control for one in shown(web, web.exported)] == [control]
    assert [one.control for one in shown(web, again)] == [more]
    assert {one.control for one in shown(web)} == {control, more}


def test_what_is_owed_to_a_partner_each_version_once(web):
    web.chain.control(web.exported)
    web.chain.control(web.exported, method=ControlMethod.DOCUMENTARY)
    web.chain.decide(web.exported, DecisionKind.AMEND, commitment=b"\5" * 32)
    web.chain.control(web.exported)
    web.chain.control(web.imported)
    common = read(web, GB, load_common, CN)
    assert common == [web.exported]
    owed = [Owed(web.exported, number, NO_ANNEX, opens=True) for number in (1, 2)]
    assert read(web, GB, load_owed, common, CN) == owed
    assert read(web, CN, load_owed, common, GB) == [Owed(web.imported, 1, NO_ANNEX, opens=True)]
    assert read(web, PLATFORM, load_owed, common, CN) == []
    assert read(web, GB, load_common, 999) == []
    assert read(web, GB, load_partners, web.imported) == [CN]
    assert read(web, CN, load_partners, web.imported) == [GB]


def test_who_took_over_on_either_side(web):
    control = web.chain.control(web.exported)
    web.world.index()
    for heir, before, country in ((57, CN, b"CN"), (27, GB, b"GB")):
        keys = {name: address(f"{heir} {name}") for name in ("first_key", "second_key")}
        web.chain.council(heir, AdmissionAction.SUCCEED, country, predecessor=before, **keys)
        web.chain.block()
    assert shown(web) == []
    assert [one.control for one in shown(web, viewer=57)] == [control]
    common = read(web, 27, load_common, 57)
    assert common == [web.exported]
    assert read(web, 27, load_owed, common, 57) == [Owed(web.exported, 1, NO_ANNEX, opens=True)]
    assert read(web, GB, load_owed, common, 57) == []
    assert read(web, 27, load_partners, web.imported) == [57]
