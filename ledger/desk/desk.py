"""The desk itself: signs, keeps the payload, follows the heads."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ledger.chain.signers import LocalSigner
from ledger.desk.assisting import Assistant
from ledger.desk.bench import DECLARATION_SCHEMA, Bench, root_of
from ledger.desk.field_sets import FieldSets
from ledger.desk.opening import Opener
from ledger.desk.options import ControlOptions, DeskError, LodgementOptions, RulingOptions, Ticket, Written
from ledger.desk.recognising import Recogniser, reliance
from ledger.desk.references import own_numbers, references_of
from ledger.documents import AmendmentRequestMessage, LodgedDeclaration, apply_amendment
from ledger.documents.arrangements import standard
from ledger.domain.codes import DecisionKind, HoldAction, Leg, LinkKind, OrganisationKind, Reason, Regime, Stage
from ledger.domain.commitment import schema_id
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
)
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from ledger.index.references import Reference


class Desk(Bench):
    """Writes for one participant."""

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
        content = self._opening(message.fields, (declarant, agent, administration))
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
            commitment=content.root,
            schema=schema_id(DECLARATION_SCHEMA),
            effective_at=self._moment(options.effective_at),
            deadline=self._deadline(),
        )
        references = [*references_of(message), *own_numbers(message, {declarant, agent} - {0})]
        written = self._lodge(record, content, options.ticket, references, _moved_at(message, options, record))
        ticket = Ticket(ConsignmentId(written.declaration), join_key) if join_key else options.ticket
        return replace(written, ticket=ticket)

    def report(
        self, fields: Mapping[str, str], leg: Leg, effective_at: int, references: Sequence[Reference]
    ) -> Written:
        """As the administration, open a declaration of which only a notice is known; `fields` are what that one says.

        Its regime is not known: readers take none from a REPORTED declaration.
        """
        content = self._opening(fields, (0, 0, self.identity.organisation))
        record = Declaration(
            join_key=LocalSigner(secrets.token_bytes(32)).address,
            declarant=0,
            administration=self.identity.organisation,
            leg=leg,
            regime=Regime.HOME_USE,
            stage=Stage.REPORTED,
            commitment=content.root,
            schema=schema_id(DECLARATION_SCHEMA),
            effective_at=effective_at,
            deadline=self._deadline(),
        )
        return self._lodge(record, content, None, references, effective_at)

    def amend(self, declaration: DeclarationId, request: AmendmentRequestMessage) -> Written:
        """Ask for a new version: the one in force with the request's changes."""
        state = self.state(declaration)
        amended = apply_amendment(self.document(state), request)
        content = self._version(amended.fields, state)
        record = AmendmentRequest(
            declaration=declaration,
            prev=state.settled,
            declarant=state.declarant,
            agent=self._acting_for(state),
            commitment=content.root,
            schema=schema_id(DECLARATION_SCHEMA),
            deadline=self._deadline(),
        )
        return self._write(state, record, content)

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
        version = None if ruling.version is None else self._version(ruling.version, state)
        evidence = self._evidence(ruling.evidence)
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
            commitment=root_of(version),
            touched_risks=ruling.touched_risks,
            evidence=root_of(evidence),
            reliance=reliance(ruling.relies),
            effective_at=self._moment(ruling.effective_at),
            limit_at=ruling.limit_at or 0,
            deadline=self._deadline(),
        )
        return self._write(state, record, version, evidence, relied=ruling.relies)

    def control(self, declaration: DeclarationId, control: ControlOptions) -> Written:
        """Record a control and its result over one version."""
        state = self.state(declaration)
        effective_at = self._moment(control.effective_at)
        seals = self._evidence({f"Seal[{n}]/ID[1]": seal for n, seal in enumerate(control.seals, 1)})
        evidence = self._evidence(control.evidence)
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
            standard=standard(control.standard, control.level) if control.standard else ZERO,
            seals=root_of(seals),
            seal_state=control.seal_state,
            evidence=root_of(evidence),
            effective_at=effective_at,
            valid_until=effective_at + control.valid_for,
            deadline=self._deadline(),
        )
        return self._write(state, record, seals, evidence)

    def hold(
        self,
        declaration: DeclarationId,
        action: HoldAction,
        reason: Reason = Reason.COMPLIANCE,
        evidence: Mapping[str, str] | None = None,
    ) -> Written:
        """Set or lift this agency's hold."""
        state = self.state(declaration)
        kept = self._evidence(evidence)
        record = Hold(
            declaration=declaration,
            prev=state.hold_head,
            agency=self.identity.organisation,
            action=action,
            reason=reason,
            evidence=root_of(kept),
            deadline=self._deadline(),
        )
        return self._write(state, record, kept)

    # --- mutual recognition -------------------------------------------------------------------------------------------

    @property
    def recogniser(self) -> Recogniser:
        """What recognises controls, and says who is an authorised economic operator."""
        return Recogniser(self.client, self.identity, self.payload, self._clock)

    @property
    def assistant(self) -> Assistant:
        """What asks other administrations for assistance, and answers them."""
        return Assistant(self)

    # --- who reads chosen fields --------------------------------------------------------------------------------------

    @property
    def field_sets(self) -> FieldSets:
        """What lets others read chosen fields, and reads them."""
        return FieldSets(self)

    @property
    def opener(self) -> Opener:
        """What opens fields to partners under arrangements."""
        return Opener(self)

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


def _moved_at(message: LodgedDeclaration, options: LodgementOptions, record: Declaration) -> int:
    """About when the goods move: by what the message says of itself, else by when it takes effect."""
    said = message.issued_at or message.accepted_at
    if options.moved_at is not None:
        return options.moved_at
    return int(said.timestamp()) if said else record.effective_at
