from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.codes import (
    AeoStanding,
    AssistanceAction,
    ControlOutcome,
    DecisionKind,
    Flag,
    OrganisationStatus,
    Outcome,
    Purpose,
    Reliance,
    SealState,
    SuspensionAction,
    Verdict,
)
from ledger.domain.records import ArrangementSuspension, Recognition
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from tests.domain import builders as b
from tests.domain.webs import Web, proof

NOTHING = Digest(b"\x77" * 32)


@pytest.fixture
def web() -> Web:
    return Web()


def refuses(web: Web, record: Any, outcome: Outcome, *, now: int = b.NOW, **proofs: Any) -> None:
    web.court.refuses(record, b.declares(record.administration), outcome, now=now, **proofs)


def stands(web: Web, digest: Digest) -> Outcome:
    return web.court.ledger.walk.standing(digest)


def become(web: Web, administration: int, status: OrganisationStatus) -> None:
    known = web.court.ledger.participants.organisations
    known[administration] = replace(known[administration], status=status, next_status=status)


# --- who, when, for what


def test_a_recognition_changes_no_status(web):
    before = web.court.state(web.imported)
    digest, control, _ = web.recognised()
    node = web.court.ledger.recognitions.nodes[digest]
    assert (node.control, node.depth, node.withdrawn) == (control, 1, False)
    assert web.court.state(web.imported) == before
    assert web.court.ledger.reliance(web.imported) is Reliance.NONE
    refuses(web, node.record, Outcome.ALREADY_RECORDED)


def test_only_a_deciding_key_of_the_author_recognises(web):
    control, proven = web.control()
    record = web.recognition(b.B, control)
    web.court.refuses(record, b.declares(b.A), Outcome.NOT_AUTHENTIC, **proven)
    web.court.refuses(record, None, Outcome.NOT_AUTHENTIC, **proven)
    web.court.refuses(record, b.manages(b.B), Outcome.KEY_PURPOSE, **proven)
    web.court.refuses(replace(record, administration=0), b.declares(b.B), Outcome.MALFORMED, **proven)
    b.add_key(web.court.ledger.participants, b.B, b.address("office"), Purpose.DECIDE, 7)
    web.court.refuses(record, b.address("office"), Outcome.KEY_PURPOSE, **proven)
    web.court.take(replace(record, office=7), b.address("office"), **proven)


def test_a_key_outside_its_window_recognises_nothing(web):
    control, proven = web.control()
    keys = web.court.ledger.participants.keys
    keys[b.declares(b.B)] = replace(keys[b.declares(b.B)], not_after=b.NOW)
    refuses(web, web.recognition(b.B, control), Outcome.KEY_NOT_VALID, **proven)


def test_a_suspended_administration_recognises_nothing(web):
    control, proven = web.control()
    become(web, b.B, OrganisationStatus.SUSPENDED)
    refuses(web, web.recognition(b.B, control), Outcome.ORGANISATION_NOT_ACTIVE, **proven)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"verdict": 0}, Outcome.MALFORMED),
        ({"deadline": b.NOW - 1}, Outcome.EXPIRED),
        ({"declaration": DeclarationId(NOTHING)}, Outcome.UNKNOWN_DECLARATION),
        ({"version": 0}, Outcome.UNKNOWN_VERSION),
        ({"version": 2}, Outcome.UNKNOWN_VERSION),
        ({"effective_at": b.NOW + 301}, Outcome.EFFECTIVE_TOO_LATE),
        ({"supersedes": NOTHING}, Outcome.SUPERSEDES_NOT_PROVEN),
        ({"parent": NOTHING}, Outcome.PARENT_NOT_PROVEN),
        ({"risk": 2}, Outcome.OUT_OF_SCOPE),
        ({"risk": 2, "verdict": Verdict.PARTIAL}, Outcome.OUT_OF_SCOPE),
        ({"arrangement": NOTHING}, Outcome.UNKNOWN_ARRANGEMENT),
        ({"aeo": NOTHING}, Outcome.AEO_NOT_VALID),
        ({"effective_at": b.NOW - 1}, Outcome.EFFECTIVE_TOO_EARLY),
    ],
)
def test_a_recognition_is_refused(web, values, outcome):
    control, proven = web.control()
    refuses(web, replace(web.recognition(b.B, control), **values), outcome, **proven)


def test_it_is_made_for_a_live_declaration_of_its_author(web):
    control, proven = web.control()
    other = web.recognition(b.B, control, declaration=web.transited)
    refuses(web, other, Outcome.NOT_COMPETENT, **proven)
    web.court.decide(web.court.state(web.imported), DecisionKind.REJECT)
    refuses(web, web.recognition(b.B, control), Outcome.TRANSITION_NOT_ALLOWED, **proven)


def test_its_parent_is_proven(web):
    state = web.court.state(web.exported)
    control, proven = web.control()
    record = web.recognition(b.B, control)
    refuses(web, record, Outcome.PARENT_NOT_PROVEN)
    refuses(web, record, Outcome.PARENT_NOT_PROVEN, control=proven["control"])
    other = b.control(state, declaration=DeclarationId(NOTHING))
    refuses(web, record, Outcome.PARENT_NOT_PROVEN, **proof(control, other, state.settled))
    web.court.decide(web.court.state(web.exported), DecisionKind.RECEIPT)
    refuses(web, record, Outcome.PARENT_NOT_PROVEN, **proven)  # the head has moved on


def test_once_proven_a_control_needs_no_proof_again(web):
    _, control, _ = web.recognised()
    web.court.decide(web.court.state(web.exported), DecisionKind.RECEIPT)
    web.recognise(b.B, control)


def test_it_stands_on_the_same_consignment(web):
    elsewhere = web.court.lodged(b.declaration(administration=b.B, declarant=b.FOREIGN_OPERATOR))
    control, proven = web.control()
    record = web.recognition(b.B, control, declaration=elsewhere.id)
    refuses(web, record, Outcome.OTHER_CONSIGNMENT, **proven)


# --- the control


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"outcome": ControlOutcome.NOT_CARRIED_OUT}, Outcome.CONTROL_NOT_CARRIED_OUT),
        ({"outcome": ControlOutcome.MINOR_DISCREPANCY}, Outcome.DISCREPANCY_FOUND),
        ({"outcome": ControlOutcome.MAJOR_DISCREPANCY}, Outcome.DISCREPANCY_FOUND),
        ({"effective_at": b.NOW - 2, "valid_until": b.NOW}, Outcome.CONTROL_EXPIRED),
        ({"effective_at": b.NOW - 1}, Outcome.ARRANGEMENT_NOT_IN_FORCE),
    ],
)
def test_a_control_that_cannot_be_recognised(web, values, outcome):
    control, proven = web.control(**values)
    refuses(web, web.recognition(b.B, control), outcome, **proven)
    declined = web.recognition(b.B, control, verdict=Verdict.DECLINED, reason=2, arrangement=Digest(ZERO))
    web.court.take(declined, b.declares(b.B), **proven)


def test_nothing_rests_on_what_was_declined(web):
    control, proven = web.control()
    declined = web.recognise(b.B, control, proven, verdict=Verdict.DECLINED, reason=2, arrangement=Digest(ZERO))
    refuses(web, web.recognition(b.A, declined), Outcome.PARENT_BROKEN)


# --- the arrangement


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"procedures": 0x100}, Outcome.OUT_OF_SCOPE),
        ({"procedures": 0x001}, Outcome.OUT_OF_SCOPE),
        ({"methods": 0b1011}, Outcome.OUT_OF_SCOPE),
        ({"risks": 14}, Outcome.OUT_OF_SCOPE),
        ({"standard": b"\x05" * 32}, Outcome.BELOW_STANDARD),
        ({"valid_until": b.NOW + 5}, Outcome.ARRANGEMENT_NOT_IN_FORCE),
    ],
)
def test_the_version_of_now_must_cover_it_too(web, values, outcome):
    control, proven = web.control()
    web.agree(b.A, b.B, now=b.NOW + 1, **values)
    refuses(web, web.recognition(b.B, control), outcome, now=b.NOW + 6, **proven)


def test_a_version_to_come_changes_nothing_yet(web):
    control, proven = web.control()
    later = web.arrangement(b.A, b.B, valid_from=b.NOW + b.DAY, risks=8)
    web.court.take(later, b.manages(b.A), provers=[b.manages(b.B)])
    web.recognise(b.B, control, proven)
    early = web.agree(b.B, b.C, valid_from=b.NOW + b.DAY)  # no version has started
    refuses(web, web.recognition(b.C, control, arrangement=early), Outcome.UNKNOWN_ARRANGEMENT)
    fresh = web.agree(b.A, b.C, valid_from=b.NOW + b.DAY)
    refuses(web, web.recognition(b.C, control, arrangement=fresh), Outcome.ARRANGEMENT_NOT_IN_FORCE)


def test_a_standard_is_a_name_and_a_level(web):
    name = b"\x05" * 31
    version = web.agree(b.A, b.B, now=b.NOW + 1, standard=name + b"\x02")
    later = {"effective_at": b.NOW + 1}
    for standard, outcome in ((name + b"\x01", Outcome.BELOW_STANDARD), (name + b"\x03", Outcome.RECORDED)):
        control, proven = web.control(standard=standard, **later)
        record = web.recognition(b.B, control, arrangement=version, **later)
        assert web.court.present(record, b.declares(b.B), now=b.NOW + 1, **proven) is outcome


def test_the_partner_is_active_and_nobody_suspends(web):
    _, control, _ = web.recognised()
    web.court.take(web.suspension(b.A, SuspensionAction.SUSPEND), b.manages(b.A))
    refuses(web, web.recognition(b.B, control), Outcome.ARRANGEMENT_SUSPENDED)
    web.court.take(web.suspension(b.A, SuspensionAction.RESUME), b.manages(b.A))
    web.recognise(b.B, control)
    become(web, b.A, OrganisationStatus.SUSPENDED)
    refuses(web, web.recognition(b.B, control), Outcome.ARRANGEMENT_NOT_IN_FORCE)


def test_an_arrangement_is_signed_by_both(web):
    record = web.arrangement(b.A, b.C)
    for provers in ((), [b.manages(b.A)], [b.declares(b.C)]):
        web.court.refuses(record, b.manages(b.A), Outcome.APPROVALS_MISSING, provers=provers)
    web.court.refuses(record, b.declares(b.A), Outcome.KEY_PURPOSE, provers=[b.manages(b.C)])
    become(web, b.C, OrganisationStatus.SUSPENDED)
    web.court.refuses(record, b.manages(b.A), Outcome.APPROVALS_MISSING, provers=[b.manages(b.C)])


def test_versions_follow_each_other(web):
    both: dict[str, Any] = {"provers": [b.manages(b.B)]}
    record = web.arrangement(b.A, b.B, valid_from=b.NOW + 9)
    for values, outcome in (
        ({"predecessor": Digest(ZERO)}, Outcome.STALE_HEAD),
        ({"valid_from": b.NOW}, Outcome.WINDOW_INVALID),
        ({"valid_from": b.NOW - 1}, Outcome.WINDOW_INVALID),
        ({"second": b.A}, Outcome.MALFORMED),
    ):
        web.court.refuses(replace(record, **values), b.manages(b.A), outcome, **both)
    web.court.take(record, b.manages(b.A), **both)
    web.court.refuses(record, b.manages(b.A), Outcome.ALREADY_RECORDED, **both)
    assert web.court.ledger.recognitions.versions[web.agreed].valid_until == b.NOW + 9
    early = web.arrangement(b.A, b.C, valid_from=b.NOW - 1)
    web.court.refuses(early, b.manages(b.A), Outcome.WINDOW_INVALID, provers=[b.manages(b.C)])


def test_either_party_suspends(web):
    def refused(record: ArrangementSuspension, outcome: Outcome) -> None:
        web.court.refuses(record, b.manages(record.administration), outcome)

    refused(web.suspension(b.B, SuspensionAction.RESUME), Outcome.TRANSITION_NOT_ALLOWED)
    refused(web.suspension(b.C, SuspensionAction.SUSPEND), Outcome.NOT_COMPETENT)
    refused(web.suspension(b.B, SuspensionAction.SUSPEND, arrangement=NOTHING), Outcome.UNKNOWN_ARRANGEMENT)
    refused(web.suspension(b.B, SuspensionAction.SUSPEND, prev=b.Head(NOTHING)), Outcome.STALE_HEAD)
    first = web.suspension(b.B, SuspensionAction.SUSPEND)
    web.court.refuses(first, b.declares(b.B), Outcome.KEY_PURPOSE)
    web.court.take(first, b.manages(b.B))
    refused(first, Outcome.ALREADY_RECORDED)
    become(web, b.A, OrganisationStatus.EXPELLED)
    refused(web.suspension(b.A, SuspensionAction.SUSPEND), Outcome.ORGANISATION_NOT_ACTIVE)


# --- chains, and what breaks them


def test_eight_deep_at_most(web):
    digest, _, _ = web.recognised()
    last = web.chain(digest, 7)
    assert web.court.ledger.recognitions.nodes[last].depth == 8
    by = b.A if web.court.ledger.recognitions.nodes[last].record.administration == b.B else b.B
    refuses(web, web.recognition(by, last), Outcome.TOO_DEEP)


def test_a_third_recognises_what_the_second_recognised(web):
    digest, _, _ = web.recognised()
    refuses(web, web.recognition(b.C, digest), Outcome.UNKNOWN_ARRANGEMENT)
    web.recognise(b.C, digest, arrangement=web.agree(b.B, b.C))


def test_a_revoked_control_breaks_all_that_rests_on_it(web):
    digest, control, before = web.recognised()
    child = web.chain(digest, 1)
    web.revoke(control, before)
    assert stands(web, digest) is stands(web, child) is Outcome.PARENT_BROKEN
    refuses(web, web.recognition(b.B, control, evidence=NOTHING), Outcome.PARENT_BROKEN)


def test_its_author_replaces_a_recognition(web):
    digest, control, _ = web.recognised()
    child = web.chain(digest, 1)
    refuses(web, web.recognition(b.A, digest, supersedes=digest), Outcome.SUPERSEDES_NOT_PROVEN)
    fresh = web.recognise(b.B, control, supersedes=digest)
    assert stands(web, fresh) is Outcome.RECORDED
    assert stands(web, child) is Outcome.PARENT_BROKEN
    again = web.recognition(b.B, control, supersedes=digest, evidence=NOTHING)
    refuses(web, again, Outcome.ALREADY_SUPERSEDED)


def test_an_amendment_breaks_for_the_risks_that_it_touches(web):
    control, proven = web.control(risk=3)
    partial: dict[str, Any] = {"verdict": Verdict.PARTIAL}
    security = web.recognise(b.B, control, proven, **partial)
    safety = web.recognise(b.B, control, risk=2, **partial)
    web.amend(web.exported, 1)
    assert stands(web, security) is Outcome.RISK_TOUCHED
    assert stands(web, safety) is Outcome.RECORDED
    refuses(web, web.recognition(b.B, control, evidence=NOTHING, **partial), Outcome.RISK_TOUCHED)
    reaffirmed, proven = web.control(version=2)
    assert stands(web, web.recognise(b.B, reaffirmed, proven)) is Outcome.RECORDED
    assert stands(web, security) is Outcome.RISK_TOUCHED


def test_a_new_control_of_an_old_version_is_touched(web):
    web.amend(web.exported, 1)
    control, proven = web.control()
    refuses(web, web.recognition(b.B, control), Outcome.RISK_TOUCHED, **proven)


def test_an_amendment_of_its_own_declaration_breaks_it_too(web):
    digest, control, _ = web.recognised()
    child = web.chain(digest, 1)
    web.amend(web.imported, 1)
    assert stands(web, digest) is stands(web, child) is Outcome.RISK_TOUCHED
    refuses(web, web.recognition(b.B, control, evidence=NOTHING), Outcome.RISK_TOUCHED)
    web.recognise(b.B, control, version=2)


def test_an_aeos_status_ends_from_a_date_on(web):
    granted = web.court.take(web.aeo(), b.declares(b.A))
    other = web.court.take(web.aeo(b.AGENT), b.declares(b.A))
    control, proven = web.control()
    refuses(web, web.recognition(b.B, control, aeo=other), Outcome.AEO_NOT_VALID, **proven)
    early = web.recognise(b.B, control, proven, aeo=granted)
    later = web.recognise(b.B, control, aeo=granted, effective_at=b.NOW + 100)
    web.court.take(web.ended(granted, b.NOW + 50), b.declares(b.A))
    assert stands(web, early) is Outcome.RECORDED
    assert stands(web, later) is Outcome.PARENT_BROKEN
    record = web.recognition(b.B, control, aeo=granted, effective_at=b.NOW + 60)
    refuses(web, record, Outcome.AEO_NOT_VALID)


# --- AEO status


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"status": 4}, Outcome.MALFORMED),
        ({"operator": 99_999}, Outcome.UNKNOWN_ORGANISATION),
        ({"operator": b.AGENCY}, Outcome.UNKNOWN_ORGANISATION),
        ({"operator": b.FOREIGN_OPERATOR}, Outcome.NOT_COMPETENT),
    ],
)
def test_aeo_status_against_the_rules(web, values, outcome):
    refuses(web, web.aeo(**values), outcome)


def test_the_end_of_a_grant_only_moves_earlier(web):
    granted = web.court.take(web.aeo(), b.declares(b.A))
    refuses(web, web.aeo(), Outcome.ALREADY_RECORDED)
    refuses(web, web.ended(granted, b.NOW - 4 * b.DAY), Outcome.EFFECTIVE_TOO_EARLY)
    refuses(web, web.ended(NOTHING, b.NOW), Outcome.AEO_NOT_VALID)
    refuses(web, web.ended(granted, b.NOW, operator=b.AGENT), Outcome.AEO_NOT_VALID)
    suspended = web.ended(granted, b.NOW + 9, status=AeoStanding.SUSPENDED)
    web.court.take(suspended, b.declares(b.A))
    refuses(web, suspended, Outcome.ALREADY_RECORDED)
    web.court.take(web.ended(granted, b.NOW), b.declares(b.A))
    refuses(web, suspended, Outcome.TRANSITION_NOT_ALLOWED)
    become(web, b.A, OrganisationStatus.EXPELLED)
    refuses(web, web.aeo(b.AGENT), Outcome.ORGANISATION_NOT_ACTIVE)


# --- assistance


def test_a_request_is_answered_once(web):
    asked = web.asked()
    request = web.court.take(asked, b.declares(b.B))
    refuses(web, asked, Outcome.ALREADY_RECORDED)
    answered = web.answered(request)
    answer = web.court.take(answered, b.declares(b.A), now=b.NOW + 50)
    found = web.court.ledger.recognitions.requests[request]
    assert (found.answer, found.answered_at) == (answer, b.NOW + 50)
    refuses(web, answered, Outcome.ALREADY_RECORDED)
    refused = web.answered(request, action=AssistanceAction.REFUSAL, commitment=ZERO)
    refuses(web, refused, Outcome.ALREADY_ANSWERED)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"addressee": b.B}, Outcome.MALFORMED),
        ({"due_at": b.NOW}, Outcome.LIMIT_INVALID),
        ({"addressee": 99}, Outcome.UNKNOWN_ORGANISATION),
        ({"consignment": ConsignmentId(NOTHING)}, Outcome.UNKNOWN_CONSIGNMENT),
    ],
)
def test_a_request_against_the_rules(web, values, outcome):
    refuses(web, web.asked(**values), outcome)


def test_a_joined_declaration_names_no_consignment(web):
    refuses(web, web.asked(consignment=ConsignmentId(web.imported)), Outcome.UNKNOWN_CONSIGNMENT)


def test_an_answer_against_the_rules(web):
    request = web.court.take(web.asked(), b.declares(b.B))
    refuses(web, web.answered(NOTHING), Outcome.UNKNOWN_REQUEST)
    refuses(web, web.answered(request, administration=b.C), Outcome.NOT_COMPETENT)
    refuses(web, web.answered(request, addressee=b.C), Outcome.UNKNOWN_REQUEST)


# --- decisions that rely


def test_a_release_relies_until_what_it_rests_on_breaks(web):
    digest, control, before = web.recognised()
    web.rely(web.imported, digest)
    assert web.court.ledger.reliance(web.imported) is Reliance.STANDS
    web.revoke(control, before)
    assert web.court.ledger.reliance(web.imported) is Reliance.WITHDRAWN
    for kind in (DecisionKind.RECEIPT, DecisionKind.ASSESS):
        web.court.decide(web.court.state(web.imported), kind)
    web.court.decide(web.court.state(web.imported), DecisionKind.CLEAR, scope=b.SOMETHING)
    assert web.court.ledger.reliance(web.imported) is Reliance.WITHDRAWN
    assert web.court.state(web.imported).word >> 11 & 1
    web.court.decide(web.court.state(web.imported), DecisionKind.CLEAR)
    assert web.court.ledger.reliance(web.imported) is Reliance.NONE


def found_broken(web, declaration, seal_state=SealState.BROKEN):
    state = web.court.state(declaration)
    web.court.take(b.control(state, seal_state=seal_state), b.declares(state.administration))


def test_a_broken_seal_withdraws_reliance_of_its_own_declaration_alone(web):
    near, control, _ = web.recognised()
    onward = web.recognise(b.C, near, arrangement=web.agree(b.B, b.C))
    web.rely(web.imported, near)
    web.rely(web.transited, onward)
    before = web.court.state(web.imported)
    found_broken(web, web.imported)
    after = web.court.state(web.imported)
    assert after.word == before.word | 1 << 10
    assert after.standing == replace(before.standing, flags=before.standing.flags | Flag.SEAL_BROKEN)
    assert web.court.ledger.reliance(web.imported) is Reliance.WITHDRAWN
    assert web.court.ledger.reliance(web.transited) is Reliance.STANDS
    assert control not in web.court.ledger.superseded
    found_broken(web, web.imported, SealState.INTACT)
    assert web.court.ledger.reliance(web.imported) is Reliance.WITHDRAWN


@pytest.mark.parametrize("restates", [True, False])
def test_a_broken_seal_counts_until_its_administration_decides_anew(web, restates):
    recognition, _, _ = web.recognised()
    web.rely(web.imported, recognition)
    found_broken(web, web.imported)
    for kind, scope in ((DecisionKind.RECEIPT, ZERO), (DecisionKind.CLEAR, b.SOMETHING)):
        web.court.decide(web.court.state(web.imported), kind, scope=scope)
    assert web.court.state(web.imported).seal_broken
    if restates:
        record = web.relying(web.imported, recognition, kind=DecisionKind.CLEAR)
        web.court.take(record, b.declares(b.B), relied=[recognition])
    else:
        web.court.decide(web.court.state(web.imported), DecisionKind.CLEAR)
    assert not web.court.state(web.imported).seal_broken
    assert web.court.ledger.reliance(web.imported) is (Reliance.STANDS if restates else Reliance.NONE)


@pytest.mark.parametrize("seals", [one for one in SealState if one is not SealState.BROKEN])
def test_no_other_state_of_seals_withdraws(web, seals):
    recognition, _, _ = web.recognised()
    web.rely(web.imported, recognition)
    found_broken(web, web.imported, seals)
    assert web.court.ledger.reliance(web.imported) is Reliance.STANDS


def test_a_broken_seal_of_what_relies_on_nothing_is_told_by_its_record(web):
    recognition, _, _ = web.recognised()
    before = web.court.state(web.imported).word
    found_broken(web, web.imported)
    assert web.court.state(web.imported).word == before
    web.rely(web.imported, recognition)
    assert web.court.ledger.reliance(web.imported) is Reliance.STANDS


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([*SealState])), max_size=25))
@settings(deadline=None)
def test_random_controls_and_decisions_say_what_a_look_back_at_them_says(moves):
    """What the fold keeps in one bit, against the whole history read backwards."""
    web = Web()
    near, _, _ = web.recognised()
    declaration, history = web.imported, []
    for which, seals in moves:
        state = web.court.state(declaration)
        if which < 3:
            web.court.take(b.control(state, seal_state=seals), b.declares(b.B))
            history.append("broken" if seals is SealState.BROKEN else "")
        elif which == 3:
            record = web.relying(declaration, near, kind=DecisionKind.LIFT_CONTROL)
            web.court.take(record, b.declares(b.B), relied=[near])
            history.append("relies")
        elif which == 4:
            web.court.decide(state, DecisionKind.RECEIPT)
            history.append("")
        elif web.court.present(b.decision(state, DecisionKind.CLEAR), b.declares(b.B)) is Outcome.RECORDED:
            history.append("drops")
        decided = max((at for at, one in enumerate(history) if one in ("relies", "drops")), default=-1)
        relies = decided >= 0 and history[decided] == "relies"
        broken = relies and "broken" in history[decided:]
        expected = Reliance.NONE if not relies else Reliance.WITHDRAWN if broken else Reliance.STANDS
        assert web.court.ledger.reliance(declaration) is expected
        assert web.court.state(declaration).seal_broken is broken


def test_a_decision_relies_on_what_stands_and_is_its_own(web):
    digest, control, before = web.recognised()
    declined = web.recognise(b.B, control, verdict=Verdict.DECLINED, reason=2, arrangement=Digest(ZERO))
    for relied, proven, outcome in (
        ((digest,), (), Outcome.RELIANCE_NOT_PROVEN),
        ((digest,), (declined,), Outcome.RELIANCE_NOT_PROVEN),
        ((digest,) * 5, (digest,) * 5, Outcome.RELIANCE_NOT_PROVEN),
        ((NOTHING,), (NOTHING,), Outcome.RELIANCE_INVALID),
        ((digest, declined), (digest, declined), Outcome.RELIANCE_INVALID),
    ):
        refuses(web, web.relying(web.imported, *relied), outcome, relied=proven)
    foreign = web.relying(web.transited, digest)
    refuses(web, foreign, Outcome.RELIANCE_INVALID, relied=[digest])
    late = replace(web.relying(web.imported, digest), effective_at=b.NOW + b.DAY, deadline=b.NOW + 2 * b.DAY)
    refuses(web, late, Outcome.CONTROL_EXPIRED, now=b.NOW + b.DAY, relied=[digest])
    receipt = web.relying(web.imported, digest, kind=DecisionKind.RECEIPT)
    refuses(web, receipt, Outcome.MALFORMED, relied=[digest])
    web.revoke(control, before)
    refuses(web, web.relying(web.imported, digest), Outcome.PARENT_BROKEN, relied=[digest])


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({}, True),
        ({"risk": 0}, False),
        ({"risk": 16}, False),
        ({"reason": 10}, False),
        ({"arrangement": Digest(ZERO)}, False),
        ({"scope": b.SOMETHING}, False),
        ({"scope": b.SOMETHING, "verdict": Verdict.PARTIAL}, True),
        ({"verdict": Verdict.DECLINED, "arrangement": Digest(ZERO)}, False),
        ({"verdict": Verdict.DECLINED, "reason": 1}, False),
        ({"verdict": Verdict.DECLINED, "reason": 1, "arrangement": Digest(ZERO)}, True),
    ],
)
def test_the_form_of_a_recognition(web, values, fits):
    control, proven = web.control()
    record: Recognition = web.recognition(b.B, control, **values)
    outcome = web.court.present(record, b.declares(b.B), **proven)
    assert (outcome is Outcome.RECORDED) == fits
    assert fits or outcome is Outcome.MALFORMED
