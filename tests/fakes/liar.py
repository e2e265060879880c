"""An HTTP proxy that lies: every answer of what stands behind it goes through a function of the test's."""

import http.client
import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

DROPPED = object()
"""As a lie: no answer to this call."""


class Liar:
    """Stands before `url`. `honest` counts answers that went through as they were, `lies` those that did not.

    `node` is called with method, parameters and result of each JSON-RPC call, `gateway` with the path and the JSON of
    each answer; what they return is sent on. Each connection is served by a thread of its own.
    """

    def __init__(
        self,
        url: str,
        node: Callable[[str, Sequence[Any], Any], Any] | None = None,
        gateway: Callable[[str, Any], Any] | None = None,
    ):
        self.node, self.gateway = node, gateway
        self.honest = self.lies = 0
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 80)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _told(self, was: Any, is_: Any) -> Any:
        if is_ == was:
            self.honest += 1
        else:
            self.lies += 1
        return is_

    def answer(self, path: str, request: bytes, content: bytes) -> bytes:
        if self.node is not None:
            calls = {call["id"]: call for call in json.loads(request)}
            answers = [self._of_call(calls[one["id"]], one) for one in json.loads(content)]
            return json.dumps([one for one in answers if one is not DROPPED]).encode()
        assert self.gateway is not None
        was = json.loads(content)
        return json.dumps(self._told(was, self.gateway(path, json.loads(content)))).encode()

    def _of_call(self, call: dict[str, Any], answer: dict[str, Any]) -> Any:
        assert self.node is not None
        was = answer.get("result")
        is_ = self._told(was, self.node(call["method"], call["params"], json.loads(json.dumps(was))))
        if is_ is DROPPED or is_ == was:
            return answer if is_ == was else DROPPED
        if isinstance(is_, Exception):
            return {"jsonrpc": "2.0", "id": answer["id"], "error": {"code": -32601, "message": str(is_)}}
        return {"jsonrpc": "2.0", "id": answer["id"], "result": is_}

    def _handler(self):
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _forward(self):
                length = int(self.headers.get("content-length") or 0)
                request = self.rfile.read(length)
                names = ("content-type", "authorization")
                headers = {name: self.headers[name] for name in names if self.headers[name]}
                target = http.client.HTTPConnection(*liar._target, timeout=60)
                target.request(self.command, self.path, request or None, headers)
                answer = target.getresponse()
                content = liar.answer(self.path, request, answer.read())
                target.close()
                self.send_response(answer.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _forward  # noqa: N815 - the names that BaseHTTPRequestHandler calls

            def log_message(self, *_):
                pass

        return Handler
