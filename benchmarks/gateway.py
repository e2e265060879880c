"""Through the gateway, a process of its own, under load from another: single posts, and the status question."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measures import Broken, Comparison
from benchmarks.requests import ask, load, request, wait_until_open
from benchmarks.world import Author, Founded, opened
from benchmarks.writes import wait_until_final
from ledger.client import Client, Entry, Reference, ReferenceType
from ledger.devnet import Devnet
from ledger.devnet.gateway import Gateway, free_port
from ledger.domain.plain import to_plain

ADMINISTRATION = 826
POSTS = 1_500
POSTERS = 64
QUESTIONS = 4_000
ASKERS = 32
NAMED = 500
OK, TAKEN = 200, 202


@dataclass(frozen=True)
class Measured:
    """Posts a second until the answer and until final, their 99th percentile (s), and the status question's rates."""

    posts: list[float]
    finals: list[float]
    p99: list[float]
    status: Comparison


def measure(founded: Founded, directory: Path, rounds: int) -> Measured:
    """Both, on one gateway."""
    with founded.network("gateway") as devnet, opened(devnet) as client, _served(devnet, directory) as port:
        author = Author(devnet.home, "platform", client.domains)
        posted = _Posts(client, author, port)
        posted.run(100)
        measured = [posted.run(POSTS) for _ in range(rounds)]
        questions = _questions(client, author, port, posted.digests)
        status = _compare(port, questions, rounds)
    posts, finals, p99 = (list(column) for column in zip(*measured, strict=True))
    return Measured(posts, finals, p99, status)


@contextmanager
def _served(devnet: Devnet, directory: Path) -> Iterator[int]:
    """The port of a gateway. All load comes from one address, so there is no limit of one; and it logs no requests,
    nor does the trivial endpoint.
    """
    os.environ |= {"PASSAVANT_RATE": "0", "PASSAVANT_LOG_LEVEL": "warning"}
    gateway = Gateway(devnet.home, directory, free_port())
    try:
        yield gateway.port
    finally:
        gateway.stop()


class _Posts:
    def __init__(self, client: Client, author: Author, port: int) -> None:
        self.digests: list[bytes] = []
        self._client = client
        self._author = author
        self._port = port

    def run(self, count: int) -> tuple[float, float, float]:
        """Rates of posts taken and of posts final, and the 99th percentile of an answer; all must become final."""
        entries = self._author.openings(ADMINISTRATION, count)
        digests = [bytes(self._client.domains.digest(entry.record)) for entry in entries]
        seen = load(self._port, POSTERS, [request("POST", "/v1/records", _body(entry)) for entry in entries])
        ended = time.perf_counter()
        if seen.statuses != {TAKEN: count}:
            raise Broken(f"{count} posts were answered {seen.statuses}")
        wait_until_final(self._client, digests)
        self.digests += digests
        return count / seen.seconds, count / (seen.seconds + time.perf_counter() - ended), seen.p99


def _body(entry: Entry) -> Mapping[str, object]:
    record = to_plain(entry.record)
    return {"type": type(entry.record).__name__, "record": record, "signature": f"0x{entry.signature.hex()}"}


def _questions(client: Client, author: Author, port: int, digests: Sequence[bytes]) -> list[bytes]:
    """The declarant asks for its declarations by tracking number, with a session."""
    names = {f"TRACK{at:08}": digest for at, digest in enumerate(digests[:NAMED])}
    for name, digest in names.items():
        client.add_references(digest, [Reference(ReferenceType.TRACKING, name)], author.organisation)
    token = _token(author, port)
    found = [request("GET", f"/v1/consignments/{name}/status?type=TRACKING", token=token) for name in names]
    return [found[at % len(found)] for at in range(QUESTIONS)]


def _token(author: Author, port: int) -> str:
    challenge = ask(port, "POST", "/v1/sessions/challenges", {"organisation": author.organisation})
    message = challenge["typedData"]["message"]
    signature = author.signer.sign_digest(bytes.fromhex(challenge["digest"][2:]))
    claim = {name: message[name] for name in ("nonce", "organisation", "deadline")}
    return str(ask(port, "POST", "/v1/sessions", {**claim, "signature": f"0x{signature.hex()}"})["token"])


def _compare(port: int, questions: list[bytes], rounds: int) -> Comparison:
    least = free_port()
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.trivial", str(least)])
    try:
        wait_until_open(least, server)
        nothing = [request("GET", "/")] * len(questions)
        theirs, ours = [], []
        for _ in range(rounds):
            theirs.append(_rate(least, nothing))
            ours.append(_rate(port, questions))
    finally:
        server.terminate()
        server.wait()
    return Comparison("GET status through the gateway", ours, theirs, "trivial FastAPI endpoint")


def _rate(port: int, requests: Sequence[bytes]) -> float:
    seen = load(port, ASKERS, requests)
    if seen.statuses != {OK: len(requests)}:
        raise Broken(f"{len(requests)} questions were answered {seen.statuses}")
    return len(requests) / seen.seconds
