"""Dates as instants."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.documents.dates import instant


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("20251014061544Z", "304", datetime(2025, 10, 14, 6, 15, 44, tzinfo=UTC)),
        ("20251014061544+02", "304", datetime(2025, 10, 14, 4, 15, 44, tzinfo=UTC)),
        ("20251014061544+0530", "304", datetime(2025, 10, 14, 0, 45, 44, tzinfo=UTC)),
        ("20251014061544-05:30", None, datetime(2025, 10, 14, 11, 45, 44, tzinfo=UTC)),
        ("20251014061544", None, datetime(2025, 10, 14, 6, 15, 44, tzinfo=UTC)),
        ("20251014061544.123Z", "304", datetime(2025, 10, 14, 6, 15, 44, tzinfo=UTC)),
        (" 20251014061544 UTC\n", "204", datetime(2025, 10, 14, 6, 15, 44, tzinfo=UTC)),
        ("202510140615", "203", datetime(2025, 10, 14, 6, 15, tzinfo=UTC)),
        ("20251014", "102", datetime(2025, 10, 14, tzinfo=UTC)),
        ("20251014", "999", datetime(2025, 10, 14, tzinfo=UTC)),
        ("2025-10-14T06:15:44.5+02:00", None, datetime(2025, 10, 14, 4, 15, 44, 500000, tzinfo=UTC)),
        ("2025-10-14", None, datetime(2025, 10, 14, tzinfo=UTC)),
        ("Mon Oct 13 22:40:00 UTC 2025", None, datetime(2025, 10, 13, 22, 40, tzinfo=UTC)),
        ("Mon Oct  6 22:40:00 BST 2025", None, datetime(2025, 10, 6, 21, 40, tzinfo=UTC)),
    ],
)
def test_what_senders_write(text, code, expected):
    assert instant(text, code) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", None),
        ("soon", None),
        ("20251314", None),
        ("20251014", "304"),
        ("20251014061544Z", "102"),
        ("Mon Oct 13 22:40:00 XYZ 2025", None),
        ("2025101", None),
        ("00010101000000+05", "304"),
        ("20251014061544+99", "304"),
    ],
)
def test_what_is_no_date(text, code):
    with pytest.raises(ValueError):  # noqa: PT011 - the reader turns it into a DocumentError with the element
        instant(text, code)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_round_trip(moment):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert instant(moment.strftime("%Y%m%d%H%M%SZ"), "304") == moment
    assert instant(moment.isoformat()) == moment
