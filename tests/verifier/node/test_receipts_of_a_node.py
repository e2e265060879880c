"""Receipts that the ledger makes of real contracts on a real node, under the verifier."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.chain.notes import NoteKey
from ledger.cli.checkpoints import trust_file
from ledger.desk import RulingOptions
from ledger.documents.receipt_forms import to_cbor
from ledger.domain.codes import DecisionKind, HoldAction, Reason
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.trust import read_trust
from tests.client.letters import PLATFORM_EORI, Case, message

ROOT = Path(__file__).parents[3]
AUDITOR, CUSTOMS, GATEWAY = (NoteKey.generate(f"{name}.example") for name in ("auditor", "customs", "gateway"))
README = (ROOT / "verifier/README.md").read_text(encoding="utf-8")


def trust_of(network):
    keys = [AUDITOR.verifier, CUSTOMS.verifier]
    return json.dumps(trust_file(network, 2, keys, [GATEWAY.verifier]), indent=2).encode()


@pytest.fixture
def customs(team):
    return team.desk("customs-fr")


@pytest.fixture
def lodged(team):
    case = Case(declarant=PLATFORM_EORI)
    return team.recorded(team.desk("platform").declare(message(case.declaration()))).declaration


@pytest.fixture
def trust(team):
    return read_trust(trust_of(team.client.network), "trust.json")


@pytest.fixture
def judge(team, trust):
    def judge(declaration, *, compact=False, witnesses=(AUDITOR, CUSTOMS), max_age=3_600):
        for witness in witnesses:
            team.client.sign_checkpoint(witness)
        receipt = team.client.receipt(declaration, compact=compact).receipt
        raw = to_cbor(receipt) if compact else receipt.to_json()
        return verify_receipt(raw, trust, now=int(time.time()), max_age=max_age)

    return judge


def test_a_release_is_valid_in_either_form(team, customs, lodged, judge):
    team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    for verdict in (judge(lodged), judge(lodged, compact=True)):
        assert verdict.valid, verdict.parts
        then, now = verdict.facts["then"], verdict.facts["now"]
        assert (then["decision"], then["kind"]) == (f"0x{released.digest.hex()}", "RELEASE")
        assert (now["answer"], now["deliver"], now["laterLedgerBlocks"]) == ("RELEASED", "YES", 0)
        assert verdict.facts["vouchedBy"] == ["auditor.example", "customs.example"]
    state = team.client.state(lodged)
    assert verdict.facts["now"]["publicHead"] == f"0x{state.public_head.hex()}"


def test_one_operators_own_checkpoint_leaves_everything_unknown(team, customs, lodged, judge):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    verdict = judge(lodged, witnesses=(GATEWAY,))
    assert verdict.exit_code == 3
    assert verdict.parts["integrity"].reason.endswith("0 of 2 witnesses needed beside the ledger's own operator")


def test_what_came_after_a_release_is_in_its_history(team, customs, lodged, judge):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.recorded(customs.decide(lodged, DecisionKind.ASSESS_FINALLY))
    verdict = judge(lodged)
    assert verdict.valid, verdict.parts
    assert (verdict.facts["then"]["kind"], verdict.facts["now"]["debt"]) == ("RELEASE", "FINAL")
    assert verdict.facts["then"]["block"]["number"] < verdict.facts["now"]["block"]["number"]


def test_an_old_receipt_says_what_was_so_then_and_a_new_one_what_is_so_now(team, customs, lodged, judge, trust):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    assert judge(lodged).valid
    old = team.client.receipt(lodged).receipt
    team.recorded(customs.decide(lodged, DecisionKind.DETAIN))
    held = judge(lodged)
    assert (held.facts["then"]["kind"], held.facts["now"]["answer"]) == ("DETAIN", "HELD")
    assert held.valid, held.parts
    still = verify_receipt(old.to_json(), trust, now=int(time.time()))
    assert still.valid
    assert still.facts["now"]["answer"] == "RELEASED"


def test_an_agencys_hold_and_an_override_of_it(team, customs, lodged, judge):
    accepted = team.recorded(customs.decide(lodged, DecisionKind.ACCEPT))
    team.recorded(team.desk("safety-fr").hold(lodged, HoldAction.SET))
    verdict = judge(lodged)
    assert verdict.facts["then"]["decision"] == f"0x{accepted.digest.hex()}"
    assert (verdict.facts["now"]["answer"], verdict.facts["now"]["openHolds"]) == ("HELD", 1)
    overriding = RulingOptions(reason=Reason.OVERRIDE, evidence={"note": "agreed by telephone"})
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE, overriding))
    verdict = judge(lodged)
    assert verdict.valid, verdict.parts
    assert (verdict.facts["now"]["answer"], verdict.facts["now"]["openHolds"]) == ("RELEASED", 1)


def test_a_superseding_refusal(team, customs, lodged, judge):
    released = team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.recorded(customs.decide(lodged, DecisionKind.REFUSE, RulingOptions(supersedes=released.digest)))
    verdict = judge(lodged)
    assert verdict.valid, verdict.parts
    assert (verdict.facts["then"]["kind"], verdict.facts["now"]["answer"]) == ("REFUSE", "REFUSED")


def test_a_request_that_waits_is_shown(team, customs, lodged, judge):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.recorded(team.desk("platform").invalidate(lodged))
    verdict = judge(lodged)
    assert verdict.valid, verdict.parts
    assert verdict.facts["now"]["pending"] == "INVALIDATION"


def test_a_group_of_records_in_one_transaction(team, customs, judge):
    platform = team.desk("platform")
    written = [platform.declare(message(Case(declarant=PLATFORM_EORI).declaration())) for _ in range(3)]
    team.recorded(*written)
    team.recorded(*(customs.decide(one.declaration, DecisionKind.RELEASE) for one in written))
    for one in written:
        verdict = judge(one.declaration)
        assert verdict.valid, verdict.parts


def test_another_networks_trust_file_is_told(team, customs, lodged, judge, trust):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    assert judge(lodged).valid
    raw = team.client.receipt(lodged).receipt.to_json()
    elsewhere = replace(trust, network=replace(trust.network, network_id=bytes(32)))
    assert verify_receipt(raw, elsewhere, now=int(time.time())).parts["integrity"].reason.startswith("step 2")
    other_code = replace(trust, codes=(bytes(32),) * 3)
    assert verify_receipt(raw, other_code, now=int(time.time())).parts["integrity"].reason.startswith("step 5")


@pytest.mark.slow
def test_no_byte_of_a_nodes_receipt_can_be_changed(team, customs, lodged, judge, trust):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.recorded(customs.decide(lodged, DecisionKind.ASSESS))
    assert judge(lodged).valid
    now = int(time.time())
    full = team.client.receipt(lodged).receipt.to_json()
    compact = to_cbor(team.client.receipt(lodged, compact=True).receipt)
    for raw, stride in ((full, 11), (compact, 3)):
        assert verify_receipt(raw, trust, now=now).valid
        for at in range(0, len(raw), stride):
            other = raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]
            assert verify_receipt(other, trust, now=now).exit_code != 0, at


@pytest.mark.slow
@pytest.mark.e2e
def test_a_newcomer_with_an_empty_machine_gets_the_verdict(team, customs, lodged, judge, tmp_path):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    assert judge(lodged).valid
    machine = tmp_path / "machine"
    shutil.copytree(ROOT / "verifier", machine / "verifier", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    (machine / "requirements").mkdir()
    shutil.copy(ROOT / "requirements/verifier.txt", machine / "requirements/verifier.txt")
    (machine / "receipt.json").write_bytes(team.client.receipt(lodged).receipt.to_json())
    (machine / "trust.json").write_bytes(trust_of(team.client.network))
    subprocess.run([sys.executable, "-m", "venv", machine / "venv"], check=True)
    path = f"{machine}/venv/bin:/usr/bin:/bin"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL", "COV"))
    }
    start = README.index("```\n") + 4
    typed = README[start : README.index("```", start)]
    assert "passavant-verify receipt.json --trust trust.json" in typed
    steps = "\n".join(line for line in typed.splitlines() if "passavant-audit" not in line)
    done = subprocess.run(
        ["bash", "-ec", f"{steps}\npython -c 'import ledger' 2>&1 | tail -1"],
        cwd=machine,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "receipt: valid" in done.stdout
    assert "The goods may be handed over for home use." in done.stdout
    assert "No module named 'ledger'" in done.stdout
