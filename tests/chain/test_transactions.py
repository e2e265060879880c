import rlp as reference
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.signers import LocalSigner
from ledger.chain.transactions import Fees, Transaction, rlp, sign_transaction
from ledger.domain.keccak import keccak256

KEY = LocalSigner(b"\7" * 32)
numbers = st.integers(min_value=0, max_value=2**64 - 1)
made = st.builds(
    Transaction,
    chain_id=st.integers(min_value=1, max_value=2**32),
    nonce=numbers,
    to=st.one_of(st.just(b""), st.binary(min_size=20, max_size=20)),
    data=st.binary(max_size=100),
    gas=numbers,
    fees=st.builds(Fees, price=numbers, tip=numbers, legacy=st.booleans()),
    value=numbers,
)
items = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@given(items)
def test_rlp_is_the_references(item):
    assert rlp(item) == reference.encode(item)


@given(st.integers(min_value=0, max_value=2**256 - 1))
def test_rlp_of_numbers_is_the_references(number):
    assert rlp(number) == reference.encode(number)


def test_rlp_of_long_parts():
    assert rlp([b"x" * 70_000]) == reference.encode([b"x" * 70_000])


@given(made)
def test_everybody_recovers_the_relay(transaction):
    signed = sign_transaction(transaction, KEY)
    assert signed.hash == keccak256(signed.raw)
    assert bytes.fromhex(Account.recover_transaction(signed.raw)[2:]) == KEY.address


@given(made)
def test_eth_account_makes_the_same_bytes(transaction):
    fees = transaction.fees
    plain = {
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "to": transaction.to,
        "data": transaction.data,
        "gas": transaction.gas,
        "value": transaction.value,
    }
    price = {"gasPrice": fees.price} if fees.legacy else {"maxFeePerGas": fees.price, "maxPriorityFeePerGas": fees.tip}
    theirs = Account.sign_transaction({**plain, **price}, b"\7" * 32)
    assert sign_transaction(transaction, KEY).raw == bytes(theirs.raw_transaction)


def test_the_envelopes():
    legacy = sign_transaction(Transaction(5, 1, b"", b"", 1, Fees(legacy=True)), KEY).raw
    modern = sign_transaction(Transaction(5, 1, b"", b"", 1), KEY).raw
    assert legacy[0] >= 0xC0
    assert modern[0] == 2


def test_a_replacement_offers_more():
    assert Fees(100, 10, legacy=True).raised(13) == Fees(113, 12, legacy=True)
    assert Fees(1, 0).raised(13) == Fees(2, 0)
