"""Two relays of two homes write to one embedded chain at once: neither trips over the other."""

import threading
import time

import pytest

from ledger.chain.signers import open_signer
from ledger.client import Client, RecordProgress
from ledger.devnet import Devnet, apart
from ledger.domain.codes import Leg
from ledger.home import Home
from tests.client.letters import PLATFORM_EORI, Case, message
from tests.client.networks import desk_of

pytestmark = pytest.mark.e2e

EACH = 25


@pytest.fixture
def homes(tmp_path):
    with Devnet(tmp_path / "one", gateway=False) as one:
        apart(Home.load(tmp_path / "one"), ["customs-fr"], tmp_path / "two")
        with Devnet(tmp_path / "two", gateway=False) as two:
            one._home = Home.load(tmp_path / "one")
            yield one, two


def declaring(client, devnet):
    desk = desk_of(client, devnet, "platform")
    return lambda: desk.declare(message(Case("export", country="GB", declarant=PLATFORM_EORI).declaration()))


def reporting(client, devnet):
    desk = desk_of(client, devnet, "customs-fr")
    return lambda: desk.report({"Declaration/ID[1]": "25FR"}, Leg.IMPORT, int(time.time()), [])


def test_both_write_at_once_and_each_record_stands_once(homes):
    told, failures = {}, []

    def work(devnet, writing):
        try:
            with Client.open(devnet.home.settings()) as client:
                client.sync()
                client.start()
                write = writing(client, devnet)
                digests = [write().digest for _ in range(EACH)]
                told[writing] = client.wait(digests, 120)
                client.stop(10)
        except Exception as error:  # noqa: BLE001 - told below, by the thread that can fail the test
            failures.append(error)

    both = [threading.Thread(target=work, args=pair) for pair in zip(homes, (declaring, reporting), strict=True)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert not failures
    assert {one.progress for answers in told.values() for one in answers} == {RecordProgress.FINAL}
    for devnet in homes:
        with Client.open(devnet.home.settings()) as client:
            client.sync()
            assert not client.replay().differences
            assert not client.alarms()
            assert client.events(limit=1_000).items == first_feed(homes)
    assert len({open_signer(one.home.relay_uri).address for one in homes}) == 2


def first_feed(homes):
    with Client.open(homes[0].home.settings()) as client:
        client.sync()
        found = client.events(limit=1_000).items
    assert len(found) >= 2 * EACH
    assert len({one.digest for one in found}) == len(found)
    return found
