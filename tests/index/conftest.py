"""A fresh store for every test, on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from ledger.index.store import Store
from tests.index.streams import NETWORK
from tests.index.worlds import World

SERVER = os.environ.get("PASSAVANT_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.db"
    else:
        yield from database()


@pytest.fixture
def store(url) -> Iterator[Store]:
    opened = Store.open(url, NETWORK)
    yield opened
    opened.close()


def database() -> Iterator[str]:
    if not SERVER:
        pytest.skip("PASSAVANT_TEST_POSTGRES is not set; scripts/with-postgres sets it")
    name = f"passavant_{uuid.uuid4().hex}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER.rpartition('/')[0]}/{name}"
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


@pytest.fixture
def world(store, tmp_path) -> World:
    return World(store, tmp_path)
