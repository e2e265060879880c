"""``python -m tests.faults.launcher``: the gateway with a short lease, killed at the step that PASSAVANT_FAULT says."""

import os
from dataclasses import replace

import uvicorn

from api.app import create_app
from api.settings import Settings
from ledger.chain.steps import observer_from
from ledger.client import Client

LEASE = 2.0


def main():
    settings = Settings()
    client = Client.open(settings.client(), check=False, step=observer_from(os.environ))
    assert client.submitter
    client.submitter.settings = replace(client.submitter.settings, lease=LEASE)
    app = create_app(settings, client)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_config=None)


if __name__ == "__main__":
    main()
