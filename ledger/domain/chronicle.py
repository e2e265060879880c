"""History from recorded events alone: what the contracts knew before and after each of them.

Nothing is checked here but that each record extends what it says it extends: the chain took it.
"""

from dataclasses import dataclass, field, replace

from ledger.domain.codes import OrganisationKind
from ledger.domain.events import Recorded
from ledger.domain.participants import Participants
from ledger.domain.recognising import Recognising
from ledger.domain.recognition import relied_in
from ledger.domain.records import ConsignmentRecord, Control, Decision, RecognitionRecord
from ledger.domain.rules import Ledger
from ledger.domain.signing import Presented
from ledger.domain.wire import ConsignmentId, DeclarationId


@dataclass(slots=True)
class Chronicle:
    """The ledger as of the last event that was taken; start it with the founders.

    Events of whole consignments suffice, with those of the council and of recognition: other participants' and other
    consignments' records change nothing of what is asked here.
    """

    participants: Participants
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        """Nothing has happened yet; what was given stays as it is."""
        given = self.participants
        self.participants = replace(given, organisations=dict(given.organisations), keys=dict(given.keys))
        self.participants.mandates, self.participants.grants = dict(given.mandates), dict(given.grants)
        self.participants.encryption_keys = dict(given.encryption_keys)
        self.ledger = Ledger(self.participants)

    def take(self, event: Recorded) -> None:
        """Fold the next event.

        Raises:
            BrokenTimeline: an event is missing before it.
            KeyError: what it refers to is missing.
        """
        record, now = event.record, event.position.time
        if isinstance(record, ConsignmentRecord):
            relied = relied_in(record, event.proof) if isinstance(record, Decision) else ()
            self.ledger.apply(Presented(record, event.digest, None, relied=relied), record)
        elif isinstance(record, RecognitionRecord):
            self.law(self.participants).fold(record, event.digest, now, None)
        else:
            self.participants.apply(record, event.digest, now)
        if isinstance(record, Control):
            self.ledger.recognitions.controls[event.digest] = record

    def law(self, participants: Participants) -> Recognising:
        """The rules of recognition as of now, over these participants."""
        ledger = self.ledger
        return Recognising(participants, ledger.declarations, ledger.recognitions, ledger.walk)

    def consignment(self, declaration: DeclarationId) -> ConsignmentId:
        """The consignment of a declaration."""
        return self.ledger.declarations[declaration].consignment


@dataclass(slots=True)
class AsRecorded(Participants):
    """Participants as of one moment, whichever moment is asked for.

    A history that was loaded later took effect before its administrations took part: what counts is whether they did
    when the record was taken.

    Attributes:
        moment: block time, in seconds.
    """

    moment: int = 0

    @classmethod
    def of(cls, participants: Participants, moment: int) -> "AsRecorded":
        """Participants as of a moment; they go on together."""
        return cls(participants.council_head, participants.organisations, moment=moment)

    def competent_for(self, administration: int, now: int) -> int:
        """As of the moment."""
        del now
        return Participants.competent_for(self, administration, self.moment)

    def competent(self, administration: int, organisation: int, now: int) -> bool:
        """As of the moment."""
        del now
        return Participants.competent(self, administration, organisation, self.moment)

    def is_active(self, organisation: int, kind: OrganisationKind, now: int) -> bool:
        """As of the moment."""
        del now
        return Participants.is_active(self, organisation, kind, self.moment)
