"""Is it released? And who did what, when?

An answer is computed from the read model as of a block that it names. When the chain can't be reached the answer is
UNKNOWN, never "not released". Who is not entitled gets the answer of who asks for nothing.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.convertors import register_url_convertor

from api.documentation import IF_NONE_MATCH, OPTIONAL_SESSION, conditional, gives_view, takes
from api.etags import not_modified, quoted
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.questions import PARAMETERS, ByHand, ReferenceConvertor, asked, query_of
from api.schemas import QueriesIn, body_of
from api.views import plain
from api.wire import NO_STORE, instant, reply
from ledger.client import AsOf, StatusAnswer, TimelineEntry

register_url_convertor("reference", ReferenceConvertor())
router = APIRouter(prefix="/v1", tags=["consignments"], route_class=ByHand)

_ASKED: Final = (Kind.SESSION_INVALID, Kind.INVALID)


@lru_cache(maxsize=16)
def freshness_headers(as_of: AsOf) -> Mapping[str, str]:
    """How fresh an answer is, for a 304 too, which has no body to say it in."""
    if as_of.block is None or as_of.time is None:
        return NO_STORE
    lag = "" if as_of.lag is None else f", lag={as_of.lag}"
    return {**NO_STORE, "passavant-as-of": f"block={as_of.block}, time={instant(as_of.time)}{lag}"}


@router.get(
    "/consignments/{ref:reference}/status",  # noqa: FAST003 - read by hand
    responses=conditional(gives_view(200, StatusAnswer, *_ASKED)),
    openapi_extra={"security": OPTIONAL_SESSION, "parameters": [*PARAMETERS, IF_NONE_MATCH]},
)
async def status(request: Request) -> Response:
    """Is it released? The ETag covers everything that the answer depends on, but for its freshness."""
    gateway = gateway_of(request)
    viewer = await gateway.viewer(request)
    answer = await gateway.asking.status(asked(request), viewer)
    headers = freshness_headers(answer.as_of)
    unchanged = not_modified(request, answer.etag, headers)
    return unchanged or reply(plain(answer), 200, {**headers, "etag": quoted(answer.etag)})


@router.post(
    "/status",
    responses=gives_view(200, StatusAnswer, Kind.SESSION_INVALID, body=True, many="answers"),
    openapi_extra=takes(QueriesIn, OPTIONAL_SESSION),
)
async def statuses(request: Request) -> Response:
    """Up to 10,000 questions; the answers in the order of the questions."""
    gateway = gateway_of(request)
    viewer = await gateway.viewer(request)
    questions = [query_of(one) for one in (await body_of(request, QueriesIn)).queries]

    def answers() -> list[Any]:
        return [plain(one) for one in gateway.client.statuses(questions, viewer)]

    return reply({"answers": await gateway.work.run(answers)})


@router.get(
    "/consignments/{ref:reference}/provenance",  # noqa: FAST003 - read by hand
    responses=gives_view(200, TimelineEntry, *_ASKED, Kind.NOT_FOUND, many="entries"),
    openapi_extra={"security": OPTIONAL_SESSION, "parameters": PARAMETERS},
)
async def provenance(request: Request) -> Response:
    """The timeline: who, which office and key, what, when, with heads, transactions and blocks."""
    gateway = gateway_of(request)
    viewer = await gateway.viewer(request)
    entries = await gateway.work.run(gateway.client.provenance, asked(request), viewer)
    if not entries:
        raise ProblemError(Kind.NOT_FOUND)
    return reply({"entries": [plain(one) for one in entries]})
