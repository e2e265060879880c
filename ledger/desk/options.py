"""Who writes, and what a record says besides its kind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.chain.signers import Signer
from ledger.domain.codes import (
    ControlMethod,
    ControlOutcome,
    LinkKind,
    OrganisationKind,
    Reason,
    Risk,
    SealState,
    Stage,
    Verdict,
)
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from ledger.errors import PassavantError
from ledger.sealing import DecryptionKey

NO_RISK: Final = Risk(0)


class DeskError(PassavantError):
    """Something that this participant can't write: what, and what to do."""


class UnknownReference(DeskError):  # noqa: N818 - the name says what happened
    """No declaration that this participant may see has the reference."""


class AmbiguousReference(DeskError):  # noqa: N818 - the name says what happened
    """Several declarations have the reference; `candidates` are their ids."""

    def __init__(self, text: str, candidates: tuple[bytes, ...]) -> None:
        """Keep the candidates."""
        self.candidates = candidates
        ids = ", ".join(f"0x{one.hex()}" for one in candidates)
        super().__init__(f"{text} names several declarations: {ids}. Give the id of one of them")


class ContentMissing(DeskError):  # noqa: N818 - the name says what happened
    """A payload that this participant can't have: whose, and why."""

    def __init__(self, declaration: bytes, reason: str) -> None:
        """Keep which declaration's it is."""
        self.declaration = declaration
        super().__init__(f"the content of 0x{declaration.hex()} {reason}")


class ContentErased(ContentMissing):
    """A payload that was erased, and is nowhere any more."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who writes.

    Attributes:
        organisation: its id.
        kind: what it is.
        administration: itself for an administration, else the one that admitted it.
        jurisdictions: territories (ISO 3166-1 alpha-2 and customs territories) that it speaks for, if any.
        signer: its key.
        office: customs office of the key, 0 for none.
        encryption: its private encryption keys, newest first; without one it can neither seal nor read.
    """

    organisation: int
    kind: OrganisationKind
    administration: int
    signer: Signer
    jurisdictions: tuple[str, ...] = ()
    office: int = 0
    encryption: tuple[DecryptionKey, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Directory:
    """Who is a participant: trader identifiers (EORI) to organisations, territories to administrations."""

    identifiers: Mapping[str, int] = field(default_factory=dict)
    administrations: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lets another declaration join a consignment; whoever has it can join: pass it on encrypted.

    Attributes:
        consignment: the consignment's id, 32 bytes.
        join_key: private key of its join address, 32 bytes.
    """

    consignment: ConsignmentId
    join_key: bytes = field(repr=False)

    def to_json(self) -> str:
        """The ticket as a file's text."""
        return json.dumps({"consignment": f"0x{self.consignment.hex()}", "joinKey": f"0x{self.join_key.hex()}"})

    @classmethod
    def from_json(cls, text: str) -> "Ticket":
        """The ticket of a file's text.

        Raises:
            DeskError: it is no ticket.
        """
        try:
            values = json.loads(text)
            consignment, key = (bytes.fromhex(values[name].removeprefix("0x")) for name in ("consignment", "joinKey"))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DeskError("this is no consignment ticket: it takes consignment and joinKey as 0x hex") from None
        if len(consignment) != len(ZERO) or len(key) != len(ZERO):
            raise DeskError("this is no consignment ticket: consignment and joinKey have 32 bytes each")
        return cls(ConsignmentId(consignment), key)


@dataclass(frozen=True, slots=True)
class Written:
    """A record that is now in the outbox. `unread`: who shall read its content, but has no key to encrypt it to."""

    digest: Digest
    declaration: DeclarationId
    ticket: Ticket | None = None
    unread: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingOptions:
    """What a decision says besides its kind.

    Attributes:
        reason: coarse class, which the chain tells; the detail goes into `evidence`.
        items: goods items with quantities (None: the whole item), or None for the whole declaration.
        evidence: fields that stay off the chain, under a salted commitment.
        version: fields of a version that customs write, or None.
        touched_risks: risk areas that a granted amendment touches.
        effective_at, limit_at: seconds (UTC); the legal moment (now when None), and until when an obligation is due.
        supersedes: digest of the decision whose place it takes.
        relies: digests of the recognitions on which it relies, four at most.
    """

    reason: Reason = Reason.UNSPECIFIED
    items: Mapping[int, str | None] | None = None
    evidence: Mapping[str, str] | None = None
    version: Mapping[str, str] | None = None
    touched_risks: Risk = NO_RISK
    effective_at: int | None = None
    limit_at: int | None = None
    supersedes: Digest | None = None
    relies: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOptions:
    """What a control says. `valid_for` seconds; `version` None is the one in force; `standard` by name, and `level`."""

    method: ControlMethod
    outcome: ControlOutcome
    risk: Risk
    seal_state: SealState = SealState.NOT_APPLICABLE
    seals: tuple[str, ...] = ()
    valid_for: int = 30 * 24 * 3600
    version: int | None = None
    standard: str | None = None
    level: int = 0
    evidence: Mapping[str, str] | None = None
    effective_at: int | None = None
    supersedes: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionOptions:
    """What a recognition says besides what it recognises.

    Attributes:
        verdict: on all, on part of it, or not.
        risk: risk areas; None: all of the parent's (of a partial one: all that are usable).
        reason: why it was declined.
        aeo: the grant of AEO status on which it rests.
        effective_at: seconds (UTC); now when None.
        supersedes: digest of an earlier recognition for the same declaration, whose place it takes.
        unjudged: recognise although nobody can tell here whether the goods lie within the annex of the arrangement.
    """

    verdict: Verdict
    risk: Risk | None = None
    reason: Reason = Reason.UNSPECIFIED
    aeo: Digest | None = None
    effective_at: int | None = None
    supersedes: Digest | None = None
    unjudged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LodgementOptions:
    """What a lodgement says besides its message.

    Attributes:
        country: territory whose administration it binds to; the message's when None.
        ticket: joins this consignment instead of opening one.
        link: another declaration, and how this one relates to it.
        stage: instead of the message's own.
        effective_at: seconds (UTC); now when None.
        moved_at: about when the goods move (seconds), for references that are reused; None: when it was lodged.
    """

    country: str | None = None
    ticket: Ticket | None = None
    link: tuple[DeclarationId, LinkKind] | None = None
    stage: Stage | None = None
    effective_at: int | None = None
    moved_at: int | None = None
