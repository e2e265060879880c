"""The command that opens agreed fields to a partner, and what a control opens at once."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ledger.cli import render
from ledger.cli.failures import tell
from ledger.cli.options import AsOption, HomeOption, JsonOption
from ledger.cli.session import number_of, open_desk, open_home, show, title
from ledger.errors import PassavantError

if TYPE_CHECKING:
    from ledger.desk import Desk
    from ledger.desk.opening import Opened
    from ledger.domain.wire import DeclarationId

_PARTNER = typer.Argument(help="The other administration: participant of this home, or its number.", metavar="PARTNER")
_DRY = typer.Option("--dry-run", help="Only count what would be opened.")
_TOLD: Final = {
    "OPENED": "opened",
    "ALREADY_OPEN": "already open",
    "WITHDRAWN": "opened once and withdrawn: left so",
    "PAUSED": "not opened: the arrangement is over or suspended",
    "NO_PROFILE": "not opened: the arrangement agrees on no disclosure profile",
    "UNKNOWN_ANNEX": "not opened: the annex is not in this store, or names a profile that is not known here",
    "OUTSIDE_ANNEX": "not opened: the goods are not known to lie within the annex",
    "NO_KEY": "not opened: the partner has published no encryption key",
    "NOT_READABLE": "not opened: this administration can't read them here",
}


def open_arrangement(
    partner: Annotated[str, _PARTNER],
    name: AsOption,
    dry: Annotated[bool, _DRY] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open to a partner the agreed fields of what was controlled under the arrangement. A second run opens what is new.

    Only controls that took effect while the arrangement was in force count, in consignments that concern the partner.
    """
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        number = desk.client.competent(number_of(opened, partner))
        done = desk.opener.open(number, dry=dry)
    show(
        as_json,
        lambda: {"partner": number, "dryRun": dry, "versions": _counts(done)},
        lambda: _done(title(opened, number), done, dry=dry),
    )


def open_new(desk: "Desk", declaration: "DeclarationId") -> None:
    """After a control: open at once to the partners who may read what was controlled. Failing spoils nothing."""
    try:
        done = desk.opener.after(declaration)
    except PassavantError as error:
        tell(
            f"the fields of what was controlled were not opened to partners: {error}. `passavant open-arrangement` does"
        )
        return
    if count := _counts(done)["opened"]:
        tell(f"opened to {count} partner{'s' if count > 1 else ''} under an arrangement: the agreed fields")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant open-arrangement customs-fr --dry-run --as customs-gb")(open_arrangement)


def _counts(done: "Opened") -> dict[str, int]:
    from ledger.desk.opening import Fate
    from ledger.domain.wire import camel

    return {camel(fate.lower()): done.of(fate) for fate in Fate}


def _done(partner: str, done: "Opened", *, dry: bool) -> str:
    rows = [(_TOLD[fate], str(count)) for fate, count in done.fates.items()]
    if not rows:
        return f"Nothing was controlled under an arrangement that {partner} may read fields of."
    said = f"{'What a run would do' if dry else 'Done'} for {partner}, by controlled version"
    return f"{said}:\n{render.facts([(count, told) for told, count in rows])}"
