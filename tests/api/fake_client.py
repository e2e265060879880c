"""An in-memory stand-in for `ledger.client`: the façade's methods over dictionaries, with faults on request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

from ledger.client.types import ClientSettings, Entry, Payload, PayloadRefused, Prepared, Scope, Submission
from ledger.domain.codes import OrganisationKind, Outcome, Purpose, RecordType
from ledger.domain.commitment import commit, schema_id, scope_root
from ledger.domain.events import Event
from ledger.domain.records import RECORDS, Record
from ledger.domain.signing import SigningDomain, SigningDomains, typed_data
from ledger.domain.wire import camel, layout
from ledger.errors import PassavantError


class ReferenceType(IntEnum):
    UCR = 1
    DUCR = 2
    MUCR = 3
    MRN = 4
    LRN = 5
    HAWB = 6
    S10 = 7
    TRACKING = 8
    ORDER = 9
    IOSS = 10
    INVOICE = 11


class ReleaseStatus(StrEnum):
    RELEASED = "RELEASED"
    HELD = "HELD"
    UNKNOWN = "UNKNOWN"
    NOT_FOUND_OR_NOT_ENTITLED = "NOT_FOUND_OR_NOT_ENTITLED"


@dataclass(eq=False)
class FieldError(PassavantError):
    field: str
    reason: str


@dataclass(eq=False)
class NotEntitled(PassavantError):  # noqa: N818
    pass


@dataclass(eq=False)
class CursorError(PassavantError):
    cursor: str = ""


@dataclass(eq=False)
class NodeUnreachable(PassavantError):  # noqa: N818
    endpoint: str = ""
    reason: str = ""


@dataclass(eq=False)
class WrongNetwork(PassavantError):  # noqa: N818
    network: str = ""


@dataclass(eq=False)
class StoreError(PassavantError):
    reason: str = ""


@dataclass(frozen=True)
class Reference:
    type: ReferenceType
    value: str
    scope: str = ""


@dataclass(frozen=True)
class RecordState:
    digest: bytes
    record_type: RecordType
    state: str = "waiting"
    outcome: Outcome | None = None
    provisional: bool = False
    block: int | None = None
    transaction: bytes | None = None
    declaration: bytes | None = None
    detail: str = ""


@dataclass(frozen=True)
class Freshness:
    block: int
    block_hash: bytes
    block_time: int
    final_block: int | None
    finality: str
    head: int | None
    lag: int | None
    reachable: bool


@dataclass(frozen=True)
class StatusQuery:
    reference: str
    type: ReferenceType | None = None
    country: str | None = None
    around: date | None = None


@dataclass(frozen=True)
class StatusAnswer:
    """Whether it is released."""

    answer: ReleaseStatus
    deliver: bool | None
    declarations: tuple[bytes, ...]
    released_at: int | None
    as_of: Freshness
    etag: str


@dataclass(frozen=True)
class TimelineEntry:
    digest: bytes
    record: Record
    office: int


@dataclass(frozen=True)
class Timeline:
    """The timeline."""

    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True)
class DeclarationView:
    """A declaration."""

    id: bytes
    declarant: int
    settled: bytes
    hold_head: bytes
    etag: str


@dataclass(frozen=True)
class ParticipantView:
    """A participant."""

    id: int
    kind: OrganisationKind
    purposes: Purpose
    country: str


@dataclass(frozen=True)
class ParticipantPage:
    participants: tuple[ParticipantView, ...]
    next: str | None


@dataclass(frozen=True)
class EventPage:
    events: tuple[Event, ...]
    next: str | None


@dataclass(frozen=True)
class KeyView:
    organisation: int
    valid: bool
    purposes: Purpose = Purpose.DECLARE


@dataclass(frozen=True)
class FakeNetwork:
    chain_id: int = 31337


DOMAINS = SigningDomains(SigningDomain(b"\1" * 32, 31337, b"\2" * 20), SigningDomain(b"\1" * 32, 31337, b"\3" * 20))
AS_OF = Freshness(7, b"\7" * 32, 1_760_000_000, 7, "instant", 7, 0, reachable=True)


@dataclass
class FakeClient:
    """What the gateway calls; tests fill and read its dictionaries, and set `fault` to make the next calls fail."""

    network: FakeNetwork = field(default_factory=FakeNetwork)
    domains: SigningDomains = DOMAINS
    keys: dict[bytes, KeyView] = field(default_factory=dict)
    challenges: dict[bytes, int] = field(default_factory=dict)
    records: dict[bytes, RecordState] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    payloads: dict[bytes, tuple[int, Any]] = field(default_factory=dict)
    references: list[tuple[bytes, tuple[Reference, ...], int]] = field(default_factory=list)
    readers: list[tuple[Reference, int, int]] = field(default_factory=list)
    answers: dict[tuple[str, int], StatusAnswer] = field(default_factory=dict)
    declarations: dict[tuple[bytes, int], DeclarationView] = field(default_factory=dict)
    timelines: dict[tuple[str, int], Timeline] = field(default_factory=dict)
    feed: list[Event] = field(default_factory=list)
    people: list[ParticipantView] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    as_of: Freshness = AS_OF
    fault: Exception | None = None
    bad: set[bytes] = field(default_factory=set)
    refusals: dict[bytes, Outcome] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: ClientSettings, *, check: bool = True) -> "FakeClient":
        opened = cls()
        opened.calls.append(f"open {settings.database} {check}")
        return opened

    def start(self) -> None:
        self.calls.append("start")

    def stop(self, timeout: float) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault

    def problems(self) -> list[str]:
        return self.wrong

    def metrics(self) -> dict[str, float]:
        return {"outbox_waiting": float(len(self.records))}

    def freshness(self) -> Freshness:
        return self.as_of

    def record_from_json(self, type_name: str, fields: Mapping[str, object]) -> Record:
        struct = next(one for one in RECORDS.values() if one.__name__ == type_name)
        names = {camel(name): (name, wire) for name, wire in layout(struct)}
        for given in fields:
            if given not in names:
                raise FieldError(given, "no such field")
        found = {}
        for camelled, (name, wire) in names.items():
            if camelled not in fields:
                raise FieldError(camelled, "missing")
            value = fields[camelled]
            numeric = wire.name.startswith("uint")
            if numeric and (type(value) is not int or not 0 <= value < 1 << 8 * wire.size):
                raise FieldError(camelled, f"no {wire.name}")
            if not numeric and (not isinstance(value, str) or len(value) != 2 + 2 * wire.size):
                raise FieldError(camelled, f"no {wire.name}")
            found[name] = value if numeric else bytes.fromhex(str(value)[2:])
        return struct(**found)

    def prepare(self, record: Record) -> Prepared:
        return Prepared(typed_data(self.domains.of(record), record), self.domains.digest(record))

    def submit(self, entries: Sequence[Entry]) -> list[Submission]:
        self._fail()
        self.groups.append(len(entries))
        digests = [self.domains.digest(entry.record) for entry in entries]
        if self.bad & set(digests):
            raise FieldError("commitment", "bad")
        found = []
        for entry, digest in zip(entries, digests, strict=True):
            outcome = self.refusals.get(digest)
            new = digest not in self.records
            if outcome is not Outcome.NOT_AUTHENTIC:
                self.records.setdefault(digest, RecordState(digest, entry.record.record_type))
            found.append(Submission(digest, new, outcome))
        return found

    def record(self, digest: bytes) -> RecordState | None:
        self._fail()
        return self.records.get(digest)

    def put_payload(self, commitment: bytes, payload: Payload | Scope, owner: int) -> None:
        if isinstance(payload, Scope):
            root = scope_root(payload.items)
        else:
            root = commit(schema_id(payload.schema), payload.fields, payload.seed).root
        if root != commitment:
            raise PayloadRefused("its root is another")
        self.payloads[commitment] = owner, payload

    def payload(self, commitment: bytes, viewer: int) -> Payload | Scope | None:
        owner, payload = self.payloads.get(commitment, (None, None))
        return payload if owner == viewer else None

    def add_references(self, declaration: bytes, references: Sequence[Reference], owner: int) -> None:
        if (declaration, owner) not in self.declarations:
            raise NotEntitled
        self.references.append((declaration, tuple(references), owner))

    def add_reader(self, reference: Reference, reader: int, granted_by: int) -> None:
        self.readers.append((reference, reader, granted_by))

    def status(self, query: StatusQuery, viewer: int | None) -> StatusAnswer:
        self._fail()
        nothing = StatusAnswer(ReleaseStatus.NOT_FOUND_OR_NOT_ENTITLED, None, (), None, self.as_of, "nothing")
        return self.answers.get((query.reference, viewer or 0), nothing)

    def statuses(self, queries: Sequence[StatusQuery], viewer: int | None) -> list[StatusAnswer]:
        return [self.status(query, viewer) for query in queries]

    def provenance(self, query: StatusQuery, viewer: int | None) -> Timeline | None:
        return self.timelines.get((query.reference, viewer or 0))

    def declaration(self, declaration: bytes, viewer: int | None) -> DeclarationView | None:
        return self.declarations.get((declaration, viewer or 0))

    def events(self, after: str | None, limit: int, viewer: int | None) -> EventPage:
        if after is not None and not after.isdigit():
            raise CursorError(after)
        start = int(after or 0)
        found = self.feed[start : start + limit]
        return EventPage(tuple(found), str(start + len(found)))

    def participants(self, after: str | None, limit: int) -> ParticipantPage:
        return ParticipantPage(tuple(self.people[:limit]), None)

    def signer_organisation(self, address: bytes) -> KeyView | None:
        return self.keys.get(address)

    def new_challenge(self, nonce: bytes, expires: int) -> None:
        self.challenges[nonce] = expires

    def use_challenge(self, nonce: bytes, now: int) -> bool:
        return self.challenges.pop(nonce, 0) >= now


Client = FakeClient
