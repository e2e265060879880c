from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.benefits import Benefit, Interval, benefits
from ledger.domain.codes import AeoStanding, ControlOutcome, DecisionKind, Reason, Risk, Verdict
from ledger.domain.keccak import keccak256
from ledger.domain.proposals import Period
from ledger.domain.wire import ZERO, Digest
from tests.domain import builders as b
from tests.domain.annals import HOUR, YEAR, Case

NONE = Digest(ZERO)
NOTHING_DONE = ControlOutcome.NOT_CARRIED_OUT


@pytest.fixture
def case() -> Case:
    return Case()


def report(case: Case, period: Period = YEAR, interval: Interval | None = None) -> tuple[Benefit, ...]:
    return benefits(case.annals.founders, case.annals.events, period, interval)


def only(case: Case) -> Benefit:
    [one] = report(case)
    return one


def relies(case: Case, hour: float, *relied: Digest, kind: DecisionKind = DecisionKind.RELEASE, **values: Any) -> None:
    now = b.NOW + int(hour * HOUR)
    state = case.annals.state(case.imported)
    record = b.decision(
        state, kind, reliance=keccak256(*relied), effective_at=now, **{"deadline": now + 60} | values
    )  # fmt: skip
    case.annals.take(record, b.declares(b.B), now=now, relied=relied)


def declined(case: Case, parent: Digest, hour: float, reason: Reason, **values: Any) -> Digest:
    return case.recognises(
        b.B, parent, hour, verdict=Verdict.DECLINED, reason=reason, arrangement=NONE, **values
    )  # fmt: skip


def test_where_nothing_was_recognised_there_is_nothing_to_report(case):
    case.controls(b.A, 0)
    assert report(case) == ()


def test_recognised_declined_and_waived_by_pair(case):
    control = case.controls(b.A, 0, risk=Risk.SECURITY | Risk.IPR)
    full = case.recognises(b.B, control, 1, risk=Risk.SECURITY | Risk.IPR)
    part = case.recognises(b.B, control, 2, verdict=Verdict.PARTIAL)
    declined(case, control, 3, Reason.RISK)
    declined(case, control, 4, Reason.RISK)
    declined(case, control, 5, Reason.COMPLIANCE)
    relies(case, 6, full, part, kind=DecisionKind.LIFT_CONTROL)
    relies(case, 7, full)
    assert only(case) == Benefit("", b.B, b.A, 1, 1, {"RISK": 2, "COMPLIANCE": 1}, 0, 0, 2)


def test_a_further_recognition_counts_for_who_made_its_parent(case):
    with_c = case.agree(b.B, b.C)
    first = case.recognises(b.B, case.controls(b.A, 0), 1)
    case.recognises(b.C, first, 2, arrangement=with_c)
    assert [(one.administration, one.partner, one.recognised) for one in report(case)] == [(b.B, b.A, 1), (b.C, b.B, 1)]


def test_a_revocation_withdraws_all_that_goes_back_to_the_control_once(case):
    with_c = case.agree(b.B, b.C)
    control = case.controls(b.A, 0)
    case.recognises(b.C, case.recognises(b.B, control, 1), 2, arrangement=with_c)
    declined(case, control, 2, Reason.RISK)
    case.controls(b.A, 3, against=control, outcome=NOTHING_DONE)
    case.controls(b.A, 4)
    assert [one.withdrawn for one in report(case)] == [1, 1]


def test_an_amendment_and_the_end_of_an_aeos_status_withdraw(case):
    grant = case.annals.take(case.aeo(), b.declares(b.A))
    control = case.controls(b.A, 0, risk=Risk.SECURITY | Risk.IPR)
    case.recognises(b.B, control, 1, aeo=grant, risk=Risk.SECURITY | Risk.IPR)
    case.recognises(b.B, control, 2, verdict=Verdict.PARTIAL, risk=Risk.IPR)
    case.decides(b.B, 3, DecisionKind.AMEND, commitment=b.OTHER, touched_risks=Risk.SAFETY)
    assert only(case).withdrawn == 0
    ended = case.ended(grant, b.NOW, deadline=b.NOW + 5 * HOUR, status=AeoStanding.WITHDRAWN)
    case.annals.take(ended, b.declares(b.A), now=b.NOW + 4 * HOUR)
    assert only(case).withdrawn == 1
    case.decides(b.A, 5, DecisionKind.AMEND, commitment=b.SOMETHING, touched_risks=Risk.IPR)
    assert only(case).withdrawn == 2


def test_what_its_author_replaces_is_not_withdrawn_by_others(case):
    control = case.controls(b.A, 0)
    first = case.recognises(b.B, control, 1)
    case.recognises(b.B, control, 2, supersedes=first, verdict=Verdict.PARTIAL)
    one = only(case)
    assert (one.recognised, one.partly, one.replaced, one.withdrawn) == (1, 1, 1, 0)


def test_each_thing_counts_in_the_period_in_which_it_was_recorded(case):
    control = case.controls(b.A, 0, valid_until=b.NOW + 300 * b.DAY)
    case.recognises(b.B, control, 24)
    case.controls(b.A, 24 * 100, against=control, outcome=NOTHING_DONE)
    first, second = report(case, interval=Interval.MONTH)
    assert (first.period, first.recognised, first.withdrawn) == ("2027-01", 1, 0)
    assert (second.period, second.recognised, second.withdrawn) == ("2027-04", 0, 1)
    assert [one.period for one in report(case, interval=Interval.QUARTER)] == ["2027-Q1", "2027-Q2"]
    assert [one.withdrawn for one in report(case, Period(b.NOW + 2 * b.DAY, YEAR.end))] == [1]
    assert report(case, Period(0, b.NOW)) == ()


STEPS = st.lists(
    st.tuples(st.sampled_from(["control", "recognise", "decline", "rely", "revoke", "amend"]), st.integers(1, 15)),
    max_size=14,
)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_months_add_up_to_the_whole_and_what_is_withdrawn_does_not_stand(steps):
    case, controls, found = Case(), list[Digest](), list[Digest]()
    for step, (what, risk) in enumerate(steps):
        hour = step * 24 * 9
        try:
            if what == "control":
                controls.append(case.controls(b.A, hour, risk=risk, valid_until=b.NOW + 900 * b.DAY))
            elif what == "recognise" and controls:
                values = {
                    "verdict": Verdict.PARTIAL,
                    "risk": risk,
                    "version": case.annals.state(case.imported).version.number,
                }
                found.append(case.recognises(b.B, controls[-1], hour, **values))
            elif what == "decline" and controls:
                declined(case, controls[-1], hour, Reason(1 + risk % 9))
            elif what == "rely" and found:
                relies(case, hour, found[-1], kind=DecisionKind.LIFT_CONTROL)
            elif what == "revoke" and controls:
                case.controls(b.A, hour, against=controls[-1], outcome=NOTHING_DONE)
            elif what == "amend":
                case.decides(b.B, hour, DecisionKind.AMEND, commitment=bytes([step + 1]) * 32, touched_risks=risk)
        except AssertionError:  # the court refused it
            continue
    whole, months = report(case), report(case, interval=Interval.MONTH)
    for name in ("recognised", "partly", "withdrawn", "replaced", "waived"):
        assert sum(getattr(one, name) for one in months) == sum(getattr(one, name) for one in whole)
    walk, nodes = case.annals.ledger.walk, case.annals.ledger.recognitions.nodes
    broken = [d for d, node in nodes.items() if node.record.verdict != Verdict.DECLINED and walk.standing(d) != 0]
    assert sum(one.withdrawn + one.replaced for one in whole) == len(broken)
    assert sum(sum(one.declined.values()) + one.recognised + one.partly for one in whole) == len(nodes)
