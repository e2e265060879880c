"""What became of one record: on its way by the outbox, on the chain by its events."""

from dataclasses import replace
from typing import Final

from ledger.domain.codes import Outcome, RecordType
from ledger.domain.outbox import OutboxState
from ledger.domain.records import RECORDS
from ledger.domain.wire import WORD, WireError, decode
from ledger.index.answers import AsOf
from ledger.index.history import RecordAnswer, RecordProgress
from ledger.index.reading import Row, Session

_EVENT: Final = (
    "SELECT record_type, outcome, body, block, log, transaction_hash, time FROM events"
    " WHERE digest = ? ORDER BY outcome = 0 DESC, block DESC, log DESC LIMIT 1"
)
_KEPT: Final = "SELECT record_type, state, outcome, provisional, transaction_hash FROM outbox_records WHERE digest = ?"
_PROGRESS: Final = {
    OutboxState.WAITING: RecordProgress.WAITING,
    OutboxState.SENDING: RecordProgress.SENDING,
    OutboxState.MINED: RecordProgress.SENDING,  # the index has not seen its block yet
    OutboxState.REFUSED: RecordProgress.REFUSED,
    OutboxState.LOST: RecordProgress.LOST,
}


def progress_of(session: Session, digest: bytes, moment: AsOf) -> RecordAnswer:
    """Recorded outweighs everything; then what the outbox still does; then a refusal.

    A record of ours that the chain refuses because it came too late is lost: its author did nothing wrong. So it ends
    when the chain came back shorter, and the group that holds it was sent again after its deadline.
    """
    told = session.rows(_EVENT, digest)
    kept = session.rows(_KEPT, digest)
    if told and told[0][1] == Outcome.RECORDED:
        return _recorded(digest, told[0], moment)
    if kept and kept[0][1] in (OutboxState.WAITING, OutboxState.SENDING):
        return _kept(digest, kept[0])
    if told:
        refused = _refused(session, digest, told[0], moment)
        lost = refused.outcome is Outcome.EXPIRED and bool(kept) and kept[0][1] == OutboxState.MINED
        return replace(refused, progress=RecordProgress.LOST) if lost else refused
    return _kept(digest, kept[0]) if kept else RecordAnswer(digest=digest, progress=RecordProgress.UNHEARD_OF)


def _recorded(digest: bytes, row: Row, moment: AsOf) -> RecordAnswer:
    kind, _, _, block, log, transaction, time = row
    final = moment.final is not None and block <= moment.final
    return RecordAnswer(
        digest=digest,
        progress=RecordProgress.FINAL if final else RecordProgress.INCLUDED,
        record_type=RecordType(kind),
        block=block,
        log=log,
        transaction=transaction,
        time=time,
    )


def _kept(digest: bytes, row: Row) -> RecordAnswer:
    kind, state, outcome, provisional, transaction = row
    return RecordAnswer(
        digest=digest,
        progress=_PROGRESS[OutboxState(state)],
        record_type=RecordType(kind),
        outcome=None if outcome is None else Outcome(outcome),
        provisional=bool(provisional),
        transaction=transaction,
    )


def _refused(session: Session, digest: bytes, row: Row, moment: AsOf) -> RecordAnswer:
    kind, outcome, body, block, log, transaction, time = row
    final = moment.final is not None and block <= moment.final
    ended = final and (_expired(RecordType(kind), body, moment) or _overtaken(session, RecordType(kind), body))
    return RecordAnswer(
        digest=digest,
        progress=RecordProgress.REFUSED,
        record_type=RecordType(kind),
        outcome=Outcome(outcome),
        provisional=not ended,
        block=block,
        log=log,
        transaction=transaction,
        time=time,
    )


def _expired(kind: RecordType, body: bytes, moment: AsOf) -> bool:
    try:
        deadline = decode(RECORDS[kind], body).deadline
    except WireError:
        return True  # a body that decodes to nothing is refused for ever
    return moment.time is not None and deadline < moment.time


def _overtaken(session: Session, kind: RecordType, body: bytes) -> bool:
    """Whether the head that it extends was extended by another record: it can never be current again."""
    if not RecordType.AMENDMENT_REQUEST <= kind <= RecordType.HOLD:
        return False
    extending = (RecordType.HOLD,) if kind is RecordType.HOLD else (RecordType.DECISION, RecordType.CONTROL)
    sql = (
        "SELECT count(*) FROM events WHERE outcome = 0 AND record_type IN ({keys})"
        " AND declaration = ? AND substr(body, 33, 32) = ?"
    )
    numbers = [int(one) for one in extending]
    return bool(session.within(sql, numbers, body[:WORD], body[WORD : 2 * WORD])[0][0])
