"""The command line's root: every command, and what happens to an error that none of them expects."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli import (
    arranging,
    assisting,
    benefits,
    checkpoints,
    confidential,
    controlling,
    devnet,
    entitled,
    erasing,
    fetching,
    ingesting,
    network,
    opening,
    proving,
    reading,
    recognising,
    relied,
    sharing,
    simulating,
    standing,
    worklist,
    writing,
)
from ledger.cli.failures import exit_code, tell
from ledger.errors import PassavantError
from ledger.home import ENVIRONMENT

app = typer.Typer(
    name="passavant",
    help="Consignment records on a permissioned ledger: lodge, decide, and ask what was decided.",
    epilog="Exit codes: 0 done, 1 refused or invalid, 2 usage, 3 can't be known now.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(devnet.app, name="devnet")
for part in (
    ingesting,
    writing,
    controlling,
    reading,
    sharing,
    confidential,
    fetching,
    proving,
    erasing,
    checkpoints,
    recognising,
    worklist,
    relied,
    standing,
    arranging,
    assisting,
    entitled,
    opening,
    simulating,
    benefits,
    network,
):
    part.add_to(app)


@app.callback()
def root(
    home: Annotated[Path | None, typer.Option("--home", help="Home directory for every command.")] = None,
) -> None:
    """Consignment records on a permissioned ledger: lodge, decide, and ask what was decided."""
    if home:
        os.environ[ENVIRONMENT] = str(home)


def command(arguments: Sequence[str]) -> int:
    """Run one command in this process; its exit code."""
    try:
        app(list(arguments), prog_name="passavant")
    except SystemExit as ended:
        return int(ended.code or 0)
    except PassavantError as error:
        tell(error)
        if "--json" in arguments:
            print(json.dumps({"error": type(error).__name__, "message": str(error)}, indent=2))  # noqa: T201
        return exit_code(error)
    raise AssertionError  # pragma: no cover  typer ends every command by SystemExit


def run() -> None:
    """Run the command that the process was started with, and end it with the command's exit code."""
    sys.exit(command(sys.argv[1:]))
