"""What a client does once it reads that content was erased: it obeys, and says so when it can't."""

import time
from dataclasses import replace

import pytest

from ledger.client import Client, Entry, RecordProgress, SealRefused
from ledger.desk import ContentMissing, DeskError
from ledger.desk.erasing import TooEarly
from ledger.domain.codes import DecisionKind, ErasureCause, Outcome
from ledger.domain.records import Erasure
from ledger.domain.retention import Retention
from ledger.index.errors import StoreError
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import FR, PLATFORM, Team


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


def test_to_whom_nothing_belongs_nothing_is_due(team, lodged):
    assert team.client.retained(999_999) == []
    assert team.client.retained_of(lodged, 999_999) == []


def signed(team, name, declaration, **fields):
    """Erase past the desk, which would refuse."""
    desk = team.desk(name)
    record = Erasure(
        declaration=declaration,
        version=1,
        commitment=team.client.state(declaration).version.commitment,
        deadline=int(time.time()) + 3_600,
        **fields,
    )
    [taken] = team.client.submit([Entry(record, desk.identity.signer.sign(team.client.domains.of(record), record))])
    return team.client.wait([taken.digest], 60)[0]


def test_the_outcome_is_the_ledgers(team, lodged):
    order(team, lodged)
    told = signed(team, "customs-fr", lodged, administration=FR, cause=ErasureCause.REQUESTED)
    assert told.outcome is Outcome.ALREADY_ERASED


def test_a_declarant_can_not_wipe_what_customs_need_against_it(team, lodged):
    told = signed(team, "platform", lodged, declarant=PLATFORM, cause=ErasureCause.RETENTION_ENDED)
    assert told.progress is RecordProgress.FINAL
    team.client.sync()
    [version] = team.client.versions(lodged)
    assert version.erased
    assert version.erased_here_at is None
    assert team.client.sealed_payloads.of_declaration(lodged)
    assert team.desk("customs-fr").payload(lodged)[0] == 1
    [alarm] = [one for one in team.client.alarms() if f"0x{lodged.hex()}" in one.detail]
    assert "was erased by 100001 before its retention ends (it is pre lodged); it is kept until then" in alarm.detail
    rules = 'default = { years = 0, from = "day", source = "no law" }'
    (team.client.settings.index_key.parent / "retention.toml").write_text(rules)
    team.recorded(team.desk("customs-fr").decide(lodged, DecisionKind.REJECT))
    team.client.retention = Retention.load(team.client.settings.index_key.parent / "retention.toml")
    assert team.client.destroy_erased()
    assert team.client.sealed_payloads.of_declaration(lodged) == []


def test_ciphertexts_in_a_folder_go_too(settings, devnet, tmp_path):
    places = replace(settings, blobs=(tmp_path / "ciphertexts").as_uri())
    with Client.open(places) as client:
        client.sync()
        team = Team(client, devnet)
        written = team.desk("platform").declare(message(Case(declarant=PLATFORM_EORI).declaration()))
        declaration = team.recorded(written).declaration
        [kept] = client.sealed_payloads.of_declaration(declaration)
        ciphertext = client.sealed_payloads.ciphertext(kept.content_hash)
        holding = [file for file in (tmp_path / "ciphertexts").rglob("*") if file.is_file()]
        assert [file.read_bytes() for file in holding] == [ciphertext]
        order(team, declaration)
        client.sync()
        assert not [file for file in (tmp_path / "ciphertexts").rglob("*") if file.is_file()]
