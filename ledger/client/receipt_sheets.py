"""From a receipt to what stands on its page for people."""

from typing import TYPE_CHECKING

from ledger.documents.paper import Sheet
from ledger.domain.codes import DecisionKind
from ledger.domain.records import Decision
from ledger.index.participants import load_organisations
from ledger.index.verdict import effect_of, regime_of

if TYPE_CHECKING:
    from ledger.client.receipts import Issued
    from ledger.index.store import Store


def sheet_of(issued: "Issued", store: "Store", origin: str) -> Sheet:
    """What people read of a receipt."""
    basis, state = issued.basis, issued.basis.folded.state
    record = basis.decision.record
    assert isinstance(record, Decision)  # noqa: S101 - a basis is a decision's
    effect, regime = effect_of(state.standing), regime_of(basis.folded)
    last, place = issued.receipt.blocks[-1], basis.decision.position
    return Sheet(
        answer=effect.answer.name,
        cleared=effect.cleared,
        regime=regime.name if regime else "",
        leg=state.leg.name,
        kind=DecisionKind(record.kind).name,
        authority=_authority(store, record.administration),
        office=record.office,
        effective=record.effective_at,
        limit=record.limit_at,
        declaration=state.id,
        version=state.version.number,
        decision=basis.decision.digest,
        key=basis.signer,
        block=(place.block, place.time),
        as_of=(last.number, last.time),
        witnesses=tuple(line.split(" ")[1] for line in issued.note.signatures) if issued.note else (),
        sealed=issued.sealed,
        origin=origin,
    )


def _authority(store: "Store", administration: int) -> str:
    with store.reading() as session:
        found = load_organisations(session, [administration])
    country = found[0].country.decode("ascii", "replace").strip("\0") if found else ""
    return f"{country} ({administration})".strip()
