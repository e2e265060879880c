"""What every record takes: a signature, its payload kept, and the head that it extends."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from ledger.chain.signers import LocalSigner
from ledger.client import Client, Entry, RecordProgress, Scope, StatusQuery
from ledger.desk.erasing import Eraser, day
from ledger.desk.options import (
    AmbiguousReference,
    ContentErased,
    ContentMissing,
    DeskError,
    Directory,
    Identity,
    Ticket,
    UnknownReference,
    Written,
)
from ledger.desk.sealing import Content, Sealer
from ledger.desk.sharing import Sharing
from ledger.documents import Document, build
from ledger.documents.arrangements import goods_of
from ledger.domain.codes import Outcome
from ledger.domain.proposals import Goods
from ledger.domain.records import Control, Decision, Declaration, Hold, Record, Request
from ledger.domain.state import DeclarationState, advance, lodge
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.index.references import Reference, ReferenceType
from ledger.sealing import Payload, Subject

DECLARATION_SCHEMA: Final = "wco-dm/3.6/declaration"
EVIDENCE_SCHEMA: Final = "passavant/evidence/v1"
DEADLINE: Final = 7 * 24 * 3600 - 300
"""Seconds until a signed record expires: as long as the contract allows, less five minutes for clocks."""

Step = Request | Decision | Control | Hold
_ON_ITS_WAY: Final = frozenset({RecordProgress.WAITING, RecordProgress.SENDING})
_ON_THE_CHAIN: Final = frozenset({RecordProgress.INCLUDED, RecordProgress.FINAL})


class Bench:
    """What a desk works with."""

    def __init__(
        self,
        client: Client,
        identity: Identity,
        directory: Directory,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Write through a client; `clock` gives seconds (UTC)."""
        self.client = client
        self.identity = identity
        self.directory = directory
        self.sealer = Sealer(client, identity)
        self._clock = clock
        self._ahead: dict[DeclarationId, list[tuple[Digest, DeclarationState]]] = {}
        self._hopeful = False
        self._noted: set[bytes] = set()

    # --- what is known ------------------------------------------------------------------------------------------------

    def state(self, declaration: DeclarationId) -> DeclarationState:
        """The declaration as it will stand once everything that this desk wrote is recorded.

        Raises:
            UnknownReference: there is no such declaration.
        """
        known = self._state_ahead(declaration) or self.client.state(declaration)
        if known is None:
            raise UnknownReference(f"no declaration 0x{declaration.hex()} is recorded here")
        return known

    def _state_ahead(self, declaration: DeclarationId) -> DeclarationState | None:
        """What the last record that is still on its way will lead to; None when the chain knows as much as this desk.

        What comes after a refused record is refused too.
        """
        steps = self._ahead.get(declaration, [])
        while steps:
            digest, state = steps[-1]
            if self._hopeful:
                return state
            progress = self.client.record(digest).progress
            if progress in _ON_ITS_WAY:
                return state
            if progress in _ON_THE_CHAIN:
                break
            steps.pop()
        self._ahead.pop(declaration, None)
        return None

    @contextmanager
    def hopeful(self) -> Iterator[None]:
        """Inside, what this desk wrote counts as recorded, unasked: for who writes much, and asks afterwards."""
        self._hopeful = True
        try:
            yield
        finally:
            self._hopeful = False

    def forget(self) -> None:
        """Take every state from the chain again: after a refusal, what was written ahead may be wrong."""
        self._ahead.clear()

    def fields(self, state: DeclarationState) -> Mapping[str, str]:
        """The fields of the version in force, decrypted and held against the chain.

        Raises:
            ContentMissing: this participant does not have them.
            SealingError, PayloadRefused: what it has is not to be believed.
        """
        version = state.version
        return dict(self._open(Subject(state.id, version.commitment, version.schema)).fields)

    def payload(self, declaration: DeclarationId, number: int | None = None) -> tuple[int, Payload]:
        """Number and content of a recorded version, by default the latest, held against the chain.

        Raises:
            UnknownReference: there is no such version.
            ContentMissing: this participant does not have it.
            SealingError, PayloadRefused: what it has is not to be believed.
        """
        found = [one for one in self.client.versions(declaration) if number in {None, one.number}]
        if not found:
            raise UnknownReference(f"no version {number or 1} of 0x{declaration.hex()} is recorded here")
        version = found[-1]
        return version.number, self._open(Subject(declaration, version.commitment, version.schema))

    def goods(self, declaration: DeclarationId, number: int) -> Goods:
        """What annexes look at in a recorded version, as it was noted here; else by opening it. Raises as `payload`."""
        known = self.client.goods_of_version(declaration, number)
        return goods_of(dict(self.payload(declaration, number)[1].fields)) if known is None else known

    def _open(self, subject: Subject) -> Payload:
        """A version's content as `Sealer.open` gives it; what was erased is told from what is merely not here."""
        try:
            payload = self.sealer.open(subject)
        except ContentMissing:
            versions = self.client.versions(DeclarationId(subject.declaration))
            erased = next((one.erased for one in versions if one.commitment == subject.commitment), None)
            if erased is None:
                raise
            said = erased.cause.name.lower().replace("_", " ")
            raise ContentErased(subject.declaration, f"was erased on {day(erased.time)} ({said})") from None
        if subject.commitment not in self._noted:
            self._noted.add(subject.commitment)
            self._note(DeclarationId(subject.declaration), subject.commitment, payload)
        return payload

    def _note(self, declaration: DeclarationId, commitment: bytes, payload: Payload) -> None:
        """Note what annexes look at in a version's content."""
        self.client.note_goods(declaration, commitment, goods_of(dict(payload.fields)))

    @property
    def eraser(self) -> Eraser:
        """What has content erased."""
        return Eraser(self.client, self.identity, self._clock)

    @property
    def sharing(self) -> Sharing:
        """What lets others read."""
        return Sharing(self.client, self.identity, self.sealer, self._clock)

    def document(self, state: DeclarationState) -> Document:
        """The version in force as a document."""
        return Document(build(self.fields(state)))

    def subject(self, text: str, kind: ReferenceType | None = None) -> DeclarationId:
        """As `resolve`; a request of assistance that this administration asked or was asked is meant by its id too."""
        named = StatusQuery(reference=text, type=kind).declaration
        if named is not None and self.client.assistance.one(named, self.identity.organisation):
            return DeclarationId(named)
        return self.resolve(text, kind)

    def resolve(self, text: str, kind: ReferenceType | None = None) -> DeclarationId:
        """The one declaration that an id (0x and 64 digits) or a reference names, among those this identity may see.

        Raises:
            UnknownReference: none.
            AmbiguousReference: several.
        """
        named = StatusQuery(reference=text, type=kind).declaration
        if named is not None:
            return self.state(DeclarationId(named)).id
        found = self.client.resolve(text, kind, self.identity.organisation)
        if not found:
            raise UnknownReference(f"{text}: nothing that this participant may see has this reference")
        if len(found) > 1:
            raise AmbiguousReference(text, tuple(found))
        return found[0]

    # --- signing and keeping ------------------------------------------------------------------------------------------

    def _lodge(
        self,
        record: Declaration,
        content: Content,
        ticket: Ticket | None,
        references: Sequence[Reference],
        moved_at: int,
    ) -> Written:
        digest = self.client.domains.digest(record)
        declaration = DeclarationId(digest)
        proof = LocalSigner(ticket.join_key).sign_digest(digest) if ticket else b""
        with self.client.batch():
            self.client.add_references(declaration, references, self.identity.organisation, at=moved_at)
            unread = self._keep(declaration, content)
            self.submit(record, proof)
        self._ahead[declaration] = [(digest, lodge(record, digest))]
        return Written(digest, declaration, unread=tuple(unread))

    def _write(
        self, state: DeclarationState, record: Step, *contents: Content | None, relied: Sequence[Digest] = ()
    ) -> Written:
        digest = self.client.domains.digest(record)
        ahead = advance(state, record, digest)
        proof = b""
        if isinstance(record, Decision | Control) and record.supersedes != ZERO:
            proof = self._superseding(state.id, record.supersedes)
        with self.client.batch():
            unread = [one for content in contents if content for one in self._keep(state.id, content)]
            self.submit(record, proof + b"".join(relied))
        self._ahead.setdefault(state.id, []).append((digest, ahead))
        return Written(digest, state.id, unread=tuple(dict.fromkeys(unread)))

    def _keep(self, declaration: DeclarationId, content: Content) -> list[int]:
        """As `Sealer.keep`; what annexes look at in a declaration is noted too."""
        unread = self.sealer.keep(declaration, content)
        if content.payload.schema == DECLARATION_SCHEMA:
            self._note(declaration, content.root, content.payload)
        return unread

    def _superseding(self, declaration: DeclarationId, superseded: Digest) -> bytes:
        """The proof that what is superseded stands in the timeline, all of it on the chain.

        Raises:
            DeskError: it does not, or something newer is on its way.
        """
        if declaration in self._ahead:
            raise DeskError("something newer about this declaration is on its way: wait for it, then supersede")
        proof = self.client.timeline_proof(declaration, superseded)
        if not proof:
            raise DeskError(f"0x{superseded.hex()} is no decision or control of this declaration")
        return proof

    def submit(self, record: Record, proof: bytes = b"") -> None:
        """Sign and hand over.

        Raises:
            DeskError: the ledger does not take it, whatever comes.
        """
        signature = self.identity.signer.sign(self.client.domains.of(record), record)
        [submission] = self.client.submit([Entry(record, signature, proof)])
        if submission.refused is Outcome.NOT_AUTHENTIC:
            raise DeskError(f"the ledger knows no key 0x{self.identity.signer.address.hex()} of this participant")

    def _content(self, schema: str, fields: Mapping[str, str], readers: Sequence[int] = ()) -> Content:
        payload = Payload(schema, secrets.token_bytes(32), tuple(fields.items()))
        return Content(payload, payload.root, tuple(readers))

    def _opening(self, fields: Mapping[str, str], parties: Sequence[int]) -> Content:
        """A first version's content: for declarant, agent and the administration that is competent now."""
        *operators, administration = parties
        return self._content(DECLARATION_SCHEMA, fields, [*operators, self.client.competent(administration)])

    def _version(self, fields: Mapping[str, str], state: DeclarationState) -> Content:
        """A later version's content: also for whoever was let read the declaration."""
        parties = (state.declarant, state.agent, self.client.competent(state.administration))
        return self._content(DECLARATION_SCHEMA, fields, [*parties, *self.client.granted_readers(state.id)])

    def _evidence(self, fields: Mapping[str, str] | None) -> Content | None:
        """What a decision, control or hold rests on: for its author, who may let others read it."""
        return self._content(EVIDENCE_SCHEMA, fields) if fields else None

    def _scope(self, items: Mapping[int, str | None] | None) -> bytes:
        if items is None:
            return ZERO
        return self.client.keep_scope(Scope(dict(items)))

    def moment(self) -> int:
        """Now, in seconds (UTC)."""
        return int(self._clock())

    def _moment(self, given: int | None) -> int:
        return self.moment() if given is None else given

    def _deadline(self) -> int:
        return int(self._clock()) + DEADLINE


def root_of(content: Content | None) -> bytes:
    """What a record says of content: its commitment, or zeros."""
    return content.root if content else ZERO
