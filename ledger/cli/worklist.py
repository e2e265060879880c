"""``passavant worklist``: what an administration has to do, and what comes up while it looks."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ledger.cli import plain
from ledger.cli.options import AsOption, HomeOption, JsonOption, code, risks
from ledger.cli.session import number_of, open_client, open_home, show, title
from ledger.cli.work_text import item_text

if TYPE_CHECKING:
    from ledger.client import Client
    from ledger.home import Home
    from ledger.index.worklist import WorkFilter, WorkPage, WorkShown

Read = Callable[[str | None], "WorkPage"]

_PAGE: Final = 200
_PAUSE: Final = 2.0
_KIND = typer.Option("--kind", help="Only this: control, withdrawn or assistance.", metavar="KIND")
_CHAPTER = typer.Option("--chapter", help="Goods of this HS chapter, as far as it is known here.", metavar="61")
_ROUTE = typer.Option("--route", help="Country of export and one's own, such as GB-FR.", metavar="FROM-TO")
_OPERATOR = typer.Option("--operator", help="Its declarant or agent: participant of this home, or number.")
_RISK = typer.Option("--risk", help="Only these risk areas; several by comma.", metavar="RISKS")
_AFTER = typer.Option("--after", help="`next` of an earlier answer: what came up since.", metavar="CURSOR")
_LIMIT = typer.Option("--limit", help="At most so many: the newest; with --json, of a page.", min=1, max=1000)
_FOLLOW = typer.Option("--follow", help="Go on and tell what comes up, until interrupted.")


def worklist(
    name: AsOption,
    kind: Annotated[str | None, _KIND] = None,
    chapter: Annotated[str | None, _CHAPTER] = None,
    route: Annotated[str | None, _ROUTE] = None,
    operator: Annotated[str | None, _OPERATOR] = None,
    risk: Annotated[list[str] | None, _RISK] = None,
    after: Annotated[str | None, _AFTER] = None,
    limit: Annotated[int, _LIMIT] = 20,
    follow: Annotated[bool, _FOLLOW] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What an administration has to do: controls to rely on, reliances withdrawn, assistance due."""
    from ledger.index.work import Work
    from ledger.index.worklist import WorkFilter

    opened = open_home(home)
    which = WorkFilter(
        kind=code(Work, kind) if kind else None,
        chapter=chapter_of(chapter) if chapter else None,
        route=countries(route) if route else None,
        operator=number_of(opened, operator) if operator else None,
        risk=risks(risk or []),
    )
    with open_client(opened) as client:
        me = opened.identity(name).organisation
        if as_json and not follow:
            client.sync()
            page = client.worklist(me, which, after, limit)
            show(as_json, lambda: plain.plain(page), str)
            return
        read = reader(client, me, which)
        items, cursor = all_of(read, after)
        told = _told(opened, as_json=as_json)
        with suppress(KeyboardInterrupt):
            _print(opened, items, limit, told if as_json else None)
            for one in following(read, cursor, items) if follow else ():
                print(told(one), flush=True)  # noqa: T201


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(epilog="Example: passavant worklist --kind withdrawn --as customs-fr")(worklist)


def chapter_of(text: str) -> str:
    """An HS chapter: two digits.

    Raises:
        BadParameter: it is none.
    """
    if not re.fullmatch("[0-9]{2}", text):
        raise typer.BadParameter(f"{text!r} is no HS chapter, such as 61 or 07")
    return text


def countries(route: str) -> tuple[str, str]:
    """The two countries of a route.

    Raises:
        BadParameter: it is none.
    """
    found = re.fullmatch(r"([A-Z]{2})-([A-Z]{2})", route.upper())
    if found is None:
        raise typer.BadParameter(f"{route!r} is no route, such as GB-FR")
    return found[1], found[2]


def reader(client: "Client", viewer: int, which: "WorkFilter") -> Read:
    """Reads a page after a cursor, as of now."""

    def read(cursor: str | None) -> "WorkPage":
        client.sync()
        return client.worklist(viewer, which, cursor, _PAGE)

    return read


def all_of(read: Read, cursor: str | None) -> "tuple[list[WorkShown], str | None]":
    """Everything after a cursor, oldest first, and the cursor after it."""
    items: list[WorkShown] = []
    more = True
    while more:
        page = read(cursor)
        items += page.items
        cursor, more = page.next, page.more
    return items, cursor


def following(
    read: Read, cursor: str | None, before: "list[WorkShown]", wait: Callable[[float], None] = time.sleep
) -> "Iterator[WorkShown]":
    """What comes up after a cursor, once each, for ever; a reorganisation of the chain makes it start anew."""
    from ledger.index.errors import CursorError

    told = set(map(_key, before))
    while True:
        try:
            wait(_PAUSE)
            items, cursor = all_of(read, cursor)
        except CursorError:
            cursor = None
            continue
        yield from (one for one in items if _key(one) not in told)
        told |= set(map(_key, items))


def _key(item: "WorkShown") -> object:
    matter = item.assistance and (item.assistance.request, item.assistance.answer)
    return item.kind, item.declaration, item.control and item.control.parent, item.withdrawal, matter


def _told(home: "Home", *, as_json: bool) -> "Callable[[WorkShown], str]":
    if as_json:
        return lambda one: json.dumps(plain.plain(one), ensure_ascii=False)
    return lambda one: item_text(one, lambda number: title(home, number), int(time.time()))


def _print(home: "Home", items: "list[WorkShown]", limit: int, as_line: "Callable[[WorkShown], str] | None") -> None:
    """The newest first, for people; all in order, a line each, for programs that follow."""
    if as_line is not None:
        lines = [as_line(one) for one in items]
    else:
        text = _told(home, as_json=False)
        lines = [text(one) for one in items[::-1][:limit]] or ["There is nothing to do."]
        lines += [f"And {len(items) - limit} older: see --limit."] if len(items) > limit else []
    print("\n".join(lines), flush=True)  # noqa: T201
