"""Many writers on one head, and two gateways with one relay key."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.client import Client, RecordProgress
from ledger.domain.codes import Outcome

pytestmark = pytest.mark.e2e
WRITERS = 50


def test_of_fifty_writers_on_one_head_one_wins(place):
    with place.gateway() as gateway:
        lodged = place.declaration()
        declaration = place.digest(lodged)
        assert gateway.post(lodged) == 202
        assert gateway.end(declaration)["state"] == "final"
        rivals = [place.release(declaration) for _ in range(WRITERS)]
        with ThreadPoolExecutor(WRITERS) as writers:
            assert set(writers.map(gateway.post, rivals)) == {202}
        digests = [place.digest(rival) for rival in rivals]
        ends = [gateway.end(digest) for digest in digests]
    won = [digest for digest, end in zip(digests, ends, strict=True) if end["state"] == "final"]
    refused = [end for end in ends if end["state"] == "refused"]
    assert (len(won), len(refused)) == (1, WRITERS - 1)
    assert {end["outcome"] for end in refused} == {"STALE_HEAD"}
    assert all(end["reason"] for end in refused)
    with Client.open(place.settings(relay=None)) as client:  # the reasons outlive the process
        kept = [answer for answer in client.records(digests) if answer.progress is RecordProgress.REFUSED]
    assert [answer.outcome for answer in kept] == [Outcome.STALE_HEAD] * (WRITERS - 1)
    recorded = place.recorded()
    assert [digest for digest in digests if recorded[digest]] == won
    assert recorded[won[0]] == 1


def test_of_two_gateways_with_one_relay_key_one_sends(place):
    with place.gateway() as first, place.gateway() as second:
        entries = [place.declaration() for _ in range(40)]
        with ThreadPoolExecutor(8) as writers:
            posted = writers.map(lambda at: (first, second)[at % 2].post(entries[at]), range(len(entries)))
            assert set(posted) == {202}
        digests = [place.digest(entry) for entry in entries]
        assert {second.end(digest)["state"] for digest in digests} == {"final"}
        assert {first.end(digest)["state"] for digest in digests} == {"final"}
        with Client.open(place.settings(relay=None)) as client, client.store.reading() as session:
            assert len(session.rows("SELECT holder FROM leases")) == 1
            sent = session.rows("SELECT nonce, state FROM outbox_transactions ORDER BY nonce")
        recorded = place.recorded()
    assert [recorded[digest] for digest in digests] == [1] * len(entries)
    nonces = [nonce for nonce, _ in sent]
    assert nonces == list(range(nonces[0], nonces[0] + len(nonces)))
    assert len({state for _, state in sent}) == 1  # none was abandoned: nobody else used its nonce


def test_the_other_gateway_takes_over(place):
    """Whoever holds the lease is killed; what it left is sent by the other when the lease is over."""
    with place.gateway(fault="prepared") as first:
        entry = place.declaration()
        assert first.post(entry) == 202
        assert first.program.wait(30)
        with place.gateway() as second:
            assert second.end(place.digest(entry))["state"] == "final"
    assert place.recorded()[place.digest(entry)] == 1
