"""The descriptor, read by the auditor itself."""

import json

import pytest

from ledger.chain.network import Network as LedgerNetwork
from passavant_verifier.audit.network import Network
from passavant_verifier.errors import UnreadableError
from tests.chain.conftest import network_of


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "network.json"
    network_of().save(path)
    return path


def test_it_reads_what_the_ledger_writes(file):
    ours, theirs = Network.load(file), LedgerNetwork.load(file)
    assert {name: getattr(ours, name) for name in ours.__dataclass_fields__} == {
        name: getattr(theirs, name) for name in ours.__dataclass_fields__
    }


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"chain_id": "1"},
        {"chain_id": True},
        {"genesis_hash": "0x12"},
        {"consignments": 7},
        {"consignments": None},
        {"name": None},
    ],
)
def test_what_is_no_descriptor_is_refused(file, change):
    values = {**json.loads(file.read_text()), **change}
    file.write_text(json.dumps(values))
    with pytest.raises(UnreadableError, match="no network descriptor"):
        Network.load(file)


def test_a_field_that_is_missing(file):
    values = json.loads(file.read_text())
    del values["participants"]
    file.write_text(json.dumps(values))
    with pytest.raises(UnreadableError, match="participants"):
        Network.load(file)
    file.write_text("[]")
    with pytest.raises(UnreadableError, match="no network descriptor of format 1"):
        Network.load(file)
