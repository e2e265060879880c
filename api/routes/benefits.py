"""What mutual recognition brought: for administrations and auditors."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from api.documentation import SESSION, gives_view
from api.gateway import gateway_of
from api.problems import Kind, ProblemError
from api.views import plain
from api.wire import reply
from ledger.domain.benefits import Benefit, Interval
from ledger.domain.codes import OrganisationKind
from ledger.domain.proposals import Period

router = APIRouter(prefix="/v1/recognition", tags=["ledger"])

_DATE: Final = r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_DAY: Final = 86_400
_END_OF_TIME: Final = 1 << 40
_ENTITLED: Final = frozenset({OrganisationKind.ADMINISTRATION, OrganisationKind.AUDITOR})
_FORM: Final[dict[str, Any]] = {"pattern": _DATE, "json_schema_extra": {"format": "date"}}
From = Annotated[str | None, Query(alias="from", description="First day (UTC).", **_FORM)]
To = Annotated[str | None, Query(description="Last day (UTC).", **_FORM)]
By = Annotated[str | None, Query(pattern="^(month|quarter)$", description="One line for each; else one for all.")]


@router.get(
    "/benefits",
    responses=gives_view(
        200,
        Benefit,
        Kind.SESSION_NEEDED,
        Kind.SESSION_INVALID,
        Kind.NOT_ENTITLED,
        Kind.INVALID,
        many="benefits",
    ),
    openapi_extra={"security": SESSION},
)
async def benefits(request: Request, first: From = None, to: To = None, by: By = None) -> Response:
    """Recognised, declined with reasons, withdrawn and waived, by pair of administrations and period.

    Counted from recorded events by block time, so that a period which is over never changes. An administration sees
    what it recognised itself, and what its partners under an arrangement recognised of its controls.
    """
    gateway = gateway_of(request)
    session = await gateway.session(request)
    if session is None:
        raise ProblemError(Kind.SESSION_NEEDED)
    if session.kind not in _ENTITLED:
        raise ProblemError(Kind.NOT_ENTITLED)
    period = Period(_start("from", first) if first else 0, _start("to", to) + _DAY if to else _END_OF_TIME)
    interval = Interval(by) if by else None
    found = await gateway.work.run(gateway.client.benefits, session.organisation, period, interval)
    return reply({"benefits": plain(found)})


def _start(name: str, text: str) -> int:
    """The first second of a day (UTC).

    Raises:
        ProblemError: INVALID: there is no such day.
    """
    try:
        return int(datetime.combine(date.fromisoformat(text), time(), UTC).timestamp())
    except ValueError:
        raise ProblemError(Kind.INVALID, "", [{"parameter": name, "detail": "there is no such day"}]) from None
