"""Ciphertexts, their wraps, and where they lie."""

import pytest

from ledger.domain.wire import ZERO
from ledger.index.blobs import DatabaseBlobs
from ledger.index.sealed import Custody, SealedPayloads
from ledger.sealing import DecryptionKey, Subject, Suite, seal, wrap_for
from tests.index.streams import CARRIER, GB, PLATFORM, hashed

KEYS = {one: DecryptionKey.generate(one, 1, Suite.X25519) for one in (PLATFORM, GB, CARRIER)}


def sealed_for(*readers, commitment=b"commitment", declaration=b"declaration"):
    sealed, key = seal(Subject(hashed(declaration), hashed(commitment), hashed(b"schema")), b"content")
    return sealed, [wrap_for(KEYS[one].public, sealed, key) for one in readers]


@pytest.fixture
def blobs(store):
    return DatabaseBlobs(store)


@pytest.fixture
def payloads(store, blobs):
    return SealedPayloads(store, blobs)


def test_what_was_sealed_is_kept_with_its_wraps(payloads):
    sealed, wraps = sealed_for(PLATFORM, GB)
    assert payloads.put(sealed, Custody(PLATFORM), wraps) == []
    assert payloads.put(sealed, Custody(PLATFORM), wraps[:1]) == []
    [kept] = payloads.behind(sealed.subject.commitment)
    assert (kept.subject, kept.custody, kept.content_hash) == (
        sealed.subject,
        Custody(PLATFORM),
        sealed.content_hash,
    )
    assert payloads.of_declaration(sealed.subject.declaration) == [kept]
    assert payloads.ciphertext(kept.content_hash) == sealed.ciphertext
    assert payloads.wraps(kept.content_hash) == sorted(wraps, key=lambda one: one.recipient)


def test_an_owners_next_takes_the_place_of_the_last_one(payloads, blobs):
    first, wraps = sealed_for(PLATFORM)
    second, more = sealed_for(PLATFORM)
    payloads.put(first, Custody(PLATFORM), wraps)
    assert payloads.put(second, Custody(PLATFORM), more) == [first.content_hash]
    assert [one.content_hash for one in payloads.behind(first.subject.commitment)] == [second.content_hash]
    assert payloads.wraps(first.content_hash) == []
    assert payloads.ciphertext(first.content_hash) == first.ciphertext  # until this is kept for good
    payloads.clear([first.content_hash])
    assert blobs.get(first.content_hash) is None


def test_others_sealing_the_same_and_field_sets_stand_beside_it(payloads):
    for custody in (Custody(PLATFORM), Custody(GB), Custody(PLATFORM, CARRIER, hashed(b"fields"))):
        sealed, wraps = sealed_for(CARRIER)
        payloads.put(sealed, custody, wraps)
    kept = payloads.behind(hashed(b"commitment"))
    assert {(one.custody.owner, one.custody.reader, any(one.custody.fields)) for one in kept} == {
        (PLATFORM, 0, False),
        (GB, 0, False),
        (PLATFORM, CARRIER, True),
    }
    assert Custody(GB).fields == ZERO


def test_a_readers_wraps_go_and_the_others_stay(payloads):
    sealed, wraps = sealed_for(PLATFORM, CARRIER)
    other, more = sealed_for(CARRIER, declaration=b"another")
    payloads.put(sealed, Custody(PLATFORM), wraps)
    payloads.put(other, Custody(GB), more)
    payloads.drop_wraps(sealed.subject.declaration, CARRIER)
    assert [one.recipient for one in payloads.wraps(sealed.content_hash)] == [PLATFORM]
    assert [one.recipient for one in payloads.wraps(other.content_hash)] == [CARRIER]
    payloads.forget([])
    payloads.forget([sealed.content_hash])
    assert payloads.behind(sealed.subject.commitment) == payloads.of_declaration(hashed(b"another"))
