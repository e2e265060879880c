"""A proposed arrangement: what would stand on the chain, and the annex that would stand behind its hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.keccak import keccak256
from ledger.domain.records import Arrangement
from ledger.domain.wire import ZERO


@dataclass(frozen=True, slots=True)
class Annex:
    """What of an arrangement's scope the chain does not see; empty: no limit.

    Attributes:
        chapters: HS chapters, two digits each.
        modes: modes of transport (UN/CEFACT recommendation 19: 1 sea, 2 rail, 3 road, 4 air, 5 post, …).
        programmes: AEO programmes that the partners recognise; they select no controls.
        profile: the agreed disclosure profile; it selects no controls.
    """

    chapters: frozenset[str] = frozenset()
    modes: frozenset[int] = frozenset()
    programmes: tuple[str, ...] = ()
    profile: str = ""

    @classmethod
    def of_plain(cls, given: Mapping[str, Any]) -> "Annex":
        """The annex of `plain`; what it says is not checked."""
        return cls(
            chapters=frozenset(given.get("hsChapters", ())),
            modes=frozenset(given.get("modes", ())),
            programmes=tuple(given.get("aeoProgrammes", ())),
            profile=given.get("disclosureProfile", ""),
        )

    def plain(self) -> dict[str, Any]:
        """Its members as values of JSON: lists ascending, and without what limits nothing."""
        said = {
            "hsChapters": sorted(self.chapters),
            "modes": sorted(self.modes),
            "aeoProgrammes": sorted(self.programmes),
            "disclosureProfile": self.profile,
        }
        return {name: value for name, value in said.items() if value}

    def canonical(self) -> str:
        """The one text that says this: `plain` as JSON, names sorted, no spaces (as RFC 8785 would have it)."""
        return json.dumps(self.plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def digest(self) -> bytes:
        """What an arrangement says of it: keccak256 of `canonical` in UTF-8; zeros when it limits nothing."""
        return keccak256(self.canonical().encode()) if self.plain() else ZERO

    def limits(self) -> bool:
        """Whether it says anything about goods."""
        return bool(self.chapters or self.modes)

    def covers(self, goods: "Goods") -> bool | None:
        """Whether all goods of a declaration lie within it; None when what they say leaves that open."""
        if (self.chapters and goods.chapters - self.chapters - {""}) or (self.modes and goods.modes - self.modes):
            return False
        chapters_told = bool(goods.chapters) and "" not in goods.chapters
        told = (chapters_told or not self.chapters) and (bool(goods.modes) or not self.modes)
        return True if told else None


@dataclass(frozen=True, slots=True)
class Goods:
    """What an annex looks at in a declaration, as far as it is told.

    Attributes:
        chapters: HS chapters of its items; "" for an item that names none.
        modes: modes of transport at the border.
    """

    chapters: frozenset[str]
    modes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An arrangement that nobody has signed; its validity is that of the proposal, not of a simulation."""

    arrangement: Arrangement
    annex: Annex = Annex()

    def parties(self) -> tuple[int, int]:
        """Both administrations."""
        return self.arrangement.first, self.arrangement.second


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end), in seconds (UTC)."""

    start: int
    end: int

    def holds(self, moment: int) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end
