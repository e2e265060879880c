"""What a client does once it reads that content was erased: it obeys, and says so when it can't."""

import pytest

from ledger.client import Entry, SealRefused
from ledger.desk import ContentMissing, DeskError
from ledger.desk.erasing import TooEarly
from ledger.domain.codes import DecisionKind, ErasureCause, Outcome
from ledger.domain.records import Erasure
from ledger.index.errors import StoreError
from tests.client.letters import PLATFORM_EORI, Case, message


@pytest.fixture
def lodged(team):
    declared = team.desk("platform").declare(message(Case(declarant=PLATFORM_EORI).declaration()))
    return team.recorded(declared).declaration


def order(team, lodged, **who):
    return team.recorded(*team.desk("customs-fr", **who).eraser.erase(lodged, cause=ErasureCause.ORDERED))


def test_following_the_chain_destroys_what_was_erased(team, lodged):
    platform = team.desk("platform")
    assert platform.payload(lodged)[0] == 1
    [kept] = team.client.sealed_payloads.of_declaration(lodged)
    [own] = team.client.sealed(kept.subject.commitment, platform.identity.organisation)
    order(team, lodged)
    team.client.sync()
    assert team.client.sealed_payloads.of_declaration(lodged) == []
    with pytest.raises(ContentMissing, match=r"was erased on .* \(ordered\)"):
        platform.payload(lodged)
    with pytest.raises(ContentMissing, match=r"was erased on .* \(ordered\)"):
        platform.fields(platform.state(lodged))
    with pytest.raises(SealRefused, match="this version was erased"):
        team.client.put_sealed(own.sealed, [own.wrap], own.custody)


def test_a_place_that_can_not_be_written_is_an_alarm_and_following_goes_on(team, lodged, monkeypatch):
    def fails(_content_hash):
        raise StoreError("the place does not answer")

    written = team.desk("customs-fr").eraser.erase(lodged, cause=ErasureCause.ORDERED)
    with monkeypatch.context() as broken:
        broken.setattr(team.client.sealed_payloads, "clear", fails)
        team.recorded(*written)
        team.client.sync()
        assert [alarm.kind for alarm in team.client.alarms()] == ["erasure"]
    assert team.client.sealed_payloads.of_declaration(lodged)
    assert team.client.destroy_erased()
    assert team.client.sealed_payloads.of_declaration(lodged) == []


def test_what_is_kept_and_who_may_not(team, lodged):
    team.recorded(team.desk("customs-fr").decide(lodged, DecisionKind.REJECT))
    with pytest.raises(TooEarly, match="has to be kept until 20"):
        team.desk("platform").eraser.erase(lodged, cause=ErasureCause.REQUESTED)
    with pytest.raises(DeskError, match="the ledger knows no key"):
        order(team, lodged, signer=team.desk("express").identity.signer)
    with pytest.raises(DeskError, match="neither declarant nor agent"):
        team.desk("express").eraser.erase(lodged, cause=ErasureCause.REQUESTED)


def test_the_outcome_is_the_ledgers(team, lodged):
    order(team, lodged)
    state = team.client.state(lodged)
    desk = team.desk("customs-fr")
    record = Erasure(
        declaration=lodged,
        version=1,
        commitment=state.version.commitment,
        administration=desk.identity.organisation,
        cause=ErasureCause.REQUESTED,
        deadline=desk._deadline(),
    )
    signature = desk.identity.signer.sign(team.client.domains.of(record), record)
    [taken] = team.client.submit([Entry(record, signature)])
    [told] = team.client.wait([taken.digest], 60)
    assert told.outcome is Outcome.ALREADY_ERASED
