"""Where the contracts keep what they know: storage slots and packed words, as docs/records.md describes them.

    slot = state_slot(declaration)                    # 32 bytes, as `eth_getProof` takes and names it
    state = State.unpack(int.from_bytes(value))

A slot that was never written, or was written back to 0, is not in the storage trie.
"""

from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple, Self

from passavant_verifier.keccak import keccak256
from passavant_verifier.records import WORD

CONSIGNMENTS: Final = ("_declarations", "_requests", "_holds", "_joined", "_superseded", "_erasures", "_touched")
"""The variables of Consignments; a variable's slot is its index."""
PARTICIPANTS: Final = (
    "_organisations",
    "_heads",
    "_keys",
    "_managingKeys",
    "_mandates",
    "_administrationOf",
    "_administrations",
    "_council",
    "_encryptionVersions",
)
"""The variables of Participants."""


def _variable(variables: Sequence[str], name: str) -> bytes:
    return variables.index(name).to_bytes(WORD, "big")


_DECLARATIONS, _REQUESTS, _HOLDS, _JOINED, _SUPERSEDED, _ERASURES, _TOUCHED = (
    _variable(CONSIGNMENTS, name) for name in CONSIGNMENTS
)
(
    _ORGANISATIONS,
    _HEADS,
    _KEYS,
    _MANAGING_KEYS,
    _MANDATES,
    _ADMINISTRATION_OF,
    _ADMINISTRATIONS,
    COUNCIL_SLOT,
    _ENCRYPTION_VERSIONS,
) = (_variable(PARTICIPANTS, name) for name in PARTICIPANTS)


def mapping_slot(mapping: bytes, key: int | bytes) -> bytes:
    """Slot of a mapping's value: numbers and addresses are padded on the left; give 32 bytes for anything else."""
    word = key.to_bytes(WORD, "big") if isinstance(key, int) else key.rjust(WORD, b"\0")
    return keccak256(word, mapping)


def after(slot: bytes, places: int) -> bytes:
    """The slot that many places further."""
    return ((int.from_bytes(slot) + places) % (1 << 256)).to_bytes(WORD, "big")


# Consignments


def settled_slot(declaration: bytes) -> bytes:
    """Slot of a declaration's settled head."""
    return mapping_slot(_DECLARATIONS, declaration)


def state_slot(declaration: bytes) -> bytes:
    """Slot of a declaration's `State`."""
    return after(settled_slot(declaration), 1)


def request_slot(declaration: bytes) -> bytes:
    """Slot of the digest of a declaration's pending request."""
    return mapping_slot(_REQUESTS, declaration)


def hold_head_slot(declaration: bytes) -> bytes:
    """Slot of the head of a declaration's holds."""
    return mapping_slot(_HOLDS, declaration)


def open_holds_slot(declaration: bytes) -> bytes:
    """Slot of the number of open holds."""
    return after(hold_head_slot(declaration), 1)


def hold_slot(declaration: bytes, agency: int) -> bytes:
    """Slot that is 1 while the agency's hold on the declaration is open."""
    return mapping_slot(after(hold_head_slot(declaration), 2), agency)


def joined_slot(consignment: bytes) -> bytes:
    """Slot of a consignment's head; 0 until a second declaration joins: then the head is the consignment's id."""
    return mapping_slot(_JOINED, consignment)


def superseded_slot(digest: bytes) -> bytes:
    """Slot that is 1 once a decision or control was superseded."""
    return mapping_slot(_SUPERSEDED, digest)


def erasure_slot(declaration: bytes, version: int) -> bytes:
    """Slot of the digest of the Erasure of a version."""
    return mapping_slot(mapping_slot(_ERASURES, declaration), version)


def touched_slot(declaration: bytes) -> bytes:
    """Slot of a declaration's touched risks: 16 bits a risk area, the version that touched it last."""
    return mapping_slot(_TOUCHED, declaration)


# Participants


def organisation_slot(organisation: int) -> bytes:
    """Slot of an `Organisation`."""
    return mapping_slot(_ORGANISATIONS, organisation)


def organisation_head_slot(organisation: int) -> bytes:
    """Slot of an organisation's head."""
    return mapping_slot(_HEADS, organisation)


def key_slot(address: bytes) -> bytes:
    """Slot of a `Key`."""
    return mapping_slot(_KEYS, address)


def managing_keys_slot(organisation: int) -> bytes:
    """Slot of the length of an organisation's list of managing keys."""
    return mapping_slot(_MANAGING_KEYS, organisation)


def managing_key_slot(organisation: int, place: int) -> bytes:
    """Slot of one address of that list."""
    return after(keccak256(managing_keys_slot(organisation)), place)


def mandate_slot(declarant: int, agent: int) -> bytes:
    """Slot of a `Mandate`."""
    return mapping_slot(mapping_slot(_MANDATES, declarant), agent)


def administration_of_slot(country: bytes) -> bytes:
    """Slot of the administration last admitted for a country, 2 bytes."""
    return mapping_slot(_ADMINISTRATION_OF, country.ljust(WORD, b"\0"))


def administrations_slot() -> bytes:
    """Slot of the number of administrations ever admitted."""
    return _ADMINISTRATIONS


def administrations_words(administrations: Sequence[int]) -> dict[bytes, int]:
    """The list of administrations as its slots hold it: its length, and sixteen ids to a word, lowest bits first."""
    words = {_ADMINISTRATIONS: len(administrations)}
    first = keccak256(_ADMINISTRATIONS)
    for place, administration in enumerate(administrations):
        slot = after(first, place // 16)
        words[slot] = words.get(slot, 0) | administration << 16 * (place % 16)
    return words


def encryption_version_slot(organisation: int) -> bytes:
    """Slot of the version of an organisation's newest encryption key."""
    return mapping_slot(_ENCRYPTION_VERSIONS, organisation)


# Packed words, lowest bits first


def pack(widths: Sequence[int], values: Sequence[int]) -> int:
    """Numbers in a word, the first in the lowest bits.

    Raises:
        ValueError: one does not fit.
    """
    word, at = 0, 0
    for width, value in zip(widths, values, strict=True):
        if value >> width:
            raise ValueError(f"{value} does not fit {width} bits")
        word |= value << at
        at += width
    return word


def unpack(widths: Sequence[int], word: int) -> list[int]:
    """The numbers of these widths in a word; whatever lies above them is left out."""
    values = []
    for width in widths:
        values.append(word & ((1 << width) - 1))
        word >>= width
    return values


class _StateFields(NamedTuple):
    status: int
    leg: int
    seal_broken: int
    relies: int
    regime: int
    administration: int
    declarant: int
    version: int
    flags: int
    anchor: int


class State(_StateFields):
    """A declaration's state. `anchor`: an opener's join key; of a joiner the first 20 bytes of its consignment's id.

    `relies`: 1 while it relies on recognitions. `seal_broken`: 1 once its own administration found a seal broken
    meanwhile; to readers it is the flag above the sixteen of `flags`.
    """

    __slots__ = ()
    WIDTHS: ClassVar = (8, 2, 1, 1, 4, 16, 32, 16, 16, 160)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The state in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this state."""
        return pack(self.WIDTHS, self)

    @property
    def all_flags(self) -> int:
        """Flags as readers have them."""
        return self.flags | self.seal_broken << 16


class _OrganisationFields(NamedTuple):
    kind: int = 0
    status: int = 0
    next_status: int = 0
    status_from: int = 0
    country: int = 0
    sponsor: int = 0
    successor: int = 0
    backdating: int = 0
    next_backdating: int = 0
    backdating_from: int = 0
    mark: int = 0
    warning: int = 0


class Organisation(_OrganisationFields):
    """A participant. `status` counts before `status_from` and `next_status` from then on; `backdating` likewise.

    `warning`: of an administration, 1 once an expulsion of any of them was recorded.
    """

    __slots__ = ()
    WIDTHS: ClassVar = (8, 8, 8, 40, 16, 16, 16, 32, 32, 40, 8, 1)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The participant in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this participant."""
        return pack(self.WIDTHS, self)

    def status_at(self, time: int) -> int:
        """A code of OrganisationStatus."""
        return self.next_status if time >= self.status_from else self.status

    def backdating_at(self, time: int) -> int:
        """How far back an effective time may lie, in seconds."""
        return self.next_backdating if time >= self.backdating_from else self.backdating


class _KeyFields(NamedTuple):
    organisation: int = 0
    purposes: int = 0
    office: int = 0
    not_before: int = 0
    not_after: int = 0
    compromised_since: int = 0
    unshortened: int = 0


class Key(_KeyFields):
    """A registered key. `unshortened`: the end of its window before a shortening that may be vetoed; 0: none was."""

    __slots__ = ()
    WIDTHS: ClassVar = (32, 8, 32, 40, 40, 40, 40)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The key in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this key."""
        return pack(self.WIDTHS, self)

    def valid_at(self, time: int) -> bool:
        """True when the window holds that time."""
        return self.not_before <= time < self.not_after


class _MandateFields(NamedTuple):
    serial: int = 0
    representation: int = 0
    administration: int = 0
    legs: int = 0
    valid_from: int = 0
    valid_until: int = 0
    grant: int = 0


class Mandate(_MandateFields):
    """An agent's mandate. `grant`: the first 80 bits of the digest of the Grant that gave it."""

    __slots__ = ()
    WIDTHS: ClassVar = (64, 8, 16, 8, 40, 40, 80)

    @classmethod
    def unpack(cls, word: int) -> Self:
        """The mandate in a word."""
        return cls(*unpack(cls.WIDTHS, word))

    def pack(self) -> int:
        """The word of this mandate."""
        return pack(self.WIDTHS, self)
