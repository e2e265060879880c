"""The keyed index of goods: HS chapters and modes at the border of the versions whose content was made or opened here.

Neither stands in the database: what is kept is a token for each, HMAC-SHA256 under the index key. They are few, so
whoever has the key reads them all back, and whoever has the database alone sees which versions share one.

A version is named by its commitment, since an amendment is sealed before it has a number. Columns of
`goods_private`: declaration, commitment, token.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Final

from ledger.domain.proposals import Goods
from ledger.index.reading import Session
from ledger.index.references import References
from ledger.index.sql import insert_ignoring
from ledger.index.store import Store

Place = tuple[bytes, bytes]
"""A version: its declaration, and its commitment."""

_CHAPTERS: Final = ("", *(f"{number:02}" for number in range(100)))
"""Every chapter; "" for an item that names none, 00 for what is no chapter."""
_MODES: Final = range(10)
"""Every mode (UN/CEFACT recommendation 19); 0 also for what is none."""


class GoodsIndex:
    """The goods of a store."""

    def __init__(self, store: Store, references: References) -> None:
        """Use a store, and the index key of its references."""
        self._store = store
        self._references = references

    def chapter(self, value: str) -> bytes:
        """The token of an HS chapter, two digits; of a version with an item that names none, also that of ""."""
        return self._references.keyed(f"goods/chapter/{value if value in _CHAPTERS else '00'}".encode())

    def mode(self, value: int) -> bytes:
        """The token of a mode of transport at the border."""
        return self._references.keyed(f"goods/mode/{value if value in _MODES else 0}".encode())

    def note(self, declaration: bytes, commitment: bytes, goods: Goods) -> None:
        """Keep what is told of the goods of a version, which its commitment fixes: once is enough."""
        tokens = {*map(self.chapter, goods.chapters), *map(self.mode, goods.modes)}
        sql = "SELECT token FROM goods_private WHERE declaration = ? AND commitment = ?"
        with self._store.reading() as session:
            tokens -= {row[0] for row in session.rows(sql, declaration, commitment)}
        if tokens:
            from ledger.index.sealed_tables import goods_private

            row = {"declaration": declaration, "commitment": commitment}
            with self._store.writing() as connection:
                insert_ignoring(connection, goods_private, [{**row, "token": one} for one in sorted(tokens)])

    def load(self, session: Session, places: Iterable[Place]) -> Mapping[Place, Goods]:
        """What is known of the goods of versions; those of which nothing is known are left out."""
        wanted = set(places)
        sql = "SELECT declaration, commitment, token FROM goods_private WHERE declaration IN ({keys})"
        found: dict[Place, set[bytes]] = {}
        for declaration, commitment, token in session.within(sql, {place[0] for place in wanted}):
            if (declaration, commitment) in wanted:
                found.setdefault((declaration, commitment), set()).add(token)
        return {place: self._told(tokens) for place, tokens in found.items()}

    def _told(self, tokens: Collection[bytes]) -> Goods:
        chapters, modes = self._meanings
        return Goods(
            frozenset(chapters[one] for one in tokens if one in chapters),
            frozenset(modes[one] for one in tokens if one in modes),
        )

    @cached_property
    def _meanings(self) -> tuple[Mapping[bytes, str], Mapping[bytes, int]]:
        return {self.chapter(one): one for one in _CHAPTERS}, {self.mode(one): one for one in _MODES}
