"""Receipts, as a client makes them from its store and node."""

import time

import pytest

from ledger.chain.notes import NoteKey
from ledger.client.receipts import ReceiptError
from ledger.desk import RulingOptions
from ledger.domain.codes import DecisionKind
from ledger.domain.wire import ZERO
from tests.client.letters import PLATFORM_EORI, Case, message


@pytest.fixture
def platform(team):
    return team.desk("platform")


@pytest.fixture
def customs(team):
    return team.desk("customs-fr")


@pytest.fixture
def lodged(team, platform):
    case = Case(declarant=PLATFORM_EORI)
    return team.recorded(platform.declare(message(case.declaration()))).declaration


@pytest.fixture
def witness():
    return NoteKey.generate("witness.example")


def test_nothing_was_decided_yet(team, lodged):
    with pytest.raises(ReceiptError, match="nothing was decided"):
        team.client.receipt(lodged)


def test_a_release(team, customs, lodged, witness):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.client.sync()
    bare = team.client.receipt(lodged)
    assert (bare.note, bare.receipt.checkpoint, bare.receipt.blocks[0].path) == (None, None, None)
    note = team.client.sign_checkpoint(witness)
    issued = team.client.receipt(lodged)
    assert issued.note == note
    assert issued.basis.decision.digest == released.digest
    assert issued.receipt.steps == ()
    [block] = issued.receipt.blocks
    assert block.number == team.client.record(released.digest).block
    assert issued.receipt.event is not None
    assert team.client.receipt(lodged, compact=True).receipt.event is None


def test_forms(team, customs, lodged, witness):
    import pathlib
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.client.sync()
    team.client.sign_checkpoint(witness)
    for form in ("json", "cbor", "png", "svg", "pdf"):
        for lang in ("en","fr"):
            b = team.client.receipt_as(lodged, form, lang)
            pathlib.Path(f"/tmp/issuing-r-{lang}.{form}").write_bytes(b)
            print(form, len(b))
