"""Mutual assistance, as its two administrations see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.client.types import NotEntitled
from ledger.domain.codes import OrganisationKind
from ledger.index.assistance import AssistanceFilter, AssistanceShown, load_one, load_page
from ledger.index.history import Page

if TYPE_CHECKING:
    from ledger.client.reading import Reading

ANY = AssistanceFilter()
_MANY = 1_000


@dataclass(frozen=True, slots=True)
class AssistanceReading:
    """Reads requests of assistance and what became of them; their contents are sealed, and read as other payloads."""

    client: "Reading"

    def page(
        self, viewer: int | None, wanted: AssistanceFilter = ANY, after: str | None = None, limit: int = 100
    ) -> Page[AssistanceShown]:
        """What an administration asked of others and was asked, in the order of the requests.

        Raises:
            NotEntitled: the viewer is no administration.
            CursorError: the cursor is not of this index's chain.
        """
        client = self.client
        with client.store.reading() as session:
            access = client.queries.access(session, viewer)
            if access.viewer is None or access.viewer.kind is not OrganisationKind.ADMINISTRATION:
                raise NotEntitled("requests of assistance are for the administrations that asked or were asked")
            return load_page(session, access, wanted, after, limit)

    def one(self, request: bytes, viewer: int | None) -> AssistanceShown | None:
        """A request; None when there is none that the viewer asked or was asked."""
        client = self.client
        with client.store.reading() as session:
            return load_one(session, client.queries.access(session, viewer), request)

    def every(self, viewer: int | None, wanted: AssistanceFilter = ANY) -> Iterator[AssistanceShown]:
        """The same, page by page to the end."""
        page = self.page(viewer, wanted, limit=_MANY)
        while page.items:
            yield from page.items
            page = self.page(viewer, wanted, page.next, _MANY)
