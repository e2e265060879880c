"""Requests of mutual assistance that wait for an answer, and the answers to one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.domain.codes import AssistanceAction, AssistanceKind
from ledger.domain.records import Assistance
from ledger.domain.wire import ZERO, Digest, decode
from ledger.index.reading import Row, Session
from ledger.index.work import KeptItem

ANSWERS_SHOWN: Final = 30 * 86_400
"""Seconds for which an answer stays in the list of whoever asked; nothing on the chain tells that it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceDue:
    """A request of assistance that waits for the viewer's answer, or the answer to its own.

    Attributes:
        request: the request.
        kind: what is asked for.
        partner: who asked; of an answer, who gave it.
        due_at: by when an answer was asked for.
        late: whether that is over: now, or when the answer came.
        answer: the answer or refusal; None while there is none.
        refused: whether it is a refusal.
        answered_at: its block time.
    """

    request: Digest
    kind: AssistanceKind
    partner: int
    due_at: int
    late: bool
    answer: Digest | None
    refused: bool | None
    answered_at: int | None


def load_assistance_due(session: Session, items: Sequence[KeptItem], now: int) -> Mapping[KeptItem, AssistanceDue]:
    """Of items, the requests that wait for an answer, and the answers that are new."""
    abouts = {one.about for one in items}
    columns = "digest, kind, administration, addressee, due_at, answer, answered_at"
    requests = session.within(f"SELECT {columns} FROM assistance WHERE digest IN ({{keys}})", abouts)  # noqa: S608
    answered = session.within(f"SELECT {columns} FROM assistance WHERE answer IN ({{keys}})", abouts)  # noqa: S608
    due = {row[0]: _told(row, now) for row in requests if row[5] == ZERO}
    refused = _refusals(session, {row[5] for row in answered})
    due |= {row[5]: _told(row, now, row[5] in refused) for row in answered if now - row[6] < ANSWERS_SHOWN}
    return {one: due[one.about] for one in items if one.about in due}


def _told(row: Row, now: int, refused: bool | None = None) -> AssistanceDue:  # noqa: FBT001 - a fact of the answer
    """A request; its answer, when it is known whether that refuses."""
    digest, kind, asking, asked, due_at, answer, answered_at = row
    waits = refused is None
    return AssistanceDue(
        request=digest,
        kind=AssistanceKind(kind),
        partner=asking if waits else asked,
        due_at=due_at,
        late=(now if waits else answered_at) > due_at,
        answer=None if waits else answer,
        refused=refused,
        answered_at=None if waits else answered_at,
    )


def _refusals(session: Session, answers: set[bytes]) -> set[bytes]:
    rows = session.within("SELECT digest, body FROM events WHERE digest IN ({keys}) AND outcome = 0", answers)
    return {row[0] for row in rows if decode(Assistance, row[1]).action == AssistanceAction.REFUSAL}
