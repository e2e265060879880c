"""Writing many rows at once, in plain SQL that both databases take: SQLAlchemy's own costs more than running it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

RowValues = Mapping[str, Any]


@cache
def _statement(table: "Table", columns: tuple[str, ...], mark: str, ending: str) -> str:
    marks = ", ".join([mark] * len(columns))
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks}) {ending}"  # noqa: S608 - our own names


@cache
def _over(table: "Table") -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    others = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.columns if not column.primary_key)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {others}"


def _write(connection: "Connection", table: "Table", rows: Iterable[RowValues], ending: str) -> int:
    listed = list(rows)
    if not listed:
        return 0
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    columns = tuple(listed[0])
    values = [tuple(row[name] for name in columns) for row in listed]
    return connection.exec_driver_sql(_statement(table, columns, mark, ending), values).rowcount


def insert(connection: "Connection", table: "Table", rows: Iterable[RowValues]) -> None:
    """Write new rows; all have the same columns."""
    _write(connection, table, rows, "")


def upsert(connection: "Connection", table: "Table", rows: Iterable[RowValues]) -> None:
    """Write whole rows by primary key, over whatever stood there."""
    _write(connection, table, rows, _over(table))


def insert_ignoring(connection: "Connection", table: "Table", rows: Iterable[RowValues]) -> None:
    """Write the rows whose keys are free."""
    _write(connection, table, rows, "ON CONFLICT DO NOTHING")


def insert_missing(connection: "Connection", table: "Table", row: RowValues) -> bool:
    """Write a row if its key is free; whether it was written."""
    return _write(connection, table, [row], "ON CONFLICT DO NOTHING") == 1


def values_of(one: object, names: Sequence[str]) -> dict[str, Any]:
    """Attributes as a row."""
    return {name: getattr(one, name) for name in names}
