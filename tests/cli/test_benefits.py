import csv

from ledger.cli.benefits import benefits_text, write_benefits
from ledger.domain.benefits import Benefit

FOUND = [
    Benefit("2026-Q1", 250, 826, 12, 3, {"RISK": 2, "COMPLIANCE": 1}, 1, 0, 14),
    Benefit("2026-Q2", 826, 250, 1, 0, {}, 0, 1, 0),
]
NAMES = {250: "Douane", 826: "HM Customs"}


def test_people_read_a_table_with_reasons():
    header, _, first, second = benefits_text(FOUND, NAMES.__getitem__).splitlines()
    columns = "period relied on full partial declined withdrawn replaced waived why declined"
    assert " ".join(header.split()) == columns
    assert " ".join(first.split()) == "2026-Q1 Douane HM Customs 12 3 3 1 0 14 2 risk, 1 compliance"
    assert " ".join(second.split()) == "2026-Q2 HM Customs Douane 1 0 0 0 1 0"


def test_nothing_and_a_report_of_all_time():
    assert benefits_text([], str).startswith("Nothing was recognised")
    whole = Benefit("", 250, 826, 1, 0, {}, 0, 0, 0)
    assert benefits_text([whole], str).splitlines()[2].startswith("all")


def test_spreadsheets_get_a_column_for_each_reason(tmp_path):
    write_benefits(tmp_path / "report.csv", FOUND)
    with (tmp_path / "report.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["administration"], first["full"], first["declinedRisk"], first["declinedDataQuality"]) == (
        "250",
        "12",
        "2",
        "0",
    )
    assert (second["period"], second["replaced"], second["waived"]) == ("2026-Q2", "1", "0")
