"""The edge: what every request passes before a route sees it, and every answer on its way out.

In order: request id, rate, what may be answered, size, depth; at the end the log line and the numbers.
Plain ASGI, because this runs on every request.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.limits import RateLimiter
from api.logs import Log, where
from api.metrics import Metrics
from api.problems import Kind, ProblemError, respond
from ledger.domain.depth import nests_deeper

JSON: Final = b"application/json"
NDJSON: Final = b"application/x-ndjson"
_ACCEPTED: Final = (b"*/*", b"application/*", JSON)
_IN_FORMS: Final = "/receipt"
"""Ends the path of what is answered in several media types, which its route chooses from."""
_RECEIPT: Final = 25.0
"""What a receipt costs of the rate: drawing a series of QR codes takes a second."""
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_COSTLY: Final = {"/v1/sessions/challenges": 10.0, "/v1/sessions": 10.0}


@dataclass(frozen=True, slots=True)
class EdgeRules:
    """Largest body in bytes, deepest JSON, and how often."""

    max_body: int
    max_depth: int
    limiter: RateLimiter


class Edge:
    """The middleware."""

    def __init__(self, app: ASGIApp, rules: EdgeRules, metrics: Metrics, log: Log) -> None:
        self._app = app
        self._rules = rules
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the lifespan passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(send)
        try:
            await self._serve(scope, receive, exchange)
        except ProblemError as problem:
            await respond(problem)(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the last line: nothing of an unforeseen error may leave
            self._log.error("unforeseen error", request=exchange.id, kind=type(error).__qualname__, frames=where(error))
            if not exchange.status:
                await respond(ProblemError(Kind.INTERNAL, f"request {exchange.id}"))(scope, receive, exchange.send)
        finally:
            self._note(scope, exchange)

    async def _serve(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        client = scope["client"][0] if scope["client"] else ""
        cost = _RECEIPT if scope["path"].endswith(_IN_FORMS) else _COSTLY.get(scope["path"], 1)
        wait = self._rules.limiter.wait(client, time.monotonic(), cost)
        if wait:
            raise ProblemError(Kind.TOO_MANY_REQUESTS, headers={"retry-after": str(int(wait) + 1)})
        headers = dict(scope["headers"])
        if not _acceptable(scope["path"], headers.get(b"accept", b"*/*")):
            raise ProblemError(Kind.NOT_ACCEPTABLE)
        if scope["method"] in _WITH_BODY:
            body = await self._body(headers, receive)
            receive = _replay(body, receive)
        await self._app(scope, receive, exchange.send)

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._rules.max_body:
            raise self._too_large()
        body = await self._read(receive)
        by_line = headers.get(b"content-type", b"").startswith(NDJSON)  # whose route looks at each line
        if not by_line and nests_deeper(body, self._rules.max_depth):
            raise ProblemError(Kind.TOO_DEEP, f"more than {self._rules.max_depth} levels")
        return body

    async def _read(self, receive: Receive) -> bytes:
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            part = message.get("body", b"")
            size += len(part)
            if size > self._rules.max_body:
                raise self._too_large()
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)

    def _too_large(self) -> ProblemError:
        return ProblemError(Kind.TOO_LARGE, f"more than {self._rules.max_body} bytes", headers={"connection": "close"})

    def _note(self, scope: Scope, exchange: "_Exchange") -> None:
        seconds = time.perf_counter() - exchange.began
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request(method, route, exchange.status, seconds)
        self._log.info(
            "request",
            request=exchange.id,
            method=method,
            route=route,
            status=exchange.status,
            seconds=round(seconds, 6),
        )


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})


class _Exchange:
    """One answer on its way out: its id, when the request began, and its status once it has begun (0 before)."""

    __slots__ = ("_send", "began", "id", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.began = time.perf_counter()
        self.id = secrets.token_hex(8)
        self.status = 0

    async def send(self, message: Message) -> None:
        """Pass a message on; the first one gets the headers of every answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.setdefault("headers", [])
            headers += [(b"x-request-id", self.id.encode()), (b"x-content-type-options", b"nosniff")]
        await self._send(message)


def _acceptable(path: str, accept: bytes) -> bool:
    if accept in _ACCEPTED or path == "/metrics" or path.endswith(_IN_FORMS):
        return True
    return any(part.split(b";")[0].strip().lower() in _ACCEPTED for part in accept.split(b","))


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
