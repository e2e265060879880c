"""Check 4: every value of a record within its code list, and the combinations of each type.

Wire types are checked by the decoder; here a value outside its list, or fields that contradict each other, make the
record MALFORMED (LIMIT_INVALID for the one that people get wrong).
"""

from enum import IntEnum, IntFlag

from ledger.domain.codes import (
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    HoldAction,
    Leg,
    LinkKind,
    Outcome,
    Reason,
    Regime,
    Risk,
    SealState,
    Stage,
)
from ledger.domain.lifecycle import TABLE
from ledger.domain.records import (
    NO_ADDRESS,
    AmendmentRequest,
    ConsignmentRecord,
    Control,
    Decision,
    Declaration,
    Hold,
    InvalidationRequest,
)
from ledger.domain.wire import ZERO

_GRANTS_VERSION = frozenset({DecisionKind.GRANT, DecisionKind.AMEND})


def check(record: ConsignmentRecord) -> Outcome:
    """MALFORMED, LIMIT_INVALID or RECORDED."""
    if isinstance(record, Decision):
        return _decision(record)
    if isinstance(record, Declaration):
        fits = _declaration(record)
    elif isinstance(record, Control):
        fits = _control(record)
    elif isinstance(record, Hold):
        fits = listed(HoldAction, record.action) and listed(Reason, record.reason)
    elif isinstance(record, AmendmentRequest):
        fits = record.declarant != 0 and ZERO not in (record.commitment, record.schema)
    else:
        reason = record.reason if isinstance(record, InvalidationRequest) else 0
        fits = record.declarant != 0 and listed(Reason, reason)
    return Outcome.RECORDED if fits else Outcome.MALFORMED


def listed(codes: type[IntEnum], value: int) -> bool:
    """Whether a code list has a value."""
    return value in codes._value2member_map_


def within(flags: type[IntFlag], value: int) -> bool:
    """Whether a bit set has members of its list only."""
    return value >> max(flags).bit_length() == 0


def _declaration(record: Declaration) -> bool:
    outside = record.declarant == 0
    return (
        listed(Leg, record.leg)
        and listed(Regime, record.regime)
        and listed(Stage, record.stage)
        and listed(LinkKind, record.link_kind)
        and (record.link != ZERO) == (record.link_kind != LinkKind.NONE)
        and (record.consignment == ZERO) == (record.join_key != NO_ADDRESS)
        and ZERO not in (record.commitment, record.schema)
        and (not outside or record.agent == 0)
        and (outside or record.stage != Stage.REPORTED)
    )


def _decision(record: Decision) -> Outcome:
    if not listed(DecisionKind, record.kind) or not _decision_fits(record, DecisionKind(record.kind)):
        return Outcome.MALFORMED
    needed = record.kind == DecisionKind.CONDITIONALLY_RELEASE
    limited = record.limit_at > record.effective_at
    return Outcome.RECORDED if limited or (record.limit_at == 0 and not needed) else Outcome.LIMIT_INVALID


def _decision_fits(record: Decision, kind: DecisionKind) -> bool:
    may_version = TABLE[kind].versions and (kind is not DecisionKind.GRANT or record.request == ZERO)
    return (
        listed(Reason, record.reason)
        and record.reliance == ZERO
        and (record.commitment == ZERO or may_version)
        and (record.touched_risks == 0 or kind in _GRANTS_VERSION)
        and within(Risk, record.touched_risks)
        and (kind is not DecisionKind.REINSTATE or (record.supersedes != ZERO and record.scope == ZERO))
    )


def _control(record: Control) -> bool:
    return (
        listed(ControlMethod, record.method)
        and listed(ControlOutcome, record.outcome)
        and listed(SealState, record.seal_state)
        and record.risk != 0
        and within(Risk, record.risk)
        and record.valid_until > record.effective_at
    )
