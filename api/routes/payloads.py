"""What stays off the chain: sealed payloads, references for the private index, and who may read a status."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api.answers import Kept, SealedAll
from api.documentation import SESSION, gives, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.schemas import PayloadIn, ReaderIn, ReferenceIn, ReferencesIn, ScopeIn, WrapsIn, body_of
from api.sealed import sealed_in, sealed_shown, wraps_in
from api.wire import Id, reply, unhex
from ledger.client import Custody, Reference, ReferenceType, Scope

router = APIRouter(prefix="/v1", tags=["payloads"])

_GATED: Final = (Kind.SESSION_NEEDED, Kind.SESSION_INVALID)


@router.put(
    "/payloads/{commitment}",
    responses=gives(200, Kept, *_GATED, Kind.NOT_FOUND, Kind.PAYLOAD_REFUSED, body=True),
    openapi_extra=takes(PayloadIn, SESSION),
)
async def put_payload(request: Request, commitment: Id) -> Response:
    """Keep a sealed payload with its wraps: form, size and readers are checked; whether it is what the commitment was
    made over can't be, and is for its readers to tell. The goods items of a decision come in plain.
    """  # noqa: D205 - one paragraph, which the OpenAPI document shows
    gateway = gateway_of(request)
    owner = await gateway.participant(request)
    given = (await body_of(request, PayloadIn)).root
    if isinstance(given, ScopeIn):
        scope = Scope({int(item): quantity for item, quantity in given.scope.items()})
        await gateway.work.run(gateway.client.put_scope, unhex(commitment), scope)
        return reply(Kept())
    sealed, wraps = sealed_in(unhex(commitment), given), wraps_in(given.wraps)
    replaces = unhex(given.replaces) if given.replaces else None
    custody = Custody(owner, given.reader or 0, unhex(given.fields))
    await gateway.work.run(gateway.client.put_sealed, sealed, wraps, custody, replaces=replaces)
    return reply(Kept())


@router.get(
    "/payloads/{commitment}",
    responses=gives(200, SealedAll, *_GATED, Kind.NOT_FOUND, Kind.INVALID),
    openapi_extra={"security": SESSION},
)
async def get_payload(request: Request, commitment: Id) -> Response:
    """Ciphertext and own wrap: for declarant, agent, competent administration, and whom these let read."""
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    found = await gateway.work.run(gateway.client.sealed, unhex(commitment), viewer)
    if not found:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(SealedAll(sealed=[sealed_shown(one) for one in found]))


@router.post(
    "/payloads/{commitment}/wraps",
    status_code=201,
    responses=gives(201, Kept, *_GATED, Kind.NOT_FOUND, Kind.PAYLOAD_REFUSED, body=True),
    openapi_extra=takes(WrapsIn, SESSION),
)
async def add_wraps(request: Request, commitment: Id) -> Response:
    """Let more readers in, or readers with a new key: parties to the declaration, and whoever holds a grant."""
    gateway = gateway_of(request)
    by = await gateway.participant(request)
    given = await body_of(request, WrapsIn)
    content_hash, wraps = unhex(given.content_hash), wraps_in(given.wraps)
    await gateway.work.run(gateway.client.add_wraps, unhex(commitment), content_hash, wraps, by)
    return reply(Kept(), 201)


@router.put(
    "/declarations/{id}/references",
    responses=gives(200, Kept, *_GATED, Kind.NOT_FOUND, body=True),
    openapi_extra=takes(ReferencesIn, SESSION),
)
async def put_references(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """References under which a recorded declaration is found: by its declarant, agent or administration."""
    gateway = gateway_of(request)
    owner = await gateway.participant(request)
    given = [reference_of(one) for one in (await body_of(request, ReferencesIn)).references]
    view = await gateway.work.run(gateway.client.declaration, unhex(id), owner)
    if view is None or owner not in (view.declarant, view.agent, view.competent):
        raise ProblemError(Kind.NOT_FOUND)  # as for a declaration that does not exist
    await gateway.work.run(gateway.client.add_references, unhex(id), given, owner)
    return reply(Kept())


@router.post(
    "/readers",
    status_code=201,
    responses=gives(201, Kept, *_GATED, Kind.NOT_FOUND, body=True),
    openapi_extra=takes(ReaderIn, SESSION),
)
async def add_reader(request: Request) -> Response:
    """Let a participant read the status of what you declared under a transport reference."""
    gateway = gateway_of(request)
    granted_by = await gateway.participant(request)
    asked = await body_of(request, ReaderIn)
    await gateway.work.run(gateway.client.add_reader, reference_of(asked.reference), asked.reader, granted_by)
    return reply(Kept(), 201)


def reference_of(given: ReferenceIn) -> Reference:
    """The reference that a request names."""
    return Reference(ReferenceType[given.type], given.value, given.scope)
