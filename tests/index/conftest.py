"""A fresh store for every test, on SQLite and on PostgreSQL; copied, since migrating takes longer than most tests."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from ledger.index.store import Store
from tests.index.streams import NETWORK
from tests.index.worlds import World

SERVER = os.environ.get("PASSAVANT_TEST_POSTGRES")
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def url(request, tmp_path) -> Iterator[str]:
    """Where there is nothing yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.db"
    else:
        with database() as made:
            yield made


@pytest.fixture(params=BOTH)
def store(request, tmp_path) -> Iterator[Store]:
    """Migrated, its network pinned."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store.db")
        yield from opened(f"sqlite:///{tmp_path}/store.db")
    else:
        with database(request.getfixturevalue("migrated_database").rpartition("/")[2]) as made:
            yield from opened(made)


@pytest.fixture
def world(store, tmp_path) -> World:
    return World(store, tmp_path)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("store") / "store.db"
    Store.open(str(path), NETWORK).close()
    return path


@pytest.fixture(scope="session")
def migrated_database() -> Iterator[str]:
    with database() as made:
        Store.open(made, NETWORK).close()
        yield made


def opened(url: str) -> Iterator[Store]:
    store = Store.open(url, NETWORK)
    yield store
    store.close()


@contextmanager
def database(template: str = "template1") -> Iterator[str]:
    if not SERVER:
        pytest.skip("PASSAVANT_TEST_POSTGRES is not set; scripts/with-postgres sets it")
    name = f"passavant_{uuid.uuid4().hex}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()
