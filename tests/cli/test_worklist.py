"""What an administration has to do, as it types it; and the words for it."""

import json
import signal
import subprocess
import sys
from typing import Any

import pytest
import typer

from ledger.cli.work_text import item_text, span
from ledger.cli.worklist import all_of, chapter_of, countries, following
from ledger.client import Work, WorkPage, WorkShown
from ledger.domain.codes import AssistanceKind, Risk
from ledger.domain.wire import ConsignmentId, DeclarationId, Digest
from ledger.index.assistance_due import AssistanceDue
from ledger.index.errors import CursorError
from ledger.index.withdrawals import Cause, Withdrawal
from tests.cli.test_recognising import BY_FR, BY_GB, controlled, imported

__all__ = ["imported"]
NOW = 1_900_000_000
DAY = 86_400


def due(**given):
    values: dict[str, Any] = {"partner": 826, "due_at": NOW + 3 * DAY, "late": False, "answer": None, "refused": None}
    fixed: dict[str, Any] = {"request": Digest(b"\x0a" * 32), "kind": AssistanceKind.VERIFICATION, "answered_at": None}
    return AssistanceDue(**fixed | values | given)


def item(number=1, **given):
    values: dict[str, Any] = {
        "since": NOW,
        "block": number,
        "log": 0,
        "declarant": None,
        "consignment": ConsignmentId(b"\x0c" * 32),
    }
    return WorkShown(**{"kind": Work.ASSISTANCE, "declaration": None} | values | given)


def told(one):
    return item_text(one, lambda number: f"A{number}", NOW)


@pytest.mark.parametrize(
    ("matter", "words"),
    [
        (due(), "A826 asks for verification, due in 3 days."),
        (due(due_at=NOW - 2 * 3_600, late=True), "A826 asks for verification, 2 hours late."),
        (due(answer=b"\1" * 32, answered_at=NOW, refused=False), "A826 answered the request of verification, in time."),
        (
            due(answer=b"\1" * 32, answered_at=NOW + 4 * DAY, late=True, refused=True),
            "A826 refused the request of verification, 1 day late.",
        ),
    ],
)
def test_assistance_in_words(matter, words):
    text = told(item(assistance=matter))
    assert text.splitlines()[0] == f"2030-03-17 17:46:40 UTC  {words}"
    assert f"consignment  0x{'0c' * 32}" in text


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_words(cause):
    withdrawal = Withdrawal(
        recognition=Digest(b"\1" * 32),
        control=Digest(b"\2" * 32),
        risk=Risk.SECURITY,
        cause=cause,
        by=826,
        record=Digest(b"\3" * 32),
    )
    text = told(item(kind=Work.WITHDRAWN, declaration=DeclarationId(b"\4" * 32), withdrawal=withdrawal))
    assert "Reliance withdrawn: A826 " in text
    assert "because of   0x" + "03" * 32 in text


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 seconds"), (61, "1 minute"), (7_200, "2 hours"), (DAY, "1 day")])
def test_spans(seconds, words):
    assert span(seconds) == words


def test_routes_and_chapters():
    assert chapter_of("07") == "07"
    with pytest.raises(typer.BadParameter, match="no HS chapter"):
        chapter_of("7")
    assert countries("gb-fr") == ("GB", "FR")
    with pytest.raises(typer.BadParameter, match="no route, such as GB-FR"):
        countries("GBFR")


def test_following_tells_each_item_once_and_starts_anew_after_a_reorganisation():
    first, second, third = (item(n, assistance=due(request=Digest(bytes([n]) * 32))) for n in (1, 2, 3))
    answers = {None: WorkPage((first,), "a", more=True), "a": WorkPage((second,), "b", more=False)}
    items, cursor = all_of(answers.__getitem__, None)
    assert (items, cursor) == ([first, second], "b")
    script = [WorkPage((), "b", more=False), CursorError("b"), WorkPage((first, second, third), "c", more=False)]
    asked = []

    def read(after):
        asked.append(after)
        if not script:
            raise KeyboardInterrupt
        one = script.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    going_on = following(read, cursor, items, lambda _: None)
    assert next(going_on) == third
    with pytest.raises(KeyboardInterrupt):
        next(going_on)
    assert asked == ["b", "b", None, "c"]


def followed(*arguments):
    """The first line of a command that goes on, which is then interrupted as a person would."""
    command = [sys.executable, "-m", "ledger.cli", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    return line


@pytest.mark.e2e
def test_a_control_comes_up_is_recognised_and_withdrawn(imported, passavant):
    def work(*which):
        found = passavant("worklist", *which, *BY_FR)
        assert found.code == 0, found
        return [(one["kind"], one["declaration"]) for one in found.json["items"]]

    assert "There is nothing to do." in passavant("worklist", "--as", "customs-fr").out
    good = controlled(passavant, "--outcome", "none-found", "--risk", "security,ipr")
    assert work("--route", "GB-FR", "--operator", "platform") == [("CONTROL", imported)]
    assert work("--chapter", "61") == [("CONTROL", imported)]
    assert work("--kind", "withdrawn") == work("--chapter", "62") == work("--risk", "fiscal") == []
    told = passavant("worklist", "--as", "customs-fr").out
    assert "may be relied on for security." in told
    assert good in told
    taken = passavant("recognise", imported, good, "--verdict", "partial", *BY_FR)
    assert work() == []
    assert passavant("decide", imported, "release", "--rely", taken.json["id"], *BY_FR).code == 0
    controlled(passavant, "--outcome", "not-carried-out", "--risk", "security,ipr", "--supersedes", good)
    assert work("--kind", "withdrawn") == [("WITHDRAWN", imported)]
    assert "superseded or revoked its control" in passavant("worklist", "--as", "customs-fr").out
    counted = passavant("relied", good, *BY_GB).json
    assert [(one["administration"], one["withdrawn"]) for one in counted["counts"]] == [(250, 1)]
    assert counted["decisions"] == []
    assert "Douane (France)" in passavant("relied", good, "--as", "customs-gb").out
    assert f"declaration  {imported}" in passavant("relied", good, "--as", "auditor").out
    assert "for auditors" in passavant("relied", good, "--as", "customs-fr").err
    line = json.loads(followed("worklist", "--kind", "withdrawn", "--follow", *BY_FR))
    assert (line["kind"], line["declaration"]) == ("WITHDRAWN", imported)
    refused = passavant("worklist", "--as", "platform", "--json")
    assert (refused.code, json.loads(refused.out)["error"]) == (1, "NotEntitled")
    assert passavant("replay").code == 0
