"""Answers of the node that never arrive: the submitter sends the same bytes again, and each record is recorded once."""

import contextlib
import socket
import threading

import pytest

from ledger.client import RecordProgress
from tests.fakes.proxy import FaultProxy

pytestmark = pytest.mark.e2e
SEND = "eth_sendRawTransaction"


class CuttingProxy(FaultProxy):
    """Cuts connections before a marked request reaches the node."""

    def __init__(self, port):
        self.to_cut = []
        super().__init__(port)

    def _serve(self, client):
        with client, socket.create_connection(("127.0.0.1", self._target)) as node, contextlib.suppress(OSError):
            threading.Thread(target=self._answers, args=(node, client, threading.Event()), daemon=True).start()
            while data := client.recv(1 << 16):
                if any(text in data for text in self.to_cut):
                    self.to_cut.pop()
                    client.shutdown(socket.SHUT_RDWR)
                    return
                node.sendall(data)


@pytest.fixture
def proxy(request, network, place):
    made = getattr(request, "param", FaultProxy)(int(network.supervisor.url.rpartition(":")[2]))
    place.rpc = made.url
    yield made
    made.close()


def settle(place, client, count=12):
    """Submit declarations from several threads; all must be final, each recorded once."""
    entries = [place.declaration() for _ in range(count)]
    digests = [place.digest(entry) for entry in entries]
    threads = [threading.Thread(target=client.submit, args=(entries[at::3],)) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = client.wait(digests, 60)
    assert {answer.progress for answer in answers} == {RecordProgress.FINAL}
    recorded = place.recorded()
    assert [recorded[digest] for digest in digests] == [1] * count


@pytest.mark.parametrize("times", [1, 3])
def test_the_answer_is_swallowed(place, proxy, times):
    proxy.swallow(SEND, times)
    with place.client() as client:
        while proxy.swallowed < times:
            settle(place, client)
        settle(place, client)


@pytest.mark.parametrize("proxy", [CuttingProxy], indirect=True)
def test_the_connection_is_cut_before_the_node_hears(place, proxy):
    proxy.to_cut = [SEND.encode()] * 2
    with place.client() as client:
        settle(place, client)
        settle(place, client)
    assert not proxy.to_cut


def test_every_answer_is_late(place, proxy):
    proxy.delay = 0.05
    with place.client() as client:
        settle(place, client)


def test_answers_are_swallowed_while_it_mines_and_settles(place, proxy):
    for method in ("evm_mine", "eth_getTransactionReceipt", "eth_getTransactionCount", "eth_call"):
        proxy.swallow(method)
    with place.client() as client:
        settle(place, client)
        settle(place, client)
    assert proxy.swallowed == 4
