"""A TCP proxy in front of a node that swallows or delays answers: what networks do, at will."""

import contextlib
import socket
import threading
import time


class FaultProxy:
    """Forwards to a port on this machine. A request that holds a marked text reaches the node; its answer does not.

    `swallow("eth_sendRawTransaction")` drops the answer to the next such request and closes the connection;
    `delay` holds back every answer for some seconds.
    """

    def __init__(self, port: int):
        self._target = port
        self._swallow: list[bytes] = []
        self.delay = 0.0
        self.swallowed = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self, text: str, times: int = 1) -> None:
        self._swallow += [text.encode()] * times

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        lost = threading.Event()
        with client, socket.create_connection(("127.0.0.1", self._target)) as node, contextlib.suppress(OSError):
            threading.Thread(target=self._answers, args=(node, client, lost), daemon=True).start()
            while data := client.recv(1 << 16):
                marked = next((text for text in self._swallow if text in data), None)
                if marked:
                    self._swallow.remove(marked)
                    self.swallowed += 1
                    lost.set()
                node.sendall(data)

    def _answers(self, node: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := node.recv(1 << 16):
                time.sleep(self.delay)
                if lost.is_set():
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
