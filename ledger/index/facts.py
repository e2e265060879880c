"""What a declaration's status does not say by itself: which decision led to it, since when, until when, over what.

Folded beside `ledger.domain.state` and kept with the declaration as JSON, so that a status answer reads one row.
"""

from typing import Final

import msgspec

from ledger.domain.codes import DecisionKind, Flag, Status
from ledger.domain.lifecycle import TABLE, Row, Standing
from ledger.domain.records import Decision
from ledger.domain.wire import ZERO, Digest

DEMANDS: Final = (Flag.CONTROL, Flag.DOCUMENTS, Flag.DETENTION, Flag.PAYMENT, Flag.EXIT_DUE)
AT_DISPOSAL: Final = frozenset({Status.RELEASED, Status.CLEARED, Status.EXITED})
RELEASED_SOMEHOW: Final = AT_DISPOSAL | {Status.CONDITIONALLY_RELEASED, Status.PARTLY_RELEASED}


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision, as far as an answer quotes it; codes and times are wire values, 0 or empty for none."""

    digest: bytes
    kind: int
    administration: int
    office: int
    effective: int
    reason: int = 0
    limit: int = 0
    scope: bytes = b""
    evidence: bytes = b""


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands beside a declaration's state.

    Attributes:
        standing: the decision that led to the status.
        released: the decision that put the goods at the declarant's disposal.
        demands: per open flag, by name, the decision that set it.
        parts: decisions over some goods items that still count, in order.
        assessed: the last decision on the debt.
        requester: author of the pending request, or 0.
    """

    standing: Mark | None = None
    released: Mark | None = None
    demands: dict[str, Mark] = {}
    parts: tuple[Mark, ...] = ()
    assessed: Mark | None = None
    requester: int = 0


def decided(facts: Facts, record: Decision, digest: Digest, before: Standing, after: Standing) -> Facts:
    """The facts after a decision that took a declaration from one standing to another."""
    row = TABLE[DecisionKind(record.kind)]
    mark = _mark(record, digest)
    return Facts(
        standing=mark if _leads(row, mark, before, after) else facts.standing,
        released=_released(facts, row, record, mark, before, after),
        demands=_demands(facts, row, mark, after),
        parts=_parts(facts, row, record, mark, after),
        assessed=facts.assessed if row.debt is None else mark,
        requester=facts.requester if after.pending else 0,
    )


def _mark(record: Decision, digest: Digest) -> Mark:
    return Mark(
        digest=digest,
        kind=record.kind,
        administration=record.administration,
        office=record.office,
        effective=record.effective_at,
        reason=record.reason,
        limit=record.limit_at,
        scope=b"" if record.scope == ZERO else record.scope,
        evidence=b"" if record.evidence == ZERO else record.evidence,
    )


def _leads(row: Row, mark: Mark, before: Standing, after: Standing) -> bool:
    return before.status is not after.status or (row.target is after.status and not mark.scope)


def _released(facts: Facts, row: Row, record: Decision, mark: Mark, before: Standing, after: Standing) -> Mark | None:
    if after.status not in RELEASED_SOMEHOW:
        return None
    kept = facts.released if before.status in AT_DISPOSAL and record.supersedes == ZERO else None
    if row.releases and not mark.scope:
        return kept or mark
    return facts.released or (mark if row.releases else None)


def _demands(facts: Facts, row: Row, mark: Mark, after: Standing) -> dict[str, Mark]:
    open_ = [(flag, facts.demands.get(str(flag.name))) for flag in DEMANDS if flag in after.flags]
    return {str(flag.name): mark if known is None or flag in row.sets else known for flag, known in open_}


def _parts(facts: Facts, row: Row, record: Decision, mark: Mark, after: Standing) -> tuple[Mark, ...]:
    kept = tuple(part for part in facts.parts if part.digest != record.supersedes)
    if mark.scope:
        return (*kept, mark) if row.releases or row.withholds else kept
    ends = row.target is not None and Flag.PARTIAL not in after.flags
    return () if ends else kept
