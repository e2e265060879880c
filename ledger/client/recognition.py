"""What an administration needs to know before it recognises anything: candidates, arrangements, proofs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.client.types import NotEntitled
from ledger.domain.codes import OrganisationKind
from ledger.domain.recognition import Line
from ledger.domain.records import Control
from ledger.domain.wire import DeclarationId, Digest, encode
from ledger.index.candidates import RecognitionCandidate, load_candidates
from ledger.index.recognitions import load_arrangements, load_grants

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
            return load_candidates(session, client.queries.access(session, viewer), meant)

    def candidate(self, declaration: DeclarationId, parent: bytes, viewer: int) -> RecognitionCandidate | None:
        """One of them; None when there is none such for the viewer."""
        with self.client.store.reading() as session:
            found = load_candidates(session, self.client.queries.access(session, viewer), [declaration])
        return next((one for one in found if one.parent == parent), None)

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
