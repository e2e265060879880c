"""``passavant relied``: which decisions relied on a control or a recognition."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, HomeOption, JsonOption, digest
from ledger.cli.session import open_client, open_home, show, title

if TYPE_CHECKING:
    from ledger.index.relied import ReliedAnswer

Name = Callable[[int], str]

_CONTROL = typer.Argument(help="Id of the control, or of a recognition.", parser=digest, metavar="CONTROL")
_UNKNOWN = "No control or recognition of that id is this administration's; others' are for auditors."


def relied(
    control: Annotated[bytes, _CONTROL],
    name: AsOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which decisions relied on a control, directly or through further recognitions: for its author, and auditors."""
    from ledger.client import NotEntitled
    from ledger.domain.wire import Digest

    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        found = client.relied(Digest(control), opened.identity(name).organisation)
    if found is None:
        raise NotEntitled(_UNKNOWN)
    show(as_json, lambda: plain.plain(found), lambda: relied_text(found, lambda one: title(opened, one)))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant relied 0x<64 digits> --as customs-gb")(relied)


def relied_text(found: "ReliedAnswer", name: Name) -> str:
    """Who relied on it; and the decisions, as far as they are told."""
    if not found.counts:
        return "No decision relied on it."
    header = ["relied", "decisions", "stands", "withdrawn", "decided anew"]
    rows = [
        [name(one.administration), str(one.decisions), str(one.stands), str(one.withdrawn), str(one.decided_anew)]
        for one in found.counts
    ]
    listed = [
        f"{render.moment(one.recorded_at)}  {name(one.administration)}: {render.words(one.state)}\n"
        + render.facts([("declaration", f"0x{one.declaration.hex()}"), ("decision", f"0x{one.decision.hex()}")])
        for one in found.decisions
    ]
    return "\n".join([render.table(header, rows), *listed])
