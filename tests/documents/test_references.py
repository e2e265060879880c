"""Forms and check digits of references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346

from ledger.documents import ReferenceKind
from ledger.documents.references import (
    Ducr,
    looks_like_eori,
    looks_like_s10,
    mrn_check_digit,
    parse_ducr,
    parse_mrn,
    parse_s10,
    s10_check_digit,
)


@pytest.mark.parametrize(("serial", "digit"), [("47312482", 9), ("00000000", 5), ("00000020", 4), ("00000002", 8)])
def test_check_digit_of_a_postal_item(serial, digit):
    assert s10_check_digit(serial) == digit


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_a_postal_item_is_read_as_it_is_written(serial):
    text = f"LX{serial}{s10_check_digit(serial)}GB"
    assert str(parse_s10(text)) == text
    assert str(parse_s10(f" {text[:2].lower()} {text[2:]} ")) == text
    wrong = f"LX{serial}{(s10_check_digit(serial) + 1) % 10}GB"
    assert parse_s10(wrong) is None
    assert looks_like_s10(wrong)


def test_ten_becomes_nought_and_eleven_becomes_five():
    digits = {s10_check_digit(f"{n:08}") for n in range(200)}
    assert digits == set(range(10))


@given(st.from_regex(r"[0-9]{2}FR[A-Z0-9]{13}", fullmatch=True))
def test_check_digit_of_an_mrn_is_that_of_iso_6346(text):
    assert str(mrn_check_digit(text)) == iso6346.calc_check_digit(text)
    mrn = parse_mrn(f"{text}{mrn_check_digit(text)}")
    assert mrn is not None
    assert mrn.valid
    assert str(mrn) == f"{text}{mrn_check_digit(text)}"


@pytest.mark.parametrize(
    ("text", "country", "valid"),
    [
        ("25FR00128B4M7QX9K2", "FR", True),
        ("25FR00128B4M7QX9K3", "FR", False),
        (" 25GB7QK2M9ZT4XW1A3 ", "GB", True),
        ("25XI7QK2M9ZT4XW1A9", "XI", True),
    ],
)
def test_the_issuer_decides_whether_the_last_digit_says_something(text, country, valid):
    mrn = parse_mrn(text)
    assert mrn is not None
    assert (mrn.country, mrn.valid) == (country, valid)


@pytest.mark.parametrize("text", ["", "25FR", "25FR00128B4M7QX9KX", "25fr00128B4M7QX9K2", "FR25001280000000012"])
def test_what_is_no_mrn(text):
    assert parse_mrn(text) is None


def test_a_ducr_names_year_trader_and_reference():
    ducr = parse_ducr("5GB990000001000-TLM251006A")
    assert ducr == Ducr(5, "GB990000001000", "TLM251006A")
    assert str(ducr) == "5GB990000001000-TLM251006A"


@pytest.mark.parametrize("text", ["", "GB990000001000-1", "5GB990000001000", "5GB99000000100000-" + "9" * 19, "5gb1-x"])
def test_what_is_no_ducr(text):
    assert parse_ducr(text) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("GB990000001000", True), ("FR1", True), ("990000001000", False), ("GB", False)]
)
def test_form_of_an_eori(text, expected):
    assert looks_like_eori(text) is expected


def test_the_references_of_an_export(message):
    found = {(reference.kind, reference.value): reference for reference in message("export").references}
    postal = found[ReferenceKind.S10, "LX473124829GB"]
    assert found.keys() == {
        (ReferenceKind.LRN, "TLM251006-EX-118"),
        (ReferenceKind.INVOICE, "TLM-INV-251006-118"),
        (ReferenceKind.HAWB, "77210034561"),
        (ReferenceKind.TRANSPORT, "LX473124829GB"),
        (ReferenceKind.S10, "LX473124829GB"),
        (ReferenceKind.DUCR, "5GB990000001000-TLM251006A"),
        (ReferenceKind.MUCR, "A:12548210034"),
        (ReferenceKind.UCR, "5GB990000001000-TLM251006A"),
        (ReferenceKind.UCR, "TLM-ORDER-2510-000118"),
    }
    assert message("export").fields[postal.path] == "LX473124829GB"
    assert postal.code == "N750"
