"""The page for people."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest

import ledger.documents
from ledger.documents.paper import LANGUAGES, Sheet, _facts, _words, pdf
from ledger.documents.qr import symbols
from ledger.domain.codes import DecisionKind, Leg, Regime
from ledger.index.answers import Answer

SHEET = Sheet(
    answer="RELEASED",
    cleared=True,
    regime="HOME_USE",
    leg="IMPORT",
    kind="CLEAR",
    authority="FR (250)",
    office=60,
    effective=1_700_000_000,
    limit=1_800_000_000,
    declaration=bytes([1]) * 32,
    version=2,
    decision=bytes([2]) * 32,
    key=bytes([3]) * 20,
    block=(7, 1_700_000_100),
    as_of=(9, 1_700_000_200),
    witnesses=("auditor.example", "customs.example"),
    sealed=False,
    origin="passavant/31337/0123456789abcdef",
)
NO_STATUS = {
    Answer.NOT_LODGED,
    Answer.AUTHORITY_WITHDRAWN,
    Answer.AMBIGUOUS,
    Answer.NOT_FOUND_OR_NOT_ENTITLED,
    Answer.UNKNOWN,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_word(language):
    words = _words()[language]
    assert words["kinds"].keys() == {kind.name for kind in DecisionKind}
    assert words["regimes"].keys() == {regime.name for regime in Regime}
    assert words["legs"].keys() == {leg.name for leg in Leg}
    assert words["answers"].keys() == {answer.name for answer in set(Answer) - NO_STATUS}


def test_both_languages_say_the_same_things():
    words = _words()
    assert words["en"].keys() == words["fr"].keys()
    assert "libération" not in json.dumps(words, ensure_ascii=False).lower()
    assert words["fr"]["answers"]["RELEASED"] == words["fr"]["kinds"]["RELEASE"] == "Mainlevée"
    assert words["fr"]["kinds"]["CLEAR"] == "Dédouanement"


def test_every_word_can_be_printed():
    text = files(ledger.documents).joinpath("paper.json").read_text(encoding="utf-8")
    assert text.encode("latin-1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [900, 5_000, 21_000])
def test_it_is_one_page(language, size):
    made = pdf(SHEET, language, symbols(bytes(size)))
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") == 1


def test_who_vouches_is_said_and_so_is_that_nobody_does():
    words = _words()["en"]
    told = dict(_facts(SHEET, words))
    assert told["Vouched for by"] == "auditor.example, customs.example"
    assert told["Obligation due by"] == "2027-01-15 08:00:00 UTC"
    bare = dict(_facts(replace(SHEET, witnesses=(), office=0, limit=0), words))
    assert bare["Vouched for by"].startswith("No checkpoint covers this receipt yet")
    assert bare.keys() == told.keys() - {"Customs office", "Obligation due by"}
    sealed = dict(_facts(replace(SHEET, witnesses=(), sealed=True), words))
    assert "seals" in sealed["Vouched for by"]


def test_a_held_one_is_not_released_for_anything():
    held = pdf(replace(SHEET, answer="HELD", cleared=False, regime=""), "fr", symbols(b"x"))
    assert held.startswith(b"%PDF-")
