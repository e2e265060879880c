"""The lifecycle of one declaration: what each kind of decision does to status and flags.

    outcome, status, flags = decide(DecisionKind.RELEASE, Ruling(), Status.ACCEPTED, 0)

Written from docs/records.md and held equal to the contracts' table by ``tests/vectors/lifecycle.json``. Knows no key,
no clock and no storage.
"""

from typing import Final, NamedTuple

from passavant_verifier.codes import (
    DEBT_MASK,
    DEBT_SHIFT,
    PENDING_MASK,
    PENDING_SHIFT,
    Debt,
    DecisionKind,
    Flag,
    Outcome,
    Pending,
    Status,
)


def _statuses(names: str) -> frozenset[int]:
    return frozenset(Status[name] for name in names.split())


TERMINAL: Final = _statuses("REJECTED INVALIDATED DESTROYED CLOSED")
LIVE: Final = frozenset(Status) - TERMINAL - {Status.NONE}
"""Statuses that requests, holds and most decisions may still meet."""

_BEFORE: Final = _statuses("REPORTED PRE_LODGED LODGED")
_UNRELEASED: Final = _BEFORE | _statuses("ACCEPTED CONDITIONALLY_RELEASED PARTLY_RELEASED")
_AT_DISPOSAL: Final = _statuses("RELEASED CONDITIONALLY_RELEASED CLEARED")
_IN_REACH: Final = _UNRELEASED | _statuses("RELEASED CLEARED REFUSED")
_HOLDS: Final = Flag.CONTROL | Flag.DOCUMENTS | Flag.DETENTION | Flag.PAYMENT
_NOTHING: Final = Flag(0)
_ANY: Final = frozenset({Pending.AMENDMENT, Pending.INVALIDATION, Pending.PRESENTATION})


class Row(NamedTuple):
    """One kind of decision.

    Attributes:
        sources: statuses from which it may be taken.
        target: the status that it leads to; None: the status stays.
        sets: flags that it sets.
        clears: flags that it clears.
        debt: what the debt becomes; None: it stays.
        answers: requests that it ends when it names them. A presentation is ended by whatever names it.
        safeguards: it checks the settled head only and names no request.
        releases: it puts goods at the declarant's disposal.
        withholds: it takes them from it.
        versions: it may carry the commitment of a version that customs wrote.
        corrects: it leaves a terminal status, by superseding, over the whole declaration.
    """

    sources: frozenset[int]
    target: Status | None = None
    sets: Flag = Flag(0)
    clears: Flag = Flag(0)
    debt: Debt | None = None
    answers: frozenset[Pending] = frozenset()
    safeguards: bool = False
    releases: bool = False
    withholds: bool = False
    versions: bool = False
    corrects: bool = False


class Ruling(NamedTuple):
    """What the lifecycle looks at in a decision beside its kind."""

    scoped: bool = False
    supersedes: bool = False
    overrides: bool = False
    names_request: bool = False


def _hold(sources: frozenset[int], flag: Flag) -> Row:
    return Row(sources, sets=flag, safeguards=True)


def _release(sources: frozenset[int], target: Status, sets: Flag = _NOTHING) -> Row:
    return Row(sources, target, sets=sets, clears=_HOLDS, releases=True)


def _withhold(sources: frozenset[int], target: Status, *, safeguards: bool = False) -> Row:
    return Row(sources, target, withholds=True, safeguards=safeguards)


_K, _S = DecisionKind, Status

TABLE: Final[dict[int, Row]] = {
    _K.RECEIPT: Row(LIVE),
    _K.REGISTER: Row(_statuses("REPORTED"), _S.LODGED, versions=True),
    _K.REGISTER_PRE_LODGED: Row(_statuses("REPORTED"), _S.PRE_LODGED, versions=True),
    _K.ACCEPT: Row(_BEFORE, _S.ACCEPTED),
    _K.REJECT: Row(_BEFORE, _S.REJECTED, answers=_ANY),
    _K.REQUIRE_CONTROL: _hold(_UNRELEASED, Flag.CONTROL),
    _K.REQUIRE_DOCUMENTS: _hold(_UNRELEASED, Flag.DOCUMENTS),
    _K.REQUIRE_PAYMENT: _hold(
        _statuses("REPORTED ACCEPTED RELEASED CONDITIONALLY_RELEASED PARTLY_RELEASED"), Flag.PAYMENT
    ),
    _K.DETAIN: _hold(_IN_REACH, Flag.DETENTION),
    _K.LIFT_CONTROL: Row(LIVE, clears=Flag.CONTROL),
    _K.LIFT_DOCUMENTS: Row(LIVE, clears=Flag.DOCUMENTS),
    _K.LIFT_PAYMENT: Row(LIVE, clears=Flag.PAYMENT),
    _K.LIFT_DETENTION: Row(LIVE, clears=Flag.DETENTION),
    _K.QUERY: Row(LIVE),
    _K.GRANT: Row(LIVE, answers=_ANY, versions=True),
    _K.REFUSE_REQUEST: Row(LIVE, answers=_ANY),
    _K.AMEND: Row(LIVE, answers=frozenset({Pending.AMENDMENT}), versions=True),
    _K.RELEASE: _release(_UNRELEASED | _statuses("REFUSED SEIZED"), _S.RELEASED),
    _K.CONDITIONALLY_RELEASE: _release(
        _BEFORE | _statuses("ACCEPTED PARTLY_RELEASED REFUSED SEIZED"), _S.CONDITIONALLY_RELEASED
    ),
    _K.CLEAR: _release(_UNRELEASED | _statuses("RELEASED EXITED"), _S.CLEARED, Flag.CLEARED),
    _K.CONFIRM_EXIT: Row(_statuses("REPORTED RELEASED CLEARED"), _S.EXITED, clears=Flag.EXIT_DUE),
    _K.REMIND_EXIT: Row(_statuses("REPORTED CLEARED"), sets=Flag.EXIT_DUE),
    _K.INVALIDATE: Row(_UNRELEASED | _statuses("RELEASED CLEARED"), _S.INVALIDATED, answers=_ANY),
    _K.REFUSE: _withhold(_UNRELEASED, _S.REFUSED),
    _K.SEIZE: _withhold(_IN_REACH, _S.SEIZED, safeguards=True),
    _K.RETURN: _withhold(_UNRELEASED | _statuses("RELEASED REFUSED SEIZED"), _S.RETURNED),
    _K.RE_EXPORT: _withhold(_UNRELEASED | _statuses("RELEASED REFUSED SEIZED"), _S.RE_EXPORTED),
    _K.DESTROY: _withhold(_UNRELEASED | _statuses("REFUSED SEIZED ABANDONED"), _S.DESTROYED),
    _K.ABANDON: _withhold(_UNRELEASED | _statuses("REFUSED SEIZED"), _S.ABANDONED),
    _K.CLOSE: Row(_statuses("CLEARED EXITED REFUSED SEIZED RETURNED RE_EXPORTED ABANDONED"), _S.CLOSED, answers=_ANY),
    _K.REINSTATE: Row(TERMINAL, _S.ACCEPTED, corrects=True),
    _K.ASSESS: Row(LIVE, debt=Debt.INDICATIVE),
    _K.SECURE: Row(LIVE, debt=Debt.SECURED),
    _K.ASSESS_FINALLY: Row(LIVE, debt=Debt.FINAL),
    _K.REASSESS: Row(LIVE | {Status.CLOSED}, debt=Debt.REVISED),
}


def pending_of(flags: int) -> int:
    """The `Pending` code in the flags."""
    return (flags & PENDING_MASK) >> PENDING_SHIFT


def with_pending(flags: int, pending: int) -> int:
    """The flags with another `Pending` code."""
    return (flags & ~PENDING_MASK) | pending << PENDING_SHIFT


def decide(kind: int, ruling: Ruling, status: int, flags: int) -> tuple[Outcome, int, int]:
    """The outcome of a decision, and status and flags after it: the same as before unless it is recorded."""
    row = TABLE[kind]
    if not _may(row, ruling, status):
        return Outcome.TRANSITION_NOT_ALLOWED, status, flags
    unopposed = not flags & Flag.AGENCY or flags & Flag.OVERRIDDEN
    if row.releases and not unopposed and not ruling.overrides:
        return Outcome.OVERRIDE_NEEDED, status, flags
    after = _status_after(row, ruling, status, flags)
    return Outcome.RECORDED, after, _flags_after(row, ruling, flags, after)


def _may(row: Row, ruling: Ruling, status: int) -> bool:
    if row.corrects:
        return status in row.sources and ruling.supersedes and not ruling.scoped
    if status in row.sources:
        return True
    return ruling.supersedes and row.target is not None and status in LIVE


def _status_after(row: Row, ruling: Ruling, status: int, flags: int) -> int:
    if row.target is None:
        return status
    if ruling.scoped:
        part_freed = row.releases and status not in _AT_DISPOSAL and status != Status.EXITED
        part_taken = row.withholds and status in _AT_DISPOSAL
        return Status.PARTLY_RELEASED if part_freed or part_taken else status
    if row.target is Status.CLEARED and status == Status.EXITED:
        return status
    if row.releases and flags & Flag.PARTIAL and not ruling.supersedes:
        return Status.PARTLY_RELEASED
    return row.target


def _flags_after(row: Row, ruling: Ruling, flags: int, after: int) -> int:
    flags = _scoped_flags(row, flags) if ruling.scoped else (flags & ~row.clears) | row.sets
    if row.releases and flags & Flag.AGENCY:
        flags |= Flag.OVERRIDDEN
    if ruling.supersedes and not ruling.scoped and row.target is not None:
        if after not in (Status.CLEARED, Status.EXITED):
            flags &= ~(Flag.CLEARED | Flag.EXIT_DUE)
        if row.releases:
            flags &= ~Flag.PARTIAL
    if row.debt is not None:
        flags = (flags & ~DEBT_MASK) | row.debt << DEBT_SHIFT
    waiting = pending_of(flags)
    answered = ruling.names_request and (waiting == Pending.PRESENTATION or waiting in row.answers)
    return with_pending(flags, Pending.NONE) if answered or after in TERMINAL else flags


def _scoped_flags(row: Row, flags: int) -> int:
    """Part of the goods is never cleared, and a lift over some items leaves the hold on the others."""
    if row.releases:
        return flags & ~row.clears
    return flags | row.sets | (Flag.PARTIAL if row.withholds else 0)
