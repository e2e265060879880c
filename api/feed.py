"""An event of the feed: what an auditor needs, with no word of the gateway's to be trusted."""

from typing import Any

from api.answers import EventAnswer
from api.views import record
from api.wire import hexed, instant
from ledger.domain.events import Event, Recorded, Refused
from ledger.domain.records import RECORDS
from ledger.domain.wire import WireError, decode, encode


def event_answer(event: Event) -> EventAnswer:
    """The event as it travelled, and decoded."""
    return _recorded(event) if isinstance(event, Recorded) else _refused(event)


def _recorded(event: Recorded) -> EventAnswer:
    return EventAnswer(
        type=type(event.record).__name__,
        outcome="RECORDED",
        body=hexed(encode(event.record)),
        proof=hexed(event.proof),
        record=record(event.record)["record"],
        **_common(event),
    )


def _refused(event: Refused) -> EventAnswer:
    return EventAnswer(
        type=RECORDS[event.record_type].__name__,
        outcome=event.outcome.name,
        body=hexed(event.body),
        proof="0x",
        record=_decoded(event),
        **_common(event),
    )


def _decoded(event: Refused) -> dict[str, Any] | None:
    """A refused body may be malformed: then there is no record to show."""
    try:
        found: dict[str, Any] = record(decode(RECORDS[event.record_type], event.body))["record"]
    except WireError:
        return None
    return found


def _common(event: Event) -> dict[str, Any]:
    place = event.position
    return {
        "id": hexed(event.digest),
        "signature": hexed(event.signature),
        "block": place.block,
        "block_hash": hexed(place.block_hash),
        "block_time": instant(place.time),
        "transaction": hexed(place.transaction),
        "log": place.log,
    }
