import json
from copy import deepcopy

import pytest

from passavant_verifier.errors import UnreadableError
from passavant_verifier.notes import VerifierKey
from passavant_verifier.qbft import ValidatorSets
from passavant_verifier.trust import FORMAT, Witnesses, read_trust

A, B, C = (VerifierKey(f"{name}.example", bytes([n]) * 32).text for n, name in enumerate("abc"))
ADDRESSES = [f"0x{bytes([n]).hex() * 20}" for n in range(4)]
NETWORK = {
    "chainId": 31337,
    "consignments": "0x" + "c0" * 20,
    "consignmentsCode": "0x" + "cc" * 32,
    "genesis": "0x" + "34" * 32,
    "name": "test",
    "networkId": "0x" + "12" * 32,
    "participants": "0x" + "a0" * 20,
    "participantsCode": "0x" + "aa" * 32,
    "recognitionsCode": "0x" + "ee" * 32,
}
BY_WITNESSES = {
    "format": FORMAT,
    "network": NETWORK,
    "checkpoint": {"operators": [C], "threshold": 2, "witnesses": [A, B]},
}
BY_SEALS = {
    "format": FORMAT,
    "network": NETWORK,
    "qbft": {"transitions": [{"block": 100, "validators": ADDRESSES[:1]}], "validators": ADDRESSES},
}


def read(content):
    return read_trust(json.dumps(content, indent=1).encode(), "trust.json")


def test_whose_checkpoints_count():
    trust = read(BY_WITNESSES)
    assert isinstance(trust.anchor, Witnesses)
    assert (trust.name, trust.network.chain_id, trust.codes) == (
        "test",
        31337,
        (b"\xcc" * 32, b"\xaa" * 32, b"\xee" * 32),
    )
    assert (trust.anchor.threshold, [key.text for key in trust.anchor.witnesses]) == (2, [A, B])
    assert [key.text for key in trust.anchor.operators] == [C]


def test_who_seals():
    trust = read(BY_SEALS)
    assert isinstance(trust.anchor, ValidatorSets)
    assert len(trust.anchor.at(99)) == 4
    assert trust.anchor.at(100) == {bytes(20)}


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        (("format",), "other", "format"),
        (("network", "name"), 3, "text"),
        (("network", "chainId"), 0, "at least 1"),
        (("network", "genesis"), "0x00", "32 bytes"),
        (("network", "other"), 1, "'other' unknown"),
        (("checkpoint", "threshold"), 0, "at least 1"),
        (("checkpoint", "threshold"), 3, "fewer witnesses"),
        (("checkpoint", "witnesses"), [A], "fewer witnesses"),
        (("checkpoint", "witnesses"), [A, A], "fewer witnesses"),
        (("checkpoint", "witnesses"), [A, B, "x"], "no Ed25519"),
        (("checkpoint", "witnesses"), "x", "list"),
        (("checkpoint", "operators"), [A], "at once"),
        (("qbft",), {}, "'checkpoint' unknown"),
        (("more",), 1, "'more' unknown"),
    ],
)
def test_a_trust_file_that_can_not_be_right(place, value, problem):
    content = deepcopy(BY_WITNESSES)
    inner = content
    for name in place[:-1]:
        inner = inner[name]  # type: ignore[assignment]
    inner[place[-1]] = value
    with pytest.raises(UnreadableError, match=problem) as caught:
        read(content)
    assert str(caught.value).startswith("trust.json")


@pytest.mark.parametrize(
    ("qbft", "problem"),
    [
        ({"validators": [], "transitions": []}, "1 to"),
        ({"validators": [ADDRESSES[0]] * 2, "transitions": []}, "twice"),
        ({"validators": ["0x00"], "transitions": []}, "20 bytes"),
        ({"validators": ADDRESSES, "transitions": [{"block": 0, "validators": ADDRESSES}]}, "at least 1"),
        (
            {"validators": ADDRESSES, "transitions": [{"block": n, "validators": ADDRESSES} for n in (2, 1)]},
            "ascending",
        ),
        ({"validators": ADDRESSES, "transitions": [{"block": 1}]}, "validators missing"),
        ([], "object"),
    ],
)
def test_validators_that_can_not_be_right(qbft, problem):
    with pytest.raises(UnreadableError, match=problem):
        read({**BY_SEALS, "qbft": qbft})


def test_no_json():
    with pytest.raises(UnreadableError, match="JSON"):
        read_trust(b"nothing", "trust.json")
    with pytest.raises(UnreadableError, match="object"):
        read_trust(b"[]", "trust.json")
