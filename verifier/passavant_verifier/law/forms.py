"""What can be said of a record by looking at nothing else: fields within their lists, combinations that make sense."""

from collections.abc import Callable, Mapping
from typing import Final

from passavant_verifier.codes import (
    AdmissionAction,
    AeoStanding,
    AssistanceAction,
    DecisionKind,
    EncryptionSuite,
    ErasureCause,
    KeyAction,
    OrganisationKind,
    Purpose,
    RecordType,
    Stage,
    Verdict,
)
from passavant_verifier.lifecycle import TABLE
from passavant_verifier.records import Record

_T = RecordType
_ANY: Final = 1 << 256
_REASONS: Final = (0, 9)
_WAIVING: Final = (DecisionKind.LIFT_CONTROL, DecisionKind.LIFT_DOCUMENTS)
"""Kinds that may rely on recognitions beside those that release."""
_RANGES: Final[Mapping[RecordType, Mapping[str, tuple[int, int]]]] = {
    _T.DECLARATION: {
        "leg": (1, 3),
        "regime": (1, 9),
        "stage": (1, 4),
        "linkKind": (0, 6),
        "commitment": (1, _ANY),
        "schema": (1, _ANY),
    },
    _T.AMENDMENT_REQUEST: {"declarant": (1, _ANY), "commitment": (1, _ANY), "schema": (1, _ANY)},
    _T.INVALIDATION_REQUEST: {"declarant": (1, _ANY), "reason": _REASONS},
    _T.PRESENTATION_NOTICE: {"declarant": (1, _ANY)},
    _T.DECISION: {"kind": (1, 35), "reason": _REASONS, "touchedRisks": (0, 15)},
    _T.CONTROL: {"method": (1, 4), "outcome": (1, 4), "risk": (1, 15), "sealState": (0, 3)},
    _T.HOLD: {"action": (1, 2), "reason": _REASONS},
    _T.RECOGNITION: {"verdict": (1, 3), "risk": (1, 15), "reason": _REASONS},
    _T.ERASURE: {"commitment": (1, _ANY), "cause": (1, 3)},
    _T.ADMISSION: {"administration": (1, _ANY), "action": (1, 5)},
    _T.OPERATOR_STATUS: {"organisation": (1 << 16, _ANY), "kind": (2, 4), "status": (1, 3)},
    _T.KEY_AUTHORISATION: {"key": (1, _ANY), "action": (1, 4)},
    _T.ADMINISTRATION_SETTING: {},
    _T.GRANT: {"agent": (1, _ANY), "legs": (1, 7), "representation": (2, 3)},
    _T.ENCRYPTION_KEY: {"version": (1, _ANY), "suite": (1, 2), "key": (1, _ANY)},
    _T.ARRANGEMENT: {"procedures": (1, 0x1FF), "methods": (1, 15), "risks": (1, 15)},
    _T.ARRANGEMENT_SUSPENSION: {"action": (1, 2), "reason": _REASONS},
    _T.AEO_STATUS: {"status": (1, 3), "validFrom": (1, _ANY)},
    _T.ASSISTANCE: {"addressee": (1, _ANY), "action": (1, 3), "kind": (1, 4), "reason": _REASONS},
}
"""Least and greatest value of the fields of which not every value of their type may be."""


def is_well_formed(record: Record) -> bool:
    """True when every value fits its type and list, and the values fit each other."""
    if not record.fits():
        return False
    ranges = _RANGES[record.code]
    if any(not least <= record.number(name) <= greatest for name, (least, greatest) in ranges.items()):
        return False
    combination = _COMBINATIONS.get(record.code)
    return combination is None or combination(record)


def purposes_fit(purposes: int, kind: int) -> bool:
    """MANAGE alone, or a non-empty set of what an organisation of this kind does."""
    if purposes == Purpose.MANAGE:
        return True
    return purposes != 0 and purposes & ~(_FITTING.get(kind, 0) | Purpose.READ) == 0


_FITTING: Final[Mapping[int, int]] = {
    OrganisationKind.ADMINISTRATION: Purpose.DECIDE,
    OrganisationKind.OPERATOR: Purpose.DECLARE,
    OrganisationKind.AGENCY: Purpose.HOLD,
}


def _declaration(record: Record) -> bool:
    if (record.number("link") == 0) != (record.number("linkKind") == 0):
        return False
    if (record.number("consignment") == 0) != (record.number("joinKey") != 0):
        return False
    if record.number("declarant") == 0:
        return record.number("agent") == 0
    return record.number("stage") != Stage.REPORTED


def _decision(record: Record) -> bool:
    kind = record.number("kind")
    if record.number("touchedRisks") and kind not in (DecisionKind.GRANT, DecisionKind.AMEND):
        return False
    if record.number("reliance") and not (TABLE[kind].releases or kind in _WAIVING):
        return False
    if not record.number("commitment"):
        return True
    return TABLE[kind].versions and (kind != DecisionKind.GRANT or not record.number("request"))


def _control(record: Record) -> bool:
    return record.number("validUntil") > record.number("effectiveAt")


def _erasure(record: Record) -> bool:
    if record.number("administration"):
        return not record.number("declarant") and not record.number("agent")
    return record.number("declarant") != 0 and record.number("cause") != ErasureCause.ORDERED


def _recognition(record: Record) -> bool:
    if record.number("verdict") == Verdict.DECLINED:
        return record.number("reason") != 0 and not any(record.number(name) for name in ("arrangement", "aeo", "scope"))
    return record.number("arrangement") != 0 and (
        record.number("verdict") == Verdict.PARTIAL or not record.number("scope")
    )


def _arrangement(record: Record) -> bool:
    ordered = record.number("first") < record.number("second")
    return ordered and record.number("validUntil") > record.number("validFrom")


def _aeo_status(record: Record) -> bool:
    if record.number("status") == AeoStanding.GRANTED:
        return not record.number("grant") and record.number("validUntil") > record.number("validFrom")
    return record.number("grant") != 0 and not record.number("validUntil")


def _assistance(record: Record) -> bool:
    asked, due, told = (record.number(name) for name in ("request", "dueAt", "commitment"))
    if record.number("administration") == record.number("addressee"):
        return False
    if record.number("action") == AssistanceAction.REQUEST:
        return not asked and told != 0 and due != 0
    return asked != 0 and not due and (record.number("action") == AssistanceAction.REFUSAL) == (told == 0)


def _admission(record: Record) -> bool:
    first, second = record.number("firstKey"), record.number("secondKey")
    action = record.number("action")
    if (action == AdmissionAction.SUCCEED) != (record.number("predecessor") != 0):
        return False
    if action not in (AdmissionAction.ADMIT, AdmissionAction.SUCCEED):
        return first == second == 0
    country = record.word("country")[:2]
    letters = all(ord("A") <= letter <= ord("Z") for letter in country)
    return letters and first != 0 and second not in {0, first}


def _operator_status(record: Record) -> bool:
    if record.number("key"):
        return purposes_fit(record.number("purposes"), record.number("kind"))
    return not any(record.number(name) for name in ("purposes", "notBefore", "notAfter"))


def _key_authorisation(record: Record) -> bool:
    action = record.number("action")
    if action == KeyAction.AUTHORISE:
        return not record.number("compromisedSince")
    if any(record.number(name) for name in ("purposes", "office", "notBefore")):
        return False
    shortens, flags = action == KeyAction.SHORTEN, action == KeyAction.COMPROMISED
    return shortens == (record.number("notAfter") != 0) and flags == (record.number("compromisedSince") != 0)


def _grant(record: Record) -> bool:
    return record.number("agent") != record.number("declarant")


def _encryption_key(record: Record) -> bool:
    return (record.number("suite") == EncryptionSuite.HYBRID) == (record.number("hybrid") != 0)


_COMBINATIONS: Final[Mapping[RecordType, Callable[[Record], bool]]] = {
    _T.DECLARATION: _declaration,
    _T.DECISION: _decision,
    _T.CONTROL: _control,
    _T.ERASURE: _erasure,
    _T.ADMISSION: _admission,
    _T.OPERATOR_STATUS: _operator_status,
    _T.KEY_AUTHORISATION: _key_authorisation,
    _T.GRANT: _grant,
    _T.ENCRYPTION_KEY: _encryption_key,
    _T.RECOGNITION: _recognition,
    _T.ARRANGEMENT: _arrangement,
    _T.AEO_STATUS: _aeo_status,
    _T.ASSISTANCE: _assistance,
}
