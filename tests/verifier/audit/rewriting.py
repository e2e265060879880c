"""A node whose chain is consistent in itself, and is not the one that was recorded: every hash is computed anew."""

from collections.abc import Callable, Sequence
from typing import Any

from passavant_verifier.audit.execution import Log, bloom_of, read_receipts, receipts_root
from passavant_verifier.audit.rpc import Node, hexed, raw
from passavant_verifier.headers import header_of

Logs = list[dict[str, Any]]
Change = Callable[[int, Logs], Logs]
"""From a block's number and the logs of its one transaction to other logs."""


def _same(_number: int, _block: dict[str, Any]) -> dict[str, Any]:
    return {}


def marked_from(first: int) -> Callable[[int, dict[str, Any]], dict[str, Any]]:
    """From that block on the same events in other blocks: as lawful, and another chain."""
    return lambda number, _: {"extraData": "0x77"} if number >= first else {}


def moved_from(first: int, seconds: int) -> Callable[[int, dict[str, Any]], dict[str, Any]]:
    """From that block on the same events at other times."""
    return lambda number, block: {"timestamp": hex(int(block["timestamp"], 16) + seconds)} if number >= first else {}


class Rewritten:
    """Answers for a node as if other logs had been emitted, and, if wished, with other fields of headers.

    `fields` gives, by a block's number, what its header says otherwise.
    """

    def __init__(self, url: str, change: Change, fields: Callable[[int, dict[str, Any]], dict[str, Any]] = _same):
        node = Node(url)
        self.blocks: list[dict[str, Any]] = []
        self.receipts: list[Any] = []
        head = int(node.call("eth_blockNumber"), 16)
        for number in range(head + 1):
            block = dict(node.call("eth_getBlockByNumber", hex(number), False))  # noqa: FBT003
            receipts = node.call("eth_getBlockReceipts", hex(number)) or []
            if len(receipts) == 1:
                receipts = [_with_logs(receipts[0], change(number, receipts[0]["logs"]))]
            self._add({**block, **fields(number, block)}, receipts)
        node.close()

    def _add(self, block: dict[str, Any], receipts: Logs) -> None:
        read = read_receipts(receipts)
        block["logsBloom"] = hexed(bloom_of([log for one in read for log in one.logs]))
        block["receiptsRoot"] = hexed(receipts_root(read))
        if self.blocks:
            block["parentHash"] = self.blocks[-1]["hash"]
        block["hash"] = hexed(header_of(block).hash)
        self.blocks.append(block)
        self.receipts.append(receipts)

    def __call__(self, method: str, params: Sequence[Any], result: Any) -> Any:
        if method == "eth_getBlockByNumber":
            return self.blocks[int(params[0], 16)]
        return self.receipts[int(params[0], 16)] if method == "eth_getBlockReceipts" else result


def _with_logs(receipt: dict[str, Any], logs: Logs) -> dict[str, Any]:
    read = [Log(raw(one["address"]), tuple(map(raw, one["topics"])), raw(one["data"]), 0) for one in logs]
    return {**receipt, "logs": logs, "logsBloom": hexed(bloom_of(read))}
