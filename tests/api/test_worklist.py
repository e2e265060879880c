import pytest

from ledger.client import ReliedAnswer, Work, WorkFilter, WorkPage, WorkShown
from ledger.domain.codes import AssistanceKind, OrganisationKind, Risk
from ledger.domain.wire import ConsignmentId, Digest
from ledger.index.assistance_due import AssistanceDue
from ledger.index.relied import RelyingCount
from tests.api.conftest import open_session
from tests.api.fake_client import participant
from tests.api.keys import Signer

URL = "/v1/recognition/worklist"
DUE = AssistanceDue(
    request=Digest(b"\x0a" * 32),
    kind=AssistanceKind.VERIFICATION,
    partner=826,
    due_at=1_900_000_000,
    late=False,
    answer=None,
    refused=None,
    answered_at=None,
)
ITEM = WorkShown(
    kind=Work.ASSISTANCE,
    since=1_900_000_000,
    block=7,
    log=1,
    declaration=None,
    consignment=ConsignmentId(b"\x0c" * 32),
    declarant=None,
    assistance=DUE,
)


@pytest.fixture
def customs(web, ledger_client):
    """The headers of a session of administration 250."""
    signer = Signer(b"\x33" * 32)
    ledger_client.keys[signer.address] = participant(250, signer.address, OrganisationKind.ADMINISTRATION)
    ledger_client.weighing = 250
    return {"authorization": f"Bearer {open_session(web, signer, 250).json()['token']}"}


def test_a_page_of_what_there_is_to_do(web, customs, ledger_client):
    ledger_client.work = WorkPage((ITEM,), "c1", more=True)
    answer = web.get(URL, headers=customs)
    told = answer.json()
    assert (told["next"], told["more"]) == ("c1", True)
    [item] = told["items"]
    assert (item["kind"], item["declaration"], item["since"]) == ("ASSISTANCE", None, "2030-03-17T17:46:40Z")
    assert (item["assistance"]["kind"], item["assistance"]["late"], item["control"]) == ("VERIFICATION", False, None)
    assert "no-store" in answer.headers["cache-control"]
    assert ledger_client.asked_work == [(WorkFilter(), None, 100)]


def test_every_filter_reaches_the_client(web, customs, ledger_client):
    asked = {
        "kind": "CONTROL",
        "chapter": "07",
        "route": "GB-FR",
        "operator": 70_000,
        "risk": "SECURITY,IPR",
        "after": "c1",
        "limit": 5,
    }
    assert web.get(URL, params=asked, headers=customs).status_code == 200
    which = WorkFilter(
        kind=Work.CONTROL, chapter="07", route=("GB", "FR"), operator=70_000, risk=Risk.SECURITY | Risk.IPR
    )
    assert ledger_client.asked_work == [(which, "c1", 5)]


@pytest.mark.parametrize("asked", [{"kind": "WORK"}, {"route": "GBFR"}, {"operator": 0}, {"risk": "A,"}, {"limit": 0}])
def test_what_is_no_filter_is_refused(web, customs, asked):
    assert web.get(URL, params=asked, headers=customs).status_code in {400, 422}


def test_it_is_for_the_administration_itself(web, session, customs):
    assert web.get(URL).status_code == 401
    assert web.get(URL, headers=session).status_code == 403
    assert web.get(URL, headers=customs).status_code == 200


def test_who_relied_on_ones_control(web, customs, ledger_client):
    control = Digest(b"\x0d" * 32)
    count = RelyingCount(administration=826, decisions=2, stands=1, withdrawn=1, decided_anew=0)
    answer = ReliedAnswer(about=control, control=control, author=250, counts=(count,), decisions=())
    ledger_client.reliances[control, 250] = answer
    asked = {"control": f"0x{control.hex()}"}
    told = web.get("/v1/recognition/relied", params=asked, headers=customs).json()
    assert (told["author"], told["decisions"]) == (250, [])
    assert [(one["administration"], one["withdrawn"]) for one in told["counts"]] == [(826, 1)]
    assert web.get("/v1/recognition/relied", params=asked).status_code == 401


def test_of_others_controls_there_is_none(web, session, customs):
    other = {"control": "0x" + "0e" * 32}
    for headers in (session, customs):
        assert web.get("/v1/recognition/relied", params=other, headers=headers).status_code == 404
    assert web.get("/v1/recognition/relied", params={"control": "0x"}, headers=customs).status_code in {400, 422}
