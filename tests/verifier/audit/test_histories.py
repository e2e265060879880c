"""The auditor agrees with the contracts on random histories: every event is lawful, and nothing else is in storage.

Then, on the world that a history leaves, faulty records: shown as recorded, the auditor names the rule that refuses
them, the same as the model's (which is held against the contracts); shown as refused for another reason, it objects.

`PASSAVANT_MODEL_EXAMPLES` sets how many histories are played on each kind of network.
"""

from functools import partial

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.chain.abi import Entry as Presented
from ledger.domain.codes import Outcome as ModelOutcome
from ledger.domain.wire import Digest
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.steps import STEP_OF, Step
from passavant_verifier.codes import Outcome
from passavant_verifier.events import Recorded, Refused
from passavant_verifier.law.ledger import BrokenLawError, Ledger
from passavant_verifier.law.recognising import UNTOLD
from passavant_verifier.records import FORMS, Record, signer_of
from tests.model.chain import NETWORK_ID, Chain
from tests.model.choosing import Choice
from tests.model.drafts import BUILDERS
from tests.model.faults import FAULTS
from tests.model.reading import subject_of
from tests.model.test_histories import SETTINGS, WISHED, Histories, Stage
from tests.model.world import founders
from tests.verifier.audit.auditing import network_at, replayed
from tests.verifier.audit.relying import assert_reliance

EXAMPLES = settings(SETTINGS, max_examples=int(WISHED or 15))
FAULTY = 30
SILENT = (Outcome.RECORDED, Outcome.ALREADY_RECORDED, Outcome.NOT_AUTHENTIC, Outcome.UNKNOWN_RECORD_TYPE)
UNPROVEN = {
    Outcome.APPROVALS_MISSING,
    Outcome.POSSESSION_NOT_PROVEN,
    Outcome.JOIN_NOT_PROVEN,
    Outcome.SUPERSEDES_NOT_PROVEN,
    Outcome.ENCRYPTION_KEY_INVALID,
    Outcome.PARENT_NOT_PROVEN,
}


class AuditedHistories(Histories):
    """When a history has been played, it is audited."""

    def teardown(self) -> None:
        super().teardown()
        chain = self.chain
        node = Node(f"http://127.0.0.1:{chain.anvil.port}")
        network = network_at(node, NETWORK_ID, chain.consignments, chain.participants)
        replay, findings = replayed(node, network)
        assert_reliance(node, network, replay.ledger, self.world.ledger.walk)
        node.close()
        assert not findings.divergences
        assert not findings.unknown
        believed = [note.text for note in findings.notes if note.kind == "refusal believed"]
        assert all(text.endswith("its transaction sends it with several proofs") for text in believed)
        assert findings.checked[Step.STATE] == 3
        assert replay.events > 20  # what the stage was set with
        declared = self.world.ledger.declarations
        assert {one: known.settled for one, known in replay.ledger.consignments.declarations.items()} == {
            bytes(one): bytes(state.settled) for one, state in declared.items()
        }
        self._present_faulty(replay.ledger)

    def _present_faulty(self, ledger: Ledger) -> None:
        names = [*BUILDERS] * 3
        for number in range(FAULTY):
            choice = Choice(self.start, number, FAULTY)
            draft = BUILDERS[choice.of(names)](self.world, choice)
            entry = choice.of(list(FAULTS.values()))(self.world, draft, choice)
            outcome = self.world.judge(entry)
            if outcome is ModelOutcome.RECORDED:
                return  # the world went on
            form = FORMS.get(entry.record_type)
            if form is not None and len(entry.body) == form.size:
                assert_refused(ledger, entry, Outcome(outcome), self.world.now)


def assert_refused(ledger: Ledger, entry: Presented, outcome: Outcome, now: int) -> None:
    record = Record(FORMS[entry.record_type], entry.body)
    domain = ledger.domain_of(record.form)
    digest = domain.digest(record)
    recorded = Recorded(digest, bytes(32), bytes(32), record, entry.signature, entry.proof)
    with pytest.raises(BrokenLawError) as broken:
        ledger.apply(domain.contract, recorded, now)
    assert broken.value.outcome is outcome
    if outcome in SILENT or outcome is Outcome.MALFORMED:
        return
    author = ledger.participants.keys[signer(ledger, digest, entry)].organisation
    refused = Refused(digest, author, subject_of(entry, Digest(digest)), outcome, record, entry.signature)
    ledger.apply(domain.contract, refused, now)
    other = Outcome.EXPIRED if outcome is not Outcome.EXPIRED else Outcome.DEADLINE_TOO_FAR
    wrong = Refused(digest, author, subject_of(entry, Digest(digest)), other, record, entry.signature)
    if outcome not in UNPROVEN | UNTOLD:
        with pytest.raises(BrokenLawError):
            ledger.apply(domain.contract, wrong, now)


def signer(ledger: Ledger, digest: bytes, entry: Presented) -> bytes:
    found = signer_of(digest, entry.signature)
    assert found
    return found


@pytest.fixture(scope="module", params=[True, False], ids=["development", "production"])
def stage(request, tmp_path_factory):
    with Chain(tmp_path_factory.mktemp("audited"), founders(), development=request.param) as chain:
        yield Stage(chain)


@pytest.mark.slow
def test_the_auditor_agrees_with_the_contracts_on_random_histories(stage):
    run_state_machine_as_test(partial(AuditedHistories, stage), settings=EXAMPLES)  # type: ignore[arg-type]
    assert all(stage.reached[what] for what in ("recognitions", "reliances", "withdrawn")), stage.reached


def test_every_reason_for_a_refusal_stands_at_a_step():
    assert set(Outcome) - set(STEP_OF) == {Outcome.RECORDED}
