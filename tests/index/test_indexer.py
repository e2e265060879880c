"""The indexer: folds, refuses what does not fit, and comes back to any earlier block exactly.

Invariants: any prefix, reached by rollback from anywhere, has the rows of folding that prefix; any chunking gives the
same rows; whatever is given twice counts once.
"""

import multiprocessing
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain import records
from ledger.domain.codes import AdmissionAction, DecisionKind, HoldAction, KeyAction, OrganisationKind, Outcome, Stage
from ledger.domain.events import Recorded
from ledger.index.alarms import Alarms
from ledger.index.errors import ForkError, GapError, StoreError
from ledger.index.folding import Remark
from ledger.index.indexer import Indexer
from ledger.index.reading import EngineSession
from ledger.index.replaying import FOLDED
from ledger.index.rows import load_declarations
from ledger.index.store import Store
from tests.index.streams import AGENCY, AGENT, CN, GB, NETWORK, NONE, PLATFORM, Chain, address, hashed, peopled

K = DecisionKind
DAY = 86_400


def rows(store) -> dict[str, list[tuple[Any, ...]]]:
    tables = (*FOLDED, "events", "blocks")
    with store.reading() as session:
        return {name: sorted(map(tuple, session.rows(f"SELECT * FROM {name}")), key=repr) for name in tables}


def busy() -> Chain:
    """Every kind of record, spread over blocks."""
    chain = peopled()
    one, two = chain.declare(), chain.declare(stage=Stage.PRE_LODGED, declarant=PLATFORM, agent=AGENT)
    chain.block()
    three = chain.declare(consignment=one, administration=CN, leg=1, regime=9)
    chain.hold(one, HoldAction.SET)
    chain.present(two)
    chain.setting(GB, 90 * DAY)
    chain.block()
    chain.decide(two, K.ACCEPT, request=chain.declarations[two].request)
    chain.amend(one)
    chain.hold(one, HoldAction.SET, AGENCY + 100)
    chain.key(PLATFORM, address("k1"))
    chain.block()
    chain.decide(one, K.GRANT, request=chain.declarations[one].request)
    chain.decide(one, K.REQUIRE_DOCUMENTS, limit_at=chain.time + DAY)
    chain.hold(one, HoldAction.LIFT)
    chain.control(three)
    chain.key(PLATFORM, address("k1"), KeyAction.SHORTEN, not_after=chain.time + DAY)
    chain.block()
    chain.decide(one, K.RELEASE, scope=hashed(b"scope"), reason=7, evidence=hashed(b"e"))
    wrong = chain.decide(two, K.REFUSE)
    chain.refuse(records.Hold(declaration=two, prev=NONE, agency=AGENCY, action=9, deadline=1), Outcome.MALFORMED)
    chain.council(392, AdmissionAction.ADMIT, b"JP", first_key=address("jp1"), second_key=address("jp2"))
    chain.block()
    chain.decide(two, K.RELEASE, supersedes=wrong)
    chain.council(CN, AdmissionAction.SUSPEND)
    chain.decide(three, K.AMEND, commitment=hashed(b"own"), touched_risks=1)
    chain.decide(three, K.SECURE)
    chain.block()
    chain.cancel(three)
    chain.declare(consignment=one)
    chain.block()
    chain.block()
    return chain


BUSY = busy()


def subject(event: Recorded) -> bytes:
    return getattr(event.record, "declaration", event.digest)


def test_the_folded_rows_are_the_folded_state(store):
    indexer = Indexer(store)
    assert indexer.cursor() is None
    assert indexer.apply(BUSY.blocks, BUSY.events) == len(BUSY.events)
    assert indexer.cursor() == BUSY.blocks[-1]
    assert indexer.block(3) == BUSY.blocks[3]
    assert indexer.block(99) is None
    with store.reading() as session:
        kept = load_declarations(session, list(BUSY.declarations))
        assert {one: folded.state for one, folded in kept.items()} == BUSY.declarations
        organisations = {row[0]: row[1] for row in session.rows("SELECT id, head FROM organisations")}
        authors = session.rows("SELECT number, author FROM versions ORDER BY author, number")
    assert organisations == {one.id: one.head for one in BUSY.participants.organisations.values()}
    assert authors == [(2, CN), (1, PLATFORM), (1, PLATFORM), (1, PLATFORM), (2, PLATFORM), (1, AGENT)]


def test_giving_anything_twice_counts_once(store):
    indexer = Indexer(store)
    blocks, events = BUSY.upto(4)
    indexer.apply(blocks, events)
    assert indexer.apply(blocks, events) == 0
    assert indexer.apply(BUSY.blocks, BUSY.events) == len(BUSY.events) - len(events)
    assert indexer.apply([], []) == 0


@pytest.fixture(scope="module")
def prefixes():
    """The rows after each prefix, folded at once."""
    found = []
    for block in BUSY.blocks:
        store = Store.open("sqlite://", NETWORK)
        Indexer(store).apply(*BUSY.upto(block.number))
        found.append(rows(store))
        store.close()
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, len(BUSY.blocks) - 1), max_size=6))
def test_any_walk_forth_and_back_comes_to_the_fold_of_the_prefix(prefixes, stops):
    store = Store.open("sqlite://", NETWORK)
    indexer = Indexer(store)
    for stop in stops:
        stands = indexer.cursor()
        if stands and stands.number > stop:
            indexer.rollback(stop)
        else:
            indexer.apply(*BUSY.upto(stop))
        assert rows(store) == prefixes[stop]
    store.close()


def test_rolling_back_on_either_database(store):
    indexer = Indexer(store)
    indexer.apply(*BUSY.upto(4))
    before = rows(store)
    indexer.apply(BUSY.blocks, BUSY.events)
    lost = indexer.rollback(4)
    assert lost == [event.digest for event in BUSY.events if event.position.block > 4 and isinstance(event, Recorded)]
    assert rows(store) == before
    indexer.rollback(-1)
    assert indexer.cursor() is None
    assert not rows(store)["declarations"]
    assert len(rows(store)["organisations"]) == 2


def test_going_on_along_another_branch(store):
    indexer = Indexer(store)
    indexer.apply(BUSY.blocks, BUSY.events)
    other = BUSY.branch(4, b"fork")
    other.declare()
    other.block()
    with pytest.raises(ForkError) as caught:
        indexer.apply(other.blocks, other.events)
    assert caught.value.number == 5
    assert "block 5" in str(caught.value)
    indexer.rollback(4)
    indexer.apply(other.blocks, other.events)
    fresh = Store.open("sqlite://", NETWORK)
    Indexer(fresh).apply(other.blocks, other.events)
    assert rows(store) == rows(fresh)


def test_a_block_that_does_not_extend_the_last_one(store):
    indexer = Indexer(store)
    indexer.apply(*BUSY.upto(2))
    with pytest.raises(ForkError):
        indexer.apply(BUSY.blocks[4:], [])
    with pytest.raises(ForkError):
        indexer.apply([replace(BUSY.blocks[3], parent=NONE)], [])
    assert indexer.cursor() == BUSY.blocks[2]


SUCCEEDED = [
    one.digest
    for number, one in enumerate(BUSY.events)
    if isinstance(one, Recorded)
    and isinstance(
        one.record, records.Declaration | records.AmendmentRequest | records.Decision | records.OperatorStatus
    )
    and any(
        getattr(later.record, "prev", NONE) != NONE and getattr(later.record, "declaration", None) == subject(one)
        for later in BUSY.events[number + 1 :]
        if isinstance(later, Recorded)
    )
]


@pytest.mark.parametrize("missing", SUCCEEDED, ids=lambda digest: digest.hex()[:8])
def test_a_missing_event_stops_and_alarms(missing, tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db", NETWORK)
    indexer = Indexer(store)
    indexer.apply(*BUSY.upto(0))
    events = [event for event in BUSY.events if event.digest != missing]
    with pytest.raises(GapError) as caught:
        indexer.apply(BUSY.blocks, events)
    assert f"block {caught.value.block}, log {caught.value.log}" in str(caught.value)
    assert [alarm.kind for alarm in Alarms(store).standing()] == ["gap"]
    assert indexer.cursor() == BUSY.blocks[0]
    store.close()


def test_alarms_stand_once_until_they_are_cleared(store):
    alarms = Alarms(store)
    alarms.sound("gap", "here")
    alarms.sound("gap", "here")
    (alarm,) = alarms.standing()
    alarms.clear(alarm.id)
    assert alarms.standing() == []
    alarms.sound("gap", "here")
    assert [one.cleared is None for one in alarms.all()] == [False, True]


@pytest.mark.parametrize("change", ["block", "order"])
def test_events_out_of_place_are_a_gap(store, change):
    blocks, events = BUSY.upto(2)
    if change == "block":
        events[-1] = replace(events[-1], position=replace(events[-1].position, block_hash=NONE))
    else:
        events = [*events, events[-1]]
    with pytest.raises(GapError, match="in order"):
        Indexer(store).apply(blocks, events)


@pytest.mark.parametrize(
    "record",
    [
        records.KeyAuthorisation(organisation=PLATFORM, org_head=NONE, key=bytes(20), action=2, deadline=1),
        records.KeyAuthorisation(organisation=9, org_head=NONE, key=address("none"), action=2, deadline=1),
        records.Admission(
            administration=4,
            country=b"\0\0",
            action=AdmissionAction.EXPEL,
            council_head=NETWORK.council_head,
            effective_at=1,
            deadline=1,
        ),
    ],
)
def test_records_about_nothing_known_are_a_gap(store, record):
    chain = peopled()
    chain._record(record)
    chain.block()
    with pytest.raises(GapError):
        Indexer(store).apply(chain.blocks, chain.events)


def test_joining_an_unknown_consignment_is_a_gap(store):
    chain = peopled()
    chain.declare(consignment=hashed(b"nobody's"))
    chain.block()
    with pytest.raises(GapError, match="consignment is unknown"):
        Indexer(store).apply(chain.blocks, chain.events)


def test_remarks(store):
    chain = peopled()
    late = chain.declare(effective_at=chain.time - 4 * DAY)
    early = chain.decide(late, K.ACCEPT, effective_at=chain.time - 5 * DAY)
    control = chain.control(late)
    crossed = chain.decide(late, K.RELEASE, supersedes=control)
    chain.block()
    indexer = Indexer(store)
    indexer.apply(chain.blocks, chain.events)
    again = chain.decide(late, K.CLEAR, supersedes=early)
    chain.block()
    indexer.apply(chain.blocks, chain.events)
    with store.reading() as session:
        found = {row[0]: Remark(row[1]) for row in session.rows("SELECT digest, remarks FROM events")}
    assert found[late] == Remark.LATE
    assert found[early] == Remark.LATE | Remark.BEFORE_LODGEMENT
    assert found[control] == Remark(0)
    assert found[crossed] == Remark.SUPERSEDES_OTHER_TYPE
    assert found[again] == Remark(0)


def succession(chain, sign) -> None:
    record = records.Admission(
        administration=827,
        country=b"GB",
        action=AdmissionAction.SUCCEED,
        council_head=chain.participants.council_head,
        predecessor=GB,
        first_key=address("new-1"),
        second_key=address("new-2"),
        effective_at=chain.time + 1,
        deadline=chain.time + DAY,
    )
    chain.participant(record)
    chain.block()
    event = chain.events[-1]
    chain.events[-1] = replace(event, signature=sign(event.digest))


@pytest.mark.parametrize(("signer", "marks"), [("gb-key", 0), ("stranger", 1), (None, 1)])
def test_who_decided_a_succession(store, signer, marks):
    from coincurve import PrivateKey

    from ledger.index.signers import signer_of

    def sign(name):
        def signed(digest):
            made = PrivateKey(hashed(name.encode())).sign_recoverable(digest, None)
            return made[:64] + bytes([made[64] + 27])

        return signed

    gb: Any = signer_of(NONE, sign("gb-key")(NONE))
    founders = (NETWORK.founders[0], replace(NETWORK.founders[1], first_key=gb))
    network = replace(NETWORK, founders=founders, council_head=hashed(b"others"))
    chain = Chain(participants=network.founding())
    succession(chain, sign(signer) if signer else lambda digest: b"short")
    store = Store.open("sqlite://", network)
    Indexer(store).apply(chain.blocks, chain.events)
    with store.reading() as session:
        assert session.rows("SELECT marks FROM organisations WHERE id = 827") == [(marks,)]
        assert session.rows("SELECT successor FROM organisations WHERE id = ?", GB) == [(827,)]
    assert signer_of(NONE, bytes(65)) is None


def test_a_store_without_a_network_is_not_indexed(url):
    store = Store.open(url)
    with pytest.raises(StoreError, match="not pinned"):
        Indexer(store)
    store.close()


def test_writers_read_what_they_wrote(store):
    Indexer(store).apply(*BUSY.upto(2))
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM holds")
        assert EngineSession(connection).rows("SELECT count(*) FROM holds") == [(0,)]


def test_organisations_of_all_kinds_are_kept(store):
    chain = peopled()
    Indexer(store).apply(chain.blocks, chain.events)
    with store.reading() as session:
        kinds = {row[0] for row in session.rows("SELECT kind FROM organisations")}
    assert kinds == set(OrganisationKind)


def index_all(url: str, queue) -> None:
    store = Store.open(url, NETWORK)
    indexer = Indexer(store)
    for block in BUSY.blocks:
        indexer.apply(*BUSY.upto(block.number))
    queue.put(indexer.cursor() == BUSY.blocks[-1])
    store.close()


def test_two_processes_index_one_store(url, prefixes):
    Store.open(url, NETWORK).close()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    processes = [context.Process(target=index_all, args=(url, queue)) for _ in range(2)]
    for process in processes:
        process.start()
    assert [queue.get(timeout=120) for _ in processes] == [True, True]
    for process in processes:
        process.join()
    store = Store.open(url, NETWORK)
    assert rows(store) == prefixes[-1]
    store.close()
