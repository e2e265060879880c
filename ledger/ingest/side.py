"""What both sides of an ingestion share: finding the declaration that a message is about, and keeping evidence."""

from ledger.desk import Desk, references_of
from ledger.documents import LodgedDeclaration, Message, Movement, Notice, ReferenceKind, RequestMessage, to_json
from ledger.domain.wire import DeclarationId
from ledger.index.references import Reference, ReferenceType
from ledger.ingest.outcome import Evidence
from ledger.ingest.reading import kind_of

_TYPES = {
    ReferenceKind.UCR: ReferenceType.UCR,
    ReferenceKind.DUCR: ReferenceType.DUCR,
    ReferenceKind.MUCR: ReferenceType.MUCR,
    ReferenceKind.MRN: ReferenceType.MRN,
}


class Side:
    """One participant's side of the messages."""

    def __init__(self, desk: Desk) -> None:
        """Ingest at a desk."""
        self.desk = desk
        self.client = desk.client
        self.me = desk.identity.organisation

    def find(self, *references: Reference) -> list[DeclarationId]:
        """The recorded declarations of the first reference that names any."""
        for reference in references:
            found = [one for one in self.client.named(reference) if self.client.is_written(one)]
            if found:
                return found
        return []

    def lodged_before(self, message: LodgedDeclaration) -> DeclarationId | None:
        """The same declaration, recorded by this side or the other: same declarant, same LRN; or the same MRN."""
        references = [Reference(ReferenceType.MRN, message.mrn)] if message.mrn else []
        if message.declarant.id:
            references.append(Reference(ReferenceType.LRN, message.lrn, message.declarant.id))
        return next(iter(self.find(*references)), None)

    def about(self, message: Notice | RequestMessage) -> DeclarationId | None:
        """The one declaration that a notice or request is about: by MRN, else by an LRN that only one has."""
        if message.mrn:
            found = self.find(Reference(ReferenceType.MRN, message.mrn))
            if found:
                return found[0]
        found = self.find(Reference(ReferenceType.LRN, message.lrn)) if message.lrn else []
        if message.mrn:
            # it has an MRN that nothing here has: a declaration with another MRN is not meant
            found = [one for one in found if not self.client.has_reference(one, ReferenceType.MRN)]
        return found[0] if len(found) == 1 else None

    def movement(self, message: Movement) -> Evidence:
        """An event of a carrier or port: evidence, shown in the timeline as what it is."""
        found = self.find(*_movement_references(message))
        return Evidence(f"{message.code or message.name}: an event of carrier or port", found[0] if found else None)

    def keep(self, message: Message, evidence: Evidence) -> None:
        """Keep a message as evidence, under the references that it carries."""
        references = _references(message)
        content = to_json(message.document).encode()
        kind = (
            f"{kind_of(message)} {message.code}" if isinstance(message, Movement) and message.code else kind_of(message)
        )
        self.client.keep_evidence(kind, content, references, evidence.declaration, _when(message), by=self.me)


def _references(message: Message) -> list[Reference]:
    if isinstance(message, Movement):
        return _movement_references(message)
    if isinstance(message, LodgedDeclaration):
        return references_of(message)
    found = []
    if isinstance(message, Notice | RequestMessage):
        if message.mrn:
            found.append(Reference(ReferenceType.MRN, message.mrn))
        if message.lrn:
            found.append(Reference(ReferenceType.LRN, message.lrn))
    return found


def _movement_references(message: Movement) -> list[Reference]:
    return [Reference(_TYPES[one.kind], one.value) for one in message.references if one.kind in _TYPES]


def _when(message: Message) -> int | None:
    moment = None
    if isinstance(message, Notice):
        moment = message.issued_at
    elif isinstance(message, Movement):
        moment = message.occurred_at
    return int(moment.timestamp()) if moment else None
