"""The declarant's or agent's side: its own declarations and requests are records, what customs say is evidence."""

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.desk import DeskError, LodgementOptions
from ledger.documents import (
    AmendmentRequestMessage,
    InvalidationRequestMessage,
    LodgedDeclaration,
    Message,
    Notice,
    PresentationMessage,
    RequestMessage,
)
from ledger.domain.codes import Stage, Status
from ledger.domain.wire import DeclarationId
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.outcome import Became, Evidence, Known, Recorded
from ledger.ingest.reading import Batch
from ledger.ingest.side import Side

_BEFORE_RELEASE: Final = frozenset({Status.PRE_LODGED, Status.LODGED, Status.ACCEPTED})


class Operator(Side):
    """Ingests as a participant that lodges; as one that neither lodges nor decides, everything is evidence."""

    def messages(self, batch: Batch) -> list[Message]:
        """Notices before requests: an MRN is learned from them, and requests name it."""
        return [*batch.declarations, *batch.notices, *batch.requests, *batch.movements]

    def declaration(self, message: LodgedDeclaration) -> Became:
        """Lodge it, when this participant is its declarant or agent, unless it is on the ledger."""
        declarant = self.desk.directory.identifiers.get(message.declarant.id or "")
        if declarant:
            lodged = self.find(Reference(ReferenceType.LRN, message.lrn, str(declarant)))
            if lodged:
                return Known(f"recorded as 0x{lodged[0].hex()}")
        opened = self._opened_by_customs(message)
        if opened is not None:
            return Evidence(f"its administration has recorded it as 0x{opened.hex()}", opened)
        try:
            written = self.desk.declare(message, LodgementOptions(moved_at=self.lodged_at(message)))
        except DeskError as error:
            return Evidence(str(error))
        return Recorded(written.digest, written.declaration)

    def request(self, message: RequestMessage) -> Became:
        """Ask for it, when the declaration is this participant's."""
        found = self._candidates(message)
        if not found:
            return Evidence("its declaration is not known here", again=True)
        declaration = next(self._mine(found), None)
        if declaration is None:
            return Evidence("it is about somebody else's declaration")
        state = self.desk.state(declaration)
        if isinstance(message, PresentationMessage) and state.standing.status not in _BEFORE_RELEASE:
            return Evidence("a presentation of goods that customs have dealt with", declaration)
        if any(state.request):
            return Evidence("another request about this declaration waits for customs", declaration, again=True)
        if isinstance(message, AmendmentRequestMessage):
            written = self.desk.amend(declaration, message)
        elif isinstance(message, InvalidationRequestMessage):
            written = self.desk.invalidate(declaration)
        else:
            written = self.desk.present(declaration)
        return Recorded(written.digest, declaration)

    def notice(self, message: Notice) -> Became:
        """Keep it: only its administration can make it a status. The MRN of an own declaration is learned from it."""
        found = [one for one in self._mine(self._candidates(message)) if not self.has_other_mrn(one, message.mrn)]
        declaration = found[0] if len(found) == 1 else None
        if declaration is not None:
            self.learn_mrn(declaration, message.mrn)
        return Evidence("a notice under another key than its administration's", declaration)

    def _candidates(self, message: Notice | RequestMessage) -> list[DeclarationId]:
        claimed = [Reference(ReferenceType.MRN, message.mrn)] if message.mrn else []
        return self.find(*self._numbers(message.mrn, message.lrn), *claimed)

    def _mine(self, declarations: Iterable[DeclarationId]) -> Iterator[DeclarationId]:
        for one in declarations:
            state = self.desk.state(one)
            if self.me in {state.declarant, state.agent}:
                yield one

    def _opened_by_customs(self, message: LodgedDeclaration) -> DeclarationId | None:
        """The declaration that customs opened without its declarant: by MRN, by declarant and LRN, or by LRN alone."""
        mrn = message.mrn or self._mrns.get(message.lrn)
        names = [Reference(ReferenceType.MRN, mrn)] if mrn else []
        if message.declarant.id:
            names.append(Reference(ReferenceType.LRN, message.lrn, message.declarant.id))
        for one in self.find(*names):
            if not self.desk.state(one).declarant:
                return one
        return self._reported(message)

    def _reported(self, message: LodgedDeclaration) -> DeclarationId | None:
        administration = self.desk.directory.administrations.get(message.country or "")
        states = [self.desk.state(one) for one in self.find(Reference(ReferenceType.LRN, message.lrn))]
        found = [
            one.id
            for one in states
            if (one.stage, one.administration, one.version.number) == (Stage.REPORTED, administration, 1)
        ]
        return found[0] if len(found) == 1 else None
