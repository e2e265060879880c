"""Release receipts: a file that proves a decision and a status without this gateway (`docs/receipts.md`)."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.documentation import SESSION, header, problems
from api.gateway import gateway_of
from api.negotiation import best
from api.problems import Kind, ProblemError
from api.wire import NO_STORE, Id, instant, unhex

router = APIRouter(prefix="/v1", tags=["ledger"])

_FORMS: Final = {
    "application/json": "json",
    "application/vnd.passavant.receipt+json": "json",
    "application/cbor": "cbor",
    "application/vnd.passavant.receipt+cbor": "cbor",
    "image/png": "png",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
}
_LANGUAGES: Final = ("en", "fr")
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {"json": {"type": "object"}}
_GOOD: Final = {
    "description": "JSON and CBOR are the same content; pictures and PDF hold the receipt's compact form as QR codes.",
    "content": {
        media: {"schema": _SCHEMAS.get(form, {"type": "string", "format": "binary"})} for media, form in _FORMS.items()
    },
}


@router.get(
    "/declarations/{id}/receipt",
    responses={
        200: _GOOD,
        **problems(Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND, Kind.NO_RECEIPT, Kind.INVALID),
    },
    openapi_extra={
        "security": SESSION,
        "parameters": [header("Accept-Language", "Of the PDF: en or fr.")],
    },
)
async def receipt(request: Request, id: Id) -> Response:  # noqa: A002 - the name in the path
    """A receipt of a declaration's status, for who may read that status. ``Accept`` chooses its form."""
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    media = best(request.headers.get("accept", "*/*"), tuple(_FORMS))
    if media is None:
        raise ProblemError(Kind.NOT_ACCEPTABLE, f"a receipt comes as {', '.join(_FORMS)}")
    if not await gateway.work.run(gateway.client.may_read_status, unhex(id), viewer):
        raise ProblemError(Kind.NOT_FOUND)
    language = best(request.headers.get("accept-language", "*"), _LANGUAGES) or _LANGUAGES[0]
    made = await gateway.work.run(gateway.client.receipt_file, unhex(id), _FORMS[media], language)
    headers = {
        **NO_STORE,
        "passavant-as-of": f"block={made.block}, time={instant(made.time)}",
        "passavant-checkpoint": made.vouching,
        "content-language": language,
    }
    return Response(made.content, 200, headers, media)
