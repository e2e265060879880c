"""Step 24: recognitions keep to the annexes of their arrangements, as far as these and the goods are known."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import proposals as ledgers
from ledger.domain.aeo import programme_hash
from ledger.domain.codes import AeoStanding, Leg, Purpose, Reason, Regime, Stage, Verdict
from ledger.domain.commitment import Commitment, commit, schema_id
from ledger.domain.proposals import Annex as Limits
from ledger.domain.records import AeoStatus, Arrangement, Declaration, Recognition
from ledger.domain.wire import ZERO, Address, ConsignmentId, DeclarationId, Digest, encode
from passavant_verifier.audit.annexes import Annex, File, annex_hash, read_annexes, read_disclosures
from passavant_verifier.audit.auditing import Plan, Result
from passavant_verifier.audit.command import main
from passavant_verifier.audit.page import page_of
from passavant_verifier.audit.report import Timing, report_of, sign_report
from passavant_verifier.audit.rpc import Node
from passavant_verifier.audit.steps import Step
from passavant_verifier.audit.telling import summary
from passavant_verifier.commitments import Field
from passavant_verifier.disclosure_form import Disclosed, SignedRecord
from passavant_verifier.errors import UnreadableError
from passavant_verifier.trust import NetworkId
from tests.model import test_histories
from tests.model.chain import NETWORK_ID, Chain
from tests.model.story import SOON
from tests.model.world import founders, signer
from tests.verifier.audit.auditing import audited, network_at
from tests.verifier.audit.test_reliance import Story
from tests.verifier.test_disclosures import disclosure

LIMITED = {"hsChapters": ["61", "62"], "modes": [4], "aeoProgrammes": ["AEOS"], "disclosureProfile": "statistics"}
ABSENT = {"modes": [1]}
PROGRAMMES = {"aeoProgrammes": ["AEOS"]}
OPERATOR = 70_001
SCHEMA = "wco-dm/3.6/declaration"
SHIPMENT = "Declaration/GoodsShipment[1]"
MODE = f"{SHIPMENT}/Consignment[1]/BorderTransportMeans[1]/ModeCode[1]"
NOWHERE = NetworkId(1, bytes(32), bytes(32), bytes(20), bytes(20))


def code(item: int) -> str:
    return f"{SHIPMENT}/GovernmentAgencyGoodsItem[{item}]/Commodity[1]/Classification[1]/ID[1]"


@dataclass(frozen=True)
class Goods:
    """A version's fields, and the commitment to them."""

    fields: dict[str, str]
    made: Commitment

    @classmethod
    def of(cls, *chapters: str) -> "Goods":
        fields = {code(number): f"{chapter}0910" for number, chapter in enumerate(chapters, start=1)} | {MODE: "4"}
        return cls(fields, commit(schema_id(SCHEMA), fields, bytes(32)))


@dataclass
class Trade(Story):
    """A story in which operators declare goods."""

    def lodge(self, operator: int, administration: int, goods: Goods, consignment: bytes = ZERO) -> Digest:
        key = signer("join")
        record = Declaration(
            consignment=ConsignmentId(consignment),
            join_key=Address(bytes(20) if any(consignment) else key.address),
            declarant=operator,
            administration=administration,
            leg=Leg.IMPORT if any(consignment) else Leg.EXPORT,
            regime=Regime.HOME_USE,
            stage=Stage.ARRIVED,
            commitment=goods.made.root,
            schema=goods.made.schema,
            **self.times(),
        )
        return self.record(record, operator, Purpose.DECLARE, proof=key.sign if any(consignment) else None)

    def agree(self, annex: bytes, first: int = 1, second: int = 2) -> Digest:
        line = self.world.ledger.recognitions.lines.get((first, second))
        record = Arrangement(
            first=first,
            second=second,
            predecessor=line.latest if line else Digest(ZERO),
            procedures=0x1FF,
            methods=15,
            risks=15,
            annex=annex,
            valid_from=self.world.now + 5,
            valid_until=self.world.now + 10 * SOON,
            deadline=self.world.now + SOON,
        )
        return self.record(record, first, Purpose.MANAGE, self.world.key_of(second, Purpose.MANAGE).sign)

    def grant(self, programme: str, operator: int = OPERATOR) -> Digest:
        record = AeoStatus(
            administration=1,
            operator=operator,
            status=AeoStanding.GRANTED,
            programme=programme_hash(programme),
            valid_from=self.world.now,
            valid_until=self.world.now + 10 * SOON,
            deadline=self.world.now + SOON,
        )
        return self.record(record, 1)

    def relies_on(self, declaration: Digest, control: Digest, arrangement: Digest, **values: Any) -> Digest:
        first = control not in self.world.ledger.recognitions.controls
        filled: dict[str, Any] = {"verdict": Verdict.FULL, "risk": 3, "administration": 2, "version": 1, "office": 7}
        number = (1 + len(self.world.ledger.recognitions.nodes)).to_bytes(32, "big")
        record = Recognition(
            declaration=DeclarationId(declaration),
            parent=control,
            arrangement=arrangement,
            evidence=number,
            **filled | values,
            **self.times(),
        )
        proof = encode(self.world.controls[control]) + self.way_to(control) if first else None
        return self.record(record, 2, proof=proof)


@dataclass
class Told:
    """A chain on which goods were recognised under several annexes."""

    url: str
    network: Any
    exported: Digest
    imported: Digest
    outside: Digest

    def audit(self, annexes: Any = None, disclosures: Any = ()) -> tuple[Result, Any]:
        return audited(self.network, self.url, annexes=annexes, disclosures=disclosures)

    def opened(self, declaration: Digest, goods: Goods, *paths: str) -> File:
        proof = goods.made.multiproof(paths)
        fields = tuple(
            Field(at, path, goods.fields[path], goods.made.salt(path))
            for at, path in zip(proof.indices, sorted(paths, key=str.encode), strict=True)
        )
        record = SignedRecord(1, b"", b"")
        proven = (proof.size, tuple(proof.siblings))
        return File(
            f"{paths}", Disclosed(NOWHERE, declaration, 1, record, None, SCHEMA, fields, proven, None, None, None)
        )


EXPORTED, IMPORTED = Goods.of("61"), Goods.of("61", "85")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    with Chain(tmp_path_factory.mktemp("annexes"), founders(), development=True) as chain:
        story = Trade(chain, test_histories.Stage(chain).world)
        agreed = story.agree(annex_hash(LIMITED))
        story.agree(annex_hash(ABSENT), 1, 3)
        good, bad = story.grant("AEOS"), story.grant("AEOC")
        exported = story.lodge(OPERATOR, 1, EXPORTED)
        imported = story.lodge(80_001, 2, IMPORTED, exported)
        control = story.control(exported, 1)
        story.relies_on(imported, control, agreed)
        story.relies_on(imported, control, agreed, aeo=good)
        outside = story.relies_on(imported, control, agreed, aeo=bad)
        declined = {"verdict": Verdict.DECLINED, "reason": Reason.RISK, "risk": 1}
        story.relies_on(imported, control, Digest(ZERO), **declined)
        url = f"http://127.0.0.1:{chain.anvil.port}"
        node = Node(url)
        network = network_at(node, NETWORK_ID, chain.consignments, chain.participants)
        yield Told(url, network, exported, imported, outside)
        node.close()


def counted(findings: Any) -> dict[str, int]:
    return {name: count for name, count in findings.counts.items() if "'s annex: " in name}


def known(*contents: dict[str, Any]) -> dict[bytes, Annex]:
    return {
        annex_hash(one): Annex(
            frozenset(one.get("hsChapters", ())),
            frozenset(map(str, one.get("modes", ()))),
            frozenset(map(programme_hash, one.get("aeoProgrammes", ()))),
        )
        for one in contents
    }


def test_step_24_a_programme_outside_the_annex_is_found_and_the_goods_are_not_judged(told):
    _, findings = told.audit(known(LIMITED))
    assert counted(findings) == {
        "arrangement's annex: known": 1,
        "arrangement's annex: missing": 1,
        "recognition's annex: not judged": 2,
        "recognition's annex: outside": 1,
    }
    [one] = findings.divergences
    assert (one.step, one.place.digest, findings.exit_code) == (Step.ANNEX, told.outside, 1)
    assert one.found == f"the AEO programme 0x{programme_hash('AEOC').hex()}"
    assert [note.text for note in findings.notes if note.kind == "annex missing"] == [
        f"no file has the annex 0x{annex_hash(ABSENT).hex()}"
    ]


def test_step_24_disclosed_goods_are_held_against_the_annex(told):
    first = told.opened(told.imported, IMPORTED, code(1), MODE)
    _, findings = told.audit(known(LIMITED), [first])
    assert counted(findings)["recognition's annex: within"] == 2
    assert findings.checked[Step.ANNEX] == 3
    for little in (told.opened(told.imported, IMPORTED, code(1)), told.opened(told.exported, EXPORTED, code(1), MODE)):
        _, findings = told.audit(known(LIMITED), [little])  # nothing of the mode; of what was controlled alone
        assert counted(findings)["recognition's annex: not judged"] == 2
    second = told.opened(told.imported, IMPORTED, code(2))
    _, findings = told.audit(known(LIMITED), [second, first])
    assert counted(findings)["recognition's annex: outside"] == 3
    assert findings.divergences[0].found == "an HS chapter that it does not list, as disclosed"
    assert "85" not in findings.divergences[0].found


def test_step_24_a_disclosure_of_other_content_proves_nothing(told):
    forged = told.opened(told.imported, Goods.of("62"), code(1), MODE)
    cut = replace(forged, name="cut", disclosed=replace(forged.disclosed, proof=None))
    _, findings = told.audit(known(LIMITED), [forged, cut])
    assert counted(findings)["recognition's annex: not judged"] == 2
    assert [note.text for note in findings.notes if note.kind == "disclosure refuted"] == [
        "its fields are not those of the version that it names"
    ] * 2


def test_without_annexes_they_are_not_looked_at_and_without_the_right_one_nothing_is_judged(told):
    _, findings = told.audit()
    assert (counted(findings), findings.checked[Step.ANNEX], findings.exit_code) == ({}, 0, 0)
    _, findings = told.audit({})
    assert counted(findings) == {"arrangement's annex: missing": 2, "recognition's annex: not judged": 3}
    assert findings.exit_code == 0


def test_the_report_tells_the_counts(told):
    annexes = known(LIMITED)
    result, findings = told.audit(annexes)
    plan = Plan(told.network, [], annexes=annexes)
    report = report_of(plan, result, findings, Timing(1, 2))
    assert (report["sources"]["annexes"], report["counts"]["recognition's annex: outside"]) == (1, 1)
    assert "recognition's annex: not judged, 2" in summary(report).splitlines()
    page = page_of(sign_report(report, []))
    assert "1 of them; arrangement&#x27;s annex: known 1" in page
    nothing = replace(findings, counts=type(findings.counts)())
    empty = report_of(replace(plan, annexes={}), result, nothing, Timing(1, 2))
    assert "0 of them; nothing to hold against them" in page_of(sign_report(empty, []))


# --- two versions of one arrangement


@pytest.fixture(scope="module")
def renewed(tmp_path_factory):
    with Chain(tmp_path_factory.mktemp("renewed"), founders(), development=True) as chain:
        story = Trade(chain, test_histories.Stage(chain).world)
        agreed = story.agree(ZERO)
        bad = story.grant("AEOC")
        exported = story.lodge(OPERATOR, 1, EXPORTED)
        imported = story.lodge(80_001, 2, IMPORTED, exported)
        control = story.control(exported, 1)
        story.relies_on(imported, control, agreed, aeo=bad)
        story.agree(annex_hash(PROGRAMMES))
        story.relies_on(imported, control, agreed)
        story.relies_on(imported, control, agreed, aeo=bad)
        url = f"http://127.0.0.1:{chain.anvil.port}"
        node = Node(url)
        network = network_at(node, NETWORK_ID, chain.consignments, chain.participants)
        yield url, network
        node.close()


def test_step_24_the_version_of_then_counts_beside_the_one_that_is_named(renewed):
    url, network = renewed
    _, findings = audited(network, url, annexes=known(PROGRAMMES))
    assert counted(findings) == {
        "arrangement's annex: none": 1,
        "arrangement's annex: known": 1,
        "recognition's annex: not limited": 1,
        "recognition's annex: within": 1,
        "recognition's annex: outside": 1,
    }


# --- files


def test_the_hash_is_the_one_that_parties_sign():
    for one in (LIMITED, {"disclosureProfile": "é"}):
        assert annex_hash(one) == Limits.of_plain(one).digest()


def test_annexes_are_found_by_hash_in_whatever_file(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(LIMITED, indent=3))
    (tmp_path / "draft.json").write_text(json.dumps({"type": "passavant/arrangement/v1", "annex": PROGRAMMES}))
    (tmp_path / "notes.txt").write_text("no annex")
    assert read_annexes(tmp_path) == known(LIMITED, PROGRAMMES)


@given(
    st.frozensets(st.sampled_from(["01", "61", "62", "99"])),
    st.frozensets(st.integers(1, 9)),
    st.frozensets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), max_size=3),
    st.sampled_from(["", "statistics", "é"]),
)
def test_the_canonical_form_is_the_ledgers(chapters, modes, programmes, profile):
    annex = ledgers.Annex(chapters, modes, tuple(programmes), profile)
    written = {
        "hsChapters": [*chapters],
        "modes": [*modes],
        "aeoProgrammes": [*programmes],
        "disclosureProfile": profile,
    }
    with TemporaryDirectory() as folder:
        (Path(folder) / "one.json").write_text(json.dumps(written))
        assert annex.digest() in {*read_annexes(Path(folder)), ZERO}


def test_an_annex_is_found_by_its_canonical_form_and_by_what_is_written(tmp_path):
    written = {"modes": [5, 4], "hsChapters": [], "disclosureProfile": ""}
    (tmp_path / "one.json").write_text(json.dumps(written))
    annex = Annex(modes=frozenset({"4", "5"}))
    assert read_annexes(tmp_path) == {annex_hash(written): annex, annex_hash({"modes": [4, 5]}): annex}


@pytest.mark.parametrize("wrong", ["{", "[]", '{"hsChapters": "61"}', '{"modes": ["4"]}', '{"modes": [true]}'])
def test_what_is_no_annex_is_named(tmp_path, wrong):
    (tmp_path / "wrong.json").write_text(wrong)
    with pytest.raises(UnreadableError, match=r"wrong\.json"):
        read_annexes(tmp_path)


def test_text_that_is_none_is_named(tmp_path):
    (tmp_path / "wrong.json").write_text('{"disclosureProfile": "\\ud800"}')
    with pytest.raises(UnreadableError, match=r"wrong\.json"):
        read_annexes(tmp_path)


def test_a_folder_of_disclosures(tmp_path):
    (tmp_path / "one.json").write_bytes(disclosure({code(1): "610910"}))
    [one] = read_disclosures(tmp_path)
    assert (one.name, one.disclosed.fields[0].value) == (str(tmp_path / "one.json"), "610910")
    with pytest.raises(UnreadableError, match="can't be read"):
        read_disclosures(tmp_path / "missing")


def test_the_command_takes_both_folders_or_none(told, tmp_path, capsys):
    values = {name: getattr(told.network, name) for name in told.network.__dataclass_fields__}
    plain = {name: f"0x{value.hex()}" if isinstance(value, bytes) else value for name, value in values.items()}
    (tmp_path / "network.json").write_text(json.dumps({"format": 1, "start_block": 0, **plain}))
    (tmp_path / "annexes").mkdir()
    (tmp_path / "annexes" / "one.json").write_text(json.dumps(LIMITED))
    options = ["--network", str(tmp_path / "network.json"), "--rpc", told.url, "--quiet"]
    assert main([*options, "--disclosures", str(tmp_path)]) == 2
    assert "it wants --annexes" in capsys.readouterr().err
    (tmp_path / "opened").mkdir()
    folders = ["--annexes", str(tmp_path / "annexes"), "--disclosures", str(tmp_path / "opened")]
    assert main([*options, *folders]) == 1
    assert "first divergence, step 24 (Annex)" in capsys.readouterr().out
