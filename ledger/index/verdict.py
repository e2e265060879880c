"""From a declaration as folded to the answer about it: pure, and the one place where "released" is decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ledger.domain.codes import Debt, DecisionKind, Flag, Leg, OrganisationStatus, Reason, Regime, Stage, Status
from ledger.domain.lifecycle import LIVE, Standing
from ledger.domain.participants import Organisation
from ledger.index.answers import Answer, Decided, Deliver, HoldShown, Item, Part
from ledger.index.facts import AT_DISPOSAL, DEMANDS, Mark
from ledger.index.folding import Folded, OpenHold

HOME_USE: Final = frozenset({Regime.HOME_USE, Regime.RE_IMPORT})
_BLOCKS_ALWAYS: Final = Flag.DETENTION
_BLOCKS_PARTWAY: Final = _BLOCKS_ALWAYS | Flag.CONTROL
_BLOCKS_BEFORE: Final = _BLOCKS_PARTWAY | Flag.DOCUMENTS | Flag.PAYMENT
_PARTWAY: Final = frozenset({Status.CONDITIONALLY_RELEASED, Status.PARTLY_RELEASED})
_BEFORE: Final = frozenset({Status.REPORTED, Status.PRE_LODGED, Status.LODGED, Status.ACCEPTED})
_HOLDABLE: Final = _BEFORE | _PARTWAY | {Status.RELEASED, Status.CLEARED}
_NAMED_OTHERWISE: Final = {Status.CLEARED: Answer.RELEASED, Status.RETURNED: Answer.RETURN}

MOST_RESTRICTIVE_FIRST: Final = (
    Answer.AUTHORITY_WITHDRAWN,
    Answer.SEIZED,
    Answer.DESTROYED,
    Answer.REFUSED,
    Answer.ABANDONED,
    Answer.RETURN,
    Answer.RE_EXPORTED,
    Answer.HELD,
    Answer.REJECTED,
    Answer.INVALIDATED,
    Answer.CLOSED,
    Answer.REPORTED,
    Answer.PRE_LODGED,
    Answer.LODGED,
    Answer.ACCEPTED,
    Answer.PARTLY_RELEASED,
    Answer.CONDITIONALLY_RELEASED,
    Answer.EXITED,
    Answer.RELEASED,
)
_RANK: Final = {answer: rank for rank, answer in enumerate(MOST_RESTRICTIVE_FIRST)}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a standing means for the goods.

    Attributes:
        answer: the answer, while the administration has its authority.
        blocks: the flags that keep the goods from being at the declarant's disposal.
        debt: the state of the customs debt.
        cleared: whether customs is done with it.
        overridden: whether a release stands over an agency's hold.
    """

    answer: Answer
    blocks: Flag
    debt: Debt
    cleared: bool
    overridden: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one declaration, whether to deliver, and what its standing means."""

    folded: Folded
    answer: Answer
    deliver: Deliver | None
    effect: Effect


def judge(folded: Folded, administration: Organisation | None, now: int) -> Verdict:
    """The answer about a declaration whose competent administration is given."""
    standing = folded.state.standing
    effect = effect_of(standing)
    expelled = administration is not None and administration.status_at(now) is OrganisationStatus.EXPELLED
    withdrawn = expelled and standing.status in LIVE - AT_DISPOSAL
    answer = Answer.AUTHORITY_WITHDRAWN if withdrawn else effect.answer
    return Verdict(folded, answer, _deliver(answer, folded), effect)


@lru_cache(maxsize=4_096)
def effect_of(standing: Standing) -> Effect:
    """What a standing means; there are few different ones, and thousands of declarations stand alike."""
    blocks, status, flags = _blocking(standing), standing.status, standing.flags
    held = status in _HOLDABLE and blocks
    answer = Answer.HELD if held else _NAMED_OTHERWISE.get(status) or Answer[status.name]
    return Effect(answer, blocks, standing.debt, Flag.CLEARED in flags, Flag.OVERRIDDEN in flags)


def _blocking(standing: Standing) -> Flag:
    """The flags that keep the goods from being at the declarant's disposal.

    Once goods are released, documents and payment are demands beside the release; detention, an agency's hold that was
    not overridden and, while the release is not whole, a control still hold them.
    """
    held = Flag.AGENCY if standing.flags & (Flag.AGENCY | Flag.OVERRIDDEN) == Flag.AGENCY else Flag(0)
    if standing.status in _BEFORE:
        return held | standing.flags & _BLOCKS_BEFORE
    return held | standing.flags & (_BLOCKS_PARTWAY if standing.status in _PARTWAY else _BLOCKS_ALWAYS)


def _deliver(answer: Answer, folded: Folded) -> Deliver:
    if answer is Answer.CONDITIONALLY_RELEASED:
        return Deliver.AS_STATED
    if answer is Answer.PARTLY_RELEASED:
        return Deliver.THOSE_ONLY
    home = folded.state.leg is Leg.IMPORT and regime_of(folded) in HOME_USE
    return Deliver.YES if answer is Answer.RELEASED and home else Deliver.NO


def regime_of(folded: Folded) -> Regime | None:
    """Released for what: unknown while only a notice has told of the declaration, whatever its record says."""
    return None if folded.state.stage is Stage.REPORTED else folded.state.regime


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The most restrictive of the live ones, supplementary ones aside; when none is live, the latest."""
    listed = list(verdicts)
    if len(listed) == 1:
        return listed[0]
    main = [one for one in listed if one.folded.state.stage is not Stage.SUPPLEMENTARY] or listed
    live = [one for one in main if one.folded.state.standing.status in LIVE]
    if not live:
        return max(main, key=lambda one: (one.folded.opened, one.folded.state.id))
    return min(live, key=lambda one: (_RANK[one.answer], one.deliver is Deliver.YES, one.folded.opened))


def holds_shown(verdict: Verdict, now: int) -> tuple[HoldShown, ...]:
    """What stands in the way, customs' own first."""
    holds, demands, blocks = verdict.folded.holds, verdict.folded.facts.demands, verdict.effect.blocks
    if not holds and not demands:
        return ()
    own = [_demand(flag, demands[str(flag.name)], blocks, now) for flag in DEMANDS if str(flag.name) in demands]
    return (*own, *(_agency(holds[agency], blocks) for agency in sorted(holds)))


def _demand(flag: Flag, mark: Mark, blocks: Flag, now: int) -> HoldShown:
    return HoldShown(
        action=str(flag.name),
        by=mark.administration,
        office=mark.office,
        since=mark.effective,
        reason=Reason(mark.reason),
        deadline=mark.limit or None,
        deadline_passed=0 < mark.limit <= now,
        blocking=flag in blocks,
    )


def _agency(hold: OpenHold, blocks: Flag) -> HoldShown:
    return HoldShown(
        action="AGENCY",
        by=hold.agency,
        office=0,
        since=hold.since,
        reason=Reason(hold.reason),
        deadline=None,
        deadline_passed=False,
        blocking=Flag.AGENCY in blocks,
    )


def decided(mark: Mark | None) -> Decided | None:
    """A decision as an answer quotes it."""
    if mark is None:
        return None
    return Decided(
        digest=mark.digest,
        kind=DecisionKind(mark.kind),
        administration=mark.administration,
        office=mark.office,
        effective_at=mark.effective,
        reason=Reason(mark.reason),
        limit=mark.limit or None,
        evidence=mark.evidence or None,
    )


def parts_shown(folded: Folded, scopes: Mapping[bytes, tuple[Item, ...]]) -> tuple[Part, ...]:
    """Decisions over some goods items that still count."""
    if not folded.facts.parts:
        return ()
    quoted = ((decided(mark), mark.scope) for mark in folded.facts.parts)
    return tuple(Part(one, scope, scopes.get(scope)) for one, scope in quoted if one is not None)
