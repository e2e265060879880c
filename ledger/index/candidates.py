"""Which controls an administration may rely on for a declaration of its own, and why not the others.

The rules are `ledger.domain.recognising`'s, asked for each risk area; there is no second copy.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ledger.domain.annexes import Annexed, AnnexVerdict, Judged
from ledger.domain.codes import ControlMethod, ControlOutcome, OrganisationKind, Outcome, Risk, SealState, Verdict
from ledger.domain.lifecycle import LIVE
from ledger.domain.participants import Participants
from ledger.domain.reasons import REASONS
from ledger.domain.recognising import Recognising, Root
from ledger.domain.recognition import Version, Walk
from ledger.domain.records import Recognition
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId, Digest, Head
from ledger.index.access import Access, Level
from ledger.index.annexes import load_annexed
from ledger.index.goods import GoodsIndex
from ledger.index.reading import Session
from ledger.index.recognitions import (
    CONTROL,
    RECOGNITION,
    control_of,
    load_arrangements,
    load_grants,
    load_superseded,
    load_touched,
    node_of,
)
from ledger.index.rows import load_families

_NOT_LIVE = Outcome.TRANSITION_NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class RecognitionCandidate:
    """A control of another administration, or its recognition of one, as a ground to waive a control.

    Attributes:
        declaration: whose control might be waived.
        parent: what a recognition would name: the control, or a recognition of it.
        control: the control at the root.
        administration: who made the parent.
        controlled: the declaration that was controlled, in `version`.
        seal_state: of the seals, at the control.
        risk: risk areas of the parent.
        usable: those in which it may be relied on now; none when the goods lie outside the annex.
        arrangement: the version of the arrangement that covers it; None when there is none with that administration.
        annex: what the annexes of that arrangement say of the goods of `declaration`, in its latest version.
        refused: why the ledger would refuse it at all, or in the areas that are missing from `usable`.
        reason: the same in words, and what is to be said of the annex.
        recognised: the viewer's latest recognition of it that it did not withdraw.
        stands: whether that recognition stands.
        eu_results: the EU's control result codes that the control corresponds to, as the client adds them.
    """

    declaration: DeclarationId
    parent: Digest
    control: Digest
    administration: int
    controlled: DeclarationId
    version: int
    method: ControlMethod
    outcome: ControlOutcome
    seal_state: SealState
    risk: Risk
    usable: Risk
    effective_at: int
    valid_until: int
    arrangement: Digest | None
    annex: AnnexVerdict
    refused: Outcome | None
    reason: str | None
    recognised: Digest | None
    stands: bool | None
    eu_results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighing:
    """The rules over one consignment, for one administration at one moment."""

    rules: Recognising
    annexed: Annexed
    administration: int
    now: int

    def candidates(self, own: DeclarationState) -> list[RecognitionCandidate]:
        """Everything that others controlled or recognised of the consignment, oldest first."""
        known = self.rules.known
        parents = [*known.controls, *(digest for digest, node in known.nodes.items() if _passes_on(node.record))]
        found = [self._weighed(own, parent, root) for parent, root in self._roots(parents)]
        return sorted(found, key=lambda one: (one.effective_at, one.parent))

    def candidate(self, own: DeclarationState, parent: Digest) -> RecognitionCandidate | None:
        """One of them; None where the viewer made it itself, or nothing is known of it."""
        for found, root in self._roots([parent]):
            return self._weighed(own, found, root)
        return None

    def _roots(self, parents: Iterable[Digest]) -> Iterable[tuple[Digest, Root]]:
        for parent in parents:
            root = self.rules.root_of(parent)
            if root is not None and self.administration not in self._authors(root):
                yield parent, root

    def _authors(self, root: Root) -> set[int]:
        """Who made the parent and the control; a recognition of one's own control tells one nothing."""
        return {self._competent(root.partner), self._competent(root.control.administration)}

    def _weighed(self, own: DeclarationState, parent: Digest, root: Root) -> RecognitionCandidate:
        record = self._record(own, parent, root)
        outcomes = {area: self._in(own, replace(record, risk=area), root) for area in Risk if area & root.risk}
        refused = next((one for one in outcomes.values() if one is not Outcome.RECORDED), None)
        usable = sum(area for area, outcome in outcomes.items() if outcome is Outcome.RECORDED)
        judged = self.annexed.judge(self.rules.known, record, own.version.commitment, self.now)
        recognised = self._recognised(own, parent)
        control = root.control
        return RecognitionCandidate(
            declaration=own.id,
            parent=parent,
            control=root.digest,
            administration=root.partner,
            controlled=control.declaration,
            version=control.version,
            method=ControlMethod(control.method),
            outcome=ControlOutcome(control.outcome),
            seal_state=SealState(control.seal_state),
            risk=Risk(root.risk),
            usable=Risk(0 if judged.verdict is AnnexVerdict.OUTSIDE else usable),
            effective_at=control.effective_at,
            valid_until=control.valid_until,
            arrangement=Digest(record.arrangement) if record.arrangement != ZERO else None,
            annex=judged.verdict,
            refused=refused,
            reason=_in_words(judged, refused),
            recognised=recognised,
            stands=None if recognised is None else self.rules.walk.standing(recognised) is Outcome.RECORDED,
        )

    def arrangement(self, root: Root) -> Digest | None:
        """The version between the two that was in force at the control; else the latest between them."""
        parties = {self.administration, self._competent(root.partner)}
        between = {digest: one for digest, one in self.rules.known.versions.items() if self._parties(one) == parties}
        at = root.control.effective_at
        in_force = (digest for digest, one in between.items() if one.in_force(at))
        latest = max(between, key=lambda digest: between[digest].record.valid_from, default=None)
        return next(in_force, latest)

    def _record(self, own: DeclarationState, parent: Digest, root: Root) -> Recognition:
        """What the administration would sign, for all risk areas."""
        return Recognition(
            declaration=own.id,
            parent=parent,
            arrangement=self.arrangement(root) or Digest(ZERO),
            administration=self.administration,
            version=own.version.number,
            verdict=Verdict.PARTIAL,
            risk=root.risk,
            effective_at=self.now,
            deadline=self.now,
        )

    def _in(self, own: DeclarationState, record: Recognition, root: Root) -> Outcome:
        return self.rules.weigh(record, root, self.now) if own.standing.status in LIVE else _NOT_LIVE

    def _recognised(self, own: DeclarationState, parent: Digest) -> Digest | None:
        mine = [
            (node.record.effective_at, digest)
            for digest, node in self.rules.known.nodes.items()
            if node.record.declaration == own.id and node.record.parent == parent and not node.withdrawn
        ]
        return max(mine)[1] if mine else None

    def _parties(self, version: Version) -> set[int]:
        return {self._competent(version.record.first), self._competent(version.record.second)}

    def _competent(self, administration: int) -> int:
        return self.rules.participants.competent_for(administration, self.now)


def load_candidates(
    session: Session, access: Access, declarations: Collection[bytes], goods: GoodsIndex
) -> list[RecognitionCandidate]:
    """For declarations of the viewer's own; empty for whoever is not the administration that is competent for them."""
    weighing, own = load_weighing(session, access, declarations, goods)
    return [found for one in own for found in weighing.candidates(one)] if weighing else []


def load_weighing(
    session: Session, access: Access, declarations: Collection[bytes], goods: GoodsIndex
) -> tuple[Weighing | None, list[DeclarationState]]:
    """The rules for whoever asks, and those of the declarations that are its own; None for no administration."""
    viewer = access.viewer
    if viewer is None or viewer.kind is not OrganisationKind.ADMINISTRATION:
        return None, []
    family = {DeclarationId(one): folded.state for one, folded in load_families(session, declarations).items()}
    own = [family[DeclarationId(one)] for one in declarations if DeclarationId(one) in family]
    own = [one for one in own if access.level(one) is Level.PAYLOAD]
    annexed = load_annexed(session, goods, [(one.id, one.version.commitment) for one in own])
    return Weighing(_rules(session, access, family), annexed, viewer.id, access.now), own


def _rules(session: Session, access: Access, family: Mapping[DeclarationId, DeclarationState]) -> Recognising:
    """The rules over all that was recorded of one consignment, or several."""
    known = load_arrangements(session)
    columns = f"digest, control, depth, withdrawn, {', '.join(RECOGNITION)}"
    sql = f"SELECT {columns} FROM recognitions WHERE declaration IN ({{keys}})"  # noqa: S608
    known.nodes.update(map(node_of, session.within(sql, family)))
    sql = f"SELECT digest, {', '.join(CONTROL)} FROM controls WHERE declaration IN ({{keys}})"  # noqa: S608
    known.controls.update(map(control_of, session.within(sql, family)))
    known.grants.update(load_grants(session, {node.record.aeo for node in known.nodes.values()} - {ZERO}))
    superseded, touched = load_superseded(session, known.controls), load_touched(session, family)
    participants = Participants(Head(ZERO), dict(access.administrations), {}, {})
    return Recognising(participants, dict(family), known, Walk(known, superseded.__contains__, touched.__getitem__))


def _in_words(judged: Judged, refused: Outcome | None) -> str | None:
    said = [judged.reason] if judged.reason else []
    return " ".join([*said, *([REASONS[refused]] if refused is not None else [])]) or None


def _passes_on(record: Recognition) -> bool:
    return record.verdict != Verdict.DECLINED
