"""What was last seen of the node."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """The node's newest block and its newest final one, when they were seen (seconds), and why not since, if so."""

    head: int = 0
    final: int = 0
    seen_at: float = 0.0
    failure: str = ""
