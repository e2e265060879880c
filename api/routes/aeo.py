"""Who is an authorised economic operator, as of any moment: for every participant with a session."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api.documentation import SESSION, gives_view
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.views import plain
from api.wire import reply
from ledger.client import AeoAnswer

router = APIRouter(prefix="/v1/participants", tags=["ledger"])

_TIME: Final = (
    r"^(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
)
_FORM: Final[dict[str, Any]] = {"pattern": _TIME, "json_schema_extra": {"format": "date-time"}}
Operator = Annotated[int, Path(ge=1, le=0xFFFFFFFF, description="The operator.")]
At = Annotated[str | None, Query(description="The legal moment (UTC); now without.", **_FORM)]
Known = Annotated[str | None, Query(description="Only what was recorded by then, by block time.", **_FORM)]


@router.get(
    "/{id}/aeo",
    responses=gives_view(200, AeoAnswer, Kind.SESSION_NEEDED, Kind.SESSION_INVALID, Kind.NOT_FOUND, Kind.INVALID),
    openapi_extra={"security": SESSION},
)
async def aeo(request: Request, id: Operator, at: At = None, known: Known = None) -> Response:  # noqa: A002 - the name in the path
    """An operator's AEO status: granted, suspended or withdrawn by whom, and which partners recognise it.

    `at` is the legal moment, `known` the block time up to which records are looked at. Commitments to evidence are told
    to the home administration alone.
    """
    gateway = gateway_of(request)
    viewer = await gateway.participant(request)
    moments = _seconds("at", at), _seconds("known", known)
    found = await gateway.work.read(gateway.client.aeo, id, viewer, *moments)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    return reply(plain(found))


def _seconds(name: str, text: str | None) -> int | None:
    """Seconds (UTC) of an instant.

    Raises:
        ProblemError: INVALID: there is no such day.
    """
    try:
        return None if text is None else int(datetime.fromisoformat(text).astimezone(UTC).timestamp())
    except ValueError:
        raise ProblemError(Kind.INVALID, "", [{"parameter": name, "detail": "there is no such time"}]) from None
