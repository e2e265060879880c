"""The store: one database, SQLite by default, PostgreSQL by URL.

`Store.open` brings the tables up to date (a look at one row when they are) and pins the network. Reading a SQLite file
needs the standard library only; SQLAlchemy is imported by the first write. On SQLite the journal is a write-ahead log,
so that readers never wait, and ``synchronous`` is FULL: a transaction must be kept before it is sent, also when the
power fails; that costs one fsync a commit, and writers commit in groups.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.index.errors import StoreError
from ledger.index.network import Network, pin
from ledger.index.reading import BUSY_SECONDS, EngineReader, Reader, Session, SqliteReader
from ledger.index.schema import REVISION

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_SQLITE: Final = "sqlite"
_MEMORY: Final = "sqlite://"
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "secure_delete=ON",  # what is deleted is overwritten
)
_SCRUB_SECONDS: Final = 1.0
_ERASABLE: Final = "sealed, wraps, blobs, goods_private, evidence"
_ADVISORY: Final = 0x50415353


class Lock(IntEnum):
    """What a writer keeps other processes from doing meanwhile; SQLite has one writer at a time anyway."""

    NONE = 0
    INDEX = 1
    OUTBOX = 2
    SCHEMA = 3


class Store:
    """An open database. Safe to share between threads; several processes may open the same one."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        """Prepare; use `Store.open`."""
        self.url = url
        self.clock = clock

    @classmethod
    def open(cls, url: str, network: Network | None = None, clock: Callable[[], float] = time.time) -> "Store":
        """Open a database, with its tables brought up to date.

        Args:
            url: ``sqlite:///path`` or a plain path, ``sqlite://`` for one in memory, ``postgresql://...``.
            network: the network that the store is, or from now on will be, of; None opens it whatever it is of.
            clock: seconds since the epoch, for leases and challenges.

        Raises:
            StoreError: it can't be opened, or was made by a newer version.
            OtherNetworkError: it belongs to another network.
        """
        store = cls(_normal(url), clock)
        if store._revision() != REVISION:
            store._upgrade()
        if network is not None:
            pin(store, network)
        return store

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite."""
        return self.url.startswith(_SQLITE)

    @property
    def path(self) -> Path | None:
        """The SQLite file, if it is one."""
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite:///") else None

    def reading(self) -> AbstractContextManager[Session]:
        """One snapshot to read from."""
        session: AbstractContextManager[Session] = self._reader.session()
        return session

    @contextmanager
    def writing(self, lock: Lock = Lock.NONE) -> "Iterator[Connection]":
        """One transaction to write in: committed at the end, rolled back by an exception.

        Raises:
            StoreError: what the database said.
        """
        from sqlalchemy.exc import DBAPIError

        try:
            with self.engine.begin() as connection:
                if lock and not self.is_sqlite:
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_ADVISORY, int(lock)))
                yield connection
        except DBAPIError as error:
            raise StoreError(sentence(error.orig)) from None

    def scrub(self) -> bool:
        """Leave as little as possible of what was deleted in the files; False: somebody reads meanwhile, do it again.

        SQLite overwrites what is deleted (``secure_delete``), and its log is emptied here. PostgreSQL frees dead rows
        for reuse; its own log and backups are its operator's to expire.

        Raises:
            StoreError: what the database said.
        """
        if self.path is None and self.is_sqlite:
            return True
        try:
            return self._scrub_file(self.path) if self.path is not None else self._vacuum()
        except sqlite3.Error as error:
            raise StoreError(str(error)) from None

    @staticmethod
    def _scrub_file(path: Path) -> bool:
        connection = sqlite3.connect(path, timeout=_SCRUB_SECONDS, isolation_level=None)
        try:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.close()
        return not busy

    def _vacuum(self) -> bool:
        from sqlalchemy.exc import DBAPIError

        try:
            with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql(f"VACUUM {_ERASABLE}")
        except DBAPIError as error:
            raise StoreError(sentence(error.orig)) from None
        return True

    def close(self) -> None:
        """Give all connections back."""
        if "_reader" in self.__dict__:
            self._reader.close()
        if "engine" in self.__dict__:
            self.engine.dispose()

    @cached_property
    def engine(self) -> "Engine":
        """The engine behind `writing`."""
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import StaticPool

        if not self.is_sqlite:
            return create_engine(self.url, pool_pre_ping=True, hide_parameters=True)
        memory = {"poolclass": StaticPool} if self.url == _MEMORY else {}
        arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False, "isolation_level": None}
        engine = create_engine(self.url, connect_args=arguments, hide_parameters=True, **memory)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin_immediate)
        return engine

    @cached_property
    def _reader(self) -> Reader:
        if self.path is not None:
            return SqliteReader(str(self.path))
        if self.is_sqlite:
            return EngineReader(self.engine)
        return EngineReader(self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True))

    def _revision(self) -> str | None:
        if self.path is not None and not self.path.exists():
            return None
        try:
            with self.reading() as session:
                found = session.rows("SELECT version_num FROM alembic_version")
        except StoreError:
            return None  # no such table; whatever else is wrong, the upgrade will say
        return str(found[0][0]) if found else None

    def _upgrade(self) -> None:
        from ledger.index.migrate import upgrade

        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.writing(Lock.SCHEMA) as connection:
            upgrade(connection)


def sentence(error: object) -> str:
    """The first line of what a database said: the lines after it may quote values."""
    return (str(error).splitlines() or ["unknown"])[0]


def _normal(url: str) -> str:
    if "://" not in url:
        return f"sqlite:///{Path(url).absolute()}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return f"postgresql+psycopg://{url.removeprefix(prefix)}"
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise StoreError(f"{url.partition(':')[0]} is neither sqlite nor postgresql")
    return url


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: "Connection") -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
