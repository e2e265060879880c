"""What stays off the chain: payloads, references for the private index, and who may read a status."""

from typing import Final

from fastapi import APIRouter, Request, Response

from api.answers import Fields, Kept
from api.documentation import SESSION, gives, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.schemas import FieldsIn, PayloadIn, ReaderIn, ReferenceIn, ReferencesIn, body_of
from api.wire import Id, hexed, reply, unhex
from ledger.client import Payload, Reference, ReferenceType, Scope

router = APIRouter(prefix="/v1", tags=["payloads"])

_GATED: Final = (Kind.SESSION_NEEDED, Kind.SESSION_INVALID)


@router.put(
    "/payloads/{commitment}",
    responses=gives(200, Kept, *_GATED, Kind.PAYLOAD_REFUSED, body=True),
    openapi_extra=takes(PayloadIn, SESSION),
)
async def put_payload(request: Request, commitment: Id) -> Response:
    """Keep what a commitment was made over; its root is computed again and must be the commitment."""
    gateway = gateway_of(request)
    owner = await gateway.participant(request)
    given = (await body_of(request, PayloadIn)).root
    payload: Payload | Scope
    if isinstance(given, FieldsIn):
        payload = Payload(given.schema_name, unhex(given.seed), tuple(given.fields))
    else:
        payload = Scope({int(item): quantity for item, quantity in given.scope.items()})
    await gateway.work.run(gateway.client.put_payload, unhex(commitment), payload, owner)
    return reply(Kept())


@router.get(
    "/payloads/{commitment}",
    responses=gives(200, Fields, *_GATED, Kind.NOT_FOUND, Kind.INVALID),
    openapi_extra={"security": SESSION},
)
async def get_payload(request: Request, commitment: Id) -> Response:
    """What opens a commitment: for the declarant, its agent, the competent administration, and who handed it in."""
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    found = await gateway.work.run(gateway.client.payload, unhex(commitment), viewer)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(Fields(schema=found.schema, seed=hexed(found.seed), fields=list(found.fields)))


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
