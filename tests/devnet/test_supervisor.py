import os
import signal

import pytest

from ledger.chain.errors import NodeUnreachable
from ledger.chain.rpc import Rpc, as_int
from ledger.devnet import supervisor as supervisor_module
from ledger.devnet.anvil import Anvil, find_anvil
from ledger.devnet.errors import DevnetError
from ledger.devnet.states import CURRENT, PREVIOUS, Alarms
from ledger.devnet.supervisor import Supervisor

NEVER = 10_000.0


@pytest.fixture
def supervised(tmp_path):
    """Makes supervisors over one directory; stops what still runs."""
    made = []

    def make(interval=0.05):
        made.append(Supervisor(find_anvil(), tmp_path, Alarms(tmp_path), interval=interval))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def head(supervisor):
    return as_int(Rpc(supervisor.url).call("eth_blockNumber"))


def mine(supervisor, blocks=1):
    for _ in range(blocks):
        Rpc(supervisor.url).call("evm_mine")


def kinds(tmp_path):
    return [alarm.kind for alarm in Alarms(tmp_path).all()]


def test_saves_when_blocks_move(supervised, tmp_path, eventually):
    supervisor = supervised()
    supervisor.start()
    eventually((tmp_path / CURRENT).exists)
    first = (tmp_path / CURRENT).read_bytes()
    mine(supervisor)
    eventually((tmp_path / PREVIOUS).exists)
    assert (tmp_path / PREVIOUS).read_bytes() == first
    stamp = (tmp_path / CURRENT).stat().st_mtime_ns
    supervisor.save()
    assert (tmp_path / CURRENT).stat().st_mtime_ns == stamp


def test_a_stop_keeps_everything_and_the_port(supervised):
    first = supervised(NEVER)
    first.start()
    mine(first, 3)
    url, port = first.url, int(first.url.rpartition(":")[2])
    first.stop()
    second = supervised(NEVER)
    second.start(port)
    assert (second.url, head(second)) == (url, 3)


def test_another_port_when_the_old_one_is_taken(supervised, bound):
    supervisor = supervised(NEVER)
    supervisor.start(bound)
    assert int(supervisor.url.rpartition(":")[2]) != bound
    assert head(supervisor) == 0


def test_a_killed_anvil_comes_back_shorter_and_an_alarm_says_so(supervised, tmp_path, eventually):
    supervisor = supervised()
    supervisor.start()
    mine(supervisor, 2)
    supervisor.save()
    supervisor._pause = NEVER  # what is mined from here on is in no copy
    url, pid = supervisor.url, supervisor.pid
    eventually(lambda: not (tmp_path / ".state.json.new").exists())
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: "chain-restored" in kinds(tmp_path))
    assert (supervisor.url, head(supervisor)) == (url, 2)
    assert supervisor.pid != pid
    assert kinds(tmp_path) == ["anvil-died", "chain-restored"]
    assert Alarms(tmp_path).all()[-1].text.endswith("its chain ends at block 2")


def test_a_broken_copy_falls_back_to_the_previous_one(supervised, tmp_path):
    first = supervised(NEVER)
    first.start()
    mine(first)
    first.save()
    mine(first)
    first.stop()
    (tmp_path / CURRENT).write_bytes((tmp_path / CURRENT).read_bytes()[:-100])
    second = supervised(NEVER)
    second.start()
    assert head(second) == 1
    assert kinds(tmp_path) == ["state-broken"]
    assert [file.name for file in tmp_path.glob("state.json.broken-*")]
    assert not (tmp_path / ".loading.json").exists()


def test_no_copy_that_can_be_read(supervised, tmp_path):
    for name in (CURRENT, PREVIOUS):
        (tmp_path / name).write_text("{")
    with pytest.raises(DevnetError, match=r"no copy of the chain can be read. Restore one from a backup"):
        supervised().start()
    assert kinds(tmp_path) == ["state-broken", "state-broken"]


def test_gives_up_on_an_anvil_that_keeps_dying(supervised, tmp_path, eventually, monkeypatch):
    monkeypatch.setattr(supervisor_module, "_STARTS", 1)
    supervisor = supervised()
    supervisor.start()
    supervisor.save()
    for _ in range(2):
        pid = supervisor.pid
        os.kill(pid, signal.SIGKILL)
        eventually(lambda pid=pid: supervisor.failed or supervisor.pid != pid)
    assert "ended 2 times within 60 seconds" in str(supervisor.failed)
    assert kinds(tmp_path)[-1] == "anvil-lost"
    supervisor.stop()
    assert kinds(tmp_path)[-1] == "state-not-saved"


def test_the_anvil_of_a_killed_supervisor_is_ended_and_its_chain_kept(supervised, tmp_path):
    orphan = Anvil(find_anvil(), tmp_path / "anvil.log")
    orphan.rpc.call("evm_mine")
    supervisor = supervised(NEVER)
    supervisor.start(orphan.port)
    assert not orphan.program.runs
    assert (head(supervisor), int(supervisor.url.rpartition(":")[2])) == (1, orphan.port)


def test_an_orphan_that_does_not_answer_is_ended(supervised, tmp_path):
    orphan = Anvil(find_anvil(), tmp_path / "anvil.log")
    assert supervised().end_leftover(0)
    assert not orphan.program.runs
    assert not (tmp_path / CURRENT).exists()
    assert not supervised().end_leftover(0)


def test_an_anvil_that_does_not_answer_after_its_return(supervised, tmp_path, eventually, monkeypatch):
    supervisor = supervised()
    supervisor.start()
    monkeypatch.setattr(Anvil, "head", _unreachable)
    os.kill(supervisor.pid, signal.SIGKILL)
    eventually(lambda: supervisor.failed)
    assert str(supervisor.failed) == "anvil does not answer: http://x: gone"


def _unreachable(self):
    raise NodeUnreachable("http://x", "gone")


def test_nothing_runs_before_the_start(supervised):
    with pytest.raises(DevnetError, match="was not started"):
        _ = supervised().url
