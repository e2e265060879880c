"""Records: what to sign, signed records in, and what becomes of them."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api import intake
from api.answers import Progress, State, TakenMany, TakenOne, ToSign
from api.documentation import NO_SESSION, OPTIONAL_SESSION, gives, header, one_of, ref, takes
from api.etags import heads_in
from api.gateway import Gateway, gateway_of
from api.problems import Kind, ProblemError
from api.schemas import JSON, NDJSON, Signed, Unsigned, body_of, media_type
from api.wire import Id, hexed, hexed_or_none, instant, reply, unhex
from ledger.client import Entry, Prepared, RecordAnswer, RecordProgress
from ledger.domain.codes import RecordType
from ledger.domain.reasons import REASONS
from ledger.domain.records import (
    RECORDS,
    AmendmentRequest,
    Control,
    Decision,
    Hold,
    InvalidationRequest,
    PresentationNotice,
)

router = APIRouter(prefix="/v1", tags=["records"])

EXTENDS: Final = (AmendmentRequest, InvalidationRequest, PresentationNotice, Decision, Control, Hold)
"""Records that extend a head of a declaration."""

STATES: Final[dict[RecordProgress, State]] = {
    RecordProgress.WAITING: "waiting",
    RecordProgress.SENDING: "sending",
    RecordProgress.INCLUDED: "included",
    RecordProgress.FINAL: "final",
    RecordProgress.REFUSED: "refused",
    RecordProgress.LOST: "lost",
}

_IF_MATCH: Final = header("If-Match", "ETag of the declaration that the record's `prev` extends; wants a session.")
_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [ref("Signed"), {"type": "array", "items": {"type": "object"}, "maxItems": intake.LARGEST}]
            }
        },
        "application/x-ndjson": {"schema": {"type": "string", "description": "A signed record a line."}},
    },
}


@router.post("/prepare", responses=gives(200, ToSign, body=True), openapi_extra=takes(Unsigned, NO_SESSION))
async def prepare(request: Request) -> Response:
    """What to sign for a record. Nothing is stored, and nothing is checked that only the ledger can know."""
    gateway = gateway_of(request)
    asked = await body_of(request, Unsigned)
    prepared: Prepared = gateway.client.prepare(gateway.client.record_from_json(asked.type, asked.fields))
    digest = hexed(prepared.digest)
    return reply(ToSign(id=digest, digest=digest, typed_data=prepared.typed_data))


_TAKEN: Final = gives(
    202,
    TakenOne,
    Kind.STALE_HEAD,
    Kind.SESSION_NEEDED,
    Kind.SESSION_INVALID,
    Kind.NOT_AUTHENTIC,
    Kind.OUTSIDE_ANNEX,
    Kind.NO_RELAY,
    body=True,
)


@router.post(
    "/records",
    status_code=202,
    responses=one_of(_TAKEN, TakenOne, TakenMany),
    openapi_extra={"requestBody": _BODY, "security": OPTIONAL_SESSION, "parameters": [_IF_MATCH]},
)
async def submit(request: Request) -> Response:
    """Take signed records: one, or up to 1,000 as an array or as NDJSON, each with its own result.

    The signature is the authority, so anybody may relay. A 202 says that the record is kept and survives a crash; the
    same record again is the same record.
    """
    gateway = gateway_of(request)
    if gateway.settings.relay is None:
        raise ProblemError(Kind.NO_RELAY)
    body = await request.body()
    if media_type(request) == NDJSON:
        items = await gateway.work.run(intake.items_of_lines, gateway.client, body, gateway.settings.max_depth)
        return await _many(gateway, items)
    if media_type(request) == JSON and intake.is_array(body):
        return await _many(gateway, await gateway.work.run(intake.items_of_array, gateway.client, body))
    entry = intake.entry_of(gateway.client, await body_of(request, Signed))
    condition = request.headers.get("if-match")
    if condition is not None:
        await _check(gateway, await gateway.participant(request), condition, entry)
    return await take_one(gateway, entry)


async def take_one(gateway: Gateway, entry: Entry) -> Response:
    """Take one signed record.

    Raises:
        ProblemError: NOT_AUTHENTIC, OUTSIDE_ANNEX or NO_RELAY.
    """
    if gateway.settings.relay is None:
        raise ProblemError(Kind.NO_RELAY)
    (result,) = await gateway.intake.submit([entry])
    if isinstance(result, Exception):
        raise result
    problem = intake.problem_with(result)
    if problem is not None:
        raise problem
    answered = intake.taken_one(result)
    return reply(answered, 202, {"location": f"/v1/records/{answered.id}", "cache-control": "no-store"})


async def _many(gateway: Gateway, items: list[intake.Item]) -> Response:
    kept = iter(await gateway.intake.submit([item for item in items if isinstance(item, Entry)]))
    results = [intake.taken(next(kept) if isinstance(item, Entry) else item) for item in items]
    return reply({"results": results}, 202)


async def _check(gateway: Gateway, viewer: int, condition: str, entry: Entry) -> None:
    """If-Match maps to ``prev``: it must be the head that the ETag told, and still be current."""
    if not isinstance(entry.record, EXTENDS):
        raise ProblemError(Kind.STALE_HEAD, "the record extends no head of a declaration")
    view = await gateway.work.read(gateway.client.declaration, entry.record.declaration, viewer)
    holds = isinstance(entry.record, Hold)
    named = condition.strip() == "*" or any(entry.record.prev == heads[holds] for heads in heads_in(condition))
    if view is None or not named or entry.record.prev != (view.hold_head if holds else view.settled_head):
        raise ProblemError(Kind.STALE_HEAD)


@router.get(
    "/records/{id}",
    responses=gives(200, Progress, Kind.NOT_FOUND, Kind.INVALID),
    openapi_extra={"security": NO_SESSION},
)
async def follow(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """Where a record stands, from waiting to final, or to refused with the reason."""
    gateway = gateway_of(request)
    state = await gateway.work.read(gateway.client.record, unhex(id))
    if state.record_type is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(answer(state, state.record_type))


def answer(state: RecordAnswer, kind: RecordType) -> Progress:
    """A record's state as an answer."""
    outcome = state.outcome if state.progress is RecordProgress.REFUSED else None
    return Progress(
        id=hexed(state.digest),
        type=RECORDS[kind].__name__,
        state=STATES[state.progress],
        outcome=None if outcome is None else outcome.name,
        reason=None if outcome is None else REASONS[outcome],
        provisional=state.provisional,
        block=state.block,
        block_time=None if state.time is None else instant(state.time),
        transaction=hexed_or_none(state.transaction),
    )
