"""A chain that is consistent in itself and lies all the same: the law, the state root and checkpoints tell."""

from dataclasses import replace

import pytest

from passavant_verifier import codes
from passavant_verifier.audit.signing import SigningKey
from passavant_verifier.audit.steps import Step
from passavant_verifier.events import REFUSED_TOPIC, TOPICS, topic_of
from passavant_verifier.records import FORMS
from tests.fakes.liar import Liar
from tests.verifier.audit.auditing import Played, audited, first
from tests.verifier.audit.rewriting import Logs, Rewritten, marked_from, moved_from

KEY = SigningKey("auditor.example", bytes(32))
NAMES = {topic: form.name for topic, form in TOPICS.items()} | {REFUSED_TOPIC: "Refused"}


def name_of(log) -> str:
    return NAMES.get(bytes.fromhex(log["topics"][0][2:]), "Founding")


class Once:
    """Changes the logs of the first block that has a log of a kind."""

    def __init__(self, kind: str, change):
        self.kind, self.change, self.block = kind, change, -1

    def __call__(self, number: int, logs: Logs) -> Logs:
        place = next((at for at, log in enumerate(logs) if name_of(log) == self.kind), None)
        if self.block >= 0 or place is None:
            return logs
        self.block = number
        changed: Logs = self.change(logs, place)
        return changed


def unchanged(_number: int, logs: Logs) -> Logs:
    return logs


def without(logs: Logs, place: int) -> Logs:
    return logs[:place] + logs[place + 1 :]


def twice(logs: Logs, place: int) -> Logs:
    return [*logs, logs[place]]


def with_word(word: int, value: int):
    """The log's data with another value in one of its words."""

    def change(logs: Logs, place: int) -> Logs:
        data = logs[place]["data"]
        at = 2 + 64 * word
        other = data[:at] + f"{value:064x}" + data[at + 64 :]
        return [*logs[:place], {**logs[place], "data": other}, *logs[place + 1 :]]

    return change


def with_another(word: int):
    """The log's data with a number next to the one in one of its words."""

    def change(logs: Logs, place: int) -> Logs:
        at = 2 + 64 * word
        altered: Logs = with_word(word, int(logs[place]["data"][at : at + 64], 16) ^ 1)(logs, place)
        return altered

    return change


def with_topic(topic: int, value: str):
    def change(logs: Logs, place: int) -> Logs:
        topics = [*logs[place]["topics"]]
        topics[topic] = value
        return [*logs[:place], {**logs[place], "topics": topics}, *logs[place + 1 :]]

    return change


def elsewhere(logs: Logs, place: int) -> Logs:
    """As if the other contract had emitted it."""
    others = {log["address"] for log in logs}
    return [*logs[:place], {**logs[place], "address": "0x" + "77" * 20}, *logs[place + 1 :]] if others else logs


LIES = {
    "an opening declaration left out": (Once("Declaration", without), {Step.ORDER, Step.REFUSALS}),
    "a decision left out": (Once("Decision", without), {Step.ORDER, Step.STATE}),
    "a key left out": (Once("KeyAuthorisation", without), {Step.ORDER, Step.SIGNATURE}),
    "a decision by another contract": (Once("Decision", elsewhere), {Step.ORDER, Step.STATE}),
    "a decision recorded twice": (Once("Decision", twice), {Step.ORDER}),
    "a hold recorded twice": (Once("Hold", twice), {Step.ORDER}),
    "a declaration recorded twice": (Once("Declaration", twice), {Step.ORDER}),
    "a decision's kind altered": (Once("Decision", with_another(FORMS[5].places["kind"])), {Step.IDENTITY}),
    "a record under another id": (Once("Decision", with_topic(1, "0x" + "11" * 32)), {Step.IDENTITY}),
    "a record about another declaration": (Once("Decision", with_topic(2, "0x" + "11" * 32)), {Step.IDENTITY}),
    "a record by another author": (Once("Decision", with_topic(3, f"0x{99:064x}")), {Step.IDENTITY}),
    "a refusal for another reason": (Once("Refused", with_word(1, codes.Outcome.VERSIONS_EXHAUSTED)), {Step.REFUSALS}),
    "a refusal of another author": (Once("Refused", with_topic(2, f"0x{99:064x}")), {Step.IDENTITY}),
    "an event that is none": (
        Once("Declaration", with_topic(0, "0x" + topic_of(FORMS[7]).hex())),
        {Step.EVENTS},
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_steps_4_to_15_every_lie_is_caught(played: Played, name):
    change, steps = LIES[name]
    rewritten = Rewritten(played.url, change)
    assert change.block > 0
    with Liar(played.url, node=rewritten) as liar:
        _, findings = audited(played.network, liar.url)
        assert first(findings).step in steps, first(findings)


def test_a_chain_rewritten_without_a_change_is_clean(played: Played):
    with Liar(played.url, node=Rewritten(played.url, unchanged)) as liar:
        _, findings = audited(played.network, liar.url)
        assert findings.exit_code == 0, (findings.divergences, findings.unknown)


YEAR = 31_536_000


@pytest.mark.parametrize(
    ("from_block", "seconds"),
    [(4, 20 * YEAR), (0, -YEAR)],
    ids=["when the deadline had passed", "before the deadline could be"],
)
def test_step_8_a_record_at_a_time_at_which_its_key_or_deadline_does_not_hold(played: Played, from_block, seconds):
    rewritten = Rewritten(played.url, unchanged, moved_from(from_block, seconds))
    network = replace(played.network, genesis_hash=bytes.fromhex(rewritten.blocks[0]["hash"][2:]))
    with Liar(played.url, node=rewritten) as liar:
        _, findings = audited(network, liar.url)
        assert first(findings).step is Step.KEY, first(findings)


def test_step_16_history_that_changed_beneath_a_checkpoint(played: Played):
    result, _ = audited(played.network, played.url)
    assert result.checkpoint is not None
    note = KEY.note(result.checkpoint)
    with Liar(played.url, node=Rewritten(played.url, unchanged, marked_from(30))) as liar:
        _, findings = audited(played.network, liar.url, checkpoint=note, keys=[KEY.public], own=KEY.public)
        assert first(findings).step is Step.CHECKPOINT
        assert first(findings).rule == "the block at the checkpoint's height is the same"


def test_step_22_two_nodes_that_tell_different_chains(played: Played):
    with Liar(played.url, node=Rewritten(played.url, unchanged, marked_from(31))) as liar:
        _, findings = audited(played.network, played.url, liar.url)
        assert first(findings).step is Step.ONE_VIEW
        assert first(findings).place.block == 31


def test_step_22_a_second_node_of_another_network(played: Played):
    with Liar(played.url, node=Rewritten(played.url, unchanged, marked_from(0))) as liar:
        _, findings = audited(played.network, played.url, liar.url)
        assert first(findings).step is Step.NETWORK


def test_step_22_two_nodes_that_agree(played: Played):
    _, findings = audited(played.network, played.url, played.url)
    assert findings.exit_code == 0
    assert findings.checked[Step.ONE_VIEW] == 1


def test_step_22_a_node_that_is_behind_is_noted(played: Played):
    behind = lambda method, _, result: "0x14" if method == "eth_blockNumber" else result  # noqa: E731
    with Liar(played.url, node=behind) as liar:
        _, findings = audited(played.network, played.url, liar.url)
        assert findings.exit_code == 0
        assert [note.kind for note in findings.notes if note.kind == "node behind"]
