"""What is shared with a partner: exactly what lies in an arrangement's force and scope, and nothing from before."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.codes import ControlMethod, OrganisationKind, Regime, SuspensionAction
from ledger.domain.entitlement import Entitlement, Share, superseding
from ledger.domain.participants import Participants
from ledger.domain.recognition import Line, Recognitions, Version, meets
from ledger.domain.records import Arrangement, Control
from ledger.domain.state import DeclarationState, lodge
from ledger.domain.wire import ConsignmentId, DeclarationId, Digest
from tests.domain import builders as b
from tests.domain.webs import Web

LATER = b.NOW + b.DAY
STANDARD = b"\x07" * 31


def named(number: int) -> Digest:
    return Digest(number.to_bytes(32, "big"))


@dataclass
class World:
    """One consignment (0) that A exports and B imports, another one (1) of A and C, and whatever tests add."""

    participants: Participants = field(default_factory=b.participants)
    declarations: dict[DeclarationId, DeclarationState] = field(default_factory=dict)
    known: Recognitions = field(default_factory=Recognitions)

    def declare(self, consignment: int, administration: int, regime: Regime = Regime.HOME_USE) -> DeclarationId:
        number = named(1_000 + len(self.declarations))
        record = b.declaration(
            consignment=ConsignmentId(named(1 + consignment)), administration=administration, regime=regime
        )
        self.declarations[DeclarationId(number)] = lodge(record, number)
        return DeclarationId(number)

    def control(self, declaration: DeclarationId, **values: Any) -> Digest:
        digest = named(2_000 + len(self.known.controls))
        self.known.controls[digest] = b.control(self.declarations[declaration], **values)
        return digest

    def agree(self, one: int, other: int, start: int = b.NOW, end: int = b.NOW + 100 * b.DAY, **scope: Any) -> Digest:
        first, second = sorted((one, other))
        line = self.known.lines.get((first, second), Line())
        filled: dict[str, Any] = {"procedures": 0x1FF, "methods": 15, "risks": 15, "deadline": 0} | scope
        record = Arrangement(
            first=first, second=second, predecessor=line.latest, valid_from=start, valid_until=end, **filled
        )
        digest = named(3_000 + len(self.known.versions))
        self.known.arrange(record, digest)
        return digest

    def suspend(self, one: int, other: int, by: int) -> None:
        pair = (min(one, other), max(one, other))
        line = self.known.lines[pair]
        self.known.lines[pair] = Line(line.latest, line.head, frozenset({by}))

    def succeed(self, before: int, heir: int) -> None:
        self.participants.admit(b.founder(heir, self.participants.organisations[before].country), b.NOW - b.DAY)
        gone = self.participants.organisations[before].becomes(b.OrganisationStatus.SUCCEEDED, b.NOW, b.NOW)
        self.participants.organisations[before] = replace(gone, successor=heir)

    def shares(self, partner: int, now: int = LATER, **given: Any) -> tuple[Share, ...]:
        return Entitlement(self.participants, self.declarations, self.known, now, **given).shares(partner)

    def told(self, partner: int, now: int = LATER, **given: Any) -> list[Digest]:
        return [one.digest for one in self.shares(partner, now, **given)]


@pytest.fixture
def world() -> World:
    return World()


def test_a_control_in_force_and_scope_is_shared_whatever_it_found(world):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    agreed = world.agree(b.A, b.B, annex=b.SOMETHING)
    late = world.control(exported, effective_at=b.NOW + 5, outcome=3)
    early = world.control(exported, outcome=4)
    assert [one.digest for one in world.shares(b.B)] == [early, late]
    first = world.shares(b.B)[0]
    assert (first.control, first.owner, first.arrangement) == (world.known.controls[early], b.A, agreed)
    assert (first.annex, first.opens) == (b.SOMETHING, True)
    assert world.told(b.A) == []


def test_nothing_from_before_the_arrangement_nor_from_after_it(world):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    world.agree(b.A, b.B, b.NOW, b.NOW + b.DAY)
    world.control(exported, effective_at=b.NOW - 1)
    first, last = world.control(exported), world.control(exported, effective_at=b.NOW + b.DAY - 1)
    world.control(exported, effective_at=b.NOW + b.DAY)
    assert world.told(b.B) == [first, last]
    assert world.told(b.B, b.NOW + 900 * b.DAY) == [first, last]


def test_the_version_in_force_at_the_control_counts(world):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    old = world.agree(b.A, b.B, annex=b.SOMETHING)
    new = world.agree(b.A, b.B, b.NOW + 10, annex=b.OTHER)
    before, after = world.control(exported), world.control(exported, effective_at=b.NOW + 10)
    found = {one.digest: (one.arrangement, one.annex) for one in world.shares(b.B)}
    assert found == {before: (old, b.SOMETHING), after: (new, b.OTHER)}


def test_nothing_without_a_declaration_of_ones_own_in_the_consignment(world):
    mine, foreign = world.declare(0, b.A), world.declare(1, b.A)
    world.declare(0, b.B)
    world.agree(b.A, b.B)
    world.control(foreign)
    assert world.told(b.B) == []
    control = world.control(mine)
    assert world.told(b.B) == [control]


def test_nothing_without_an_arrangement_between_just_these_two(world):
    exported = world.declare(0, b.A)
    for administration in (b.B, b.C):
        world.declare(0, administration)
    world.agree(b.A, b.C)
    world.agree(b.B, b.C)
    control = world.control(exported)
    assert world.told(b.B) == []
    assert world.told(b.C) == [control]


@pytest.mark.parametrize(
    ("scope", "control"),
    [
        ({"methods": 1 << (ControlMethod.LABORATORY - 1)}, {}),
        ({"risks": 8}, {"risk": 7}),
        ({"procedures": 1 << (Regime.TRANSIT - 1)}, {}),
        ({"procedures": 1 << (Regime.HOME_USE - 1)}, {}),
        ({"procedures": 1 << (Regime.OUTRIGHT_EXPORT - 1)}, {}),
        ({"standard": STANDARD + b"\2"}, {"standard": STANDARD + b"\1"}),
        ({"standard": STANDARD + b"\2"}, {}),
    ],
)
def test_what_lies_outside_the_scope_on_the_chain(world, scope, control):
    exported = world.declare(0, b.A, Regime.OUTRIGHT_EXPORT)
    world.declare(0, b.B)
    world.agree(b.A, b.B, **scope)
    world.control(exported, **control)
    assert world.told(b.B) == []


def test_one_risk_area_and_one_procedure_are_enough(world):
    exported = world.declare(0, b.A, Regime.OUTRIGHT_EXPORT)
    world.declare(0, b.B, Regime.TRANSIT)
    world.declare(0, b.B)
    procedures = 1 << (Regime.OUTRIGHT_EXPORT - 1) | 1 << (Regime.HOME_USE - 1)
    world.agree(b.A, b.B, procedures=procedures, risks=3, standard=STANDARD + b"\2")
    control = world.control(exported, risk=6, standard=STANDARD + b"\3")
    assert world.told(b.B) == [control]


def test_goods_outside_the_annex(world):
    exported, other = world.declare(0, b.A), world.declare(0, b.A)
    world.declare(0, b.B)
    world.agree(b.A, b.B, annex=b.SOMETHING)
    world.control(exported)
    control = world.control(other)
    outside = (b.SOMETHING, exported)
    assert world.told(b.B, outside=lambda annex, one: (annex, one.declaration) == outside) == [control]


@pytest.mark.parametrize("by", [b.A, b.B])
def test_a_suspension_by_either_side_stops_opening_and_hides_nothing(world, by):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    world.agree(b.A, b.B)
    world.control(exported)
    world.suspend(b.A, b.B, by)
    assert [one.opens for one in world.shares(b.B)] == [False]


def test_the_end_stops_opening_and_a_further_version_goes_on(world):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    world.agree(b.A, b.B, b.NOW, LATER)
    world.control(exported)
    assert [one.opens for one in world.shares(b.B, LATER - 1)] == [True]
    assert [one.opens for one in world.shares(b.B, LATER)] == [False]
    world.agree(b.A, b.B, LATER + 5)
    assert [one.opens for one in world.shares(b.B, LATER + 5)] == [True]


def test_who_took_over_has_what_its_predecessor_had_on_either_side(world):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    agreed = world.agree(b.A, b.B)
    control = world.control(exported)
    world.succeed(b.B, 12)
    assert (world.told(12), world.told(b.B)) == ([control], [])
    world.succeed(b.A, 11)
    [share] = world.shares(12)
    assert (share.owner, share.arrangement, share.opens) == (11, agreed, True)
    newer = world.agree(11, 12, b.NOW)
    assert [one.arrangement for one in world.shares(12)] == [newer]
    assert world.told(11) == []


@pytest.mark.parametrize("status", [b.SUSPENDED, b.EXPELLED])
def test_who_may_not_act_is_shown_and_opens_nothing(world, status):
    exported = world.declare(0, b.A)
    world.declare(0, b.B)
    world.agree(b.A, b.B)
    control = world.control(exported)
    organisations = world.participants.organisations
    active = dict(organisations)
    organisations[b.B] = organisations[b.B].becomes(status, b.NOW, b.NOW)
    assert world.told(b.B) == []
    organisations.update(active)
    organisations[b.A] = organisations[b.A].becomes(status, b.NOW, b.NOW)
    assert [(one.digest, one.opens) for one in world.shares(b.B)] == [(control, False)]
    assert world.told(b.OPERATOR) == []
    assert world.told(99) == []


def test_what_superseded_a_control_and_what_superseded_that():
    one, two, three = named(1), named(2), named(3)
    assert superseding(one, {}) == ()
    assert superseding(one, {one: two, two: three}) == (two, three)
    assert superseding(two, {one: two, two: three}) == (three,)


def test_it_agrees_with_the_ledger_on_a_suspension():
    web = Web()
    control, _ = web.control()
    ledger = web.court.ledger
    ledger.recognitions.controls[control] = b.control(web.court.state(web.exported))

    def opens() -> list[bool]:
        entitlement = Entitlement(ledger.participants, ledger.declarations, ledger.recognitions, b.NOW)
        return [one.opens for one in entitlement.shares(b.B)]

    assert opens() == [True]
    web.court.take(web.suspension(b.B, SuspensionAction.SUSPEND), b.manages(b.B))
    assert opens() == [False]
    web.court.take(web.suspension(b.B, SuspensionAction.RESUME), b.manages(b.B))
    assert opens() == [True]


# --- properties: a random world against the definition, word by word ------------------------------------------------

PARTIES = (b.A, b.B, b.C, 11)
times = st.integers(b.NOW - 5, b.NOW + 25)
regimes = st.sampled_from([Regime.HOME_USE, Regime.TRANSIT])
pairs = st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES)).filter(lambda pair: pair[0] != pair[1])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    world.participants.admit(b.founder(11, b"DD"), b.NOW - b.DAY)
    for _ in range(draw(st.integers(1, 8))):
        world.declare(draw(st.integers(0, 2)), draw(st.sampled_from(PARTIES)), draw(regimes))
    for declaration, state in list(world.declarations.items()):
        for _ in range(draw(st.integers(0, 3))):
            values = {"effective_at": draw(times), "risk": draw(st.integers(1, 7)), "method": draw(st.integers(1, 2))}
            world.control(declaration, administration=state.administration, **values)
    for _ in range(draw(st.integers(0, 4))):
        one, other = draw(pairs)
        line = world.known.lines.get((min(one, other), max(one, other)))
        start = draw(times) if line is None else world.known.versions[line.latest].record.valid_from + 3
        scope = {"risks": draw(st.integers(1, 7)), "methods": draw(st.integers(1, 3))}
        scope["procedures"] = draw(st.sampled_from([0x1FF, 1 << (Regime.HOME_USE - 1)]))
        world.agree(one, other, start, start + draw(st.integers(1, 20)), **scope)
    if draw(st.booleans()):
        heir = draw(st.sampled_from(PARTIES))
        world.succeed(heir, 20 + heir)
    return world


def is_heir(world: World, party: int, heir: int) -> bool:
    return heir in (party, world.participants.organisations[party].successor or party) and (
        heir != party or not world.participants.organisations[party].successor
    )


def by_definition(world: World, partner: int) -> set[Digest]:
    """Decision 27 read aloud: every control, every declaration, every arrangement."""
    found = set()
    for digest, control in world.known.controls.items():
        for own in world.declarations.values():
            for version in world.known.versions.values():
                if _is_shared(world, partner, control, own, version):
                    found.add(digest)
    return found


def _is_shared(world: World, partner: int, control: Control, own: DeclarationState, version: Version) -> bool:
    controlled, scope = world.declarations[control.declaration], version.record
    straight = is_heir(world, scope.first, partner) and _same(world, scope.second, control.administration)
    crossed = is_heir(world, scope.second, partner) and _same(world, scope.first, control.administration)
    return (
        is_heir(world, own.administration, partner)
        and not is_heir(world, control.administration, partner)
        and own.consignment == controlled.consignment
        and (straight or crossed)
        and scope.valid_from <= control.effective_at < version.valid_until
        and all(scope.procedures & 1 << (one.regime - 1) for one in (own, controlled))
        and bool(scope.methods & 1 << (control.method - 1))
        and bool(scope.risks & control.risk)
        and meets(control.standard, scope.standard)
    )


def _same(world: World, one: int, other: int) -> bool:
    return any(is_heir(world, one, heir) and is_heir(world, other, heir) for heir in world.participants.organisations)


@given(worlds())
def test_exactly_what_the_definition_says(world):
    for partner in world.participants.organisations:
        active = world.participants.organisations[partner].kind is OrganisationKind.ADMINISTRATION
        expected = by_definition(world, partner) if active else set()
        assert set(world.told(partner)) == expected
        assert all(not is_heir(world, one.control.administration, partner) for one in world.shares(partner))


@given(worlds(), pairs, times)
def test_a_new_arrangement_never_shares_what_took_effect_before_it(world, pair, start):
    one, other = pair
    line = world.known.lines.get((min(pair), max(pair)))
    if line is not None:
        start = max(start, world.known.versions[line.latest].record.valid_from + 1)
    before = {partner: set(world.told(partner)) for partner in world.participants.organisations}
    world.agree(one, other, start, start + b.DAY)
    for partner, shared in before.items():
        fresh = set(world.told(partner)) - shared
        assert all(world.known.controls[digest].effective_at >= start for digest in fresh)
        assert not fresh or any(is_heir(world, party, partner) for party in pair)


@given(worlds(), st.integers(0, 2), st.sampled_from(PARTIES), regimes)
def test_a_further_declaration_only_adds_and_only_in_its_consignment(world, consignment, party, regime):
    before = {partner: set(world.told(partner)) for partner in world.participants.organisations}
    declared = world.declare(consignment, party, regime)
    for partner, shared in before.items():
        fresh = set(world.told(partner)) - shared
        assert shared <= set(world.told(partner))
        controlled = {world.known.controls[digest].declaration for digest in fresh}
        consignments = {world.declarations[one].consignment for one in controlled}
        assert consignments <= {world.declarations[declared].consignment}
