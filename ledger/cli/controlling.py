"""``passavant control``: a control and its result, told by method and outcome or by the EU's code."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import render
from ledger.cli.options import (
    AsOption,
    EffectiveOption,
    EvidenceOption,
    FoundOption,
    HomeOption,
    JsonOption,
    MethodOption,
    ReferenceArgument,
    RiskOption,
    SealOption,
    TimeoutOption,
    TypeOption,
    code,
    digest,
    duration,
    pairs,
    risks,
)
from ledger.cli.writing import writing
from ledger.domain.codes import ControlMethod, ControlOutcome, SealState

if TYPE_CHECKING:
    from ledger.documents.control_results import EuResult, Reading

_RESULT = typer.Option(
    "--eu-result",
    help="The EU's code, A1 to B1; of one that may mean several things, method and outcome say which.",
    metavar="CODE",
)
_SUPERSEDES = typer.Option("--supersedes", help="Record whose place this one takes.", parser=digest, metavar="ID")
_VALID = typer.Option("--valid-for", help="How long the result holds, such as 12h or 30d.", metavar="TIME")
_SEALS = typer.Option("--seal", help="A seal's id; repeat it.", metavar="ID")
_VERSION = typer.Option("--version", help="Version controlled, if not the latest.", min=1)
_STANDARD = typer.Option("--standard", help="Name of the minimum standard followed.")
_LEVEL = typer.Option("--level", help="Level of that standard met.", min=0, max=255)


def control(
    reference: ReferenceArgument,
    risk: RiskOption,
    name: AsOption,
    method: MethodOption = None,
    found: FoundOption = None,
    result: Annotated[str | None, _RESULT] = None,
    seal_state: SealOption = None,
    seal: Annotated[list[str] | None, _SEALS] = None,
    valid_for: Annotated[str, _VALID] = "30d",
    version: Annotated[int | None, _VERSION] = None,
    standard: Annotated[str | None, _STANDARD] = None,
    level: Annotated[int, _LEVEL] = 0,
    evidence: EvidenceOption = None,
    effective: EffectiveOption = None,
    supersedes: Annotated[bytes | None, _SUPERSEDES] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Record a control and its result, as the declaration's administration."""
    from ledger.desk import ControlOptions
    from ledger.domain.wire import Digest

    received = _received(result)
    read = _read(received, method, found, seal_state)
    options = ControlOptions(
        method=read.method,
        outcome=read.outcome,
        risk=risks(risk),
        seal_state=read.seal_state,
        seals=tuple(seal or ()),
        valid_for=duration(valid_for),
        version=version,
        standard=standard,
        level=level,
        evidence=_evidence(received, evidence),
        effective_at=effective,
        supersedes=Digest(supersedes) if supersedes else None,
    )
    with writing(home, name, timeout, as_json) as writer:
        written = writer.desk.control(writer.resolve(reference, kind), options)
        did = f"control recorded: {render.words(options.method)}, {render.words(options.outcome)}"
        writer.tell(did, written, opens=True)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(
        epilog="Example: passavant control 25GB7QK2M9ZT4XW1A3 --method physical --outcome none-found "
        "--risk security,safety --as customs-gb"
    )(control)


def _received(result: str | None) -> "EuResult | None":
    from ledger.documents.control_results import EuResult

    return None if result is None else code(EuResult, result)


def _read(received: "EuResult | None", method: str | None, found: str | None, seals: str | None) -> "Reading":
    """What was controlled and found: said, or what the code means.

    Raises:
        BadParameter: nothing says it.
        AmbiguousResult: the code may mean several things, or not what was said.
    """
    from ledger.documents.control_results import Reading, read_result

    how = code(ControlMethod, method) if method else None
    outcome = code(ControlOutcome, found) if found else None
    state = code(SealState, seals) if seals else None
    if received is not None:
        return read_result(received, how, outcome, state)
    if how is None or outcome is None:
        raise typer.BadParameter("a control needs --method and --outcome, or --eu-result")
    return Reading((how,), (outcome,), (state or SealState.NOT_APPLICABLE,), "")


def _evidence(received: "EuResult | None", given: list[str] | None) -> dict[str, str] | None:
    """What was given, and the code as it was received."""
    from ledger.documents.control_results import statement

    return {**(pairs(given or []) or {}), **(statement(received) if received else {})} or None
