"""The contracts' view functions, typed: what the chain says now, for the client and for replays.

Every function takes `at`: a block number, or ``latest``. The results are the contracts' structs, field by field.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from ledger.chain.abi import selector, why_reverted
from ledger.chain.errors import AbiError, NodeError
from ledger.chain.network import Network
from ledger.chain.rpc import Rpc, as_bytes, hexed
from ledger.domain.codes import Outcome
from ledger.domain.wire import (
    U8,
    U16,
    U32,
    U40,
    U64,
    WORD,
    Address,
    Bytes2,
    ConsignmentId,
    DeclarationId,
    Digest,
    Head,
    Wire,
    WireError,
    decode,
)

T = TypeVar("T")
At = int | str
U256 = Annotated[int, Wire("uint256", 32)]
MANY: Final = 1_000
"""Ids per call of `Views.status_many`."""

_STANDING: Final = struct.Struct(">32s32s32s32s31xB31xB")


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the status of a declaration is computed from; `settled` is 0 when there is no such declaration.

    `reliance` is a code of `ledger.domain.codes.Reliance`.
    """

    settled: Head
    request: Digest
    holds: Head
    state: U256
    authority: U8
    reliance: U8


@dataclass(frozen=True, slots=True)
class Heads:
    """A declaration's heads."""

    settled: Head
    request: Digest
    holds: Head
    public: Head


@dataclass(frozen=True, slots=True)
class Consignment:
    """A consignment's head and the address whose signature lets a declaration join; 0 when there is none."""

    head: Head
    join_key: Address


@dataclass(frozen=True, slots=True)
class Line:
    """The arrangement between two administrations: its latest version, the head that a suspension must name."""

    latest: Digest
    head: Head
    suspended_by_first: U8
    suspended_by_second: U8


@dataclass(frozen=True, slots=True)
class Participant:
    """An organisation now; `kind` is 0 when there is none. See ``IParticipants.Participant``."""

    kind: U8
    status: U8
    next_status: U8
    status_from: U40
    country: Bytes2
    sponsor: U16
    successor: U16
    backdating: U32
    mark: U8
    head: Head


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A key's registration; `organisation` is 0 when there is none. See ``IParticipants.RegisteredKey``."""

    organisation: U32
    purposes: U8
    office: U32
    not_before: U40
    not_after: U40
    compromised_since: U40
    unshortened: U40


@dataclass(frozen=True, slots=True)
class KeyAt:
    """A key as of a time; `valid` and `disputed` are 0 or 1."""

    owner: U32
    purposes: U8
    office: U32
    valid: U8
    disputed: U8


@dataclass(frozen=True, slots=True)
class Mandate:
    """A declarant's mandate to an agent as granted last; all 0 when there is none."""

    serial: U64
    representation: U8
    administration: U16
    legs: U8
    valid_from: U40
    valid_until: U40


class Views:
    """The views of a network's contracts; errors are those of `Rpc`, and `Reverted` and `AbiError`."""

    def __init__(self, rpc: Rpc, network: Network) -> None:
        self._rpc = rpc
        self._consignments = hexed(network.consignments)
        self._participants = hexed(network.participants)
        self._recognitions = hexed(network.recognitions)

    def status(self, declaration: DeclarationId, at: At = "latest") -> Standing:
        """What the status of one declaration is computed from."""
        return decoded(Standing, self._of_consignments("status(bytes32)", declaration, at=at))

    def status_many(self, declarations: Sequence[DeclarationId], at: At = "latest") -> list[Standing]:
        """`status` of many declarations, in their order; some hundred thousand a second."""
        found: list[Standing] = []
        for start in range(0, len(declarations), MANY):
            part = declarations[start : start + MANY]
            answer = self._of_consignments("statusMany(bytes32[])", _number(WORD), _number(len(part)), *part, at=at)
            found += _standings(answer, len(part))
        return found

    def heads(self, declaration: DeclarationId, at: At = "latest") -> Heads:
        """A declaration's heads."""
        return decoded(Heads, self._of_consignments("heads(bytes32)", declaration, at=at))

    def consignment(self, consignment: ConsignmentId, at: At = "latest") -> Consignment:
        """A consignment's head and join key."""
        return decoded(Consignment, self._of_consignments("consignment(bytes32)", consignment, at=at))

    def hold_open(self, declaration: DeclarationId, agency: int, at: At = "latest") -> bool:
        """Whether the agency's own hold is open."""
        return any(self._of_consignments("holdOpen(bytes32,uint32)", declaration, _number(agency), at=at))

    def open_holds(self, declaration: DeclarationId, at: At = "latest") -> int:
        """How many agencies' holds are open."""
        return _as_number(self._of_consignments("openHolds(bytes32)", declaration, at=at))

    def superseded(self, digest: Digest, at: At = "latest") -> bool:
        """Whether a decision or control was superseded."""
        return any(self._of_consignments("superseded(bytes32)", digest, at=at))

    def line(self, first: int, second: int, at: At = "latest") -> Line:
        """What stands between two administrations, the lower id first."""
        words = (_number(first), _number(second))
        return decoded(Line, self._view(self._recognitions, "line(uint16,uint16)", words, at))

    def standing(self, recognition: Digest, at: At = "latest") -> Outcome:
        """Whether a recognition stands: RECORDED, PARENT_BROKEN or RISK_TOUCHED."""
        return Outcome(_as_number(self._view(self._recognitions, "standing(bytes32)", (recognition,), at)))

    def organisation(self, organisation: int, at: At = "latest") -> Participant:
        """A participant."""
        return decoded(Participant, self._of_participants("organisation(uint32)", _number(organisation), at=at))

    def organisation_head(self, organisation: int, at: At = "latest") -> Head:
        """The fold of an organisation's own records; what its next one must name."""
        return Head(self._of_participants("organisationHead(uint32)", _number(organisation), at=at))

    def council_head(self, at: At = "latest") -> Head:
        """The fold of all admissions since the founders; what the next one must name."""
        return Head(self._of_participants("councilHead()", at=at))

    def key(self, address: bytes, at: At = "latest") -> RegisteredKey:
        """A key's registration."""
        return decoded(RegisteredKey, self._of_participants("key(address)", _address(address), at=at))

    def key_at(self, address: bytes, time: int, at: At = "latest") -> KeyAt:
        """A key as of a time in seconds (UTC)."""
        answer = self._of_participants("keyAt(address,uint40)", _address(address), _number(time), at=at)
        return decoded(KeyAt, answer)

    def managing_keys(self, organisation: int, at: At = "latest") -> list[bytes]:
        """Addresses of the managing keys that may still count."""
        words = _list(self._of_participants("managingKeys(uint32)", _number(organisation), at=at))
        return [word[12:] for word in words]

    def mandate(self, declarant: int, agent: int, at: At = "latest") -> Mandate:
        """A declarant's mandate to an agent; the next grant's serial must be greater."""
        answer = self._of_participants("mandate(uint32,uint32)", _number(declarant), _number(agent), at=at)
        return decoded(Mandate, answer)

    def administration_of(self, country: bytes, at: At = "latest") -> int:
        """The administration last admitted for a country (2 letters); 0 when none ever was."""
        word = country.ljust(WORD, b"\0")
        return _as_number(self._of_participants("administrationOf(bytes2)", word, at=at))

    def active_administrations(self, at: At = "latest") -> list[int]:
        """The active administrations, in the order of their admission."""
        return [_as_number(word) for word in _list(self._of_participants("activeAdministrations()", at=at))]

    def competent(self, administration: int, organisation: int, at: At = "latest") -> bool:
        """Whether `organisation` is `administration` or has taken over from it."""
        words = (_number(administration), _number(organisation))
        return any(self._of_participants("competent(uint16,uint32)", *words, at=at))

    def approvals_needed(self, at: At = "latest") -> int:
        """How many approvals an admission needs now."""
        return _as_number(self._of_participants("approvalsNeeded()", at=at))

    def backdating(self, administration: int, at: At = "latest") -> int:
        """How far back an effective time may lie, in seconds."""
        return _as_number(self._of_participants("backdating(uint16)", _number(administration), at=at))

    def development(self, at: At = "latest") -> bool:
        """Whether this is a network for development."""
        return any(self._of_participants("development()", at=at))

    def network_id(self, at: At = "latest") -> bytes:
        """The contracts' own 32 random bytes."""
        return self._of_consignments("networkId()", at=at)

    def _of_consignments(self, function: str, *words: bytes, at: At) -> bytes:
        return self._view(self._consignments, function, words, at)

    def _of_participants(self, function: str, *words: bytes, at: At) -> bytes:
        return self._view(self._participants, function, words, at)

    def _view(self, to: str, function: str, words: Sequence[bytes], at: At) -> bytes:
        call = {"to": to, "data": hexed(selector(function) + b"".join(words))}
        try:
            answer = as_bytes(self._rpc.call("eth_call", call, hex(at) if isinstance(at, int) else at))
        except NodeError as error:
            if error.revert_data is None:
                raise
            raise why_reverted(error.revert_data) from None
        if not answer:
            raise AbiError(f"there is no contract at {to} to answer {function}")
        return answer


def decoded(shape: type[T], answer: bytes) -> T:
    """A contract's static struct.

    Raises:
        AbiError: the answer is not that struct.
    """
    try:
        return decode(shape, answer)
    except WireError as error:
        raise AbiError(str(error)) from None


def _standings(answer: bytes, count: int) -> Iterator[Standing]:
    if len(answer) != 2 * WORD + count * _STANDING.size or _as_number(answer[WORD : 2 * WORD]) != count:
        raise AbiError("statusMany answers with one standing per id")
    for settled, request, holds, state, authority, reliance in _STANDING.iter_unpack(answer[2 * WORD :]):
        yield Standing(settled, request, holds, _as_number(state), authority, reliance)


def _list(answer: bytes) -> list[bytes]:
    count = _as_number(answer[WORD : 2 * WORD])
    if len(answer) != WORD * (2 + count):
        raise AbiError("the answer is no list")
    return [answer[at : at + WORD] for at in range(2 * WORD, len(answer), WORD)]


def _number(value: int) -> bytes:
    return value.to_bytes(WORD, "big")


def _as_number(word: bytes) -> int:
    return int.from_bytes(word, "big")


def _address(address: bytes) -> bytes:
    return address.rjust(WORD, b"\0")
