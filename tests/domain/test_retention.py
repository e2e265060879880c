"""How long content is kept: periods as data, the day they end, and what keeps them from running."""

from datetime import UTC, datetime

import pytest

from ledger.domain.codes import Flag, Pending, Regime, Status
from ledger.domain.lifecycle import Standing
from ledger.domain.retention import Period, Retention, RetentionError, Start, why_open


def at(year, month, day, hour=0):
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


GOOD = {"years": 3, "from": "day", "source": "a law"}


@pytest.mark.parametrize(
    ("years", "start", "moment", "ends"),
    [
        (3, Start.YEAR_END, at(2026, 5, 4, 3), at(2030, 1, 1)),
        (3, Start.YEAR_END, at(2026, 12, 31, 23), at(2030, 1, 1)),
        (4, Start.DAY, at(2026, 5, 4, 3), at(2030, 5, 4)),
        (3, Start.DAY, at(2024, 2, 29), at(2027, 3, 1)),
        (4, Start.DAY, at(2024, 2, 29), at(2028, 2, 29)),
        (0, Start.DAY, at(2024, 7, 1, 12), at(2024, 7, 1)),
    ],
)
def test_a_period_ends_on_a_day(years, start, moment, ends):
    assert Period(years, start, "a law").ends(moment) == ends


def test_the_default_names_a_source_for_every_country():
    kept = Retention.default()
    assert {"default", "FR", "GB", "XI", "CN", "JP", "US"} <= kept.rules.keys()
    for country in kept.rules:
        assert kept.period(country, Status.RELEASED).source
    assert kept.period("??", Status.RELEASED) == kept.period("default", Status.RELEASED)


def test_a_status_may_have_its_own_period(tmp_path):
    file = tmp_path / "retention.toml"
    file.write_text(
        """
        default = { years = 5, from = "day", source = "a law" }
        [FR]
        years = 3
        from = "year-end"
        source = "another law"
        [FR.status.INVALIDATED]
        years = 0
        from = "day"
        source = "none was lodged"
        """
    )
    kept = Retention.load(file)
    assert kept.period("FR", Status.RELEASED) == Period(3, Start.YEAR_END, "another law")
    assert kept.period("FR", Status.INVALIDATED) == Period(0, Start.DAY, "none was lodged")
    assert kept.period("GB", Status.INVALIDATED).years == 5


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({}, "no .default."),
        ({"default": 3}, "is no table"),
        ({"default": {**GOOD, "month": 1}}, "does not know month"),
        ({"default": {**GOOD, "years": -1}}, "years is a whole number"),
        ({"default": {**GOOD, "years": True}}, "years is a whole number"),
        ({"default": {**GOOD, "years": 101}}, "years is a whole number"),
        ({"default": {**GOOD, "from": "month"}}, "needs from"),
        ({"default": {**GOOD, "source": ""}}, "needs from .day or year-end. and source"),
        ({"default": {**GOOD, "status": 1}}, "status. is no table"),
        ({"default": {**GOOD, "status": {"GONE": GOOD}}}, "there is no such status"),
        ({"default": {**GOOD, "status": {"CLOSED": 1}}}, "default.status.CLOSED. years"),
    ],
)
def test_what_says_no_periods_is_refused(values, what):
    with pytest.raises(RetentionError, match=what):
        Retention.parse(values)


@pytest.mark.parametrize("text", ["[default", "x = 1", None])
def test_the_error_names_the_file(tmp_path, text):
    file = tmp_path / "retention.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(RetentionError, match=r"retention.toml"):
        Retention.load(file)


PENDING = Flag(Pending.AMENDMENT << 10)


@pytest.mark.parametrize(
    ("status", "flags", "regime", "why"),
    [
        (Status.RELEASED, Flag(0), Regime.HOME_USE, None),
        (Status.CLEARED, Flag.CLEARED, Regime.WAREHOUSING, None),
        (Status.INVALIDATED, Flag(0), Regime.HOME_USE, None),
        (Status.RELEASED, Flag(0), Regime.WAREHOUSING, "its procedure (warehousing) is not discharged"),
        (Status.LODGED, Flag(0), Regime.HOME_USE, "it is lodged"),
        (Status.CONDITIONALLY_RELEASED, Flag(0), Regime.HOME_USE, "it is conditionally released"),
        (Status.RELEASED, Flag.AGENCY | Flag.OVERRIDDEN, Regime.HOME_USE, "something is held"),
        (Status.RELEASED, PENDING, Regime.HOME_USE, "a request of the declarant waits"),
    ],
)
def test_what_is_open_is_kept(status, flags, regime, why):
    assert why_open(Standing(status, flags), regime) == why
