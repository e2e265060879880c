"""The administration's side: its notices are decisions, and it opens what it received outside the ledger."""

from typing import Final

from ledger.desk import Desk, LodgementOptions, RulingOptions, indexable, references_of
from ledger.documents import LodgedDeclaration, Message, Notice, RequestMessage
from ledger.domain.codes import DecisionKind, Leg, Stage, Status
from ledger.domain.state import DeclarationState
from ledger.domain.wire import DeclarationId
from ledger.index.ingested import IngestedMessage
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.outcome import Became, Evidence, Known, Recorded
from ledger.ingest.reading import Batch
from ledger.ingest.side import Side, opened, seconds
from ledger.ingest.versions import LRN_PATH, Versions

_EXPORT_NOTICES: Final = frozenset({"16", "18"})


class Administration(Side):
    """Ingests as a customs administration."""

    def __init__(self, desk: Desk, batch: Batch) -> None:
        """Ingest at an administration's desk."""
        super().__init__(desk, batch)
        self._versions = Versions(desk)

    def messages(self, batch: Batch) -> list[Message]:
        """Requests before the notices that answer them."""
        return [*batch.declarations, *batch.requests, *batch.notices, *batch.movements]

    def declaration(self, message: LodgedDeclaration) -> Became:
        """Open it as received outside the ledger, unless its declarant is a participant and lodges it itself."""
        known = self._lodged(message) or self._reported(message)
        if known is not None:
            return self._turned_up(known, message)
        if not self._is_ours(message.country):
            return Evidence(f"bound to {message.country}, another administration's jurisdiction")
        if self._declarant(message):
            return Evidence("its declarant is a participant and lodges it itself")
        lodged_at = self.lodged_at(message)
        written = self.desk.declare(message, LodgementOptions(effective_at=lodged_at, moved_at=lodged_at))
        return Recorded(written.digest, written.declaration, "received outside the ledger")

    def request(self, message: RequestMessage) -> Became:
        """Keep it: a request on the ledger is its declarant's own record. Decisions that grant it use its content."""
        self._versions.forget_requests()
        return Evidence("a request as customs received it", self._about(message))

    def notice(self, message: Notice) -> Became:
        """Decide what it says."""
        if not self._is_ours(message.country):
            return Evidence(f"a notice of {message.country}, another administration")
        declaration = self._about(message)
        if declaration is None and self._is_awaited(message):
            return Evidence("its declarant is a participant who has not lodged it yet: ingest again then", again=True)
        if declaration is None:
            declaration = self._report(message)
        self.learn_mrn(declaration, message.mrn)
        return self._decide(self.desk.state(declaration), message)

    def _decide(self, state: DeclarationState, message: Notice) -> Became:
        decision = self._versions.decision(state, message)
        ruled = self._versions.ruled(state, message, decision)
        effective_at = seconds(decision.effective_at)
        limit_at = seconds(decision.limit_at) if decision.limit_at else 0
        ruling = RulingOptions(
            reason=decision.reason,
            evidence=message.fields,
            version=ruled.version,
            effective_at=effective_at,
            limit_at=limit_at if limit_at > effective_at else None,  # an older one is past; it stays in the evidence
        )
        written = self.desk.decide(state.id, ruled.kind, ruling)
        self._versions.note(state, ruled)
        if ruled.answered is not None:
            key = self._versions.answered(ruled.answered)
            self.client.note_ingested([IngestedMessage(key, "request", "answered", written.digest)])
        return Recorded(written.digest, state.id, ruled.detail)

    # --- declarations -------------------------------------------------------------------------------------------------

    def _lodged(self, message: LodgedDeclaration) -> DeclarationId | None:
        """The same declaration, recorded by this side or the other: the same MRN; or same declarant, same LRN."""
        names = self._numbers(message.mrn, None)
        if message.declarant.id:
            names.append(Reference(ReferenceType.LRN, message.lrn, message.declarant.id))
        return next(iter(self.find(*names)), None)

    def _reported(self, message: LodgedDeclaration) -> DeclarationId | None:
        """The one declaration known by its MRN only that a notice gave this LRN."""
        named = self.find(Reference(ReferenceType.LRN, message.lrn))
        reported = [one for one in named if self._is_reported(self.desk.state(one))]
        return reported[0] if len(reported) == 1 else None

    def _is_reported(self, state: DeclarationState) -> bool:
        return state.stage is Stage.REPORTED and self._is_competent(state) and self._versions.content(state) is None

    def _turned_up(self, declaration: DeclarationId, message: LodgedDeclaration) -> Became:
        """A declaration known by its MRN only gets its content; any other one is recorded already."""
        state = self.desk.state(declaration)
        if not self._is_reported(state):
            return Known(f"recorded as 0x{declaration.hex()}")
        kind = DecisionKind.AMEND
        if state.standing.status is Status.REPORTED:
            lodged_early = message.stage is Stage.PRE_LODGED
            kind = DecisionKind.REGISTER_PRE_LODGED if lodged_early else DecisionKind.REGISTER
        lodged_at = self.lodged_at(message)
        written = self.desk.decide(declaration, kind, RulingOptions(version=message.fields, effective_at=lodged_at))
        self.client.add_references(declaration, references_of(message), self.me, at=lodged_at)
        return Recorded(written.digest, declaration, "turned up for a declaration that was known by its MRN only")

    def _report(self, message: Notice) -> DeclarationId:
        """Open a declaration of which this notice is all that is known."""
        fields = {"Declaration/ID[1]": message.mrn} if message.mrn else {LRN_PATH: message.lrn or ""}
        leg = Leg.EXPORT if message.function_code in _EXPORT_NOTICES else Leg.IMPORT
        numbers = ((ReferenceType.MRN, message.mrn), (ReferenceType.LRN, message.lrn))
        references = indexable(Reference(kind, value) for kind, value in numbers if value)
        return self.desk.report(fields, leg, seconds(message.issued_at), references).declaration

    def _is_awaited(self, message: Notice) -> bool:
        """Whether a participant's declaration with such a number was received here, and is still its to lodge."""
        received = [lodged for lrn in self._told_lrns(message) for lodged in self._received(lrn)]
        return any(self._declarant(lodged) and self._lodged(lodged) is None for lodged in received)

    def _received(self, lrn: str) -> list[LodgedDeclaration]:
        """Declarations with a number that this administration keeps as evidence."""
        return [one for one in self._kept(ReferenceType.LRN, lrn) if isinstance(one, LodgedDeclaration)]

    def _kept(self, kind: ReferenceType, value: str) -> list[Message]:
        kept = self.client.evidence_under(Reference(kind, value))
        return [opened(self.desk, one) for one in kept if one.organisation == self.me]

    def _told_lrns(self, message: Notice | RequestMessage) -> list[str]:
        """The LRNs that go with a message: its own, and those of the other notices with its MRN."""
        told = dict.fromkeys(filter(None, [message.lrn]))
        if message.mrn:
            told |= self._lrns.get(message.mrn, {})
            kept = self._kept(ReferenceType.MRN, message.mrn)
            told |= dict.fromkeys(one.lrn for one in kept if isinstance(one, Notice) and one.lrn)
        return list(told)

    # --- which declaration --------------------------------------------------------------------------------------------

    def _about(self, message: Notice | RequestMessage) -> DeclarationId | None:
        """The one declaration that a message is about: by an MRN that this administration gave, else by its LRN.

        What others say about MRNs does not count: whoever named another's MRN as its own would get its decisions.
        """
        named = self.find(*self._numbers(message.mrn, None))
        if named:
            return named[0]
        for lrn in self._told_lrns(message):
            found = [one for one in self.find(Reference(ReferenceType.LRN, lrn)) if self._is_meant(one, message)]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _is_meant(self, declaration: DeclarationId, message: Notice | RequestMessage) -> bool:
        return self._is_competent(self.desk.state(declaration)) and not self.has_other_mrn(declaration, message.mrn)

    def _is_competent(self, state: DeclarationState) -> bool:
        """Whether this administration decides about it: it is bound to it, or to its predecessor."""
        return state.administration == self.me or self.client.declaration(state.id, self.me) is not None

    def _is_ours(self, country: str | None) -> bool:
        return country is None or country in self.desk.identity.jurisdictions

    def _declarant(self, message: LodgedDeclaration) -> int:
        return self.desk.directory.identifiers.get(message.declarant.id or "", 0)
