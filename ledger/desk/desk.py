"""The desk itself: signs, keeps the payload, follows the heads."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ledger.chain.signers import LocalSigner
from ledger.client import Client, Entry, Payload, Scope
from ledger.desk.options import (
    AmbiguousReference,
    ControlOptions,
    DeskError,
    Directory,
    Identity,
    LodgementOptions,
    RulingOptions,
    Ticket,
    UnknownReference,
    Written,
)
from ledger.desk.references import references_of
from ledger.documents import AmendmentRequestMessage, LodgedDeclaration, build
from ledger.documents.amendments import apply_amendment
from ledger.documents.tree import Document
from ledger.domain.codes import DecisionKind, HoldAction, Leg, LinkKind, OrganisationKind, Reason, Regime, Stage
from ledger.domain.commitment import commit, schema_id, scope_of
from ledger.domain.lifecycle import TABLE
from ledger.domain.records import (
    NO_ADDRESS,
    AmendmentRequest,
    Control,
    Decision,
    Declaration,
    Hold,
    InvalidationRequest,
    PresentationNotice,
    Record,
    Request,
)
from ledger.domain.state import DeclarationState, advance, lodge
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from ledger.index.references import Reference, ReferenceType

DECLARATION_SCHEMA: Final = "wco-dm/3.6/declaration"
EVIDENCE_SCHEMA: Final = "passavant/evidence/v1"
DEADLINE: Final = 7 * 24 * 3600 - 300
"""Seconds until a signed record expires: as long as the contract allows, less five minutes for clocks."""

Step = Request | Decision | Control | Hold


class Desk:
    """Writes for one participant."""

    def __init__(
        self,
        client: Client,
        identity: Identity,
        directory: Directory,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Write through a client; `clock` gives seconds (UTC).

        `before_submit` is called with each digest just before its record is put into the outbox.
        """
        self.client = client
        self.identity = identity
        self.directory = directory
        self.before_submit: Callable[[Digest], None] = lambda _: None
        self._clock = clock
        self._ahead: dict[DeclarationId, DeclarationState] = {}

    # --- what declarants write ----------------------------------------------------------------------------------------

    def declare(self, message: LodgedDeclaration, options: LodgementOptions | None = None) -> Written:
        """Lodge a declaration; the ticket in the answer lets others join its consignment.

        Raises:
            DeskError: this participant is neither declarant nor agent nor the administration concerned.
        """
        options = options or LodgementOptions()
        declarant, agent = self._parties(message)
        administration = self._administration(options.country or message.country)
        join_key = secrets.token_bytes(32) if options.ticket is None else None
        link, link_kind = options.link or (DeclarationId(ZERO), LinkKind.NONE)
        commitment = self._keep(DECLARATION_SCHEMA, message.fields)
        record = Declaration(
            consignment=options.ticket.consignment if options.ticket else ConsignmentId(ZERO),
            join_key=LocalSigner(join_key).address if join_key else NO_ADDRESS,
            declarant=declarant,
            agent=agent,
            administration=administration,
            leg=message.leg,
            regime=message.regime,
            stage=options.stage or message.stage,
            link=link,
            link_kind=link_kind,
            commitment=commitment,
            schema=schema_id(DECLARATION_SCHEMA),
            effective_at=self._moment(options.effective_at),
            deadline=self._deadline(),
        )
        written = self._lodge(record, options.ticket, references_of(message))
        ticket = Ticket(ConsignmentId(written.declaration), join_key) if join_key else options.ticket
        return Written(written.digest, written.declaration, ticket)

    def report(
        self, fields: Mapping[str, str], leg: Leg, effective_at: int, references: Sequence[Reference]
    ) -> Written:
        """As the administration, open a declaration of which only a notice is known; `fields` are what that one says.

        Its regime is not known: readers take none from a REPORTED declaration.
        """
        record = Declaration(
            join_key=LocalSigner(secrets.token_bytes(32)).address,
            declarant=0,
            administration=self.identity.organisation,
            leg=leg,
            regime=Regime.HOME_USE,
            stage=Stage.REPORTED,
            commitment=self._keep(DECLARATION_SCHEMA, fields),
            schema=schema_id(DECLARATION_SCHEMA),
            effective_at=effective_at,
            deadline=self._deadline(),
        )
        return self._lodge(record, None, references)

    def amend(self, declaration: DeclarationId, request: AmendmentRequestMessage) -> Written:
        """Ask for a new version: the one in force with the request's changes."""
        state = self.state(declaration)
        amended = apply_amendment(self.document(state), request)
        record = AmendmentRequest(
            declaration=declaration,
            prev=state.settled,
            declarant=state.declarant,
            agent=self._acting_for(state),
            commitment=self._keep(DECLARATION_SCHEMA, amended.fields),
            schema=schema_id(DECLARATION_SCHEMA),
            deadline=self._deadline(),
        )
        return self._write(state, record)

    def invalidate(self, declaration: DeclarationId, reason: Reason = Reason.REQUEST) -> Written:
        """Ask for the declaration's cancellation."""
        state = self.state(declaration)
        record = InvalidationRequest(
            declaration=declaration,
            prev=state.settled,
            declarant=state.declarant,
            agent=self._acting_for(state),
            reason=reason,
            deadline=self._deadline(),
        )
        return self._write(state, record)

    def present(self, declaration: DeclarationId, effective_at: int | None = None) -> Written:
        """Say that the goods are available to customs."""
        state = self.state(declaration)
        record = PresentationNotice(
            declaration=declaration,
            prev=state.settled,
            declarant=state.declarant,
            agent=self._acting_for(state),
            effective_at=self._moment(effective_at),
            deadline=self._deadline(),
        )
        return self._write(state, record)

    # --- what administrations and agencies write ----------------------------------------------------------------------

    def decide(self, declaration: DeclarationId, kind: DecisionKind, ruling: RulingOptions | None = None) -> Written:
        """Decide on a declaration; the pending request is named where the kind of decision names one."""
        ruling = ruling or RulingOptions()
        state = self.state(declaration)
        record = Decision(
            declaration=declaration,
            prev=state.settled,
            request=Digest(ZERO) if TABLE[kind].safeguards else state.request,
            supersedes=ruling.supersedes or Digest(ZERO),
            administration=self.identity.organisation,
            office=self.identity.office,
            kind=kind,
            reason=ruling.reason,
            scope=self._scope(ruling.items),
            commitment=ZERO if ruling.version is None else self._keep(DECLARATION_SCHEMA, ruling.version),
            touched_risks=ruling.touched_risks,
            evidence=self._evidence(ruling.evidence),
            effective_at=self._moment(ruling.effective_at),
            limit_at=ruling.limit_at or 0,
            deadline=self._deadline(),
        )
        return self._write(state, record)

    def control(self, declaration: DeclarationId, control: ControlOptions) -> Written:
        """Record a control and its result over one version."""
        state = self.state(declaration)
        effective_at = self._moment(control.effective_at)
        record = Control(
            declaration=declaration,
            prev=state.settled,
            supersedes=control.supersedes or Digest(ZERO),
            administration=self.identity.organisation,
            office=self.identity.office,
            version=control.version or state.version.number,
            method=control.method,
            outcome=control.outcome,
            risk=control.risk,
            standard=schema_id(control.standard) if control.standard else ZERO,
            seals=self._evidence({f"Seal[{n}]/ID[1]": seal for n, seal in enumerate(control.seals, 1)}),
            seal_state=control.seal_state,
            evidence=self._evidence(control.evidence),
            effective_at=effective_at,
            valid_until=effective_at + control.valid_for,
            deadline=self._deadline(),
        )
        return self._write(state, record)

    def hold(
        self,
        declaration: DeclarationId,
        action: HoldAction,
        reason: Reason = Reason.COMPLIANCE,
        evidence: Mapping[str, str] | None = None,
    ) -> Written:
        """Set or lift this agency's hold."""
        state = self.state(declaration)
        record = Hold(
            declaration=declaration,
            prev=state.hold_head,
            agency=self.identity.organisation,
            action=action,
            reason=reason,
            evidence=self._evidence(evidence),
            deadline=self._deadline(),
        )
        return self._write(state, record)

    # --- what is known ------------------------------------------------------------------------------------------------

    def state(self, declaration: DeclarationId) -> DeclarationState:
        """The declaration as it will stand once everything that this desk wrote is recorded.

        Raises:
            UnknownReference: there is no such declaration.
        """
        known = self._ahead.get(declaration) or self.client.state(declaration)
        if known is None:
            raise UnknownReference(f"no declaration 0x{declaration.hex()} is recorded here")
        return known

    def forget(self) -> None:
        """Take every state from the chain again: after a refusal, what was written ahead may be wrong."""
        self._ahead.clear()

    def fields(self, state: DeclarationState) -> Mapping[str, str]:
        """The fields of the version in force.

        Raises:
            DeskError: this participant does not have them.
        """
        payload = self.client.payload(state.version.commitment, self.identity.organisation)
        if payload is None:
            raise DeskError(f"the content of version {state.version.number} of 0x{state.id.hex()} is not in this store")
        return dict(payload.fields)

    def document(self, state: DeclarationState) -> Document:
        """The version in force as a document."""
        return Document(build(self.fields(state)))

    def resolve(self, text: str, kind: ReferenceType | None = None) -> DeclarationId:
        """The one declaration that an id (0x and 64 digits) or a reference names, among those this identity may see.

        Raises:
            UnknownReference: none.
            AmbiguousReference: several.
        """
        if text.startswith("0x") and len(text) == 2 + 2 * len(ZERO):
            return self.state(DeclarationId(bytes.fromhex(text[2:]))).id
        found = self.client.resolve(text, kind, self.identity.organisation)
        if not found:
            raise UnknownReference(f"{text}: nothing that this participant may see has this reference")
        if len(found) > 1:
            raise AmbiguousReference(text, tuple(found))
        return found[0]

    # --- signing and keeping ------------------------------------------------------------------------------------------

    def _lodge(self, record: Declaration, ticket: Ticket | None, references: Sequence[Reference] = ()) -> Written:
        digest = self.client.domains.digest(record)
        declaration = DeclarationId(digest)
        proof = LocalSigner(ticket.join_key).sign_digest(digest) if ticket else b""
        # first the references: after a crash in between, a reference to nothing is harmless, a lost one is not
        self.client.add_references(declaration, references, self.identity.organisation)
        self._submit(record, digest, proof)
        self._ahead[declaration] = lodge(record, digest)
        return Written(digest, declaration)

    def _write(self, state: DeclarationState, record: Step) -> Written:
        digest = self.client.domains.digest(record)
        ahead = advance(state, record, digest)
        proof = b""
        if isinstance(record, Decision | Control) and record.supersedes != ZERO:
            proof = self.client.timeline_proof(state.id, record.supersedes)
        self._submit(record, digest, proof)
        self._ahead[state.id] = ahead
        return Written(digest, state.id)

    def _submit(self, record: Record, digest: Digest, proof: bytes) -> None:
        signature = self.identity.signer.sign(self.client.domains.of(record), record)
        self.before_submit(digest)
        self.client.submit([Entry(record, signature, proof)])

    def _keep(self, schema: str, fields: Mapping[str, str]) -> bytes:
        seed = secrets.token_bytes(32)
        root = commit(schema_id(schema), fields, seed).root
        self.client.put_payload(root, Payload(schema, seed, tuple(fields.items())), self.identity.organisation)
        return root

    def _evidence(self, fields: Mapping[str, str] | None) -> bytes:
        return self._keep(EVIDENCE_SCHEMA, fields) if fields else ZERO

    def _scope(self, items: Mapping[int, str | None] | None) -> bytes:
        if items is None:
            return ZERO
        root = scope_of(items).root
        self.client.put_payload(root, Scope(dict(items)), self.identity.organisation)
        return root

    def _moment(self, given: int | None) -> int:
        return int(self._clock()) if given is None else given

    def _deadline(self) -> int:
        return int(self._clock()) + DEADLINE

    # --- who acts for whom --------------------------------------------------------------------------------------------

    def _parties(self, message: LodgedDeclaration) -> tuple[int, int]:
        """The ids of declarant and agent, as this participant may sign for them."""
        me = self.identity.organisation
        declarant = self._participant(message.declarant.id)
        if self.identity.kind is OrganisationKind.ADMINISTRATION:
            if declarant:
                raise DeskError(f"declarant {message.declarant.id} is a participant and lodges its declarations itself")
            return 0, 0
        agent = self._participant(message.agent.id) if message.agent else 0
        if declarant == me:
            return me, 0
        if agent == me and declarant:
            return declarant, me
        raise DeskError(f"neither declarant {message.declarant.id or '(not named)'} nor its agent is this participant")

    def _participant(self, identifier: str | None) -> int:
        return self.directory.identifiers.get(identifier or "", 0)

    def _administration(self, country: str | None) -> int:
        if self.identity.kind is OrganisationKind.ADMINISTRATION:
            return self.identity.organisation
        if country is None or country not in self.directory.administrations:
            known = ", ".join(sorted(self.directory.administrations))
            raise DeskError(f"no administration for {country or 'a message without a country'}; there are {known}")
        return self.directory.administrations[country]

    def _acting_for(self, state: DeclarationState) -> int:
        me = self.identity.organisation
        return 0 if state.declarant == me else me
