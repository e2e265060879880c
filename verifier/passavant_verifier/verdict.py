"""A verdict in parts: what was proven, and what could not be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

FORMAT: Final = "application/vnd.passavant.verdict+json;version=1"
PARTS: Final = ("integrity", "issuer", "status", "freshness")


class Result(StrEnum):
    """How a part stands."""

    VALID = "valid"
    INVALID = "invalid"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a verdict; whatever is not valid has a reason, a sentence without a full stop."""

    result: Result
    reason: str = ""


VALID: Final = Part(Result.VALID)


def invalid(reason: str) -> Part:
    """Something is wrong: the reason says what."""
    return Part(Result.INVALID, reason)


def stale(reason: str) -> Part:
    """It held, and holds no longer, or is too old."""
    return Part(Result.STALE, reason)


def unknown(reason: str) -> Part:
    """Nothing is wrong, and yet it can't be known."""
    return Part(Result.UNKNOWN, reason)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file proves.

    Attributes:
        kind: what the file is, such as "receipt".
        parts: by name, in the order in which they rest on each other.
        statements: for people: what is so, by whom, as of when. Only what the parts bear.
        facts: the same for machines.
    """

    kind: str
    parts: Mapping[str, Part]
    statements: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """True when every part is."""
        return all(part.result is Result.VALID for part in self.parts.values())

    @property
    def exit_code(self) -> int:
        """0 all valid, 1 something invalid, 3 something stale or unknown."""
        if any(part.result is Result.INVALID for part in self.parts.values()):
            return 1
        return 0 if self.valid else 3

    def to_plain(self) -> dict[str, Any]:
        """The verdict for a JSON writer."""
        parts = {
            name: {"result": part.result.value, "reason": part.reason or None} for name, part in self.parts.items()
        }
        return {
            "format": FORMAT,
            "kind": self.kind,
            "valid": self.valid,
            "parts": parts,
            "statements": list(self.statements),
            "facts": dict(self.facts),
        }


def rested(parts: Mapping[str, Part]) -> dict[str, Part]:
    """The parts, where none is valid that rests on an integrity which is not."""
    base = parts["integrity"]
    if base.result is Result.VALID:
        return dict(parts)
    doubt = unknown("it rests on blocks or proofs that are not known to be good")
    rest = {name: doubt if part.result is not Result.INVALID else part for name, part in parts.items()}
    return {**rest, "integrity": base}
