"""Disclosures of chosen fields, as a desk makes them."""

import json

import pytest

from ledger.desk import Choice, ContentMissing, DeskError, RulingOptions, UnknownReference, choice_of, disclose
from ledger.documents import read
from ledger.documents.profiles import profiles
from ledger.domain.codes import DecisionKind, RecordType
from ledger.domain.commitment import Opened, schema_id, verify_all
from ledger.domain.merkle import MultiProof
from ledger.domain.records import AmendmentRequest, Decision, Declaration
from ledger.domain.signing import digest_of
from ledger.domain.wire import decode
from tests.client.letters import message
from tests.client.networks import FR

CODES = Choice(patterns=["145"])


def raw(text):
    return bytes.fromhex(text[2:])


def opens(disclosure, commitment):
    """Checked with the reference implementation; the verifier has its own."""
    fields = [Opened(one["path"], one["value"], raw(one["salt"])) for one in disclosure["fields"]]
    proof = MultiProof(
        tuple(one["index"] for one in disclosure["fields"]),
        disclosure["proof"]["size"],
        tuple(map(raw, disclosure["proof"]["siblings"])),
    )
    return verify_all(commitment, schema_id(disclosure["schema"]), fields, proof)


def test_chosen_fields_open_under_the_signed_record(team, platform, lodged):
    made = disclose(platform, lodged, CODES)
    record = decode(Declaration, raw(made["record"]["body"]))
    assert digest_of(team.client.domains.consignments, Declaration, raw(made["record"]["body"])) == lodged
    assert [one["value"] for one in made["fields"]] == ["61091000", "10", "85183000", "90"]
    assert {one["wcoId"] for one in made["fields"]} == {"145"}
    assert opens(made, record.commitment)
    assert (made["version"], made["to"], made["profile"], made["adoption"]) == (1, "public", None, None)
    told = team.client.record(lodged)
    assert (made["record"]["block"]["number"], made["record"]["block"]["time"]) == (told.block, told.time)


def test_what_is_not_chosen_is_not_in_the_file(platform, lodged, case):
    text = json.dumps(disclose(platform, lodged, CODES))
    [whole] = read(case.declaration())
    shown = {"61091000", "10", "85183000", "90"}
    hidden = {value for value in whole.fields.values() if len(value) > 5} - shown
    assert [value for value in hidden if value in text] == []


def test_a_version_that_was_asked_for_and_granted(team, platform, customs, lodged, case):
    asked = team.recorded(platform.amend(lodged, message(case.request("import-cor"))))
    granted = team.recorded(customs.decide(lodged, DecisionKind.GRANT))
    made = disclose(customs, lodged, Choice(patterns=["Declaration/InvoiceAmount"], to=FR))
    request = decode(AmendmentRequest, raw(made["record"]["body"]))
    decision = decode(Decision, raw(made["adoption"]["body"]))
    assert (made["version"], made["to"]) == (2, {"organisation": FR})
    assert (decision.request, decision.kind) == (asked.digest, DecisionKind.GRANT)
    assert opens(made, request.commitment)
    assert granted.digest == digest_of(team.client.domains.consignments, Decision, raw(made["adoption"]["body"]))
    first = disclose(customs, lodged, Choice(patterns=["Declaration/InvoiceAmount"], version=1))
    assert [one["value"] for one in first["fields"]] != [one["value"] for one in made["fields"]]
    assert first["record"]["type"] == RecordType.DECLARATION
    with pytest.raises(DeskError, match="no version 3: the newest is 2"):
        disclose(customs, lodged, Choice(patterns=["145"], version=3))


def test_a_version_of_customs_own(team, customs, platform, lodged, case):
    fields = dict(message(case.declaration()).fields) | {"Declaration/InvoiceAmount[1]": "190.00"}
    team.recorded(customs.decide(lodged, DecisionKind.AMEND, RulingOptions(version=fields)))
    made = disclose(platform, lodged, Choice(patterns=["Declaration/InvoiceAmount[1]"]))
    assert made["record"]["type"] == RecordType.DECISION
    assert opens(made, decode(Decision, raw(made["record"]["body"])).commitment)
    assert made["adoption"] is None


def test_a_profile_without_fields_tells_that_the_declaration_exists(platform, lodged):
    choice = choice_of([], "platform", to=None, version=None)
    made = disclose(platform, lodged, choice)
    assert (made["fields"], made["proof"]) == ([], None)
    assert made["profile"] == {"name": "platform", "version": 1}


def test_a_profile_takes_what_there_is(platform, lodged):
    made = disclose(platform, lodged, choice_of([], "statistics", to=None, version=1))
    assert len(made["fields"]) == 22
    assert "HS chapters" in profiles()["statistics"].coarser


def test_a_slip_is_no_disclosure_of_less(platform, lodged):
    with pytest.raises(DeskError, match="this version has no field Declaration/Nothing"):
        disclose(platform, lodged, Choice(patterns=["145", "Declaration/Nothing"]))


@pytest.mark.parametrize("how", [([], None), (["145"], "customs")])
def test_fields_or_a_profile(how):
    with pytest.raises(DeskError, match="either patterns of paths, or a profile"):
        choice_of(*how, to=None, version=None)


def test_an_unknown_profile():
    with pytest.raises(DeskError, match="no profile 'press'; there are arrangement, customs, platform, statistics"):
        choice_of([], "press", to=None, version=None)


def test_a_stranger_discloses_nothing(team, lodged):
    with pytest.raises(UnknownReference, match="for this participant"):
        disclose(team.desk("bazaar"), lodged, CODES)


def test_who_sees_the_history_and_no_content(team, lodged):
    with pytest.raises(ContentMissing, match=r"the content of 0x"):
        disclose(team.desk("safety-fr"), lodged, CODES)
