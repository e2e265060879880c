"""What builders of records choose with, and what they give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from ledger.domain.codes import OrganisationKind
from ledger.domain.participants import Organisation
from ledger.domain.records import Record
from tests.domain.builders import Signer
from tests.model.world import World

T = TypeVar("T")
Prove = Callable[[bytes], bytes]


class Choice:
    """Choices that follow from a few numbers."""

    def __init__(self, *seeds: int) -> None:
        self._random = Random(repr(seeds))

    def number(self) -> int:
        return self._random.getrandbits(16)

    def of(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def rarely(self, times: int = 4) -> bool:
        return self._random.randrange(times) == 0

    def mostly(self, usual: T, others: Sequence[T], times: int = 12) -> T:
        """The usual one, but for one time in so many."""
        return self.of(others) if self.rarely(times) else usual


def no_proof(_: bytes) -> bytes:
    return b""


@dataclass(frozen=True)
class Draft:
    """A record, who signs it, and how its digest is proven."""

    record: Record
    signer: Signer
    prove: Prove = no_proof


def of_kind(world: World, kind: OrganisationKind) -> list[Organisation]:
    return [one for one in world.ledger.participants.organisations.values() if one.kind is kind]


def administration_of(world: World, choice: Choice) -> Organisation:
    return choice.of(of_kind(world, OrganisationKind.ADMINISTRATION))
