"""What is recorded as erased and not destroyed in this store yet; cheap to import, as mostly it is nothing."""

from dataclasses import dataclass
from typing import Final

from ledger.index.store import Store

REMNANTS: Final = "remnants"
"""Key of the note that the files may still hold bytes of what was destroyed."""

_DUE: Final = (
    "SELECT e.declaration, e.version, v.commitment, e.author, e.digest FROM erasures e"
    " JOIN versions v ON v.declaration = e.declaration AND v.number = e.version"
    " LEFT JOIN erased_here h ON h.declaration = e.declaration AND h.version = e.version AND h.digest = e.digest"
    " WHERE h.digest IS NULL OR EXISTS"
    " (SELECT 1 FROM sealed s WHERE s.declaration = e.declaration AND s.commitment = v.commitment)"
    " ORDER BY e.declaration, e.version"
)


@dataclass(frozen=True, slots=True)
class Due:
    """An erased version whose content is still to be destroyed here; `author` and `digest`: of the erasure's record."""

    declaration: bytes
    version: int
    commitment: bytes
    author: int
    digest: bytes


def due(store: Store) -> list[Due]:
    """What is to be destroyed."""
    with store.reading() as session:
        return [Due(*row) for row in session.rows(_DUE)]


def has_remnants(store: Store) -> bool:
    """Whether the files are still to be scrubbed."""
    with store.reading() as session:
        return bool(session.rows("SELECT 1 FROM meta WHERE key = ?", REMNANTS))
