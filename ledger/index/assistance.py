"""Mutual assistance: requests between two administrations, for these two alone."""

from ledger.domain.codes import OrganisationKind
from ledger.index.access import Access
from ledger.index.reading import Session


def is_between(session: Session, access: Access, request: bytes) -> bool:
    """Whether the viewer is competent now for one of the two administrations of a request of assistance.

    Neither their agencies nor auditors are: contents are for the two alone.
    """
    me = access.viewer
    if me is None or me.kind is not OrganisationKind.ADMINISTRATION:
        return False
    rows = session.rows("SELECT administration, addressee FROM assistance WHERE digest = ?", request)
    return any(access.competent(one) == me.id for row in rows for one in row)
