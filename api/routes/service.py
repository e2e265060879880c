"""For those who run the gateway: does it live, is it ready, how is it doing."""

from fastapi import APIRouter, Request, Response

from api.answers import Alive, Ready
from api.documentation import NO_SESSION, gives, problems
from api.gateway import gateway_of
from api.metrics import MEDIA_TYPE
from api.wire import reply

router = APIRouter(tags=["service"])
_UNGUARDED = {"security": NO_SESSION}


@router.get("/healthz", responses=gives(200, Alive), openapi_extra=_UNGUARDED)
async def healthz() -> Response:
    """The process lives. Whether it can do anything useful is `/readyz`."""
    return reply(Alive())


@router.get("/readyz", responses={**gives(200, Ready), **gives(503, Ready)}, openapi_extra=_UNGUARDED)
async def readyz(request: Request) -> Response:
    """Ready, or 503 and why: wrong chain id, genesis or code, lag, an alarm, the node or the store can't be reached."""
    gateway = gateway_of(request)
    problems = await gateway.work.run(gateway.client.problems)
    return reply(Ready(ready=not problems, problems=problems), 503 if problems else 200)


@router.get(
    "/metrics",
    responses={
        200: {"description": "Numbers.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **problems(),
    },
    openapi_extra=_UNGUARDED,
)
async def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    gateway = gateway_of(request)
    return Response(await gateway.work.run(gateway.metrics.text), media_type=MEDIA_TYPE)
