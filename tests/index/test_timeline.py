"""Timelines, the feed, records on their way, declarations and participants as they are shown."""

from dataclasses import replace

import pytest
from coincurve import PrivateKey

from ledger.domain import records
from ledger.domain.codes import (
    AdmissionAction,
    DecisionKind,
    HoldAction,
    KeyAction,
    OrganisationStatus,
    Outcome,
    Purpose,
    RecordType,
    Risk,
)
from ledger.domain.outbox import OutboxRecord, OutboxTransaction, TransactionState
from ledger.index.answers import to_json
from ledger.index.errors import CursorError
from ledger.index.evidence import Evidence, EvidenceItem
from ledger.index.history import RecordProgress
from ledger.index.lookup import StatusQuery
from ledger.index.outbox import StoreOutbox
from ledger.index.signers import signer_of
from tests.index.streams import AGENCY, AUDITOR, CARRIER, CN, GB, NONE, PLATFORM, address, hashed, public
from tests.index.worlds import ORDER

K = DecisionKind
QUERY = StatusQuery(reference=ORDER.value, type=ORDER.type)
OFFICER = PrivateKey(hashed(b"officer"))


def sign(digest) -> bytes:
    made = OFFICER.sign_recoverable(digest, hasher=None)
    return made[:64] + bytes([made[64] + 27])


OFFICERS_ADDRESS = signer_of(NONE, sign(NONE))


def sign_last(chain) -> None:
    event = chain.events[-1]
    chain.events[-1] = replace(event, signature=sign(event.digest))


def test_a_timeline_says_who_what_when_and_with_which_key(world):
    chain = world.chain
    chain.key(GB, OFFICERS_ADDRESS, purposes=Purpose.DECIDE, office=7)
    one = chain.declare()
    before = public(chain, one)
    world.name(one)
    chain.block()
    decision = chain.decide(one, K.REQUIRE_CONTROL, effective_at=chain.time - 60, touched_risks=0)
    chain.block()
    sign_last(chain)
    world.index()
    lodged, required = world.queries.provenance(QUERY, PLATFORM)
    assert (lodged.what, lodged.type, lodged.by, lodged.key) == ("RECORDED", "Declaration", PLATFORM, None)
    assert (required.by, required.office, required.key) == (GB, 7, OFFICERS_ADDRESS)
    assert (required.digest, required.declaration) == (decision, one)
    assert required.effective_at == required.time - 65
    assert (required.head_before, required.head_after) == (before, public(chain, one))
    assert required.fields["kind"] == "REQUIRE_CONTROL"
    assert required.remarks == ("BEFORE_LODGEMENT",)
    assert not required.disputed
    chain.key(GB, OFFICERS_ADDRESS, KeyAction.COMPROMISED, compromised_since=required.time)
    world.index()
    assert [entry.disputed for entry in world.queries.provenance(QUERY, PLATFORM)] == [False, True]


def test_refusals_and_evidence_are_shown_as_what_they_are(world):
    chain = world.chain
    one = chain.declare()
    world.name(one)
    chain.block()
    wrong = records.Hold(declaration=one, prev=NONE, agency=AGENCY, action=77, deadline=chain.time)
    chain.refuse(wrong, Outcome.MALFORMED, AGENCY)
    chain.refuse(replace(wrong, action=int(HoldAction.LIFT)), Outcome.HOLD_NOT_OPEN, AGENCY)
    world.index()
    evidence = Evidence(world.store)
    movement = EvidenceItem(
        hash=hashed(b"m"),
        kind="movement EAL",
        organisation=CARRIER,
        received=chain.time + 9,
        effective=5,
        content=b"m",
    )
    notice = replace(movement, hash=hashed(b"n"), kind="notice 09", declaration=one, content=b"n")
    assert evidence.add(movement, [world.references.token(ORDER)])
    assert evidence.add(notice, [world.references.token(ORDER)])
    assert not evidence.add(movement)
    told = world.queries.provenance(QUERY, PLATFORM)
    assert [(entry.what, entry.type) for entry in told] == [
        ("RECORDED", "Declaration"),
        ("REFUSED", "Hold"),
        ("REFUSED", "Hold"),
        ("EVIDENCE", "movement EAL"),
        ("EVIDENCE", "notice 09"),
    ] or [entry.type for entry in told][3:] == ["notice 09", "movement EAL"]
    assert [entry.fields["action"] for entry in told[1:3]] == [77, "LIFT"]
    assert told[1].outcome is Outcome.MALFORMED
    assert told[1].head_before == told[1].head_after
    assert evidence.get(movement.hash) == movement
    assert evidence.get(NONE) is None
    assert evidence.under(world.references.token(ORDER)) == [movement, notice]
    assert evidence.of_declaration(one) == [notice]


def test_a_malformed_body_has_no_fields(world):
    chain = world.chain
    one = chain.declare()
    chain.refuse(records.Hold(declaration=one, prev=NONE, agency=AGENCY, action=1, deadline=1), Outcome.MALFORMED)
    chain.block()
    event = chain.events[-1]
    chain.events[-1] = replace(event, body=event.body[:-32] + b"\xff" * 32)
    world.index()
    entry = world.queries.provenance(StatusQuery(reference=f"0x{one.hex()}"), AUDITOR)[-1]
    assert (entry.what, entry.fields, entry.office) == ("REFUSED", None, None)
    assert world.queries.record(event.digest).provisional
    world.indexer.observe(node_head=99, final=99)
    assert not world.queries.record(event.digest).provisional
    assert to_json(entry)["fields"] is None
    assert (
        to_json(world.queries.provenance(StatusQuery(reference=f"0x{one.hex()}"), AUDITOR)[0])["fields"]["leg"]
        == "IMPORT"
    )


def test_controls_show_their_codes(world):
    chain = world.chain
    one = chain.declare()
    chain.control(one, risk=Risk.SAFETY | Risk.IPR)
    world.index()
    fields = world.queries.provenance(StatusQuery(reference=f"0x{one.hex()}"), GB)[-1].fields
    assert (fields["method"], fields["outcome"], fields["risk"]) == ("NON_INTRUSIVE", "NONE_FOUND", ["SAFETY", "IPR"])


@pytest.mark.parametrize("viewer", [None, CARRIER, CN, AUDITOR])
def test_a_timeline_by_reference_is_for_whom_it_concerns(world, viewer):
    one = world.chain.declare()
    world.name(one)
    world.index()
    assert world.queries.provenance(QUERY, viewer) == []
    assert world.queries.resolve(QUERY, viewer) == []
    assert world.queries.resolve(QUERY, PLATFORM) == [one]


def test_the_feed_goes_on_where_it_was_left(world):
    world.chain.declare()
    world.index()
    whole = world.queries.events()
    assert [item.digest for item in whole.items] == [event.digest for event in world.chain.events]
    seen, cursor = [], None
    while page := world.queries.events(cursor, 3).items:
        seen += page
        cursor = world.queries.events(cursor, 3).next
    assert tuple(seen) == whole.items
    assert world.queries.events(cursor) == type(whole)((), cursor)
    world.chain.declare()
    world.index()
    assert [item.record_type for item in world.queries.events(cursor).items] == [RecordType.DECLARATION]


def test_a_cursor_into_a_block_that_is_gone(world):
    world.index()
    world.chain.declare()
    world.index()
    cursor = world.queries.events().next
    world.indexer.rollback(world.chain.blocks[-2].number)
    with pytest.raises(CursorError, match="not one of this index"):
        world.queries.events(cursor)


@pytest.mark.parametrize("cursor", ["", "%", "AAAA", "é" * 27])
def test_cursors_that_nobody_gave_out(world, cursor):
    with pytest.raises(CursorError):
        world.queries.events(cursor)
    with pytest.raises(CursorError):
        world.queries.participants(cursor)


def outbox_record(event) -> OutboxRecord:
    return OutboxRecord(event.digest, RecordType.DECISION, b"", b"", b"", 9)


def test_a_record_is_followed_to_its_end(world):
    chain, outbox = world.chain, StoreOutbox(world.store)
    one = chain.declare()
    chain.block()
    event = chain.events[-1]
    assert world.queries.record(one).progress is RecordProgress.UNHEARD_OF
    outbox.put([outbox_record(event)])
    assert world.queries.record(one).progress is RecordProgress.WAITING
    sent = OutboxTransaction(hashed(b"t"), b"r" * 20, 0, b"raw", (event.digest,))
    outbox.prepare(sent)
    told = world.queries.record(one)
    assert (told.progress, told.transaction) == (RecordProgress.SENDING, sent.hash)
    outbox.set_transaction(sent.hash, TransactionState.MINED)
    assert world.queries.record(one).progress is RecordProgress.SENDING
    world.index()
    told = world.queries.record(one)
    assert (told.progress, told.block, told.record_type) == (
        RecordProgress.INCLUDED,
        event.position.block,
        RecordType.DECLARATION,
    )
    world.indexer.observe(node_head=99, final=event.position.block)
    assert world.queries.record(one).progress is RecordProgress.FINAL


def test_records_that_never_reached_the_chain(world):
    outbox = StoreOutbox(world.store)
    lost, refused = (OutboxRecord(hashed(name), RecordType.HOLD, b"", b"", b"", 9) for name in (b"lost", b"refused"))
    outbox.put([lost, refused])
    outbox.lose([lost.digest])
    outbox.refuse([(refused.digest, Outcome.STALE_HEAD, True)])
    assert world.queries.record(lost.digest).progress is RecordProgress.LOST
    told = world.queries.record(refused.digest)
    assert (told.progress, told.outcome, told.provisional) == (RecordProgress.REFUSED, Outcome.STALE_HEAD, True)


def test_a_record_that_came_too_late_in_a_group_sent_again_is_lost(world):
    _, digest = refused(world, Outcome.EXPIRED)
    assert world.queries.record(digest).progress is RecordProgress.REFUSED  # somebody else's
    outbox = StoreOutbox(world.store)
    outbox.put([OutboxRecord(digest, RecordType.DECISION, b"", b"", b"", 9)])
    sent = OutboxTransaction(hashed(b"t"), b"r" * 20, 0, b"raw", (digest,))
    outbox.prepare(sent)
    outbox.set_transaction(sent.hash, TransactionState.MINED)
    told = world.queries.record(digest)
    assert (told.progress, told.outcome) == (RecordProgress.LOST, Outcome.EXPIRED)


def refused(world, outcome=Outcome.OVERRIDE_NEEDED, **given):
    chain = world.chain
    one = chain.declare()
    prev = chain.declarations[one].settled
    values = {"deadline": chain.time + 10_000} | given
    record = records.Decision(
        declaration=one, prev=prev, administration=GB, kind=K.RELEASE, effective_at=chain.time, **values
    )
    digest = chain.refuse(record, outcome, GB)
    world.index()
    return one, digest


def test_a_refusal_is_provisional_while_the_record_could_still_be_recorded(world):
    one, digest = refused(world)
    assert world.queries.record(digest).provisional
    world.indexer.observe(node_head=99, final=99)
    told = world.queries.record(digest)
    assert (told.progress, told.outcome, told.provisional) == (RecordProgress.REFUSED, Outcome.OVERRIDE_NEEDED, True)
    world.chain.decide(one, K.ACCEPT)
    world.index()
    assert not world.queries.record(digest).provisional
    outbox = StoreOutbox(world.store)
    outbox.put([OutboxRecord(digest, RecordType.DECISION, b"", b"", b"", 9)])
    assert world.queries.record(digest).progress is RecordProgress.WAITING


def test_a_refusal_ends_with_the_deadline(world):
    _, digest = refused(world, deadline=world.chain.time + 20)
    world.indexer.observe(node_head=99, final=99)
    assert world.queries.record(digest).provisional
    world.chain.block(60)
    world.index()
    assert not world.queries.record(digest).provisional


def test_a_refused_participant_record_extends_no_declaration(world):
    grant = world.chain.grant(PLATFORM, CARRIER, 5)
    world.chain.block()
    record = next(event.record for event in world.chain.events if event.digest == grant)
    digest = world.chain.refuse(record, Outcome.SERIAL_NOT_INCREASING)
    hold = records.Hold(declaration=NONE, prev=NONE, agency=AGENCY, action=1, deadline=world.chain.time + 999)
    other = world.chain.refuse(hold, Outcome.UNKNOWN_DECLARATION, AGENCY)
    world.index()
    world.indexer.observe(node_head=99, final=99)
    assert world.queries.record(digest).provisional
    assert world.queries.record(other).provisional


def test_a_refusal_does_not_hide_that_it_was_recorded(world):
    one = world.chain.declare()
    world.chain.block()
    event = world.chain.events[-1]
    world.chain.refuse(event.record, Outcome.IDENTITY_TAKEN)
    world.chain.block()
    world.chain.events[-1] = replace(world.chain.events[-1], digest=one)
    world.index()
    assert world.queries.record(one).progress is RecordProgress.INCLUDED


def test_a_declaration_in_full(world):
    chain = world.chain
    first = chain.declare()
    one = chain.declare(consignment=first, link=first, link_kind=3)
    chain.amend(one)
    chain.decide(one, K.DETAIN)
    world.index()
    told = world.queries.declaration(one, PLATFORM)
    state = chain.declarations[one]
    assert (told.settled_head, told.request, told.public_head) == (state.settled, state.request, state.public_head)
    assert (told.pending.name, told.flags, told.link) == ("AMENDMENT", ("DETENTION", "JOINED"), first)
    assert [version.author for version in told.versions] == [PLATFORM]
    assert world.queries.declaration(first, AUDITOR).link is None
    assert world.queries.declaration(one, CARRIER) is None
    assert world.queries.declaration(NONE, AUDITOR) is None


def test_participants_page_by_page(world):
    world.chain.key(PLATFORM, address("k"), purposes=Purpose.DECLARE | Purpose.READ)
    world.chain.council(CN, AdmissionAction.SUSPEND)
    world.chain.setting(GB, 5)
    world.chain.block()
    world.index()
    first = world.queries.participants(limit=4)
    second = world.queries.participants(first.next, limit=4)
    assert [one.id for one in first.items + second.items] == sorted(world.chain.participants.organisations)
    assert second.next is None
    china, britain = first.items[:2]
    assert (china.country, china.status) == ("CN", OrganisationStatus.SUSPENDED)
    assert (britain.backdating, len(britain.keys)) == (5, 2)
    platform = world.queries.participant(PLATFORM)
    assert (platform.country, platform.successor) == (None, None)
    assert {key.purposes for key in platform.keys} == {("MANAGE",), ("DECLARE", "READ")}
    assert world.queries.participant(7) is None
