"""What an arrangement lets an administration see of another's controls, whenever it joined. Pure, and the only place.

A control is *shared* with a partner when the partner, or whoever it took over from, has a declaration in the
consignment; when a version of the arrangement between the two was in force at the control's effective time; and when
the control lies in that version's scope: both procedures, its method, one of its risk areas at least, its standard, its
annex. Whatever it found, and whether or not anybody recognised it. Nothing else is shared, nothing from before.

Sharing does not end: whoever could rely on a control must learn what becomes of it. What ends, with the arrangement
and for as long as either side suspends it, is the *opening* of further payload fields; what was opened stays.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ledger.domain.codes import OrganisationKind, Regime
from ledger.domain.participants import Participants
from ledger.domain.recognition import Recognitions, Version, meets
from ledger.domain.records import Control
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ConsignmentId, DeclarationId, Digest


@dataclass(frozen=True, slots=True)
class Share:
    """A control that a partner may see.

    Attributes:
        digest: the control's.
        control: what it says.
        owner: the administration that answers for it now.
        arrangement: the version that was in force when it took effect.
        annex: hash of that version's annex, which names the profile of the fields that may be opened; zeros: none.
        opens: whether further fields may be opened now: the arrangement is in force, and nobody suspends it.
    """

    digest: Digest
    control: Control
    owner: int
    arrangement: Digest
    annex: bytes
    opens: bool


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Tells what is shared among administrations at one moment.

    Attributes:
        participants: who takes part, and who took over from whom.
        declarations: all declarations of the consignments in question.
        known: their controls, and all arrangements.
        now: the moment (seconds).
        outside: whether the goods of the version that was controlled are known to lie outside an annex, by its hash.
    """

    participants: Participants
    declarations: Mapping[DeclarationId, DeclarationState]
    known: Recognitions
    now: int
    outside: Callable[[bytes, Control], bool] = lambda annex, control: False  # noqa: ARG005 - no limits

    def shares(self, partner: int) -> tuple[Share, ...]:
        """The controls of others that are shared with an administration, by effective time.

        Empty for who is no administration, or may not act as one now.
        """
        if not self._active(partner):
            return ()
        regimes = self._regimes(partner)
        every = self.known.controls.items()
        found = [self._share(partner, regimes, digest, control) for digest, control in every]
        return tuple(sorted(filter(None, found), key=lambda one: (one.control.effective_at, one.digest)))

    def _regimes(self, partner: int) -> Mapping[ConsignmentId, set[Regime]]:
        """By consignment the procedures of the partner's own declarations in it."""
        found: dict[ConsignmentId, set[Regime]] = defaultdict(set)
        for state in self.declarations.values():
            if self._competent(state.administration) == partner:
                found[state.consignment].add(state.regime)
        return dict(found)

    def _share(
        self, partner: int, regimes: Mapping[ConsignmentId, Collection[Regime]], digest: Digest, control: Control
    ) -> Share | None:
        controlled, owner = self.declarations[control.declaration], self._competent(control.administration)
        own = regimes.get(controlled.consignment)
        if own is None or owner == partner:
            return None
        agreed = [
            (version.record.valid_from, name)
            for name, version in self.known.versions.items()
            if self._is_between(version, {owner, partner})
            and version.in_force(control.effective_at)
            and _covers(version, control, controlled.regime, own)
            and not self.outside(version.record.annex, control)
        ]
        if not agreed:
            return None
        _, name = max(agreed)
        version = self.known.versions[name]
        return Share(digest, control, owner, name, version.record.annex, self._opens(version, owner))

    def _opens(self, version: Version, owner: int) -> bool:
        line = self.known.line(version.record)
        return not line.suspended and self.known.current(line, self.now).in_force(self.now) and self._active(owner)

    def _is_between(self, version: Version, parties: set[int]) -> bool:
        return {self._competent(version.record.first), self._competent(version.record.second)} == parties

    def _competent(self, administration: int) -> int:
        return self.participants.competent_for(administration, self.now)

    def _active(self, administration: int) -> bool:
        return self.participants.is_active(administration, OrganisationKind.ADMINISTRATION, self.now)


def _covers(version: Version, control: Control, controlled: Regime, own: Collection[Regime]) -> bool:
    """Whether a control lies within the scope on the chain: for one of the partner's own procedures at least."""
    scope = version.record
    return (
        _bit(scope.procedures, controlled)
        and any(_bit(scope.procedures, regime) for regime in own)
        and _bit(scope.methods, control.method)
        and control.risk & scope.risks != 0
        and meets(control.standard, scope.standard)
    )


def _bit(scope: int, code: int) -> bool:
    return bool(scope >> (code - 1) & 1)


def superseding(control: Digest, by: Mapping[Digest, Digest]) -> tuple[Digest, ...]:
    """What took a control's place, and what took that one's, oldest first; `by` is what superseded what."""
    found: list[Digest] = []
    while control in by:
        control = by[control]
        found.append(control)
    return tuple(found)
