from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.chronicle import Chronicle
from ledger.domain.codes import ControlMethod, ControlOutcome, DecisionKind, OrganisationStatus, Outcome, Risk, Verdict
from ledger.domain.inspections import Effect, Ground, Inspection, savings
from ledger.domain.proposals import Annex, Goods, Period
from ledger.domain.records import Control
from ledger.domain.wire import ZERO, Digest
from tests.domain import builders as b
from tests.domain.annals import HOUR, YEAR, Annals, Case

CONTROL, LIFT, RELEASE = DecisionKind.REQUIRE_CONTROL, DecisionKind.LIFT_CONTROL, DecisionKind.RELEASE
MAJOR, NOTHING_DONE = ControlOutcome.MAJOR_DISCREPANCY, ControlOutcome.NOT_CARRIED_OUT
NONE = Digest(ZERO)


@pytest.fixture
def case() -> Case:
    return Case()


def only(found: tuple[Inspection, ...]) -> Inspection:
    [one] = found
    return one


def last(found: tuple[Inspection, ...]) -> Inspection:
    return found[-1]


# --- what is waived


def test_a_repeat_of_the_partners_control_is_waived_with_the_time_that_it_took(case):
    first = case.controls(b.A, 0)
    case.decides(b.B, 10, CONTROL)
    repeat = case.controls(b.B, 12)
    case.decides(b.B, 16, LIFT)
    one = last(case.simulate())
    assert (one.digest, one.administration, one.partner, one.declaration) == (repeat, b.B, b.A, case.imported)
    assert (one.effect, one.relied, one.reason, one.seconds) == (Effect.WAIVED, (first,), None, 6 * HOUR)
    assert (one.has_discrepancy, one.withdrawn) == (False, False)


def test_the_first_control_has_nothing_to_rely_on_and_the_partners_is_told_too(case):
    case.controls(b.A, 0)
    case.controls(b.B, 1)
    first, second = case.simulate()
    assert (first.administration, first.reason, first.is_repeat) == (b.A, Ground.NO_EARLIER_CONTROL, False)
    assert second.is_waived


def test_what_the_repeat_found_is_told_also_when_it_was_found_later(case):
    case.controls(b.A, 0)
    early = case.controls(b.B, 1)
    case.controls(b.B, 50, against=early, outcome=MAJOR)
    one = last(case.simulate())
    assert (one.digest, one.outcome, one.is_waived, one.has_discrepancy) == (early, MAJOR, True, True)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"outcome": NOTHING_DONE}, Outcome.CONTROL_NOT_CARRIED_OUT),
        ({"outcome": ControlOutcome.MINOR_DISCREPANCY}, Outcome.DISCREPANCY_FOUND),
        ({"valid_until": b.NOW + HOUR}, Outcome.CONTROL_EXPIRED),
        ({"risk": Risk.FISCAL}, Ground.OTHER_RISK),
        ({"method": ControlMethod.DOCUMENTARY}, Ground.OTHER_METHOD),
    ],
)
def test_what_the_rules_refuse_keeps_the_control(case, values, reason):
    case.controls(b.A, 0, **values)
    case.controls(b.B, 2)
    one = last(case.simulate())
    assert (one.effect, one.reason, one.relied, one.seconds) == (Effect.KEPT, reason, (), None)


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ({"risks": Risk.IPR}, Outcome.OUT_OF_SCOPE),
        ({"methods": 1}, Outcome.OUT_OF_SCOPE),
        ({"procedures": 1}, Outcome.OUT_OF_SCOPE),
        ({"standard": b"\x05" * 32}, Outcome.BELOW_STANDARD),
        ({"second": b.C}, None),
    ],
)
def test_what_the_arrangement_leaves_out_keeps_the_control(case, scope, reason):
    case.controls(b.A, 0)
    case.controls(b.B, 2)
    found = case.simulate(scope=scope)
    assert [one.reason for one in found if one.administration == b.B] == ([reason] if reason else [])


def test_the_arrangement_is_in_force_in_the_period_only(case):
    case.controls(b.A, 0)
    case.controls(b.B, 2)
    later = Period(b.NOW + HOUR, YEAR.end)
    assert only(case.simulate(later)).reason is Outcome.ARRANGEMENT_NOT_IN_FORCE
    assert only(case.simulate(Period(YEAR.start, b.NOW + HOUR))).administration == b.A


def test_an_amendment_since_and_a_superseded_control_are_not_relied_on(case):
    early = case.controls(b.A, 0)
    case.controls(b.B, 2)
    case.controls(b.A, 3, against=early, outcome=MAJOR)
    case.controls(b.B, 4)
    first, second = (one for one in case.simulate() if one.administration == b.B)
    assert (first.is_waived, first.withdrawn) == (True, True)
    assert second.reason is Outcome.DISCREPANCY_FOUND
    case = Case()
    case.controls(b.A, 0)
    case.decides(b.A, 1, DecisionKind.AMEND, commitment=b.OTHER, touched_risks=Risk.SECURITY)
    case.controls(b.B, 2)
    assert last(case.simulate()).reason is Outcome.RISK_TOUCHED


def test_an_amendment_of_the_partys_own_declaration_withdraws(case):
    case.controls(b.A, 0)
    case.controls(b.B, 2)
    case.decides(b.B, 3, DecisionKind.AMEND, commitment=b.OTHER, touched_risks=Risk.SECURITY)
    assert last(case.simulate()).withdrawn


def test_several_controls_of_the_partner_together_cover_a_repeat(case):
    first = case.controls(b.A, 0, risk=Risk.SECURITY)
    case.controls(b.A, 1, risk=Risk.SAFETY | Risk.IPR, method=ControlMethod.LABORATORY)
    second = case.controls(b.A, 1, risk=Risk.SAFETY)
    case.controls(b.B, 2, risk=Risk.SECURITY | Risk.SAFETY)
    case.controls(b.B, 3, risk=Risk.SECURITY | Risk.IPR)
    whole, part = (one for one in case.simulate() if one.administration == b.B)
    assert (whole.effect, whole.relied) == (Effect.WAIVED, (second, first))
    assert (part.effect, part.covered, part.relied) == (Effect.NARROWED, Risk.SECURITY, (first,))
    assert part.reason is Ground.OTHER_METHOD
    part = last(case.simulate(scope={"risks": Risk.SECURITY, "methods": 0b0100}))
    assert (part.effect, part.reason) == (Effect.NARROWED, Outcome.OUT_OF_SCOPE)
    case.controls(b.B, 4, risk=Risk.SECURITY | Risk.FISCAL)
    part = last(case.simulate())
    assert (part.effect, part.reason) == (Effect.NARROWED, Ground.OTHER_RISK)


def test_the_partners_recognition_of_a_third_control_counts(case):
    third = case.controls(b.C, 0)
    recognised = case.recognises(b.A, third, 1, arrangement=case.agree(b.A, b.C))
    case.controls(b.B, 2)
    one = last(case.simulate())
    assert (one.relied, one.seconds) == ((recognised,), None)
    case.decides(b.B, 3, LIFT)
    assert last(case.simulate()).seconds == HOUR


def test_what_the_partner_declined_or_took_from_the_party_itself_counts_not(case):
    case.recognises(b.A, case.controls(b.C, 0), 1, verdict=Verdict.DECLINED, reason=1, arrangement=NONE)
    case.controls(b.B, 2)
    assert last(case.simulate()).reason is Ground.NO_EARLIER_CONTROL
    case.recognises(b.A, case.controls(b.B, 3), 4)
    case.controls(b.B, 5)
    assert last(case.simulate()).reason is Ground.NO_EARLIER_CONTROL


def test_a_suspended_partner_is_not_relied_on_and_a_suspension_of_the_existing_arrangement_is_no_matter(case):
    case.controls(b.A, 0)
    case.annals.take(case.suspension(b.A, 1), b.manages(b.A))
    case.controls(b.B, 2)
    assert last(case.simulate()).is_waived
    founders = case.annals.founders.organisations
    founders[b.A] = replace(founders[b.A], next_status=OrganisationStatus.SUSPENDED)
    assert last(case.simulate()).reason is Outcome.ARRANGEMENT_NOT_IN_FORCE


# --- how long the goods waited


def test_time_counts_from_the_partners_control_when_that_came_later(case):
    case.decides(b.B, 0, CONTROL)
    case.controls(b.A, 3)
    case.controls(b.B, 5)
    case.decides(b.B, 9, RELEASE)
    assert last(case.simulate()).seconds == 6 * HOUR


def test_time_is_saved_only_where_all_inspections_of_a_stay_are_waived(case):
    case.controls(b.A, 0)
    case.decides(b.B, 1, CONTROL)
    case.controls(b.B, 2)
    case.controls(b.B, 3)
    other = case.controls(b.B, 4, risk=Risk.IPR)
    assert [one.seconds for one in case.simulate()] == [None] * 4
    case.decides(b.B, 8, LIFT)
    assert [one.seconds for one in case.simulate()] == [None] * 4
    case.controls(b.B, 9, against=other, outcome=NOTHING_DONE, risk=Risk.IPR)
    assert [one.seconds for one in case.simulate()] == [None, 7 * HOUR, 0]


def test_goods_that_never_get_away_or_wait_for_nothing_save_no_time(case):
    case.controls(b.A, 0)
    case.controls(b.B, 2)
    case.decides(b.B, 3, DecisionKind.SEIZE)
    case.decides(b.B, 4, RELEASE)
    case.controls(b.B, 5)
    case.decides(b.B, 6, DecisionKind.CLEAR)
    assert [one.seconds for one in case.simulate()] == [None] * 3


# --- who asks, and what it can read


def test_inspections_of_others_do_not_count_for_an_administration(case):
    case.controls(b.A, 0)
    case.controls(b.B, 2)
    assert only(case.simulate(counted=frozenset({b.B}))).administration == b.B
    assert case.simulate(counted=frozenset({b.C})) == ()


def test_the_annex_is_held_against_goods_that_can_be_read(case):
    case.controls(b.A, 0)
    case.controls(b.B, 2)
    case.controls(b.B, 3, risk=Risk.IPR)
    annex = Annex(chapters=frozenset({"61", "62"}), modes=frozenset({4}))
    assert [one.effect for one in case.simulate(annex=annex)] == [Effect.KEPT, Effect.UNJUDGED, Effect.KEPT]

    def effect(chapters: set[str], modes: set[int]) -> Any:
        goods = {(case.imported, 1): Goods(frozenset(chapters), frozenset(modes))}
        return case.simulate(annex=annex, goods=goods)[1]

    assert effect({"61"}, {4}).is_waived
    for chapters, modes in ((set(), {4}), ({"61", ""}, {4}), ({"61"}, set())):
        assert effect(chapters, modes).effect is Effect.UNJUDGED
    for chapters, modes in (({"61", "85"}, {4}), ({"61"}, {5}), ({"85", ""}, set())):
        found = effect(chapters, modes)
        assert (found.effect, found.reason, found.relied) == (Effect.KEPT, Ground.OUTSIDE_ANNEX, ())


def test_savings_sum_up(case):
    case.controls(b.A, 0)
    case.controls(b.B, 1)
    case.controls(b.B, 2, outcome=MAJOR)
    case.controls(b.B, 3, outcome=ControlOutcome.MINOR_DISCREPANCY)
    case.controls(b.B, 4, risk=Risk.IPR)
    case.controls(b.B, 5, risk=Risk.IPR | Risk.SECURITY)
    told = savings(case.simulate(), b.B, b.A)
    assert (told.inspections, told.repeats, told.waived, told.narrowed, told.unjudged) == (5, 5, 3, 1, 0)
    assert (told.minor, told.major, told.withdrawn, told.seconds, told.timed) == (1, 1, 0, 0, 0)
    assert told.kept == {"OTHER_RISK": 1}
    back = savings(case.simulate(), b.A, b.B)
    assert (back.inspections, back.repeats, back.kept) == (1, 0, {})


# --- properties

_PARTY = st.sampled_from([b.A, b.B])
_OUTCOME = st.sampled_from(list(ControlOutcome))
_METHOD = st.sampled_from([ControlMethod.DOCUMENTARY, ControlMethod.PHYSICAL])
_STEP = st.one_of(
    st.tuples(st.just("control"), _PARTY, st.integers(1, 15), _OUTCOME, _METHOD, st.integers(1, 90)),
    st.tuples(st.just("again"), _PARTY, _OUTCOME),
    st.tuples(st.just("decide"), _PARTY, st.sampled_from([CONTROL, LIFT, RELEASE])),
    st.tuples(st.just("amend"), _PARTY, st.integers(0, 15)),
)
HISTORIES = st.lists(_STEP, max_size=12)
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def played(steps: list[Any]) -> Case:
    """A history of these steps, an hour apart; what the rules refuse is left out."""
    case, latest = Case(), dict[int, Digest]()
    for hour, (what, by, *values) in enumerate(steps):
        try:
            if what == "control":
                risk, outcome, method, valid = values
                until = b.NOW + (hour + valid) * HOUR
                latest[by] = case.controls(by, hour, risk=risk, outcome=outcome, method=method, valid_until=until)
            elif what == "again" and by in latest:
                event = next(one for one in case.annals.events if one.digest == latest[by])
                assert isinstance(event.record, Control)
                same = {"risk": event.record.risk, "method": event.record.method}
                latest[by] = case.controls(by, hour, against=latest[by], outcome=values[0], **same)
            elif what == "decide":
                case.decides(by, hour, values[0])
            elif what == "amend":
                case.decides(by, hour, DecisionKind.AMEND, commitment=b.OTHER, touched_risks=values[0])
        except AssertionError:  # the court refused it
            continue
    return case


@given(HISTORIES)
@OFTEN
def test_the_ledger_itself_would_have_recorded_every_recognition_that_is_relied_on(steps):
    case = played(steps)
    for one in case.simulate():
        place = next(n for n, event in enumerate(case.annals.events) if event.digest == one.digest)
        chronicle = Chronicle(case.annals.founders)
        for event in case.annals.events[:place]:
            chronicle.take(event)
        court, at = b.Court(chronicle.ledger), one.carried_out_at
        for parent in one.relied:
            risk = chronicle.ledger.recognitions.controls[parent].risk & one.risk
            values = {"verdict": Verdict.PARTIAL, "risk": risk, "version": _version(case, one)}
            record = case.recognition(one.administration, parent, effective_at=at, deadline=at + 60, **values)
            assert court.present(record, b.declares(one.administration), now=at) is Outcome.RECORDED


@given(HISTORIES, st.integers(1, 15), st.integers(1, 3))
@OFTEN
def test_a_narrower_scope_waives_no_more(steps, risks, methods):
    case = played(steps)
    wide = {one.digest: one for one in case.simulate()}
    for one in case.simulate(scope={"risks": risks, "methods": methods}):
        assert one.covered & ~wide[one.digest].covered == 0
        assert one.covered & ~risks == 0


@given(HISTORIES)
@OFTEN
def test_sums_agree_with_their_parts_and_the_history_stays_as_it_is(steps):
    case = played(steps)
    before = b.snapshot(Annals(Chronicle(case.annals.founders).ledger).ledger)
    found = case.simulate()
    assert found == case.simulate()
    assert before == b.snapshot(Chronicle(case.annals.founders).ledger)
    for one in found:
        assert (one.covered == one.risk) == one.is_waived
        assert bool(one.relied) == bool(one.covered)
        assert one.seconds is None or (one.is_waived and one.seconds >= 0)
        assert one.outcome is not NOTHING_DONE
    for party, partner in ((b.A, b.B), (b.B, b.A)):
        told = savings(found, party, partner)
        assert told.minor + told.major <= told.waived <= told.repeats <= told.inspections
        assert told.repeats == told.waived + told.narrowed + told.unjudged + sum(told.kept.values())
        assert told.seconds <= sum(one.seconds or 0 for one in found)


def _version(case: Case, one: Inspection) -> int:
    record = next(event.record for event in case.annals.events if event.digest == one.digest)
    assert isinstance(record, Control)
    return record.version
