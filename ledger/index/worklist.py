"""An administration's work list: what was folded for it, as far as it is still open; and so a feed of what is new.

A page goes by place on the chain. Whether something is open is judged when the page is read, by the same rules as
elsewhere: a control while it is usable and not recognised, a withdrawn reliance while the declaration still rests on
it, a request until it is answered. An answer to one's own request is shown for thirty days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.domain.codes import Leg, OrganisationKind, Risk
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ConsignmentId, DeclarationId
from ledger.index.access import Access, Level
from ledger.index.assistance_due import AssistanceDue, load_assistance_due
from ledger.index.candidates import RecognitionCandidate, load_weighing
from ledger.index.cursors import read_item, write_item
from ledger.index.errors import CursorError
from ledger.index.folding import Folded
from ledger.index.goods import GoodsIndex
from ledger.index.reading import Session
from ledger.index.rows import load_declarations, load_families
from ledger.index.withdrawals import Withdrawal, load_withdrawals
from ledger.index.work import KeptItem, Work

MOST_LOOKED_AT: Final = 2_000
"""Items that one page looks at, open or not, before it ends short."""
_PART: Final = 500
_ANY: Final = Risk(0)
_ASSISTANCE: Final = Work.ASSISTANCE
Matter = RecognitionCandidate | Withdrawal | AssistanceDue
_Own = Mapping[KeptItem, Sequence[DeclarationState]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFilter:
    """Which items to show.

    Attributes:
        kind: of this kind.
        chapter: of declarations whose present version is known here to have goods of this HS chapter (two digits).
        route: where a declaration of the consignment is for export, and the country of whoever asks.
        operator: of declarations of this declarant or agent.
        risk: of one of these risk areas; assistance tells none.
    """

    kind: Work | None = None
    chapter: str | None = None
    route: tuple[str, str] | None = None
    operator: int | None = None
    risk: Risk = _ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkShown:
    """Something for an administration to do: one of a control, a withdrawn reliance, and assistance.

    Attributes:
        since: block time of the event that made it.
        block: where that event stands on the chain, with `log`.
        declaration: the administration's own; None: it is about the consignment.
        control: what may be relied on.
        withdrawal: which recognition no longer stands, and why.
        assistance: what was asked for, or answered.
    """

    kind: Work
    since: int
    block: int
    log: int
    declaration: DeclarationId | None
    consignment: ConsignmentId
    declarant: int | None
    control: RecognitionCandidate | None = None
    withdrawal: Withdrawal | None = None
    assistance: AssistanceDue | None = None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A part of a work list, oldest first.

    Attributes:
        items: the open ones; perhaps fewer than asked for, though there is more.
        next: the cursor after all that was looked at; None while the list is empty.
        more: whether anything stands after it now.
    """

    items: tuple[WorkShown, ...]
    next: str | None
    more: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """Reads the work list of the administration that asks; `goods` tells HS chapters, where they are known."""

    session: Session
    access: Access
    goods: GoodsIndex
    which: WorkFilter = WorkFilter()

    def page(self, after: str | None, limit: int) -> WorkPage:
        """Up to `limit` open items after a cursor.

        Raises:
            CursorError: the cursor is not of this index's chain.
        """
        at, size = _place(self.session, after), limit + 1  # mostly they are open, and one more tells that there is more
        found: list[tuple[KeptItem, WorkShown]] = []
        looked_at, more = 0, True
        while more and len(found) < limit and looked_at < MOST_LOOKED_AT:
            kept = self._kept(at, size)
            looked_at, more = looked_at + len(kept), len(kept) == size
            found += self._open(kept)
            size = max(size, _PART)
            if kept:
                at, after = _at(kept[-1]), _cursor(kept[-1])
        if len(found) > limit:
            found = found[:limit]
            more, after = True, _cursor(found[-1][0])
        return WorkPage(tuple(item for _, item in found), after, more)

    def _kept(self, at: tuple[int, int, int], limit: int) -> list[KeptItem]:
        kind = f" AND w.kind = {int(self.which.kind)}" if self.which.kind else ""
        sql = (
            "SELECT w.block, w.log, w.place, w.kind, w.subject, w.about, b.time, b.hash"  # noqa: S608 - a number
            " FROM work_items w JOIN blocks b ON b.number = w.block WHERE w.administration IN ({keys})"
            f" AND (w.block, w.log, w.place) > (?, ?, ?){kind} ORDER BY w.block, w.log, w.place LIMIT ?"
        )
        rows = self.session.within(sql, self._mine(), *at, limit)
        return [_item(*row) for row in rows]

    def _mine(self) -> list[int]:
        """The administration itself, and those that it took over from."""
        me = self.access.viewer
        if me is None or me.kind is not OrganisationKind.ADMINISTRATION:
            return []
        return [one for one in self.access.administrations if self.access.competent(one) == me.id]

    def _open(self, items: Sequence[KeptItem]) -> Iterator[tuple[KeptItem, WorkShown]]:
        own = self._own(items)
        wanted = [one for one in items if own[one] or one.kind is _ASSISTANCE]
        routed, within = self._routed(wanted, own), self._within(own)
        wanted = [one for one in wanted if one in routed and self._concerns(own[one], within)]
        judged: dict[KeptItem, Matter] = {
            **self._controls(wanted),
            **self._withdrawn(wanted),
            **self._assistance(wanted),
        }
        for one in wanted:
            if one in judged and self._touches(judged[one]):
                yield one, _shown(one, own[one], judged[one])

    def _own(self, items: Sequence[KeptItem]) -> _Own:
        """By item the viewer's own declarations that it is about; of assistance, all of its consignment.

        Not by subject: a consignment's id is also its opening declaration's.
        """
        asked = [one for one in items if one.kind is _ASSISTANCE]
        families: defaultdict[bytes, list[DeclarationState]] = defaultdict(list)
        for state in self._seen(load_families(self.session, {one.subject for one in asked})):
            families[state.consignment].append(state)
        about = {one.subject for one in items if one.kind is not _ASSISTANCE}
        declared = {bytes(state.id): [state] for state in self._seen(load_declarations(self.session, about))}
        return {one: (families if one.kind is _ASSISTANCE else declared).get(one.subject, []) for one in items}

    def _seen(self, found: Mapping[bytes, Folded]) -> list[DeclarationState]:
        return [one.state for one in found.values() if self.access.level(one.state) is Level.PAYLOAD]

    def _routed(self, items: Sequence[KeptItem], own: _Own) -> set[KeptItem]:
        """Those on the route that is asked for."""
        if self.which.route is None:
            return set(items)
        me, (origin, destination) = self.access.viewer, self.which.route
        if me is None or self.access.country(me.id) != destination:
            return set()
        by = {one: _consignment(one, own[one]) for one in items}
        sql = "SELECT consignment, administration FROM declarations WHERE consignment IN ({keys}) AND leg = ?"
        rows = self.session.within(sql, set(by.values()), int(Leg.EXPORT))
        from_there = {row[0] for row in rows if self.access.country(row[1]) == origin}
        return {one for one, consignment in by.items() if consignment in from_there}

    def _concerns(self, own: Sequence[DeclarationState], within: set[DeclarationId]) -> bool:
        """Whether one of the viewer's own declarations is the operator's, and has the goods, that are asked for."""
        operator, chapter = self.which.operator, self.which.chapter
        if operator is None and chapter is None:
            return True
        return any(operator in (None, one.declarant, one.agent) and one.id in within for one in own)

    def _within(self, own: _Own) -> set[DeclarationId]:
        """The declarations that are known to have goods of the chapter; all, when none is asked for."""
        states = [state for some in own.values() for state in some]
        if self.which.chapter is None:
            return {one.id for one in states}
        places = {one.id: (one.id, one.version.commitment) for one in states}
        known = self.goods.load(self.session, places.values())
        return {one for one, place in places.items() if place in known and self.which.chapter in known[place].chapters}

    def _controls(self, items: Iterable[KeptItem]) -> Mapping[KeptItem, RecognitionCandidate]:
        asked = [one for one in items if one.kind is Work.CONTROL]
        weighing, own = load_weighing(self.session, self.access, {one.subject for one in asked}, self.goods)
        if weighing is None:
            return {}
        states = {bytes(one.id): one for one in own}
        found = ((one, weighing.candidate(states[one.subject], one.about)) for one in asked if one.subject in states)
        return {one: candidate for one, candidate in found if candidate is not None and _is_open(candidate)}

    def _withdrawn(self, items: Iterable[KeptItem]) -> Mapping[KeptItem, Withdrawal]:
        return load_withdrawals(self.session, [one for one in items if one.kind is Work.WITHDRAWN])

    def _assistance(self, items: Iterable[KeptItem]) -> Mapping[KeptItem, AssistanceDue]:
        asked = [one for one in items if one.kind is _ASSISTANCE]
        return load_assistance_due(self.session, asked, self.access.now)

    def _touches(self, matter: Matter) -> bool:
        if not self.which.risk:
            return True
        if isinstance(matter, AssistanceDue):
            return False
        risk = matter.usable if isinstance(matter, RecognitionCandidate) else matter.risk
        return bool(risk & self.which.risk)


def _item(block: int, log: int, place: int, kind: int, *rest: Any) -> KeptItem:
    return KeptItem(block, log, place, Work(kind), *rest)


def _is_open(candidate: RecognitionCandidate) -> bool:
    return bool(candidate.usable) and candidate.stands is not True


def _shown(item: KeptItem, own: Sequence[DeclarationState], matter: Matter) -> WorkShown:
    one = None if item.kind is _ASSISTANCE else own[0]
    return WorkShown(
        kind=item.kind,
        since=item.time,
        block=item.block,
        log=item.log,
        declaration=None if one is None else one.id,
        consignment=_consignment(item, own),
        declarant=None if one is None else one.declarant,
        control=matter if isinstance(matter, RecognitionCandidate) else None,
        withdrawal=matter if isinstance(matter, Withdrawal) else None,
        assistance=matter if isinstance(matter, AssistanceDue) else None,
    )


def _consignment(item: KeptItem, own: Sequence[DeclarationState]) -> ConsignmentId:
    return ConsignmentId(item.subject) if item.kind is _ASSISTANCE else own[0].consignment


def _at(item: KeptItem) -> tuple[int, int, int]:
    return item.block, item.log, item.place


def _cursor(item: KeptItem) -> str:
    return write_item(_at(item), item.block_hash)


def _place(session: Session, after: str | None) -> tuple[int, int, int]:
    if after is None:
        return -1, -1, -1
    at, start = read_item(after)
    rows = session.rows("SELECT hash FROM blocks WHERE number = ?", at[0])
    if not rows or not rows[0][0].startswith(start):
        raise CursorError(after)
    return at
