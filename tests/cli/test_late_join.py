"""An administration that joins in year two gets what its arrangement entitles it to, and nothing else that there is."""

import json
import re
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from ledger.client import Client, StatusQuery
from ledger.desk import DeskError, RulingOptions
from ledger.desk.opening import Opener
from ledger.devnet.gateway import Gateway, free_port
from ledger.documents.profiles import chosen, profiles
from ledger.domain.codes import DecisionKind, RecordType, Risk
from ledger.domain.records import Arrangement, Control, Declaration
from ledger.domain.wire import DeclarationId, decode
from ledger.home import Home
from tests.api.running import Participant
from tests.client.admitting import DE, admit, environment
from tests.client.letters import PLATFORM_EORI, Case
from tests.client.networks import GB, desk_of

pytestmark = pytest.mark.e2e

PROFILE = "arrangement"
WITH_FR = {
    "first": "FR",
    "second": "GB",
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["PHYSICAL", "NON_INTRUSIVE"],
    "risks": ["SECURITY", "SAFETY"],
}
WITH_DE = {
    **WITH_FR,
    "first": "DE",
    "methods": ["PHYSICAL"],
    "risks": ["SECURITY"],
    "annex": {"disclosureProfile": PROFILE},
}
HEX = re.compile(r"0x[0-9a-f]{64}")
CONTROL = ("--method", "physical", "--outcome", "none-found", "--risk", "security")
LAST_YEAR = "2025-11-20"


@dataclass
class Years:
    """Two years of three administrations; ids are 0x hex.

    Attributes:
        exported, imported: declarations by consignment, before GB and before another.
        shared: controls that GB's arrangement with DE shares with DE.
        others: GB's and FR's controls that it doesn't.
        names: references of foreign declarations.
    """

    passavant: Any
    network: Any
    folder: Any
    exported: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def home(self) -> Home:
        return Home.load(self.network.home.path)

    def run(self, *arguments: str, code: int = 0) -> Any:
        told = self.passavant(*arguments, "--json")
        assert told.code == code, told
        return told.json

    # --- what is written

    def export(self) -> int:
        """A consignment that GB exports; its number."""
        number = len(self.exported)
        self.exported.append(self._declared("export", "GB", "--ticket", f"ticket-{number}.json"))
        return number

    def join(self, number: int, country: str) -> str:
        """Another administration's import of a consignment."""
        declared = self._declared("import", "FR", "--join", f"ticket-{number}.json", "--for", country)
        self.imported.append(declared)
        return declared

    def _declared(self, template: str, country: str, *more: str) -> str:
        case = Case(template, country=country, declarant=PLATFORM_EORI)
        file = self.folder / f"{case.own}.xml"
        file.write_bytes(case.declaration())
        self.names += [case.lrn, case.mrn, case.item]
        return str(self.run("declare", str(file), "--as", "platform", *more)["declaration"])

    def control(self, declaration: str, by: str = "customs-gb", **said: str) -> str:
        given = {"method": "physical", "outcome": "none-found", "risk": "security"} | said
        options = (word for name, value in given.items() for word in (f"--{name}", value))
        return str(self.run("control", declaration, *options, "--as", by)["id"])

    def amend(self, declaration: str, risks: Risk) -> None:
        """A version that GB writes."""
        with Client.open(self.home.settings()) as client:
            client.sync()
            desk = desk_of(client, cast("Any", SimpleNamespace(home=self.home)), "customs-gb")
            state = desk.state(DeclarationId(bytes.fromhex(declaration[2:])))
            fields = dict(desk.fields(state)) | {"Declaration/TotalPackageQuantity[1]": "7"}
            ruling = RulingOptions(version=fields, touched_risks=risks)
            written = desk.decide(state.id, DecisionKind.AMEND, ruling)
            assert client.wait([written.digest], 60)[0].progress.name == "FINAL"

    def agree(self, plan: dict[str, Any], one: str, other: str) -> None:
        file = self.folder / f"plan-{one}-{other}.json"
        file.write_text(json.dumps(plan))
        draft = self.run("arrange", str(file), "--begins-in", "6s", "--as", one)["draft"]
        assert self.run("arrange", draft, "--as", other)["progress"] == "FINAL"
        time.sleep(7)

    def open(self, partner: str, *more: str) -> dict[str, int]:
        counts = self.run("open-arrangement", partner, "--as", "customs-gb", *more)["versions"]
        return {fate: count for fate, count in counts.items() if count}

    # --- what is seen

    def told(self, reference: str, name: str = "customs-de") -> dict[str, Any]:
        found = self.run("shared", reference, "--as", name)["controls"]
        return {one["control"]: one for one in found}

    def fields(self, declaration: str, version: int, name: str) -> dict[str, str] | None:
        told = self.passavant("payload", declaration, "--version", str(version), "--as", name, "--json")
        return dict(told.json["fields"]) if told.code == 0 else None


@pytest.fixture
def years(network, passavant, tmp_path, monkeypatch) -> Years:
    """Year one of GB and FR, DE's admission, and what is new in year two."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    made = Years(passavant, network, tmp_path)
    _year_one(made)
    with Client.open(made.home.settings()) as client:
        client.sync()
        admit(made.home, client)
    return made


def _year_one(years: Years) -> None:
    old, other = years.export(), years.export()
    years.join(old, "FR")
    years.join(other, "FR")
    years.others.append(years.control(years.exported[old], effective=LAST_YEAR))
    years.agree(WITH_FR, "customs-gb", "customs-fr")
    years.others += [years.control(one) for one in years.exported]
    years.run("decide", years.exported[old], "require-documents", "--as", "customs-gb")


def _year_two(years: Years) -> None:
    """DE joins the old consignment and a new one; GB goes on controlling, for FR and DE."""
    old = 0
    years.join(old, "DE")
    assert years.passavant("open-arrangement", "customs-de", "--as", "customs-gb").code == 1
    years.others.append(years.control(years.exported[old]))
    years.agree(WITH_DE, "customs-gb", "customs-de")
    years.shared.append(years.control(years.exported[old]))
    years.others += [
        years.control(years.exported[old], effective=LAST_YEAR),
        years.control(years.exported[old], method="non-intrusive"),
        years.control(years.exported[old], risk="safety"),
        years.control(years.exported[1]),
        years.control(years.imported[0], "customs-fr"),
    ]
    new = years.export()
    years.shared.append(years.control(years.exported[new], outcome="minor-discrepancy"))


# --- what it is entitled to, from the events alone ------------------------------------------------------------------


def entitled(client: Client) -> set[str]:
    """Decision 27 over the feed: no code of the ledger's but the decoding of records."""
    items = [one for one in client.events(limit=1_000).items if not one.outcome]
    declared = {one.digest: decode(Declaration, one.body) for one in items if one.record_type is RecordType.DECLARATION}
    agreed = [decode(Arrangement, one.body) for one in items if one.record_type is RecordType.ARRANGEMENT]
    controls = {one.digest: decode(Control, one.body) for one in items if one.record_type is RecordType.CONTROL}

    def consignment(digest: bytes) -> bytes:
        joined = declared[digest].consignment
        return joined if any(joined) else digest

    concerned = {consignment(one): said.regime for one, said in declared.items() if said.administration == DE}
    return {
        f"0x{digest.hex()}"
        for digest, control in controls.items()
        for terms in agreed
        if control.administration != DE
        and {terms.first, terms.second} == {DE, control.administration}
        and consignment(control.declaration) in concerned
        and terms.valid_from <= control.effective_at < terms.valid_until
        and terms.methods & 1 << (control.method - 1)
        and terms.risks & control.risk
        and terms.procedures & 1 << (declared[control.declaration].regime - 1)
        and terms.procedures & 1 << (concerned[consignment(control.declaration)] - 1)
    }


# --- what it can get ------------------------------------------------------------------------------------------------


@dataclass
class Eyes:
    """One participant at a gateway, and everything that it answered."""

    web: Participant
    seen: list[str] = field(default_factory=list)

    def get(self, path: str, **given: str) -> httpx.Response:
        answer = self.web.web.get(path, headers=self.web.headers, params=given)
        self.seen.append(answer.text if answer.status_code == httpx.codes.OK else "")
        return answer

    def code(self, path: str, **given: str) -> int:
        return self.get(path, **given).status_code


def everything(client: Client) -> dict[str, set[str]]:
    """Of the whole ledger: ids of records by type, and the commitments of contents."""
    found: dict[str, set[str]] = {"commitments": set()}
    for one in client.events(limit=1_000).items:
        found.setdefault(one.record_type.name, set()).add(f"0x{one.digest.hex()}")
    with client.store.reading() as session:
        rows = session.rows("SELECT commitment FROM sealed")
    found["commitments"] = {f"0x{row[0].hex()}" for row in rows}
    return found


def test_exactly_what_its_arrangement_entitles_it_to(years, network, tmp_path, monkeypatch):
    _year_two(years)
    old, new = years.exported[0], years.exported[2]
    assert years.open("customs-de") == {"alreadyOpen": 1}  # `control` opened it, when DE's declaration was there
    mine = [years.imported[2], years.join(2, "DE")]
    assert years.open("customs-de", "--dry-run") == {"alreadyOpen": 1, "opened": 1}
    assert years.open("customs-de") == {"alreadyOpen": 1, "opened": 1}
    assert years.open("customs-de") == {"alreadyOpen": 2}
    years.amend(new, Risk.SECURITY)
    years.shared.append(years.control(new))
    years.shared.append(years.control(old, outcome="not-carried-out", supersedes=years.shared[0]))
    assert years.open("customs-de") == {"alreadyOpen": 3}
    assert set(years.open("customs-fr")) == {"noProfile"}

    by_name = {one: years.told(one) for one in [*mine, old, new]}
    first, second, third, revoked = years.shared
    assert by_name[mine[0]].keys() == by_name[old].keys() == {first, revoked}
    assert by_name[mine[1]].keys() == by_name[new].keys() == {second, third}
    assert [one["digest"] for one in by_name[old][first]["superseded"]] == [revoked]
    assert by_name[new][second]["touched"] == [{"risk": ["SECURITY"], "version": 2}]
    assert by_name[new][third]["touched"] == []
    assert all(one["opened"] for told in by_name.values() for one in told.values())

    opened = {(old, 1), (new, 1), (new, 2)}
    for declaration in (*years.exported, *years.imported):
        for version in (1, 2):
            whole = years.fields(declaration, version, "platform")
            seen = years.fields(declaration, version, "customs-de")
            if (declaration, version) in opened:
                agreed = chosen(whole, profiles()[PROFILE].fields)
                assert seen == {path: whole[path] for path in agreed}
                assert 0 < len(seen) < len(whole)
            elif declaration not in mine:
                assert seen is None

    monkeypatch.setenv("PASSAVANT_RATE", "0")
    gateway = Gateway(years.home, tmp_path, free_port())
    try:
        with httpx.Client(base_url=gateway.url) as web, Client.open(years.home.settings()) as client:
            client.sync()
            assert entitled(client) == set(years.shared)
            _looks_everywhere(years, client, Participant.of(years.home, "customs-de", web).log_in(), mine)
    finally:
        gateway.stop()


def _looks_everywhere(years: Years, client: Client, web: Participant, mine: list[str]) -> None:
    eyes, ledger = Eyes(web), everything(client)
    foreign = {*years.exported, *years.imported} - set(mine)
    controls = {*years.shared, *years.others}
    shared: set[str] = set()
    for one in sorted(ledger["DECLARATION"]):
        expected = httpx.codes.OK if one in mine else httpx.codes.NOT_FOUND
        path = f"/v1/consignments/{one}"
        assert eyes.code(f"/v1/declarations/{one}") == expected
        assert eyes.code(f"{path}/provenance") == expected
        assert eyes.code(f"/v1/declarations/{one}/accesses") == expected
        assert eyes.code(f"/v1/declarations/{one}/receipt") != httpx.codes.OK
        known = eyes.get(f"{path}/status").json()["answer"]
        assert (known == "NOT_FOUND_OR_NOT_ENTITLED") == (one not in mine)
        told = eyes.get("/v1/recognition/shared", reference=one)
        if told.status_code == httpx.codes.OK:
            shared |= {each["control"] for each in told.json()["controls"]}
        grants = eyes.get(f"/v1/declarations/{one}/grants")
        if grants.status_code == httpx.codes.OK and one not in mine:
            assert {each["reader"] for each in grants.json()["grants"]} == {DE}
        assert client.declaration(bytes.fromhex(one[2:]), DE) is None or one in mine
        assert client.provenance(StatusQuery(reference=one), DE) == [] or one in mine
    assert shared == set(years.shared)
    for name in years.names:
        answer = eyes.get(f"/v1/consignments/{name}/provenance")
        if answer.status_code == httpx.codes.OK:
            assert {each["declaration"] for each in answer.json()["entries"]} <= set(mine)
        assert {f"0x{each.hex()}" for each in client.resolve(name, None, DE)} <= set(mine)
    assert eyes.code("/v1/events") == httpx.codes.FORBIDDEN
    _holds_no_content_but(years, client, eyes, ledger["commitments"], mine)

    told_of = set(HEX.findall("\n".join(eyes.seen)))
    records = set().union(*(ledger[kind] for kind in ledger if kind != "commitments"))
    own = {f"0x{each.digest.hex()}" for one in mine for each in _timeline(client, one)}
    arrangements = ledger["ARRANGEMENT"]
    controlled = {years.exported[0], years.exported[2]}
    assert told_of & records - own - arrangements == set(years.shared) | controlled
    assert told_of & foreign == controlled

    todo = eyes.get("/v1/recognition/worklist").json()["items"]
    assert {each["control"]["parent"] for each in todo if each["control"]} <= set(years.shared)

    # `controls` goes on to list every control of the consignments, with the coded facts: see docs/recognition.md
    candidates = [eyes.get("/v1/recognition/candidates", administration="DE", reference=one) for one in mine]
    listed = {each["parent"] for one in candidates for each in one.json()["candidates"]}
    assert listed <= controls
    assert listed >= set(years.shared)


def _timeline(client: Client, declaration: str) -> list[Any]:
    return client.provenance(StatusQuery(reference=declaration), DE)


def _holds_no_content_but(years: Years, client: Client, eyes: Eyes, commitments: set[str], mine: list[str]) -> None:
    """Of what is sealed it gets its own declarations, and the field sets that were put together for it."""
    with client.store.reading() as session:
        rows = session.rows("SELECT declaration, number, commitment FROM versions")
    place = {f"0x{commitment.hex()}": (f"0x{one.hex()}", number) for one, number, commitment in rows}
    opened = {(years.exported[0], 1), (years.exported[2], 1), (years.exported[2], 2)}
    for commitment in sorted(commitments):
        answer = eyes.get(f"/v1/payloads/{commitment}")
        where = place.get(commitment)
        if where is None or (where not in opened and where[0] not in mine):
            assert answer.status_code == httpx.codes.NOT_FOUND
            assert client.sealed(bytes.fromhex(commitment[2:]), DE) == []
        elif where in opened:
            assert len(answer.json()["sealed"]) == 1
            [one] = client.sealed(bytes.fromhex(commitment[2:]), DE)
            assert (one.custody.owner, one.custody.reader) == (GB, DE)
        else:
            assert answer.status_code == httpx.codes.OK


def test_suspension_end_and_withdrawal(years):
    _year_two(years)
    old = years.exported[0]
    years.run("suspend-arrangement", "customs-de", "--as", "customs-gb")
    years.amend(old, Risk.SECURITY)
    control = years.control(old)
    assert years.open("customs-de") == {"alreadyOpen": 1, "paused": 1}
    told = years.told(old)[control]
    assert (told["paused"], told["opened"]) == (True, False)
    assert years.fields(old, 1, "customs-de")
    assert years.fields(old, 2, "customs-de") is None
    years.run("suspend-arrangement", "customs-de", "--resume", "--as", "customs-gb")
    assert years.open("customs-de") == {"alreadyOpen": 1, "opened": 1}
    assert years.fields(old, 2, "customs-de")
    assert years.run("payload", old, "--as", "customs-de")["version"] == 2

    which = ("--profile", PROFILE, "--version", "1", "--as", "customs-gb")
    assert years.run("withdraw", old, "customs-de", *which)["payloads"] == 1
    assert years.fields(old, 1, "customs-de") is None
    assert years.open("customs-de") == {"withdrawn": 1, "alreadyOpen": 1}
    assert years.fields(old, 1, "customs-de") is None
    said = years.passavant("open-arrangement", "customs-de", "--as", "customs-gb").out
    assert said.startswith("Done for Zoll (Germany), by controlled version:\n")
    assert "opened once and withdrawn: left so" in said
    assert years.run("key", "rewrap", old, "--as", "customs-gb")
    assert years.fields(old, 1, "customs-de") is None
    said = years.passavant("shared", old, "--as", "customs-de").out
    assert f"payload {old} --version 2" in said
    assert "not opened yet" in said
    assert years.passavant("shared", years.exported[1], "--as", "customs-de").out.startswith("Nothing is known")


def test_a_control_is_recorded_whether_or_not_fields_can_be_opened(years, monkeypatch):
    def fails(*_: object) -> None:
        raise DeskError("the disk is full")

    monkeypatch.setattr(Opener, "after", fails)
    told = years.passavant("control", years.exported[0], *CONTROL, "--as", "customs-gb")
    assert (told.code, "were not opened to partners: the disk is full" in told.err) == (0, True)


def test_it_needs_a_partner_and_an_administration(years):
    said = years.passavant("open-arrangement", "customs-gb", "--dry-run", "--as", "customs-fr").out
    assert said.startswith("Nothing was controlled under an arrangement that HM Customs")
    refused = years.passavant("open-arrangement", "customs-de", "--as", "customs-fr")
    assert (refused.code, "there is no arrangement" in refused.err) == (1, True)
    refused = years.passavant("open-arrangement", "customs-fr", "--as", "platform")
    assert (refused.code, "only an administration" in refused.err) == (1, True)
    (years.folder / "odd.json").write_text(json.dumps({**WITH_DE, "annex": {"disclosureProfile": "everything"}}))
    refused = years.passavant("arrange", "odd.json", "--as", "customs-gb")
    assert (refused.code, "There are customs@1, platform@1, arrangement@1" in refused.err) == (1, True)
