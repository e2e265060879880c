"""QBFT headers as validators would seal them, for tests."""

from coincurve import PrivateKey

from passavant_verifier.headers import FORKS, Header
from passavant_verifier.keccak import keccak256
from passavant_verifier.qbft import seal_hash
from passavant_verifier.rlp import encode, number_bytes


def validators(count, salt=b"validator"):
    """Keys by address."""
    keys = [PrivateKey(keccak256(salt, bytes([n]))) for n in range(count)]
    return {address_of(key): key for key in keys}


def address_of(key):
    return keccak256(key.public_key.format(compressed=False)[1:])[12:]


def extra_data(addresses, *, vote=(), round_=0, seals=()):
    return encode([b"vanity".ljust(32, b"\0"), sorted(addresses), list(vote), number_bytes(round_), list(seals)])


def plain_header(number=12, **changes):
    fields = {name: 1 if size == 0 else bytes(max(size, 0)) for name, size in FORKS["Shanghai"].items()}
    return Header({**fields, "number": number, **changes})


def sealed(header, keys, *, of=None, vote=(), round_=0, foreign=None):
    """The header with the seals of some keys (all, if not said) over it."""
    addresses = list(keys if foreign is None else foreign)
    unsealed = header.with_extra(extra_data(addresses, vote=vote, round_=round_))
    digest = seal_hash(unsealed)
    seals = [key.sign_recoverable(digest, hasher=None) for key in (of if of is not None else keys.values())]
    return header.with_extra(extra_data(addresses, vote=vote, round_=round_, seals=seals))
