"""The chain itself is killed, stays away, or comes back from an older copy."""

import os
import signal
import time
from contextlib import contextmanager

import pytest

from ledger.chain.rpc import Rpc, as_int
from ledger.client import RecordProgress
from ledger.domain.codes import Outcome
from tests.api.running import Participant
from tests.faults.places import Place, wait_for

pytestmark = pytest.mark.e2e
FINAL, LOST = RecordProgress.FINAL, RecordProgress.LOST


@contextmanager
def no_copies(devnet):
    """Meanwhile the supervisor makes no copy of the chain, and brings no anvil back."""
    with devnet.supervisor._lock:
        yield


def kill(devnet):
    os.kill(devnet.supervisor.pid, signal.SIGKILL)


def kinds(devnet):
    return [alarm.kind for alarm in devnet.alarms]


def progress(client, digests):
    return [answer.progress for answer in client.records(digests)]


def write(client, *entries):
    """Submit entries as one group, and wait until they are final."""
    digests = [submission.digest for submission in client.submit(entries)]
    assert {answer.progress for answer in client.wait(digests, 60)} == {FINAL}
    return digests


@pytest.mark.parametrize("together", [True, False])
def test_an_older_chain_comes_back(fragile, tmp_path, together):
    place = Place(fragile.home, tmp_path)
    with place.client() as client:
        (kept,) = write(client, place.declaration())
        fragile.supervisor.save()
        with no_copies(fragile):
            lasting, brief = place.declaration(), place.declaration(seconds=4)
            lost = write(client, lasting, brief) if together else [*write(client, lasting), *write(client, brief)]
            height = client.as_of().block
            wait_for(lambda: time.time() > brief.record.deadline + 1)
            kill(fragile)
        wait_for(lambda: "chain-restored" in kinds(fragile))
        wait_for(lambda: progress(client, lost) == [FINAL, LOST])
        answer = client.record(lost[1])
        assert answer.outcome in (None, Outcome.EXPIRED)
        assert progress(client, [kept]) == [FINAL]
        assert "anvil-died" in kinds(fragile)
        assert "rollback" in {alarm.kind for alarm in client.alarms()}
        recorded = place.recorded()
        assert (recorded[kept], recorded[lost[0]], recorded[lost[1]]) == (1, 1, 0)
        rpc = Rpc(fragile.home.rpc)
        assert wait_for(lambda: client.as_of().block == as_int(rpc.call("eth_blockNumber")))
        rpc.close()
        assert height
        assert not client.replay().differences
        assert not client.problems()


def test_while_the_chain_is_down_the_status_is_unknown(fragile, tmp_path):
    place = Place(fragile.home, tmp_path)
    with place.gateway() as gateway:
        lodged = place.declaration()
        declaration = place.digest(lodged)
        for entry in (lodged, place.release(declaration)):
            assert gateway.post(entry) == 202
            assert gateway.end(place.digest(entry))["state"] == "final"
        platform = Participant.of(fragile.home, "platform", gateway.web).log_in()

        def ask():
            return platform.get(f"/v1/consignments/0x{declaration.hex()}/status")

        said = [ask().json()["answer"]]
        assert said == ["RELEASED"]
        fragile.supervisor.save()
        with no_copies(fragile):
            kill(fragile)
            while said[-1] != "UNKNOWN":
                said.append(ask().json()["answer"])
            answer = ask()
            assert (answer.status_code, answer.json()["answer"]) == (200, "UNKNOWN")
            assert answer.json()["asOf"]["reachable"] is False
            assert answer.json()["asOf"]["block"] > 0
            assert gateway.web.get("/readyz").status_code == 503
            later = place.declaration()
            assert gateway.post(later) == 202
            assert gateway.record(place.digest(later)).json()["state"] in ("waiting", "sending")
        while said[-1] != "RELEASED":
            said.append(ask().json()["answer"])
        assert set(said) == {"RELEASED", "UNKNOWN"}
        assert gateway.end(place.digest(later))["state"] == "final"
        wait_for(lambda: gateway.web.get("/readyz").status_code == 200)
    assert place.recorded()[place.digest(later)] == 1
