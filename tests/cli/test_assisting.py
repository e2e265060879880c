"""Mutual assistance as two administrations type it, over one chain."""

import time

import pytest

from ledger.client import Client
from tests.cli.test_app import example

IMPORT = "25FR00128B4M7QX9K2"
BY_GB, BY_FR = ("--as", "customs-gb"), ("--as", "customs-fr")
BASIS = ("--basis", "Protocol on mutual assistance, Article 5")


@pytest.fixture
def declared(network, messages, passavant):
    """A consignment that the platform exports from GB and imports into FR."""
    for name, joined in (("export", ("--ticket", "ticket.json")), ("import", ("--join", "ticket.json"))):
        assert passavant("declare", f"{name}.xml", "--as", "platform", *joined).code == 0
    assert passavant("ingest", "import-01-accepted.xml", *BY_FR).code == 0


def asked(passavant, *more, due="30d", question="Is the invoice genuine?"):
    told = passavant(
        "assist", "request", IMPORT, "--to", "customs-gb", "--kind", "verification", *BASIS, "--due", due,
        "--question", question, *more, *BY_FR, "--json",
    )  # fmt: skip
    assert (told.code, told.json["progress"]) == (0, "FINAL"), told
    assert told.json["id"] == told.json["request"]
    return told.json["request"]


@pytest.mark.e2e
def test_a_question_an_answer_and_a_refusal(declared, passavant, messages):
    (messages / "question.txt").write_text("Is the invoice genuine?\nAnd the seal?")
    (messages / "invoice.pdf").write_bytes(b"%PDF")
    first = asked(passavant, "--subject", "4711", "--attach", "invoice.pdf", question="@question.txt")
    second = asked(passavant)
    told = passavant("assist", "list", "--open", *BY_GB).out
    assert told.count("Douane (France) asks: verification") == 2
    assert told.count("state        open") == 2
    shown = passavant("assist", "show", first, "--save", "in", *BY_GB)
    assert "legal basis  Protocol on mutual assistance, Article 5" in shown.out
    assert "And the seal?" in shown.out
    assert (messages / "in" / "question-1-invoice.pdf").read_bytes() == b"%PDF"
    again = passavant("assist", "show", first, "--save", "in", *BY_GB)
    assert (again.code, "can't be written: File exists" in again.err) == (2, True)

    answered = passavant("assist", "answer", first, "--text", "It is.\a", *BY_GB, "--json")
    assert (answered.code, answered.json["late"], answered.json["request"]) == (0, 0, first), answered
    late = passavant("assist", "answer", first, "--text", "Yes.", *BY_GB)
    assert (late.code, "it was answered before, by 0x" in late.err) == (1, True)
    refused = passavant("assist", "refuse", second, "--reason", "compliance", *BY_GB)
    assert (refused.code, refused.out.startswith("Refused it.")) == (0, True), refused
    assert passavant("assist", "refuse", second, *BY_GB).code == 2

    told = passavant("assist", "show", first, *BY_FR, "--json").json
    assert (told["state"], told["sent"], told["answer"]["text"]) == ("ANSWERED", True, "It is.\a")
    assert (told["question"]["attachments"], told["missing"]) == ([{"name": "invoice.pdf", "size": 4}], {})
    assert "It is.\N{REPLACEMENT CHARACTER}" in passavant("assist", "show", first, *BY_FR).out
    assert "refused (compliance)" in passavant("assist", "show", second, *BY_FR).out
    assert passavant("assist", "list", "--open", *BY_GB).out == "There is none.\n"
    listed = passavant("assist", "list", *BY_FR, "--json").json["assistance"]
    assert [one["state"] for one in listed] == ["ANSWERED", "REFUSED"]
    assert [one["act"] for one in passavant("accesses", first, *BY_FR, "--json").json["accesses"]] == ["READ"] * 4
    assert passavant("key", "rewrap", first, *BY_FR).code == 0

    timeline = passavant("provenance", IMPORT, *BY_FR).out
    assert "Douane (France) asked for assistance: verification, due " in timeline
    assert "; answered\n" in timeline
    assert "refused a request of assistance, because of compliance" in timeline
    assert "assistance" not in passavant("provenance", IMPORT, "--as", "platform").out
    assert passavant("replay").code == 0


@pytest.mark.e2e
def test_lateness_is_visible(declared, passavant):
    request = asked(passavant, due="2s")
    while not passavant("assist", "list", "--late", *BY_GB, "--json").json["assistance"]:
        time.sleep(0.2)  # pytest's timeout ends what never happens
    assert "open, late by " in passavant("assist", "list", "--late", *BY_FR).out
    answered = passavant("assist", "answer", request, "--text", "Yes.", *BY_GB)
    assert (answered.code, answered.out.startswith("Answered, late by ")) == (0, True), answered
    assert "answered, late by " in passavant("assist", "show", request, *BY_FR).out
    assert "answered a request of assistance, late by " in passavant("provenance", IMPORT, *BY_FR).out


@pytest.mark.e2e
def test_what_is_wrong_is_said(declared, passavant):
    request = asked(passavant)
    for arguments, code, why in (
        (("answer", request, "--text", "x", *BY_FR), 1, "asked that itself"),
        (("show", request, "--as", "platform"), 1, "is no request of assistance"),
        (("show", "0x" + "ab" * 32, *BY_FR), 1, "is no request of assistance"),
        (("show", "0x12", *BY_FR), 2, "is no id"),
        (("forget", request, *BY_GB), 1, "it is not answered yet"),
        (("list", "--as", "platform"), 1, "for the administrations that asked or were asked"),
        (("answer", request, "--text", "@nothing.txt", *BY_GB), 2, "can't be read as text"),
    ):
        told = passavant("assist", *arguments)
        assert (told.code, why in told.err) == (code, True), told


@pytest.mark.e2e
def test_the_examples_run(declared, passavant):
    told = passavant(*example(passavant, "assist request")[1:], "--json")
    assert told.code == 0, told
    for name in ("assist show", "assist answer", "assist list", "assist forget"):
        words = [told.json["id"] if word == "0x…" else word for word in example(passavant, name)]
        assert passavant(*words[1:]).code == 0, words
    more = asked(passavant)
    words = [more if word == "0x…" else word for word in example(passavant, "assist refuse")]
    assert passavant(*words[1:]).code == 0


@pytest.mark.e2e
def test_who_has_no_key_yet_reads_later(declared, passavant, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(Client, "encryption_key", lambda *_: None)
        told = passavant(*example(passavant, "assist request")[1:])
    assert "has published no encryption key and can't read it" in told.err
    [request] = (one["id"] for one in passavant("assist", "list", *BY_GB, "--json").json["assistance"])
    assert "Question: the content of 0x" in passavant("assist", "show", request, *BY_GB).out
    assert passavant("key", "rewrap", request, *BY_FR).code == 0
    assert "Question, as the chain has it" in passavant("assist", "show", request, *BY_GB).out
