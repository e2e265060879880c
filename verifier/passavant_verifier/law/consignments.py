"""What the contract Consignments knows: declarations, requests, holds, consignments; superseded, erased, touched."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from passavant_verifier import layout
from passavant_verifier.codes import Flag
from passavant_verifier.layout import State
from passavant_verifier.records import ZERO, Record


@dataclass(slots=True)
class Declared:
    """One declaration.

    Attributes:
        settled: head of the administration's timeline.
        state: its state word, unpacked.
        effective_at: when it was lodged, as it says itself; not in the contract's state.
        commitments: the versions' commitments, in order; not in the contract's state.
    """

    settled: bytes
    state: State
    effective_at: int
    commitments: list[bytes]


@dataclass(slots=True)
class Holds:
    """The agencies' holds on one declaration: their head, and whose are open."""

    head: bytes = ZERO
    open: set[int] = field(default_factory=set)


@dataclass
class Consignments:
    """The state. `requested` is the commitment of a pending amendment, which the contract does not keep."""

    declarations: dict[bytes, Declared] = field(default_factory=dict)
    requests: dict[bytes, bytes] = field(default_factory=dict)
    requested: dict[bytes, bytes] = field(default_factory=dict)
    holds: dict[bytes, Holds] = field(default_factory=dict)
    joined: dict[bytes, bytes] = field(default_factory=dict)
    superseded: set[bytes] = field(default_factory=set)
    erasures: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    touched: dict[bytes, int] = field(default_factory=dict)
    controls: dict[bytes, Record] = field(default_factory=dict)
    """Controls by digest, which the contract cannot tell from decisions."""

    def opens(self, declaration: bytes) -> bool:
        """True for a declaration that opened its consignment."""
        known = self.declarations.get(declaration)
        return known is not None and not known.state.flags & Flag.JOINED

    def consignment_head(self, consignment: bytes) -> bytes:
        """A consignment's head: its id until a second declaration joins."""
        return self.joined.get(consignment, consignment)

    def holds_on(self, declaration: bytes) -> Holds:
        """The holds on a declaration."""
        return self.holds.get(declaration) or Holds()

    def storage(self) -> dict[bytes, int]:
        """All slots of the contract that are not 0, with their values."""
        return {slot: value for slot, value in self._words() if value}

    def _words(self) -> Iterator[tuple[bytes, int]]:
        for declaration, known in self.declarations.items():
            slot = layout.settled_slot(declaration)
            yield slot, int.from_bytes(known.settled)
            yield layout.after(slot, 1), known.state.pack()
        for declaration, digest in self.requests.items():
            yield layout.request_slot(declaration), int.from_bytes(digest)
        for declaration, holds in self.holds.items():
            yield layout.hold_head_slot(declaration), int.from_bytes(holds.head)
            yield layout.open_holds_slot(declaration), len(holds.open)
            for agency in holds.open:
                yield layout.hold_slot(declaration, agency), 1
        for consignment, head in self.joined.items():
            yield layout.joined_slot(consignment), int.from_bytes(head)
        for digest in self.superseded:
            yield layout.superseded_slot(digest), 1
        for (declaration, version), digest in self.erasures.items():
            yield layout.erasure_slot(declaration, version), int.from_bytes(digest)
        for declaration, lanes in self.touched.items():
            yield layout.touched_slot(declaration), lanes
