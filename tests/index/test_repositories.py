"""Ingested messages and challenges."""

from ledger.index.challenges import Challenges
from ledger.index.ingested import Ingested, IngestedMessage
from ledger.index.store import Store
from tests.index.streams import address, hashed


def test_messages_are_known_by_their_keys(store):
    ingested = Ingested(store)
    one = IngestedMessage(hashed(b"1"), "notice 09", "recorded", hashed(b"digest"))
    two = IngestedMessage(hashed(b"2"), "movement", "evidence")
    ingested.add([one, two])
    ingested.add([IngestedMessage(one.key, "notice 09", "again")])
    ingested.add([])
    assert ingested.known([one.key, hashed(b"3")]) == {one.key: one}
    assert ingested.counts() == [("movement", "evidence", 1), ("notice 09", "recorded", 1)]
    ingested.forget([one.key])
    assert ingested.known([one.key, two.key]) == {two.key: two}


def test_a_challenge_is_used_once_by_its_key_in_time(url):
    now = [0.0]
    store = Store.open(url, clock=lambda: now[0])
    challenges = Challenges(store)
    nonce = challenges.issue(address("me"), 60)
    assert not challenges.use(nonce, address("other"))
    assert challenges.use(nonce, address("me"))
    assert not challenges.use(nonce, address("me"))
    late = challenges.issue(address("me"), 60)
    now[0] = 60
    assert not challenges.use(late, address("me"))
    challenges.issue(address("me"), 60)
    with store.reading() as session:
        assert session.rows("SELECT count(*) FROM challenges") == [(1,)]
    store.close()
