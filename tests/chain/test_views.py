"""What the views say of answers that are none; what they answer on the real contracts is in test_anvil.py."""

import pytest

from ledger.chain.abi import ARTIFACTS, artifact, selector
from ledger.chain.errors import AbiError
from ledger.chain.views import Consignment, Views, decoded
from ledger.domain.wire import DeclarationId
from tests.chain.conftest import network_of


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.fixture
def answering(rpc, monkeypatch):
    """Views whose node answers these bytes to every call."""

    def make(answer: bytes) -> Views:
        monkeypatch.setattr(rpc, "call", lambda *_: "0x" + answer.hex())
        return Views(rpc, network_of())

    return make


def test_another_number_of_standings_is_refused(answering):
    two = [DeclarationId(bytes(32))] * 2
    assert len(answering(word(32) + word(2) + bytes(384)).status_many(two)) == 2
    for answer in (word(32) + word(1) + bytes(192), word(32) + word(3) + bytes(384), word(32)):
        with pytest.raises(AbiError):
            answering(answer).status_many(two)


def test_a_list_that_is_none_is_refused(answering):
    assert answering(word(32) + word(1) + word(7)).active_administrations() == [7]
    with pytest.raises(AbiError):
        answering(word(32) + word(2) + word(7)).active_administrations()


def test_a_struct_with_bits_outside_its_types_is_refused():
    assert decoded(Consignment, bytes(64)) == Consignment(head=bytes(32), join_key=bytes(20))  # type: ignore[arg-type]
    with pytest.raises(AbiError, match="join_key"):
        decoded(Consignment, bytes(32) + b"\1" * 32)


@pytest.mark.parametrize(
    "function",
    [
        "status(bytes32)",
        "statusMany(bytes32[])",
        "heads(bytes32)",
        "consignment(bytes32)",
        "holdOpen(bytes32,uint32)",
        "openHolds(bytes32)",
        "superseded(bytes32)",
        "organisation(uint32)",
        "organisationHead(uint32)",
        "councilHead()",
        "key(address)",
        "keyAt(address,uint40)",
        "managingKeys(uint32)",
        "mandate(uint32,uint32)",
        "administrationOf(bytes2)",
        "activeAdministrations()",
        "competent(uint16,uint32)",
        "approvalsNeeded()",
        "backdating(uint16)",
        "development()",
        "networkId()",
    ],
)
def test_the_contracts_have_the_function(function):
    known = [artifact(name)["methodIdentifiers"].get(function) for name in ARTIFACTS]
    assert selector(function).hex() in known
