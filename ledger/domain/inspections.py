"""Inspections, and what an arrangement would have meant for them: what `ledger.domain.simulation` tells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

from ledger.domain.codes import ControlMethod, ControlOutcome, Outcome, Risk
from ledger.domain.events import Recorded
from ledger.domain.participants import Participants
from ledger.domain.proposals import Goods
from ledger.domain.wire import ConsignmentId, DeclarationId, Digest

NOTHING: Final = Risk(0)


@unique
class Effect(StrEnum):
    """What the arrangement would have meant. UNJUDGED: its annex limits goods, and these are not known."""

    WAIVED = "WAIVED"
    NARROWED = "NARROWED"
    UNJUDGED = "UNJUDGED"
    KEPT = "KEPT"


@unique
class Ground(StrEnum):
    """Why an inspection is kept, where the rules of recognition were not asked or agreed."""

    NO_EARLIER_CONTROL = "NO_EARLIER_CONTROL"
    OTHER_RISK = "OTHER_RISK"
    OTHER_METHOD = "OTHER_METHOD"
    OUTSIDE_ANNEX = "OUTSIDE_ANNEX"


@dataclass(frozen=True, slots=True)
class History:
    """What a simulation runs over, as far as whoever asks may see it.

    Attributes:
        participants: the founders, before the first event.
        events: recorded events in the chain's order.
        goods: by (declaration, version), where the payload could be read.
        counted: administrations whose inspections count; None: all.
    """

    participants: Participants
    events: Iterable[Recorded]
    goods: Mapping[tuple[DeclarationId, int], Goods] = field(default_factory=dict)
    counted: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A party's control, and what the arrangement would have meant for it.

    Attributes:
        digest: the control as first recorded.
        administration: the party that made it; `partner` the other one.
        risk: risk areas that it covered; `covered` those that the partner's controls cover.
        outcome: of the last control that supersedes it.
        carried_out_at: its legal moment.
        reason: why it is kept or narrowed; None when it is waived.
        relied: the partner's controls, or recognitions, that would have been relied on.
        seconds: what its stay would have saved; None: it is not waived alone, or the stay has no end.
        withdrawn: something has happened since that would have withdrawn the reliance.
    """

    digest: Digest
    declaration: DeclarationId
    consignment: ConsignmentId
    administration: int
    partner: int
    method: ControlMethod
    risk: Risk
    outcome: ControlOutcome
    carried_out_at: int
    effect: Effect
    covered: Risk = NOTHING
    reason: Outcome | Ground | None = None
    relied: tuple[Digest, ...] = ()
    seconds: int | None = None
    withdrawn: bool = False

    @property
    def is_waived(self) -> bool:
        """Whether the partner's controls stand for all of it."""
        return self.effect is Effect.WAIVED

    @property
    def has_discrepancy(self) -> bool:
        """Whether it found something that would not have been found."""
        return self.outcome in {ControlOutcome.MINOR_DISCREPANCY, ControlOutcome.MAJOR_DISCREPANCY}

    @property
    def is_repeat(self) -> bool:
        """Whether the partner had controlled the consignment before."""
        return self.reason is not Ground.NO_EARLIER_CONTROL


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """Inspections of one party, summed up.

    Attributes:
        inspections: all that it made; `repeats` those of consignments that the partner had controlled before.
        waived: inspections saved; `narrowed` and `unjudged` are none of these.
        minor: waived ones that found minor discrepancies; `major` likewise.
        withdrawn: waived ones whose reliance would have been withdrawn since.
        seconds: time saved, over `timed` of the waived; of the others it is not known, or none.
        kept: of the repeats that are kept, how many for which reason.
    """

    administration: int
    partner: int
    inspections: int
    repeats: int
    waived: int
    narrowed: int
    unjudged: int
    minor: int
    major: int
    withdrawn: int
    seconds: int
    timed: int
    kept: Mapping[str, int]


def savings(found: Iterable[Inspection], administration: int, partner: int) -> Savings:
    """What a partner's controls would have saved an administration."""
    own = [one for one in found if one.partner == partner]
    effects = Counter(one.effect for one in own)
    waived = [one for one in own if one.is_waived]
    outcomes = Counter(one.outcome for one in waived)
    saved = [one.seconds for one in waived if one.seconds is not None]
    kept = Counter(one.reason.name for one in own if one.is_repeat and one.reason and one.effect is Effect.KEPT)
    return Savings(
        administration=administration,
        partner=partner,
        inspections=len(own),
        repeats=sum(one.is_repeat for one in own),
        waived=len(waived),
        narrowed=effects[Effect.NARROWED],
        unjudged=effects[Effect.UNJUDGED],
        minor=outcomes[ControlOutcome.MINOR_DISCREPANCY],
        major=outcomes[ControlOutcome.MAJOR_DISCREPANCY],
        withdrawn=sum(one.withdrawn for one in waived),
        seconds=sum(saved),
        timed=len(saved),
        kept=dict(sorted(kept.items())),
    )
