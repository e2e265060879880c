import re
from pathlib import Path

import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.chain.abi import artifact
from passavant_verifier import layout
from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import CONSIGNMENTS, PARTICIPANTS, Key, Mandate, Organisation, State

ROOT = Path(__file__).parents[2]
ID = bytes(range(32))
WORDS = (State, Organisation, Key, Mandate)
VARIABLES = {"Consignments": CONSIGNMENTS, "Participants": PARTICIPANTS}


def number(slot: bytes) -> int:
    return int.from_bytes(slot)


def nested(slot: int, *keys: tuple[str, object]) -> bytes:
    """A mapping's slot by the rule of the Solidity documentation, with another's encoder."""
    for kind, key in keys:
        slot = number(keccak256(abi_encode([kind, "uint256"], [key, slot])))
    return slot.to_bytes(32, "big")


@pytest.mark.parametrize(("contract", "variables"), VARIABLES.items())
def test_the_variables_are_the_compilers(contract, variables):
    storage = artifact(contract)["storageLayout"]["storage"]
    assert tuple(variable["label"] for variable in storage) == variables
    assert [(int(variable["slot"]), variable["offset"]) for variable in storage] == [
        (place, 0) for place in range(len(storage))
    ]


def test_the_structs_are_the_compilers():
    types = artifact("Consignments")["storageLayout"]["types"]
    structs = {kind["label"]: kind["members"] for kind in types.values() if "members" in kind}
    declared, holds = (structs[f"struct ConsignmentStore.{name}"] for name in ("Declared", "Holds"))
    assert [(m["label"], m["slot"]) for m in declared] == [("settled", "0"), ("state", "1")]
    assert [(m["label"], m["slot"]) for m in holds] == [("head", "0"), ("open", "1"), ("ofAgency", "2")]


@pytest.mark.parametrize(("contract", "variables"), VARIABLES.items())
def test_the_documentation_lists_them(contract, variables):
    text = (ROOT / "docs/records.md").read_text().partition("## Storage")[2].partition(f"| {contract} |")[2]
    table = text.partition("\n\n")[0]
    assert tuple(re.findall(r"^\| \d+ `(\w+)` \|", table, re.MULTILINE)) == variables
    assert [int(slot) for slot in re.findall(r"^\| (\d+) `", table, re.MULTILINE)] == list(range(len(variables)))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (layout.settled_slot(ID), nested(0, ("bytes32", ID))),
        (layout.state_slot(ID), (number(nested(0, ("bytes32", ID))) + 1).to_bytes(32, "big")),
        (layout.request_slot(ID), nested(1, ("bytes32", ID))),
        (layout.hold_head_slot(ID), nested(2, ("bytes32", ID))),
        (layout.open_holds_slot(ID), (number(nested(2, ("bytes32", ID))) + 1).to_bytes(32, "big")),
        (layout.hold_slot(ID, 9), nested(number(nested(2, ("bytes32", ID))) + 2, ("uint32", 9))),
        (layout.joined_slot(ID), nested(3, ("bytes32", ID))),
        (layout.superseded_slot(ID), nested(4, ("bytes32", ID))),
        (layout.erasure_slot(ID, 2), nested(5, ("bytes32", ID), ("uint256", 2))),
        (layout.touched_slot(ID), nested(6, ("bytes32", ID))),
        (layout.organisation_slot(7), nested(0, ("uint32", 7))),
        (layout.organisation_head_slot(7), nested(1, ("uint32", 7))),
        (layout.key_slot(ID[:20]), nested(2, ("address", ID[:20]))),
        (layout.managing_keys_slot(7), nested(3, ("uint32", 7))),
        (
            layout.managing_key_slot(7, 3),
            (number(keccak256(nested(3, ("uint32", 7)))) + 3).to_bytes(32, "big"),
        ),
        (layout.mandate_slot(70_000, 70_001), nested(4, ("uint32", 70_000), ("uint32", 70_001))),
        (layout.administration_of_slot(b"CH"), nested(5, ("bytes2", b"CH"))),
        (layout.administrations_slot(), (6).to_bytes(32, "big")),
        (layout.COUNCIL_SLOT, (7).to_bytes(32, "big")),
        (layout.encryption_version_slot(7), nested(8, ("uint32", 7))),
    ],
)
def test_slots(found, expected):
    assert found == expected


def test_ids_of_administrations_lie_sixteen_to_a_word():
    words = layout.administrations_words(list(range(1, 19)))
    first = keccak256((6).to_bytes(32, "big"))
    assert words[(6).to_bytes(32, "big")] == 18
    assert words[first] & 0xFFFF == 1
    assert words[first] >> 240 == 16
    assert words[(number(first) + 1).to_bytes(32, "big")] == 17 | 18 << 16
    assert len(words) == 3


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_full(word):
    assert sum(word.WIDTHS) <= 256
    assert len(word.WIDTHS) == len(word._fields)


@pytest.mark.parametrize("word", WORDS)
@given(data=st.data())
def test_packed_and_unpacked(word, data):
    values = word(*(data.draw(st.integers(0, (1 << width) - 1)) for width in word.WIDTHS))
    assert word.unpack(values.pack()) == values


def test_a_value_that_is_too_wide_is_not_packed():
    with pytest.raises(ValueError, match="65536 does not fit 16 bits"):
        Organisation(kind=1, sponsor=65_536).pack()


def test_words_over_time():
    member = Organisation(kind=2, status=1, next_status=2, status_from=100, backdating=5, next_backdating=9)
    assert (member.status_at(99), member.status_at(100)) == (1, 2)
    changing = member._replace(backdating_from=50)
    assert (changing.backdating_at(49), changing.backdating_at(50)) == (5, 9)
    key = Key(organisation=7, not_before=10, not_after=20)
    assert [key.valid_at(time) for time in (9, 10, 19, 20)] == [False, True, True, False]
