"""Reading by plain SQL, so that a short-lived program answers before SQLAlchemy would have been imported.

A statement is portable text with ``?`` for each value; `Session.within` puts a list in place of ``{keys}``. A session
is one snapshot: every statement in it sees the same state of the database.
"""

import sqlite3
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from ledger.index.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Row = Sequence[Any]
CHUNK: Final = 10_000
BUSY_SECONDS: Final = 30.0


class Session(Protocol):
    """One snapshot of the database."""

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The rows of a statement."""

    def within(self, sql: str, keys: Collection[object], *values: object) -> list[Row]:
        """The rows of a statement whose ``{keys}`` stands for a list of keys; `values` are those after the list."""


class _Chunked:
    """What both kinds of session share."""

    def rows(self, sql: str, *values: object) -> list[Row]:
        raise NotImplementedError

    def within(self, sql: str, keys: Collection[object], *values: object) -> list[Row]:
        if not keys:
            return []
        found: list[Row] = []
        listed = list(keys)
        for start in range(0, len(listed), CHUNK):
            part = listed[start : start + CHUNK]
            found += self.rows(sql.replace("{keys}", ",".join("?" * len(part))), *part, *values)
        return found


class _SqliteSession(_Chunked):
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: object) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()


class EngineSession(_Chunked):
    """A session inside a SQLAlchemy connection: PostgreSQL, and what a writer reads inside its own transaction."""

    def __init__(self, connection: "Connection") -> None:
        """Read through a connection."""
        self._connection = connection
        self._mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The rows of a statement."""
        return list(self._connection.exec_driver_sql(sql.replace("?", self._mark), values).all())


class Reader(Protocol):
    """Gives sessions."""

    def session(self) -> Any:
        """A session, as a context manager."""

    def close(self) -> None:
        """Give everything back."""


class SqliteReader:
    """Sessions on a SQLite file through the standard library; connections are kept for the next session."""

    def __init__(self, path: str) -> None:
        """Read a file; it must exist when the first session begins."""
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One read transaction."""
        try:
            connection = self._take()
        except sqlite3.Error as error:
            raise StoreError(str(error)) from None
        try:
            connection.execute("BEGIN")
            yield _SqliteSession(connection)
        except sqlite3.Error as error:
            raise StoreError(str(error)) from None
        finally:
            connection.rollback()
            self._idle.append(connection)

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return sqlite3.connect(self._path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        """Close all idle connections."""
        while self._idle:
            self._idle.pop().close()


class EngineReader:
    """Sessions through a SQLAlchemy engine."""

    def __init__(self, engine: "Engine") -> None:
        """Read through an engine."""
        self._engine = engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One read transaction."""
        from sqlalchemy.exc import DBAPIError

        try:
            with self._engine.connect() as connection:
                yield EngineSession(connection)
        except DBAPIError as error:
            raise StoreError(str(error.orig)) from None

    def close(self) -> None:
        """Nothing of its own to close."""
