"""Commands about content: read it, let others read it, see who did."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ledger.cli import render
from ledger.cli.failures import tell
from ledger.cli.options import AsOption, HomeOption, JsonOption, ReferenceArgument, TypeOption, duration
from ledger.cli.publishing import publish
from ledger.cli.session import number_of, open_desk, open_home, reference_type, show, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.client import KeptGrant
    from ledger.desk import Choice
    from ledger.desk.field_sets import FieldSet
    from ledger.desk.sharing import Shared
    from ledger.home import Home

T = TypeVar("T")

_VERSION = typer.Option("--version", help="Which version, if not the latest.", min=1)
_READER = typer.Argument(help="Participant whom this home knows, or its number.", metavar="READER")
_FOR = typer.Option("--for", help="How long, such as 30d.", metavar="TIME")
_FIELDS = typer.Option(
    "--fields", help="Only these: paths, patterns (* and **) or WCOIDs; by comma or repetition.", metavar="PATTERNS"
)
_PROFILE = typer.Option("--profile", help="Only a named set of fields, as for `disclose`.", metavar="NAME")
_BOUND = typer.Option("--version", help="Chosen fields of this version alone, such as an arrangement opens.", min=1)

keys = typer.Typer(help="Encryption keys.", no_args_is_help=True, rich_markup_mode=None)


def payload(
    reference: ReferenceArgument,
    name: AsOption,
    version: Annotated[int | None, _VERSION] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The content of a declaration: decrypted here, and held against the commitment on the chain before it is shown.

    Whoever was let read chosen fields only is shown those.
    """
    from ledger.desk import ContentErased, ContentMissing

    with open_desk(open_home(home), name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
        try:
            number, found = desk.payload(declaration, version)
        except ContentErased:
            raise
        except ContentMissing:
            _fields(declaration, desk.field_sets.open(declaration, version), as_json)
            return
    show(
        as_json,
        lambda: {
            "declaration": f"0x{declaration.hex()}",
            "version": number,
            "commitment": f"0x{found.root.hex()}",
            "schema": found.schema,
            "fields": dict(found.fields),
        },
        lambda: f"Version {number} of 0x{declaration.hex()}, as the chain has it\n{render.facts(found.fields)}",
    )


def grant(
    reference: ReferenceArgument,
    reader: Annotated[str, _READER],
    name: AsOption,
    lasting: Annotated[str, _FOR] = "365d",
    fields: Annotated[list[str] | None, _FIELDS] = None,
    profile: Annotated[str | None, _PROFILE] = None,
    version: Annotated[int | None, _BOUND] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a participant read the content of a declaration, all versions of it: everything, or chosen fields."""
    opened = open_home(home)
    number, seconds, choice = number_of(opened, reader), duration(lasting), _choice(fields, profile, version)
    with open_desk(opened, name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
        if choice:
            shared = desk.field_sets.grant(declaration, number, choice, seconds)
        else:
            shared = desk.sharing.grant(declaration, number, seconds)
    _told(opened, shared, as_json, f"{title(opened, number)} may now read it ({{}} of its versions are here)")


def withdraw(
    reference: ReferenceArgument,
    reader: Annotated[str, _READER],
    name: AsOption,
    fields: Annotated[list[str] | None, _FIELDS] = None,
    profile: Annotated[str | None, _PROFILE] = None,
    version: Annotated[int | None, _BOUND] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a grant back, and encrypt anew for those who remain. What was read before can't be unread."""
    opened = open_home(home)
    number, choice = number_of(opened, reader), _choice(fields, profile, version)
    with open_desk(opened, name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
        if choice:
            shared = desk.field_sets.withdraw(declaration, number, choice)
        else:
            shared = desk.sharing.withdraw(declaration, number)
    done = "destroyed" if choice else "encrypted anew"
    _told(opened, shared, as_json, f"{title(opened, number)} may no longer read it ({{}} {done})")


def grants(
    reference: ReferenceArgument,
    name: AsOption,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who was let read a declaration, by whom, and until when."""
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
        found = _for_parties(desk.client.grants(declaration, desk.identity.organisation))
        held = [desk.client.rights.holds(one) for one in found]
    show(
        as_json,
        lambda: {"grants": [_plain(one, in_force=force) for one, force in zip(found, held, strict=True)]},
        lambda: _grants(opened, found, held),
    )


def accesses(
    reference: ReferenceArgument,
    name: AsOption,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who read which version of a declaration when, through this store."""
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        declaration = desk.subject(reference, reference_type(kind))
        found = _for_parties(desk.client.accesses(declaration, desk.identity.organisation))
        numbers = {one.commitment: str(one.number) for one in desk.client.versions(declaration)}
    rows = [
        [render.moment(one.noted_at), title(opened, one.reader), one.act.lower(), numbers.get(one.commitment, "-")]
        for one in found
    ]
    show(
        as_json,
        lambda: {
            "accesses": [
                {
                    "at": one.noted_at,
                    "reader": one.reader,
                    "act": one.act,
                    "commitment": f"0x{one.commitment.hex()}",
                    "version": int(numbers[one.commitment]) if one.commitment in numbers else None,
                }
                for one in found
            ]
        },
        lambda: render.table(["when", "who", "what", "version"], rows) if rows else "Nobody else has read it.",
    )


@keys.command(epilog="Example: passavant key rewrap 25GB7QK2M9ZT4XW1A3 --as platform")
def rewrap(
    reference: ReferenceArgument,
    name: AsOption,
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encrypt the content's key to readers who have none yet, or a newer key, or took over; renew chosen fields."""
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        declaration = desk.subject(reference, reference_type(kind))
        shared = desk.sharing.rewrap(declaration)
        desk.field_sets.renew(declaration)
    _told(opened, shared, as_json, "Whoever may read it can ({} of its versions are here)")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant payload 25GB7QK2M9ZT4XW1A3 --as platform")(payload)
    app.command(epilog="Example: passavant grant 25GB7QK2M9ZT4XW1A3 express --for 90d --as platform")(grant)
    app.command(epilog="Example: passavant withdraw 25GB7QK2M9ZT4XW1A3 express --as platform")(withdraw)
    app.command(epilog="Example: passavant grants 25GB7QK2M9ZT4XW1A3 --as platform")(grants)
    app.command(epilog="Example: passavant accesses 25GB7QK2M9ZT4XW1A3 --as platform")(accesses)
    keys.command(epilog="Example: passavant key publish --as platform")(publish)
    app.add_typer(keys, name="key")


def unread(home: "Home", organisations: tuple[int, ...]) -> None:
    """Say on stderr who can't read what was just written."""
    for one in organisations:
        tell(
            f"{title(home, one)} has published no encryption key and can't read it: `passavant key rewrap` once it has"
        )


def _for_parties(found: "Sequence[T] | None") -> "Sequence[T]":
    from ledger.client import NotEntitled

    if found is None:
        raise NotEntitled("this is for the declarant, its agent and the administration of a declaration")
    return found


def _choice(fields: list[str] | None, profile: str | None, version: int | None) -> "Choice | None":
    from ledger.desk import choice_of

    patterns = [text.strip() for group in fields or [] for text in group.split(",") if text.strip()]
    if not patterns and not profile:
        if version:
            raise typer.BadParameter("--version goes with --fields or --profile: a whole grant is for every version")
        return None
    return choice_of(patterns, profile, to=None, version=version)


def _fields(declaration: bytes, found: "FieldSet", as_json: bool) -> None:
    show(
        as_json,
        lambda: {
            "declaration": f"0x{declaration.hex()}",
            "version": found.version,
            "chosen": True,
            "fields": dict(found.fields),
        },
        lambda: (
            f"Chosen fields of version {found.version} of 0x{declaration.hex()}, as the chain has it\n"
            f"{render.facts(found.fields)}"
        ),
    )


def _told(home: "Home", shared: "Shared", as_json: bool, text: str) -> None:
    unread(home, shared.unread)
    if shared.closed:
        tell(f"{shared.closed} of its payloads were not encrypted to this participant and stay as they are")
    show(
        as_json,
        lambda: {
            "serial": shared.grant.serial if shared.grant else None,
            "validUntil": shared.grant.valid_until if shared.grant else None,
            "payloads": shared.payloads,
            "closed": shared.closed,
            "unread": list(shared.unread),
        },
        lambda: text.format(shared.payloads) + ".",
    )


def _plain(kept: "KeptGrant", *, in_force: bool) -> dict[str, object]:
    grant = kept.grant
    return {
        "grantor": grant.grantor,
        "reader": grant.reader,
        "fields": f"0x{grant.fields.hex()}",
        "serial": grant.serial,
        "validUntil": grant.valid_until,
        "inForce": in_force,
    }


def _grants(home: "Home", found: "Sequence[KeptGrant]", held: list[bool]) -> str:
    rows = [
        [
            title(home, one.grant.reader),
            title(home, one.grant.grantor),
            "chosen fields" if any(one.grant.fields) else "everything",
            f"until {render.moment(one.grant.valid_until)}" if force else "over",
        ]
        for one, force in zip(found, held, strict=True)
    ]
    return render.table(["reader", "let in by", "what", "how long"], rows) if rows else "Nobody else was let in."
