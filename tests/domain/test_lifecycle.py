"""The lifecycle: domain.md's table row by row, then what must hold for every decision whatever."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.domain.codes import Debt, DecisionKind, Flag, Outcome, Pending, Stage, Status
from ledger.domain.lifecycle import FIRST_STATUS, LIVE, TABLE, TERMINAL, Ruling, Standing, decide
from tests.domain.strategies import rulings, standings

S, K = Status, DecisionKind
REFUSED = Outcome.TRANSITION_NOT_ALLOWED
NOTHING = Flag(0)
OPEN = (S.PRE_LODGED, S.LODGED, S.ACCEPTED)
HOLDS = Flag.CONTROL | Flag.DOCUMENTS | Flag.DETENTION | Flag.PAYMENT


def after(status: Status, kind: DecisionKind, flags: Flag = NOTHING, **ruling: bool) -> Standing:
    """The standing after a decision that must be possible."""
    found = decide(Standing(status, flags), Ruling(kind, **ruling))
    assert isinstance(found, Standing), found
    return found


def waiting(pending: Pending) -> Flag:
    return Flag(pending << 10)


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        (Stage.PRE_LODGED, S.PRE_LODGED),
        (Stage.ARRIVED, S.LODGED),
        (Stage.SUPPLEMENTARY, S.LODGED),
        (Stage.REPORTED, S.REPORTED),
    ],
)
def test_given_a_stage_when_lodged_then_this_is_the_first_status(stage, status):
    assert FIRST_STATUS[stage] is status


ROWS = [
    # from, decision (the notice of domain.md), to, flags set
    *[(status, K.RECEIPT, status, 0) for status in LIVE],  # 02
    *[(status, K.QUERY, status, 0) for status in LIVE],  # 51
    *[(status, K.GRANT, status, 0) for status in LIVE],  # 11, GPR
    *[(status, K.AMEND, status, 0) for status in LIVE],  # 07
    *[(status, K.REFUSE_REQUEST, status, 0) for status in LIVE],  # 03 on a request
    (S.PRE_LODGED, K.ACCEPT, S.ACCEPTED, 0),  # 01
    (S.LODGED, K.ACCEPT, S.ACCEPTED, 0),
    (S.PRE_LODGED, K.REJECT, S.REJECTED, 0),  # 03
    (S.LODGED, K.REJECT, S.REJECTED, 0),
    *[(status, K.REQUIRE_CONTROL, status, Flag.CONTROL) for status in OPEN],  # 05
    *[(status, K.REQUIRE_DOCUMENTS, status, Flag.DOCUMENTS) for status in OPEN],  # 06
    *[(status, K.REQUIRE_PAYMENT, status, Flag.PAYMENT) for status in (S.ACCEPTED, S.RELEASED)],  # 14, 15
    *[(status, K.RELEASE, S.RELEASED, 0) for status in OPEN],  # 08
    *[(status, K.CLEAR, S.CLEARED, Flag.CLEARED) for status in (*OPEN, S.RELEASED)],  # 09
    (S.EXITED, K.CLEAR, S.EXITED, Flag.CLEARED),
    (S.RELEASED, K.CONFIRM_EXIT, S.EXITED, 0),  # 16
    (S.CLEARED, K.CONFIRM_EXIT, S.EXITED, 0),
    (S.CLEARED, K.REMIND_EXIT, S.CLEARED, Flag.EXIT_DUE),  # 18
    *[(status, K.INVALIDATE, S.INVALIDATED, 0) for status in (*OPEN, S.RELEASED, S.CLEARED)],  # 10
    (S.REPORTED, K.REGISTER, S.LODGED, 0),
    (S.REPORTED, K.REGISTER_PRE_LODGED, S.PRE_LODGED, 0),
    (S.ACCEPTED, K.CONDITIONALLY_RELEASE, S.CONDITIONALLY_RELEASED, 0),
    (S.ACCEPTED, K.DETAIN, S.ACCEPTED, Flag.DETENTION),
    (S.ACCEPTED, K.REFUSE, S.REFUSED, 0),
    (S.CLEARED, K.SEIZE, S.SEIZED, 0),
    (S.REFUSED, K.RETURN, S.RETURNED, 0),
    (S.SEIZED, K.RE_EXPORT, S.RE_EXPORTED, 0),
    (S.ABANDONED, K.DESTROY, S.DESTROYED, 0),
    (S.REFUSED, K.ABANDON, S.ABANDONED, 0),
    (S.EXITED, K.CLOSE, S.CLOSED, 0),
]


@pytest.mark.parametrize(("status", "kind", "to", "sets"), ROWS)
def test_given_a_status_when_customs_decides_then_this_follows(status, kind, to, sets):
    assert after(status, kind) == Standing(to, Flag(sets))


NEVER = [
    (S.ACCEPTED, K.ACCEPT),
    (S.ACCEPTED, K.REJECT),
    (S.RELEASED, K.REQUIRE_CONTROL),
    (S.LODGED, K.REQUIRE_PAYMENT),
    (S.RELEASED, K.RELEASE),
    (S.CLEARED, K.CLEAR),
    (S.ACCEPTED, K.CONFIRM_EXIT),
    (S.EXITED, K.INVALIDATE),
    (S.LODGED, K.REGISTER),
    (S.ACCEPTED, K.CLOSE),
    (S.NONE, K.RECEIPT),
]


@pytest.mark.parametrize(("status", "kind"), NEVER)
def test_given_a_status_outside_the_row_when_customs_decides_then_it_is_refused(status, kind):
    assert decide(Standing(status), Ruling(kind)) is REFUSED


@pytest.mark.parametrize(
    ("kind", "flag"),
    [
        (K.LIFT_CONTROL, Flag.CONTROL),
        (K.LIFT_DOCUMENTS, Flag.DOCUMENTS),
        (K.LIFT_PAYMENT, Flag.PAYMENT),
        (K.LIFT_DETENTION, Flag.DETENTION),
    ],
)
def test_given_all_holds_when_one_is_lifted_then_the_others_stand(kind, flag):
    assert after(S.ACCEPTED, kind, HOLDS).flags == HOLDS & ~flag


@pytest.mark.parametrize("kind", [K.RELEASE, K.CONDITIONALLY_RELEASE, K.CLEAR])
def test_given_holds_when_released_then_none_stands(kind):
    assert not after(S.ACCEPTED, kind, HOLDS).flags & HOLDS


@pytest.mark.parametrize(
    ("kind", "debt"),
    [
        (K.ASSESS, Debt.INDICATIVE),
        (K.SECURE, Debt.SECURED),
        (K.ASSESS_FINALLY, Debt.FINAL),
        (K.REASSESS, Debt.REVISED),
    ],
)
def test_the_debt_is_a_track_of_its_own(kind, debt):
    found = after(S.RELEASED, kind, Flag.PAYMENT)
    assert (found.status, found.debt, found.flags & HOLDS) == (S.RELEASED, debt, Flag.PAYMENT)


def test_given_a_closed_declaration_when_the_debt_is_revised_then_it_stays_closed():
    assert after(S.CLOSED, K.REASSESS).status is S.CLOSED


# Requests


@pytest.mark.parametrize("pending", [Pending.AMENDMENT, Pending.INVALIDATION, Pending.PRESENTATION])
@pytest.mark.parametrize("kind", [K.GRANT, K.REFUSE_REQUEST])
def test_given_a_request_when_it_is_answered_then_none_waits(pending, kind):
    assert after(S.ACCEPTED, kind, waiting(pending), names_request=True).pending is Pending.NONE


def test_given_an_invalidation_request_when_another_matter_is_decided_then_it_waits_on():
    assert after(S.ACCEPTED, K.AMEND, waiting(Pending.INVALIDATION), names_request=True).pending is Pending.INVALIDATION


def test_given_a_presentation_when_any_decision_names_it_then_none_waits():
    assert after(S.LODGED, K.ACCEPT, waiting(Pending.PRESENTATION), names_request=True).pending is Pending.NONE


def test_given_a_request_when_a_safeguard_is_set_then_it_waits_on():
    assert after(S.LODGED, K.DETAIN, waiting(Pending.AMENDMENT)).pending is Pending.AMENDMENT


def test_a_standing_with_another_pending_request_keeps_all_else():
    standing = Standing(S.LODGED, Flag.CONTROL | waiting(Pending.INVALIDATION))
    assert standing.with_pending(Pending.AMENDMENT) == Standing(S.LODGED, Flag.CONTROL | waiting(Pending.AMENDMENT))


# Part of the goods


def test_given_an_accepted_declaration_when_part_is_released_then_it_is_partly_released():
    assert after(S.ACCEPTED, K.RELEASE, scoped=True).status is S.PARTLY_RELEASED


def test_given_a_released_declaration_when_part_is_refused_then_it_is_partly_released():
    assert after(S.RELEASED, K.SEIZE, supersedes=True, scoped=True) == Standing(S.PARTLY_RELEASED, Flag.PARTIAL)


def test_given_a_part_that_was_refused_when_the_rest_is_released_then_it_is_partly_released():
    refused = after(S.ACCEPTED, K.REFUSE, scoped=True)
    assert refused == Standing(S.ACCEPTED, Flag.PARTIAL)
    assert after(refused.status, K.RELEASE, refused.flags).status is S.PARTLY_RELEASED


def test_given_two_items_detained_when_one_is_free_again_then_the_detention_stands():
    assert Flag.DETENTION in after(S.RELEASED, K.LIFT_DETENTION, Flag.DETENTION, scoped=True).flags


def test_given_a_part_that_was_refused_when_a_release_of_all_supersedes_it_then_all_is_released():
    assert after(S.PARTLY_RELEASED, K.RELEASE, Flag.PARTIAL, supersedes=True) == Standing(S.RELEASED)


# Superseding


@pytest.mark.parametrize("status", sorted(LIVE))
def test_given_a_live_status_when_a_decision_supersedes_then_the_status_follows_it(status):
    assert after(status, K.REFUSE, supersedes=True).status is S.REFUSED


def test_given_a_cleared_declaration_when_a_refusal_supersedes_then_it_is_not_cleared_any_more():
    flags = Flag.CLEARED | Flag.EXIT_DUE
    assert after(S.CLEARED, K.REFUSE, flags, supersedes=True) == Standing(S.REFUSED)


def test_given_a_cleared_exit_when_a_better_confirmation_supersedes_then_it_stays_cleared():
    assert after(S.EXITED, K.CONFIRM_EXIT, Flag.CLEARED, supersedes=True) == Standing(S.EXITED, Flag.CLEARED)


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_given_a_terminal_status_when_a_reinstatement_supersedes_then_it_is_accepted(status):
    assert after(status, K.REINSTATE, Flag.CLEARED, supersedes=True) == Standing(S.ACCEPTED)


@pytest.mark.parametrize("ruling", [{}, {"supersedes": True, "scoped": True}])
def test_given_a_terminal_status_when_a_reinstatement_supersedes_nothing_or_has_a_scope_then_it_is_refused(ruling):
    assert decide(Standing(S.CLOSED), Ruling(K.REINSTATE, **ruling)) is REFUSED


# Other agencies


def test_given_an_agencys_hold_when_released_without_a_reason_then_an_override_is_needed():
    assert decide(Standing(S.ACCEPTED, Flag.AGENCY), Ruling(K.RELEASE)) is Outcome.OVERRIDE_NEEDED


def test_given_an_agencys_hold_when_released_by_override_then_it_is_marked():
    assert after(S.ACCEPTED, K.RELEASE, Flag.AGENCY, overrides=True).flags == Flag.AGENCY | Flag.OVERRIDDEN


def test_given_an_overridden_hold_when_cleared_then_no_further_override_is_needed():
    assert after(S.RELEASED, K.CLEAR, Flag.AGENCY | Flag.OVERRIDDEN).status is S.CLEARED


# Whatever is decided


@given(standings(), rulings())
def test_a_terminal_status_is_left_only_by_a_reinstatement_that_supersedes(standing, ruling):
    found = decide(standing, ruling)
    if standing.status in TERMINAL and isinstance(found, Standing) and found.status is not standing.status:
        assert ruling.kind is K.REINSTATE
        assert ruling.supersedes
        assert not ruling.scoped


@given(standings(), rulings(scoped=True))
def test_a_decision_over_part_of_the_goods_never_sets_cleared(standing, ruling):
    found = decide(standing, ruling)
    assert not isinstance(found, Standing) or (found.flags ^ standing.flags) & Flag.CLEARED == 0


@given(standings(), rulings(scoped=True))
def test_a_decision_over_part_of_the_goods_lifts_no_hold_unless_it_releases(standing, ruling):
    found = decide(standing, ruling)
    if isinstance(found, Standing) and not TABLE[ruling.kind].releases:
        assert standing.flags & HOLDS & ~found.flags == 0


@given(standings(), rulings(scoped=True))
def test_a_decision_over_part_of_the_goods_leads_to_no_status_but_partly_released(standing, ruling):
    found = decide(standing, ruling)
    assert not isinstance(found, Standing) or found.status in (standing.status, S.PARTLY_RELEASED)


@given(standings(), rulings())
def test_a_release_while_an_agency_holds_needs_an_override(standing, ruling):
    found = decide(standing, ruling)
    held = standing.flags & (Flag.AGENCY | Flag.OVERRIDDEN) == Flag.AGENCY
    if isinstance(found, Standing) and held and TABLE[ruling.kind].releases:
        assert ruling.overrides
        assert Flag.OVERRIDDEN in found.flags


@given(standings(), rulings())
def test_no_decision_sets_or_lifts_an_agencys_hold(standing, ruling):
    found = decide(standing, ruling)
    assert not isinstance(found, Standing) or (found.flags ^ standing.flags) & Flag.AGENCY == 0


@given(standings(), rulings())
def test_a_request_is_never_made_by_a_decision_and_never_waits_at_the_end(standing, ruling):
    found = decide(standing, ruling)
    if isinstance(found, Standing):
        assert found.pending in (standing.pending, Pending.NONE)
        assert found.status not in TERMINAL or found.pending is Pending.NONE


@given(standings(), rulings(names_request=False, supersedes=False, scoped=False))
def test_a_request_that_is_not_named_waits_on_while_the_declaration_lives(standing, ruling):
    found = decide(standing, ruling)
    assume(isinstance(found, Standing) and found.status in LIVE)
    assert isinstance(found, Standing)
    assert found.pending is standing.pending


@given(standings(), rulings())
def test_a_decision_is_judged_by_nothing_but_its_standing_and_ruling(standing, ruling):
    assert decide(standing, ruling) == decide(standing, ruling)


def test_safeguarding_kinds_answer_no_request_and_release_nothing():
    safeguards = {kind for kind, row in TABLE.items() if row.safeguards}
    assert safeguards == {K.REQUIRE_CONTROL, K.REQUIRE_DOCUMENTS, K.REQUIRE_PAYMENT, K.DETAIN, K.SEIZE}
    assert not any(TABLE[kind].answers or TABLE[kind].releases for kind in safeguards)


def test_every_kind_has_a_row_and_every_status_is_live_terminal_or_none():
    assert set(TABLE) == set(K)
    assert LIVE | TERMINAL | {S.NONE} == set(S)


@given(st.sampled_from(list(K)))
def test_no_row_starts_from_none(kind):
    assert S.NONE not in TABLE[kind].sources
