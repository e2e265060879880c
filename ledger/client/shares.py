"""What arrangements let partners see and read, to either side."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger.domain.wire import DeclarationId
from ledger.index.recognitions import load_arrangements
from ledger.index.shared import Owed, SharedControl, load_common, load_owed, load_partners, load_shared

if TYPE_CHECKING:
    from ledger.client.confidential import Confidential
    from ledger.index.lookup import StatusQuery

_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Shares:
    """Reads what a store has of it."""

    client: "Confidential"

    def shown(self, query: "StatusQuery", viewer: int | None) -> list[SharedControl]:
        """The controls of others that are shared with an administration, of what a reference of its own names.

        A declaration of another administration is named by its id. Empty for whom nothing is shared.
        """
        client = self.client
        own = client.queries.resolve(query, viewer)
        named = own or ([query.declaration] if query.declaration else [])
        with client.store.reading() as session:
            found = load_shared(session, client.queries.access(session, viewer), named, client.goods)
        return [replace(one, opened=self._is_opened(one, viewer or 0)) for one in found]

    def _is_opened(self, one: SharedControl, viewer: int) -> bool:
        kept = self.client.sealed_payloads.behind(one.commitment)
        return any(each.custody.reader == viewer and self.client.rights.may_read(each, viewer) for each in kept)

    def owed(self, administration: int, partner: int) -> Iterator[Owed]:
        """The controlled versions of an administration whose fields a partner may read, consignment by consignment."""
        client = self.client
        with client.store.reading() as session:
            common = load_common(session, client.queries.access(session, administration), partner)
        for start in range(0, len(common), _BATCH):
            yield from self._owed(administration, partner, common[start : start + _BATCH])

    def owed_of(self, declaration: DeclarationId, administration: int, partner: int) -> list[Owed]:
        """Those of one declaration."""
        found = self._owed(administration, partner, [declaration])
        return [one for one in found if one.declaration == declaration]

    def _owed(self, administration: int, partner: int, declarations: list[bytes]) -> list[Owed]:
        client = self.client
        with client.store.reading() as session:
            access = client.queries.access(session, administration)
            return load_owed(session, access, declarations, partner)

    def partners(self, declaration: DeclarationId, administration: int) -> list[int]:
        """The other administrations that have a declaration in a declaration's consignment."""
        client = self.client
        with client.store.reading() as session:
            return load_partners(session, client.queries.access(session, administration), declaration)

    def agreed(self, administration: int, partner: int) -> bool:
        """Whether there is, or was, an arrangement between two administrations, or those whom they took over from."""
        client = self.client
        with client.store.reading() as session:
            competent = client.queries.access(session, administration).competent
            versions = load_arrangements(session).versions.values()
        parties = {competent(administration), competent(partner)}
        return any({competent(one.record.first), competent(one.record.second)} == parties for one in versions)
