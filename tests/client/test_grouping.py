"""Groups of writes, on SQLite and PostgreSQL."""

import os
import threading

import pytest

from ledger.client.grouping import GroupingStore
from ledger.index.alarms import Alarms
from ledger.index.errors import StoreError
from ledger.index.store import Lock
from tests.index.conftest import database

SERVER = os.environ.get("PASSAVANT_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request, tmp_path):
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{tmp_path}/store.db")
    elif SERVER:
        with database() as made:
            yield from opened(made)
    else:
        pytest.skip("PASSAVANT_TEST_POSTGRES is not set; scripts/with-postgres sets it")


def opened(url):
    store = GroupingStore.open(url)
    assert isinstance(store, GroupingStore)
    yield store
    store.close()


def kinds(store):
    return [one.kind for one in Alarms(store).standing()]


def failing(store, act):
    act()
    with store.writing() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")


def test_all_or_nothing(store):
    alarms = Alarms(store)
    with store.together():
        alarms.sound("one", "")
        with store.together():
            alarms.sound("two", "")
        assert kinds(store) == ["one", "two"]  # who writes sees it
        seen: list[str] = []
        other = threading.Thread(target=lambda: seen.extend(kinds(store)))
        other.start()
        other.join()
        assert seen == []  # nobody else does, yet
    assert kinds(store) == ["one", "two"]
    with pytest.raises(StoreError), store.together():
        failing(store, lambda: alarms.sound("three", ""))
    assert kinds(store) == ["one", "two"]


def test_what_is_done_afterwards(store):
    done: list[str] = []

    def act():
        done.append("done")

    store.afterwards(act)
    assert done == ["done"]
    with store.together():
        store.afterwards(act)
        store.afterwards(act)
        assert done == ["done"]
    assert done == ["done"] * 2
    with pytest.raises(StoreError), store.together():
        failing(store, lambda: store.afterwards(act))
    with store.together():
        pass
    assert done == ["done"] * 2


def test_errors_of_the_database(store):
    with pytest.raises(StoreError), store.together(), store.writing() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(StoreError, match="not written inside a group"), store.together(), store.writing(Lock.INDEX):
        pass
    with store.writing(Lock.INDEX):
        pass
    assert kinds(store) == []
