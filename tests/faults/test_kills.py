"""The gateway is killed at each named step of a record's way to the chain: nothing is lost, and nothing comes twice."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.chain.steps import STEPS

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("step", STEPS)
def test_killed_at(place, step):
    entries = [place.declaration() for _ in range(24)]
    before = sum(place.recorded().values())
    killed = place.gateway(fault=step).ready()
    with ThreadPoolExecutor(8) as writers:
        answers = list(writers.map(killed.post, entries))
    assert killed.program.wait(30)
    assert killed.program._process.returncode == -signal.SIGKILL
    killed.web.close()
    promised = [entry for entry, answer in zip(entries, answers, strict=True) if answer == 202]
    unanswered = [entry for entry, answer in zip(entries, answers, strict=True) if answer is None]
    assert len(promised) + len(unanswered) == len(entries)
    if step == STEPS[0]:
        assert not promised
    if step == STEPS[-1]:  # before that, the kill may come before the first answer
        assert promised

    with place.gateway() as gateway:
        assert {gateway.record(place.digest(entry)).status_code for entry in promised} <= {200}
        assert {gateway.post(entry) for entry in unanswered} <= {202}  # who got no answer asks again
        ends = [gateway.end(place.digest(entry)) for entry in entries]
        assert {end["state"] for end in ends} == {"final"}
        recorded = place.recorded()
        assert [recorded[place.digest(entry)] for entry in entries] == [1] * len(entries)
        assert sum(recorded.values()) == before + len(entries)
