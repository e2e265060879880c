"""What a decision does to the content: customs' own change, a request made outside the ledger, or one on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.desk import Desk, DeskError
from ledger.documents import (
    AmendmentRequestMessage,
    Document,
    Known,
    Notice,
    NoticeDecision,
    RequestMessage,
    apply_amendment,
    build,
    notice_decision,
)
from ledger.domain.codes import DecisionKind, Pending, Status
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId
from ledger.errors import DocumentError
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.keys import answered_key, content_hash
from ledger.ingest.side import opened
from ledger.sealing import PayloadRefused, SealingError

LRN_PATH: Final = "Declaration/FunctionalReferenceID[1]"
"""Where a declaration has its own number."""
_TYPE_PATH: Final = "Declaration/TypeCode[1]"
_BEFORE_ACCEPTANCE: Final = frozenset({Status.REPORTED, Status.PRE_LODGED, Status.LODGED})
_ANSWERS: Final = frozenset({DecisionKind.GRANT, DecisionKind.AMEND, DecisionKind.REFUSE_REQUEST})
_REQUESTS: Final = frozenset({"amendment request", "invalidation request", "presentation"})


@dataclass(frozen=True, slots=True)
class Ruled:
    """A decision as it will be written.

    Attributes:
        kind: of the decision.
        version: fields of the version that it brings, or None.
        answered: the request made outside the ledger that it answers, or None.
        detail: what a person may want to know about it.
    """

    kind: DecisionKind
    version: Mapping[str, str] | None = None
    answered: RequestMessage | None = None
    detail: str = ""


class Versions:
    """Contents and requests of the declarations of one administration, as far as they are in this store."""

    def __init__(self, desk: Desk) -> None:
        """Read at an administration's desk."""
        self._desk = desk
        self._client = desk.client
        self._me = desk.identity.organisation
        self._requests: dict[DeclarationId, list[RequestMessage]] = {}
        self._lrns: dict[DeclarationId, str] = {}
        self._ruled: dict[DeclarationId, list[tuple[DecisionKind, bool]]] = {}

    def forget_requests(self) -> None:
        """A new request was kept: look again."""
        self._requests.clear()

    def decision(self, state: DeclarationState, notice: Notice) -> NoticeDecision:
        """The decision that a notice states about a declaration."""
        numbers = [request.lrn for request in self._of(state.id, notice.mrn) if request.lrn]
        accepted = state.standing.status not in _BEFORE_ACCEPTANCE
        return notice_decision(notice, Known(self._lrn(state), numbers, accepted=accepted))

    def ruled(self, state: DeclarationState, notice: Notice, decision: NoticeDecision) -> Ruled:
        """The decision as it will be written, with the version that it brings.

        A notice of amendment (07) that follows a grant confirms that version only: applied once more, a deletion by
        position would take the next sibling too.
        """
        kind = decision.kind
        if kind not in _ANSWERS:
            return Ruled(kind)
        asked = self._asked(state, notice, decision)
        amendment_waits = state.standing.pending is Pending.AMENDMENT
        if kind is DecisionKind.AMEND and self._is_granted(state):
            return Ruled(DecisionKind.RECEIPT if amendment_waits else kind, answered=asked)
        version, detail = self._version(state, kind, _change(state, kind, notice, asked))
        if kind is DecisionKind.AMEND and version is None and amendment_waits:
            return Ruled(DecisionKind.GRANT, answered=asked, detail=detail)
        return Ruled(kind, version, asked, detail)

    def note(self, before: DeclarationState, ruled: Ruled) -> None:
        """Note a decision that was written: what it was, and whether it brought a version."""
        versioned = self._desk.state(before.id).version.number > before.version.number
        self._history(before).append((ruled.kind, versioned))

    def content(self, state: DeclarationState) -> Document | None:
        """The version in force, when it is known here and is more than what a notice says."""
        fields = self._fields(state)
        return Document(build(fields)) if _TYPE_PATH in fields else None

    def answered(self, request: RequestMessage) -> bytes:
        """Under this key is noted that a request made outside the ledger was answered."""
        return answered_key(request, self._me)

    def _version(
        self, state: DeclarationState, kind: DecisionKind, change: Notice | AmendmentRequestMessage | None
    ) -> tuple[Mapping[str, str] | None, str]:
        content = self.content(state) if change is not None else None
        if change is None or content is None:
            return None, ""
        try:
            amended = apply_amendment(content, change)
        except DocumentError as error:
            return None, f"{kind.name} is recorded without a new version: {error}"
        return amended.fields, "; ".join(amended.warnings)

    def _asked(self, state: DeclarationState, notice: Notice, decision: NoticeDecision) -> RequestMessage | None:
        """The request that a decision answers: the one that it names; the first that waits, when it names none."""
        requests = self._of(state.id, notice.mrn)
        waiting = [one for one in requests if self._client.ingested(self.answered(one)) is False]
        if decision.request:
            waiting = [one for one in waiting if one.lrn == decision.request]
        return next(iter(waiting), None)

    def _is_granted(self, state: DeclarationState) -> bool:
        """Whether a grant brought the version in force, and no notice of amendment has confirmed it yet."""
        for kind, versioned in reversed(self._history(state)):
            if kind is DecisionKind.AMEND:
                return False
            if kind is DecisionKind.GRANT and versioned:
                return True
        return False

    def _history(self, state: DeclarationState) -> list[tuple[DecisionKind, bool]]:
        """The decisions so far, and whether they brought a version: with one of their own, or by granting a request."""
        if state.id not in self._ruled:
            shown = self._client.declaration(state.id, self._me)
            granted = {one.digest for one in shown.versions} if shown else set()
            self._ruled[state.id] = [
                (DecisionKind(one.kind), one.commitment != ZERO or one.request in granted)
                for one in self._client.decisions(state.id)
            ]
        return self._ruled[state.id]

    def _of(self, declaration: DeclarationId, mrn: str | None) -> Sequence[RequestMessage]:
        """The requests made outside the ledger that were received about a declaration."""
        if declaration not in self._requests:
            kept = list(self._client.evidence(declaration))
            if mrn:
                kept += self._client.evidence_under(Reference(ReferenceType.MRN, mrn))
            wanted = {one.hash: one for one in kept if one.organisation == self._me and one.kind in _REQUESTS}
            messages = [opened(self._desk, one) for one in wanted.values()]
            requests = {content_hash(one): one for one in messages if isinstance(one, RequestMessage)}
            self._requests[declaration] = list(requests.values())
        return self._requests[declaration]

    def _lrn(self, state: DeclarationState) -> str | None:
        if state.id not in self._lrns:
            lrn = self._fields(state).get(LRN_PATH)
            if lrn is None:
                return None
            self._lrns[state.id] = lrn
        return self._lrns[state.id]

    def _fields(self, state: DeclarationState) -> Mapping[str, str]:
        try:
            return self._desk.fields(state)
        except (DeskError, SealingError, PayloadRefused):  # not here, or not to be believed
            return {}


def _change(
    state: DeclarationState, kind: DecisionKind, notice: Notice, asked: RequestMessage | None
) -> Notice | AmendmentRequestMessage | None:
    """What changes the content: customs' own pointers, else a request made outside the ledger."""
    if kind is DecisionKind.AMEND and notice.changes:
        return notice
    granted = kind is not DecisionKind.REFUSE_REQUEST and state.request == ZERO
    return asked if granted and isinstance(asked, AmendmentRequestMessage) else None
