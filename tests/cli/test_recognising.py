"""Mutual recognition as two administrations type it, over one chain."""

import datetime as dt
import json
import time
from typing import Any

import pytest

from ledger.cli.session import open_desk, open_home
from ledger.desk import EVIDENCE_SCHEMA
from ledger.documents.control_results import EuResult, statement
from ledger.domain.commitment import schema_id
from ledger.domain.wire import Digest
from ledger.sealing import Subject

EXPORT = "25GB7QK2M9ZT4XW1A3"
PLAN = {
    "first": "FR",
    "second": "GB",
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["PHYSICAL"],
    "risks": ["SECURITY", "SAFETY"],
    "annex": {"hsChapters": ["61", "85"]},
}
BY_GB = ("--as", "customs-gb", "--json")
BY_FR = ("--as", "customs-fr", "--json")


@pytest.fixture
def imported(network, messages, passavant):
    """An import into FR, of the consignment that GB exports, under an arrangement that is in force."""
    exported = passavant("declare", "export.xml", "--as", "platform", "--ticket", "ticket.json", "--json")
    assert exported.code == 0
    assert passavant("ingest", "export-01-accepted.xml", "--as", "customs-gb").code == 0
    told = passavant("declare", "import.xml", "--as", "platform", "--join", "ticket.json", "--json")
    (messages / "plan.json").write_text(json.dumps(PLAN))
    first = passavant("arrange", "plan.json", "--begins-in", "4s", *BY_GB)
    assert (first.code, first.json["missing"]) == (0, [250])
    agreed = passavant("arrange", "plan.draft.json", *BY_FR)
    assert (agreed.code, agreed.json["progress"]) == (0, "FINAL"), agreed
    time.sleep(5)
    return told.json["declaration"]


def controlled(passavant, *found):
    told = passavant("control", EXPORT, "--method", "physical", *found, *BY_GB)
    assert told.code == 0, told
    return told.json["id"]


def candidates(passavant, declaration):
    told = passavant("controls", declaration, "--for", "FR", *BY_FR)
    assert told.code == 0, told
    return {one["parent"]: one for one in told.json["candidates"]}


@pytest.mark.e2e
def test_a_control_is_recognised_relied_on_and_revoked(imported, passavant):
    good = controlled(passavant, "--outcome", "none-found", "--risk", "security,ipr")
    nothing = controlled(passavant, "--outcome", "not-carried-out", "--risk", "security")
    found = candidates(passavant, imported)
    assert (found[good]["usable"], found[good]["refused"]) == (["SECURITY"], "OUT_OF_SCOPE")
    assert (found[nothing]["usable"], found[nothing]["reason"]) == ([], "Nothing was really controlled.")
    told = passavant("controls", imported, "--for", "FR", "--as", "customs-fr").out
    assert "may be relied on  no: Nothing was really controlled." in told
    assert "may be relied on  yes, for security" in told

    refused = passavant("recognise", imported, nothing, "--verdict", "full", *BY_FR)
    assert (refused.code, refused.json["outcome"]) == (1, "CONTROL_NOT_CARRIED_OUT")
    whole = passavant("recognise", imported, good, "--verdict", "full", *BY_FR)
    assert (whole.code, whole.json["outcome"]) == (1, "OUT_OF_SCOPE")
    taken = passavant("recognise", imported, good, "--verdict", "partial", *BY_FR)
    assert (taken.code, taken.json["progress"]) == (0, "FINAL"), taken
    recognition = taken.json["id"]
    assert candidates(passavant, imported)[good]["recognised"] == recognition

    released = passavant("decide", imported, "release", "--rely", recognition, *BY_FR)
    assert (released.code, released.json["progress"]) == (0, "FINAL"), released
    status = passavant("status", imported, "--as", "platform", "--json").json
    assert (status["answer"], status["reliance"]) == ("RELEASED", "STANDS")

    revoked = controlled(passavant, "--outcome", "not-carried-out", "--risk", "security,ipr", "--supersedes", good)
    assert revoked
    status = passavant("status", imported, "--as", "platform", "--json").json
    assert (status["answer"], status["reliance"]) == ("RELEASED", "WITHDRAWN")
    after = candidates(passavant, imported)[good]
    assert (after["usable"], after["refused"], after["stands"]) == ([], "PARENT_BROKEN", False)
    again = passavant("controls", imported, "--for", "FR", "--as", "customs-fr").out
    assert "which no longer stands" in again
    assert passavant("replay").code == 0


@pytest.mark.e2e
def test_the_declarant_sees_by_whom_and_nobody_else_sees_candidates(imported, passavant):
    good = controlled(passavant, "--outcome", "none-found", "--risk", "security")
    assert passavant("recognise", imported, good, "--verdict", "full", *BY_FR).code == 0
    told = passavant("provenance", EXPORT, "--as", "platform").out
    assert "Douane (France) recognised a control: full (security)" in told
    for name, place in (("platform", "FR"), ("customs-gb", "FR"), ("customs-fr", "GB")):
        refused = passavant("controls", imported, "--for", place, "--as", name)
        assert (refused.code, "its administration alone" in refused.err) == (1, True)
    assert "No other administration" in passavant("controls", EXPORT, "--for", "GB", "--as", "customs-gb").out
    declined = passavant("recognise", imported, good, "--verdict", "declined", "--reason", "risk", *BY_FR)
    assert (declined.code, declined.json["progress"]) == (0, "FINAL")
    unknown = passavant("recognise", imported, "0x" + "ab" * 32, "--verdict", "full", *BY_FR)
    assert (unknown.code, unknown.json["error"]) == (1, "UnknownReference")
    assert passavant("recognise", imported, good, "--verdict", "declined", *BY_FR).code == 2


@pytest.mark.e2e
def test_what_lies_outside_the_annex_is_not_recognised(imported, messages, passavant):
    good = controlled(passavant, "--outcome", "none-found", "--risk", "security")
    granted = passavant("aeo", "grant", "platform", "--programme", "UK AEOS", *BY_GB).json["id"]
    assert candidates(passavant, imported)[good]["annex"] == "WITHIN"
    (messages / "plan.json").write_text(json.dumps({**PLAN, "annex": {"modes": [4], "aeoProgrammes": ["EU AEOS"]}}))
    assert passavant("arrange", "plan.json", "--begins-in", "4s", *BY_GB).code == 0
    assert passavant("arrange", "plan.draft.json", *BY_FR).code == 0
    time.sleep(5)
    full = ("recognise", imported, good, "--verdict", "full")
    refused = passavant(*full, "--aeo", granted, *BY_FR)
    assert (refused.code, refused.json["error"]) == (1, "DeskError")
    assert "does not recognise the AEO programme" in refused.err
    (messages / "plan.json").write_text(json.dumps({**PLAN, "annex": {"hsChapters": ["61"]}}))
    assert passavant("arrange", "plan.json", "--begins-in", "4s", *BY_GB).code == 0
    assert passavant("arrange", "plan.draft.json", *BY_FR).code == 0
    time.sleep(5)
    told = candidates(passavant, imported)[good]
    assert (told["annex"], told["usable"], told["refused"]) == ("OUTSIDE", [], None)
    shown = passavant("controls", imported, "--for", "FR", "--as", "customs-fr").out
    assert "may be relied on  no: The goods lie outside the annex" in shown
    with open_desk(open_home(None), "customs-fr") as desk, desk.client.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM goods_private")
    told = candidates(passavant, imported)[good]
    assert (told["annex"], told["usable"]) == ("NOT_JUDGED", ["SECURITY"])
    refused = passavant(*full, *BY_FR)  # it opens the content, and judges
    assert (refused.code, "decline it, or control the goods" in refused.err) == (1, True)
    assert candidates(passavant, imported)[good]["annex"] == "OUTSIDE"
    with open_desk(open_home(None), "customs-fr") as desk, desk.client.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM goods_private")
        connection.exec_driver_sql("DELETE FROM sealed")
    refused = passavant(*full, *BY_FR)
    assert (refused.code, "is not in this store" in refused.err, "--unjudged" in refused.err) == (1, True, True)
    assert passavant(*full, "--unjudged", *BY_FR).json["progress"] == "FINAL"


@pytest.mark.e2e
def test_an_arrangement_is_suspended_and_resumed(imported, passavant):
    good = controlled(passavant, "--outcome", "none-found", "--risk", "safety")
    assert passavant("suspend-arrangement", "customs-fr", "--reason", "risk", *BY_GB).code == 0
    told = candidates(passavant, imported)[good]
    assert (told["usable"], told["refused"]) == ([], "ARRANGEMENT_SUSPENDED")
    none = passavant("recognise", imported, good, "--verdict", "partial", *BY_FR)
    assert (none.code, "none of its risk areas is usable" in none.err) == (1, True)
    assert passavant("suspend-arrangement", "250", "--resume", *BY_GB).code == 0
    assert candidates(passavant, imported)[good]["usable"] == ["SAFETY"]
    assert passavant("suspend-arrangement", "4", *BY_GB).json["error"] == "DeskError"


@pytest.mark.e2e
def test_arrangements_are_told_with_their_scope_to_their_parties_and_auditors(imported, messages, passavant):
    plan = {**PLAN, "standard": {"name": "security/1", "level": 2}, "validFrom": "2090-01-01", "annex": {}}
    (messages / "plan.json").write_text(json.dumps({**plan, "validUntil": "2091-01-01"}))
    assert passavant("arrange", "plan.json", *BY_GB).code == 0
    assert passavant("arrange", "plan.draft.json", *BY_FR).code == 0
    assert passavant("suspend-arrangement", "customs-fr", "--reason", "risk", *BY_GB).code == 0
    first, second = passavant("arrangements", "--with", "customs-gb", *BY_FR).json["arrangements"]
    assert (first["inForce"], first["suspendedBy"], first["methods"]) == (True, [], ["PHYSICAL"])
    assert first["annexContent"]["hsChapters"] == ["61", "85"]
    assert (second["inForce"], second["suspendedBy"], second["level"]) == (False, [826], 2)
    assert (second["predecessor"], second["annex"]) == (first["arrangement"], None)
    assert passavant("arrangements", "--as", "auditor", "--json").json["arrangements"] == [first, second]
    told = passavant("arrangements", "--as", "customs-gb").out
    for words in ("not yet in force", "61, 85", "home use, outright export", "level 2 or more", "suspended by"):
        assert words in told, words
    assert "There is no arrangement" in passavant("arrangements", "--with", "4", "--as", "customs-fr").out
    assert passavant("arrangements", "--as", "platform", "--json").json["error"] == "NotEntitled"


@pytest.mark.e2e
def test_the_end_of_an_aeo_status_breaks_what_rests_on_it(imported, passavant):
    granted = passavant("aeo", "grant", "platform", "--programme", "UK AEOS", *BY_GB)
    assert granted.code == 0, granted
    good = controlled(passavant, "--outcome", "none-found", "--risk", "safety")
    taken = passavant(
        "recognise", imported, good, "--verdict", "full", "--aeo", granted.json["id"], "--risk", "safety", *BY_FR
    )
    assert (taken.code, taken.json["progress"]) == (0, "FINAL"), taken
    assert passavant("decide", imported, "release", "--rely", taken.json["id"], *BY_FR).code == 0
    day = "2026-01-01"
    assert passavant("aeo", "withdraw", "platform", "--effective", day, *BY_GB).code == 0
    assert passavant("status", imported, "--as", "platform", "--json").json["reliance"] == "WITHDRAWN"
    assert candidates(passavant, imported)[good]["stands"] is False
    for refused in (("suspend", "bazaar", *BY_FR), ("withdraw", "platform", "--as", "platform", "--json")):
        assert passavant("aeo", *refused).json["error"] == "DeskError"


@pytest.mark.e2e
def test_a_control_is_told_by_the_eus_code_and_never_guessed(imported, passavant):
    asked = passavant("control", EXPORT, "--eu-result", "A2", "--risk", "security", *BY_GB)
    assert (asked.code, asked.json["error"]) == (1, "AmbiguousResult")
    assert "documentary, none-found" in asked.json["message"]
    assert "documentary, not-carried-out (nothing was checked)" in asked.json["message"]
    assert passavant("control", EXPORT, "--risk", "security", *BY_GB).code == 2
    assert passavant("control", EXPORT, "--eu-result", "C9", "--risk", "security", *BY_GB).code == 2
    said = ("--risk", "security", "--evidence", "image=x", *BY_GB)
    scanned = passavant("control", EXPORT, "--eu-result", "a1", "--method", "non-intrusive", *said)
    simplified = passavant("control", EXPORT, "--eu-result", "A3", *said)
    assert (scanned.code, simplified.code) == (0, 0)
    found = candidates(passavant, imported)
    one, other = found[scanned.json["id"]], found[simplified.json["id"]]
    assert (one["method"], one["outcome"], one["euResults"]) == ("NON_INTRUSIVE", "NONE_FOUND", ["A1"])
    assert (other["outcome"], other["euResults"]) == ("NOT_CARRIED_OUT", ["A2", "A3"])
    assert other["reason"] == "Nothing was really controlled."
    assert "EU codes          A2, A3" in passavant("controls", imported, "--for", "FR", "--as", "customs-fr").out
    assert evidence_of(simplified.json["id"]) == {"image": "x", **statement(EuResult.A3)}


def evidence_of(control):
    """The sealed evidence of a control, as its author opens it."""
    with open_desk(open_home(None), "customs-gb") as desk:
        recorded: Any = desk.client.recorded(Digest(bytes.fromhex(control[2:])))
        record = recorded.record
        subject = Subject(record.declaration, record.evidence, schema_id(EVIDENCE_SCHEMA))
        return dict(desk.sealer.open(subject).fields)


@pytest.mark.e2e
def test_aeo_status_is_told_as_of_any_moment_and_as_it_was_known(imported, passavant):
    before = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    assert passavant("aeo", "grant", "post", "--programme", "UK AEOC", *BY_GB).code == 0
    told = passavant("aeo", "show", "post", "--as", "platform", "--json").json
    [one] = told["grants"]
    assert (told["authorised"], one["programmeName"], one["state"], one["competent"]) == (True, "UK AEOC", "VALID", 826)
    assert [(each["administration"], each["recognises"], each["suspendedBy"]) for each in one["partners"]] == [
        (250, True, [])
    ]
    suspended = passavant("aeo", "suspend", "post", *BY_GB)
    assert suspended.code == 0
    later = passavant("aeo", "show", "post", *BY_FR).json
    assert (later["authorised"], later["grants"][0]["state"]) == (False, "SUSPENDED")
    assert later["grants"][0]["end"]["digest"] == suspended.json["id"]
    past = ("--at", before.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert passavant("aeo", "show", "post", *past, *BY_FR).json["grants"][0]["state"] == "NOT_YET_VALID"
    ahead = ("--at", "2099-01-01", "--known-at", past[1])
    assert passavant("aeo", "show", "post", *ahead, *BY_FR).json["grants"] == []
    text = passavant("aeo", "show", "post", "--as", "customs-fr").out
    assert "no authorised economic operator" in text
    assert "UK AEOC, suspended" in text
    assert "never granted" in passavant("aeo", "show", "bazaar", "--as", "customs-fr").out
    unknown = passavant("aeo", "show", "999999", *BY_FR)
    assert (unknown.code, unknown.json["error"]) == (1, "UnknownReference")


@pytest.mark.e2e
def test_what_the_arrangement_shares_and_what_became_of_it(imported, passavant):
    good = controlled(passavant, "--outcome", "none-found", "--risk", "security,ipr", "--seal-state", "intact")
    outside = controlled(passavant, "--outcome", "none-found", "--risk", "fiscal")
    [told] = passavant("shared", imported, *BY_FR).json["controls"]
    assert (told["control"], told["administration"], told["risk"]) == (good, 826, ["SECURITY", "IPR"])
    assert (told["superseded"], told["paused"], told["opened"]) == ([], False, False)
    revoked = controlled(passavant, "--outcome", "not-carried-out", "--risk", "security", "--supersedes", good)
    text = passavant("shared", told["declaration"], "--as", "customs-fr").out
    assert f"superseded     by {revoked}: not carried out" in text
    assert "seals          intact" in text
    assert "agreed fields  not opened yet" in text
    assert outside not in text
    assert passavant("suspend-arrangement", "customs-gb", "--reason", "risk", *BY_FR).code == 0
    assert "and the arrangement is over or suspended" in passavant("shared", imported, "--as", "customs-fr").out
    for reference, name in ((EXPORT, "customs-fr"), (imported, "customs-gb"), (imported, "platform")):
        assert passavant("shared", reference, "--as", name).out.startswith("Nothing is known under this reference")


@pytest.mark.e2e
def test_an_annex_with_a_profile_that_nobody_knows_is_not_signed(network, messages, passavant):
    plan = {**PLAN, "annex": {"disclosureProfile": "everything"}}
    (messages / "plan.json").write_text(json.dumps(plan))
    refused = passavant("arrange", "plan.json", "--as", "customs-gb")
    assert (refused.code, "There are customs@1, platform@1, arrangement@1" in refused.err) == (1, True)


@pytest.mark.e2e
def test_an_arrangement_takes_both_parties_and_an_unchanged_draft(network, messages, passavant):
    (messages / "plan.json").write_text(json.dumps(PLAN))
    told = passavant("arrange", "plan.json", "--as", "customs-gb")
    assert (told.code, "waits for Douane (France)" in told.out) == (0, True)
    changed = json.loads((messages / "plan.draft.json").read_text())
    (messages / "other.json").write_text(json.dumps({**changed, "annex": {}}))
    refused = passavant("arrange", "other.json", "--as", "customs-fr")
    assert (refused.code, "somebody changed it" in refused.err) == (1, True)
    assert passavant("arrange", "plan.draft.json", "--as", "platform").code == 2
    forged = {**changed, "signatures": {"826": "0x" + "01" * 65}}
    (messages / "forged.json").write_text(json.dumps(forged))
    assert passavant("arrange", "forged.json", *BY_FR).code == 1
