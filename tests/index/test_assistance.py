"""Requests of assistance as their two administrations see them; and that nobody else sees any."""

from typing import Any

import pytest

from ledger.domain import records
from ledger.domain.codes import AdmissionAction, AssistanceAction, AssistanceKind, Leg, Reason
from ledger.domain.wire import ConsignmentId
from ledger.index.assistance import AssistanceFilter, AssistanceState, load_one, load_page
from ledger.index.errors import CursorError
from ledger.index.lookup import StatusQuery
from tests.index.streams import AGENCY, AUDITOR, CARRIER, CN, GB, PLATFORM, hashed

SOON, LATER = 600, 5_000
HEIR = 827
ANY = AssistanceFilter()
OPEN, LATE = AssistanceFilter(open=True), AssistanceFilter(late=True)


class Desk:
    """What GB exports to CN, and what the two ask each other about it."""

    def __init__(self, world: Any) -> None:
        self.world, self.chain = world, world.chain
        self.exported = self.chain.declare(leg=Leg.EXPORT)
        self.imported = self.chain.declare(consignment=ConsignmentId(self.exported), administration=CN)
        world.index()

    def record(self, **given: Any) -> Any:
        shared: dict[str, Any] = {
            "consignment": ConsignmentId(self.exported),
            "kind": AssistanceKind.VERIFICATION,
            "legal_basis": hashed(b"agreement"),
            "deadline": self.chain.time + SOON,
        }
        digest = self.chain._record(records.Assistance(**shared | given))
        self.world.index()
        return digest

    def ask(self, by: int = CN, of: int = GB, due: int = SOON) -> Any:
        asked = {"commitment": hashed(b"question"), "due_at": self.chain.time + due}
        return self.record(administration=by, addressee=of, action=AssistanceAction.REQUEST, **asked)

    def answer(self, request: Any, by: int = GB, to: int = CN) -> Any:
        said = {"commitment": hashed(b"answer"), "request": request}
        return self.record(administration=by, addressee=to, action=AssistanceAction.ANSWER, **said)

    def refuse(self, request: Any) -> Any:
        said = {"reason": Reason.COMPLIANCE, "request": request}
        return self.record(administration=GB, addressee=CN, action=AssistanceAction.REFUSAL, **said)

    def page(self, viewer: int, wanted: Any = ANY, after: Any = None, limit: int = 100) -> Any:
        with self.world.store.reading() as session:
            access = self.world.queries.access(session, viewer)
            return load_page(session, access, wanted, after, limit)

    def one(self, request: bytes, viewer: int | None) -> Any:
        with self.world.store.reading() as session:
            return load_one(session, self.world.queries.access(session, viewer), request)

    def timeline(self, viewer: int, declaration: Any) -> list[Any]:
        self.world.index()
        entries = self.world.queries.provenance(StatusQuery(reference=f"0x{declaration.hex()}"), viewer)
        return [entry for entry in entries if entry.type == "Assistance"]


def admit(world: Any, administration: int, action: AdmissionAction, country: bytes, **given: Any) -> None:
    keys = {"first_key": bytes(19) + b"1", "second_key": b"2" * 20}
    world.chain.council(administration, action, country, **keys, **given)
    world.chain.block()
    world.index()


@pytest.fixture
def desk(world):
    return Desk(world)


def test_both_sides_see_what_is_asked(desk):
    request = desk.ask()
    mine, theirs = desk.one(request, CN), desk.one(request, GB)
    assert (mine.sent, theirs.sent) == (True, False)
    assert (mine.state, mine.late, mine.reply) == (AssistanceState.OPEN, 0, None)
    assert (mine.administration, mine.addressee, mine.kind) == (CN, GB, AssistanceKind.VERIFICATION)
    assert (mine.declarations, theirs.declarations) == ((desk.imported,), (desk.exported,))
    assert mine.commitments == {hashed(b"question")}


def test_an_answer_and_a_refusal(desk):
    first, second = desk.ask(), desk.ask()
    answer, refusal = desk.answer(first), desk.refuse(second)
    answered, refused = desk.page(CN).items
    assert (answered.state, answered.reply.id, answered.reply.administration) == ("ANSWERED", answer, GB)
    assert (answered.reply.commitment, answered.reply.reason) == (hashed(b"answer"), None)
    assert answered.commitments == {hashed(b"question"), hashed(b"answer")}
    assert (refused.state, refused.reply.id) == ("REFUSED", refusal)
    assert (refused.reply.commitment, refused.reply.reason) == (None, Reason.COMPLIANCE)
    assert desk.page(GB, OPEN).items == ()


def test_lateness_stands_still_with_the_answer(desk):
    request, answered = desk.ask(due=20), desk.ask(due=20)
    assert desk.page(GB, LATE).items == ()
    desk.chain.block(1_000)
    desk.answer(answered)
    late = {one.id: one.late for one in desk.page(GB, LATE).items}
    assert late.keys() == {request, answered}
    assert late[answered] > 900
    desk.chain.block(5_000)
    desk.world.index()
    later = {one.id: one.late for one in desk.page(GB, LATE).items}
    assert later[answered] == late[answered]
    assert later[request] > late[request] + 4_000
    assert [one.id for one in desk.page(GB, AssistanceFilter(open=True, late=True)).items] == [request]


def test_a_page_leads_to_the_next(desk):
    asked = [desk.ask(), desk.ask(by=GB, of=CN), desk.ask()]
    first = desk.page(CN, limit=2)
    second = desk.page(CN, after=first.next)
    assert [one.id for one in (*first.items, *second.items)] == asked
    empty = desk.page(CN, after=second.next)
    assert empty.items == ()
    asked.append(desk.ask())
    assert [one.id for one in desk.page(CN, after=empty.next).items] == asked[-1:]
    with pytest.raises(CursorError):
        desk.page(CN, after="?")
    with pytest.raises(CursorError):
        desk.page(CN, after=first.next[:-4] + "AAAA")


@pytest.mark.parametrize("stranger", [PLATFORM, CARRIER, AGENCY, AUDITOR, HEIR, None])
def test_to_all_others_there_is_none(desk, stranger):
    request = desk.ask()
    assert desk.one(request, stranger) is None
    assert desk.one(hashed(b"nothing"), stranger) is None


def test_the_timeline_has_it_in_its_place_for_the_two(desk):
    desk.chain.control(desk.exported)
    request = desk.ask(due=20)
    desk.chain.control(desk.exported)
    [asked] = desk.timeline(GB, desk.exported)
    assert (asked.digest, asked.by, asked.fields["state"], asked.fields["late"]) == (request, CN, "OPEN", 0)
    assert (asked.fields["kind"], asked.fields["addressee"]) == ("VERIFICATION", GB)
    desk.chain.block(100)
    answer = desk.answer(request)
    for viewer, declaration in ((GB, desk.exported), (CN, desk.imported)):
        asked, answered = desk.timeline(viewer, declaration)
        assert (asked.fields["state"], answered.digest, answered.by) == ("ANSWERED", answer, GB)
        assert asked.fields["late"] == answered.fields["late"] > 0
    every = desk.world.queries.provenance(StatusQuery(reference=f"0x{desk.exported.hex()}"), GB)
    assert [entry.type for entry in every] == ["Declaration", "Control", "Assistance", "Control", "Assistance"]


def test_an_auditor_sees_the_coded_facts_and_declarants_nothing(desk):
    desk.refuse(desk.ask())
    asked, refused = desk.timeline(AUDITOR, desk.exported)
    assert (asked.fields["state"], refused.fields["action"], refused.fields["reason"]) == (
        "REFUSED",
        "REFUSAL",
        "COMPLIANCE",
    )
    assert desk.timeline(PLATFORM, desk.exported) == []
    assert desk.timeline(AGENCY, desk.exported) == []


def test_a_third_administration_sees_nothing_in_its_own_timeline(desk):
    admit(desk.world, HEIR, AdmissionAction.ADMIT, b"XI")
    third = desk.chain.declare(consignment=ConsignmentId(desk.exported), administration=HEIR)
    request = desk.ask()
    assert desk.timeline(HEIR, third) == []
    assert desk.one(request, HEIR) is None
    assert desk.page(HEIR).items == ()


def test_who_takes_over_answers_for_its_predecessor(desk):
    request = desk.ask()
    admit(desk.world, HEIR, AdmissionAction.SUCCEED, b"GB", predecessor=GB)
    assert desk.one(request, GB) is None
    assert (desk.one(request, HEIR).sent, desk.one(request, HEIR).addressee) == (False, GB)
    desk.answer(request, by=HEIR)
    assert desk.one(request, CN).reply.administration == HEIR
