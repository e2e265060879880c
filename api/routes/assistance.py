"""Mutual assistance: what administrations ask each other about consignments. To all others there is nothing of it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.documentation import SESSION, gives_view
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.routes.ledger import After, Limit
from api.views import plain
from api.wire import NO_STORE, Id, reply, unhex
from ledger.client import AssistanceFilter, AssistanceShown, NotEntitled

router = APIRouter(prefix="/v1/recognition/assistance", tags=["ledger"])

_YES: Final = "^(true|false)$"
Open = Annotated[str, Query(alias="open", pattern=_YES, description="`true`: only what is not answered.")]
Late = Annotated[str, Query(alias="late", pattern=_YES, description="`true`: only what is, or was answered, late.")]


@router.get(
    "",
    responses=gives_view(
        200,
        AssistanceShown,
        Kind.SESSION_NEEDED,
        Kind.SESSION_INVALID,
        Kind.NOT_ENTITLED,
        Kind.INVALID,
        Kind.INVALID_CURSOR,
        many="assistance",
        paged=True,
    ),
    openapi_extra={"security": SESSION},
)
async def requests(
    request: Request, is_open: Open = "false", is_late: Late = "false", after: After = None, limit: Limit = 100
) -> Response:
    """What the asking administration requested of others, and was requested: in the order of the requests.

    `late` is in seconds. `next` leads on from the last page too, to what is requested later; what becomes of an earlier
    request shows when it is asked for again.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    wanted = AssistanceFilter(open=is_open == "true", late=is_late == "true")
    try:
        page = await gateway.work.run(gateway.client.assistance.page, viewer, wanted, after, limit)
    except NotEntitled:
        raise ProblemError(Kind.NOT_ENTITLED) from None
    return reply({"assistance": [plain(one) for one in page.items], "next": page.next}, 200, NO_STORE)


@router.get(
    "/{id}",
    responses=gives_view(200, AssistanceShown, Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND, Kind.INVALID),
    openapi_extra={"security": SESSION},
)
async def one(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """A request of assistance and what became of it: for its two administrations.

    Contents are sealed for the two: `GET /v1/payloads/{commitment}`, where the request's id stands for the declaration.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    shown = await gateway.work.read(gateway.client.assistance.one, unhex(id), viewer)
    if shown is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(plain(shown), 200, NO_STORE)
