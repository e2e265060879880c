"""What an administration has to do, and a feed of it: for that administration alone."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.documentation import SESSION, gives_view
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.routes.ledger import After, Limit
from api.views import plain
from api.wire import NO_STORE, reply, unhex
from ledger.client import NotEntitled, ReliedAnswer, Work, WorkFilter, WorkPage
from ledger.domain.codes import Risk
from ledger.domain.wire import Digest

router = APIRouter(prefix="/v1/recognition", tags=["ledger"])

_RISKS: Final = "|".join(str(one.name) for one in Risk)
_KINDS: Final = "|".join(one.name for one in Work)
Kinds = Annotated[str | None, Query(alias="kind", pattern=f"^({_KINDS})$", description="Only this kind.")]
Chapter = Annotated[
    str | None, Query(pattern="^[0-9]{2}$", description="HS chapter of goods, as far as the gateway's store knows it.")
]
Route = Annotated[
    str | None, Query(pattern="^[A-Z]{2}-[A-Z]{2}$", description="Country of export, and the viewer's own: `GB-FR`.")
]
Operator = Annotated[int | None, Query(ge=1, le=0xFFFFFFFF, description="Declarant or agent of the declaration.")]
Areas = Annotated[
    str | None, Query(alias="risk", pattern=f"^({_RISKS})(,({_RISKS}))*$", description="Risk areas, by comma.")
]
_PROBLEMS: Final[Any] = (
    Kind.SESSION_NEEDED,
    Kind.SESSION_INVALID,
    Kind.NOT_ENTITLED,
    Kind.INVALID,
    Kind.INVALID_CURSOR,
)


def narrowed(
    kind: Kinds = None, chapter: Chapter = None, route: Route = None, operator: Operator = None, risk: Areas = None
) -> WorkFilter:
    """Which items are asked for."""
    return WorkFilter(
        kind=Work[kind] if kind else None,
        chapter=chapter,
        route=(route[:2], route[3:]) if route else None,
        operator=operator,
        risk=_areas(risk),
    )


Narrowed = Annotated[WorkFilter, Depends(narrowed)]


@router.get("/worklist", responses=gives_view(200, WorkPage, *_PROBLEMS), openapi_extra={"security": SESSION})
async def worklist(request: Request, which: Narrowed, after: After = None, limit: Limit = 100) -> Response:
    """Controls that may be relied on, reliances withdrawn, assistance due: what is open, oldest first.

    Go on from `next`, while there is `more`; later, the last `next` gives what came up since. A page may be shorter
    than its limit though there is more. Only the administration itself may ask.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    try:
        page = await gateway.work.run(gateway.client.worklist, viewer, which, after, limit)
    except NotEntitled:
        raise ProblemError(Kind.NOT_ENTITLED) from None
    return reply(plain(page), 200, NO_STORE)


Control = Annotated[str, Query(pattern="^0x[0-9a-f]{64}$", description="The control, or a recognition.")]


@router.get(
    "/relied",
    responses=gives_view(200, ReliedAnswer, Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND, Kind.INVALID),
    openapi_extra={"security": SESSION},
)
async def relied(request: Request, control: Control) -> Response:
    """Which decisions relied on a control or a recognition, directly or through further recognitions.

    Its author sees which administrations did, how often, and what became of it; an auditor sees the decisions. To
    anybody else there is none.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    found = await gateway.work.run(gateway.client.relied, Digest(unhex(control)), viewer)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(plain(found), 200, NO_STORE)


def _areas(text: str | None) -> Risk:
    found = Risk(0)
    for name in text.split(",") if text else ():
        found |= Risk[name]
    return found
