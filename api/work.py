"""The façade is synchronous: its calls run in a bounded pool of threads, and submissions in groups."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from api.metrics import Metrics
from ledger.client import Client, Entry, StoreError, Submission
from ledger.errors import PassavantError

P = ParamSpec("P")
T = TypeVar("T")
LARGEST_GROUP: Final = 1000


class Work:
    """Runs the client's calls off the event loop; short reads on it where that is faster."""

    def __init__(self, threads: int, *, inline: bool) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passavant")
        self._inline = inline

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: call(*args, **kwargs))

    async def read(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call that takes well under a millisecond."""
        return call(*args, **kwargs) if self._inline else await self.run(call, *args, **kwargs)

    def close(self) -> None:
        """Wait for what runs."""
        self._pool.shutdown()


class Intake:
    """Group commit: what arrives while a group is being kept forms the next group, one façade call each.

    An answer is given only after the store has the record, so that a 202 survives a crash.
    """

    def __init__(self, client: Client, work: Work, metrics: Metrics) -> None:
        self._client = client
        self._work = work
        self._metrics = metrics
        self._waiting: list[tuple[Entry, asyncio.Future[Submission]]] = []
        self._keeping: asyncio.Task[None] | None = None

    async def submit(self, entries: Sequence[Entry]) -> list[Submission | PassavantError]:
        """Keep entries; each with its own result.

        Raises:
            StoreError: the store can't be used; nothing is known to be kept.
        """
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Submission]] = [loop.create_future() for _ in entries]
        self._waiting += zip(entries, futures, strict=True)
        if self._keeping is None:
            self._keeping = loop.create_task(self._keep())
        results = await asyncio.gather(*futures, return_exceptions=True)
        return [_told(result) for result in results]

    async def close(self) -> None:
        """Wait until everything that was taken is kept."""
        while self._keeping is not None:
            await self._keeping

    async def _keep(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
                self._metrics.groups.observe(len(group))
                self._metrics.waiting.set(len(self._waiting))
                await self._keep_group(group)
        finally:
            self._keeping = None

    async def _keep_group(self, group: list[tuple[Entry, asyncio.Future[Submission]]]) -> None:
        try:
            kept = await self._work.run(self._client.submit, [entry for entry, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must be told
            if len(group) == 1 or isinstance(error, StoreError):
                for _, future in group:
                    _settle(future, error)
                return
            for item in group:  # one bad entry never stops another
                await self._keep_group([item])
            return
        for (_, future), submission in zip(group, kept, strict=True):
            _settle(future, submission)


def _settle(future: "asyncio.Future[Submission]", result: Submission | Exception) -> None:
    if future.done():  # who asked has gone; the record is kept all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def _told(result: Submission | BaseException) -> Submission | PassavantError:
    if isinstance(result, StoreError) or (isinstance(result, BaseException) and not isinstance(result, PassavantError)):
        raise result
    return result
