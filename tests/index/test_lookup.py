"""Which declarations a reference means, and which of several answers."""

from ledger.domain.codes import DecisionKind, Leg, Regime, Stage
from ledger.index.answers import Answer
from ledger.index.references import Reference, ReferenceType
from tests.index.streams import CN, GB, PLATFORM, hashed
from tests.index.worlds import ORDER

K = DecisionKind
DAY = 86_400
PARCEL = Reference(ReferenceType.S10, "RR123456785GB")


def named(world, **given):
    one = world.chain.declare(**given)
    world.name(one)
    return one


def test_the_most_restrictive_of_several_wins(world):
    first = named(world)
    second = world.chain.declare(consignment=first)
    more = world.chain.declare(consignment=first, stage=Stage.SUPPLEMENTARY)
    gone = world.chain.declare(consignment=first)
    world.chain.decide(gone, K.INVALIDATE)
    world.chain.decide(first, K.RELEASE)
    world.chain.decide(second, K.REQUIRE_DOCUMENTS)
    world.chain.decide(more, K.SEIZE)
    told = world.ask()
    assert (told.answer, told.declaration) == (Answer.HELD, second)
    world.chain.decide(second, K.RELEASE)
    assert world.ask().answer is Answer.RELEASED
    world.chain.decide(first, K.INVALIDATE)
    world.chain.decide(second, K.INVALIDATE)
    assert world.ask().answer is Answer.INVALIDATED


def test_a_supplementary_one_answers_when_it_is_alone(world):
    one = named(world, stage=Stage.SUPPLEMENTARY)
    world.chain.decide(one, K.CLEAR)
    assert world.ask().answer is Answer.RELEASED


def test_an_mrn_names_one_declaration_and_an_order_the_goods(world):
    first, mrn = world.chain.declare(), Reference(ReferenceType.MRN, "19GB08JMTN6TOTW041")
    second = world.chain.declare(consignment=first)
    world.name(first, mrn, ORDER)
    world.chain.decide(first, K.RELEASE)
    assert world.ask(mrn).answer is Answer.RELEASED
    assert world.ask(ORDER).declaration == second
    assert world.ask(first).declaration == first


def test_jurisdictions_do_not_answer_for_each_other(world):
    export = named(world, administration=CN, leg=Leg.EXPORT, regime=Regime.OUTRIGHT_EXPORT)
    world.chain.decide(export, K.RELEASE)
    told = world.ask(country="GB")
    assert (told.answer, told.country, told.declaration) == (Answer.NOT_LODGED, "GB", None)
    assert world.ask(leg=Leg.IMPORT).answer is Answer.NOT_LODGED
    assert world.ask(country="CN").answer is Answer.RELEASED
    landed = world.chain.declare(consignment=export)
    assert world.ask(country="GB").declaration == landed
    told = world.ask()
    assert told.answer is Answer.AMBIGUOUS
    assert [(one.country, one.answer) for one in told.candidates] == [("CN", Answer.RELEASED), ("GB", Answer.LODGED)]
    assert world.ask(leg=Leg.EXPORT).declaration == export


def test_one_spelling_of_two_types_is_ambiguous(world):
    order, tracking = (Reference(kind, "123456") for kind in (ReferenceType.ORDER, ReferenceType.TRACKING))
    one, two = world.chain.declare(), world.chain.declare()
    world.name(one, order)
    assert world.ask("123456").declaration == one
    world.name(two, tracking)
    assert world.ask("123456").answer is Answer.AMBIGUOUS
    assert world.ask("123456", type=ReferenceType.TRACKING).declaration == two


def test_a_number_that_was_used_again_is_ambiguous_without_a_time(world):
    one, two = world.chain.declare(), world.chain.declare()
    later = world.chain.time + 400 * DAY
    world.name(one, PARCEL)
    world.name(two, PARCEL, at=later)
    assert world.ask(PARCEL).answer is Answer.AMBIGUOUS
    assert world.ask(PARCEL, around=later).declaration == two
    assert world.ask(PARCEL, around=later - 200 * DAY).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED


def test_several_consignments_of_one_order_are_answered_together(world):
    one, two = named(world), named(world)
    world.chain.decide(one, K.RELEASE)
    assert world.ask().declaration == two


def test_an_lrn_is_meant_as_the_askers_own(world):
    one = world.chain.declare()
    world.name(one, Reference(ReferenceType.LRN, "LRN1", str(PLATFORM)))
    assert world.ask("LRN1").declaration == one
    assert world.ask("LRN1", viewer=GB).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert world.ask("LRN1", viewer=GB, scope=str(PLATFORM)).declaration == one


def test_what_is_named_before_its_lodgement_is_indexed(world):
    world.name(hashed(b"on its way"))
    assert world.ask().answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    one = named(world)
    assert world.ask().declaration == one
