"""Valid streams of blocks and events, as a well-behaved chain would tell them: heads folded, parents linked."""

from dataclasses import dataclass, field
from typing import Any

from ledger.domain import heads, records
from ledger.domain.codes import (
    AdmissionAction,
    KeyAction,
    Leg,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    RecordType,
    Regime,
    Stage,
)
from ledger.domain.events import Block, Event, Position, Recorded, Refused
from ledger.domain.keccak import keccak256
from ledger.domain.participants import FOREVER, Founder, Participants
from ledger.domain.state import DeclarationState, advance, lodge
from ledger.domain.wire import ZERO, DeclarationId, Digest, Head, encode
from ledger.index.network import Network

START = 1_790_000_000
DEADLINE = 7 * 86_400
CN, GB = 156, 826
PLATFORM, CARRIER, AGENT, AGENCY, AUDITOR = 100_001, 100_002, 100_003, 100_004, 100_005


NONE: Any = ZERO


def hashed(*parts: bytes) -> Any:
    """32 bytes for whatever is wanted: a digest, a head, a commitment."""
    return keccak256(*parts)


def address(name: str) -> bytes:
    return keccak256(name.encode())[:20]


NETWORK = Network(
    chain_id=31_337,
    genesis=keccak256(b"genesis"),
    consignments=address("consignments"),
    participants=address("participants"),
    council_head=Head(keccak256(b"founders")),
    founded=START,
    founders=(
        Founder(CN, b"CN", address("cn-1"), address("cn-2")),
        Founder(GB, b"GB", address("gb-1"), address("gb-2")),
    ),
    founded_in=0,
)


@dataclass
class Chain:
    """A chain that takes records: each call of `block` closes a block over what was recorded since the last one."""

    time: int = START
    blocks: list[Block] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    declarations: dict[bytes, DeclarationState] = field(default_factory=dict)
    participants: Participants = field(default_factory=NETWORK.founding)
    fork: bytes = b""
    _waiting: list[Any] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self.block()

    def block(self, seconds: int = 5) -> Block:
        self.time += seconds
        number = len(self.blocks)
        parent = self.blocks[-1].hash if self.blocks else ZERO
        block = Block(number, keccak256(b"block", parent, str(self._count).encode(), self.fork), parent, self.time)
        transaction = keccak256(block.hash, b"tx")
        for log, make in enumerate(self._waiting):
            self.events.append(make(Position(number, block.hash, self.time, transaction, log)))
        self._waiting.clear()
        self.blocks.append(block)
        return block

    def _record(self, record: Any, proof: bytes = b"") -> Digest:
        self._count += 1
        digest = Digest(keccak256(encode(record), self.fork, str(self._count).encode()))
        signature = keccak256(b"r", digest) + keccak256(b"s", digest) + b"\x1b"
        self._waiting.append(lambda position: Recorded(digest, record, signature, proof, position))
        return digest

    def declare(self, **given: Any) -> DeclarationId:
        values: dict[str, Any] = {
            "declarant": PLATFORM,
            "administration": GB,
            "leg": Leg.IMPORT,
            "regime": Regime.HOME_USE,
            "stage": Stage.ARRIVED,
            "commitment": keccak256(str(self._count).encode()),
            "schema": keccak256(b"schema"),
            "effective_at": self.time,
            "deadline": self.time + DEADLINE,
        }
        values |= given
        if "consignment" not in given:
            values.setdefault("join_key", address(f"join {self._count}"))
        record = records.Declaration(**values)
        digest = self._record(record)
        self.declarations[digest] = lodge(record, digest)
        return DeclarationId(digest)

    def amend(self, declaration: Any, **given: Any) -> Digest:
        content = {"commitment": keccak256(b"v", str(self._count).encode()), "schema": keccak256(b"schema")}
        return self._request(records.AmendmentRequest, declaration, {**content, **given})

    def cancel(self, declaration: Any, **given: Any) -> Digest:
        return self._request(records.InvalidationRequest, declaration, {"reason": 5, **given})

    def present(self, declaration: Any, **given: Any) -> Digest:
        return self._request(records.PresentationNotice, declaration, {"effective_at": self.time, **given})

    def _request(self, kind: Any, declaration: Any, given: dict[str, Any]) -> Digest:
        state = self.declarations[declaration]
        given = {"declarant": state.declarant, "deadline": self.time + DEADLINE, **given}
        return self._advance(kind(declaration=declaration, prev=state.settled, **given))

    def decide(self, declaration: Any, kind: int, **given: Any) -> Digest:
        state = self.declarations[declaration]
        given = {"administration": state.administration, "office": 7, "effective_at": self.time, **given}
        given.setdefault("deadline", self.time + DEADLINE)
        return self._advance(records.Decision(declaration=declaration, prev=state.settled, kind=kind, **given))

    def control(self, declaration: Any, **given: Any) -> Digest:
        state = self.declarations[declaration]
        values = {
            "administration": state.administration,
            "office": 7,
            "version": state.version.number,
            "method": 2,
            "outcome": 1,
            "risk": 1,
            "effective_at": self.time,
            "valid_until": self.time + 86_400,
            "deadline": self.time + DEADLINE,
        }
        return self._advance(records.Control(declaration=declaration, prev=state.settled, **(values | given)))

    def hold(self, declaration: Any, action: int, agency: int = AGENCY, **given: Any) -> Digest:
        state = self.declarations[declaration]
        given.setdefault("deadline", self.time + DEADLINE)
        return self._advance(
            records.Hold(declaration=declaration, prev=state.hold_head, agency=agency, action=action, **given)
        )

    def erase(self, declaration: Any, version: int = 1, **given: Any) -> Digest:
        state = self.declarations[declaration]
        values: dict[str, Any] = {
            "commitment": state.version.commitment,
            "declarant": state.declarant,
            "cause": 1,
            "deadline": self.time + DEADLINE,
        }
        return self._record(records.Erasure(declaration=declaration, version=version, **values | given))

    def publish(self, organisation: int, proof: bytes = b"", **given: Any) -> Digest:
        """An encryption key of suite 1; of suite 2 with a proof."""
        known = self.participants.encryption_keys
        values: dict[str, Any] = {
            "org_head": self.participants.organisations[organisation].head,
            "version": 1 + sum(owner == organisation for owner, _ in known),
            "suite": 2 if proof else 1,
            "key": keccak256(b"x25519", str(self._count).encode()),
            "hybrid": keccak256(proof) if proof else ZERO,
            "not_before": self.time + 1,
            "not_after": FOREVER,
            "deadline": self.time + DEADLINE,
        }
        return self.participant(records.EncryptionKey(organisation=organisation, **values | given), proof)

    def _advance(self, record: Any, proof: bytes = b"") -> Digest:
        digest = self._record(record, proof)
        self.declarations[record.declaration] = advance(self.declarations[record.declaration], record, digest)
        return digest

    def admit(self, organisation: int, kind: OrganisationKind, administration: int = GB, **given: Any) -> Digest:
        known = self.participants.organisations.get(organisation)
        values: dict[str, Any] = {
            "org_head": known.head if known else Head(ZERO),
            "status": OrganisationStatus.ACTIVE,
            "key": records.NO_ADDRESS if known else address(f"key of {organisation}"),
            "purposes": Purpose.MANAGE,
            "not_before": self.time + 1,
            "not_after": FOREVER,
            "deadline": self.time + DEADLINE,
        } | given
        record = records.OperatorStatus(administration=administration, organisation=organisation, kind=kind, **values)
        return self.participant(record)

    def key(self, organisation: int, key: bytes, action: KeyAction = KeyAction.AUTHORISE, **given: Any) -> Digest:
        head = self.participants.organisations[organisation].head
        values: dict[str, Any] = {
            "purposes": Purpose.DECLARE,
            "not_before": self.time + 1,
            "not_after": FOREVER,
        } | given
        values.setdefault("deadline", self.time + DEADLINE)
        return self.participant(
            records.KeyAuthorisation(organisation=organisation, org_head=head, key=key, action=action, **values)
        )

    def setting(self, administration: int, backdating: int) -> Digest:
        head = self.participants.organisations[administration].head
        deadline = self.time + DEADLINE
        return self.participant(
            records.AdministrationSetting(
                administration=administration, org_head=head, backdating=backdating, deadline=deadline
            )
        )

    def grant(self, declarant: int, agent: int, serial: int = 1) -> Digest:
        return self.participant(
            records.Grant(
                declarant=declarant,
                agent=agent,
                serial=serial,
                representation=2,
                legs=7,
                valid_from=self.time,
                valid_until=self.time + DEADLINE,
                deadline=self.time + DEADLINE,
            )
        )

    def council(self, administration: int, action: AdmissionAction, country: bytes = b"\0\0", **given: Any) -> Digest:
        proof = given.pop("proof", b"")
        values = {"effective_at": self.time + 1, "deadline": self.time + DEADLINE} | given
        record = records.Admission(
            administration=administration,
            country=country,
            action=action,
            council_head=self.participants.council_head,
            **values,
        )
        return self.participant(record, proof)

    def participant(self, record: Any, proof: bytes = b"") -> Digest:
        digest = self._record(record, proof)
        self.participants.apply(record, digest, self.time)
        return digest

    def refuse(self, record: Any, outcome: Outcome, author: int = PLATFORM) -> Digest:
        self._count += 1
        body = encode(record)
        digest = Digest(keccak256(body, b"refused", str(self._count).encode()))
        kind = RecordType(record.record_type)
        subject = getattr(record, "declaration", ZERO)
        self._waiting.append(
            lambda position: Refused(digest, author, subject, kind, outcome, body, bytes(65), position)
        )
        return digest

    def upto(self, number: int) -> tuple[list[Block], list[Event]]:
        blocks = [block for block in self.blocks if block.number <= number]
        return blocks, [event for event in self.events if event.position.block <= number]

    def branch(self, number: int, fork: bytes) -> "Chain":
        """A chain that has the same blocks up to a height, and goes on differently."""
        other = Chain(fork=fork)
        other.blocks, other.events = self.upto(number)
        other.time = other.blocks[-1].time
        other._count = self._count + 1_000
        other.declarations = {}
        other.participants = NETWORK.founding()
        for event in other.events:
            if isinstance(event, Refused):
                continue
            other._refold(event)
        return other

    def _refold(self, event: Recorded) -> None:
        record: Any = event.record
        if isinstance(record, records.Declaration):
            self.declarations[event.digest] = lodge(record, event.digest)
        elif isinstance(record, records.Erasure | records.RecognitionRecord):
            pass
        elif record.record_type < RecordType.ADMISSION:
            self.declarations[record.declaration] = advance(self.declarations[record.declaration], record, event.digest)
        else:
            self.participants.apply(record, event.digest, event.position.time)


def public(chain: Chain, declaration: bytes) -> Head:
    state = chain.declarations[declaration]
    return heads.public(state.settled, state.request, state.hold_head)


def peopled() -> Chain:
    """A chain whose organisations of every kind are admitted."""
    chain = Chain()
    chain.admit(PLATFORM, OrganisationKind.OPERATOR)
    chain.admit(CARRIER, OrganisationKind.OPERATOR)
    chain.admit(AGENT, OrganisationKind.OPERATOR)
    chain.admit(AGENCY, OrganisationKind.AGENCY)
    chain.admit(AUDITOR, OrganisationKind.AUDITOR)
    chain.grant(PLATFORM, AGENT)
    chain.block()
    return chain
