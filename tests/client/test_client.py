"""The façade as a whole, over a real chain."""

import threading
import time
from dataclasses import replace

import pytest

import ledger.client
from ledger.chain.errors import NodeUnreachable, WrongNetwork
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc
from ledger.chain.signers import LocalSigner
from ledger.client import (
    Answer,
    Client,
    Entry,
    FieldError,
    NotEntitled,
    RecordProgress,
    StatusQuery,
)
from ledger.client.client import STOPPING
from ledger.domain.codes import DecisionKind, Leg, Outcome, Reason, Regime, Stage
from ledger.domain.plain import to_plain
from ledger.domain.records import Decision, Declaration, InvalidationRequest
from ledger.domain.signing import typed_data
from ledger.index.alarms import Alarms
from ledger.index.errors import OtherNetworkError
from ledger.index.references import Reference, ReferenceType
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import AUDITOR, FR, GB, PLATFORM, desk_of

AWAY = "http://127.0.0.1:9"


@pytest.fixture
def lodge(team):
    """Lodges a fresh declaration of the platform's."""

    def lodged(case=None):
        case = case or Case(declarant=PLATFORM_EORI)
        return team.desk("platform").declare(message(case.declaration()))

    return lodged


def signed(client, desk, record):
    return Entry(record, desk.identity.signer.sign(client.domains.of(record), record))


def test_the_face_names_what_it_has():
    for name in [*ledger.client._HOME, *ledger.client._RENAMED]:
        assert getattr(ledger.client, name).__name__ in {name, "Entry"}
    assert ledger.client.TimelineEntry.__module__ == "ledger.index.history"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        ledger.client.nothing  # noqa: B018 - asked for, not used


# --- opening ----------------------------------------------------------------------------------------------------------


def test_another_network_is_refused(settings, tmp_path):
    other = tmp_path / "network.json"
    replace(Network.load(settings.network), genesis_hash=bytes(32)).save(other)
    with pytest.raises(WrongNetwork, match="genesis hash"):
        Client.open(replace(settings, network=other))
    with pytest.raises(OtherNetworkError, match="genesis"):
        Client.open(replace(settings, network=other), check=False)


def test_a_new_store_learns_the_founders(settings, tmp_path):
    fresh = replace(settings, database=f"sqlite:///{tmp_path}/fresh.sqlite", index_key=tmp_path / "fresh.key")
    with Client.open(fresh) as client:
        known = client.participant(GB)
        assert known is not None
        assert known.kind.name == "ADMINISTRATION"
        assert client.status(StatusQuery(reference="nothing"), GB).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED


def test_policy_of_finality(settings):
    with Client.open(replace(settings, finality="depth:3")) as client:
        assert client.network.finality == "depth:3"
        as_of = client.sync()
        assert as_of.block is not None
        assert as_of.final == as_of.block - 3


# --- knowing ----------------------------------------------------------------------------------------------------------


def test_a_client_that_looks_catches_up_by_itself(client, devnet):
    Rpc(devnet.home.rpc).call("evm_mine")
    before = client.queries.as_of().block
    as_of = client.as_of()
    assert as_of.block > before
    assert as_of.reachable
    assert as_of.lag == 0
    assert client.freshness().node_head == as_of.block  # nothing moved: one look is enough
    assert client.problems() == []


def test_an_outage_is_never_a_status(settings, client, lodge, team):
    written = team.recorded(lodge())
    with Client.open(replace(settings, rpc=AWAY), check=False) as away:
        answer = away.status(StatusQuery(reference=f"0x{written.declaration.hex()}"), PLATFORM)
        assert (answer.answer, answer.as_of.reachable) == (Answer.UNKNOWN, False)
        assert answer.as_of.block == client.as_of().block
        assert any("127.0.0.1:9" in one for one in away.problems())
    known = client.statuses([StatusQuery(reference=f"0x{written.declaration.hex()}")] * 2, PLATFORM)
    assert [one.answer for one in known] == [Answer.PRE_LODGED] * 2


def test_lag_and_alarms_are_problems(settings, client):
    with client.store.writing() as connection:
        connection.exec_driver_sql("UPDATE cursor SET node_head = block + 100")
    Alarms(client.store).sound("rollback", "blocks 5 to 6 are gone")
    assert client.problems() == []  # the look catches up, and a rollback has been dealt with
    Alarms(client.store).sound("gap", "an event is missing")
    assert client.problems() == ["gap: an event is missing"]
    assert {one.kind for one in client.alarms()} == {"rollback", "gap"}
    assert "rollback" not in STOPPING


def test_an_index_that_lags_says_so(settings):
    with Client.open(replace(settings, max_lag=0, rpc=AWAY), check=False) as away:
        with away.store.writing() as connection:
            connection.exec_driver_sql("UPDATE cursor SET node_head = block + 7")
        assert any("the index is 7 blocks behind" in one for one in away.problems())
        with away.store.writing() as connection:
            connection.exec_driver_sql("UPDATE cursor SET node_head = NULL")
        assert any("an unknown number of blocks behind" in one for one in away.problems())


def test_questions(client, lodge, team):
    case = Case(declarant=PLATFORM_EORI)
    written = team.recorded(lodge(case))
    assert client.declaration(written.declaration, PLATFORM).declarant == PLATFORM
    assert client.declaration(written.declaration, 100_002) is None
    assert client.resolve(case.lrn, ReferenceType.LRN, PLATFORM) == [written.declaration]
    assert client.resolve(case.lrn, ReferenceType.LRN, FR) == []
    [entry] = client.provenance(StatusQuery(reference=f"0x{written.declaration.hex()}"), AUDITOR)
    assert (entry.type, entry.by) == ("Declaration", PLATFORM)
    assert [one.digest for one in client.events(None, 10_000).items][-1] == written.digest
    assert {one.id for one in client.participants().items} >= {GB, FR, PLATFORM}
    key = client.signer_organisation(team.desk("platform").identity.signer.address)
    assert key.id == PLATFORM
    assert client.signer_organisation(bytes(20)) is None
    assert client.evidence(written.declaration) == []


# --- writing ----------------------------------------------------------------------------------------------------------


def test_prepare_and_submit_by_hand(client, team, lodge):
    written = team.recorded(lodge())
    state = client.state(written.declaration)
    given = InvalidationRequest(
        declaration=state.id,
        prev=state.settled,
        declarant=PLATFORM,
        agent=0,
        reason=Reason.REQUEST,
        deadline=int(time.time()) + 600,
    )
    record = client.record_from_json("InvalidationRequest", to_plain(given))
    assert record == given
    prepared = client.prepare(record)
    assert prepared.digest == client.domains.digest(record)
    assert prepared.typed_data == typed_data(client.domains.of(record), record)
    entry = signed(client, team.desk("platform"), record)
    [first] = client.submit([entry])
    assert (first.digest, first.new, first.refused) == (prepared.digest, True, None)
    [again] = client.submit([entry])
    assert not again.new
    [told] = client.wait([prepared.digest], 60)
    assert told.progress is RecordProgress.FINAL
    with pytest.raises(FieldError):
        client.record_from_json("InvalidationRequest", {})


def test_the_door(client, team, lodge):
    """Not authentic: no trace. What can never be recorded is kept as refused, with its reason."""
    written = team.recorded(lodge())
    state = client.state(written.declaration)
    desk = team.desk("customs-fr")
    decision = Decision(
        declaration=state.id,
        prev=state.settled,
        administration=FR,
        kind=DecisionKind.ACCEPT,
        effective_at=int(time.time()),
        deadline=int(time.time()) + 600,
    )
    forged = Entry(decision, LocalSigner(b"\1" * 32).sign(client.domains.of(decision), decision))
    broken = Entry(decision, b"\0" * 65)
    other = signed(client, team.desk("customs-gb"), decision)
    malformed = replace(decision, touched_risks=77)
    late = replace(decision, deadline=1)
    submissions = client.submit([forged, broken, other, signed(client, desk, malformed), signed(client, desk, late)])
    assert [one.refused for one in submissions] == [
        Outcome.NOT_AUTHENTIC,
        Outcome.NOT_AUTHENTIC,
        Outcome.NOT_AUTHENTIC,
        Outcome.MALFORMED,
        Outcome.EXPIRED,
    ]
    told = client.records([one.digest for one in submissions])
    assert [one.progress.name for one in told] == ["UNHEARD_OF"] * 3 + ["REFUSED"] * 2
    assert told[3].outcome is Outcome.MALFORMED


def test_refusals_of_the_chain(client, team, lodge):
    written = team.recorded(lodge())
    elsewhere = team.desk("customs-gb").decide(written.declaration, DecisionKind.ACCEPT)
    [told] = team.told(elsewhere)
    assert (told.progress, told.outcome) == (RecordProgress.REFUSED, Outcome.NOT_COMPETENT)


def test_waiting_ends(settings, devnet, team, lodge):
    """Nobody sends: whoever waits is told so when the time is over."""
    with Client.open(replace(settings, relay=None)) as client:
        client.sync()
        case = Case(declarant=PLATFORM_EORI)
        written = desk_of(client, devnet, "platform").declare(message(case.declaration()))
        assert client.wait([written.digest], 0.05)[0].progress is RecordProgress.WAITING
        client.settle(0.05)
        assert client.submitter is None
        assert client.outbox.counts()


def test_what_another_sends_between_two_looks_is_known_once_settled(settings, devnet, team, monkeypatch):
    with Client.open(replace(settings, relay=None)) as client:
        client.sync()
        written = desk_of(client, devnet, "platform").declare(message(Case(declarant=PLATFORM_EORI).declaration()))
        look = client.pump

        def overtaken():
            busy = look()
            while team.client.submitter.pump():
                pass
            return busy

        monkeypatch.setattr(client, "pump", overtaken)
        client.settle(60)
        assert client.record(written.digest).progress is RecordProgress.FINAL


def test_threads_follow_and_send(settings, devnet, eventually):
    before = set(threading.enumerate())
    with Client.open(settings) as client:
        client.start()
        eventually(lambda: client.freshness().node_head is not None)
        written = desk_of(client, devnet, "platform").declare(message(Case(declarant=PLATFORM_EORI).declaration()))
        assert client.wait([written.digest], 60)[0].progress is RecordProgress.FINAL
        client.settle(60)
        assert not client.pump()
        assert client.as_of().reachable
        assert client.problems() == []
        client.stop(10)
        assert not any(one.is_alive() for one in set(threading.enumerate()) - before)
        client.start()  # may begin again; closing ends it


def test_threads_without_a_relay_see_failures(settings, eventually):
    with Client.open(replace(settings, relay=None, rpc=AWAY), check=False) as client:
        client._follower_rpc._attempts = 1
        client.start()
        eventually(lambda: client.follower.sight.failure)
        assert not client.freshness().reachable
        assert client.follower.sight.failure in client.problems()
        client.settle(0.01)


def test_steps_are_observed(settings, devnet):
    steps: list[str] = []
    with Client.open(settings, step=steps.append) as client:
        client.sync()
        desk = desk_of(client, devnet, "platform")
        with client.batch():
            written = [desk.declare(message(Case(declarant=PLATFORM_EORI).declaration())) for _ in range(2)]
            assert steps == []
        assert steps == ["accepted"]
        client.wait([one.digest for one in written], 60)
    assert steps == ["accepted", "simulated", "prepared", "sent", "mined", "settled"]


def test_a_node_that_cannot_be_asked(settings):
    with pytest.raises(NodeUnreachable):
        Client.open(replace(settings, rpc=AWAY))
    with Client.open(replace(settings, rpc=AWAY), check=False) as client:
        client._follower_rpc._attempts = 1
        with pytest.raises(NodeUnreachable):
            client.sync()


def test_replay(client, team, lodge):
    team.recorded(lodge())
    replayed = client.replay()
    assert not replayed.differences
    assert replayed.block.number == client.as_of().block


def test_timelines_prove_what_is_superseded(client, team, lodge):
    written = team.recorded(lodge())
    desk = team.desk("customs-fr")
    first = team.recorded(desk.decide(written.declaration, DecisionKind.ACCEPT))
    team.recorded(desk.decide(written.declaration, DecisionKind.QUERY))
    proof = client.timeline_proof(written.declaration, first.digest)
    assert len(proof) == 32 * (3 + 2 * 2)
    assert proof[32:96] == (64).to_bytes(32, "big") + (2).to_bytes(32, "big")
    assert client.timeline_proof(written.declaration, written.digest) == b""


def test_references_are_for_those_concerned(client, team, lodge):
    written = team.recorded(lodge())
    order = Reference(ReferenceType.ORDER, f"ORDER-{written.digest.hex()[:8]}")
    for stranger in (100_002, AUDITOR, GB):
        with pytest.raises(NotEntitled):
            client.add_references(written.declaration, [order], stranger)
    client.add_references(written.declaration, [order], PLATFORM)
    assert client.status(StatusQuery(reference=order.value), PLATFORM).answer is Answer.PRE_LODGED
    assert client.status(StatusQuery(reference=order.value), 100_002).answer is Answer.NOT_FOUND_OR_NOT_ENTITLED
    client.add_reader(order, 100_002, PLATFORM)
    assert client.status(StatusQuery(reference=order.value), 100_002).answer is Answer.PRE_LODGED


# --- a door that is ahead of the index --------------------------------------------------------------------------------


def a_declaration(client, devnet):
    desk = desk_of(client, devnet, "platform")
    record = Declaration(
        join_key=b"j" * 20,
        declarant=PLATFORM,
        administration=FR,
        leg=Leg.IMPORT,
        regime=Regime.HOME_USE,
        stage=Stage.ARRIVED,
        commitment=b"c" * 32,
        schema=b"s" * 32,
        effective_at=int(time.time()),
        deadline=int(time.time()) + 3600,
    )
    return signed(client, desk, record)


@pytest.fixture
def empty(settings, tmp_path):
    """A store that has seen nothing yet."""
    with Client.open(replace(settings, database=f"sqlite:///{tmp_path}/empty.sqlite")) as client:
        yield client


def test_a_key_that_the_index_has_not_seen_is_looked_up_before_it_is_called_foreign(empty, devnet):
    (taken,) = empty.submit([a_declaration(empty, devnet)])
    assert (taken.new, taken.refused) == (True, None)


def test_while_that_can_not_be_found_out_nothing_is_said_of_a_key(empty, settings, devnet):
    entry = a_declaration(empty, devnet)
    away = replace(empty.settings, rpc=AWAY)
    with Client.open(away, check=False) as client, pytest.raises(NodeUnreachable):
        client.submit([entry])
