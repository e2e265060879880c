"""What the index tells of encryption keys: all versions with their windows, and which one to encrypt to."""

from ledger.domain.participants import FOREVER
from ledger.index.replaying import replay
from tests.index.streams import PLATFORM
from tests.index.test_replaying import stream

MLKEM = b"\x55" * 1_184


def current(world):
    keys = world.queries.participant(PLATFORM).encryption_keys
    return [key.version for key in keys if key.current]


def test_every_version_is_shown_with_its_parts(world):
    world.chain.publish(PLATFORM)
    world.chain.publish(PLATFORM, MLKEM)
    world.index()
    first, second = world.queries.participant(PLATFORM).encryption_keys
    assert (first.version, first.suite.name, first.mlkem) == (1, "X25519", b"")
    assert (second.version, second.suite.name, second.mlkem) == (2, "HYBRID", MLKEM)
    assert second.not_after == FOREVER
    listed = {one.id: one.encryption_keys for one in world.queries.participants().items}
    assert listed[PLATFORM] == (first, second)
    assert all(not keys for organisation, keys in listed.items() if organisation != PLATFORM)


def test_the_newest_whose_window_holds_is_the_one_to_encrypt_to(world):
    chain = world.chain
    world.now = now = chain.time + 1_000
    chain.publish(PLATFORM, not_before=now - 100)
    chain.publish(PLATFORM, not_before=now - 100)
    chain.publish(PLATFORM, not_before=now + 100)
    chain.publish(PLATFORM, not_before=now - 100, not_after=now)
    world.index()
    assert current(world) == [2]


def test_a_rollback_takes_a_key_back_and_a_replay_agrees(world):
    world.chain.publish(PLATFORM)
    world.index()
    world.chain.publish(PLATFORM, MLKEM)
    world.index()
    assert replay(world.store, stream(world.chain)).differences == []
    world.indexer.rollback(len(world.chain.blocks) - 2)
    assert [key.version for key in world.queries.participant(PLATFORM).encryption_keys] == [1]
