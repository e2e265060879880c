"""What the façade keeps beside the chain: scopes, references, readers, evidence, ingested messages, challenges."""

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ledger.client.confidential import Confidential
from ledger.client.types import NotEntitled, Scope
from ledger.domain.commitment import scope_of
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.errors import CommitmentError
from ledger.index.history import RecordProgress
from ledger.index.references import SINGLE, Reference, named
from ledger.sealing import PayloadRefused, unpack

if TYPE_CHECKING:
    from ledger.domain.proposals import Goods
    from ledger.index.evidence import EvidenceItem
    from ledger.index.ingested import IngestedMessage

_YEAR: Final = 365 * 86_400


class Keeping(Confidential):
    """Keeps in the store what stands on no chain."""

    # --- scopes -------------------------------------------------------------------------------------------------------

    def put_scope(self, root: bytes, scope: Scope) -> None:
        """Keep which goods items a decision names; they are part of the status, and so kept in plain.

        Raises:
            PayloadRefused: they are not what this root was made over.
        """
        if self.keep_scope(scope, root) != root:
            raise PayloadRefused("these goods items do not open this scope: their own root is another one")

    def keep_scope(self, scope: Scope, expected: bytes | None = None) -> bytes:
        """Keep a scope, unless another root is expected; its root (32 bytes).

        Raises:
            PayloadRefused: it has none.
        """
        from ledger.index.scopes import Scopes

        try:
            root = scope_of(scope.items).root
        except CommitmentError as error:
            raise PayloadRefused(str(error)) from None
        if expected in {None, root}:
            Scopes(self.store).put(root, scope.items)
        return root

    # --- references and readers ---------------------------------------------------------------------------------------

    def add_references(
        self, declaration: bytes, references: Sequence[Reference], owner: int, *, at: int | None = None
    ) -> None:
        """Register a declaration under references.

        An MRN or LRN is also registered as named by `owner` (its scope), and for a recorded declaration by declarant
        and agent: a number that names one declaration does so for somebody.

        Args:
            declaration: its id; it need not be recorded yet.
            references: what names it.
            owner: the organisation that says so.
            at: about when the goods move (seconds), for references that are reused; when it was lodged, if None.

        Raises:
            NotEntitled: the declaration is recorded, and not the owner's to name.
            ReferenceFormatError: a reference can't be indexed.
        """
        known = self.state(DeclarationId(declaration))
        shown = self.declaration(declaration, owner) if known else None
        if known and (shown is None or owner not in {shown.declarant, shown.agent, shown.competent}):
            raise NotEntitled("no such declaration for this participant")
        parties = {owner, shown.declarant, shown.agent} - {0} if shown else {owner}
        moment = at if at is not None else shown.lodged_at if shown else int(time.time())
        wanted = [*references, *(twin for one in references for twin in _twins(one, parties))]
        self.references.add([(one, DeclarationId(declaration), moment) for one in wanted])

    def named(self, reference: Reference) -> list[DeclarationId]:
        """The declarations under a reference, whoever asks: for this store's own ingestion."""
        token = self.references.token(reference)
        with self.store.reading() as session:
            return [one.declaration for one in named(session, [token]).get(token, [])]

    def is_named(self, declaration: DeclarationId, reference: Reference) -> bool:
        """Whether a declaration is registered under a reference."""
        sql = "SELECT 1 FROM references_private WHERE token = ? AND declaration = ?"
        with self.store.reading() as session:
            return bool(session.rows(sql, self.references.token(reference), declaration))

    def add_reader(self, reference: Reference, reader: int, granted_by: int, *, seconds: int = _YEAR) -> None:
        """Let an organisation read the status of the grantor's declarations under a reference, for a year."""
        from ledger.index.readers import Readers

        now = int(time.time())
        readers = Readers(self.store, self.references)
        readers.grant(granted_by, reference, reader, valid_from=now, valid_until=now + seconds)

    # --- goods --------------------------------------------------------------------------------------------------------

    def note_goods(self, declaration: DeclarationId, commitment: bytes, goods: "Goods") -> None:
        """Note, keyed, what annexes look at in the content of a version, for whoever made or opened it."""
        self.goods.note(declaration, commitment, goods)

    def goods_of_version(self, declaration: DeclarationId, number: int) -> "Goods | None":
        """What was noted of a recorded version, for this participant's own use; None when nothing was."""
        found = next((one for one in self.versions(declaration) if one.number == number), None)
        place = (declaration, found.commitment) if found else (declaration, ZERO)
        with self.store.reading() as session:
            return self.goods.load(session, [place]).get(place)

    # --- ingestion ----------------------------------------------------------------------------------------------------

    def is_written(self, declaration: DeclarationId) -> bool:
        """Whether a declaration is recorded, or on its way."""
        gone = {RecordProgress.REFUSED, RecordProgress.LOST, RecordProgress.UNHEARD_OF}
        return self.record(declaration).progress not in gone

    def ingested(self, key: bytes) -> Digest | bool:
        """The record that a message gave; True when it gave none; False when it must be dealt with (again)."""
        return self.all_ingested([key]).get(key, False)

    def all_ingested(self, keys: Collection[bytes]) -> dict[bytes, Digest | bool]:
        """`ingested` of those of the keys that were noted before."""
        from ledger.index.ingested import Ingested

        keyed = {self.references.keyed(key): key for key in keys}
        return {keyed[kept]: self._became(one.digest) for kept, one in Ingested(self.store).known(keyed).items()}

    def _became(self, digest: bytes | None) -> Digest | bool:
        if digest is None:
            return True
        return Digest(digest) if self.is_written(DeclarationId(digest)) else False

    def note_ingested(self, notes: "Collection[IngestedMessage]") -> None:
        """Note what became of messages, in place of earlier notes, whose records never got anywhere."""
        from ledger.index.ingested import Ingested

        kept = Ingested(self.store)
        keyed = [replace(one, key=self.references.keyed(one.key)) for one in notes]
        kept.forget([one.key for one in keyed])
        kept.add(keyed)

    def name_of_evidence(self, content: bytes, by: int) -> bytes:
        """By what something received is known here, 32 bytes: the same content again is the same evidence."""
        return self.references.keyed(by.to_bytes(4, "big") + content)

    def keep_evidence(
        self,
        kind: str,
        packed: bytes,
        references: Sequence[Reference],
        declaration: DeclarationId | None,
        effective: int | None,
        *,
        by: int,
    ) -> None:
        """Keep something received, as what it is; `effective` in seconds, the time of receipt when None.

        `packed`: sealed for whoever received it (`ledger.sealing.pack`), its commitment being `name_of_evidence`.

        Raises:
            MalformedSeal: it is not sealed.
        """
        from ledger.index.evidence import Evidence, EvidenceItem

        now = int(time.time())
        sealed, _ = unpack(packed)
        item = EvidenceItem(
            hash=sealed.subject.commitment,
            kind=kind,
            organisation=by,
            received=now,
            effective=now if effective is None else effective,
            content=packed,
            declaration=declaration,
        )
        Evidence(self.store).add(item, [self.references.token(one) for one in references])

    def evidence(self, declaration: DeclarationId) -> "Sequence[EvidenceItem]":
        """What was received about a declaration and is no record."""
        from ledger.index.evidence import Evidence

        return Evidence(self.store).of_declaration(declaration)

    def evidence_under(self, reference: Reference) -> "Sequence[EvidenceItem]":
        """What was received under a reference and is no record."""
        from ledger.index.evidence import Evidence

        return Evidence(self.store).under(self.references.token(reference))

    # --- sessions -----------------------------------------------------------------------------------------------------

    def new_challenge(self, organisation: int, seconds: float) -> bytes:
        """A nonce (32 bytes) that an organisation may answer once, in time."""
        from ledger.index.challenges import Challenges

        return Challenges(self.store).issue(organisation.to_bytes(4, "big"), seconds)

    def use_challenge(self, nonce: bytes, organisation: int) -> bool:
        """Use a challenge up; True once, for the organisation that it was given to."""
        from ledger.index.challenges import Challenges

        return Challenges(self.store).use(nonce, organisation.to_bytes(4, "big"))


def _twins(reference: Reference, organisations: set[int]) -> list[Reference]:
    if reference.type not in SINGLE or reference.scope:
        return []
    return [replace(reference, scope=str(one)) for one in sorted(organisations)]
