from dataclasses import replace
from typing import Any

import pytest

from ledger.domain import values
from ledger.domain.codes import (
    AdmissionAction,
    DecisionKind,
    KeyAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    Purpose,
    Representation,
)
from ledger.domain.records import AdministrationSetting, Admission, Grant, KeyAuthorisation, OperatorStatus, Record
from ledger.domain.state import lodge
from tests.domain import builders as b

STATE = lodge(b.declaration(), b.Digest(b"\xaa" * 32))
HEAD = b.Head(b.OTHER)
KEY, OTHER_KEY = b.address("key"), b.address("other key")

ADMIT = Admission(
    administration=4,
    country=b"DD",
    action=AdmissionAction.ADMIT,
    council_head=HEAD,
    first_key=KEY,
    second_key=OTHER_KEY,
    effective_at=b.NOW,
    deadline=b.NOW,
)
SUSPEND = Admission(
    administration=b.B,
    country=b"\0\0",
    action=AdmissionAction.SUSPEND,
    council_head=HEAD,
    effective_at=b.NOW,
    deadline=b.NOW,
)
OPERATOR = OperatorStatus(
    administration=b.A,
    org_head=HEAD,
    organisation=b.OPERATOR,
    kind=OrganisationKind.OPERATOR,
    status=OrganisationStatus.ACTIVE,
    key=KEY,
    purposes=Purpose.DECLARE,
    not_before=b.NOW,
    not_after=b.NOW + 1,
    deadline=b.NOW,
)
AUTHORISE = KeyAuthorisation(
    organisation=b.A,
    org_head=HEAD,
    key=KEY,
    action=KeyAction.AUTHORISE,
    purposes=Purpose.DECIDE,
    office=1,
    not_before=b.NOW,
    not_after=b.NOW + 1,
    deadline=b.NOW,
)
SHORTEN = KeyAuthorisation(
    organisation=b.A, org_head=HEAD, key=KEY, action=KeyAction.SHORTEN, not_after=b.NOW, deadline=b.NOW
)
COMPROMISED = replace(SHORTEN, action=KeyAction.COMPROMISED, not_after=0, compromised_since=b.NOW)
VETO = replace(SHORTEN, action=KeyAction.VETO, not_after=0)
GRANT = Grant(
    declarant=b.OPERATOR,
    agent=b.AGENT,
    serial=1,
    representation=Representation.DIRECT,
    legs=7,
    valid_from=0,
    valid_until=0,
    deadline=b.NOW,
)
LINKED = b.declaration(link=b.SOMETHING, link_kind=1)
ADMISSION_OF_AN_HEIR = replace(ADMIT, action=AdmissionAction.SUCCEED, predecessor=b.A)

GOOD = {
    "declaration": b.declaration(),
    "linked declaration": LINKED,
    "declaration received outside": b.declaration(declarant=0),
    "reported declaration": b.declaration(declarant=0, stage=4),
    "joining declaration": b.declaration(consignment=b.SOMETHING),
    "amendment": b.amendment(STATE),
    "invalidation": b.invalidation(STATE),
    "presentation": b.presentation(STATE),
    "decision": b.decision(STATE, DecisionKind.ACCEPT),
    "customs' own version": b.decision(STATE, DecisionKind.AMEND, commitment=b.OTHER, touched_risks=15),
    "granted without request": b.decision(STATE, DecisionKind.GRANT, commitment=b.OTHER),
    "control": b.control(STATE),
    "hold": b.hold(STATE),
    "admission": ADMIT,
    "suspension": SUSPEND,
    "succession": ADMISSION_OF_AN_HEIR,
    "operator with key": OPERATOR,
    "operator without key": replace(OPERATOR, key=bytes(20), purposes=0, not_before=0, not_after=0),
    "authorisation": AUTHORISE,
    "shortening": SHORTEN,
    "compromise": COMPROMISED,
    "veto": VETO,
    "setting": AdministrationSetting(administration=b.A, org_head=HEAD, backdating=0, deadline=b.NOW),
    "grant": GRANT,
}

BAD: list[tuple[Record, dict[str, Any]]] = [
    (b.declaration(), {"leg": 0}),
    (b.declaration(), {"leg": 4}),
    (b.declaration(), {"regime": 0}),
    (b.declaration(), {"regime": 10}),
    (b.declaration(), {"stage": 0}),
    (b.declaration(), {"stage": 4}),
    (b.declaration(), {"stage": 5}),
    (b.declaration(), {"link": b.OTHER}),
    (b.declaration(), {"link_kind": 1}),
    (LINKED, {"link_kind": 7}),
    (b.declaration(), {"join_key": bytes(20)}),
    (b.declaration(), {"consignment": b.OTHER}),
    (b.declaration(), {"commitment": bytes(32)}),
    (b.declaration(), {"schema": bytes(32)}),
    (b.declaration(), {"declarant": 0, "agent": b.AGENT}),
    (b.amendment(STATE), {"declarant": 0}),
    (b.amendment(STATE), {"commitment": bytes(32)}),
    (b.amendment(STATE), {"schema": bytes(32)}),
    (b.invalidation(STATE), {"declarant": 0}),
    (b.invalidation(STATE), {"reason": 10}),
    (b.presentation(STATE), {"declarant": 0}),
    (b.decision(STATE, DecisionKind.ACCEPT), {"kind": 0}),
    (b.decision(STATE, DecisionKind.ACCEPT), {"kind": 36}),
    (b.decision(STATE, DecisionKind.ACCEPT), {"reason": 10}),
    (b.decision(STATE, DecisionKind.ACCEPT), {"reliance": b.OTHER}),
    (b.decision(STATE, DecisionKind.ACCEPT), {"commitment": b.OTHER}),
    (b.decision(STATE, DecisionKind.ACCEPT), {"touched_risks": 1}),
    (b.decision(STATE, DecisionKind.GRANT), {"touched_risks": 16}),
    (b.decision(STATE, DecisionKind.GRANT), {"commitment": b.OTHER, "request": b.OTHER}),
    (b.control(STATE), {"method": 0}),
    (b.control(STATE), {"outcome": 5}),
    (b.control(STATE), {"seal_state": 4}),
    (b.control(STATE), {"risk": 0}),
    (b.control(STATE), {"risk": 16}),
    (b.control(STATE), {"valid_until": b.NOW}),
    (b.hold(STATE), {"action": 3}),
    (b.hold(STATE), {"reason": 10}),
    (ADMIT, {"action": 6}),
    (ADMIT, {"administration": 0}),
    (ADMIT, {"predecessor": 1}),
    (ADMIT, {"country": b"dd"}),
    (ADMIT, {"country": b"D1"}),
    (ADMIT, {"country": b"\0\0"}),
    (ADMIT, {"first_key": bytes(20)}),
    (ADMIT, {"second_key": KEY}),
    (SUSPEND, {"first_key": KEY}),
    (ADMISSION_OF_AN_HEIR, {"predecessor": 0}),
    (OPERATOR, {"kind": OrganisationKind.ADMINISTRATION}),
    (OPERATOR, {"kind": 5}),
    (OPERATOR, {"status": 0}),
    (OPERATOR, {"status": OrganisationStatus.SUCCEEDED}),
    (OPERATOR, {"organisation": 65_535}),
    (OPERATOR, {"purposes": Purpose.DECIDE}),
    (OPERATOR, {"purposes": Purpose.MANAGE | Purpose.DECLARE}),
    (OPERATOR, {"purposes": 0}),
    (OPERATOR, {"key": bytes(20)}),
    (AUTHORISE, {"key": bytes(20)}),
    (AUTHORISE, {"action": 5}),
    (AUTHORISE, {"compromised_since": 1}),
    (SHORTEN, {"purposes": 1}),
    (SHORTEN, {"office": 1}),
    (SHORTEN, {"not_before": 1}),
    (SHORTEN, {"not_after": 0}),
    (SHORTEN, {"compromised_since": 1}),
    (COMPROMISED, {"compromised_since": 0}),
    (COMPROMISED, {"not_after": 1}),
    (VETO, {"not_after": 1}),
    (GRANT, {"legs": 0}),
    (GRANT, {"legs": 8}),
    (GRANT, {"representation": 1}),
    (GRANT, {"agent": 0}),
    (GRANT, {"agent": b.OPERATOR}),
]


@pytest.mark.parametrize("record", GOOD.values(), ids=GOOD)
def test_a_record_that_makes_sense_passes(record):
    assert values.check(record) is Outcome.RECORDED


@pytest.mark.parametrize(
    ("record", "change"),
    BAD,
    ids=[f"{type(record).__name__} with {', '.join(change)}" for record, change in BAD],
)
def test_a_value_outside_its_list_or_against_another_one_is_malformed(record, change):
    assert values.check(record) is Outcome.RECORDED
    assert values.check(replace(record, **change)) is Outcome.MALFORMED


@pytest.mark.parametrize(
    ("deadline", "outcome"),
    [
        (b.NOW - 1, Outcome.EXPIRED),
        (b.NOW, Outcome.RECORDED),
        (b.NOW + 7 * b.DAY, Outcome.RECORDED),
        (b.NOW + 7 * b.DAY + 1, Outcome.DEADLINE_TOO_FAR),
    ],
)
def test_a_deadline_lies_within_the_next_seven_days(deadline, outcome):
    assert values.check_deadline(deadline, b.NOW) is outcome


@pytest.mark.parametrize(
    ("kind", "daily"),
    [
        (OrganisationKind.ADMINISTRATION, Purpose.DECIDE),
        (OrganisationKind.OPERATOR, Purpose.DECLARE),
        (OrganisationKind.AGENCY, Purpose.HOLD),
        (OrganisationKind.AUDITOR, Purpose.READ),
    ],
)
def test_a_key_manages_alone_or_does_what_its_organisation_does(kind, daily):
    fitting = {one for one in range(64) if values.purposes_fit(one, kind)}
    assert fitting == {Purpose.MANAGE, daily, Purpose.READ, daily | Purpose.READ}
