"""``passavant devnet``: a network of one's own on this machine."""

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ledger.cli import render
from ledger.cli.failures import Exit, tell
from ledger.cli.options import HomeOption, JsonOption
from ledger.cli.plain import instant
from ledger.cli.session import show
from ledger.home import CONFIG, Home, home_path

if TYPE_CHECKING:
    from ledger.devnet import Alarm

_PATIENCE = 120.0

app = typer.Typer(
    help="A network of your own on this machine: chain, contracts, participants, gateway.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: passavant devnet up --detach")
def up(
    home: HomeOption = None,
    detach: Annotated[bool, typer.Option("--detach", help="Keep it up in the background.")] = False,
    gateway: Annotated[bool, typer.Option(help="Start the gateway too.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Start the network of a home, a new one when there is none; its data stay over a restart."""
    path = home_path(home)
    if detach:
        _start_in_background(path, gateway=gateway)
        _describe(path, as_json)
    else:
        _keep_up(path, as_json, gateway=gateway)


@app.command(epilog="Example: passavant devnet down")
def down(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Stop the network of a home; nothing is lost."""
    from ledger.devnet import down as stop

    path = home_path(home)
    ran = stop(path)
    show(as_json, lambda: {"stopped": ran}, lambda: f"The network in {path} {'has stopped' if ran else 'did not run'}.")


@app.command(epilog="Example: passavant devnet status --json")
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say whether the network of a home is up, where, and what went wrong with it so far; 1 when it is not up."""
    path = home_path(home)
    ready = _describe(path, as_json)
    raise typer.Exit(Exit.DONE if ready else Exit.REFUSED)


@app.command(epilog="Example: passavant devnet apart customs-fr --to ~/douane")
def apart(
    names: Annotated[list[str], typer.Argument(help="Participants that move out.", metavar="PARTICIPANT…")],
    to: Annotated[Path, typer.Option("--to", help="Their home: a new directory.", metavar="DIR", show_default=False)],
    home: HomeOption = None,
    gateway: Annotated[bool, typer.Option(help="Start their gateway, too.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Give participants a home of their own, on the same chain: own keys (moved there), store, relay key and gateway.

    Each home's gateway is started and ended by its own `devnet up` and `down`; the chain ends with the first home's.
    """
    from ledger.devnet import apart as move

    path = to.expanduser().absolute()
    move(Home.load(home_path(home)), names, path)
    if gateway:
        _start_in_background(path, gateway=True)
    _describe(path, as_json)


def _keep_up(path: Path, as_json: bool, *, gateway: bool) -> None:
    from ledger.devnet import Devnet

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Devnet(path, gateway=gateway, tell=_tell_alarm) as devnet:
        _describe(path, as_json)
        sys.stdout.flush()
        devnet.watch(stop)


def _start_in_background(path: Path, *, gateway: bool) -> None:
    """Start ``devnet up`` as a process of its own, and wait until it is ready.

    Raises:
        DevnetError: it ended instead.
    """
    from ledger.devnet import start_keeper

    command = [sys.executable, "-m", "ledger.cli", "devnet", "up", "--home", str(path)]
    start_keeper(path, [*command, *([] if gateway else ["--no-gateway"])], _PATIENCE)


def _describe(path: Path, as_json: bool) -> bool:
    from ledger.devnet import standing

    now = standing(path)
    home = Home.load(path) if (path / CONFIG).exists() else None

    def value() -> dict[str, Any]:
        return {
            "home": str(path),
            "ready": now.ready,
            "process": now.process,
            "rpc": home.rpc if home else None,
            "gateway": home.gateway if home else None,
            "keeper": home.keeper if home else None,
            "participants": sorted(home.participants) if home else [],
            "alarms": [{"at": instant(a.at), "kind": a.kind, "text": a.text} for a in now.alarms],
        }

    show(as_json, value, lambda: render.devnet(path, home, now.ready, [(a.at, a.text) for a in now.alarms]))
    return now.ready


def _tell_alarm(alarm: "Alarm") -> None:
    tell(f"ALARM {alarm.kind}: {alarm.text}")
