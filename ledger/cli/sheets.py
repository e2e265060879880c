"""CSV files (RFC 4180) for people who go on in a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import typer

from ledger.cli.failures import Exit, tell


def write_sheet(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as UTF-8 with CRLF.

    Raises:
        OSError: the file can't be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write(path: Path | None, content: Callable[[Path], None]) -> None:
    """Let a file be written that was asked for; say so when that fails."""
    if path is None:
        return
    try:
        content(path)
    except OSError as error:
        tell(f"{path}: can't be written: {error.strerror or error}")
        raise typer.Exit(Exit.REFUSED) from None
