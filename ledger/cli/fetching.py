"""The command that fetches content from another organisation's gateway."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import render
from ledger.cli.failures import Exit
from ledger.cli.options import AsOption, HomeOption, JsonOption, ReferenceArgument, TypeOption
from ledger.cli.session import open_desk, open_home, reference_type, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.desk import Desk
    from ledger.desk.fetching import Fetched, Fetcher
    from ledger.domain.wire import DeclarationId

_FROM = typer.Option("--from", help="URL of the other organisation's gateway.", metavar="URL", show_default=False)
_CALLED = typer.Option("--called", help="What that gateway calls itself, if not its URL.", metavar="NAME")
_ALL = typer.Option("--consignment", help="And of all other declarations of its consignment.")
_IN_WORDS = {
    "FETCHED": "fetched; it is as the chain has it",
    "HERE": "here already",
    "NOT_THERE": "not there, or not for this participant",
    "UNREADABLE": "there, but not encrypted to this participant: its author can do so by `passavant key rewrap`",
    "ERASED": "erased, nowhere any more",
    "REFUSED": "refused",
}


def fetch(
    reference: ReferenceArgument,
    url: Annotated[str, _FROM],
    name: AsOption,
    consignment: Annotated[bool, _ALL] = False,
    called: Annotated[str | None, _CALLED] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch what another gateway keeps for this participant about a declaration: content, chosen fields, goods items.

    The id of a request of mutual assistance, or of its answer, fetches what these say. Everything is held against the
    chain before it is kept here; the other gateway's access log names who fetched it.
    """
    from ledger.client.elsewhere import Elsewhere
    from ledger.desk.fetching import Fetcher

    typed = reference_type(kind)
    with open_desk(open_home(home), name) as desk, Elsewhere(url, name=called) as gateway:
        fetcher = Fetcher(desk, gateway)
        gateway.enter(desk.client.domains, desk.identity.organisation, desk.identity.signer)
        found = _assistance(fetcher, reference)
        if found is None:
            meant = fetcher.named(reference, typed.name if typed else None, lambda: desk.resolve(reference, typed))
            found = _fetched(desk, fetcher, meant, consignment=consignment)
    show(as_json, lambda: {"from": gateway.url, "items": [_plain(one) for one in found]}, lambda: _told(url, found))
    raise typer.Exit(_outcome(found))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant fetch 0x… --from https://gateway.example --as customs-fr")(fetch)


def _assistance(fetcher: "Fetcher", reference: str) -> "list[Fetched] | None":
    """Contents of mutual assistance; None when that is not what the reference names."""
    from ledger.client import StatusQuery
    from ledger.domain.wire import Digest

    named = StatusQuery(reference=reference).declaration
    return fetcher.assistance(Digest(named)) if named else None


def _fetched(
    desk: "Desk", fetcher: "Fetcher", meant: "Sequence[DeclarationId]", *, consignment: bool
) -> "list[Fetched]":
    families = [desk.client.family(one) if consignment else [one] for one in meant]
    every = dict.fromkeys(one for family in families for one in family)
    return [item for one in every for item in fetcher.fetch(one)]


def _outcome(found: "Sequence[Fetched]") -> Exit:
    """Done when something is here now, and nothing was refused."""
    fates = {one.fate.name for one in found}
    return Exit.DONE if fates & {"FETCHED", "HERE"} and "REFUSED" not in fates else Exit.REFUSED


def _plain(one: "Fetched") -> dict[str, object]:
    return {
        "declaration": f"0x{one.declaration.hex()}",
        "what": one.what,
        "version": one.version or None,
        "fate": one.fate.name,
        "reason": one.reason or None,
        "references": one.references,
    }


def _told(url: str, found: "Sequence[Fetched]") -> str:
    lines = [f"From {url}"]
    for declaration in dict.fromkeys(one.declaration for one in found):
        own = [one for one in found if one.declaration == declaration]
        lines += [f"0x{declaration.hex()}", render.facts((_what(one), _became(one)) for one in own)]
    return "\n".join(lines)


def _what(one: "Fetched") -> str:
    return f"version {one.version}, {one.what}" if one.version else one.what


def _became(one: "Fetched") -> str:
    words = _IN_WORDS[one.fate.name]
    more = [one.reason] if one.reason else []
    more += [f"found by {one.references} references here from now on"] if one.references else []
    return ": ".join([words, *more])
