"""The read model rebuilt from the chain alone, and compared."""

import pytest

from ledger.domain.codes import DecisionKind
from ledger.index.errors import StoreError
from ledger.index.replaying import replay
from ledger.index.store import Store
from tests.index.streams import GB


def stream(chain, size=2):
    for first in range(0, len(chain.blocks), size):
        blocks = chain.blocks[first : first + size]
        numbers = {block.number for block in blocks}
        yield blocks, [event for event in chain.events if event.position.block in numbers]


@pytest.fixture
def lived(world):
    one = world.chain.declare()
    world.chain.decide(one, DecisionKind.RELEASE)
    world.index()
    world.one = one
    return world


def test_a_faithful_index_agrees(lived):
    found = replay(lived.store, stream(lived.chain))
    assert found.block == lived.chain.blocks[-1]
    assert found.differences == []
    assert found.rows > 20


def test_what_the_index_has_not_seen_yet_is_no_difference(lived):
    lived.chain.declare()
    lived.chain.block()
    assert replay(lived.store, stream(lived.chain)).differences == []


def test_a_row_that_was_changed_is_found(lived):
    with lived.store.writing() as connection:
        connection.exec_driver_sql("UPDATE declarations SET status = 11")
        connection.exec_driver_sql(f"DELETE FROM organisations WHERE id = {GB}")
    status, gone = replay(lived.store, stream(lived.chain)).differences
    assert (status.table, status.key) == ("declarations", (f"0x{lived.one.hex()}",))
    assert status.live
    assert status.replayed
    assert (status.live["status"], status.replayed["status"]) == (11, 5)
    assert (gone.table, gone.key, gone.live) == ("organisations", (GB,), None)


def test_nothing_indexed_is_nothing_to_compare(store, world):
    found = replay(store, stream(world.chain))
    assert (found.block, found.differences) == (None, [])


def test_a_store_without_a_network(url):
    store = Store.open(url)
    with pytest.raises(StoreError, match="nothing to replay"):
        replay(store, [])
    store.close()
