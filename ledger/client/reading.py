"""The façade's questions: answers of the index, as fresh as this client can know."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.domain.codes import DecisionKind, RecordType
from ledger.domain.records import Decision
from ledger.domain.retention import Retention
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId, Digest, decode
from ledger.index.alarms import Alarm, Alarms
from ledger.index.freshness import Freshness
from ledger.index.lookup import StatusQuery
from ledger.index.queries import Queries
from ledger.index.references import References, ReferenceType

if TYPE_CHECKING:
    from ledger.client.assisting import AssistanceReading
    from ledger.client.histories import Histories
    from ledger.client.recognition import RecognitionReading
    from ledger.client.types import ClientSettings
    from ledger.domain.benefits import Benefit, Interval
    from ledger.domain.events import Recorded
    from ledger.domain.proposals import Annex, Period
    from ledger.index.aeo import AeoAnswer
    from ledger.index.answers import AsOf, StatusAnswer
    from ledger.index.arrangements import ArrangementShown
    from ledger.index.candidates import RecognitionCandidate
    from ledger.index.goods import GoodsIndex
    from ledger.index.history import (
        DeclarationAnswer,
        Entry,
        FeedItem,
        Page,
        ParticipantAnswer,
        RecordAnswer,
        VersionShown,
    )
    from ledger.index.relied import ReliedAnswer
    from ledger.index.retaining import Retained
    from ledger.index.store import Store
    from ledger.index.worklist import WorkFilter, WorkPage
    from ledger.sealing import EncryptionKey

_NEVER: Final = 2**62


class Reading:
    """Reads the store. `viewer` is the organisation that asks, or None."""

    settings: "ClientSettings"

    @property
    def store(self) -> "Store":
        """The open store."""
        raise NotImplementedError

    def freshness(self) -> Freshness:
        """What is known of the node now."""
        raise NotImplementedError

    @cached_property
    def references(self) -> References:
        """The private index of references."""
        return References(self.store, self.settings.index_key)

    @cached_property
    def goods(self) -> "GoodsIndex":
        """The keyed index of goods."""
        from ledger.index.goods import GoodsIndex

        return GoodsIndex(self.store, self.references)

    @cached_property
    def queries(self) -> Queries:
        """The index's questions."""
        return Queries(self.store, self.references)

    @property
    def histories(self) -> "Histories":
        """What history tells of mutual recognition."""
        from ledger.client.histories import Histories

        return Histories(self.store, self.queries)

    @property
    def recognition(self) -> "RecognitionReading":
        """What an administration needs to know before it recognises anything."""
        from ledger.client.recognition import RecognitionReading

        return RecognitionReading(self)

    @property
    def assistance(self) -> "AssistanceReading":
        """What administrations ask of each other."""
        from ledger.client.assisting import AssistanceReading

        return AssistanceReading(self)

    def candidates(self, query: StatusQuery, viewer: int | None, country: str) -> "list[RecognitionCandidate]":
        """Which controls an administration may rely on for what a reference names, and why not the others.

        Raises:
            NotEntitled: the viewer is not the administration of this country.
        """
        return self.recognition.candidates(query, viewer, country)

    def worklist(
        self, viewer: int | None, which: "WorkFilter", after: str | None = None, limit: int = 100
    ) -> "WorkPage":
        """What an administration has to do: open items after a cursor, oldest first.

        Raises:
            NotEntitled: the viewer is no administration.
            CursorError: the cursor is not of this index's chain.
        """
        return self.recognition.worklist(viewer, which, after, limit)

    def relied(self, about: Digest, viewer: int | None) -> "ReliedAnswer | None":
        """Which decisions relied on a control or recognition; None for whoever is neither its author nor an auditor."""
        return self.recognition.relied(about, viewer)

    def aeo(
        self, operator: int, viewer: int | None, at: int | None = None, known_at: int | None = None
    ) -> "AeoAnswer | None":
        """An operator's AEO status at a legal moment, as known at a block time; each is now when None.

        None when there is no such operator.

        Raises:
            NotEntitled: nobody in particular asks.
        """
        return self.recognition.aeo(operator, viewer, at, known_at)

    def put_annex(self, digest: bytes, annex: "Annex", viewer: int) -> None:
        """Keep the annex of an arrangement on the chain: `RecognitionReading.put_annex`, errors included."""
        self.recognition.put_annex(digest, annex, viewer)

    def arrangements(
        self, viewer: int | None, partner: int | None = None, after: str | None = None, limit: int = 100
    ) -> "Page[ArrangementShown]":
        """Arrangements, for their parties and auditors: `RecognitionReading.arrangements`, errors included."""
        return self.recognition.arrangements(viewer, partner, after, limit)

    def benefits(
        self, viewer: int | None, period: "Period", interval: "Interval | None" = None
    ) -> "tuple[Benefit, ...]":
        """The benefit report of mutual recognition, as far as it is the viewer's to see.

        Raises:
            NotEntitled: the viewer is neither an administration nor an auditor.
        """
        return self.histories.benefits(viewer, period, interval)

    def as_of(self) -> "AsOf":
        """As of which block an answer would be that is given now."""
        return self.queries.as_of(self.freshness())

    def status(self, query: StatusQuery, viewer: int | None) -> "StatusAnswer":
        """Is it released? UNKNOWN while the node can't be reached, or the index is too far behind."""
        return self.queries.status(query, viewer, self.freshness())

    def statuses(self, queries: Sequence[StatusQuery], viewer: int | None) -> "list[StatusAnswer]":
        """`status` of up to 10,000 references, in order, all as of one block."""
        return self.queries.statuses(queries, viewer, self.freshness())

    def provenance(self, query: StatusQuery, viewer: int | None) -> "list[Entry]":
        """The timeline of what a reference names; empty for whom it does not concern."""
        return self.queries.provenance(query, viewer)

    def declaration(self, declaration: bytes, viewer: int | None) -> "DeclarationAnswer | None":
        """A declaration; None when there is none for the viewer."""
        return self.queries.declaration(declaration, viewer)

    def resolve(self, text: str, kind: ReferenceType | None, viewer: int | None) -> list[DeclarationId]:
        """The declarations that a reference names and whose history the viewer may see."""
        return [DeclarationId(one) for one in self.queries.resolve(StatusQuery(reference=text, type=kind), viewer)]

    def record(self, digest: bytes) -> "RecordAnswer":
        """What became of a record."""
        return self.queries.record(digest)

    def records(self, digests: Sequence[bytes]) -> "list[RecordAnswer]":
        """What became of records, in order."""
        return [self.queries.record(digest) for digest in digests]

    def events(self, after: str | None = None, limit: int = 1_000) -> "Page[FeedItem]":
        """The feed of all events after a cursor."""
        return self.queries.events(after, limit)

    def participants(self, after: str | None = None, limit: int = 100) -> "Page[ParticipantAnswer]":
        """All participants, by id."""
        return self.queries.participants(after, limit)

    def participant(self, organisation: int) -> "ParticipantAnswer | None":
        """One participant."""
        return self.queries.participant(organisation)

    def encryption_key(self, organisation: int) -> "EncryptionKey | None":
        """The key to encrypt to for an organisation now: its newest whose window holds; None when it has none."""
        from ledger.sealing import EncryptionKey, Suite

        shown = self.participant(organisation)
        current = next((one for one in shown.encryption_keys if one.current), None) if shown else None
        if current is None:
            return None
        return EncryptionKey(organisation, current.version, Suite(current.suite), current.key, current.mlkem)

    def alarms(self) -> list[Alarm]:
        """What a person must look at."""
        return Alarms(self.store).standing()

    @cached_property
    def retention(self) -> Retention:
        """The retention periods of this client's settings.

        Raises:
            RetentionError: their file can't be used.
        """
        path = self.settings.retention
        return Retention.load(path) if path else Retention.default()

    def retained(self, viewer: int) -> "list[Retained]":
        """Until when the content of each version that a viewer may erase has to be kept, and why."""
        from ledger.index.retaining import retained

        with self.store.reading() as session:
            return retained(session, self.queries.access(session, viewer), self.retention)

    def retained_of(self, declaration: DeclarationId, viewer: int | None) -> "list[Retained]":
        """The same of one declaration; empty for whom it is not to erase. `viewer` None: for this store's own use."""
        from ledger.index.access import Level
        from ledger.index.retaining import of_declaration
        from ledger.index.rows import load_declarations

        with self.store.reading() as session:
            access = self.queries.access(session, viewer)
            found = load_declarations(session, [declaration]).get(declaration)
            if found is None or (viewer is not None and access.level(found.state) is not Level.PAYLOAD):
                return []
            return list(of_declaration(session, access, self.retention, found))

    # --- what the desk needs ------------------------------------------------------------------------------------------

    def competent(self, administration: int) -> int:
        """The administration that is competent now: itself, or whoever took over."""
        with self.store.reading() as session:
            return self.queries.access(session, None).competent(administration)

    def versions(self, declaration: DeclarationId) -> "Sequence[VersionShown]":
        """The versions of a declaration, as the chain has them: what a reader holds their content against."""
        from ledger.index.listing import load_versions

        with self.store.reading() as session:
            return load_versions(session, declaration)

    def state(self, declaration: DeclarationId) -> DeclarationState | None:
        """A declaration's state as of the index; None when none is recorded."""
        from ledger.index.rows import load_declarations

        with self.store.reading() as session:
            found = load_declarations(session, [declaration]).get(declaration)
        return found.state if found else None

    def family(self, declaration: DeclarationId) -> list[DeclarationId]:
        """The declarations of a declaration's consignment, itself among them, oldest first; empty: not recorded."""
        from ledger.index.rows import load_families

        with self.store.reading() as session:
            found = load_families(session, {declaration})
        return [one.state.id for one in sorted(found.values(), key=lambda one: (one.opened, one.state.id))]

    def signer_organisation(self, address: bytes) -> "ParticipantAnswer | None":
        """The participant that a key belongs to."""
        owner = self.key_owners([address]).get(address)
        return None if owner is None else self.participant(owner)

    def key_owners(self, addresses: Sequence[bytes]) -> dict[bytes, int]:
        """The organisations of registered keys, by address (20 bytes)."""
        with self.store.reading() as session:
            sql = "SELECT address, organisation FROM keys WHERE address IN ({keys})"
            return {row[0]: int(row[1]) for row in session.within(sql, addresses)}

    def decisions(self, declaration: DeclarationId) -> list[Decision]:
        """The recorded decisions about a declaration, in order."""
        sql = "SELECT body FROM events WHERE declaration = ? AND outcome = 0 AND record_type = ? ORDER BY block, log"
        with self.store.reading() as session:
            rows = session.rows(sql, declaration, int(RecordType.DECISION))
        return [decode(Decision, row[0]) for row in rows]

    def recorded(self, digest: Digest) -> "Recorded | None":
        """A recorded record with its signature and place; None when the index has none."""
        return self._event("digest = ?", digest)

    def adopting(self, declaration: DeclarationId, request: Digest) -> "Recorded | None":
        """The decision that granted a request, if one did."""
        where = f"declaration = ? AND record_type = {int(RecordType.DECISION)} AND substr(body, 65, 32) = ?"
        found = self._event(where, declaration, request)
        granted = found and isinstance(found.record, Decision) and found.record.kind == DecisionKind.GRANT
        return found if granted else None

    def _event(self, where: str, *values: bytes) -> "Recorded | None":
        from ledger.index.rows import RECORDED, recorded

        sql = f"SELECT {RECORDED} FROM events JOIN blocks ON number = block WHERE outcome = 0 AND {where}"  # noqa: S608
        with self.store.reading() as session:
            rows = session.rows(sql, *values)
        return recorded(rows[0]) if rows else None

    def timeline_steps(
        self, declaration: DeclarationId, since: Digest, to_block: int = _NEVER
    ) -> list[tuple[bytes, bytes, bytes]]:
        """(prev, request, digest) of every decision and control of a declaration from `since` on, in order."""
        sql = (
            "SELECT record_type, body, digest FROM events WHERE declaration = ? AND outcome = 0"
            " AND record_type IN (?, ?) AND block <= ? ORDER BY block, log"
        )
        with self.store.reading() as session:
            rows = session.rows(sql, declaration, int(RecordType.DECISION), int(RecordType.CONTROL), to_block)
        steps = [(body[32:64], _request(kind, body), digest) for kind, body, digest in rows]
        start = next((n for n, step in enumerate(steps) if step[2] == since), len(steps))
        return steps[start:]

    def timeline_proof(self, declaration: DeclarationId, superseded: Digest) -> bytes:
        """That a decision or control stands in a declaration's timeline: the proof of a record that supersedes it.

        ABI encoding of ``(bytes32 prev, bytes32[2][] steps)``; empty when it does not stand there.
        """
        steps = self.timeline_steps(declaration, superseded)
        if not steps:
            return b""
        words = [steps[0][0], _word(2 * len(ZERO)), _word(len(steps))]
        return b"".join(words) + b"".join(request + digest for _, request, digest in steps)


def _request(record_type: int, body: bytes) -> bytes:
    """The request that a decision names: its third word; a control names none."""
    return body[64:96] if record_type == RecordType.DECISION else bytes(32)


def _word(number: int) -> bytes:
    return number.to_bytes(len(ZERO), "big")
