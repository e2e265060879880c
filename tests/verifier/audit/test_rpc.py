"""Whatever a server answers, the auditor says what it could not read, and never falls over."""

import http.server
import json
import threading

import pytest

from passavant_verifier.audit.findings import UnknowableError
from passavant_verifier.audit.gateway import Gateway
from passavant_verifier.audit.rpc import AnswerError, Connection, Node, UnreachableError, number, parsed, raw
from passavant_verifier.audit.steps import Step


class Server:
    """Answers every request with the same bytes; `closes` that many connections first."""

    def __init__(self, content: bytes, status: int = 200, closes: int = 0):
        self.content, self.status, self.closes = content, status, closes
        self.paths: list[str] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                server.paths.append(self.path)
                if server.closes > 0:
                    server.closes -= 1
                    self.close_connection = True
                    return
                self.send_response(server.status)
                self.send_header("content-length", str(len(server.content)))
                self.end_headers()
                self.wfile.write(server.content)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"", 200, "does not answer with JSON"),
        (b"[" * 100_000, 200, "does not answer with JSON"),
        (b"{}", 200, "does not answer a batch with a list"),
        (b"[]", 200, "leaves calls of a batch without an answer"),
        (b"[7]", 200, "leaves calls of a batch without an answer"),
        (b'[{"id": 5, "result": 1}]', 200, "leaves calls of a batch without an answer"),
        (b'[{"id": [], "result": 1}]', 200, "leaves calls of a batch without an answer"),
        (b"[]", 503, "answers 503"),
    ],
)
def test_an_answer_that_is_none(content, status, message):
    with Server(content, status) as server, pytest.raises(UnreachableError, match=message):
        Node(server.url, timeout=5, pause=0.001).call("eth_chainId")


@pytest.mark.parametrize(
    "content",
    [b'{"a": "[[\\"[["}', b'"]]]]"', b'["}", {"\\\\": ["]"]}]', b"7", b'{"a": [{}, [{}]]}', b"[" * 64 + b"]" * 64],
)
def test_json_is_read_whatever_stands_in_its_strings(content):
    assert parsed(content) == json.loads(content)


@pytest.mark.parametrize("content", [b"[" * 65 + b"]" * 65, b'["]]]]]", ' * 65, b'["\\"]", ' * 65, b'{"a":' * 200_000])
def test_json_that_nests_too_deeply_never_reaches_the_parser(content):
    with pytest.raises(ValueError, match="it nests too deeply"):
        parsed(content)


def test_an_error_is_an_answer():
    for content, code in ((b'[{"id":0,"error":{"code":-1,"message":"no"}}]', -1), (b'[{"id":0,"error":"no"}]', 0)):
        with Server(content) as server, pytest.raises(AnswerError, match="eth_chainId: no") as error:
            Node(server.url, timeout=5, pause=0.001).call("eth_chainId")
        assert error.value.code == code


def test_a_connection_that_breaks_is_opened_again():
    with Server(b'[{"id":0,"result":"0x1"}]', closes=2) as server:
        assert Node(server.url, timeout=5, pause=0.001).call("eth_chainId") == "0x1"
        assert len(server.paths) == 3


def test_paths_and_queries_are_kept_and_never_named():
    with Server(b'[{"id":0,"result":"0x1"}]') as server:
        node = Node(f"{server.url}/token/abc?key=secret", timeout=5)
        node.call("eth_chainId")
        assert server.paths == ["/token/abc?key=secret"]
        assert node.name == server.url.removeprefix("http://")
    with pytest.raises(UnreachableError, match="is no http or https address"):
        Connection("file:///etc/passwd")
    with pytest.raises(UnreachableError) as error:
        Node("https://127.0.0.1:1/secret", timeout=1, pause=0.001).call("eth_chainId")
    assert "secret" not in str(error.value)


def test_what_is_no_hex_is_refused():
    for value in (None, 7, "12", "0xzz", "0x123"):
        with pytest.raises(ValueError, match=r"."):
            raw(value)
    with pytest.raises(ValueError, match="has 1 bytes, not 2"):
        raw("0x12", 2)
    for value in (None, 7, "12", "0x", "0xg"):
        with pytest.raises(ValueError, match=r"."):
            number(value)


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"nonsense", 200, "does not answer /v1/x with JSON"),
        (b"[]", 200, "does not answer /v1/x with an object"),
        (b"{}", 500, "answers 500 to /v1/x"),
    ],
)
def test_a_gateways_answer_that_is_none(content, status, message):
    with Server(content, status) as server, pytest.raises(UnknowableError, match=message):
        Gateway(server.url, timeout=5, pause=0.001).get(Step.FEED, "/v1/x")


def test_a_gateway_that_knows_of_nothing_there_answers_with_nothing():
    with Server(b'{"status": 404}', 404) as server:
        assert Gateway(server.url, timeout=5).get(Step.STATUS, "/v1/x") == {}
