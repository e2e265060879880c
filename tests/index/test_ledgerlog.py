"""The ledger log of a store.

Invariants: its leaves are the founders' block and, in order, every block with an event; root and proofs are those of
the same blocks hashed anew; taking blocks back gives what the remaining ones had given.
"""

from dataclasses import replace

import pytest

from ledger.domain.codes import DecisionKind
from ledger.domain.transparency import leaf_hash, node_hash
from ledger.index.indexer import Indexer
from ledger.index.ledgerlog import leaf_at, path_of, root_of, size_of
from ledger.index.network import pin
from ledger.index.store import Store
from tests.domain.test_transparency import naive
from tests.index.streams import NETWORK, Chain


@pytest.fixture
def chain():
    """Nine blocks; 0 (the founders'), 1, 3, 4, 6 and 7 are ledger blocks."""
    made = Chain()
    first = made.declare()
    made.block()
    made.block()
    made.decide(first, DecisionKind.ACCEPT)
    made.declare()
    made.block()
    made.declare()
    made.block()
    made.block()
    made.decide(first, DecisionKind.RELEASE)
    made.block()
    made.declare()
    made.block()
    made.block()
    return made


LEDGER_BLOCKS = [0, 1, 3, 4, 6, 7]


def hashes(chain):
    return [chain.blocks[number].hash for number in LEDGER_BLOCKS]


def test_blocks_with_events_are_leaves(store, chain):
    Indexer(store).apply(chain.blocks, chain.events)
    with store.reading() as session:
        assert size_of(session) == len(LEDGER_BLOCKS)
        for size in range(1, len(LEDGER_BLOCKS) + 1):
            assert root_of(session, size) == naive(hashes(chain)[:size])
        found = [leaf_at(session, number) for number in range(9)]
    places = [(one.index, one.block, one.block_hash) for one in found if one]
    assert [block for _, block, _ in places] == [0, 1, 1, 3, 4, 4, 6, 7, 7]
    expected = [(index, number, chain.blocks[number].hash) for index, number in enumerate(LEDGER_BLOCKS)]
    assert list(dict.fromkeys(places)) == expected


def test_a_leaf_s_path_leads_to_the_root(store, chain):
    Indexer(store).apply(chain.blocks, chain.events)
    with store.reading() as session:
        one, two = path_of(session, 5, 6), path_of(session, 2, 4)
    leaves = [leaf_hash(block) for block in hashes(chain)]
    assert one == (leaves[4], node_hash(node_hash(leaves[0], leaves[1]), node_hash(leaves[2], leaves[3])))
    assert two == (leaves[3], node_hash(leaves[0], leaves[1]))


@pytest.mark.parametrize("size", [1, 2, 100])
def test_in_parts_it_is_the_same(store, chain, size):
    indexer = Indexer(store)
    for start in range(0, len(chain.blocks), size):
        part = chain.blocks[start : start + size]
        numbers = {block.number for block in part}
        indexer.apply(part, [event for event in chain.events if event.position.block in numbers])
    with store.reading() as session:
        assert root_of(session, size_of(session)) == naive(hashes(chain))


@pytest.mark.parametrize("to_block", range(-1, 9))
def test_it_is_taken_back_with_the_chain(store, chain, to_block):
    indexer = Indexer(store)
    indexer.apply(chain.blocks, chain.events)
    indexer.rollback(to_block)
    kept = [number for number in LEDGER_BLOCKS if number <= to_block]
    with store.reading() as session:
        assert size_of(session) == len(kept)
        assert root_of(session, len(kept)) == naive([chain.blocks[number].hash for number in kept])
    indexer.apply(chain.blocks, chain.events)
    with store.reading() as session:
        assert root_of(session, size_of(session)) == naive(hashes(chain))


def test_a_store_that_an_earlier_version_began_catches_up(tmp_path, chain):
    path = str(tmp_path / "old.db")
    earlier = Store.open(path, replace(NETWORK, founded_in=None))
    Indexer(earlier).apply(chain.blocks[:8], [event for event in chain.events if event.position.block < 8])
    with earlier.reading() as session:
        assert size_of(session) == 0
        assert leaf_at(session, 7) is None
    pin(earlier, NETWORK)
    Indexer(earlier).apply(chain.blocks, chain.events)
    with earlier.reading() as session:
        assert root_of(session, size_of(session)) == naive(hashes(chain))
    earlier.close()
