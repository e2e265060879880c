"""What both sides of an ingestion share: finding the declaration that a message is about, and keeping evidence."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ledger.desk import Desk, indexable, references_of
from ledger.documents import (
    LodgedDeclaration,
    Message,
    Movement,
    Notice,
    ReferenceKind,
    RequestMessage,
    from_json,
    to_json,
    typed,
)
from ledger.domain.wire import DeclarationId
from ledger.index.evidence import EvidenceItem
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.outcome import Became, Evidence
from ledger.ingest.reading import Batch, kind_of

_TYPES: Final = {
    ReferenceKind.UCR: ReferenceType.UCR,
    ReferenceKind.DUCR: ReferenceType.DUCR,
    ReferenceKind.MUCR: ReferenceType.MUCR,
    ReferenceKind.MRN: ReferenceType.MRN,
}
_ANY: Final = "*"


class Side(ABC):
    """One participant's side of the messages."""

    def __init__(self, desk: Desk, batch: Batch) -> None:
        """Ingest at a desk; the notices of the batch tell what they tell about other messages."""
        self.desk = desk
        self.client = desk.client
        self.me = desk.identity.organisation
        self._written: set[DeclarationId] = set()
        self._first_heard: dict[str, datetime] = {}
        self._mrns: dict[str, str] = {}
        self._lrns: dict[str, dict[str, None]] = {}
        for notice in reversed(batch.notices):
            self._first_heard |= dict.fromkeys(filter(None, (notice.mrn, notice.lrn)), notice.issued_at)
        for notice in batch.notices:
            if notice.lrn and notice.mrn:
                self._mrns.setdefault(notice.lrn, notice.mrn)
                self._lrns.setdefault(notice.mrn, {})[notice.lrn] = None

    @abstractmethod
    def messages(self, batch: Batch) -> list[Message]:
        """The messages in the order in which this side needs them."""

    @abstractmethod
    def declaration(self, message: LodgedDeclaration) -> Became:
        """What an original declaration becomes."""

    @abstractmethod
    def request(self, message: RequestMessage) -> Became:
        """What a request of the declarant becomes."""

    @abstractmethod
    def notice(self, message: Notice) -> Became:
        """What a notice of customs becomes."""

    def movement(self, message: Movement) -> Evidence:
        """An event of a carrier or port: evidence, shown in the timeline as what it is."""
        found = self.find(*_movement_references(message))
        return Evidence(f"{message.code or message.name}: an event of carrier or port", found[0] if found else None)

    def find(self, *references: Reference) -> list[DeclarationId]:
        """The declarations, recorded or on their way, of the first reference that names any."""
        for reference in indexable(references):
            found = [one for one in self.client.named(reference) if self._is_written(one)]
            if found:
                return found
        return []

    def _is_written(self, declaration: DeclarationId) -> bool:
        if declaration not in self._written and self.client.is_written(declaration):
            self._written.add(declaration)
        return declaration in self._written

    def lodged_at(self, message: LodgedDeclaration) -> int | None:
        """When it was lodged: what it says, but not after the first notice about it; None: nothing tells."""
        heard = (self._first_heard.get(key) for key in (message.mrn, message.lrn) if key)
        moments = [one for one in (message.issued_at, message.accepted_at, *heard) if one]
        return seconds(min(moments)) if moments else None

    def has_other_mrn(self, declaration: DeclarationId, mrn: str | None) -> bool:
        """Whether this participant was told another MRN for a declaration than the one given."""
        if mrn is None or not self.client.is_named(declaration, self._own(ReferenceType.MRN, _ANY)):
            return False
        return not self.client.is_named(declaration, self._own(ReferenceType.MRN, mrn))

    def learn_mrn(self, declaration: DeclarationId, mrn: str | None) -> None:
        """Keep the MRN that a notice to this participant gives a declaration."""
        if mrn and not self.client.is_named(declaration, self._own(ReferenceType.MRN, mrn)):
            given = indexable([Reference(ReferenceType.MRN, mrn)])
            self.client.add_references(declaration, [*given, self._own(ReferenceType.MRN, _ANY)], self.me)

    def keep(self, message: Message, evidence: Evidence) -> None:
        """Keep a message as evidence, under the references that it carries."""
        kind = kind_of(message)
        if isinstance(message, Movement) and message.code:
            kind = f"{kind} {message.code}"
        references = indexable(_references(message))
        sealed = self.desk.sealer.seal_received(to_json(message.document).encode(), evidence.declaration)
        self.client.keep_evidence(kind, sealed, references, evidence.declaration, _when(message), by=self.me)

    def _own(self, kind: ReferenceType, value: str) -> Reference:
        """A number as this participant knows it: no word of another one counts."""
        return Reference(kind, value, str(self.me))

    def _numbers(self, mrn: str | None, lrn: str | None) -> list[Reference]:
        """MRN and LRN as this participant knows them, as far as they are given."""
        given = ((ReferenceType.MRN, mrn), (ReferenceType.LRN, lrn))
        return [self._own(kind, value) for kind, value in given if value]


def opened(desk: Desk, item: EvidenceItem) -> Message:
    """A message that was kept at a desk."""
    return typed(from_json(desk.sealer.open_received(item.content).decode()))


def seconds(moment: datetime) -> int:
    """Seconds since the epoch (UTC)."""
    return int(moment.timestamp())


def _references(message: Message) -> Iterable[Reference]:
    if isinstance(message, Movement):
        return _movement_references(message)
    if isinstance(message, LodgedDeclaration):
        return references_of(message)
    numbers = ((ReferenceType.MRN, getattr(message, "mrn", None)), (ReferenceType.LRN, getattr(message, "lrn", None)))
    return [Reference(kind, value) for kind, value in numbers if value]


def _movement_references(message: Movement) -> list[Reference]:
    return [Reference(_TYPES[one.kind], one.value) for one in message.references if one.kind in _TYPES]


def _when(message: Message) -> int | None:
    if isinstance(message, Notice):
        return seconds(message.issued_at)
    moment = message.occurred_at if isinstance(message, Movement) else None
    return seconds(moment) if moment else None
