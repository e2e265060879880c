"""An in-memory stand-in for `ledger.client.Client`: the methods that the gateway calls, and faults on request."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.client import (
    AccessEntry,
    AeoAnswer,
    AnnexRefused,
    Answer,
    AsOf,
    AssistanceFilter,
    AssistanceShown,
    ClientSettings,
    CursorError,
    Custody,
    DeclarationAnswer,
    Entry,
    FeedItem,
    FieldError,
    KeptGrant,
    NotEntitled,
    Page,
    ParticipantAnswer,
    PayloadRefused,
    Prepared,
    ReadGrant,
    RecognitionCandidate,
    RecordAnswer,
    RecordProgress,
    Reference,
    ReliedAnswer,
    Retained,
    Scope,
    Sealed,
    SealedForReader,
    SealRefused,
    SharedControl,
    StatusAnswer,
    StatusQuery,
    Submission,
    WorkFilter,
    WorkPage,
    Wrap,
)
from ledger.domain.benefits import Benefit, Interval
from ledger.domain.codes import (
    Debt,
    Leg,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Pending,
    Regime,
    Stage,
    Status,
)
from ledger.domain.commitment import scope_of
from ledger.domain.grants import digest_of_grant, typed_grant
from ledger.domain.outbox import OutboxState
from ledger.domain.plain import from_plain
from ledger.domain.proposals import Annex, Period
from ledger.domain.records import Record
from ledger.domain.signing import SigningDomain, SigningDomains, typed_data
from ledger.domain.transparency import Note, read_note
from ledger.index.freshness import Freshness
from ledger.index.history import Entry as TimelineEntry
from ledger.index.history import KeyShown

DOMAINS = SigningDomains(SigningDomain(b"\1" * 32, 31337, b"\2" * 20), SigningDomain(b"\1" * 32, 31337, b"\3" * 20))
AS_OF = AsOf(block=7, block_hash=b"\7" * 32, time=1_760_000_000, final=7, node_head=7, lag=0, reachable=True)
NOTHING = StatusAnswer(answer=Answer.NOT_FOUND_OR_NOT_ENTITLED, as_of=AS_OF, etag="nothing")


def declaration_answer(declarant: int, settled: bytes = b"\x0e" * 32, holds: bytes = b"\x0f" * 32) -> DeclarationAnswer:
    return DeclarationAnswer(
        id=b"\x0d" * 32,
        consignment=b"\x0d" * 32,
        declarant=declarant,
        agent=0,
        administration=1,
        competent=1,
        leg=Leg.IMPORT,
        regime=Regime.HOME_USE,
        stage=Stage.ARRIVED,
        status=Status.LODGED,
        flags=(),
        pending=Pending.NONE,
        debt=Debt.NONE,
        reliance=None,
        version=1,
        versions=(),
        settled_head=settled,
        request=bytes(32),
        hold_head=holds,
        public_head=b"\x10" * 32,
        link=None,
        link_kind=0,
        lodged_at=1_760_000_000,
        opened_block=1,
        updated_block=1,
        as_of=AS_OF,
        etag="rest",
    )


def participant(
    organisation: int, key: bytes, kind: OrganisationKind = OrganisationKind.OPERATOR, **window: int | None
) -> ParticipantAnswer:
    shown = KeyShown(
        address=key,
        purposes=("DECLARE",),
        office=0,
        not_before=window.get("not_before") or 0,
        not_after=window.get("not_after") or (1 << 40) - 1,
        compromised_since=window.get("compromised_since"),
    )
    return ParticipantAnswer(
        id=organisation,
        kind=kind,
        administration=1,
        country="FR",
        status=OrganisationStatus.ACTIVE,
        head=b"\4" * 32,
        successor=None,
        by_council=False,
        backdating=259_200,
        keys=(shown,),
    )


@dataclass(frozen=True)
class FakeNetwork:
    chain_id: int = 31337


class FakeRights:
    def holds(self, kept: KeptGrant) -> bool:
        return kept.grant.valid_until > 1_760_000_000


@dataclass
class FakeAssistance:
    """One request, for administration 250."""

    shown: dict[bytes, AssistanceShown] = field(default_factory=dict)
    asked: list[tuple[int, AssistanceFilter, str | None, int]] = field(default_factory=list)

    def page(self, viewer: int, wanted: AssistanceFilter, after: str | None, limit: int) -> Page[AssistanceShown]:
        if viewer != 250:
            raise NotEntitled("for administrations")
        if after is not None and not after.isdigit():
            raise CursorError(after)
        self.asked.append((viewer, wanted, after, limit))
        return Page(tuple(self.shown.values()), str(int(after or 0) + len(self.shown)))

    def one(self, request: bytes, viewer: int) -> AssistanceShown | None:
        return self.shown.get(request) if viewer == 250 else None


class FakeOutbox:
    def counts(self) -> dict[OutboxState, int]:
        return {OutboxState.WAITING: 3}


@dataclass
class FakeClient:
    """Tests fill and read its dictionaries; `fault` is raised by the next calls, `bad` digests spoil their group."""

    network: FakeNetwork = field(default_factory=FakeNetwork)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    assistance: FakeAssistance = field(default_factory=FakeAssistance)
    domains: SigningDomains = DOMAINS
    keys: dict[bytes, ParticipantAnswer] = field(default_factory=dict)
    challenges: dict[bytes, tuple[int, float]] = field(default_factory=dict)
    taken: dict[bytes, RecordAnswer] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    scopes: dict[bytes, Scope] = field(default_factory=dict)
    payloads: dict[bytes, tuple[Sealed, dict[int, Wrap], int]] = field(default_factory=dict)
    custodies: list[Custody] = field(default_factory=list)
    given: dict[bytes, list[KeptGrant]] = field(default_factory=dict)
    log: dict[bytes, list[AccessEntry]] = field(default_factory=dict)
    kept: dict[tuple[bytes, int], list[Retained]] = field(default_factory=dict)
    rights: FakeRights = field(default_factory=FakeRights)
    references: list[tuple[bytes, tuple[Reference, ...], int]] = field(default_factory=list)
    readers: list[tuple[Reference, int, int]] = field(default_factory=list)
    benefit: list[Benefit] = field(default_factory=list)
    candidate: list[RecognitionCandidate] = field(default_factory=list)
    asked_candidates: list[tuple[StatusQuery, str]] = field(default_factory=list)
    annexes: dict[bytes, Annex] = field(default_factory=dict)
    weighing: int | None = None
    work: WorkPage = field(default_factory=lambda: WorkPage((), None, more=False))
    reliances: dict[tuple[bytes, int | None], ReliedAnswer] = field(default_factory=dict)
    asked_work: list[tuple[WorkFilter, str | None, int]] = field(default_factory=list)
    authorised: dict[int, AeoAnswer] = field(default_factory=dict)
    asked_aeo: list[tuple[int | None, ...]] = field(default_factory=list)
    sharing: dict[tuple[str, int], list[SharedControl]] = field(default_factory=dict)
    reported: list[tuple[int, Period, Interval | None]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    readable: set[tuple[bytes, int]] = field(default_factory=set)
    receipts: Any = None
    answers: dict[tuple[str, int], StatusAnswer] = field(default_factory=dict)
    asked: list[StatusQuery] = field(default_factory=list)
    declarations: dict[tuple[bytes, int], DeclarationAnswer] = field(default_factory=dict)
    timelines: dict[tuple[str, int], list[TimelineEntry]] = field(default_factory=dict)
    feed: list[FeedItem] = field(default_factory=list)
    people: list[ParticipantAnswer] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    bad: set[bytes] = field(default_factory=set)
    refusals: dict[bytes, Outcome] = field(default_factory=dict)
    head: int = 7
    fault: Exception | None = None

    @classmethod
    def open(cls, settings: ClientSettings, *, check: bool = True) -> "FakeClient":
        return cls(calls=[f"open {settings.database} {check}"])

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

    def freshness(self) -> Freshness:
        return Freshness(node_head=self.head)

    def as_of(self) -> AsOf:
        return AS_OF

    def alarms(self) -> list[str]:
        return []

    def record_from_json(self, type_name: str, fields: Mapping[str, object]) -> Record:
        return from_plain(type_name, fields)

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
            new = digest not in self.taken
            if outcome is not Outcome.NOT_AUTHENTIC:
                kept = RecordAnswer(
                    digest=digest, progress=RecordProgress.WAITING, record_type=entry.record.record_type
                )
                self.taken.setdefault(digest, kept)
            found.append(Submission(digest, new, outcome))
        return found

    def record(self, digest: bytes) -> RecordAnswer:
        self._fail()
        return self.taken.get(digest) or RecordAnswer(digest=digest, progress=RecordProgress.UNHEARD_OF)

    def put_scope(self, root: bytes, scope: Scope) -> None:
        if scope_of(scope.items).root != root:
            raise PayloadRefused("its root is another")
        self.scopes[root] = scope

    def put_sealed(
        self, sealed: Sealed, wraps: Sequence[Wrap], custody: Custody, *, replaces: bytes | None = None
    ) -> None:
        if replaces is not None and replaces not in {one[0].content_hash for one in self.payloads.values()}:
            raise NotEntitled
        self.custodies.append(custody)
        if any(one.recipient > 100_000 for one in wraps):
            raise SealRefused("there is no such organisation")
        self.payloads[sealed.subject.commitment] = sealed, {one.recipient: one for one in wraps}, custody.owner

    def sealed(self, commitment: bytes, viewer: int) -> list[SealedForReader]:
        if commitment not in self.payloads:
            return []
        sealed, wraps, owner = self.payloads[commitment]
        return [SealedForReader(sealed, Custody(owner), wraps.get(viewer))] if viewer in {owner, *wraps} else []

    def add_wraps(self, commitment: bytes, content_hash: bytes, wraps: Sequence[Wrap], by: int) -> None:
        sealed, known, owner = self.payloads.get(commitment, (None, {}, None))
        if sealed is None or sealed.content_hash != content_hash or owner != by:
            raise NotEntitled
        known.update({one.recipient: one for one in wraps})

    def prepare_grant(self, grant: ReadGrant) -> tuple[dict[str, Any], bytes]:
        return typed_grant(grant, self.domains.consignments), digest_of_grant(grant, self.domains.consignments)

    def grant(self, grant: ReadGrant, signature: bytes) -> None:
        if grant.grantor > 100_000:
            raise NotEntitled
        self.given.setdefault(grant.declaration, []).append(KeptGrant(grant, signature))

    def grants(self, declaration: bytes, viewer: int) -> list[KeptGrant] | None:
        return self.given.get(declaration)

    def accesses(self, declaration: bytes, viewer: int) -> list[AccessEntry] | None:
        return self.log.get(declaration)

    def retained_of(self, declaration: bytes, viewer: int) -> list[Retained]:
        return self.kept.get((declaration, viewer), [])

    def add_references(self, declaration: bytes, references: Sequence[Reference], owner: int) -> None:
        if (declaration, owner) not in self.declarations:
            raise NotEntitled
        self.references.append((declaration, tuple(references), owner))

    def add_reader(self, reference: Reference, reader: int, granted_by: int) -> None:
        self.readers.append((reference, reader, granted_by))

    def may_read_status(self, declaration: bytes, viewer: int | None) -> bool:
        return (declaration, viewer) in self.readable

    def receipt_file(self, declaration: bytes, form: str, language: str) -> Any:
        return self.receipts(form, language)

    def benefits(self, viewer: int, period: Period, interval: Interval | None) -> tuple[Benefit, ...]:
        self.reported.append((viewer, period, interval))
        return tuple(self.benefit)

    def put_annex(self, digest: bytes, annex: Annex, viewer: int) -> None:
        if viewer != self.weighing:
            raise NotEntitled
        if annex.digest() != digest:
            raise AnnexRefused(f"its own hash is 0x{annex.digest().hex()}")
        self.annexes[digest] = annex

    def candidates(self, query: StatusQuery, viewer: int | None, country: str) -> list[RecognitionCandidate]:
        self.asked_candidates.append((query, country))
        if viewer != self.weighing:
            raise NotEntitled("not yours")
        return self.candidate

    def worklist(self, viewer: int | None, which: WorkFilter, after: str | None, limit: int) -> WorkPage:
        self.asked_work.append((which, after, limit))
        if viewer != self.weighing:
            raise NotEntitled("not yours")
        return self.work

    def relied(self, about: bytes, viewer: int | None) -> ReliedAnswer | None:
        return self.reliances.get((about, viewer))

    def aeo(self, operator: int, viewer: int | None, at: int | None, known_at: int | None) -> AeoAnswer | None:
        self.asked_aeo.append((operator, viewer, at, known_at))
        return self.authorised.get(operator)

    def shared(self, query: StatusQuery, viewer: int) -> list[SharedControl]:
        return self.sharing.get((query.reference, viewer), [])

    def put_checkpoint(self, text: str, *, strict: bool = False) -> Note:
        assert strict
        self.notes.append(read_note(text))
        return self.notes[-1]

    def latest_checkpoint(self) -> Note | None:
        return self.notes[-1] if self.notes else None

    def status(self, query: StatusQuery, viewer: int | None) -> StatusAnswer:
        self._fail()
        self.asked.append(query)
        return self.answers.get((query.reference, viewer or 0), NOTHING)

    def statuses(self, queries: Sequence[StatusQuery], viewer: int | None) -> list[StatusAnswer]:
        return [self.status(query, viewer) for query in queries]

    def provenance(self, query: StatusQuery, viewer: int | None) -> list[TimelineEntry]:
        return self.timelines.get((query.reference, viewer or 0), [])

    def declaration(self, declaration: bytes, viewer: int | None) -> DeclarationAnswer | None:
        return self.declarations.get((declaration, viewer or 0))

    def events(self, after: str | None = None, limit: int = 1000) -> Page[FeedItem]:
        if after is not None and not after.isdigit():
            raise CursorError(after)
        start = int(after or 0)
        found = self.feed[start : start + limit]
        return Page(tuple(found), str(start + len(found)))

    def participants(self, after: str | None = None, limit: int = 100) -> Page[ParticipantAnswer]:
        return Page(tuple(self.people[:limit]), None)

    def signer_organisation(self, address: bytes) -> ParticipantAnswer | None:
        return self.keys.get(address)

    def new_challenge(self, organisation: int, seconds: float) -> bytes:
        nonce = os.urandom(32)
        self.challenges[nonce] = organisation, time.time() + seconds
        return nonce

    def use_challenge(self, nonce: bytes, organisation: int) -> bool:
        owner, expires = self.challenges.get(nonce, (None, 0.0))
        return owner == organisation and self.challenges.pop(nonce) is not None and expires > time.time()


def fake(**given: Any) -> Any:
    """A fake where the real one is asked for."""
    return FakeClient(**given)
