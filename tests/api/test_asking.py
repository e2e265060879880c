import asyncio
from typing import Any

import pytest

from api import asking
from api.asking import Asking
from api.work import Work
from ledger.client import StatusQuery, StoreError
from tests.api.fake_client import FakeClient


class Counting(FakeClient):
    def statuses(self, queries, viewer):
        self.calls.append(f"{len(queries)} for {viewer}")
        return super().statuses(queries, viewer)


@pytest.fixture(params=[True, False])
def desk(request):
    work = Work(2, inline=request.param)
    client: Any = Counting()
    yield client, Asking(client, work)
    work.close()


def questions(desk, viewer, count):
    return [desk.status(StatusQuery(reference=str(n)), viewer) for n in range(count)]


async def test_what_arrives_together_is_asked_together(desk, monkeypatch):
    client, asked = desk
    monkeypatch.setattr(asking, "LARGEST_GROUP", 4)
    answers = await asyncio.gather(*questions(asked, 1, 6), *questions(asked, None, 1))
    assert len(answers) == 7
    assert sorted(client.calls) == ["1 for None", "2 for 1", "4 for 1"]
    await asked.status(StatusQuery(reference="9"), 1)
    assert client.calls[-1] == "1 for 1"


async def test_all_are_told_of_a_failure(desk):
    client, asked = desk
    client.fault = StoreError("gone")
    results = await asyncio.gather(*questions(asked, 1, 3), return_exceptions=True)
    assert [type(one) for one in results] == [StoreError] * 3


async def test_who_goes_does_not_disturb_the_others(desk):
    client, asked = desk
    for fault in (None, StoreError("gone")):
        client.fault = fault
        gone, stays = [asyncio.create_task(one) for one in questions(asked, 1, 2)]
        await asyncio.sleep(0)
        gone.cancel()
        result = (await asyncio.gather(stays, return_exceptions=True))[0]
        assert isinstance(result, StoreError) == (fault is not None)
