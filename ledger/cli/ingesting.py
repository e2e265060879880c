"""``passavant ingest``: customs messages in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ledger.cli import render
from ledger.cli.failures import tell
from ledger.cli.options import AsOption, HomeOption, JsonOption
from ledger.cli.progress import bar
from ledger.cli.session import open_desk, open_home, show

if TYPE_CHECKING:
    from ledger.ingest import Report

_PATHS = typer.Argument(help="Files, folders and archives with WCO DM messages.", metavar="PATH...", exists=True)
_VERBOSE = typer.Option("--verbose", "-v", help="Also say what became of each message, and warnings about its values.")


def ingest(
    paths: Annotated[list[Path], _PATHS],
    name: AsOption,
    verbose: Annotated[bool, _VERBOSE] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in customs messages: declarations, amendments, invalidations, presentations, notices, movements.

    Each is recorded or kept as what it is, once. What can't be read is named with its line; the rest goes on.
    """
    from ledger.ingest import Fate
    from ledger.ingest import ingest as take_in

    with open_desk(open_home(home), name) as desk, bar("messages") as progress:
        report = take_in(desk, paths, progress)
    for line in report.lines:
        if line.fate in {Fate.REFUSED, Fate.UNREADABLE}:
            tell(line.detail if line.source in line.detail else f"{line.source}: {line.detail}")
    show(as_json, lambda: _plain(report), lambda: _text(report, verbose=verbose))
    raise typer.Exit(report.exit_code)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant ingest export-01-accepted.xml --as customs-gb")(ingest)


def _plain(report: "Report") -> dict[str, Any]:
    table = [
        {"kind": kind, "fate": fate.value, "messages": count} for (kind, fate), count in sorted(report.table.items())
    ]
    lines = [
        {
            "source": line.source,
            "kind": line.kind,
            "fate": line.fate.value,
            "detail": line.detail,
            "record": f"0x{line.digest.hex()}" if line.digest else None,
        }
        for line in report.lines
    ]
    return {"table": table, "messages": lines, "warnings": report.warnings}


def _text(report: "Report", *, verbose: bool) -> str:
    rows = [[kind, fate.value, str(count)] for (kind, fate), count in sorted(report.table.items())]
    parts = [render.table(["message", "outcome", "count"], rows) if rows else "There is no message."]
    if verbose:
        parts += [
            "\n".join(f"{one.source}: {one.kind}, {one.fate.value}. {one.detail}".rstrip(". ") for one in report.lines)
        ]
        parts += ["\n".join(f"warning: {text}" for text in report.warnings)]
    elif report.warnings:
        parts.append(f"{len(report.warnings)} warnings about values that real customs accept: see --verbose")
    return "\n\n".join(part for part in parts if part)
