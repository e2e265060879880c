"""Challenges of sessions: each is issued once, used once, and soon forgotten."""

import secrets

from sqlalchemy import delete

from ledger.index.sql import insert
from ledger.index.store import Store
from ledger.index.tables import challenges

NONCE = 32


class Challenges:
    """The open challenges of a store."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def issue(self, address: bytes, seconds: float) -> bytes:
        """A fresh nonce (32 random bytes) for a key's address; challenges that ran out are forgotten meanwhile."""
        nonce, now = secrets.token_bytes(NONCE), self._store.clock()
        with self._store.writing() as connection:
            connection.execute(delete(challenges).where(challenges.c.expires <= now))
            insert(connection, challenges, [{"nonce": nonce, "address": address, "expires": now + seconds}])
        return nonce

    def use(self, nonce: bytes, address: bytes) -> bool:
        """Use a challenge up; True once, for the address that it was issued for, in time."""
        table = challenges.c
        mine = delete(challenges).where(table.nonce == nonce, table.address == address)
        with self._store.writing() as connection:
            return connection.execute(mine.where(table.expires > self._store.clock())).rowcount == 1
