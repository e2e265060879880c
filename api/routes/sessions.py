"""Sessions: a challenge, and the token for meeting it."""

from fastapi import APIRouter, Request, Response

from api.answers import Challenge, Token
from api.documentation import NO_SESSION, gives, takes
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.schemas import Answered, Challenged, body_of
from api.wire import hexed, instant, reply, unhex

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


@router.post(
    "/challenges",
    status_code=201,
    responses=gives(201, Challenge, body=True),
    openapi_extra=takes(Challenged, NO_SESSION),
)
async def challenge(request: Request) -> Response:
    """A challenge, good once and for some minutes: sign its typed data with a key of the organisation."""
    gateway = gateway_of(request)
    asked = await body_of(request, Challenged)
    claim = await gateway.work.run(gateway.sessions.challenge, asked.organisation)
    chain_id = gateway.sessions.chain_id
    return reply(
        Challenge(
            nonce=hexed(claim.nonce),
            expires=instant(claim.deadline),
            digest=hexed(claim.digest(chain_id)),
            typed_data=claim.typed_data(chain_id),
        ),
        201,
    )


@router.post(
    "",
    status_code=201,
    responses=gives(201, Token, Kind.SESSION_REFUSED, body=True),
    openapi_extra=takes(Answered, NO_SESSION),
)
async def open_session(request: Request) -> Response:
    """A bearer token for a met challenge. What was wrong with one that was not met, is not told."""
    gateway = gateway_of(request)
    met = await body_of(request, Answered)
    opened = await gateway.work.run(
        gateway.sessions.open, unhex(met.nonce), met.organisation, met.deadline, unhex(met.signature)
    )
    if opened is None:
        raise ProblemError(Kind.SESSION_REFUSED)
    token, session = opened
    expires = instant(session.expires)
    return reply(Token(token=token, organisation=session.organisation, expires=expires), 201)
