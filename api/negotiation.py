"""Choosing what a client prefers, by its ``Accept`` or ``Accept-Language`` (RFC 9110, 12.5)."""

from collections.abc import Sequence


def best(header: str, offered: Sequence[str]) -> str | None:
    """The offer of the greatest weight, the first one of equals; None when none is acceptable.

    An offer is a media type or a language; a range is one of them, a type or language in general, or anything.
    """
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    weighed = [(_weight(offer, ranges), offer) for offer in offered]
    weight, offer = max(weighed, key=lambda pair: pair[0])
    return offer if weight > 0 else None


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weights = [piece[2:] for piece in parameters if piece.startswith("q=")]
    try:
        return name, min(max(float(weights[0]), 0.0), 1.0) if weights else 1.0
    except ValueError:
        return name, 0.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """By the most specific range that the offer is in."""
    general = f"{offer.partition('/')[0]}/*"
    for names in ({offer}, {general}, {"*/*", "*"}):
        found = [weight for name, weight in ranges if name in names or name.partition("-")[0] in names]
        if found:
            return max(found)
    return 0.0
