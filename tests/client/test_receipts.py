"""Receipts, as a client makes them from its store and node. What they prove, the verifier's tests hold."""

import time
from dataclasses import replace

import pytest

from ledger.chain.errors import NodeError
from ledger.chain.notes import NoteKey
from ledger.chain.rpc import Rpc
from ledger.client import CheckpointError, Client
from ledger.client.receipts import Issuer, ReceiptError
from ledger.desk import RulingOptions
from ledger.domain.codes import DecisionKind, HoldAction
from ledger.domain.receipts import is_sealed
from ledger.domain.transparency import Note
from ledger.index.proofs import Proofs
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import FR, PLATFORM


class Forgetful(Rpc):
    """A node that has forgotten every state, as engines do after a while."""

    def call(self, method, *params):
        if method == "eth_getProof":
            raise NodeError(-32000, "missing trie node", None)
        return super().call(method, *params)


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


@pytest.fixture
def forgetful(team):
    client = team.client
    with_nothing = Forgetful(client.settings.rpc)
    yield Issuer(client.store, with_nothing, client.network, client.checkpoints)
    with_nothing.close()


def block_of(team, written):
    return team.client.record(written.digest).block


def test_nothing_was_decided_yet(team, lodged):
    with pytest.raises(ReceiptError, match="nothing was decided"):
        team.client.receipt(lodged)


def test_a_release(team, customs, lodged, witness):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    bare = team.client.receipt(lodged)
    assert (bare.note, bare.receipt.checkpoint, bare.receipt.blocks[0].path) == (None, None, None)
    note = team.client.sign_checkpoint(witness)
    issued = team.client.receipt(lodged)
    assert issued.note == note
    assert issued.receipt.checkpoint == note.text
    assert issued.basis.decision.digest == released.digest
    assert issued.receipt.steps == ()
    [block] = issued.receipt.blocks
    assert (block.number, block.leaf) == (block_of(team, released), note.checkpoint.size - 1)
    assert issued.receipt.event == (0, 0)
    compact = team.client.receipt(lodged, compact=True).receipt
    assert compact.event is None
    assert set(compact.nodes) < set(issued.receipt.nodes)


def test_what_came_after_is_told_in_steps_and_a_second_block(team, customs, lodged):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    assessed = team.recorded(customs.decide(lodged, DecisionKind.ASSESS_FINALLY))
    issued = team.client.receipt(lodged)
    assert issued.basis.decision.digest == released.digest
    assert issued.receipt.steps == ((bytes(32), assessed.digest),)
    assert [one.number for one in issued.receipt.blocks] == [block_of(team, one) for one in (released, assessed)]


def test_a_held_one_is_about_the_decision_that_holds_it(team, customs, lodged):
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    held = team.recorded(customs.decide(lodged, DecisionKind.REQUIRE_CONTROL))
    assert team.client.receipt(lodged).basis.decision.digest == held.digest


def test_an_agency_s_hold_is_seen_in_the_state(team, customs, lodged):
    accepted = team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    team.recorded(team.desk("safety-fr").hold(lodged, HoldAction.SET))
    issued = team.client.receipt(lodged)
    assert issued.basis.decision.digest == accepted.digest
    assert len(issued.basis.folded.holds) == 1


def test_an_older_checkpoint_serves_while_nothing_has_changed(team, customs, lodged, witness, platform):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    note = team.client.sign_checkpoint(witness)
    team.recorded(platform.declare(message(Case(declarant=PLATFORM_EORI).declaration())))
    issued = team.client.receipt(lodged)
    assert (issued.note, issued.receipt.blocks[-1].number) == (note, block_of(team, released))
    seized = team.recorded(customs.decide(lodged, DecisionKind.SEIZE))
    issued = team.client.receipt(lodged)
    assert (issued.note, issued.basis.decision.digest) == (None, seized.digest)


def test_a_kept_proof_serves_when_the_node_has_forgotten(team, customs, lodged, witness, forgetful):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    note = team.client.sign_checkpoint(witness)
    fresh, kept = team.client.receipt(lodged), forgetful.issue(lodged)
    assert kept.receipt.to_json() == fresh.receipt.to_json()
    assert kept.note == note


def test_a_state_that_is_forgotten_and_was_not_kept(team, customs, lodged, forgetful):
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))  # not worth keeping
    assert Proofs(team.client.store).state(lodged) is None
    with pytest.raises(ReceiptError, match=r"no proof was kept \(.*missing trie node"):
        forgetful.issue(lodged)


def test_a_node_that_can_t_prove_does_not_stop_the_index(team, devnet, customs, lodged, monkeypatch):
    follower = team.client.follower
    monkeypatch.setattr(follower._proofs, "_rpc", Forgetful(team.client.settings.rpc))
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    assert Proofs(team.client.store).state(lodged) is None
    assert "missing trie node" in follower._proofs._failed
    monkeypatch.undo()
    follower._proofs._rest = 0.0
    team.client.sync()
    assert Proofs(team.client.store).state(lodged) is not None
    assert follower._proofs._failed == ""


def test_a_failure_is_not_asked_again_at_once(team, customs, lodged, monkeypatch):
    follower = team.client.follower
    follower._proofs._rest = time.monotonic() + 60
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    assert Proofs(team.client.store).state(lodged) is None


def test_many_decisions_are_taken_in_parts(team, customs, platform, monkeypatch):
    monkeypatch.setattr("ledger.client.prooftaking._MOST", 2)
    several = [team.recorded(platform.declare(message(Case(declarant=PLATFORM_EORI).declaration()))) for _ in range(3)]
    team.client.follower._proofs._rest = time.monotonic() + 60
    team.recorded(*(customs.decide(one.declaration, DecisionKind.RELEASE) for one in several))
    team.client.follower._proofs._rest = 0.0
    for _ in range(3):
        team.client.sync()
    assert all(Proofs(team.client.store).state(one.declaration) for one in several)


def test_who_may_read_the_status(team, lodged):
    assert team.client.may_read_status(lodged, PLATFORM)
    assert team.client.may_read_status(lodged, FR)
    assert not team.client.may_read_status(lodged, 826)
    assert not team.client.may_read_status(lodged, None)
    assert not team.client.may_read_status(bytes(32), PLATFORM)


def test_a_status_reader_may(team, platform):
    from ledger.index.references import Reference, ReferenceType
    from tests.client.networks import BAZAAR

    case = Case(declarant=PLATFORM_EORI)
    lodged = team.recorded(platform.declare(message(case.declaration()))).declaration
    assert not team.client.may_read_status(lodged, BAZAAR)
    team.client.add_reader(Reference(ReferenceType.TRACKING, case.item), BAZAAR, PLATFORM)
    assert team.client.may_read_status(lodged, BAZAAR)


def test_superseding_a_release_changes_the_basis(team, customs, lodged):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    refused = team.recorded(customs.decide(lodged, DecisionKind.REFUSE, RulingOptions(supersedes=released.digest)))
    assert team.client.receipt(lodged).basis.decision.digest == refused.digest


@pytest.mark.parametrize("form", ["json", "cbor", "png", "svg", "pdf"])
def test_files(team, customs, lodged, form):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    made = team.client.receipt_file(lodged, form)
    assert made.content
    assert made.vouching.startswith("no checkpoint covers it")
    assert made.block == team.client.receipt(lodged).receipt.blocks[-1].number


def test_besu_s_headers_are_known_by_their_mark():
    assert is_sealed({"mixHash": "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"})
    assert not is_sealed({"mixHash": "0x" + "00" * 32})


# --- checkpoints ------------------------------------------------------------------------------------------------------


def test_only_accepted_witnesses_sign(team, customs, lodged, witness):
    made = team.client.checkpoint()
    theirs = Note(made, (NoteKey.generate("anybody").sign(made.text), witness.sign(made.text)))
    with pytest.raises(CheckpointError, match="by a witness that this ledger accepts"):
        team.client.put_checkpoint(theirs.text, strict=True)
    team.client.checkpoints.accept(witness.verifier)
    assert team.client.put_checkpoint(theirs.text, strict=True).signatures == theirs.signatures[1:]
    with pytest.raises(CheckpointError, match="by a witness that this ledger accepts"):
        team.client.put_checkpoint(Note(made, theirs.signatures[:1]).text)


def test_while_there_are_none_the_operator_may_add_any(team, lodged, witness):
    made = team.client.checkpoint()
    assert team.client.put_checkpoint(Note(made, (witness.sign(made.text),)).text) == team.client.latest_checkpoint()


def test_a_wrong_fold_would_spoil_receipts(team, lodged, witness):
    wrong = replace(team.client.checkpoint(), fold=bytes(32))
    with pytest.raises(CheckpointError, match="fold is not that of the contracts' storage"):
        team.client.put_checkpoint(Note(wrong, (witness.sign(wrong.text),)).text)


def test_there_is_nothing_to_sign_yet(settings):
    memory = replace(settings, database="sqlite://")
    with Client.open(memory) as empty, pytest.raises(CheckpointError, match="nothing to sign yet"):
        empty.checkpoint()


def test_another_history_is_taken_anew(team, customs, lodged):
    """Whichever process took the store back: what was taken up to a block counts for that block only."""
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    taker, proofs = team.client.follower._proofs, Proofs(team.client.store)
    assert taker._upto is not None
    taker._upto = taker._upto[0] + 100, bytes(32)
    again = team.recorded(customs.decide(lodged, DecisionKind.DETAIN))
    kept = proofs.state(lodged)
    assert kept is not None
    assert kept.block == block_of(team, again)
