"""AEO status as of any moment: what holds at one time, and what was known at another."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.aeo import AeoGranted, AeoHistory, AeoState, covers_programme, programme_hash
from ledger.domain.codes import AeoStanding, OrganisationStatus, Outcome, SuspensionAction
from ledger.domain.participants import Participants
from ledger.domain.proposals import Annex
from ledger.domain.records import AeoStatus, Arrangement, ArrangementSuspension
from ledger.domain.wire import ZERO, Digest
from tests.domain import builders as b
from tests.domain.annals import Case

NAME = "AEOS"
PROGRAMME = programme_hash(NAME)
LISTED, OTHERS, ABSENT = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
ANNEXES = {LISTED: Annex(programmes=("AEOC", NAME)), OTHERS: Annex(programmes=("AEOC",))}
OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def day(number: float) -> int:
    return b.NOW + int(number * b.DAY)


@pytest.fixture
def case() -> Case:
    return Case()


def grants(case: Case, at: float, known: float = 1_000, operator: int = b.OPERATOR) -> tuple[AeoGranted, ...]:
    events = [
        one for one in case.annals.events if isinstance(one.record, AeoStatus | Arrangement | ArrangementSuspension)
    ]
    history = AeoHistory(case.annals.founders, events, ANNEXES, {PROGRAMME: NAME})
    return history.grants(operator, day(at), day(known))


def state(case: Case, at: float, known: float = 1_000) -> AeoState:
    [one] = grants(case, at, known)
    return one.state


def grant(case: Case, on: float = 0, **values: Any) -> Digest:
    now = day(on)
    filled: dict[str, Any] = {
        "programme": PROGRAMME,
        "valid_from": now,
        "valid_until": day(on + 100),
        "deadline": now + 60,
    }
    return case.annals.take(case.aeo(**filled | values), b.declares(b.A), now=now)


def end(case: Case, granted: Digest, on: float, since: float, standing: AeoStanding = AeoStanding.WITHDRAWN) -> Digest:
    now = day(on)
    record = case.ended(granted, day(since), status=standing, deadline=now + 60)
    return case.annals.take(record, b.declares(b.A), now=now)


def suspend(case: Case, on: float, action: SuspensionAction = SuspensionAction.SUSPEND, by: int = b.B) -> None:
    now = day(on)
    case.annals.take(case.suspension(by, action, deadline=now + 60), b.manages(by), now=now)


def agree(case: Case, on: float, **values: Any) -> Digest:
    return case.agree(b.A, b.B, now=day(on), **{"deadline": day(on) + 60} | values)


def test_who_was_never_granted_anything_has_no_grants(case):
    grant(case)
    assert grants(case, 1, operator=b.AGENT) == ()
    assert grants(case, 1, known=-1) == ()


def test_a_grant_holds_within_its_window(case):
    grant(case, valid_from=day(10))
    assert [state(case, at) for at in (9, 10, 99, 100)] == [
        AeoState.NOT_YET_VALID,
        AeoState.VALID,
        AeoState.VALID,
        AeoState.EXPIRED,
    ]
    [one] = grants(case, 9)
    assert (one.programme_name, one.competent, one.recorded_at, one.partners) == (NAME, b.A, day(0), ())


def test_an_end_that_is_recorded_later_changes_the_past_but_not_what_was_known(case):
    granted = grant(case)
    ended = end(case, granted, 20, since=18)
    assert [state(case, at) for at in (17, 18, 19, 21)] == [AeoState.VALID, *[AeoState.WITHDRAWN] * 3]
    assert [state(case, at, known=19) for at in (17, 18, 19, 21)] == [AeoState.VALID] * 4
    [one] = grants(case, 17)
    assert one.end
    assert (one.end.digest, one.end.status, one.end.valid_from) == (ended, AeoStanding.WITHDRAWN, day(18))
    assert one.end.recorded_at == day(20)


def test_of_two_ends_the_latest_word_counts(case):
    granted = grant(case)
    end(case, granted, 20, since=25, standing=AeoStanding.SUSPENDED)
    end(case, granted, 21, since=22)
    assert [state(case, 23, known) for known in (19, 20.5, 22)] == [AeoState.VALID, AeoState.VALID, AeoState.WITHDRAWN]
    assert [state(case, 26, known) for known in (20.5, 22)] == [AeoState.SUSPENDED, AeoState.WITHDRAWN]


def test_an_end_after_the_validity_is_none(case):
    granted = grant(case)
    end(case, granted, 99, since=120)
    assert state(case, 130) is AeoState.EXPIRED


def test_reinstating_is_a_new_grant(case):
    first = grant(case)
    end(case, first, 20, since=20, standing=AeoStanding.SUSPENDED)
    second = grant(case, 30)
    assert [(one.grant, one.state) for one in grants(case, 40)] == [
        (first, AeoState.SUSPENDED),
        (second, AeoState.VALID),
    ]


def test_evidence_is_told_as_it_was_committed_to(case):
    granted = grant(case, evidence=b.SOMETHING)
    record = case.ended(granted, day(5), evidence=b.OTHER, deadline=day(5) + 60)
    case.annals.take(record, b.declares(b.A), now=day(5))
    [one] = grants(case, 6)
    assert one.end
    assert (one.evidence, one.end.evidence) == (b.SOMETHING, b.OTHER)
    other = Case()
    grant(other)
    assert grants(other, 6)[0].evidence is None


# --- partners


def partners(case: Case, at: float, known: float = 1_000) -> list[tuple[int, bool | None, tuple[int, ...]]]:
    [one] = grants(case, at, known)
    return [(each.administration, each.recognises, each.suspended_by) for each in one.partners]


def test_partners_recognise_what_their_annex_names(case):
    grant(case)
    assert partners(case, 1) == [(b.B, True, ())]
    for on, (annex, said) in enumerate(((OTHERS, False), (ABSENT, None), (LISTED, True)), start=2):
        agreed = agree(case, on, annex=annex)
        assert partners(case, on + 0.5) == [(b.B, said, ())]
        assert grants(case, on + 0.5)[0].partners[0].arrangement == agreed
    assert partners(case, 2.5) == [(b.B, False, ())]


def test_partners_by_more_than_one_arrangement_and_not_before_or_after_it(case):
    grant(case)
    case.agree(b.A, b.C, now=day(5), valid_until=day(9), deadline=day(5) + 60)
    case.agree(b.B, b.C, now=day(5), deadline=day(5) + 60)
    assert [[one[0] for one in partners(case, at)] for at in (4, 5, 9)] == [[b.B], [b.B, b.C], [b.B]]


def test_a_suspension_is_shown_while_it_lasts_and_from_when_it_was_known(case):
    grant(case)
    suspend(case, 5)
    suspend(case, 8, SuspensionAction.RESUME)
    assert [partners(case, at)[0][2] for at in (4, 6, 9)] == [(), (b.B,), ()]
    assert partners(case, 6, known=4) == [(b.B, True, ())]


def test_who_does_not_act_recognises_nothing(case):
    grant(case)
    for gone in (b.A, b.B):
        made = case.annals.founders
        away = replace(
            made.organisations[gone], status=OrganisationStatus.SUSPENDED, next_status=OrganisationStatus.SUSPENDED
        )
        case.annals.founders = replace(made, organisations={**made.organisations, gone: away})
        assert partners(case, 1) == []
        case.annals.founders = made


def test_who_took_over_is_the_partner_and_the_home(case):
    grant(case)
    made = case.annals.founders
    for gone, expected in ((b.B, [(b.A, b.C)]), (b.A, [(b.C, b.B)])):
        since = {"next_status": OrganisationStatus.SUCCEEDED, "status_from": day(3), "successor": b.C}
        taken = replace(made.organisations[gone], status=OrganisationStatus.ACTIVE, **since)
        case.annals.founders = replace(made, organisations={**made.organisations, gone: taken})
        told = [(one.competent, each.administration) for one in grants(case, 4) for each in one.partners]
        assert told == expected
        assert [one.administration for one in grants(case, 4)] == [b.A]


def test_a_partner_that_took_over_the_home_is_no_partner(case):
    grant(case)
    made = case.annals.founders
    since = {"next_status": OrganisationStatus.SUCCEEDED, "status_from": day(3), "successor": b.B}
    taken = replace(made.organisations[b.A], status=OrganisationStatus.ACTIVE, **since)
    case.annals.founders = replace(made, organisations={**made.organisations, b.A: taken})
    assert partners(case, 4) == []


def test_an_annex_without_programmes_limits_none():
    assert covers_programme(Annex(), PROGRAMME)
    assert covers_programme(ANNEXES[LISTED], PROGRAMME)
    assert not covers_programme(ANNEXES[OTHERS], PROGRAMME)


# --- against a naive replay

_STEP = st.one_of(
    st.tuples(st.just("grant"), st.integers(-5, 5), st.integers(1, 30)),
    st.tuples(st.just("end"), st.integers(0, 3), st.integers(-3, 6), st.sampled_from([2, 3])),
    st.tuples(st.just("agree"), st.integers(0, 4), st.sampled_from([bytes(32), LISTED, OTHERS, ABSENT])),
    st.tuples(st.just("suspend"), st.sampled_from([b.A, b.B]), st.sampled_from(list(SuspensionAction))),
)


def played(steps: list[Any]) -> Case:
    """A history of these steps, a day apart; what the rules refuse is left out."""
    case, granted = Case(), list[Digest]()
    for on, (what, *values) in enumerate(steps, start=1):
        try:
            if what == "grant":
                since, lasting = values
                granted.append(grant(case, on, valid_from=day(on + since), valid_until=day(on + since + lasting)))
            elif what == "end" and values[0] < len(granted):
                end(case, granted[values[0]], on, on + values[1], AeoStanding(values[2]))
            elif what == "agree":
                agree(case, on, valid_from=day(on + values[0]), annex=values[1])
            elif what == "suspend":
                suspend(case, on, values[1], values[0])
        except AssertionError:  # the court refused it
            continue
    return case


def naive(case: Case, at: int, known: int) -> list[tuple[Digest, str, list[tuple[Any, ...]]]]:
    """Every record that was known, one after the other, and nothing kept between the questions."""
    told = [event for event in case.annals.events if event.position.time <= known]
    found = []
    for event in told:
        record: Any = event.record
        if not isinstance(record, AeoStatus) or record.grant != ZERO:
            continue
        ends: list[Any] = [one.record for one in told if getattr(one.record, "grant", None) == event.digest]
        over = [one for one in ends if one.valid_from < record.valid_until]
        if over and min(one.valid_from for one in over) <= at:
            standing = AeoStanding(ends[-1].status).name
        elif at < record.valid_from:
            standing = "NOT_YET_VALID"
        else:
            standing = "VALID" if at < record.valid_until else "EXPIRED"
        found.append((event.digest, standing, _agreed(told, at) if standing == "VALID" else []))
    return found


def _agreed(told: list[Any], at: int) -> list[tuple[Any, ...]]:
    started = [one for one in told if isinstance(one.record, Arrangement) and one.record.valid_from <= at]
    if not started or started[-1].record.valid_until <= at:
        return []
    said: dict[int, int] = {}
    for one in told:
        if isinstance(one.record, ArrangementSuspension) and one.position.time <= at:
            said[one.record.administration] = one.record.action
    suspended = tuple(sorted(who for who, action in said.items() if action == SuspensionAction.SUSPEND))
    recognises = {bytes(32): True, LISTED: True, OTHERS: False, ABSENT: None}[started[-1].record.annex]
    return [(b.B, started[-1].digest, recognises, suspended)]


@given(st.lists(_STEP, max_size=14), st.integers(-4, 40), st.integers(0, 20))
@OFTEN
def test_it_is_what_a_naive_replay_tells(steps, at, known):
    case = played(steps)
    told = [
        (
            one.grant,
            one.state.value,
            [(p.administration, p.arrangement, p.recognises, p.suspended_by) for p in one.partners],
        )
        for one in grants(case, at, known)
    ]
    assert told == naive(case, day(at), day(known))


@given(st.lists(_STEP, max_size=14), st.integers(-4, 40), st.integers(0, 20))
@OFTEN
def test_what_was_known_stays_whatever_is_recorded_later(steps, at, known):
    case = played(steps)
    whole = grants(case, at, known)
    case.annals.events = [one for one in case.annals.events if one.position.time <= day(known)]
    assert grants(case, at) == whole
    assert isinstance(case.annals.founders, Participants)


def test_the_court_takes_no_second_end_that_is_later(case):
    granted = grant(case)
    end(case, granted, 10, since=10)
    record = case.ended(granted, day(11), deadline=day(11) + 60)
    assert case.annals.present(record, b.declares(b.A), now=day(11)) is Outcome.TRANSITION_NOT_ALLOWED
