"""The ledger log.

Invariants: kept subtrees give the root and the proofs of RFC 6962 at every size; a proof leads from its leaf to the
root of its size; a checkpoint's text is read as it is signed, and nothing else is.
"""

import base64
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.transparency import (
    EMPTY_ROOT,
    Checkpoint,
    CheckpointError,
    Note,
    grown,
    inclusion,
    leaf_hash,
    node_hash,
    origin_of,
    read_note,
    root,
)

BLOCKS = [sha256(bytes([n])).digest() for n in range(70)]


def naive(leaves):
    """MTH of RFC 6962, 2.1, as it is written there."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def naive_path(index, leaves):
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    if index < split:
        return [*naive_path(index, leaves[:split]), naive(leaves[split:])]
    return [*naive_path(index - split, leaves[split:]), naive(leaves[:split])]


@pytest.fixture(scope="module")
def nodes():
    kept: dict[tuple[int, int], bytes] = {}
    for size, block in enumerate(BLOCKS):
        for level, position, digest in grown(size, leaf_hash(block), lambda *at: kept[at]):
            kept[level, position] = digest
    return kept


def test_kept_subtrees_are_the_complete_ones(nodes):
    complete = {(level, n) for level in range(7) for n in range(len(BLOCKS) >> level)}
    assert nodes.keys() == complete


@pytest.mark.parametrize("size", range(len(BLOCKS) + 1))
def test_the_root_at_every_size(nodes, size):
    assert root(size, lambda *at: nodes[at]) == naive(BLOCKS[:size])


@given(st.integers(1, len(BLOCKS)), st.data())
def test_a_leaf_s_audit_path(nodes, size, data):
    index = data.draw(st.integers(0, size - 1))
    path = inclusion(index, size, lambda *at: nodes[at])
    assert list(path) == naive_path(index, BLOCKS[:size])


def test_the_formulas_of_the_rfc():
    assert leaf_hash(b"") == bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    assert sha256(b"").digest() == EMPTY_ROOT
    assert node_hash(b"a", b"b") == sha256(b"\x01ab").digest()


CHECKPOINT = Checkpoint(origin_of(31337, bytes(range(32))), 7, bytes(32), 12, bytes([1]) * 32, 1_700_000_000, bytes(32))
LINE = "— customs.example " + base64.b64encode(bytes(68)).decode()
OTHER = "— witness.example/1 " + base64.b64encode(bytes(76)).decode()


def test_a_checkpoint_is_spelled_in_one_way():
    assert CHECKPOINT.text == (
        "passavant/31337/0001020304050607\n"
        "7\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        f"height 12 {'01' * 32} 1700000000\n"
        f"fold {'00' * 32}\n"
    )
    note = Note(CHECKPOINT, (LINE,)).with_signatures((OTHER, LINE))
    assert note.signatures == (LINE, OTHER)
    assert read_note(note.text) == note


TEXT = Note(CHECKPOINT, (LINE,)).text


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("\n\n", "\n", "no signed note"),
        (LINE + "\n", "", "no signed note"),
        (LINE + "\n", LINE, "no signed note"),
        (LINE, "- customs.example AAAA", "no signed note"),
        ("customs.example", "customs\x1b[2J", "no signed note"),
        (LINE, "— customs.example AAAA", "no signed note"),
        (LINE, LINE[:-1], "no signed note"),
        ("passavant/31337", "passavant/031337", "are wanted"),
        ("passavant/", "other/", "are wanted"),
        ("fold", "fold\nfold", "are wanted"),
        ("\n7\n", "\n07\n", "can't be read"),
        ("\n7\n", "\n0\n", "can't be read"),
        ("\n7\n", "\n\u0667\n", "can't be read"),
        ("\n7\n", "\n-7\n", "can't be read"),
        ("AAA=", "AAA", "can't be read"),
        ("AAA=", "AAB=", "not spelled"),
        ("height 12", "height 012", "can't be read"),
        ("height 12", "height " + "9" * 5_000, "can't be read"),
        ("0101", "010", "can't be read"),
        ("fold 00", "fold 0", "can't be read"),
        ("fold 00", "fold AA", "can't be read"),
        (LINE, LINE * 500, "too long"),
    ],
)
def test_what_is_no_checkpoint(before, after, what):
    assert before in TEXT
    with pytest.raises(CheckpointError, match=what):
        read_note(TEXT.replace(before, after, 1))


@given(st.text(max_size=200))
def test_nothing_raises_anything_else(text):
    with pytest.raises(CheckpointError):
        read_note(text)


def test_another_height_is_another_text():
    assert replace(CHECKPOINT, height=13).text != CHECKPOINT.text
