"""An event of the feed: what an auditor needs, with no word of the gateway's to be trusted."""

from typing import Any

from api.answers import EventAnswer
from api.views import message
from api.wire import hexed, instant
from ledger.client import FeedItem
from ledger.domain.records import RECORDS
from ledger.domain.wire import WireError, decode


def event_answer(item: FeedItem) -> EventAnswer:
    """The event as it travelled, and decoded."""
    return EventAnswer(
        id=hexed(item.digest),
        type=RECORDS[item.record_type].__name__,
        outcome=item.outcome.name,
        author=item.author,
        body=hexed(item.body),
        signature=hexed(item.signature),
        proof=hexed(item.proof),
        block=item.block,
        block_hash=hexed(item.block_hash),
        block_time=instant(item.time),
        transaction=hexed(item.transaction),
        log=item.log,
        head_before=hexed(item.head_before),
        head_after=hexed(item.head_after),
        record=_decoded(item),
    )


def _decoded(item: FeedItem) -> dict[str, Any] | None:
    """A refused body may be malformed: then there is no record to show."""
    try:
        return message(decode(RECORDS[item.record_type], item.body))
    except WireError:
        return None
