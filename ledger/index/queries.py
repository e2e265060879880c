"""The questions that the index answers, each from one snapshot of the store."""

import time
from collections.abc import Callable, Iterable, Sequence

from ledger.index.access import Access, Directory, Level
from ledger.index.answers import Answer, AsOf, StatusAnswer, answered
from ledger.index.assistance import load_about, records_of, with_state
from ledger.index.folding import Folded
from ledger.index.freshness import FRESH, Freshness, as_of, stands_on
from ledger.index.history import DeclarationAnswer, Entry, FeedItem, Page, ParticipantAnswer, RecordAnswer
from ledger.index.listing import declaration_shown, load_versions, participant_shown, participants_page
from ledger.index.lookup import Lookup, Meant, StatusQuery, load_scopes
from ledger.index.progress import progress_of
from ledger.index.reading import Session
from ledger.index.recognitions import load_walk, reliance_of
from ledger.index.references import References
from ledger.index.rows import load_declarations
from ledger.index.status import Desk
from ledger.index.store import Store
from ledger.index.timeline import Timeline, feed

MOST_QUERIES = 10_000


class Queries:
    """Answers from a store's read model.

    `viewer` is everywhere the id of the organisation that asks, None for somebody without one. Whatever a viewer may
    not see is answered like what does not exist.
    """

    def __init__(
        self, store: Store, references: References | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """Answer from a store; without `references` only declaration ids are understood."""
        self._store = store
        self._references = references
        self._clock = clock
        self._directory = Directory()

    def as_of(self, freshness: Freshness = FRESH) -> AsOf:
        """As of which block answers are."""
        with self._store.reading() as session:
            return as_of(session, freshness)

    def status(self, query: StatusQuery, viewer: int | None, freshness: Freshness = FRESH) -> StatusAnswer:
        """Is it released?"""
        return self.statuses([query], viewer, freshness)[0]

    def statuses(
        self, queries: Sequence[StatusQuery], viewer: int | None, freshness: Freshness = FRESH
    ) -> list[StatusAnswer]:
        """The answers to up to 10,000 questions, in order."""
        with self._store.reading() as session:
            moment = as_of(session, freshness)
            if not freshness.allows(moment):
                return [answered(moment, answer=Answer.UNKNOWN)] * len(queries)
            access = Access(session, viewer, self._now(), self._directory, moment.block_hash)
            meant = Lookup(session, self._references, str(viewer)).find(queries)
            grants = access.granted(_needing_grants(access, meant))
            roots = {part.scope for one in meant for folded, _ in one.declarations for part in folded.facts.parts}
            withdrawn = _withdrawn(session, (one for each in meant for one, _ in each.declarations))
            desk = Desk(access, moment, grants, load_scopes(session, roots), withdrawn)
        return [desk.answer(query, one) for query, one in zip(queries, meant, strict=True)]

    def resolve(self, query: StatusQuery, viewer: int | None) -> list[bytes]:
        """The declarations that a reference names and whose history the viewer may see, oldest first."""
        with self._store.reading() as session:
            access = self.access(session, viewer)
            return self._visible(access, Lookup(session, self._references, str(viewer)).find([query])[0])

    def declaration(self, declaration: bytes, viewer: int | None) -> DeclarationAnswer | None:
        """A declaration; None when there is none for the viewer."""
        with self._store.reading() as session:
            folded = load_declarations(session, [declaration]).get(declaration)
            access = self.access(session, viewer)
            if folded is None or access.level(folded.state) < Level.HISTORY:
                return None
            competent = access.competent(folded.state.administration)
            reliance = reliance_of(session, folded.state)
            return declaration_shown(folded, load_versions(session, declaration), competent, reliance, as_of(session))

    def provenance(self, query: StatusQuery, viewer: int | None) -> list[Entry]:
        """The timeline of what a reference names, with evidence and refusals; empty for whom it does not concern."""
        with self._store.reading() as session:
            access = self.access(session, viewer)
            meant = Lookup(session, self._references, str(viewer)).find([query])[0]
            visible = self._visible(access, meant)
            requests = load_about(session, access, visible)
            entries = Timeline(session).entries(visible, meant.tokens if visible else (), records_of(requests))
            return with_state(entries, requests, access.now)

    def record(self, digest: bytes, viewer: int | None = None) -> RecordAnswer:
        """What became of a record. Digests are not guessable: whoever has one may ask."""
        del viewer
        with self._store.reading() as session:
            return progress_of(session, digest, as_of(session))

    def events(self, after: str | None = None, limit: int = 1_000) -> Page[FeedItem]:
        """The feed of all events after a cursor, in the chain's order.

        Raises:
            CursorError: the cursor is not of this index's chain.
        """
        with self._store.reading() as session:
            return feed(session, after, limit)

    def participants(self, after: str | None = None, limit: int = 100) -> Page[ParticipantAnswer]:
        """All participants, by id.

        Raises:
            CursorError: the cursor is none.
        """
        with self._store.reading() as session:
            return participants_page(session, after, limit, self._now())

    def participant(self, organisation: int) -> ParticipantAnswer | None:
        """One participant."""
        with self._store.reading() as session:
            return participant_shown(session, organisation, self._now())

    def may_read_status(self, declaration: bytes, viewer: int | None) -> bool:
        """Whether the viewer may see the status of a declaration: by what it is, or by a grant under a reference."""
        sql = "SELECT token FROM references_private WHERE declaration = ?"
        with self._store.reading() as session:
            folded = load_declarations(session, [declaration]).get(declaration)
            if folded is None:
                return False
            access = self.access(session, viewer)
            if access.level(folded.state) > Level.NOTHING:
                return True
            granted = access.granted({row[0] for row in session.rows(sql, declaration)})
            return any(declarant == folded.state.declarant for declarant, _ in granted)

    def access(self, session: Session, viewer: int | None) -> Access:
        """A viewer's rights in a snapshot."""
        return Access(session, viewer, self._now(), self._directory, stands_on(session))

    def _visible(self, access: Access, meant: Meant) -> list[bytes]:
        if meant.names and not access.may_use_references:
            return []
        seen = [one for one, _ in meant.declarations if access.level(one.state) >= Level.HISTORY]
        return [one.state.id for one in sorted(seen, key=lambda one: one.opened)]

    def _now(self) -> int:
        return int(self._clock())


def _withdrawn(session: Session, meant: Iterable[Folded]) -> set[bytes]:
    """Those that rely on recognitions which no longer stand, or whose own seals broke since."""
    relying = {one.state.id: one.state for one in meant if one.state.relies}
    if not relying:  # most
        return set()
    walk = load_walk(session, relying)
    return {one for one, state in relying.items() if state.seal_broken or walk.is_withdrawn(one)}


def _needing_grants(access: Access, meant: Iterable[Meant]) -> set[bytes]:
    """The tokens that lead to declarations which the viewer does not see anyway."""
    found = (one for some in meant for one in some.declarations)
    return {token for folded, tokens in found if not access.sees(folded.state, tokens) for token in tokens}
