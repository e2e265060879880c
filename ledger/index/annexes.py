"""Annexes of arrangements, by the hash that stands on the chain; in plain, because they are policy."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ledger.domain.annexes import Annexed, AnnexVerdict, Judged
from ledger.domain.proposals import Annex
from ledger.domain.records import Recognition
from ledger.domain.wire import ZERO
from ledger.index.access import Access
from ledger.index.goods import GoodsIndex, Place
from ledger.index.reading import Session
from ledger.index.recognitions import load_arrangements, load_grants

if TYPE_CHECKING:
    from sqlalchemy import Connection


def load_annexes(session: Session) -> Mapping[bytes, Annex]:
    """All that are known; they are few."""
    rows = session.rows("SELECT hash, content FROM annexes")
    return {bytes(row[0]): Annex.of_plain(json.loads(row[1])) for row in rows}


def load_annexed(session: Session, goods: GoodsIndex, places: Iterable[Place]) -> Annexed:
    """The annexes that are known, and what is known of the goods of versions."""
    return Annexed(load_annexes(session), goods.load(session, places))


def judge(session: Session, access: Access, goods: GoodsIndex, record: Recognition) -> Judged:
    """What the annexes of its arrangement say of a recognition, as far as is known here.

    Only of a declaration that is its author's own, so that nobody asks about others' goods by recognising for them.
    """
    joined = "versions v JOIN declarations d ON d.id = v.declaration"
    sql = f"SELECT v.commitment, d.administration FROM {joined} WHERE v.declaration = ? AND v.number = ?"  # noqa: S608
    rows = session.rows(sql, record.declaration, record.version)
    if not rows or access.competent(rows[0][1]) != record.administration:
        return Judged(AnnexVerdict.NONE)  # the ledger refuses it
    commitment = rows[0][0]
    known = load_arrangements(session)
    known.grants.update(load_grants(session, {record.aeo} - {ZERO}))
    annexed = load_annexed(session, goods, [(record.declaration, commitment)])
    return annexed.judge(known, record, commitment, access.now)


def keep_annex(connection: "Connection", annex: Annex) -> None:
    """Keep an annex; one that limits nothing has no hash, and needs none."""
    from ledger.index.sql import insert_missing
    from ledger.index.tables import annexes

    if annex.plain():
        insert_missing(connection, annexes, {"hash": annex.digest(), "content": annex.canonical()})
