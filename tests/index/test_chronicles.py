"""Who may count which history."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from ledger.client.histories import Histories
from ledger.client.types import NotEntitled
from ledger.domain import records
from ledger.domain.benefits import benefits
from ledger.domain.codes import Leg, Reason, Verdict
from ledger.domain.events import Recorded
from ledger.domain.inspections import History
from ledger.domain.proposals import Period, Proposal
from ledger.domain.records import Arrangement
from ledger.domain.simulation import simulate
from ledger.domain.wire import ZERO, ConsignmentId, Digest
from ledger.index.errors import StoreError
from ledger.index.tables import meta
from tests.index.streams import AGENCY, AUDITOR, CN, GB, NETWORK, PLATFORM
from tests.index.test_recognitions import Web
from tests.index.worlds import World

ALWAYS = Period(0, 1 << 40)
SCOPE: dict[str, Any] = {"procedures": 0x1FF, "methods": 15, "risks": 15}
PROPOSAL = Proposal(Arrangement(first=CN, second=GB, valid_from=0, valid_until=1, deadline=0, **SCOPE))


@pytest.fixture
def web(world: World) -> Web:
    return Web(world)


@pytest.fixture
def histories(world: World) -> Histories:
    return Histories(world.store, world.queries)


def recorded(world: World) -> list[Recorded]:
    return [event for event in world.chain.events if isinstance(event, Recorded)]


def test_the_report_is_that_of_all_events_and_each_party_sees_its_side(web, world, histories):
    control = web.chain.control(web.exported)
    web.recognise(control)
    web.recognise(control, verdict=Verdict.DECLINED, reason=Reason.RISK, arrangement=Digest(ZERO))
    world.index()
    whole = benefits(NETWORK.founding(), recorded(world), ALWAYS)
    assert [(one.administration, one.partner, one.recognised) for one in whole] == [(CN, GB, 1)]
    for viewer in (AUDITOR, CN, GB):
        assert histories.benefits(viewer, ALWAYS) == whole
    for stranger in (PLATFORM, AGENCY, None):
        with pytest.raises(NotEntitled):
            histories.benefits(stranger, ALWAYS)


def test_without_an_arrangement_a_partner_is_not_told_what_was_declined(world, histories):
    exported = world.chain.declare(leg=Leg.EXPORT)
    imported = world.chain.declare(consignment=ConsignmentId(exported), administration=CN)
    control = world.chain.control(exported)
    values: dict[str, Any] = {"verdict": Verdict.DECLINED, "risk": 1, "version": 1, "reason": Reason.RISK}
    times: dict[str, Any] = {"effective_at": world.chain.time, "deadline": world.chain.time + 600}
    world.chain._record(
        records.Recognition(declaration=imported, parent=control, administration=CN, **values, **times)
    )  # fmt: skip
    world.index()
    assert histories.benefits(GB, ALWAYS) == ()
    assert [one.declined for one in histories.benefits(CN, ALWAYS)] == [{"RISK": 1}]


def test_a_simulation_counts_what_is_bound_to_who_asks(web, world, histories):
    alone = world.chain.declare(leg=Leg.EXPORT)
    for declaration in (alone, web.exported, web.imported):
        world.chain.control(declaration)
    world.index()
    own = histories.for_simulation(PROPOSAL, CN)
    assert own.counted == {CN}
    assert {getattr(event.record, "declaration", None) for event in own.events} >= {web.exported, web.imported}
    assert alone not in {event.digest for event in own.events}
    assert [one.declaration for one in simulate(own, PROPOSAL, ALWAYS)] == [web.imported]
    both = histories.for_simulation(PROPOSAL, AUDITOR)
    everything = History(NETWORK.founding(), recorded(world), counted=both.counted)
    assert simulate(both, PROPOSAL, ALWAYS) == simulate(everything, PROPOSAL, ALWAYS)
    other = Proposal(replace(PROPOSAL.arrangement, first=4, second=GB))
    for viewer, proposal in ((CN, other), (PLATFORM, PROPOSAL), (None, PROPOSAL)):
        with pytest.raises(NotEntitled):
            histories.for_simulation(proposal, viewer)


def test_administrations_by_country(world, histories):
    world.index()
    assert histories.administrations() == {"CN": CN, "GB": GB}
    assert histories.counted(GB) == {GB}
    assert histories.counted(PLATFORM) == frozenset()


def test_a_store_of_no_network_has_no_history(world, histories):
    world.index()
    with world.store.writing() as connection:
        connection.execute(delete(meta))
    with pytest.raises(StoreError, match="not pinned"):
        histories.benefits(AUDITOR, ALWAYS)
