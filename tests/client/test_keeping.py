"""What is kept beside the chain."""

import pytest

from ledger.client import NotEntitled, Payload, PayloadRefused, Scope, payload_from_json
from ledger.client.types import payload_from_bytes, payload_to_bytes
from ledger.domain.commitment import commit, schema_id, scope_of
from ledger.domain.wire import DeclarationId
from ledger.index.ingested import IngestedMessage
from ledger.index.references import Reference, ReferenceType
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import AUDITOR, BAZAAR, FR, GB, PLATFORM

PAYLOAD = Payload("schema/1", b"\5" * 32, (("A/B[1]", "one"), ("A/C[1]", " two ")))
ROOT = commit(schema_id(PAYLOAD.schema), PAYLOAD.fields, PAYLOAD.seed).root


def test_payloads_open_their_commitments(client):
    client.put_payload(ROOT, PAYLOAD, PLATFORM)
    assert client.payload(ROOT, PLATFORM) == PAYLOAD
    assert client.payload(ROOT, BAZAAR) is None
    assert client.payload(ROOT, None) is None
    assert client.payload(bytes(32), PLATFORM) is None
    with pytest.raises(PayloadRefused, match="does not open this commitment"):
        client.put_payload(bytes(32), PAYLOAD, PLATFORM)
    with pytest.raises(PayloadRefused):
        client.put_payload(ROOT, Payload("schema/1", b"\5" * 32, ()), PLATFORM)
    assert "two" not in repr(PAYLOAD)


def test_scopes(client):
    scope = Scope({1: "10", 2: None})
    root = scope_of(scope.items).root
    client.put_payload(root, scope, FR)
    assert client.keep_payload(scope, FR) == root
    assert client.payload(root, FR) is None  # shown with the answers that it narrows
    with pytest.raises(PayloadRefused):
        client.keep_payload(Scope({}), FR)


def test_the_content_of_a_version(client, team):
    case = Case(declarant=PLATFORM_EORI)
    written = team.recorded(team.desk("platform").declare(message(case.declaration())))
    commitment = client.state(written.declaration).version.commitment
    for viewer, sees in ((PLATFORM, True), (FR, True), (GB, False), (BAZAAR, False), (AUDITOR, False)):
        assert (client.payload(commitment, viewer) is not None) is sees


@pytest.mark.parametrize("payload", [PAYLOAD, Scope({7: None, 8: "1.50"})])
def test_payloads_as_json_and_bytes(payload):
    assert payload_from_json(payload.to_json()) == payload
    assert payload_from_bytes(payload_to_bytes(payload)) == payload


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        {},
        {"scope": []},
        {"scope": {"one": None}},
        {"scope": {"٣": None}},
        {"scope": {"1": 5}},
        {"schema": 1, "seed": "0x", "fields": []},
        {"schema": "s", "seed": "0x", "fields": {}},
        {"schema": "s", "seed": "0x", "fields": [["a"]]},
        {"schema": "s", "seed": "0x", "fields": [["a", 1]]},
        {"schema": "s", "seed": "0xzz", "fields": []},
        {"schema": "s", "seed": "11", "fields": []},
        {"schema": "s", "seed": 11, "fields": []},
        {"schema": "s", "seed": "0x11", "fields": [], "more": 1},
    ],
)
def test_what_is_no_payload(values):
    with pytest.raises(PayloadRefused):
        payload_from_json(values)


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


def test_evidence(client):
    mrn = Reference(ReferenceType.MRN, "25FR00128B4M7QX9K2")
    client.keep_evidence("notice 09", b"{}", [mrn], None, None, by=BAZAAR)
    client.keep_evidence("notice 09", b"{}", [mrn], None, 77, by=PLATFORM)
    client.keep_evidence("notice 09", b"{}", [mrn], None, 78, by=PLATFORM)  # the same, once
    found = client.evidence_under(mrn)
    assert [(one.organisation, one.content) for one in found] == [(BAZAAR, b"{}"), (PLATFORM, b"{}")]
    assert found[0].effective == found[0].received
    assert found[1].effective == 77


def test_challenges(client):
    nonce = client.new_challenge(PLATFORM, 60)
    assert not client.use_challenge(nonce, BAZAAR)
    assert client.use_challenge(nonce, PLATFORM)
    assert not client.use_challenge(nonce, PLATFORM)
