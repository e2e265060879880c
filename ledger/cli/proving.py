"""Commands around files that prove something without us: receipts, and disclosures of chosen fields."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ledger.cli.options import AsOption, CountryOption, HomeOption, JsonOption, ReferenceArgument, TypeOption
from ledger.cli.render import facts, moment, words
from ledger.cli.session import number_of, open_client, open_desk, open_home, reference_type, show, title
from ledger.home import Home, write_private

if TYPE_CHECKING:
    from ledger.client import Client

_FIELDS = typer.Option(
    "--fields", help="Paths, patterns (* and **) or WCOIDs; by comma or repetition.", metavar="PATTERNS"
)
_PROFILE = typer.Option(
    "--profile", help="A named set of fields: customs, platform, arrangement, statistics.", metavar="NAME"
)
_PROFILES = typer.Option("--profiles", help="A file of further profiles.", exists=True, dir_okay=False, metavar="FILE")
_TO = typer.Option("--to", help="Participant of this home, its number, or public.", metavar="PARTICIPANT")
_VERSION = typer.Option("--version", help="Which version, if not the one in force.", min=1)
_FORMAT = typer.Option("--format", help="json, cbor, png, svg or pdf; else by the file's name.", metavar="FORMAT")
_LANG = typer.Option("--lang", help="Of the PDF: en or fr.", metavar="LANGUAGE")
_FILE = typer.Option("--out", "-o", help="Write it to this file instead of printing it.", metavar="FILE")
_BARE = typer.Option("--bare", help="Leave out the receipt, which anchors the fields and shows the status too.")
_TRUST = typer.Option("--trust", help="The trust file: whom you believe.", exists=True, dir_okay=False, metavar="FILE")
_AGE = typer.Option("--max-age", help="Seconds: how old what is known may be.", min=0, metavar="SECONDS")
_PROOF = typer.Argument(help="A receipt or disclosure.", exists=True, dir_okay=False, metavar="FILE")
_OUT = typer.Option("--out", "-o", help="Write it to this file (0600) instead of printing it.", metavar="FILE")


def disclose(
    reference: ReferenceArgument,
    name: AsOption,
    to: Annotated[str, _TO],
    fields: Annotated[list[str] | None, _FIELDS] = None,
    profile: Annotated[str | None, _PROFILE] = None,
    profiles: Annotated[Path | None, _PROFILES] = None,
    version: Annotated[int | None, _VERSION] = None,
    bare: Annotated[bool, _BARE] = False,
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
    choice = replace(choice, anchored=not bare)
    with open_desk(opened, name) as desk:
        disclosure = made(desk, desk.resolve(reference, reference_type(kind)), choice)
    if out is None:
        show(True, lambda: disclosure, str)
        return
    write_private(out.absolute(), json.dumps(disclosure, indent=2, ensure_ascii=False) + "\n")
    show(as_json, lambda: disclosure, lambda: _told(opened, disclosure, out, choice.profile))


def receipt(
    reference: ReferenceArgument,
    name: AsOption,
    form: Annotated[str | None, _FORMAT] = None,
    language: Annotated[str, _LANG] = "en",
    out: Annotated[Path | None, _FILE] = None,
    kind: TypeOption = None,
    country: CountryOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """A receipt of a declaration's status: a file that can be checked years later, without us and without a network."""
    from ledger.client.receipt_files import FORMS, LANGUAGES

    chosen = form or (out.suffix.removeprefix(".").lower() if out and out.suffix else FORMS[0])
    if chosen not in FORMS or language not in LANGUAGES:
        raise typer.BadParameter(f"--format is one of {', '.join(FORMS)}, --lang one of {', '.join(LANGUAGES)}")
    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        declaration = _asked(client, opened.identity(name).organisation, reference, kind, country)
        made = client.receipt_file(declaration, chosen, language)
    if out is None:
        sys.stdout.buffer.write(made.content)
        return
    out.write_bytes(made.content)
    machine = chosen in {"json", "cbor"}
    told = {"file": str(out), "block": made.block, "time": made.time, "vouching": made.vouching}
    pairs = [
        ("as of", f"block {made.block}, {moment(made.time)}"),
        ("vouched for by", made.vouching),
        ("verify", f"passavant verify {out}" if machine else ""),
    ]
    show(as_json, lambda: told, lambda: f"The receipt is in {out}.\n{facts(pairs)}")


def verify(
    file: Annotated[Path, _PROOF],
    trust: Annotated[Path | None, _TRUST] = None,
    max_age: Annotated[int | None, _AGE] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a receipt or disclosure offline; the same as passavant-verify, which can be installed alone."""
    from passavant_verifier.verify import main

    options = (("--trust", trust), ("--max-age", max_age))
    given = [part for name, value in options if value is not None for part in (name, str(value))]
    raise typer.Exit(main([str(file), *given, *(["--json"] if as_json else [])]))


def _asked(client: "Client", viewer: int, reference: str, kind: str | None, country: str | None) -> bytes:
    """The one declaration whose status a participant may read under a reference.

    Raises:
        ReceiptError: none, or several.
    """
    from ledger.client import ReceiptError, StatusQuery

    answer = client.status(StatusQuery(reference=reference, type=reference_type(kind), country=country), viewer)
    if answer.declaration is None:
        raise ReceiptError(f"{reference}: {words(answer.answer)}; a receipt is about one declaration")
    return answer.declaration


def _recipient(home: Home, to: str) -> int | None:
    return None if to == "public" else number_of(home, to)


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
    app.command(epilog="Example: passavant receipt 25FR00128B4M7QX9K2 -o receipt.json --as platform")(receipt)
    app.command(epilog="Example: passavant verify receipt.json --trust trust.json")(verify)
    app.command(epilog="Example: passavant disclose 25GB7QK2M9ZT4XW1A3 --fields 145,126 --to public --as platform")(
        disclose
    )
