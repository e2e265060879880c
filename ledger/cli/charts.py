"""The chart of a simulation: what would have become of a party's inspections, over the period."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ledger.cli.canvas import Canvas, canvas_for
from ledger.domain.codes import ControlOutcome
from ledger.domain.inspections import Effect, Inspection, Savings
from ledger.domain.proposals import Period

_WIDTH: Final = 900
_PANEL: Final = 350
_LEFT: Final = 56
_RIGHT: Final = 24
_TOP: Final = 92
_PLOT: Final = 170
_DAY: Final = 86_400
_STEPS: Final = (1, 7, 28, 91, 364)
_COLUMNS: Final = 32
_TICKS: Final = 4
_GRID: Final = "#d9dde2"
_PARTS: Final[Sequence[tuple[str, str]]] = (
    ("waived, nothing found", "#009e73"),
    ("waived, minor discrepancy", "#e69f00"),
    ("waived, major discrepancy", "#d55e00"),
    ("narrowed or not judged", "#56b4e9"),
    ("kept, though controlled before", "#7a8490"),
    ("not controlled before", "#c9ced4"),
)
"""Colours that people with any kind of colour vision tell apart (Okabe and Ito), from the bottom of a column up."""


def write_chart(
    path: Path, found: Sequence[Inspection], sums: Sequence[Savings], period: Period, name: Callable[[int], str]
) -> None:
    """Draw a panel for each direction into an SVG or PNG file, by its ending.

    Raises:
        OSError: the file can't be written.
    """
    title = f"What the arrangement would have meant, {_day(period.start)} to {_day(period.end)}"
    canvas = canvas_for(path, _WIDTH, _PANEL * len(sums), title)
    for number, one in enumerate(sums):
        own = [inspection for inspection in found if inspection.partner == one.partner]
        _panel(canvas, _PANEL * number, one, own, period, name)
    path.write_bytes(canvas.content())


def part_of(one: Inspection) -> int:
    """Which part of a column an inspection is: an index into the legend."""
    if one.is_waived:
        return {ControlOutcome.MINOR_DISCREPANCY: 1, ControlOutcome.MAJOR_DISCREPANCY: 2}.get(one.outcome, 0)
    if one.effect is not Effect.KEPT:
        return 3
    return 4 if one.is_repeat else 5


def days_per_column(period: Period) -> int:
    """About a day, a week, four, thirteen or fifty-two: so many that columns stay readable, and the last is no stub."""
    days = -(-(period.end - period.start) // _DAY)
    step = next((step for step in _STEPS if days <= step * _COLUMNS), _STEPS[-1])
    return -(-days // max(1, round(days / step)))


def _panel(
    canvas: Canvas,
    top: float,
    sums: Savings,
    found: Sequence[Inspection],
    period: Period,
    name: Callable[[int], str],
) -> None:
    canvas.text((_LEFT, top + 30), f"{name(sums.administration)}, relying on {name(sums.partner)}", 17)
    hours = f"{sums.seconds / 3600:,.1f} hours saved" if sums.timed else "no time known to be saved"
    told = f"{sums.waived} of {sums.inspections} inspections waived, {hours}"
    canvas.text((_LEFT, top + 52), told, 13)
    columns = _columns(found, period)
    highest = _round(max((sum(parts.values()) for parts in columns), default=0))
    days = days_per_column(period)
    _axis(canvas, top, highest, f"inspections in {days} day{'' if days == 1 else 's'}")
    width = (_WIDTH - _LEFT - _RIGHT) / len(columns)
    for number, parts in enumerate(columns):
        _column(canvas, (_LEFT + number * width, top + _TOP + _PLOT), width, parts, _PLOT / highest)
    _dates(canvas, top, len(columns), period)
    _legend(canvas, top, Counter(map(part_of, found)))


def _columns(found: Sequence[Inspection], period: Period) -> list[Counter[int]]:
    seconds = days_per_column(period) * _DAY
    columns = [Counter[int]() for _ in range(max(1, -(-(period.end - period.start) // seconds)))]
    for one in found:
        columns[(one.carried_out_at - period.start) // seconds][part_of(one)] += 1
    return columns


def _round(highest: int) -> int:
    """The end of the axis: a number whose quarters are whole."""
    return max(_TICKS, -(-highest // _TICKS) * _TICKS)


def _axis(canvas: Canvas, top: float, highest: int, what: str) -> None:
    for tick in range(_TICKS + 1):
        height = top + _TOP + _PLOT * (1 - tick / _TICKS)
        canvas.box((_LEFT, height, _WIDTH - _LEFT - _RIGHT, 1), _GRID)
        canvas.text((_LEFT - 8, height + 4), f"{highest * tick // _TICKS:,}", 12, "end")
    canvas.text((_LEFT, top + _TOP - 12), what, 12)


def _column(canvas: Canvas, foot: tuple[float, float], width: float, parts: Counter[int], unit: float) -> None:
    left, bottom = foot
    gap = min(8.0, width * 0.2)
    for part, (_, colour) in enumerate(_PARTS):
        height = parts[part] * unit
        if height:
            canvas.box((left + gap / 2, bottom - height, width - gap, height), colour)
            bottom -= height


def _dates(canvas: Canvas, top: float, columns: int, period: Period) -> None:
    """The first days of some columns, under the axis."""
    width = (_WIDTH - _LEFT - _RIGHT) / columns
    every = max(1, -(-columns // 8))
    for number in range(0, columns, every):
        day = _day(period.start + number * days_per_column(period) * _DAY)
        canvas.text((_LEFT + number * width, top + _TOP + _PLOT + 18), day, 12)


def _legend(canvas: Canvas, top: float, counts: Counter[int]) -> None:
    for part, (label, colour) in enumerate(_PARTS):
        left, height = _LEFT + part % 3 * 275, top + _TOP + _PLOT + 34 + part // 3 * 20
        canvas.box((left, height, 12, 12), colour)
        canvas.text((left + 18, height + 11), f"{label}: {counts[part]}", 12)


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
