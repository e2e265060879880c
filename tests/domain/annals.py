"""Histories: a court that keeps the events of what it took, as the chain would tell them."""

from dataclasses import dataclass, field
from typing import Any

from ledger.domain.codes import DecisionKind
from ledger.domain.events import Position, Recorded
from ledger.domain.inspections import History, Inspection
from ledger.domain.participants import Participants
from ledger.domain.proposals import Annex, Period, Proposal
from ledger.domain.records import Arrangement, Control, Record
from ledger.domain.simulation import simulate
from ledger.domain.wire import ZERO, DeclarationId, Digest
from tests.domain import builders as b
from tests.domain.webs import Web

HOUR = 3_600
YEAR = Period(b.NOW - b.DAY, b.NOW + 365 * b.DAY)


@dataclass
class Annals(b.Court):
    """`founders` are the participants before the first event."""

    events: list[Recorded] = field(default_factory=list)
    founders: Participants = field(default_factory=b.participants)

    def take(self, record: Record, signer: bytes, *, now: int = b.NOW, **proofs: Any) -> Digest:
        digest = super().take(record, signer, now=now, **proofs)
        number = len(self.events)
        position = Position(number, b"\x09" * 32, now, b"\x08" * 32, 0)
        self.events.append(Recorded(digest, record, b"", _proof(record, **proofs), position))
        return digest

    def decide(self, state: Any, kind: int, *, now: int = b.NOW, **values: Any) -> Any:
        record = b.decision(state, kind, **{"effective_at": now, "deadline": now + 60} | values)
        self.take(record, b.declares(record.administration), now=now)
        return self.state(state.id)


class Case(Web):
    """The web's consignment over the course of days; hours count from `builders.NOW`."""

    def __init__(self) -> None:
        self.annals = Annals()
        super().__init__(self.annals)

    def controls(self, by: int, hour: float, *, against: Digest | None = None, **values: Any) -> Digest:
        """A control by A, B or C, at an hour; `against` supersedes the last control of the same declaration."""
        now = b.NOW + int(hour * HOUR)
        state = self.annals.state(self.of(by))
        filled: dict[str, Any] = {"effective_at": now, "valid_until": now + 30 * b.DAY, "deadline": now + 60}
        proofs: dict[str, Any] = {}
        if against is not None:
            event = next(one for one in self.annals.events if one.digest == against)
            filled["supersedes"] = against
            proofs["timeline"] = self._since(event)
        return self.annals.take(b.control(state, **filled | values), b.declares(by), now=now, **proofs)

    def decides(self, by: int, hour: float, kind: DecisionKind, **values: Any) -> None:
        now = b.NOW + int(hour * HOUR)
        self.annals.decide(self.annals.state(self.of(by)), kind, now=now, **values)

    def recognises(self, by: int, parent: Digest, hour: float, **values: Any) -> Digest:
        """A recognition by A, B or C; of a control, that must be the last record of its declaration."""
        now = b.NOW + int(hour * HOUR)
        event = next(one for one in self.annals.events if one.digest == parent)
        proofs = {}
        if isinstance(event.record, Control):
            proofs = {"control": (parent, event.record), "timeline": self._since(event)}
        record = self.recognition(by, parent, **{"effective_at": now, "deadline": now + 60} | values)
        return self.annals.take(record, b.declares(by), now=now, **proofs)

    def of(self, by: int) -> DeclarationId:
        return {b.A: self.exported, b.B: self.imported, b.C: self.transited}[by]

    def simulate(self, period: Period = YEAR, annex: Annex | None = None, **values: Any) -> tuple[Inspection, ...]:
        proposal = Proposal(proposed(**values.pop("scope", {})), annex or Annex())
        return simulate(History(self.annals.founders, self.annals.events, **values), proposal, period)

    def _since(self, event: Recorded) -> Any:
        record: Any = event.record
        later = self.annals.events[self.annals.events.index(event) :]
        steps = [
            (getattr(one.record, "request", ZERO), one.digest)
            for one in later
            if getattr(one.record, "declaration", None) == record.declaration and hasattr(one.record, "supersedes")
        ]
        return b.timeline(record.prev, steps)


def proposed(first: int = b.A, second: int = b.B, **values: Any) -> Arrangement:
    filled: dict[str, Any] = {
        "first": first,
        "second": second,
        "procedures": 0x1FF,
        "methods": 0xF,
        "risks": 15,
        "valid_from": 1,
        "valid_until": 2,
        "deadline": 0,
    }
    return Arrangement(**filled | values)


def _proof(record: Record, **proofs: Any) -> bytes:
    relied = b"".join(proofs.get("relied", ()))
    if getattr(record, "supersedes", ZERO) == ZERO or "timeline" not in proofs:
        return relied
    prev, steps = proofs["timeline"]
    words = [prev, (64).to_bytes(32, "big"), len(steps).to_bytes(32, "big")]
    return b"".join([*words, *(part for step in steps for part in step)]) + relied
