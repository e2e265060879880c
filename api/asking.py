"""Questions that arrive together are answered together: one façade call and one snapshot of the store for all.

A group is complete when a turn of the event loop brings nobody new: one question alone waits for one turn, and the
busier the gateway is, the larger are its groups and the less each answer costs.
"""

import asyncio
from typing import Final

from api.work import Work
from ledger.client import Client, StatusAnswer, StatusQuery

LARGEST_GROUP: Final = 100
ENOUGH: Final = 32
"""Questions that wait for no others to come: more of them would hardly get cheaper."""
Waiting = list[tuple[StatusQuery, asyncio.Future[StatusAnswer]]]


class Asking:
    """Asks "is it released?" for several requests at once, separately for each viewer."""

    def __init__(self, client: Client, work: Work) -> None:
        self._client = client
        self._work = work
        self._waiting: dict[int | None, Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def status(self, query: StatusQuery, viewer: int | None) -> StatusAnswer:
        """The answer to a question."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[StatusAnswer] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._ask_when_complete, 0)
        self._waiting.setdefault(viewer, []).append((query, answer))
        return await answer

    def _ask_when_complete(self, before: int) -> None:
        """Ask, unless there are more than `before`, a turn ago: then others may be on their way."""
        count = sum(len(questions) for questions in self._waiting.values())
        if before < count < ENOUGH:
            asyncio.get_running_loop().call_soon(self._ask_when_complete, count)
        else:
            self._ask()

    def _ask(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for viewer, questions in waiting.items():
            for start in range(0, len(questions), LARGEST_GROUP):
                task = asyncio.create_task(self._ask_group(questions[start : start + LARGEST_GROUP], viewer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _ask_group(self, group: Waiting, viewer: int | None) -> None:
        try:
            answers = await self._work.read(self._client.statuses, [query for query, _ in group], viewer)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must be told
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # who asked may have gone
                future.set_result(answer)
