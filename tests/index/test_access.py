"""Who gets an answer, and that all others get the same one."""

import pytest

from ledger.index.answers import Answer, to_json
from ledger.index.lookup import StatusQuery
from ledger.index.references import Reference, ReferenceType
from tests.index.streams import AGENCY, AGENT, AUDITOR, CARRIER, CN, GB, PLATFORM
from tests.index.worlds import ORDER

DAY = 86_400


def named(world, **given):
    one = world.chain.declare(**given)
    world.name(one)
    return one


NOBODY = [None, 999_999, CARRIER, CN, AUDITOR]


@pytest.mark.parametrize("viewer", [PLATFORM, AGENT, GB, AGENCY])
def test_whom_it_concerns(world, viewer):
    one = named(world, agent=AGENT)
    assert world.ask(viewer=viewer).declaration == one
    assert world.ask(one, viewer=viewer).declaration == one


@pytest.mark.parametrize("viewer", NOBODY)
def test_to_all_others_it_does_not_exist(world, viewer):
    named(world)
    told = world.ask(viewer=viewer)
    nothing = world.ask(Reference(ReferenceType.ORDER, "never used"), viewer=viewer)
    assert told.answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert to_json(told) | {"as_of": None} == to_json(nothing) | {"as_of": None}
    assert world.ask(Reference(ReferenceType.ORDER, " "), viewer=viewer).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED


def test_an_auditor_works_by_ids(world):
    one = named(world)
    assert world.ask(one, viewer=AUDITOR).declaration == one
    assert world.ask("0x" + "z" * 64, viewer=AUDITOR).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert world.ask("0x" + "0" * 64, viewer=AUDITOR).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED


def test_status_readers_read_what_was_granted_while_it_is(world):
    one = named(world)
    other = world.chain.declare(declarant=AGENT)
    world.name(other)
    grant = {"valid_from": world.chain.time, "valid_until": world.chain.time + DAY}
    world.readers.grant(PLATFORM, ORDER, CARRIER, **grant)
    told = world.ask(viewer=CARRIER)
    assert (told.answer, told.declaration) == (Answer.LODGED, one)
    assert world.ask(one, viewer=CARRIER).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert world.queries.provenance(StatusQuery(reference=ORDER.value, type=ORDER.type), CARRIER) == []
    assert [(one.reader, one.valid_until) for one in world.readers.of(PLATFORM)] == [(CARRIER, grant["valid_until"])]
    world.now = grant["valid_until"]
    assert world.ask(viewer=CARRIER).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    world.now = 0
    world.readers.revoke(PLATFORM, ORDER, CARRIER)
    assert world.ask(viewer=CARRIER).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert world.readers.of(PLATFORM) == []


def test_a_grant_opens_nothing_that_another_kind_of_reference_names(world):
    granted, other = world.chain.declare(), world.chain.declare()
    tracking, order = (Reference(kind, "555") for kind in (ReferenceType.TRACKING, ReferenceType.ORDER))
    world.name(granted, tracking)
    world.name(other, order)
    world.readers.grant(PLATFORM, tracking, CARRIER, valid_from=0, valid_until=world.chain.time + DAY)
    told = world.ask("555", viewer=CARRIER)
    assert (told.answer, told.declaration) == (Answer.LODGED, granted)
