"""Commands that make and suspend arrangements between administrations, signed with managing keys."""

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, HomeOption, JsonOption, ReasonOption, TimeoutOption, code, duration
from ledger.cli.session import number_of, open_client, open_home, outcome, show, title
from ledger.domain.codes import Reason, SuspensionAction
from ledger.domain.participants import FOREVER
from ledger.home import HomeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger.desk.arranging import Arranger, Draft
    from ledger.home import Home
    from ledger.index.arrangements import ArrangementShown
    from ledger.index.history import Page

_FILE = typer.Argument(
    help="A plan, JSON (see docs/recognition.md), or the draft that another party has signed.",
    metavar="FILE",
    exists=True,
    dir_okay=False,
)
_OUT = typer.Option("--out", help="Where to write the signed draft; else beside FILE.", dir_okay=False, metavar="DRAFT")
_BEGINS = typer.Option("--begins-in", help="When it begins, if the plan's time is over or open.", metavar="TIME")
_PARTNER = typer.Argument(
    help="The other administration: participant whom this home knows, or its number.", metavar="PARTNER"
)
_WITH = typer.Option("--with", help="Only those with this administration, by name or number.", metavar="PARTNER")
_RESUME = typer.Option("--resume", help="End this side's suspension.")


def arrange(
    file: Annotated[Path, _FILE],
    name: AsOption,
    out: Annotated[Path | None, _OUT] = None,
    begins_in: Annotated[str, _BEGINS] = "1h",
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Sign an arrangement; the second of the two parties to sign also sends it to the ledger.

    The first party signs the plan, which makes a draft; it hands this over, and the other signs the draft.
    """
    opened = open_home(home)
    with _arranger(opened, name) as arranger:
        draft = arranger.sign(_draft(arranger, file, duration(begins_in)))
        kept = out or (file if _is_draft(file) else file.with_suffix(".draft.json"))
        kept.write_text(draft.to_json(), encoding="utf-8")
        if draft.missing:
            show(as_json, lambda: _waiting(draft, kept), lambda: _waiting_text(opened, draft, kept))
            return
        written = arranger.submit(draft)
        state = arranger.client.wait([written], timeout)[0]
    show(as_json, lambda: {**plain.record(state), "draft": str(kept)}, lambda: render.recorded("arranged", state))
    raise typer.Exit(outcome(state))


def suspend_arrangement(
    partner: Annotated[str, _PARTNER],
    name: AsOption,
    resume: Annotated[bool, _RESUME] = False,
    reason: ReasonOption = "unspecified",
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Suspend new recognitions under the arrangement with a partner, or let them resume. What was recognised stands."""
    opened = open_home(home)
    action = SuspensionAction.RESUME if resume else SuspensionAction.SUSPEND
    with _arranger(opened, name) as arranger:
        written = arranger.suspend(number_of(opened, partner), action, code(Reason, reason))
        state = arranger.client.wait([written], timeout)[0]
    did = "resumed" if resume else "suspended"
    show(as_json, lambda: plain.record(state), lambda: render.recorded(did, state))
    raise typer.Exit(outcome(state))


def arrangements(
    name: AsOption,
    partner: Annotated[str | None, _WITH] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The arrangements of an administration, version by version: scope, validity, suspensions, annexes."""
    opened = open_home(home)
    with open_client(opened) as client:
        client.sync()
        me = opened.identity(name).organisation
        other = None if partner is None else number_of(opened, partner)
        found = list(_all(lambda after: client.arrangements(me, other, after)))
    show(as_json, lambda: {"arrangements": plain.plain(found)}, lambda: _told(opened, found))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(epilog="Example: passavant arrange plan.json --as customs-fr")(arrange)
    app.command(epilog="Example: passavant arrangements --with customs-gb --as customs-fr")(arrangements)
    app.command(epilog="Example: passavant suspend-arrangement customs-gb --as customs-fr")(suspend_arrangement)


@contextmanager
def _arranger(home: "Home", name: str) -> "Iterator[Arranger]":
    from ledger.chain import open_signer
    from ledger.desk.arranging import Arranger

    own = home.identity(name)
    if own.kind != "ADMINISTRATION" or not own.managers:
        raise HomeError(home.path, f"has no managing key of an administration under the name {name!r}")
    with open_client(home) as client:
        client.sync()
        yield Arranger(client, own.organisation, open_signer(own.managers[0]))


def _draft(arranger: "Arranger", file: Path, begins_in: int) -> "Draft":
    """The draft in a file, or one of the plan in it."""
    from ledger.desk.arranging import Draft
    from ledger.documents.arrangements import read_proposal

    draft = Draft.from_json(file.read_text(encoding="utf-8"))
    if draft is not None:
        return draft
    return arranger.draft(read_proposal(file, arranger.client.histories.administrations()), begins_in)


def _is_draft(file: Path) -> bool:
    from ledger.desk.arranging import Draft

    return Draft.from_json(file.read_text(encoding="utf-8")) is not None


def _waiting(draft: "Draft", kept: Path) -> dict[str, object]:
    return {"draft": str(kept), "missing": list(draft.missing), "validFrom": plain.instant(draft.record.valid_from)}


def _waiting_text(home: "Home", draft: "Draft", kept: Path) -> str:
    other = title(home, draft.missing[0])
    begins = render.moment(draft.record.valid_from)
    return f"Signed. It waits for {other}, who signs {kept} before {begins}, when it begins."


def _all(read: "Callable[[str | None], Page[ArrangementShown]]") -> "Iterator[ArrangementShown]":
    """All pages of a list."""
    page = read(None)
    yield from page.items
    while page.next:
        page = read(page.next)
        yield from page.items


def _told(home: "Home", found: "list[ArrangementShown]") -> str:
    if not found:
        return "There is no arrangement of this administration's, or with that partner. `passavant arrange` makes one."
    return "\n".join(_arrangement(home, one) for one in found)


def _arrangement(home: "Home", one: "ArrangementShown") -> str:
    until = "without end" if one.valid_until == FOREVER else f"until {render.moment(one.valid_until)}"
    begun = time.time() >= one.valid_from
    state = "in force" if one.in_force else "over, or replaced" if begun else "not yet in force"
    return f"{title(home, one.first)} and {title(home, one.second)}: {state}\n" + render.facts(
        [
            ("version", f"0x{one.arrangement.hex()}"),
            ("after", f"0x{one.predecessor.hex()}" if one.predecessor else ""),
            ("valid", f"from {render.moment(one.valid_from)}, {until}"),
            ("suspended by", " and ".join(title(home, each) for each in one.suspended_by)),
            ("procedures", ", ".join(map(render.words, one.procedures))),
            ("methods", ", ".join(map(render.words, one.methods))),
            ("risk areas", render.areas(one.risks)),
            ("standard", f"0x{one.standard.hex()}, level {one.level} or more" if one.standard else "none"),
            ("annex", f"0x{one.annex.hex()}" if one.annex else "none"),
            *_annex(one),
        ]
    )


def _annex(one: "ArrangementShown") -> list[tuple[str, str]]:
    annex = one.annex_content
    if annex is None:
        return [("", "what it says is not known here: a party has it" if one.annex else "")]
    return [
        ("HS chapters", ", ".join(annex.hs_chapters) or "any"),
        ("modes", ", ".join(map(str, annex.modes)) or "any"),
        ("AEO programmes", ", ".join(annex.aeo_programmes) or "any"),
        ("profile", annex.disclosure_profile or "none"),
    ]
