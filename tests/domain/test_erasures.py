"""The rules on erasures (the contract `Erasures`): every outcome is provoked, and leaves no trace."""

import pytest

from ledger.domain.codes import DecisionKind, ErasureCause, Outcome, Status
from tests.domain import builders as b
from tests.domain.builders import Court, declares, manages
from tests.domain.test_rules import becomes, succeeded


@pytest.fixture
def court() -> Court:
    return Court()


def order(state, **values):
    return b.erasure(state, administration=b.A, cause=ErasureCause.ORDERED, **values)


def test_the_declarant_erases_a_version_and_neither_head_nor_status_moves(court):
    state = court.lodge()
    digest = court.take(b.erasure(state), declares(b.OPERATOR))
    assert court.state(state.id) == state
    assert court.ledger.erasures == {(state.id, 1): digest}


def test_given_it_was_recorded_when_it_comes_again_then_it_is_already_recorded(court):
    state = court.lodge()
    court.take(b.erasure(state), declares(b.OPERATOR))
    court.refuses(b.erasure(state), declares(b.OPERATOR), Outcome.ALREADY_RECORDED)
    court.refuses(order(state), declares(b.A), Outcome.ALREADY_ERASED)


def test_the_agent_needs_a_mandate_and_a_declarant_that_may_act(court):
    state = court.lodge()
    by_agent = b.erasure(state, agent=b.AGENT)
    court.refuses(by_agent, declares(b.AGENT), Outcome.MANDATE_MISSING)
    court.ledger.participants.mandates[b.OPERATOR, b.AGENT] = b.mandate()
    becomes(court, b.OPERATOR, b.SUSPENDED)
    court.refuses(by_agent, declares(b.AGENT), Outcome.ORGANISATION_NOT_ACTIVE)
    becomes(court, b.OPERATOR, b.ACTIVE)
    court.take(by_agent, declares(b.AGENT))


def test_the_competent_administration_erases_and_no_other(court):
    state = court.lodge()
    court.refuses(b.erasure(state, administration=b.B), declares(b.B), Outcome.NOT_COMPETENT)
    court.refuses(b.erasure(state, declarant=b.AGENT), declares(b.AGENT), Outcome.NOT_COMPETENT)
    court.take(order(state), declares(b.A))


def test_the_successor_is_competent(court):
    state = court.lodge()
    succeeded(court, b.A, 9)
    court.take(b.erasure(state, administration=9), declares(9))


def test_a_declaration_that_is_not_there_has_nothing_to_erase(court):
    state = court.lodge()
    nowhere = b.erasure(state, declaration=b.DeclarationId(b.OTHER))
    court.refuses(nowhere, declares(b.OPERATOR), Outcome.UNKNOWN_DECLARATION)


def test_each_version_is_erased_by_itself_in_every_status(court):
    state = court.decide(court.lodge(), DecisionKind.ACCEPT)
    state = court.decide(state, DecisionKind.AMEND, commitment=b.OTHER)
    state = court.decide(state, DecisionKind.INVALIDATE)
    assert state.standing.status is Status.INVALIDATED
    for version in (0, 3):
        court.refuses(b.erasure(state, version=version), declares(b.OPERATOR), Outcome.UNKNOWN_VERSION)
    for version in (1, 2):
        court.take(b.erasure(state, version=version), declares(b.OPERATOR))


@pytest.mark.parametrize(
    ("change", "signer"),
    [
        ({"commitment": bytes(32)}, b.OPERATOR),
        ({"cause": 0}, b.OPERATOR),
        ({"cause": 4}, b.OPERATOR),
        ({"cause": ErasureCause.ORDERED}, b.OPERATOR),
        ({"declarant": 0, "agent": b.AGENT}, b.AGENT),
        ({"administration": b.A, "declarant": b.OPERATOR}, b.A),
        ({"administration": b.A, "agent": b.AGENT}, b.A),
    ],
)
def test_what_contradicts_itself_is_malformed(court, change, signer):
    court.refuses(b.erasure(court.lodge(), **change), declares(signer), Outcome.MALFORMED)


def test_a_key_of_an_office_or_without_the_purpose_erases_nothing(court):
    state = court.lodge()
    office = b.address("office")
    b.add_key(court.ledger.participants, b.A, office, b.Purpose.DECIDE, office=7)
    court.refuses(order(state), office, Outcome.KEY_PURPOSE)
    court.refuses(order(state), manages(b.A), Outcome.KEY_PURPOSE)
    court.refuses(b.erasure(state), manages(b.OPERATOR), Outcome.KEY_PURPOSE)


def test_a_suspended_administration_may_and_an_operator_of_an_expelled_one(court):
    first, second = court.lodge(), court.lodge(commitment=b.OTHER)
    becomes(court, b.A, b.SUSPENDED)
    court.take(order(first), declares(b.A))
    becomes(court, b.A, b.EXPELLED)
    court.refuses(order(second), declares(b.A), Outcome.ORGANISATION_NOT_ACTIVE)
    court.take(b.erasure(second, commitment=b.OTHER), declares(b.OPERATOR))
    becomes(court, b.OPERATOR, b.SUSPENDED)
    court.refuses(b.erasure(second, cause=2), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE)
