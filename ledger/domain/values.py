"""Checks 4 and 5: what a record says by itself, and its deadline.

Wire types are checked by the decoder; here a value outside its list, or fields that contradict each other, make the
record MALFORMED.
"""

from collections.abc import Callable
from enum import IntEnum, IntFlag
from typing import Any, Final

from ledger.domain.codes import (
    AdmissionAction,
    AeoStanding,
    AssistanceAction,
    AssistanceKind,
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    EncryptionSuite,
    ErasureCause,
    HoldAction,
    KeyAction,
    Leg,
    LinkKind,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    Reason,
    Regime,
    Representation,
    Risk,
    SealState,
    Stage,
    SuspensionAction,
    Verdict,
)
from ledger.domain.lifecycle import TABLE
from ledger.domain.records import (
    NO_ADDRESS,
    Admission,
    AeoStatus,
    AmendmentRequest,
    Arrangement,
    ArrangementSuspension,
    Assistance,
    Control,
    Decision,
    Declaration,
    EncryptionKey,
    Erasure,
    Grant,
    Hold,
    InvalidationRequest,
    KeyAuthorisation,
    OperatorStatus,
    PresentationNotice,
    Recognition,
    Record,
)
from ledger.domain.wire import ZERO

MAX_ADMINISTRATION: Final = (1 << 16) - 1
MAX_DEADLINE: Final = 7 * 24 * 3600
"""How far ahead of its block a record's deadline may lie, in seconds."""

NEW: Final = frozenset({AdmissionAction.ADMIT, AdmissionAction.SUCCEED})
"""What brings in a new administration."""

_LIFTS: Final = frozenset({DecisionKind.LIFT_CONTROL, DecisionKind.LIFT_DOCUMENTS})
_GRANTS_VERSION: Final = frozenset({DecisionKind.GRANT, DecisionKind.AMEND})
_ALL_LEGS: Final = (1 << len(Leg)) - 1
_ALL_REGIMES: Final = (1 << len(Regime)) - 1
_ALL_METHODS: Final = (1 << len(ControlMethod)) - 1
_PURPOSES: Final = {
    OrganisationKind.ADMINISTRATION: Purpose.DECIDE | Purpose.READ,
    OrganisationKind.OPERATOR: Purpose.DECLARE | Purpose.READ,
    OrganisationKind.AGENCY: Purpose.HOLD | Purpose.READ,
    OrganisationKind.AUDITOR: Purpose.READ,
}


def check(record: Record) -> Outcome:
    """MALFORMED or RECORDED."""
    fits = _FITS.get(type(record))
    return Outcome.RECORDED if fits is None or fits(record) else Outcome.MALFORMED


def check_deadline(deadline: int, now: int) -> Outcome:
    """EXPIRED, DEADLINE_TOO_FAR or RECORDED."""
    if now > deadline:
        return Outcome.EXPIRED
    return Outcome.DEADLINE_TOO_FAR if deadline > now + MAX_DEADLINE else Outcome.RECORDED


def listed(codes: type[IntEnum], value: int) -> bool:
    """Whether a code list has a value."""
    return value in codes._value2member_map_


def within(flags: type[IntFlag], value: int) -> bool:
    """Whether a bit set has members of its list only."""
    return value >> max(flags).bit_length() == 0


def purposes_fit(purposes: int, kind: OrganisationKind) -> bool:
    """MANAGE alone, or a non-empty set of what an organisation of this kind does."""
    return purposes == Purpose.MANAGE or (purposes != 0 and purposes | _PURPOSES[kind] == _PURPOSES[kind])


def may_rely(kind: DecisionKind) -> bool:
    """Whether a decision of this kind may rely on recognitions: where a control is waived."""
    return TABLE[kind].releases or kind in _LIFTS


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


def _amendment(record: AmendmentRequest) -> bool:
    return record.declarant != 0 and ZERO not in (record.commitment, record.schema)


def _invalidation(record: InvalidationRequest) -> bool:
    return record.declarant != 0 and listed(Reason, record.reason)


def _presentation(record: PresentationNotice) -> bool:
    return record.declarant != 0


def _decision(record: Decision) -> bool:
    if not listed(DecisionKind, record.kind):
        return False
    kind = DecisionKind(record.kind)
    may_version = TABLE[kind].versions and (kind is not DecisionKind.GRANT or record.request == ZERO)
    return (
        listed(Reason, record.reason)
        and (record.reliance == ZERO or may_rely(kind))
        and (record.commitment == ZERO or may_version)
        and (record.touched_risks == 0 or kind in _GRANTS_VERSION)
        and within(Risk, record.touched_risks)
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


def _hold(record: Hold) -> bool:
    return listed(HoldAction, record.action) and listed(Reason, record.reason)


def _erasure(record: Erasure) -> bool:
    """The administration itself names no declarant, and only it orders."""
    if record.commitment == ZERO or not listed(ErasureCause, record.cause):
        return False
    if record.administration != 0:
        return record.declarant == 0 and record.agent == 0
    return record.declarant != 0 and record.cause != ErasureCause.ORDERED


def _recognition(record: Recognition) -> bool:
    if not listed(Verdict, record.verdict) or not listed(Reason, record.reason) or not record.risk:
        return False
    if record.verdict == Verdict.DECLINED:
        fits = record.reason != 0 and (record.arrangement, record.aeo, record.scope) == (ZERO, ZERO, ZERO)
    else:
        fits = record.arrangement != ZERO and (record.verdict == Verdict.PARTIAL or record.scope == ZERO)
    return fits and within(Risk, record.risk)


def _arrangement(record: Arrangement) -> bool:
    return (
        record.first < record.second
        and record.valid_until > record.valid_from
        and 0 < record.procedures <= _ALL_REGIMES
        and 0 < record.methods <= _ALL_METHODS
        and record.risks != 0
        and within(Risk, record.risks)
    )


def _suspension(record: ArrangementSuspension) -> bool:
    return listed(SuspensionAction, record.action) and listed(Reason, record.reason)


def _aeo(record: AeoStatus) -> bool:
    if not listed(AeoStanding, record.status) or record.valid_from == 0:
        return False
    if record.status == AeoStanding.GRANTED:
        return record.grant == ZERO and record.valid_until > record.valid_from
    return record.grant != ZERO and record.valid_until == 0


def _assistance(record: Assistance) -> bool:
    listed_all = listed(AssistanceAction, record.action) and listed(AssistanceKind, record.kind)
    if not listed_all or not listed(Reason, record.reason) or record.addressee in (0, record.administration):
        return False
    if record.action == AssistanceAction.REQUEST:
        return record.request == ZERO and record.commitment != ZERO and record.due_at != 0
    refuses = record.action == AssistanceAction.REFUSAL
    return record.request != ZERO and record.due_at == 0 and refuses == (record.commitment == ZERO)


def _admission(record: Admission) -> bool:
    if not listed(AdmissionAction, record.action) or record.administration == 0:
        return False
    if (record.action == AdmissionAction.SUCCEED) != (record.predecessor != 0):
        return False
    keys = (record.first_key, record.second_key)
    if record.action in NEW:
        return record.country.isalpha() and record.country.isupper() and NO_ADDRESS not in keys and len(set(keys)) > 1
    return keys == (NO_ADDRESS, NO_ADDRESS)


def _operator(record: OperatorStatus) -> bool:
    if not listed(OrganisationKind, record.kind) or record.kind == OrganisationKind.ADMINISTRATION:
        return False
    if not OrganisationStatus.ACTIVE <= record.status <= OrganisationStatus.EXPELLED:
        return False
    if record.key == NO_ADDRESS:
        key_fits = not any((record.purposes, record.not_before, record.not_after))
    else:
        key_fits = purposes_fit(record.purposes, OrganisationKind(record.kind))
    return key_fits and record.organisation > MAX_ADMINISTRATION


def _key_authorisation(record: KeyAuthorisation) -> bool:
    if record.key == NO_ADDRESS or not listed(KeyAction, record.action):
        return False
    if record.action == KeyAction.AUTHORISE:
        return record.compromised_since == 0
    return (
        not any((record.purposes, record.office, record.not_before))
        and (record.not_after != 0) == (record.action == KeyAction.SHORTEN)
        and (record.compromised_since != 0) == (record.action == KeyAction.COMPROMISED)
    )


def _encryption_key(record: EncryptionKey) -> bool:
    return (
        record.version != 0
        and record.key != ZERO
        and listed(EncryptionSuite, record.suite)
        and (record.suite == EncryptionSuite.HYBRID) == (record.hybrid != ZERO)
    )


def _grant(record: Grant) -> bool:
    return (
        0 < record.legs <= _ALL_LEGS
        and listed(Representation, record.representation)
        and record.agent not in (0, record.declarant)
    )


_FITS: Final[dict[type, Callable[[Any], bool]]] = {
    Declaration: _declaration,
    AmendmentRequest: _amendment,
    InvalidationRequest: _invalidation,
    PresentationNotice: _presentation,
    Decision: _decision,
    Control: _control,
    Hold: _hold,
    Erasure: _erasure,
    Recognition: _recognition,
    Arrangement: _arrangement,
    ArrangementSuspension: _suspension,
    AeoStatus: _aeo,
    Assistance: _assistance,
    Admission: _admission,
    OperatorStatus: _operator,
    KeyAuthorisation: _key_authorisation,
    Grant: _grant,
    EncryptionKey: _encryption_key,
}
