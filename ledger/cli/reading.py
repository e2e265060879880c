"""Commands that ask: is it released, who did what, what became of a record."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import answers, plain, render
from ledger.cli.failures import Exit
from ledger.cli.options import (
    AroundOption,
    CountryOption,
    HomeOption,
    JsonOption,
    ReferenceArgument,
    TypeOption,
    ViewerOption,
    digest,
)
from ledger.cli.session import open_home, open_to_read, outcome, reference_type, show, title, viewer

if TYPE_CHECKING:
    from ledger.index.lookup import StatusQuery

_DIGEST = typer.Argument(help="A record's id.", metavar="ID", parser=digest)
_WAIT = typer.Option("--wait", help="Seconds to wait until it is final.", min=0)


def status(
    reference: ReferenceArgument,
    kind: TypeOption = None,
    country: CountryOption = None,
    around: AroundOption = None,
    name: ViewerOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Is it released? Exit code 3 when that can't be known now, which never means "no"."""
    opened = open_home(home)
    asker = viewer(opened, name)
    with open_to_read(opened) as client:
        answer = client.status(_query(reference, kind, country, around), asker)
    show(as_json, lambda: plain.plain(answer), lambda: answers.status(answer, lambda one: title(opened, one)))
    raise typer.Exit(Exit.UNKNOWN if answer.answer.name == "UNKNOWN" else Exit.DONE)


def provenance(
    reference: ReferenceArgument,
    kind: TypeOption = None,
    country: CountryOption = None,
    around: AroundOption = None,
    name: ViewerOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The timeline: who, which office and key, what, when, with heads, transactions and blocks."""
    opened = open_home(home)
    asker = viewer(opened, name)
    with open_to_read(opened) as client:
        fresh = client.as_of()
        entries = client.provenance(_query(reference, kind, country, around), asker)
    show(
        as_json,
        lambda: {"entries": plain.plain(entries), "asOf": plain.plain(fresh)},
        lambda: answers.timeline(entries, fresh, lambda one: title(opened, one)),
    )
    if not fresh.reachable:
        raise typer.Exit(Exit.UNKNOWN)
    raise typer.Exit(Exit.DONE if entries else Exit.REFUSED)


def record(
    record_id: Annotated[bytes, _DIGEST],
    wait: Annotated[float, _WAIT] = 0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What became of a record; with --wait, follow it until it is final."""
    with open_to_read(open_home(home)) as client:
        client.as_of()
        state = client.wait([record_id], wait)[0] if wait else client.record(record_id)
    show(as_json, lambda: plain.record(state), lambda: render.followed(state))
    raise typer.Exit(outcome(state))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant status LX473124829GB --for FR --as platform")(status)
    app.command(epilog="Example: passavant provenance 25GB7QK2M9ZT4XW1A3 --as customs-gb")(provenance)
    app.command(epilog="Example: passavant record 0x<64 digits> --wait 30")(record)


def _query(reference: str, kind: str | None, country: str | None, around: int | None) -> "StatusQuery":
    from ledger.index.lookup import StatusQuery

    return StatusQuery(reference=reference, type=reference_type(kind), country=country, around=around)
