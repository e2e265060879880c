"""Where the contract Recognitions keeps what it knows: slots and packed words, as docs/records.md describes them.

    slot = node_slot(recognition)                       # and the three after it
    word = NodeWord.unpack(int.from_bytes(value))

A recognition leads to another one, or to a control; together with the arrangements between administrations and the
AEO status of operators they are a web, of which this is the layout.
"""

from typing import ClassVar, Final, NamedTuple, Self

from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import after, mapping_slot, pack, unpack
from passavant_verifier.records import WORD

VARIABLES: Final = ("_nodes", "_controls", "_reliances", "_versions", "_lines", "_grants", "_assistance")
"""The variables of Recognitions; a variable's slot is its index."""
_NODES, _CONTROLS, _RELIANCES, _VERSIONS, _LINES, _GRANTS, _ASSISTANCE = (
    place.to_bytes(WORD, "big") for place in range(len(VARIABLES))
)
MAX_RELIED: Final = 4
"""Most recognitions on which a decision relies."""
MAX_DEPTH: Final = 8
"""How deep a recognition lies below its control at most."""
LANE: Final = 16
"""Bits of a risk area in a declaration's touched risks."""
_RLP_FIRST_MADE: Final = b"\xd6\x94"


def recognitions_of(consignments: bytes) -> bytes:
    """The address of Recognitions, 20 bytes: the first contract that Consignments, at this address, made."""
    return keccak256(_RLP_FIRST_MADE, consignments, b"\x01")[12:]


def node_slot(recognition: bytes) -> bytes:
    """Slot of a recognition's parent; its declaration, AEO grant and `NodeWord` follow."""
    return mapping_slot(_NODES, recognition)


def control_slot(control: bytes) -> bytes:
    """Slot of the declaration of a control that was recognised; its standard and `ControlWord` follow."""
    return mapping_slot(_CONTROLS, control)


def reliance_slot(declaration: bytes, place: int) -> bytes:
    """Slot of one of the recognitions on which a declaration relied last."""
    return after(mapping_slot(_RELIANCES, declaration), place)


def version_slot(arrangement: bytes) -> bytes:
    """Slot of a version's `VersionWord`; its standard and predecessor follow."""
    return mapping_slot(_VERSIONS, arrangement)


def line_slot(first: int, second: int) -> bytes:
    """Slot of the latest version between two administrations; the line head, and who suspends, follow."""
    return mapping_slot(_LINES, first << 16 | second)


def grant_slot(grant: bytes) -> bytes:
    """Slot of the `AeoWord` of a grant of AEO status."""
    return mapping_slot(_GRANTS, grant)


def assistance_slot(request: bytes) -> bytes:
    """Slot of a request's `RequestWord`; the digest of its answer follows."""
    return mapping_slot(_ASSISTANCE, request)


def touches(lanes: int, version: int, risk: int) -> bool:
    """True when a version later than `version` touched one of the risk areas, by a declaration's touched risks."""
    areas = range(risk.bit_length())
    return any(risk >> area & 1 and (lanes >> LANE * area) & 0xFFFF > version for area in areas)


class _NodeFields(NamedTuple):
    administration: int = 0
    version: int = 0
    verdict: int = 0
    depth: int = 0
    risk: int = 0
    superseded: int = 0
    effective_at: int = 0


class NodeWord(_NodeFields):
    """What is kept of a recognition beside its references. `superseded`: 1 once its author replaced it."""

    __slots__ = ()
    WIDTHS: ClassVar = (16, 16, 8, 8, 8, 8, 40)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The recognition in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this recognition."""
        return pack(self.WIDTHS, self)


class _ControlFields(NamedTuple):
    administration: int = 0
    version: int = 0
    method: int = 0
    outcome: int = 0
    risk: int = 0
    effective_at: int = 0
    valid_until: int = 0


class ControlWord(_ControlFields):
    """What is kept of a control that was recognised, beside its declaration and standard."""

    __slots__ = ()
    WIDTHS: ClassVar = (16, 16, 8, 8, 8, 40, 40)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The control in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this control."""
        return pack(self.WIDTHS, self)


class _VersionFields(NamedTuple):
    first: int = 0
    second: int = 0
    procedures: int = 0
    methods: int = 0
    risks: int = 0
    valid_from: int = 0
    end: int = 0


class VersionWord(_VersionFields):
    """A version of an arrangement. `end`: its own, or the next version's start if that is earlier."""

    __slots__ = ()
    WIDTHS: ClassVar = (16, 16, 16, 8, 8, 40, 40)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The version in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this version."""
        return pack(self.WIDTHS, self)

    def in_force(self, time: int) -> bool:
        """True when it has begun and not ended."""
        return self.valid_from <= time < self.end


class _AeoFields(NamedTuple):
    administration: int = 0
    operator: int = 0
    valid_from: int = 0
    valid_until: int = 0
    ended_from: int = 0


class AeoWord(_AeoFields):
    """A grant of AEO status. `ended_from`: since when it is suspended or withdrawn; 0: it is not."""

    __slots__ = ()
    WIDTHS: ClassVar = (16, 32, 40, 40, 40)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The grant in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this grant."""
        return pack(self.WIDTHS, self)

    def ended_at(self, time: int) -> bool:
        """True when it is suspended or withdrawn at that time."""
        return 0 < self.ended_from <= time


class _RequestFields(NamedTuple):
    administration: int = 0
    addressee: int = 0
    due_at: int = 0
    answered_at: int = 0


class RequestWord(_RequestFields):
    """A request of assistance. `answered_at`: block time of its answer or refusal; 0: none yet."""

    __slots__ = ()
    WIDTHS: ClassVar = (16, 16, 40, 40)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The request in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this request."""
        return pack(self.WIDTHS, self)
