"""``passavant recognition-benefits``: what mutual recognition brought."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, CsvOption, HomeOption, JsonOption, code, moment, until
from ledger.cli.session import open_home, open_to_read, show, title
from ledger.cli.sheets import write, write_sheet

if TYPE_CHECKING:
    from ledger.domain.benefits import Benefit

Name = Callable[[int], str]

_END_OF_TIME: Final = 1 << 40
_FROM = typer.Option("--from", help="First day, or moment (ISO 8601, UTC).", parser=moment, metavar="DATE")
_TO = typer.Option("--to", help="Last day, or the moment when it ends.", parser=until, metavar="DATE")
_BY = typer.Option("--by", help="One line for each month or quarter (UTC).", metavar="month|quarter")


def recognition_benefits(
    name: AsOption,
    start: Annotated[int | None, _FROM] = None,
    end: Annotated[int | None, _TO] = None,
    by: Annotated[str | None, _BY] = None,
    sheet: CsvOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What mutual recognition brought: recognised, declined, withdrawn, waived; by pair of administrations."""
    from ledger.domain.benefits import Interval
    from ledger.domain.proposals import Period

    interval = code(Interval, by) if by else None
    opened = open_home(home)
    with open_to_read(opened) as client:
        client.as_of()
        viewer = opened.identity(name).organisation
        found = client.benefits(viewer, Period(start or 0, end or _END_OF_TIME), interval)
    write(sheet, lambda path: write_benefits(path, found))
    show(
        as_json,
        lambda: {"benefits": plain.plain(found)},
        lambda: benefits_text(found, lambda one: title(opened, one)),
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant recognition-benefits --by month --as customs-fr")(recognition_benefits)


def benefits_text(found: "Sequence[Benefit]", name: Name) -> str:
    """The report for people."""
    if not found:
        return "Nothing was recognised, as far as this participant may see."
    header = [
        "period",
        "relied",
        "on",
        "full",
        "partial",
        "declined",
        "withdrawn",
        "replaced",
        "waived",
        "why declined",
    ]
    return render.table(header, [_line(one, name) for one in found])


def _line(one: "Benefit", name: Name) -> list[str]:
    numbers = (one.recognised, one.partly, sum(one.declined.values()), one.withdrawn, one.replaced, one.waived)
    reasons = ", ".join(f"{count} {render.words(reason)}" for reason, count in one.declined.items())
    return [one.period or "all", name(one.administration), name(one.partner), *map(str, numbers), reasons]


def write_benefits(path: Path, found: "Sequence[Benefit]") -> None:
    """The report as CSV, with a column for each reason to decline."""
    from ledger.domain.codes import Reason

    reasons = [reason for reason in Reason if reason]
    header = ["period", "administration", "partner", "full", "partial", "withdrawn", "replaced", "waived"]
    rows = (
        [
            one.period,
            one.administration,
            one.partner,
            one.recognised,
            one.partly,
            one.withdrawn,
            one.replaced,
            one.waived,
        ]
        + [one.declined.get(reason.name, 0) for reason in reasons]
        for one in found
    )
    write_sheet(path, [*header, *(f"declined{reason.name.title().replace('_', '')}" for reason in reasons)], rows)
