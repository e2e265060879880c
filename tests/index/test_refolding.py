"""A store that was made before there was a work list has one after its upgrade."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from ledger.index import schema
from ledger.index.refolding import refold_work
from ledger.index.replaying import replay
from ledger.index.store import Store
from tests.index.streams import NETWORK
from tests.index.test_recognitions import Web
from tests.index.test_replaying import stream
from tests.index.worlds import World

BEFORE = "0007"
ITEMS = "SELECT * FROM work_items ORDER BY block, log, place"


def test_an_upgrade_folds_what_the_store_has(url, tmp_path):
    world = World(Store.open(url, NETWORK), tmp_path)
    web = Web(world)
    control = web.chain.control(web.exported)
    web.release(web.recognise(control))
    web.chain.control(web.exported, supersedes=control, outcome=4)
    world.index()
    with world.store.reading() as session:
        items = session.rows(ITEMS)
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    with world.store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    world.store.close()
    again = Store.open(url, NETWORK)
    with again.reading() as session:
        assert [tuple(row) for row in session.rows(ITEMS)] == [tuple(row) for row in items]
    assert len(items) == 4
    assert replay(again, stream(web.chain)).differences == []
    again.close()


def test_a_store_without_events_has_nothing_to_fold(store):
    with store.writing() as connection:
        refold_work(connection)
    with store.reading() as session:
        assert session.rows(ITEMS) == []
