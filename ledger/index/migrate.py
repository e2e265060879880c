"""Bringing a database to the tables of this version."""

from pathlib import Path
from typing import TYPE_CHECKING

from ledger.index.errors import StoreError
from ledger.index.schema import REVISION

if TYPE_CHECKING:
    from sqlalchemy import Connection


def upgrade(connection: "Connection") -> None:
    """Run the migrations that the database has not seen, inside the connection's transaction.

    Raises:
        StoreError: the database was made by a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, REVISION)
    except CommandError as error:
        raise StoreError(f"its tables are of another version: {error}") from None
