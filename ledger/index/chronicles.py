"""Histories out of the events that the index keeps: of whole consignments, with the council's and recognition's own."""

from collections.abc import Collection
from typing import Final

from ledger.domain.codes import OrganisationKind
from ledger.domain.events import Recorded
from ledger.index.access import Access
from ledger.index.aeo import COMMON
from ledger.index.reading import Session
from ledger.index.rows import RECORDED, recorded

_EVENTS: Final = f"""
SELECT {RECORDED} FROM events JOIN blocks ON number = block
WHERE outcome = 0 AND ({COMMON} OR declaration IN (
    SELECT id FROM declarations WHERE consignment IN (
        SELECT consignment FROM declarations WHERE id IN (SELECT declaration FROM {{table}})
        INTERSECT SELECT consignment FROM declarations WHERE administration IN ({{keys}})
    )))
ORDER BY block, log
"""  # noqa: S608 - names of our own tables


def load_controlled(session: Session, administrations: Collection[int]) -> list[Recorded]:
    """Events of consignments with a control and a declaration bound to one of these administrations, in order."""
    return _load(session, "controls", administrations)


def load_recognised(session: Session, administrations: Collection[int]) -> list[Recorded]:
    """Events of consignments with a recognition and a declaration bound to one of these administrations, in order."""
    return _load(session, "recognitions", administrations)


def _load(session: Session, table: str, administrations: Collection[int]) -> list[Recorded]:
    rows = session.within(_EVENTS.replace("{table}", table), administrations)
    return [recorded(row) for row in rows]


def family(access: Access) -> frozenset[int] | None:
    """The administrations whose history a viewer may count: itself and those that it has taken over from.

    An auditor may count all there are. None: the viewer is neither an administration nor an auditor.
    """
    me = access.viewer
    if me is None or me.kind not in {OrganisationKind.ADMINISTRATION, OrganisationKind.AUDITOR}:
        return None
    if me.kind is OrganisationKind.AUDITOR:
        return frozenset(access.administrations)
    return frozenset(one for one in access.administrations if access.competent(one) == me.id)


def load_partners(session: Session, own: Collection[int]) -> frozenset[int]:
    """The administrations with which one of these has, or had, an arrangement."""
    rows = session.rows("SELECT first, second FROM arrangement_lines")
    pairs = [(row[0], row[1]) for row in rows] + [(row[1], row[0]) for row in rows]
    return frozenset(other for one, other in pairs if one in own)
