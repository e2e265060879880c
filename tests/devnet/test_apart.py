"""A home apart: keys are moved, not copied; the chain is shared, and each home has a gateway of its own."""

import os
import shutil
import stat
import sys
import urllib.request
from dataclasses import replace

import pytest

from ledger.chain.errors import WrongNetwork
from ledger.chain.network import Network
from ledger.chain.signers import open_signer
from ledger.client import Client
from ledger.devnet import Devnet, DevnetError, apart, down, standing
from ledger.devnet import gateway as gateway_module
from ledger.domain.codes import OrganisationKind
from ledger.home import Home, HomeError, Other, encryption_file
from ledger.sealing import keys_from_json
from tests.devnet.test_network import STAND_IN


@pytest.fixture
def there(tmp_path):
    return tmp_path / "there"


def addresses(home):
    return {name: open_signer(home.identity(name).signer).address for name in home.participants}


def secrets_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_keys_are_moved_with_those_of_the_offices(home, there):
    before = Home.load(home)
    known = addresses(before)
    published = keys_from_json(encryption_file(before.identity("customs-fr")).read_text())
    old = secrets_in(home / "keys")
    moved = apart(before, ["customs-fr"], there)
    assert moved == Home.load(there)
    assert list(moved.participants) == ["customs-fr", "customs-fr-roissy"]
    assert addresses(moved) == {name: known[name] for name in moved.participants}
    assert len([open_signer(uri) for uri in moved.identity("customs-fr").managers]) == 2
    assert keys_from_json(encryption_file(moved.identity("customs-fr")).read_text()) == published
    assert {stat.S_IMODE(path.stat().st_mode) for path in (there / "keys").iterdir()} == {0o600}
    left = secrets_in(home / "keys")
    assert set(old) - set(left) == set(secrets_in(there / "keys")) - {"relay.json", "password"}
    assert left["password"] != (there / "keys" / "password").read_bytes()


def test_those_who_stay_know_who_went_and_the_other_way_round(home, there):
    moved = apart(Home.load(home), ["customs-fr"], there)
    stayed = Home.load(home)
    assert "customs-fr" not in stayed.participants
    assert stayed.others == {"customs-fr": Other(250, "Douane (France)", ("FR", "MC"))}
    assert "customs-fr-roissy" not in stayed.others
    assert moved.organisation("platform") == stayed.organisation("platform") == 100_001
    assert stayed.organisation("customs-fr") == moved.organisation("customs-fr") == 250
    assert {one.title for one in stayed.people} >= {"Douane (France)", "Tamarind Lane Market"}
    with pytest.raises(HomeError, match="has no key of 'customs-fr': another home has"):
        stayed.identity("customs-fr")
    assert {place for one in moved.people for place in one.jurisdictions} == {"FR", "MC", "GB", "XI"}


def test_from_a_home_apart_to_another_one(home, there, tmp_path):
    moved = apart(Home.load(home), ["customs-fr", "express"], there)
    again = apart(moved, ["express"], tmp_path / "further")
    assert again.keeper == moved.keeper == str(home)
    assert again.others.keys() >= {"customs-fr", "platform"}


def test_what_can_not_be_done(home, there, tmp_path):
    here = Home.load(home)
    with pytest.raises(HomeError, match="knows no participant"):
        apart(here, ["nobody"], there)
    with pytest.raises(DevnetError, match="nobody would stay"):
        apart(here, list(here.participants), there)
    there.mkdir()
    (there / "file").touch()
    with pytest.raises(DevnetError, match="is not empty"):
        apart(here, ["customs-fr"], there)
    with pytest.raises(DevnetError, match="is not empty"):
        apart(here, ["customs-fr"], there / "file")
    (home / "network.json").unlink()
    with pytest.raises(DevnetError, match="there is no network in"):
        apart(here, ["customs-fr"], tmp_path / "new")
    assert Home.load(home) == here


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(gateway_module, "_COMMAND", (sys.executable, "-S", "-c", STAND_IN))


def test_each_home_starts_and_ends_its_own_gateway(home, there, stand_in):
    apart(Home.load(home), ["customs-fr"], there)
    with Devnet(home) as first:
        with Devnet(there) as second:
            assert second.home.rpc == first.home.rpc
            assert second.home.gateway != first.home.gateway
            with urllib.request.urlopen(f"{second.home.gateway}/readyz") as answer:
                assert answer.read().decode() == str(there / "network.json")
            assert standing(there).process == os.getpid()
            assert standing(there).ready
        assert standing(there).process is None
        assert standing(home).ready
        assert Network.load(there / "network.json") == Network.load(home / "network.json")
        assert not down(there)
    assert not down(home)


def test_a_home_apart_follows_the_chain_when_it_moves(home, there):
    apart(replace(Home.load(home), rpc="http://127.0.0.1:1"), ["customs-fr"], there)
    with Devnet(home, gateway=False) as first, Devnet(there, gateway=False) as second:
        assert second.home.rpc == first.home.rpc
        with Client.open(second.home.settings()) as client:
            client.sync()
            shown = client.participant(250)
            assert shown
            assert shown.kind is OrganisationKind.ADMINISTRATION
            assert second.home.relay_uri != first.home.relay_uri


def test_a_home_apart_without_its_chain(home, there):
    apart(Home.load(home), ["customs-fr"], there)
    with pytest.raises(DevnetError, match=r"keeps, is not up\. Start it: passavant devnet up"), Devnet(there):
        pass
    assert standing(there).process is None
    assert not down(there)


def test_a_home_apart_from_another_chain(home, there, tmp_path):
    other = shutil.copytree(home, tmp_path / "other")
    apart(Home.load(other), ["customs-fr"], there)
    file = there / "network.json"
    replace(Network.load(file), genesis_hash=bytes(32)).save(file)
    with Devnet(other, gateway=False), pytest.raises(WrongNetwork), Devnet(there, gateway=False):
        pass
