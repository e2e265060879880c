"""Is it released? Each answer, who gets it, and what its ETag covers."""

from dataclasses import replace

import pytest

from ledger.domain.codes import (
    AdmissionAction,
    Debt,
    DecisionKind,
    Flag,
    HoldAction,
    Leg,
    Reason,
    Regime,
    Stage,
    Status,
)
from ledger.index.answers import Answer, Deliver, Item, to_json
from ledger.index.freshness import Freshness
from ledger.index.lookup import StatusQuery
from ledger.index.references import Reference, ReferenceType
from ledger.index.scopes import Scopes
from ledger.index.verdict import MOST_RESTRICTIVE_FIRST
from tests.index.streams import AGENCY, GB, PLATFORM, hashed, public
from tests.index.worlds import ORDER

K = DecisionKind
DAY = 86_400
PARCEL = Reference(ReferenceType.S10, "RR123456785GB")


def named(world, **given):
    one = world.chain.declare(**given)
    world.name(one)
    return one


@pytest.mark.parametrize(
    ("given", "kinds", "answer", "deliver"),
    [
        ({}, [], Answer.LODGED, Deliver.NO),
        ({"stage": Stage.PRE_LODGED}, [], Answer.PRE_LODGED, Deliver.NO),
        ({}, [K.ACCEPT], Answer.ACCEPTED, Deliver.NO),
        ({}, [K.RELEASE], Answer.RELEASED, Deliver.YES),
        ({}, [K.CLEAR], Answer.RELEASED, Deliver.YES),
        ({"regime": Regime.RE_IMPORT}, [K.CLEAR], Answer.RELEASED, Deliver.YES),
        ({"regime": Regime.WAREHOUSING}, [K.RELEASE], Answer.RELEASED, Deliver.NO),
        ({"leg": Leg.EXPORT, "regime": Regime.OUTRIGHT_EXPORT}, [K.RELEASE], Answer.RELEASED, Deliver.NO),
        ({"leg": Leg.EXPORT}, [K.CLEAR, K.CONFIRM_EXIT], Answer.EXITED, Deliver.NO),
        ({}, [K.REFUSE], Answer.REFUSED, Deliver.NO),
        ({}, [K.SEIZE], Answer.SEIZED, Deliver.NO),
        ({}, [K.RETURN], Answer.RETURN, Deliver.NO),
        ({}, [K.RE_EXPORT], Answer.RE_EXPORTED, Deliver.NO),
        ({}, [K.ABANDON], Answer.ABANDONED, Deliver.NO),
        ({}, [K.DESTROY], Answer.DESTROYED, Deliver.NO),
        ({}, [K.REJECT], Answer.REJECTED, Deliver.NO),
        ({}, [K.INVALIDATE], Answer.INVALIDATED, Deliver.NO),
        ({}, [K.CLEAR, K.CLOSE], Answer.CLOSED, Deliver.NO),
        ({}, [K.REQUIRE_DOCUMENTS], Answer.HELD, Deliver.NO),
        ({}, [K.RELEASE, K.REQUIRE_PAYMENT], Answer.RELEASED, Deliver.YES),
        ({}, [K.RELEASE, K.DETAIN], Answer.HELD, Deliver.NO),
        ({}, [K.DETAIN, K.LIFT_DETENTION], Answer.LODGED, Deliver.NO),
    ],
)
def test_what_the_status_answers(world, given, kinds, answer, deliver):
    one = named(world, **given)
    for kind in kinds:
        world.chain.decide(one, kind)
    told = world.ask()
    assert (told.answer, told.deliver) == (answer, deliver)
    assert (told.declaration, told.country, told.leg) == (one, "GB", given.get("leg", Leg.IMPORT))
    assert told.public_head == public(world.chain, one)


def test_reported_until_it_turns_up(world):
    one = named(world, declarant=0, stage=Stage.REPORTED)
    assert world.ask(viewer=GB).answer is Answer.REPORTED
    world.chain.decide(one, K.REGISTER, commitment=hashed(b"full"))
    told = world.ask(viewer=GB)
    assert (told.answer, told.version) == (Answer.LODGED, 2)


def test_every_answer_about_a_declaration_has_its_rank():
    without = {Answer.NOT_LODGED, Answer.AMBIGUOUS, Answer.NOT_FOUND_OR_NOT_ENTITLED, Answer.UNKNOWN}
    assert set(MOST_RESTRICTIVE_FIRST) == set(Answer) - without
    assert {Answer.__members__.get(status.name) for status in Status} >= set(MOST_RESTRICTIVE_FIRST) - {
        Answer.RETURN,
        Answer.HELD,
        Answer.AUTHORITY_WITHDRAWN,
    }


def test_a_release_says_since_when_and_by_whom(world):
    one = named(world)
    first = world.chain.decide(one, K.RELEASE, office=12, effective_at=world.chain.time - 60)
    released = world.chain.time - 60
    world.chain.block()
    world.chain.decide(one, K.CLEAR, office=13)
    world.chain.decide(one, K.ASSESS_FINALLY, office=14)
    told = world.ask()
    assert (told.released_at, told.released_by.digest, told.released_by.office) == (released, first, 12)
    assert (told.decided_by.kind, told.decided_by.office) == (K.CLEAR, 13)
    assert (told.debt, told.assessed_by.office) == (Debt.FINAL, 14)
    assert told.cleared
    assert told.status is Status.CLEARED


def test_a_conditional_release_states_its_deadline_and_whether_it_passed(world):
    one = named(world)
    limit = world.chain.time + DAY
    world.chain.decide(one, K.CONDITIONALLY_RELEASE, limit_at=limit, evidence=hashed(b"obligation"))
    before = world.ask()
    assert (before.answer, before.deliver) == (Answer.CONDITIONALLY_RELEASED, Deliver.AS_STATED)
    assert (before.deadline, before.deadline_passed) == (limit, False)
    assert before.decided_by.evidence == hashed(b"obligation")
    world.now = limit
    after = world.ask()
    assert after.deadline_passed
    assert after.etag != before.etag
    world.chain.decide(one, K.RELEASE)
    told = world.ask()
    assert (told.deadline, told.answer) == (None, Answer.RELEASED)
    assert told.released_by.kind is K.RELEASE


def test_a_release_that_is_superseded_is_none(world):
    one = named(world)
    wrong = world.chain.decide(one, K.RELEASE)
    world.chain.decide(one, K.REFUSE, supersedes=wrong)
    told = world.ask()
    assert (told.answer, told.released_at) == (Answer.REFUSED, None)


def test_parts_with_items_when_their_document_is_known(world):
    one = named(world)
    known, unknown = hashed(b"known"), hashed(b"unknown")
    Scopes(world.store).put(known, {2: "3", 1: None})
    world.chain.decide(one, K.RELEASE, scope=known)
    wrong = world.chain.decide(one, K.REFUSE, scope=unknown)
    told = world.ask()
    assert (told.answer, told.deliver) == (Answer.PARTLY_RELEASED, Deliver.THOSE_ONLY)
    assert [(part.decided.kind, part.items) for part in told.parts] == [
        (K.RELEASE, (Item(1, None), Item(2, "3"))),
        (K.REFUSE, None),
    ]
    world.chain.decide(one, K.QUERY, scope=unknown)
    world.chain.decide(one, K.RELEASE, scope=unknown, supersedes=wrong)
    assert [part.decided.kind for part in world.ask().parts] == [K.RELEASE, K.RELEASE]
    world.chain.decide(one, K.RELEASE, supersedes=hashed(b"all"))
    assert world.ask().parts == ()


def test_holds_say_who_why_and_until_when(world):
    one = named(world)
    world.chain.decide(one, K.REQUIRE_CONTROL, office=3, reason=Reason.RISK, limit_at=world.chain.time + DAY)
    world.chain.hold(one, HoldAction.SET, reason=Reason.COMPLIANCE)
    told = world.ask()
    control, agency = told.holds
    assert (control.action, control.by, control.office, control.reason) == ("CONTROL", GB, 3, Reason.RISK)
    assert (control.deadline, control.deadline_passed) == (world.chain.time - 5 + DAY, False)
    assert (agency.action, agency.by, agency.reason) == ("AGENCY", AGENCY, Reason.COMPLIANCE)
    assert control.blocking
    assert agency.blocking


def test_an_agencys_hold_blocks_unless_it_was_overridden(world):
    one = named(world)
    world.chain.hold(one, HoldAction.SET)
    assert world.ask().answer is Answer.HELD
    world.chain.decide(one, K.RELEASE, reason=Reason.OVERRIDE, evidence=hashed(b"why"))
    told = world.ask()
    assert (told.answer, told.overridden) == (Answer.RELEASED, True)
    assert not told.holds[0].blocking
    world.chain.hold(one, HoldAction.LIFT)
    assert world.ask().holds == ()
    world.chain.hold(one, HoldAction.SET)
    assert world.ask().answer is Answer.HELD


def test_a_demand_beside_a_release_is_shown(world):
    one = named(world)
    world.chain.decide(one, K.CONDITIONALLY_RELEASE, limit_at=world.chain.time + DAY)
    world.chain.decide(one, K.REQUIRE_PAYMENT)
    told = world.ask()
    assert told.answer is Answer.CONDITIONALLY_RELEASED
    assert [(hold.action, hold.blocking) for hold in told.holds] == [("PAYMENT", False)]
    world.chain.decide(one, K.REQUIRE_CONTROL)
    assert world.ask().answer is Answer.HELD


def test_an_expelled_administrations_open_declarations(world):
    opened, done = named(world), world.chain.declare()
    world.chain.decide(done, K.CLEAR)
    before = world.ask(opened)
    world.chain.council(GB, AdmissionAction.EXPEL)
    world.chain.block()
    told = world.ask(opened)
    assert (told.answer, told.deliver) == (Answer.AUTHORITY_WITHDRAWN, Deliver.NO)
    assert told.etag != before.etag
    assert world.ask(done).answer is Answer.RELEASED


def test_a_successor_sees_what_it_took_over(world):
    one = named(world)
    heir = 827
    world.chain.council(
        heir, AdmissionAction.SUCCEED, b"GB", predecessor=GB, first_key=bytes(19) + b"1", second_key=b"2" * 20
    )
    world.chain.block()
    told = world.ask(viewer=heir)
    assert (told.declaration, told.administration, told.country) == (one, heir, "GB")
    assert world.ask(viewer=GB).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert world.ask(country="GB").declaration == one


def test_a_failure_to_know_is_no_status(world):
    one = named(world)
    world.chain.decide(one, K.RELEASE)
    told = world.ask(freshness=Freshness(reachable=False))
    assert (told.answer, told.deliver, told.declaration) == (Answer.UNKNOWN, None, None)
    assert told.as_of.block == world.chain.blocks[-1].number
    assert not told.as_of.reachable
    head = world.chain.blocks[-1].number
    lagging = world.ask(freshness=Freshness(node_head=head + 10, most_lag=5))
    assert lagging.answer is Answer.UNKNOWN
    assert lagging.as_of.lag == 9
    assert world.ask(freshness=Freshness(node_head=head + 10, most_lag=20)).answer is Answer.RELEASED


def test_before_the_first_block_nothing_is_known(world):
    assert world.queries.status(StatusQuery(reference="x"), PLATFORM).answer is Answer.UNKNOWN


def test_an_answer_says_as_of_when_and_whether_it_can_still_change(world):
    one = named(world)
    told = world.ask()
    assert not told.final
    assert told.as_of.final is None
    last = world.chain.blocks[-1]
    world.indexer.observe(node_head=last.number + 3, final=last.number)
    told = world.queries.status(StatusQuery(reference=f"0x{one.hex()}"), PLATFORM)
    assert told.final
    assert (told.as_of.block, told.as_of.block_hash, told.as_of.time) == (last.number, last.hash, last.time)
    assert (told.as_of.lag, told.as_of.final) == (3, last.number)
    assert world.queries.as_of() == told.as_of


def test_the_etag_stays_while_the_answer_does(world):
    one = named(world)
    first = world.ask()
    assert world.ask().etag == first.etag
    world.chain.amend(one)
    second = world.ask()
    assert second.etag != first.etag
    world.chain.control(one)
    assert world.ask().etag != second.etag


def test_the_etag_covers_the_others_that_were_weighed(world):
    one = named(world)
    world.chain.decide(one, K.SEIZE)
    other = world.chain.declare(consignment=one)
    first = world.ask()
    world.chain.decide(other, K.ACCEPT)
    second = world.ask()
    assert second.declaration == one
    assert second.etag != first.etag


def test_many_questions_at_once_are_answered_in_order(world):
    ids = [world.chain.declare() for _ in range(300)]
    orders = [Reference(ReferenceType.ORDER, f"N{number}") for number in range(300)]
    world.references.add(zip(orders, ids, [world.chain.time] * 300, strict=True))
    world.index()
    queries = [StatusQuery(reference=one.value, type=one.type) for one in orders]
    told = world.queries.statuses([*queries, StatusQuery(reference="none")], PLATFORM)
    assert [one.declaration for one in told] == [*ids, None]
    assert told[0] == world.queries.status(queries[0], PLATFORM)
    assert len(world.queries.statuses(queries, PLATFORM, Freshness(reachable=False))) == 300


def test_without_references_only_ids_mean_anything(world):
    one = named(world)
    world.index()
    bare = replace(StatusQuery(reference=f"0x{one.hex()}"))
    queries = type(world.queries)(world.store, clock=lambda: world.chain.time)
    assert queries.status(bare, PLATFORM).declaration == one
    assert queries.status(StatusQuery(reference=ORDER.value), PLATFORM).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED


def test_the_read_model_shows_codes_by_name(world):
    named(world)
    told = to_json(world.ask())
    assert told["answer"] == "LODGED"
    assert told["leg"] == "IMPORT"
    assert told["declaration"].startswith("0x")
    assert told["holds"] == []
    assert Flag.CONTROL.name == "CONTROL"
