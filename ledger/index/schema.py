"""Which revision of the tables this version reads and writes; cheap to import, unlike Alembic."""

from typing import Final

REVISION: Final = "0009"
