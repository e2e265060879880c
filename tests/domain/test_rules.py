"""The rules on declarations, in the order of docs/records.md: every outcome is provoked, and leaves no trace."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain import heads
from ledger.domain.checks import MAX_AHEAD, MAX_STEPS
from ledger.domain.codes import DecisionKind, Flag, HoldAction, KeyAction, OrganisationKind, Outcome, Reason, Status
from ledger.domain.participants import FOREVER
from ledger.domain.records import AdministrationSetting
from ledger.domain.rules import MAX_VERSION
from tests.domain import builders as b
from tests.domain.builders import Court, declares

BACKDATING = 72 * 3600


@pytest.fixture
def court() -> Court:
    return Court()


def becomes(court: Court, organisation: int, status) -> None:
    """Give an organisation a status at once."""
    known = court.ledger.participants.organisations
    known[organisation] = known[organisation].becomes(status, b.NOW, b.NOW)


def succeeded(court: Court, administration: int, heir: int) -> None:
    """Have an heir take over from an administration at once."""
    known = court.ledger.participants
    known.admit(b.founder(heir, known.organisations[administration].country), b.NOW)
    b.add_key(known, heir, declares(heir), b.Purpose.DECIDE)
    becomes(court, administration, b.OrganisationStatus.SUCCEEDED)
    known.organisations[administration] = replace(known.organisations[administration], successor=heir)


# 2 to 7: who signs, when, with which key


def test_given_no_author_then_it_is_malformed(court):
    state = court.lodge()
    court.refuses(b.hold(state, agency=0), declares(b.AGENCY), Outcome.MALFORMED)


@pytest.mark.parametrize("signer", [None, b.address("a stranger"), declares(b.FOREIGN_OPERATOR)])
def test_given_another_signer_than_the_author_then_it_is_not_authentic(court, signer):
    court.refuses(b.declaration(), signer, Outcome.NOT_AUTHENTIC)


def test_given_a_record_was_recorded_when_it_comes_again_then_it_is_already_recorded(court):
    state = court.lodge()
    court.refuses(b.declaration(), declares(b.OPERATOR), Outcome.ALREADY_RECORDED)
    request = b.amendment(state)
    court.take(request, declares(b.OPERATOR))
    court.refuses(request, declares(b.OPERATOR), Outcome.ALREADY_RECORDED)
    hold = b.hold(state)
    court.take(hold, declares(b.AGENCY))
    court.refuses(hold, declares(b.AGENCY), Outcome.ALREADY_RECORDED)
    decision = b.decision(court.state(state.id), DecisionKind.GRANT, request=b.DOMAINS.digest(request))
    court.take(decision, declares(b.A))
    court.refuses(decision, declares(b.A), Outcome.ALREADY_RECORDED)
    control = b.control(court.state(state.id))
    court.take(control, declares(b.A))
    court.refuses(control, declares(b.A), Outcome.ALREADY_RECORDED)


def test_given_a_value_outside_its_list_then_it_is_malformed(court):
    court.refuses(b.declaration(leg=9), declares(b.OPERATOR), Outcome.MALFORMED)


@pytest.mark.parametrize(
    ("deadline", "outcome"), [(b.NOW - 1, Outcome.EXPIRED), (b.NOW + 8 * b.DAY, Outcome.DEADLINE_TOO_FAR)]
)
def test_given_a_deadline_that_passed_or_is_too_far_then_it_is_refused(court, deadline, outcome):
    court.refuses(b.declaration(deadline=deadline), declares(b.OPERATOR), outcome)


@pytest.mark.parametrize("window", [{"not_before": b.NOW + 1}, {"not_after": b.NOW}])
def test_given_a_key_outside_its_window_then_it_is_not_valid(court, window):
    keys = court.ledger.participants.keys
    keys[declares(b.OPERATOR)] = replace(keys[declares(b.OPERATOR)], **window)
    court.refuses(b.declaration(), declares(b.OPERATOR), Outcome.KEY_NOT_VALID)


def test_given_a_managing_key_then_it_signs_no_business_record(court):
    court.refuses(b.declaration(), b.manages(b.OPERATOR), Outcome.KEY_PURPOSE)


def test_given_a_key_of_one_office_then_it_decides_and_controls_for_that_office_alone(court):
    office_key = b.address("office 7")
    b.add_key(court.ledger.participants, b.A, office_key, b.Purpose.DECIDE, office=7)
    state = court.lodge()
    court.refuses(b.decision(state, DecisionKind.ACCEPT, office=8), office_key, Outcome.KEY_PURPOSE)
    court.refuses(b.control(state, office=0), office_key, Outcome.KEY_PURPOSE)
    court.take(b.decision(state, DecisionKind.ACCEPT, office=7), office_key)
    court.take(b.declaration(declarant=0), office_key)


@pytest.mark.parametrize("status", [b.SUSPENDED, b.EXPELLED])
def test_given_an_operator_that_is_not_active_then_it_may_not_act(court, status):
    state = court.lodge()
    becomes(court, b.OPERATOR, status)
    court.refuses(b.declaration(regime=2), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE)
    court.refuses(b.amendment(state), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE)


def test_given_an_operator_of_an_expelled_administration_then_it_may_amend_and_invalidate_alone(court):
    state = court.lodge()
    becomes(court, b.A, b.EXPELLED)
    operator = declares(b.OPERATOR)
    court.refuses(b.declaration(administration=b.B), operator, Outcome.ORGANISATION_NOT_ACTIVE)
    court.refuses(b.presentation(state), operator, Outcome.ORGANISATION_NOT_ACTIVE)
    court.refuses(b.hold(state), declares(b.AGENCY), Outcome.ORGANISATION_NOT_ACTIVE)
    court.take(b.invalidation(state), operator)


def test_given_a_suspended_administration_then_it_finishes_its_own_and_receives_nothing_new(court):
    state = court.lodge()
    becomes(court, b.A, b.SUSPENDED)
    court.refuses(b.declaration(regime=2), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE)
    court.refuses(b.declaration(declarant=0), declares(b.A), Outcome.ORGANISATION_NOT_ACTIVE)
    court.take(b.decision(state, DecisionKind.ACCEPT), declares(b.A))


def test_given_an_expelled_administration_then_it_decides_nothing(court):
    state = court.lodge()
    becomes(court, b.A, b.EXPELLED)
    court.refuses(b.decision(state, DecisionKind.ACCEPT), declares(b.A), Outcome.ORGANISATION_NOT_ACTIVE)


def test_given_an_administration_that_is_none_then_nothing_is_lodged_with_it(court):
    for nobody in (99, 0):
        court.refuses(b.declaration(administration=nobody), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE)


def test_given_an_author_of_another_kind_then_it_may_not_act(court):
    b.add_key(court.ledger.participants, b.OPERATOR, b.address("odd"), b.Purpose.HOLD | b.Purpose.DECIDE)
    state = court.lodge()
    court.refuses(b.hold(state, agency=b.OPERATOR), b.address("odd"), Outcome.ORGANISATION_NOT_ACTIVE)
    court.ledger.participants.organisations[b.A] = replace(
        court.ledger.participants.organisations[b.A], kind=OrganisationKind.AUDITOR
    )
    court.refuses(b.decision(state, DecisionKind.ACCEPT), declares(b.A), Outcome.ORGANISATION_NOT_ACTIVE)


# 8: declarations


def test_given_a_join_key_when_it_signed_then_the_declaration_joins(court):
    opener = court.lodge()
    state = court.lodged(b.joining(opener, leg=1), provers=[opener.join_key])
    assert state.consignment == opener.id
    assert court.ledger.consignments == {opener.id: heads.joined(b.Head(opener.id), state.id)}
    third = court.lodged(b.joining(opener, leg=2), provers=[opener.join_key])
    assert court.ledger.consignments[opener.id] == heads.joined(heads.joined(b.Head(opener.id), state.id), third.id)


def test_given_no_signature_of_the_join_key_then_joining_is_not_proven(court):
    opener = court.lodge()
    court.refuses(b.joining(opener), declares(b.OPERATOR), Outcome.JOIN_NOT_PROVEN, provers=[b.address("other")])


def test_given_no_opener_then_there_is_no_consignment_to_join(court):
    opener = court.lodge()
    joiner = court.lodged(b.joining(opener), provers=[opener.join_key])
    proof = {"provers": [opener.join_key]}
    court.refuses(b.joining(joiner, leg=2), declares(b.OPERATOR), Outcome.UNKNOWN_CONSIGNMENT, **proof)
    record = b.declaration(consignment=b.ConsignmentId(b.OTHER))
    court.refuses(record, declares(b.OPERATOR), Outcome.UNKNOWN_CONSIGNMENT, **proof)


def test_given_a_link_then_it_names_a_declaration_that_exists(court):
    court.refuses(b.declaration(link=b.OTHER, link_kind=1), declares(b.OPERATOR), Outcome.UNKNOWN_LINK)
    court.lodge(link=court.lodge().id, link_kind=1)


def test_given_an_agent_then_it_needs_a_mandate_in_force(court):
    record = b.declaration(agent=b.AGENT)
    mandates = court.ledger.participants.mandates
    court.refuses(record, declares(b.AGENT), Outcome.MANDATE_MISSING)
    mandates[b.OPERATOR, b.AGENT] = b.mandate(legs=1)
    court.refuses(record, declares(b.AGENT), Outcome.MANDATE_MISSING)
    mandates[b.OPERATOR, b.AGENT] = b.mandate()
    state = court.lodged(record)
    assert (state.declarant, state.agent) == (b.OPERATOR, b.AGENT)


def test_given_a_suspended_declarant_then_its_agent_does_not_act_for_it(court):
    court.ledger.participants.mandates[b.OPERATOR, b.AGENT] = b.mandate()
    state = court.lodge()
    becomes(court, b.OPERATOR, b.SUSPENDED)
    for record in (b.declaration(agent=b.AGENT), b.amendment(state, agent=b.AGENT)):
        court.refuses(record, declares(b.AGENT), Outcome.ORGANISATION_NOT_ACTIVE)


@pytest.mark.parametrize(
    ("effective_at", "outcome"),
    [
        (b.NOW + MAX_AHEAD + 1, Outcome.EFFECTIVE_TOO_LATE),
        (b.NOW - BACKDATING - 1, Outcome.EFFECTIVE_TOO_EARLY),
        (b.NOW + MAX_AHEAD, Outcome.RECORDED),
        (b.NOW - BACKDATING, Outcome.RECORDED),
    ],
)
def test_the_legal_moment_lies_within_what_the_administration_lets(court, effective_at, outcome):
    state = court.lodge()
    for record, signer in (
        (b.declaration(effective_at=effective_at, regime=2), declares(b.OPERATOR)),
        (b.control(state, effective_at=effective_at), declares(b.A)),
        (b.presentation(state, effective_at=effective_at), declares(b.OPERATOR)),
    ):
        assert Court(court.ledger).present(record, signer) is outcome
        court = Court()
        court.lodge()


def test_given_a_setting_then_the_legal_moment_may_lie_further_back(court):
    setting = AdministrationSetting(
        administration=b.A, org_head=b.Head(bytes(32)), backdating=400 * b.DAY, deadline=b.NOW
    )
    court.take(setting, b.manages(b.A))
    court.refuses(b.declaration(effective_at=b.NOW - 300 * b.DAY), declares(b.OPERATOR), Outcome.EFFECTIVE_TOO_EARLY)
    court.take(b.declaration(effective_at=b.NOW - 300 * b.DAY), declares(b.OPERATOR), now=b.NOW + 1)


# 8: requests


@pytest.mark.parametrize("make", [b.amendment, b.invalidation, b.presentation])
def test_given_a_live_declaration_when_its_declarant_asks_then_the_request_waits(court, make):
    state = court.lodge()
    digest = court.take(make(state), declares(b.OPERATOR))
    assert court.state(state.id).request == digest
    court.refuses(b.invalidation(state, reason=1), declares(b.OPERATOR), Outcome.REQUEST_PENDING)


def test_given_no_declaration_then_nothing_can_be_asked_decided_or_held(court):
    state = replace(court.lodge(), id=b.DeclarationId(b.OTHER))
    court.refuses(b.amendment(state), declares(b.OPERATOR), Outcome.UNKNOWN_DECLARATION)
    court.refuses(b.decision(state, DecisionKind.ACCEPT), declares(b.A), Outcome.UNKNOWN_DECLARATION)
    court.refuses(b.control(state), declares(b.A), Outcome.UNKNOWN_DECLARATION)
    court.refuses(b.hold(state), declares(b.AGENCY), Outcome.UNKNOWN_DECLARATION)


def test_given_somebody_elses_declaration_then_nobody_may_ask(court):
    record = b.amendment(court.lodge(), declarant=b.AGENT)
    court.refuses(record, declares(b.AGENT), Outcome.NOT_COMPETENT)


def test_given_an_agent_without_mandate_then_it_may_not_ask(court):
    record = b.amendment(court.lodge(), agent=b.AGENT)
    court.refuses(record, declares(b.AGENT), Outcome.MANDATE_MISSING)


def test_given_an_old_head_then_request_decision_control_and_hold_are_stale(court):
    old = court.lodge()
    court.decide(old, DecisionKind.ACCEPT)
    court.take(b.hold(old), declares(b.AGENCY))
    court.refuses(b.amendment(old), declares(b.OPERATOR), Outcome.STALE_HEAD)
    court.refuses(b.decision(old, DecisionKind.RELEASE), declares(b.A), Outcome.STALE_HEAD)
    court.refuses(b.control(old), declares(b.A), Outcome.STALE_HEAD)
    court.refuses(b.hold(old, HoldAction.LIFT), declares(b.AGENCY), Outcome.STALE_HEAD)


def test_given_a_terminal_status_then_nothing_is_asked_controlled_or_held(court):
    state = court.decide(court.lodge(), DecisionKind.REJECT)
    court.refuses(b.amendment(state), declares(b.OPERATOR), Outcome.TRANSITION_NOT_ALLOWED)
    court.refuses(b.control(state), declares(b.A), Outcome.TRANSITION_NOT_ALLOWED)
    court.refuses(b.hold(state), declares(b.AGENCY), Outcome.TRANSITION_NOT_ALLOWED)
    court.refuses(b.decision(state, DecisionKind.RELEASE), declares(b.A), Outcome.TRANSITION_NOT_ALLOWED)


# 8: decisions


def test_given_a_story_then_each_step_is_recorded(court):
    state = court.lodge(stage=1)
    request = court.take(b.presentation(state), declares(b.OPERATOR))
    state = court.decide(state, DecisionKind.GRANT, request=request)
    state = court.decide(state, DecisionKind.ACCEPT)
    court.take(b.control(state), declares(b.A))
    state = court.decide(court.state(state.id), DecisionKind.RELEASE)
    state = court.decide(state, DecisionKind.CLEAR)
    assert (state.standing.status, state.standing.flags) == (Status.CLEARED, Flag.CLEARED)


def test_given_another_administration_then_it_is_not_competent(court):
    state = court.lodge()
    court.refuses(b.decision(state, DecisionKind.ACCEPT, administration=b.B), declares(b.B), Outcome.NOT_COMPETENT)
    court.refuses(b.control(state, administration=b.B), declares(b.B), Outcome.NOT_COMPETENT)


def test_given_a_successor_then_it_and_its_agencies_are_competent(court):
    state = court.lodge()
    succeeded(court, b.A, 9)
    court.take(b.hold(state), declares(b.AGENCY))
    state = court.decide(court.state(state.id), DecisionKind.ACCEPT, administration=9)
    court.take(b.presentation(state), declares(b.OPERATOR))
    new = court.lodge(administration=9)
    court.take(b.hold(new), declares(b.AGENCY))
    court.refuses(b.decision(state, DecisionKind.DETAIN), declares(b.A), Outcome.ORGANISATION_NOT_ACTIVE)


def test_given_a_request_waits_then_a_decision_names_it_and_a_safeguard_does_not(court):
    state = court.lodge()
    digest = court.take(b.amendment(state), declares(b.OPERATOR))
    court.refuses(b.decision(state, DecisionKind.ACCEPT), declares(b.A), Outcome.REQUEST_NOT_NAMED)
    court.refuses(b.decision(state, DecisionKind.DETAIN, request=digest), declares(b.A), Outcome.REQUEST_NOT_NAMED)
    court.take(b.decision(state, DecisionKind.DETAIN), declares(b.A))
    state = court.decide(court.state(state.id), DecisionKind.GRANT, request=digest)
    assert state.version.number == 2


def test_given_an_agencys_hold_then_a_release_needs_an_override(court):
    state = court.lodge()
    court.take(b.hold(state), declares(b.AGENCY))
    reasons: tuple[dict[str, Any], ...] = ({}, {"reason": Reason.OVERRIDE}, {"evidence": b.OTHER})
    for reason in reasons:
        court.refuses(b.decision(state, DecisionKind.RELEASE, **reason), declares(b.A), Outcome.OVERRIDE_NEEDED)
    court.decide(state, DecisionKind.RELEASE, reason=Reason.OVERRIDE, evidence=b.OTHER)


@pytest.mark.parametrize(
    ("kind", "limit", "outcome"),
    [
        (DecisionKind.CONDITIONALLY_RELEASE, 0, Outcome.LIMIT_INVALID),
        (DecisionKind.CONDITIONALLY_RELEASE, b.NOW, Outcome.LIMIT_INVALID),
        (DecisionKind.CONDITIONALLY_RELEASE, b.NOW + 1, Outcome.RECORDED),
        (DecisionKind.QUERY, b.NOW - 1, Outcome.LIMIT_INVALID),
        (DecisionKind.QUERY, b.NOW + 1, Outcome.RECORDED),
        (DecisionKind.QUERY, 0, Outcome.RECORDED),
    ],
)
def test_a_limit_lies_after_the_legal_moment(court, kind, limit, outcome):
    state = court.lodge()
    assert court.present(b.decision(state, kind, limit_at=limit), declares(b.A)) is outcome


def test_given_the_last_version_then_no_further_one_is_written(court):
    state = court.lodge()
    last = replace(state, version=replace(state.version, number=MAX_VERSION))
    court.ledger.declarations[state.id] = last
    record = b.decision(last, DecisionKind.AMEND, commitment=b.OTHER)
    court.refuses(record, declares(b.A), Outcome.VERSIONS_EXHAUSTED)
    court.take(b.decision(last, DecisionKind.AMEND), declares(b.A))


# 8: superseding


def test_given_a_proof_when_a_decision_supersedes_then_the_status_follows_it(court):
    opened = court.lodge()
    refused = court.decide(opened, DecisionKind.REFUSE)
    step = b.DOMAINS.digest(b.decision(opened, DecisionKind.REFUSE))
    proof = b.timeline(opened.settled, [(b.NO_DIGEST, step)])
    record = b.decision(refused, DecisionKind.ACCEPT, supersedes=step)
    court.take(record, declares(b.A), timeline=proof)
    state = court.state(opened.id)
    assert state.standing.status is Status.ACCEPTED
    steps = [(b.NO_DIGEST, step), (b.NO_DIGEST, b.DOMAINS.digest(record))]
    again = b.decision(state, DecisionKind.REFUSE, supersedes=step)
    court.refuses(again, declares(b.A), Outcome.ALREADY_SUPERSEDED, timeline=b.timeline(opened.settled, steps))


def test_given_a_proof_that_does_not_lead_to_the_head_then_superseding_is_not_proven(court):
    opened = court.lodge()
    controlled = b.control(opened)
    step = court.take(controlled, declares(b.A))
    state = court.state(opened.id)
    record = b.control(state, supersedes=step)
    good = (b.NO_DIGEST, step)
    for proof in (
        None,
        b.timeline(opened.settled, []),
        b.timeline(opened.settled, [(b.NO_DIGEST, b.OTHER), good]),
        b.timeline(opened.settled, [good, good]),
        b.timeline(b.Head(b.OTHER), [good]),
        b.timeline(opened.settled, [good] * (MAX_STEPS + 1)),
    ):
        court.refuses(record, declares(b.A), Outcome.SUPERSEDES_NOT_PROVEN, timeline=proof)
    court.take(record, declares(b.A), timeline=b.timeline(opened.settled, [good]))
    assert court.ledger.superseded == {step}


def test_given_the_opening_declaration_then_it_is_no_decision_to_supersede(court):
    state = court.lodge()
    record = b.decision(state, DecisionKind.REFUSE, supersedes=b.Digest(state.id))
    proof = b.timeline(b.Head(bytes(32)), [(b.NO_DIGEST, state.id)])
    court.refuses(record, declares(b.A), Outcome.SUPERSEDES_NOT_PROVEN, timeline=proof)


# 8: controls and holds


@pytest.mark.parametrize("version", [0, 2])
def test_given_a_version_that_is_not_there_then_a_control_is_refused(court, version):
    court.refuses(b.control(court.lodge(), version=version), declares(b.A), Outcome.UNKNOWN_VERSION)


def test_given_a_foreign_agency_then_it_is_not_competent(court):
    record = b.hold(court.lodge(), agency=b.FOREIGN_AGENCY)
    court.refuses(record, declares(b.FOREIGN_AGENCY), Outcome.NOT_COMPETENT)


def test_given_a_hold_then_it_is_set_once_and_lifted_once(court):
    state = court.lodge()
    court.refuses(b.hold(state, HoldAction.LIFT), declares(b.AGENCY), Outcome.HOLD_NOT_OPEN)
    court.take(b.hold(state), declares(b.AGENCY))
    held = court.state(state.id)
    court.refuses(b.hold(held), declares(b.AGENCY), Outcome.HOLD_ALREADY_OPEN)
    court.take(b.hold(held, HoldAction.LIFT), declares(b.AGENCY))
    assert court.state(state.id).standing.flags == Flag(0)


# All of them


def test_a_compromised_key_still_signs_because_disputes_are_flagged_by_reference(court):
    from tests.domain.test_participants import key_record

    signer = declares(b.OPERATOR)
    court.take(key_record(KeyAction.COMPROMISED, signer, compromised_since=b.NOW - 9), b.manages(b.OPERATOR))
    court.take(b.declaration(), signer)
    assert court.ledger.participants.keys[signer].not_after == FOREVER
