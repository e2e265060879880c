import hashlib

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import heads
from ledger.domain.keccak import keccak256
from ledger.domain.wire import Head

WORDS = st.binary(min_size=32, max_size=32)


def test_the_hash_is_ethereums_and_not_the_standards():
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"") != hashlib.sha3_256(b"").digest()


@given(st.lists(st.binary(max_size=40), max_size=4))
def test_the_hash_of_parts_is_the_hash_of_them_joined(parts):
    assert keccak256(*parts) == keccak256(b"".join(parts))


@given(WORDS, WORDS, WORDS)
def test_each_head_is_the_hash_of_what_it_extends_and_what_is_new(prev, request, digest):
    assert heads.opened(digest) == keccak256(bytes(64), digest)
    assert heads.settled(prev, request, digest) == keccak256(prev, request, digest)
    assert heads.public(prev, request, digest) == keccak256(prev, request, digest)
    assert heads.held(prev, digest) == heads.joined(prev, digest) == heads.organisation(prev, digest)
    assert heads.held(prev, digest) == keccak256(prev, digest)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5, unique=True), st.data())
def test_a_settled_head_tells_whether_a_step_is_missing_or_moved(steps, data):
    other = data.draw(st.permutations(steps).map(lambda moved: moved[: data.draw(st.integers(0, len(steps)))]))

    def fold(history):
        head = Head(bytes(32))
        for request, digest in history:
            head = heads.settled(head, request, digest)
        return head

    assert (fold(other) == fold(steps)) == (other == steps)
