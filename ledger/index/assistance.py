"""Mutual assistance: requests between two administrations, for these two alone; the chain has what was asked as hashes.

A place in the list is that of the request's event, so a reader that goes on from a cursor misses nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final

from ledger.domain.codes import AssistanceAction, AssistanceKind, OrganisationKind, Reason
from ledger.domain.recognition import AssistanceRequest
from ledger.domain.records import Assistance
from ledger.domain.wire import ZERO, Digest, decode
from ledger.index.access import Access
from ledger.index.cursors import place_after, write_place
from ledger.index.history import Entry, Page
from ledger.index.reading import Row, Session

_PAGE: Final = "SELECT a.digest FROM assistance a CROSS JOIN events e WHERE e.digest = a.digest AND e.outcome = 0"
_REQUESTS: Final = (
    "SELECT a.digest, e.body, a.answer, a.answered_at, r.body, e.time, e.block, e.log, b.hash"
    " FROM assistance a CROSS JOIN events e JOIN blocks b ON b.number = e.block"
    " LEFT JOIN events r ON r.digest = a.answer AND r.outcome = 0"
    " WHERE e.digest = a.digest AND e.outcome = 0"
)
"""CROSS JOIN makes SQLite begin with the few requests, and not with the many events, whose order is asked for."""
_ORDER: Final = "ORDER BY e.block, e.log"
_LATE: Final = "(CASE WHEN a.answered_at > 0 THEN a.answered_at ELSE ? END) > a.due_at"


@unique
class AssistanceState(StrEnum):
    """What became of a request of assistance."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceReply:
    """The answer to a request of assistance, or its refusal.

    Attributes:
        administration: who gave it: whom it was asked of, or its successor.
        recorded_at: block time.
        commitment: to what it says; None for a refusal.
        reason: why it was refused.
    """

    id: bytes
    administration: int
    recorded_at: int
    commitment: bytes | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceShown:
    """A request of assistance, as one of its two administrations sees it.

    Attributes:
        id: digest of the request; what is sealed for request and answer belongs to it.
        administration: who asks.
        addressee: who is asked.
        sent: whether the viewer, or whom it took over from, is who asks.
        consignment: what it is about, and the viewer's own declarations in it.
        legal_basis: keccak-256 of the text that stands in the content; zeros for none.
        commitment: to what is asked.
        recorded_at: block time of the request.
        late: seconds after `due_at` that it was answered, or, while it is open, that it is now; 0: in time.
    """

    id: bytes
    state: AssistanceState
    sent: bool
    administration: int
    addressee: int
    consignment: bytes
    declarations: tuple[bytes, ...]
    kind: AssistanceKind
    legal_basis: bytes
    commitment: bytes
    recorded_at: int
    due_at: int
    late: int
    reply: AssistanceReply | None

    @property
    def commitments(self) -> frozenset[bytes]:
        """What request and answer commit to."""
        answered = self.reply.commitment if self.reply else None
        return frozenset({self.commitment, answered or self.commitment})


@dataclass(frozen=True, slots=True)
class AssistanceFilter:
    """Which requests are wanted: only those that are open, only those that are or were answered late."""

    open: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A request, and what became of it."""

    request: AssistanceRequest
    state: AssistanceState


Requests = Mapping[Digest, Standing]


def is_between(session: Session, access: Access, request: bytes) -> bool:
    """Whether the viewer is competent now for one of the two administrations of a request of assistance.

    Neither their agencies nor auditors are: contents are for the two alone.
    """
    own = own_administrations(access)
    rows = session.rows("SELECT administration, addressee FROM assistance WHERE digest = ?", request)
    return any(one in own for row in rows for one in row)


def own_administrations(access: Access) -> frozenset[int]:
    """The administrations for which the viewer is competent now; none for who is no administration."""
    me = access.viewer
    if me is None or me.kind is not OrganisationKind.ADMINISTRATION:
        return frozenset()
    return frozenset(one for one in access.administrations if access.competent(one) == me.id)


def load_one(session: Session, access: Access, request: bytes) -> AssistanceShown | None:
    """One request; None when there is none for the viewer."""
    if not is_between(session, access, request):
        return None
    [row] = session.rows(f"{_REQUESTS} AND a.digest = ?", request)
    return _shown(session, access, [row])[0]


def load_page(
    session: Session, access: Access, wanted: AssistanceFilter, after: str | None, limit: int
) -> Page[AssistanceShown]:
    """What the viewer asked and was asked, in the order of the requests: after a cursor, `limit` at most.

    The page's own cursor leads on from an empty page too, so that a reader can ask for more later.

    Raises:
        CursorError: the cursor is not of this index's chain.
    """
    block, log = place_after(session, after)
    own = sorted(own_administrations(access))
    marks = ",".join("?" * len(own))
    where = [f"(a.administration IN ({marks}) OR a.addressee IN ({marks}))", "(e.block, e.log) > (?, ?)"]
    values: list[object] = [*own, *own, block, log]
    if wanted.open:
        where.append("a.answered_at = 0")
    if wanted.late:
        where.append(_LATE)
        values.append(access.now)
    found = session.rows(" AND ".join([_PAGE, *where]) + f" {_ORDER} LIMIT ?", *values, limit)
    rows = session.within(f"{_REQUESTS} AND a.digest IN ({{keys}}) {_ORDER}", [row[0] for row in found])
    following = write_place(*rows[-1][6:9]) if rows else after
    return Page(tuple(_shown(session, access, rows)), following)


def load_about(session: Session, access: Access, declarations: Collection[bytes]) -> Requests:
    """The requests about the consignments of declarations, by digest: own ones; to an auditor all; to others none."""
    own = own_administrations(access)
    audits = access.viewer is not None and access.viewer.kind is OrganisationKind.AUDITOR
    if not own and not audits:
        return {}
    about = "SELECT consignment FROM declarations WHERE id IN ({keys})"
    rows = session.within(f"{_REQUESTS} AND a.consignment IN ({about})", declarations)
    found = {Digest(row[0]): _standing(row) for row in rows}
    return {digest: one for digest, one in found.items() if audits or _parties(one.request) & own}


def _parties(request: AssistanceRequest) -> set[int]:
    return {request.record.administration, request.record.addressee}


def records_of(requests: Requests) -> set[Digest]:
    """The digests of requests and of what answered them."""
    return ({*requests} | {one.request.answer for one in requests.values()}) - {ZERO}


def with_state(entries: Iterable[Entry], requests: Requests, now: int) -> list[Entry]:
    """Entries of a timeline; those of assistance also tell `late` (seconds), and of a request its `state`."""
    known = {digest: one for asked, one in requests.items() for digest in (asked, one.request.answer)}
    return [_told(entry, known[Digest(entry.digest)], now) if entry.digest in known else entry for entry in entries]


def _told(entry: Entry, one: Standing, now: int) -> Entry:
    more: dict[str, object] = {"late": one.request.late(now)}
    if entry.digest != one.request.answer:
        more["state"] = one.state.value
    return replace(entry, fields={**(entry.fields or {}), **more})


def _standing(row: Row) -> Standing:
    request = _request(row)
    return Standing(request, _state(_reply(request, row[4])))


def _shown(session: Session, access: Access, rows: Collection[Row]) -> list[AssistanceShown]:
    own = own_administrations(access)
    known = _declarations(session, own, {_request(row).record.consignment for row in rows})
    return [_one(row, own, known, access.now) for row in rows]


def _one(row: Row, own: Collection[int], known: "_Known", now: int) -> AssistanceShown:
    request = _request(row)
    record = request.record
    reply = _reply(request, row[4])
    return AssistanceShown(
        id=row[0],
        state=_state(reply),
        sent=record.administration in own,
        administration=record.administration,
        addressee=record.addressee,
        consignment=record.consignment,
        declarations=tuple(known[record.consignment]),
        kind=AssistanceKind(record.kind),
        legal_basis=record.legal_basis,
        commitment=record.commitment,
        recorded_at=row[5],
        due_at=record.due_at,
        late=request.late(now),
        reply=reply,
    )


_Known = defaultdict[bytes, list[bytes]]


def _declarations(session: Session, own: Collection[int], consignments: Collection[bytes]) -> _Known:
    sql = (
        "SELECT consignment, id, administration FROM declarations WHERE consignment IN ({keys}) ORDER BY lodged_at, id"
    )
    found: _Known = defaultdict(list)
    for consignment, declaration, administration in session.within(sql, consignments):
        if administration in own:
            found[consignment].append(declaration)
    return found


def _request(row: Row) -> AssistanceRequest:
    return AssistanceRequest(decode(Assistance, row[1]), row[2], row[3])


def _reply(request: AssistanceRequest, body: bytes | None) -> AssistanceReply | None:
    if body is None:
        return None
    record = decode(Assistance, body)
    refused = record.action == AssistanceAction.REFUSAL
    return AssistanceReply(
        id=request.answer,
        administration=record.administration,
        recorded_at=request.answered_at,
        commitment=None if record.commitment == ZERO else record.commitment,
        reason=Reason(record.reason) if refused else None,
    )


def _state(reply: AssistanceReply | None) -> AssistanceState:
    if reply is None:
        return AssistanceState.OPEN
    return AssistanceState.ANSWERED if reply.commitment else AssistanceState.REFUSED
