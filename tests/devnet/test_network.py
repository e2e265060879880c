import os
import signal
import stat
import sys
import threading
import urllib.request
from dataclasses import replace

import pytest

from ledger.chain.errors import WrongNetwork
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_int
from ledger.chain.signers import open_local_signer, open_signer
from ledger.client import Client
from ledger.devnet import Alarm, Devnet, DevnetError, Places, down, standing
from ledger.devnet import gateway as gateway_module
from ledger.devnet import network as network_module
from ledger.devnet.anvil import Anvil, find_anvil
from ledger.devnet.gateway import environment, free_port
from ledger.devnet.processes import Mark, Program, mark_file
from ledger.devnet.states import CURRENT, PREVIOUS
from ledger.home import Home, HomeError, encryption_file
from ledger.sealing import Suite, keys_from_json

# a stand-in for the gateway: answers /readyz, like the real one, on the port that its environment names
STAND_IN = """
import os, http.server
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ["PASSAVANT_NETWORK"].encode()
        self.send_response(200 if self.path == "/readyz" else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(os.environ["PASSAVANT_PORT"])), Answer).serve_forever()
"""


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(gateway_module, "_COMMAND", (sys.executable, "-S", "-c", STAND_IN))


def head(devnet):
    return as_int(Rpc(devnet.home.rpc).call("eth_blockNumber"))


def kinds(devnet):
    return [alarm.kind for alarm in devnet.alarms]


def test_a_founded_home(founded):
    home = Home.load(founded)
    assert {name: (p.organisation, p.administration, p.office) for name, p in home.participants.items()} == {
        "customs-gb": (826, 826, 0),
        "customs-gb-heathrow": (826, 826, 60),
        "customs-fr": (250, 250, 0),
        "customs-fr-roissy": (250, 250, 6_940),
        "platform": (100_001, 826, 0),
        "bazaar": (100_002, 250, 0),
        "express": (100_003, 250, 0),
        "post": (100_004, 826, 0),
        "safety-fr": (200_001, 250, 0),
        "auditor": (300_001, 250, 0),
    }
    secrets = [founded / "config.json", *(founded / "keys").iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets} == {0o600}
    assert {open_signer(home.identity(name).signer).address for name in home.participants}


def test_everybody_holds_the_key_that_is_published_of_it(home):
    with Devnet(home, gateway=False) as devnet, Client.open(devnet.home.settings()) as client:
        client.sync()
        for name in devnet.home.participants:
            one = devnet.home.identity(name)
            (held,) = keys_from_json(encryption_file(one).read_text())
            assert client.encryption_key(one.organisation) == held.public
            assert held.suite is Suite.HYBRID
        assert client.encryption_key(999_999) is None


def test_who_the_contract_knows(home):
    with Devnet(home, gateway=False) as devnet:
        network, rpc = Network.load(home / "network.json"), Rpc(devnet.home.rpc)
        network.check(rpc)
        from eth_abi.abi import decode, encode

        from ledger.chain.abi import selector

        def key(uri):
            data = selector("key(address)") + encode(["address"], [open_signer(uri).address])
            call = {"to": f"0x{network.participants.hex()}", "data": f"0x{data.hex()}"}
            answer = bytes.fromhex(rpc.call("eth_call", call, "latest")[2:])
            return decode(["uint32", "uint8", "uint32"], answer)

        known = {name: key(devnet.home.identity(name).signer) for name in devnet.home.participants}
        assert known["customs-gb"] == (826, 2 | 16, 0)
        assert known["customs-fr-roissy"] == (250, 2 | 16, 6_940)
        assert known["platform"] == (100_001, 1 | 16, 0)
        assert known["safety-fr"] == (200_001, 4 | 16, 0)
        assert known["auditor"] == (300_001, 16, 0)
        assert [key(uri) for uri in devnet.home.identity("customs-fr").managers] == [(250, 8, 0)] * 2
        assert [key(uri) for uri in devnet.home.identity("auditor").managers] == [(300_001, 8, 0)]
        assert key(devnet.home.relay_uri) == (0, 0, 0)


def test_data_and_address_stay_over_a_restart(home):
    with Devnet(home, gateway=False) as devnet:
        before = head(devnet)
        Rpc(devnet.home.rpc).call("evm_mine")
        address = devnet.home.rpc
        assert standing(home).ready
        assert standing(home).process == os.getpid()
    assert (standing(home).process, standing(home).ready) == (None, False)
    for _ in range(2):  # a second time, because the first one dumps a state that it had loaded
        with Devnet(home, gateway=False) as devnet:
            assert (head(devnet), devnet.home.rpc) == (before + 1, address)
            assert Home.load(home) == devnet.home


def test_a_killed_anvil_comes_back_with_the_same_network(home, eventually):
    told: list[Alarm] = []
    with Devnet(home, gateway=False, tell=told.append, interval=0.05) as devnet:
        os.kill(devnet.supervisor.pid, signal.SIGKILL)
        eventually(lambda: "chain-restored" in kinds(devnet))
        Network.load(home / "network.json").check(Rpc(devnet.home.rpc))
        assert told == devnet.alarms


def test_only_one_at_a_time(home):
    with Devnet(home, gateway=False):
        with pytest.raises(DevnetError, match=r"runs already. Stop it by `passavant devnet down`"), Devnet(home):
            pass
        assert standing(home).ready


def test_a_chain_that_is_gone_is_never_replaced_silently(home):
    for name in (CURRENT, PREVIOUS):
        (home / "chain" / name).unlink()
    with pytest.raises(DevnetError, match="holds a network, but no copy of its chain"), Devnet(home):
        pass


def test_the_chain_of_another_network_is_refused(home):
    file = home / "network.json"
    replace(Network.load(file), genesis_hash=bytes(32)).save(file)
    with pytest.raises(WrongNetwork, match="genesis hash"), Devnet(home, gateway=False):
        pass
    assert standing(home).process is None


def test_an_unfinished_set_up_is_done_again(home):
    (home / "network.json").unlink()
    with Devnet(home, gateway=False) as devnet:
        Network.load(home / "network.json").check(Rpc(devnet.home.rpc))


def test_a_configuration_that_cannot_be_read(home):
    (home / "config.json").write_text("{")
    with pytest.raises(HomeError), Devnet(home, gateway=False):
        pass


def test_nothing_is_known_before_the_start(tmp_path):
    devnet = Devnet(tmp_path)
    for what in ("home", "supervisor"):
        with pytest.raises(DevnetError, match="was not started"):
            getattr(devnet, what)
    devnet.stop()


def test_the_gateway_runs_with_the_homes_settings(home, stand_in):
    with Devnet(home) as devnet:
        url = devnet.home.gateway
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            assert answer.read().decode() == str(home / "network.json")
    with Devnet(home) as devnet:
        assert devnet.home.gateway == url


def test_the_gateway_gets_another_port_when_its_own_is_taken(home, stand_in, bound):
    replace(Home.load(home), gateway=f"http://127.0.0.1:{bound}").save()
    with Devnet(home) as devnet:
        assert devnet.home.gateway != f"http://127.0.0.1:{bound}"


def test_the_environment_of_the_gateway(tmp_path, monkeypatch):
    for name in [one for one in os.environ if one.startswith("PASSAVANT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PASSAVANT_RATE", "7")
    home = Home(tmp_path, "http://127.0.0.1:1", relay="env:KEY", mine=True)
    found = {name: value for name, value in environment(home, 8).items() if name.startswith("PASSAVANT_")}
    assert found == {
        "PASSAVANT_NETWORK": f"{tmp_path}/network.json",
        "PASSAVANT_RPC": "http://127.0.0.1:1",
        "PASSAVANT_DATABASE": f"sqlite:///{tmp_path}/store.sqlite",
        "PASSAVANT_INDEX_KEY": f"{tmp_path}/index.key",
        "PASSAVANT_RELAY": "env:KEY",
        "PASSAVANT_MINE": "true",
        "PASSAVANT_GATEWAY": "http://127.0.0.1:8",
        "PASSAVANT_SESSION_KEY": f"{tmp_path}/session.key",
        "PASSAVANT_HOST": "127.0.0.1",
        "PASSAVANT_PORT": "8",
        "PASSAVANT_STOP_SECONDS": "10.0",
        "PASSAVANT_RATE": "7",
    }
    assert free_port() > 0


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('no such table')", "the gateway does not start: no such table"),
        ("import time; time.sleep(600)", "not ready"),
    ],
)
def test_a_gateway_that_does_not_start(home, monkeypatch, code, said):
    monkeypatch.setattr(gateway_module, "_COMMAND", (sys.executable, "-S", "-c", code))
    monkeypatch.setattr(gateway_module, "_START", 1.0)
    with pytest.raises(DevnetError, match=said), Devnet(home):
        pass
    assert standing(home).process is None


def watching(devnet):
    stop, failures = threading.Event(), []

    def watch():
        try:
            devnet.watch(stop)
        except DevnetError as error:
            failures.append(str(error))

    thread = threading.Thread(target=watch)
    thread.start()
    return stop, thread, failures


def test_a_killed_gateway_is_started_again(home, stand_in, eventually, monkeypatch):
    monkeypatch.setattr(network_module, "_LOOK", 0.02)
    with Devnet(home) as devnet:
        stop, thread, failures = watching(devnet)
        killed = devnet._gateway
        assert killed
        os.kill(killed.program.pid, signal.SIGKILL)
        eventually(lambda: devnet._gateway is not killed)
        assert devnet.home.gateway == killed.url
        assert kinds(devnet) == ["gateway-died"]
        stop.set()
        thread.join()
        assert not failures


def test_gives_up_on_a_gateway_that_keeps_dying(home, stand_in, monkeypatch):
    monkeypatch.setattr(network_module, "_LOOK", 0.02)
    monkeypatch.setattr(network_module, "_GATEWAY_STARTS", 0)
    with Devnet(home) as devnet:
        _, thread, failures = watching(devnet)
        assert devnet._gateway
        os.kill(devnet._gateway.program.pid, signal.SIGKILL)
        thread.join()
        assert failures[0].startswith("the gateway ended 1 times; giving up. See ")


def test_a_lost_chain_ends_the_watch(home):
    with Devnet(home, gateway=False) as devnet:
        devnet.supervisor.failed = DevnetError("it is gone")
        with pytest.raises(DevnetError, match="it is gone"):
            devnet.watch(threading.Event())


def test_down_stops_the_keeper(home, eventually):
    code = f"""
import threading, signal
from pathlib import Path
from ledger.devnet import Devnet
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
with Devnet(Path({str(home)!r}), gateway=False) as devnet:
    devnet.watch(stop)
"""
    keeper = Program([sys.executable, "-c", code], Places(home).log)
    eventually(lambda: standing(home).ready)
    assert standing(home).process == keeper.pid
    assert down(home)
    assert keeper.wait(30)
    assert not down(home)
    assert Mark.load(mark_file(home / "chain" / "anvil.log")) is None


def test_down_ends_what_a_killed_keeper_left(home, monkeypatch):
    orphan = Anvil(find_anvil(), home / "chain" / "anvil.log")
    other = Program([sys.executable, "-S", "-c", "import time; time.sleep(600)"], home / "chain" / "gateway.log")
    assert down(home)
    assert orphan.program.wait(5)  # its first thread has ended, the others may take a moment more
    assert other.wait(5)


def test_down_without_a_network(tmp_path):
    assert not down(tmp_path)


def test_a_keeper_that_does_not_stop_is_killed(home, monkeypatch):
    monkeypatch.setattr(network_module, "_PATIENCE", 0.1)
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
    )
    keeper = Program([sys.executable, "-S", "-c", code], Places(home).log)
    while "here" not in keeper.said():
        assert keeper.runs
    with pytest.raises(DevnetError, match="did not stop within 0 seconds and was killed"):
        down(home)
    assert not keeper.runs


def test_the_relay_key_is_made_for_transactions(founded):
    assert len(open_local_signer(Home.load(founded).relay_uri or "").address) == 20
