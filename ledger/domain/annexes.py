"""What the annex of an arrangement says of a recognition: the part of its scope that the contract does not see.

As the contract asks both the version that a recognition names and the one that is in force, so do clients here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from ledger.domain.aeo import covers_programme
from ledger.domain.codes import Verdict
from ledger.domain.proposals import Annex, Goods
from ledger.domain.recognition import Recognitions
from ledger.domain.records import Recognition
from ledger.domain.wire import ZERO, Digest


@unique
class AnnexVerdict(StrEnum):
    """What an annex says of the goods of a declaration."""

    NONE = "NONE"
    """It limits no goods."""
    WITHIN = "WITHIN"
    OUTSIDE = "OUTSIDE"
    NOT_JUDGED = "NOT_JUDGED"
    """The annex is not known here, or too little of the goods."""


_STRICTEST: Final = (AnnexVerdict.OUTSIDE, AnnexVerdict.NOT_JUDGED, AnnexVerdict.WITHIN)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and its reason in words, empty where a recognition may be signed."""

    verdict: AnnexVerdict
    reason: str = ""


OUTSIDE_GOODS: Final = "The goods lie outside the annex of the arrangement: other HS chapters, or modes of transport."
OUTSIDE_PROGRAMME: Final = "The annex of the arrangement does not recognise the AEO programme of this grant."
ANNEX_MISSING: Final = "The annex of the arrangement is not known here: a party has to sign it here, or to hand it in."
GOODS_MISSING: Final = (
    "Whether the goods lie within the annex of the arrangement is not known here: "
    "their content was not opened here, or names no commodity code or mode of transport."
)


def goods_verdict(annexes: Iterable[Annex | None], goods: Goods | None) -> AnnexVerdict:
    """What annexes say of goods, by the strictest; an annex is None when it is not known, goods likewise."""
    found = {_of_one(annex, goods) for annex in annexes}
    return next((one for one in _STRICTEST if one in found), AnnexVerdict.NONE)


def _of_one(annex: Annex | None, goods: Goods | None) -> AnnexVerdict:
    if annex is None:
        return AnnexVerdict.NOT_JUDGED
    if not annex.limits():
        return AnnexVerdict.NONE
    covered = None if goods is None else annex.covers(goods)
    return {True: AnnexVerdict.WITHIN, False: AnnexVerdict.OUTSIDE, None: AnnexVerdict.NOT_JUDGED}[covered]


def judged(annexes: Collection[Annex | None], goods: Goods | None, programme: bytes | None = None) -> Judged:
    """What annexes say of goods, and of the AEO programme (its hash) on whose grant a recognition rests."""
    verdict = goods_verdict(annexes, goods)
    known = [one for one in annexes if one is not None]
    if verdict is AnnexVerdict.OUTSIDE:
        return Judged(verdict, OUTSIDE_GOODS)
    if programme is not None and not all(covers_programme(one, programme) for one in known):
        return Judged(AnnexVerdict.OUTSIDE, OUTSIDE_PROGRAMME)
    if verdict is AnnexVerdict.NOT_JUDGED:
        return Judged(verdict, ANNEX_MISSING if len(known) < len(annexes) else GOODS_MISSING)
    return Judged(verdict)


def annex_hashes(known: Recognitions, arrangement: Digest, now: int) -> frozenset[bytes]:
    """The annexes that count for what is recognised under a version: its own, and that of the version in force.

    None for a version that is not known: the ledger will say so. Zeros stand for an annex that limits nothing.
    """
    version = known.versions.get(arrangement)
    if version is None:
        return frozenset()
    current = known.current(known.line(version.record), now)
    return frozenset({version.record.annex, current.record.annex})


@dataclass(frozen=True, slots=True)
class Annexed:
    """The annexes that somebody knows, and the goods of declarations by the commitment of a version."""

    annexes: Mapping[bytes, Annex]
    goods: Mapping[tuple[bytes, bytes], Goods]

    def judge(self, known: Recognitions, record: Recognition, commitment: bytes, now: int) -> Judged:
        """What the annexes say of a recognition; `commitment` is that of the version which it names."""
        if record.verdict == Verdict.DECLINED:
            return Judged(AnnexVerdict.NONE)
        annexes = [self._annex(one) for one in annex_hashes(known, record.arrangement, now)]
        grant = known.grants.get(record.aeo)
        programme = grant.record.programme if grant else None
        return judged(annexes, self.goods.get((record.declaration, commitment)), programme)

    def _annex(self, digest: bytes) -> Annex | None:
        return Annex() if digest == ZERO else self.annexes.get(digest)
