"""The EU's control result codes at the edge: what each may mean as method, outcome and state of the seals, and back.

>>> read_result(EuResult.A3).outcome.name
'NOT_CARRIED_OUT'
>>> [one.value for one in results_of(ControlMethod.DOCUMENTARY, ControlOutcome.NONE_FOUND)]
['A1', 'A2']

The codes are those of the Union's code list of control results (CL047 in transit; NCTS and AES publish it with their
reference data, CS/RD2). They reach us in clearances as AdditionalInformation/StatementCode (226) of type AFB, and from
officers. The list tells how a control ended, not what was done: A1 in a clearance proves no physical control, and A2
merges "documents checked" with "nothing done". So a code that may mean several things is read by an officer, never
guessed, and only what was really done can be recognised by others. The readings are this project's; A4 is not in the
vocabulary that it was given, and taken as minor discrepancies.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from ledger.domain.codes import ControlMethod, ControlOutcome, SealState
from ledger.errors import DocumentError

E = TypeVar("E")

STATEMENT_TYPE: Final = "AFB"
"""AdditionalInformation/StatementTypeCode of a control result."""


class EuResult(StrEnum):
    """A code of the list."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"
    A5 = "A5"
    B1 = "B1"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a code may mean. What stands first in each list is recorded when nothing else is said.

    Attributes:
        says: the same in words.
    """

    methods: tuple[ControlMethod, ...]
    outcomes: tuple[ControlOutcome, ...]
    seal_states: tuple[SealState, ...]
    says: str

    @property
    def method(self) -> ControlMethod:
        """What is recorded as the method."""
        return self.methods[0]

    @property
    def outcome(self) -> ControlOutcome:
        """What is recorded as the outcome."""
        return self.outcomes[0]

    @property
    def seal_state(self) -> SealState:
        """What is recorded as the state of the seals."""
        return self.seal_states[0]

    def fits(self, method: ControlMethod | None, outcome: ControlOutcome | None, seals: SealState | None) -> bool:
        """Whether it may mean this; None: whatever."""
        return (
            (method is None or method in self.methods)
            and (outcome is None or outcome in self.outcomes)
            and (seals is None or seals in self.seal_states)
        )


@dataclass(frozen=True, slots=True)
class EuResultShown:
    """A control result code of the EU: its name in the list, and what it may mean.

    Attributes:
        ambiguous: whether an officer has to say which of the readings is meant.
        readings: what it may mean; a control is reported by the code when it fits one of them.
    """

    code: EuResult
    name: str
    ambiguous: bool
    readings: tuple[Reading, ...]


class AmbiguousResult(DocumentError):  # noqa: N818 - the name says what happened
    """A code that may mean several things, and nothing says which; or one that does not mean what was said."""


_M, _O, _S = ControlMethod, ControlOutcome, SealState
_DOCUMENTS, _SCAN, _EXAMINATION, _ANALYSIS = _M.DOCUMENTARY, _M.NON_INTRUSIVE, _M.PHYSICAL, _M.LABORATORY
_ANY_METHOD: Final = (_EXAMINATION, _SCAN, _ANALYSIS, _DOCUMENTS)
_GOOD: Final = (_S.NOT_APPLICABLE, _S.INTACT, _S.REPLACED)
_ANY_SEALS: Final = tuple(_S)
_NOTHING: Final = ((_DOCUMENTS, _EXAMINATION, _SCAN, _ANALYSIS), (_O.NOT_CARRIED_OUT,), _ANY_SEALS)
NAMES: Final = {
    EuResult.A1: "satisfactory",
    EuResult.A2: "considered satisfactory",
    EuResult.A3: "simplified procedure",
    EuResult.A4: "minor discrepancies",
    EuResult.A5: "seals not in good state",
    EuResult.B1: "not satisfactory",
}
READINGS: Final = {
    EuResult.A1: (
        Reading((_EXAMINATION,), (_O.NONE_FOUND,), _GOOD, "the goods were examined, no discrepancy"),
        Reading((_SCAN,), (_O.NONE_FOUND,), _GOOD, "the goods were scanned, no discrepancy"),
        Reading((_ANALYSIS,), (_O.NONE_FOUND,), _GOOD, "a sample was analysed, no discrepancy"),
        Reading((_DOCUMENTS,), (_O.NONE_FOUND,), _GOOD, "the documents alone were checked: a clearance says no more"),
    ),
    EuResult.A2: (
        Reading((_DOCUMENTS,), (_O.NONE_FOUND,), _GOOD, "the documents were checked, no discrepancy"),
        Reading(*_NOTHING, "nothing was checked"),
    ),
    EuResult.A3: (Reading(*_NOTHING, "released under a simplified procedure, nothing was checked"),),
    EuResult.A4: (Reading(_ANY_METHOD, (_O.MINOR_DISCREPANCY,), _ANY_SEALS, "minor discrepancies were found"),),
    EuResult.A5: (
        Reading(_ANY_METHOD, (_O.MINOR_DISCREPANCY, _O.NONE_FOUND), (_S.BROKEN,), "the seals were not in good state"),
    ),
    EuResult.B1: (Reading(_ANY_METHOD, (_O.MAJOR_DISCREPANCY,), _ANY_SEALS, "major discrepancies were found"),),
}


def read_result(
    code: EuResult,
    method: ControlMethod | None = None,
    outcome: ControlOutcome | None = None,
    seal_state: SealState | None = None,
) -> Reading:
    """What a code means, given what an officer says of the control; the given values stand first in it.

    Raises:
        AmbiguousResult: it may mean several things still, or not what was said; its readings are told.
    """
    readings = READINGS[code]
    fits = [one for one in readings if one.fits(method, outcome, seal_state)]
    if not fits:
        raise AmbiguousResult(f"{code} ({NAMES[code]}) does not mean this", hint=f"It means: {_listed(readings)}")
    if len(fits) > 1 or (outcome is None and len({one.outcome for one in readings}) > 1):
        raise AmbiguousResult(
            f"{code} ({NAMES[code]}) may mean several things; say by method and outcome which",
            hint=f"It is one of: {_listed(readings)}",
        )
    [one] = fits
    return Reading(
        _first(method, one.methods), _first(outcome, one.outcomes), _first(seal_state, one.seal_states), one.says
    )


def results_of(
    method: ControlMethod, outcome: ControlOutcome, seal_state: SealState = SealState.NOT_APPLICABLE
) -> tuple[EuResult, ...]:
    """The codes by which a control may be reported, in the list's order; there is always one."""
    return tuple(
        code for code, readings in READINGS.items() if any(one.fits(method, outcome, seal_state) for one in readings)
    )


def control_results() -> tuple[EuResultShown, ...]:
    """The whole table."""
    return tuple(EuResultShown(code, NAMES[code], len(some) > 1, some) for code, some in READINGS.items())


def statement(code: EuResult) -> dict[str, str]:
    """How the code, as it was received, is kept in the evidence of a control: as a clearance would say it."""
    path = "AdditionalInformation[1]"
    return {f"{path}/StatementCode[1]": code.value, f"{path}/StatementTypeCode[1]": STATEMENT_TYPE}


def _listed(readings: tuple[Reading, ...]) -> str:
    return "; ".join(f"{_word(one.method)}, {_word(one.outcome)} ({one.says})" for one in readings)


def _word(code: ControlMethod | ControlOutcome) -> str:
    """As the command line writes it."""
    return code.name.lower().replace("_", "-")


def _first(said: E | None, listed: tuple[E, ...]) -> tuple[E, ...]:
    return listed if said is None else (said, *(one for one in listed if one is not said))
