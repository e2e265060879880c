"""The two statements that SQL spells differently on every database, once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

RowValues = Mapping[str, Any]


def _insert(connection: Connection, table: Table) -> Any:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def upsert(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Write rows by primary key, over whatever stood there."""
    if not rows:
        return
    insert = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), rows)


def insert_missing(connection: Connection, table: Table, rows: Sequence[RowValues]) -> int:
    """Write the rows whose keys are free; how many were written."""
    written = 0
    for row in rows:
        written += connection.execute(_insert(connection, table).values(row).on_conflict_do_nothing()).rowcount
    return written


def insert(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Write new rows."""
    if rows:
        connection.execute(table.insert(), rows)


def insert_ignoring(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Write the rows whose keys are free, many at once."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)
