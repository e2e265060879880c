"""A chain that comes back shorter, or different; on a network of one's own."""

import os
import shutil
import signal
import threading
import time
from dataclasses import replace

import pytest

from ledger.chain.errors import ChainError, Diverged, HistoryChanged
from ledger.chain.rpc import Rpc
from ledger.client import Answer, Client, RecordProgress, StatusQuery
from ledger.devnet import Devnet
from ledger.domain.codes import DecisionKind
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import PLATFORM, desk_of


@pytest.fixture
def devnet(founded, tmp_path):
    """A network whose copies of the chain are made by the test alone."""
    home = shutil.copytree(founded, tmp_path / "own")
    with Devnet(home, gateway=False, interval=3_600) as running:
        yield running


@pytest.fixture
def quick(founded, tmp_path):
    """As above, but it looks for a dead anvil all the time, and copies nothing that the test does not know of."""
    home = shutil.copytree(founded, tmp_path / "quick")
    with Devnet(home, gateway=False, interval=0.2) as running:
        yield running


def lodge(client, devnet, **options):
    desk = desk_of(client, devnet, "platform", **options)
    return desk.declare(message(Case(declarant=PLATFORM_EORI).declaration()))


def answer(client, written, viewer=PLATFORM):
    return client.status(StatusQuery(reference=f"0x{written.declaration.hex()}"), viewer).answer


def rolled_back(devnet, blocks):
    Rpc(devnet.home.rpc).call("anvil_rollback", blocks)


def test_a_shorter_chain_is_followed_back_and_everything_is_sent_again(client, devnet):
    written = lodge(client, devnet)
    assert client.wait([written.digest], 60)[0].progress is RecordProgress.FINAL
    decided = desk_of(client, devnet, "customs-fr").decide(written.declaration, DecisionKind.ACCEPT)
    told = client.wait([decided.digest], 60)[0]
    rolled_back(devnet, 1)
    client.sync()
    assert client.record(decided.digest).progress is RecordProgress.SENDING
    assert answer(client, written) is Answer.PRE_LODGED
    [alarm] = client.alarms()
    assert alarm.kind == "rollback"
    assert alarm.detail == f"blocks {told.block} to {told.block} are gone, with 1 records"
    assert client.problems() == []  # it has gone on from there
    assert client.wait([decided.digest], 60)[0].progress is RecordProgress.FINAL
    assert answer(client, written) is Answer.ACCEPTED
    assert not client.replay().differences


def test_the_same_height_on_another_chain_is_noticed(client, devnet):
    """A look at the number alone would not see that the block is another one."""
    written = lodge(client, devnet)
    client.wait([written.digest], 60)
    rolled_back(devnet, 1)
    Rpc(devnet.home.rpc).call("evm_increaseTime", 9)  # another time, another hash
    Rpc(devnet.home.rpc).call("evm_mine")
    assert answer(client, written) is Answer.NOT_FOUND_OR_NOT_ENTITLED
    assert [one.kind for one in client.alarms()] == ["rollback"]


def test_a_record_whose_deadline_passed_meanwhile_is_lost(client, devnet):
    """Shown as lost, never silently dropped."""
    written = lodge(client, devnet, clock=lambda: time.time() - 7 * 24 * 3_600 + 300 + 120)  # two minutes left
    assert client.wait([written.digest], 60)[0].progress is RecordProgress.FINAL
    rolled_back(devnet, 1)
    Rpc(devnet.home.rpc).call("evm_increaseTime", 600)
    client.sync()
    told = client.wait([written.digest], 60)[0]
    assert told.progress is RecordProgress.LOST, told
    assert answer(client, written) is Answer.NOT_FOUND_OR_NOT_ENTITLED


def test_a_killed_chain(founded, settings, quick, eventually):
    """anvil dies with blocks of which there is no copy; it comes back, and nothing is lost or twice."""
    mine = replace(settings, rpc=quick.home.rpc, network=quick.places.network)
    with Client.open(mine) as client:
        client.sync()
        kept = lodge(client, quick)
        client.wait([kept.digest], 60)
        quick.supervisor.save()
        with quick.supervisor._lock:  # no further copy is made
            gone = lodge(client, quick)
            client.wait([gone.digest], 60)
            os.kill(quick.supervisor.pid, signal.SIGKILL)
        eventually(lambda: any(one.kind == "chain-restored" for one in quick.alarms))
        client.sync()
        told = client.wait([kept.digest, gone.digest], 60)
        assert [one.progress for one in told] == [RecordProgress.FINAL] * 2
        assert not client.replay().differences
        assert len([one for one in client.events(None, 10_000).items if one.digest == gone.digest]) == 1


def test_a_final_block_that_changed_stops_the_index(settings, devnet):
    with Client.open(replace(settings, finality="instant", rpc=devnet.home.rpc)) as client:
        client.sync()
        written = lodge(client, devnet)
        client.wait([written.digest], 60)
        before = client.as_of()
        rolled_back(devnet, 1)
        Rpc(devnet.home.rpc).call("evm_increaseTime", 9)
        for _ in range(3):
            Rpc(devnet.home.rpc).call("evm_mine")
        for _ in range(2):
            with pytest.raises(HistoryChanged):
                client.sync()
        assert client.queries.as_of().block == before.block
        assert [one.kind for one in client.alarms()] == ["history"]
        assert any(one.startswith("history: ") for one in client.problems())
        assert answer(client, written) is Answer.UNKNOWN


def test_depth_protects_what_it_calls_final_also_after_a_restart(settings, devnet):
    here = replace(settings, rpc=devnet.home.rpc)
    with Client.open(here) as client:
        client.sync()
        written = lodge(client, devnet)
        client.wait([written.digest], 60)
    deep = replace(here, finality="depth:1", relay=None)
    with Client.open(deep) as client:
        for _ in range(3):
            Rpc(devnet.home.rpc).call("evm_mine")
        client.sync()
        assert client.record(written.digest).progress is RecordProgress.FINAL
    rolled_back(devnet, 4)
    Rpc(devnet.home.rpc).call("evm_increaseTime", 9)
    for _ in range(5):
        Rpc(devnet.home.rpc).call("evm_mine")
    with Client.open(deep) as again:
        with pytest.raises(HistoryChanged):
            again.sync()
        assert [one.kind for one in again.alarms()] == ["history"]


def test_a_usual_reorganisation_is_no_alarm(settings, devnet):
    with Client.open(replace(settings, finality="depth:5", rpc=devnet.home.rpc)) as client:
        rpc = Rpc(devnet.home.rpc)
        for _ in range(3):
            rpc.call("evm_mine")
        client.sync()
        rolled_back(devnet, 2)
        Rpc(devnet.home.rpc).call("evm_increaseTime", 9)
        for _ in range(3):
            rpc.call("evm_mine")
        as_of = client.sync()
        assert as_of.lag == 0
        assert client.alarms() == []


def test_another_process_went_back_first(client, devnet):
    """Nothing to take back, nothing to say."""
    client.sync()
    cursor = client.follower.cursor()
    client.follower._go_back(Diverged(cursor.number, cursor.hash, None))
    assert client.follower.cursor() == cursor
    assert client.alarms() == []


def test_divergence_before_the_first_block(client, devnet):
    client.follower._indexer.rollback(-1)
    error = Diverged(1, bytes(32), None)
    with pytest.raises(Diverged):
        client.follower._go_back(error)


def test_following_goes_on_after_failures(settings, devnet, eventually, monkeypatch):
    with Client.open(replace(settings, rpc=devnet.home.rpc)) as client:
        read, failing = client.follower._read, [True]

        def fails_first():
            if failing:
                raise ChainError("not now")
            read()

        monkeypatch.setattr(client.follower, "_read", fails_first)
        stop = threading.Event()
        thread = threading.Thread(target=client.follower.run, args=(stop,), daemon=True)
        thread.start()
        eventually(lambda: client.follower.sight.failure == "not now")
        client.follower.wake()
        failing.clear()
        eventually(lambda: not client.follower.sight.failure and client.follower.sight.head)
        stop.set()
        client.follower.wake()
        thread.join()
        assert client.follower.sight.final == client.follower.sight.head
