"""Records as plain JSON values and back: wire names, codes by name, bytes as 0x hex, times as seconds.

Reading is strict: an unknown field, a missing one or a value of another form is a `FieldError` naming it. A code may
also be given as its number, a bit set as its number or as a list of names.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import IntEnum, IntFlag
from typing import Any, Final

from ledger.domain import codes
from ledger.domain.records import RECORDS, Record
from ledger.domain.wire import Wire, camel, layout
from ledger.errors import PassavantError

BY_NAME: Final[dict[str, type[Record]]] = {struct.__name__: struct for struct in RECORDS.values()}

_CODES: Final[dict[str, type[IntEnum | IntFlag]]] = {
    "leg": codes.Leg,
    "regime": codes.Regime,
    "stage": codes.Stage,
    "link_kind": codes.LinkKind,
    "reason": codes.Reason,
    "touched_risks": codes.Risk,
    "method": codes.ControlMethod,
    "outcome": codes.ControlOutcome,
    "risk": codes.Risk,
    "seal_state": codes.SealState,
    "status": codes.OrganisationStatus,
    "purposes": codes.Purpose,
    "representation": codes.Representation,
    "cause": codes.ErasureCause,
    "suite": codes.EncryptionSuite,
    "verdict": codes.Verdict,
    "risks": codes.Risk,
    "AeoStatus.status": codes.AeoStanding,
    "ArrangementSuspension.action": codes.SuspensionAction,
    "Assistance.action": codes.AssistanceAction,
    "Assistance.kind": codes.AssistanceKind,
    "Decision.kind": codes.DecisionKind,
    "OperatorStatus.kind": codes.OrganisationKind,
    "Hold.action": codes.HoldAction,
    "Admission.action": codes.AdmissionAction,
    "KeyAuthorisation.action": codes.KeyAction,
}


class FieldError(PassavantError):
    """A field of a record that can't be read: which, and why."""

    def __init__(self, field: str, reason: str) -> None:
        """Keep the field's wire name and what is wrong with it."""
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


def to_plain(record: Record) -> dict[str, Any]:
    """A record as JSON values; a code outside its list stays a number."""
    struct = type(record)
    return {camel(name): _show(_codes_of(struct, name), getattr(record, name)) for name, _ in layout(struct)}


def from_plain(type_name: str, values: Mapping[str, object]) -> Record:
    """The record of JSON values.

    Raises:
        FieldError: the type is unknown; a field is unknown, missing or of a wrong form.
    """
    struct = BY_NAME.get(type_name)
    if struct is None:
        raise FieldError("type", f"unknown; it is one of {', '.join(BY_NAME)}")
    wires = layout(struct)
    unknown = values.keys() - {camel(name) for name, _ in wires}
    if unknown:
        raise FieldError(min(unknown), f"{type_name} has no such field")
    given = {name: _read(struct, name, wire, values[camel(name)]) for name, wire in wires if camel(name) in values}
    for field in fields(struct):
        if field.default is MISSING and field.name not in given:
            raise FieldError(camel(field.name), "is missing")
    return struct(**given)


def _codes_of(struct: type, name: str) -> type[IntEnum | IntFlag] | None:
    return _CODES.get(f"{struct.__name__}.{name}") or _CODES.get(name)


def _show(code: type[IntEnum | IntFlag] | None, value: int | bytes) -> object:
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if code is None:
        return int(value)
    if issubclass(code, IntFlag):
        known = sum(code)
        return [member.name for member in code if member & value] if not value & ~known else int(value)
    return code(value).name if value in code._value2member_map_ else int(value)


def _read(struct: type, name: str, wire: Wire, value: object) -> Any:
    field = camel(name)
    if not wire.name.startswith("uint"):
        return _read_bytes(field, wire, value)
    code = _codes_of(struct, name)
    if code is not None and isinstance(value, str | list):
        return _read_code(field, code, value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(field, "is a whole number" if code is None else f"is a number or one of {_names(code)}")
    if not 0 <= value < 1 << 8 * wire.size:
        raise FieldError(field, f"is outside {wire.name}")
    return value


def _read_code(field: str, code: type[IntEnum | IntFlag], value: str | list[object]) -> int:
    names = [value] if isinstance(value, str) else value
    members = code.__members__
    if isinstance(value, list) and not issubclass(code, IntFlag):
        raise FieldError(field, f"is one of {_names(code)}")
    if any(not isinstance(name, str) or name not in members for name in names):
        raise FieldError(field, f"is one of {_names(code)}")
    return sum({int(members[str(name)]) for name in names})


def _read_bytes(field: str, wire: Wire, value: object) -> bytes:
    if not isinstance(value, str) or not value.startswith("0x"):
        raise FieldError(field, f"is {wire.size} bytes as 0x hex")
    try:
        raw = bytes.fromhex(value[2:])
    except ValueError:
        raise FieldError(field, f"is {wire.size} bytes as 0x hex") from None
    if len(raw) != wire.size:
        raise FieldError(field, f"is {wire.size} bytes, not {len(raw)}")
    return raw


def _names(code: type[IntEnum | IntFlag]) -> str:
    return ", ".join(code.__members__)
