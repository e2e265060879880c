"""Arrangements as they are shown: to their parties, to whoever took over from one, and to auditors."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from ledger.domain.codes import ControlMethod, OrganisationKind, RecordType, Regime, Risk
from ledger.domain.proposals import Annex
from ledger.domain.recognition import Line, Version
from ledger.domain.wire import ZERO, Digest
from ledger.index.access import Access
from ledger.index.annexes import load_annexes
from ledger.index.cursors import place_after, write_place
from ledger.index.history import Page
from ledger.index.reading import Session
from ledger.index.recognitions import load_arrangements

E = TypeVar("E", bound=IntEnum)


@dataclass(frozen=True, slots=True)
class AnnexShown:
    """What an annex says; what is empty it does not limit."""

    hs_chapters: tuple[str, ...]
    modes: tuple[int, ...]
    aeo_programmes: tuple[str, ...]
    disclosure_profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementShown:
    """A version of an arrangement.

    Attributes:
        arrangement: digest of the record.
        first, second: the administrations that signed it.
        competent: who acts for them now.
        predecessor: the version before it, if there is one.
        standard: name of the minimum standard as 31 bytes of its hash and a zero byte, and `level`; None: no standard.
        valid_until: its own end, or the start of the next version.
        in_force: whether it is in force now.
        suspended_by: parties that suspend new recognitions; of the latest version of a line.
        annex: its hash; None: it has none.
        annex_content: what the annex says; None: it has none, or it is not known here.
        recorded_at: block time.
    """

    arrangement: Digest
    first: int
    second: int
    competent: tuple[int, int]
    predecessor: Digest | None
    procedures: tuple[Regime, ...]
    methods: tuple[ControlMethod, ...]
    risks: Risk
    standard: bytes | None
    level: int
    valid_from: int
    valid_until: int
    in_force: bool
    suspended_by: tuple[int, ...]
    annex: bytes | None
    annex_content: AnnexShown | None
    recorded_at: int


def sees_all(access: Access) -> bool:
    """Whether a viewer sees all arrangements: an auditor does."""
    return access.viewer is not None and access.viewer.kind is OrganisationKind.AUDITOR


def load_shown(
    session: Session, access: Access, partner: int | None, after: str | None, limit: int
) -> Page[ArrangementShown]:
    """A viewer's arrangements after a cursor, in the order of their records; with one partner alone if one is named.

    Raises:
        CursorError: the cursor is not of this index's chain.
    """
    place = place_after(session, after)
    known, annexes = load_arrangements(session), load_annexes(session)
    sql = (
        "SELECT e.digest, e.block, e.log, b.hash, b.time FROM events e JOIN blocks b ON b.number = e.block"
        " WHERE e.digest IN ({keys}) AND e.outcome = 0 AND e.record_type = ?"
    )
    events = sorted(session.within(sql, known.versions, int(RecordType.ARRANGEMENT)), key=lambda row: (row[1], row[2]))
    rows = [row for row in events if (row[1], row[2]) > place and _is_for(access, known.versions[row[0]], partner)]
    shown = tuple(
        _shown(digest, known.versions[digest], known.line(known.versions[digest].record), access, annexes, time)
        for digest, *_, time in rows[:limit]
    )
    return Page(shown, write_place(*rows[limit - 1][1:4]) if len(rows) > limit else None)


def _is_for(access: Access, version: Version, partner: int | None) -> bool:
    parties = {access.competent(one) for one in (version.record.first, version.record.second)}
    if partner is not None and access.competent(partner) not in parties:
        return False
    return sees_all(access) or (access.viewer is not None and access.viewer.id in parties)


def _shown(
    digest: Digest, version: Version, line: Line, access: Access, annexes: Mapping[bytes, Annex], time: int
) -> ArrangementShown:
    record = version.record
    return ArrangementShown(
        arrangement=digest,
        first=record.first,
        second=record.second,
        competent=(access.competent(record.first), access.competent(record.second)),
        predecessor=None if record.predecessor == ZERO else record.predecessor,
        procedures=_named(record.procedures, Regime),
        methods=_named(record.methods, ControlMethod),
        risks=Risk(record.risks),
        standard=None if record.standard == ZERO else record.standard[:-1] + b"\0",
        level=record.standard[-1],
        valid_from=record.valid_from,
        valid_until=version.valid_until,
        in_force=version.in_force(access.now),
        suspended_by=tuple(sorted(line.suspended)) if line.latest == digest else (),
        annex=None if record.annex == ZERO else record.annex,
        annex_content=_annex(annexes.get(record.annex)),
        recorded_at=time,
    )


def _named(bits: int, codes: type[E]) -> tuple[E, ...]:
    return tuple(one for one in codes if bits >> (one - 1) & 1)


def _annex(annex: Annex | None) -> AnnexShown | None:
    if annex is None:
        return None
    return AnnexShown(
        hs_chapters=tuple(sorted(annex.chapters)),
        modes=tuple(sorted(annex.modes)),
        aeo_programmes=annex.programmes,
        disclosure_profile=annex.profile,
    )
