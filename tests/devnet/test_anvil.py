import json
import os
import stat

import pytest

from ledger.chain.errors import NodeUnreachable
from ledger.devnet import anvil as anvil_module
from ledger.devnet.anvil import CHAIN_ID, Anvil, find_anvil, rescued
from ledger.devnet.errors import BadState, DevnetError, PortTaken


@pytest.fixture
def log(tmp_path):
    return tmp_path / "anvil.log"


def script(tmp_path, text):
    file = tmp_path / "anvil"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return file


def test_starts_on_the_loopback_without_mining_and_at_no_price(log):
    anvil = Anvil(find_anvil(), log)
    try:
        assert anvil.url == f"http://127.0.0.1:{anvil.port}"
        assert anvil.head() == 0
        assert int(anvil.rpc.call("eth_chainId"), 16) == CHAIN_ID
        assert anvil.rpc.call("eth_accounts") == []
        assert anvil.rpc.call("erigon_getHeaderByNumber", "latest")["baseFeePerGas"] == "0x0"
    finally:
        anvil.program.end(10)
    with pytest.raises(NodeUnreachable):
        anvil.head()


def test_a_dump_is_loaded_with_its_first_block(log, tmp_path):
    first = Anvil(find_anvil(), log)
    genesis = first.rpc.call("erigon_getHeaderByNumber", "0x0")["hash"]
    first.rpc.call("evm_mine")
    state = tmp_path / "state"
    state.write_bytes(first.dump())
    assert rescued(first.url) == state.read_bytes()
    first.program.end(10)
    assert rescued(first.url) is None
    assert len(json.loads(state.read_bytes())["blocks"]) == 2
    second = Anvil(find_anvil(), log, port=first.port, state=state)
    assert (second.port, second.head()) == (first.port, 1)
    assert second.rpc.call("erigon_getHeaderByNumber", "0x0")["hash"] == genesis
    second.program.end(10)


def test_a_taken_port(log, bound):
    with pytest.raises(PortTaken, match=f"port {bound} is taken"):
        Anvil(find_anvil(), log, port=bound)


@pytest.mark.parametrize("content", ["", "{", "{}"])
def test_a_state_that_anvil_cannot_read(log, tmp_path, content):
    state = tmp_path / "state"
    state.write_text(content)
    with pytest.raises(BadState, match=f"anvil can't read {state}"):
        Anvil(find_anvil(), log, state=state)


def test_a_program_that_fails(log, tmp_path):
    with pytest.raises(DevnetError, match="anvil does not start: something else is wrong"):
        Anvil(script(tmp_path, "echo something else is wrong; exit 1"), log)


def test_a_program_that_never_listens(log, tmp_path, monkeypatch):
    monkeypatch.setattr(anvil_module, "_START", 0.2)
    with pytest.raises(DevnetError, match="does not listen after 0 seconds"):
        Anvil(script(tmp_path, "echo waiting; exec sleep 600"), log)
    assert not log.with_suffix(".pid").exists()


def test_which_anvil(tmp_path, monkeypatch):
    named = script(tmp_path, "")
    assert find_anvil({"ANVIL": str(named)}) == named
    with pytest.raises(DevnetError, match="which is no program"):
        find_anvil({"ANVIL": str(tmp_path / "nothing")})
    assert os.access(find_anvil({}), os.X_OK)
    monkeypatch.setattr(anvil_module, "_PLATFORM_PACKAGE", tmp_path / "nothing")
    assert find_anvil({"PATH": str(tmp_path)}) == named
    named.chmod(stat.S_IRUSR)
    with pytest.raises(DevnetError, match=r"there is no anvil. Run scripts/setup"):
        find_anvil({"PATH": str(tmp_path / "empty")})
