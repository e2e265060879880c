"""``passavant aeo show``: who is an authorised economic operator, as of any moment."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, HomeOption, JsonOption, moment
from ledger.cli.recognising import aeo
from ledger.cli.session import number_of, open_client, open_home, title

if TYPE_CHECKING:
    from ledger.domain.aeo import AeoGranted, AeoPartner
    from ledger.home import Home
    from ledger.index.aeo import AeoAnswer

_OPERATOR = typer.Argument(help="The operator: participant whom this home knows, or its number.", metavar="OPERATOR")
_AT = typer.Option("--at", help="The legal moment, if it is not now (ISO 8601, UTC).", parser=moment, metavar="TIME")
_KNOWN = typer.Option(
    "--known-at", help="Only what was recorded by then, by block time.", parser=moment, metavar="TIME"
)
_RECOGNISES = {True: "recognises it", False: "does not recognise this programme", None: "annex not known here"}


def show(
    operator: Annotated[str, _OPERATOR],
    name: AsOption,
    at: Annotated[int | None, _AT] = None,
    known_at: Annotated[int | None, _KNOWN] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Whether an operator is an authorised economic operator, as of any moment, and which partners recognise it."""
    from ledger.cli.session import show as tell
    from ledger.desk import UnknownReference

    opened = open_home(home)
    number = number_of(opened, operator)
    with open_client(opened) as client:
        client.sync()
        found = client.aeo(number, opened.identity(name).organisation, at, known_at)
    if found is None:
        raise UnknownReference(f"participant {number} is no operator; `passavant participants` lists them")
    tell(as_json, lambda: plain.plain(found), lambda: _told(opened, found))


def add_to(app: typer.Typer) -> None:
    """Register the command, beside those that grant and end a status."""
    del app
    aeo.command(epilog="Example: passavant aeo show post --at 2026-05-01 --as customs-gb")(show)


def _told(home: "Home", found: "AeoAnswer") -> str:
    said = "an authorised economic operator" if found.authorised else "no authorised economic operator"
    head = f"{title(home, found.operator)}: {said} at {render.moment(found.holds_at)}"
    known = f"as known at {render.moment(found.known_at)}"
    grants = [_grant(home, one) for one in found.grants] or ["It was never granted AEO status."]
    return "\n".join([f"{head}, {known}.", *grants])


def _grant(home: "Home", one: "AeoGranted") -> str:
    programme = one.programme_name or f"programme 0x{one.programme.hex()}"
    by = f"{render.moment(one.recorded_at)}  {title(home, one.administration)}"
    pairs = [
        ("grant", f"0x{one.grant.hex()}"),
        ("valid", f"{render.moment(one.valid_from)} until {render.moment(one.valid_until)}"),
        ("now of", title(home, one.competent) if one.competent != one.administration else ""),
        ("rests on", f"0x{one.evidence.hex()}" if one.evidence else ""),
        *_end(one),
        ("partners", "\n".join(_partner(home, partner) for partner in one.partners)),
    ]
    return f"{by}: {programme}, {render.words(one.state)}\n{render.facts(pairs)}"


def _end(one: "AeoGranted") -> list[tuple[str, str]]:
    if one.end is None:
        return []
    end = one.end
    said = f"from {render.moment(end.valid_from)}, recorded {render.moment(end.recorded_at)}"
    return [
        (render.words(end.status), said),
        ("by", f"0x{end.digest.hex()}"),
        ("because of", f"0x{end.evidence.hex()}" if end.evidence else ""),
    ]


def _partner(home: "Home", one: "AeoPartner") -> str:
    suspended = ", ".join(title(home, party) for party in one.suspended_by)
    stopped = f"; suspended for new recognitions by {suspended}" if suspended else ""
    return f"{title(home, one.administration)} {_RECOGNISES[one.recognises]}{stopped}"
