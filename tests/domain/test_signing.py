import pytest
from eth_account import Account
from eth_account.messages import _hash_eip191_message as hash_of
from eth_account.messages import encode_typed_data
from hypothesis import given

from ledger.domain.codes import RecordType
from ledger.domain.keccak import keccak256
from ledger.domain.records import RECORDS, Admission, Declaration
from ledger.domain.signing import SigningDomain, SigningDomains, is_participant_record, type_hash, typed_data
from ledger.domain.wire import Head, WireError, type_string
from tests.domain.builders import DOMAINS, Signer, declaration
from tests.domain.strategies import records


@given(records())
def test_a_digest_is_what_any_wallet_makes_of_the_typed_data(record):
    data = typed_data(DOMAINS.of(record), record)
    assert bytes(DOMAINS.digest(record)) == hash_of(encode_typed_data(full_message=data))


def test_a_wallets_signature_is_that_of_the_digest():
    signer = Signer("somebody")
    key = keccak256(b"somebody")
    record = declaration()
    wallet = Account.sign_typed_data(key, full_message=typed_data(DOMAINS.of(record), record))
    assert signer.sign(DOMAINS.digest(record)) == wallet.signature
    assert Account.from_key(key).address.lower() == f"0x{signer.address.hex()}"


@pytest.mark.parametrize("kind", RecordType)
def test_each_contract_verifies_its_types(kind):
    struct = RECORDS[kind]
    expected = DOMAINS.participants if kind >= 16 else DOMAINS.consignments
    if kind == 8 or kind >= 22:
        expected = DOMAINS.recognitions
    assert DOMAINS.of(kind) is expected
    assert type_hash(struct) == keccak256(type_string(struct).encode()) == type_hash(struct)


def test_only_types_from_16_on_are_participant_records():
    assert not is_participant_record(declaration())
    assert is_participant_record(
        Admission(administration=1, country=b"AA", action=1, council_head=Head(bytes(32)), effective_at=0, deadline=0)
    )


@pytest.mark.parametrize(
    "other",
    [
        SigningDomain(b"\x02" * 32, 31337, b"\xc0" * 20),
        SigningDomain(b"\x01" * 32, 1, b"\xc0" * 20),
        SigningDomain(b"\x01" * 32, 31337, b"\xb0" * 20),
    ],
    ids=["network", "chain", "contract"],
)
def test_a_record_of_another_network_chain_or_contract_has_another_digest(other):
    record = declaration()
    assert SigningDomains(other, other).digest(record) != DOMAINS.digest(record)


def test_the_domains_name_holds_the_network():
    assert DOMAINS.consignments.name == "Passavant 0x" + "01" * 32


def test_a_value_that_does_not_fit_has_no_digest():
    with pytest.raises(WireError):
        DOMAINS.digest(declaration(leg=256))


def test_a_record_says_its_type_once():
    assert Declaration.record_type is RecordType.DECLARATION
    assert {struct.record_type: struct for struct in RECORDS.values()} == RECORDS
