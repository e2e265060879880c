"""schemathesis over the running gateway: no 5xx, no undocumented answer, in all of its phases."""

import subprocess
import sys

import httpx
import pytest

from ledger.devnet import Devnet
from ledger.devnet.gateway import Gateway, free_port
from tests.api.running import Participant

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

# 412: a valid record may name a head that is not current, which no schema can say
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412"]
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    home = tmp_path_factory.mktemp("conformance")
    with pytest.MonkeyPatch.context() as environment, Devnet(home / "home", gateway=False) as chain:
        environment.setenv("PASSAVANT_RATE", "0")
        gateway = Gateway(chain.home, home, free_port())
        yield chain, gateway
        gateway.stop()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("bazaar", ["--max-examples", "12"]),
        ("auditor", ["--max-examples", "25", "--include-path", "/v1/events", "--phases", "coverage,fuzzing"]),
        ("auditor", ["--max-examples", "25", "--include-path", "/v1/recognition/benefits"]),
        ("customs-fr", ["--max-examples", "25", "--include-path-regex", "/v1/recognition/assistance"]),
        ("customs-fr", ["--max-examples", "25", "--include-path", "/v1/recognition/worklist"]),
        ("customs-fr", ["--max-examples", "25", "--include-path-regex", "/v1/recognition/(arrangements|annexes)"]),
        (None, ["--max-examples", "8", "--phases", "fuzzing"]),
    ],
)
def test_it_answers_as_documented(running, tmp_path, name, options):
    chain, gateway = running
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    if name:
        with httpx.Client(base_url=gateway.url) as web:
            session = Participant.of(chain.home, name, web).log_in().headers["authorization"]
        options = [*options, "--header", f"Authorization: {session}"]
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.url}/openapi.json"]
    fixed = ["--checks", "all", "--seed", "20260101", "--generation-database", "none", "--no-color", *options]
    done = subprocess.run([*command, *fixed], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert '"level":"error"' not in gateway.program.said()
