"""`passavant key publish`: a new encryption key takes over, and what is old stays readable."""

import json
from dataclasses import replace

import pytest

from ledger.client import Client
from ledger.devnet import Devnet
from ledger.home import Home, encryption_file
from ledger.sealing import keys_from_json

EXPORT = "25GB7QK2M9ZT4XW1A3"


@pytest.mark.e2e
def test_a_new_key_takes_over_and_the_old_one_still_opens_what_is_old(network, messages, passavant, eventually):
    assert passavant("declare", "export.xml", "--as", "platform").code == 0
    assert passavant("ingest", "export-01-accepted.xml", "--as", "customs-gb").code == 0
    told = passavant("key", "publish", "--as", "customs-gb", "--valid-for", "30d", "--json")
    assert (told.code, told.json["version"], told.json["progress"]) == (0, 2, "FINAL")
    own = network.home.identity("customs-gb")
    held = keys_from_json(encryption_file(own).read_text())
    assert [key.version for key in held] == [2, 1]
    assert oct(encryption_file(own).stat().st_mode)[-3:] == "600"
    with Client.open(network.home.settings()) as client:
        eventually(lambda: client.encryption_key(own.organisation) == held[0].public)
    assert passavant("payload", EXPORT, "--as", "customs-gb").code == 0


@pytest.fixture
def eventually():
    import time

    def wait_for(condition):
        while not condition():
            time.sleep(0.05)  # pytest's timeout ends what never happens

    return wait_for


def test_a_key_that_a_former_attempt_made_is_published_and_not_another(home, passavant):
    stopped = passavant("key", "publish", "--as", "platform")
    assert stopped.code == 3
    with Devnet(home, gateway=False) as devnet:
        file = encryption_file(devnet.home.identity("platform"))
        kept = json.loads(file.read_text())
        made = {**kept["keys"][0], "version": 2}
        file.write_text(json.dumps({**kept, "keys": [made, *kept["keys"]]}))
        told = passavant("key", "publish", "--as", "platform")
        assert told.code == 0
        assert told.out.startswith("Encryption key 2 of platform")
        assert json.loads(file.read_text())["keys"] == [made, *kept["keys"]]


def test_without_a_managing_key_or_a_file_nothing_is_published(network, passavant):
    home = network.home
    people = dict(home.participants)
    people["platform"] = replace(people["platform"], managers=())
    people["post"] = replace(people["post"], encryption=None)
    people["express"] = replace(people["express"], managers=people["express"].managers, organisation=999_999)
    people["bazaar"] = replace(people["bazaar"], managers=(people["bazaar"].signer.replace("bazaar", "relay"),))
    Home(**{**{name: getattr(home, name) for name in Home.__slots__}, "participants": people}).save()
    told = passavant("key", "publish", "--as", "platform")
    assert (told.code, "has no managing key of platform" in told.err) == (2, True)
    told = passavant("key", "publish", "--as", "post")
    assert (told.code, "names no file of encryption keys" in told.err) == (2, True)
    told = passavant("key", "publish", "--as", "express")
    assert (told.code, "knows no organisation 999999" in told.err) == (1, True)
    told = passavant("key", "publish", "--as", "bazaar")
    assert (told.code, "the ledger knows no key" in told.err) == (1, True)
