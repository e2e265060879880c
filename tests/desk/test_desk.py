"""What a participant writes, as its desk signs it."""

import time

import pytest

from ledger.chain.signers import LocalSigner
from ledger.client import Answer, RecordProgress, StatusQuery
from ledger.desk import (
    EVIDENCE_SCHEMA,
    AmbiguousReference,
    ControlOptions,
    DeskError,
    LodgementOptions,
    RulingOptions,
    UnknownReference,
)
from ledger.domain.codes import (
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    Flag,
    HoldAction,
    LinkKind,
    Outcome,
    Pending,
    Reason,
    Risk,
    SealState,
    Stage,
    Status,
)
from ledger.domain.commitment import schema_id
from ledger.domain.state import BrokenTimeline
from ledger.index.answers import Deliver
from ledger.index.references import Reference, ReferenceType
from ledger.sealing import Subject
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import BAZAAR, FR, GB, PLATFORM, SAFETY


def evidence(desk, declaration, commitment):
    subject = Subject(declaration, commitment, schema_id(EVIDENCE_SCHEMA))
    return dict(desk.sealer.open(subject).fields)


# --- declarants -------------------------------------------------------------------------------------------------------


def test_lodging(team, platform, case):
    written = team.recorded(platform.declare(message(case.declaration())))
    state = team.client.state(written.declaration)
    assert (state.declarant, state.agent, state.administration) == (PLATFORM, 0, FR)
    assert (state.stage, state.standing.status) == (Stage.PRE_LODGED, Status.PRE_LODGED)
    assert platform.fields(state) == message(case.declaration()).fields
    assert written.ticket.consignment == written.declaration
    for kind, value in ((ReferenceType.LRN, case.lrn), (ReferenceType.S10, case.item), (ReferenceType.DUCR, None)):
        if value:
            assert team.client.status(StatusQuery(reference=value, type=kind), PLATFORM).answer is Answer.PRE_LODGED


def test_lodging_otherwise(team, platform, case):
    moment = int(time.time()) - 3_600
    options = LodgementOptions(country="GB", stage=Stage.ARRIVED, effective_at=moment, moved_at=moment - 60)
    written = team.recorded(platform.declare(message(case.declaration()), options))
    state = team.client.state(written.declaration)
    assert (state.administration, state.stage) == (GB, Stage.ARRIVED)
    assert team.client.declaration(state.id, PLATFORM).lodged_at == moment
    item = Reference(ReferenceType.S10, case.item)
    assert team.client.references.resolve(item, around=moment - 60, window=0) == [state.id]


def test_the_time_that_a_message_says(team, platform, case):
    said = "<IssueDateTime><DateTimeString formatCode='304'>20251001080000Z</DateTimeString></IssueDateTime>"
    original = case.declaration(**{"<GoodsItemQuantity>": f"{said}<GoodsItemQuantity>"})
    written = team.recorded(platform.declare(message(original)))
    item = Reference(ReferenceType.S10, case.item)
    assert team.client.references.resolve(item, around=1_759_305_600, window=0) == [written.declaration]


def test_joining_a_consignment(team, platform, case):
    opened = platform.declare(message(case.declaration()))
    other = Case("export", "GB", PLATFORM_EORI)
    link = (opened.declaration, LinkKind.FOLLOWS)
    options = LodgementOptions(ticket=opened.ticket, link=link)
    joined = team.recorded(opened, platform.declare(message(other.declaration()), options))
    state = team.client.state(joined.declaration)
    assert state.consignment == opened.declaration
    assert Flag.JOINED in state.standing.flags
    assert joined.ticket == opened.ticket
    # goods are found under each other's references
    answer = team.client.status(StatusQuery(reference=case.item, country="GB"), PLATFORM)
    assert answer.declaration == joined.declaration


def test_an_agent_lodges_for_its_declarant(team, case):
    """Refused without a mandate; the LRN counts for both."""
    express = team.desk("express")
    written = express.declare(message(case.declaration()))
    assert team.told(written)[0].outcome is Outcome.MANDATE_MISSING
    assert written.ticket
    for scope in ("", str(PLATFORM), "100003"):
        named = Reference(ReferenceType.LRN, case.lrn, scope)
        assert team.client.named(named) == [written.declaration]


def test_who_may_not_lodge(team, case, platform):
    with pytest.raises(DeskError, match="lodges its declarations itself"):
        team.desk("customs-fr").declare(message(case.declaration()))
    with pytest.raises(DeskError, match="nor its agent is this participant"):
        team.desk("bazaar").declare(message(case.declaration()))
    with pytest.raises(DeskError, match="no administration for ZZ"):
        platform.declare(message(case.declaration()), LodgementOptions(country="ZZ"))


def test_received_outside(team, customs):
    original = message(Case().declaration())
    written = team.recorded(customs.declare(original))
    assert team.client.state(written.declaration).declarant == 0
    assert original.lrn
    found = team.client.resolve(original.lrn, ReferenceType.LRN, FR)
    assert found == [written.declaration]


def test_requests(team, platform, customs, lodged, case):
    asked = team.recorded(platform.amend(lodged, message(case.request("import-cor"))))
    assert platform.state(lodged).standing.pending is Pending.AMENDMENT
    with pytest.raises(BrokenTimeline, match="waits"):
        platform.present(lodged)
    granted = team.recorded(customs.decide(lodged, DecisionKind.GRANT, RulingOptions(touched_risks=Risk.SAFETY)))
    state = team.client.state(lodged)
    assert (state.version.number, state.request) == (2, bytes(32))
    assert customs.fields(state)["Declaration/InvoiceAmount[1]"] == "234.60"
    team.recorded(platform.present(lodged))
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    team.recorded(platform.invalidate(lodged, Reason.CORRECTION))
    team.recorded(customs.decide(lodged, DecisionKind.INVALIDATE))
    assert team.client.state(lodged).standing.status is Status.INVALIDATED
    assert asked.digest != granted.digest


def test_what_annexes_look_at_is_noted_of_each_version_when_it_is_made_or_opened(team, platform, lodged, case):
    def told():
        versions = team.client.versions(lodged)
        with team.client.store.reading() as session:
            found = team.client.goods.load(session, [(lodged, one.commitment) for one in versions])
        return [found.get((lodged, one.commitment)) for one in versions]

    [made] = told()
    assert (made.chapters, made.modes) == (frozenset({"61", "85"}), frozenset({4}))
    team.recorded(platform.amend(lodged, message(case.request("import-cor"))))
    team.recorded(team.desk("customs-fr").decide(lodged, DecisionKind.GRANT))
    assert told() == [made, made]
    with team.client.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM goods_private")
    assert told() == [None, None]
    team.desk("customs-fr").payload(lodged, 1)
    assert told() == [made, None]
    team.desk("platform").fields(platform.state(lodged))
    assert told() == [made, made]


def test_content_that_is_not_here(team, lodged, case):
    stranger = team.desk("bazaar")
    with pytest.raises(DeskError, match=r"the content of 0x.* is not in this store, or not for this"):
        stranger.amend(lodged, message(case.request("import-cor")))


# --- administrations and agencies -------------------------------------------------------------------------------------


def test_decisions_one_on_the_other(team, customs, lodged):
    """Signed before the one ahead of it is in a block."""
    limit = int(time.time()) + 86_400
    steps = [
        customs.decide(lodged, DecisionKind.ACCEPT),
        customs.decide(lodged, DecisionKind.REQUIRE_DOCUMENTS, RulingOptions(evidence={"Text[1]": "invoice"})),
        customs.decide(lodged, DecisionKind.REFUSE, RulingOptions(items={1: "2"}, reason=Reason.COMPLIANCE)),
        customs.decide(lodged, DecisionKind.CONDITIONALLY_RELEASE, RulingOptions(items={2: None}, limit_at=limit)),
    ]
    team.recorded(*steps)
    answer = team.client.status(StatusQuery(reference=f"0x{lodged.hex()}"), PLATFORM)
    assert (answer.answer, answer.deliver) == (Answer.PARTLY_RELEASED, Deliver.THOSE_ONLY)
    assert [[(item.number, item.quantity) for item in part.items] for part in answer.parts] == [[(1, "2")], [(2, None)]]
    assert evidence(customs, lodged, team.client.decisions(lodged)[1].evidence) == {"Text[1]": "invoice"}


def test_controls(team, customs, lodged):
    options = ControlOptions(
        method=ControlMethod.PHYSICAL,
        outcome=ControlOutcome.NONE_FOUND,
        risk=Risk.SAFETY | Risk.IPR,
        seal_state=SealState.INTACT,
        seals=("S-1", "S-2"),
        standard="WCO SAFE 2025",
        evidence={"Text[1]": "opened, counted"},
        effective_at=int(time.time()) - 60,
        valid_for=3_600,
    )
    team.recorded(customs.control(lodged, options))
    [shown] = [
        one for one in team.client.provenance(StatusQuery(reference=f"0x{lodged.hex()}"), FR) if one.type == "Control"
    ]
    assert shown.fields["valid_until"] - shown.fields["effective_at"] == 3_600
    assert shown.fields["version"] == 1
    assert evidence(customs, lodged, shown.fields["seals"]) == {"Seal[1]/ID[1]": "S-1", "Seal[2]/ID[1]": "S-2"}
    plain = ControlOptions(
        method=ControlMethod.DOCUMENTARY, outcome=ControlOutcome.NONE_FOUND, risk=Risk.FISCAL, version=1
    )
    team.recorded(customs.control(lodged, plain))


def test_superseding(team, customs, lodged):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    asked = customs.decide(lodged, DecisionKind.QUERY)
    correction = RulingOptions(supersedes=released.digest, reason=Reason.CORRECTION)
    with pytest.raises(DeskError, match="something newer about this declaration is on its way"):
        customs.decide(lodged, DecisionKind.REFUSE, correction)
    team.recorded(asked)
    with pytest.raises(DeskError, match="is no decision or control of this declaration"):
        customs.decide(lodged, DecisionKind.REFUSE, RulingOptions(supersedes=lodged))
    team.recorded(customs.decide(lodged, DecisionKind.REFUSE, correction))
    assert team.client.state(lodged).standing.status is Status.REFUSED
    again = ControlOptions(method=ControlMethod.PHYSICAL, outcome=ControlOutcome.NONE_FOUND, risk=Risk.SAFETY)
    control = team.recorded(customs.control(lodged, again))
    later = ControlOptions(
        method=ControlMethod.PHYSICAL,
        outcome=ControlOutcome.MAJOR_DISCREPANCY,
        risk=Risk.SAFETY,
        supersedes=control.digest,
    )
    team.recorded(customs.control(lodged, later))


def test_agencies(team, customs, lodged):
    agency = team.desk("safety-fr")
    team.recorded(agency.hold(lodged, HoldAction.SET, evidence={"Text[1]": "no mark"}))
    answer = team.client.status(StatusQuery(reference=f"0x{lodged.hex()}"), PLATFORM)
    assert (answer.answer, [one.by for one in answer.holds]) == (Answer.HELD, [SAFETY])
    with pytest.raises(BrokenTimeline, match="OVERRIDE_NEEDED"):
        customs.decide(lodged, DecisionKind.RELEASE)
    team.recorded(agency.hold(lodged, HoldAction.LIFT))
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))


def test_offices_decide_as_themselves(team, lodged):
    team.recorded(team.desk("customs-fr-roissy").decide(lodged, DecisionKind.ACCEPT))
    assert team.client.decisions(lodged)[0].office == 6_940


# --- following the heads ----------------------------------------------------------------------------------------------


def test_what_others_write_counts_once_ones_own_is_recorded(team, platform, customs, lodged):
    """A desk that stays open sees the others' records."""
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    asked = team.recorded(platform.present(lodged))
    assert customs.state(lodged).request == asked.digest
    team.recorded(customs.decide(lodged, DecisionKind.RECEIPT))


def test_after_a_refusal_the_chain_tells(team, customs, lodged):
    too_late = RulingOptions(effective_at=int(time.time()) + 86_400)
    accepted = customs.decide(lodged, DecisionKind.ACCEPT)
    refused = customs.decide(lodged, DecisionKind.QUERY, too_late)
    follows = customs.decide(lodged, DecisionKind.RELEASE)
    told = team.told(accepted, refused, follows)
    assert [one.progress for one in told] == [RecordProgress.FINAL, RecordProgress.REFUSED, RecordProgress.REFUSED]
    assert (told[1].outcome, told[2].outcome) == (Outcome.EFFECTIVE_TOO_LATE, Outcome.STALE_HEAD)
    assert customs.state(lodged).standing.status is Status.ACCEPTED
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))


def test_a_hopeful_desk_asks_nobody(customs, lodged, team):
    with customs.hopeful():
        written = customs.decide(lodged, DecisionKind.ACCEPT)
        assert customs.state(lodged).standing.status is Status.ACCEPTED
    customs.forget()
    assert customs.state(lodged).standing.status is Status.PRE_LODGED
    team.recorded(written)


def test_a_group_that_fails_leaves_nothing(team, platform, case):
    written = []

    def fails():
        with team.client.batch():
            written.append(platform.declare(message(case.declaration())))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    [written] = written
    with pytest.raises(UnknownReference):
        platform.state(written.declaration)
    assert team.client.record(written.digest).progress is RecordProgress.UNHEARD_OF
    assert not team.client.named(Reference(ReferenceType.LRN, case.lrn))


def test_a_key_that_is_not_ones_own(team, case):
    stranger = team.desk("platform", signer=LocalSigner(b"\3" * 32))
    with pytest.raises(DeskError, match="the ledger knows no key 0x"):
        stranger.declare(message(case.declaration()))


# --- references -------------------------------------------------------------------------------------------------------


def test_resolving(team, platform, lodged, case):
    assert platform.resolve(f"0x{lodged.hex()}") == lodged
    assert platform.resolve(case.lrn) == lodged
    assert platform.resolve(case.item, ReferenceType.S10) == lodged
    with pytest.raises(UnknownReference, match="no declaration 0x0000"):
        platform.resolve("0x" + "00" * 32)
    for nothing in ("0x" + "zz" * 32, "", "nothing"):
        with pytest.raises(UnknownReference, match="nothing that this participant may see"):
            platform.resolve(nothing)
    with pytest.raises(UnknownReference):
        team.desk("bazaar").resolve(case.lrn)
    other = team.recorded(platform.declare(message(Case(declarant=PLATFORM_EORI, lrn=case.lrn).declaration())))
    with pytest.raises(AmbiguousReference, match="names several declarations: 0x") as caught:
        platform.resolve(case.lrn)
    assert set(caught.value.candidates) == {lodged, other.declaration}
    assert BAZAAR == 100_002
