"""The contracts' ABI by hand: calldata of ``record(Entry[])``, its outcomes, and why a call reverted.

Only what is needed thousands of times a second is written out; anything else goes through eth_abi, imported when
needed. Tests hold every line of this against the contracts' artifacts and eth_abi. Source: Solidity's ABI
specification, "Formal Specification of the Encoding".
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple, Protocol

from ledger.chain.errors import AbiError, Reverted
from ledger.domain.codes import Outcome
from ledger.domain.keccak import keccak256
from ledger.domain.signing import SignedRecord
from ledger.domain.wire import WORD, Digest, encode

ENTRY: Final = "(uint8,bytes,bytes,bytes)"
ARTIFACTS: Final = ("Consignments", "Participants", "Recognitions")

_ENTRY_HEAD: Final = 4 * WORD
_OUTCOMES: Final = tuple(Outcome)


class Entry(NamedTuple):
    """How a record travels: type, body, the author's signature, and a proof that is not signed."""

    record_type: int
    body: bytes
    signature: bytes
    proof: bytes = b""


class Travelling(Protocol):
    """Whatever has the parts of an `Entry`, such as an `OutboxRecord`."""

    @property
    def record_type(self) -> int:
        """Number of the record's type."""

    @property
    def body(self) -> bytes:
        """The struct's ABI encoding."""

    @property
    def signature(self) -> bytes:
        """65 bytes, r ‖ s ‖ v."""

    @property
    def proof(self) -> bytes:
        """What the type's rules want besides; mostly nothing."""


class NothingRecorded(NamedTuple):
    """Why a call recorded nothing: the digest and outcome of the entry at `at`, the first."""

    at: int
    digest: Digest
    outcome: Outcome


def selector(signature: str) -> bytes:
    """The 4-byte selector of a function or custom error, such as ``transfer(address,uint256)``."""
    return keccak256(signature.encode())[:4]


RECORD: Final = selector(f"record({ENTRY}[])")
NOTHING_RECORDED: Final = selector("NothingRecorded(uint256,bytes32,uint8)")
_ERROR: Final = selector("Error(string)")
_PANIC: Final = selector("Panic(uint256)")


def entry_of(signed: SignedRecord) -> Entry:
    """The entry of a signed record.

    Raises:
        WireError: a value does not fit its type.
    """
    return Entry(signed.record.record_type, encode(signed.record), signed.signature, signed.proof)


def record_call(entries: Sequence[Travelling]) -> bytes:
    """Calldata of ``record(Entry[])``."""
    parts = [_entry(entry) for entry in entries]
    offsets, at = [], WORD * len(parts)
    for part in parts:
        offsets.append(_word(at))
        at += len(part)
    return b"".join((RECORD, _word(WORD), _word(len(parts)), *offsets, *parts))


def entry_size(entry: Travelling) -> int:
    """Bytes that an entry adds to the calldata of ``record``."""
    return WORD + _ENTRY_HEAD + sum(WORD + _padded(len(part)) for part in (entry.body, entry.signature, entry.proof))


def _entry(entry: Travelling) -> bytes:
    tails = [_dynamic(part) for part in (entry.body, entry.signature, entry.proof)]
    signature = _ENTRY_HEAD + len(tails[0])
    head = (entry.record_type, _ENTRY_HEAD, signature, signature + len(tails[1]))
    return b"".join((*map(_word, head), *tails))


def _dynamic(part: bytes) -> bytes:
    return _word(len(part)) + part.ljust(_padded(len(part)), b"\0")


def record_outcomes(answer: bytes) -> list[Outcome]:
    """The outcomes that a simulated ``record`` returned, one per entry.

    Raises:
        AbiError: the answer is no list of outcomes.
    """
    count = _number(answer, WORD)
    if _number(answer, 0) != WORD or len(answer) != WORD * (2 + count):
        raise AbiError("record answers with a list of outcomes")
    return [_outcome(_number(answer, WORD * (2 + index))) for index in range(count)]


def nothing_recorded(data: bytes) -> NothingRecorded | None:
    """The facts of ``NothingRecorded`` when a call reverted with it."""
    if data[:4] != NOTHING_RECORDED or len(data) != 4 + 3 * WORD:
        return None
    at, outcome = _number(data, 4), _outcome(_number(data, 4 + 2 * WORD))
    return NothingRecorded(at, Digest(data[4 + WORD : 4 + 2 * WORD]), outcome)


def why_reverted(data: bytes) -> Reverted:
    """A call's revert data as a typed error, by the ABI of the contracts and of Solidity itself."""
    found = _errors().get(data[:4])
    if found is None:
        return Reverted("unknown error" if data else "no reason given", data=data)
    name, types = found
    from eth_abi.abi import decode as eth_decode
    from eth_abi.exceptions import DecodingError

    try:
        return Reverted(name, tuple(eth_decode(types, data[4:])), data)
    except (DecodingError, OverflowError, UnicodeDecodeError):
        return Reverted(name, data=data)


@cache
def abi_of(contract: str) -> Sequence[dict[str, Any]]:
    """The ABI in a contract's artifact (``scripts/build``); empty when it was not built."""
    return artifact(contract).get("abi", ())  # type: ignore[no-any-return]


@cache
def artifact(contract: str) -> dict[str, Any]:
    """A contract's artifact, or an empty one when it was not built."""
    file = resources.files("ledger.chain") / "artifacts" / f"{contract}.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def types_of(parameters: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The canonical types of ABI parameters, tuples written out."""
    for parameter in parameters:
        kind: str = parameter["type"]
        if kind.startswith("tuple"):
            yield f"({','.join(types_of(parameter['components']))}){kind.removeprefix('tuple')}"
        else:
            yield kind


@cache
def _errors() -> dict[bytes, tuple[str, list[str]]]:
    known = {_ERROR: ("Error", ["string"]), _PANIC: ("Panic", ["uint256"])}
    known[NOTHING_RECORDED] = ("NothingRecorded", ["uint256", "bytes32", "uint8"])
    for contract in ARTIFACTS:
        for entry in abi_of(contract):
            if entry["type"] == "error":
                types = list(types_of(entry["inputs"]))
                known[selector(f"{entry['name']}({','.join(types)})")] = (entry["name"], types)
    return known


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")


def _padded(size: int) -> int:
    return -(-size // WORD) * WORD


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + WORD], "big")


def _outcome(code: int) -> Outcome:
    if code >= len(_OUTCOMES):
        raise AbiError(f"there is no outcome {code}")
    return _OUTCOMES[code]
