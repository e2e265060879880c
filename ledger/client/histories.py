"""What history tells of mutual recognition, to administrations and auditors: simulations and the benefit report.

An administration counts the consignments in which a declaration is bound to it, or to one that it has taken over from.
An auditor counts all, without payloads.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.client.types import NotEntitled
from ledger.index.chronicles import family, load_controlled, load_partners, load_recognised
from ledger.index.errors import StoreError
from ledger.index.network import pinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.domain.benefits import Benefit, Interval
    from ledger.domain.inspections import History
    from ledger.domain.participants import Participants
    from ledger.domain.proposals import Period, Proposal
    from ledger.index.queries import Queries
    from ledger.index.store import Store


@dataclass(frozen=True, slots=True)
class Histories:
    """The histories of a store, each from one snapshot."""

    store: "Store"
    queries: "Queries"

    def administrations(self) -> "Mapping[str, int]":
        """The administrations that are competent now, by country."""
        with self.store.reading() as session:
            access = self.queries.access(session, None)
            return {access.country(one): access.competent(one) for one in access.administrations}

    def counted(self, viewer: int) -> frozenset[int]:
        """The administrations whose history a viewer may count; none for others than administrations and auditors."""
        with self.store.reading() as session:
            return family(self.queries.access(session, viewer)) or frozenset()

    def for_simulation(self, proposal: "Proposal", viewer: int | None) -> "History":
        """What a viewer may simulate a proposed arrangement over; goods are for the viewer to read.

        An administration simulates its own arrangements: its controls, and what the partner recorded of the same
        consignments. An auditor sees both sides.

        Raises:
            NotEntitled: the viewer is neither a party nor an auditor.
        """
        from ledger.domain.inspections import History

        with self.store.reading() as session:
            access = self.queries.access(session, viewer)
            own = family(access)
            if own is None or not own & {access.competent(one) for one in proposal.parties()}:
                raise NotEntitled("a simulation is for auditors, and for the administrations that its file names")
            events = load_controlled(session, own)
        return History(self._founding(), events, counted=own)

    def benefits(
        self, viewer: int | None, period: "Period", interval: "Interval | None" = None
    ) -> "tuple[Benefit, ...]":
        """The benefit report, as far as it is the viewer's to see.

        An administration sees what it recognised, and what others recognised of its controls where there is, or was,
        an arrangement between them; an auditor sees all pairs.

        Raises:
            NotEntitled: the viewer is neither an administration nor an auditor.
        """
        from ledger.domain.benefits import benefits

        with self.store.reading() as session:
            own = family(self.queries.access(session, viewer))
            if own is None:
                raise NotEntitled("the benefit report is for administrations and auditors")
            partners = load_partners(session, own)
            events = load_recognised(session, own)
        found = benefits(self._founding(), events, period, interval)
        return tuple(
            one for one in found if one.administration in own or (one.partner in own and one.administration in partners)
        )

    def _founding(self) -> "Participants":
        network = pinned(self.store)
        if network is None:
            raise StoreError("its network is not pinned: there is no history")
        return network.founding()
