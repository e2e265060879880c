"""What an audit finds: divergences, notes, and what it could not know."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from passavant_verifier.audit.steps import Step
from passavant_verifier.errors import VerifierError

MOST_KEPT: Final = 200
"""Divergences, notes and unknowns that a report lists of each; further ones are counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: as much of block, log, record and other names as is known."""

    block: int | None = None
    log: int | None = None
    digest: bytes | None = None
    what: str = ""

    def __str__(self) -> str:
        """As a person would say it."""
        parts = [
            self.what,
            "" if self.block is None else f"block {self.block}",
            "" if self.log is None else f"log {self.log}",
            "" if self.digest is None else f"record 0x{self.digest.hex()}",
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Divergence:
    """Something is not as it must be: at which step, where, what was expected and what was found."""

    step: Step
    place: Place
    rule: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is allowed and worth a look."""

    kind: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that could not be found out."""

    step: Step
    text: str


class DivergedError(VerifierError):
    """The audit can't go on from here: what follows would stand on what is wrong."""

    def __init__(self, divergence: Divergence) -> None:
        super().__init__(f"step {divergence.step}, {divergence.place}: {divergence.rule}")
        self.divergence = divergence


class UnknowableError(VerifierError):
    """Nobody answers, or not what was asked: nothing can be said about this step."""

    def __init__(self, step: Step, text: str) -> None:
        super().__init__(text)
        self.step = step


@dataclass
class Findings:
    """Collected in the order in which they were found."""

    divergences: list[Divergence] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    checked: Counter[Step] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def passed(self, step: Step, times: int = 1) -> None:
        """A step was taken that many times."""
        self.checked[step] += times

    def diverges(self, divergence: Divergence) -> None:
        """Keep a divergence."""
        self.counts["divergences"] += 1
        if len(self.divergences) < MOST_KEPT:
            self.divergences.append(divergence)

    def note(self, kind: str, place: Place, text: str) -> None:
        """Keep a note."""
        self.counts[f"note: {kind}"] += 1
        if len(self.notes) < MOST_KEPT:
            self.notes.append(Note(kind, place, text))

    def not_known(self, step: Step, text: str) -> None:
        """Keep what could not be found out."""
        self.counts["unknown"] += 1
        if len(self.unknown) < MOST_KEPT:
            self.unknown.append(Unknown(step, text))

    @property
    def exit_code(self) -> int:
        """0: clean, 1: something diverges, 3: something could not be known."""
        if self.divergences:
            return 1
        return 3 if self.unknown else 0
