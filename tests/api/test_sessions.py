import base64

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from api import auth
from api.auth import Sessions, SessionTerms, signer_of
from ledger.domain.sessions import SessionClaim
from tests.api.conftest import ORGANISATION, open_session
from tests.api.fake_client import fake, participant
from tests.api.keys import Signer

PARTICIPANT = "/v1/payloads/0x" + "11" * 32


def test_a_met_challenge_gives_a_token_that_works(web, signer):
    answer = open_session(web, signer)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["tokenType"] == "Bearer"
    assert body["organisation"] == ORGANISATION
    assert web.get(PARTICIPANT, headers={"authorization": f"bearer {body['token']}"}).status_code == 404


def test_a_wallet_computes_the_digest_that_the_gateway_says(web):
    challenge = web.post("/v1/sessions/challenges", json={"organisation": 1}).json()
    signed = Account.sign_message(encode_typed_data(full_message=challenge["typedData"]), b"\x22" * 32)
    assert signed.message_hash.hex() == challenge["digest"][2:]


def test_a_challenge_is_good_once(web, signer):
    challenge = web.post("/v1/sessions/challenges", json={"organisation": ORGANISATION}).json()
    message = challenge["typedData"]["message"]
    body = {name: message[name] for name in ("nonce", "organisation", "deadline")}
    body["signature"] = signer.sign(bytes.fromhex(challenge["digest"][2:]))
    assert [web.post("/v1/sessions", json=body).status_code for _ in range(2)] == [201, 401]


def test_what_was_wrong_is_not_told(web, signer, ledger_client):
    stranger = Signer(b"\x33" * 32)
    ended = Signer(b"\x44" * 32)
    ledger_client.keys[ended.address] = participant(ORGANISATION, ended.address, not_after=1)
    answers = [
        open_session(web, stranger),
        open_session(web, ended),
        open_session(web, signer, organisation=ORGANISATION + 1),
        open_session(web, signer, nonce="0x" + "00" * 32),
        open_session(web, signer, deadline=1),
        open_session(web, signer, deadline=2**40 - 1),
        open_session(web, signer, signature="0x" + "00" * 65),
        open_session(web, signer, signature="0x" + "ff" * 64 + "1b"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["type"] == "urn:passavant:problem:session-refused"


@pytest.mark.parametrize("change", [{"not_after": 1}, {"not_before": 1 << 39}, {"compromised_since": 1}])
def test_a_key_that_ends_ends_its_sessions(web, session, signer, ledger_client, change):
    assert web.get(PARTICIPANT, headers=session).status_code == 404
    ledger_client.keys[signer.address] = participant(ORGANISATION, signer.address, **change)
    ledger_client.head += 1
    answer = web.get(PARTICIPANT, headers=session)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:passavant:problem:session-invalid"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer ", "Basic abc", "Bearer é", "Bearer a.b", "Bearer " + "A" * 83]
)
def test_other_tokens_are_refused(web, token):
    assert web.get(PARTICIPANT, headers={"authorization": token.encode()}).status_code == 401


def test_a_session_is_needed_for_payloads(web):
    answer = web.get(PARTICIPANT)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:passavant:problem:session-needed"


class Clock:
    now = 1_760_000_000.0

    def __call__(self):
        return self.now


def sessions(client, clock, gateway="here", secret=b"s" * 32):
    return Sessions(client, SessionTerms(gateway, secret, 900, 300), clock)


@pytest.fixture
def opened():
    clock, client, signer = Clock(), fake(), Signer(b"\x11" * 32)
    client.keys[signer.address] = participant(ORGANISATION, signer.address)
    here = sessions(client, clock)
    claim = here.challenge(ORGANISATION)
    signature = bytes.fromhex(signer.sign(claim.digest(31337))[2:])
    token, _ = here.open(claim.nonce, ORGANISATION, claim.deadline, signature)
    return here, client, clock, token


def test_a_session_ends_after_its_time(opened):
    here, _, clock, token = opened
    clock.now += 899
    assert here.check(token).organisation == ORGANISATION
    clock.now += 1
    assert here.check(token) is None


def test_a_key_is_asked_about_again_with_each_block_and_each_second(opened, monkeypatch):
    here, client, clock, token = opened
    assert here.check(token)
    signer = Signer(b"\x11" * 32)
    client.keys[signer.address] = participant(ORGANISATION, signer.address, not_after=1)
    assert here.check(token)
    client.head += 1
    assert here.check(token) is None
    client.keys[signer.address] = participant(ORGANISATION, signer.address)
    assert here.check(token) is None
    clock.now += 1
    monkeypatch.setattr(auth, "REMEMBERED", 0)
    assert here.check(token)


def test_a_session_is_bound_to_its_gateway(opened):
    here, client, clock, token = opened
    assert sessions(client, clock, gateway="there").check(token) is None
    assert sessions(client, clock, secret=b"t" * 32).check(token) is None
    assert sessions(client, clock).check(token) == here.check(token)


def test_no_bit_of_a_token_may_change(opened):
    here, _, _, token = opened
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert here.check(base64.urlsafe_b64encode(changed).decode().rstrip("=")) is None


def test_a_signature_for_another_gateway_opens_nothing(opened):
    here, _, _, _ = opened
    claim = here.challenge(ORGANISATION)
    elsewhere = SessionClaim("there", claim.nonce, ORGANISATION, claim.deadline)
    signature = bytes.fromhex(Signer(b"\x11" * 32).sign(elsewhere.digest(31337))[2:])
    assert here.open(claim.nonce, ORGANISATION, claim.deadline, signature) is None


def test_a_high_s_or_strange_v_is_no_signature():
    signer, digest = Signer(b"\x11" * 32), b"\5" * 32
    signature = bytes.fromhex(signer.sign(digest)[2:])
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = (order - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    assert signer_of(digest, signature) == signer.address
    assert signer_of(digest, signature[:32] + high + bytes([55 - signature[64]])) is None
    assert signer_of(digest, signature[:64] + bytes([signature[64] - 27])) is None
    assert signer_of(digest, signature[:64]) is None
