import http.client
import socket
import threading

import msgspec
import pytest

from ledger.chain import rpc as module
from ledger.chain.errors import BadAnswer, NodeError, NodeUnreachable
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed, is_read
from ledger.errors import PassavantError
from tests.fakes.node import Failure, Unanswered, lose


class Scripted:
    """Answers each request, on a connection of its own or kept alive, with the next of these bytes."""

    def __init__(self, *answers: bytes):
        self.requests: list[bytes] = []
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while self._answers:
            client, _ = self._listener.accept()
            with client:
                self.requests.append(client.recv(65536))
                client.sendall(self._answers.pop(0))


def http_answer(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Height(msgspec.Struct):
    number: str


def test_a_call_gives_the_result(rpc):
    assert rpc.call("eth_chainId") == "0x7a69"
    assert rpc.call("eth_chainId") == "0x7a69"  # over the same connection


def test_a_result_is_decoded_into_a_shape(rpc):
    assert rpc.typed(Height, "eth_getBlockByNumber", "latest", False).number == "0x0"  # noqa: FBT003


def test_a_result_of_another_shape_is_a_bad_answer(rpc):
    with pytest.raises(BadAnswer, match="eth_chainId"):
        rpc.typed(Height, "eth_chainId")


def test_an_error_of_the_node_keeps_its_facts(node, rpc):
    node.fail("eth_call", Failure(3, "execution reverted", "0x1234"))
    with pytest.raises(NodeError) as caught:
        rpc.call("eth_call", {}, "latest")
    assert (caught.value.code, caught.value.message, caught.value.revert_data) == (3, "execution reverted", b"\x12\x34")
    assert isinstance(caught.value, PassavantError)
    assert str(caught.value) == "execution reverted (code 3)"


@pytest.mark.parametrize(
    ("data", "message", "expected"),
    [
        ("0x12", "x", b"\x12"),
        ({"data": "0x12"}, "x", b"\x12"),
        ("0xzz", "x", None),
        (None, "Execution reverted", b""),
        (None, "out of gas", None),
        ("Reverted 0x", "busy", None),
    ],
)
def test_what_a_call_reverted_with(data, message, expected):
    assert NodeError(3, message, data).revert_data == expected


def test_a_batch_keeps_the_order_and_each_ones_error(node, rpc):
    node.fail("eth_getCode", Failure(-32000, "no"))
    height, code, chain = rpc.batch([("eth_blockNumber", ()), ("eth_getCode", ("0x", "latest")), ("eth_chainId", ())])
    assert (height, chain) == ("0x0", "0x7a69")
    assert isinstance(code, NodeError)


def test_a_long_batch_goes_in_parts_and_an_empty_one_nowhere(node, rpc):
    assert rpc.batch([("eth_blockNumber", ())] * (2 * module.BATCH + 1)) == ["0x0"] * (2 * module.BATCH + 1)
    assert rpc.batch([]) == []


def test_a_read_is_asked_again_when_no_answer_comes(node, rpc):
    node.fail("eth_chainId", Unanswered(), lose)
    assert rpc.call("eth_chainId") == "0x7a69"
    assert node.calls.count("eth_chainId") == 3


def test_a_read_is_not_asked_for_ever(node, rpc):
    node.fail("eth_chainId", *[Unanswered()] * 5)
    with pytest.raises(NodeUnreachable) as caught:
        rpc.call("eth_chainId")
    assert node.calls.count("eth_chainId") == 3
    assert caught.value.endpoint == node.url


def test_what_is_no_read_is_sent_once(node, rpc):
    node.fail("evm_mine", lose)
    with pytest.raises(NodeUnreachable):
        rpc.call("evm_mine")
    assert node.calls == ["evm_mine"]
    assert len(node.chain.blocks) == 2  # it took effect all the same


def test_a_batch_with_one_that_is_no_read_is_sent_once(node, rpc):
    node.fail("eth_chainId", Unanswered())
    with pytest.raises(NodeUnreachable):
        rpc.batch([("eth_chainId", ()), ("evm_mine", ())])
    assert node.calls == ["eth_chainId"]


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "evm_mine", "anvil_rollback", "eth_signTypedData_v4"])
def test_these_are_no_reads(method):
    assert not is_read(method)


@pytest.mark.parametrize("method", ["eth_call", "eth_getLogs", "net_version", "eth_estimateGas", "eth_blockNumber"])
def test_these_are_reads(method):
    assert is_read(method)


def test_an_idle_connection_is_not_trusted(node, rpc, monkeypatch):
    rpc.call("evm_mine")
    monkeypatch.setattr(module, "_IDLE", -1.0)
    first = rpc._connection
    rpc.call("evm_mine")
    assert rpc._connection is not first


def test_nobody_listens():
    with pytest.raises(NodeUnreachable, match="refused"):
        Rpc("http://127.0.0.1:1", attempts=2, pause=0.001).call("eth_chainId")


def test_a_node_that_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        rpc = Rpc(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05, attempts=1)
        with pytest.raises(NodeUnreachable, match="no answer in time"):
            rpc.call("eth_chainId")


@pytest.mark.parametrize("url", ["127.0.0.1:8545", "ws://127.0.0.1", "http://", "ftp://host"])
def test_a_url_that_is_none(url):
    with pytest.raises(NodeUnreachable, match="starts with http"):
        Rpc(url)


def test_no_token_is_shown():
    rpc = Rpc("https://alice:geheim@node.example/v3/token?key=token", headers={"Authorization": "Bearer token"})
    assert repr(rpc) == "Rpc(https://node.example:443)"
    rpc._used = 0
    connection = rpc._open()
    assert isinstance(connection, http.client.HTTPSConnection)
    rpc.close()


def test_credentials_and_path_of_the_url_go_to_the_node_only():
    node = Scripted(http_answer(b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'))
    rpc = Rpc(node.url.replace("http://", "http://alice:geheim@") + "/v3/token?key=k")
    assert rpc.call("eth_chainId") == "0x1"
    assert node.requests[0].startswith(b"POST /v3/token?key=k HTTP/1.1")
    assert b"Authorization: Basic YWxpY2U6Z2VoZWlt" in node.requests[0]
    assert "geheim" not in repr(rpc)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html>", BadAnswer),
        (b"[]", BadAnswer),
        (b'{"jsonrpc":"2.0","id":7,"result":1}', BadAnswer),
        (b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no"}}', NodeError),
    ],
)
def test_what_is_no_answer(body, error):
    with pytest.raises(error):
        Rpc(Scripted(http_answer(body)).url).call("eth_chainId")


def test_a_batch_refused_as_a_whole():
    body = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"batch too large"}}'
    with pytest.raises(NodeError, match="too large"):
        Rpc(Scripted(http_answer(body)).url).batch([("eth_chainId", ())] * 2)


def test_a_batch_with_a_missing_answer():
    body = b'[{"jsonrpc":"2.0","id":1,"result":"0x1"}]'
    with pytest.raises(BadAnswer):
        Rpc(Scripted(http_answer(body)).url).batch([("eth_chainId", ())] * 2)


def test_an_http_error_without_json_is_no_answer():
    with pytest.raises(NodeUnreachable, match="413"):
        Rpc(Scripted(http_answer(b"too large", "413 Payload Too Large")).url, attempts=1).call("eth_chainId")


def test_an_http_error_with_json_is_the_nodes_error():
    body = b'{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"slow down"}}'
    with pytest.raises(NodeError, match="slow down"):
        Rpc(Scripted(http_answer(body, "429 Too Many Requests")).url).call("eth_chainId")


def test_threads_share_one():
    from tests.fakes.node import FakeNode

    node = FakeNode()
    rpc = Rpc(node.url)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(rpc.call("eth_chainId"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["0x7a69"] * 20
    node.close()


def test_numbers_and_bytes():
    assert (as_int("0x10"), as_bytes("0x0102"), hexed(b"\1"), hexed(16)) == (16, b"\1\2", "0x01", "0x10")
    with pytest.raises(BadAnswer):
        as_int(None)
    with pytest.raises(BadAnswer):
        as_bytes("0xz")
