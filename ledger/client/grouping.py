"""Several writes as one transaction: kept whole or not at all, and one wait for the disk instead of many."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from ledger.index.errors import StoreError
from ledger.index.reading import EngineSession, Session
from ledger.index.store import Lock, Store

if TYPE_CHECKING:
    from sqlalchemy import Connection


class _Joined(threading.local):
    """What a thread has open: its transaction, and what is to be done once that is kept."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.afterwards: dict[Callable[[], None], None] = {}


class GroupingStore(Store):
    """A store whose callers can join what they write. Other threads and processes see all of it at once, or nothing."""

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        """Use `GroupingStore.open`."""
        super().__init__(url, clock)
        self._joined = _Joined()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for whatever this thread writes inside; what it reads there includes it.

        An exception takes all of it back. Inside another group this is part of that one.

        Raises:
            StoreError: what the database said.
        """
        if self._joined.connection is not None:
            yield
            return
        try:
            with super().writing(Lock.OUTBOX) as connection:
                self._joined.connection = connection
                try:
                    yield
                finally:
                    self._joined.connection = None
            for act in self._joined.afterwards:
                act()
        finally:
            self._joined.afterwards.clear()

    @property
    def is_grouping(self) -> bool:
        """Whether this thread has a group open, inside which the chain can't be followed."""
        return self._joined.connection is not None

    def afterwards(self, act: Callable[[], None]) -> None:
        """Do something once what this thread has written is kept: now, or when its group is, and then once only."""
        if self._joined.connection is None:
            act()
        else:
            self._joined.afterwards[act] = None

    def reading(self) -> AbstractContextManager[Session]:
        """One snapshot to read from; in a group, with what was written in it."""
        if self._joined.connection is None:
            return super().reading()
        return nullcontext(EngineSession(self._joined.connection))

    @contextmanager
    def writing(self, lock: Lock = Lock.NONE) -> "Iterator[Connection]":
        """One transaction to write in; in a group, the group's, which keeps other processes from the outbox only.

        Raises:
            StoreError: what the database said; or the read model would be written in a group.
        """
        joined = self._joined.connection
        if joined is None:
            with super().writing(lock) as connection:
                yield connection
        elif lock in {Lock.NONE, Lock.OUTBOX}:
            yield joined
        else:
            raise StoreError("the read model is not written inside a group")
