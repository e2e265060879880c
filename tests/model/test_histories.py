"""Random histories: the contracts on anvil, the pure ledger and the fold of the events always say the same.

After each transaction they agree on every entry's outcome and event, and on all state: heads, state words, pending
requests, holds, superseded records, consignments, organisations, key windows, mandates, the council's head.

`PASSAVANT_MODEL_EXAMPLES` sets how many histories are played on each kind of network (then with fresh randomness);
without it the same few are played every time.
"""

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ledger.chain.abi import Entry
from ledger.domain.codes import Outcome, Reliance
from ledger.domain.events import Event, Refused
from ledger.domain.records import Declaration
from ledger.domain.signing import Presented
from ledger.domain.wire import Digest
from tests.domain.builders import DAY
from tests.model.agreement import assert_agreement
from tests.model.chain import Chain
from tests.model.choosing import Choice
from tests.model.drafts import BUILDERS, remember_join_key
from tests.model.faults import FAULTS, sound
from tests.model.reading import has_author, read, subject_of
from tests.model.story import relied_on
from tests.model.world import World, admit_members, founders, give_keys

WISHED = os.environ.get("PASSAVANT_MODEL_EXAMPLES")
SETTINGS = settings(
    max_examples=int(WISHED or 50),
    stateful_step_count=20,
    derandomize=WISHED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # a shorter history is not worth minutes of shrinking: the message names the entry
    print_blob=False,
)
NO_TRACE = (Outcome.NOT_AUTHENTIC, Outcome.ALREADY_RECORDED)
GROUPS = st.lists(st.integers(0, (1 << 32) - 1), min_size=1, max_size=5)
WORK = {
    "decision": 40,
    "request": 14,
    "control": 12,
    "hold": 10,
    "declare": 8,
    "grant": 4,
    "key authorisation": 11,
    "operator status": 4,
    "admission": 6,
    "setting": 2,
    "erasure": 8,
    "encryption key": 4,
    "arrangement": 6,
    "suspension": 2,
    "aeo status": 4,
    "assistance": 4,
    "recognition": 22,
}


def _work(choice: Choice) -> str:
    return choice.of([name for name, weight in WORK.items() for _ in range(weight)])


class Stage:
    """A chain and the world as both stood before the histories: everybody has keys, nothing is declared."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.world = World.founded(chain.domains, chain.listed, chain.founded_at, development=chain.development)
        self.world.now = chain.now()
        for prepare, wait in (
            (admit_members, 10),
            (lambda world: give_keys(world, "daily"), 10),
            (lambda world: give_keys(world, "office"), 10),
            (lambda world: give_keys(world, "manages 2b"), 8 * DAY),
        ):
            play(self.chain, self.world, prepare(self.world), wait, expected=Outcome.RECORDED)
        self.world.entries.clear()
        self.reached: Counter[str] = Counter()
        self.snapshot = chain.snapshot()

    def note(self, world: World) -> None:
        """Count what a history came to, so that a green run can't be one that never got there."""
        states = world.ledger.declarations.values()
        self.reached["recognitions"] += len(world.ledger.recognitions.nodes)
        self.reached["reliances"] += sum(state.relies for state in states)
        self.reached["broken seals"] += sum(state.seal_broken for state in states)
        self.reached["withdrawn"] += sum(world.ledger.reliance(one.id) is Reliance.WITHDRAWN for one in states)

    def renew(self) -> World:
        self.chain.revert(self.snapshot)
        self.snapshot = self.chain.snapshot()
        return self.world.copy()


def play(chain: Chain, world: World, entries: list[Entry], wait: int, *, expected: Outcome | None = None) -> None:
    """Present a group to both, `wait` seconds before the next one."""
    now = world.now
    outcomes = [world.judge(entry) for entry in entries]
    assert expected is None or set(outcomes) == {expected}, outcomes
    confirm(chain, world, entries, outcomes)
    world.now = now + wait


def confirm(chain: Chain, world: World, entries: list[Entry], outcomes: list[Outcome]) -> None:
    """The contracts come to the same outcomes, and leave the events and the state that go with them."""
    found = chain.outcomes(entries, world.now)
    for entry, said, expected_ in zip(entries, found, outcomes, strict=True):
        assert said is expected_, f"contract {said.name}, model {expected_.name}: {read(entry, world.domains)}"
    if Outcome.RECORDED in outcomes:
        mined = chain.record(entries, world.now)
        assert [_told(event) for event in mined.events] == _expected_events(world, entries, outcomes)
        world.fold(mined.events, world.now)
        assert_agreement(chain, world)


Told = tuple[Digest, Outcome, tuple[int, bytes]]
"""An event's digest and outcome; of a refusal also its author and subject."""
NOTHING_MORE = (0, b"")


def _told(event: Event) -> Told:
    if isinstance(event, Refused):
        return event.digest, event.outcome, (event.author, event.subject)
    return event.digest, Outcome.RECORDED, NOTHING_MORE


def _expected_events(world: World, entries: list[Entry], outcomes: list[Outcome]) -> list[Told]:
    """An event for each entry that is authentic and new, in order."""
    told = []
    for entry, outcome in zip(entries, outcomes, strict=True):
        found = read(entry, world.domains)
        if isinstance(found, Outcome) or not has_author(entry) or outcome in NO_TRACE:
            continue
        author = world.ledger.participants.keys[found.signer or b""].organisation
        more = NOTHING_MORE if outcome is Outcome.RECORDED else (author, subject_of(entry, found.digest))
        told.append((found.digest, outcome, more))
    return told


class Histories(RuleBasedStateMachine):
    """A history is a row of transactions, each with one or more entries."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage, self.chain = stage, stage.chain
        self.world = stage.renew()
        self.start = 0
        self.group: list[Entry] = []
        self.outcomes: list[Outcome] = []

    def _add(self, entry: Entry) -> None:
        outcome = self.world.judge(entry)
        event(outcome.name)  # for --hypothesis-show-statistics: how well the histories reach
        self.group.append(entry)
        self.outcomes.append(outcome)
        found = read(entry, self.world.domains)
        if outcome is Outcome.RECORDED and isinstance(found, Presented) and isinstance(found.record, Declaration):
            remember_join_key(self.world, found.record, found.digest)

    @initialize(start=st.integers(0, (1 << 64) - 1))
    def begins(self, start: int) -> None:
        self.start = start
        if start % 2:  # chance alone hardly ever comes to a release that relies
            relied_on(self.chain, self.world, play)

    @rule(seeds=GROUPS, wait=st.sampled_from([1, 2, 13, 60, 3600]))
    def a_group_is_recorded(self, seeds: list[int], wait: int) -> None:
        for seed in seeds:
            self._somebody_records(Choice(self.start, seed, len(self.world.entries), self.chain.development))
        self._close(wait)

    @rule(seeds=GROUPS, wait=st.sampled_from([3 * DAY, 7 * DAY, 8 * DAY, 31 * DAY]))
    def a_group_is_recorded_and_much_time_passes(self, seeds: list[int], wait: int) -> None:
        self.a_group_is_recorded(seeds, wait)

    def teardown(self) -> None:
        self.stage.note(self.world)

    def _somebody_records(self, choice: Choice) -> None:
        if self.world.entries and choice.rarely(25):
            self._add(choice.of(self.world.entries))  # once more
            return
        name = "declare" if len(self.world.ledger.declarations) < 2 else _work(choice)
        draft = BUILDERS[name](self.world, choice)
        fault = choice.of(list(FAULTS.values())) if choice.rarely(6) else sound
        self._add(fault(self.world, draft, choice))

    def _close(self, wait: int) -> None:
        """The group goes to the contracts in one transaction."""
        group, outcomes = self.group, self.outcomes
        self.group, self.outcomes = [], []
        if group:
            confirm(self.chain, self.world, group, outcomes)
        self.world.now += wait


@pytest.fixture(scope="module", params=[True, False], ids=["development", "production"])
def stage(request, tmp_path_factory) -> Iterator[Stage]:
    with Chain(tmp_path_factory.mktemp("model"), founders(), development=request.param) as chain:
        yield Stage(chain)


@pytest.mark.slow
def test_contracts_pure_ledger_and_fold_of_the_events_agree_on_random_histories(stage):
    run_state_machine_as_test(partial(Histories, stage), settings=SETTINGS)  # type: ignore[arg-type]
    assert all(stage.reached[what] for what in ("recognitions", "reliances", "withdrawn")), stage.reached
