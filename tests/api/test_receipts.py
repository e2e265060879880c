import pytest

from ledger.client import ReceiptError, ReceiptFile
from ledger.domain.transparency import read_note
from tests.api.conftest import ORGANISATION
from tests.api.test_checkpoints import NOTE

DECLARATION = b"\x0d" * 32
URL = f"/v1/declarations/0x{DECLARATION.hex()}/receipt"


@pytest.fixture
def readable(ledger_client):
    ledger_client.readable.add((DECLARATION, ORGANISATION))
    ledger_client.receipts = lambda form, language: ReceiptFile(
        f"{form} {language}".encode(), 7, 1_760_000_000, read_note(NOTE), sealed=False
    )
    return ledger_client


@pytest.mark.parametrize(
    ("accept", "media", "form"),
    [
        ("*/*", "application/json", "json"),
        ("application/vnd.passavant.receipt+json", "application/vnd.passavant.receipt+json", "json"),
        ("application/cbor", "application/cbor", "cbor"),
        ("image/png", "image/png", "png"),
        ("image/svg+xml", "image/svg+xml", "svg"),
        ("application/pdf", "application/pdf", "pdf"),
    ],
)
def test_a_receipt_comes_in_the_form_that_was_asked_for(web, session, readable, accept, media, form):
    answer = web.get(URL, headers={**session, "accept": accept, "accept-language": "fr-CA, en;q=0.5"})
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, media, f"{form} fr")
    assert answer.headers["passavant-as-of"] == "block=7, time=2025-10-09T08:53:20Z"
    assert answer.headers["passavant-checkpoint"] == "a checkpoint of height 12 with 1 signature"


def test_a_form_that_there_is_not(web, session, readable):
    answer = web.get(URL, headers={**session, "accept": "text/html"})
    assert (answer.status_code, "application/pdf" in answer.json()["detail"]) == (406, True)


def test_who_may_not_read_the_status_learns_nothing(web, session, ledger_client):
    assert web.get(URL).status_code == 401
    assert web.get(URL, headers=session).status_code == 404


def test_there_is_none_to_give(web, session, readable):
    def none(form, language):
        raise ReceiptError("nothing was decided yet")

    readable.receipts = none
    answer = web.get(URL, headers=session)
    assert (answer.status_code, answer.json()["detail"]) == (409, "nothing was decided yet")


@pytest.mark.parametrize(
    ("note", "sealed", "words"),
    [(None, True, "seals"), (None, False, "nobody but the operator"), (read_note(NOTE), False, "height 12")],
)
def test_what_vouches_for_it_is_said(note, sealed, words):
    assert words in ReceiptFile(b"", 1, 1, note, sealed).vouching
