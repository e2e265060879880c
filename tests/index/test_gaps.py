"""What does not fit stops the index; what fits and is odd is remarked upon."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.domain import records
from ledger.domain.codes import AdmissionAction, DecisionKind
from ledger.domain.events import Recorded
from ledger.index.alarms import Alarms
from ledger.index.errors import ForkError, GapError
from ledger.index.folding import Remark
from ledger.index.indexer import Indexer
from ledger.index.store import Store
from tests.index.busy import BUSY
from tests.index.streams import GB, NETWORK, NONE, PLATFORM, Chain, address, hashed, peopled

K = DecisionKind
DAY = 86_400


def subject(event: Recorded) -> bytes:
    return getattr(event.record, "declaration", event.digest)


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
