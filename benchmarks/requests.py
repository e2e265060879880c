"""Requests as bytes, and the load generator that sends them."""

import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.measures import Broken

PATIENCE = 60.0


def request(method: str, path: str, body: object = None, token: str | None = None) -> bytes:
    """A whole HTTP/1.1 request."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(content)}"]
    lines += ["content-type: application/json"] if content else []
    lines += [f"authorization: Bearer {token}"] if token else []
    return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass(frozen=True)
class Answers:
    """What the load generator saw: seconds in all, counts by status, seconds of one request."""

    seconds: float
    statuses: dict[int, int]
    median: float
    p99: float


def load(port: int, connections: int, requests: Sequence[bytes]) -> Answers:
    """Send requests over so many connections, from a process of its own.

    Raises:
        Broken: it did not end as it should.
    """
    with tempfile.NamedTemporaryFile() as file:
        file.write(msgspec.msgpack.encode(list(requests)))
        file.flush()
        command = [sys.executable, "-m", "benchmarks.load", str(port), str(connections), file.name]
        generator = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
        )
        said, _ = generator.communicate("go\n", timeout=PATIENCE)
    if generator.returncode:
        raise Broken(f"the load generator ended with {generator.returncode}")
    told = json.loads(said.splitlines()[-1])
    statuses = {int(status): count for status, count in told["statuses"].items()}
    return Answers(told["seconds"], statuses, told["median"], told["p99"])


def ask(port: int, method: str, path: str, body: object = None) -> Any:
    """The JSON of one answer.

    Raises:
        Broken: its status is none of success.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"content-type": "application/json"} if content else {})
        answer = connection.getresponse()
        told = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise Broken(f"{method} {path}: {answer.status} {told.decode()}")
    return json.loads(told)


def wait_until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until a server listens.

    Raises:
        Broken: it does not.
    """
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            ask(port, "GET", "/")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Broken("the server does not listen")
