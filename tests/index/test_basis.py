"""What a status stands on, and which declarations wait for their proofs."""

import pytest

from ledger.domain.codes import DecisionKind, HoldAction
from ledger.index.basis import Bases, awaiting
from ledger.index.indexer import Indexer
from ledger.index.proofs import KeptEvent, KeptState, Proofs
from tests.index.streams import AGENCY, GB, Chain


@pytest.fixture
def chain():
    return Chain()


def apply(store, chain):
    indexer = Indexer(store)
    indexer.apply(chain.blocks, chain.events)
    indexer.observe(node_head=chain.blocks[-1].number, final=chain.blocks[-1].number)
    return indexer


def basis(store, chain, declaration, block=None):
    with store.reading() as session:
        return Bases(session, chain.blocks[-1].number if block is None else block).of(declaration)


def test_the_decision_that_led_to_the_status_and_what_followed(store, chain):
    one = chain.declare()
    chain.block()
    released = chain.decide(one, DecisionKind.RELEASE)
    chain.block()
    assessed = chain.decide(one, DecisionKind.ASSESS_FINALLY)
    looked = chain.control(one)
    chain.block()
    apply(store, chain)
    found = basis(store, chain, one)
    assert found.decision.digest == released
    assert found.steps == ((bytes(32), assessed), (bytes(32), looked))
    assert found.administrations == (GB,)
    assert len(found.signer) in {0, 20}
    assert basis(store, chain, one, 2).steps == ()
    assert basis(store, chain, one, 1) is None
    assert basis(store, chain, bytes(32)) is None


def test_customs_hold_outweighs_the_status_and_an_agency_s_does_not(store, chain):
    one = chain.declare()
    accepted = chain.decide(one, DecisionKind.ACCEPT)
    chain.block()
    chain.hold(one, agency=AGENCY, action=HoldAction.SET)
    chain.block()
    apply(store, chain)
    assert basis(store, chain, one).decision.digest == accepted
    held = chain.decide(one, DecisionKind.DETAIN)
    chain.block()
    apply(store, chain)
    assert basis(store, chain, one).decision.digest == held


def test_an_assessment_alone_is_something_to_prove(store, chain):
    one = chain.declare()
    assessed = chain.decide(one, DecisionKind.ASSESS)
    chain.block()
    apply(store, chain)
    assert basis(store, chain, one).decision.digest == assessed


def test_who_waits_for_proofs(store, chain):
    released, accepted, held, many = (chain.declare() for _ in range(4))
    chain.block()
    chain.decide(released, DecisionKind.RELEASE)
    chain.decide(accepted, DecisionKind.ACCEPT)
    chain.decide(accepted, DecisionKind.QUERY)
    chain.block()
    chain.hold(held, agency=AGENCY, action=HoldAction.SET)
    chain.decide(many, DecisionKind.REQUIRE_CONTROL)
    chain.decide(many, DecisionKind.LIFT_CONTROL)
    chain.block()
    apply(store, chain)
    with store.reading() as session:
        assert awaiting(session, -1, 3, 100) == ([released, held, many], 3)
        assert awaiting(session, 2, 3, 100) == ([held, many], 3)
        assert awaiting(session, 3, 3, 100) == ([], 3)
        assert awaiting(session, -1, 2, 100) == ([released], 2)
        assert awaiting(session, -1, 3, 4) == ([released], 2)
        assert awaiting(session, 2, 3, 1) == ([held, many], 3)


# --- kept proofs ------------------------------------------------------------------------------------------------------


def test_proofs_are_kept_by_declaration_and_by_record(store):
    proofs = Proofs(store)
    assert (proofs.state(b"a"), proofs.event(b"a"), proofs.taken_upto()) == (None, None, -1)
    first, second = (KeptState(n, {"number": hex(n)}, (b"x", b"y")) for n in (3, 4))
    proofs.keep_states([(b"a", first), (b"b", first)], upto=3)
    proofs.keep_states([(b"a", second)])
    assert (proofs.state(b"a"), proofs.state(b"b"), proofs.taken_upto()) == (second, first, 3)
    event = KeptEvent(3, {"number": "0x3"}, 1, 2, (b"z",))
    proofs.keep_event(b"d", event)
    proofs.keep_event(b"d", KeptEvent(9, {}, 0, 0, ()))
    assert proofs.event(b"d") == event


def test_they_go_with_their_blocks(store, chain):
    for _ in range(3):
        chain.declare()
        chain.block()
    indexer, proofs = apply(store, chain), Proofs(store)
    proofs.keep_states([(b"a", KeptState(1, {}, ()))], upto=1)
    proofs.keep_event(b"d", KeptEvent(3, {}, 0, 0, ()))
    indexer.rollback(2)
    assert proofs.state(b"a") is not None
    assert proofs.event(b"d") is None
    assert proofs.taken_upto() == 1
    indexer.rollback(0)
    assert (proofs.state(b"a"), proofs.taken_upto()) == (None, -1)
