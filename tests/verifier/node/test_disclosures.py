"""Disclosures of a real ledger, and what becomes of them when somebody changes them.

Invariant: whatever is changed in a file, the verdict is invalid, or what it says has not changed.
"""

import copy
import json
import time
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

import passavant_verifier
from ledger.chain.notes import NoteKey
from ledger.cli.checkpoints import trust_file
from ledger.desk import Choice, RulingOptions, disclose
from ledger.domain.codes import DecisionKind
from passavant_verifier.disclosure_form import read_disclosure
from passavant_verifier.disclosures import verify_disclosure
from passavant_verifier.errors import UnreadableError
from passavant_verifier.trust import read_trust
from passavant_verifier.verify import verify_file, written
from tests.client.letters import PLATFORM_EORI, Case, message

CODES = Choice(patterns=["145", "Declaration/FunctionalReferenceID"])
WITNESS = NoteKey("witness.example", bytes(32))
SCHEMAS = Path(passavant_verifier.__file__).parent / "schemas"


@pytest.fixture
def trust(team):
    made = trust_file(team.client.network, 1, [WITNESS.verifier], [])
    return read_trust(json.dumps(made).encode(), "trust")


@pytest.fixture
def decided(team, customs, lodged):
    team.recorded(customs.decide(lodged, DecisionKind.RELEASE))
    team.client.sign_checkpoint(WITNESS)
    return lodged


def results(verdict):
    return [part.result.value for part in verdict.parts.values()]


def verdict_on(content, trust, **asked):
    return verify_disclosure(json.dumps(content).encode(), trust, now=int(time.time()), **asked)


def test_a_file_alone_says_who_signed_these_fields(platform, lodged, case):
    made = disclose(platform, lodged, CODES)
    assert made["receipt"] is None  # nothing was decided yet
    verdict = verdict_on(made, None)
    assert results(verdict) == ["valid", "unknown", "unknown", "unknown"]
    assert verdict.exit_code == 3
    assert set(verdict.facts["fields"].values()) == {"61091000", "10", "85183000", "90", case.lrn}
    assert verdict.facts["signer"] == f"0x{platform.identity.signer.address.hex()}"
    assert "can't be known" in written(verdict)


def test_with_a_receipt_the_record_stands_in_the_ledger(platform, decided, trust):
    made = disclose(platform, decided, CODES)
    verdict = verdict_on(made, trust)
    assert results(verdict) == ["valid"] * 4, written(verdict)
    assert "the ledger took it" in written(verdict)
    assert results(verdict_on(made, None)) == ["unknown"] * 4
    assert results(verdict_on(made, trust, max_age=0))[:3] == ["valid"] * 3
    assert verify_file(json.dumps(made).encode(), trust, now=int(time.time())) == verdict
    bare = disclose(platform, decided, replace(CODES, anchored=False))
    assert (bare["receipt"], bare["timeline"]) == (None, None)
    assert results(verdict_on(bare, trust)) == ["valid", "unknown", "unknown", "unknown"]


def test_a_version_that_was_asked_for(team, platform, customs, decided, case, trust):
    team.recorded(platform.amend(decided, message(case.request("import-cor"))))
    team.recorded(customs.decide(decided, DecisionKind.GRANT))
    team.recorded(customs.decide(decided, DecisionKind.ASSESS_FINALLY))
    team.client.sign_checkpoint(WITNESS)
    made = disclose(platform, decided, CODES)
    assert len(made["timeline"]) == 1
    assert results(verdict_on(made, trust)) == ["valid"] * 4
    first = verdict_on(disclose(platform, decided, replace(CODES, version=1)), trust)
    assert first.parts["status"].reason == "version 2 has replaced it"
    assert first.exit_code == 3
    for bent, what in (
        ({"adoption": None}, "step 4: the version was asked for"),
        ({"adoption": made["record"]}, "step 4: the adopting record grants nothing"),
        ({"timeline": []}, "step 6: the record does not stand in the history"),
        ({"timeline": None}, "step 6: the record does not stand in the history"),
        ({"version": 1}, "step 3: the record is about another declaration or version"),
    ):
        assert verdict_on(made | bent, trust).parts["integrity"].reason.startswith(what)
    later = verdict_on(made | {"version": 3}, trust)
    assert later.parts["status"].reason.startswith("the version came after")


def test_a_version_of_customs_own(team, platform, customs, decided, case, trust):
    fields = dict(message(case.declaration()).fields) | {"Declaration/InvoiceAmount[1]": "190.00"}
    written_by_customs = RulingOptions(version=fields)
    team.recorded(customs.decide(decided, DecisionKind.AMEND, written_by_customs))
    team.client.sign_checkpoint(WITNESS)
    made = disclose(customs, decided, Choice(patterns=["Declaration/InvoiceAmount[1]"]))
    verdict = verdict_on(made, trust)
    assert (results(verdict), verdict.facts["author"]) == (["valid"] * 4, 250)
    other = disclose(customs, decided, replace(CODES, version=1))
    assert (
        "commits to no version"
        in verdict_on(made | {"record": made["record"] | {"type": 7, "body": "0x" + "00" * 224}}, trust)
        .parts["integrity"]
        .reason
    )
    released = {"type": 5, **other["receipt"]["decision"], "block": made["record"]["block"]}
    assert verdict_on(made | {"record": released}, trust).parts["integrity"].reason.startswith("step 3")


def test_another_network_s_trust(platform, decided, trust):
    other = replace(trust, network=replace(trust.network, chain_id=1))
    bare = disclose(platform, decided, replace(CODES, anchored=False))
    assert "another network than the trust file's" in verdict_on(bare, other).parts["integrity"].reason
    assert "step 2" in verdict_on(disclose(platform, decided, CODES), other).parts["integrity"].reason


def test_another_declaration_s_receipt(team, platform, customs, decided, trust):
    another = team.recorded(platform.declare(message(Case(declarant=PLATFORM_EORI).declaration()))).declaration
    team.recorded(customs.decide(another, DecisionKind.RELEASE))
    team.client.sign_checkpoint(WITNESS)
    made, other = (disclose(platform, one, CODES) for one in (decided, another))
    bent = made | {"receipt": other["receipt"]}
    assert "another declaration" in verdict_on(bent, trust).parts["integrity"].reason
    needless = made | {"timeline": []}
    assert "needs no timeline" in verdict_on(needless, trust).parts["integrity"].reason


def test_the_shipped_schema_describes_it(platform, decided, team, customs, case):
    validator = jsonschema_rs.validator_for(json.loads((SCHEMAS / "disclosure-1.json").read_text()))
    validator.validate(disclose(platform, decided, CODES))
    team.recorded(platform.amend(decided, message(case.request("import-cor"))))
    team.recorded(customs.decide(decided, DecisionKind.GRANT))
    validator.validate(disclose(platform, decided, CODES))
    validator.validate(disclose(platform, decided, Choice(patterns=[], to=250)))


def paths_of(content, here=()):
    """Every place in a JSON value."""
    yield here
    if isinstance(content, dict):
        for name, one in content.items():
            yield from paths_of(one, (*here, name))
    elif isinstance(content, list):
        for at, one in enumerate(content):
            yield from paths_of(one, (*here, at))


def put(content, path, value):
    bent = copy.deepcopy(content)
    spot = bent
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    return bent


def test_a_value_of_another_kind_is_refused_wherever_it_stands(platform, lodged):
    made = disclose(platform, lodged, Choice(patterns=["145"], to=250))
    made |= {"profile": {"name": "a", "version": 1}}
    strange: object
    for path in paths_of(made):
        for strange in (True, -1, 1.5, {"strange": 1}, [[]], "0xZZ" if path[-1:] != ("value",) else 1):
            if path and path[-1] not in {"name", "wcoId", "path", "receipt"}:
                verdict = verdict_on(put(made, path, strange), None)
                assert verdict.exit_code == 1, path


@pytest.mark.parametrize("step", [0, 50, 100])
def test_every_changed_byte_is_seen_or_says_the_same(platform, decided, trust, step):
    """What may differ are labels that nobody has to believe: for whom, which profile, WCO ids, the block."""
    raw = json.dumps(disclose(platform, decided, CODES)).encode()
    now = int(time.time())
    said = verify_disclosure(raw, trust, now=now)
    assert said.valid
    for at in range(step, len(raw), 151):
        bent = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])
        verdict = verify_disclosure(bent, trust, now=now)
        assert not verdict.valid or verdict == said, raw[at - 20 : at + 20]


def test_another_s_signature_is_no_part_of_it(platform, customs, decided, trust):
    made = disclose(platform, decided, CODES)
    digest = bytes.fromhex(made["declaration"][2:])
    forged = made | {"record": made["record"] | {"signature": f"0x{customs.identity.signer.sign_digest(digest).hex()}"}}
    assert (
        verdict_on(forged, trust)
        .parts["integrity"]
        .reason.startswith("step 7: the proof of the signer's key is broken")
    )
    nodes = customs.client.key_proof(customs.identity.signer.address, receipt_block(made))
    forged["signerProof"] = [f"0x{node.hex()}" for node in sorted(nodes)]
    assert "not registered for organisation 100001" in verdict_on(forged, trust).parts["integrity"].reason
    unproven = verdict_on(made | {"signerProof": None}, trust)
    assert unproven.parts["issuer"].reason == "the file does not prove whose key signed the record"
    assert results(unproven) == ["valid", "unknown", "valid", "valid"]


def receipt_block(made):
    return made["receipt"]["blocks"][-1]["header"]["number"]


def test_the_proof_of_the_key_holds_nothing_else(platform, decided, trust):
    made = disclose(platform, decided, CODES)
    more = sorted([*made["signerProof"], *made["receipt"]["nodes"][:3]])
    for proof, what in (
        (sorted(set(more)), "holds what it does not need"),
        (made["signerProof"][::-1], "ascending order"),
        ([], "is broken"),
    ):
        assert what in verdict_on(made | {"signerProof": proof}, trust).parts["integrity"].reason


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"a": 1, "a": 2}',
        b"[" * 100 + b"]" * 100,
        b'{"format": "application/json"}',
        b"1e5",
    ],
)
def test_what_is_no_disclosure(raw):
    verdict = verify_disclosure(raw, None, now=0)
    assert verdict.parts["integrity"].reason.startswith("step 1")
    with pytest.raises(UnreadableError):
        read_disclosure(raw)
