"""Commands that let others in: readers of a status, and tickets that join consignments."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.options import AsOption, HomeOption, JsonOption, TypeOption
from ledger.cli.session import number_of, open_client, open_desk, open_home, reference_type, show, title
from ledger.home import HomeError, write_private

_REFERENCE = typer.Argument(help="Transport reference: tracking number, S10 or HAWB.", metavar="REF")
_READER = typer.Argument(help="Participant whom this home knows, or its number.", metavar="READER")
_OUT = typer.Option("--out", help="Write it to this file (0600) instead of printing where it is.", metavar="FILE")

readers = typer.Typer(
    help="Who may ask for the status of a parcel that somebody else declared.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@readers.command(epilog="Example: passavant readers grant LX473124829GB bazaar --as platform")
def grant(
    reference: Annotated[str, _REFERENCE],
    reader: Annotated[str, _READER],
    name: AsOption,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a participant ask "is it released?" by a transport reference of yours."""
    from ledger.index.references import Reference, ReferenceType

    opened = open_home(home)
    number = number_of(opened, reader)
    with open_client(opened) as client:
        given = Reference(reference_type(kind) or ReferenceType.TRACKING, reference)
        client.add_reader(given, number, opened.identity(name).organisation)
    show(
        as_json,
        lambda: {"reference": reference, "type": given.type.name, "reader": number},
        lambda: f"{title(opened, number)} may now ask for the status of {reference}.",
    )


def ticket(
    reference: Annotated[str, typer.Argument(help="The declaration that opened the consignment.", metavar="REF")],
    name: AsOption,
    out: Annotated[Path | None, _OUT] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The ticket that lets others join a consignment which a declaration of this home opened."""
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
    file = opened.path / "tickets" / f"0x{declaration.hex()}.json"
    if not file.exists():
        raise HomeError(file, "no declaration of this home opened a consignment under this reference")
    if out:
        write_private(out.absolute(), file.read_text(encoding="utf-8"))
    show(
        as_json,
        lambda: {"ticket": str(out or file)},
        lambda: f"{out or file}\nWhoever has it can join: keep it secret.",
    )


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(readers, name="readers")
    app.command(epilog="Example: passavant ticket 25GB7QK2M9ZT4XW1A3 --as platform --out ticket.json")(ticket)
