"""What an arrangement would have meant, had it been in force: which controls of a party would have been waived.

`simulate` replays a history. At every control of one party it asks the rules of recognition (`Recognising.weigh`)
whether that party could have relied, then and there, on earlier controls of the other one. What it then says:

1. An *inspection* is a control that was carried out, with all controls that supersede it; its outcome is the last one.
2. It is *waived* when for every risk area that it covered the partner's controls could be recognised, *narrowed* when
   that holds for some of them, and else *kept*, with the reason that the rules give for the partner's last control
   of such a risk area.
3. Only a control of the same method counts: recognition waives a repeat of the same control.
4. The legal moments count (`effective_at`), so that history that was loaded later counts as it happened; whether a
   party took part is judged at block time.
5. A *stay* lasts from the decision that required the control, or from the control itself, to the decision that lifted
   it or released the goods. Time is saved from the moment when the partner had controlled, and only in stays whose
   inspections are all waived; it stands with the first of them. A stay that has no such end saves nothing known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ledger.domain.annexes import AnnexVerdict, goods_verdict
from ledger.domain.chronicle import AsRecorded, Chronicle
from ledger.domain.codes import ControlMethod, ControlOutcome, DecisionKind, Outcome, Risk, Status, Verdict
from ledger.domain.events import Recorded
from ledger.domain.inspections import NOTHING, Effect, Ground, History, Inspection
from ledger.domain.lifecycle import LIVE, TABLE
from ledger.domain.proposals import Period, Proposal
from ledger.domain.recognising import Recognising, Root
from ledger.domain.recognition import Line, Recognitions, Version
from ledger.domain.records import Arrangement, ArrangementSuspension, Control, Decision, Recognition
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest

PROPOSED: Final = Digest(b"\xff" * 32)
"""Names the proposed arrangement among those that exist."""
_AWAY: Final = frozenset({Status.RELEASED, Status.CLEARED, Status.EXITED})


def simulate(history: History, proposal: Proposal, period: Period) -> tuple[Inspection, ...]:
    """Every inspection of either party in a period, in the chain's order, and what the arrangement would have meant.

    Raises:
        BrokenTimeline: the history lacks an event.
    """
    simulation = _Simulation(history, proposal, period)
    for event in history.events:
        simulation.take(event)
    return simulation.told()


@dataclass(slots=True)
class _Stay:
    """How long goods waited for a control; `end` is None while they wait, and for good when they never get away."""

    start: int
    digests: list[Digest] = field(default_factory=list)
    end: int | None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a party could have relied on, and the rules' word on it.

    Attributes:
        shared: risk areas that both covered; `risk` those of them within the arrangement.
    """

    parent: Digest
    method: int
    shared: int
    risk: Risk
    outcome: Outcome


@dataclass(slots=True)
class _Simulation:
    history: History
    proposal: Proposal
    period: Period
    chronicle: Chronicle = field(init=False)
    parents: dict[ConsignmentId, list[Digest]] = field(default_factory=dict)
    found: dict[Digest, Inspection] = field(default_factory=dict)
    first: dict[Digest, Digest] = field(default_factory=dict)
    required: dict[DeclarationId, int] = field(default_factory=dict)
    waiting: dict[DeclarationId, _Stay] = field(default_factory=dict)
    stays: list[_Stay] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chronicle = Chronicle(self.history.participants)

    def take(self, event: Recorded) -> None:
        record = event.record
        if isinstance(record, Arrangement | ArrangementSuspension):
            return  # the proposed one stands in the place of whatever there was
        if isinstance(record, Control):
            self._control(event, record)
        self.chronicle.take(event)
        if isinstance(record, Decision):
            self._decided(record)
        if isinstance(record, Control) or (isinstance(record, Recognition) and record.verdict != Verdict.DECLINED):
            self.parents.setdefault(self.chronicle.consignment(record.declaration), []).append(event.digest)

    # --- inspections

    def _control(self, event: Recorded, record: Control) -> None:
        first = self.first.get(record.supersedes)
        if first is not None:
            self.first[event.digest] = first
            self.found[first] = replace(self.found[first], outcome=ControlOutcome(record.outcome))
        elif record.outcome != ControlOutcome.NOT_CARRIED_OUT:
            partner = self._partner(event, record)
            if partner is not None:
                self.first[event.digest] = event.digest
                self.found[event.digest] = self._inspected(event, record, partner)
                self._stays(event.digest, record)

    def _partner(self, event: Recorded, record: Control) -> int | None:
        """The other party, if a party made the control and it counts."""
        counted, now = self.history.counted, event.position.time
        if counted is not None and record.administration not in counted:
            return None
        one, other = self.proposal.parties()
        competent = self.chronicle.participants.competent
        if competent(one, record.administration, now):
            return other
        return one if competent(other, record.administration, now) else None

    def _inspected(self, event: Recorded, record: Control, partner: int) -> Inspection:
        plain = Inspection(
            digest=event.digest,
            declaration=record.declaration,
            consignment=self.chronicle.consignment(record.declaration),
            administration=record.administration,
            partner=partner,
            method=ControlMethod(record.method),
            risk=Risk(record.risk),
            outcome=ControlOutcome(record.outcome),
            carried_out_at=record.effective_at,
            effect=Effect.KEPT,
        )
        offers = self._offers(event, record, plain)
        if not offers:
            return replace(plain, reason=Ground.NO_EARLIER_CONTROL)
        return self._within_annex(record, _relying(plain, offers))

    def _within_annex(self, record: Control, found: Inspection) -> Inspection:
        annex = self.proposal.annex
        if found.effect is Effect.KEPT:
            return found
        goods = self.history.goods.get((record.declaration, record.version))
        verdict = goods_verdict([annex], goods)
        if verdict is AnnexVerdict.NOT_JUDGED:
            return replace(found, effect=Effect.UNJUDGED)
        if verdict is not AnnexVerdict.OUTSIDE:
            return found
        return replace(found, effect=Effect.KEPT, reason=Ground.OUTSIDE_ANNEX, covered=NOTHING, relied=())

    # --- what could have been relied on

    def _offers(self, event: Recorded, record: Control, plain: Inspection) -> list[_Offer]:
        """The word of the rules on each earlier control and recognition of the partner's, the latest first."""
        law = self._law(event.position.time)
        offers = []
        for parent in reversed(self.parents.get(plain.consignment, [])):
            root = law.root_of(parent)
            if root is None or not self._is_partners(root, plain, event.position.time):
                continue
            shared = record.risk & root.risk
            risk = Risk(shared & self.proposal.arrangement.risks)
            outcome = law.weigh(_recognition(record, parent, risk or record.risk), root, record.effective_at)
            offers.append(_Offer(parent, root.control.method, shared, risk, outcome))
        return offers

    def _is_partners(self, root: Root, plain: Inspection, now: int) -> bool:
        """Whether the partner made a parent, and its control was not the party's own."""
        competent = self.chronicle.participants.competent
        return competent(plain.partner, root.partner, now) and root.control.administration != plain.administration

    def _law(self, now: int) -> Recognising:
        """The rules with the proposed arrangement in force throughout the period, and no other."""
        law = self.chronicle.law(AsRecorded.of(self.chronicle.participants, now))
        in_force = replace(self.proposal.arrangement, valid_from=self.period.start, valid_until=self.period.end)
        known = Recognitions(
            nodes=law.known.nodes,
            controls=law.known.controls,
            grants=law.known.grants,
            versions={PROPOSED: Version(in_force, in_force.valid_until)},
            lines={self.proposal.parties(): Line(PROPOSED)},
        )
        return replace(law, known=known)

    # --- how long the goods waited

    def _stays(self, digest: Digest, record: Control) -> None:
        declaration = record.declaration
        status = self.chronicle.ledger.declarations[declaration].standing.status
        if status in _AWAY and declaration not in self.required:
            return  # the goods do not wait for it
        stay = self.waiting.get(declaration)
        if stay is None:
            start = min(self.required.get(declaration, record.effective_at), record.effective_at)
            stay = self.waiting[declaration] = _Stay(start)
            self.stays.append(stay)
        stay.digests.append(digest)

    def _decided(self, record: Decision) -> None:
        kind, declaration = DecisionKind(record.kind), record.declaration
        row = TABLE[kind]
        if kind is DecisionKind.REQUIRE_CONTROL:
            self.required.setdefault(declaration, record.effective_at)
        lifts = kind is DecisionKind.LIFT_CONTROL or (row.releases and record.scope == ZERO)
        gone = self.chronicle.ledger.declarations[declaration].standing.status not in LIVE
        if lifts or gone or (row.withholds and record.scope == ZERO):
            self.required.pop(declaration, None)
            stay = self.waiting.pop(declaration, None)
            if stay is not None and lifts:
                stay.end = record.effective_at

    # --- in the end

    def told(self) -> tuple[Inspection, ...]:
        for stay in self.stays:
            self._save(stay)
        within = (one for one in self.found.values() if self.period.holds(one.carried_out_at) and _is_carried_out(one))
        return tuple(replace(one, withdrawn=self._is_withdrawn(one)) for one in within)

    def _save(self, stay: _Stay) -> None:
        inspections = [one for one in map(self.found.__getitem__, stay.digests) if _is_carried_out(one)]
        if stay.end is None or not inspections or not all(one.is_waived for one in inspections):
            return
        controls = self.chronicle.ledger.recognitions
        relied = (self._effective(controls, digest) for one in inspections for digest in one.relied)
        since = max(stay.start, *relied)
        for number, one in enumerate(inspections):
            seconds = max(0, stay.end - since) if number == 0 else 0
            self.found[one.digest] = replace(one, seconds=seconds)

    @staticmethod
    def _effective(known: Recognitions, parent: Digest) -> int:
        node = known.nodes.get(parent)
        return known.controls[parent].effective_at if node is None else node.record.effective_at

    def _is_withdrawn(self, one: Inspection) -> bool:
        walk = self.chronicle.ledger.walk
        version = self.chronicle.ledger.recognitions.controls[one.digest].version
        broken = any(walk.standing_of(parent, one.covered) is not Outcome.RECORDED for parent in one.relied)
        return broken or (bool(one.relied) and walk.is_touched(one.declaration, version, one.covered))


def _is_carried_out(one: Inspection) -> bool:
    """Not so if a later record says that it never was."""
    return one.outcome is not ControlOutcome.NOT_CARRIED_OUT


def _relying(plain: Inspection, offers: Iterable[_Offer]) -> Inspection:
    """The inspection with the fewest, latest offers that cover its risk areas."""
    listed = list(offers)
    covered, relied = NOTHING, []
    for offer in listed:
        fits = offer.outcome is Outcome.RECORDED and offer.method == plain.method
        if fits and offer.risk & ~covered:
            covered |= offer.risk
            relied.append(offer.parent)
    if covered == plain.risk:
        return replace(plain, effect=Effect.WAIVED, covered=covered, relied=tuple(relied))
    effect = Effect.NARROWED if covered else Effect.KEPT
    reason = _why_not(plain, [one for one in listed if one.shared & ~covered])
    return replace(plain, effect=effect, covered=covered, relied=tuple(relied), reason=reason)


def _why_not(plain: Inspection, offers: Sequence[_Offer]) -> Outcome | Ground:
    """Why these offers, which share a risk area that is not covered, don't cover it."""
    if not offers:
        return Ground.OTHER_RISK
    refused = next((one.outcome for one in offers if one.outcome is not Outcome.RECORDED), None)
    if refused is None and any(one.method != plain.method for one in offers):
        return Ground.OTHER_METHOD
    return refused or Outcome.OUT_OF_SCOPE


def _recognition(record: Control, parent: Digest, risk: int) -> Recognition:
    """What the party would have signed in the place of its control."""
    return Recognition(
        declaration=record.declaration,
        parent=parent,
        arrangement=PROPOSED,
        administration=record.administration,
        office=record.office,
        version=record.version,
        verdict=Verdict.PARTIAL,
        risk=risk,
        effective_at=record.effective_at,
        deadline=0,
    )
