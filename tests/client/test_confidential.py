"""What the façade keeps and gives of what is sealed."""

from dataclasses import replace

import pytest

from ledger.client import Client, Custody, NotEntitled, ReadGrant, Sealed, SealRefused, StaleGrant, Subject
from ledger.client.confidential import LARGEST, MOST_WRAPS
from ledger.sealing import DecryptionKey, Suite, seal, wrap_for
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import AUDITOR, BAZAAR, EXPRESS, FR, GB, PLATFORM, Team
from tests.confidentiality.scanner import Scanner

NOWHERE = Subject(b"\1" * 32, b"\2" * 32, b"\3" * 32)


def sealed_for(*readers, subject=NOWHERE, content=b"content"):
    sealed, key = seal(subject, content)
    keys = [DecryptionKey.generate(one, 1, Suite.X25519) for one in readers]
    return sealed, [wrap_for(one.public, sealed, key) for one in keys]


@pytest.fixture
def lodged(team):
    return team.recorded(
        team.desk("platform").declare(message(Case(declarant=PLATFORM_EORI).declaration()))
    ).declaration


def signed(team, name, grant):
    _, digest = team.client.prepare_grant(grant)
    return team.desk(name).identity.signer.sign_digest(digest)


def test_what_cannot_be_kept(client):
    sealed, [wrap] = sealed_for(PLATFORM)
    _, [stranger] = sealed_for(77)
    for wraps, why in (
        ([], "1 to 64 readers"),
        ([wrap, wrap], "once for each"),
        ([wrap] * (MOST_WRAPS + 1), "1 to 64 readers"),
        ([stranger], "there is no organisation 77"),
    ):
        with pytest.raises(SealRefused, match=why):
            client.put_sealed(sealed, wraps, Custody(PLATFORM))
    large, wraps = sealed_for(PLATFORM, content=bytes(LARGEST))
    with pytest.raises(SealRefused, match="larger than"):
        client.put_sealed(large, wraps, Custody(PLATFORM))
    assert not client.sealed(NOWHERE.commitment, PLATFORM)


def test_before_it_is_recorded_only_the_owner_has_it(client):
    sealed, wraps = sealed_for(PLATFORM, FR)
    client.put_sealed(sealed, wraps, Custody(PLATFORM))
    [found] = client.sealed(NOWHERE.commitment, PLATFORM)
    assert (found.sealed, found.wrap) == (sealed, wraps[0])
    for viewer in (FR, BAZAAR, None):
        assert client.sealed(NOWHERE.commitment, viewer) == []
    assert client.accesses(NOWHERE.declaration, PLATFORM) is None


def test_a_lost_ciphertext_is_as_none(client):
    sealed, wraps = sealed_for(PLATFORM)
    client.put_sealed(sealed, wraps, Custody(PLATFORM))
    client.sealed_payloads.clear([sealed.content_hash])
    assert client.sealed(NOWHERE.commitment, PLATFORM) == []


def test_replacing(client, lodged):
    [first] = client.sealed_payloads.of_declaration(lodged)
    sealed, wraps = sealed_for(PLATFORM, FR, subject=first.subject)
    for by, replaces in ((BAZAAR, first.content_hash), (PLATFORM, b"\7" * 32)):
        with pytest.raises(NotEntitled):
            client.put_sealed(sealed, wraps, Custody(by), replaces=replaces)
    other, more = sealed_for(FR, subject=replace(first.subject, schema=b"\7" * 32))
    with pytest.raises(NotEntitled):
        client.put_sealed(other, more, Custody(FR), replaces=first.content_hash)
    client.put_sealed(sealed, wraps, Custody(FR), replaces=first.content_hash)
    client.put_sealed(sealed, wraps, Custody(FR), replaces=sealed.content_hash)
    assert [one.content_hash for one in client.sealed_payloads.of_declaration(lodged)] == [sealed.content_hash]


def test_a_ciphertext_that_was_given_out_is_nobody_elses(client, lodged):
    [kept] = client.sealed_payloads.of_declaration(lodged)
    sealed = Sealed(kept.subject, client.sealed_payloads.ciphertext(kept.content_hash))
    before = client.sealed_payloads.wraps(kept.content_hash)
    wraps = [wrap_for(DecryptionKey.generate(one, 9).public, sealed, bytes(32)) for one in (PLATFORM, FR)]
    moved = Sealed(replace(kept.subject, declaration=b"\7" * 32), sealed.ciphertext)
    for one, owner in ((sealed, FR), (sealed, EXPRESS), (moved, PLATFORM)):
        with pytest.raises(SealRefused, match="kept already"):
            client.put_sealed(one, wraps, Custody(owner))
    assert client.sealed_payloads.wraps(kept.content_hash) == before


def test_wraps_are_for_parties_and_grantees(client, lodged):
    [kept] = client.sealed_payloads.of_declaration(lodged)
    commitment, named = kept.subject.commitment, kept.content_hash
    sealed = Sealed(kept.subject, client.sealed_payloads.ciphertext(named))
    wraps = {one: wrap_for(DecryptionKey.generate(one, 9).public, sealed, bytes(32)) for one in (FR, EXPRESS)}
    client.add_wraps(commitment, named, [wraps[FR]], PLATFORM)
    client.add_wraps(commitment, named, [wraps[FR]], FR)
    assert [(one.reader, one.act) for one in client.accesses(lodged, PLATFORM)] == [(FR, "WRAPPED")]
    with pytest.raises(SealRefused, match=f"organisation {EXPRESS} is no party"):
        client.add_wraps(commitment, named, [wraps[EXPRESS]], PLATFORM)
    for by, which in ((EXPRESS, named), (PLATFORM, b"\7" * 32)):
        with pytest.raises(NotEntitled):
            client.add_wraps(commitment, which, [wraps[EXPRESS]], by)
    with pytest.raises(NotEntitled):
        client.wrapped_for(commitment, named, EXPRESS)
    assert {one.recipient for one in client.wrapped_for(commitment, named, FR)} == {PLATFORM, FR}


def test_grants_are_signed_by_a_party(team, client, lodged):
    grant = ReadGrant(declaration=lodged, grantor=PLATFORM, reader=EXPRESS, serial=1, valid_until=2**39)
    good = signed(team, "platform", grant)
    for one, signature in (
        (grant, signed(team, "bazaar", grant)),
        (grant, bytes(65)),
        (replace(grant, serial=2), good),
        (replace(grant, grantor=BAZAAR), signed(team, "bazaar", replace(grant, grantor=BAZAAR))),
        (replace(grant, valid_until=2**41), good),
    ):
        with pytest.raises(NotEntitled):
            client.grant(one, signature)
    for reader in (PLATFORM, 77):
        one = replace(grant, reader=reader)
        with pytest.raises(SealRefused):
            client.grant(one, signed(team, "platform", one))
    client.grant(grant, good)
    client.grant(grant, good)
    other = replace(grant, valid_until=1)
    with pytest.raises(StaleGrant):
        client.grant(other, signed(team, "platform", other))
    for viewer, sees in ((PLATFORM, True), (FR, True), (EXPRESS, True), (GB, False), (AUDITOR, False), (None, False)):
        assert (client.grants(lodged, viewer) is not None) is sees


def test_the_access_log_is_for_parties(client, lodged):
    commitment = client.versions(lodged)[0].commitment
    client.sealed(commitment, PLATFORM)
    client.sealed(commitment, FR)
    for viewer in (PLATFORM, FR):
        [entry] = client.accesses(lodged, viewer)
        assert (entry.reader, entry.act, entry.commitment) == (FR, "READ", commitment)
    assert client.accesses(lodged, AUDITOR) is None
    assert client.accesses(lodged, None) is None
    assert client.parties(lodged) == [PLATFORM, FR]
    assert client.parties(b"\1" * 32) == []


def test_ciphertexts_in_a_folder(settings, devnet, tmp_path):
    """What was replaced is gone from the folder too; nothing of the content is in it."""
    folder = tmp_path / "blobs"
    with Client.open(replace(settings, blobs=folder.as_uri())) as client:
        client.sync()
        team = Team(client, devnet)
        case = Case(declarant=PLATFORM_EORI)
        lodged = team.recorded(team.desk("platform").declare(message(case.declaration()))).declaration
        [before] = [path for path in folder.rglob("*") if path.is_file()]
        team.desk("platform").sharing.grant(lodged, EXPRESS)
        team.desk("platform").sharing.withdraw(lodged, EXPRESS)
        assert team.desk("customs-fr").payload(lodged)
        [after] = [path for path in folder.rglob("*") if path.is_file()]
        assert after != before
        assert Scanner({"buyer": "Atelier Nordet SARL", "lrn": f"number {case.lrn}"}).files(folder) == {}
        with client.store.reading() as session:
            assert session.rows("SELECT count(*) FROM blobs") == [(0,)]
