"""The question in the address of ``…/status``: read by hand, for it is the question that is asked most."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache, partial
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.convertors import Convertor
from starlette.types import Receive, Scope, Send

from api.problems import Kind, ProblemError
from api.schemas import COUNTRY, LONGEST, TEXT, QueryIn
from ledger.client import ReferenceType, StatusQuery

_TEXT: Final = re.compile(TEXT)
_COUNTRY: Final = re.compile(COUNTRY)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ByHand(APIRoute):
    """A route whose function takes the request as it came: FastAPI documents it, and has no part in answering it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As any other route."""
        super().__init__(*args, **kwargs)
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


class ReferenceConvertor(Convertor[str]):
    """A reference in a path: anything, also slashes, which many references have."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


def _parameter(name: str, place: str, description: str, **schema: Any) -> dict[str, Any]:
    known = {"name": name, "in": place, "required": place == "path", "description": description}
    return {**known, "schema": {"type": "string", **schema}}


PARAMETERS: Final = [
    _parameter("ref", "path", "UCR, DUCR, MRN, HAWB, S10, order number, …", pattern=TEXT, maxLength=LONGEST),
    _parameter("type", "query", "What it is; any type without.", enum=[one.name for one in ReferenceType]),
    _parameter("for", "query", "Released where: ISO 3166-1 alpha-2.", pattern=COUNTRY),
    _parameter("around", "query", "About when the goods moved; S10 numbers are used again.", format="date"),
]
"""Path and query as OpenAPI has them."""


def asked(request: Request) -> StatusQuery:
    """The question that an address asks.

    Raises:
        ProblemError: INVALID, with each parameter that is unknown, given twice or of the wrong form.
    """
    reference = request.path_params["ref"]
    found, wrong = _parameters(request.scope["query_string"])
    if len(reference) > LONGEST or not _TEXT.match(reference):
        wrong = ("ref", *wrong)
    if wrong:
        places = [{"parameter": name, "detail": "unknown, given twice, or not of its form"} for name in wrong]
        raise ProblemError(Kind.INVALID, "", places)
    return StatusQuery(
        reference=reference, type=found.get("type"), country=found.get("for"), around=found.get("around")
    )


@lru_cache(maxsize=256)
def _parameters(query: bytes) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """What a query says, and the parameters that are wrong. Kept, for all ask with the same few."""
    found: dict[str, Any] = {}
    wrong = []
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        read = _READ.get(name)
        try:
            if read is None or name in found:
                raise ValueError(name)  # noqa: TRY301 - one place that notes what is wrong
            found[name] = read(value)
        except (KeyError, ValueError):
            wrong.append(name)
    return found, tuple(wrong)


def query_of(given: QueryIn) -> StatusQuery:
    """The question that a body asks."""
    kind = ReferenceType[given.type] if given.type else None
    around = None if given.around is None else noon(given.around)
    return StatusQuery(reference=given.reference, type=kind, country=given.country, around=around)


def noon(day: date) -> int:
    """The middle of a day (UTC), in seconds."""
    return int(datetime.combine(day, time(12), UTC).timestamp())


def _matching(form: re.Pattern[str], value: str) -> str:
    if not form.fullmatch(value):
        raise ValueError(value)
    return value


def _day(value: str) -> int:
    return noon(date.fromisoformat(_matching(_DAY, value)))


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "type": ReferenceType.__getitem__,
    "for": partial(_matching, _COUNTRY),
    "around": _day,
}
