"""How long the content of a declaration must be kept: periods by country and status, as data, and the day they end.

`retention.toml` beside this file is the default and explains the form. Who erases earlier needs an order.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

from ledger.domain.codes import Flag, Pending, Regime, Status
from ledger.domain.lifecycle import Standing
from ledger.errors import PassavantError

_DEFAULT: Final = "default"
_KEYS: Final = frozenset({"years", "from", "source", "status"})
_MOST_YEARS: Final = 100
_HELD: Final = Flag.CONTROL | Flag.DOCUMENTS | Flag.DETENTION | Flag.PAYMENT | Flag.AGENCY | Flag.EXIT_DUE

ENDED: Final = frozenset(
    {
        Status.RELEASED,
        Status.CLEARED,
        Status.EXITED,
        Status.RETURNED,
        Status.RE_EXPORTED,
        Status.ABANDONED,
        Status.REJECTED,
        Status.INVALIDATED,
        Status.DESTROYED,
        Status.CLOSED,
    }
)
"""Statuses after which nothing more has to come."""

SPECIAL: Final = frozenset(
    {
        Regime.WAREHOUSING,
        Regime.TRANSIT,
        Regime.TEMPORARY_ADMISSION,
        Regime.INWARD_PROCESSING,
        Regime.OUTWARD_PROCESSING,
    }
)
"""Procedures in which goods stay under supervision after their release, until they are discharged."""


class RetentionError(PassavantError):
    """A file of retention periods that can't be used: where, and what is wrong."""


@unique
class Start(StrEnum):
    """From when on a period runs: from the decision's day, or from the end of its year."""

    DAY = "day"
    YEAR_END = "year-end"


@dataclass(frozen=True, slots=True)
class Period:
    """How long, from when on, and where that is laid down."""

    years: int
    start: Start
    source: str

    def ends(self, moment: int) -> int:
        """The first second (UTC) after the period, for content whose status dates from `moment`."""
        day = datetime.fromtimestamp(moment, UTC)
        if self.start is Start.YEAR_END:
            return int(datetime(day.year + self.years + 1, 1, 1, tzinfo=UTC).timestamp())
        try:
            after = datetime(day.year + self.years, day.month, day.day, tzinfo=UTC)
        except ValueError:  # 29 February
            after = datetime(day.year + self.years, 3, 1, tzinfo=UTC)
        return int(after.timestamp())


@dataclass(frozen=True, slots=True)
class _Rule:
    period: Period
    by_status: Mapping[Status, Period] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retention:
    """Retention periods.

    >>> kept = Retention.default()
    >>> kept.period("FR", Status.RELEASED).years
    3
    """

    rules: Mapping[str, _Rule]

    @classmethod
    def default(cls) -> "Retention":
        """The periods that come with this version."""
        return cls.load(Path(__file__).with_suffix(".toml"))

    @classmethod
    def load(cls, path: Path) -> "Retention":
        """The periods of a file.

        Raises:
            RetentionError: it can't be read, or says something else than periods.
        """
        try:
            return cls.parse(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise RetentionError(f"{path}: can't be read: {error}") from None
        except RetentionError as error:
            raise RetentionError(f"{path}: {error}") from None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> "Retention":
        """The periods of TOML's (or JSON's) values.

        Raises:
            RetentionError: they are none.
        """
        if _DEFAULT not in values:
            raise RetentionError("there is no [default] for countries that are not listed")
        return cls({country: _rule(country, entry) for country, entry in values.items()})

    def period(self, country: str, status: Status) -> Period:
        """The period for declarations of a country's administration that have a status."""
        rule = self.rules.get(country) or self.rules[_DEFAULT]
        return rule.by_status.get(status, rule.period)


def why_open(standing: Standing, regime: Regime) -> str | None:
    """Why a declaration's retention does not run yet; None: it runs."""
    status = standing.status
    if standing.pending is not Pending.NONE:
        return "a request of the declarant waits"
    if standing.flags & _HELD:
        return "something is held"
    if status not in ENDED:
        return f"it is {status.name.lower().replace('_', ' ')}"
    if status is Status.RELEASED and regime in SPECIAL:
        return f"its procedure ({regime.name.lower().replace('_', ' ')}) is not discharged"
    return None


def _rule(country: str, entry: object) -> _Rule:
    if not isinstance(entry, dict):
        raise RetentionError(f"[{country}] is no table")
    unknown = entry.keys() - _KEYS
    if unknown:
        raise RetentionError(f"[{country}] does not know {', '.join(sorted(unknown))}")
    listed = entry.get("status", {})
    if not isinstance(listed, dict):
        raise RetentionError(f"[{country}.status] is no table")
    by_status = {_status(country, name): _period(f"{country}.status.{name}", one) for name, one in listed.items()}
    return _Rule(_period(country, entry), by_status)


def _status(country: str, name: str) -> Status:
    try:
        return Status[name]
    except KeyError:
        raise RetentionError(f"[{country}.status.{name}]: there is no such status") from None


def _period(country: str, entry: object) -> Period:
    values = entry if isinstance(entry, dict) else {}
    years, start, source = values.get("years"), values.get("from"), values.get("source")
    if not isinstance(years, int) or isinstance(years, bool) or not 0 <= years <= _MOST_YEARS:
        raise RetentionError(f"[{country}] years is a whole number from 0 to {_MOST_YEARS}")
    if start not in set(Start) or not isinstance(source, str) or not source:
        raise RetentionError(f"[{country}] needs from (day or year-end) and source")
    return Period(years, Start(start), source)
