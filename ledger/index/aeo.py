"""AEO status out of the events that the index keeps; and names of programmes, of which the chain has hashes alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger.domain.aeo import AeoGranted, AeoHistory, AeoState, programme_hash
from ledger.domain.codes import RecordType
from ledger.domain.events import Recorded
from ledger.index.access import Access
from ledger.index.answers import AsOf
from ledger.index.reading import Session
from ledger.index.rows import RECORDED, recorded

if TYPE_CHECKING:
    from sqlalchemy import Connection

COMMON: Final = "record_type IN (16, 22, 23, 24)"
"""Admissions, arrangements, their suspensions, AEO records: what concerns all, whatever the consignment. Spelled as in
the partial index `events_common`, which is used by no other spelling."""
_AGREED: Final = f"""
SELECT {RECORDED} FROM events JOIN blocks ON number = block
WHERE outcome = 0 AND {COMMON} AND (record_type <> {int(RecordType.AEO_STATUS)} OR substr(body, 33, 32) = ?)
ORDER BY block, log
"""  # noqa: S608 - names of our own tables
_NAME: Final = "aeo programme "


@dataclass(frozen=True, slots=True, kw_only=True)
class AeoAnswer:
    """Whether an operator is an authorised economic operator: all its grants, as they stand at a moment.

    Attributes:
        holds_at: the legal moment that was asked about.
        known_at: the block time up to which records were looked at.
        authorised: whether one of the grants is valid then.
        grants: in the order in which they were recorded.
    """

    operator: int
    holds_at: int
    known_at: int
    authorised: bool
    grants: tuple[AeoGranted, ...]
    as_of: AsOf


def answered(history: AeoHistory, access: Access, operator: int, moments: tuple[int, int], as_of: AsOf) -> AeoAnswer:
    """The answer to a viewer, at a legal moment as known at a block time; evidence is for the home administration."""
    grants = tuple(_for(access, one) for one in history.grants(operator, *moments))
    return AeoAnswer(
        operator=operator,
        holds_at=moments[0],
        known_at=moments[1],
        authorised=any(one.state is AeoState.VALID for one in grants),
        grants=grants,
        as_of=as_of,
    )


def _for(access: Access, one: AeoGranted) -> AeoGranted:
    if access.viewer is not None and access.viewer.id == access.competent(one.administration):
        return one
    return replace(one, evidence=None, end=None if one.end is None else replace(one.end, evidence=None))


def load_agreed(session: Session, operator: int) -> list[Recorded]:
    """The AEO records of an operator, and all that stands between administrations, in the chain's order."""
    return [recorded(row) for row in session.rows(_AGREED, operator.to_bytes(32, "big"))]


def load_programmes(session: Session) -> Mapping[bytes, str]:
    """The names of programmes that were granted from here, by hash."""
    rows = session.rows("SELECT key, value FROM meta WHERE key LIKE ?", f"{_NAME}%")
    return {bytes.fromhex(row[0].removeprefix(_NAME)): row[1] for row in rows}


def keep_programmes(connection: "Connection", names: Iterable[str]) -> None:
    """Note names of programmes, so that grants of them can be told by name."""
    from ledger.index.sql import upsert
    from ledger.index.tables import meta

    upsert(connection, meta, [{"key": f"{_NAME}{programme_hash(name).hex()}", "value": name} for name in names])
