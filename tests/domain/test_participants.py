from typing import Any

import pytest

from ledger.domain import heads
from ledger.domain.codes import AdmissionAction, KeyAction, OrganisationKind, Purpose, Representation
from ledger.domain.codes import OrganisationStatus as Status
from ledger.domain.participants import DEFAULT_BACKDATING, FOREVER, MARK_SUCCEEDED_BY_COUNCIL, Key, Mandate
from ledger.domain.records import AdministrationSetting, Admission, Grant, KeyAuthorisation, OperatorStatus
from tests.domain import builders as b

DIGEST = b.Digest(b"\x99" * 32)
NEW_KEY = b.address("new key")


def admission(action, administration=b.C, **values) -> Admission:
    filled: dict[str, Any] = {
        "country": b"\0\0",
        "council_head": b.Head(b.SOMETHING),
        "effective_at": b.NOW + 7 * b.DAY,
        "deadline": b.NOW + 60,
    }
    return Admission(action=action, administration=administration, **filled | values)


def key_record(action, key=NEW_KEY, **values) -> KeyAuthorisation:
    filled: dict[str, Any] = {"organisation": b.OPERATOR, "org_head": b.Head(b.OTHER), "deadline": b.NOW + 60}
    return KeyAuthorisation(action=action, key=key, **filled | values)


def operator_status(**values) -> OperatorStatus:
    filled: dict[str, Any] = {
        "administration": b.A,
        "org_head": b.Head(b.OTHER),
        "organisation": b.OPERATOR,
        "kind": OrganisationKind.OPERATOR,
        "status": Status.ACTIVE,
        "deadline": b.NOW + 60,
    }
    return OperatorStatus(**filled | values)


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (AdmissionAction.SUSPEND, Status.SUSPENDED),
        (AdmissionAction.REINSTATE, Status.ACTIVE),
        (AdmissionAction.EXPEL, Status.EXPELLED),
    ],
)
def test_given_notice_when_the_council_decides_then_the_status_changes_at_its_time(action, status):
    known = b.participants()
    known.apply(admission(action), DIGEST, b.NOW)
    organisation = known.organisations[b.C]
    assert organisation.status_at(b.NOW + 7 * b.DAY - 1) is Status.ACTIVE
    assert organisation.status_at(b.NOW + 7 * b.DAY) is status
    assert known.council_head == heads.organisation(b.Head(b.SOMETHING), DIGEST)


def test_given_no_notice_when_the_council_decides_then_it_takes_effect_a_second_later():
    known = b.participants()
    known.apply(admission(AdmissionAction.SUSPEND, effective_at=b.NOW), DIGEST, b.NOW)
    assert known.organisations[b.C].status_at(b.NOW) is Status.ACTIVE
    assert known.organisations[b.C].status_at(b.NOW + 1) is Status.SUSPENDED


def test_given_an_admission_when_it_takes_effect_then_the_administration_and_its_keys_are_there():
    known = b.participants()
    first, second = b.address("first"), b.address("second")
    known.apply(admission(AdmissionAction.ADMIT, 4, country=b"DD", first_key=first, second_key=second), DIGEST, b.NOW)
    since = b.NOW + 7 * b.DAY
    assert not known.is_active(4, OrganisationKind.ADMINISTRATION, since - 1)
    assert known.is_active(4, OrganisationKind.ADMINISTRATION, since)
    assert {known.keys[first].valid_at(since - 1), known.keys[second].valid_at(since)} == {False, True}
    assert known.keys[first].manages


@pytest.mark.parametrize(("by_council", "marks"), [(False, 0), (True, MARK_SUCCEEDED_BY_COUNCIL)])
def test_given_a_succession_when_it_takes_effect_then_the_heir_is_competent(by_council, marks):
    known = b.participants()
    record = admission(
        AdmissionAction.SUCCEED, 5, country=b"CC", predecessor=b.C, first_key=b"1" * 20, second_key=b"2" * 20
    )
    known.apply(record, DIGEST, b.NOW, by_council=by_council)
    since = b.NOW + 7 * b.DAY
    assert known.organisations[5].marks == marks
    assert (known.competent_for(b.C, since - 1), known.competent_for(b.C, since)) == (b.C, 5)
    assert not known.competent(b.C, 5, since - 1)
    assert known.competent(b.C, 5, since)
    assert known.competent(b.C, b.C, since)
    assert not known.competent(b.C, b.A, since)
    assert known.organisations[b.C].status_at(since) is Status.SUCCEEDED


def test_nobody_is_competent_for_an_administration_that_is_not_there():
    known = b.participants()
    assert known.competent_for(999, b.NOW) == 999
    assert not known.competent(999, b.A, b.NOW)


def test_given_a_setting_when_recorded_then_it_counts_from_the_next_second():
    known = b.participants()
    known.apply(
        AdministrationSetting(administration=b.A, org_head=b.Head(bytes(32)), backdating=10, deadline=b.NOW),
        DIGEST,
        b.NOW,
    )
    organisation = known.organisations[b.A]
    assert (organisation.backdating_at(b.NOW), organisation.backdating_at(b.NOW + 1)) == (DEFAULT_BACKDATING, 10)
    assert organisation.head == heads.organisation(b.Head(bytes(32)), DIGEST)


def test_given_a_newcomer_when_admitted_then_it_and_its_key_count_from_the_next_second():
    known = b.participants()
    record = operator_status(organisation=90_001, key=NEW_KEY, purposes=Purpose.DECLARE, not_after=FOREVER)
    known.apply(record, DIGEST, b.NOW)
    assert not known.is_active(90_001, OrganisationKind.OPERATOR, b.NOW)
    assert known.is_active(90_001, OrganisationKind.OPERATOR, b.NOW + 1)
    assert known.keys[NEW_KEY] == Key(NEW_KEY, 90_001, Purpose.DECLARE, 0, b.NOW + 1, FOREVER)
    assert known.organisations[90_001].administration == b.A


def test_given_a_member_when_suspended_without_a_key_then_its_keys_stay():
    known = b.participants()
    before = dict(known.keys)
    known.apply(operator_status(status=Status.SUSPENDED), DIGEST, b.NOW)
    assert known.keys == before
    assert known.organisations[b.OPERATOR].status_at(b.NOW) is Status.ACTIVE
    assert known.organisations[b.OPERATOR].status_at(b.NOW + 1) is Status.SUSPENDED


def test_given_an_expelled_administration_then_its_members_are_orphaned():
    known = b.participants()
    assert known.is_active_member(b.OPERATOR, OrganisationKind.OPERATOR, b.NOW)
    known.apply(admission(AdmissionAction.EXPEL, b.A, effective_at=b.NOW + 1), DIGEST, b.NOW)
    assert known.is_active(b.OPERATOR, OrganisationKind.OPERATOR, b.NOW + 1)
    assert not known.is_active_member(b.OPERATOR, OrganisationKind.OPERATOR, b.NOW + 1)
    assert not known.is_active(b.OPERATOR, OrganisationKind.AGENCY, b.NOW)
    assert not known.is_active(12_345, OrganisationKind.AGENCY, b.NOW)


def test_given_a_key_when_authorised_then_it_has_its_window():
    known = b.participants()
    known.apply(
        key_record(KeyAction.AUTHORISE, purposes=Purpose.DECLARE, office=3, not_before=b.NOW + 5, not_after=b.NOW + 9),
        DIGEST,
        b.NOW,
    )
    key = known.keys[NEW_KEY]
    assert [key.valid_at(b.NOW + second) for second in (4, 5, 8, 9)] == [False, True, True, False]
    assert (key.pending_at(b.NOW), key.pending_at(b.NOW + 5), key.office, key.manages) == (True, False, 3, False)


def shorten(known, key, until, now=b.NOW):
    known.apply(key_record(KeyAction.SHORTEN, key, not_after=until), DIGEST, now)


def test_given_a_daily_key_when_shortened_then_nothing_is_kept_to_restore():
    known = b.participants()
    shorten(known, b.declares(b.OPERATOR), b.NOW + 1)
    assert known.keys[b.declares(b.OPERATOR)].restores == 0
    assert known.keys[b.declares(b.OPERATOR)].not_after == b.NOW + 1


def test_given_a_managing_key_when_shortened_twice_and_vetoed_then_it_has_its_first_window_again():
    known = b.participants()
    subject = b.manages(b.OPERATOR, 2)
    shorten(known, subject, b.NOW + 20 * b.DAY)
    shorten(known, subject, b.NOW + 10 * b.DAY)
    assert known.keys[subject].not_after == b.NOW + 10 * b.DAY
    known.apply(key_record(KeyAction.VETO, subject), DIGEST, b.NOW + 1)
    assert (known.keys[subject].not_after, known.keys[subject].restores) == (FOREVER, 0)


def test_given_a_managing_key_that_waits_when_vetoed_then_it_never_becomes_valid():
    known = b.participants()
    start = b.NOW + 8 * b.DAY
    known.apply(
        key_record(KeyAction.AUTHORISE, purposes=Purpose.MANAGE, not_before=start, not_after=FOREVER), DIGEST, b.NOW
    )
    known.apply(key_record(KeyAction.VETO), DIGEST, b.NOW + 1)
    assert not known.keys[NEW_KEY].valid_at(start)
    assert not known.keys[NEW_KEY].pending_at(b.NOW + 1)


def test_given_a_key_when_compromised_then_its_window_stays():
    known = b.participants()
    before = known.keys[b.declares(b.OPERATOR)]
    known.apply(key_record(KeyAction.COMPROMISED, before.address, compromised_since=b.NOW - 5), DIGEST, b.NOW)
    key = known.keys[before.address]
    assert (key.compromised_since, key.not_after, key.not_before) == (b.NOW - 5, before.not_after, before.not_before)


def test_given_a_grant_when_recorded_then_the_mandate_is_what_it_says():
    known = b.participants()
    record = Grant(
        declarant=b.OPERATOR,
        agent=b.AGENT,
        serial=3,
        representation=Representation.INDIRECT,
        administration=b.A,
        legs=0b100,
        valid_from=b.NOW,
        valid_until=b.NOW + 10,
        deadline=b.NOW + 60,
    )
    known.apply(record, DIGEST, b.NOW)
    expected = Mandate(3, Representation.INDIRECT, b.A, 0b100, b.NOW, b.NOW + 10)
    assert known.mandates == {(b.OPERATOR, b.AGENT): expected}
    assert known.grants == {(b.OPERATOR, b.AGENT): DIGEST}


@pytest.mark.parametrize(
    ("values", "covers"),
    [
        ({}, True),
        ({"administration": b.A}, True),
        ({"administration": b.B}, False),
        ({"legs": 0b011}, False),
        ({"valid_from": b.NOW + 1}, False),
        ({"valid_until": b.NOW}, False),
    ],
)
def test_a_mandate_covers_its_time_leg_and_administration(values, covers):
    assert b.mandate(**values).covers(b.NOW, 3, b.A) is covers
