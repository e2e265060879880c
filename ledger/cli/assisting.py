"""Commands of mutual assistance: ask another administration about a consignment, answer, refuse, see what is due."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ledger.cli import plain, render
from ledger.cli.confidential import unread
from ledger.cli.options import (
    AsOption,
    HomeOption,
    JsonOption,
    ReasonOption,
    ReferenceArgument,
    TimeoutOption,
    TypeOption,
    code,
    completer,
    digest,
    duration,
    listed,
)
from ledger.cli.session import number_of, open_client, open_desk, open_home, outcome, reference_type, show, title
from ledger.domain.codes import AssistanceKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.desk import AssistanceThread, AssistanceWritten, Desk, Letter
    from ledger.home import Home
    from ledger.index.assistance import AssistanceShown

app = typer.Typer(help="Mutual assistance: what administrations ask each other.", no_args_is_help=True)

_TO = typer.Option("--to", help="The administration: participant of this home, or its number.", metavar="PARTICIPANT")
_KIND = typer.Option(
    "--kind",
    help=f"What is asked for: {listed(AssistanceKind)}.",
    autocompletion=completer(AssistanceKind),
    metavar="KIND",
)
_BASIS = typer.Option("--basis", help="Legal basis; the chain gets its hash.", metavar="TEXT|@FILE")
_DUE = typer.Option("--due", help="Within which time it is to be answered, such as 30d.", metavar="TIME")
_QUESTION = typer.Option("--question", help="What is asked; sealed for the two.", metavar="TEXT|@FILE")
_TEXT = typer.Option("--text", help="The answer; sealed for the two.", metavar="TEXT|@FILE")
_SUBJECT = typer.Option("--subject", help="A subject line.", metavar="TEXT")
_ATTACH = typer.Option("--attach", help="A file to go with it; repeat it.", metavar="FILE", exists=True, dir_okay=False)
_REQUEST = typer.Argument(help="Id of the request: see `passavant assist list`.", parser=digest, metavar="ID")
_OPEN = typer.Option("--open", help="Only what is not answered.")
_LATE = typer.Option("--late", help="Only what is late, or was answered late.")
_SAVE = typer.Option("--save", help="Write attachments into this folder.", metavar="FOLDER", file_okay=False)


@app.command(
    epilog="Example: passavant assist request 25FR00128B4M7QX9K2 --to customs-gb --kind verification"
    ' --basis "EU-UK TCA, Protocol on mutual assistance" --due 30d --question "Is the invoice genuine?" --as customs-fr'
)
def request(
    reference: ReferenceArgument,
    to: Annotated[str, _TO],
    asked: Annotated[str, _KIND],
    basis: Annotated[str, _BASIS],
    due: Annotated[str, _DUE],
    question: Annotated[str, _QUESTION],
    name: AsOption,
    subject: Annotated[str, _SUBJECT] = "",
    attach: Annotated[list[Path] | None, _ATTACH] = None,
    kind: TypeOption = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Ask another administration about a consignment. What is asked goes sealed to the two, and stands on no chain."""
    opened = open_home(home)
    letter = _letter(_read(question), attach, subject=subject, legal_basis=_read(basis))
    with open_desk(opened, name) as desk:
        consignment = desk.state(desk.resolve(reference, reference_type(kind))).consignment
        assistant, addressee = desk.assistant, number_of(opened, to)
        written = assistant.request(consignment, addressee, code(AssistanceKind, asked), letter, duration(due))
        _follow(desk, opened, written, "asked", (timeout, as_json))


@app.command(epilog='Example: passavant assist answer 0x… --text "It is genuine." --as customs-gb')
def answer(
    request_id: Annotated[bytes, _REQUEST],
    text: Annotated[str, _TEXT],
    name: AsOption,
    subject: Annotated[str, _SUBJECT] = "",
    attach: Annotated[list[Path] | None, _ATTACH] = None,
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Answer a request that this administration was asked, once. A late answer is taken, and reads as late."""
    from ledger.domain.wire import Digest

    opened, letter = open_home(home), _letter(_read(text), attach, subject=subject)
    with open_desk(opened, name) as desk:
        written = desk.assistant.answer(Digest(request_id), letter)
        _follow(desk, opened, written, "answered", (timeout, as_json))


@app.command(epilog="Example: passavant assist refuse 0x… --reason compliance --as customs-gb")
def refuse(
    request_id: Annotated[bytes, _REQUEST],
    name: AsOption,
    reason: ReasonOption = "unspecified",
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Refuse a request that this administration was asked, with a coarse reason, which the chain tells."""
    from ledger.domain.wire import Digest

    why = code(Reason, reason)
    if not why:
        raise typer.BadParameter("a refusal needs a --reason")
    opened = open_home(home)
    with open_desk(opened, name) as desk:
        written = desk.assistant.refuse(Digest(request_id), why)
        _follow(desk, opened, written, "refused it", (timeout, as_json))


@app.command(name="list", epilog="Example: passavant assist list --open --as customs-gb")
def list_(
    name: AsOption,
    only_open: Annotated[bool, _OPEN] = False,
    only_late: Annotated[bool, _LATE] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What this administration asked of others, and was asked: what is due when, answered, refused, late."""
    from ledger.index.assistance import AssistanceFilter

    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        wanted = AssistanceFilter(open=only_open, late=only_late)
        found = list(client.assistance.every(opened.identity(name).organisation, wanted))
    show(as_json, lambda: {"assistance": plain.plain(found)}, lambda: _listed(opened, found))


@app.command(name="show", epilog="Example: passavant assist show 0x… --as customs-gb")
def show_(
    request_id: Annotated[bytes, _REQUEST],
    name: AsOption,
    save: Annotated[Path | None, _SAVE] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """A request with what was asked and answered: decrypted here, and held against the chain before it is shown."""
    from ledger.domain.wire import Digest

    opened = open_home(home)
    with open_desk(opened, name) as desk:
        thread = desk.assistant.open(Digest(request_id))
    if save:
        _save(save, thread)
    show(as_json, lambda: _plain(thread), lambda: _told(opened, thread))


@app.command(epilog="Example: passavant assist forget 0x… --as customs-gb")
def forget(
    request_id: Annotated[bytes, _REQUEST],
    name: AsOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroy here this administration's keys to what was asked and answered, for good; for when its file is closed.

    What nobody has a key to any more goes whole. The chain's part stays, and so does what the other administration has.
    """
    from ledger.domain.wire import Digest

    with open_desk(open_home(home), name) as desk:
        count = desk.assistant.forget(Digest(request_id))
    done = f"Forgotten: {count} content{'' if count == 1 else 's'} can't be opened any more with what is kept here."
    show(as_json, lambda: {"request": f"0x{request_id.hex()}", "contents": count}, lambda: done)


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="assist")


# --- writing ----------------------------------------------------------------------------------------------------------


def _read(text: str) -> str:
    """Text as it is given, or of the file that it names after ``@``.

    Raises:
        BadParameter: the file can't be read.
    """
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{text[1:]}: can't be read as text: {error}") from None


def _letter(text: str, attach: list[Path] | None, **more: str) -> "Letter":
    from ledger.desk import Letter

    return Letter(text=text, attachments=tuple((one.name, one.read_bytes()) for one in attach or ()), **more)


def _follow(desk: "Desk", home: "Home", written: "AssistanceWritten", did: str, how: tuple[float, bool]) -> None:
    timeout, as_json = how
    state = desk.client.wait([written.digest], timeout)[0]
    unread(home, written.unread)
    more = {"request": f"0x{written.request.hex()}", "unread": list(written.unread), "late": written.late}
    told = f"{did}, {render.late(written.late)}" if written.late else did
    show(as_json, lambda: {**plain.record(state), **more}, lambda: render.recorded(told, state))
    raise typer.Exit(outcome(state))


def _save(folder: Path, thread: "AssistanceThread") -> None:
    """Write attachments under their own names, without any path in them; a file that is there already stays.

    Raises:
        BadParameter: one can't be written.
    """
    letters = {"question": thread.question, "answer": thread.answer}
    for which, letter in letters.items():
        for number, (name, content) in enumerate(letter.attachments if letter else (), 1):
            file = folder / f"{which}-{number}-{Path(render.printable(name)).name}"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with file.open("xb") as opened:
                    opened.write(content)
            except OSError as error:
                raise typer.BadParameter(f"{file}: can't be written: {error.strerror}") from None


# --- telling ----------------------------------------------------------------------------------------------------------


def _listed(home: "Home", found: "Iterable[AssistanceShown]") -> str:
    told = [f"{_headline(home, one)}\n{render.facts(_facts(one))}" for one in found]
    return "\n".join(told) or "There is none."


def _headline(home: "Home", one: "AssistanceShown") -> str:
    other = title(home, one.addressee if one.sent else one.administration)
    who = f"asked {other}" if one.sent else f"{other} asks"
    return f"{render.moment(one.recorded_at)}  {who}: {render.words(one.kind)}"


def _facts(one: "AssistanceShown") -> list[tuple[str, str]]:
    state = ", ".join(filter(None, [one.state.lower(), render.late(one.late)]))
    reply = one.reply
    why = f" ({render.words(reply.reason)})" if reply and reply.reason else ""
    return [
        ("request", f"0x{one.id.hex()}"),
        ("due", render.moment(one.due_at)),
        ("state", f"{state}{why}"),
        ("replied", f"{render.moment(reply.recorded_at)}, record 0x{reply.id.hex()}" if reply else ""),
        ("consignment", f"0x{one.consignment.hex()}"),
        *(("declaration", f"0x{declaration.hex()}") for declaration in one.declarations),
    ]


def _told(home: "Home", thread: "AssistanceThread") -> str:
    parts = [_headline(home, thread.shown), render.facts(_facts(thread.shown))]
    for name, letter in (("question", thread.question), ("answer", thread.answer)):
        if letter:
            parts += ["", f"{name.capitalize()}, as the chain has it", render.facts(_letter_facts(letter))]
        elif name in thread.missing:
            parts += ["", f"{name.capitalize()}: {thread.missing[name]}"]
    return "\n".join(parts)


def _letter_facts(letter: "Letter") -> list[tuple[str, str]]:
    texts = (("subject", letter.subject), ("legal basis", letter.legal_basis), ("text", letter.text))
    files = [("attachment", f"{name} ({len(content)} bytes)") for name, content in letter.attachments]
    return [(name, render.printable(text)) for name, text in (*texts, *files)]


def _plain(thread: "AssistanceThread") -> dict[str, Any]:
    letters = {"question": thread.question, "answer": thread.answer}
    told = {name: _letter_plain(letter) if letter else None for name, letter in letters.items()}
    return {**plain.plain(thread.shown), **told, "missing": dict(thread.missing)}


def _letter_plain(letter: "Letter") -> dict[str, Any]:
    files = [{"name": name, "size": len(content)} for name, content in letter.attachments]
    return {
        "subject": letter.subject,
        "legalBasis": letter.legal_basis,
        "text": letter.text,
        "attachments": files,
    }
