"""Step 10 of a receipt whose declaration relies on other administrations' controls."""

import pytest

from passavant_verifier.canonical import to_json
from passavant_verifier.layout import after, superseded_slot, touched_slot
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.webs import grant_slot, node_slot, reliance_slot
from tests.verifier.receipt_worlds import DECLARATION, NOW, TRUST, World
from tests.verifier.relied_worlds import CONTROL, EXPORTED, FAR, GRANT, NEAR, TRANSIT, relying


def judged(world: World):
    return verify_receipt(to_json(world.content()), TRUST, now=NOW)


def test_a_release_is_valid_while_reliance_stands():
    verdict = judged(relying())
    assert verdict.valid, verdict.parts
    assert verdict.facts["now"]["reliance"] == "STANDS"
    assert any("other administrations made" in one for one in verdict.statements)


BREAKS: dict[str, tuple[World, str]] = {
    "the control was superseded": (relying(standing={superseded_slot(CONTROL): 1}), "the control that it relies on"),
    "a recognition above was superseded": (relying(near={"superseded": 1}), "a recognition that it relies on"),
    "its own recognition was superseded": (relying(far={"superseded": 1}), "a recognition that it relies on"),
    "the AEO status ended": (relying(grant={"ended_from": 500}), "the AEO status"),
    "its declaration was touched": (
        relying(standing={touched_slot(DECLARATION): 2}),
        "an amendment touched what was recognised",
    ),
    "one above was touched": (
        relying(standing={touched_slot(TRANSIT): 2 << 16}),
        "an amendment touched what was recognised",
    ),
    "the controlled one was touched": (
        relying(standing={touched_slot(EXPORTED): 2}),
        "an amendment touched what was controlled",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_released_reliance_withdrawn(name):
    world, reason = BREAKS[name]
    verdict = judged(world)
    found = verdict.parts["status"]
    assert (found.result.value, verdict.exit_code) == ("stale", 3)
    assert found.reason.startswith(f"released, reliance withdrawn: {reason}")
    assert (verdict.facts["now"]["answer"], verdict.facts["now"]["reliance"]) == ("RELEASED", "WITHDRAWN")
    assert any("was withdrawn" in one for one in verdict.statements)


def test_released_a_seal_was_found_broken():
    verdict = judged(relying(state={"seal_broken": 1}))
    found = verdict.parts["status"]
    assert (found.result.value, verdict.exit_code) == ("stale", 3)
    assert found.reason == "released, reliance withdrawn: its own administration found a seal broken"
    assert (verdict.facts["now"]["reliance"], verdict.facts["now"]["sealBroken"]) == ("WITHDRAWN", True)
    assert any("A seal was found broken" in one for one in verdict.statements)


@pytest.mark.parametrize(
    "world",
    [
        relying(standing={touched_slot(EXPORTED): 1, touched_slot(TRANSIT): 2 << 32}),
        relying(grant={"ended_from": 501}),
    ],
    ids=["an earlier version, another risk area", "the AEO status ended later"],
)
def test_what_does_not_concern_it_breaks_nothing(world):
    assert judged(world).valid


@pytest.mark.parametrize(
    "world",
    [
        relying(web={reliance_slot(DECLARATION, 0): 0}),
        relying(far={"depth": 0}),
        relying(far={"depth": 9}),
        relying(web={after(node_slot(FAR), 1): 0}),
    ],
    ids=["nothing is relied on", "no depth", "too deep", "no recognition"],
)
def test_a_web_that_no_contract_writes_is_invalid(world):
    assert judged(world).exit_code == 1


@pytest.mark.parametrize("slot", [after(node_slot(NEAR), 3), grant_slot(GRANT), reliance_slot(DECLARATION, 3)])
def test_a_web_that_is_not_shown_whole_is_invalid(slot):
    world = relying(noise=200)
    whole = world.web
    part = {one: value for one, value in whole.items() if one != slot}
    content = world.content()
    world.web = part
    other = World(**{**vars(world), "web": part}).state_proof()[2]
    content["nodes"] = sorted(node for node in content["nodes"] if node in other)
    verdict = verify_receipt(to_json(content), TRUST, now=NOW)
    assert verdict.exit_code == 1
