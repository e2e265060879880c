"""Is it released? For thousands of references at once, each answered as if it had been asked alone."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.codes import Reliance
from ledger.index.access import Access
from ledger.index.answers import Answer, AsOf, Candidate, Item, StatusAnswer, answered
from ledger.index.folding import Folded
from ledger.index.lookup import Meant, StatusQuery
from ledger.index.references import REUSED
from ledger.index.verdict import Verdict, decided, holds_shown, judge, parts_shown, regime_of, strictest


@dataclass(frozen=True, slots=True)
class Desk:
    """What all answers of a batch share.

    Attributes:
        grants: (declarant, token) that let the viewer read a status.
        withdrawn: declarations that rely on recognitions which no longer stand, or whose seals broke since.
    """

    access: Access
    as_of: AsOf
    grants: set[tuple[int, bytes]]
    scopes: Mapping[bytes, tuple[Item, ...]]
    withdrawn: Collection[bytes] = ()

    def answer(self, query: StatusQuery, meant: Meant) -> StatusAnswer:
        """The answer to one question."""
        seen = [one for one, tokens in meant.declarations if self._sees(one, tokens)]
        if not seen:
            return answered(self.as_of, answer=Answer.NOT_FOUND_OR_NOT_ENTITLED)
        if self._several_goods(query, meant, seen):
            return self._ambiguous(seen)
        asked = [one for one in seen if self._asked_for(query, one)]
        if not asked:
            return answered(self.as_of, answer=Answer.NOT_LODGED, country=query.country, leg=query.leg)
        if len({self._jurisdiction(one) for one in asked}) > 1:
            return self._ambiguous(asked)
        return self._about(strictest(map(self._judge, asked)), asked)

    def _sees(self, one: Folded, tokens: Collection[bytes]) -> bool:
        granted = bool(self.grants) and any((one.state.declarant, token) in self.grants for token in tokens)
        return granted or self.access.sees(one.state, tokens)

    @staticmethod
    def _several_goods(query: StatusQuery, meant: Meant, seen: Sequence[Folded]) -> bool:
        """Whether the reference means different goods: as several types, or as a number that was used again."""
        if len(seen) == 1:
            return False
        visible = {one.state.id: one.state.consignment for one in seen}
        names = [one for one in meant.names if one.declaration in visible]
        if len({visible[one.declaration] for one in names}) <= 1:
            return False
        times = [one.at for one in names if one.type in REUSED]
        return len({one.type for one in names}) > 1 or (bool(times) and max(times) - min(times) > query.window)

    def _asked_for(self, query: StatusQuery, one: Folded) -> bool:
        country = self.access.country(one.state.administration)
        return query.country in (None, country) and query.leg in (None, one.state.leg)

    def _jurisdiction(self, one: Folded) -> str | int:
        return self.access.country(one.state.administration) or one.state.administration

    def _judge(self, one: Folded) -> Verdict:
        competent = self.access.competent(one.state.administration)
        return judge(one, self.access.administrations.get(competent), self.access.now)

    def _ambiguous(self, several: Sequence[Folded]) -> StatusAnswer:
        ordered = sorted(several, key=lambda one: (one.opened, one.state.id))
        candidates = tuple(self._candidate(self._judge(one)) for one in ordered)
        heads = [self._depends(one) for one in several]
        return answered(self.as_of, heads, answer=Answer.AMBIGUOUS, candidates=candidates)

    def _candidate(self, verdict: Verdict) -> Candidate:
        state = verdict.folded.state
        return Candidate(
            state.id,
            self.access.country(state.administration),
            state.leg,
            verdict.answer,
            verdict.deliver,
            verdict.folded.lodged_at,
        )

    def _reliance(self, one: Folded) -> Reliance | None:
        if not one.state.relies:
            return None
        return Reliance.WITHDRAWN if one.state.id in self.withdrawn else Reliance.STANDS

    def _depends(self, one: Folded) -> bytes:
        """What an answer depends on of a declaration: a withdrawal elsewhere moves no head here."""
        reliance = self._reliance(one)
        return one.state.public_head if reliance is None else one.state.public_head + bytes([reliance])

    def _about(self, verdict: Verdict, asked: Iterable[Folded]) -> StatusAnswer:
        folded, now = verdict.folded, self.access.now
        state, facts, effect = folded.state, folded.facts, verdict.effect
        limit = facts.standing.limit if facts.standing and verdict.answer is Answer.CONDITIONALLY_RELEASED else 0
        released = decided(facts.released)
        head = state.public_head
        heads = [self._depends(one) for one in asked]
        return answered(
            self.as_of,
            heads,
            answer=verdict.answer,
            deliver=verdict.deliver,
            declaration=state.id,
            consignment=state.consignment,
            administration=self.access.competent(state.administration),
            country=self.access.country(state.administration) or None,
            leg=state.leg,
            regime=regime_of(folded),
            status=state.standing.status,
            version=state.version.number,
            public_head=head,
            released_at=released.effective_at if released else None,
            released_by=released,
            decided_by=decided(facts.standing),
            deadline=limit or None,
            deadline_passed=0 < limit <= now,
            cleared=effect.cleared,
            overridden=effect.overridden,
            reliance=self._reliance(folded),
            seal_broken=state.seal_broken,
            holds=holds_shown(verdict, now),
            parts=parts_shown(folded, self.scopes),
            debt=effect.debt,
            assessed_by=decided(facts.assessed),
            final=self.as_of.final is not None and folded.updated[0] <= self.as_of.final,
        )
