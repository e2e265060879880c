"""Small builders for tests of the domain: keys, a network of a few participants, and records with sensible defaults."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from coincurve import PrivateKey

from ledger.domain.codes import (
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    ErasureCause,
    HoldAction,
    Leg,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    Regime,
    Representation,
    Stage,
)
from ledger.domain.keccak import keccak256
from ledger.domain.participants import FOREVER, Founder, Key, Mandate, Organisation, Participants
from ledger.domain.records import (
    AmendmentRequest,
    Control,
    Decision,
    Declaration,
    Erasure,
    Hold,
    InvalidationRequest,
    PresentationNotice,
    Record,
)
from ledger.domain.rules import Ledger
from ledger.domain.signing import Presented, SigningDomain, SigningDomains
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head

NOW = 1_800_000_000
DAY = 24 * 3600
SOMETHING = b"\x11" * 32
OTHER = b"\x22" * 32

DOMAINS = SigningDomains(
    SigningDomain(b"\x01" * 32, 31337, b"\xc0" * 20),
    SigningDomain(b"\x01" * 32, 31337, b"\xb0" * 20),
)

A, B, C = 1, 2, 3
"""Administrations of AA, BB and CC."""
OPERATOR, AGENT, AGENCY, AUDITOR, FOREIGN_OPERATOR, FOREIGN_AGENCY = 70_001, 70_002, 70_003, 70_004, 80_001, 80_003


@dataclass(frozen=True)
class Signer:
    """A key that everybody knows, by its name."""

    name: str

    @cached_property
    def _key(self) -> PrivateKey:
        return PrivateKey(keccak256(self.name.encode()))

    @cached_property
    def address(self) -> bytes:
        return keccak256(self._key.public_key.format(compressed=False)[1:])[12:]

    def sign(self, digest: bytes) -> bytes:
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([27 + signature[64]])


def address(name: str) -> bytes:
    """An address for tests that recover no signature."""
    return keccak256(name.encode())[12:]


def declares(organisation: int) -> bytes:
    """The address of an organisation's key for its daily records."""
    return address(f"{organisation} daily")


def manages(organisation: int, number: int = 1) -> bytes:
    """The address of one of an organisation's managing keys."""
    return address(f"{organisation} manages {number}")


def founder(administration: int, country: bytes) -> Founder:
    return Founder(administration, country, manages(administration, 1), manages(administration, 2))


def participants() -> Participants:
    """Three administrations, two operators, an agency and an auditor of A, an operator and an agency of B."""
    made = Participants(Head(SOMETHING))
    for administration, country in ((A, b"AA"), (B, b"BB"), (C, b"CC")):
        made.admit(founder(administration, country), NOW - 365 * DAY)
        add_key(made, administration, declares(administration), Purpose.DECIDE)
        add_key(made, administration, manages(administration, 3), Purpose.MANAGE)
    members = (
        (OPERATOR, OrganisationKind.OPERATOR, A, Purpose.DECLARE),
        (AGENT, OrganisationKind.OPERATOR, A, Purpose.DECLARE),
        (AGENCY, OrganisationKind.AGENCY, A, Purpose.HOLD),
        (AUDITOR, OrganisationKind.AUDITOR, A, Purpose.READ),
        (FOREIGN_OPERATOR, OrganisationKind.OPERATOR, B, Purpose.DECLARE),
        (FOREIGN_AGENCY, OrganisationKind.AGENCY, B, Purpose.HOLD),
    )
    for organisation, kind, administration, purpose in members:
        made.organisations[organisation] = Organisation(organisation, kind, administration, head=Head(OTHER))
        add_key(made, organisation, declares(organisation), purpose)
        add_key(made, organisation, manages(organisation, 1), Purpose.MANAGE)
        add_key(made, organisation, manages(organisation, 2), Purpose.MANAGE)
    return made


def add_key(made: Participants, organisation: int, owner: bytes, purposes: Purpose, office: int = 0) -> None:
    made.keys[owner] = Key(owner, organisation, purposes, office, NOW - 365 * DAY, FOREVER)


def ledger() -> Ledger:
    """A ledger that knows `participants`, and nothing else."""
    return Ledger(participants())


def mandate(**values: Any) -> Mandate:
    filled: dict[str, Any] = {
        "serial": 1,
        "representation": Representation.DIRECT,
        "administration": 0,
        "legs": 0b111,
        "valid_from": 0,
        "valid_until": FOREVER,
    }
    return Mandate(**filled | values)


def declaration(**values: Any) -> Declaration:
    """An operator's declaration for import that opens a consignment."""
    joins = "consignment" in values
    filled: dict[str, Any] = {
        "join_key": bytes(20) if joins else address("join key"),
        "declarant": OPERATOR,
        "administration": A,
        "leg": Leg.IMPORT,
        "regime": Regime.HOME_USE,
        "stage": Stage.ARRIVED,
        "commitment": SOMETHING,
        "schema": OTHER,
        "effective_at": NOW,
        "deadline": NOW + 60,
    }
    return Declaration(**filled | values)


def _extending(state: DeclarationState, **values: Any) -> dict[str, Any]:
    return {"declaration": state.id, "prev": state.settled, "deadline": NOW + 60} | values


def amendment(state: DeclarationState, **values: Any) -> AmendmentRequest:
    filled: dict[str, Any] = {"declarant": state.declarant, "commitment": b"\x33" * 32, "schema": OTHER}
    return AmendmentRequest(**_extending(state, **filled | values))


def invalidation(state: DeclarationState, **values: Any) -> InvalidationRequest:
    return InvalidationRequest(**_extending(state, **{"declarant": state.declarant, "reason": 0} | values))


def presentation(state: DeclarationState, **values: Any) -> PresentationNotice:
    return PresentationNotice(**_extending(state, **{"declarant": state.declarant, "effective_at": NOW} | values))


def decision(state: DeclarationState, kind: int, **values: Any) -> Decision:
    filled: dict[str, Any] = {"administration": state.administration, "kind": kind, "effective_at": NOW}
    if kind == DecisionKind.CONDITIONALLY_RELEASE:
        filled["limit_at"] = NOW + 30 * DAY
    return Decision(**_extending(state, **filled | values))


def control(state: DeclarationState, **values: Any) -> Control:
    filled: dict[str, Any] = {
        "administration": state.administration,
        "version": 1,
        "method": ControlMethod.PHYSICAL,
        "outcome": ControlOutcome.NONE_FOUND,
        "risk": 1,
        "effective_at": NOW,
        "valid_until": NOW + DAY,
    }
    return Control(**_extending(state, **filled | values))


def hold(state: DeclarationState, action: int = HoldAction.SET, **values: Any) -> Hold:
    return Hold(**_extending(state, **{"prev": state.hold_head, "agency": AGENCY, "action": action} | values))


def erasure(state: DeclarationState, **values: Any) -> Erasure:
    """By the declarant; by the administration when that is given."""
    declarant = 0 if values.get("administration") else state.declarant
    filled: dict[str, Any] = {"version": 1, "commitment": SOMETHING, "declarant": declarant}
    filled |= {"declaration": state.id, "cause": ErasureCause.REQUESTED, "deadline": NOW + 60}
    return Erasure(**filled | values)


@dataclass
class Court:
    """A ledger to which entries are presented, with what was recorded so far."""

    ledger: Ledger = field(default_factory=ledger)
    steps: list[tuple[Digest, Digest]] = field(default_factory=list)

    def present(self, record: Record, signer: bytes | None, *, now: int = NOW, **proofs: Any) -> Outcome:
        entry = Presented(record, DOMAINS.digest(record), signer, **proofs)
        return self.ledger.record(entry, now)

    def take(self, record: Record, signer: bytes, *, now: int = NOW, **proofs: Any) -> Digest:
        """Present an entry that must be recorded; its digest."""
        outcome = self.present(record, signer, now=now, **proofs)
        assert outcome is Outcome.RECORDED, outcome.name
        return DOMAINS.digest(record)

    def lodge(self, **values: Any) -> DeclarationState:
        """A declaration that was just lodged by its operator."""
        return self.lodged(declaration(**values))

    def lodged(self, record: Declaration, **proofs: Any) -> DeclarationState:
        author = record.agent or record.declarant or record.administration
        return self.state(self.take(record, declares(author), **proofs))

    def state(self, declaration: bytes) -> DeclarationState:
        return self.ledger.declarations[DeclarationId(declaration)]

    def decide(self, state: DeclarationState, kind: int, **values: Any) -> DeclarationState:
        """The state after a decision that must be recorded."""
        record = decision(state, kind, **values)
        self.take(record, declares(record.administration))
        return self.state(state.id)

    def refuses(self, record: Record, signer: bytes | None, outcome: Outcome, *, now: int = NOW, **proofs: Any) -> None:
        """Assert that an entry is refused for this reason, and changes nothing."""
        before = snapshot(self.ledger)
        found = self.present(record, signer, now=now, **proofs)
        assert found is outcome, f"{found.name}, not {outcome.name}"
        assert snapshot(self.ledger) == before


def snapshot(ledger: Ledger) -> Any:
    """All that a ledger knows, as a value."""
    known = ledger.participants
    return (
        known.council_head,
        dict(known.organisations),
        dict(known.keys),
        dict(known.mandates),
        dict(known.grants),
        dict(known.encryption_keys),
        dict(ledger.declarations),
        dict(ledger.consignments),
        set(ledger.superseded),
        dict(ledger.erasures),
        deepcopy(ledger.recognitions),
    )


def timeline(prev: Head, steps: Iterable[tuple[bytes, bytes]]) -> tuple[Head, tuple[tuple[Digest, Digest], ...]]:
    """The proof of a superseding record."""
    return prev, tuple((Digest(request), Digest(digest)) for request, digest in steps)


def joining(opener: DeclarationState, **values: Any) -> Declaration:
    """A declaration that joins an opener's consignment."""
    return declaration(consignment=ConsignmentId(opener.id), **values)


__all__ = ["ConsignmentId", "DeclarationId", "Digest", "Head", "OrganisationStatus", "Purpose"]
"""What tests use beside the builders."""

NO_DIGEST = Digest(ZERO)
ACTIVE, SUSPENDED, EXPELLED = OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED, OrganisationStatus.EXPELLED
