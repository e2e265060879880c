"""What opening under an arrangement comes to, version by version; what is owed is given here (see test_entitlement)."""

import pytest

from ledger.client.recognition import RecognitionReading
from ledger.client.shares import Shares
from ledger.desk import Choice, ContentMissing, DeskError
from ledger.desk.field_sets import FieldSets
from ledger.desk.opening import Fate
from ledger.documents.profiles import chosen, profiles
from ledger.domain.proposals import Annex
from ledger.index.shared import Owed
from ledger.sealing import DecryptionKey
from tests.client.networks import FR, GB

AGREED, CLOTHES, SHIPS, NOTHING, UNKNOWN, AWAY = (bytes([number]) * 32 for number in range(1, 7))
ANNEXES = {
    AGREED: Annex(profile="arrangement"),
    CLOTHES: Annex(frozenset({"61", "85"}), profile="statistics@1"),
    SHIPS: Annex(frozenset({"89"}), profile="arrangement"),
    NOTHING: Annex(frozenset({"61"})),
    UNKNOWN: Annex(profile="everything"),
}


@pytest.fixture
def owed(lodged, monkeypatch):
    """What customs-fr owes to GB: tests fill it."""
    found = [Owed(lodged, 1, AGREED, opens=True)]
    monkeypatch.setattr(Shares, "owed", lambda _, me, partner: list(found) if (me, partner) == (FR, GB) else [])
    monkeypatch.setattr(Shares, "owed_of", lambda _, declaration, me, partner: list(found))
    monkeypatch.setattr(Shares, "partners", lambda *_: [GB])
    monkeypatch.setattr(Shares, "agreed", lambda _, me, partner: partner == GB)
    monkeypatch.setattr(RecognitionReading, "annex", lambda _, name: ANNEXES.get(name), raising=False)
    return found


@pytest.fixture
def partner(team):
    return team.desk("customs-gb")


def opened(desk, *, dry=False):
    return dict(desk.opener.open(GB, dry=dry).fates)


def test_the_agreed_fields_are_opened_once(owed, lodged, customs, partner):
    assert opened(customs, dry=True) == {Fate.OPENED: 1}
    with pytest.raises(ContentMissing):
        partner.field_sets.open(lodged)
    assert opened(customs) == {Fate.OPENED: 1}
    assert opened(customs) == {Fate.ALREADY_OPEN: 1}
    found = partner.field_sets.open(lodged)
    whole = dict(customs.payload(lodged)[1].fields)
    assert dict(found.fields) == {path: whole[path] for path in chosen(whole, profiles()["arrangement"].fields)}


def test_a_new_control_opens_to_every_partner(owed, lodged, customs, partner):
    done = customs.opener.after(lodged)
    assert (done.of(Fate.OPENED), done.of(Fate.NO_KEY)) == (1, 0)
    assert partner.field_sets.open(lodged).version == 1


@pytest.mark.parametrize(
    ("annex", "fate"),
    [
        (bytes(32), Fate.NO_PROFILE),
        (NOTHING, Fate.NO_PROFILE),
        (UNKNOWN, Fate.UNKNOWN_ANNEX),
        (AWAY, Fate.UNKNOWN_ANNEX),
        (SHIPS, Fate.OUTSIDE_ANNEX),
    ],
)
def test_what_the_annex_does_not_open(owed, lodged, customs, annex, fate):
    owed[:] = [Owed(lodged, 1, annex, opens=True)]
    assert opened(customs) == {fate: 1}
    assert customs.client.grants(lodged, FR) == []


def test_goods_within_the_annex(owed, lodged, customs, partner):
    owed[:] = [Owed(lodged, 1, CLOTHES, opens=True)]
    assert opened(customs) == {Fate.OPENED: 1}
    assert any("Classification" in path for path, _ in partner.field_sets.open(lodged).fields)


def test_what_is_paused_stays_open_and_nothing_is_added(owed, lodged, customs):
    owed[:] = [Owed(lodged, 1, AGREED, opens=False)]
    assert opened(customs) == {Fate.PAUSED: 1}
    owed[:] = [Owed(lodged, 1, AGREED, opens=True), Owed(lodged, 1, AGREED, opens=False)]
    assert opened(customs) == {Fate.OPENED: 1, Fate.ALREADY_OPEN: 1}
    owed[:] = [Owed(lodged, 1, AGREED, opens=False)]
    assert opened(customs) == {Fate.ALREADY_OPEN: 1}


def test_a_partner_without_a_key_gets_it_when_it_has_one(team, owed, lodged, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(type(team.client), "encryption_key", lambda *_: None)
        assert opened(team.desk("customs-fr")) == {Fate.NO_KEY: 1}
        assert team.client.grants(lodged, FR) == []
    assert opened(team.desk("customs-fr")) == {Fate.OPENED: 1}


def test_a_newer_key_of_the_partner(team, owed, lodged, customs, partner, monkeypatch):
    assert opened(customs) == {Fate.OPENED: 1}
    newer = DecryptionKey.generate(GB, 2)
    monkeypatch.setattr(type(team.client), "encryption_key", lambda *_: newer.public)
    fresh = team.desk("customs-fr")
    assert opened(fresh) == {Fate.OPENED: 1}
    assert opened(fresh) == {Fate.ALREADY_OPEN: 1}
    rotated = team.desk("customs-gb", encryption=(newer, *partner.identity.encryption))
    assert rotated.field_sets.open(lodged).fields


def test_what_can_not_be_read_here_is_told(team, owed, lodged):
    stranger = DecryptionKey.generate(FR, 1)
    assert opened(team.desk("customs-fr", encryption=(stranger,))) == {Fate.NOT_READABLE: 1}


def test_what_stopped_between_grant_and_fields_is_taken_up(owed, lodged, customs, partner, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(FieldSets, "_keep", lambda *_: _stop())
        with pytest.raises(KeyboardInterrupt):
            opened(customs)
    assert len(customs.client.grants(lodged, FR)) == 1
    assert opened(customs) == {Fate.OPENED: 1}
    assert partner.field_sets.open(lodged).fields


def _stop():
    raise KeyboardInterrupt


def test_what_was_withdrawn_stays_so(owed, lodged, customs, partner):
    assert opened(customs) == {Fate.OPENED: 1}
    profile = profiles()["arrangement"]
    choice = Choice(patterns=profile.fields, profile=profile, version=1)
    assert customs.field_sets.withdraw(lodged, GB, choice).payloads == 1
    assert opened(customs) == {Fate.WITHDRAWN: 1}
    with pytest.raises(ContentMissing):
        partner.field_sets.open(lodged)


def test_only_administrations_with_an_arrangement_open(owed, platform, customs):
    with pytest.raises(DeskError, match="only an administration"):
        platform.opener.open(GB)
    with pytest.raises(DeskError, match="there is no arrangement between administrations 250 and 4"):
        customs.opener.open(4)
