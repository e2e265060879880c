"""A load generator, as a process of its own: ``python -m benchmarks.load PORT CONNECTIONS FILE``.

FILE holds whole HTTP/1.1 requests (MessagePack, a list of bytes). It opens its connections, says ``ready``, waits for a
line on standard input, sends every request once, each connection one after the other, and prints what it saw as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

_LENGTH = b"content-length:"


@dataclass
class Seen:
    """What came back."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


async def answer(reader: asyncio.StreamReader) -> int:
    """The status of one answer, which is read whole."""
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().index(_LENGTH) + len(_LENGTH)
    await reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
    return int(head[9:12])


async def work(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Iterator[bytes], seen: Seen
) -> None:
    """Send what is left, one after the other."""
    for request in requests:
        began = time.perf_counter()
        writer.write(request)
        seen.statuses[await answer(reader)] += 1
        seen.seconds.append(time.perf_counter() - began)


async def run(port: int, connections: int, requests: list[bytes]) -> None:
    """All of it."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    left, seen = iter(requests), Seen()
    began = time.perf_counter()
    await asyncio.gather(*(work(reader, writer, left, seen) for reader, writer in opened))
    took = time.perf_counter() - began
    for _, writer in opened:
        writer.close()
    latencies = sorted(seen.seconds)
    told = {
        "seconds": took,
        "statuses": {str(status): count for status, count in seen.statuses.items()},
        "median": latencies[len(latencies) // 2],
        "p99": latencies[len(latencies) * 99 // 100],
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(
        run(
            int(sys.argv[1]), int(sys.argv[2]), msgspec.msgpack.decode(Path(sys.argv[3]).read_bytes(), type=list[bytes])
        )
    )
