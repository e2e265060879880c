"""The indexer: folds, refuses what does not fit, and comes back to any earlier block exactly.

Invariants: any prefix, reached by rollback from anywhere, has the rows of folding that prefix; any chunking gives the
same rows; whatever is given twice counts once.
"""

import multiprocessing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.codes import OrganisationKind
from ledger.domain.events import Recorded
from ledger.index.errors import ForkError, StoreError
from ledger.index.indexer import Indexer
from ledger.index.reading import EngineSession
from ledger.index.replaying import FOLDED
from ledger.index.rows import load_declarations
from ledger.index.store import Store
from tests.index.busy import BUSY
from tests.index.streams import AGENT, CN, NETWORK, PLATFORM, peopled


def rows(store) -> dict[str, list[tuple[Any, ...]]]:
    tables = (*FOLDED, "events", "blocks")
    with store.reading() as session:
        return {name: sorted(map(tuple, session.rows(f"SELECT * FROM {name}")), key=repr) for name in tables}


def test_the_folded_rows_are_the_folded_state(store):
    indexer = Indexer(store)
    assert indexer.cursor() is None
    assert indexer.apply(BUSY.blocks, BUSY.events) == len(BUSY.events)
    assert indexer.cursor() == BUSY.blocks[-1]
    assert indexer.block(3) == BUSY.blocks[3]
    assert indexer.block(99) is None
    with store.reading() as session:
        kept = load_declarations(session, list(BUSY.declarations))
        assert {one: folded.state for one, folded in kept.items()} == BUSY.declarations
        organisations = {row[0]: row[1] for row in session.rows("SELECT id, head FROM organisations")}
        authors = session.rows("SELECT number, author FROM versions ORDER BY author, number")
    assert organisations == {one.id: one.head for one in BUSY.participants.organisations.values()}
    assert authors == [(2, CN), (1, PLATFORM), (1, PLATFORM), (1, PLATFORM), (2, PLATFORM), (1, AGENT)]


def test_giving_anything_twice_counts_once(store):
    indexer = Indexer(store)
    blocks, events = BUSY.upto(4)
    indexer.apply(blocks, events)
    assert indexer.apply(blocks, events) == 0
    assert indexer.apply(BUSY.blocks, BUSY.events) == len(BUSY.events) - len(events)
    assert indexer.apply([], []) == 0


@pytest.fixture(scope="module")
def prefixes():
    """The rows after each prefix, folded at once."""
    found = []
    for block in BUSY.blocks:
        store = Store.open("sqlite://", NETWORK)
        Indexer(store).apply(*BUSY.upto(block.number))
        found.append(rows(store))
        store.close()
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, len(BUSY.blocks) - 1), max_size=6))
def test_any_walk_forth_and_back_comes_to_the_fold_of_the_prefix(prefixes, stops):
    store = Store.open("sqlite://", NETWORK)
    indexer = Indexer(store)
    for stop in stops:
        stands = indexer.cursor()
        if stands and stands.number > stop:
            indexer.rollback(stop)
        else:
            indexer.apply(*BUSY.upto(stop))
        assert rows(store) == prefixes[stop]
    store.close()


def test_rolling_back_on_either_database(store):
    indexer = Indexer(store)
    indexer.apply(*BUSY.upto(4))
    before = rows(store)
    indexer.apply(BUSY.blocks, BUSY.events)
    lost = indexer.rollback(4)
    assert lost == [event.digest for event in BUSY.events if event.position.block > 4 and isinstance(event, Recorded)]
    assert rows(store) == before
    indexer.rollback(-1)
    assert indexer.cursor() is None
    assert not rows(store)["declarations"]
    assert len(rows(store)["organisations"]) == 2


def test_going_on_along_another_branch(store):
    indexer = Indexer(store)
    indexer.apply(BUSY.blocks, BUSY.events)
    other = BUSY.branch(4, b"fork")
    other.declare()
    other.block()
    with pytest.raises(ForkError) as caught:
        indexer.apply(other.blocks, other.events)
    assert caught.value.number == 5
    assert "block 5" in str(caught.value)
    indexer.rollback(4)
    indexer.apply(other.blocks, other.events)
    fresh = Store.open("sqlite://", NETWORK)
    Indexer(fresh).apply(other.blocks, other.events)
    assert rows(store) == rows(fresh)


def test_a_store_without_a_network_is_not_indexed(url):
    store = Store.open(url)
    with pytest.raises(StoreError, match="not pinned"):
        Indexer(store)
    store.close()


def test_writers_read_what_they_wrote(store):
    Indexer(store).apply(*BUSY.upto(2))
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM holds")
        assert EngineSession(connection).rows("SELECT count(*) FROM holds") == [(0,)]


def test_organisations_of_all_kinds_are_kept(store):
    chain = peopled()
    Indexer(store).apply(chain.blocks, chain.events)
    with store.reading() as session:
        kinds = {row[0] for row in session.rows("SELECT kind FROM organisations")}
    assert kinds == set(OrganisationKind)


def index_all(url: str, queue) -> None:
    store = Store.open(url, NETWORK)
    indexer = Indexer(store)
    for block in BUSY.blocks:
        indexer.apply(*BUSY.upto(block.number))
    queue.put(indexer.cursor() == BUSY.blocks[-1])
    store.close()


def test_two_processes_index_one_store(url, prefixes):
    Store.open(url, NETWORK).close()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=index_all, args=(url, queue)) for _ in range(2)]
    for process in processes:
        process.start()
    assert [queue.get(timeout=120) for _ in processes] == [True, True]
    for process in processes:
        process.join()
    store = Store.open(url, NETWORK)
    assert rows(store) == prefixes[-1]
    store.close()
