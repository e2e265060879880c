"""What mutual recognition brought, by pair of administrations and period: counted from recorded events alone.

Periods go by block time, so that a period which is over never changes: what is counted, and when:

1. a recognition, when it was recorded: full, partial, or declined with its reason;
2. one that is *withdrawn*, when that happened which broke it: its control was superseded or revoked, a recognition
   above it broke, an AEO's status ended, or an amendment touched its risk area; *replaced*, when its own author did it;
3. an inspection *waived*, when a decision first relied on the recognition.

A recognition counts for the administration that made it (`administration`) and the one whose control, or recognition,
it names (`partner`), as the records name them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Final

from ledger.domain.chronicle import Chronicle
from ledger.domain.codes import Outcome, Reason, Verdict
from ledger.domain.events import Recorded
from ledger.domain.participants import Participants
from ledger.domain.proposals import Period
from ledger.domain.recognition import relied_in
from ledger.domain.records import AeoStatus, Control, Decision, Recognition
from ledger.domain.wire import ZERO, ConsignmentId, Digest


@unique
class Interval(StrEnum):
    """Lengths of the periods of a report, in UTC."""

    MONTH = "month"
    QUARTER = "quarter"


@unique
class Counted(StrEnum):
    """What is counted."""

    FULL = "full"
    PARTIAL = "partial"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Benefit:
    """One line of the report.

    Attributes:
        period: such as 2026-11 or 2026-Q4; empty: all of it.
        administration: who recognised; `partner` whose control.
        recognised: fully; `partly` in part; `declined` by reason.
        withdrawn: reliances withdrawn by what others did; `replaced` by their own author.
        waived: inspections.
    """

    period: str
    administration: int
    partner: int
    recognised: int
    partly: int
    declined: Mapping[str, int]
    withdrawn: int
    replaced: int
    waived: int


Tally = dict[tuple[str, int, int], Counter[Counted | Reason]]


def benefits(
    participants: Participants, events: Iterable[Recorded], period: Period, interval: Interval | None = None
) -> tuple[Benefit, ...]:
    """The report over events of whole consignments, with those of the council and of recognition, in order.

    Args:
        participants: the founders.
        events: in the chain's order.
        period: events of which block times count.
        interval: the lines' periods; None: one for all.

    Raises:
        BrokenTimeline: an event is missing.
    """
    count = _Count(Chronicle(participants), period, _LABELS[interval])
    for event in events:
        count.take(event)
    return tuple(_line(key, count.tally[key]) for key in sorted(count.tally))


@dataclass(slots=True)
class _Count:
    """`standing`: recognitions that stand, by consignment; `used`: those that a decision has relied on."""

    chronicle: Chronicle
    period: Period
    label: Callable[[int], str]
    tally: Tally = field(default_factory=dict)
    standing: dict[ConsignmentId, set[Digest]] = field(default_factory=dict)
    used: set[Digest] = field(default_factory=set)

    def take(self, event: Recorded) -> None:
        record, now = event.record, event.position.time
        self.chronicle.take(event)
        if isinstance(record, Recognition):
            self._recognised(event.digest, record, now)
        elif isinstance(record, Decision):
            self._relied(relied_in(record, event.proof), now)
        if isinstance(record, Control | Decision):
            self._break(self.chronicle.consignment(record.declaration), now)
        elif isinstance(record, AeoStatus) and record.grant != ZERO:
            for consignment in list(self.standing):
                self._break(consignment, now)

    def _recognised(self, digest: Digest, record: Recognition, now: int) -> None:
        verdict = Verdict(record.verdict)
        self._add(digest, _VERDICTS[verdict], now)
        if verdict is Verdict.DECLINED:
            self._add(digest, Reason(record.reason), now)
        consignment = self.chronicle.consignment(record.declaration)
        standing = self.standing.setdefault(consignment, set())
        if record.supersedes in standing:
            standing.remove(record.supersedes)
            self._add(record.supersedes, Counted.REPLACED, now)
        self._break(consignment, now)
        if verdict is not Verdict.DECLINED:
            standing.add(digest)

    def _relied(self, relied: Iterable[Digest], now: int) -> None:
        for digest in relied:
            if digest not in self.used:
                self.used.add(digest)
                self._add(digest, Counted.WAIVED, now)

    def _break(self, consignment: ConsignmentId, now: int) -> None:
        """Count the recognitions of a consignment that stand no longer; broken never un-breaks."""
        standing = self.standing.get(consignment, set())
        walk = self.chronicle.ledger.walk
        for digest in [one for one in standing if walk.standing(one) is not Outcome.RECORDED]:
            standing.remove(digest)
            self._add(digest, Counted.WITHDRAWN, now)

    def _add(self, digest: Digest, what: Counted | Reason, now: int) -> None:
        if not self.period.holds(now):
            return
        known = self.chronicle.ledger.recognitions
        record = known.nodes[digest].record
        above = known.nodes.get(record.parent)
        partner = known.controls[record.parent].administration if above is None else above.record.administration
        self.tally.setdefault((self.label(now), record.administration, partner), Counter())[what] += 1


def _month(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m")


def _quarter(moment: int) -> str:
    at = datetime.fromtimestamp(moment, UTC)
    return f"{at.year}-Q{(at.month + 2) // 3}"


def _line(key: tuple[str, int, int], counts: Counter[Counted | Reason]) -> Benefit:
    period, administration, partner = key
    return Benefit(
        period=period,
        administration=administration,
        partner=partner,
        recognised=counts[Counted.FULL],
        partly=counts[Counted.PARTIAL],
        declined={reason.name: counts[reason] for reason in Reason if counts[reason]},
        withdrawn=counts[Counted.WITHDRAWN],
        replaced=counts[Counted.REPLACED],
        waived=counts[Counted.WAIVED],
    )


_VERDICTS: Final = {
    Verdict.FULL: Counted.FULL,
    Verdict.PARTIAL: Counted.PARTIAL,
    Verdict.DECLINED: Counted.DECLINED,
}
_LABELS: Final[Mapping[Interval | None, Callable[[int], str]]] = {
    None: lambda _: "",
    Interval.MONTH: _month,
    Interval.QUARTER: _quarter,
}
