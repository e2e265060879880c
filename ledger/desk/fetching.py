"""Fetching: what another gateway keeps for this participant, verified against this store's chain, kept in this store.

Which versions there are, what they commit to, who decided: all that comes from the own index. The other gateway gives
ciphertexts, wraps, signed grants and goods items, each of which proves itself or is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from ledger.client import Custody, NotEntitled, Scope, SealedForReader, SealRefused, StaleGrant, StatusQuery
from ledger.desk.assisting import ASSISTANCE_SCHEMA
from ledger.desk.bench import Bench
from ledger.desk.field_sets import FIELD_SET_SCHEMA, FieldSets
from ledger.desk.options import ContentMissing, DeskError, UnknownReference
from ledger.desk.references import own_numbers, references_of
from ledger.documents import Document, LodgedDeclaration, build, typed
from ledger.documents.arrangements import goods_of
from ledger.domain.commitment import schema_id
from ledger.domain.records import Assistance
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.errors import DocumentError
from ledger.sealing import Payload, PayloadRefused, Sealed, SealingError, Subject, open_payload

if TYPE_CHECKING:
    from ledger.client import KeptGrant
    from ledger.client.answers_elsewhere import ItemThere
    from ledger.client.elsewhere import Elsewhere
    from ledger.index.history import VersionShown

_CHOSEN: Final = "chosen fields"
_DOUBTS: Final = (SealingError, PayloadRefused, SealRefused, NotEntitled)


@unique
class Fate(StrEnum):
    """What became of something that was asked for."""

    FETCHED = "FETCHED"
    """It is here now, and as the chain has it."""
    HERE = "HERE"
    """It was here before."""
    NOT_THERE = "NOT_THERE"
    """The other gateway has none, or none for this participant: it does not say which."""
    UNREADABLE = "UNREADABLE"
    """It is there, but nobody has encrypted it to this participant."""
    ERASED = "ERASED"
    """It was erased, and is nowhere any more."""
    REFUSED = "REFUSED"
    """What the other gateway gave is not what the chain has; none of it was kept."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Something that was asked for.

    Attributes:
        declaration: whose; of mutual assistance the id of the request.
        what: ``content`` of a version, ``chosen fields`` of it, ``grant``, the ``goods items`` of a decision; or the
            ``request`` or ``answer`` of mutual assistance.
        fate: what became of it.
        version: 0 for what is of no version.
        reason: why it was refused, in words.
        references: under how many references it is found here since.
    """

    declaration: DeclarationId
    what: str
    fate: Fate
    version: int = 0
    reason: str = ""
    references: int = 0


class Fetcher:
    """Fetches for one participant, at its bench, from a gateway that has let it in."""

    def __init__(self, bench: Bench, gateway: "Elsewhere") -> None:
        """Fetch into a bench's store.

        Raises:
            DeskError: this participant could open nothing.
        """
        self._bench = bench
        self._client = bench.client
        self._gateway = gateway
        self._field_sets = FieldSets(bench)
        self._me = bench.identity.organisation
        self._keys = bench.identity.encryption
        if not self._keys:
            raise DeskError(
                "this participant has no encryption key here, and could open nothing that it fetched. "
                "`passavant key publish` makes one; then let who shares content run `passavant key rewrap`"
            )

    def named(self, reference: str, kind: str | None, found: Callable[[], DeclarationId]) -> list[DeclarationId]:
        """The declarations that a reference means: here, as `found` tells, or else at the other gateway.

        Raises:
            UnknownReference: neither knows it, or this index does not have what it means there.
        """
        try:
            return [found()]
        except UnknownReference:
            there = [one for one in self._gateway.status(reference, kind).declarations if self._client.state(one)]
        if not there:
            raise UnknownReference(
                f"{reference}: neither this store nor {self._gateway.url} knows anything of this participant's under it"
            )
        return there

    def fetch(self, declaration: DeclarationId) -> list[Fetched]:
        """Everything about a declaration that the other gateway has for this participant."""
        versions = self._client.versions(declaration)
        party = self._client.rights.is_party(declaration, self._me)
        grants = [] if party else self._grants(declaration)
        found = [one for version in versions for one in self._version(declaration, version)]
        return [*grants, *found, *self._scopes(declaration)]

    def assistance(self, record: Digest) -> list[Fetched] | None:
        """What a request of mutual assistance asks, and its answer says; None when `record` is neither of these two."""
        found = self._client.recorded(record)
        if found is None or not isinstance(found.record, Assistance):
            return None
        request = record if found.record.request == ZERO else found.record.request
        contents = self._client.recognition.assistance_contents(request)
        schema = schema_id(ASSISTANCE_SCHEMA)
        asked = [_Asked(Subject(request, commitment, schema), what) for what, commitment in contents]
        return [item for one in asked for item in self._content(one)]

    # --- versions -----------------------------------------------------------------------------------------------------

    def _version(self, declaration: DeclarationId, version: "VersionShown") -> Iterator[Fetched]:
        asked = _Asked(Subject(declaration, version.commitment, version.schema), version=version)
        return iter([asked.told(Fate.ERASED)]) if version.erased else self._content(asked)

    def _content(self, asked: "_Asked") -> Iterator[Fetched]:
        if self._has(asked.subject):
            yield asked.told(Fate.HERE)
        else:
            yield from self._asked(asked)

    def _has(self, subject: Subject) -> bool:
        try:
            self._bench.sealer.open(subject)
        except (ContentMissing, SealingError, PayloadRefused):
            return False
        return True

    def _asked(self, asked: "_Asked") -> Iterator[Fetched]:
        try:
            given = self._gateway.sealed(asked.subject.commitment)
        except SealingError as error:
            yield asked.told(Fate.REFUSED, str(error))
            return
        if not given:
            yield asked.told(Fate.NOT_THERE)
        whole = [one for one in given if not one.custody.reader]
        if whole:
            yield self._best(asked, whole)
        chosen = [one for one in given if one.custody.reader] if asked.version else []
        yield from (self._chosen(asked, asked.version, one) for one in chosen if asked.version)

    def _best(self, asked: "_Asked", given: Sequence[SealedForReader]) -> Fetched:
        """The first that opens is it: any party may have sealed the same."""
        tried: list[Fetched] = []
        for one in given:
            tried.append(self._whole(asked, one))
            if tried[-1].fate is Fate.FETCHED:
                return tried[-1]
        return next((one for one in tried if one.fate is Fate.REFUSED), tried[0])

    def _whole(self, asked: "_Asked", one: SealedForReader) -> Fetched:
        if one.wrap is None:
            return asked.told(Fate.UNREADABLE)
        try:
            sealed = _claimed(one, asked.subject)
            payload = open_payload(sealed, one.wrap, self._keys)
            self._client.keep_fetched(sealed, one.wrap, Custody(self._me))
        except _DOUBTS as error:
            return asked.told(Fate.REFUSED, str(error))
        indexed = self._index(DeclarationId(asked.subject.declaration), payload) if asked.version else 0
        return replace(asked.told(Fate.FETCHED), references=indexed)

    def _index(self, declaration: DeclarationId, payload: Payload) -> int:
        """Have a declaration found by what its content names, as ingestion does; for whose it is to name."""
        self._client.note_goods(declaration, payload.root, goods_of(dict(payload.fields)))
        shown = self._client.declaration(declaration, self._me)
        message = _message(payload)
        if message is None or shown is None or self._me not in {shown.declarant, shown.agent, shown.competent}:
            return 0
        said = message.issued_at or message.accepted_at
        references = [*references_of(message), *own_numbers(message, {shown.declarant, shown.agent} - {0})]
        self._client.add_references(declaration, references, self._me, at=int(said.timestamp()) if said else None)
        return len(references)

    # --- chosen fields ------------------------------------------------------------------------------------------------

    def _grants(self, declaration: DeclarationId) -> list[Fetched]:
        """Take over the grants to this participant, or their ends: their signatures prove them."""
        given = (one for one in self._gateway.grants(declaration) if one.grant.reader == self._me)
        return [self._granted(one) for one in given if one.grant.declaration == declaration]

    def _granted(self, one: "KeptGrant") -> Fetched:
        told = Fetched(one.grant.declaration, "grant", Fate.HERE)
        if any(one.grant == kept.grant for kept in self._client.grants(one.grant.declaration, self._me) or ()):
            return told
        try:
            self._client.grant(one.grant, one.signature)
        except StaleGrant:
            return told
        except (NotEntitled, SealRefused):
            return replace(told, fate=Fate.REFUSED, reason="nobody who may let others in has signed it")
        return replace(told, fate=Fate.FETCHED)

    def _chosen(self, asked: "_Asked", version: "VersionShown", one: SealedForReader) -> Fetched:
        """Chosen fields: opened, and held against grant and chain, before they are kept."""
        kept = self._client.sealed_payloads.named(one.sealed.content_hash)
        if one.wrap is None or (kept is not None and kept.custody.owner == self._me):
            return asked.told(Fate.UNREADABLE if one.wrap is None else Fate.HERE, what=_CHOSEN)
        try:
            sealed = _claimed(one, replace(asked.subject, schema=schema_id(FIELD_SET_SCHEMA)))
            self._field_sets.opened(DeclarationId(asked.subject.declaration), version, one)
            self._client.keep_fetched(sealed, one.wrap, Custody(self._me, self._me, one.custody.fields))
        except _DOUBTS as error:
            return asked.told(Fate.REFUSED, str(error), what=_CHOSEN)
        return asked.told(Fate.FETCHED, what=_CHOSEN)

    # --- goods items of decisions -------------------------------------------------------------------------------------

    def _scopes(self, declaration: DeclarationId) -> list[Fetched]:
        """The goods items that decisions name by their root, as far as this store has only that."""
        here = self._client.status(StatusQuery(reference=f"0x{declaration.hex()}"), self._me)
        missing = {part.scope for part in here.parts if part.items is None}
        if not missing:
            return []
        there = self._gateway.status(f"0x{declaration.hex()}").parts
        given = {part.scope: part.items for part in there if part.items is not None}
        return [self._scope(declaration, root, given.get(f"0x{root.hex()}")) for root in sorted(missing)]

    def _scope(self, declaration: DeclarationId, root: bytes, items: "Sequence[ItemThere] | None") -> Fetched:
        if items is None:
            return Fetched(declaration, "goods items", Fate.NOT_THERE)
        try:
            self._client.put_scope(root, Scope({one.number: one.quantity for one in items}))
        except PayloadRefused as error:
            return Fetched(declaration, "goods items", Fate.REFUSED, reason=str(error))
        return Fetched(declaration, "goods items", Fate.FETCHED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Content that is asked for: what it belongs to, as the chain has it; of a declaration also which version."""

    subject: Subject
    what: str = "content"
    version: "VersionShown | None" = None

    def told(self, fate: Fate, reason: str = "", what: str = "") -> Fetched:
        number = self.version.number if self.version else 0
        return Fetched(DeclarationId(self.subject.declaration), what or self.what, fate, number, reason)


def _claimed(one: SealedForReader, subject: Subject) -> Sealed:
    """A ciphertext under what it must belong to.

    Raises:
        PayloadRefused: the gateway itself says that it belongs to something else.
    """
    if one.sealed.subject != subject:
        raise PayloadRefused("the gateway gave something of another record than was asked for")
    return Sealed(subject, one.sealed.ciphertext)


def _message(payload: Payload) -> LodgedDeclaration | None:
    """The declaration that a payload holds; None for anything else."""
    try:
        message = typed(Document(build(dict(payload.fields))))
    except DocumentError:
        return None
    return message if isinstance(message, LodgedDeclaration) else None
