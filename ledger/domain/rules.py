"""The rules of the ledger, in one class that knows no chain: the contracts' twin, for pre-checks and model tests.

`Ledger.record` takes an entry as the contracts do and answers with the same `Outcome`. The checks, in their order
(``docs/records.md``): 2 author's key, 3 not yet recorded, 4 values, 5 deadline, 6 key's window and purpose, 7 the
organisation may act, 8 the rules of the type. A refused entry changes nothing. Check 1, type and length, is the
decoder's.
"""

from dataclasses import dataclass, field
from typing import Final

from ledger.domain import heads, membership, values
from ledger.domain.checks import check_effective, leads_to
from ledger.domain.codes import (
    DecisionKind,
    Flag,
    HoldAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    Reliance,
)
from ledger.domain.keccak import keccak256
from ledger.domain.lifecycle import LIVE, TABLE, decide
from ledger.domain.participants import Key, Participants
from ledger.domain.recognising import Recognising
from ledger.domain.recognition import MAX_RELIED, Recognitions, Walk, is_reliable
from ledger.domain.records import (
    AmendmentRequest,
    ConsignmentRecord,
    Control,
    Decision,
    Declaration,
    Erasure,
    Hold,
    InvalidationRequest,
    PresentationNotice,
    RecognitionRecord,
    Request,
    author_of,
)
from ledger.domain.signing import Presented
from ledger.domain.state import DeclarationState, advance, lodge, next_version, ruling_of
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head

MAX_VERSION: Final = (1 << 16) - 1


_DECIDES: Final = frozenset({OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED})
_PURPOSE: Final = {
    OrganisationKind.ADMINISTRATION: Purpose.DECIDE,
    OrganisationKind.AGENCY: Purpose.HOLD,
    OrganisationKind.OPERATOR: Purpose.DECLARE,
}


@dataclass(slots=True)
class Ledger:
    """All that the contracts know, and the rules by which it changes."""

    participants: Participants
    development: bool = False
    declarations: dict[DeclarationId, DeclarationState] = field(default_factory=dict)
    consignments: dict[ConsignmentId, Head] = field(default_factory=dict)
    superseded: set[Digest] = field(default_factory=set)
    erasures: dict[tuple[DeclarationId, int], Digest] = field(default_factory=dict)
    recognitions: Recognitions = field(default_factory=Recognitions)

    def record(self, entry: Presented, now: int) -> Outcome:
        """Take an entry in a block of time `now`: RECORDED, or why not."""
        if isinstance(entry.record, ConsignmentRecord):
            outcome = self._judge(entry, entry.record, now)
            if outcome is Outcome.RECORDED:
                self.apply(entry, entry.record)
            return outcome
        if isinstance(entry.record, RecognitionRecord):
            law = Recognising(self.participants, self.declarations, self.recognitions, self.walk)
            return law.record(entry, entry.record, now)
        return membership.record(self.participants, entry, now, development=self.development)

    @property
    def walk(self) -> Walk:
        """Reads the web of recognitions as it stands now."""
        return Walk(
            self.recognitions,
            self.superseded.__contains__,
            lambda declaration: self.declarations[declaration].touched,
        )

    def reliance(self, declaration: DeclarationId) -> Reliance:
        """Whether a declaration relies on recognitions, and whether they still stand."""
        state = self.declarations[declaration]
        if not state.relies:
            return Reliance.NONE
        withdrawn = state.seal_broken or self.walk.is_withdrawn(declaration)
        return Reliance.WITHDRAWN if withdrawn else Reliance.STANDS

    def _judge(self, entry: Presented, record: ConsignmentRecord, now: int) -> Outcome:
        author = author_of(record)
        if author == 0:
            return Outcome.MALFORMED
        key = self.participants.keys.get(entry.signer or b"")
        if key is None or key.organisation != author:
            return Outcome.NOT_AUTHENTIC
        if self._recorded(record, entry.digest):
            return Outcome.ALREADY_RECORDED
        return (
            values.check(record)
            or values.check_deadline(record.deadline, now)
            or _check_key(key, record, now)
            or self._check_author(author, record, now)
            or self._check_rules(entry, record, now)
        )

    def _recorded(self, record: ConsignmentRecord, digest: Digest) -> bool:
        if isinstance(record, Declaration):
            return DeclarationId(digest) in self.declarations
        if isinstance(record, Erasure):
            return self.erasures.get((record.declaration, record.version)) == digest
        state = self.declarations.get(record.declaration)
        if state is None:
            return False
        if isinstance(record, Hold):
            return state.hold_head == heads.held(record.prev, digest)
        if isinstance(record, Decision | Control):
            request = record.request if isinstance(record, Decision) else Digest(ZERO)
            return state.settled == heads.settled(record.prev, request, digest)
        return state.request == digest

    def _check_author(self, author: int, record: ConsignmentRecord, now: int) -> Outcome:
        active = self._may_act(author, record, now)
        if isinstance(record, Declaration):
            addressed = record.administration
            active = active and self.participants.is_active(addressed, OrganisationKind.ADMINISTRATION, now)
        return Outcome.RECORDED if active else Outcome.ORGANISATION_NOT_ACTIVE

    def _may_act(self, author: int, record: ConsignmentRecord, now: int) -> bool:
        if isinstance(record, AmendmentRequest | InvalidationRequest):  # also while its administration is expelled
            return self.participants.is_active(author, OrganisationKind.OPERATOR, now)
        if isinstance(record, Erasure) and not record.administration:  # what is its own, as well
            return self.participants.is_active(author, OrganisationKind.OPERATOR, now)
        if isinstance(record, Decision | Control | Erasure):
            organisation = self.participants.organisations[author]
            return organisation.kind is OrganisationKind.ADMINISTRATION and organisation.status_at(now) in _DECIDES
        return self.participants.is_active_member(author, _kind(record), now)

    def _check_rules(self, entry: Presented, record: ConsignmentRecord, now: int) -> Outcome:
        if isinstance(record, Declaration):
            return self._check_declaration(entry, record, now)
        state = self.declarations.get(record.declaration)
        if state is None:
            return Outcome.UNKNOWN_DECLARATION
        if isinstance(record, Hold):
            return self._check_hold(state, record, now)
        if isinstance(record, Erasure):
            return self._check_erasure(state, record, now)
        if isinstance(record, Decision | Control):
            return self._check_decided(entry, state, record, now)
        return self._check_request(state, record, now)

    def _check_declaration(self, entry: Presented, record: Declaration, now: int) -> Outcome:
        if record.link != ZERO and record.link not in self.declarations:
            linked = Outcome.UNKNOWN_LINK
        else:
            linked = Outcome.RECORDED
        return (
            self._check_joining(entry, record)
            or linked
            or self._check_mandate(record, record.leg, record.administration, now)
            or check_effective(record.effective_at, self.participants.organisations[record.administration], now)
        )

    def _check_joining(self, entry: Presented, record: Declaration) -> Outcome:
        if record.consignment == ZERO:
            return Outcome.RECORDED
        opener = self.declarations.get(DeclarationId(record.consignment))
        if opener is None or Flag.JOINED in opener.standing.flags:
            return Outcome.UNKNOWN_CONSIGNMENT
        return Outcome.RECORDED if opener.join_key in entry.provers else Outcome.JOIN_NOT_PROVEN

    def _check_request(self, state: DeclarationState, record: Request, now: int) -> Outcome:
        if record.declarant != state.declarant:
            return Outcome.NOT_COMPETENT
        mandated = self._check_mandate(record, state.leg, state.administration, now)
        if mandated is not Outcome.RECORDED:
            return mandated
        if record.prev != state.settled:
            return Outcome.STALE_HEAD
        if state.request != ZERO:
            return Outcome.REQUEST_PENDING
        if state.standing.status not in LIVE:
            return Outcome.TRANSITION_NOT_ALLOWED
        if not isinstance(record, PresentationNotice):
            return Outcome.RECORDED
        administration = self.participants.competent_for(state.administration, now)
        return check_effective(record.effective_at, self.participants.organisations[administration], now)

    def _check_decided(
        self, entry: Presented, state: DeclarationState, record: Decision | Control, now: int
    ) -> Outcome:
        if not self.participants.competent(state.administration, record.administration, now):
            return Outcome.NOT_COMPETENT
        if record.prev != state.settled:
            return Outcome.STALE_HEAD
        author = self.participants.organisations[record.administration]
        superseding = self._check_superseding(entry, record, state)
        effective = check_effective(record.effective_at, author, now)
        if isinstance(record, Control):
            return _check_control(state, record) or superseding or effective
        return (
            _check_decision(state, record)
            or superseding
            or _check_limit(record)
            or effective
            or _check_version(state, record)
            or self._check_reliance(entry, record)
        )

    def _check_reliance(self, entry: Presented, record: Decision) -> Outcome:
        if record.reliance == ZERO:
            return Outcome.RECORDED
        relied = entry.relied
        if not 1 <= len(relied) <= MAX_RELIED or keccak256(*relied) != record.reliance:
            return Outcome.RELIANCE_NOT_PROVEN
        outcomes = (self._check_relied(digest, record) for digest in relied)
        return next((outcome for outcome in outcomes if outcome is not Outcome.RECORDED), Outcome.RECORDED)

    def _check_relied(self, digest: Digest, record: Decision) -> Outcome:
        node = self.recognitions.nodes.get(digest)
        if node is None or not is_reliable(node, record.declaration):
            return Outcome.RELIANCE_INVALID
        if self.recognitions.controls[node.control].valid_until <= record.effective_at:
            return Outcome.CONTROL_EXPIRED
        return self.walk.standing(digest)

    def _check_superseding(self, entry: Presented, record: Decision | Control, state: DeclarationState) -> Outcome:
        if record.supersedes == ZERO:
            return Outcome.RECORDED
        if DeclarationId(record.supersedes) == state.id or not leads_to(entry, record.supersedes, state.settled):
            return Outcome.SUPERSEDES_NOT_PROVEN
        return Outcome.ALREADY_SUPERSEDED if record.supersedes in self.superseded else Outcome.RECORDED

    def _check_hold(self, state: DeclarationState, record: Hold, now: int) -> Outcome:
        if not self._is_agency_of(record.agency, state.administration, now):
            return Outcome.NOT_COMPETENT
        if record.prev != state.hold_head:
            return Outcome.STALE_HEAD
        is_open = record.agency in state.holders
        if is_open == (record.action == HoldAction.SET):
            return Outcome.HOLD_ALREADY_OPEN if is_open else Outcome.HOLD_NOT_OPEN
        return Outcome.RECORDED if state.standing.status in LIVE else Outcome.TRANSITION_NOT_ALLOWED

    def _check_erasure(self, state: DeclarationState, record: Erasure, now: int) -> Outcome:
        if record.administration:
            entitled = self.participants.competent(state.administration, record.administration, now)
        else:
            entitled = record.declarant == state.declarant
        if not entitled:
            return Outcome.NOT_COMPETENT
        mandated = self._check_mandate(record, state.leg, state.administration, now)
        if mandated is not Outcome.RECORDED:
            return mandated
        if not 1 <= record.version <= state.version.number:
            return Outcome.UNKNOWN_VERSION
        erased = (record.declaration, record.version) in self.erasures
        return Outcome.ALREADY_ERASED if erased else Outcome.RECORDED

    def _is_agency_of(self, agency: int, administration: int, now: int) -> bool:
        """Whether agency and declaration belong to one administration, or to one line of successors."""
        sponsor = self.participants.organisations[agency].administration
        heir = self.participants.competent_for(sponsor, now)
        return sponsor == administration or self.participants.competent(administration, heir, now)

    def _check_mandate(
        self, record: Declaration | Request | Erasure, leg: int, administration: int, now: int
    ) -> Outcome:
        if not record.agent:
            return Outcome.RECORDED
        mandate = self.participants.mandates.get((record.declarant, record.agent))
        if mandate is None or not mandate.covers(now, leg, administration):
            return Outcome.MANDATE_MISSING
        # A suspended declarant must not go on through its agent.
        return Outcome.RECORDED if self._may_act(record.declarant, record, now) else Outcome.ORGANISATION_NOT_ACTIVE

    def apply(self, entry: Presented, record: ConsignmentRecord) -> None:
        """Fold a record that was taken."""
        digest = entry.digest
        if isinstance(record, Declaration):
            self.declarations[DeclarationId(digest)] = lodge(record, digest)
            if record.consignment != ZERO:
                head = self.consignments.get(record.consignment, Head(record.consignment))
                self.consignments[record.consignment] = heads.joined(head, DeclarationId(digest))
            return
        if isinstance(record, Erasure):
            self.erasures[record.declaration, record.version] = digest
            return
        self.declarations[record.declaration] = advance(self.declarations[record.declaration], record, digest)
        if isinstance(record, Decision | Control) and record.supersedes != ZERO:
            self.superseded.add(record.supersedes)
        if isinstance(record, Decision) and record.reliance != ZERO:
            self.recognitions.reliances[record.declaration] = tuple(entry.relied)


def _check_key(key: Key, record: ConsignmentRecord, now: int) -> Outcome:
    if not key.valid_at(now):
        return Outcome.KEY_NOT_VALID
    office = key.office
    if isinstance(record, Decision | Control):
        office = record.office
    elif isinstance(record, Erasure) and record.administration:  # for no office: by a key of none
        office = 0
    fits = _PURPOSE[_kind(record)] in key.purposes and key.office in (0, office)
    return Outcome.RECORDED if fits else Outcome.KEY_PURPOSE


def _check_decision(state: DeclarationState, record: Decision) -> Outcome:
    safeguards = TABLE[DecisionKind(record.kind)].safeguards
    if record.request != (ZERO if safeguards else state.request):
        return Outcome.REQUEST_NOT_NAMED
    standing = decide(state.standing, ruling_of(record))
    return standing if isinstance(standing, Outcome) else Outcome.RECORDED


def _check_control(state: DeclarationState, record: Control) -> Outcome:
    if not 1 <= record.version <= state.version.number:
        return Outcome.UNKNOWN_VERSION
    return Outcome.RECORDED if state.standing.status in LIVE else Outcome.TRANSITION_NOT_ALLOWED


def _check_limit(record: Decision) -> Outcome:
    if record.limit_at > record.effective_at:
        return Outcome.RECORDED
    needed = record.kind == DecisionKind.CONDITIONALLY_RELEASE or record.limit_at != 0
    return Outcome.LIMIT_INVALID if needed else Outcome.RECORDED


def _check_version(state: DeclarationState, record: Decision) -> Outcome:
    adds = next_version(state, record) != state.version
    return Outcome.VERSIONS_EXHAUSTED if adds and state.version.number == MAX_VERSION else Outcome.RECORDED


def _kind(record: ConsignmentRecord) -> OrganisationKind:
    """What its author must be."""
    if isinstance(record, Decision | Control) or (isinstance(record, Declaration | Erasure) and not record.declarant):
        return OrganisationKind.ADMINISTRATION
    return OrganisationKind.AGENCY if isinstance(record, Hold) else OrganisationKind.OPERATOR
