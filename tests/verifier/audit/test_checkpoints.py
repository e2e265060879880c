"""Step 16: every lie of a checkpoint is caught, and what an audit signed the next one continues from."""

from dataclasses import replace

import pytest

from passavant_verifier.audit.checkpoints import load_note
from passavant_verifier.audit.signing import SigningKey, note_text
from passavant_verifier.audit.steps import Step
from passavant_verifier.errors import UnreadableError
from passavant_verifier.notes import Note, read_note
from tests.fakes.liar import Liar
from tests.verifier.audit.auditing import Played, audited, first

KEY = SigningKey("auditor.example", bytes(32))
OTHER = SigningKey("witness.example", b"\1" * 32)


@pytest.fixture(scope="module")
def checkpoint(played):
    result, findings = audited(played.network, played.url)
    assert findings.exit_code == 0
    assert result.checkpoint is not None
    return result.checkpoint


def flip(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


LIES = {
    "another block": lambda c: replace(c, block=flip(c.block)),
    "another time": lambda c: replace(c, time=c.time + 1),
    "another root": lambda c: replace(c, root=flip(c.root)),
    "another size": lambda c: replace(c, size=c.size - 1),
    "another fold": lambda c: replace(c, fold=flip(c.fold)),
    "another height": lambda c: replace(c, height=c.height - 1),
    "a height that the chain has not": lambda c: replace(c, height=c.height + 100),
}


@pytest.mark.parametrize("name", LIES)
def test_step_16_every_lie_is_caught(played: Played, checkpoint, name):
    note = OTHER.note(LIES[name](checkpoint))
    _, findings = audited(played.network, played.url, checkpoint=note, keys=[OTHER.public], own=KEY.public)
    assert first(findings).step is Step.CHECKPOINT


def test_step_16_a_true_checkpoint_is_clean_whoever_signed_it(played: Played, checkpoint):
    for signer in (KEY, OTHER):
        note = signer.note(checkpoint)
        result, findings = audited(played.network, played.url, checkpoint=note, keys=[signer.public], own=KEY.public)
        assert findings.exit_code == 0, findings.divergences
        assert result.vouched == {signer.public}
        assert result.checkpoint == checkpoint


def test_step_16_a_wrong_signature_of_a_known_key(played: Played, checkpoint):
    note = KEY.note(checkpoint)
    forged = Note(replace(checkpoint, time=checkpoint.time), (replace(note.signatures[0], value=bytes(64)),))
    _, findings = audited(played.network, played.url, checkpoint=forged, keys=[KEY.public])
    assert first(findings).step is Step.CHECKPOINT
    assert "signatures of known keys" in first(findings).rule


def test_step_16_a_fold_that_the_node_can_no_longer_prove_is_unknown_unless_i_signed_it(played: Played, checkpoint):
    """An engine that keeps zeros has another fold than the events; after a restart it has no old proofs."""
    earlier = replace(checkpoint, fold=flip(checkpoint.fold))
    seen = []

    def forgetful(method, _, result):
        if method == "eth_getProof":
            seen.append(result)
            return result if len(seen) <= 3 else ValueError("missing trie node")
        return result

    for signer, code in ((OTHER, 3), (KEY, 0)):
        seen.clear()
        with Liar(played.url, node=forgetful) as liar:
            keys = [KEY.public, OTHER.public]
            note = signer.note(earlier)
            _, findings = audited(played.network, liar.url, checkpoint=note, keys=keys, own=KEY.public)
        assert findings.exit_code == code


def test_notes_are_written_as_they_are_read(checkpoint):
    note = OTHER.countersigned(KEY.note(checkpoint))
    assert read_note(note_text(note)) == note
    again = OTHER.countersigned(note)
    assert [one.name for one in again.signatures] == ["auditor.example", "witness.example"]


def test_a_checkpoint_of_another_network_is_refused(played: Played, checkpoint):
    other = KEY.note(replace(checkpoint, origin="passavant/31337/0000000000000000"))
    with pytest.raises(UnreadableError, match="a checkpoint of passavant/31337/0000000000000000, not of"):
        load_note(note_text(other), "a file", played.network)
    with pytest.raises(UnreadableError, match="a file: this is no checkpoint"):
        load_note("nonsense", "a file", played.network)
