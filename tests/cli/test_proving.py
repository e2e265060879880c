"""Receipts and disclosures, as a user types them."""

import json
import stat

import pytest

IMPORT = "25FR00128B4M7QX9K2"


@pytest.fixture
def lodged(network, messages, passavant):
    assert passavant("declare", "import.xml", "--as", "platform").code == 0
    told = passavant("ingest", "import-02-registered.xml", "import-01-accepted.xml", "--as", "customs-fr")
    assert told.code == 0


def test_chosen_fields_for_somebody(lodged, passavant, tmp_path):
    file = tmp_path / "fields.json"
    told = passavant(
        "disclose",
        IMPORT,
        "--fields",
        "145,Declaration/InvoiceAmount",
        "--to",
        "customs-gb",
        "--as",
        "platform",
        "-o",
        file,
    )
    assert (told.code, told.out.splitlines()[0]) == (0, f"Disclosed 6 fields in {file}.")
    assert "for          HM Customs (United Kingdom)" in told.out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made = json.loads(file.read_text())
    assert made["to"] == {"organisation": 826}
    assert made["receipt"]["decision"]["type"] == 5
    checked = passavant("verify", file)
    assert (checked.code, "it can't be known" in checked.out) == (3, True)  # without a trust file


def test_a_profile_says_what_it_tells_more_of(lodged, passavant, tmp_path):
    file = tmp_path / "statistics.json"
    told = passavant(
        "disclose", IMPORT, "--profile", "statistics", "--to", "public", "--as", "platform", "--bare", "-o", file
    )
    assert (told.code, "HS chapters are wanted" in told.out, "for          anybody" in told.out) == (0, True, True)
    assert json.loads(file.read_text())["receipt"] is None


def test_printing_it(lodged, passavant):
    told = passavant("disclose", IMPORT, "--profile", "platform", "--to", "300001", "--as", "platform")
    assert (told.json["fields"], told.json["to"]) == ([], {"organisation": 300_001})


def test_an_arrangement_s_own_profiles(lodged, messages, passavant):
    (messages / "agreed.json").write_text('{"fr-gb": {"version": 2, "purpose": "FR and GB", "fields": ["145"]}}')
    how = ("--profile", "fr-gb", "--profiles", "agreed.json", "--to", "customs-gb", "--as", "customs-fr")
    assert passavant("disclose", IMPORT, *how).json["profile"] == {"name": "fr-gb", "version": 2}


@pytest.mark.parametrize(
    ("how", "code", "what"),
    [
        (("--to", "public"), 1, "either patterns of paths, or a profile"),
        (("--profile", "press", "--to", "public"), 1, "there is no profile 'press'"),
        (("--fields", "999", "--to", "public"), 1, "this version has no field 999"),
        (("--fields", "145", "--to", "nobody"), 2, "knows no participant 'nobody'"),
        (("--fields", "a b", "--to", "public"), 1, "names no fields"),
        (("--fields", "145", "--to", "public", "--version", "9"), 1, "no version 9"),
    ],
)
def test_what_can_t_be_disclosed(lodged, passavant, how, code, what):
    told = passavant("disclose", IMPORT, *how, "--as", "platform")
    assert (told.code, what in told.err) == (code, True)


def test_a_receipt_s_form_goes_by_its_name(lodged, passavant, tmp_path):
    for name, begins in (
        ("r.json", b"{"),
        ("r.cbor", b"\xa9"),
        ("r.svg", b"<svg"),
        ("r.pdf", b"%PDF"),
        ("r.PNG", b"\x89PNG"),
    ):
        told = passavant("receipt", IMPORT, "-o", tmp_path / name, "--as", "platform")
        assert (told.code, "no checkpoint covers it yet" in told.out) == (0, True)
        assert (tmp_path / name).read_bytes().startswith(begins)
        assert ("passavant verify" in told.out) == (name in {"r.json", "r.cbor"})


@pytest.mark.parametrize("how", [("--format", "xml"), ("--lang", "de"), ("-o", "receipt.doc")])
def test_a_form_that_there_is_not(lodged, passavant, how):
    told = passavant("receipt", IMPORT, *how, "--as", "platform")
    assert (told.code, "json, cbor, png, svg, pdf" in told.err.replace("\n", " ")) == (2, True)


def test_a_script_is_told_what_vouches_for_it(lodged, passavant, tmp_path):
    told = passavant("receipt", IMPORT, "-o", tmp_path / "r.json", "--as", "platform", "--json").json
    assert told.keys() == {"file", "block", "time", "vouching"}


def test_no_receipt(lodged, passavant):
    told = passavant("receipt", "UNKNOWN-1", "-o", "r.json", "--as", "platform")
    assert (told.code, "not found or not entitled" in told.err) == (1, True)
