"""Read grants: what is signed is what any wallet signs."""

from dataclasses import replace

from eth_account import Account
from eth_account.messages import encode_typed_data

from ledger.domain.grants import ReadGrant, digest_of_grant, typed_grant
from ledger.domain.keccak import keccak256
from ledger.domain.signing import SigningDomain
from ledger.domain.wire import DeclarationId

NETWORK = SigningDomain(b"\1" * 32, 31_337, b"\2" * 20)
GRANT = ReadGrant(declaration=DeclarationId(b"\3" * 32), grantor=100_001, reader=100_003, serial=7, valid_until=9)


def test_the_digest_is_that_of_the_typed_data():
    message = encode_typed_data(full_message=typed_grant(GRANT, NETWORK))
    assert keccak256(b"\x19" + message.version, message.header, message.body) == digest_of_grant(GRANT, NETWORK)
    signed = Account.from_key(b"\1" * 32).sign_message(message)
    assert bytes(signed.message_hash) == digest_of_grant(GRANT, NETWORK)


def test_every_member_and_the_network_count():
    others = [replace(GRANT, grantor=5), replace(GRANT, reader=5), replace(GRANT, serial=5)]
    others += [
        replace(GRANT, valid_until=5),
        replace(GRANT, declaration=DeclarationId(b"\4" * 32)),
        replace(GRANT, fields=b"\4" * 32),
    ]
    digests = {digest_of_grant(one, NETWORK) for one in [GRANT, *others]}
    digests |= {digest_of_grant(GRANT, replace(NETWORK, chain_id=1))}
    digests |= {digest_of_grant(GRANT, replace(NETWORK, network_id=b"\5" * 32))}
    assert len(digests) == 9
    assert digest_of_grant(GRANT, replace(NETWORK, contract=b"\6" * 20)) == digest_of_grant(GRANT, NETWORK)
