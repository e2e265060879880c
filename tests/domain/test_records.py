import pytest

from ledger.domain.codes import DecisionKind, Representation
from ledger.domain.records import (
    AdministrationSetting,
    Admission,
    EncryptionKey,
    Grant,
    KeyAuthorisation,
    OperatorStatus,
    author_of,
)
from ledger.domain.state import lodge
from tests.domain import builders as b

STATE = lodge(b.declaration(), b.Digest(b.SOMETHING))
HEAD = b.Head(b.OTHER)
AUTHORS = {
    "a declaration's agent": (b.declaration(agent=b.AGENT), b.AGENT),
    "else its declarant": (b.declaration(), b.OPERATOR),
    "else its administration": (b.declaration(declarant=0), b.A),
    "an amendment's declarant": (b.amendment(STATE), b.OPERATOR),
    "an invalidation's agent": (b.invalidation(STATE, agent=b.AGENT), b.AGENT),
    "a presentation's declarant": (b.presentation(STATE), b.OPERATOR),
    "a decision's administration": (b.decision(STATE, DecisionKind.ACCEPT), b.A),
    "a control's administration": (b.control(STATE), b.A),
    "a hold's agency": (b.hold(STATE), b.AGENCY),
    "an erasure's administration": (b.erasure(STATE, administration=b.A), b.A),
    "else its agent": (b.erasure(STATE, agent=b.AGENT), b.AGENT),
    "else the declarant": (b.erasure(STATE), b.OPERATOR),
    "an encryption key's organisation": (
        EncryptionKey(
            organisation=b.AUDITOR,
            org_head=HEAD,
            version=1,
            suite=1,
            key=b.SOMETHING,
            not_before=0,
            not_after=0,
            deadline=0,
        ),
        b.AUDITOR,
    ),
    "nobody alone for an admission": (
        Admission(administration=4, country=b"DD", action=1, council_head=HEAD, effective_at=0, deadline=0),
        0,
    ),
    "an operator status's administration": (
        OperatorStatus(administration=b.A, org_head=HEAD, organisation=b.OPERATOR, kind=2, status=1, deadline=0),
        b.A,
    ),
    "a key authorisation's organisation": (
        KeyAuthorisation(organisation=b.AUDITOR, org_head=HEAD, key=bytes(20), action=1, deadline=0),
        b.AUDITOR,
    ),
    "a setting's administration": (
        AdministrationSetting(administration=b.B, org_head=HEAD, backdating=0, deadline=0),
        b.B,
    ),
    "a grant's declarant": (
        Grant(
            declarant=b.OPERATOR,
            agent=b.AGENT,
            serial=1,
            representation=Representation.DIRECT,
            legs=7,
            valid_from=0,
            valid_until=0,
            deadline=0,
        ),
        b.OPERATOR,
    ),
}


@pytest.mark.parametrize(("record", "author"), AUTHORS.values(), ids=AUTHORS)
def test_the_author_is(record, author):
    assert author_of(record) == author
