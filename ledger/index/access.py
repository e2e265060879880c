"""Who may see what. The gateway and the command line ask here, and nowhere else.

A declarant and its agent see their own declarations, an administration (and its agencies) those bound to it or to a
predecessor, an auditor every history without payloads and without references. A status reader sees the status of the
declarations of a declarant that granted it a transport reference. To anybody else nothing exists.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import IntEnum

from ledger.domain.codes import OrganisationKind, OrganisationStatus
from ledger.domain.participants import Organisation
from ledger.domain.state import DeclarationState
from ledger.index.freshness import stands_on
from ledger.index.participants import load_administrations, load_organisations
from ledger.index.reading import Session


class Level(IntEnum):
    """How much of a declaration somebody may see; each includes those before it."""

    NOTHING = 0
    STATUS = 1
    HISTORY = 2
    PAYLOAD = 3


class Directory:
    """Participants, kept while the index stands on the same block: only another block changes them."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._known: tuple[bytes | None, dict[int | None, Mapping[int, Organisation]]] = None, {}

    def administrations(self, session: Session, block: bytes | None) -> Mapping[int, Organisation]:
        """All administrations there ever were, by id; `block` is the hash of the block that the session stands on."""
        return self._read(session, block, None, lambda: load_administrations(session))

    def organisation(self, session: Session, block: bytes | None, name: int) -> Organisation | None:
        """An organisation by its id, if there is one."""
        return self._read(session, block, name, lambda: load_organisations(session, [name])).get(name)

    def _read(
        self, session: Session, block: bytes | None, which: int | None, load: Callable[[], Iterable[Organisation]]
    ) -> Mapping[int, Organisation]:
        kept_at, kept = self._known
        if kept_at != block:
            _, kept = self._known = block, {}
        found = kept.get(which)
        if found is None:
            found = {one.id: one for one in load()}
            if found and block is not None and stands_on(session) == block:  # a group may see another one's commit
                kept[which] = found
        return found


class Access:
    """One viewer's rights at one moment; `viewer` None is somebody without an organisation.

    Attributes:
        now: the moment, in seconds.
        administrations: all there ever were, by id.
        viewer: the organisation that asks.
        may_use_references: whether references mean anything to the viewer: an auditor works by ids.
    """

    def __init__(
        self, session: Session, viewer: int | None, now: int, directory: Directory, block: bytes | None
    ) -> None:
        """Learn who the viewer is; `block` is the hash of the block that the session stands on."""
        self.now = now
        self.administrations = directory.administrations(session, block)
        self.viewer = None if viewer is None else directory.organisation(session, block, viewer)
        self.may_use_references = self.viewer is not None and self.viewer.kind is not OrganisationKind.AUDITOR
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

    def sees(self, state: DeclarationState, tokens: Collection[bytes]) -> bool:
        """Whether a declaration, which these tokens led to, exists for the viewer by what it is."""
        return self.level(state) > Level.NOTHING and (not tokens or self.may_use_references)

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
