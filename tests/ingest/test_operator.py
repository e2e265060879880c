"""A declarant's messages: its own are records, all others are evidence."""

import pytest

from ledger.client import StatusQuery
from ledger.domain.codes import Pending, Status
from ledger.index.references import Reference, ReferenceType
from ledger.ingest import Fate, ingest
from tests.client.letters import MESSAGES, PLATFORM_EORI, Case, folder
from tests.client.networks import PLATFORM


@pytest.fixture
def case():
    return Case(declarant=PLATFORM_EORI)


@pytest.fixture
def take(team, tmp_path):
    rooms = iter(range(1000))

    def ingested(*messages: bytes, name: str = "platform"):
        return ingest(team.desk(name), [folder(tmp_path / f"{next(rooms)}", *messages)]).lines

    return ingested


def test_only_own_declarations_are_lodged(take):
    other, unnamed, elsewhere = Case(), Case(declarant=""), Case(declarant=PLATFORM_EORI)
    lines = take(other.declaration(), unnamed.declaration(), elsewhere.declaration(**{">FR</md": ">DE</md"}))
    assert [line.fate for line in lines] == [Fate.EVIDENCE] * 3
    assert lines[0].detail.startswith("neither declarant FR99999999900099 nor its agent")
    assert "(not named)" in lines[1].detail
    assert lines[2].detail.startswith("no administration for DE; there are FR, GB, XI")


def test_notices_under_another_key_change_nothing(team, case, take):
    lodged, notice = take(case.declaration(), case.notice("09"))
    assert (notice.fate, notice.declaration) == (Fate.EVIDENCE, lodged.declaration)
    assert team.client.state(lodged.declaration).standing.status is Status.PRE_LODGED
    told = team.client.provenance(StatusQuery(reference=case.mrn), PLATFORM)
    assert {(one.what, one.type, one.by) for one in told} == {
        ("EVIDENCE", "notice 09", PLATFORM),
        ("RECORDED", "Declaration", PLATFORM),
    }


def test_notices_about_others_teach_nothing(team, case, take):
    [lodged] = take(case.declaration())
    [notice] = take(case.notice("09"), name="bazaar")
    assert (notice.fate, notice.declaration) == (Fate.EVIDENCE, None)
    assert not team.client.is_named(lodged.declaration, Reference(ReferenceType.MRN, case.mrn))


def test_an_own_number_used_again_keeps_its_mrn(team, case, take):
    lodged, _ = take(case.declaration(), case.notice("01"))
    [other] = take(case.notice("01", mrn=case.mrn.replace("XXX4", "YYY7")))
    assert other.declaration is None
    assert len(team.client.named(Reference(ReferenceType.MRN, case.mrn))) == 1
    assert lodged.declaration


@pytest.mark.parametrize(
    ("name", "pending"),
    [
        ("import-cor", Pending.AMENDMENT),
        ("tableware-inv", Pending.INVALIDATION),
        ("import-gpr", Pending.PRESENTATION),
    ],
)
def test_requests(team, case, take, name, pending):
    lodged, asked, _ = take(case.declaration(), case.notice("01"), case.request(name))[:3]
    by_kind = {line.kind: line for line in (lodged, asked, _)}
    asked = next(line for kind, line in by_kind.items() if kind.endswith(("request", "presentation")))
    assert (asked.fate, asked.declaration) == (Fate.RECORDED, lodged.declaration)
    assert team.client.state(lodged.declaration).standing.pending is pending


def test_one_request_at_a_time(team, case, take):
    cor, inv = case.request("import-cor"), case.request("tableware-inv")
    lines = take(case.declaration(), case.notice("01"), cor, inv)
    assert [line.fate for line in lines] == [Fate.RECORDED, Fate.EVIDENCE, Fate.RECORDED, Fate.EVIDENCE]
    assert lines[3].detail == "another request about this declaration waits for customs"
    take(case.notice("01", "0800"), case.notice("11", status="39"), name="customs-fr")
    assert [line.fate for line in take(cor, inv)] == [Fate.KNOWN, Fate.RECORDED]


def test_requests_about_what_is_not_known_or_not_ones_own(case, take):
    request = case.request("import-cor")
    assert take(request)[0].detail == "its declaration is not known here"
    take(case.declaration(), case.notice("01"))
    [told] = take(request, name="bazaar")
    assert (told.fate, told.detail) == (Fate.EVIDENCE, "it is about somebody else's declaration")
    assert take(request)[0].fate is Fate.RECORDED


def test_goods_that_are_released_are_not_presented_any_more(case, take):
    take(case.declaration(), case.notice("01"))
    take(case.notice("09"), name="customs-fr")
    [line] = take(case.request("import-gpr"))
    assert (line.fate, line.detail) == (Fate.EVIDENCE, "a presentation of goods that customs have dealt with")


def test_a_request_that_does_not_apply_is_refused(case, take):
    wrong = case.request("import-cor", **{"<TagID>109": "<TagID>999"})
    lines = take(case.declaration(), case.notice("01"), wrong)
    assert lines[2].fate is Fate.REFUSED
    assert "unknown field tag 999" in lines[2].detail


def test_values_that_are_wrong_are_refused_before_they_are_lodged(case, take):
    [line] = take(case.declaration(**{'currencyID="GBP"': 'currencyID="QQQ"'}))
    assert line.fate is Fate.REFUSED
    assert "InvoiceAmount" in line.detail


def test_others_than_operators_only_keep_evidence(case, take):
    lines = take(case.declaration(), case.notice("01"), name="auditor")
    assert [line.fate for line in lines] == [Fate.EVIDENCE] * 2


def test_postal_items_are_found_around_their_time(team, case, take):
    """S10 numbers are used again: the declaration counts for the time when it was heard of, not for today."""
    lodged, _ = take(case.declaration(), case.notice("01"))
    item, day = Reference(ReferenceType.S10, case.item), 1_760_432_400
    assert team.client.references.resolve(item, around=day, window=3_600) == [lodged.declaration]
    assert team.client.references.resolve(item, around=day + 86_400, window=3_600) == []


def test_movements_are_kept(take):
    [line] = take((MESSAGES / "export-movement.xml").read_bytes())
    assert (line.kind, line.fate) == ("movement message", Fate.EVIDENCE)
