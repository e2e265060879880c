"""Samples, what is told of them, and goals."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median


class Broken(Exception):  # noqa: N818 - the name says what happened
    """What was measured did not do what it must."""


def rate(count: int, work: Callable[[], object]) -> float:
    """How many a second."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


@dataclass(frozen=True)
class Comparison:
    """Rates of two ways to do the same, measured in turn; the ratio is taken within each round."""

    name: str
    ours: Sequence[float]
    theirs: Sequence[float]
    against: str

    @property
    def ratios(self) -> list[float]:
        return [one / other for one, other in zip(self.ours, self.theirs, strict=True)]


@dataclass(frozen=True)
class Goal:
    """A figure that must be reached; `samples` are of one run."""

    name: str
    samples: Sequence[float]
    least: float
    unit: str
    format: str = ",.0f"

    @property
    def value(self) -> float:
        """The median."""
        return median(self.samples)

    @property
    def reached(self) -> bool:
        return self.value >= self.least


@dataclass
class Results:
    """All that was measured."""

    goals: list[Goal] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    others: dict[str, Sequence[float]] = field(default_factory=dict)
    gas: dict[str, int] = field(default_factory=dict)

    @property
    def missed(self) -> list[Goal]:
        return [goal for goal in self.goals if not goal.reached]
