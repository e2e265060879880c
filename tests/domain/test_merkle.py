"""Merkle trees.

Invariants: a proof of several leaves leads to the top of exactly their tree; it is the same for the same leaves in any
order; it holds no node that follows from others; of one leaf it is that leaf's own; every malformed one gives nothing.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.merkle import LARGEST_TREE, MultiProof, climb_all, levels_of, power_of_two, prove, prove_all

LEAVES = [bytes([n]) * 32 for n in range(1, 65)]
LEVELS = levels_of(LEAVES)
TOP = LEVELS[-1][0]

several = st.sets(st.integers(0, 63), min_size=1)


@given(several, st.randoms())
def test_several_leaves_lead_to_the_top(indices, random):
    shuffled = list(indices)
    random.shuffle(shuffled)
    proof = prove_all(LEVELS, shuffled, 64)
    assert proof == prove_all(LEVELS, sorted(indices), 64)
    assert climb_all([LEAVES[index] for index in proof.indices], proof) == TOP


@given(several, st.data())
def test_another_leaf_or_place_leads_elsewhere(indices, data):
    proof = prove_all(LEVELS, indices, 64)
    leaves = [LEAVES[index] for index in proof.indices]
    changed = data.draw(st.integers(0, len(leaves) - 1))
    assert climb_all([*leaves[:changed], bytes(31) + b"x", *leaves[changed + 1 :]], proof) != TOP
    for sibling in range(len(proof.siblings)):
        siblings = (*proof.siblings[:sibling], bytes(32), *proof.siblings[sibling + 1 :])
        assert climb_all(leaves, replace(proof, siblings=siblings)) != TOP
    free = sorted(set(range(64)) - indices)
    if free:
        moved = sorted({*proof.indices} - {proof.indices[changed]} | {data.draw(st.sampled_from(free))})
        assert climb_all(leaves, replace(proof, indices=tuple(moved))) != TOP


@given(several)
def test_it_is_minimal(indices):
    """Counted anew: a node is told exactly when no opened leaf lies under it and one does under its parent."""

    def opened(height, place):
        return any(index >> height == place for index in indices)

    needed = [
        LEVELS[height][place]
        for height in range(6)
        for place in range(64 >> height)
        if not opened(height, place) and opened(height + 1, place >> 1)
    ]
    assert list(prove_all(LEVELS, indices, 64).siblings) == needed


@pytest.mark.parametrize("index", [0, 1, 31, 63])
def test_of_one_leaf_it_is_the_audit_path(index):
    one = prove(LEVELS, index, 64)
    assert prove_all(LEVELS, [index], 64) == MultiProof((index,), 64, one.siblings)


def test_all_leaves_need_nothing_else():
    assert prove_all(LEVELS, range(64), 64).siblings == ()


def test_a_tree_of_one_leaf_is_that_leaf():
    levels = levels_of([LEAVES[5]])
    assert climb_all([LEAVES[5]], prove_all(levels, [0], 1)) == LEAVES[5]


def test_malformed_proofs_lead_nowhere():
    proof = prove_all(LEVELS, [3, 9], 64)
    leaves = [LEAVES[3], LEAVES[9]]
    malformed = [
        replace(proof, siblings=proof.siblings[:-1]),
        replace(proof, siblings=(*proof.siblings, bytes(32))),
        replace(proof, siblings=(*proof.siblings[:-1], bytes(31))),
        replace(proof, indices=(9, 3)),
        replace(proof, indices=(3, 3)),
        replace(proof, indices=(-1, 9)),
        replace(proof, indices=(3, 64)),
        replace(proof, size=0),
        replace(proof, size=128),
        replace(proof, size=2 * LARGEST_TREE, siblings=proof.siblings * 4),
    ]
    assert [climb_all(leaves, one) for one in malformed] == [None] * len(malformed)
    assert climb_all(leaves[:1], proof) is None
    assert climb_all([], MultiProof((), 64, ())) is None


@pytest.mark.parametrize(("count", "size"), [(1, 1), (2, 2), (3, 4), (64, 64), (65, 128)])
def test_the_power_of_two(count, size):
    assert power_of_two(count) == size
