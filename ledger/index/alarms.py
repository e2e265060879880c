"""Alarms: what a person must look at. They stand until somebody clears them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.index.store import Store


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: its kind (one word), what happened, when (seconds), and when it was cleared, if it was."""

    id: int
    kind: str
    detail: str
    raised: float
    cleared: float | None


class Alarms:
    """The alarms of a store."""

    def __init__(self, store: "Store") -> None:
        """Use a store."""
        self._store = store

    def sound(self, kind: str, detail: str) -> None:
        """Raise an alarm; one that stands already is not raised again."""
        from ledger.index.tables import alarms

        if any((one.kind, one.detail) == (kind, detail) for one in self.standing()):
            return
        with self._store.writing() as connection:
            connection.execute(alarms.insert().values(kind=kind, detail=detail, raised=self._store.clock()))

    def clear(self, alarm: int) -> None:
        """Note that somebody dealt with it."""
        from ledger.index.tables import alarms

        with self._store.writing() as connection:
            one = alarms.update().where(alarms.c.id == alarm, alarms.c.cleared.is_(None))
            connection.execute(one.values(cleared=self._store.clock()))

    def standing(self) -> list[Alarm]:
        """Those that nobody cleared, oldest first."""
        return [one for one in self.all() if one.cleared is None]

    def all(self) -> list[Alarm]:
        """All there ever were, oldest first."""
        with self._store.reading() as session:
            return [
                Alarm(*row) for row in session.rows("SELECT id, kind, detail, raised, cleared FROM alarms ORDER BY id")
            ]
