"""The layout of Recognitions: against the compiler's, the documentation, and an independent encoder."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain import slots
from ledger.chain.abi import artifact
from ledger.domain.signing import made_by
from passavant_verifier import webs
from passavant_verifier.layout import after, touched_slot
from passavant_verifier.webs import VARIABLES, AeoWord, ControlWord, NodeWord, RequestWord, VersionWord

RECORDS = Path(__file__).parents[2] / "docs/records.md"
ID = bytes(range(32))
WORDS = (NodeWord, ControlWord, VersionWord, AeoWord, RequestWord)
STRUCTS = {
    "Node": "parent declaration aeo administration",
    "ControlFacts": "declaration standard administration",
    "Version": "first standard predecessor",
    "Line": "latest head suspendedByFirst",
    "AeoGrant": "administration",
    "AssistanceRequest": "administration answer",
}


def layout_of():
    return artifact("Recognitions")["storageLayout"]


def test_the_variables_are_the_compilers():
    storage = layout_of()["storage"]
    assert tuple((one["label"], int(one["slot"]), one["offset"]) for one in storage) == tuple(
        (name, place, 0) for place, name in enumerate(VARIABLES)
    )


@pytest.mark.parametrize("struct", STRUCTS)
def test_each_slot_of_a_struct_begins_as_the_compiler_has_it(struct):
    types = layout_of()["types"].values()
    [members] = [one["members"] for one in types if one["label"] == f"struct IRecognitions.{struct}"]
    firsts = [(int(one["slot"]), one["label"]) for one in members if one["offset"] == 0]
    assert firsts == list(enumerate(STRUCTS[struct].split()))


def test_the_documentation_lists_them():
    table = RECORDS.read_text().partition("| Recognitions |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| \d+ `(\w+)` \|", table, re.MULTILINE)) == VARIABLES


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.__name__)
def test_the_documentation_gives_the_widths(word):
    name = {"NodeWord": "recognition", "ControlWord": "control", "VersionWord": "version", "AeoWord": "AEO"}
    text = RECORDS.read_text().partition("Words, lowest bits first")[2]
    line = re.search(rf"^    {name.get(word.__name__, 'request')}  +(.*)$", text, re.MULTILINE)
    assert line
    assert tuple(map(int, re.findall(r" (\d+)(?: ·|$)", line[1]))) == word.WIDTHS


def test_the_issuers_slots_are_the_same():
    assert made_by(ID[:20]) == webs.recognitions_of(ID[:20])
    node, control = webs.node_slot(ID), webs.control_slot(ID)
    assert slots.of_recognition(ID) == tuple(after(node, place) for place in range(4))
    assert slots.of_recognised_control(ID) == (control, after(control, 2))
    assert slots.of_reliance(ID) == tuple(webs.reliance_slot(ID, place) for place in range(4))
    assert (slots.of_aeo_grant(ID), slots.of_touched(ID)) == (webs.grant_slot(ID), touched_slot(ID))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.__name__)
@given(data=st.data())
def test_words_come_back(word, data):
    made = word(*(data.draw(st.integers(0, (1 << width) - 1)) for width in word.WIDTHS))
    assert word.unpack(made.pack()) == made


@pytest.mark.parametrize(
    ("lanes", "version", "risk", "expected"),
    [(0, 0, 15, False), (2, 1, 1, True), (2, 2, 1, False), (2 << 16, 1, 1, False), (2 << 48, 1, 8, True)],
)
def test_a_later_version_touches_its_own_risk_areas(lanes, version, risk, expected):
    assert webs.touches(lanes, version, risk) is expected
