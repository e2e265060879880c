"""Where ciphertexts lie, by content hash: in the database unless another place is configured."""

from typing import Final, Protocol

from ledger.index.sql import insert_missing
from ledger.index.store import Store


class Blobs(Protocol):
    """Ciphertexts by hash (32 bytes). Nothing of them can be read without a key: the place need not be trusted."""

    @property
    def elsewhere(self) -> bool:
        """Whether it is outside the database, so that putting something there takes no part in a transaction."""

    def put(self, content_hash: bytes, content: bytes) -> None:
        """Keep content; it is there, whole, when this returns."""

    def get(self, content_hash: bytes) -> bytes | None:
        """The content of a hash; None when it is not there."""

    def delete(self, content_hash: bytes) -> None:
        """Destroy content; no matter whether it is there."""


def open_blobs(url: str | None, store: Store) -> Blobs:
    """The place of a URL; the store's own database without one.

    Raises:
        StoreError: it can't be used.
    """
    if url is None:
        return DatabaseBlobs(store)
    from ledger.index.objects import ObjectBlobs

    return ObjectBlobs(url)


class DatabaseBlobs:
    """Ciphertexts in the store's own database, in the transaction of what is written with them."""

    elsewhere: Final = False

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def put(self, content_hash: bytes, content: bytes) -> None:
        """Keep content."""
        from ledger.index.sealed_tables import blobs

        with self._store.writing() as connection:
            insert_missing(connection, blobs, {"content_hash": content_hash, "content": content})

    def get(self, content_hash: bytes) -> bytes | None:
        """The content of a hash."""
        with self._store.reading() as session:
            rows = session.rows("SELECT content FROM blobs WHERE content_hash = ?", content_hash)
        return bytes(rows[0][0]) if rows else None

    def delete(self, content_hash: bytes) -> None:
        """Destroy content."""
        from sqlalchemy import delete

        from ledger.index.sealed_tables import blobs

        with self._store.writing() as connection:
            connection.execute(delete(blobs).where(blobs.c.content_hash == content_hash))
