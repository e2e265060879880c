"""Step by step, with the numbers of docs/receipts.md: what makes a receipt valid, and what does not."""

from dataclasses import replace

import pytest
from coincurve import PrivateKey

from passavant_verifier.canonical import to_cbor, to_json
from passavant_verifier.codes import DecisionKind, Flag, Pending, Purpose, Reason, Regime, Status
from passavant_verifier.contents import CBOR_FORMAT
from passavant_verifier.events import topic_of
from passavant_verifier.layout import Organisation
from passavant_verifier.qbft import ValidatorSets
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.verdict import Result
from tests.verifier.receipt_worlds import (
    AUDITOR,
    CUSTOMS,
    DECIDED,
    FRANCE,
    GATEWAY,
    NETWORK,
    NOW,
    OTHER,
    SHOWN,
    SUCCESSOR,
    TRUST,
    Witness,
    World,
    administration,
    trust_in,
)
from tests.verifier.sealing_headers import validators

SECOND = bytes.fromhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")


def judged(world=None, trust=TRUST, *, now=NOW, max_age=None, **changes):
    world = world or World()
    return verify_receipt(to_json(world.content(**changes)), trust, now=now, max_age=max_age)


def part(verdict, name, result, reason=""):
    found = verdict.parts[name]
    assert (found.result, reason in found.reason) == (result, True), verdict.parts


def broken(verdict, step, reason=""):
    """Integrity is invalid because of that step, and nothing else is known."""
    part(verdict, "integrity", "invalid", reason)
    assert verdict.parts["integrity"].reason.startswith(f"step {step}: ")
    assert all(verdict.parts[name].result is Result.UNKNOWN for name in ("issuer", "status", "freshness"))
    assert (verdict.exit_code, verdict.statements) == (1, ())


def test_a_receipt_in_order_is_valid_in_every_part_and_says_so():
    verdict = judged()
    assert verdict.valid
    assert verdict.exit_code == 0
    told = " ".join(verdict.statements)
    for words in (
        f"Administration {FRANCE}",
        "decided release",
        "block 10",
        "until block 29",
        "home use",
        "auditor.example",
    ):
        assert words in told
    assert verdict.facts["now"]["deliver"] == "YES"
    assert verdict.facts["then"]["block"] == {"number": 10, "time": DECIDED}


def test_the_compact_form_proves_the_same_but_for_the_block_of_the_decision():
    verdict = verify_receipt(to_cbor(World(compact=True).content(CBOR_FORMAT)), TRUST, now=NOW)
    assert verdict.valid
    assert "does not show in which block" in " ".join(verdict.statements)
    assert verdict.facts["then"]["block"] is None
    assert verdict.facts["then"]["recordedBetween"] == [DECIDED - 360, SHOWN]


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b"[]", b"{", b"\xa0", b'{"format":1}', b" {}"])
def test_step_01_what_is_no_receipt(raw):
    broken(verify_receipt(raw, TRUST, now=NOW), 1)


def test_step_01_another_spelling_of_the_same():
    raw = to_json(World().content())
    for other in (
        raw + b"\n",
        raw.replace(b'":', b'": '),
        raw.replace(b"0xc0c0", b"0xC0c0"),
        raw.replace(b"reli", b"rel\\u0069"),
    ):
        broken(verify_receipt(other, TRUST, now=NOW), 1)


def test_step_02_another_network():
    broken(judged(trust=trust_in(AUDITOR, CUSTOMS, network=replace(NETWORK, genesis=bytes(32)))), 2, "another network")


def test_step_03_blocks_ascend():
    content = World().content()
    broken(judged(blocks=content["blocks"][::-1]), 3)


@pytest.mark.parametrize(
    ("signers", "reason"),
    [
        ((AUDITOR,), "1 of 2"),
        ((), "0 of 2"),
        ((GATEWAY,), "0 of 2 witnesses needed beside"),
        ((AUDITOR, AUDITOR), "1 of 2"),
    ],
)
def test_step_04_too_few_witnesses_and_an_operators_own_word_leave_it_unknown(signers, reason):
    verdict = judged(World(signers=(*signers, Witness("stranger.example"))))
    part(verdict, "integrity", "unknown", reason)
    assert all(found.result is Result.UNKNOWN for found in verdict.parts.values())
    assert (verdict.exit_code, list(verdict.statements)) == (3, [])


def test_step_04_two_keys_under_one_name_are_one_witness():
    again = Witness("auditor.example")
    again.private = Witness("another key").private
    again.key = type(again.key)("auditor.example", Witness("another key").key.public)
    trust = trust_in(AUDITOR, again, CUSTOMS)
    part(judged(World(signers=(AUDITOR, again)), trust), "integrity", "unknown", "1 of 2")


def test_step_04_a_wrong_signature_of_a_known_signer_is_invalid():
    content = World().content()
    text = content["checkpoint"].partition("\n\n")[0]
    wrong = f"{text}\n\n{AUDITOR.line('another text')}{CUSTOMS.line(text)}"
    broken(judged(checkpoint=wrong), 4, "auditor.example")
    broken(judged(checkpoint="no note"), 4, "no checkpoint")


def test_step_04_the_checkpoint_is_of_this_log_and_the_blocks_are_in_it():
    content = World().content()
    other = content["checkpoint"].replace("passavant/31337", "passavant/31338")
    broken(judged(checkpoint=other), 4, "another ledger log")
    for block in range(2):
        blocks = World().content()["blocks"]
        blocks[block]["header"]["gasUsed"] = 5
        broken(judged(blocks=blocks), 4, "not in the ledger log")
    blocks = World().content()["blocks"]
    blocks[0]["inclusion"]["leaf"] = 5
    broken(judged(blocks=blocks), 4)


def test_step_04_the_height_is_not_before_the_blocks():
    for old, new in (("height 29", "height 19"), ("height 29", "height 20"), (f" {SHOWN + 600}\n", f" {SHOWN - 1}\n")):
        text = World().content()["checkpoint"].partition("\n\n")[0].replace(old, new) + "\n"
        assert new in text
        broken(judged(checkpoint=f"{text}\n{AUDITOR.line(text)}{CUSTOMS.line(text)}"), 4, "height")


def test_step_04_without_a_trust_file_nothing_is_known():
    part(judged(trust=None), "integrity", "unknown", "no trust file")
    keys = validators(4)
    part(judged(World(validators=keys), None), "integrity", "unknown", "no trust file")


def test_step_04_seals_of_the_trust_files_validators_vouch():
    keys = validators(4)
    trust = trust_in(anchor=ValidatorSets(frozenset(keys)))
    verdict = judged(World(validators=keys), trust)
    assert verdict.valid
    assert len(verdict.facts["vouchedBy"]) == 4
    assert "laterLedgerBlocks" in verdict.facts["now"]
    later = trust_in(anchor=ValidatorSets(frozenset(keys), ((20, frozenset(validators(4, b"later"))),)))
    broken(judged(World(validators=keys), later), 4, "block 20 names other validators")
    part(judged(World(validators=keys)), "integrity", "unknown", "knows no validators")
    part(judged(World(), trust), "integrity", "unknown", "shows a checkpoint")


def test_step_05_the_pinned_code_stands_there():
    broken(judged(trust=trust_in(AUDITOR, CUSTOMS, codes=(bytes(32), bytes(32)))), 5, "code of Consignments")


def test_step_04_the_blocks_ascend_in_the_log():
    broken(judged(World(places=(5, 2))), 4, "do not ascend in the ledger log")


def test_step_05_a_contract_that_is_proven_not_to_be_there():
    broken(judged(World(absent=True)), 5, "Participants does not exist")


def test_step_05_a_contract_of_which_nothing_is_proven():
    network = replace(NETWORK, participants=bytes(20))
    content = World().content()
    content["network"]["participants"] = bytes(20)
    broken(verify_receipt(to_json(content), trust_in(AUDITOR, CUSTOMS, network=network), now=NOW), 5, "Participants")


def test_step_05_a_missing_node():
    for place in range(len(World().content()["nodes"])):
        content = World().content()
        del content["nodes"][place]
        verdict = verify_receipt(to_json(content), TRUST, now=NOW)
        part(verdict, "integrity", "invalid")


def test_step_05_the_checkpoint_folds_the_storage_that_is_shown():
    text = World().content()["checkpoint"].partition("\n\n")[0].rpartition("fold ")[0] + f"fold {'00' * 32}\n"
    note = f"{text}\n{AUDITOR.line(text)}{CUSTOMS.line(text)}"
    broken(judged(checkpoint=note), 5, "folds another storage")


@pytest.mark.parametrize("change", [{"kind": 0}, {"kind": 36}])
def test_step_06_a_malformed_decision(change):
    verdict = judged(World(decision=change))
    part(verdict, "issuer", "invalid", "step 6")


def test_step_06_a_signature_that_is_nobodys():
    world = World(compact=True)
    signature = world.signature
    high = (int.from_bytes(SECOND) - int.from_bytes(signature[32:64])).to_bytes(32, "big")
    for other in (bytes(65), signature[:64] + b"\0", signature[:32] + high + bytes([signature[64] ^ 7])):
        part(
            judged(world, decision={"body": world.record.body, "signature": other, "type": 5}),
            "issuer",
            "invalid",
            "step 6",
        )


def test_step_06_a_word_that_does_not_fit_its_field():
    content = World().content()
    content["decision"]["body"] = content["decision"]["body"][:128] + b"\1" + content["decision"]["body"][129:]
    part(verify_receipt(to_json(content), TRUST, now=NOW), "issuer", "invalid", "step 6")


@pytest.mark.parametrize(
    "change",
    [
        {"address": b"\1" * 20},
        {"status": b""},
        {"signature": b"\1" * 65},
        {"body": bytes(512)},
        {"topics": [b"\1" * 32]},
        {"topics": [b"\1" * 32] * 4},
        {"topics": b"topics"},
        {"log": b"log"},
        {"log": []},
        {"log": [[], [], b""]},
        {"log": [b"address", [[]], b"data"]},
    ],
)
def test_step_07_the_event_is_this_decisions(change):
    broken(judged(World(event_changes=change)), 7)


def test_step_07_topics_tell_the_same_as_the_record():
    world = World()
    record = world.record
    topics = [topic_of(record.form), world.digest, record.word("declaration"), record.word("administration")]
    for place in (1, 2, 3):
        wrong = [*topics[:place], b"\1".rjust(32, b"\0"), *topics[place + 1 :]]
        broken(judged(World(event_changes={"topics": wrong})), 7, "not this decision's event")


@pytest.mark.parametrize(
    "event", [{"log": 0, "transaction": 1}, {"log": 3, "transaction": 1}, {"log": 2, "transaction": 7}]
)
def test_step_07_another_log_is_not_the_event(event):
    broken(judged(event=event), 7)


def test_step_08_the_steps_end_in_the_settled_head():
    steps = [(bytes(32), b"\1" * 32), (b"\2" * 32, b"\3" * 32)]
    assert judged(World(steps=steps)).valid
    broken(judged(World(steps=steps), steps=[]), 8, "history")
    broken(judged(World(steps=steps), steps=[list(step) for step in steps[::-1]]), 8)
    broken(judged(steps=[list(steps[0])]), 8)


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (World(key={"organisation": OTHER}), "not registered"),
        (World(key={"organisation": 0, "purposes": 0, "not_before": 0, "not_after": 0}), "not registered"),
        (World(key={"purposes": Purpose.DECLARE}), "may not decide"),
        (World(key={"office": 13}), "office 12"),
        (World(key={"not_before": DECIDED + 1}), "not valid when"),
        (World(key={"not_after": DECIDED}), "not valid when"),
        (World(key={"not_after": DECIDED}, compact=True, decision={"effectiveAt": DECIDED + 400}), "not valid when"),
        (World(compact=True, decision={"effectiveAt": SHOWN + 400}), "cannot have been"),
        (World(state={"administration": OTHER}, organisations={OTHER: administration()}), "not competent"),
        (World(organisations={FRANCE: administration(kind=2)}), "not competent"),
    ],
)
def test_step_09_a_key_that_could_not_decide(world, reason):
    verdict = judged(world)
    part(verdict, "issuer", "invalid", reason)
    assert verdict.parts["integrity"].result is Result.VALID
    assert not any("could sign" in words for words in verdict.statements)


@pytest.mark.parametrize(
    "world", [World(key={"office": 12}), World(key={"not_before": DECIDED, "not_after": DECIDED + 1})]
)
def test_step_09_a_key_for_this_office_alone_or_this_second_alone(world):
    assert judged(world).valid


def test_step_09_a_key_reported_as_compromised_disputes_what_it_signed_from_then_on():
    part(judged(World(key={"compromised_since": DECIDED})), "issuer", "unknown", "disputed")
    assert judged(World(key={"compromised_since": DECIDED + 1})).valid
    compact = World(key={"compromised_since": DECIDED + 1}, compact=True)
    part(judged(compact), "issuer", "unknown", "disputed")


def test_step_09_a_successor_is_competent_and_who_was_succeeded_was():
    succeeded = administration(status=1, next_status=4, status_from=DECIDED + 5, successor=SUCCESSOR)
    organisations = {FRANCE: succeeded, SUCCESSOR: administration()}
    assert judged(World(organisations=organisations)).valid
    by_successor = World(
        organisations=organisations, decision={"administration": SUCCESSOR}, key={"organisation": SUCCESSOR}
    )
    assert judged(by_successor).valid
    assert judged(by_successor).facts["now"]["competent"] == SUCCESSOR
    not_yet = {FRANCE: succeeded._replace(status_from=SHOWN + 1), SUCCESSOR: administration()}
    part(judged(replace(by_successor, organisations=not_yet)), "issuer", "invalid", "not competent")


def test_step_09_a_line_of_successors_has_an_end():
    circle = administration(next_status=4, successor=FRANCE)
    verdict = judged(World(organisations={FRANCE: circle}))
    assert verdict.facts["now"]["competent"] == FRANCE


def test_step_10_a_superseded_decision_stands_no_longer():
    verdict = judged(World(superseded=True, steps=[(bytes(32), b"\1" * 32)]))
    part(verdict, "status", "stale", "superseded")
    assert verdict.exit_code == 3
    assert any("decided release" in words for words in verdict.statements)


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ({"status": Status.SEIZED}, "SEIZED"),
        ({"status": Status.RELEASED, "flags": Flag.DETENTION}, "HELD"),
        ({"status": Status.INVALIDATED}, "INVALIDATED"),
        ({"status": Status.CONDITIONALLY_RELEASED, "flags": Flag.CONTROL}, "HELD"),
    ],
)
def test_step_10_released_then_and_no_longer(state, answer):
    verdict = judged(World(state=state, steps=[(bytes(32), b"\1" * 32)]))
    part(verdict, "status", "stale", answer)
    assert verdict.facts["now"]["deliver"] == "NO"
    assert any("decided release" in words for words in verdict.statements)
    assert any("may not be handed over" in words for words in verdict.statements)


def test_step_10_an_agencys_hold_stops_a_release_unless_overridden():
    held = World(state={"flags": Flag.AGENCY}, holds=(b"\7" * 32, 1))
    part(judged(held), "status", "stale", "HELD")
    assert "Held by: agency." in judged(held).statements
    assert judged(replace(held, state={"flags": Flag.AGENCY | Flag.OVERRIDDEN})).valid
    part(judged(replace(held, holds=(b"\7" * 32, 0))), "status", "invalid", "disagree")
    part(judged(World(holds=(b"\7" * 32, 1))), "status", "invalid", "disagree")


@pytest.mark.parametrize(
    "state", [{"status": 0}, {"status": 19}, {"leg": 0}, {"regime": 10}, {"status": 0, "administration": 0}]
)
def test_step_10_a_word_that_no_contract_writes(state):
    verdict = judged(World(state=state, organisations={}))
    assert verdict.exit_code == 1


def test_step_10_a_request_that_waits_is_told():
    verdict = judged(World(state={"flags": Pending.INVALIDATION << 10}, request=b"\5" * 32))
    assert verdict.valid
    assert "The declarant has asked for invalidation; customs has not answered." in verdict.statements


def test_step_10_authority_withdrawn():
    expelled = {FRANCE: administration(next_status=3)}
    withdrawn = World(organisations=expelled, state={"status": Status.CONDITIONALLY_RELEASED})
    part(judged(withdrawn), "status", "unknown", "withdrawn")
    assert judged(World(organisations=expelled)).valid


def test_step_10_part_of_the_goods():
    partly = World(
        state={"status": Status.PARTLY_RELEASED}, decision={"scope": b"\1" * 32}, steps=[(bytes(32), b"\1" * 32)]
    )
    verdict = judged(partly)
    assert verdict.valid
    assert verdict.facts["now"]["deliver"] == "THOSE_ONLY"
    assert any("for part of the goods" in words for words in verdict.statements)
    assert judged(replace(partly, decision={}, steps=[])).valid
    part(judged(replace(partly, decision={})), "status", "unknown", "which part")


def test_step_10_a_decision_that_releases_nothing_stands_while_the_status_is_its_own():
    refused = World(
        decision={"kind": DecisionKind.REFUSE, "reason": Reason.COMPLIANCE}, state={"status": Status.REFUSED}
    )
    assert judged(refused).valid
    later = replace(refused, steps=[(bytes(32), b"\1" * 32)])
    assert judged(later).valid
    part(judged(replace(later, state={"status": Status.RELEASED})), "status", "stale", "RELEASED")
    part(judged(World(decision={"kind": DecisionKind.QUERY}, steps=[(bytes(32), b"\1" * 32)])), "status", "stale")


def test_step_10_a_hold_by_customs_stands_while_its_flag_does():
    detained = World(
        decision={"kind": DecisionKind.DETAIN}, state={"flags": Flag.DETENTION}, steps=[(bytes(32), b"\1" * 32)]
    )
    verdict = judged(detained)
    assert verdict.valid
    assert "Held by: detention." in verdict.statements
    part(judged(replace(detained, state={})), "status", "stale", "RELEASED")


def test_step_10_conditions_and_limits_are_told():
    limited = World(
        decision={"kind": DecisionKind.CONDITIONALLY_RELEASE, "limitAt": NOW + 1},
        state={"status": Status.CONDITIONALLY_RELEASED},
    )
    verdict = judged(limited)
    assert verdict.valid
    assert verdict.facts["now"]["deliver"] == "AS_STATED"
    assert any(words.startswith("Limited until") for words in verdict.statements)


@pytest.mark.parametrize(
    ("state", "deliver"),
    [
        ({"regime": Regime.WAREHOUSING}, "NO"),
        ({"leg": 1}, "NO"),
        ({"flags": Flag.RECEIVED_OUTSIDE}, "UNKNOWN"),
        ({"regime": Regime.RE_IMPORT, "status": Status.CLEARED}, "YES"),
        ({"status": Status.EXITED, "leg": 1}, "NO"),
    ],
)
def test_step_10_released_for_what(state, deliver):
    verdict = judged(World(state=state))
    assert verdict.valid
    assert verdict.facts["now"]["deliver"] == deliver


def test_step_10_a_slot_holds_no_more_than_a_word():
    broken(judged(World(holds=(bytes(32), 1 << 256))), 10, "more than a slot can hold")


def test_times_beyond_the_calendar_are_told_as_seconds():
    verdict = judged(World(decision={"limitAt": 2**40 - 1}))
    assert "Limited until second 1099511627775." in verdict.statements


def test_step_11_the_age_of_what_is_known_counts_from_the_checkpoints_height_or_from_the_block():
    assert judged(max_age=3_000).valid
    part(judged(max_age=2_999), "freshness", "stale", "3000 seconds old")
    later = World(later_leaves=3)
    assert judged(later, max_age=3_600).valid
    part(judged(later, max_age=3_599), "freshness", "stale", "3600 seconds old")
    assert "3 later block(s)" in " ".join(judged(later).statements)


def test_step_11_blocks_ahead_of_the_clock():
    part(judged(now=SHOWN), "freshness", "unknown", "clock")
    assert judged(now=SHOWN + 300).valid


def test_step_12_a_node_that_proves_nothing():
    nodes = sorted([*World().content()["nodes"], b"\xc0"])
    broken(judged(nodes=nodes), 12, "1 of its trie nodes")


def test_another_key_over_the_same_decision_is_another_issuer():
    world = World(signer=PrivateKey(b"\7" * 32), key={"organisation": OTHER})
    part(judged(world), "issuer", "invalid", "not registered")


def test_an_unknown_administration_has_no_authority():
    verdict = judged(World(organisations={FRANCE: Organisation()}))
    part(verdict, "issuer", "invalid", "not competent")
