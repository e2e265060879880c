"""Annexes of arrangements, by the hash that stands on the chain; in plain, because they are policy."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.domain.proposals import Annex
from ledger.index.reading import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection


def load_annexes(session: Session) -> Mapping[bytes, Annex]:
    """All that are known; they are few."""
    rows = session.rows("SELECT hash, content FROM annexes")
    return {bytes(row[0]): Annex.of_plain(json.loads(row[1])) for row in rows}


def keep_annex(connection: "Connection", annex: Annex) -> None:
    """Keep an annex; one that limits nothing has no hash, and needs none."""
    from ledger.index.sql import insert_missing
    from ledger.index.tables import annexes

    if annex.plain():
        insert_missing(connection, annexes, {"hash": annex.digest(), "content": annex.canonical()})
