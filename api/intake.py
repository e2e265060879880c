"""From the body of ``POST /v1/records`` to entries: one object, a JSON array, or NDJSON; a problem is an item's own."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from api.answers import TakenOne
from api.problems import Kind, ProblemError, content, problem_of
from api.schemas import Signed, decoded
from api.wire import hexed, unhex
from ledger.client import Client, Entry, Submission
from ledger.domain.codes import Outcome
from ledger.domain.depth import nests_deeper
from ledger.errors import PassavantError

LARGEST: Final = 1000
"""Records of one request."""

_INSTEAD: Final = "What the goods need is a control of their own; a declined recognition says so to the partner."

Item = Entry | ProblemError


def entry_of(client: Client, signed: Signed) -> Entry:
    """The entry of a signed record.

    Raises:
        FieldError: a field is missing, unknown or of the wrong form.
    """
    record = client.record_from_json(signed.type, signed.fields)
    return Entry(record, unhex(signed.signature), unhex(signed.proof))


def is_array(body: bytes) -> bool:
    """Whether a JSON body is an array."""
    return body.lstrip(b" \t\r\n").startswith(b"[")


def items_of_array(client: Client, body: bytes) -> list[Item]:
    """The items of a JSON array.

    Raises:
        ProblemError: it is no array of objects, or too long.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ProblemError(Kind.MALFORMED_JSON) from None
    strange = next((at for at, one in enumerate(found) if not isinstance(one, dict)), None)
    if strange is not None:
        raise ProblemError(Kind.INVALID, "", [{"pointer": f"/{strange}", "detail": "not an object"}])
    return _items(client, [json.dumps(one).encode() for one in _counted(found)])


def items_of_lines(client: Client, body: bytes, max_depth: int) -> list[Item]:
    """The items of NDJSON, one a line; empty lines count for nothing.

    Raises:
        ProblemError: too many lines.
    """
    lines = [line for line in body.split(b"\n") if line.strip()]
    deep = ProblemError(Kind.TOO_DEEP)
    return [deep if nests_deeper(line, max_depth) else _item(client, line) for line in _counted(lines)]


def _counted(found: Sequence[Any]) -> Sequence[Any]:
    if len(found) > LARGEST:
        raise ProblemError(Kind.INVALID, f"more than {LARGEST} records")
    return found


def _items(client: Client, found: Iterable[bytes]) -> list[Item]:
    return [_item(client, raw) for raw in found]


def _item(client: Client, raw: bytes) -> Item:
    try:
        return entry_of(client, decoded(Signed, raw))
    except PassavantError as error:
        return problem_of(error)


def problem_with(result: Submission) -> ProblemError | None:
    """Why a record is not kept; None when it is, perhaps as refused."""
    if result.refused is Outcome.NOT_AUTHENTIC:
        return ProblemError(Kind.NOT_AUTHENTIC)
    return ProblemError(Kind.OUTSIDE_ANNEX, f"{result.outside} {_INSTEAD}") if result.outside else None


def taken(result: Submission | PassavantError) -> dict[str, Any]:
    """The result of one record of many."""
    if isinstance(result, PassavantError):
        told = content(problem_of(result))
        return {"status": told["status"], "problem": told}
    problem = problem_with(result)
    if problem is not None:
        return taken(problem)
    return {"status": 202, **msgspec.to_builtins(taken_one(result))}


def taken_one(result: Submission) -> TakenOne:
    """The result of a record that is kept; it may be kept as refused."""
    outcome = None if result.refused is None else result.refused.name
    return TakenOne(id=hexed(result.digest), new=result.new, outcome=outcome)
