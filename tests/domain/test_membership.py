"""Operators, keys, settings and mandates: every outcome is provoked, and leaves no trace."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain.codes import KeyAction, OrganisationKind, Outcome, Purpose, Representation
from ledger.domain.codes import OrganisationStatus as Status
from ledger.domain.council import NOTICE
from ledger.domain.membership import MAX_MANAGING_KEYS, record
from ledger.domain.participants import FOREVER
from ledger.domain.records import AdministrationSetting, Grant, KeyAuthorisation, OperatorStatus
from ledger.domain.signing import Presented
from tests.domain import builders as b
from tests.domain.builders import Court, declares, manages
from tests.domain.test_rules import becomes, succeeded

NEW = b.address("new key")
NEWCOMER = 90_001
NO_HEAD = b.Head(bytes(32))


@pytest.fixture
def court() -> Court:
    return Court()


def operator(court: Court, organisation=b.OPERATOR, **values) -> OperatorStatus:
    known = court.ledger.participants.organisations.get(organisation)
    filled: dict[str, Any] = {
        "administration": b.A,
        "org_head": known.head if known else NO_HEAD,
        "kind": OrganisationKind.OPERATOR,
        "status": Status.ACTIVE,
        "deadline": b.NOW + 60,
    }
    return OperatorStatus(organisation=organisation, **filled | values)


def newcomer(court: Court, **values) -> OperatorStatus:
    return operator(court, NEWCOMER, **{"key": NEW, "purposes": Purpose.DECLARE, "not_after": FOREVER} | values)


def key_record(court: Court, action, key=NEW, organisation=b.OPERATOR, **values) -> KeyAuthorisation:
    head = court.ledger.participants.organisations[organisation].head
    filled: dict[str, Any] = {"org_head": head, "deadline": b.NOW + 60}
    return KeyAuthorisation(organisation=organisation, action=action, key=key, **filled | values)


def authorisation(court: Court, organisation=b.OPERATOR, **values) -> KeyAuthorisation:
    filled: dict[str, Any] = {"purposes": Purpose.DECLARE, "not_before": b.NOW + 1, "not_after": FOREVER}
    return key_record(court, KeyAction.AUTHORISE, organisation=organisation, **filled | values)


def grant(**values) -> Grant:
    filled: dict[str, Any] = {
        "declarant": b.OPERATOR,
        "agent": b.AGENT,
        "serial": 1,
        "representation": Representation.DIRECT,
        "legs": 7,
        "valid_from": 0,
        "valid_until": FOREVER,
        "deadline": b.NOW + 60,
    }
    return Grant(**filled | values)


def setting(**values) -> AdministrationSetting:
    filled: dict[str, Any] = {"administration": b.A, "org_head": NO_HEAD, "backdating": 5, "deadline": b.NOW + 60}
    return AdministrationSetting(**filled | values)


# All of them


def test_given_a_record_of_declarations_then_its_type_is_unknown_here(court):
    entry = Presented(b.declaration(), b.Digest(b.OTHER), declares(b.OPERATOR))
    assert record(b.participants(), entry, b.NOW, development=False) is Outcome.UNKNOWN_RECORD_TYPE


def test_given_no_author_then_it_is_malformed(court):
    court.refuses(grant(declarant=0), declares(b.OPERATOR), Outcome.MALFORMED)


@pytest.mark.parametrize("signer", [None, b.address("a stranger"), manages(b.B)])
def test_given_another_signer_than_the_author_then_it_is_not_authentic(court, signer):
    court.refuses(setting(), signer, Outcome.NOT_AUTHENTIC)


def test_given_it_was_recorded_then_it_is_already_recorded(court):
    for one, signer, proof in (
        (setting(), manages(b.A), ()),
        (newcomer(court), manages(b.A), [NEW]),
        (grant(), declares(b.OPERATOR), ()),
        (authorisation(court, key=b.address("another")), manages(b.OPERATOR), [b.address("another")]),
    ):
        court.take(one, signer, provers=proof)
        court.refuses(one, signer, Outcome.ALREADY_RECORDED, provers=proof)


def test_given_a_malformed_late_or_early_record_then_it_is_refused(court):
    court.refuses(grant(legs=0), declares(b.OPERATOR), Outcome.MALFORMED)
    court.refuses(setting(deadline=b.NOW - 1), manages(b.A), Outcome.EXPIRED)
    court.refuses(setting(deadline=b.NOW + 8 * b.DAY), manages(b.A), Outcome.DEADLINE_TOO_FAR)


def test_given_a_key_that_ended_or_has_another_purpose_then_it_does_not_sign(court):
    court.refuses(setting(), declares(b.A), Outcome.KEY_PURPOSE)
    court.refuses(grant(), manages(b.OPERATOR), Outcome.KEY_PURPOSE)
    keys = court.ledger.participants.keys
    keys[manages(b.A)] = replace(keys[manages(b.A)], not_after=b.NOW)
    court.refuses(setting(), manages(b.A), Outcome.KEY_NOT_VALID)


def test_given_a_suspended_administration_then_it_admits_nobody_but_keeps_its_own_house(court):
    becomes(court, b.A, b.SUSPENDED)
    court.refuses(newcomer(court), manages(b.A), Outcome.ORGANISATION_NOT_ACTIVE, provers=[NEW])
    court.take(key_record(court, KeyAction.SHORTEN, declares(b.A), b.A, not_after=b.NOW + 1), manages(b.A))
    court.take(setting(org_head=court.ledger.participants.organisations[b.A].head), manages(b.A))


def test_given_an_expelled_administration_then_it_does_nothing(court):
    becomes(court, b.A, b.EXPELLED)
    court.refuses(setting(), manages(b.A), Outcome.ORGANISATION_NOT_ACTIVE)
    court.refuses(newcomer(court), manages(b.A), Outcome.ORGANISATION_NOT_ACTIVE, provers=[NEW])
    record = authorisation(court, b.A, purposes=Purpose.DECIDE)
    court.refuses(record, manages(b.A), Outcome.ORGANISATION_NOT_ACTIVE, provers=[NEW])


def test_given_another_kind_than_an_administration_then_it_sets_no_backdating(court):
    kinds = court.ledger.participants.organisations
    kinds[b.A] = replace(kinds[b.A], kind=OrganisationKind.AUDITOR)
    court.refuses(setting(), manages(b.A), Outcome.ORGANISATION_NOT_ACTIVE)


def test_given_an_expelled_administration_then_its_members_change_no_key_and_grant_nothing(court):
    becomes(court, b.A, b.EXPELLED)
    court.refuses(grant(), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE)
    court.refuses(authorisation(court), manages(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE, provers=[NEW])


def test_given_an_old_head_then_it_is_stale(court):
    court.refuses(setting(org_head=b.Head(b.OTHER)), manages(b.A), Outcome.STALE_HEAD)
    stale = replace(operator(court), org_head=b.Head(b.SOMETHING))
    court.refuses(stale, manages(b.A), Outcome.STALE_HEAD)
    old = replace(authorisation(court), org_head=NO_HEAD)
    court.refuses(old, manages(b.OPERATOR), Outcome.STALE_HEAD, provers=[NEW])


# Operators, agencies, auditors


def test_given_a_newcomer_then_it_is_admitted_with_a_key_of_its_own(court):
    court.take(newcomer(court), manages(b.A), provers=[NEW])
    court.refuses(b.declaration(declarant=NEWCOMER), NEW, Outcome.KEY_NOT_VALID)
    court.take(b.declaration(declarant=NEWCOMER), NEW, now=b.NOW + 1)


def test_given_a_newcomer_that_is_incomplete_then_it_is_refused(court):
    without_key = {"key": bytes(20), "purposes": 0, "not_after": 0}
    for change, outcome in (
        ({"org_head": b.Head(b.OTHER)}, Outcome.UNKNOWN_ORGANISATION),
        ({"status": Status.SUSPENDED}, Outcome.MALFORMED),
        (without_key, Outcome.MALFORMED),
        ({"not_after": b.NOW + 1}, Outcome.WINDOW_INVALID),
        ({"key": declares(b.B)}, Outcome.IDENTITY_TAKEN),
    ):
        court.refuses(newcomer(court, **change), manages(b.A), outcome, provers=[NEW, declares(b.B)])
    court.refuses(newcomer(court), manages(b.A), Outcome.POSSESSION_NOT_PROVEN)


def test_given_a_member_then_its_administration_alone_changes_its_status(court):
    court.refuses(operator(court, administration=b.B), manages(b.B), Outcome.NOT_COMPETENT)
    court.refuses(replace(operator(court), org_head=NO_HEAD), manages(b.A), Outcome.IDENTITY_TAKEN)
    court.refuses(operator(court, kind=OrganisationKind.AGENCY), manages(b.A), Outcome.MALFORMED)
    court.take(operator(court, status=Status.SUSPENDED), manages(b.A))
    court.refuses(b.declaration(), declares(b.OPERATOR), Outcome.ORGANISATION_NOT_ACTIVE, now=b.NOW + 1)


def test_given_a_successor_then_it_answers_for_the_members(court):
    succeeded(court, b.A, 9)
    court.take(operator(court, administration=9, status=Status.SUSPENDED), manages(9))


def test_given_a_member_then_a_further_key_has_its_notice(court):
    soon = {"key": NEW, "purposes": Purpose.DECLARE, "not_after": FOREVER}
    early = operator(court, not_before=b.NOW + NOTICE - 1, **soon)
    court.refuses(early, manages(b.A), Outcome.NOTICE_TOO_SHORT, provers=[NEW])
    court.take(operator(court, not_before=b.NOW + NOTICE, **soon), manages(b.A), provers=[NEW])


# Keys


def test_given_a_managing_key_then_it_authorises_a_daily_one(court):
    court.take(authorisation(court), manages(b.OPERATOR), provers=[NEW])
    assert court.ledger.participants.keys[NEW].valid_at(b.NOW + 1)


def test_given_a_key_that_does_not_suit_then_it_is_not_authorised(court):
    for change, outcome in (
        ({"purposes": Purpose.DECIDE}, Outcome.MALFORMED),
        ({"purposes": 0}, Outcome.MALFORMED),
        ({"compromised_since": 1}, Outcome.MALFORMED),
        ({"key": declares(b.B)}, Outcome.IDENTITY_TAKEN),
        ({"not_before": b.NOW}, Outcome.WINDOW_INVALID),
        ({"not_after": b.NOW + 1}, Outcome.WINDOW_INVALID),
        ({"purposes": Purpose.MANAGE, "not_before": b.NOW + NOTICE - 1}, Outcome.NOTICE_TOO_SHORT),
        ({"key": b.address("somebody else's")}, Outcome.POSSESSION_NOT_PROVEN),
    ):
        proof = [NEW, declares(b.B)]
        court.refuses(authorisation(court, **change), manages(b.OPERATOR), outcome, provers=proof)


def test_given_sixteen_managing_keys_then_no_further_one_is_authorised(court):
    for number in range(3, MAX_MANAGING_KEYS + 1):
        b.add_key(court.ledger.participants, b.OPERATOR, manages(b.OPERATOR, number), Purpose.MANAGE)
    record = authorisation(court, purposes=Purpose.MANAGE, not_before=b.NOW + NOTICE)
    court.refuses(record, manages(b.OPERATOR), Outcome.WINDOW_INVALID, provers=[NEW])
    given = operator(court, key=NEW, purposes=Purpose.MANAGE, not_before=b.NOW + NOTICE, not_after=FOREVER)
    court.refuses(given, manages(b.A), Outcome.WINDOW_INVALID, provers=[NEW])
    keys = court.ledger.participants.keys
    keys[manages(b.OPERATOR, 5)] = replace(keys[manages(b.OPERATOR, 5)], not_after=b.NOW)
    court.take(record, manages(b.OPERATOR), provers=[NEW])


@pytest.mark.parametrize("key", [b.address("unknown"), declares(b.AGENT)])
def test_given_a_key_of_nobody_or_somebody_else_then_it_is_left_alone(court, key):
    record = key_record(court, KeyAction.SHORTEN, key, not_after=b.NOW + 1)
    court.refuses(record, manages(b.OPERATOR), Outcome.NOT_COMPETENT)


def test_given_a_daily_key_then_it_is_shortened_from_the_next_second(court):
    subject = declares(b.OPERATOR)
    for until in (b.NOW, FOREVER):
        record = key_record(court, KeyAction.SHORTEN, subject, not_after=until)
        court.refuses(record, manages(b.OPERATOR), Outcome.WINDOW_INVALID)
    court.take(key_record(court, KeyAction.SHORTEN, subject, not_after=b.NOW + 1), manages(b.OPERATOR))


def test_given_an_administrations_managing_key_then_it_is_shortened_with_notice_and_two_others_stay(court):
    subject = manages(b.A, 3)
    soon = key_record(court, KeyAction.SHORTEN, subject, b.A, not_after=b.NOW + NOTICE - 1)
    court.refuses(soon, manages(b.A), Outcome.NOTICE_TOO_SHORT)
    court.take(replace(soon, not_after=b.NOW + NOTICE), manages(b.A))
    second = key_record(court, KeyAction.SHORTEN, manages(b.A, 2), b.A, not_after=b.NOW + NOTICE)
    court.refuses(second, manages(b.A), Outcome.MANAGING_KEYS_NEEDED)


def test_given_a_managing_key_that_waits_then_it_does_not_count_as_one_that_stays(court):
    known = court.ledger.participants.keys
    known[manages(b.A, 3)] = replace(known[manages(b.A, 3)], not_before=b.NOW + 1)
    record = key_record(court, KeyAction.SHORTEN, manages(b.A, 2), b.A, not_after=b.NOW + NOTICE)
    court.refuses(record, manages(b.A), Outcome.MANAGING_KEYS_NEEDED)


def test_given_an_operators_managing_key_then_the_last_one_may_end(court):
    court.ledger.development = True
    for number in (2, 1):
        subject = manages(b.OPERATOR, number)
        court.take(key_record(court, KeyAction.SHORTEN, subject, not_after=b.NOW + 1), manages(b.OPERATOR))


def test_given_a_managing_key_that_waits_then_another_one_vetoes_it(court):
    waiting = authorisation(court, purposes=Purpose.MANAGE, not_before=b.NOW + NOTICE)
    court.take(waiting, manages(b.OPERATOR), provers=[NEW])
    court.take(key_record(court, KeyAction.VETO), manages(b.OPERATOR, 2))
    assert not court.ledger.participants.keys[NEW].valid_at(b.NOW + NOTICE)
    court.refuses(key_record(court, KeyAction.VETO), manages(b.OPERATOR, 2), Outcome.VETO_NOT_POSSIBLE)


def test_given_a_shortening_that_waits_then_another_managing_key_vetoes_it(court):
    subject = manages(b.OPERATOR, 2)
    court.take(key_record(court, KeyAction.SHORTEN, subject, not_after=b.NOW + NOTICE), manages(b.OPERATOR))
    veto = key_record(court, KeyAction.VETO, subject)
    court.refuses(veto, subject, Outcome.VETO_NOT_POSSIBLE)
    court.refuses(
        replace(veto, deadline=b.NOW + NOTICE), manages(b.OPERATOR), Outcome.VETO_NOT_POSSIBLE, now=b.NOW + NOTICE
    )
    court.take(veto, manages(b.OPERATOR))
    assert court.ledger.participants.keys[subject].not_after == FOREVER


@pytest.mark.parametrize("subject", [manages(b.OPERATOR, 2), declares(b.OPERATOR)])
def test_given_nothing_that_waits_then_there_is_no_veto(court, subject):
    court.refuses(key_record(court, KeyAction.VETO, subject), manages(b.OPERATOR), Outcome.VETO_NOT_POSSIBLE)


def test_given_a_daily_key_that_waits_then_it_is_shortened_not_vetoed(court):
    court.take(authorisation(court, not_before=b.NOW + 9), manages(b.OPERATOR), provers=[NEW])
    court.refuses(key_record(court, KeyAction.VETO), manages(b.OPERATOR, 2), Outcome.VETO_NOT_POSSIBLE)
    court.take(key_record(court, KeyAction.SHORTEN, not_after=b.NOW + 1), manages(b.OPERATOR, 2))


def test_given_a_compromise_then_it_may_only_move_earlier(court):
    subject = declares(b.OPERATOR)

    def since(moment: int) -> KeyAuthorisation:
        return key_record(court, KeyAction.COMPROMISED, subject, compromised_since=moment)

    court.refuses(since(b.NOW + 1), manages(b.OPERATOR), Outcome.WINDOW_INVALID)
    court.take(since(b.NOW), manages(b.OPERATOR))
    court.refuses(since(b.NOW), manages(b.OPERATOR), Outcome.WINDOW_INVALID)
    court.take(since(b.NOW - 9), manages(b.OPERATOR))


# Mandates


def test_given_a_grant_then_its_serial_grows(court):
    court.refuses(grant(serial=0), declares(b.OPERATOR), Outcome.SERIAL_NOT_INCREASING)
    court.take(grant(serial=5), declares(b.OPERATOR))
    court.refuses(grant(serial=5, legs=1), declares(b.OPERATOR), Outcome.SERIAL_NOT_INCREASING)
    court.take(grant(serial=6, valid_until=b.NOW), declares(b.OPERATOR))
    assert not court.ledger.participants.mandates[b.OPERATOR, b.AGENT].covers(b.NOW, 1, b.A)


@pytest.mark.parametrize("agent", [12_345, b.AGENCY, b.B])
def test_given_an_agent_that_is_no_operator_then_nothing_is_granted(court, agent):
    court.refuses(grant(agent=agent), declares(b.OPERATOR), Outcome.UNKNOWN_ORGANISATION)


def test_given_a_declarant_that_is_no_operator_then_nothing_is_granted(court):
    b.add_key(court.ledger.participants, b.AGENCY, b.address("odd"), Purpose.DECLARE)
    court.refuses(grant(declarant=b.AGENCY), b.address("odd"), Outcome.ORGANISATION_NOT_ACTIVE)
