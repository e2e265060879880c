"""JSON-RPC over one kept-alive HTTP connection: the only place that talks to a node.

>>> rpc = Rpc("http://127.0.0.1:8545")  # doctest: +SKIP
>>> as_int(rpc.call("eth_chainId"))  # doctest: +SKIP
31337
"""

import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import SplitResult, urlsplit

import msgspec

from ledger.chain.errors import BadAnswer, NodeError, NodeUnreachable

T = TypeVar("T")
Call = tuple[str, Sequence[object]]
"""A method and its parameters."""

BATCH: Final = 100
"""Calls per HTTP request of a batch: beyond it anvil gains nothing, and other nodes refuse."""

_READS: Final = ("eth_get", "eth_call", "eth_chainId", "eth_block", "eth_estimate", "eth_fee", "eth_gas", "eth_max")
_IDLE: Final = 5.0
_OK: Final = 200


class _Failure(msgspec.Struct):
    code: int = 0
    message: str = ""
    data: Any = None


class _Answer(msgspec.Struct):
    id: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: _Failure | None = None


_answer: Final = msgspec.json.Decoder(_Answer)
_answers: Final = msgspec.json.Decoder(list[_Answer])


def as_int(quantity: object) -> int:
    """The number of a JSON-RPC quantity.

    Raises:
        BadAnswer: it is none.
    """
    try:
        return int(str(quantity), 16)
    except ValueError:
        raise BadAnswer("quantity", f"{quantity!r} is no number") from None


def as_bytes(data: object) -> bytes:
    """The bytes of JSON-RPC data.

    Raises:
        BadAnswer: it is none.
    """
    try:
        return bytes.fromhex(str(data).removeprefix("0x"))
    except ValueError:
        raise BadAnswer("data", "no bytes in hex") from None


def hexed(value: bytes | int) -> str:
    """JSON-RPC's text of bytes or of a quantity."""
    return f"0x{value.hex()}" if isinstance(value, bytes) else hex(value)


def is_read(method: str) -> bool:
    """Whether asking twice is the same as asking once, so that a lost answer may be asked for again."""
    return method.startswith((*_READS, "net_", "web3_"))


class Rpc:
    """A node behind a URL.

    Safe to share between threads: requests go one after the other, under a lock; a thread that must not wait for
    another's request takes an `Rpc` of its own. Reads are tried again a few times when no answer comes; anything
    else is sent once, and never over a connection that idled and may be dead.

    Args:
        url: ``http://`` or ``https://``; user and password in it become basic authentication.
        timeout: seconds to wait for an answer.
        attempts: how often a read is tried in all.
        pause: seconds before the second try of a read; doubles with each further one.
        headers: further HTTP headers, such as a bearer token; shown nowhere.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        attempts: int = 3,
        pause: float = 0.1,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._url = _checked(url)
        self.endpoint = f"{self._url.scheme}://{self._url.hostname}:{self._url.port or _default_port(self._url)}"
        self._timeout = timeout
        self._attempts = attempts
        self._pause = pause
        self._headers = {"Content-Type": "application/json", **_authorisation(self._url), **(headers or {})}
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0
        self._id = 0

    def __repr__(self) -> str:
        return f"Rpc({self.endpoint})"

    def call(self, method: str, *params: object) -> Any:
        """The result of one call, as plain JSON values.

        Raises:
            NodeUnreachable: no answer.
            NodeError: the node's own error.
            BadAnswer: no JSON-RPC answer.
        """
        return self.typed(object, method, *params)

    def typed(self, shape: type[T], method: str, *params: object) -> T:
        """As `call`; the result is decoded straight into `shape` (a type that msgspec knows)."""
        body = self._exchange([(method, params)])[0]
        return _result(shape, method, body)

    def batch(self, calls: Sequence[Call], shape: type[T] = object) -> list[T | NodeError]:  # type: ignore[assignment]
        """The results in the order of the calls, each decoded into `shape`; a call that failed gives its `NodeError`.

        Raises:
            NodeUnreachable: no answer.
            BadAnswer: no JSON-RPC answer, or a call without one.
        """
        results: list[T | NodeError] = []
        for start in range(0, len(calls), BATCH):
            part = calls[start : start + BATCH]
            for (method, _), answer in zip(part, self._exchange(part), strict=True):
                results.append(_error(answer.error) if answer.error else _result(shape, method, answer))
        return results

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        with self._lock:
            self._drop()

    def _exchange(self, calls: Sequence[Call]) -> list[_Answer]:
        repeatable = all(is_read(method) for method, _ in calls)
        with self._lock:
            first = self._id + 1
            self._id += len(calls)
            body = self._post(_encoded(calls, first), self._attempts if repeatable else 1)
        return _ordered(_decoded(body, calls), first, calls)

    def _post(self, body: bytes, attempts: int) -> bytes:
        for attempt in range(1, attempts + 1):
            try:
                return self._once(body)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                if attempt == attempts:
                    raise NodeUnreachable(self.endpoint, _said(error)) from None
                time.sleep(self._pause * 2 ** (attempt - 1))
        raise AssertionError  # pragma: no cover

    def _once(self, body: bytes) -> bytes:
        connection = self._open()
        connection.request("POST", _target(self._url), body, self._headers)
        with connection.getresponse() as response:
            answer = response.read()
            self._used = time.monotonic()
            if response.status != _OK and not answer.lstrip().startswith((b"{", b"[")):
                raise http.client.HTTPException(f"HTTP status {response.status}")
        return answer

    def _open(self) -> http.client.HTTPConnection:
        if self._connection and time.monotonic() - self._used > _IDLE:
            self._drop()
        if self._connection is None:
            secure = self._url.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            self._connection = kind(self._url.hostname or "", self._url.port, timeout=self._timeout)
        return self._connection

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def _checked(url: str) -> SplitResult:
    split = urlsplit(url)
    if split.scheme not in {"http", "https"} or not split.hostname:
        raise NodeUnreachable(split.hostname or "node", "a node's URL starts with http:// or https:// and names a host")
    return split


def _default_port(url: SplitResult) -> int:
    return 443 if url.scheme == "https" else 80


def _authorisation(url: SplitResult) -> dict[str, str]:
    if url.username is None:
        return {}
    from base64 import b64encode

    pair = f"{url.username}:{url.password or ''}".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}


def _target(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__


def _encoded(calls: Sequence[Call], first: int) -> bytes:
    requests = [
        {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        for number, (method, params) in enumerate(calls, first)
    ]
    return msgspec.json.encode(requests[0] if len(requests) == 1 else requests)


def _decoded(body: bytes, calls: Sequence[Call]) -> list[_Answer]:
    try:
        if body.lstrip().startswith(b"["):
            return _answers.decode(body)
        return [_answer.decode(body)]
    except msgspec.MsgspecError as error:
        raise BadAnswer(calls[0][0], f"no JSON-RPC answer: {error}") from None


def _ordered(answers: list[_Answer], first: int, calls: Sequence[Call]) -> list[_Answer]:
    if len(calls) > 1 and len(answers) == 1 and answers[0].error:
        raise _error(answers[0].error)  # the node refused the batch as a whole
    by_id = {answer.id: answer for answer in answers}
    if len(calls) == 1 and len(answers) == 1 and answers[0].id is None:
        by_id[first] = answers[0]  # an error about the request itself names no id
    missing = next((method for i, (method, _) in enumerate(calls, first) if i not in by_id), None)
    if missing:
        raise BadAnswer(missing, "the answer is to another request")
    return [by_id[number] for number in range(first, first + len(calls))]


def _result(shape: type[T], method: str, answer: _Answer) -> T:
    if answer.error:
        raise _error(answer.error)
    try:
        return msgspec.json.decode(answer.result, type=shape)
    except msgspec.MsgspecError as error:
        raise BadAnswer(method, str(error)) from None


def _error(failure: _Failure) -> NodeError:
    return NodeError(failure.code, failure.message, failure.data)
