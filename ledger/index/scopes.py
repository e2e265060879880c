"""Scopes: the goods items that decisions name. They are part of the status answer, and so in plain."""

from collections.abc import Mapping

import msgspec

from ledger.index.answers import Item
from ledger.index.sql import upsert
from ledger.index.store import Store
from ledger.index.tables import scopes


class Scopes:
    """The scopes of a store."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def put(self, root: bytes, items: Mapping[int, str | None]) -> None:
        """Keep which goods items, with which quantities, a decision's scope names."""
        listed = [Item(number, items[number]) for number in sorted(items)]
        with self._store.writing() as connection:
            upsert(connection, scopes, [{"root": root, "items": msgspec.json.encode(listed).decode()}])
