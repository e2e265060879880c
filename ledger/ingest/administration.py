"""The administration's side: its notices are decisions, and it opens what it received outside the ledger."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from ledger.desk import Desk, DeskError, LodgementOptions, RulingOptions, references_of
from ledger.documents import (
    AmendmentRequestMessage,
    Document,
    LodgedDeclaration,
    Notice,
    NoticeDecision,
    RequestMessage,
    apply_amendment,
    build,
    from_json,
    notice_decision,
    typed,
)
from ledger.documents import Known as KnownDeclaration
from ledger.domain.codes import DecisionKind, Leg, Stage, Status
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId, Digest
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.keys import answered_key
from ledger.ingest.outcome import Became, Evidence, Known, Recorded
from ledger.ingest.side import Side

_EXPORT_NOTICES: Final = frozenset({"16", "18"})
_LRN_PATH: Final = "Declaration/FunctionalReferenceID[1]"
_TYPE_PATH: Final = "Declaration/TypeCode[1]"
_BEFORE_ACCEPTANCE: Final = frozenset({Status.REPORTED, Status.PRE_LODGED, Status.LODGED})


class Administration(Side):
    """Ingests as a customs administration."""

    def __init__(self, desk: Desk, notices: Iterable[Notice] = ()) -> None:
        """Ingest at an administration's desk; `notices` tell when a declaration was there at the latest."""
        super().__init__(desk)
        self._requests: dict[DeclarationId, list[RequestMessage]] = {}
        self._versions: dict[DeclarationId, Digest] = {}
        self._first_heard: dict[str, datetime] = {}
        for notice in sorted(notices, key=lambda one: one.order, reverse=True):
            self._first_heard |= dict.fromkeys(filter(None, (notice.mrn, notice.lrn)), notice.issued_at)

    def declaration(self, message: LodgedDeclaration) -> Became:
        """Open it as received outside the ledger, unless its declarant is a participant and lodges it itself."""
        known = self.lodged_before(message) or self._reported(message)
        if known is not None:
            return self._turned_up(known, message)
        if not self._is_ours(message.country):
            return Evidence(f"bound to {message.country}, another administration's jurisdiction")
        if self.desk.directory.identifiers.get(message.declarant.id or ""):
            return Evidence("its declarant is a participant and lodges it itself")
        options = LodgementOptions(effective_at=self._lodged_at(message))
        return Recorded(self.desk.declare(message, options).digest, "received outside the ledger")

    def request(self, message: RequestMessage) -> Became:
        """Keep it: a request on the ledger is its declarant's own record. Decisions that grant it use its content."""
        declaration = self.about(message)
        if declaration is not None:
            self._of(declaration).append(message)
        return Evidence("a request made outside the ledger", declaration)

    def notice(self, message: Notice) -> Became:
        """Decide what it says."""
        if not self._is_ours(message.country):
            return Evidence(f"a notice of {message.country}, another administration")
        declaration = self.about(message) or self._report(message)
        state = self.desk.state(declaration)
        if message.mrn and not self.client.has_reference(declaration, ReferenceType.MRN):
            references = [Reference(ReferenceType.MRN, message.mrn)]
            self.client.add_references(declaration, references, self.me)
        decision = notice_decision(message, self._known(state))
        return self._decide(state, message, decision)

    # --- declarations -------------------------------------------------------------------------------------------------

    def _turned_up(self, declaration: DeclarationId, message: LodgedDeclaration) -> Became:
        """A declaration known by its MRN only gets its content; any other one is recorded already."""
        state = self.desk.state(declaration)
        if state.stage is not Stage.REPORTED or self._content(state) is not None:
            return Known(f"recorded as 0x{declaration.hex()}")
        kind = DecisionKind.AMEND
        if state.standing.status is Status.REPORTED:
            lodged_early = message.stage is Stage.PRE_LODGED
            kind = DecisionKind.REGISTER_PRE_LODGED if lodged_early else DecisionKind.REGISTER
        self.client.add_references(declaration, references_of(message), self.me)
        written = self.desk.decide(declaration, kind, RulingOptions(version=message.fields))
        return Recorded(written.digest, "turned up for a declaration that was known by its MRN only")

    def _reported(self, message: LodgedDeclaration) -> DeclarationId | None:
        """The one declaration known by its MRN only that a notice gave this LRN."""
        named = self.find(Reference(ReferenceType.LRN, message.lrn))
        reported = [one for one in named if self.desk.state(one).stage is Stage.REPORTED]
        return reported[0] if len(reported) == 1 else None

    def _report(self, message: Notice) -> DeclarationId:
        fields = {"Declaration/ID[1]": message.mrn} if message.mrn else {_LRN_PATH: message.lrn or ""}
        leg = Leg.EXPORT if message.function_code in _EXPORT_NOTICES else Leg.IMPORT
        references = [Reference(ReferenceType.MRN, message.mrn)] if message.mrn else []
        references += [Reference(ReferenceType.LRN, message.lrn)] if message.lrn else []
        note, self.desk.before_submit = self.desk.before_submit, lambda _: None
        try:
            return self.desk.report(fields, leg, _seconds(message.issued_at), references).declaration
        finally:
            self.desk.before_submit = note

    def _lodged_at(self, message: LodgedDeclaration) -> int | None:
        """When it was lodged: what it says, but not after the first notice about it; None: now."""
        heard = (self._first_heard.get(key) for key in (message.mrn, message.lrn) if key)
        moments = [one for one in (message.issued_at, message.accepted_at, *heard) if one]
        return _seconds(min(moments)) if moments else None

    def _is_ours(self, country: str | None) -> bool:
        return country is None or country in self.desk.identity.jurisdictions

    # --- notices ------------------------------------------------------------------------------------------------------

    def _known(self, state: DeclarationState) -> KnownDeclaration:
        lrn = self._fields(state).get(_LRN_PATH)
        numbers = [request.lrn for request in self._of(state.id) if request.lrn]
        return KnownDeclaration(lrn, numbers, accepted=state.standing.status not in _BEFORE_ACCEPTANCE)

    def _decide(self, state: DeclarationState, message: Notice, decision: NoticeDecision) -> Became:
        version, answered, detail = self._version(state, message, decision)
        ruling = RulingOptions(
            reason=decision.reason,
            evidence=message.fields,
            version=version,
            effective_at=_seconds(decision.effective_at),
            limit_at=_seconds(decision.limit_at) if decision.limit_at else None,
        )
        written = self.desk.decide(state.id, decision.kind, ruling)
        if version is not None:
            self._versions[state.id] = written.digest
        if answered is not None:
            self.client.note_ingested(self._answered(answered), "request", "answered", written.digest)
        return Recorded(written.digest, detail)

    def _version(
        self, state: DeclarationState, message: Notice, decision: NoticeDecision
    ) -> tuple[Mapping[str, str] | None, RequestMessage | None, str]:
        """The version that a decision brings: customs' own, or that of a request made outside the ledger."""
        asked = self._asked(state, decision)
        answers = decision.kind in {DecisionKind.GRANT, DecisionKind.AMEND}
        change: Notice | AmendmentRequestMessage | None = None
        if decision.kind is DecisionKind.AMEND and message.changes:
            change = message
        elif answers and isinstance(asked, AmendmentRequestMessage) and state.request == ZERO:
            change = asked
        content = self._content(state) if change is not None else None
        if change is None or content is None or (change is message and self._is_granted(state)):
            return None, asked if answers else None, ""
        amended = apply_amendment(content, change)
        return amended.fields, asked, "; ".join(amended.warnings)

    def _is_granted(self, state: DeclarationState) -> bool:
        """Whether the version in force came by a grant: the notice of amendment that follows confirms it only.

        Applied once more, a deletion by position would take the next sibling too.
        """
        grants = {self.client.ingested(self._answered(one)) for one in self._of(state.id)}
        return self._version_by(state) in grants

    def _version_by(self, state: DeclarationState) -> Digest | None:
        """The record that brought the version in force."""
        written = self._versions.get(state.id)
        if written is not None:
            return written
        shown = self.client.declaration(state.id, self.me)
        return Digest(shown.versions[-1].digest) if shown else None

    def _asked(self, state: DeclarationState, decision: NoticeDecision) -> RequestMessage | None:
        """The request that a decision answers: the one it names, else the first that waits."""
        waiting = [one for one in self._of(state.id) if self.client.ingested(self._answered(one)) is False]
        named = [one for one in waiting if decision.request and one.lrn == decision.request]
        return next(iter(named or waiting), None)

    def _answered(self, request: RequestMessage) -> bytes:
        return answered_key(request, self.me)

    def _of(self, declaration: DeclarationId) -> list[RequestMessage]:
        """The requests about a declaration that were made outside the ledger, as far as they are kept here."""
        if declaration not in self._requests:
            kept = [typed(from_json(one.content.decode())) for one in self.client.evidence(declaration)]
            self._requests[declaration] = [one for one in kept if isinstance(one, RequestMessage)]
        return self._requests[declaration]

    def _content(self, state: DeclarationState) -> Document | None:
        """The version in force, when it is known here and is more than what a notice says."""
        fields = self._fields(state)
        return Document(build(fields)) if _TYPE_PATH in fields else None

    def _fields(self, state: DeclarationState) -> Mapping[str, str]:
        try:
            return self.desk.fields(state)
        except DeskError:
            return {}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
