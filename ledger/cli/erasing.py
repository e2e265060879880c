"""Commands about the end of content: what is due, and erasing it."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, HomeOption, JsonOption, ReferenceArgument, TimeoutOption, TypeOption
from ledger.cli.session import open_client, open_desk, open_home, outcome, reference_type, show
from ledger.domain.codes import ErasureCause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.client import Retained

_VERSION = typer.Option("--version", help="Erase this version; repeat it.", min=1, metavar="N")
_ALL = typer.Option("--all", help="Erase every version.")
_ORDER = typer.Option("--order", help="By order of the administration: also before its retention ends.")
_REQUESTED = typer.Option("--requested", help="At the request of whom the content is about.")
_EVERYTHING = typer.Option("--all", help="Show what is not due yet, too, and what was erased.")


def erase(
    reference: ReferenceArgument,
    name: AsOption,
    version: Annotated[list[int] | None, _VERSION] = None,
    every: Annotated[bool, _ALL] = False,
    order: Annotated[bool, _ORDER] = False,
    requested: Annotated[bool, _REQUESTED] = False,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Have the content of a declaration erased wherever it is kept. What the chain holds of it stays."""
    if bool(version) == every:
        raise typer.BadParameter("name the versions by --version, or all of them by --all")
    if order and requested:
        raise typer.BadParameter("an erasure is --order or --requested, not both")
    cause = ErasureCause.REQUESTED if requested else ErasureCause.RETENTION_ENDED
    with open_desk(open_home(home), name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
        cause = ErasureCause.ORDERED if order else cause
        written = desk.eraser.erase(declaration, None if every else set(version or []), cause=cause)
        states = desk.client.wait([one.digest for one in written], timeout)
        desk.client.sync()
        desk.client.destroy_erased()  # another process may have read the record before this one
        here = {one.number for one in desk.client.versions(declaration) if one.erased_here_at}
    show(
        as_json,
        lambda: {
            "declaration": f"0x{declaration.hex()}",
            "erasedHere": sorted(here),
            "records": [plain.record(one) for one in states],
        },
        lambda: "\n".join(
            [f"Erased here: {', '.join(map(str, sorted(here))) or 'nothing yet'}.", *map(render.followed, states)]
        ),
    )
    raise typer.Exit(max(outcome(one) for one in states))


def retention(
    name: AsOption,
    everything: Annotated[bool, _EVERYTHING] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whose content has been kept for long enough: by declaration and version, with the day and why."""
    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        found = client.retained(opened.identity(name).organisation)
    shown = [one for one in found if everything or (one.due and one.erased_at is None)]
    show(as_json, lambda: {"versions": plain.plain(shown)}, lambda: _table(shown))


def _table(shown: "Sequence[Retained]") -> str:
    rows = [
        [f"0x{one.declaration.hex()}", str(one.version), one.country, render.words(one.status), _when(one), one.why]
        for one in shown
    ]
    if not rows:
        return "Nothing is due."
    return render.table(["declaration", "version", "country", "status", "may be erased", "why"], rows)


def _when(one: "Retained") -> str:
    from ledger.desk.erasing import day

    if one.erased_at:
        return f"was, {day(one.erased_at)}"
    return f"from {day(one.due_at)}" if one.due_at else "not yet"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant erase 25GB7QK2M9ZT4XW1A3 --all --order --as customs-gb")(erase)
    app.command(epilog="Example: passavant retention --as platform")(retention)
