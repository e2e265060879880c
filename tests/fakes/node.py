"""A node that can misbehave: JSON-RPC over real HTTP, a small chain in memory, and faults on demand.

The chain takes transactions of any sender in order of their nonces; a call of ``record`` is decoded by eth_abi, not by
the code under test. An entry's digest is ``keccak(type, body)``; `verdict` says what becomes of an entry that is new.
"""

import contextlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import rlp
from eth_abi.abi import decode, encode

from ledger.chain.abi import NOTHING_RECORDED, RECORD
from ledger.chain.decoding import event_signature, topic
from ledger.domain.codes import Outcome, RecordType
from ledger.domain.keccak import keccak256

if TYPE_CHECKING:
    from collections.abc import Callable


class Unanswered(Exception):  # noqa: N818
    """Close the connection instead of answering."""


@dataclass
class Failure(Exception):  # noqa: N818
    """A JSON-RPC error."""

    code: int
    message: str
    data: object = None


@dataclass
class FakeBlock:
    number: int
    parent: bytes
    salt: int
    logs: list[dict[str, Any]] = field(default_factory=list)
    transactions: list[bytes] = field(default_factory=list)

    @property
    def hash(self) -> bytes:
        return keccak256(self.number.to_bytes(8, "big"), self.parent, self.salt.to_bytes(8, "big"))


def digest_of_entry(kind: int, body: bytes) -> bytes:
    return keccak256(bytes([kind]), body)


class FakeChain:
    """The state behind a `FakeNode`; everything may be changed by a test at any time."""

    def __init__(self, chain_id: int = 31337):
        self.chain_id = chain_id
        self.salt = 0
        self.blocks = [FakeBlock(0, bytes(32), 0)]
        self.pool: list[bytes] = []
        self.mined: dict[bytes, tuple[int, bool]] = {}
        self.code: dict[str, str] = {}
        self.verdict: Callable[[int, bytes], Outcome] = lambda kind, body: Outcome.RECORDED
        self.reverts = False  # transactions revert when mined
        self.finalized = 0

    def block(self, logs: list[dict[str, Any]] | None = None) -> FakeBlock:
        """Append a block with these logs: the place of each is filled in."""
        parent = self.blocks[-1]
        made = FakeBlock(parent.number + 1, parent.hash, self.salt)
        self.blocks.append(made)
        for log in logs or []:
            self.log(made, log)
        return made

    def log(self, block: FakeBlock, log: dict[str, Any]) -> None:
        place = {"blockNumber": hex(block.number), "blockHash": "0x" + block.hash.hex()}
        filled = {"transactionHash": "0x" + bytes(32).hex(), "logIndex": hex(len(block.logs))}
        block.logs.append({**filled, **place, **log})

    def truncate(self, height: int, salt: int) -> None:
        """Forget the blocks above a height; new ones get other hashes."""
        self.blocks = self.blocks[: height + 1]
        self.salt = salt
        self.mined = {hash_: place for hash_, place in self.mined.items() if place[0] <= height}

    def recorded(self) -> dict[bytes, int]:
        """The recorded digests, and how often each."""
        found: dict[bytes, int] = {}
        for block in self.blocks:
            for log in block.logs:
                digest = bytes.fromhex(log["topics"][1][2:])
                found[digest] = found.get(digest, 0) + 1
        return found

    def nonce(self, height: int = 10**9) -> int:
        return sum(block <= height for block, _ in self.mined.values())

    def mine(self) -> None:
        block = self.block()
        while ready := next((raw for raw in self.pool if nonce_of(raw) == self.nonce()), None):
            self.pool.remove(ready)
            self._execute(ready, block)
        self.pool = [raw for raw in self.pool if nonce_of(raw) > self.nonce()]

    def _execute(self, raw: bytes, block: FakeBlock) -> None:
        hash_ = keccak256(raw)
        entries = entries_of(data_of(raw))
        outcomes = self.outcomes(entries)
        good = Outcome.RECORDED in outcomes and not self.reverts
        self.mined[hash_] = (block.number, good)
        block.transactions.append(hash_)
        for (kind, body, _, _), outcome in zip(entries, outcomes, strict=True):
            if good and outcome is Outcome.RECORDED:
                topics = [topic(event_signature(RecordType(kind))), "0x" + digest_of_entry(kind, body).hex()]
                self.log(
                    block, {"topics": topics, "transactionHash": "0x" + hash_.hex(), "address": "0x", "data": "0x"}
                )

    def outcomes(self, entries: list[tuple[int, bytes, bytes, bytes]]) -> list[Outcome]:
        known = set(self.recorded())
        told = []
        for kind, body, _, _ in entries:
            digest = digest_of_entry(kind, body)
            outcome = Outcome.ALREADY_RECORDED if digest in known else self.verdict(kind, body)
            known |= {digest} if outcome is Outcome.RECORDED else set()
            told.append(outcome)
        return told


class FakeNode:
    """Serves a `FakeChain`. `faults[method]` holds what the next calls of a method do instead, in order.

    A fault is an exception to raise before the call is done, or a function of the true answer: ``lose`` does the call
    and closes the connection, ``null`` answers null.
    """

    def __init__(self, chain: FakeChain | None = None):
        self.chain = chain or FakeChain()
        self.faults: dict[str, list[Any]] = {}
        self.calls: list[str] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with contextlib.suppress(Unanswered):
                    answer = [node.answer(one) for one in body] if isinstance(body, list) else node.answer(body)
                    sent = json.dumps(answer).encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(sent)))
                    self.end_headers()
                    self.wfile.write(sent)
                    return
                self.close_connection = True

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail(self, method: str, *faults) -> None:
        self.faults.setdefault(method, []).extend(faults)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        method, params = request["method"], request["params"]
        self.calls.append(method)
        fault = self.faults.get(method, []).pop(0) if self.faults.get(method) else None
        head = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            if isinstance(fault, Exception):
                raise fault
            result = getattr(self, "_" + re.sub("([A-Z])", r"_\1", method).lower())(*params)
            return {**head, "result": fault(result) if fault else result}
        except Failure as failure:
            return {**head, "error": {"code": failure.code, "message": failure.message, "data": failure.data}}

    def _eth_chain_id(self):
        return hex(self.chain.chain_id)

    def _eth_get_code(self, address, _at):
        return self.chain.code.get(address, "0x")

    def _eth_block_number(self):
        return hex(len(self.chain.blocks) - 1)

    def _eth_get_block_by_number(self, at, _full):
        tags = {"latest": len(self.chain.blocks) - 1, "finalized": self.chain.finalized}
        number = tags[at] if at in tags else int(at, 16)
        if not 0 <= number < len(self.chain.blocks):
            return None
        block = self.chain.blocks[number]
        place = {"number": hex(number), "hash": "0x" + block.hash.hex(), "parentHash": "0x" + block.parent.hex()}
        return {**place, "timestamp": hex(1000 + number), "transactions": []}

    def _eth_get_logs(self, wanted):
        last = wanted.get("toBlock", "latest")
        last = len(self.chain.blocks) - 1 if last == "latest" else int(last, 16)
        logs = [log for block in self.chain.blocks[int(wanted["fromBlock"], 16) : last + 1] for log in block.logs]
        return [log for log in logs if fits(log["topics"], wanted.get("topics", []))]

    def _eth_get_transaction_count(self, _address, at):
        return hex(self.chain.nonce() if at == "latest" else self.chain.nonce(int(at, 16)))

    def _eth_get_transaction_receipt(self, hash_):
        place = self.chain.mined.get(bytes.fromhex(hash_[2:]))
        return place and {"status": hex(place[1]), "blockNumber": hex(place[0]), "logs": []}

    def _eth_call(self, call, _at):
        outcomes = self.chain.outcomes(entries := entries_of(bytes.fromhex(call["data"][2:])))
        if Outcome.RECORDED not in outcomes:
            first = digest_of_entry(entries[0][0], entries[0][1])
            facts = encode(["uint256", "bytes32", "uint8"], [0, first, outcomes[0]])
            raise Failure(3, "execution reverted", "0x" + (NOTHING_RECORDED + facts).hex())
        return "0x" + encode(["uint8[]"], [outcomes]).hex()

    def _eth_send_raw_transaction(self, raw):
        raw = bytes.fromhex(raw[2:])
        if raw in self.chain.pool:
            raise Failure(-32003, "transaction already imported")
        if nonce_of(raw) < self.chain.nonce():
            raise Failure(-32003, "nonce too low")
        self.chain.pool.append(raw)
        return "0x" + keccak256(raw).hex()

    def _evm_mine(self):
        self.chain.mine()
        return "0x0"


def fits(topics: list[str], wanted: list[Any]) -> bool:
    """Whether a log's topics pass a filter: per place a topic, a list of them, or None for any."""
    return all(one is None or topic in one for topic, one in zip(topics, wanted, strict=False))


def lose(_result):
    raise Unanswered


def null(_result):
    return None


def fields_of(raw: bytes) -> list[bytes]:
    decoded: list[bytes] = rlp.decode(raw[1:] if raw[0] == 2 else raw)
    return decoded


def nonce_of(raw: bytes) -> int:
    return int.from_bytes(fields_of(raw)[1 if raw[0] == 2 else 0], "big")


def data_of(raw: bytes) -> bytes:
    return fields_of(raw)[7 if raw[0] == 2 else 5]


def entries_of(calldata: bytes) -> list[tuple[int, bytes, bytes, bytes]]:
    assert calldata[:4] == RECORD
    return list(decode(["(uint8,bytes,bytes,bytes)[]"], calldata[4:])[0])
