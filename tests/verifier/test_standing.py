"""The verifier's answer is the gateway's, for every standing there can be: two codes, one meaning."""

import itertools

import pytest

from ledger.domain.codes import Flag as LedgerFlag
from ledger.domain.codes import Status as LedgerStatus
from ledger.domain.lifecycle import Standing as LedgerStanding
from ledger.index.answers import Answer
from ledger.index.verdict import effect_of
from passavant_verifier.codes import Flag, Leg, OrganisationStatus, Regime, Status
from passavant_verifier.layout import State
from passavant_verifier.standing import RELEASED, standing_of

FLAGS = [Flag.CONTROL, Flag.DOCUMENTS, Flag.DETENTION, Flag.PAYMENT, Flag.AGENCY, Flag.OVERRIDDEN, Flag.PARTIAL]
STATUSES = [status for status in Status if status]


def state(status, flags=0, leg=Leg.IMPORT, regime=Regime.HOME_USE):
    return State(status, leg, 0, 0, regime, 250, 70_000, 1, int(flags), 7)


@pytest.mark.parametrize("status", STATUSES)
def test_the_answer_is_the_gateways(status):
    for count in range(len(FLAGS) + 1):
        for chosen in itertools.combinations(FLAGS, count):
            flags = sum(chosen)
            ours = standing_of(state(status, flags), OrganisationStatus.ACTIVE)
            theirs = effect_of(LedgerStanding(LedgerStatus(status), LedgerFlag(flags)))
            assert (ours.answer, int(ours.blocks)) == (theirs.answer.name, int(theirs.blocks))


@pytest.mark.parametrize("status", STATUSES)
def test_authority_withdrawn_shows_only_while_goods_are_still_in_customs_hands(status):
    answer = standing_of(state(status), OrganisationStatus.EXPELLED).answer
    ended = {"REJECTED", "INVALIDATED", "DESTROYED", "CLOSED", "RELEASED", "CLEARED", "EXITED"}
    assert (answer == "AUTHORITY_WITHDRAWN") == (status.name not in ended)
    for other in (OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED, OrganisationStatus.SUCCEEDED):
        assert standing_of(state(status), other).answer != "AUTHORITY_WITHDRAWN"


def test_the_answers_that_release_are_answers():
    assert {Answer[name].name for name in RELEASED} == set(RELEASED)


def test_reads_version_request_and_debt():
    found = standing_of(state(Status.ACCEPTED, Flag.JOINED | 1 << 10 | 3 << 12), OrganisationStatus.ACTIVE)
    assert (found.version, found.pending.name, found.debt.name) == (1, "AMENDMENT", "FINAL")
    assert not found.received_outside
