"""What `passavant fetch` tells people and scripts."""

import pytest

from ledger.cli.failures import Exit
from ledger.cli.fetching import _outcome, _told
from ledger.desk.fetching import Fate, Fetched
from ledger.domain.wire import DeclarationId

ONE, OTHER = DeclarationId(b"\1" * 32), DeclarationId(b"\2" * 32)
URL = "https://gateway.example"


def test_each_thing_under_its_declaration():
    found = [
        Fetched(ONE, "grant", Fate.FETCHED),
        Fetched(ONE, "content", Fate.FETCHED, 1, references=3),
        Fetched(OTHER, "content", Fate.REFUSED, 2, "it was changed"),
        Fetched(ONE, "goods items", Fate.NOT_THERE),
    ]
    assert _told(URL, found).splitlines() == [
        "From https://gateway.example",
        "0x" + "01" * 32,
        "  grant               fetched; it is as the chain has it",
        "  version 1, content  fetched; it is as the chain has it: found by 3 references here from now on",
        "  goods items         not there, or not for this participant",
        "0x" + "02" * 32,
        "  version 2, content  refused: it was changed",
    ]


@pytest.mark.parametrize("fate", Fate)
def test_every_fate_has_words(fate):
    assert len(_told(URL, [Fetched(ONE, "content", fate, 1)]).splitlines()[2]) > len("  version 1, content  ")


@pytest.mark.parametrize(
    ("fates", "code"),
    [
        ([Fate.FETCHED], Exit.DONE),
        ([Fate.HERE, Fate.NOT_THERE], Exit.DONE),
        ([Fate.NOT_THERE], Exit.REFUSED),
        ([Fate.ERASED, Fate.UNREADABLE], Exit.REFUSED),
        ([Fate.FETCHED, Fate.REFUSED], Exit.REFUSED),
        ([], Exit.REFUSED),
    ],
)
def test_what_a_script_learns(fates, code):
    assert _outcome([Fetched(ONE, "content", fate, 1) for fate in fates]) is code
