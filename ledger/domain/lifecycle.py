"""The lifecycle of one declaration: one table, the same in Solidity, here and in ``tests/vectors/lifecycle.json``.

A row says from which statuses a decision may be taken, which status follows, which flags it sets and clears, and
which pending requests it answers. `decide` applies a row to a `(status, flags)` pair; it knows no clock, no key and
no storage. Sources: WCO DM 3.6 `Response/FunctionCode` (WCOID 017) as customs use it; Kyoto Convention terms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.domain.codes import (
    DEBT_SHIFT,
    PENDING_SHIFT,
    Debt,
    DecisionKind,
    Flag,
    Outcome,
    Pending,
    Stage,
    Status,
)

_K = DecisionKind
_S = Status

TERMINAL: Final = frozenset({_S.REJECTED, _S.INVALIDATED, _S.DESTROYED, _S.CLOSED})
LIVE: Final = frozenset(_S) - TERMINAL - {_S.NONE}
FIRST_STATUS: Final[Mapping[Stage, Status]] = MappingProxyType(
    {
        Stage.PRE_LODGED: _S.PRE_LODGED,
        Stage.ARRIVED: _S.LODGED,
        Stage.SUPPLEMENTARY: _S.LODGED,
        Stage.REPORTED: _S.REPORTED,
    }
)

_BEFORE = frozenset({_S.REPORTED, _S.PRE_LODGED, _S.LODGED})
_OPEN = _BEFORE | {_S.ACCEPTED}
_PARTWAY = frozenset({_S.CONDITIONALLY_RELEASED, _S.PARTLY_RELEASED})
_AT_DISPOSAL = frozenset({_S.RELEASED, _S.CONDITIONALLY_RELEASED, _S.CLEARED})
_IN_REACH = _OPEN | _PARTWAY | {_S.RELEASED, _S.CLEARED, _S.REFUSED}
_HOLDS = Flag.CONTROL | Flag.DOCUMENTS | Flag.DETENTION | Flag.PAYMENT
_ANY_REQUEST = frozenset({Pending.AMENDMENT, Pending.INVALIDATION, Pending.PRESENTATION})
_NOTHING = Flag(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of decision.

    Attributes:
        sources: statuses from which it may be taken.
        target: the status that follows, or None: the status stays.
        sets: flags that it sets.
        clears: flags that it clears.
        debt: the debt's next state, or None: it stays.
        answers: pending requests that it ends; a presentation is ended by every decision that names it.
        safeguards: checks the settled head only and names no request.
        releases: puts goods at the declarant's disposal.
        withholds: over some goods items only, it takes these from what was released.
        versions: may carry the commitment of a new version that customs wrote.
        corrects: leaves a terminal status, by superseding the decision that led there.
    """

    sources: frozenset[Status]
    target: Status | None = None
    sets: Flag = _NOTHING
    clears: Flag = _NOTHING
    debt: Debt | None = None
    answers: frozenset[Pending] = frozenset()
    safeguards: bool = False
    releases: bool = False
    withholds: bool = False
    versions: bool = False
    corrects: bool = False


def _withhold(sources: frozenset[Status], target: Status, *, safeguards: bool = False) -> Row:
    return Row(sources, target, withholds=True, safeguards=safeguards)


TABLE: Final[Mapping[DecisionKind, Row]] = MappingProxyType(
    {
        _K.RECEIPT: Row(LIVE),
        _K.REGISTER: Row(frozenset({_S.REPORTED}), _S.LODGED, versions=True),
        _K.REGISTER_PRE_LODGED: Row(frozenset({_S.REPORTED}), _S.PRE_LODGED, versions=True),
        _K.ACCEPT: Row(_BEFORE, _S.ACCEPTED),
        _K.REJECT: Row(_BEFORE, _S.REJECTED, answers=_ANY_REQUEST),
        _K.REQUIRE_CONTROL: Row(_OPEN | _PARTWAY, sets=Flag.CONTROL, safeguards=True),
        _K.REQUIRE_DOCUMENTS: Row(_OPEN | _PARTWAY, sets=Flag.DOCUMENTS, safeguards=True),
        _K.REQUIRE_PAYMENT: Row(
            frozenset({_S.REPORTED, _S.ACCEPTED, _S.RELEASED}) | _PARTWAY, sets=Flag.PAYMENT, safeguards=True
        ),
        _K.DETAIN: Row(_IN_REACH, sets=Flag.DETENTION, safeguards=True),
        _K.LIFT_CONTROL: Row(LIVE, clears=Flag.CONTROL),
        _K.LIFT_DOCUMENTS: Row(LIVE, clears=Flag.DOCUMENTS),
        _K.LIFT_PAYMENT: Row(LIVE, clears=Flag.PAYMENT),
        _K.LIFT_DETENTION: Row(LIVE, clears=Flag.DETENTION),
        _K.QUERY: Row(LIVE),
        _K.GRANT: Row(LIVE, answers=_ANY_REQUEST, versions=True),
        _K.REFUSE_REQUEST: Row(LIVE, answers=_ANY_REQUEST),
        _K.AMEND: Row(LIVE, answers=frozenset({Pending.AMENDMENT}), versions=True),
        _K.RELEASE: Row(_OPEN | _PARTWAY | {_S.REFUSED, _S.SEIZED}, _S.RELEASED, clears=_HOLDS, releases=True),
        _K.CONDITIONALLY_RELEASE: Row(
            _OPEN | {_S.PARTLY_RELEASED, _S.REFUSED, _S.SEIZED},
            _S.CONDITIONALLY_RELEASED,
            clears=_HOLDS,
            releases=True,
        ),
        _K.CLEAR: Row(
            _OPEN | _PARTWAY | {_S.RELEASED, _S.EXITED},
            _S.CLEARED,
            sets=Flag.CLEARED,
            clears=_HOLDS,
            releases=True,
        ),
        _K.CONFIRM_EXIT: Row(frozenset({_S.REPORTED, _S.RELEASED, _S.CLEARED}), _S.EXITED, clears=Flag.EXIT_DUE),
        _K.REMIND_EXIT: Row(frozenset({_S.REPORTED, _S.CLEARED}), sets=Flag.EXIT_DUE),
        _K.INVALIDATE: Row(_OPEN | _PARTWAY | {_S.RELEASED, _S.CLEARED}, _S.INVALIDATED, answers=_ANY_REQUEST),
        _K.REFUSE: _withhold(_OPEN | _PARTWAY, _S.REFUSED),
        _K.SEIZE: _withhold(_IN_REACH, _S.SEIZED, safeguards=True),
        _K.RETURN: _withhold(_OPEN | _PARTWAY | {_S.RELEASED, _S.REFUSED, _S.SEIZED}, _S.RETURNED),
        _K.RE_EXPORT: _withhold(_OPEN | _PARTWAY | {_S.RELEASED, _S.REFUSED, _S.SEIZED}, _S.RE_EXPORTED),
        _K.DESTROY: _withhold(_OPEN | _PARTWAY | {_S.REFUSED, _S.SEIZED, _S.ABANDONED}, _S.DESTROYED),
        _K.ABANDON: _withhold(_OPEN | _PARTWAY | {_S.REFUSED, _S.SEIZED}, _S.ABANDONED),
        _K.CLOSE: Row(
            frozenset({_S.CLEARED, _S.EXITED, _S.REFUSED, _S.SEIZED, _S.RETURNED, _S.RE_EXPORTED, _S.ABANDONED}),
            _S.CLOSED,
            answers=_ANY_REQUEST,
        ),
        _K.REINSTATE: Row(TERMINAL, _S.ACCEPTED, corrects=True),
        _K.ASSESS: Row(LIVE, debt=Debt.INDICATIVE),
        _K.SECURE: Row(LIVE, debt=Debt.SECURED),
        _K.ASSESS_FINALLY: Row(LIVE, debt=Debt.FINAL),
        _K.REASSESS: Row(LIVE | {_S.CLOSED}, debt=Debt.REVISED),
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a declaration stands: its status and what stands beside it."""

    status: Status
    flags: Flag = _NOTHING

    @property
    def pending(self) -> Pending:
        """The kind of the declarant's request that waits for customs."""
        return Pending((self.flags & Flag.PENDING) >> PENDING_SHIFT)

    @property
    def debt(self) -> Debt:
        """The state of the customs debt."""
        return Debt((self.flags & Flag.DEBT) >> DEBT_SHIFT)

    def with_pending(self, pending: Pending) -> "Standing":
        """This standing with another pending request."""
        return Standing(self.status, self.flags & ~Flag.PENDING | Flag(pending << PENDING_SHIFT))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the lifecycle looks at in a decision.

    Attributes:
        kind: what customs decided.
        scoped: over some goods items only.
        supersedes: takes the place of an earlier decision.
        overrides: carries a reasoned override of an agency's hold.
        names_request: names the pending request.
    """

    kind: DecisionKind
    scoped: bool = False
    supersedes: bool = False
    overrides: bool = False
    names_request: bool = False


def decide(standing: Standing, ruling: Ruling) -> Standing | Outcome:
    """The standing after a decision, or why it cannot be taken.

    Returns:
        The next `Standing`; or `Outcome.TRANSITION_NOT_ALLOWED`, or `Outcome.OVERRIDE_NEEDED` for a release
        while an agency's hold is open.
    """
    row = TABLE[ruling.kind]
    if not _allowed(row, standing.status, ruling):
        return Outcome.TRANSITION_NOT_ALLOWED
    if _needs_override(row, standing.flags) and not ruling.overrides:
        return Outcome.OVERRIDE_NEEDED
    status = _next_status(row, standing, ruling)
    return Standing(status, _next_flags(row, standing, ruling, status))


def _allowed(row: Row, status: Status, ruling: Ruling) -> bool:
    if row.corrects:
        return status in row.sources and ruling.supersedes and not ruling.scoped
    return status in row.sources or (ruling.supersedes and row.target is not None and status in LIVE)


def _needs_override(row: Row, flags: Flag) -> bool:
    return row.releases and flags & (Flag.AGENCY | Flag.OVERRIDDEN) == Flag.AGENCY


def _next_status(row: Row, standing: Standing, ruling: Ruling) -> Status:
    if row.target is None:
        return standing.status
    if ruling.scoped:
        return _next_status_scoped(row, standing.status)
    if row.target is Status.CLEARED and standing.status is Status.EXITED:
        return Status.EXITED
    if row.releases and Flag.PARTIAL in standing.flags and not ruling.supersedes:
        return Status.PARTLY_RELEASED
    return row.target


def _next_status_scoped(row: Row, status: Status) -> Status:
    at_disposal = status in _AT_DISPOSAL
    if (row.releases and not at_disposal and status is not Status.EXITED) or (row.withholds and at_disposal):
        return Status.PARTLY_RELEASED
    return status


def _next_flags(row: Row, standing: Standing, ruling: Ruling, status: Status) -> Flag:
    flags = _holds_after(row, standing, ruling)
    if row.releases and Flag.AGENCY in flags:
        flags |= Flag.OVERRIDDEN
    if ruling.supersedes and row.target is not None and not ruling.scoped:
        flags &= ~_undone(row, status)
    if row.debt is not None:
        flags = flags & ~Flag.DEBT | Flag(row.debt << DEBT_SHIFT)
    if _ends_request(row, standing.pending, ruling) or status in TERMINAL:
        flags &= ~Flag.PENDING
    return flags


def _holds_after(row: Row, standing: Standing, ruling: Ruling) -> Flag:
    if not ruling.scoped:
        return standing.flags & ~row.clears | row.sets
    if row.releases:
        return standing.flags & ~row.clears  # part of the goods is never CLEARED
    withheld = Flag.PARTIAL if row.withholds else _NOTHING
    return standing.flags | row.sets | withheld  # a lift over some items leaves the hold on the others


def _undone(row: Row, status: Status) -> Flag:
    """What a decision takes back by superseding an earlier one, over the whole declaration."""
    cleared = _NOTHING if status in (Status.CLEARED, Status.EXITED) else Flag.CLEARED | Flag.EXIT_DUE
    return cleared | (Flag.PARTIAL if row.releases else _NOTHING)


def _ends_request(row: Row, pending: Pending, ruling: Ruling) -> bool:
    return ruling.names_request and (pending in row.answers or pending is Pending.PRESENTATION)
