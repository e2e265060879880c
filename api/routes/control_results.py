"""The EU's control result codes, and what each may mean: for everybody, and for caches."""

from typing import Final

from fastapi import APIRouter, Response

from api.documentation import NO_SESSION, gives_view
from api.views import plain
from api.wire import reply
from ledger.documents.control_results import EuResultShown, control_results

router = APIRouter(prefix="/v1/recognition", tags=["ledger"])

_A_DAY: Final = {"cache-control": "public, max-age=86400"}


@router.get(
    "/control-results",
    responses=gives_view(200, EuResultShown, many="controlResults"),
    openapi_extra={"security": NO_SESSION},
)
async def eu_control_results() -> Response:
    """Codes A1 to B1 as method, outcome and state of the seals; of the ambiguous ones an officer says which is meant.

    A control is reported by every code that has a reading which it fits.
    """
    return reply({"controlResults": [plain(one) for one in control_results()]}, 200, _A_DAY)
