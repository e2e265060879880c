"""A release that relies on another administration's control, on a real node: receipts before and after it breaks."""

import subprocess
import sys
import time

import pytest

from ledger.desk import RulingOptions
from ledger.documents.receipt_forms import to_cbor
from ledger.domain.codes import ControlMethod, ControlOutcome, DecisionKind, Reliance, Risk, SealState
from passavant_verifier.receipts import verify_receipt
from passavant_verifier.trust import read_trust
from tests.client.networks import FR
from tests.client.test_histories import Partners
from tests.verifier.node.test_receipts_of_a_node import AUDITOR, CUSTOMS, trust_of

NOTHING_DONE = ControlOutcome.NOT_CARRIED_OUT


class Border(Partners):
    """GB controls what it exports, FR recognises the control and releases the import by it."""

    def __init__(self, team):
        super().__init__(team)
        self.agree()
        self.controlled = self.control(self.gb, self.exported)
        self.recognition = self.recognise(self.controlled)
        self.trust = read_trust(trust_of(self.client.network), "trust.json")

    def release(self, *relied, kind=DecisionKind.RELEASE):
        return self.team.recorded(self.fr.decide(self.imported, kind, RulingOptions(relies=relied)))

    def revoke(self):
        return self.control(self.gb, self.exported, outcome=NOTHING_DONE, supersedes=self.controlled)

    def receipt(self, *, compact=False):
        for witness in (AUDITOR, CUSTOMS):
            self.client.sign_checkpoint(witness)
        receipt = self.client.receipt(self.imported, compact=compact).receipt
        return to_cbor(receipt) if compact else receipt.to_json()

    def judge(self, raw):
        return verify_receipt(raw, self.trust, now=int(time.time()), max_age=3_600)

    def reliance(self):
        """What the store's answer says of the same declaration."""
        shown = self.client.declaration(self.imported, FR)
        assert shown is not None
        return shown.reliance


@pytest.fixture
def border(team):
    return Border(team)


def now_of(verdict):
    return verdict.facts["now"]["answer"], verdict.facts["now"]["reliance"], verdict.facts["now"]["sealBroken"]


@pytest.mark.parametrize("compact", [False, True], ids=["JSON", "CBOR"])
def test_a_relying_release_is_valid_until_the_control_is_revoked(border, compact):
    released = border.release(border.recognition)
    before = border.receipt(compact=compact)
    first = border.judge(before)
    assert first.valid, first.parts
    assert first.facts["then"]["decision"] == f"0x{released.digest.hex()}"
    assert now_of(first) == ("RELEASED", "STANDS", False)
    border.revoke()
    after = border.judge(border.receipt(compact=compact))
    assert (after.parts["integrity"].result.value, after.parts["issuer"].result.value) == ("valid", "valid")
    assert after.parts["status"].reason == (
        "released, reliance withdrawn: the control that it relies on was superseded"
    )
    assert (after.exit_code, now_of(after)) == (3, ("RELEASED", "WITHDRAWN", False))
    assert border.reliance() is Reliance.WITHDRAWN
    still = border.judge(before)
    assert still.valid, still.parts
    assert now_of(still) == ("RELEASED", "STANDS", False)
    assert still.facts["now"]["block"]["number"] < after.facts["now"]["block"]["number"]


def test_a_broken_seal_shows_in_the_receipt_until_it_is_decided_anew(border):
    border.release(border.recognition)
    border.control(border.fr, border.imported, seal_state=SealState.BROKEN, seals=("CN-4711",))
    verdict = border.judge(border.receipt())
    assert verdict.parts["status"].reason.endswith("its own administration found a seal broken")
    assert now_of(verdict) == ("RELEASED", "WITHDRAWN", True)
    assert border.reliance() is Reliance.WITHDRAWN
    border.release(border.recognition, kind=DecisionKind.CLEAR)
    verdict = border.judge(border.receipt())
    assert verdict.valid, verdict.parts
    assert now_of(verdict) == ("RELEASED", "STANDS", False)
    assert border.reliance() is Reliance.STANDS


def test_all_that_it_relies_on_is_proven(border):
    further = border.control(border.gb, border.exported, method=ControlMethod.DOCUMENTARY, risk=Risk.SECURITY)
    other = border.recognise(further)
    border.release(border.recognition, other)
    verdict = border.judge(border.receipt())
    assert verdict.valid, verdict.parts
    assert now_of(verdict) == ("RELEASED", "STANDS", False)


@pytest.mark.e2e
def test_the_verifiers_command_says_so_to_people(border, tmp_path):
    border.release(border.recognition)
    (tmp_path / "trust.json").write_bytes(trust_of(border.client.network))
    (tmp_path / "before.json").write_bytes(border.receipt())
    border.revoke()
    (tmp_path / "after.json").write_bytes(border.receipt())
    said = {name: _verified(tmp_path, name) for name in ("before", "after")}
    assert said["before"].returncode == 0, said["before"]
    assert "what was recognised of them stands" in said["before"].stdout
    assert said["after"].returncode == 3
    assert "released, reliance withdrawn" in said["after"].stdout


def _verified(folder, name):
    command = [sys.executable, "-m", "passavant_verifier.verify", f"{name}.json", "--trust", "trust.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
