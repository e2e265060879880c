"""What has to be kept until when: each version of a viewer's declarations, with the day and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.domain.codes import OrganisationKind, Status
from ledger.domain.retention import Retention, why_open
from ledger.index.access import Access
from ledger.index.folding import Folded
from ledger.index.listing import load_versions
from ledger.index.reading import Session
from ledger.index.rows import load_declarations


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """Until when a version's content has to be kept.

    Attributes:
        country: whose period counts: the competent administration's.
        due_at: from when on it may be erased (seconds); None while the procedure is open.
        due: whether that is now.
        why: the period and its source, or what is still open.
        erased_at: when its erasure was recorded (seconds); None: it was not.
    """

    declaration: bytes
    version: int
    country: str
    status: Status
    due_at: int | None
    due: bool
    why: str
    erased_at: int | None


def retained(session: Session, access: Access, retention: Retention) -> list[Retained]:
    """All versions that a viewer may erase, by declaration."""
    found = load_declarations(session, _own(session, access)).values()
    ordered = sorted(found, key=lambda one: one.opened)
    return [line for one in ordered for line in of_declaration(session, access, retention, one)]


def of_declaration(session: Session, access: Access, retention: Retention, one: Folded) -> Iterable[Retained]:
    """The versions of one declaration."""
    state, status = one.state, one.state.standing.status
    country = access.country(access.competent(state.administration))
    period = retention.period(country, status)
    still_open = why_open(state.standing, state.regime)
    moment = one.facts.standing.effective if one.facts.standing else one.lodged_at
    due_at = None if still_open else period.ends(moment)
    why = still_open or f"{period.years} years from the {_SINCE[period.start.value]} ({period.source})"
    for version in load_versions(session, state.id):
        yield Retained(
            declaration=state.id,
            version=version.number,
            country=country,
            status=status,
            due_at=due_at,
            due=due_at is not None and due_at <= access.now,
            why=why,
            erased_at=version.erased.time if version.erased else None,
        )


_SINCE = {"day": "day of the decision", "year-end": "end of the year of the decision"}


def _own(session: Session, access: Access) -> list[bytes]:
    viewer = access.viewer
    if viewer is None:
        return []
    if viewer.kind is OrganisationKind.OPERATOR:
        rows = session.rows("SELECT id FROM declarations WHERE declarant = ? OR agent = ?", viewer.id, viewer.id)
    elif viewer.kind is OrganisationKind.ADMINISTRATION:
        theirs = [one for one in access.administrations if access.competent(one) == viewer.id]
        rows = session.within("SELECT id FROM declarations WHERE administration IN ({keys})", theirs)
    else:
        rows = []
    return [row[0] for row in rows]
