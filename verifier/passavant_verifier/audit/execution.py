"""Transaction receipts as JSON-RPC answers them: their trie's root, their bloom filter, their logs (step 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from passavant_verifier.audit.rpc import number, raw
from passavant_verifier.keccak import keccak256
from passavant_verifier.mpt import root_of
from passavant_verifier.rlp import Item, encode, encode_number, number_bytes

_BLOOM: Final = 256
_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Log:
    """A log: who emitted it, its topics and data, its index in the block, and its transaction's place there."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes
    index: int
    transaction: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transaction's receipt: its type, what it is hashed from, its logs."""

    kind: int
    outcome: bytes
    gas: int
    bloom: bytes
    logs: tuple[Log, ...]

    @property
    def encoded(self) -> bytes:
        """The receipt as the trie holds it (EIP-2718)."""
        logs: list[Item] = [[log.address, list(log.topics), log.data] for log in self.logs]
        body = encode([self.outcome, number_bytes(self.gas), self.bloom, logs])
        return bytes([self.kind]) + body if self.kind else body


def read_receipts(answers: Sequence[Any]) -> list[Receipt]:
    """The receipts of a block, in order; logs are numbered by their place, whatever the node says.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: they can't be read.
    """
    receipts, first = [], 0
    for place, answer in enumerate(answers):
        receipt = _receipt(answer, first, place)
        receipts.append(receipt)
        first += len(receipt.logs)
    return receipts


def receipts_root(receipts: Sequence[Receipt]) -> bytes:
    """What the header says of them, 32 bytes."""
    return root_of({encode_number(place): receipt.encoded for place, receipt in enumerate(receipts)})


def bloom_of(logs: Iterable[Log]) -> bytes:
    """The filter of 2,048 bits over addresses and topics (Yellow Paper, section 4.3.1)."""
    bits = 0
    for log in logs:
        for value in (log.address, *log.topics):
            digest = keccak256(value)
            for at in (0, 2, 4):
                bits |= 1 << int.from_bytes(digest[at : at + 2]) % _BITS
    return bits.to_bytes(_BLOOM, "big")


def _receipt(answer: Mapping[str, Any], first: int, at: int) -> Receipt:
    outcome = number_bytes(number(answer["status"])) if "status" in answer else raw(answer["root"], 32)
    logs = tuple(_log(log, first + place, at) for place, log in enumerate(answer["logs"]))
    kind = number(answer.get("type", "0x0"))
    return Receipt(kind, outcome, number(answer["cumulativeGasUsed"]), raw(answer["logsBloom"], _BLOOM), logs)


def _log(answer: Mapping[str, Any], index: int, transaction: int) -> Log:
    topics = tuple(raw(topic, 32) for topic in answer["topics"])
    return Log(raw(answer["address"], 20), topics, raw(answer["data"]), index, transaction)
