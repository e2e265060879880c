"""Reading a chain in order: gap-free, parent-checked, every header and receipt hashed again (steps 2 and 3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from passavant_verifier.audit.execution import Log, bloom_of, read_receipts, receipts_root
from passavant_verifier.audit.findings import DivergedError, Divergence, Findings, Place, UnknowableError
from passavant_verifier.audit.rpc import AnswerError, Node, UnreachableError, hexed, number, raw
from passavant_verifier.audit.steps import Step
from passavant_verifier.headers import Header, HeaderError, header_of
from passavant_verifier.mpt import EMPTY_ROOT
from passavant_verifier.qbft import SealError, block_hash

_BLOCKS: Final = 200
"""Headers asked for at once."""
_RECEIPTS: Final = 20
"""Blocks whose receipts are asked for at once."""
_NO_SUCH_METHOD: Final = -32601


@dataclass(frozen=True, slots=True)
class Block:
    """A block whose hash was computed, with the logs of all its transactions."""

    number: int
    hash: bytes
    parent: bytes
    time: int
    state_root: bytes
    transactions_root: bytes
    logs: tuple[Log, ...]


@dataclass
class ChainReader:
    """Reads blocks from a node, each held against the one before.

    Attributes:
        first: number of the network's first block, and its hash: there the chain hangs.
    """

    node: Node
    findings: Findings
    first: tuple[int, bytes]
    last: Block | None = None
    _before: tuple[bytes, int] | None = None

    def head(self) -> int:
        """The number of the node's latest block.

        Raises:
            UnknowableError: it does not say.
        """
        try:
            return number(self.node.call("eth_blockNumber"))
        except (UnreachableError, AnswerError, ValueError) as error:
            raise UnknowableError(Step.HEADERS, str(error)) from None

    def read(self, until: int) -> Iterator[Block]:
        """The blocks after the last one that was read, up to a number.

        Raises:
            DivergedError: one is not what its hash or its successor says.
            UnknowableError: the node does not give one.
        """
        start = self.first[0] if self.last is None else self.last.number + 1
        for begin in range(start, until + 1, _BLOCKS):
            numbers = range(begin, min(begin + _BLOCKS, until + 1))
            answers = self._ask(Step.HEADERS, [("eth_getBlockByNumber", (hex(one), False)) for one in numbers])
            headers = [self._header(one, answer) for one, answer in zip(numbers, answers, strict=True)]
            for at in range(0, len(headers), _RECEIPTS):
                yield from self._blocks(headers[at : at + _RECEIPTS], answers[at : at + _RECEIPTS])

    def _blocks(self, headers: Sequence[Header], answers: Sequence[Any]) -> Iterator[Block]:
        hashes = [self._linked_hash(header, answer) for header, answer in zip(headers, answers, strict=True)]
        full = [place for place, header in enumerate(headers) if header.data("receiptsRoot") != EMPTY_ROOT]
        receipts = dict(zip(full, self._receipts([(headers[at].number, answers[at]) for at in full]), strict=True))
        for place, (header, found) in enumerate(zip(headers, hashes, strict=True)):
            logs = self._logs(header, receipts.get(place, []))
            roots = (header.data("stateRoot"), header.data("transactionsRoot"))
            self.last = Block(header.number, found, header.data("parentHash"), header.time, *roots, logs)
            yield self.last

    def _header(self, expected: int, answer: Any) -> Header:
        if not isinstance(answer, dict):
            raise UnknowableError(Step.HEADERS, f"{self.node.name} does not give block {expected}")
        try:
            header = header_of(answer)
        except HeaderError as error:
            self._diverges(
                Step.HEADERS, expected, "a block has the header of a known fork", "all its fields", str(error)
            )
        if header.number != expected:
            self._diverges(Step.HEADERS, expected, "a block has the number under which it is", expected, header.number)
        return header

    def _linked_hash(self, header: Header, answer: Any) -> bytes:
        """The computed hash, which the node claims and the block before leads to."""
        claimed = _hash_in(answer)
        found = header.hash
        if claimed is not None and found != claimed and _qbft_hash(header) == claimed:
            found = claimed
        at = header.number
        if found != claimed:
            rule = "the header's fields hash to the block's hash"
            self._diverges(Step.HEADERS, at, rule, hexed(claimed) if claimed else "a hash", hexed(found))
        before = self._before
        if before is None and found != self.first[1]:
            self._diverges(
                Step.HEADERS, at, "the chain begins with the network's first block", hexed(self.first[1]), hexed(found)
            )
        if before is not None:
            self._check_link(header, before)
        self._before = (found, header.time)
        self.findings.passed(Step.HEADERS)
        return found

    def _check_link(self, header: Header, before: tuple[bytes, int]) -> None:
        at, parent = header.number, header.data("parentHash")
        if parent != before[0]:
            self._diverges(
                Step.HEADERS, at, "a block names the one before as its parent", hexed(before[0]), hexed(parent)
            )
        if header.time < before[1]:
            self._diverges(
                Step.HEADERS, at, "a block is not earlier than its parent", f"{before[1]} or later", header.time
            )

    def _receipts(self, blocks: Sequence[tuple[int, Any]]) -> list[Any]:
        if not blocks:
            return []
        answers = self._batch([("eth_getBlockReceipts", (hex(at),)) for at, _ in blocks])
        if any(isinstance(one, AnswerError) and one.code == _NO_SUCH_METHOD for one in answers):
            return [self._one_by_one(block) for _, block in blocks]
        return [self._answered(Step.RECEIPTS, answer) for answer in answers]

    def _one_by_one(self, block: Any) -> list[Any]:
        """For nodes that do not know how to give a block's receipts at once."""
        transactions = block.get("transactions")
        if not isinstance(transactions, list):
            raise UnknowableError(Step.RECEIPTS, f"{self.node.name} does not list the transactions of a block")
        return self._ask(Step.RECEIPTS, [("eth_getTransactionReceipt", (one,)) for one in transactions])

    def _logs(self, header: Header, answers: Any) -> tuple[Log, ...]:
        at = header.number
        if answers is None:
            raise UnknowableError(Step.RECEIPTS, f"{self.node.name} does not give the receipts of block {at}")
        try:
            receipts = read_receipts(answers)
            root = receipts_root(receipts)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            found = f"{type(error).__name__}: {error}"
            self._diverges(Step.RECEIPTS, at, "receipts have all their fields", "receipts", found)
        expected = header.data("receiptsRoot")
        if root != expected:
            rule = "the receipts hash to the header's receipts root"
            self._diverges(Step.RECEIPTS, at, rule, hexed(expected), hexed(root))
        logs = tuple(log for receipt in receipts for log in receipt.logs)
        if bloom_of(logs) != header.data("logsBloom"):
            self._diverges(Step.RECEIPTS, at, "the logs make the header's bloom filter", "that filter", "another one")
        self.findings.passed(Step.RECEIPTS)
        return logs

    def _ask(self, step: Step, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return [self._answered(step, answer) for answer in self._batch(calls, step)]

    def _batch(self, calls: Sequence[tuple[str, Sequence[Any]]], step: Step = Step.RECEIPTS) -> list[Any]:
        try:
            return self.node.batch(calls)
        except UnreachableError as error:
            raise UnknowableError(step, str(error)) from None

    @staticmethod
    def _answered(step: Step, answer: Any) -> Any:
        if isinstance(answer, AnswerError):
            raise UnknowableError(step, str(answer))
        return answer

    def _diverges(self, step: Step, block: int, rule: str, expected: object, found: object) -> NoReturn:
        raise DivergedError(Divergence(step, Place(block, what=self.node.name), rule, str(expected), str(found)))


def _hash_in(answer: Any) -> bytes | None:
    try:
        return raw(answer["hash"], 32)
    except (ValueError, KeyError):
        return None


def _qbft_hash(header: Header) -> bytes | None:
    try:
        return block_hash(header)
    except SealError:
        return None
