"""Validation of values."""

import pytest

from ledger.documents import Document, Severity, build, documents, from_json, territories, validate
from ledger.documents.validation import CHECKS, TOLERATED, Rule
from tests.documents.conftest import MESSAGES

GOOD = sorted(path for path in MESSAGES.glob("*.xml") if path.stem not in {"malformed", "doctype", "export-16-exited"})
ROOT = {"Declaration/FunctionCode[1]": "9"}


def _rules(fields):
    return [finding.rule for finding in validate(Document(build(ROOT | fields)))]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_our_own_messages(path):
    [document] = documents(path.read_bytes(), path.name)
    assert validate(document) == []


def test_a_finding_says_where_what_and_what_to_do_but_not_the_value():
    [document] = documents((MESSAGES / "export-16-exited.xml").read_bytes(), "e.xml")
    [finding] = validate(document)
    assert (finding.severity, finding.rule, finding.file, finding.wcoid) == ("warning", "date-format", "e.xml", "380")
    assert finding.line is not None
    assert str(finding) == (
        f"e.xml:{finding.line}: warning: a date without a known formatCode (Response/Status[1]/EffectiveDateTime[1]/"
        "DateTimeString[1], WCOID 380). Add formatCode 304 or 102"
    )
    assert "Oct" not in str(finding)


@pytest.mark.parametrize(
    ("field", "good", "bad", "rule"),
    [
        ("Declaration/GoodsShipment[1]/Destination[1]/CountryCode[1]", "FR", "AA", Rule.COUNTRY),
        ("Declaration/GoodsShipment[1]/Destination[1]/CountryCode[1]", "XI", "XY", Rule.TERRITORY),
        ("Declaration/GoodsShipment[1]/ExportCountry[1]/ID[1]", "XK", "UK", Rule.COUNTRY),
        ("Declaration/GoodsShipment[1]/Origin[1]/CountryCode[1]", "EU", "YY", Rule.COUNTRY),
        ("Declaration/CurrencyExchange[1]/CurrencyTypeCode[1]", "EUR", "EUX", Rule.CURRENCY),
        ("Declaration/InvoiceAmount[1]/@currencyID", "GBP", "GBX", Rule.CURRENCY),
        ("Declaration/GoodsShipment[1]/TradeTerms[1]/LocationID[1]", "FRLYS", "GBXQZ", Rule.LOCATION),
        ("Declaration/GoodsShipment[1]/TradeTerms[1]/LocationID[1]", "GBLHR01", "Lyon", Rule.LOCATION),
        ("Declaration/Commodity[1]/Classification[1]/ID[1]", "610910", "6109", Rule.COMMODITY),
        ("Declaration/Commodity[1]/Classification[1]/ID[1]", "6109100010", "61091000A", Rule.COMMODITY),
        ("Declaration/ID[1]", "25FR00128B4M7QX9K2", "25FR00128B4M7QX9K3", Rule.MRN),
        ("Declaration/ID[1]", "an office and 2025/7", "25FR00128B4M7QX9K3", Rule.MRN),
        ("Declaration/Declarant[1]/ID[1]", "GB990000001000", "990000001000", Rule.EORI),
        ("Declaration/GoodsShipment[1]/TransportEquipment[1]/ID[1]", "CSQU3054383", "CSQU3054384", Rule.CONTAINER),
        ("Declaration/AcceptanceDateTime[1]", "20251014", "soon", Rule.DATE),
        ("Declaration/TypeCode[1]", "IMA", "IMAA", Rule.FORMAT),
        ("Declaration/GoodsItemQuantity[1]", "99999", "100000", Rule.FORMAT),
        ("Declaration/GoodsItemQuantity[1]", "3", "three", Rule.FORMAT),
        ("Declaration/InvoiceAmount[1]", "0012345.600", "1.2345", Rule.FORMAT),
        ("Declaration/InvoiceAmount[1]", "-1", "1,2", Rule.FORMAT),
        ("Declaration/GoodsShipment[1]/Destination[1]/CountryCode[1]", "GB", "GBR", Rule.FORMAT),
        ("Declaration/GoodsShipment[1]/Destination[1]/CountryCode[1]", "GB", "G1", Rule.FORMAT),
        ("Declaration/FunctionalReferenceID[1]", "L1", " L1", Rule.PADDING),
        ("Declaration/Unheard[1]", "", "x", Rule.UNKNOWN),
    ],
)
def test_each_rule(field, good, bad, rule):
    assert rule not in _rules({field: good})
    assert rule in _rules({field: bad})


@pytest.mark.parametrize(
    ("owner", "fields", "rules"),
    [
        ("PreviousDocument", {"TypeCode": "DCR", "ID": "5GB990000001000-A"}, []),
        ("PreviousDocument", {"TypeCode": "DCR", "ID": "A"}, [Rule.DUCR]),
        ("PreviousDocument", {"TypeCode": "MRN", "ID": "25FR00128B4M7QX9K2-1"}, []),
        ("PreviousDocument", {"TypeCode": "MRN", "ID": "25FR00128B4M7QX9K3"}, [Rule.QUOTED_MRN]),
        ("PreviousDocument", {"TypeCode": "MRN", "ID": "A"}, [Rule.QUOTED_MRN]),
        ("PreviousDocument", {"TypeCode": "750", "ID": "LX473124828GB"}, [Rule.POSTAL_ITEM]),
        ("PreviousDocument", {"TypeCode": "ZZZ", "ID": "LX473124828GB"}, []),
        ("AdditionalDocument", {"TypeCode": "750", "ID": "LX473124828GB"}, [Rule.POSTAL_ITEM]),
        ("AdditionalDocument", {"TypeCode": "750", "ID": "another number"}, []),
        ("AdditionalDocument", {"TypeCode": "705", "ID": "LX473124828GB"}, []),
        ("DomesticDutyTaxParty", {"RoleCode": "FR5", "ID": "IM2500004173"}, []),
        ("DomesticDutyTaxParty", {"RoleCode": "FR5", "ID": "FR1"}, [Rule.IOSS]),
        ("DomesticDutyTaxParty", {"RoleCode": "FR1", "ID": "FR1"}, []),
        ("Classification", {"IdentificationTypeCode": "TRC", "ID": "10"}, []),
        ("Classification", {"IdentificationTypeCode": "TRC", "ID": "100"}, [Rule.COMMODITY]),
        ("Classification", {"IdentificationTypeCode": "GN", "ID": "VATZ"}, []),
    ],
)
def test_rules_that_depend_on_what_stands_beside(owner, fields, rules):
    prefix = f"Declaration/{owner}[1]"
    assert _rules({f"{prefix}/{name}[1]": value for name, value in fields.items()}) == rules


@pytest.mark.parametrize(
    ("text", "code", "rules"),
    [
        ("20251014061544Z", "304", []),
        ("20251014", "102", []),
        ("20251014061544Z\n", "304", [Rule.PADDING]),
        ("20251014061544Z", None, [Rule.DATE_FORMAT]),
        ("20251014", "304", [Rule.DATE_FORMAT]),
        ("20251014", "999", [Rule.DATE_FORMAT]),
        ("soon", "304", [Rule.DATE]),
    ],
)
def test_dates(text, code, rules):
    date = "Declaration/AcceptanceDateTime[1]/DateTimeString[1]"
    assert _rules({date: text} | ({f"{date}/@formatCode": code} if code else {})) == rules


def test_codes_hold_on_the_day_of_the_message():
    accepted = "Declaration/AcceptanceDateTime[1]/DateTimeString[1]"
    country = {"Declaration/Origin[1]/CountryCode[1]": "XI"}
    fields = {f"{accepted}/@formatCode": "102"}
    assert _rules(fields | {accepted: "20200101"} | country) == [Rule.COUNTRY]
    assert _rules(fields | {accepted: "20210101"} | country) == []
    assert _rules(fields | {accepted: "soon"} | country) == [Rule.DATE]


def test_territories_begin_and_end():
    from datetime import date

    assert territories.is_country("AN", date(2010, 12, 15))
    assert not territories.is_country("AN", date(2010, 12, 16))
    assert territories.is_country("AN")
    assert "pycountry" in territories.version()


def test_the_header_is_looked_at_too():
    document = from_json('{"MetaData": {"ResponsibleCountryCode": "ZZ", "Declaration": {"FunctionCode": "9"}}}')
    assert [finding.element for finding in validate(document)] == ["MetaData/ResponsibleCountryCode[1]"]


def test_what_real_customs_accept_is_a_warning_with_a_reason():
    assert all(TOLERATED.values())
    bad = {"Declaration/TypeCode[1]": "IMAA", "Declaration/Declarant[1]/ID[1]": "990000001000"}
    severities = {finding.rule: finding.severity for finding in validate(Document(build(ROOT | bad)))}
    assert severities == {Rule.FORMAT: Severity.ERROR, Rule.EORI: Severity.WARNING}


def test_every_check_is_of_an_element_that_the_model_has():
    from ledger.documents.elements import classes

    for name in CHECKS:
        owner, _, field = name.rpartition("/")
        rows = [classes()[owner]] if owner else classes().values()
        assert field == "DateTimeString" or any(field in row.fields for row in rows), name
