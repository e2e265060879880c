"""A gateway over the in-memory client, in this process."""

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.domain.codes import OrganisationKind
from tests.api.fake_client import fake, participant
from tests.api.keys import Signer

ORGANISATION = 70_000
AUDITOR = 90_000


@pytest.fixture
def settings():
    return Settings(
        network="n.json",
        rpc="http://127.0.0.1:1",
        database="sqlite:///s",
        index_key="k",
        relay="env:RELAY",
        log_level="error",
    )


@pytest.fixture
def ledger_client():
    return fake()


@pytest.fixture
def web(settings, ledger_client):
    with TestClient(create_app(settings, ledger_client), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def signer(ledger_client):
    signer = Signer(b"\x11" * 32)
    ledger_client.keys[signer.address] = participant(ORGANISATION, signer.address)
    return signer


@pytest.fixture
def session(web, signer):
    """The headers of a session of `ORGANISATION`."""
    return {"authorization": f"Bearer {open_session(web, signer).json()['token']}"}


@pytest.fixture
def audit(web, ledger_client):
    """The headers of a session of an auditor."""
    signer = Signer(b"\x22" * 32)
    ledger_client.keys[signer.address] = participant(AUDITOR, signer.address, OrganisationKind.AUDITOR)
    return {"authorization": f"Bearer {open_session(web, signer, AUDITOR).json()['token']}"}


def open_session(web, signer, organisation=ORGANISATION, **changes):
    challenge = web.post("/v1/sessions/challenges", json={"organisation": organisation}).json()
    message = challenge["typedData"]["message"]
    body = {
        "nonce": message["nonce"],
        "organisation": message["organisation"],
        "deadline": message["deadline"],
        "signature": signer.sign(bytes.fromhex(challenge["digest"][2:])),
    }
    return web.post("/v1/sessions", json=body | changes)
