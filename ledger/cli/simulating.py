"""``passavant simulate-arrangement``: what a proposed arrangement would have waived."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, CsvOption, HomeOption, JsonOption, moment, until
from ledger.cli.session import open_desk, open_home, show, title
from ledger.cli.sheets import write

if TYPE_CHECKING:
    from ledger.domain.inspections import Inspection, Savings
    from ledger.domain.proposals import Period

Name = Callable[[int], str]

_SHOWN: Final = 50
_FILE = typer.Argument(help="The proposed arrangement, JSON: see docs/recognition.md.", metavar="FILE")
_PLOT = typer.Option("--plot", help="Also draw it: a file that ends in .svg or .png.", metavar="FILE")
_FROM = typer.Option("--from", help="First day, or moment (ISO 8601, UTC).", parser=moment, metavar="DATE")
_TO = typer.Option("--to", help="Last day, or the moment when it ends.", parser=until, metavar="DATE")


def simulate_arrangement(
    file: Annotated[Path, _FILE],
    start: Annotated[int, _FROM],
    end: Annotated[int, _TO],
    name: AsOption,
    sheet: CsvOption = None,
    plot: Annotated[Path | None, _PLOT] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Had this arrangement been in force: which controls it would have waived, and what these found.

    Replays the history that the participant may see, by the ledger's own rules.
    """
    from ledger.cli.canvas import KINDS
    from ledger.desk.simulating import simulated
    from ledger.documents.arrangements import read_proposal
    from ledger.domain.inspections import savings
    from ledger.domain.proposals import Period

    if end <= start:
        raise typer.BadParameter("--to lies before --from")
    if plot and plot.suffix.lower() not in KINDS:
        raise typer.BadParameter(f"--plot takes a file that ends in {' or '.join(KINDS)}")
    opened, period = open_home(home), Period(start, end)
    with open_desk(opened, name) as desk:
        proposal = read_proposal(file, desk.client.histories.administrations())
        found = simulated(desk, proposal, period)
        own = desk.client.histories.counted(desk.identity.organisation)
    sides = [proposal.parties(), proposal.parties()[::-1]]
    sums = [savings(found, *side) for side in sides if side[0] in own]

    def named(organisation: int) -> str:
        return title(opened, organisation)

    write(sheet, lambda path: _inspections_sheet(path, found))
    if plot:
        from ledger.cli.charts import write_chart

        write(plot, lambda path: write_chart(path, found, sums, period, named))
    show(as_json, lambda: _simulation_plain(found, sums, period), lambda: simulation_text(found, sums, period, named))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    example = "Example: passavant simulate-arrangement plan.json --from 2026-01-01 --to 2026-06-30 --as customs-fr"
    app.command(epilog=example)(simulate_arrangement)


def _simulation_plain(found: "Sequence[Inspection]", sums: "Sequence[Savings]", period: "Period") -> dict[str, Any]:
    return {
        "from": plain.instant(period.start),
        "to": plain.instant(period.end),
        "savings": plain.plain(sums),
        "inspections": [{**plain.plain(one), "reason": _reason(one)} for one in found],
    }


def simulation_text(found: "Sequence[Inspection]", sums: "Sequence[Savings]", period: "Period", name: Name) -> str:
    """Sums, and the repeats: at most fifty."""
    lines = [f"Had it been in force from {_day(period.start)} to {_day(period.end - 1)}:"]
    for one in sums:
        lines += ["", f"{name(one.administration)}, relying on {name(one.partner)}", render.facts(_facts(one))]
    repeats = [one for one in found if one.is_repeat]
    if repeats:
        header = ["control", "carried out", "method", "risk", "found", "effect", "why not", "hours"]
        lines += ["", render.table(header, [_row(one) for one in repeats[:_SHOWN]])]
    if len(repeats) > _SHOWN:
        lines.append(f"and {len(repeats) - _SHOWN} more: --csv and --json have them all")
    return "\n".join(lines)


def _facts(sums: "Savings") -> list[tuple[str, str]]:
    return [
        ("inspections", f"{sums.inspections}, {sums.repeats} of them after a control by the partner"),
        ("waived", f"{sums.waived}; {sums.seconds / 3600:.1f} hours of waiting saved, known of {sums.timed}"),
        ("discrepancies", f"{sums.minor} minor and {sums.major} major ones were found in those waived"),
        ("withdrawn", f"{sums.withdrawn} of those waived would have been withdrawn since"),
        ("narrowed", f"{sums.narrowed} to fewer risk areas" if sums.narrowed else ""),
        (
            "not judged",
            f"{sums.unjudged}: the annex limits goods, and they can't be read here" if sums.unjudged else "",
        ),
        ("kept", ", ".join(f"{count} {render.words(reason)}" for reason, count in sums.kept.items())),
    ]


def _row(one: "Inspection") -> list[str]:
    return [
        render.short(one.digest),
        render.moment(one.carried_out_at),
        render.words(one.method),
        ", ".join(render.words(str(area.name)) for area in one.risk),
        render.words(one.outcome),
        render.words(one.effect.name) + (", withdrawn" if one.is_waived and one.withdrawn else ""),
        render.words(_reason(one) or ""),
        "" if one.seconds is None else f"{one.seconds / 3600:.1f}",
    ]


_INSPECTION: Final = (
    "control", "declaration", "consignment", "administration", "partner", "carriedOutAt", "method", "risk", "outcome",
    "effect", "covered", "reason", "reliedOn", "withdrawn", "secondsSaved",
)  # fmt: skip


def _inspections_sheet(path: Path, found: "Sequence[Inspection]") -> None:
    from ledger.cli.sheets import write_sheet

    write_sheet(path, _INSPECTION, (_cells(one) for one in found))


def _cells(one: "Inspection") -> list[object]:
    return [
        *(f"0x{value.hex()}" for value in (one.digest, one.declaration, one.consignment)),
        one.administration,
        one.partner,
        plain.instant(one.carried_out_at),
        one.method.name,
        " ".join(plain.plain(one.risk)),
        one.outcome.name,
        one.effect.name,
        " ".join(plain.plain(one.covered)),
        _reason(one) or "",
        " ".join(f"0x{parent.hex()}" for parent in one.relied),
        str(one.withdrawn).lower(),
        "" if one.seconds is None else one.seconds,
    ]


def _reason(one: "Inspection") -> str | None:
    return one.reason.name if one.reason else None


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
