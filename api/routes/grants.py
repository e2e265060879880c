"""Who may read a declaration's payloads, and who did. Grants are signed by their grantor and never on the chain."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api.answers import Grants, Kept, ToSign
from api.documentation import NO_SESSION, SESSION, gives, gives_view, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.schemas import GrantIn, SignedGrantIn, body_of
from api.sealed import grant_in, grant_shown
from api.views import plain
from api.wire import Id, hexed, reply, unhex
from ledger.client import AccessEntry

router = APIRouter(prefix="/v1", tags=["grants"])

_GATED: Final = (Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND)


@router.post("/grants/prepare", responses=gives(200, ToSign, body=True), openapi_extra=takes(GrantIn, NO_SESSION))
async def prepare_grant(request: Request) -> Response:
    """What the grantor signs. Nothing is stored."""
    grant = grant_in(await body_of(request, GrantIn))
    typed_data, digest = gateway_of(request).client.prepare_grant(grant)
    return reply(ToSign(id=hexed(digest), digest=hexed(digest), typed_data=typed_data))


@router.post(
    "/grants",
    status_code=201,
    responses=gives(201, Kept, Kind.NOT_FOUND, Kind.PAYLOAD_REFUSED, Kind.GRANT_REFUSED, body=True),
    openapi_extra=takes(SignedGrantIn, NO_SESSION),
)
async def add_grant(request: Request) -> Response:
    """Keep a signed `ReadGrant`, or its withdrawal, which destroys the reader's wraps at once.

    The signature is the authority: a grant that nobody entitled signed is answered like a declaration that isn't there.
    """
    gateway = gateway_of(request)
    given = await body_of(request, SignedGrantIn)
    await gateway.work.run(gateway.client.grant, grant_in(given), unhex(given.signature))
    return reply(Kept(), 201)


@router.get(
    "/declarations/{id}/grants",
    responses=gives(200, Grants, *_GATED, Kind.INVALID),
    openapi_extra={"security": SESSION},
)
async def grants(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """The read grants of a declaration: all of them for its parties, its own for a reader."""
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    client = gateway.client
    found = await gateway.work.run(client.grants, unhex(id), viewer)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    shown = [grant_shown(one, in_force=await gateway.work.run(client.rights.holds, one)) for one in found]
    return reply(Grants(grants=shown))


@router.get(
    "/declarations/{id}/accesses",
    responses=gives_view(200, AccessEntry, *_GATED, Kind.INVALID, many="accesses"),
    openapi_extra={"security": SESSION},
)
async def accesses(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """The access log: who read which version when; for declarant, agent and competent administration."""
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    found = await gateway.work.run(gateway.client.accesses, unhex(id), viewer)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply({"accesses": [plain(one) for one in found]})
