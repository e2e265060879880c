"""What the contract Recognitions knows: recognitions, controls, reliances, arrangements, AEO grants, assistance."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Self

from passavant_verifier import layout, webs
from passavant_verifier.records import ZERO, Record
from passavant_verifier.webs import AeoWord, ControlWord, NodeWord, RequestWord, VersionWord


@dataclass(slots=True)
class Node:
    """A recognition: what it recognises, for which declaration, on which AEO grant it rests, and its word."""

    parent: bytes
    declaration: bytes
    aeo: bytes
    word: NodeWord


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of a control from its first recognition on."""

    declaration: bytes
    standard: bytes
    word: ControlWord

    @classmethod
    def of(cls, control: Record) -> Self:
        """Those of a recorded control."""
        names = ("administration", "version", "method", "outcome", "risk", "effectiveAt", "validUntil")
        word = ControlWord(*(control.number(name) for name in names))
        return cls(control.word("declaration"), control.word("standard"), word)


@dataclass(slots=True)
class Version:
    """A version of an arrangement."""

    word: VersionWord
    standard: bytes
    predecessor: bytes


@dataclass(slots=True)
class Line:
    """What stands between two administrations: the latest version, the head, and which places (0, 1) suspend."""

    latest: bytes = ZERO
    head: bytes = ZERO
    suspends: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Request:
    """A request of assistance, and the digest of its answer."""

    word: RequestWord
    answer: bytes = ZERO


_NO_VERSION: Final = Version(VersionWord(), ZERO, ZERO)


@dataclass
class Recognitions:
    """The state. What a declaration relied on last stays, also when its state no longer says that it relies."""

    nodes: dict[bytes, Node] = field(default_factory=dict)
    controls: dict[bytes, Facts] = field(default_factory=dict)
    reliances: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    versions: dict[bytes, Version] = field(default_factory=dict)
    lines: dict[tuple[int, int], Line] = field(default_factory=dict)
    grants: dict[bytes, AeoWord] = field(default_factory=dict)
    requests: dict[bytes, Request] = field(default_factory=dict)

    def root(self, digest: bytes) -> bytes:
        """The control to which a recognition leads; a digest that is none leads to itself."""
        while (node := self.nodes.get(digest)) is not None:
            digest = node.parent
        return digest

    def version(self, digest: bytes) -> Version:
        """A version; one that nobody knows is between nobody and never in force."""
        return self.versions.get(digest, _NO_VERSION)

    def line(self, version: VersionWord) -> Line:
        """The line to which a version belongs."""
        return self.lines.get((version.first, version.second)) or Line()

    def current(self, line: Line, time: int) -> Version:
        """The last version of a line that has begun."""
        version = self.version(line.latest)
        while version.word.valid_from > time:
            version = self.version(version.predecessor)
        return version

    def storage(self) -> dict[bytes, int]:
        """All slots of the contract that are not 0, with their values."""
        return {slot: value for slot, value in self._words() if value}

    def _words(self) -> Iterator[tuple[bytes, int]]:
        for digest, node in self.nodes.items():
            yield from _following(webs.node_slot(digest), node.parent, node.declaration, node.aeo, node.word.pack())
        for digest, facts in self.controls.items():
            yield from _following(webs.control_slot(digest), facts.declaration, facts.standard, facts.word.pack())
        for declaration, relied in self.reliances.items():
            yield from _following(webs.reliance_slot(declaration, 0), *relied)
        for digest, version in self.versions.items():
            slot = webs.version_slot(digest)
            yield from _following(slot, version.word.pack(), version.standard, version.predecessor)
        for pair, line in self.lines.items():
            suspends = sum(1 << 8 * place for place in line.suspends)
            yield from _following(webs.line_slot(*pair), line.latest, line.head, suspends)
        for digest, grant in self.grants.items():
            yield webs.grant_slot(digest), grant.pack()
        for digest, request in self.requests.items():
            yield from _following(webs.assistance_slot(digest), request.word.pack(), request.answer)


def _following(slot: bytes, *values: int | bytes) -> Iterator[tuple[bytes, int]]:
    """Values in the slots from one on."""
    for place, value in enumerate(values):
        yield layout.after(slot, place), int.from_bytes(value) if isinstance(value, bytes) else value
