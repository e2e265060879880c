"""Who may read what is sealed: declarant, its agent, the competent administration; and whom these let read.

What is sealed for a request of mutual assistance is for the two administrations, or who took over from them, alone.
"""

import time
from collections.abc import Callable

from ledger.index.access import Access, Level
from ledger.index.assistance import is_between
from ledger.index.grants import KeptGrant, ReadGrants
from ledger.index.queries import Queries
from ledger.index.rows import load_declarations
from ledger.index.sealed import KeptSealed
from ledger.index.store import Store


class Rights:
    """The rights over a store's sealed payloads, each from one snapshot. Of what is not recorded nobody is a party."""

    def __init__(self, store: Store, queries: Queries, clock: Callable[[], float] = time.time) -> None:
        """Judge by a store's read model."""
        self._store = store
        self._queries = queries
        self._clock = clock

    def is_party(self, subject: bytes, organisation: int) -> bool:
        """Whether an organisation is the declarant, its agent or the administration that is competent now.

        Of a request of assistance, which is a subject too: whether it is competent for one of the two administrations.
        """
        with self._store.reading() as session:
            found = load_declarations(session, [subject]).get(subject)
            access: Access = self._queries.access(session, organisation)
            if found is None:
                return is_between(session, access, subject)
            return access.level(found.state) is Level.PAYLOAD

    def may_grant(self, declaration: bytes, organisation: int) -> bool:
        """Whether an organisation may let others read: a party to a declaration. Of assistance nobody may."""
        with self._store.reading() as session:
            known = bool(session.rows("SELECT 1 FROM declarations WHERE id = ?", declaration))
        return known and self.is_party(declaration, organisation)

    def holds(self, kept: KeptGrant) -> bool:
        """Whether a grant is in force: its time, and its grantor is a party still."""
        grant = kept.grant
        return grant.valid_until > self._clock() and self.may_grant(grant.declaration, grant.grantor)

    def granted(self, declaration: bytes, reader: int) -> set[bytes]:
        """The field sets (zeros: everything) that a reader was granted and may read now."""
        grants = ReadGrants(self._store).of_declaration(declaration)
        return {kept.grant.fields for kept in grants if kept.grant.reader == reader and self.holds(kept)}

    def may_read(self, kept: KeptSealed, viewer: int) -> bool:
        """Whether a viewer may have a ciphertext, and its own wrap. What strangers handed in, only they get."""
        custody, declaration = kept.custody, kept.subject.declaration
        if custody.owner == viewer:
            return True
        if not self.is_party(declaration, self._heir(custody.owner)):
            return False
        if custody.reader == 0 and self.is_party(declaration, viewer):
            return True
        return custody.reader in {0, viewer} and custody.fields in self.granted(declaration, viewer)

    def may_wrap(self, kept: KeptSealed, writer: int) -> bool:
        """Whether somebody may let others in: who handed it in, or a party."""
        return kept.custody.owner == writer or self.is_party(kept.subject.declaration, writer)

    def may_replace(self, kept: KeptSealed, writer: int) -> bool:
        """Whether somebody may put another ciphertext in its place: as `may_wrap`; of assistance, who wrote it alone.

        Else who was asked could make away with the question.
        """
        if self._heir(kept.custody.owner) == writer:
            return True
        return self.may_grant(kept.subject.declaration, writer)

    def may_be_let_in(self, kept: KeptSealed, reader: int) -> bool:
        """Whether a wrap may be kept for a reader: a party, its owner, or whoever holds a grant for all of it."""
        declaration = kept.subject.declaration
        if reader == kept.custody.owner or self.is_party(declaration, reader):
            return True
        return kept.custody.fields in self.granted(declaration, reader)

    def _heir(self, owner: int) -> int:
        """Whoever stands for an owner now: itself, or of an administration its successor."""
        with self._store.reading() as session:
            return self._queries.access(session, None).competent(owner)
