"""Who reads a declaration's content: its parties, whom they let in, and nobody longer than that."""

from dataclasses import replace

import pytest

from ledger.client import Custody, Subject
from ledger.desk import ContentMissing, DeskError
from ledger.domain.codes import DecisionKind
from ledger.sealing import (
    DecryptionKey,
    EncryptionKey,
    NotCommitted,
    Payload,
    Suite,
    WrapRefused,
    seal,
    wrap_for,
)
from tests.client.letters import message
from tests.client.networks import EXPRESS, FR, PLATFORM, SAFETY


def reads(lodged, *desks):
    found = []
    for desk in desks:
        try:
            desk.payload(lodged)
            found.append(True)
        except ContentMissing:
            found.append(False)
    return found


def ciphertexts(client, lodged):
    return {one.content_hash for one in client.sealed_payloads.of_declaration(lodged)}


def test_parties_read_and_others_do_not(team, lodged, platform, customs, express):
    assert reads(lodged, platform, customs, express, team.desk("customs-gb"), team.desk("auditor")) == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_withdrawal_encrypts_anew_for_those_who_remain(team, lodged, platform, customs, express):
    shared = platform.sharing.grant(lodged, EXPRESS)
    assert (shared.payloads, shared.unread, shared.closed) == (1, (), 0)
    assert reads(lodged, express) == [True]
    [before] = ciphertexts(team.client, lodged)
    withdrawn = platform.sharing.withdraw(lodged, EXPRESS)
    assert withdrawn.grant.serial > shared.grant.serial
    assert (withdrawn.payloads, withdrawn.closed) == (1, 0)
    [after] = ciphertexts(team.client, lodged)
    assert after != before
    assert team.client.sealed_payloads.ciphertext(before) is None
    assert {wrap.recipient for wrap in team.client.sealed_payloads.wraps(after)} == {PLATFORM, FR}
    assert reads(lodged, platform, customs, express) == [True, True, False]


def test_the_administration_shares_too(team, lodged, platform, customs):
    safety = team.desk("safety-fr")
    customs.sharing.grant(lodged, SAFETY)
    assert reads(lodged, safety) == [True]
    platform.sharing.grant(lodged, SAFETY)
    assert customs.sharing.withdraw(lodged, SAFETY).payloads == 0  # the platform's grant still holds
    assert reads(lodged, safety) == [True]
    assert platform.sharing.withdraw(lodged, SAFETY).payloads == 1
    assert reads(lodged, safety, platform, customs) == [False, True, True]


def test_what_the_administration_encrypts_anew_stays_its_declarants(team, lodged, platform, customs):
    customs.sharing.grant(lodged, SAFETY)
    assert customs.sharing.withdraw(lodged, SAFETY).payloads == 1
    assert reads(lodged, platform, customs) == [True, True]
    acts = [(one.reader, one.act) for one in team.client.accesses(lodged, PLATFORM)]
    assert (FR, "REPLACED") in acts


def test_later_versions_are_for_grantees_too(team, case, lodged, platform, customs, express):
    platform.sharing.grant(lodged, EXPRESS)
    team.recorded(platform.amend(lodged, message(case.request("import-cor"))))
    team.recorded(customs.decide(lodged, DecisionKind.GRANT))
    number, payload = express.payload(lodged)
    assert (number, dict(payload.fields)["Declaration/InvoiceAmount[1]"]) == (2, "234.60")
    assert express.payload(lodged, 1)[0] == 1


def test_who_has_no_key_is_named_and_let_in_later(team, case, platform, customs, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(type(team.client), "encryption_key", lambda *_: None)
        written = team.recorded(platform.declare(message(case.declaration())))
        assert platform.sharing.grant(written.declaration, EXPRESS).unread == (EXPRESS,)
        assert written.unread == (FR,)
    lodged = written.declaration
    with pytest.raises(ContentMissing, match="was not encrypted to this participant"):
        customs.payload(lodged)
    assert team.desk("platform").sharing.rewrap(lodged).unread == ()
    assert reads(lodged, customs, team.desk("express")) == [True, True]


def test_somebody_must_be_able_to_read(team, case, monkeypatch):
    monkeypatch.setattr(type(team.client), "encryption_key", lambda *_: None)
    with pytest.raises(DeskError, match="nobody could read it"):
        team.desk("platform", encryption=()).declare(message(case.declaration()))


def test_a_key_that_nothing_can_be_encrypted_to_is_as_none(team, case, monkeypatch):
    unusable = EncryptionKey(FR, 1, Suite.X25519, bytes(32))
    monkeypatch.setattr(type(team.client), "encryption_key", lambda *_: unusable)
    assert team.desk("platform").declare(message(case.declaration())).unread == (FR,)


def test_what_who_withdraws_cannot_open_stays_as_it_is(team, lodged, platform, customs):
    """The reader's wraps go all the same."""
    customs.sharing.grant(lodged, SAFETY)
    before = ciphertexts(team.client, lodged)
    blind = team.desk("customs-fr", encryption=(DecryptionKey.generate(FR, 9),))
    assert blind.sharing.withdraw(lodged, SAFETY).closed == 1
    assert ciphertexts(team.client, lodged) == before
    assert reads(lodged, team.desk("safety-fr"), platform) == [False, True]


def test_a_readers_new_key_takes_over_when_it_reads(team, lodged, customs):
    newer = DecryptionKey.generate(FR, 2)
    rotated = team.desk("customs-fr", encryption=(newer, *customs.identity.encryption))
    assert reads(lodged, rotated) == [True]
    assert reads(lodged, team.desk("customs-fr", encryption=(newer,))) == [True]


def test_what_is_not_committed_to_is_not_believed(team, lodged, platform, customs):
    """A party that lies is found out, and does not hide what the declarant sealed."""
    version = team.client.state(lodged).version
    subject = Subject(lodged, version.commitment, version.schema)
    lie = Payload("wco-dm/3.6/declaration", bytes(32), (("Declaration/ID[1]", "forged"),))
    sealed, key = seal(subject, lie.to_bytes())
    wraps = [wrap_for(desk.identity.encryption[0].public, sealed, key) for desk in (platform, customs)]
    [honest] = ciphertexts(team.client, lodged)
    team.client.put_sealed(sealed, wraps, Custody(FR))
    assert reads(lodged, platform, customs) == [True, True]
    team.client.sealed_payloads.forget([honest])
    with pytest.raises(NotCommitted):
        platform.payload(lodged)


def test_a_changed_ciphertext_is_noticed(team, lodged, platform):
    [content_hash] = ciphertexts(team.client, lodged)
    kept = team.client.sealed_payloads.ciphertext(content_hash)
    [one] = team.client.shareable(lodged, PLATFORM)
    changed = replace(one.sealed, ciphertext=kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(WrapRefused):
        platform.sealer.opened(replace(one, sealed=changed))


def test_only_parties_share(team, lodged):
    with pytest.raises(DeskError, match="neither declarant nor agent"):
        team.desk("bazaar").sharing.grant(lodged, EXPRESS)


def test_what_somebody_else_kept_for_itself_stays_closed(team, lodged, platform, customs):
    """A version that was not wrapped for who grants can't be shared by it."""
    [content_hash] = ciphertexts(team.client, lodged)
    team.client.sealed_payloads.drop_wraps(lodged, FR)
    shared = customs.sharing.grant(lodged, SAFETY)
    assert (shared.payloads, shared.closed) == (0, 1)
    assert {wrap.recipient for wrap in team.client.sealed_payloads.wraps(content_hash)} == {PLATFORM}
