"""Admissions: how many approve, who may sign alone, what follows from which standing, and when."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.codes import AdmissionAction, Outcome
from ledger.domain.council import NOTICE, SUCCESSION_NOTICE, approvals_needed
from ledger.domain.participants import MARK_SUCCEEDED_BY_COUNCIL
from ledger.domain.records import Admission
from tests.domain import builders as b
from tests.domain.builders import Court, manages
from tests.domain.test_rules import becomes

FIRST, SECOND = b.address("first new key"), b.address("second new key")
ALL = [manages(b.B), manages(b.C)]


@pytest.fixture
def court() -> Court:
    return Court()


def admission(court: Court, action=AdmissionAction.ADMIT, **values) -> Admission:
    brings_in = action in (AdmissionAction.ADMIT, AdmissionAction.SUCCEED)
    filled: dict[str, Any] = {
        "administration": 4 if brings_in else b.C,
        "country": b"DD" if brings_in else b"\0\0",
        "council_head": court.ledger.participants.council_head,
        "first_key": FIRST if brings_in else bytes(20),
        "second_key": SECOND if brings_in else bytes(20),
        "effective_at": b.NOW + NOTICE,
        "deadline": b.NOW + 60,
    }
    return Admission(action=action, **filled | values)


def succession(court: Court, **values) -> Admission:
    return admission(court, AdmissionAction.SUCCEED, country=b"CC", predecessor=b.C, **values)


def proven(approvers=(), provers=(FIRST, SECOND)) -> dict[str, Any]:
    return {"approvers": approvers, "provers": provers}


# Who approves


@given(st.integers(0, 200))
def test_two_thirds_rounded_up_must_approve(active):
    needed = approvals_needed(active)
    assert 3 * needed >= 2 * active
    assert 3 * (needed - 1) < 2 * active


def test_given_two_of_three_when_they_approve_then_an_administration_is_admitted(court):
    court.take(admission(court), manages(b.A), **proven([manages(b.B)]))
    assert court.ledger.participants.organisations[4].country == b"DD"


@pytest.mark.parametrize(
    "approvers",
    [
        [],
        [manages(b.A, 2)],
        [b.declares(b.B)],
        [manages(b.OPERATOR)],
        [b.address("a stranger")],
    ],
    ids=["none", "twice the same administration", "a daily key", "an operator", "a stranger"],
)
def test_given_too_few_approvals_that_count_then_they_are_missing(court, approvers):
    court.refuses(admission(court), manages(b.A), Outcome.APPROVALS_MISSING, **proven(approvers))


def test_given_a_suspended_administration_then_it_has_no_vote_and_is_not_counted(court):
    becomes(court, b.C, b.SUSPENDED)
    court.refuses(admission(court), manages(b.A), Outcome.APPROVALS_MISSING, **proven([manages(b.C)]))
    court.take(admission(court), manages(b.A), **proven([manages(b.B)]))


def test_given_a_key_outside_its_window_then_its_approval_does_not_count(court):
    keys = court.ledger.participants.keys
    keys[manages(b.B)] = replace(keys[manages(b.B)], not_after=b.NOW)
    court.refuses(admission(court), manages(b.A), Outcome.APPROVALS_MISSING, **proven([manages(b.B)]))


def test_the_target_counts_and_may_vote_against_its_own_expulsion_by_silence(court):
    record = admission(court, AdmissionAction.EXPEL)
    court.refuses(record, manages(b.A), Outcome.APPROVALS_MISSING)
    court.take(record, manages(b.A), approvers=[manages(b.B)])


# Who signs


@pytest.mark.parametrize("signer", [None, b.address("a stranger"), manages(b.OPERATOR)])
def test_given_a_signer_of_no_administration_then_it_is_not_authentic(court, signer):
    court.refuses(admission(court), signer, Outcome.NOT_AUTHENTIC, **proven(ALL))


def test_given_a_daily_key_then_it_does_not_speak_in_the_council(court):
    court.refuses(admission(court), b.declares(b.A), Outcome.KEY_PURPOSE, **proven(ALL))


def test_given_an_ended_key_then_it_does_not_speak_in_the_council(court):
    keys = court.ledger.participants.keys
    keys[manages(b.A)] = replace(keys[manages(b.A)], not_after=b.NOW)
    court.refuses(admission(court), manages(b.A), Outcome.KEY_NOT_VALID, **proven(ALL))


def test_given_a_suspended_administration_then_it_does_not_speak_in_the_council(court):
    becomes(court, b.A, b.SUSPENDED)
    court.refuses(admission(court), manages(b.A), Outcome.ORGANISATION_NOT_ACTIVE, **proven(ALL))


# Whether it is sound


def test_given_it_was_recorded_then_it_is_already_recorded(court):
    record = admission(court)
    court.take(record, manages(b.A), **proven(ALL))
    court.refuses(record, manages(b.A), Outcome.ALREADY_RECORDED, **proven(ALL))


def test_given_a_malformed_or_expired_admission_then_it_is_refused(court):
    court.refuses(admission(court, administration=0), manages(b.A), Outcome.MALFORMED, **proven(ALL))
    court.refuses(admission(court, deadline=b.NOW - 1), manages(b.A), Outcome.EXPIRED, **proven(ALL))


def test_given_an_old_council_head_then_it_is_stale(court):
    record = admission(court, council_head=b.Head(b.OTHER))
    court.refuses(record, manages(b.A), Outcome.STALE_HEAD, **proven(ALL))


@pytest.mark.parametrize("action", [AdmissionAction.ADMIT, AdmissionAction.EXPEL])
def test_given_too_short_a_notice_then_it_is_refused_but_in_development(court, action):
    soon = admission(court, action, effective_at=b.NOW + NOTICE - 1)
    proof = proven(ALL) if action == AdmissionAction.ADMIT else {"approvers": ALL}
    court.refuses(soon, manages(b.A), Outcome.NOTICE_TOO_SHORT, **proof)
    court.ledger.development = True
    past = replace(soon, effective_at=b.NOW - 1)
    court.refuses(past, manages(b.A), Outcome.NOTICE_TOO_SHORT, **proof)
    court.take(replace(soon, effective_at=b.NOW), manages(b.A), **proof)


# Whom it concerns


def test_given_an_id_a_key_or_a_country_that_is_taken_then_nobody_else_gets_it(court):
    for taken in ({"administration": b.B}, {"first_key": manages(b.B)}, {"country": b"BB"}):
        record = admission(court, **taken)
        keys = (record.first_key, record.second_key)
        court.refuses(record, manages(b.A), Outcome.IDENTITY_TAKEN, **proven(ALL, keys))


def test_given_a_suspended_administration_when_its_country_gets_another_then_it_is_not_reinstated(court):
    becomes(court, b.C, b.SUSPENDED)
    court.take(admission(court, country=b"CC"), manages(b.A), **proven(ALL))
    record = admission(court, AdmissionAction.REINSTATE)
    court.refuses(record, manages(b.A), Outcome.IDENTITY_TAKEN, approvers=ALL)


def test_given_an_expulsion_on_its_way_then_the_country_is_free_once_it_takes_effect(court):
    proof = {"approvers": ALL}
    court.take(admission(court, AdmissionAction.EXPEL, effective_at=b.NOW + NOTICE + 9), manages(b.A), **proof)
    early = admission(court, country=b"CC")
    court.refuses(early, manages(b.A), Outcome.IDENTITY_TAKEN, **proven(ALL))
    court.take(replace(early, effective_at=b.NOW + NOTICE + 9), manages(b.A), **proven(ALL))


@pytest.mark.parametrize("provers", [(), (FIRST,), (SECOND, FIRST), (FIRST, SECOND, FIRST)])
def test_given_keys_that_did_not_both_sign_in_order_then_possession_is_not_proven(court, provers):
    court.refuses(admission(court), manages(b.A), Outcome.POSSESSION_NOT_PROVEN, **proven(ALL, provers))


@pytest.mark.parametrize("target", [99, b.OPERATOR])
def test_given_no_such_administration_then_nothing_is_decided_on_it(court, target):
    record = admission(court, AdmissionAction.SUSPEND, administration=target % 65_536)
    court.refuses(record, manages(b.A), Outcome.UNKNOWN_ORGANISATION, approvers=ALL)


def test_given_another_country_than_the_targets_then_it_is_malformed(court):
    court.refuses(
        admission(court, AdmissionAction.SUSPEND, country=b"AA"), manages(b.A), Outcome.MALFORMED, approvers=ALL
    )
    court.take(admission(court, AdmissionAction.SUSPEND, country=b"CC"), manages(b.A), approvers=ALL)


FOLLOWS = {
    AdmissionAction.SUSPEND: {b.ACTIVE},
    AdmissionAction.REINSTATE: {b.SUSPENDED},
    AdmissionAction.EXPEL: {b.ACTIVE, b.SUSPENDED},
}


@pytest.mark.parametrize("status", [b.ACTIVE, b.SUSPENDED, b.EXPELLED, b.OrganisationStatus.SUCCEEDED])
@pytest.mark.parametrize("action", FOLLOWS)
def test_given_a_standing_then_only_some_decisions_follow(court, action, status):
    becomes(court, b.C, status)
    outcome = court.present(admission(court, action), manages(b.A), approvers=[manages(b.B)])
    assert outcome is (Outcome.RECORDED if status in FOLLOWS[action] else Outcome.TRANSITION_NOT_ALLOWED)


# Succession


def test_given_a_predecessor_when_it_signs_then_it_needs_no_approval(court):
    court.take(succession(court), manages(b.C), **proven())
    assert court.ledger.participants.organisations[4].marks == 0


def test_given_the_council_when_it_names_an_heir_then_thirty_days_pass_and_the_heir_is_marked(court):
    soon = succession(court, effective_at=b.NOW + SUCCESSION_NOTICE - 1)
    court.ledger.development = True
    court.refuses(soon, manages(b.A), Outcome.NOTICE_TOO_SHORT, **proven([manages(b.B)]))
    record = replace(soon, effective_at=b.NOW + SUCCESSION_NOTICE)
    court.refuses(record, manages(b.A), Outcome.APPROVALS_MISSING, **proven())
    court.take(record, manages(b.A), **proven([manages(b.B)]))
    assert court.ledger.participants.organisations[4].marks == MARK_SUCCEEDED_BY_COUNCIL


def test_given_no_predecessor_or_another_country_then_there_is_no_succession(court):
    for predecessor, country, outcome in ((77, b"CC", Outcome.UNKNOWN_ORGANISATION), (b.C, b"DD", Outcome.MALFORMED)):
        record = replace(
            succession(court), predecessor=predecessor, country=country, effective_at=b.NOW + SUCCESSION_NOTICE
        )
        court.refuses(record, manages(b.A), outcome, **proven(ALL))


def test_given_an_id_that_is_taken_then_it_is_no_heir(court):
    court.refuses(succession(court, administration=b.B), manages(b.C), Outcome.IDENTITY_TAKEN, **proven())


def test_given_a_suspension_on_its_way_then_the_predecessor_does_not_evade_it(court):
    court.take(admission(court, AdmissionAction.SUSPEND), manages(b.A), approvers=[manages(b.B)])
    court.refuses(succession(court), manages(b.C), Outcome.TRANSITION_NOT_ALLOWED, **proven())
    record = succession(court, effective_at=b.NOW + SUCCESSION_NOTICE)
    court.take(record, manages(b.A), **proven([manages(b.B)]))


def test_given_an_heir_on_its_way_then_no_second_one_is_named(court):
    court.take(succession(court), manages(b.C), **proven())
    keys = (b.address("third"), b.address("fourth"))
    again = succession(court, administration=5, first_key=keys[0], second_key=keys[1])
    court.refuses(again, manages(b.C), Outcome.IDENTITY_TAKEN, **proven((), keys))
    known = court.ledger.participants.organisations
    del known[4]
    late = replace(again, effective_at=b.NOW + SUCCESSION_NOTICE)
    court.refuses(late, manages(b.A), Outcome.TRANSITION_NOT_ALLOWED, **proven(ALL, keys))
