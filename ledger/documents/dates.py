"""Dates of customs messages as instants (UN/EDIFACT 2379 format codes; WCO type DateTime).

Senders write them with ``Z``, ``+01`` or no zone, with trailing white space, without ``formatCode``, or as
``Wed Nov 13 00:00:00 UTC 2019``. A date without a zone counts as UTC, and a day as its first instant.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

# format code to the digits before the zone; None of them in the text means: judge by the number of digits
FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "102": "%Y%m%d",
        "203": "%Y%m%d%H%M",
        "204": "%Y%m%d%H%M%S",
        "205": "%Y%m%d%H%M",
        "208": "%Y%m%d%H%M%S",
        "303": "%Y%m%d%H%M",
        "304": "%Y%m%d%H%M%S",
    }
)
_BY_LENGTH: Final = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_COMPACT = re.compile(r"(\d{8}|\d{12}|\d{14})(?:\.\d{1,6})?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?")
_SPELT = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) ([A-Z]{1,5}) (\d{4})")
# names of zones that the spelt form was seen with, or may come with from British and French senders
_ZONES: Final = {"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "CEST": 2}


def instant(text: str, format_code: str | None = None) -> datetime:
    """The instant that a date text means, in UTC.

    Args:
        text: as in the message; padding is ignored.
        format_code: UN/EDIFACT 2379 code of the text, such as ``304``; None when the sender gave none.

    Raises:
        ValueError: the text is no date, or not of this format.
    """
    text = text.strip()
    compact, spelt = _COMPACT.fullmatch(text), _SPELT.fullmatch(text)
    if compact:
        moment = _compact(compact[1], format_code).replace(tzinfo=_zone(compact[2]))
    elif spelt and spelt[2] in _ZONES:
        zone = timezone(timedelta(hours=_ZONES[spelt[2]]))
        moment = datetime.strptime(f"{spelt[1]} {spelt[3]}", "%b %d %H:%M:%S %Y").replace(tzinfo=zone)
    else:
        moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("before the first or after the last year") from None


def _compact(digits: str, format_code: str | None) -> datetime:
    pattern = FORMATS.get(format_code or "", _BY_LENGTH[len(digits)])
    if pattern != _BY_LENGTH[len(digits)]:
        raise ValueError(f"format {format_code} wants another number of digits than {len(digits)}")
    return datetime.strptime(digits, pattern)  # noqa: DTZ007 - the caller sets the zone


def _zone(text: str | None) -> timezone:
    if text is None or text in _ZONES:
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:]) if len(text) > len("+01") else 0
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
