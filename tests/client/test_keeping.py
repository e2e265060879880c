"""What is kept beside the chain."""

import pytest

from ledger.client import NotEntitled, PayloadRefused, Scope, SealingError, scope_from_json
from ledger.domain.commitment import scope_of
from ledger.domain.wire import DeclarationId
from ledger.index.ingested import IngestedMessage
from ledger.index.references import Reference, ReferenceType
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import BAZAAR, FR, GB, PLATFORM


def test_scopes(client):
    scope = Scope({1: "10", 2: None})
    root = scope_of(scope.items).root
    client.put_scope(root, scope)
    assert client.keep_scope(scope) == root
    with pytest.raises(PayloadRefused, match="do not open this scope"):
        client.put_scope(bytes(32), scope)
    with pytest.raises(PayloadRefused):
        client.keep_scope(Scope({}))


@pytest.mark.parametrize("scope", [Scope({7: None, 8: "1.50"})])
def test_scopes_as_json(scope):
    assert scope_from_json(scope.to_json()) == scope


@pytest.mark.parametrize("values", [None, [], {}, {"scope": []}, {"scope": {"one": None}}, {"scope": {"1": 5}}])
def test_what_is_no_scope(values):
    with pytest.raises(PayloadRefused):
        scope_from_json(values)


def test_numbers_that_name_one_declaration_do_so_for_somebody(client, team):
    case = Case(declarant=PLATFORM_EORI)
    written = team.recorded(team.desk("platform").declare(message(case.declaration())))
    lrn, mrn = Reference(ReferenceType.LRN, "A-1"), Reference(ReferenceType.MRN, case.mrn)
    client.add_references(written.declaration, [lrn, mrn, Reference(ReferenceType.ORDER, f"O{case.own}")], FR)

    def scoped(reference, scope):
        return Reference(reference.type, reference.value, scope)

    for one in (lrn, mrn):
        for scope, named in (("", True), (str(FR), True), (str(PLATFORM), True), (str(GB), False)):
            assert client.is_named(written.declaration, scoped(one, scope)) is named
    assert client.references.resolve(lrn) == [written.declaration]


def test_the_time_of_a_reference(client, team):
    """As given; else when the declaration was lodged; for one that is not recorded yet, now."""
    item = Reference(ReferenceType.S10, "LX000000010GB")
    case = Case(declarant=PLATFORM_EORI)
    written = team.recorded(team.desk("platform").declare(message(case.declaration())))
    lodged_at = client.declaration(written.declaration, PLATFORM).lodged_at
    client.add_references(written.declaration, [item], PLATFORM, at=1_000_000)
    assert client.references.resolve(item, around=1_000_000, window=10) == [written.declaration]
    other = Reference(ReferenceType.S10, "LX000000024GB")
    client.add_references(written.declaration, [other], PLATFORM)
    assert client.references.resolve(other, around=lodged_at, window=10) == [written.declaration]
    unborn = DeclarationId(b"\1" * 32)
    client.add_references(unborn, [Reference(ReferenceType.S10, "LX000000038GB")], PLATFORM)
    assert client.named(Reference(ReferenceType.S10, "LX000000038GB")) == [unborn]
    with pytest.raises(NotEntitled):
        client.add_references(written.declaration, [item], BAZAAR)


def test_notes_of_ingested_messages(client, team):
    recorded = team.recorded(team.desk("platform").declare(message(Case(declarant=PLATFORM_EORI).declaration())))
    nowhere, evidence, record = b"\1" * 32, b"\2" * 32, b"\3" * 32
    client.note_ingested(
        [
            IngestedMessage(nowhere, "notice", "record", b"\7" * 32),
            IngestedMessage(evidence, "notice", "evidence"),
            IngestedMessage(record, "declaration", "record", recorded.digest),
        ]
    )
    assert client.ingested(nowhere) is False  # its record got nowhere
    assert client.ingested(evidence) is True
    assert client.ingested(record) == recorded.digest
    assert client.ingested(bytes(32)) is False
    client.note_ingested([IngestedMessage(nowhere, "notice", "record", recorded.digest)])
    assert client.all_ingested([nowhere, b"\4" * 32]) == {nowhere: recorded.digest}


def test_evidence_is_kept_sealed_and_once(client, team):
    mrn = Reference(ReferenceType.MRN, "25FR00128B4M7QX9K2")
    bazaar, platform = (team.desk(name).sealer for name in ("bazaar", "platform"))
    client.keep_evidence("notice 09", bazaar.seal_received(b"{}", None), [mrn], None, None, by=BAZAAR)
    client.keep_evidence("notice 09", platform.seal_received(b"{}", None), [mrn], None, 77, by=PLATFORM)
    client.keep_evidence("notice 09", platform.seal_received(b"{}", None), [mrn], None, 78, by=PLATFORM)
    found = client.evidence_under(mrn)
    assert [one.organisation for one in found] == [BAZAAR, PLATFORM]
    assert platform.open_received(found[1].content) == b"{}"
    with pytest.raises(SealingError, match="not held here"):
        platform.open_received(found[0].content)
    assert found[0].effective == found[0].received
    assert found[1].effective == 77
    with pytest.raises(SealingError, match="nothing that was sealed"):
        client.keep_evidence("notice 09", b"{}", [mrn], None, None, by=BAZAAR)


def test_challenges(client):
    nonce = client.new_challenge(PLATFORM, 60)
    assert not client.use_challenge(nonce, BAZAAR)
    assert client.use_challenge(nonce, PLATFORM)
    assert not client.use_challenge(nonce, PLATFORM)
