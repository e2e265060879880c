"""The end of content: until when it has to be kept, and erasing it."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api import intake
from api.answers import TakenOne
from api.documentation import SESSION, gives, gives_view, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.routes.records import take_one
from api.schemas import Signed, body_of
from api.views import plain
from api.wire import NO_STORE, Id, reply, unhex
from ledger.client import Retained
from ledger.domain.codes import ErasureCause
from ledger.domain.records import Erasure, author_of
from ledger.domain.wire import DeclarationId

router = APIRouter(prefix="/v1", tags=["payloads"])

_GATED: Final = (Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND)


@router.get(
    "/declarations/{id}/retention",
    responses=gives_view(200, Retained, *_GATED, Kind.INVALID, many="versions"),
    openapi_extra={"security": SESSION},
)
async def retention(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """Until when the content of each version has to be kept, and why: for who may erase it."""
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    found = await gateway.work.read(gateway.client.retained_of, DeclarationId(unhex(id)), viewer)
    if not found:
        raise ProblemError(Kind.NOT_FOUND)
    return reply({"versions": [plain(one) for one in found]}, 200, NO_STORE)


@router.post(
    "/declarations/{id}/erasures",
    status_code=202,
    responses=gives(202, TakenOne, *_GATED, Kind.RETAINED, Kind.NOT_AUTHENTIC, Kind.NO_RELAY, body=True),
    openapi_extra=takes(Signed, SESSION),
)
async def erase(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """Have the content of a version erased: a signed `Erasure` by who is logged in.

    Once it is recorded, every gateway that follows the chain destroys what it holds of the version: ciphertext, chosen
    fields, wraps. What has to be kept for longer is erased by order of the administration only (cause ORDERED).
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    entry = intake.entry_of(gateway.client, await body_of(request, Signed))
    record = entry.record
    if not isinstance(record, Erasure) or record.declaration != unhex(id) or author_of(record) != viewer:
        raise ProblemError(Kind.NOT_FOUND, "there is no such version for this participant to erase")
    kept = await gateway.work.read(gateway.client.retained_of, DeclarationId(unhex(id)), viewer)
    if not kept:
        raise ProblemError(Kind.NOT_FOUND)
    early = [one for one in kept if one.version == record.version and not one.due]
    if early and record.cause != ErasureCause.ORDERED:
        raise ProblemError(Kind.RETAINED, f"{early[0].country}: {early[0].why}")
    return await take_one(gateway, entry)
