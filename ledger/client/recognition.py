"""What an administration needs to know before it recognises anything: candidates, arrangements, proofs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledger.client.types import AnnexRefused, NotEntitled
from ledger.documents.control_results import results_of
from ledger.domain.aeo import AeoHistory, programme_hash
from ledger.domain.annexes import AnnexVerdict, Judged
from ledger.domain.codes import OrganisationKind
from ledger.domain.proposals import Annex
from ledger.domain.recognition import Line, Version
from ledger.domain.records import Assistance, Control, Recognition
from ledger.domain.wire import ZERO, DeclarationId, Digest, encode
from ledger.index.aeo import AeoAnswer, answered, keep_programmes, load_agreed, load_programmes
from ledger.index.annexes import judge, keep_annex, load_annexes
from ledger.index.arrangements import ArrangementShown, load_shown
from ledger.index.candidates import RecognitionCandidate, load_candidates
from ledger.index.errors import StoreError
from ledger.index.freshness import as_of
from ledger.index.history import Page
from ledger.index.network import pinned
from ledger.index.participants import load_organisations
from ledger.index.recognitions import load_arrangements, load_grants
from ledger.index.relied import ReliedAnswer, load_relied
from ledger.index.worklist import WorkFilter, Worklist, WorkPage

if TYPE_CHECKING:
    from ledger.client.reading import Reading
    from ledger.domain.recognition import AeoGrant
    from ledger.index.lookup import StatusQuery


@dataclass(frozen=True, slots=True)
class RecognitionReading:
    """Reads what a store has of mutual recognition."""

    client: "Reading"

    def candidates(self, query: "StatusQuery", viewer: int | None, country: str) -> list[RecognitionCandidate]:
        """Which controls an administration may rely on for what a reference names, and why not the others.

        Empty when nothing under the reference is bound to it.

        Raises:
            NotEntitled: the viewer is not the administration of this country.
        """
        client = self.client
        with client.store.reading() as session:
            access = client.queries.access(session, viewer)
            me = access.viewer
            if me is None or me.kind is not OrganisationKind.ADMINISTRATION or access.country(me.id) != country:
                raise NotEntitled(f"candidates for {country} are for its administration alone")
        meant = client.queries.resolve(query, viewer)
        with client.store.reading() as session:
            found = load_candidates(session, client.queries.access(session, viewer), meant, client.goods)
        return [replace(one, eu_results=_eu_results(one)) for one in found]

    def candidate(self, declaration: DeclarationId, parent: bytes, viewer: int) -> RecognitionCandidate | None:
        """One of them; None when there is none such for the viewer."""
        with self.client.store.reading() as session:
            access = self.client.queries.access(session, viewer)
            found = load_candidates(session, access, [declaration], self.client.goods)
        return next((one for one in found if one.parent == parent), None)

    def worklist(self, viewer: int | None, which: WorkFilter, after: str | None = None, limit: int = 100) -> WorkPage:
        """What the viewer, an administration, has to do: open items after a cursor, oldest first.

        Raises:
            NotEntitled: the viewer is no administration.
            CursorError: the cursor is not of this index's chain.
        """
        with self.client.store.reading() as session:
            access = self.client.queries.access(session, viewer)
            if access.viewer is None or access.viewer.kind is not OrganisationKind.ADMINISTRATION:
                raise NotEntitled("a work list is for the administration itself")
            return Worklist(session, access, self.client.goods, which).page(after, limit)

    def relied(self, about: Digest, viewer: int | None) -> ReliedAnswer | None:
        """Which decisions relied on a control or recognition; None for whoever is neither its author nor an auditor."""
        with self.client.store.reading() as session:
            return load_relied(session, self.client.queries.access(session, viewer), about)

    def judged(self, record: Recognition) -> Judged:
        """What the annexes of its arrangement say of a recognition, as far as is known here."""
        with self.client.store.reading() as session:
            return judge(session, self.client.queries.access(session, None), self.client.goods, record)

    def outside(self, record: Recognition) -> str:
        """Why a recognition lies outside the annexes of its arrangement, in words; empty: it does not, or who knows."""
        judged = self.judged(record)
        return judged.reason if judged.verdict is AnnexVerdict.OUTSIDE else ""

    def line(self, one: int, other: int) -> Line:
        """What stands between two administrations: the latest version of their arrangement, who suspends."""
        with self.client.store.reading() as session:
            lines = load_arrangements(session).lines
        return lines.get((min(one, other), max(one, other)), Line())

    def grants(self, operator: int) -> "dict[Digest, AeoGrant]":
        """The grants of AEO status to an operator, oldest first."""
        with self.client.store.reading() as session:
            rows = session.rows("SELECT digest FROM aeo_grants WHERE operator = ? ORDER BY valid_from", operator)
            found = dict(load_grants(session, {row[0] for row in rows}))
        return {row[0]: found[row[0]] for row in rows}

    def aeo(
        self, operator: int, viewer: int | None, at: int | None = None, known_at: int | None = None
    ) -> AeoAnswer | None:
        """An operator's AEO status at a legal moment, as known at a block time; each is now when None.

        None when there is no such operator.

        Raises:
            NotEntitled: nobody in particular asks.
        """
        if viewer is None:
            raise NotEntitled("AEO status is told to participants")
        network = pinned(self.client.store)
        if network is None:
            raise StoreError("its network is not pinned: there is no history")
        with self.client.store.reading() as session:
            access = self.client.queries.access(session, viewer)
            found = load_organisations(session, [operator])
            if not found or found[0].kind is not OrganisationKind.OPERATOR:
                return None
            events, annexes = load_agreed(session, operator), load_annexes(session)
            programmes = {**_named(annexes.values()), **load_programmes(session)}
            moments = (access.now if at is None else at, access.now if known_at is None else known_at)
            history = AeoHistory(network.founding(), events, annexes, programmes)
            return answered(history, access, operator, moments, as_of(session, self.client.freshness()))

    def arrangements(
        self, viewer: int | None, partner: int | None = None, after: str | None = None, limit: int = 100
    ) -> Page[ArrangementShown]:
        """The arrangements to which an administration, or one that it took over from, is party; an auditor's: all.

        Raises:
            NotEntitled: the viewer is neither.
            CursorError: the cursor is not of this index's chain.
        """
        with self.client.store.reading() as session:
            access = self.client.queries.access(session, viewer)
            me = access.viewer
            if me is None or me.kind not in {OrganisationKind.ADMINISTRATION, OrganisationKind.AUDITOR}:
                raise NotEntitled("arrangements are for administrations and auditors")
            return load_shown(session, access, partner, after, limit)

    def annex(self, digest: bytes) -> Annex | None:
        """The annex that an arrangement names by its hash; None when it is not known here. Zeros name the empty one."""
        return Annex() if digest == ZERO else self.annexes().get(digest)

    def annexes(self) -> Mapping[bytes, Annex]:
        """All annexes that are known here, by hash."""
        with self.client.store.reading() as session:
            return load_annexes(session)

    def keep_annex(self, annex: Annex) -> None:
        """Keep an annex that this participant signs, or was told by a party."""
        with self.client.store.writing() as connection:
            keep_annex(connection, annex)

    def put_annex(self, digest: bytes, annex: Annex, viewer: int) -> None:
        """Keep the annex of an arrangement on the chain, as a party to it hands it in.

        Raises:
            NotEntitled: no arrangement between the viewer, or one that it took over from, and anybody names this hash.
            AnnexRefused: its own hash is another one.
        """
        with self.client.store.reading() as session:
            access = self.client.queries.access(session, viewer)
            known = load_arrangements(session).versions.values()
            parties = {one for version in known if version.record.annex == digest for one in _parties(version)}
            if viewer not in map(access.competent, parties):
                raise NotEntitled("no such arrangement for this participant")
        if annex.digest() != digest:
            raise AnnexRefused(f"its own hash is 0x{annex.digest().hex()}: it is not what both parties signed")
        self.keep_annex(annex)

    def keep_programme(self, name: str) -> None:
        """Note the name of an AEO programme, of which a grant tells the hash alone."""
        with self.client.store.writing() as connection:
            keep_programmes(connection, [name])

    def assistance_contents(self, request: Digest) -> list[tuple[str, bytes]]:
        """What a request of mutual assistance, and its answer, commit to: ``request`` or ``answer``, and the root."""
        with self.client.store.reading() as session:
            rows = session.rows("SELECT commitment, answer FROM assistance WHERE digest = ?", request)
        replies = [self.client.recorded(Digest(row[1])) for row in rows]
        said = [("answer", one.record.commitment) for one in replies if one and isinstance(one.record, Assistance)]
        return [one for one in (*(("request", row[0]) for row in rows), *said) if one[1] != ZERO]

    def proof(self, parent: Digest) -> bytes:
        """What shows the parent of a recognition: of a control its body, and the steps to the settled head.

        Empty for a recognition, and for a control that was recognised before: the chain knows these.
        """
        with self.client.store.reading() as session:
            known = session.rows("SELECT 1 FROM recognitions WHERE control = ? LIMIT 1", parent)
        recorded = self.client.recorded(parent)
        if known or recorded is None or not isinstance(recorded.record, Control):
            return b""
        return encode(recorded.record) + self.client.timeline_proof(recorded.record.declaration, parent)


def _parties(version: Version) -> tuple[int, int]:
    return version.record.first, version.record.second


def _named(annexes: Iterable[Annex]) -> dict[bytes, str]:
    """The names of programmes that annexes list, by hash."""
    return {programme_hash(name): name for one in annexes for name in one.programmes}


def _eu_results(one: RecognitionCandidate) -> tuple[str, ...]:
    """The EU's codes by which its control may be reported."""
    return tuple(code.value for code in results_of(one.method, one.outcome, one.seal_state))
