"""One administration asks another about a consignment, and is answered: by records, and by sealed letters."""

import secrets
import time
from dataclasses import replace

import pytest

from ledger.client import Custody, RecordProgress, SealRefused, Subject
from ledger.desk import ASSISTANCE_SCHEMA, ContentMissing, DeskError, Letter, UnknownReference
from ledger.domain.codes import AssistanceKind, Outcome, Reason
from ledger.domain.commitment import schema_id
from ledger.domain.keccak import keccak256
from ledger.domain.wire import ZERO, ConsignmentId, Digest
from ledger.sealing import NotCommitted, Payload, PayloadRefused, seal, wrap_for
from tests.client.networks import FR, GB, PLATFORM

DAY = 86_400
QUESTION = Letter(
    text="Is the invoice genuine?",
    subject="Invoice 4711",
    legal_basis="Protocol on mutual assistance, Article 5",
    attachments=(("invoice.pdf", b"%PDF\0"), ("invoice.pdf", b"")),
)
ANSWER = Letter(text="It is.\nThe exporter confirmed it.")


@pytest.fixture
def hmrc(team):
    return team.desk("customs-gb")


@pytest.fixture
def consignment(team, lodged):
    return team.client.state(lodged).consignment


def ask(team, customs, consignment, letter=QUESTION, due_in=30 * DAY):
    written = customs.assistant.request(consignment, GB, AssistanceKind.VERIFICATION, letter, due_in)
    settled(team, written)
    return written.digest


def settled(team, written):
    [told] = team.client.wait([written.digest], 60)
    assert told.progress is RecordProgress.FINAL, told
    return written


def test_a_letter_comes_back():
    assert Letter.of(QUESTION.payload()) == QUESTION
    assert Letter.of(ANSWER.payload()) == ANSWER
    assert (QUESTION.basis_hash, ANSWER.basis_hash) == (keccak256(QUESTION.legal_basis.encode()), ZERO)
    assert QUESTION.payload().root != QUESTION.payload().root


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ((("Text[1]", "x"), ("Other[1]", "y")), "does not have Other"),
        ((("Attachment[1]/Name[1]", "x"), ("Attachment[1]/Content[1]", "?")), "attachment 1"),
        ((("Attachment[1]/Name[1]", "x"), ("Attachment[2]/Name[1]", "x")), "attachment 1"),
    ],
)
def test_what_is_no_letter(fields, why):
    with pytest.raises(PayloadRefused, match=why):
        Letter.of(Payload(ASSISTANCE_SCHEMA, bytes(32), fields))


def test_a_question_and_its_answer_are_for_the_two(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    for desk in (customs, hmrc):
        thread = desk.assistant.open(request)
        assert (thread.question, thread.answer, thread.missing) == (QUESTION, None, {})
        assert (thread.shown.state, thread.shown.kind, thread.shown.late) == ("OPEN", AssistanceKind.VERIFICATION, 0)
    answered = settled(team, hmrc.assistant.answer(request, ANSWER))
    assert (answered.unread, answered.late, answered.request) == ((), 0, request)
    for desk in (customs, hmrc):
        thread = desk.assistant.open(request)
        assert (thread.question, thread.answer, thread.shown.state) == (QUESTION, ANSWER, "ANSWERED")
    acts = {(one.reader, one.act) for one in team.client.accesses(request, FR)}
    assert acts == {(GB, "READ"), (FR, "READ")}


def test_nobody_else_learns_anything(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    settled(team, hmrc.assistant.answer(request, ANSWER))
    commitments = customs.assistant.open(request).shown.commitments
    assert len(commitments) == 2
    for name in ("platform", "express", "safety-fr", "auditor"):
        stranger = team.desk(name)
        me = stranger.identity.organisation
        with pytest.raises(UnknownReference, match="no request of assistance"):
            stranger.assistant.open(request)
        assert [team.client.sealed(one, me) for one in commitments] == [[], []]
        assert team.client.accesses(request, me) is None
        assert team.client.grants(request, me) is None
        with pytest.raises(DeskError, match="neither declarant nor agent"):
            stranger.sharing.grant(request, PLATFORM)
    with pytest.raises(DeskError, match="neither declarant nor agent"):
        customs.sharing.grant(request, PLATFORM)


def test_a_refusal_leaves_its_reason(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    with pytest.raises(DeskError, match="has a reason"):
        hmrc.assistant.refuse(request, Reason.UNSPECIFIED)
    settled(team, hmrc.assistant.refuse(request, Reason.COMPLIANCE))
    thread = customs.assistant.open(request)
    assert (thread.shown.state, thread.shown.reply.reason, thread.answer) == ("REFUSED", Reason.COMPLIANCE, None)


def test_who_may_not_answer(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    with pytest.raises(DeskError, match="asked that itself: administration 826 answers it"):
        customs.assistant.answer(request, ANSWER)
    with pytest.raises(UnknownReference, match="assist list"):
        hmrc.assistant.answer(Digest(b"\7" * 32), ANSWER)
    with pytest.raises(DeskError, match="says something"):
        hmrc.assistant.answer(request, Letter(text=""))
    settled(team, hmrc.assistant.answer(request, ANSWER))
    with pytest.raises(DeskError, match="answered before, by 0x"):
        hmrc.assistant.refuse(request, Reason.COMPLIANCE)


def test_an_answer_that_another_desk_overtook_is_refused_with_a_reason(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    first, second = hmrc.assistant.answer(request, ANSWER), hmrc.assistant.answer(request, ANSWER)
    settled(team, first)
    [told] = team.client.wait([second.digest], 60)
    assert (told.progress, told.outcome) == (RecordProgress.REFUSED, Outcome.ALREADY_ANSWERED)
    assert hmrc.assistant.open(request).shown.reply.id == first.digest


def test_what_cannot_be_asked(team, customs, platform, consignment):
    def refused(desk, to=GB, letter=QUESTION, due_in=DAY):
        with pytest.raises(DeskError) as caught:
            desk.assistant.request(consignment, to, AssistanceKind.INFORMATION, letter, due_in)
        return str(caught.value)

    assert "only administrations" in refused(platform)
    for to in (FR, PLATFORM, 4):
        assert "is no other administration" in refused(customs, to)
    for given in ({"due_in": 0}, {"letter": replace(QUESTION, text="")}, {"letter": replace(QUESTION, legal_basis="")}):
        assert "a question, a legal basis, and a time" in refused(customs, **given)
    large = replace(QUESTION, attachments=(("a", bytes(1 << 21)),))
    with pytest.raises(SealRefused, match="larger than"):
        customs.assistant.request(consignment, GB, AssistanceKind.INFORMATION, large, DAY)


def test_of_a_successor_is_asked_by_its_own_number(team, customs, consignment, monkeypatch):
    monkeypatch.setattr(type(team.client), "competent", lambda *_: 827)
    with pytest.raises(DeskError, match="was taken over by 827: ask that one"):
        customs.assistant.request(consignment, GB, AssistanceKind.INFORMATION, QUESTION, DAY)


def test_what_the_chain_refuses_leaves_its_reason(team, customs):
    nowhere = ConsignmentId(secrets.token_bytes(32))
    written = customs.assistant.request(nowhere, GB, AssistanceKind.INFORMATION, QUESTION, DAY)
    [told] = team.client.wait([written.digest], 60)
    assert (told.progress, told.outcome) == (RecordProgress.REFUSED, Outcome.UNKNOWN_CONSIGNMENT)


def test_a_late_answer_says_so(team, hmrc, customs, consignment):
    past = team.desk("customs-fr", clock=lambda: time.time() + 5)  # so that it is due some seconds from now
    written = past.assistant.request(consignment, GB, AssistanceKind.VERIFICATION, QUESTION, 1)
    settled(team, written)
    shown = team.client.assistance.one(written.digest, GB)
    while not shown.late:
        time.sleep(0.2)  # pytest's timeout ends what never happens
        shown = team.client.assistance.one(written.digest, GB)
    assert hmrc.assistant.answer(written.digest, ANSWER).late >= shown.late


def test_who_has_no_key_is_named_and_let_in_later(team, customs, consignment, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(type(team.client), "encryption_key", lambda *_: None)
        written = settled(team, customs.assistant.request(consignment, GB, AssistanceKind.INFORMATION, QUESTION, DAY))
        assert written.unread == (GB,)
    thread = team.desk("customs-gb").assistant.open(written.digest)
    assert (thread.question, "was not encrypted to this participant" in thread.missing["question"]) == (None, True)
    desk = team.desk("customs-fr")
    subject = desk.subject(f"0x{written.digest.hex()}")
    shared = desk.sharing.rewrap(subject)
    assert (subject, shared.payloads, shared.unread, shared.closed) == (written.digest, 1, (), 0)
    assert team.desk("customs-gb").assistant.open(written.digest).question == QUESTION


def test_a_letter_that_is_not_committed_to_is_not_believed(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    shown = team.client.assistance.one(request, GB)
    [kept] = team.client.sealed_payloads.of_declaration(request)
    subject = Subject(request, shown.commitment, schema_id(ASSISTANCE_SCHEMA))
    sealed, key = seal(subject, replace(QUESTION, text="Is it forged?").payload().to_bytes())
    wraps = [wrap_for(desk.identity.encryption[0].public, sealed, key) for desk in (customs, hmrc)]
    team.client.put_sealed(sealed, wraps, Custody(FR))
    assert team.client.sealed_payloads.named(kept.content_hash) is None
    with pytest.raises(NotCommitted):
        hmrc.assistant.open(request)


def test_the_legal_basis_is_the_one_that_was_signed_for(team, customs, hmrc, consignment, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Letter, "basis_hash", b"\7" * 32)
        request = ask(team, customs, consignment)
    with pytest.raises(PayloadRefused, match="legal basis"):
        hmrc.assistant.open(request)


def test_what_a_gateway_has_lost_is_missing(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    team.client.sealed_payloads.forget(
        [one.content_hash for one in team.client.sealed_payloads.of_declaration(request)]
    )
    thread = hmrc.assistant.open(request)
    assert f"`passavant fetch 0x{request.hex()} --from URL`" in thread.missing["question"]
    with pytest.raises(ContentMissing):
        customs.sealer.open(Subject(request, thread.shown.commitment, schema_id(ASSISTANCE_SCHEMA)))


def test_each_forgets_for_itself_and_what_nobody_can_open_goes_whole(team, customs, hmrc, consignment):
    request = ask(team, customs, consignment)
    with pytest.raises(DeskError, match="not answered yet"):
        hmrc.assistant.forget(request)
    settled(team, hmrc.assistant.answer(request, ANSWER))
    hashes = [one.content_hash for one in team.client.sealed_payloads.of_declaration(request)]
    assert customs.assistant.forget(request) == 2
    thread = customs.assistant.open(request)
    assert (thread.question, thread.answer, thread.missing.keys()) == (None, None, {"question", "answer"})
    assert hmrc.assistant.open(request).answer == ANSWER
    assert hmrc.assistant.forget(request) == 2
    assert team.client.sealed_payloads.of_declaration(request) == []
    assert [team.client.sealed_payloads.ciphertext(one) for one in hashes] == [None, None]
    assert [one.act for one in team.client.accesses(request, FR)].count("FORGOTTEN") == 4
    assert hmrc.assistant.forget(request) == 0
    assert hmrc.assistant.open(request).shown.state == "ANSWERED"


def test_declarations_are_meant_by_their_ids_still(customs, lodged):
    assert customs.subject(f"0x{lodged.hex()}") == lodged
