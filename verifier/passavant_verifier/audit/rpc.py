"""JSON-RPC over one kept connection, in batches. Whatever comes back is checked by who asked.

node = Node("http://127.0.0.1:8545")
node.call("eth_chainId")
"""

import http.client
import json
import re
import ssl
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from passavant_verifier.errors import VerifierError

LARGEST_ANSWER: Final = 1 << 30
_ATTEMPTS: Final = 4
_OK: Final = 200
_DEEPEST: Final = 64
_OPENING: Final = b"[{"
_OTHERS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class UnreachableError(VerifierError):
    """Nobody answers at this address, or nothing that can be read."""


class AnswerError(VerifierError):
    """The node answered with an error."""

    def __init__(self, method: str, code: int, message: str) -> None:
        super().__init__(f"{method}: {message}")
        self.code = code
        self.message = message


class Connection:
    """One kept HTTP connection to a server, opened again when it breaks.

    Attributes:
        url: the address, without user and password.
    """

    def __init__(self, url: str, timeout: float = 60, pause: float = 0.25) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UnreachableError(f"{url!r} is no http or https address")
        self.url = url
        self.path = f"{parts.path.rstrip('/')}?{parts.query}" if parts.query else parts.path.rstrip("/")
        self._place = (parts.hostname, parts.port)
        self._is_secure = parts.scheme == "https"
        self._timeout = timeout
        self._pause = pause
        self._connection: http.client.HTTPConnection | None = None

    @property
    def name(self) -> str:
        """The server without its path, which may hold a token."""
        host, port = self._place
        return f"{host}:{port}" if port else host

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of an answer; a broken connection is tried again.

        Raises:
            UnreachableError: there was none.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if attempt == _ATTEMPTS - 1:
                    raise UnreachableError(f"{self.name} does not answer: {type(error).__name__} {error}") from None
                time.sleep(self._pause * 2**attempt)
        raise AssertionError

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = self._open()
        self._connection.request(method, path or "/", body, headers)
        answer = self._connection.getresponse()
        content = answer.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            self.close()
            raise UnreachableError(f"{self.name} answers with more than {LARGEST_ANSWER} bytes")
        return answer.status, content

    def _open(self) -> http.client.HTTPConnection:
        host, port = self._place
        if self._is_secure:
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=self._timeout)


class Node:
    """A node's JSON-RPC."""

    def __init__(self, url: str, timeout: float = 60, pause: float = 0.25) -> None:
        self._connection = Connection(url, timeout, pause)
        self.name = self._connection.name

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def call(self, method: str, *params: Any) -> Any:
        """The result of one call.

        Raises:
            UnreachableError: no answer that can be read.
            AnswerError: an error is the answer.
        """
        (result,) = self.batch([(method, params)])
        if isinstance(result, AnswerError):
            raise result
        return result

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of many calls in their order; an error stands in its place as `AnswerError`.

        Raises:
            UnreachableError: no answer that can be read.
        """
        requests = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": list(params)}
            for place, (method, params) in enumerate(calls)
        ]
        body = json.dumps(requests).encode()
        path = self._connection.path
        status, content = self._connection.request("POST", path, body, {"content-type": "application/json"})
        if status != _OK:
            raise UnreachableError(f"{self.name} answers {status}")
        return self._in_order(calls, self._read(content))

    def _read(self, content: bytes) -> list[Any]:
        try:
            answers = parsed(content)
        except ValueError:
            raise UnreachableError(f"{self.name} does not answer with JSON") from None
        if not isinstance(answers, list):
            raise UnreachableError(f"{self.name} does not answer a batch with a list")
        return answers

    def _in_order(self, calls: Sequence[tuple[str, Sequence[Any]]], answers: list[Any]) -> list[Any]:
        by_id = {one["id"]: one for one in answers if isinstance(one, dict) and type(one.get("id")) is int}
        if len(answers) != len(calls) or by_id.keys() != set(range(len(calls))):
            raise UnreachableError(f"{self.name} leaves calls of a batch without an answer")
        return [_result(method, by_id[place]) for place, (method, _) in enumerate(calls)]


def _result(method: str, answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    known = error if isinstance(error, dict) else {}
    code = known.get("code")
    return AnswerError(method, code if isinstance(code, int) else 0, str(known.get("message", error))[:500])


def parsed(content: bytes) -> Any:
    """The JSON in these bytes. Depth is looked at first: a parser that recurses could take the process with it.

    Raises:
        ValueError: it is none, or nests too deeply.
    """
    outside = _STRINGS.sub(b"", content) if b"\\" in content else b"".join(content.split(b'"')[::2])
    depth = 0
    for bracket in outside.translate(None, _OTHERS):
        depth += 1 if bracket in _OPENING else -1
        if depth > _DEEPEST:
            raise ValueError("it nests too deeply")
    return json.loads(content)


def raw(value: Any, size: int | None = None) -> bytes:
    """The bytes of ``0x`` and hex digits.

    Raises:
        ValueError: it is something else, or of another size.
    """
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError(f"{str(value)[:80]!r} is no hex")
    found = bytes.fromhex(value[2:])
    if size is not None and len(found) != size:
        raise ValueError(f"{str(value)[:80]!r} has {len(found)} bytes, not {size}")
    return found


def number(value: Any) -> int:
    """The number of ``0x`` and hex digits.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError(f"{str(value)[:80]!r} is no number in hex")
    return int(value, 16)


def hexed(value: bytes) -> str:
    """Bytes as ``0x`` and hex digits."""
    return f"0x{value.hex()}"
