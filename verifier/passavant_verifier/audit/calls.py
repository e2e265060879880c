"""The calls behind refusals: a refused entry's event does not carry its proof, but the transaction that sent it does.

A transaction that calls one of the contracts directly names each entry with its proof, and its block's header proves
the transaction. What another contract sent is not found here, nor is a transaction whose type is not known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from passavant_verifier.audit.chain import Block
from passavant_verifier.audit.execution import Log
from passavant_verifier.audit.rpc import AnswerError, Node, UnreachableError, number, raw
from passavant_verifier.events import Refused
from passavant_verifier.keccak import keccak256
from passavant_verifier.mpt import root_of
from passavant_verifier.records import WORD
from passavant_verifier.rlp import Item, encode, encode_number, number_bytes

_SELECTOR: Final = 4
_ENTRY: Final = "(uint8,bytes,bytes,bytes)"
_MANY: Final = keccak256(f"record({_ENTRY}[])".encode())[:_SELECTOR]
_ONE: Final = keccak256(f"recordOne({_ENTRY})".encode())[:_SELECTOR]
_SIGNED: Final = ("r", "s")
_FORMS: Final[Mapping[int, tuple[str, ...]]] = {
    0: ("nonce", "gasPrice", "gas", "to", "value", "input", "v", *_SIGNED),
    1: ("chainId", "nonce", "gasPrice", "gas", "to", "value", "input", "accessList", "yParity", *_SIGNED),
    2: (
        *("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas", "to", "value", "input", "accessList"),
        *("yParity", *_SIGNED),
    ),
}
"""The fields of a transaction by its type (Yellow Paper, EIP-2930, EIP-1559)."""


class NotProvenError(Exception):
    """The transactions of a block can't be had, or do not hash to what its header says: why."""


@dataclass(frozen=True, slots=True)
class Call:
    """A transaction's addressee, empty when it makes a contract, and its input."""

    to: bytes
    data: bytes


@dataclass
class Calls:
    """Finds the calls of a chain at a node, each block's once."""

    node: Node
    contracts: frozenset[bytes]
    _kept: tuple[int, list[Call]] = field(default=(-1, []))

    def proof(self, block: Block, log: Log, event: Refused) -> bytes:
        """The proof with which a refused entry was sent.

        Raises:
            NotProvenError: they can't be known.
        """
        if self._kept[0] != block.number:
            self._kept = (block.number, self._read(block))
        call = self._kept[1][log.transaction]
        if call.to not in self.contracts:
            raise NotProvenError("another contract sent it")
        sent = (event.record.code, event.record.body, event.signature)
        found = {proof for *entry, proof in entries_of(call.data) if tuple(entry) == sent}
        if len(found) != 1:
            raise NotProvenError("its transaction sends it with several proofs" if found else "nothing sends it")
        return found.pop()

    def _read(self, block: Block) -> list[Call]:
        try:
            answer = self.node.call("eth_getBlockByNumber", hex(block.number), True)  # noqa: FBT003
            return read_calls(answer["transactions"], block.transactions_root)
        except (UnreachableError, AnswerError) as error:
            raise NotProvenError(str(error)) from None
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise NotProvenError(f"transactions that can't be read: {type(error).__name__} {error}") from None


def read_calls(answers: Sequence[Any], root: bytes) -> list[Call]:
    """The calls of a block's transactions, in order, which hash to the header's transactions root.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, OverflowError: they can't be read, or don't.
    """
    encoded = {encode_number(place): _encoded(answer) for place, answer in enumerate(answers)}
    if root_of(encoded) != root:
        raise ValueError("they do not hash to the header's transactions root")
    return [Call(_address(answer["to"]), raw(answer["input"])) for answer in answers]


def entries_of(data: bytes) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """The entries that a call names: type, body, signature, proof; none when it calls something else.

    Read as the contracts read them: wherever the calldata says that they lie, what lies beyond its end is 0.
    """
    selector, arguments = data[:_SELECTOR], data[_SELECTOR:]
    if selector == _ONE:
        yield _entry(arguments, _word(arguments, 0))
    if selector == _MANY:
        start = _word(arguments, 0)
        first = start + WORD
        for place in range(min(_word(arguments, start), len(arguments) // WORD)):
            yield _entry(arguments, first + _word(arguments, first + WORD * place))


def _entry(data: bytes, at: int) -> tuple[int, bytes, bytes, bytes]:
    body, signature, proof = (_bytes(data, at + _word(data, at + WORD * place)) for place in (1, 2, 3))
    return _word(data, at), body, signature, proof


def _bytes(data: bytes, at: int) -> bytes:
    at %= 1 << 256
    length = min(_word(data, at), len(data))
    return data[at + WORD : at + WORD + length].ljust(length, b"\0")


def _word(data: bytes, at: int) -> int:
    at %= 1 << 256
    return int.from_bytes(data[at : at + WORD].ljust(WORD, b"\0"))


def _encoded(answer: Mapping[str, Any]) -> bytes:
    """A transaction as the trie holds it (EIP-2718)."""
    kind = number(answer.get("type", "0x0"))
    if kind not in _FORMS:
        raise ValueError(f"a transaction of type {kind}")
    body = encode([_READERS.get(name, _number)(_field(answer, name)) for name in _FORMS[kind]])
    return bytes([kind]) + body if kind else body


def _field(answer: Mapping[str, Any], name: str) -> Any:
    """Older nodes tell a signature's parity as ``v``."""
    return answer["v"] if name == "yParity" and "yParity" not in answer else answer[name]


def _number(value: Any) -> Item:
    return number_bytes(number(value))


def _address(value: Any) -> bytes:
    return b"" if value is None else raw(value, 20)


def _accesses(value: Any) -> Item:
    return [[raw(one["address"], 20), [raw(key, WORD) for key in one["storageKeys"]]] for one in value]


_READERS: Final[Mapping[str, Callable[[Any], Item]]] = {"to": _address, "input": raw, "accessList": _accesses}
