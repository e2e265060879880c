"""What a declaration's state means: the gateway's answer, computed a second time from the words that proofs show."""

from dataclasses import dataclass
from typing import Final

from passavant_verifier.codes import (
    DEBT_MASK,
    DEBT_SHIFT,
    PENDING_MASK,
    PENDING_SHIFT,
    Debt,
    Flag,
    Leg,
    OrganisationStatus,
    Pending,
    Regime,
    Status,
)
from passavant_verifier.layout import State

_BEFORE: Final = frozenset({Status.REPORTED, Status.PRE_LODGED, Status.LODGED, Status.ACCEPTED})
_PARTWAY: Final = frozenset({Status.CONDITIONALLY_RELEASED, Status.PARTLY_RELEASED})
_AT_DISPOSAL: Final = frozenset({Status.RELEASED, Status.CLEARED, Status.EXITED})
_HOLDABLE: Final = _BEFORE | _PARTWAY | {Status.RELEASED, Status.CLEARED}
_ENDED: Final = frozenset({Status.REJECTED, Status.INVALIDATED, Status.DESTROYED, Status.CLOSED})
_BLOCKS_ALWAYS: Final = Flag.DETENTION
_BLOCKS_PARTWAY: Final = _BLOCKS_ALWAYS | Flag.CONTROL
_BLOCKS_BEFORE: Final = _BLOCKS_PARTWAY | Flag.DOCUMENTS | Flag.PAYMENT
_NAMED_OTHERWISE: Final = {Status.CLEARED: "RELEASED", Status.RETURNED: "RETURN"}
_HOME_USE: Final = frozenset({Regime.HOME_USE, Regime.RE_IMPORT})

RELEASED: Final = frozenset({"RELEASED", "CONDITIONALLY_RELEASED", "PARTLY_RELEASED", "EXITED"})
"""Answers that leave the goods, or some, at the declarant's disposal."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A declaration as of a block.

    Attributes:
        status: of the declaration itself.
        answer: what that means, in the gateway's words: HELD and AUTHORITY_WITHDRAWN go before the status.
        deliver: YES, AS_STATED, THOSE_ONLY, NO, or UNKNOWN: whether goods may be handed over for home use. Of a
            declaration that customs opened itself the state does not tell whether its regime is known.
        blocks: what holds the goods.
        leg: which track of the consignment.
        regime: the class of the procedure.
        version: of the declaration's content.
        pending: the declarant's request that is not answered.
        debt: the customs debt.
        received_outside: customs received the declaration outside of the ledger.
    """

    status: Status
    answer: str
    deliver: str
    blocks: Flag
    leg: Leg
    regime: Regime
    version: int
    pending: Pending
    debt: Debt
    received_outside: bool


def standing_of(state: State, authority: int) -> Standing:
    """What a state word means under the authority of the competent administration (a code of OrganisationStatus).

    Raises:
        ValueError: a code is not in its list.
    """
    status, flags = Status(state.status), Flag(state.flags & ~(PENDING_MASK | DEBT_MASK))
    leg, regime = Leg(state.leg), Regime(state.regime)
    blocks = _blocking(status, flags)
    withdrawn = authority == OrganisationStatus.EXPELLED and status not in _ENDED | _AT_DISPOSAL
    answer = "AUTHORITY_WITHDRAWN" if withdrawn else _answer(status, blocks)
    outside = Flag.RECEIVED_OUTSIDE in flags
    for_home = leg is Leg.IMPORT and regime in _HOME_USE
    return Standing(
        status=status,
        answer=answer,
        deliver=_deliver(answer, "NO" if not for_home else "UNKNOWN" if outside else "YES"),
        blocks=blocks,
        leg=leg,
        regime=regime,
        version=state.version,
        pending=Pending((state.flags & PENDING_MASK) >> PENDING_SHIFT),
        debt=Debt((state.flags & DEBT_MASK) >> DEBT_SHIFT),
        received_outside=outside,
    )


def _blocking(status: Status, flags: Flag) -> Flag:
    held = Flag.AGENCY if flags & (Flag.AGENCY | Flag.OVERRIDDEN) == Flag.AGENCY else Flag(0)
    if status in _BEFORE:
        return held | flags & _BLOCKS_BEFORE
    return held | flags & (_BLOCKS_PARTWAY if status in _PARTWAY else _BLOCKS_ALWAYS)


def _answer(status: Status, blocks: Flag) -> str:
    if status in _HOLDABLE and blocks:
        return "HELD"
    return _NAMED_OTHERWISE.get(status, status.name)


def _deliver(answer: str, released: str) -> str:
    if answer == "CONDITIONALLY_RELEASED":
        return "AS_STATED"
    if answer == "PARTLY_RELEASED":
        return "THOSE_ONLY"
    return released if answer == "RELEASED" else "NO"
