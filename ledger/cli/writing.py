"""Commands that write one record: from a WCO DM message or from options, signed with ``--as``."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ledger.cli import plain, render
from ledger.cli.confidential import unread
from ledger.cli.opening import open_new
from ledger.cli.options import (
    ActionArgument,
    AsOption,
    CountryOption,
    EffectiveOption,
    EvidenceOption,
    HomeOption,
    JsonOption,
    KindArgument,
    LinkKindOption,
    ReasonOption,
    ReferenceArgument,
    TimeoutOption,
    TypeOption,
    code,
    digest,
    items,
    moment,
    pairs,
    risks,
)
from ledger.cli.session import open_desk, open_home, outcome, reference_type, show
from ledger.domain.codes import DecisionKind, HoldAction, LinkKind, Reason
from ledger.errors import DocumentError

if TYPE_CHECKING:
    from ledger.desk import Desk, Ticket, Written
    from ledger.documents import Message
    from ledger.domain.wire import DeclarationId
    from ledger.home import Home

M = TypeVar("M")

_MESSAGE = typer.Argument(help="A WCO DM message, XML or JSON.", metavar="FILE", exists=True, dir_okay=False)
_FILE = typer.Option("--file", help="Take the reference from this WCO DM message.", exists=True, dir_okay=False)
_ITEMS = typer.Option("--items", help="Only these goods items, with quantities: 1,2=5.", metavar="ITEMS")
_LIMIT = typer.Option("--limit", help="Until when an obligation is due (ISO 8601).", parser=moment, metavar="TIME")
_SUPERSEDES = typer.Option("--supersedes", help="Record whose place this one takes.", parser=digest, metavar="ID")
_RELY = typer.Option(
    "--rely",
    help="A recognition on which the decision relies, instead of a control of its own; repeat it, four at most.",
    parser=digest,
    metavar="ID",
)
_REFERENCE = typer.Argument(help="A declaration's id or reference.", metavar="REF", show_default=False)
_JOIN = typer.Option("--join", help="Ticket of the consignment to join.", exists=True, dir_okay=False, metavar="TICKET")
_TICKET = typer.Option(
    "--ticket", help="Where to write the ticket of a consignment that this one opens.", metavar="FILE"
)
_LINK = typer.Option("--link", help="Another declaration that this one relates to.", metavar="REF")
_TOUCHED = typer.Option("--touches", help="Risk areas that a granted amendment touches; by comma.", metavar="RISKS")


@dataclass(frozen=True)
class Writer:
    """A participant who is about to write one record, and how to tell what became of it."""

    home: "Home"
    desk: "Desk"
    timeout: float
    as_json: bool

    def resolve(self, reference: str, kind: str | None = None) -> "DeclarationId":
        """The declaration of a reference."""
        return self.desk.resolve(reference, reference_type(kind))

    def tell(self, did: str, written: "Written", ticket: Path | None = None, *, opens: bool = False) -> None:
        """Wait for the ledger's word, print it, and leave with the exit code that it means; `opens`: see `open_new`."""
        unread(self.home, written.unread)
        state = self.desk.client.wait([written.digest], self.timeout)[0]
        if opens and state.progress.name == "FINAL":
            open_new(self.desk, written.declaration)
        show(
            self.as_json,
            lambda: {
                **plain.record(state),
                "declaration": f"0x{written.declaration.hex()}",
                "ticket": str(ticket) if ticket else None,
            },
            lambda: render.written(did, written.declaration, state, ticket),
        )
        raise typer.Exit(outcome(state))


@contextmanager
def writing(home: Path | None, name: str, timeout: float, as_json: bool) -> Iterator[Writer]:
    """A participant of a home who is about to write."""
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        yield Writer(opened, desk, timeout, as_json)


def declare(
    message: Annotated[Path, _MESSAGE],
    name: AsOption,
    join: Annotated[Path | None, _JOIN] = None,
    ticket: Annotated[Path | None, _TICKET] = None,
    link: Annotated[str | None, _LINK] = None,
    link_kind: LinkKindOption = None,
    country: CountryOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Lodge a declaration; it opens a consignment, or joins the one that a ticket is for."""
    from ledger.desk import LodgementOptions, Ticket
    from ledger.documents import LodgedDeclaration

    if (link is None) != (link_kind is None):
        raise typer.BadParameter("--link and --link-kind need each other")
    lodged = _one(message, LodgedDeclaration)
    joined = Ticket.from_json(join.read_text(encoding="utf-8")) if join else None
    with writing(home, name, timeout, as_json) as writer:
        related = (writer.resolve(link), code(LinkKind, link_kind)) if link and link_kind else None
        written = writer.desk.declare(lodged, LodgementOptions(country=country, ticket=joined, link=related))
        kept = _keep_ticket(writer.home, written.ticket, ticket) if joined is None and written.ticket else None
        writer.tell("declared", written, kept)


def amend(
    message: Annotated[Path, _MESSAGE],
    name: AsOption,
    reference: Annotated[
        str | None, typer.Option("--ref", help="The declaration, if not the message's own MRN.")
    ] = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Ask customs for an amendment, from a WCO DM request for change."""
    from ledger.documents import AmendmentRequestMessage

    request = _one(message, AmendmentRequestMessage)
    with writing(home, name, timeout, as_json) as writer:
        declaration = writer.resolve(reference) if reference else _named_by(writer, request, message)
        writer.tell("amendment requested", writer.desk.amend(declaration, request))


def invalidate(
    name: AsOption,
    reference: Annotated[str | None, _REFERENCE] = None,
    file: Annotated[Path | None, _FILE] = None,
    reason: ReasonOption = "request",
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Ask customs to invalidate a declaration."""
    with writing(home, name, timeout, as_json) as writer:
        declaration = _reference_or_file(writer, reference, kind, file)
        writer.tell("invalidation requested", writer.desk.invalidate(declaration, code(Reason, reason)))


def present(
    name: AsOption,
    reference: Annotated[str | None, _REFERENCE] = None,
    file: Annotated[Path | None, _FILE] = None,
    effective: EffectiveOption = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Say that the goods of a declaration are available to customs."""
    with writing(home, name, timeout, as_json) as writer:
        declaration = _reference_or_file(writer, reference, kind, file)
        writer.tell("goods presented", writer.desk.present(declaration, effective))


def decide(
    reference: ReferenceArgument,
    decision: KindArgument,
    name: AsOption,
    reason: ReasonOption = "unspecified",
    only: Annotated[list[str] | None, _ITEMS] = None,
    evidence: EvidenceOption = None,
    touches: Annotated[list[str] | None, _TOUCHED] = None,
    effective: EffectiveOption = None,
    limit: Annotated[int | None, _LIMIT] = None,
    supersedes: Annotated[bytes | None, _SUPERSEDES] = None,
    rely: Annotated[list[bytes] | None, _RELY] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Decide on a declaration, as its administration. A notice of customs systems is decided by `ingest`."""
    from ledger.desk import RulingOptions
    from ledger.domain.wire import Digest

    ruling = RulingOptions(
        reason=code(Reason, reason),
        items=items(only or []),
        evidence=pairs(evidence or []),
        touched_risks=risks(touches or []),
        effective_at=effective,
        limit_at=limit,
        supersedes=Digest(supersedes) if supersedes else None,
        relies=tuple(map(Digest, rely or ())),
    )
    taken = code(DecisionKind, decision)
    with writing(home, name, timeout, as_json) as writer:
        written = writer.desk.decide(writer.resolve(reference, kind), taken, ruling)
        writer.tell(f"decided: {render.words(taken)}", written)


def hold(
    reference: ReferenceArgument,
    action: ActionArgument,
    name: AsOption,
    reason: ReasonOption = "compliance",
    evidence: EvidenceOption = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Set or lift the hold of an agency."""
    done, why = code(HoldAction, action), code(Reason, reason)
    with writing(home, name, timeout, as_json) as writer:
        written = writer.desk.hold(writer.resolve(reference, kind), done, why, pairs(evidence or []))
        writer.tell("hold set" if done is HoldAction.SET else "hold lifted", written)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant declare export.xml --as platform")(declare)
    app.command(epilog="Example: passavant amend import-cor.xml --as platform")(amend)
    app.command(epilog="Example: passavant invalidate 25FR00128D1P6RZ7B7 --as platform")(invalidate)
    app.command(epilog="Example: passavant present 25FR00128B4M7QX9K2 --as platform")(present)
    app.command(epilog="Example: passavant decide 25FR00128C8T2WL4D5 release --as customs-fr")(decide)
    app.command(epilog="Example: passavant hold 25FR00128E5H9VN2J8 set --reason compliance --as safety-fr")(hold)


def _one(file: Path, kind: type[M]) -> M:
    """The one message of a kind in a file.

    Raises:
        DocumentError: the file can't be read, or holds something else.
    """
    found = [message for message in _messages(file) if isinstance(message, kind)]
    if len(found) != 1:
        what = "no message of this kind" if not found else f"{len(found)} of them"
        raise DocumentError(f"this command takes one {render.spaced(kind.__name__)}; here is {what}", file=str(file))
    return found[0]


def _messages(file: Path) -> "list[Message]":
    from ledger.documents import Severity, read, validate

    messages = read(file.read_bytes(), str(file))
    wrong = [f for m in messages for f in validate(m.document) if f.severity is Severity.ERROR]
    if wrong:
        raise DocumentError("; ".join(map(str, wrong)))
    return messages


def _reference_or_file(writer: Writer, reference: str | None, kind: str | None, file: Path | None) -> "DeclarationId":
    if (reference is None) == (file is None):
        raise typer.BadParameter("name the declaration by REF, or by --file MESSAGE")
    if reference is not None:
        return writer.resolve(reference, kind)
    assert file is not None  # noqa: S101  one of the two
    return _named_by(writer, next(iter(_messages(file)), None), file)


def _named_by(writer: Writer, message: object, file: Path) -> "DeclarationId":
    named = getattr(message, "mrn", None)
    if not named:
        raise DocumentError("the message names no declaration (WCOID D014); give its reference", file=str(file))
    return writer.resolve(named, "mrn")


def _keep_ticket(home: "Home", ticket: "Ticket", wanted: Path | None) -> Path:
    from ledger.home import write_private

    folder = home.path / "tickets"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"0x{ticket.consignment.hex()}.json"
    write_private(file, ticket.to_json() + "\n")
    if wanted:
        write_private(wanted.absolute(), ticket.to_json() + "\n")
    return wanted or file
