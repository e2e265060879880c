from typing import Any

import pytest

from ledger.client import RecognitionCandidate, SharedControl
from ledger.domain.annexes import AnnexVerdict
from ledger.domain.codes import ControlMethod, ControlOutcome, OrganisationKind, Outcome, Risk, SealState
from ledger.domain.proposals import Annex
from ledger.domain.wire import DeclarationId, Digest
from ledger.index.shared import Superseding, Touch
from tests.api.conftest import open_session
from tests.api.fake_client import participant
from tests.api.keys import Signer

URL = "/v1/recognition/candidates"
ASKED = {"administration": "FR", "reference": "25FR00128B4M7QX9K2"}
ANNEX = Annex(frozenset({"61", "62"}), frozenset({4}), ("UK AEOS", "EU AEOS"), "arrangement")
CONTROL = Digest(b"\x0c" * 32)


@pytest.fixture
def customs(web, ledger_client):
    """The headers of a session of administration 250, which is France's."""
    signer = Signer(b"\x33" * 32)
    ledger_client.keys[signer.address] = participant(250, signer.address, OrganisationKind.ADMINISTRATION)
    ledger_client.weighing = 250
    return {"authorization": f"Bearer {open_session(web, signer, 250).json()['token']}"}


def test_what_may_be_relied_on_is_told_with_the_reason_for_the_rest(web, customs, ledger_client):
    ledger_client.candidate = [
        RecognitionCandidate(
            declaration=DeclarationId(b"\x01" * 32),
            parent=CONTROL,
            control=CONTROL,
            administration=826,
            controlled=DeclarationId(b"\x02" * 32),
            version=1,
            method=ControlMethod.PHYSICAL,
            outcome=ControlOutcome.NONE_FOUND,
            seal_state=SealState.INTACT,
            risk=Risk.SECURITY | Risk.IPR,
            usable=Risk.SECURITY,
            effective_at=1_900_000_000,
            valid_until=1_900_000_001,
            arrangement=None,
            annex=AnnexVerdict.NOT_JUDGED,
            refused=Outcome.OUT_OF_SCOPE,
            reason="outside",
            recognised=None,
            stands=None,
            eu_results=("A1",),
        )
    ]
    answer = web.get(URL, params={**ASKED, "type": "MRN"}, headers=customs)
    [told] = answer.json()["candidates"]
    assert (told["usable"], told["risk"], told["refused"]) == (["SECURITY"], ["SECURITY", "IPR"], "OUT_OF_SCOPE")
    assert (told["method"], told["reason"], told["stands"]) == ("PHYSICAL", "outside", None)
    assert told["annex"] == "NOT_JUDGED"
    assert (told["euResults"], told["sealState"]) == (["A1"], "INTACT")
    assert (told["parent"], told["effectiveAt"]) == (f"0x{CONTROL.hex()}", "2030-03-17T17:46:40Z")
    assert "no-store" in answer.headers["cache-control"]
    [(query, country)] = ledger_client.asked_candidates
    assert (query.reference, query.type.name, country) == (ASKED["reference"], "MRN", "FR")


def test_only_the_administration_itself_may_ask(web, session, customs):
    assert web.get(URL, params=ASKED).status_code == 401
    assert web.get(URL, params=ASKED, headers=session).status_code == 403
    assert web.get(URL, params={**ASKED, "administration": "fr"}, headers=customs).status_code in {400, 422}
    assert web.get(URL, params={**ASKED, "type": "NAME"}, headers=customs).status_code in {400, 422}


SHARED = "/v1/recognition/shared"


def test_what_arrangements_share_is_told_with_what_became_of_it(web, customs, ledger_client):
    ledger_client.sharing["25FR00128B4M7QX9K2", 250] = [
        SharedControl(
            control=CONTROL,
            administration=826,
            office=60,
            declaration=DeclarationId(b"\x02" * 32),
            version=1,
            commitment=b"\x03" * 32,
            schema=b"\x04" * 32,
            method=ControlMethod.PHYSICAL,
            outcome=ControlOutcome.NONE_FOUND,
            risk=Risk.SECURITY | Risk.IPR,
            standard=bytes(32),
            seal_state=SealState.INTACT,
            effective_at=1_900_000_000,
            valid_until=1_900_000_001,
            arrangement=Digest(b"\x05" * 32),
            annex=bytes(32),
            time=1_900_000_002,
            block=7,
            superseded=(
                Superseding(
                    Digest(b"\x06" * 32), "Control", ControlOutcome.NOT_CARRIED_OUT, 1_900_000_000, 1_900_000_003
                ),
                Superseding(Digest(b"\x07" * 32), "Decision", None, None, 1_900_000_004),
            ),
            touched=(Touch(Risk.IPR, 2),),
            paused=True,
            opened=True,
        )
    ]
    answer = web.get(SHARED, params={"reference": "25FR00128B4M7QX9K2", "type": "MRN"}, headers=customs)
    [told] = answer.json()["controls"]
    assert (told["control"], told["version"], told["block"]) == (f"0x{CONTROL.hex()}", 1, 7)
    assert (told["opened"], told["paused"], told["time"]) == (True, True, "2030-03-17T17:46:42Z")
    assert told["touched"] == [{"risk": ["IPR"], "version": 2}]
    assert [one["outcome"] for one in told["superseded"]] == ["NOT_CARRIED_OUT", None]
    assert "no-store" in answer.headers["cache-control"]


def test_what_is_not_shared_is_not_there(web, session, customs):
    asked = {"reference": "25FR00128B4M7QX9K2"}
    assert web.get(SHARED, params=asked).status_code == 401
    assert web.get(SHARED, params=asked, headers=session).status_code == 404
    assert web.get(SHARED, params=asked, headers=customs).status_code == 404
    assert web.get(SHARED, params={**asked, "type": "NAME"}, headers=customs).status_code in {400, 422}


def put(web, headers, annex, digest=None):
    return web.put(f"/v1/recognition/annexes/0x{(digest or ANNEX.digest()).hex()}", json=annex, headers=headers)


def test_a_party_hands_in_the_annex_of_an_arrangement_in_any_order(web, customs, ledger_client):
    members = {**ANNEX.plain(), "hsChapters": ["62", "61"]}
    assert put(web, customs, members).status_code == 200
    assert [one.digest() for one in ledger_client.annexes.values()] == [ANNEX.digest()]


def test_what_is_no_annex_or_another_one_is_refused_with_the_reason(web, session, customs, ledger_client):
    assert put(web, {}, ANNEX.plain()).status_code == 401
    assert put(web, session, ANNEX.plain()).status_code == 404
    other = put(web, customs, {"modes": [4]})
    assert (other.status_code, other.json()["type"]) == (409, "urn:passavant:problem:annex-refused")
    assert f"0x{Annex(modes=frozenset({4})).digest().hex()}" in other.json()["detail"]
    twice = put(web, customs, {"modes": [4, 4]})
    assert (twice.status_code, "names something twice" in twice.json()["detail"]) == (422, True)
    wrongs: list[Any] = [{"modes": [0]}, {"hsChapters": ["00"]}, {"aeoProgrammes": [""]}, {"chapters": []}, []]
    for wrong in wrongs:
        assert put(web, customs, wrong).status_code == 422, wrong
    assert ledger_client.annexes == {}
