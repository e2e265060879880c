"""Commands about the network as a whole: who takes part, does the read model agree with the chain; and completion."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.failures import Exit
from ledger.cli.options import HomeOption, JsonOption
from ledger.cli.session import open_client, open_home, show, title

if TYPE_CHECKING:
    from ledger.client import Client
    from ledger.index.history import ParticipantAnswer

_PAGE = 1_000
_SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def participants(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Who takes part in the network, with keys and standing, from the chain."""
    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        found = _all_participants(client)

    def text() -> str:
        rows = [
            [str(one.id), title(opened, one.id), render.words(one.kind), one.country or "", render.words(one.status)]
            for one in found
        ]
        return render.table(["number", "participant", "kind", "country", "standing"], rows)

    show(as_json, lambda: plain.plain(found), text)


def replay(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Rebuild the read model from the chain alone and compare it with the live one; exit code 1 when they differ."""
    with open_client(open_home(home)) as client:
        client.sync()
        found = client.replay()

    def text() -> str:
        last = f"block {found.block.number}" if found.block else "nothing"
        agree = "they agree" if not found.differences else f"{len(found.differences)} rows differ"
        lines = [f"Rebuilt {found.rows} rows from the chain up to {last}: {agree}."]
        return "\n".join(
            [*lines, *(f"  {one.table} {one.key}: {one.live} / {one.replayed}" for one in found.differences)]
        )

    show(as_json, lambda: plain.plain(found), text)
    raise typer.Exit(Exit.REFUSED if found.differences else Exit.DONE)


def completion(shell: Annotated[str, typer.Argument(help=f"One of {', '.join(_SHELLS)}.", metavar="SHELL")]) -> None:
    """Print the script that completes commands in a shell."""
    if shell not in _SHELLS:
        raise typer.BadParameter(f"{shell!r} is none of {', '.join(_SHELLS)}")
    from typer._completion_shared import get_completion_script

    script = get_completion_script(prog_name="passavant", complete_var="_PASSAVANT_COMPLETE", shell=shell)
    print(script)  # noqa: T201


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant participants --json")(participants)
    app.command(epilog="Example: passavant replay")(replay)
    app.command(epilog='Example: eval "$(passavant completion bash)"')(completion)


def _all_participants(client: "Client") -> "list[ParticipantAnswer]":
    found: list[ParticipantAnswer] = []
    after: str | None = None
    while True:
        page = client.participants(after, _PAGE)
        found += page.items
        after = page.next
        if after is None:
            return found
