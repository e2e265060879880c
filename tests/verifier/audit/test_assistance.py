"""The audit judges requests of assistance and what answers them by rules of its own, and finds them in storage."""

from dataclasses import replace

import pytest

from ledger.domain.codes import AssistanceAction, AssistanceKind, OrganisationKind, Outcome, Purpose, Reason
from ledger.domain.records import Assistance
from ledger.domain.wire import ZERO, Digest
from passavant_verifier import webs
from passavant_verifier.audit.rpc import Node, hexed
from passavant_verifier.audit.steps import Step
from passavant_verifier.webs import RequestWord
from tests.model.choosing import Choice, Draft
from tests.model.faults import sound
from tests.model.test_histories import play
from tests.verifier.audit.auditing import Played, audited, first, replayed

DAY = 86_400


@pytest.fixture
def world(played: Played):
    """The world of the played history, on a chain that forgets afterwards what is played on."""
    snapshot, world = played.chain.snapshot(), played.world.copy()
    world.now = played.chain.now()
    yield world
    played.chain.revert(snapshot)


def entry_of(world, record):
    signer = world.key_of(record.administration, Purpose.DECIDE)
    return sound(world, Draft(record, signer), Choice(1))


def able_pair(world):
    """Two administrations that may ask and answer now."""
    people = world.ledger.participants
    deciding = {
        key.organisation
        for key in people.keys.values()
        if Purpose.DECIDE in key.purposes and key.valid_at(world.now) and not key.office
    }
    active = (one for one in sorted(deciding) if people.is_active(one, OrganisationKind.ADMINISTRATION, world.now))
    return [one for one in active if people.competent_for(one, world.now) == one][:2]


def question_of(world, **changed):
    asks, asked = able_pair(world)
    opener = next(one for one in world.ledger.declarations.values() if one.consignment == one.id)
    record = Assistance(
        administration=asks,
        addressee=asked,
        consignment=opener.consignment,
        action=AssistanceAction.REQUEST,
        kind=AssistanceKind.VERIFICATION,
        commitment=b"\1" * 32,
        due_at=world.now + 60,
        deadline=world.now + 3_600,
    )
    return replace(record, **changed)


def test_what_is_asked_answered_and_refused_is_lawful_and_in_storage(played: Played, world):
    question = question_of(world)
    asks, asked = question.administration, question.addressee
    questions = (question, replace(question, commitment=b"\2" * 32))
    play(played.chain, world, [entry_of(world, one) for one in questions], 120, expected=Outcome.RECORDED)
    one, other = (world.domains.digest(record) for record in questions)
    answer = replace(
        question, administration=asked, addressee=asks, request=one, action=AssistanceAction.ANSWER, due_at=0
    )
    refusal = replace(answer, request=other, action=AssistanceAction.REFUSAL, commitment=ZERO, reason=Reason.COMPLIANCE)
    play(played.chain, world, [entry_of(world, answer), entry_of(world, refusal)], 60, expected=Outcome.RECORDED)
    again = replace(answer, commitment=b"\3" * 32)
    unknown = replace(answer, request=Digest(b"\7" * 32))
    play(played.chain, world, [entry_of(world, again)], 60, expected=Outcome.ALREADY_ANSWERED)
    play(played.chain, world, [entry_of(world, unknown)], 60, expected=Outcome.UNKNOWN_REQUEST)

    node = Node(played.url)
    replay, findings = replayed(node, played.network)
    node.close()
    assert not findings.divergences
    assert findings.checked[Step.STATE] == 3
    folded, known = replay.ledger.recognitions.requests, world.ledger.recognitions.requests
    for digest in (one, other):
        assert folded[digest].answer == known[digest].answer != ZERO
        assert folded[digest].word.answered_at == known[digest].answered_at > known[digest].record.due_at


def test_step_15_a_request_that_was_made_to_look_answered_in_time_is_found(played: Played, world):
    question = question_of(world)
    play(played.chain, world, [entry_of(world, question)], 60, expected=Outcome.RECORDED)
    answered = RequestWord(question.administration, question.addressee, question.due_at, answered_at=question.due_at)
    slot = webs.assistance_slot(world.domains.digest(question))
    node = Node(played.url)
    node.call("anvil_setStorageAt", hexed(played.network.recognitions), hexed(slot), f"0x{answered.pack():064x}")
    node.call("evm_mine")
    node.close()
    _, findings = audited(played.network, played.url)
    assert first(findings).step is Step.STATE
    assert hexed(slot) in first(findings).found
