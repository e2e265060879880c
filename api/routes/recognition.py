"""Arrangements, which controls of others an administration may rely on, and which are shared with it: for it alone."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.answers import Kept
from api.documentation import SESSION, gives, gives_view, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.routes.ledger import After, Limit
from api.schemas import AnnexIn, body_of
from api.views import plain
from api.wire import NO_STORE, Id, reply, unhex
from ledger.client import ArrangementShown, NotEntitled, RecognitionCandidate, ReferenceType, SharedControl, StatusQuery

router = APIRouter(prefix="/v1/recognition", tags=["ledger"])

Country = Annotated[str, Query(alias="administration", pattern="^[A-Z]{2}$", description="Its country.")]
Reference = Annotated[str, Query(alias="reference", min_length=1, max_length=100, description="Id, MRN, UCR, …")]
_TYPES: Final = "|".join(one.name for one in ReferenceType)
Type = Annotated[str | None, Query(alias="type", pattern=f"^({_TYPES})$", description="What it is; any type without.")]


@router.get(
    "/candidates",
    responses=gives_view(
        200,
        RecognitionCandidate,
        Kind.SESSION_NEEDED,
        Kind.SESSION_INVALID,
        Kind.NOT_ENTITLED,
        Kind.INVALID,
        many="candidates",
    ),
    openapi_extra={"security": SESSION},
)
async def candidates(request: Request, country: Country, reference: Reference, kind: Type = None) -> Response:
    """The controls that others carried out on a consignment, oldest first: usable or not, and if not, why.

    Only the administration that would rely on them may ask, about what is bound to it. A declarant sees in its
    timeline who recognised its control.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    query = StatusQuery(reference=reference, type=ReferenceType[kind] if kind else None)
    try:
        found = await gateway.work.read(gateway.client.candidates, query, viewer, country)
    except NotEntitled:
        raise ProblemError(Kind.NOT_ENTITLED) from None
    return reply({"candidates": [plain(one) for one in found]}, 200, NO_STORE)


@router.get(
    "/shared",
    responses=gives_view(
        200,
        SharedControl,
        Kind.SESSION_NEEDED,
        Kind.SESSION_INVALID,
        Kind.NOT_FOUND,
        Kind.INVALID,
        many="controls",
    ),
    openapi_extra={"security": SESSION},
)
async def shared(request: Request, reference: Reference, kind: Type = None) -> Response:
    """The controls of other administrations that arrangements share with the asking one, and what became of them.

    Asked by a reference of its own, or by the id of a partner's declaration. What is not shared is not there.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    query = StatusQuery(reference=reference, type=ReferenceType[kind] if kind else None)
    found = await gateway.work.read(gateway.client.shared, query, viewer)
    if not found:
        raise ProblemError(Kind.NOT_FOUND)
    return reply({"controls": [plain(one) for one in found]}, 200, NO_STORE)


Partner = Annotated[
    int | None, Query(alias="with", ge=1, le=0xFFFF, description="Only those with this administration.")
]


@router.get(
    "/arrangements",
    responses=gives_view(
        200,
        ArrangementShown,
        Kind.SESSION_NEEDED,
        Kind.SESSION_INVALID,
        Kind.NOT_ENTITLED,
        Kind.INVALID,
        Kind.INVALID_CURSOR,
        many="arrangements",
        paged=True,
    ),
    openapi_extra={"security": SESSION},
)
async def arrangements(request: Request, partner: Partner = None, after: After = None, limit: Limit = 100) -> Response:
    """Versions of arrangements, as they were recorded: scope, validity, whether in force now, who suspends, annex.

    An administration sees those to which it, or one that it took over from, is party; an auditor all.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    try:
        page = await gateway.work.run(gateway.client.arrangements, viewer, partner, after, limit)
    except NotEntitled:
        raise ProblemError(Kind.NOT_ENTITLED) from None
    return reply({"arrangements": [plain(one) for one in page.items], "next": page.next})


@router.put(
    "/annexes/{hash}",
    responses=gives(
        200, Kept, Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND, Kind.ANNEX_REFUSED, body=True
    ),
    openapi_extra=takes(AnnexIn, SESSION),
)
async def put_annex(request: Request, hash: Id) -> Response:  # noqa: A002 - the name in the path
    """Keep the annex that an arrangement names by this hash: by a party to one that is on the chain.

    Its hash is keccak256 of its JSON with sorted names, ascending lists, no spaces and nothing empty.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    annex = (await body_of(request, AnnexIn)).annex
    await gateway.work.run(gateway.client.put_annex, unhex(hash), annex, viewer)
    return reply(Kept())
