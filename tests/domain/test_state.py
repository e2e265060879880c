from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import heads
from ledger.domain.codes import DecisionKind, Flag, HoldAction, Outcome, Pending, Reason, Status
from ledger.domain.state import BrokenTimeline, DeclarationState, Version, advance, lodge
from tests.domain import builders as b

ID = b.DeclarationId(b"\xaa" * 32)


def lodged(**values) -> DeclarationState:
    return lodge(b.declaration(**values), b.Digest(ID))


def digest(number: int) -> b.Digest:
    return b.Digest(bytes([number]) * 32)


# Lodging


def test_given_an_opener_when_lodged_then_the_consignment_is_its_own():
    state = lodged()
    assert (state.id, bytes(state.consignment), state.settled) == (ID, bytes(ID), heads.opened(ID))
    assert state.standing.status is Status.LODGED
    assert state.standing.flags == Flag(0)
    assert state.version == Version(1, b.SOMETHING, b.OTHER)


def test_given_a_joiner_when_lodged_then_it_stands_in_the_consignment_that_it_names():
    state = lodged(consignment=b.ConsignmentId(b.OTHER))
    assert state.consignment == b.OTHER
    assert state.standing.flags == Flag.JOINED


def test_given_no_declarant_when_lodged_then_it_was_received_outside():
    assert lodged(declarant=0).standing.flags == Flag.RECEIVED_OUTSIDE


def test_the_state_word_of_an_opener_ends_in_its_join_key():
    state = lodged()
    word = state.word
    assert word & 0xFF == Status.LODGED
    assert (word >> 8 & 0xF, word >> 12 & 0xF) == (state.leg, state.regime)
    assert (word >> 16 & 0xFFFF, word >> 32 & 0xFFFFFFFF) == (b.A, b.OPERATOR)
    assert (word >> 64 & 0xFFFF, word >> 80 & 0xFFFF) == (1, 0)
    assert (word >> 96).to_bytes(20, "big") == b.address("join key")


def test_the_state_word_of_a_joiner_ends_in_the_start_of_its_consignment():
    assert (lodged(consignment=b.ConsignmentId(b.OTHER)).word >> 96).to_bytes(20, "big") == b.OTHER[:20]


# Advancing


def test_given_an_amendment_request_when_granted_then_its_content_is_the_next_version():
    state = advance(lodged(), b.amendment(lodged()), digest(1))
    assert (state.request, state.standing.pending) == (digest(1), Pending.AMENDMENT)
    assert state.requested == Version(2, b"\x33" * 32, b.OTHER)
    granted = advance(state, b.decision(state, DecisionKind.GRANT, request=digest(1)), digest(2))
    assert granted.version == Version(2, b"\x33" * 32, b.OTHER)
    assert (granted.request, granted.requested) == (b.NO_DIGEST, None)
    assert granted.settled == heads.settled(state.settled, digest(1), digest(2))


@pytest.mark.parametrize("request_", [b.invalidation, b.presentation])
def test_given_another_request_when_granted_then_the_version_stays(request_):
    state = advance(lodged(), request_(lodged()), digest(1))
    granted = advance(state, b.decision(state, DecisionKind.GRANT, request=digest(1)), digest(2))
    assert granted.version == state.version
    assert granted.standing.pending is Pending.NONE


def test_given_customs_own_content_when_amended_then_it_is_the_next_version():
    state = lodged()
    amended = advance(state, b.decision(state, DecisionKind.AMEND, commitment=b"\x44" * 32), digest(1))
    assert amended.version == Version(2, b"\x44" * 32, b.OTHER)


def test_given_customs_wrote_a_version_meanwhile_when_an_amendment_is_granted_then_it_is_the_one_after():
    first = lodged(declarant=0, stage=4)
    state = advance(first, b.amendment(first, declarant=b.OPERATOR), digest(1))
    own = b.decision(state, DecisionKind.REGISTER, request=digest(1), commitment=b"\x44" * 32)
    registered = advance(state, own, digest(2))
    assert registered.version.number == 2
    granted = advance(registered, b.decision(registered, DecisionKind.GRANT, request=digest(1)), digest(3))
    assert granted.version == Version(3, b"\x33" * 32, b.OTHER)


def test_given_a_request_when_a_safeguard_is_set_then_it_waits_on():
    state = advance(lodged(), b.amendment(lodged()), digest(1))
    detained = advance(state, b.decision(state, DecisionKind.DETAIN), digest(2))
    assert (detained.request, detained.requested) == (digest(1), state.requested)


def test_given_a_control_when_recorded_then_only_the_settled_head_moves():
    state = lodged()
    controlled = advance(state, b.control(state), digest(1))
    assert controlled.settled == heads.settled(state.settled, b.NO_DIGEST, digest(1))
    assert (controlled.standing, controlled.version, controlled.public_head) == (
        state.standing,
        state.version,
        heads.public(controlled.settled, b.NO_DIGEST, b.Head(bytes(32))),
    )


def test_given_two_agencies_hold_when_the_last_lifts_then_none_holds():
    one = advance(lodged(), b.hold(lodged()), digest(1))
    two = advance(one, b.hold(one, agency=b.FOREIGN_AGENCY), digest(2))
    released = advance(two, b.decision(two, DecisionKind.RELEASE, reason=Reason.OVERRIDE, evidence=b.OTHER), digest(3))
    assert released.standing.flags == Flag.AGENCY | Flag.OVERRIDDEN
    left = advance(released, b.hold(released, HoldAction.LIFT), digest(4))
    assert (left.holders, left.standing.flags) == (frozenset({b.FOREIGN_AGENCY}), Flag.AGENCY | Flag.OVERRIDDEN)
    free = advance(left, b.hold(left, HoldAction.LIFT, agency=b.FOREIGN_AGENCY), digest(5))
    assert (free.holders, free.standing.flags) == (frozenset(), Flag(0))


def test_given_an_override_when_a_further_hold_is_set_then_a_further_override_is_needed():
    held = advance(lodged(), b.hold(lodged()), digest(1))
    released = advance(
        held, b.decision(held, DecisionKind.RELEASE, reason=Reason.OVERRIDE, evidence=b.OTHER), digest(2)
    )
    again = advance(released, b.hold(released, agency=b.FOREIGN_AGENCY), digest(3))
    assert again.standing.flags == Flag.AGENCY


# Broken timelines


def refuses(state: DeclarationState, record, reason: str) -> None:
    with pytest.raises(BrokenTimeline, match=reason) as broken:
        advance(state, record, digest(9))
    assert (broken.value.declaration, broken.value.digest) == (state.id, digest(9))


def test_given_a_decision_is_missing_when_the_next_one_is_folded_then_the_timeline_is_broken():
    missing = advance(lodged(), b.decision(lodged(), DecisionKind.ACCEPT), digest(1))
    refuses(lodged(), b.decision(missing, DecisionKind.RELEASE), "the head is")


def test_given_a_decision_was_folded_when_it_comes_again_then_the_timeline_is_broken():
    record = b.decision(lodged(), DecisionKind.ACCEPT)
    refuses(advance(lodged(), record, digest(1)), record, "it extends")


def test_given_a_hold_is_missing_when_the_next_one_is_folded_then_the_timeline_is_broken():
    missing = advance(lodged(), b.hold(lodged()), digest(1))
    refuses(lodged(), b.hold(missing, agency=b.FOREIGN_AGENCY), "the head is")


def test_given_a_request_waits_when_another_one_is_folded_then_the_timeline_is_broken():
    state = advance(lodged(), b.amendment(lodged()), digest(1))
    refuses(state, b.invalidation(state), "waits")


def test_given_a_request_is_missing_when_its_answer_is_folded_then_the_timeline_is_broken():
    refuses(lodged(), b.decision(lodged(), DecisionKind.GRANT, request=digest(1)), "it names request")


def test_given_a_request_waits_when_a_decision_does_not_name_it_then_the_timeline_is_broken():
    state = advance(lodged(), b.amendment(lodged()), digest(1))
    refuses(state, b.decision(state, DecisionKind.ACCEPT), "it names request")


def test_given_a_hold_when_the_same_agency_sets_again_then_the_timeline_is_broken():
    state = advance(lodged(), b.hold(lodged()), digest(1))
    refuses(state, b.hold(state), "has open hold")


def test_given_no_hold_when_one_is_lifted_then_the_timeline_is_broken():
    refuses(lodged(), b.hold(lodged(), HoldAction.LIFT), "has no open hold")


def test_given_a_step_that_the_lifecycle_does_not_have_then_the_timeline_is_broken():
    refuses(lodged(), b.decision(lodged(), DecisionKind.CLOSE), Outcome.TRANSITION_NOT_ALLOWED.name)


@pytest.mark.parametrize("version", [0, 2])
def test_given_a_version_that_is_not_there_when_a_control_looked_at_it_then_the_timeline_is_broken(version):
    refuses(lodged(), b.control(lodged(), version=version), f"version {version} of 1")


@pytest.mark.parametrize("make", [b.amendment, b.control, b.hold])
def test_given_a_terminal_status_when_anything_but_a_decision_is_folded_then_the_timeline_is_broken(make):
    state = advance(lodged(), b.decision(lodged(), DecisionKind.REJECT), digest(1))
    refuses(state, make(state), "REJECTED")


# Whatever is recorded

STEPS = st.lists(
    st.one_of(
        st.sampled_from(list(DecisionKind)).map(lambda kind: ("decision", kind)),
        st.sampled_from([("control", 0), ("amendment", 0), ("presentation", 0), ("hold", 0), ("foreign hold", 0)]),
    ),
    max_size=12,
)


def make(state: DeclarationState, name: str, kind: int):
    if name == "decision":
        safeguards = kind in (6, 7, 8, 9, 25)
        request = b.NO_DIGEST if safeguards else state.request
        return b.decision(state, kind, request=request, reason=Reason.OVERRIDE, evidence=b.OTHER)
    if name.endswith("hold"):
        agency = b.AGENCY if name == "hold" else b.FOREIGN_AGENCY
        return b.hold(state, HoldAction.LIFT if agency in state.holders else HoldAction.SET, agency=agency)
    return {"control": b.control, "amendment": b.amendment, "presentation": b.presentation}[name](state)


def play(steps):
    """The states that a history goes through, and the records that were taken."""
    states, records = [lodged()], []
    for at, (name, kind) in enumerate(steps, 1):
        record = make(states[-1], name, kind)
        try:
            state = advance(states[-1], record, digest(at))
        except BrokenTimeline:
            continue
        states.append(state)
        records.append((record, digest(at)))
    return states, records


def fold(records) -> DeclarationState:
    state = lodged()
    for record, one in records:
        state = advance(state, record, one)
    return state


@given(STEPS)
def test_the_fold_of_a_history_is_where_its_steps_led(steps):
    states, records = play(steps)
    assert fold(records) == states[-1]


@given(STEPS)
def test_a_history_never_shrinks(steps):
    states, _ = play(steps)
    for before, after in pairwise(states):
        assert after.version.number - before.version.number in (0, 1)
        assert after.public_head != before.public_head
    assert len({state.public_head for state in states}) == len(states)


@given(STEPS, st.data())
def test_a_history_without_one_of_its_decisions_or_twice_with_it_is_broken(steps, data):
    _, records = play(steps)
    moving = [at for at, (record, _) in enumerate(records[:-1]) if hasattr(record, "administration")]
    settled_after = [at for at in moving if any(hasattr(record, "administration") for record, _ in records[at + 1 :])]
    if settled_after:
        at = data.draw(st.sampled_from(settled_after))
        with pytest.raises(BrokenTimeline):
            fold(records[:at] + records[at + 1 :])
        with pytest.raises(BrokenTimeline):
            fold(records[: at + 1] + records[at:])
