"""Which fields somebody is shown."""

import json
from pathlib import Path

import pytest

from ledger.documents import read
from ledger.documents.profiles import agreed, chosen, matching, profiles
from ledger.errors import DocumentError

ITEM = "Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem"
PATHS = [
    "Declaration/ID[1]",
    "Declaration/IssueDateTime[1]/DateTimeString[1]",
    "Declaration/IssueDateTime[1]/DateTimeString[1]/@formatCode",
    "Declaration/InvoiceAmount[1]",
    "Declaration/InvoiceAmount[1]/@currencyID",
    f"{ITEM}[1]/Commodity[1]/Classification[1]/ID[1]",
    f"{ITEM}[2]/Commodity[1]/Classification[1]/ID[1]",
    f"{ITEM}[2]/Packaging[1]/TypeCode[1]",
]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("Declaration/ID", [0]),
        ("Declaration/ID[1]", [0]),
        ("Declaration/ID[2]", []),
        ("Declaration/InvoiceAmount", [3, 4]),
        ("Declaration/InvoiceAmount[1]/@currencyID", [4]),
        ("Declaration/IssueDateTime", [1, 2]),
        ("Declaration/*", [0, 1, 2, 3, 4]),
        ("Declaration/*/*", [1, 2]),
        ("**", list(range(8))),
        ("Declaration/**", list(range(8))),
        ("**/ID", [0, 5, 6]),
        ("Declaration/**/ID", [0, 5, 6]),
        ("Declaration/**/Classification/**", [5, 6]),
        ("Declaration/GoodsShipment/GovernmentAgencyGoodsItem[2]/**", [6, 7]),
        ("Declaration/I", []),
        ("ID", []),
        ("145", [5, 6]),
        ("D014", [0]),
        ("999", []),
    ],
)
def test_a_pattern_names_fields(pattern, found):
    assert matching(PATHS, pattern) == [PATHS[n] for n in found]


@pytest.mark.parametrize("pattern", ["", "/", "Declaration//ID", "Declaration/ID[0]", "a b", "(", "Declaration/*ID"])
def test_what_is_no_pattern_is_said_to_be_none(pattern):
    with pytest.raises(DocumentError, match=r"names no fields\. Such as"):
        chosen(PATHS, [pattern])


def test_chosen_fields_come_once_in_the_order_of_their_bytes():
    assert chosen(PATHS[::-1], ["**", "145", "Declaration/ID"]) == sorted(PATHS, key=str.encode)


def test_the_shipped_profiles_on_a_declaration():
    [message] = read((Path(__file__).parent.parent / "messages" / "import.xml").read_bytes())
    shown = {name: chosen(message.fields, one.fields) for name, one in profiles().items()}
    assert shown["customs"] == sorted(message.fields, key=str.encode)
    assert shown["platform"] == []
    assert 0 < len(shown["statistics"]) < len(shown["arrangement"]) < len(shown["customs"])
    personal = ("Name", "Address", "Buyer", "Seller", "Importer", "Exporter", "Amount")
    assert not [path for path in shown["statistics"] if any(word in path for word in personal)]
    assert not [path for path in shown["arrangement"] if "Address" in path or "Amount" in path]
    assert all(one.name == name and one.version >= 1 and one.purpose for name, one in profiles().items())


def test_an_arrangement_agrees_on_fields_of_its_own(tmp_path):
    file = tmp_path / "agreed.json"
    agreed = {"fr-gb": {"version": 3, "purpose": "FR and GB", "fields": ["145"]}}
    file.write_text(json.dumps(agreed))
    known = profiles(file)
    assert known["fr-gb"].fields == ("145",)
    assert known["fr-gb"].version == 3
    assert known["customs"] == profiles()["customs"]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 1}', '{"a": {"version": 1}}', '{"a": {"version": "x", "purpose": "", "fields": []}}']
)
def test_a_file_without_profiles_is_refused(tmp_path, text):
    file = tmp_path / "none.json"
    file.write_text(text)
    with pytest.raises(DocumentError, match=r"none\.json: no profiles of disclosure"):
        profiles(file)
    with pytest.raises(DocumentError, match="no profiles of disclosure"):
        profiles(tmp_path / "missing.json")


def test_a_profile_holds_patterns(tmp_path):
    file = tmp_path / "wrong.json"
    file.write_text('{"a": {"version": 1, "purpose": "", "fields": ["Declaration//ID"]}}')
    with pytest.raises(DocumentError, match="names no fields"):
        profiles(file)


@pytest.mark.parametrize(
    ("named", "found"), [("", None), ("arrangement", "arrangement"), ("statistics@1", "statistics")]
)
def test_what_an_annex_names(named, found):
    assert agreed(named) == (None if found is None else profiles()[found])


@pytest.mark.parametrize("named", ["everything", "statistics@2", "@1"])
def test_an_annex_that_names_no_profile_is_told_which_there_are(named):
    with pytest.raises(DocumentError, match="there is no profile of disclosure") as caught:
        agreed(named)
    assert caught.value.hint == "There are customs@1, platform@1, arrangement@1, statistics@1"
