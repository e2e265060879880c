"""A court with a consignment that A exports and B and C import, and the records of mutual recognition on it."""

from dataclasses import dataclass, field
from typing import Any

from ledger.domain.codes import (
    AeoStanding,
    AssistanceAction,
    AssistanceKind,
    DecisionKind,
    Leg,
    Reason,
    Regime,
    SuspensionAction,
    Verdict,
)
from ledger.domain.keccak import keccak256
from ledger.domain.records import (
    AeoStatus,
    Arrangement,
    ArrangementSuspension,
    Assistance,
    Control,
    Decision,
    Recognition,
)
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head
from tests.domain import builders as b

SOON = b.NOW + 60


@dataclass
class Web:
    """The three declarations, and the arrangement of A and B."""

    court: b.Court = field(default_factory=b.Court)

    def __post_init__(self) -> None:
        opened = self.court.lodge(leg=Leg.EXPORT, regime=Regime.OUTRIGHT_EXPORT)
        self.exported = opened.id
        self.imported = self._joined(b.B, b.FOREIGN_OPERATOR)
        self.transited = self._joined(b.C, 0)
        self.agreed = self.agree(b.A, b.B)

    def _joined(self, administration: int, declarant: int) -> DeclarationId:
        record = b.declaration(
            consignment=ConsignmentId(self.exported), administration=administration, declarant=declarant
        )
        return self.court.lodged(record, provers=[b.address("join key")]).id

    # --- arrangements

    def agree(self, first: int, second: int, *, now: int = b.NOW, **values: Any) -> Digest:
        record = self.arrangement(first, second, **{"valid_from": now} | values)
        return self.court.take(record, b.manages(first), now=now, provers=[b.manages(second)])

    def arrangement(self, first: int, second: int, **values: Any) -> Arrangement:
        line = self.court.ledger.recognitions.lines.get((first, second))
        filled: dict[str, Any] = {
            "first": first,
            "second": second,
            "predecessor": line.latest if line else Digest(ZERO),
            "procedures": 0x1FF,
            "methods": 0xF,
            "risks": 15,
            "valid_from": b.NOW,
            "valid_until": b.NOW + 365 * b.DAY,
            "deadline": SOON,
        }
        return Arrangement(**filled | values)

    def suspension(self, by: int, action: SuspensionAction, **values: Any) -> ArrangementSuspension:
        line = self.court.ledger.recognitions.lines[b.A, b.B]
        filled: dict[str, Any] = {"arrangement": line.latest, "prev": line.head, "reason": 0, "deadline": SOON}
        return ArrangementSuspension(**{"administration": by, "action": action} | filled | values)

    # --- controls and recognitions

    def control(self, **values: Any) -> tuple[Digest, dict[str, Any]]:
        """A control of the exported goods, and the proof that its first recognition needs."""
        state = self.court.state(self.exported)
        record = b.control(state, **values)
        digest = self.court.take(record, b.declares(b.A))
        return digest, proof(digest, record, state.settled)

    def revoke(self, control: Digest, before: Head) -> Digest:
        """Supersede the last control, which was recorded on `before`."""
        record = b.control(self.court.state(self.exported), supersedes=control, outcome=4)
        proven = b.timeline(before, [(ZERO, control)])
        return self.court.take(record, b.declares(b.A), timeline=proven)

    def recognition(self, by: int, parent: Digest, **values: Any) -> Recognition:
        declaration = {b.A: self.exported, b.B: self.imported, b.C: self.transited}[by]
        filled: dict[str, Any] = {
            "declaration": declaration,
            "parent": parent,
            "arrangement": self.agreed,
            "administration": by,
            "version": 1,
            "verdict": Verdict.FULL,
            "risk": 1,
            "effective_at": b.NOW,
            "deadline": SOON,
        }
        return Recognition(**filled | values)

    def recognise(self, by: int, parent: Digest, proven: dict[str, Any] | None = None, **values: Any) -> Digest:
        """A recognition that must be taken."""
        number = (1 + len(self.court.ledger.recognitions.nodes)).to_bytes(32, "big")
        record = self.recognition(by, parent, **{"evidence": number} | values)
        return self.court.take(record, b.declares(by), **proven or {})

    def recognised(self) -> tuple[Digest, Digest, Head]:
        """B's recognition of a new control of A, the control, and the head on which that was recorded."""
        before = self.court.state(self.exported).settled
        control, proven = self.control()
        return self.recognise(b.B, control, proven), control, before

    def chain(self, parent: Digest, length: int) -> Digest:
        """Recognitions by A and B in turn, each of the one before."""
        for _ in range(length):
            by = b.A if self.court.ledger.recognitions.nodes[parent].record.administration == b.B else b.B
            parent = self.recognise(by, parent)
        return parent

    # --- what decisions rely on, and what breaks

    def relying(self, declaration: DeclarationId, *relied: Digest, kind: int = DecisionKind.RELEASE) -> Decision:
        return b.decision(self.court.state(declaration), kind, reliance=keccak256(*relied))

    def rely(self, declaration: DeclarationId, *relied: Digest) -> None:
        record = self.relying(declaration, *relied)
        self.court.take(record, b.declares(record.administration), relied=relied)

    def amend(self, declaration: DeclarationId, risks: int) -> None:
        state = self.court.state(declaration)
        self.court.decide(state, DecisionKind.AMEND, commitment=b.OTHER, touched_risks=risks)

    # --- AEO status, assistance

    def aeo(self, operator: int = b.OPERATOR, **values: Any) -> AeoStatus:
        filled: dict[str, Any] = {
            "administration": b.A,
            "operator": operator,
            "status": AeoStanding.GRANTED,
            "valid_from": b.NOW - b.DAY,
            "valid_until": b.NOW + 365 * b.DAY,
            "deadline": SOON,
        }
        return AeoStatus(**filled | values)

    def ended(self, grant: Digest, since: int, **values: Any) -> AeoStatus:
        filled: dict[str, Any] = {
            "grant": grant,
            "status": AeoStanding.WITHDRAWN,
            "valid_from": since,
            "valid_until": 0,
        }
        return self.aeo(**filled | values)

    def asked(self, **values: Any) -> Assistance:
        filled: dict[str, Any] = {
            "administration": b.B,
            "addressee": b.A,
            "consignment": ConsignmentId(self.exported),
            "action": AssistanceAction.REQUEST,
            "kind": AssistanceKind.VERIFICATION,
            "commitment": b.SOMETHING,
            "reason": Reason.RISK,
            "due_at": b.NOW + b.DAY,
            "deadline": SOON,
        }
        return Assistance(**filled | values)

    def answered(self, request: Digest, **values: Any) -> Assistance:
        filled: dict[str, Any] = {
            "administration": b.A,
            "addressee": b.B,
            "request": request,
            "action": AssistanceAction.ANSWER,
        }
        return self.asked(**{"due_at": 0} | filled | values)


def proof(digest: Digest, control: Control, before: Head) -> dict[str, Any]:
    """What a recognition of the last control carries."""
    return {"control": (digest, control), "timeline": b.timeline(before, [(ZERO, digest)])}
