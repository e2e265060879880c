from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passavant_verifier.log import EMPTY_ROOT, is_consistent, is_included, leaf_hash, node_hash, root_of

LEAVES = [leaf_hash(bytes([n])) for n in range(40)]
# Certificate Transparency's own reference tree: its eight leaves, and its roots by size.
REFERENCE_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def path_of(leaves, index):
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:half], leaves[half:]
    return [*path_of(left, index), root_of(right)] if index < half else [*path_of(right, index - half), root_of(left)]


def consistency(leaves, old, *, whole=True):
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return [*consistency(leaves[:half], old, whole=whole), root_of(leaves[half:])]
    return [*consistency(leaves[half:], old - half, whole=False), root_of(leaves[:half])]


def test_roots_are_certificate_transparencys():
    hashes = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES]
    assert [root_of(hashes[:size]).hex() for size in range(1, 9)] == REFERENCE_ROOTS
    assert root_of([]) == EMPTY_ROOT == sha256().digest()


@given(st.integers(1, 40), st.data())
def test_inclusion_holds_for_the_leaf_at_its_place_alone(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves, path = LEAVES[:size], path_of(LEAVES[:size], index)
    root = root_of(leaves)
    assert is_included(leaves[index], index, root, size, path)
    for other in range(-1, size + 1):
        assert is_included(leaves[index], other, root, size, path) == (other == index)
    assert not is_included(leaf_hash(b"other"), index, root, size, path)
    assert not is_included(leaves[index], index, root, size, [*path, root])
    assert not path or not is_included(leaves[index], index, root, size, path[:-1])


@given(st.integers(1, 40), st.data())
def test_consistency_holds_for_a_prefix_alone(size, data):
    old = data.draw(st.integers(1, size))
    leaves = LEAVES[:size]
    path = consistency(leaves, old)
    before, after = (old, root_of(leaves[:old])), (size, root_of(leaves))
    assert is_consistent(before, after, path)
    assert not is_consistent((old, leaf_hash(b"other")), after, path)
    assert not is_consistent(before, (size, leaf_hash(b"other")), path)
    assert not is_consistent(before, after, [*path, root_of(leaves)])
    assert not path or not is_consistent(before, after, path[:-1])


@pytest.mark.parametrize(
    ("old", "expected"), [((0, EMPTY_ROOT), True), ((0, b"\0" * 32), False), ((3, b"\0" * 32), False)]
)
def test_an_empty_log_is_continued_by_any_and_a_longer_one_by_none(old, expected):
    assert is_consistent(old, (2, root_of(LEAVES[:2])), []) is expected


def test_a_proof_without_steps_proves_no_growth():
    assert not is_consistent((3, root_of(LEAVES[:3])), (5, root_of(LEAVES[:5])), [])
    assert node_hash(b"a", b"b") != node_hash(b"b", b"a")
