"""Another gateway: who it is is checked before anything is signed, and what it says is read with care."""

import json
import logging
import time

import httpx
import pytest

from ledger.chain.signers import LocalSigner, recover
from ledger.client import elsewhere
from ledger.client.elsewhere import Elsewhere, GatewayError, GatewayUnreachable, OtherGateway, SessionRefused
from ledger.domain.sessions import SessionClaim
from ledger.domain.signing import SigningDomain, SigningDomains
from ledger.sealing import MalformedSeal

URL = "https://gateway.example"
DOMAINS = SigningDomains(SigningDomain(b"\1" * 32, 31337, b"\2" * 20), SigningDomain(b"\1" * 32, 31337, b"\3" * 20))
SIGNER = LocalSigner(b"\5" * 32)
NETWORK = {
    "gateway": URL,
    "chainId": 31337,
    "networkId": "0x" + "01" * 32,
    "consignments": "0x" + "02" * 20,
    "participants": "0x" + "03" * 20,
    "recognitions": "0x" + "04" * 20,
}
CIPHERTEXT = "AQ=="


class There:
    """A gateway that answers as it is told, and notes what it was asked."""

    def __init__(self):
        self.asked = []
        self.network = dict(NETWORK)
        self.message = {"gateway": URL, "nonce": "0x" + "07" * 32, "organisation": 250}
        self.answers = {}

    def __call__(self, request):
        self.asked.append(request)
        if request.url.path in self.answers:
            return self.answers[request.url.path]
        if request.url.path == "/v1/network":
            return httpx.Response(200, json=self.network)
        if request.url.path == "/v1/sessions/challenges":
            message = {"deadline": int(time.time()) + 300, **self.message}
            return httpx.Response(
                201, json={"nonce": "", "typedData": {"message": message}, "digest": "0x" + "66" * 32}
            )
        if request.url.path == "/v1/sessions":
            return httpx.Response(201, json={"token": "the-token", "organisation": 250})
        return httpx.Response(404)

    def opened(self, url=URL, **more):
        return Elsewhere(url, transport=httpx.MockTransport(self), **more)

    @property
    def paths(self):
        return [one.url.path for one in self.asked]


@pytest.fixture
def there():
    return There()


def test_a_session_is_opened_by_signing_what_was_put_together_here(there):
    with there.opened(URL + "/") as gateway:
        gateway.enter(DOMAINS, 250, SIGNER)
        assert gateway.sealed(b"\1" * 32) == []
    answer = json.loads(there.asked[2].content)
    claim = SessionClaim(URL, b"\7" * 32, 250, answer["deadline"])
    assert recover(claim.digest(31337), bytes.fromhex(answer["signature"][2:])) == SIGNER.address
    assert there.asked[-1].headers["authorization"] == "Bearer the-token"
    assert "authorization" not in there.asked[0].headers


@pytest.mark.parametrize(
    ("name", "other"),
    [("chainId", 1), ("networkId", "0x" + "09" * 32), ("consignments", "0x00"), ("participants", "0x00")],
)
def test_a_gateway_of_another_network_is_asked_nothing_more(there, name, other):
    there.network[name] = other
    with there.opened() as gateway, pytest.raises(OtherGateway, match="of another network"):
        gateway.enter(DOMAINS, 250, SIGNER)
    assert there.paths == ["/v1/network"]


def test_nothing_is_signed_for_a_gateway_that_calls_itself_something_else(there):
    there.network["gateway"] = "https://another.example"
    with there.opened() as gateway, pytest.raises(OtherGateway, match="calls itself 'https://another"):
        gateway.enter(DOMAINS, 250, SIGNER)
    with there.opened(name="https://another.example") as gateway, pytest.raises(OtherGateway, match="itself"):
        gateway.enter(DOMAINS, 250, SIGNER)
    there.message["gateway"] = "https://another.example"
    with there.opened(name="https://another.example") as gateway:
        gateway.enter(DOMAINS, 250, SIGNER)
    assert "/v1/sessions" in there.paths


@pytest.mark.parametrize(
    "passed_on",
    [{"gateway": "https://victim.example"}, {"organisation": 826}, {"deadline": 2**39}],
    ids=["another gateway's", "somebody else's", "endless"],
)
def test_a_challenge_that_is_passed_on_is_not_signed(there, passed_on):
    there.message |= passed_on
    with there.opened() as gateway, pytest.raises(OtherGateway, match=r"nothing was signed"):
        gateway.enter(DOMAINS, 250, SIGNER)
    assert "/v1/sessions" not in there.paths


def test_a_key_that_the_gateway_does_not_know(there):
    there.answers["/v1/sessions"] = httpx.Response(403)
    with there.opened() as gateway, pytest.raises(SessionRefused, match="opens no session for this participant"):
        gateway.enter(DOMAINS, 250, SIGNER)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(429), "asked too much"),
        (httpx.Response(500, content=b"secret"), "answers with status 500"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), "answers with status 302"),
        (httpx.Response(200, content=b"<html>"), "no answer of a gateway"),
        (httpx.Response(200, json={"sealed": [{"wrap": "secret"}]}), "no answer of a gateway"),
        (httpx.Response(200, content=b" " * 2_000), "more than 1000 bytes"),
    ],
)
def test_answers_that_are_none(there, answer, said, monkeypatch):
    monkeypatch.setattr(elsewhere, "LARGEST", 1_000)
    there.answers["/v1/payloads/0x" + "01" * 32] = answer
    with there.opened() as gateway, pytest.raises(GatewayUnreachable, match=said) as raised:
        gateway.sealed(b"\1" * 32)
    assert "secret" not in str(raised.value)


def test_no_answer_at_all():
    def refuse(request):
        raise httpx.ConnectError("no route to the token")

    gateway = Elsewhere(URL, transport=httpx.MockTransport(refuse))
    with gateway, pytest.raises(GatewayUnreachable) as raised:
        gateway.status("TRACKING-1")
    assert str(raised.value) == f"{URL}: the gateway does not answer (ConnectError)"


def test_no_log_has_token_or_reference(there, caplog):
    caplog.set_level(logging.DEBUG)
    with there.opened() as gateway:
        gateway.enter(DOMAINS, 250, SIGNER)
        gateway.status("TRACKING-1")
    logging.getLogger("test").debug("logs are read")
    assert "logs are read" in caplog.text
    assert not {word for word in ("the-token", "TRACKING-1") if word in caplog.text}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gateway.example", "no URL of a gateway"),
        ("ftp://gateway.example", "no URL of a gateway"),
        ("https://", "no URL of a gateway"),
        ("https://gateway.example/?key=hidden", "no URL of a gateway"),
        ("https://me:hidden@gateway.example", "no URL of a gateway"),
        ("http://gateway.example", "must not travel over plain http"),
        ("http://192.0.2.1:8000", "must not travel over plain http"),
    ],
)
def test_urls_that_are_not_asked(url, said):
    with pytest.raises(GatewayError, match=said) as raised:
        Elsewhere(url)
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", URL])
def test_urls_that_are(url):
    with Elsewhere(url) as gateway:
        assert gateway.url == url


def sealed(**changed):
    told = {
        "declaration": "0x" + "01" * 32,
        "commitment": "0x" + "02" * 32,
        "schema": "0x" + "03" * 32,
        "fields": "0x" + "00" * 32,
        "owner": 826,
        "contentHash": "0x",
        "ciphertext": CIPHERTEXT,
        "wrap": None,
    }
    return {"sealed": [{**told, **changed}]}


@pytest.mark.parametrize(
    "changed",
    [
        {"declaration": "no hex"},
        {"declaration": "0x01"},
        {"ciphertext": "*"},
        {"ciphertext": CIPHERTEXT},
        {"wrap": {"keyVersion": 1, "suite": 9, "wrap": ""}},
        {"wrap": {"keyVersion": 1, "suite": 1, "wrap": "*"}},
        {"wrap": {"keyVersion": 1, "suite": 1, "wrap": "AA=="}},
    ],
)
def test_what_is_sealed_has_a_form(there, changed):
    good = {"ciphertext": _padded()}
    there.answers["/v1/payloads/0x" + "01" * 32] = httpx.Response(200, json=sealed(**{**good, **changed}))
    with there.opened() as gateway, pytest.raises(MalformedSeal):
        gateway.sealed(b"\1" * 32)


def _padded():
    import base64

    return base64.b64encode(b"\1" + bytes(28 + 4_096)).decode()


def test_a_reference_is_one_segment_of_a_path(there):
    with there.opened() as gateway:
        assert gateway.status("A/B?C#D", "UCR").declarations == []
    assert there.asked[0].url.raw_path == b"/v1/consignments/A%2FB%3FC%23D/status?type=UCR"


def test_what_a_status_names(there):
    ids = ["0x" + "01" * 32, "0x" + "02" * 32]
    there.answers["/v1/consignments/X/status"] = httpx.Response(
        200, json={"answer": "AMBIGUOUS", "declaration": None, "candidates": [{"declaration": one} for one in ids]}
    )
    there.answers["/v1/consignments/Y/status"] = httpx.Response(200, json={"declaration": ids[1]})
    with there.opened() as gateway:
        assert gateway.status("X").declarations == [b"\1" * 32, b"\2" * 32]
        assert gateway.status("Y").declarations == [b"\2" * 32]
