"""What can go wrong, once: each kind of problem, its status, and the errors of the ledger that lead to it.

Bodies are problem details (RFC 9457): ``type`` is stable and ``title`` says the same in words; ``detail`` is about
this request and never repeats a reference, a payload or a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import msgspec
from starlette.responses import Response

from ledger.client import (
    AnnexRefused,
    CheckpointError,
    CursorError,
    FieldError,
    NodeUnreachable,
    NotEntitled,
    PayloadRefused,
    ReceiptError,
    ReferenceFormatError,
    SealingError,
    SealRefused,
    StaleGrant,
    StoreError,
    WrongNetwork,
)
from ledger.errors import CommitmentError, DocumentError, PassavantError

MEDIA_TYPE: Final = "application/problem+json"
NO_STORE: Final = {"cache-control": "no-store"}


class Kind(Enum):
    """Every kind of problem: status and title. The name in lower case with hyphens ends its ``type``."""

    MALFORMED_JSON = 400, "The body is not JSON"
    TOO_DEEP = 400, "The JSON is nested too deeply"
    SESSION_NEEDED = 401, "A session is needed"
    SESSION_INVALID = 401, "The session is not valid: expired, of another gateway, or its key is no longer valid"
    SESSION_REFUSED = 401, "The challenge was not met"
    NOT_AUTHENTIC = 403, "The signature is not by a registered key of the record's author; nothing is kept"
    NOT_ENTITLED = 403, "This is for other participants"
    NOT_FOUND = 404, "There is no such thing, or you are not entitled to it"
    METHOD_NOT_ALLOWED = 405, "The method is not allowed here"
    NOT_ACCEPTABLE = 406, "Answers are JSON only"
    INVALID_CURSOR = 409, "The cursor is not one of this gateway's, or its block is gone: start again before it"
    CHECKPOINT_REFUSED = 409, "The checkpoint is none of this ledger log"
    NO_RECEIPT = 409, "There is no receipt to give now"
    PAYLOAD_REFUSED = 409, "What was handed in can't be kept for this commitment"
    ANNEX_REFUSED = 409, "What was handed in is not the annex of this hash"
    OUTSIDE_ANNEX = 409, "The recognition lies outside the annex of its arrangement; nothing is kept"
    GRANT_REFUSED = 409, "A grant with this serial, or a higher one, is kept"
    RETAINED = 409, "The content has to be kept for longer, unless the administration orders its erasure"
    STALE_HEAD = 412, "The record does not extend the head of the ETag, or that head is no longer current"
    TOO_LARGE = 413, "The body is too large"
    WRONG_MEDIA_TYPE = 415, "The body has a media type that is not taken here"
    INVALID = 422, "The request does not fit its model"
    TOO_MANY_REQUESTS = 429, "Too many requests from this address"
    INTERNAL = 500, "Something went wrong here; it was noted under the request id"
    NODE_UNREACHABLE = 503, "The chain can't be reached"
    WRONG_NETWORK = 503, "The node is on another network"
    STORE_UNAVAILABLE = 503, "The store can't be used now"
    NO_RELAY = 503, "This gateway relays no records"
    NOT_READY = 503, "This gateway is not ready"

    def __init__(self, status: int, title: str) -> None:
        """Status and title."""
        self.status = status
        self.title = title

    @property
    def type(self) -> str:
        """The stable URI of this kind."""
        return f"urn:passavant:problem:{self.name.lower().replace('_', '-')}"


ERRORS: Final[Mapping[type[Exception], Kind]] = {
    CheckpointError: Kind.CHECKPOINT_REFUSED,
    ReceiptError: Kind.NO_RECEIPT,
    FieldError: Kind.INVALID,
    ReferenceFormatError: Kind.INVALID,
    DocumentError: Kind.INVALID,
    CommitmentError: Kind.INVALID,
    PayloadRefused: Kind.PAYLOAD_REFUSED,
    SealRefused: Kind.PAYLOAD_REFUSED,
    SealingError: Kind.PAYLOAD_REFUSED,
    AnnexRefused: Kind.ANNEX_REFUSED,
    StaleGrant: Kind.GRANT_REFUSED,
    NotEntitled: Kind.NOT_FOUND,
    CursorError: Kind.INVALID_CURSOR,
    NodeUnreachable: Kind.NODE_UNREACHABLE,
    WrongNetwork: Kind.WRONG_NETWORK,
    StoreError: Kind.STORE_UNAVAILABLE,
}
"""The one table from the ledger's errors to kinds; what stands nowhere in it is INTERNAL."""

SPOKEN: Final = (
    AnnexRefused,
    CheckpointError,
    FieldError,
    ReferenceFormatError,
    DocumentError,
    CommitmentError,
    PayloadRefused,
    ReceiptError,
    SealRefused,
    SealingError,
    StaleGrant,
)
"""Errors about the request itself: what they say may be told to who made it."""


@dataclass(eq=False)
class ProblemError(PassavantError):
    """A problem that the gateway itself finds; `pointers` say where in the request (RFC 6901) and what."""

    kind: Kind
    detail: str = ""
    pointers: list[dict[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Title and detail."""
        return f"{self.kind.title}: {self.detail}" if self.detail else self.kind.title


def problem_of(error: Exception) -> ProblemError:
    """The problem that an error is, by the table."""
    if isinstance(error, ProblemError):
        return error
    kind = next((ERRORS[cls] for cls in type(error).__mro__ if cls in ERRORS), Kind.INTERNAL)
    if isinstance(error, FieldError):
        return ProblemError(kind, "", [{"pointer": f"/record/{error.field}", "detail": error.reason}])
    return ProblemError(kind, str(error) if isinstance(error, SPOKEN) else "")


def content(problem: ProblemError) -> dict[str, Any]:
    """The members of the problem's body."""
    found: dict[str, Any] = {"type": problem.kind.type, "title": problem.kind.title, "status": problem.kind.status}
    if problem.detail:
        found["detail"] = problem.detail
    if problem.pointers:
        found["errors"] = problem.pointers
    return found


def respond(problem: ProblemError) -> Response:
    """The problem as an answer."""
    headers = {**NO_STORE, **problem.headers}
    if problem.kind.status == 401:  # noqa: PLR2004 - RFC 9110, 11.6.1 wants the scheme named
        headers["www-authenticate"] = 'Bearer realm="passavant"'
    return Response(msgspec.json.encode(content(problem)), problem.kind.status, headers, MEDIA_TYPE)
