"""What a decision says of the recognitions on which it relies."""

import pytest

from ledger.desk import DeskError
from ledger.desk.recognising import reliance
from ledger.domain.keccak import keccak256
from ledger.domain.wire import ZERO, Digest

DIGESTS = tuple(Digest(bytes([number]) * 32) for number in range(1, 6))


def test_it_is_the_hash_of_their_digests_in_order():
    assert reliance(()) == ZERO
    assert reliance(DIGESTS[:2]) == keccak256(DIGESTS[0] + DIGESTS[1])
    assert reliance(DIGESTS[1::-1]) != reliance(DIGESTS[:2])


@pytest.mark.parametrize("relies", [DIGESTS, DIGESTS[:1] * 2])
def test_five_or_one_twice_are_too_many(relies):
    with pytest.raises(DeskError, match="4 recognitions at most"):
        reliance(relies)
