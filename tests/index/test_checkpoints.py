"""Checkpoints that were handed in."""

import base64
from dataclasses import replace

import pytest

from ledger.domain.transparency import Checkpoint, CheckpointError, Note, origin_of
from ledger.index.checkpoints import MOST_SIGNATURES, Checkpoints
from ledger.index.indexer import Indexer
from ledger.index.ledgerlog import root_of
from tests.index.streams import Chain

ORIGIN = origin_of(31_337, bytes(32))


def line(name, length=68):
    return f"— {name} {base64.b64encode(name.encode().ljust(length, b'.')).decode()}"


@pytest.fixture
def chain(store):
    made = Chain()
    for _ in range(4):
        made.declare()
        made.block()
    made.block()
    indexer = Indexer(store)
    indexer.apply(made.blocks, made.events)
    indexer.observe(node_head=5, final=5)
    return made


@pytest.fixture
def at(store, chain):
    """The right checkpoint as of a height."""

    def made(height):
        block, size = chain.blocks[height], min(height, 4) + 1
        with store.reading() as session:
            top = root_of(session, size)
        return Checkpoint(ORIGIN, size, top, height, block.hash, block.time, bytes(32))

    return made


@pytest.fixture
def kept(store):
    return Checkpoints(store, ORIGIN)


def test_a_checkpoint_is_kept_and_found(kept, at):
    assert kept.latest() is None
    assert kept.covering(0) is None
    older, newer = Note(at(2), (line("a"),)), Note(at(5), (line("a"),))
    assert kept.put(newer) == newer
    assert kept.put(older) == older
    assert kept.latest() == newer
    assert kept.covering(2) == newer
    assert kept.covering(4) == newer
    assert kept.covering(5) is None


def test_signatures_over_the_same_text_come_together(kept, at):
    kept.put(Note(at(3), (line("a"),)))
    both = kept.put(Note(at(3), (line("b"), line("a"))))
    assert both.signatures == (line("a"), line("b"))
    assert kept.latest() == both


def test_more_signatures_outweigh_a_later_height(kept, at):
    witnessed = kept.put(Note(at(3), (line("a"), line("b"))))
    lonely = kept.put(Note(at(5), (line("a"),)))
    assert kept.covering(1) == witnessed
    assert kept.covering(4) == lonely
    assert kept.latest() == lonely


@pytest.mark.parametrize(
    ("height", "changed", "what"),
    [
        (3, {"origin": origin_of(1, bytes(32))}, "this ledger log is"),
        (3, {"size": 3}, "log of 3 blocks is another one"),
        (3, {"root": bytes(32)}, "log of 4 blocks is another one"),
        (3, {"block_hash": bytes(32)}, "block 3 is another one"),
        (3, {"time": 1}, "block 3 is another one"),
        (3, {"height": 4}, "block 4 is another one"),
        (3, {"height": 6}, "ahead of this index"),
        (3, {"size": 6}, "ahead of this index"),
    ],
)
def test_what_is_not_of_this_log(kept, at, height, changed, what):
    with pytest.raises(CheckpointError, match=what):
        kept.put(Note(replace(at(height), **changed), (line("a"),)))
    assert kept.latest() is None


def test_nothing_is_final_yet(store, kept, at):
    Indexer(store).observe(node_head=5, final=2)
    with pytest.raises(CheckpointError, match="ahead of this index"):
        kept.put(Note(at(3), (line("a"),)))


def test_it_fills_up(kept, at):
    lines = tuple(line(f"witness-{n}") for n in range(MOST_SIGNATURES))
    assert len(kept.put(Note(at(3), lines)).signatures) == MOST_SIGNATURES
    with pytest.raises(CheckpointError, match="16 signatures already"):
        kept.put(Note(at(3), (line("one-more"),)))


def test_accepted_witnesses(kept):
    assert kept.witnesses() == ()
    kept.accept("a+1+x")
    kept.accept("b+2+y")
    kept.accept("a+1+x")
    assert kept.witnesses() == ("a+1+x", "b+2+y")


def test_what_is_kept_is_known_by_its_text(kept, at):
    kept.put(Note(at(3), (line("a"),)))
    assert kept.keeps(at(3))
    assert not kept.keeps(at(4))
