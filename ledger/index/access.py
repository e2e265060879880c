"""Who may see what. The gateway and the command line ask here, and nowhere else.

A declarant and its agent see their own declarations, an administration (and its agencies) those bound to it or to a
predecessor, an auditor every history without payloads and without references. A status reader sees the status of the
declarations of a declarant that granted it a transport reference. To anybody else nothing exists.
"""

from collections.abc import Collection
from enum import IntEnum

from ledger.domain.codes import OrganisationKind, OrganisationStatus
from ledger.domain.state import DeclarationState
from ledger.index.participants import load_administrations, load_organisations
from ledger.index.reading import Session


class Level(IntEnum):
    """How much of a declaration somebody may see; each includes those before it."""

    NOTHING = 0
    STATUS = 1
    HISTORY = 2
    PAYLOAD = 3


class Access:
    """One viewer's rights at one moment; `viewer` None is somebody without an organisation."""

    def __init__(self, session: Session, viewer: int | None, now: int) -> None:
        """Read who the viewer is."""
        self.now = now
        self.administrations = {one.id: one for one in load_administrations(session)}
        found = [] if viewer is None else load_organisations(session, [viewer])
        self.viewer = found[0] if found else None
        self._session = session

    def level(self, state: DeclarationState) -> Level:
        """How much of a declaration the viewer may see by what it is."""
        me = self.viewer
        if me is None:
            return Level.NOTHING
        if me.kind is OrganisationKind.OPERATOR:
            return Level.PAYLOAD if me.id in (state.declarant, state.agent) else Level.NOTHING
        if me.kind is OrganisationKind.AUDITOR:
            return Level.HISTORY
        if me.administration != self.competent(state.administration):
            return Level.NOTHING
        return Level.PAYLOAD if me.kind is OrganisationKind.ADMINISTRATION else Level.HISTORY

    @property
    def may_use_references(self) -> bool:
        """Whether references mean anything to the viewer: an auditor works by ids."""
        return self.viewer is not None and self.viewer.kind is not OrganisationKind.AUDITOR

    def competent(self, administration: int) -> int:
        """The administration that is competent now: itself, or whoever took over."""
        known = self.administrations.get(administration)
        while known and known.successor and known.status_at(self.now) is OrganisationStatus.SUCCEEDED:
            administration = known.successor
            known = self.administrations.get(administration)
        return administration

    def country(self, administration: int) -> str:
        """The country of an administration, or empty."""
        known = self.administrations.get(administration)
        return known.country.decode("ascii", "replace").strip("\0") if known else ""

    def granted(self, tokens: Collection[bytes]) -> set[tuple[int, bytes]]:
        """Per token, the declarants that let the viewer read the status under it now."""
        if self.viewer is None:
            return set()
        sql = (
            "SELECT declarant, token FROM readers WHERE token IN ({keys})"
            " AND reader = ? AND valid_from <= ? AND valid_until > ?"
        )
        rows = self._session.within(sql, tokens, self.viewer.id, self.now, self.now)
        return {(row[0], row[1]) for row in rows}
