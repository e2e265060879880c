"""Commands of mutual recognition: candidates, recognitions, and who is an authorised economic operator."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.options import (
    AsOption,
    EffectiveOption,
    HomeOption,
    JsonOption,
    ReasonOption,
    ReferenceArgument,
    TimeoutOption,
    TypeOption,
    code,
    completer,
    country,
    digest,
    duration,
    listed,
    risks,
)
from ledger.cli.session import number_of, open_client, open_desk, open_home, outcome, reference_type, show, title
from ledger.domain.annexes import AnnexVerdict
from ledger.domain.codes import AeoStanding, Reason, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.client import RecognitionCandidate
    from ledger.desk import Desk
    from ledger.domain.wire import Digest
    from ledger.home import Home

aeo = typer.Typer(help="Who is an authorised economic operator, as its home administration says.", no_args_is_help=True)

_FOR = typer.Option("--for", help="Country whose administration would rely on them.", parser=country, metavar="COUNTRY")
_CONTROL = typer.Argument(
    help="Id of the control, or of a recognition of it: see `passavant controls`.", parser=digest, metavar="CONTROL"
)
_VERDICT = typer.Option(
    "--verdict", help=f"How far: {listed(Verdict)}.", autocompletion=completer(Verdict), metavar="VERDICT"
)
_RISK = typer.Option("--risk", help="Risk areas; else all that are covered.", metavar="RISKS")
_AEO = typer.Option("--aeo", help="Grant of AEO status on which it rests.", parser=digest, metavar="ID")
_SUPERSEDES = typer.Option("--supersedes", help="Earlier recognition that it replaces.", parser=digest, metavar="ID")
_UNJUDGED = typer.Option(
    "--unjudged",
    help="Recognise although nobody can tell here whether the goods lie within the annex: you have looked.",
)
_OPERATOR = typer.Argument(help="The operator: participant whom this home knows, or its number.", metavar="OPERATOR")
_PROGRAMME = typer.Option("--programme", help="The AEO programme.", metavar="NAME")
_VALID = typer.Option("--valid-for", help="How long it is valid, such as 365d.", metavar="TIME")


_ANNEX = {
    AnnexVerdict.NONE: "limits no goods",
    AnnexVerdict.WITHIN: "the goods lie within it",
    AnnexVerdict.OUTSIDE: "the goods lie outside it",
    AnnexVerdict.NOT_JUDGED: "not known here whether the goods lie within it",
}


def controls(
    reference: ReferenceArgument,
    name: AsOption,
    place: Annotated[str, _FOR],
    kind: TypeOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which controls of others an administration may rely on for a consignment; of each other one, why not."""
    from ledger.index.lookup import StatusQuery

    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        query = StatusQuery(reference=reference, type=reference_type(kind))
        found = client.recognition.candidates(query, opened.identity(name).organisation, place)
    show(as_json, lambda: {"candidates": plain.plain(found)}, lambda: _told(opened, found))


def recognise(
    reference: ReferenceArgument,
    control: Annotated[bytes, _CONTROL],
    verdict: Annotated[str, _VERDICT],
    name: AsOption,
    risk: Annotated[list[str] | None, _RISK] = None,
    reason: ReasonOption = "unspecified",
    status: Annotated[bytes | None, _AEO] = None,
    effective: EffectiveOption = None,
    supersedes: Annotated[bytes | None, _SUPERSEDES] = None,
    unjudged: Annotated[bool, _UNJUDGED] = False,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Recognise another administration's control, in full, in part, or not. It changes no status by itself."""
    from ledger.desk import RecognitionOptions
    from ledger.domain.wire import Digest

    options = RecognitionOptions(
        verdict=code(Verdict, verdict),
        risk=risks(risk) if risk else None,
        reason=code(Reason, reason),
        aeo=Digest(status) if status else None,
        effective_at=effective,
        supersedes=Digest(supersedes) if supersedes else None,
        unjudged=unjudged,
    )
    if options.verdict is Verdict.DECLINED and not options.reason:
        raise typer.BadParameter("a declined recognition needs a --reason")
    with open_desk(open_home(home), name) as desk:
        declaration = desk.resolve(reference, reference_type(kind))
        written = desk.recogniser.recognise(declaration, Digest(control), options)
        told = "declined" if options.verdict is Verdict.DECLINED else f"recognised {render.words(options.verdict)}"
        follow(desk, written.digest, told, timeout, as_json=as_json)


@aeo.command(epilog='Example: passavant aeo grant post --programme "EU AEOS" --as customs-gb')
def grant(
    operator: Annotated[str, _OPERATOR],
    programme: Annotated[str, _PROGRAMME],
    name: AsOption,
    valid_for: Annotated[str, _VALID] = "1095d",
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Grant an operator AEO status, from now on."""
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        who = number_of(opened, operator)
        written = desk.recogniser.grant_aeo(who, programme, duration(valid_for))
        follow(desk, written, "AEO status granted", timeout, as_json=as_json)


@aeo.command(epilog="Example: passavant aeo suspend post --as customs-gb")
def suspend(
    operator: Annotated[str, _OPERATOR],
    name: AsOption,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Suspend an operator's AEO status. What rests on it from then on no longer stands; a new grant reinstates it."""
    _end(home, name, (operator, AeoStanding.SUSPENDED, effective), timeout, as_json=as_json)


@aeo.command(epilog="Example: passavant aeo withdraw post --effective 2026-05-01 --as customs-gb")
def withdraw(
    operator: Annotated[str, _OPERATOR],
    name: AsOption,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Withdraw an operator's AEO status. What rests on it from then on no longer stands."""
    _end(home, name, (operator, AeoStanding.WITHDRAWN, effective), timeout, as_json=as_json)


def _end(
    home: "Path | None", name: str, end: tuple[str, AeoStanding, int | None], timeout: float, *, as_json: bool
) -> None:
    opened = open_home(home)
    operator, standing, since = end
    with open_desk(opened, name) as desk:
        written = desk.recogniser.end_aeo(number_of(opened, operator), standing, since)
        follow(desk, written, f"AEO status {render.words(standing)}", timeout, as_json=as_json)


def follow(desk: "Desk", written: "Digest", did: str, timeout: float, *, as_json: bool) -> None:
    """Wait for the ledger's word on a record of no declaration's, print it, and leave with its exit code."""
    state = desk.client.wait([written], timeout)[0]
    show(as_json, lambda: plain.record(state), lambda: render.recorded(did, state))
    raise typer.Exit(outcome(state))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(aeo, name="aeo")
    app.command(epilog="Example: passavant controls 25FR00128B4M7QX9K2 --for FR --as customs-fr")(controls)
    app.command(epilog="Example: passavant recognise 25FR00128B4M7QX9K2 0x… --verdict full --as customs-fr")(recognise)


def _told(home: "Home", found: "list[RecognitionCandidate]") -> str:
    if not found:
        return "No other administration controlled anything of it, or it is not bound to this administration."
    return "\n".join(_candidate(home, one) for one in found)


def _candidate(home: "Home", one: "RecognitionCandidate") -> str:
    usable = render.areas(one.usable)
    by = title(home, one.administration)
    head = f"{render.moment(one.effective_at)}  {by}: {render.words(one.method)}, {render.words(one.outcome)}"
    stands = {True: "", False: ", which no longer stands", None: ""}[one.stands]
    pairs = [
        ("control" if one.parent == one.control else "recognition", f"0x{one.parent.hex()}"),
        ("covers", f"{render.areas(one.risk)}; version {one.version}; valid until {render.moment(one.valid_until)}"),
        ("EU codes", ", ".join(one.eu_results)),
        ("arrangement", f"0x{one.arrangement.hex()}" if one.arrangement else "none with that administration"),
        ("annex", _ANNEX[one.annex]),
        ("may be relied on", f"yes, for {usable}" if usable else f"no: {one.reason}"),
        ("but" if one.refused is None else "not for the rest", one.reason or "" if usable else ""),
        ("recognised", f"0x{one.recognised.hex()}{stands}" if one.recognised else ""),
    ]
    return f"{head}\n{render.facts(pairs)}"
