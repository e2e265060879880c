"""Opening a store: migrations, the network's pin, errors that say what to do."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import ledger.index
from ledger.index import schema
from ledger.index.columns import metadata
from ledger.index.errors import OtherNetworkError, StoreError
from ledger.index.network import pinned
from ledger.index.store import Store
from ledger.index.tables import meta
from tests.index.streams import NETWORK


def test_the_migrations_build_the_tables(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        kept = {row[1] for row in connection.exec_driver_sql("PRAGMA index_list(events)")} if store.is_sqlite else set()
    assert not store.is_sqlite or {"events_digest", "events_declaration"} <= kept


def test_the_fast_check_looks_for_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.REVISION]


def test_the_first_revision_can_be_taken_back(store):
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}


def test_opening_again_keeps_what_stands(url):
    first = Store.open(url, NETWORK)
    with first.writing() as connection:
        connection.execute(meta.insert(), {"key": "a", "value": "b"})
    first.close()
    again = Store.open(url, NETWORK)
    with again.reading() as session:
        assert session.rows("SELECT value FROM meta WHERE key = ?", "a") == [("b",)]
    assert pinned(again) == NETWORK
    again.close()


def test_a_store_of_another_network_is_refused(url):
    Store.open(url, NETWORK).close()
    with pytest.raises(OtherNetworkError, match="chain id is 31337 here, not 1") as caught:
        Store.open(url, replace(NETWORK, chain_id=1))
    assert caught.value.fact == "chain id"
    Store.open(url).close()


def test_a_failed_transaction_leaves_nothing(store):
    write = {"key": "a", "value": "b"}
    with pytest.raises(StoreError), store.writing() as connection:  # noqa: PT012
        connection.execute(meta.insert(), write)
        connection.execute(meta.insert(), write)
    with store.reading() as session:
        assert session.rows("SELECT value FROM meta WHERE key = ?", "a") == []


def test_the_databases_own_errors_do_not_leak(store):
    with pytest.raises(StoreError), store.writing() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    with pytest.raises(StoreError), store.reading() as session:
        session.rows("SELECT nothing FROM nowhere")


def test_errors_quote_no_values(store):
    with pytest.raises(StoreError) as caught, store.writing() as connection:
        connection.execute(meta.insert(), [{"key": "secret-key", "value": "1"}, {"key": "secret-key", "value": "2"}])
    assert "secret" not in str(caught.value)


def test_a_database_of_a_newer_version_is_refused(url):
    first = Store.open(url)
    with first.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    first.close()
    with pytest.raises(StoreError, match="another version"):
        Store.open(url)


def test_lists_longer_than_a_statement_takes(store):
    with store.reading() as session:
        found = session.within("SELECT key FROM meta WHERE key IN ({keys})", [*map(str, range(25_000)), "network"])
    assert found == [("network",)]


def test_a_store_in_memory():
    store = Store.open("sqlite://", NETWORK)
    with store.reading() as session:
        assert session.rows("SELECT count(*) FROM organisations") == [(2,)]
    assert store.path is None
    store.close()


def test_a_plain_path_is_a_sqlite_file(tmp_path):
    store = Store.open(str(tmp_path / "deep" / "store.db"))
    assert store.path == tmp_path / "deep" / "store.db"
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "oracle://host"])
def test_other_databases_are_refused(url):
    with pytest.raises(StoreError, match="neither sqlite nor postgresql"):
        Store.open(url)


def test_a_file_that_cannot_be_opened(tmp_path):
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreError):
        Store.open(f"sqlite:///{tmp_path}/store.db")


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "store.db").write_bytes(b"no database " * 1_000)
    with pytest.raises(StoreError):
        Store.open(f"sqlite:///{tmp_path}/store.db")


def test_postgres_urls_name_the_driver():
    assert Store("x").url == "x"
    with pytest.raises(StoreError):
        Store.open("postgres://nobody@127.0.0.1:1/none")


def test_reading_a_current_file_needs_neither_sqlalchemy_nor_alembic(tmp_path):
    url = f"sqlite:///{tmp_path}/store.db"
    Store.open(url, NETWORK).close()
    program = (
        "import sys; from ledger.index import Store, Queries, References\n"
        f"store = Store.open({url!r}); print(Queries(store).as_of())\n"
        "heavy = {'sqlalchemy', 'alembic', 'psycopg', 'coincurve', 'web3'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_public_face_is_what_it_says():
    for name in ledger.index.__all__:
        assert getattr(ledger.index, name).__name__ == name
    with pytest.raises(AttributeError, match="nonsense"):
        ledger.index.nonsense  # noqa: B018
    assert set(ledger.index.__all__) <= set(dir(ledger.index))
