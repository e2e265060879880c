"""A declaration's state as the fold of its events: what any replay must come to.

`lodge` starts it and `advance` takes it one record further; neither checks who signed or when (`ledger.domain.rules`
does), but a record that does not extend the head it names is `BrokenTimeline`: an event is missing or out of order.
"""

from dataclasses import dataclass, replace
from typing import Final

from ledger.domain import heads
from ledger.domain.codes import (
    DecisionKind,
    Flag,
    HoldAction,
    Leg,
    Outcome,
    Pending,
    Reason,
    Regime,
    Risk,
    SealState,
    Stage,
)
from ledger.domain.lifecycle import FIRST_STATUS, LIVE, TABLE, Ruling, Standing, decide
from ledger.domain.records import (
    AmendmentRequest,
    Control,
    Decision,
    Declaration,
    Hold,
    InvalidationRequest,
    PresentationNotice,
    Request,
)
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head
from ledger.errors import PassavantError

_PENDING: Final[dict[type, Pending]] = {
    AmendmentRequest: Pending.AMENDMENT,
    InvalidationRequest: Pending.INVALIDATION,
    PresentationNotice: Pending.PRESENTATION,
}


UNTOUCHED: Final = (0,) * len(Risk)
_STORED_FLAGS: Final = 0xFFFF
"""Flags that stand together in the state word; SEAL_BROKEN stands beside `relies`."""


class BrokenTimeline(PassavantError):  # noqa: N818 - the name says what happened
    """An event does not extend the timeline that was folded so far: one is missing, doubled or out of order."""

    def __init__(self, declaration: bytes, digest: bytes, reason: str) -> None:
        """Keep which record of which declaration does not fit, and why."""
        self.declaration = declaration
        self.digest = digest
        self.reason = reason
        super().__init__(f"record 0x{digest.hex()} does not extend declaration 0x{declaration.hex()}: {reason}")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a declaration's content: its number, salted commitment and schema (32 bytes each)."""

    number: int
    commitment: bytes
    schema: bytes


@dataclass(frozen=True, slots=True)
class DeclarationState:
    """What the chain knows of a declaration.

    Attributes:
        id: its digest.
        consignment: the consignment's id; its own id when it opened the consignment.
        join_key: address whose signature lets others join; zero for a joined declaration.
        standing: status and flags.
        version: the version in force.
        requested: content that the pending amendment asks for.
        settled: head of the administration's timeline.
        request: digest of the pending request, or 0.
        hold_head: head of the agencies' holds.
        holders: agencies whose hold is open.
        relies: whether the last decision over the goods relies on recognitions.
        touched: by risk area, the version in which an amendment touched it last; 0: none did.
    """

    id: DeclarationId
    consignment: ConsignmentId
    join_key: bytes
    declarant: int
    agent: int
    administration: int
    leg: Leg
    regime: Regime
    stage: Stage
    standing: Standing
    version: Version
    settled: Head
    requested: Version | None = None
    request: Digest = Digest(ZERO)
    hold_head: Head = Head(ZERO)
    holders: frozenset[int] = frozenset()
    relies: bool = False
    touched: tuple[int, ...] = UNTOUCHED

    @property
    def public_head(self) -> Head:
        """All that its status depends on, but for time and participants."""
        return heads.public(self.settled, self.request, self.hold_head)

    @property
    def seal_broken(self) -> bool:
        """Whether its own administration found a seal broken since the decision that relies on recognitions."""
        return Flag.SEAL_BROKEN in self.standing.flags

    @property
    def word(self) -> int:
        """The contract's state word (``docs/records.md``)."""
        joined = Flag.JOINED in self.standing.flags
        anchor = int.from_bytes(self.consignment[:20] if joined else self.join_key, "big")
        fields = (
            (self.standing.status, 0),
            (self.leg, 8),
            (self.seal_broken, 10),
            (self.relies, 11),
            (self.regime, 12),
            (self.administration, 16),
            (self.declarant, 32),
            (self.version.number, 64),
            (self.standing.flags & _STORED_FLAGS, 80),
            (anchor, 96),
        )
        return sum(int(value) << shift for value, shift in fields)


def lodge(record: Declaration, digest: Digest) -> DeclarationState:
    """The state of a declaration that was just lodged."""
    joins = record.consignment != ZERO
    stage = Stage(record.stage)
    flags = (Flag.JOINED if joins else Flag(0)) | (Flag(0) if record.declarant else Flag.RECEIVED_OUTSIDE)
    return DeclarationState(
        id=DeclarationId(digest),
        consignment=record.consignment if joins else ConsignmentId(digest),
        join_key=record.join_key,
        declarant=record.declarant,
        agent=record.agent,
        administration=record.administration,
        leg=Leg(record.leg),
        regime=Regime(record.regime),
        stage=stage,
        standing=Standing(FIRST_STATUS[stage], flags),
        version=Version(1, record.commitment, record.schema),
        settled=heads.opened(DeclarationId(digest)),
    )


def advance(state: DeclarationState, record: Request | Decision | Control | Hold, digest: Digest) -> DeclarationState:
    """The state after one more record of the declaration.

    Raises:
        BrokenTimeline: the record does not extend the head that it names, or the lifecycle has no such step.
    """
    expected = state.hold_head if isinstance(record, Hold) else state.settled
    if record.prev != expected:
        raise BrokenTimeline(state.id, digest, f"it extends 0x{record.prev.hex()}, the head is 0x{expected.hex()}")
    if not isinstance(record, Decision) and state.standing.status not in LIVE:
        raise BrokenTimeline(state.id, digest, f"it is {state.standing.status.name}")
    if isinstance(record, Decision):
        return _decided(state, record, digest)
    if isinstance(record, Control):
        return _controlled(state, record, digest)
    if isinstance(record, Hold):
        return _held(state, record, digest)
    return _requested(state, record, digest)


def ruling_of(record: Decision) -> Ruling:
    """What the lifecycle looks at in a decision."""
    return Ruling(
        kind=DecisionKind(record.kind),
        scoped=record.scope != ZERO,
        supersedes=record.supersedes != ZERO,
        overrides=record.reason == Reason.OVERRIDE and record.evidence != ZERO,
        names_request=record.request != ZERO,
    )


def next_version(state: DeclarationState, record: Decision) -> Version:
    """The version in force after a decision."""
    if record.commitment != ZERO:
        return Version(state.version.number + 1, record.commitment, state.version.schema)
    if record.kind == DecisionKind.GRANT and record.request != ZERO and state.requested is not None:
        return replace(state.requested, number=state.version.number + 1)  # customs may have written one meanwhile
    return state.version


def relies_after(state: DeclarationState, record: Decision) -> bool:
    """Whether the declaration relies on recognitions after a decision.

    A receipt or an assessment must not make a withdrawn reliance disappear: only a decision over the whole
    declaration that puts goods at disposal or takes them away drops it.
    """
    row = TABLE[DecisionKind(record.kind)]
    dropped = record.scope == ZERO and (row.releases or row.withholds)
    return record.reliance != ZERO or (state.relies and not dropped)


def _decides_reliance(state: DeclarationState, record: Decision) -> bool:
    return record.reliance != ZERO or not relies_after(state, record)


def touched_after(state: DeclarationState, record: Decision) -> tuple[int, ...]:
    """The versions in which amendments touched each risk area, after a decision."""
    number = next_version(state, record).number
    if number == state.version.number:
        return state.touched
    return tuple(
        number if risk & record.touched_risks else before for risk, before in zip(Risk, state.touched, strict=True)
    )


def _requested(state: DeclarationState, record: Request, digest: Digest) -> DeclarationState:
    if state.request != ZERO:
        raise BrokenTimeline(state.id, digest, f"request 0x{state.request.hex()} waits")
    content = None
    if isinstance(record, AmendmentRequest):
        content = Version(state.version.number + 1, record.commitment, record.schema)
    standing = state.standing.with_pending(_PENDING[type(record)])
    return replace(state, request=digest, requested=content, standing=standing)


def _decided(state: DeclarationState, record: Decision, digest: Digest) -> DeclarationState:
    named = Digest(ZERO) if TABLE[DecisionKind(record.kind)].safeguards else state.request
    if record.request != named:
        raise BrokenTimeline(state.id, digest, f"it names request 0x{record.request.hex()}, not 0x{named.hex()}")
    standing = decide(state.standing, ruling_of(record))
    if isinstance(standing, Outcome):
        raise BrokenTimeline(state.id, digest, standing.name)
    if _decides_reliance(state, record):
        standing = replace(standing, flags=standing.flags & ~Flag.SEAL_BROKEN)
    keeps = standing.pending is not Pending.NONE
    return replace(
        state,
        standing=standing,
        version=next_version(state, record),
        relies=relies_after(state, record),
        touched=touched_after(state, record),
        settled=heads.settled(state.settled, record.request, digest),
        request=state.request if keeps else Digest(ZERO),
        requested=state.requested if keeps else None,
    )


def _controlled(state: DeclarationState, record: Control, digest: Digest) -> DeclarationState:
    if not 1 <= record.version <= state.version.number:
        raise BrokenTimeline(state.id, digest, f"it looked at version {record.version} of {state.version.number}")
    breaks = state.relies and record.seal_state == SealState.BROKEN
    flags = state.standing.flags | (Flag.SEAL_BROKEN if breaks else Flag(0))
    standing = replace(state.standing, flags=flags)
    return replace(state, standing=standing, settled=heads.settled(state.settled, Digest(ZERO), digest))


def _held(state: DeclarationState, record: Hold, digest: Digest) -> DeclarationState:
    sets = record.action == HoldAction.SET
    if sets == (record.agency in state.holders):
        raise BrokenTimeline(state.id, digest, f"agency {record.agency} {'has' if sets else 'has no'} open hold")
    holders = state.holders | {record.agency} if sets else state.holders - {record.agency}
    flags = state.standing.flags & ~(Flag.AGENCY | Flag.OVERRIDDEN)
    if holders:
        flags |= Flag.AGENCY
        if not sets:
            flags |= state.standing.flags & Flag.OVERRIDDEN
    return replace(
        state,
        hold_head=heads.held(state.hold_head, digest),
        holders=holders,
        standing=Standing(state.standing.status, flags),
    )
