"""A receipt as a file: for machines, for cameras, and on one page for people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.documents.paper import LANGUAGES, Sheet, pdf
from ledger.documents.receipt_forms import codes, to_cbor, to_png, to_svg
from ledger.domain.codes import DecisionKind
from ledger.domain.records import Decision
from ledger.index.participants import load_organisations
from ledger.index.verdict import effect_of, regime_of

if TYPE_CHECKING:
    from ledger.client.receipts import Issued
    from ledger.domain.transparency import Note
    from ledger.index.store import Store

FORMS: Final = ("json", "cbor", "png", "svg", "pdf")

__all__ = ["FORMS", "LANGUAGES", "ReceiptFile", "file_of", "sheet_of"]


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A receipt's file, and as of when it is.

    Attributes:
        content: the file.
        block, time: the block that the status is as of, and its time (seconds, UTC).
        note: the checkpoint that vouches for it; None: none covers it.
        sealed: validators' seals in the header vouch for it.
    """

    content: bytes
    block: int
    time: int
    note: "Note | None"
    sealed: bool

    @property
    def vouching(self) -> str:
        """What vouches for it, in a few words."""
        if self.sealed:
            return "the validators' seals in the block's header"
        if self.note is None:
            return "no checkpoint covers it yet: nobody but the operator vouches for its block"
        count = len(self.note.signatures)
        return f"a checkpoint of height {self.note.checkpoint.height} with {count} signature{'s' if count > 1 else ''}"


def file_of(issued: "Issued", form: str, language: str, store: "Store", origin: str) -> ReceiptFile:
    """The file of a receipt, in one of `FORMS` and `LANGUAGES`.

    Raises:
        DocumentError: it is too large for QR codes.
    """
    receipt, last = issued.receipt, issued.receipt.blocks[-1]
    if form == "pdf":
        content = pdf(sheet_of(issued, store, origin), language, codes(receipt))
    else:
        write = {"json": type(receipt).to_json, "cbor": to_cbor, "png": to_png, "svg": to_svg}[form]
        content = write(receipt)
    return ReceiptFile(content, last.number, last.time, issued.note, issued.sealed)


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
