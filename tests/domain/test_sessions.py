"""What opens a session is EIP-712 as every wallet computes it, and good for one gateway, network and organisation."""

from dataclasses import replace

from eth_account.messages import _hash_eip191_message, encode_typed_data

from ledger.domain.sessions import SessionClaim

CLAIM = SessionClaim("https://gateway.example", b"\7" * 32, 250, 1_790_000_000)


def test_the_digest_is_that_of_the_typed_data():
    message = encode_typed_data(full_message=CLAIM.typed_data(31337))
    assert bytes(_hash_eip191_message(message)) == CLAIM.digest(31337)


def test_each_part_counts():
    others = [
        replace(CLAIM, gateway="https://another.example"),
        replace(CLAIM, nonce=b"\6" * 32),
        replace(CLAIM, organisation=826),
        replace(CLAIM, deadline=CLAIM.deadline + 1),
    ]
    digests = {one.digest(31337) for one in (CLAIM, *others)} | {CLAIM.digest(1)}
    assert len(digests) == len(others) + 2
