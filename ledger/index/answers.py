"""What questions to the index are answered with: plain values, with codes as the domain's enums."""

import base64
import hashlib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum, StrEnum, unique
from functools import cache
from types import NoneType
from typing import Any, Final, cast

import msgspec

from ledger.domain.codes import Debt, DecisionKind, Leg, Reason, Regime, Reliance, Status


@unique
class Answer(StrEnum):
    """Answers to "is it released?"; from REPORTED to ACCEPTED: not yet."""

    RELEASED = "RELEASED"
    """Released or cleared; `deliver` says whether for home use."""
    CONDITIONALLY_RELEASED = "CONDITIONALLY_RELEASED"
    """Released with an obligation, `deadline` and `deadline_passed`."""
    PARTLY_RELEASED = "PARTLY_RELEASED"
    """Only the goods items of `parts`."""
    EXITED = "EXITED"
    """Has left the territory."""
    HELD = "HELD"
    """By whom and why: `holds`."""
    REFUSED = "REFUSED"
    SEIZED = "SEIZED"
    RETURN = "RETURN"
    """To be returned to where it came from."""
    RE_EXPORTED = "RE_EXPORTED"
    ABANDONED = "ABANDONED"
    DESTROYED = "DESTROYED"
    REPORTED = "REPORTED"
    """Known by its number only; the declaration has not turned up."""
    PRE_LODGED = "PRE_LODGED"
    LODGED = "LODGED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    """Not accepted as a declaration: lodge anew."""
    INVALIDATED = "INVALIDATED"
    CLOSED = "CLOSED"
    NOT_LODGED = "NOT_LODGED"
    """Nothing in that jurisdiction (or leg), though elsewhere."""
    AUTHORITY_WITHDRAWN = "AUTHORITY_WITHDRAWN"
    """Its administration was expelled before it was done with it."""
    AMBIGUOUS = "AMBIGUOUS"
    """Several are meant: `candidates`."""
    NOT_FOUND_OR_NOT_ENTITLED = "NOT_FOUND_OR_NOT_ENTITLED"
    UNKNOWN = "UNKNOWN"
    """Can't be known now: the node is out of reach, or too far ahead."""


@unique
class Deliver(StrEnum):
    """Whether the parcel may be handed over."""

    YES = "YES"
    NO = "NO"
    AS_STATED = "AS_STATED"
    THOSE_ONLY = "THOSE_ONLY"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """How fresh an answer is.

    Attributes:
        block: the index's last block, None before the first; `block_hash` and `time` (seconds) are its own.
        final: up to which block nothing can change any more, as last seen.
        node_head: the node's last block, as last seen.
        lag: blocks that the index is behind the node, or None when unknown.
        reachable: whether the node could be asked.
    """

    block: int | None
    block_hash: bytes | None
    time: int | None
    final: int | None
    node_head: int | None
    lag: int | None
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as an answer quotes it; times in seconds, `limit` None for none."""

    digest: bytes
    kind: DecisionKind
    administration: int
    office: int
    effective_at: int
    reason: Reason
    limit: int | None = None
    evidence: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldShown:
    """What stands in the way, or did before an override.

    Attributes:
        action: CONTROL, DOCUMENTS, DETENTION, PAYMENT, EXIT_DUE, or AGENCY.
        by: the organisation that set it.
        blocking: whether it keeps the goods from being at the declarant's disposal.
    """

    action: str
    by: int
    office: int
    since: int
    reason: Reason
    deadline: int | None
    deadline_passed: bool
    blocking: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A goods item (WCOID 006) and the quantity of it, as exact text; None: all of it."""

    number: int
    quantity: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A decision over some goods items; `items` None when nobody gave this store the scope's document."""

    decided: Decided
    scope: bytes
    items: tuple[Item, ...] | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several that may be meant."""

    declaration: bytes
    country: str
    leg: Leg
    answer: Answer
    deliver: Deliver | None
    lodged_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAnswer:
    """The answer to "is it released?". What is None or empty is not known, or nobody's business here."""

    answer: Answer
    as_of: AsOf
    deliver: Deliver | None = None
    declaration: bytes | None = None
    consignment: bytes | None = None
    administration: int | None = None
    country: str | None = None
    leg: Leg | None = None
    regime: Regime | None = None
    status: Status | None = None
    version: int | None = None
    public_head: bytes | None = None
    released_at: int | None = None
    released_by: Decided | None = None
    decided_by: Decided | None = None
    deadline: int | None = None
    deadline_passed: bool = False
    cleared: bool = False
    overridden: bool = False
    reliance: Reliance | None = None
    """Whether what it relies on of other administrations' controls still stands; None: it relies on nothing."""
    seal_broken: bool = False
    """Its own administration found a seal broken since it relies: reliance is withdrawn for it alone."""
    holds: tuple[HoldShown, ...] = ()
    parts: tuple[Part, ...] = ()
    debt: Debt | None = None
    assessed_by: Decided | None = None
    candidates: tuple[Candidate, ...] = ()
    final: bool = False
    etag: str = ""


_PLAIN: Final = frozenset({str, int, bool, float, NoneType})


def to_json(value: Any) -> Any:
    """A plain form of an answer: bytes as 0x hex, codes by name, dataclasses as objects."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is bytes:
        return f"0x{value.hex()}"
    if issubclass(kind, Enum):
        return value.name
    if issubclass(kind, Mapping):
        return {name: to_json(one) for name, one in value.items()}
    if issubclass(kind, list | tuple):
        return [to_json(one) for one in value]
    return {name: to_json(getattr(value, name)) for name in _names(cast("Hashable", kind))}


@cache
def _names(struct: Hashable) -> tuple[str, ...]:
    return tuple(one.name for one in fields(cast("Any", struct)))


def answered(as_of: AsOf, depends_on: Iterable[bytes] = (), /, **told: Any) -> StatusAnswer:
    """An answer with its ETag: over all that it tells but its freshness, and over what else it depends on."""
    digest = hashlib.sha256(msgspec.json.encode(told))
    for one in sorted(depends_on):
        digest.update(one)
    etag = base64.urlsafe_b64encode(digest.digest()[:18]).decode()
    return StatusAnswer(as_of=as_of, etag=etag, **told)
