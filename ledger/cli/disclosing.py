"""Commands around files that prove something without us: disclosures of chosen fields."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.cli.options import AsOption, HomeOption, JsonOption, ReferenceArgument, TypeOption
from ledger.cli.render import facts
from ledger.cli.session import open_desk, open_home, reference_type, show, title
from ledger.home import Home, write_private

_FIELDS = typer.Option(
    "--fields", help="Paths, patterns (* and **) or WCOIDs; by comma or repetition.", metavar="PATTERNS"
)
_PROFILE = typer.Option(
    "--profile", help="A named set of fields: customs, platform, arrangement, statistics.", metavar="NAME"
)
_PROFILES = typer.Option("--profiles", help="A file of further profiles.", exists=True, dir_okay=False, metavar="FILE")
_TO = typer.Option("--to", help="Participant of this home, its number, or public.", metavar="PARTICIPANT")
_VERSION = typer.Option("--version", help="Which version, if not the one in force.", min=1)
_OUT = typer.Option("--out", "-o", help="Write it to this file (0600) instead of printing it.", metavar="FILE")


def disclose(
    reference: ReferenceArgument,
    name: AsOption,
    to: Annotated[str, _TO],
    fields: Annotated[list[str] | None, _FIELDS] = None,
    profile: Annotated[str | None, _PROFILE] = None,
    profiles: Annotated[Path | None, _PROFILES] = None,
    version: Annotated[int | None, _VERSION] = None,
    out: Annotated[Path | None, _OUT] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Disclose chosen fields of a declaration, with the proof that they are the signed ones."""
    from ledger.desk import choice_of
    from ledger.desk import disclose as made

    opened = open_home(home)
    patterns = [text.strip() for group in fields or [] for text in group.split(",") if text.strip()]
    choice = choice_of(patterns, profile, file=profiles, to=_recipient(opened, to), version=version)
    with open_desk(opened, name) as desk:
        disclosure = made(desk, desk.resolve(reference, reference_type(kind)), choice)
    if out is None:
        show(True, lambda: disclosure, str)
        return
    write_private(out.absolute(), json.dumps(disclosure, indent=2, ensure_ascii=False) + "\n")
    show(as_json, lambda: disclosure, lambda: _told(opened, disclosure, out, choice.profile))


def _recipient(home: Home, to: str) -> int | None:
    if to == "public":
        return None
    return int(to) if to.isascii() and to.isdigit() else home.identity(to).organisation


def _told(home: Home, disclosure: dict[str, Any], out: Path, profile: Any) -> str:
    to = disclosure["to"]
    reader = "anybody" if to == "public" else title(home, to["organisation"])
    pairs = [
        ("declaration", f"{disclosure['declaration']}, version {disclosure['version']}"),
        ("for", reader),
        ("profile", f"{profile.name} {profile.version}: {profile.purpose}" if profile else ""),
        ("note", profile.coarser if profile else ""),
        ("verify", f"passavant verify {out}"),
    ]
    count = len(disclosure["fields"])
    return f"Disclosed {count} field{'' if count == 1 else 's'} in {out}.\n{facts(pairs)}"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant disclose 25GB7QK2M9ZT4XW1A3 --fields 145,126 --to public --as platform")(
        disclose
    )
