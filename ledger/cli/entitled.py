"""The command that shows what arrangements share: controls of partners, and what became of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, HomeOption, JsonOption, ReferenceArgument, TypeOption
from ledger.cli.session import open_client, open_home, reference_type, show, title

if TYPE_CHECKING:
    from ledger.client import SharedControl
    from ledger.index.shared import Superseding

Name = Callable[[int], str]


def shared(
    reference: ReferenceArgument,
    name: AsOption,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which controls of partners their arrangements let an administration see, and what became of them.

    REF names a declaration of its own, or a partner's by its id.
    """
    from ledger.index.lookup import StatusQuery

    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        query = StatusQuery(reference=reference, type=reference_type(kind))
        found = client.shared(query, opened.identity(name).organisation)
    show(as_json, lambda: {"controls": plain.plain(found)}, lambda: _controls(found, lambda one: title(opened, one)))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant shared 25FR00128B4M7QX9K2 --as customs-fr")(shared)


def _controls(found: "list[SharedControl]", name: Name) -> str:
    if not found:
        return "Nothing is known under this reference, or no arrangement shares anything of it."
    return "\n".join(_control(one, name) for one in found)


def _control(one: "SharedControl", name: Name) -> str:
    by = name(one.administration) + (f", office {one.office}" if one.office else "")
    head = f"{render.moment(one.effective_at)}  {by}: {render.words(one.method)}, {render.words(one.outcome)}"
    after = [f"by 0x{each.digest.hex()}: {_superseded(each)}" for each in one.superseded]
    touched = [f"version {each.version} touches {render.areas(each.risk)}" for each in one.touched]
    pairs = [
        ("control", f"0x{one.control.hex()}, in block {one.block}"),
        ("declaration", f"0x{one.declaration.hex()}, version {one.version}"),
        ("covers", f"{render.areas(one.risk)}; valid until {render.moment(one.valid_until)}"),
        ("seals", "" if one.seal_state.name == "NOT_APPLICABLE" else render.words(one.seal_state)),
        ("arrangement", f"0x{one.arrangement.hex()}"),
        *(("superseded", told) for told in after),
        *(("amended since", told) for told in touched),
        ("agreed fields", _fields(one)),
    ]
    return f"{head}\n{render.facts(pairs)}"


def _superseded(one: "Superseding") -> str:
    return render.spaced(one.type) if one.outcome is None else render.words(one.outcome)


def _fields(one: "SharedControl") -> str:
    if one.opened:
        return f"open: passavant payload 0x{one.declaration.hex()} --version {one.version}"
    return "not opened, and the arrangement is over or suspended" if one.paused else "not opened yet"
