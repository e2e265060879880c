import json
import stat
from dataclasses import replace

import pytest

from ledger.home import CONFIG, Home, HomeError, Identity, Other, encryption_file, home_path, write_private

ALICE = Identity(
    organisation=100_001,
    signer="keystore:keys/alice.json?password-file=keys/password",
    kind="OPERATOR",
    administration=826,
    country="GB",
    title="Alice",
    identifiers=("GB1",),
    managers=("keystore:keys/boss.json",),
)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path, "http://127.0.0.1:1", relay="env:RELAY", mine=True, participants={"alice": ALICE})
    home.save()
    return home


def test_what_is_saved_is_loaded(home, tmp_path):
    assert Home.load(tmp_path) == home
    assert stat.S_IMODE((tmp_path / CONFIG).stat().st_mode) == 0o600


def test_others_are_known_by_name_and_number(home, tmp_path):
    bob = Other(7, "Bob", ("FR",), ("FR1",))
    replace(home, others={"bob": bob}, keeper="/somewhere").save()
    found = Home.load(tmp_path)
    assert (found.others, found.keeper, found.people) == ({"bob": bob}, "/somewhere", [ALICE, bob])
    assert (found.organisation("alice"), found.organisation("bob")) == (100_001, 7)
    with pytest.raises(HomeError, match="has no key of 'bob': another home has"):
        found.identity("bob")
    with pytest.raises(HomeError, match="knows no participant 'eve'"):
        found.organisation("eve")


def test_paths_are_relative_to_the_home(home, tmp_path):
    alice = home.identity("alice")
    assert alice.signer == f"keystore:{tmp_path}/keys/alice.json?password-file={tmp_path}/keys/password"
    assert alice.managers == (f"keystore:{tmp_path}/keys/boss.json",)
    assert home.database_url == f"sqlite:///{tmp_path}/store.sqlite"
    assert home.relay_uri == "env:RELAY"


def test_the_file_of_encryption_keys_is_in_the_home_too(tmp_path):
    alice = replace(ALICE, encryption="file:keys/alice.encryption.json")
    home = Home(tmp_path, "http://127.0.0.1:1", participants={"alice": alice, "bob": ALICE})
    home.save()
    assert encryption_file(Home.load(tmp_path).identity("alice")) == tmp_path / "keys/alice.encryption.json"
    with pytest.raises(HomeError, match="no file of encryption keys"):
        encryption_file(home.identity("bob"))
    with pytest.raises(HomeError, match="no file of encryption keys"):
        encryption_file(replace(alice, encryption="vault:somewhere"))


def test_other_databases_and_no_relay(tmp_path):
    home = Home(tmp_path, "http://127.0.0.1:1", database="postgresql+psycopg://u@h/n")
    assert home.database_url == "postgresql+psycopg://u@h/n"
    assert home.relay_uri is None


def test_a_participant_that_is_not_there(home):
    with pytest.raises(HomeError, match=r"knows no participant 'bob'. It has alice"):
        home.identity("bob")


def test_no_home(tmp_path):
    with pytest.raises(HomeError, match=r"no home of Passavant. Start one by `passavant devnet up`"):
        Home.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "can't be read"),
        ("[]", "is no table of settings"),
        ('{"rpc": "x", "path": "y"}', "does not know path"),
        ('{"rpc": "x", "colour": "y"}', "does not know colour"),
        ('{"rpc": "x", "participants": []}', "participants is no table"),
        ('{"rpc": "x", "participants": {"a": 1}}', "is no table of settings"),
        ('{"rpc": "x", "participants": {"a": {"organisation": 1}}}', "'a' needs organisation, signer"),
        ('{"rpc": "x", "others": 1}', "others is no table"),
        ('{"rpc": "x", "others": {"a": {"signer": "env:A"}}}', "does not know signer"),
        ('{"rpc": "x", "others": {"a": {}}}', "'a' needs its organisation"),
        ("{}", "names no node"),
    ],
)
def test_a_configuration_that_cannot_be_right(tmp_path, content, reason):
    (tmp_path / CONFIG).write_text(content)
    with pytest.raises(HomeError) as caught:
        Home.load(tmp_path)
    assert reason in str(caught.value)


def test_which_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    assert str(home_path(environ={})) == "/home/someone/.passavant"
    assert home_path(environ={"PASSAVANT_HOME": "/x"}) == home_path(tmp_path.__class__("/x"), {"PASSAVANT_HOME": "/y"})
    monkeypatch.setenv("PASSAVANT_HOME", "~/there")
    assert str(home_path()) == "/home/someone/there"


def test_a_private_file(tmp_path):
    file = tmp_path / "secret"
    write_private(file, "one")
    write_private(file, "two")
    assert file.read_text() == "two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.dumps([f.name for f in tmp_path.iterdir()]) == '["secret"]'
