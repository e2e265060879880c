import time

import pytest

from ledger.chain.network import Network
from ledger.chain.rpc import Rpc
from ledger.chain.signers import LocalSigner, open_local_signer, open_signer
from ledger.devnet import Devnet, DevnetError
from ledger.devnet import deploy as deploy_module
from ledger.devnet.anvil import Anvil, find_anvil
from ledger.devnet.deploy import Founder, Sender, deploy
from ledger.domain.codes import HoldAction, Outcome
from ledger.domain.records import Hold
from ledger.domain.signing import SignedRecord
from ledger.domain.wire import DeclarationId, Head

RELAY = LocalSigner(b"\1" * 32)
# creation code, in hex: deploys the one byte 01; reverts; deploys what stands after it (an address of 20 bytes)
STOPS = "600160005360016000f3"
REVERTS = "60006000fd"
KEEPS_AN_ADDRESS = "6014600c60003960146000f3"


def built(code, links=(), inputs=None):
    abi = [] if inputs is None else [{"type": "constructor", "inputs": inputs}]
    references = {"contracts/types/Library.sol": {"Library": [{"start": at, "length": 20} for at in links]}}
    return {"name": "Test", "bytecode": f"0x{code}", "linkReferences": references if links else {}, "abi": abi}


@pytest.fixture
def artifacts(monkeypatch):
    """Contracts by name, instead of the compiled ones."""
    found: dict[str, object] = {}
    monkeypatch.setattr(deploy_module, "artifact", lambda name: found.get(name, {}))
    return found


@pytest.fixture
def sender(tmp_path):
    anvil = Anvil(find_anvil(), tmp_path / "anvil.log")
    yield Sender(anvil.rpc, RELAY)
    anvil.rpc.close()
    anvil.program.end(10)


def test_libraries_are_linked(sender, artifacts):
    artifacts["Library"] = built(STOPS)
    artifacts["Test"] = built(KEEPS_AN_ADDRESS + "00" * 20, links=[12])
    address = sender.create("Test", {})
    library = bytes.fromhex(sender.rpc.call("eth_getCode", f"0x{address.hex()}", "latest")[2:])
    assert sender.rpc.call("eth_getCode", f"0x{library.hex()}", "latest") == "0x01"


def test_a_contract_that_was_not_compiled(sender, artifacts):
    with pytest.raises(DevnetError, match=r"Test was not compiled\. Run scripts/build"):
        sender.create("Test", {})


def test_a_constructor_that_wants_something_else(sender, artifacts):
    artifacts["Test"] = built(STOPS, inputs=[{"name": "colour_", "type": "uint8"}])
    with pytest.raises(DevnetError, match="Test wants 'colour' at its construction"):
        sender.create("Test", {})
    assert sender.create("Test", {"colour": 7})


def test_a_creation_that_fails(sender, artifacts):
    artifacts["Test"] = built(REVERTS)
    with pytest.raises(DevnetError, match="a transaction failed: reverted: no reason given"):
        sender.create("Test", {})


def test_a_failure_that_the_same_call_does_not_show(sender):
    assert sender._why(b"\2" * 20, b"") == "the same call succeeds now"


def test_a_transaction_that_the_node_refuses(sender):
    sender._nonce = 0
    sender.send(b"\2" * 20, b"")
    sender._nonce = 0
    with pytest.raises(DevnetError, match="the node refuses a transaction: nonce too low"):
        sender.send(b"\2" * 20, b"")


def test_a_receipt_that_never_comes(sender, monkeypatch):
    monkeypatch.setattr(deploy_module, "_PATIENCE", 0.1)
    with pytest.raises(DevnetError, match="there is no receipt of 0x0101"):
        sender._receipt(b"\1" * 32)


def test_founders_that_the_contract_refuses(sender):
    founder = Founder(826, "GB", b"\1" * 20, b"\1" * 20)
    with pytest.raises(DevnetError, match="Participants_FounderInvalid"):
        deploy(sender, [founder])


def test_records_that_would_be_refused(home):
    with Devnet(home, gateway=False) as devnet:
        network, rpc = Network.load(home / "network.json"), Rpc(devnet.home.rpc)
        sender = Sender(rpc, open_local_signer(str(devnet.home.relay_uri)))
        agency = devnet.home.identity("safety-fr")
        record = Hold(
            declaration=DeclarationId(bytes(32)),
            prev=Head(bytes(32)),
            agency=agency.organisation,
            action=HoldAction.SET,
            deadline=int(time.time()) + 600,
        )
        signed = SignedRecord(record, open_signer(agency.signer).sign(network.domains.of(record), record))
        with pytest.raises(DevnetError, match="nothing would be recorded: reverted: NothingRecorded"):
            sender.record(network.consignments, [signed])


def test_one_record_of_several_that_would_be_refused(sender, monkeypatch):
    monkeypatch.setattr(deploy_module, "record_call", lambda _: b"")
    monkeypatch.setattr(deploy_module, "record_outcomes", lambda _: [Outcome.STALE_HEAD])
    record = Hold(declaration=DeclarationId(bytes(32)), prev=Head(bytes(32)), agency=1, action=1, deadline=1)
    with pytest.raises(DevnetError, match="a Hold would be refused: STALE_HEAD"):
        sender.record(b"\2" * 20, [SignedRecord(record, bytes(65))])
