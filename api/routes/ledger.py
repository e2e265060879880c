"""What the ledger holds: declarations, the feed of events, participants; and which network it is."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.answers import Feed, NetworkShown
from api.documentation import IF_NONE_MATCH, NO_SESSION, OPTIONAL_SESSION, SESSION, conditional, gives, gives_view
from api.etags import not_modified, of_declaration, quoted
from api.feed import event_answer
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.views import plain
from api.wire import NO_STORE, Id, hexed, reply, unhex
from ledger.client import DeclarationAnswer, ParticipantAnswer
from ledger.domain.codes import OrganisationKind

router = APIRouter(prefix="/v1", tags=["ledger"])

After = Annotated[
    str | None, Query(max_length=200, pattern="^[0-9A-Za-z._:~=-]+$", description="`next` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=1000, description="Entries of a page at most.")]
_PUBLIC: Final = {"cache-control": "no-cache"}


@router.get(
    "/declarations/{id}",
    responses=conditional(gives_view(200, DeclarationAnswer, Kind.SESSION_INVALID, Kind.NOT_FOUND, Kind.INVALID)),
    openapi_extra={"security": OPTIONAL_SESSION, "parameters": [IF_NONE_MATCH]},
)
async def declaration(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """A declaration as it stands. Its ETag in ``If-Match`` makes sure that a record extends the head seen here."""
    gateway = gateway_of(request)
    viewer = await gateway.viewer(request)
    view = await gateway.work.read(gateway.client.declaration, unhex(id), viewer)
    if view is None:
        raise ProblemError(Kind.NOT_FOUND)
    content = plain(view)
    content["etag"] = tag = of_declaration(view.settled_head, view.hold_head, content)
    return not_modified(request, tag, NO_STORE) or reply(content, 200, {**NO_STORE, "etag": quoted(tag)})


@router.get(
    "/events",
    responses=gives(
        200, Feed, Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_ENTITLED, Kind.INVALID, Kind.INVALID_CURSOR
    ),
    openapi_extra={"security": SESSION},
)
async def events(request: Request, after: After = None, limit: Limit = 100) -> Response:
    """The feed, for auditors: every event in the ledger's order, as it travelled and decoded.

    Go on from `next`. An auditor folds the whole history from here, and needs to trust nobody for it.
    """
    gateway = gateway_of(request)
    session = await gateway.session(request)
    if session is None:
        raise ProblemError(Kind.SESSION_NEEDED)
    if session.kind is not OrganisationKind.AUDITOR:
        raise ProblemError(Kind.NOT_ENTITLED)
    page = await gateway.work.run(gateway.client.events, after, limit)
    return reply(Feed(events=[event_answer(one) for one in page.items], next=page.next))


@router.get(
    "/participants",
    responses=gives_view(200, ParticipantAnswer, Kind.INVALID, Kind.INVALID_CURSOR, many="participants", paged=True),
    openapi_extra={"security": NO_SESSION},
)
async def participants(request: Request, after: After = None, limit: Limit = 100) -> Response:
    """Organisations and their keys, by id."""
    gateway = gateway_of(request)
    page = await gateway.work.run(gateway.client.participants, after, limit)
    return reply({"participants": [plain(one) for one in page.items], "next": page.next}, 200, _PUBLIC)


@router.get("/network", responses=gives(200, NetworkShown), openapi_extra={"security": NO_SESSION})
async def network(request: Request) -> Response:
    """Which network this is: whoever works with several gateways sees before it signs anything."""
    gateway = gateway_of(request)
    domains = gateway.client.domains
    shown = NetworkShown(
        gateway=gateway.settings.gateway,
        chain_id=domains.consignments.chain_id,
        network_id=hexed(domains.consignments.network_id),
        consignments=hexed(domains.consignments.contract),
        participants=hexed(domains.participants.contract),
        recognitions=hexed(domains.recognitions.contract),
    )
    return reply(shown, 200, _PUBLIC)
