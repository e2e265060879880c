"""Erasing at a desk: who may, from when on, and the record that says so."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from ledger.client import Client, Entry
from ledger.desk.options import DeskError, Identity, Written
from ledger.domain.codes import ErasureCause, OrganisationKind, Outcome
from ledger.domain.records import Erasure
from ledger.domain.state import DeclarationState
from ledger.domain.wire import DeclarationId

if TYPE_CHECKING:
    from ledger.client import Retained

DEADLINE: Final = 7 * 24 * 3600 - 300


class TooEarly(DeskError):  # noqa: N818 - the name says what happened
    """Content that has to be kept for longer: which version, until when (seconds; None: not known yet), and why."""

    def __init__(self, declaration: bytes, kept: "Retained") -> None:
        """Keep what is to be kept."""
        self.declaration = declaration
        self.kept = kept
        until = f"until {day(kept.due_at)}" if kept.due_at else "for now"
        super().__init__(
            f"version {kept.version} of 0x{declaration.hex()} has to be kept {until} in {kept.country}: {kept.why}. "
            "Earlier it is erased by order of the administration only (--order)"
        )


class Eraser:
    """Erases for one participant."""

    def __init__(self, client: Client, identity: Identity, clock: Callable[[], float] = time.time) -> None:
        """Write through a client; `clock` gives seconds (UTC)."""
        self._client = client
        self._identity = identity
        self._clock = clock

    def erase(
        self, declaration: DeclarationId, versions: Collection[int] | None = None, *, cause: ErasureCause
    ) -> list[Written]:
        """Have the content of versions erased wherever it is kept; None: of all that were not erased yet.

        The records only say so: every store that follows the chain destroys what it has once it reads them.

        Raises:
            DeskError: this participant may not, or there is no such version, or it was erased.
            TooEarly: it has to be kept for longer, and this is no order.
        """
        state = self._client.state(declaration)
        kept = {one.version: one for one in self._client.retained_of(declaration, self._identity.organisation)}
        if state is None or not kept:
            raise DeskError("this participant is neither declarant nor agent nor the competent administration")
        wanted = self._wanted(versions, kept.values())
        early = [kept[number] for number in wanted if not kept[number].due]
        if early and cause is not ErasureCause.ORDERED:
            raise TooEarly(declaration, early[0])
        commitments = {one.number: one.commitment for one in self._client.versions(declaration)}
        return [self._write(state, number, commitments[number], cause) for number in wanted]

    @staticmethod
    def _wanted(versions: Collection[int] | None, kept: "Collection[Retained]") -> Sequence[int]:
        left = [one.version for one in kept if one.erased_at is None]
        wanted = left if versions is None else sorted(versions)
        known = {one.version for one in kept}
        for number in wanted:
            if number not in known:
                raise DeskError(f"there is no version {number}: the latest is {max(known)}")
            if number not in left:
                raise DeskError(f"version {number} was erased already")
        if not wanted:
            raise DeskError("all its versions were erased already")
        return wanted

    def _write(self, state: DeclarationState, version: int, commitment: bytes, cause: ErasureCause) -> Written:
        me = self._identity.organisation
        orders = self._identity.kind is OrganisationKind.ADMINISTRATION
        if cause is ErasureCause.ORDERED and not orders:
            raise DeskError("only the competent administration orders an erasure")
        record = Erasure(
            declaration=state.id,
            version=version,
            commitment=commitment,
            declarant=0 if orders else state.declarant,
            agent=0 if orders or me == state.declarant else me,
            administration=me if orders else 0,
            cause=cause,
            deadline=int(self._clock()) + DEADLINE,
        )
        signature = self._identity.signer.sign(self._client.domains.of(record), record)
        [taken] = self._client.submit([Entry(record, signature)])
        if taken.refused is Outcome.NOT_AUTHENTIC:
            raise DeskError(f"the ledger knows no key 0x{self._identity.signer.address.hex()} of this participant")
        return Written(taken.digest, state.id)


def day(moment: int) -> str:
    """A moment's day."""
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
