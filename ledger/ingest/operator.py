"""The declarant's or agent's side: its own declarations and requests are records, what customs say is evidence."""

from ledger.desk import DeskError, LodgementOptions
from ledger.documents import (
    AmendmentRequestMessage,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Notice,
    RequestMessage,
)
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.outcome import Became, Evidence, Known, Recorded
from ledger.ingest.side import Side


class Operator(Side):
    """Ingests as a participant that lodges."""

    def declaration(self, message: LodgedDeclaration) -> Became:
        """Lodge it, when this participant is its declarant or agent."""
        known = self.lodged_before(message)
        if known is not None:
            return Known(f"recorded as 0x{known.hex()}")
        try:
            written = self.desk.declare(message, LodgementOptions())
        except DeskError as error:
            return Evidence(str(error))
        return Recorded(written.digest)

    def request(self, message: RequestMessage) -> Became:
        """Ask for it, when the declaration is this participant's."""
        declaration = self.about(message)
        if declaration is None:
            return Evidence("its declaration is not known here")
        state = self.desk.state(declaration)
        if self.me not in {state.declarant, state.agent}:
            return Evidence("it is about somebody else's declaration", declaration)
        if any(state.request):
            return Evidence("another request of this declaration waits for customs", declaration)
        if isinstance(message, AmendmentRequestMessage):
            return Recorded(self.desk.amend(declaration, message).digest)
        if isinstance(message, InvalidationRequestMessage):
            return Recorded(self.desk.invalidate(declaration).digest)
        return Recorded(self.desk.present(declaration).digest)

    def notice(self, message: Notice) -> Became:
        """Keep it: only its administration can make it a status. Its MRN is learned from it."""
        declaration = self.about(message)
        if declaration is not None and message.mrn:
            references = [Reference(ReferenceType.MRN, message.mrn)]
            self.client.add_references(declaration, references, self.me)
        return Evidence("a notice under another key than its administration's", declaration)
