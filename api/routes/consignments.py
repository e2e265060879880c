"""Is it released? And who did what, when?

An answer is computed from the read model as of a block that it names. When the chain can't be reached the answer is
UNKNOWN, never "not released". Who is not entitled gets the answer of who asks for nothing.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api.documentation import OPTIONAL_SESSION, conditional, gives_view, takes
from api.etags import not_modified, quoted
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.schemas import COUNTRY, TEXT, QueriesIn, QueryIn, ReferenceName, body_of
from api.views import plain
from api.wire import NO_STORE, instant, reply
from ledger.client import Freshness, ReferenceType, StatusAnswer, StatusQuery, Timeline

router = APIRouter(prefix="/v1", tags=["consignments"])

Ref = Annotated[str, Path(max_length=200, pattern=TEXT, description="UCR, DUCR, MRN, HAWB, S10, order number, …")]
OfType = Annotated[ReferenceName | None, Query(description="What the reference is; without it, any type matches.")]
For = Annotated[str | None, Query(alias="for", pattern=COUNTRY, description="Released where: ISO 3166-1 alpha-2.")]
Around = Annotated[date | None, Query(description="About when the goods moved; S10 numbers are used again.")]
_ASKED: Final = (Kind.SESSION_INVALID, Kind.INVALID)


def freshness_headers(as_of: Freshness) -> Mapping[str, str]:
    """How fresh an answer is, for a 304 too, which has no body to say it in."""
    lag = "" if as_of.lag is None else f", lag={as_of.lag}"
    return {**NO_STORE, "passavant-as-of": f"block={as_of.block}, time={instant(as_of.block_time)}{lag}"}


@router.get(
    "/consignments/{ref:path}/status",
    responses=conditional(gives_view(200, StatusAnswer, *_ASKED)),
    openapi_extra={"security": OPTIONAL_SESSION},
)
async def status(
    request: Request,
    ref: Ref,
    type: OfType = None,  # noqa: A002 - the name in the query
    country: For = None,
    around: Around = None,
) -> Response:
    """Is it released? The ETag covers everything that the answer depends on, but for its freshness."""
    gateway = gateway_of(request)
    viewer = await gateway.viewer(request)
    query = StatusQuery(ref, ReferenceType[type] if type else None, country, around)
    answer = await gateway.work.read(gateway.client.status, query, viewer)
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
    asked = await body_of(request, QueriesIn)

    def answers() -> list[Any]:
        return [plain(one) for one in gateway.client.statuses([query_of(one) for one in asked.queries], viewer)]

    return reply({"answers": await gateway.work.run(answers)})


@router.get(
    "/consignments/{ref:path}/provenance",
    responses=gives_view(200, Timeline, *_ASKED, Kind.NOT_FOUND),
    openapi_extra={"security": OPTIONAL_SESSION},
)
async def provenance(
    request: Request,
    ref: Ref,
    type: OfType = None,  # noqa: A002 - the name in the query
    country: For = None,
    around: Around = None,
) -> Response:
    """The timeline: who, which office and key, what, when, with heads, transactions and blocks."""
    gateway = gateway_of(request)
    viewer = await gateway.viewer(request)
    query = StatusQuery(ref, ReferenceType[type] if type else None, country, around)
    timeline = await gateway.work.run(gateway.client.provenance, query, viewer)
    if timeline is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(plain(timeline))


def query_of(given: QueryIn) -> StatusQuery:
    """The question that a request asks."""
    return StatusQuery(given.reference, ReferenceType[given.type] if given.type else None, given.country, given.around)
