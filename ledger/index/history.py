"""What the index tells of declarations, participants, timelines and records on their way."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Generic, TypeVar

from ledger.domain.codes import (
    Debt,
    EncryptionSuite,
    ErasureCause,
    Leg,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Pending,
    RecordType,
    Regime,
    Reliance,
    Stage,
    Status,
)
from ledger.index.answers import AsOf

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErasureShown:
    """That a version's content was erased: when (block time), why, by whom, and the record that says so."""

    time: int
    cause: ErasureCause
    author: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version: who wrote it, the record that brought it, and whether its content was erased.

    Content that was erased is gone for good; content that is merely not here may be elsewhere. `erased_here_at` is when
    this store destroyed it: alone, the erasure was taken back with its block, after it had been obeyed.
    """

    number: int
    commitment: bytes
    schema: bytes
    author: int
    digest: bytes
    erased: ErasureShown | None = None
    erased_here_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationAnswer:
    """A declaration, to whoever may see its history."""

    id: bytes
    consignment: bytes
    declarant: int
    agent: int
    administration: int
    competent: int
    leg: Leg
    regime: Regime
    stage: Stage
    status: Status
    flags: tuple[str, ...]
    pending: Pending
    debt: Debt
    reliance: Reliance | None
    version: int
    versions: tuple[VersionShown, ...]
    settled_head: bytes
    request: bytes
    hold_head: bytes
    public_head: bytes
    link: bytes | None
    link_kind: int
    lodged_at: int
    opened_block: int
    updated_block: int
    as_of: AsOf
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    """A key of a participant."""

    address: bytes
    purposes: tuple[str, ...]
    office: int
    not_before: int
    not_after: int
    compromised_since: int | None

    def is_valid(self, at: float) -> bool:
        """Whether its window holds at a moment (seconds), and nobody reported it."""
        return self.not_before <= at < self.not_after and not self.compromised_since


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionKeyShown:
    """An encryption key of a participant, for [not_before, not_after).

    Attributes:
        key: X25519, 32 bytes.
        mlkem: ML-KEM-768, 1,184 bytes; empty in suite X25519.
        current: the one to encrypt to at the time of asking.
    """

    version: int
    suite: EncryptionSuite
    key: bytes
    mlkem: bytes
    not_before: int
    not_after: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantAnswer:
    """A participant as it stands at the time of asking."""

    id: int
    kind: OrganisationKind
    administration: int
    country: str | None
    status: OrganisationStatus
    head: bytes
    successor: int | None
    by_council: bool
    backdating: int
    keys: tuple[KeyShown, ...]
    encryption_keys: tuple[EncryptionKeyShown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline.

    Attributes:
        what: RECORDED, REFUSED, or EVIDENCE (off-chain, as received: no status).
        type: the record's name, or the kind of the evidence.
        by: the organisation that wrote it, or that handed the evidence in.
        key: address of the key that signed, when it can be told.
        disputed: that key was reported compromised since before.
        effective_at: the legal moment, when it has one; `time`: of the block, or of receipt.
        fields: the record's own fields, codes by name.
        remarks: what the index noticed.
    """

    what: str
    type: str
    by: int
    time: int
    declaration: bytes | None = None
    digest: bytes | None = None
    office: int | None = None
    key: bytes | None = None
    disputed: bool = False
    effective_at: int | None = None
    outcome: Outcome | None = None
    fields: Mapping[str, Any] | None = None
    remarks: tuple[str, ...] = ()
    block: int | None = None
    log: int | None = None
    transaction: bytes | None = None
    head_before: bytes | None = None
    head_after: bytes | None = None


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An event as an auditor replays it: the record as it travelled, where it stands, and the heads around it."""

    digest: bytes
    record_type: RecordType
    outcome: Outcome
    author: int
    body: bytes
    signature: bytes
    proof: bytes
    block: int
    log: int
    time: int
    transaction: bytes
    block_hash: bytes
    head_before: bytes
    head_after: bytes


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a long list. `next`: the cursor that goes on after it; None at the end (feeds always have one)."""

    items: tuple[T, ...]
    next: str | None


@unique
class RecordProgress(StrEnum):
    """Where a record is on its way."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    INCLUDED = "INCLUDED"
    FINAL = "FINAL"
    REFUSED = "REFUSED"
    LOST = "LOST"
    UNHEARD_OF = "UNHEARD_OF"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """What became of a record.

    Attributes:
        outcome: of a refused one, why.
        provisional: the refusal may not be the last word.
    """

    digest: bytes
    progress: RecordProgress
    record_type: RecordType | None = None
    outcome: Outcome | None = None
    provisional: bool = False
    block: int | None = None
    log: int | None = None
    transaction: bytes | None = None
    time: int | None = None
