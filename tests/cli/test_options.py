import pytest
import typer

from ledger.cli import options
from ledger.domain.codes import DecisionKind, HoldAction, Risk


def test_words_of_codes():
    assert options.word(DecisionKind.REQUIRE_DOCUMENTS) == "require-documents"
    for text in ("require-documents", "REQUIRE_DOCUMENTS", "Require-Documents"):
        assert options.code(DecisionKind, text) is DecisionKind.REQUIRE_DOCUMENTS
    assert options.completer(HoldAction)("L") == ["lift"]


@pytest.mark.parametrize(
    ("parse", "text", "told"),
    [
        (lambda text: options.code(HoldAction, text), "drop", "'drop' is none of set, lift"),
        (options.moment, "yesterday", "is no date or time"),
        (options.day, "2026-02-30", "is no date"),
        (options.duration, "3 weeks", "is no duration"),
        (options.duration, "d", "is no duration"),
        (options.digest, "0x12", "is no id"),
        (options.country, "FRA", "is no country code"),
        (lambda text: options.items([text]), "two", "is no goods item"),
        (lambda text: options.items([text]), "2=", "is no goods item"),
        (lambda text: options.pairs([text]), "text", "is no NAME=VALUE"),
        (lambda text: options.pairs([text]), "=x", "is no NAME=VALUE"),
        (lambda text: options.risks([text]), "weather", "is none of security, safety, ipr, fiscal"),
    ],
)
def test_what_cannot_be_right(parse, text, told):
    with pytest.raises(typer.BadParameter, match=told):
        parse(text)


def test_values():
    assert options.moment("1970-01-02") == 86_400
    assert options.moment("1970-01-01T01:00:00+01:00") == 0
    assert options.day("1970-01-01") == 43_200
    assert [options.duration(text) for text in ("7", "7s", "2m", "1h", "1d")] == [7, 7, 120, 3_600, 86_400]
    assert options.digest("0x" + "Ab" * 32) == b"\xab" * 32
    assert options.country("fr") == "FR"
    assert options.items(["1, 2=5", "7"]) == {1: None, 2: "5", 7: None}
    assert options.items([]) is None
    assert options.pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
    assert options.pairs([]) is None
    assert options.risks(["security,ipr", "fiscal"]) == Risk.SECURITY | Risk.IPR | Risk.FISCAL


def test_completion_of_participants(home, tmp_path, monkeypatch):
    assert options._participants("customs-fr") == ["customs-fr", "customs-fr-roissy"]
    monkeypatch.setenv("PASSAVANT_HOME", str(tmp_path / "nowhere"))
    assert options._participants("") == []
