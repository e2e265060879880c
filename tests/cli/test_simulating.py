"""A made history on a network of one's own: what an arrangement of two administrations would have waived in it."""

import csv
import json
from xml.etree import ElementTree as ET

import pytest

EXPORT = "25GB7QK2M9ZT4XW1A3"
PLAN = {
    "first": "FR",
    "second": "GB",
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["DOCUMENTARY", "NON_INTRUSIVE", "PHYSICAL", "LABORATORY"],
    "risks": ["SECURITY", "SAFETY", "IPR", "FISCAL"],
    "validFrom": "2027-01-01",
    "validUntil": "2030-01-01",
}
SIMULATE = ("simulate-arrangement", "plan.json", "--from", "2026-05-01", "--to", "2026-05-31")


@pytest.fixture
def imported(network, messages, passavant):
    """The import declaration, after controls of GB at its export: one good, one of nothing, one that expired."""
    told = passavant("declare", "export.xml", "--as", "platform", "--ticket", "ticket.json", "--json")
    exported = told.json["declaration"]
    joined = passavant("declare", "import.xml", "--as", "platform", "--join", "ticket.json", "--json")
    controls(passavant, exported, "customs-gb", "2026-05-04T08:00:00", *what("physical", "security"))
    controls(
        passavant,
        exported,
        "customs-gb",
        "2026-05-04T09:00:00",
        *what("laboratory", "ipr"),
        "--outcome",
        "not-carried-out",
    )
    controls(
        passavant, exported, "customs-gb", "2026-05-04T10:00:00", *what("documentary", "fiscal"), "--valid-for", "2h"
    )
    (messages / "plan.json").write_text(json.dumps(PLAN))
    return joined.json["declaration"]


@pytest.fixture
def controlled(imported, passavant):
    """The same, after controls of FR at its import."""
    decides(passavant, imported, "2026-05-05T08:00:00", "require-control")
    controls(passavant, imported, "customs-fr", "2026-05-05T12:00:00", *what("physical", "security"))
    decides(passavant, imported, "2026-05-05T20:00:00", "lift-control")
    controls(
        passavant,
        imported,
        "customs-fr",
        "2026-05-12T08:00:00",
        *what("physical", "security"),
        "--outcome",
        "major-discrepancy",
    )
    controls(passavant, imported, "customs-fr", "2026-05-12T09:00:00", *what("laboratory", "ipr"))
    controls(passavant, imported, "customs-fr", "2026-05-12T10:00:00", *what("documentary", "fiscal"))
    controls(passavant, imported, "customs-fr", "2026-05-12T11:00:00", *what("physical", "safety"))
    return imported


def controls(passavant, declaration, by, at, *more):
    told = passavant("control", declaration, "--outcome", "none-found", *more, "--effective", at, "--as", by, "--json")
    assert told.code == 0, told.err


def what(method, risk):
    return "--method", method, "--risk", risk


def decides(passavant, declaration, at, kind):
    told = passavant("decide", declaration, kind, "--effective", at, "--as", "customs-fr", "--json")
    assert told.code == 0, told.err


def test_an_administration_sees_what_would_have_been_waived_and_what_that_would_have_missed(
    controlled, passavant, messages
):
    told = passavant(*SIMULATE, "--as", "customs-fr", "--csv", "found.csv", "--plot", "chart.svg")
    assert told.code == 0, told.err
    assert "Douane (France), relying on HM Customs (United Kingdom)" in told.out
    assert "waived         2; 12.0 hours of waiting saved, known of 1" in told.out
    assert "0 minor and 1 major ones" in told.out
    assert "1 control expired, 1 control not carried out, 1 other risk" in told.out
    with (messages / "found.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["effect"], row["outcome"], row["reason"], row["secondsSaved"]) for row in rows] == [
        ("WAIVED", "NONE_FOUND", "", "43200"),
        ("WAIVED", "MAJOR_DISCREPANCY", "", ""),
        ("KEPT", "NONE_FOUND", "CONTROL_NOT_CARRIED_OUT", ""),
        ("KEPT", "NONE_FOUND", "CONTROL_EXPIRED", ""),
        ("KEPT", "NONE_FOUND", "OTHER_RISK", ""),
    ]
    drawn = "".join(ET.parse(messages / "chart.svg").getroot().itertext())
    assert "2 of 5 inspections waived, 12.0 hours saved" in drawn
    assert "waived, major discrepancy: 1" in drawn


def test_the_annex_needs_payloads_which_an_auditor_has_not(controlled, passavant, messages):
    (messages / "plan.json").write_text(json.dumps({**PLAN, "annex": {"hsChapters": ["61"], "modes": [4]}}))
    own = passavant(*SIMULATE, "--as", "customs-fr", "--json").json
    assert [one["reason"] for one in own["inspections"]][:2] == ["OUTSIDE_ANNEX", "OUTSIDE_ANNEX"]
    (messages / "plan.json").write_text(json.dumps({**PLAN, "annex": {"hsChapters": ["61", "85"], "modes": [4]}}))
    [own] = passavant(*SIMULATE, "--as", "customs-fr", "--json").json["savings"]
    assert (own["waived"], own["unjudged"]) == (2, 0)
    both = passavant(*SIMULATE, "--as", "auditor", "--json").json
    sums = {one["administration"]: one for one in both["savings"]}
    assert (sums[250]["waived"], sums[250]["unjudged"], sums[250]["inspections"]) == (0, 2, 5)
    assert (sums[826]["inspections"], sums[826]["repeats"]) == (2, 0)


def test_a_simulation_is_not_for_everybody_and_says_what_is_wrong_with_its_file(imported, passavant, messages):
    assert passavant(*SIMULATE, "--as", "platform").code == 1
    (messages / "plan.json").write_text("{}")
    told = passavant(*SIMULATE, "--as", "customs-fr")
    assert (told.code, "first" in told.err) == (1, True)
    assert passavant(*SIMULATE[:-1], "2026-04-01", "--as", "customs-fr").code == 2
    (messages / "plan.json").write_text(json.dumps(PLAN))
    assert passavant(*SIMULATE, "--as", "customs-fr", "--plot", "chart.gif").code == 2
    told = passavant(*SIMULATE, "--as", "customs-fr", "--plot", "none/chart.png")
    assert (told.code, "can't be written" in told.err) == (1, True)


def test_the_benefit_report_of_a_network_that_recognised_nothing(network, passavant):
    told = passavant("recognition-benefits", "--as", "customs-fr")
    assert (told.code, told.out.startswith("Nothing was recognised")) == (0, True)
    assert passavant("recognition-benefits", "--as", "auditor", "--json").json == {"benefits": []}
    assert passavant("recognition-benefits", "--as", "platform").code == 1
    assert passavant("recognition-benefits", "--by", "week", "--as", "auditor").code == 2
