"""Simulating a proposed arrangement over what one participant may see and read."""

from dataclasses import replace

from ledger.desk.desk import Desk
from ledger.desk.options import DeskError
from ledger.domain.codes import OrganisationKind
from ledger.domain.inspections import History, Inspection
from ledger.domain.proposals import Goods, Period, Proposal
from ledger.domain.records import Control
from ledger.domain.simulation import simulate
from ledger.domain.wire import DeclarationId
from ledger.sealing import PayloadRefused, SealingError


def simulated(desk: Desk, proposal: Proposal, period: Period) -> tuple[Inspection, ...]:
    """Every inspection that counts for this participant, and what the arrangement would have meant for it.

    Payloads are read only where the annex limits goods, and only by an administration: of its own declarations.

    Raises:
        NotEntitled: this participant is neither a party nor an auditor.
    """
    history = desk.client.histories.for_simulation(proposal, desk.identity.organisation)
    if proposal.annex.limits() and desk.identity.kind is OrganisationKind.ADMINISTRATION:
        history = replace(history, goods=_readable(desk, history))
    return simulate(history, proposal, period)


def _readable(desk: Desk, history: History) -> dict[tuple[DeclarationId, int], Goods]:
    """The goods of the versions that were controlled, as far as they were noted here or can be read."""
    found: dict[tuple[DeclarationId, int], Goods] = {}
    for event in history.events:
        record = event.record
        if isinstance(record, Control) and record.administration in (history.counted or ()):
            place = (record.declaration, record.version)
            try:
                found[place] = found.get(place) or desk.goods(*place)
            except (DeskError, SealingError, PayloadRefused):
                continue  # told as not judged
    return found
